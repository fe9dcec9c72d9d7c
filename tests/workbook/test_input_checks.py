"""Inputs to look at, as a workbook says them: cell, what it holds, what is wrong; nothing of one that is well."""

import io
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from xlremic.functions.registry import worksheet_functions
from xlremic.workbook.class_columns import TRANCHES
from xlremic.workbook.input_checks import inputs_to_look_at
from xlremic.workbook.layout import MonthlyRow
from xlremic.workbook.term_rows import PAGE
from xlremic.xlsx.calculate import calculate
from xlremic.xlsx.package import Package
from xlremic.xlsx.patch import Cell, named_cells, opened, patched


def edited(path: Path, values: dict[str, Cell]) -> Workbook:
    """The computed workbook after values were typed; places are defined names or Sheet!A1."""
    data = path.read_bytes()
    book = opened(data)
    places = {}
    for place, value in values.items():
        sheet, _, cell = place.rpartition("!")
        first = named_cells(book, place)[0] if not sheet else book[sheet][cell]
        places[first.parent.title, first.coordinate] = value
    return opened(calculate(patched(Package.of(data), places), worksheet_functions()).to_bytes())


def told(book: Workbook) -> dict[str, str]:
    return {cell: finding.says for cell, finding in inputs_to_look_at(book)}


def test_a_fresh_workbook_has_none(workbook: Path) -> None:
    assert told(opened(workbook.read_bytes())) == {}


def test_a_refused_balance_is_told_with_its_cell_and_what_it_holds(workbook: Path) -> None:
    cell = f"Tranches!{TRANCHES.cell('current', 2)}"
    assert told(edited(workbook, {cell: -5.0})) == {
        cell: f"Current balance of class B-2: below zero; {cell} holds -5.0"
    }


def test_a_balance_that_is_a_text_is_no_number(workbook: Path) -> None:
    cell = f"Tranches!{TRANCHES.cell('current')}"
    assert told(edited(workbook, {cell: "many"})) == {
        cell: f"Current balance of class A: not a number; {cell} holds 'many'"
    }


def test_an_empty_balance_is_told_as_empty(workbook: Path) -> None:
    cell = f"Tranches!{TRANCHES.cell('current', 1)}"
    assert told(edited(workbook, {cell: None}))[cell].endswith(f"{cell} is empty")


def test_a_term_out_of_bounds_is_told_on_assumptions(workbook: Path) -> None:
    cell = f"{PAGE.sheet}!{PAGE.cell('value', 'servicing_fee_rate')}"
    (says,) = told(edited(workbook, {"ServicingFee": 0.25})).values()
    assert "outside" in says and says.endswith(f"{cell} holds 0.25")


def test_an_input_that_stands_on_call_is_told_there(workbook: Path) -> None:
    (cell,) = told(edited(workbook, {"CallPercent": 7.0}))
    assert cell.startswith("Call!")


def test_a_term_of_the_chosen_scenario_is_told_in_its_column(workbook: Path) -> None:
    cell = f"{PAGE.sheet}!{PAGE.cell('Stress', 'severity')}"
    assert list(told(edited(workbook, {"Scenario": "Stress", cell: 2.0}))) == [cell]
    assert told(edited(workbook, {"Scenario": "Own", cell: 2.0})) == {}


def test_a_month_that_is_a_text_is_told_on_vectors(projected: Path) -> None:
    sheet = load_workbook(io.BytesIO(projected.read_bytes()))["Vectors"]
    first = next(c for c in range(1, sheet.max_column + 1) if sheet.cell(MonthlyRow.FIELD, c).value == "psa by month")
    cell = f"Vectors!{sheet.cell(MonthlyRow.MONTH, first).coordinate}"
    found = told(edited(projected, {cell: "fast"}))
    assert list(found) == [cell] and found[cell].startswith("psa by month of ")


@pytest.mark.parametrize("value", [0.0, 481_546_830.0])
def test_a_balance_that_is_well_is_not_told(workbook: Path, value: float) -> None:
    assert told(edited(workbook, {f"Tranches!{TRANCHES.cell('current')}": value})) == {}
