"""Tables of the sheets: where their columns stand, what their formulas become, and that each input is said once."""

import io
import lzma
from pathlib import Path

import pytest
from openpyxl import load_workbook

from xlremic.deal import Deal
from xlremic.workbook.class_columns import CALL, CHECKS, SOURCE, TRANCHES
from xlremic.workbook.history_columns import HISTORY
from xlremic.workbook.input_sums import INPUT_SUMS
from xlremic.workbook.layout import Column, Table
from xlremic.workbook.standing import ranks_of
from xlremic.xlsx.patch import opened

SMALL = Table("T", 3, (Column("a"), Column(), Column("b"), Column("c")), first=6, left=2, totals=4)


def test_a_table_knows_its_cells() -> None:
    assert [SMALL.letter(key) for key in "abc"] == ["B", "D", "E"]
    assert SMALL.cell("b", 2) == "D8"
    assert SMALL.span() == "B6:E6"
    assert SMALL.absolute("c") == "T!$E$6:$E$6"


def test_a_formula_names_columns() -> None:
    assert SMALL.formula("{a}+{b$}-SUM({c*})*{c^}/MAX({b:})", 7) == "=B7+$D7-SUM(E$6:E$6)*E$4/MAX(D6:D6)"
    with pytest.raises(KeyError, match="no field d"):
        SMALL.formula("{d}", 7)


def test_a_line_of_a_sheet_of_figures_is_named_too() -> None:
    assert CALL.formula("{reported}+1", 9) == f"={CALL.cell('value', 'reported')}+1"


@pytest.mark.parametrize("table", [TRANCHES, CALL, HISTORY, CHECKS, SOURCE], ids=lambda table: str(table.sheet))
def test_headers_of_a_built_workbook_stand_where_the_tables_say(workbook: Path, table: Table) -> None:
    sheet = load_workbook(workbook)[table.sheet]
    for letter, label in table.labels.items():
        assert sheet[f"{letter}{table.header}"].value == label


def test_ranks_have_a_name_of_their_own(workbook: Path, deal: Deal) -> None:
    book = opened(workbook.read_bytes())
    assert ranks_of(book) == [tranche.rank for tranche in deal.tranches]
    (destination,) = book.defined_names["ClassRanks"].destinations
    assert destination[0] == TRANCHES.sheet
    assert destination[1].startswith(f"${TRANCHES.letter('rank')}${TRANCHES.row()}:")


def test_a_workbook_from_before_that_name_is_read_as_well(deal: Deal) -> None:
    before = Path(__file__).parent / "old" / "light-0.1.xlsx.xz"
    book = load_workbook(io.BytesIO(lzma.decompress(before.read_bytes())))
    assert "ClassRanks" not in book.defined_names
    assert ranks_of(book) == [tranche.rank for tranche in deal.tranches]


def test_the_engine_and_the_sheet_have_the_same_sums_of_inputs(projected: Path) -> None:
    """Formula and engine's number of each line agree in a fresh workbook; a wrong pair would differ."""
    sheet = opened(projected.read_bytes())["Scenarios"]
    header = next(cell for cell in sheet[7] if cell.value == "when computed")
    found = {
        str(row[0].value): (row[1].value, row[2].value)
        for row in sheet.iter_rows(min_row=header.row + 1, min_col=header.column - 1, max_col=header.column + 1)
    }
    assert len(INPUT_SUMS) == 17
    for one in INPUT_SUMS:
        computed, now = found[one.label]
        assert now == pytest.approx(computed, rel=1e-12), one.label
