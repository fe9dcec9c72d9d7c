"""The inputs that a workbook asks to look at, as its own checks beside them say: cell, what it holds, what is wrong.

A workbook from before its inputs were guarded has no such checks.
"""

from collections.abc import Iterator
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import Cell

from ..engine.assumptions import SCENARIO_TERMS
from ..reading.tieout import Finding, Status
from ..xlsx.patch import named_cells
from .class_columns import TRANCHES
from .inputs import projection_columns
from .layout import MonthlyRow
from .scenario_terms import OWN
from .term_rows import ELSEWHERE, HEAD, PAGE

INPUT = "input"
"""Family of these findings."""
GOOD = ("ok", "", None)


def inputs_to_look_at(book: Workbook) -> Iterator[tuple[str, Finding]]:
    """The cell of each, with its finding."""
    yield from _terms(book)
    yield from _balances(book)
    if "Vectors" in book.sheetnames:
        yield from _by_month(book)


def _terms(book: Workbook) -> Iterator[tuple[str, Finding]]:
    page = book[PAGE.sheet]
    scenario = page[PAGE.cell("value", "scenario")].value
    for key in PAGE.lines:
        look = page[PAGE.cell("look", key)].value
        if key.startswith(HEAD) or not isinstance(look, int | float) or look == 0:
            continue
        if key in ELSEWHERE:
            cell = named_cells(book, ELSEWHERE[key][0])[0]
        else:
            of_scenario = key in SCENARIO_TERMS and scenario in PAGE.keys and scenario != OWN
            cell = page[PAGE.cell(str(scenario) if of_scenario else "value", key)]
        yield _found(key, str(page[PAGE.cell("label", key)].value), cell, page[PAGE.cell("check", key)].value)


def _balances(book: Workbook) -> Iterator[tuple[str, Finding]]:
    for label, cell in zip(named_cells(book, "Classes"), named_cells(book, "CurrentBalances"), strict=True):
        check = cell.parent.cell(cell.row, TRANCHES.number("check")).value
        if check not in GOOD:
            yield _found(f"current_balance:{label.value}", f"Current balance of class {label.value}", cell, check)


def _by_month(book: Workbook) -> Iterator[tuple[str, Finding]]:
    sheet = book["Vectors"]
    columns = projection_columns(sheet)
    for name, first in columns.first.items():
        for k, owner in enumerate(columns.owners[name]):
            check = sheet.cell(MonthlyRow.START, first + k).value
            if isinstance(check, str) and check not in GOOD:
                where = sheet.cell(MonthlyRow.MONTH, first + k)
                yield _found(f"{name}:{owner}", f"{name.replace('_', ' ')} of {owner}", where, check)


def _found(measure: str, label: str, cell: Cell, check: object) -> tuple[str, Finding]:
    holds = "is empty" if cell.value is None else f"holds {cell.value!r}"
    says = f"{label}: {check}; {cell.parent.title}!{cell.coordinate} {holds}"
    finding = Finding(
        family=INPUT, measure=measure, status=Status.FAIL, difference=Decimal(1), tolerance=Decimal(0),
        unit="inputs", says=says,
    )  # fmt: skip
    return f"{cell.parent.title}!{cell.coordinate}", finding
