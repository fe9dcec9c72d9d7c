"""Checking a workbook finds what a person, or a program, did to it."""

import io
import random
from pathlib import Path

import pytest
from openpyxl import load_workbook

from xlremic.errors import InputError
from xlremic.reading.tieout import Status
from xlremic.workbook.audit import audit
from xlremic.workbook.class_columns import CALL, CHECKS, TRANCHES
from xlremic.workbook.filing_rows import measure_cell
from xlremic.workbook.layout import Table
from xlremic.workbook.lint import lint
from xlremic.xlsx.calculate import calculate, formula_cells
from xlremic.xlsx.charts import with_points
from xlremic.xlsx.package import Package

_TERM = "weighted_average_original_term"


def at(table: Table, column: str, line: int | str = 0) -> str:
    return "!".join(table.place(column, line))


LEVELS = ("python:SubordinationLevels", "python:SubordinationLevelsAtIssue", "python:CallThreshold", "python:Callable")


def edited(workbook: Path, target: Path, changes: dict[str, object], *, recalculate: bool = True) -> Path:
    book = load_workbook(workbook)
    for place, value in changes.items():
        sheet, _, cell = place.partition("!")
        book[sheet][cell].value = value
    buffer = io.BytesIO()
    book.save(buffer)
    target.write_bytes(
        with_points(calculate(Package.of(buffer.getvalue()))).to_bytes() if recalculate else buffer.getvalue()
    )
    return target


def failing(path: Path) -> set[str]:
    return {finding.id for finding in audit(path) if finding.status is Status.FAIL}


def test_a_good_workbook_passes(workbook: Path) -> None:
    assert failing(workbook) == set()


def test_changed_balances_are_no_fault(workbook: Path, tmp_path: Path) -> None:
    assert failing(edited(workbook, tmp_path / "x.xlsx", {at(TRANCHES, "current"): 400_000_000.0})) == set()


def test_missing_and_stale_values_are_found(workbook: Path, tmp_path: Path) -> None:
    found = failing(edited(workbook, tmp_path / "x.xlsx", {at(TRANCHES, "current"): 1.0}, recalculate=False))
    assert "cached_values:embedded_engine" in found


@pytest.mark.parametrize(
    ("cell", "formula", "check"),
    [
        (at(TRANCHES, "level", 1), "=" + TRANCHES.cell("level", 2), "python:SubordinationLevels"),
        (at(TRANCHES, "level_at_issue", 2), "=0.007", "python:SubordinationLevelsAtIssue"),
        (at(CALL, "value", "threshold"), "=ROUND(CallPercent*CutOffBalance,0)", "python:CallThreshold"),
        (at(CALL, "value", "callable"), "=CurrentPoolBalance<CallThreshold*12", "python:Callable"),
    ],
)
def test_a_corrupted_formula_is_found_by_python(
    workbook: Path, tmp_path: Path, cell: str, formula: str, check: str
) -> None:
    assert check in failing(edited(workbook, tmp_path / "x.xlsx", {cell: formula}))


def test_any_formula_of_a_row_or_column_replaced_by_its_value_is_found(workbook: Path, tmp_path: Path) -> None:
    """A number typed over a formula hides until something changes; the conventions find it at once."""
    cells = formula_cells(Package.of(workbook.read_bytes()))
    numbers = sorted(place for place, value in cells.values.items() if isinstance(value, float))
    for sheet, cell in random.Random(8).sample(numbers, 12):
        path = edited(workbook, tmp_path / "x.xlsx", {f"{sheet}!{cell}": cells.values[sheet, cell]})
        assert any(f"{sheet}!{cell}" in complaint for complaint in lint(path.read_bytes())), (sheet, cell)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({at(TRANCHES, "factor", 2): f"={TRANCHES.cell('current', 2)}/{TRANCHES.cell('initial')}"}, "one formula"),
        ({"!".join(measure_cell(_TERM, pool=1)): f"=0.06+{measure_cell(_TERM)[1]}"}, "constant"),
        ({at(TRANCHES, "factor", 2): f"=OFFSET({TRANCHES.cell('initial', 2)},0,0)"}, "function"),
        ({at(CHECKS, "difference", 3): 0.5}, "hard-coded"),
        ({"!".join(measure_cell(_TERM, "unit")): None}, "unit"),
    ],
)
def test_broken_conventions_are_named(workbook: Path, tmp_path: Path, change: dict[str, object], rule: str) -> None:
    path = edited(workbook, tmp_path / "x.xlsx", change)
    assert any(complaint.startswith(rule) for complaint in lint(path.read_bytes()))


def test_foreign_workbooks_are_refused(tmp_path: Path) -> None:
    from openpyxl import Workbook  # noqa: PLC0415

    Workbook().save(tmp_path / "other.xlsx")
    with pytest.raises(InputError, match="not a workbook of xlremic"):
        audit(tmp_path / "other.xlsx")
