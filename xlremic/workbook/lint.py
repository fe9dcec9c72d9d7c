"""The conventions of a good financial model, held against a finished workbook of ours.

Inputs are blue by named style, formulas black, links green; a row of pools or a column of classes has one formula;
no number hides in a formula; only functions that every spreadsheet program computes alike; units, print set-up and
frozen panes are there. Each complaint names the rule and the cell.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from openpyxl.cell import Cell
from openpyxl.formula.tokenizer import Token, Tokenizer
from openpyxl.formula.translate import Translator
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ..errors import TemplateError
from ..functions.registry import STORED
from ..xlsx.calculate import Cells, formula_cells
from ..xlsx.package import Package
from ..xlsx.patch import opened
from ..xlsx.references import RELATIVE_ROW
from .class_columns import CALL, CHECKS, SOURCE, TRANCHES
from .filing_rows import MEASURES
from .frame_lint import frame_complaints
from .layout import FIRST, MONTHLY, SETUP, SHEETS, FrameRow, MonthlyRow, Part, sheets_of
from .names import FORMATS, PUBLIC, SINCE, usable_name
from .setup_rows import AFTER, POOLS
from .term_rows import PAGE
from .truth_lint import Kinds, compared_truths

FUNCTIONS = frozenset(
    [
        "ABS",
        "CHOOSE",
        "COLUMN",
        "COUNT",
        "COUNTA",
        "COUNTIF",
        "DATE",
        "DAY",
        "FALSE",
        "IF",
        "INDEX",
        "ISERROR",
        "ISLOGICAL",
        "ISNUMBER",
        "MAX",
        "MIN",
        "MONTH",
        "ROUND",
        "ROUNDUP",
        "ROWS",
        "SUM",
        "SUMIF",
        "SUMPRODUCT",
        "TRUE",
        "YEAR",
    ]
)
TRUTHS = ("=TRUE()", "=FALSE()")
"""How LibreOffice keeps a truth that was typed."""
CONSTANTS = frozenset(["0", "1", "12", "30", "100", "360"])
"""None, one, the months of a year, per cent, the days of a month and of a year in 30/360; all else stands in a cell."""
LONGEST = 330
VIEW = "view"
"""The rule of how a sheet is looked at: a program that saves without a window drops it, and no figure changes."""
INPUTS = frozenset(("Fact", "Assumption"))
VALUES = INPUTS | {"Constant", "Band"}
CALCULATIONS = frozenset(("Band", "Formula", "Link", "Total", "Flag", "Subtitle", "Unit"))
WITH_UNITS = {table.sheet: table for table in (*MEASURES.values(), CALL, CHECKS, SOURCE, PAGE)}
"""Tables that say the unit of every line."""
_NUMBER = (int, float, datetime)
Styles = Mapping[int, str]
_TABLES = {SETUP: {"min_col": POOLS.left, "max_col": AFTER - 1}}
"""Columns of a sheet whose rows are alike."""
_CELL = r"(?:'[A-Za-z -]+'|[A-Za-z]+)!\$?[A-Z]+\$?\d+|[A-Za-z]+"
_ROW = r"(?:'[A-Za-z -]+'|[A-Za-z]+)!\$?[A-Z]+\$?\d+:\$?[A-Z]+\$?\d+"
LINK = re.compile(
    rf"=(?:{_CELL}|INDEX\({_ROW},(?:1,)?\$?[A-Z]+\$?\d+\)|(?:SUM|INDEX|IF)\((?:{_CELL})(?:,[01]|(?:,\"\w+\")+)?\))\Z"
)
"""A formula that only shows what stands elsewhere: a cell, a name, or a name's sum, first member or words for it."""


def lint(data: bytes, cells: Cells | None = None) -> list[str]:
    """Complaints about a finished workbook, each as ``rule: Sheet!Cell: what``; an empty list is a good workbook.

    ``cells`` are its formula cells, where they are at hand.
    """
    book, package = opened(data, formulas=True), Package.of(data)
    styles = package.styles
    always = sheets_of(Part.ALWAYS)
    missing = [title for title in always if title not in book.sheetnames]
    if missing:
        return [f"sheets: {', '.join(missing)} missing"]
    complaints = [*_book(book), *frame_complaints(book, package, VIEW)]
    cells = cells or formula_cells(package)
    kinds = Kinds(book, cells.values)
    for title in (*always, *_optional(book)):
        sheet = book[title]
        complaints += [*_cells(sheet, styles, kinds), *_view(sheet, styles)]
        if title in MONTHLY:
            complaints += _one_month(sheet, styles)
    for table in MEASURES.values():
        lines = book[table.sheet].iter_rows(min_row=table.row(), min_col=table.number("pool"))
        complaints += _one_formula(table.sheet, lines)
    for table in (TRANCHES, POOLS, CHECKS):
        lines = book[table.sheet].iter_cols(min_row=table.row(), **_TABLES.get(table.sheet, {}))
        complaints += _one_formula(table.sheet, lines)
    for (title, cell), value in cells.values.items():
        if value is None:
            complaints.append(f"cached value: {title}!{cell}: missing")
        elif isinstance(value, str) and value.startswith("#"):
            complaints.append(f"error value: {title}!{cell}: {value}")
    return complaints


def _optional(book: Workbook) -> list[str]:
    """The optional sheets that are there; a portable copy's sheet Functions is a page of text, not of the model."""
    portable = any(name.startswith("REMIC_") for name in book.defined_names)
    optional = [title for title, sheet in SHEETS.items() if sheet.part is not Part.ALWAYS and title in book.sheetnames]
    return [title for title in optional if not (portable and SHEETS[title].part is Part.FUNCTIONS)]


def _book(book: Workbook) -> Iterator[str]:
    if book.worksheets[0].title != FIRST or book.active is not book.worksheets[0]:
        yield f"first sheet: {FIRST} must stand first and be active"
    for name, defined in book.defined_names.items():
        try:
            usable_name(name)
        except TemplateError as error:
            yield f"name: {error}"
        if "#REF" in str(defined.attr_text) or "[" in str(defined.attr_text):
            yield f"name: {name} refers to {defined.attr_text}"
    for name in PUBLIC:
        if name not in book.defined_names and name not in SINCE:
            yield f"name: {name} is missing"
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            yield f"hidden: sheet {sheet.title}"
    for sheet in book.worksheets:
        for key, row in sheet.row_dimensions.items():
            if row.hidden and not row.outlineLevel:
                yield f"hidden: {sheet.title} row {key}"


def _cells(sheet: Worksheet, styles: Styles, kinds: Kinds) -> Iterator[str]:
    for row in sheet.iter_rows(max_row=MonthlyRow.MONTH if sheet.title in MONTHLY else None):
        for cell in row:
            place = f"{sheet.title}!{cell.coordinate}"
            if cell.data_type == "f" and cell.value not in TRUTHS:
                for complaint in _formula(cell, _style(cell, styles)):
                    yield f"{complaint[0]}: {place}: {complaint[1]}"
                for comparison in compared_truths(str(cell.value), sheet.title, kinds):
                    yield f"truth: {place}: {comparison} compares a truth with a number"
            elif isinstance(cell.value, _NUMBER) and _style(cell, styles) not in VALUES and sheet.title != SOURCE.sheet:
                yield f"hard-coded: {place}: {cell.value!r} in a cell of style {_style(cell, styles)}"
            if cell.hyperlink is not None and (cell.hyperlink.target or not cell.hyperlink.location):
                yield f"external link: {place}: {cell.hyperlink.target}"


def _style(cell: Cell, styles: Styles) -> str:
    """Name of a cell's style; openpyxl's own takes the order of the names for their numbers."""
    return styles.get(cell._style.xfId, "Normal")


def _formula(cell: Cell, style: str) -> Iterator[tuple[str, str]]:
    formula = str(cell.value)
    if style not in CALCULATIONS:
        yield "colour", f"a formula in a cell of style {style}"
    elif (
        cell.row > FrameRow.NAVIGATION
        and style in ("Formula", "Link")
        and (style == "Link") != bool(LINK.match(formula))
    ):
        yield "colour", f"{formula} in style {style}"
    if len(formula) > LONGEST:
        yield "length", f"{len(formula)} characters"
    previous = ""
    depth: list[str] = []
    for token in Tokenizer(formula).items:
        if token.type == Token.FUNC and token.subtype == Token.OPEN:
            name = token.value.rstrip("(")
            depth.append(name)
            if name not in FUNCTIONS and not name.removeprefix(STORED).startswith("REMIC_"):
                yield "function", name
            if depth.count("IF") > 3:
                yield "nesting", formula
        elif token.type == Token.FUNC:
            depth.pop()
        elif token.type == Token.OPERAND and token.subtype == Token.NUMBER and token.value not in CONSTANTS:
            places = depth and depth[-1] == "ROUND" and previous == ","
            if not places:
                yield "constant", f"{token.value} in {formula}"
        if token.type == Token.OPERAND and token.subtype == Token.RANGE and "[" in token.value:
            yield "external link", formula
        previous = token.value if token.type != Token.WSPACE else previous


def _one_month(sheet: Worksheet, styles: Styles) -> Iterator[str]:
    """Every month of a projection has the formulas of the first, moved down."""
    for column in sheet.iter_cols(min_row=MonthlyRow.MONTH):
        first = column[0]
        wanted = _by_offset(str(first.value), MonthlyRow.MONTH) if first.data_type == "f" else None
        for cell in column[1:]:
            place = f"{sheet.title}!{cell.coordinate}"
            found = _by_offset(str(cell.value), cell.row) if cell.data_type == "f" else None
            if found != wanted:
                yield f"one formula: {place}: {cell.value} is not that of the first month"
            elif found is None and cell.value is not None and _style(cell, styles) not in INPUTS:
                yield f"hard-coded: {place}: {cell.value!r} in a cell of style {_style(cell, styles)}"


def _by_offset(formula: str, row: int) -> str:
    """The formula with the row of every relative reference as its distance from that row."""
    return RELATIVE_ROW.sub(
        lambda match: f"{match['column']}[{int(match['row']) - row}]" if match["row"] else match[0], formula
    )


def _one_formula(sheet: str, lines: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Every line, a row of pools or a column of classes, has one formula."""
    for line in lines:
        formulas = [cell for cell in line if cell.data_type == "f"]
        for cell in formulas[1:]:
            moved = Translator(str(formulas[0].value), formulas[0].coordinate).translate_formula(cell.coordinate)
            if moved != cell.value and not (sheet == CHECKS.sheet and LINK.match(str(cell.value))):
                yield f"one formula: {sheet}!{cell.coordinate}: {cell.value} where {moved} is expected"


def _view(sheet: Worksheet, styles: Styles) -> Iterator[str]:
    title = sheet.title
    if sheet.sheet_view.showGridLines:
        yield f"{VIEW}: {title}: gridlines"
    if sheet.freeze_panes is None:
        yield f"{VIEW}: {title}: no frozen panes"
    if not sheet.print_area:
        yield f"print: {title}: no print area"
    if "&P" not in str(sheet.oddFooter.right.text) or "&F" not in str(sheet.oddFooter.left.text):
        yield f"print: {title}: the footer lacks file or page"
    if not sheet.sheet_properties.tabColor:
        yield f"role: {title}: no tab colour"
    if table := WITH_UNITS.get(title):
        for cell in sheet[table.letter("unit")][table.row() - 1 :]:
            numbers = [
                one
                for one in sheet[cell.row]
                if (isinstance(one.value, int | float) or one.data_type == "f")
                and one.number_format != FORMATS["truth"]
            ]
            if numbers and cell.value is None and _style(sheet.cell(cell.row, 1), styles) not in ("Total", "Note"):
                yield f"unit: {title}!{cell.coordinate}: a line of numbers without a unit"
