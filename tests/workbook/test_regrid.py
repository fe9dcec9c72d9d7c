"""The grid of a workbook computed anew: from its inputs of now, by the engine, and nothing else changes."""

import re
from pathlib import Path

import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from xlremic.deal import Deal
from xlremic.engine.assumptions import Assumptions
from xlremic.engine.grid import grid
from xlremic.engine.waterfall import run
from xlremic.workbook.inputs import deal_and_assumptions
from xlremic.workbook.layout import FrameRow, Table
from xlremic.workbook.results_columns import RESULTS
from xlremic.workbook.scenario_columns import GRID_CDR, GRID_PSA, LIVES, OF_ALL, SCENARIOS, ScenarioRow
from xlremic.xlsx.calculate import calculate
from xlremic.xlsx.package import Package
from xlremic.xlsx.patch import Cell, named_cells, opened, patched

from ..support.short_deal import AGE
from ..support.used import told

TERMS: dict[str, Cell] = {"PSA": 450.0, "CDR": 0.02, "Severity": 0.4}


def typed(data: bytes, values: dict[str, Cell]) -> bytes:
    """The workbook with those values in the cells of those names, not computed."""
    book = opened(data)
    places = {(cell.parent.title, cell.coordinate): values[name] for name in values for cell in named_cells(book, name)}
    return patched(Package.of(data), places).to_bytes()


def skeleton(xml: bytes) -> bytes:
    """A part without the values of its cells and charts."""
    bare = re.sub(rb'<c (r="[A-Z]+\d+")[^>]*?(?:/>|>(?:(<f[^>]*/>|<f.*?</f>))?.*?</c>)', rb"<c \1>\2", xml, flags=re.S)
    return re.sub(rb"<(c:)?(v|pt)\b.*?</(c:)?(v|pt)>", b"", bare, flags=re.S)


def test_the_grid_is_the_engines_for_the_inputs_of_now_and_nothing_else_changes(
    short: Path, short_deal: Deal, tmp_path: Path
) -> None:
    path = tmp_path / "deal.xlsx"
    before = typed(short.read_bytes(), TERMS)
    path.write_bytes(before)
    stale = opened(calculate(Package.of(before)).to_bytes())
    done = told("grid", "--into", path)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "deal.backup.xlsx").read_bytes() == before
    book = opened(path.read_bytes())
    assert named_cells(book, "GridStatus")[0].value != named_cells(stale, "GridStatus")[0].value
    assert str(named_cells(book, "ChecksStatus")[0].value).startswith("All checks tie")
    sheet, results = book[SCENARIOS.sheet], book[RESULTS.sheet]
    labels = [row[0].value for row in results.iter_rows(min_row=RESULTS.row(), max_col=1) if row[0].value]
    severity = 0.4
    psa = SCENARIOS.number("psa")
    chosen = next(
        row
        for row in range(ScenarioRow.GRID, sheet.max_row + 1)
        if [sheet.cell(row, psa).value, sheet.cell(row, SCENARIOS.number("cdr")).value] == [100, 0.01]
    )
    for row, terms in (
        (ScenarioRow.BASE, Assumptions(psa=450, cdr=0.02, severity=severity, **AGE)),
        (chosen, Assumptions(psa=100, cdr=0.01, severity=severity, **AGE)),
    ):
        flows = run(short_deal, terms)
        lives = {one.label: one.wal_month for one in flows.class_measures()}
        first = SCENARIOS.number("life")
        shown = {label: sheet.cell(row, first + k).value for k, label in enumerate(labels) if label in lives}
        assert len(shown) > 7 and shown == {label: pytest.approx(lives[label], abs=1e-12) for label in shown}
        lost = sheet.cell(row, SCENARIOS.number("losses")).value
        assert lost == pytest.approx(max(flows.trace["cumulative_losses"]), abs=1e-6)
    assert str(sheet[f"A{FrameRow.NOTE}"].value).startswith("Computed by the engine on ")
    old, new = Package.of(before), Package.of(path.read_bytes())
    assert old.parts.keys() == new.parts.keys()
    for name in old.parts:
        assert skeleton(old[name]) == skeleton(new[name]), name


def matrix(sheet: Worksheet, table: Table, first: int) -> list[list[float]]:
    """The figures of a matrix, a line a default rate, from a line on."""
    rows = range(first, first + len(GRID_CDR))
    left = table.number("speed_0")
    return [[sheet.cell(row, left + j).value for j in range(len(GRID_PSA))] for row in rows]


def shows(book: Workbook, deal: Deal, assumptions: Assumptions) -> None:
    """Every matrix is what the engine's own grid of speeds and defaults is."""
    found = grid(deal, assumptions, psa=list(GRID_PSA), cdr=list(GRID_CDR)).set_index(["cdr", "psa", "class"])
    sheet = book[SCENARIOS.sheet]
    row = LIVES.row()
    labels = []
    while label := sheet.cell(row, LIVES.number("class")).value:
        assert [sheet.cell(row + i, LIVES.number("cdr")).value for i in range(len(GRID_CDR))] == list(GRID_CDR)
        if label in found.index.get_level_values("class"):
            known = [[found.loc[(cdr, psa, label), "wal"] for psa in GRID_PSA] for cdr in GRID_CDR]
            assert matrix(sheet, LIVES, row) == [pytest.approx(line, abs=1e-9) for line in known], label
            labels.append(label)
        row += len(GRID_CDR)
    assert set(labels) == set(found.index.get_level_values("class"))
    losses = next(table for key, _, table in OF_ALL if key == "losses")
    for shown, cdr in zip(matrix(sheet, losses, losses.row()), GRID_CDR, strict=True):
        lost = [max(run(deal, assumptions.replace(psa=psa, cdr=cdr)).trace["cumulative_losses"]) for psa in GRID_PSA]
        assert shown == pytest.approx(lost, abs=1e-4)


def test_the_matrices_are_the_engines_grid(short: Path, short_deal: Deal) -> None:
    shows(opened(short.read_bytes()), short_deal, Assumptions(**AGE))


def test_an_update_computes_the_grid_anew(short: Path, tmp_path: Path) -> None:
    path = tmp_path / "deal.xlsx"
    path.write_bytes(short.read_bytes())
    labels, current = (named_cells(opened(path.read_bytes()), name) for name in ("Classes", "CurrentBalances"))
    lines = [f"{label.value},{0.8 * float(now.value):.2f}" for label, now in zip(labels, current, strict=True)]
    balances = tmp_path / "balances.csv"
    balances.write_text("\n".join(["class,current_balance", *lines]))
    assert told("update", path, "--balances", balances, "--as-of", "2006-03-25").exit_code == 0
    book = opened(path.read_bytes())
    assert named_cells(book, "GridChanges")[0].value == 0
    assert str(named_cells(book, "ChecksStatus")[0].value).startswith("All checks tie")
    shows(book, *deal_and_assumptions(book))


def test_a_workbook_without_a_projection_has_no_grid(workbook: Path, tmp_path: Path) -> None:
    path = tmp_path / "deal.xlsx"
    path.write_bytes(workbook.read_bytes())
    done = told("grid", "--into", path)
    assert done.exit_code == 2 and "has no projection" in done.output
    assert path.read_bytes() == workbook.read_bytes() and list(tmp_path.iterdir()) == [path]


def test_an_input_in_error_is_refused_before_a_byte_is_written(short: Path, tmp_path: Path) -> None:
    path = tmp_path / "deal.xlsx"
    path.write_bytes(broken := typed(short.read_bytes(), {"PSA": -5.0}))
    done = told("grid", "--into", path)
    assert done.exit_code == 2 and "1 inputs in error" in done.output
    assert path.read_bytes() == broken and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("words", [("filing.txt",), ("--psa", "100"), ("--csv",), ("--workers", "2")])
def test_the_workbook_says_all_that_its_grid_takes(words: tuple[str, ...]) -> None:
    done = told("grid", "--into", "deal.xlsx", *words)
    assert done.exit_code == 2 and "--into takes all from the workbook" in done.output
    assert told("grid").exit_code == 2
