"""What a program tells a person who types into a yellow cell: the list to choose from, or the bounds, and a message.

It helps at the keyboard only: pasting and other programs go around it, so the checks beside the inputs decide.
"""

from collections.abc import Iterator
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ..engine.assumptions import TERMS
from ..engine.terms import Kind, Term
from .class_columns import TRANCHES
from .layout import MonthlyRow
from .scenario_terms import SCENARIOS
from .term_rows import ELSEWHERE, INPUTS, PAGE, bounds, said

INPUT_STYLES = ("Fact", "Assumption")


def validate(book: Workbook, months: int) -> None:
    """A rule and a message for every yellow cell; ``months`` is the number of rows of Vectors."""
    for sheet in book.worksheets:
        groups: dict[str, tuple[DataValidation, list[str]]] = {}
        for cell in _inputs(sheet):
            key, rule = _rule(sheet, cell)
            _, cells = groups.setdefault(key, (rule, []))
            down = sheet.title in ("Vectors", "Waterfall") and cell.row == MonthlyRow.MONTH and months
            cells.append(f"{cell.coordinate}:{cell.column_letter}{cell.row + months - 1}" if down else cell.coordinate)
        for rule, cells in groups.values():
            rule.sqref = " ".join(cells)
            sheet.add_data_validation(rule)


def _inputs(sheet: Worksheet) -> Iterator[Cell]:
    for row in sheet.iter_rows():
        for cell in row:
            if cell.has_style and cell.style in INPUT_STYLES:
                yield cell


def _rule(sheet: Worksheet, cell: Cell) -> tuple[str, DataValidation]:
    """The rule of one cell, and what is equal for all cells that share it."""
    if sheet.title == PAGE.sheet:
        key = str(sheet.cell(cell.row, PAGE.number("key")).value)
        if key == "scenario":
            return key, _listed("Scenario", SCENARIOS, stop=True)
        term = INPUTS.get(key) or TERMS.get(key)
        if term is not None and term.one_value:
            return key, of_term(term)
        if key == "prices":
            return key, _decimal("Price", 0, 1000, "% of the balance, or of the notional balance, above zero")
        return key, _decimal("Step", 0, 1200, "Days rise from 1; each has a part from 0% to 100%")
    if sheet.title == "Vectors":
        field = str(sheet.cell(MonthlyRow.FIELD, cell.column).value).removesuffix(" by month")
        return field, of_term(TERMS[field], "From the first month on, without gaps. ")
    if sheet.title == TRANCHES.sheet and cell.column == TRANCHES.number("current"):
        return "current", _decimal("Current balance", 0, 1e13, "USD, zero if the class is retired")
    called = _named(sheet, cell)
    if called in ELSEWHERE:
        return called, of_term(ELSEWHERE[called][2])
    if isinstance(cell.value, date | datetime):
        return "date", DataValidation(
            type="date", operator="greaterThan", formula1="60", **_says("Fact", "A date, as the filing states it")
        )
    if isinstance(cell.value, str):
        return "text", DataValidation(
            type="textLength", operator="lessThan", formula1="1000", **_says("Fact", "As the filing states it")
        )
    return "number", _decimal("Fact", -1e13, 1e13, "A number, as the filing states it; Source has its sentence")


def _named(sheet: Worksheet, cell: Cell) -> str:
    for key, (name, _, _) in ELSEWHERE.items():
        defined = sheet.parent.defined_names.get(name)
        if defined is not None and str(defined.attr_text).replace("$", "") == f"{sheet.title}!{cell.coordinate}":
            return key
    return ""


def of_term(term: Term, before: str = "") -> DataValidation:
    """The rule of a term's cell."""
    if term.kind is Kind.YES_NO:
        return _listed(term.label, ("yes", "no"), stop=True)
    if term.choices:
        return _listed(term.label, term.choices, stop=False, more=" or the first month that it may be used")
    least, most = bounds(term)
    if term.kind is Kind.DATE:
        words = _says(term.label, f"A date. {term.help}")
        return DataValidation(
            type="date", operator="between", formula1=str(least), formula2=str(most), allow_blank=True, **words
        )
    says = f"{before}{said(term, least)} to {said(term, most)}. "
    says += "Type the per cent: 0.2% (or 0.002 in a cell that is no per cent). " if term.format == "rate" else ""
    return _decimal(term.label, least, most, says + term.help, whole=term.kind is Kind.WHOLE)


def _decimal(title: str, least: float, most: float, says: str, *, whole: bool = False) -> DataValidation:
    return DataValidation(
        type="whole" if whole else "decimal", operator="between",
        formula1=f"{least:.15g}", formula2=f"{most:.15g}", allow_blank=True,
        **_says(title, says),
    )  # fmt: skip


def _listed(title: str, words: tuple[str, ...], *, stop: bool, more: str = "") -> DataValidation:
    return DataValidation(
        type="list", formula1='"' + ",".join(words) + '"', allow_blank=True, errorStyle="stop" if stop else "warning",
        **_says(title, f"Choose {', '.join(words)}{more}"),
    )  # fmt: skip


def _says(title: str, text: str) -> dict[str, object]:
    """Message and refusal, as long as the file format lets them be."""
    return {
        "promptTitle": title[:32], "prompt": text[:255], "errorTitle": title[:32], "error": text[:255],
        "showInputMessage": True, "showErrorMessage": True,
    }  # fmt: skip
