"""A workbook's own inputs as a deal and its assumptions: what Python needs to compute the projection again.

Read by the names that the workbook keeps and by the headers of Collateral and Waterfall, so that a workbook that a
person changed is read as it stands. A workbook of before 0.1.0 has its prices in one table and its inputs by month on
Collateral.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ..deal import Deal
from ..engine.assumptions import RATES, Assumptions, SeniorClass, Structure
from ..errors import InputError
from ..functions.cells import Cells, serial
from ..functions.tables import deal_and_terms
from .layout import MonthlyRow


@dataclass(frozen=True, slots=True)
class ProjectionColumns:
    """Where a projection sheet has its fields: first column and number of copies of each, and the last month's row."""

    first: Mapping[str, int]
    count: Mapping[str, int]
    last_row: int
    owners: Mapping[str, list[str]] = field(default_factory=dict)


def projection_columns(sheet: Worksheet) -> ProjectionColumns:
    """The fields of Collateral or Waterfall, by their header."""
    first: dict[str, int] = {}
    count: dict[str, int] = {}
    owners: dict[str, list[str]] = {}
    for cell in sheet[MonthlyRow.FIELD]:
        if cell.value:
            name = str(cell.value).replace(" ", "_")
            first.setdefault(name, cell.column)
            count[name] = count.get(name, 0) + 1
            owners.setdefault(name, []).append(str(sheet.cell(MonthlyRow.OWNER, cell.column).value))
    last = sheet.max_row
    while last > MonthlyRow.MONTH and sheet.cell(last, 1).value is None:
        last -= 1
    return ProjectionColumns(first, count, last, owners)


def has_projection(book: Workbook) -> bool:
    """Whether the workbook was built with its projection."""
    return "Waterfall" in book.sheetnames and "Collateral" in book.sheetnames and "ShiftSchedule" in book.defined_names


def deal_and_assumptions(book: Workbook) -> tuple[Deal, Assumptions]:
    """The deal and the assumptions that a workbook's cells stand for.

    Raises: InputError for inputs that the engine does not take; CellError for tables that cannot be read.
    """
    deal, terms = deal_and_terms(
        table_values(book, "DealPools"), table_values(book, "DealClasses"), table_values(book, "DealAssumptions")
    )
    for name, term in (("ShiftSchedule", "shift_schedule"), ("LossLimits", "loss_limits")):
        rows = [(row[0], row[1]) for row in table_values(book, name) if row[0]]
        terms[term] = tuple((_whole(day, name), _number(share, name)) for day, share in rows)
    pools = [pool.id for pool in deal.pools]
    terms |= _senior_terms(table_values(book, "SeniorClasses"), deal, pools)
    used = "UsedPrices" if "UsedPrices" in book.defined_names else "ClassPrices"
    prices = {str(row[0]): _number(row[1], used) for row in table_values(book, used) if row[1] is not None}
    vectors = book["Vectors" if "Vectors" in book.sheetnames else "Collateral"]
    columns = projection_columns(vectors)
    for term in RATES:
        given = {
            pool: by_month
            for k, pool in enumerate(pools)
            if (by_month := _by_month(vectors, columns, f"{term}_by_month", k, _common(terms.get(term), pool)))
        }
        if given:
            terms[term] = {"all": _common(terms.get(term), "all") or 0.0, **_own(terms.get(term)), **given}
    late = _by_month(vectors, columns, "delinquency_by_month", 0, terms.get("delinquency", 0.0))
    if late:
        terms["delinquency"] = late
    return deal, Assumptions(**terms, prices=prices)


def table_values(book: Workbook, name: str) -> Cells:
    """The values of a defined name, dates as serial numbers."""
    if name not in book.defined_names:
        raise InputError(f"the workbook lacks the name {name}")
    (sheet, reference), *_ = book.defined_names[name].destinations
    found = book[sheet][reference.replace("$", "")]
    rows = found if isinstance(found, tuple) else ((found,),)
    return tuple(tuple(_plain(cell.value) for cell in row) for row in rows)


def _plain(value: Any) -> Any:
    if isinstance(value, time):  # a zero in a cell of dates
        return 0.0
    if hasattr(value, "year"):
        return serial(value.date() if hasattr(value, "date") else value)
    return (
        float(value)
        if isinstance(value, int) and not isinstance(value, bool)
        else value or (None if value == "" else value)
    )


def _senior_terms(table: Cells, deal: Deal, pools: list[str]) -> dict[str, Any]:
    """The cut of class A, from the horizontal table of senior classes: keys down, classes across."""
    rows = {str(row[0]): row[2:] for row in table}
    count = sum(isinstance(value, float) for value in rows["no"])
    if not count:
        return {}
    if any(rows["tranche"]):
        ranks = set(rows["rank"])
        return {"structure": Structure.SEQUENTIAL if len(ranks) > 1 else Structure.PRO_RATA}
    cut: dict[str, list[SeniorClass]] = {}
    for k in range(count):
        group, host, coupon = rows["group"][k], rows["notional_of"][k], rows["coupon"][k]
        one = SeniorClass(
            label=str(rows["class"][k]),
            balance=_optional(rows["given"][k]),
            rank=_whole(rows["rank"][k], "rank"),
            coupon=_optional(coupon),
            accrual=bool(rows["accrual"][k]),
            notional_of=str(rows["class"][_whole(host, "notional_of") - 1]) if host else None,
            share=_number(rows["share"][k], "share"),
        )
        cut.setdefault(pools[_whole(group, "group") - 1] if group else "all", []).append(one)
    return {"senior_classes": {pool: tuple(classes) for pool, classes in cut.items()}}


def _by_month(
    sheet: Worksheet, columns: ProjectionColumns, name: str, copy_number: int, common: Any
) -> tuple[float, ...] | None:
    """A column of inputs by month, the common term where it is empty; nothing if it is empty throughout."""
    column = columns.first[name] + copy_number
    values = [sheet.cell(row, column).value for row in range(MonthlyRow.MONTH, columns.last_row + 1)]
    if not any(isinstance(value, int | float) for value in values):
        return None
    rest = float(common) if isinstance(common, int | float) else 0.0
    return tuple(float(value) if isinstance(value, int | float) else rest for value in values)


def _common(term: Any, pool: str) -> Any:
    return term.get(pool, term.get("all")) if isinstance(term, Mapping) else term


def _own(term: Any) -> dict[str, Any]:
    return {pool: value for pool, value in term.items() if pool != "all"} if isinstance(term, Mapping) else {}


def _optional(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{name}: {value!r} is not a number")
    return float(value)


def _whole(value: Any, name: str) -> int:
    number = _number(value, name)
    if number != int(number):
        raise InputError(f"{name}: {number:g} is not a whole number")
    return int(number)
