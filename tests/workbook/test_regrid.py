"""The grid of a workbook computed anew: from its inputs of now, by the engine, and nothing else changes."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from xlremic.commands.cli import main
from xlremic.deal import Deal
from xlremic.engine.assumptions import Assumptions
from xlremic.engine.waterfall import run
from xlremic.workbook.layout import FrameRow
from xlremic.workbook.results_columns import RESULTS, SCENARIOS, ScenarioRow
from xlremic.xlsx.calculate import calculate
from xlremic.xlsx.package import Package
from xlremic.xlsx.patch import Cell, named_cells, opened, patched

from ..support.short_deal import AGE

TERMS: dict[str, Cell] = {"PSA": 450.0, "CDR": 0.02, "Severity": 0.4}


def told(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


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
    assert named_cells(book, "ChecksStatus")[0].value == "All checks tie"
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
