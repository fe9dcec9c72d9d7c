"""How the template looks: styles, the frame that every sheet has, header bands, names."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from xlremic.workbook.class_columns import Line
from xlremic.workbook.layout import Table
from xlremic.workbook.names import FORMATS, usable_name
from xlremic.workbook.projection_columns import Formulas

NAVY, LIGHT, YELLOW, GREY = "1F3864", "F2F5FA", "FFF9E5", "7F7F7F"
FAMILY = "Calibri"
ORDER = ("Summary", "Pools", "Tranches", "Underwriting", "Call", "Assumptions", "Collateral", "Waterfall", "Results",
         "Scenarios", "Functions", "Checks", "Source")  # fmt: skip
WAY = ("Summary", "Assumptions", "Results", "Tranches", "Checks", "Call", "Pools", "Waterfall", "Scenarios", "Collateral",
       "Source", "Underwriting", "Functions")  # fmt: skip
"""Where most want to go from a sheet, for those that have room for few links."""
TABS = {"Summary": NAVY, "Pools": "BF9000", "Tranches": "BF9000", "Underwriting": "BF9000", "Call": "548235", "Assumptions": "BF9000",
        "Collateral": "548235", "Waterfall": "548235", "Results": NAVY, "Scenarios": NAVY, "Functions": NAVY, "Checks": "C00000", "Source": GREY}  # fmt: skip
PURPOSE = {
    "Summary": "What the deal is, where it stands now, and whether everything ties. Blue figures are inputs, black ones"
    " formulas, green ones links; change a blue figure and every sheet follows.",
    "Pools": "The mortgage pools as the filing states them, recomputed from their parts. Click a blue figure to see the"
    " sentence that it was read from.",
    "Tranches": "The classes in order of seniority. Put current balances into the yellow column; levels, factors and"
    " the call follow.",
    "Underwriting": "How the loans were underwritten, as the filing bounds it, and what that is in dollars.",
    "Call": "The clean-up call: allowed when the pool balance is strictly less than the threshold.",
    "Assumptions": "What a projection needs and the filing does not state, each with its unit; beside it the pools and classes"
    " as the worksheet functions take them.",
    "Collateral": "The loans month by month: every pool's speeds, every rep line's defaults, liquidations and principal, by the"
    " industry's Standard Formulas.",
    "Waterfall": "The distributions month by month: strips, shifting interest, transfers, losses and the call, then every class."
    " Each column names the rule that it follows.",
    "Results": "What the projection comes to for each class. Everything here follows the inputs.",
    "Scenarios": "Figures of the engine at many speeds and losses, as values, beside the live case of this workbook.",
    "Functions": "Every worksheet function at work on this deal, beside the same number from plain formulas.",
    "Checks": "Everything in the filing that can be tied out. Each tolerance follows from the digits that the filing"
    " prints; a flag of 1 is a check that fails.",
    "Source": "Every fact with the line and the sentence that it was read from.",
}
THIN = Side(style="thin", color="BFBFBF")


def styles(book: Workbook) -> None:
    """The named styles by which a reader, and the lint, tell inputs from formulas and links."""

    def style(
        name: str, color: str = "000000", *, fill: str = "", bold: bool = False, size: int = 10, **more: object
    ) -> None:
        made = NamedStyle(name, font=Font(name=FAMILY, size=size, bold=bold, color=color, **more))
        if fill:
            made.fill = PatternFill("solid", start_color=fill)
        made.alignment = Alignment(vertical="center")
        if name == "Unit":
            made.alignment = Alignment(horizontal="left", vertical="center", indent=1)
        made.protection = Protection(locked=name not in ("Fact", "Assumption"))
        book.add_named_style(made)

    style("Title", NAVY, bold=True, size=16)
    style("Subtitle", NAVY, size=10, bold=True)
    style("Note", GREY, italic=True)
    style("Band", "FFFFFF", fill=NAVY, bold=True)
    style("Section", NAVY, bold=True, size=12)
    style("Label")
    style("Unit", GREY)
    style("Fact", "0000FF", fill=YELLOW)
    style("Assumption", "0000FF", fill=YELLOW, italic=True)
    style("Constant")
    style("Formula")
    style("Link", "006100")
    style("Total", fill=LIGHT, bold=True)
    style("Flag", bold=True)
    style("Navigation", "2F5597", underline="single")
    base = next(s for s in book._named_styles if s.name == "Normal")
    base.font = Font(name=FAMILY, size=10)


def put(cell: Cell, value: object, style: str, number_format: str = "", align: str = "") -> Cell:
    cell.value = value
    cell.style = style
    if number_format:
        cell.number_format = FORMATS.get(number_format, number_format)
    if align:
        cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=align == "center")
    return cell


def name(book: Workbook, called: str, sheet: str, reference: str) -> None:
    absolute = re.sub(r"\$?([A-Z]+)\$?(\d+)", r"$\1$\2", reference)
    book.defined_names[usable_name(called)] = DefinedName(called, attr_text=f"{sheet}!{absolute}")


def frame(
    book: Workbook, title: str, widths: Mapping[str, float], header: int, last: str, frozen: str = "B"
) -> Worksheet:
    """A sheet with title, live subtitle, purpose, navigation, print set-up and frozen panes."""
    sheet: Worksheet = book[title]
    sheet.sheet_properties.tabColor = TABS[title]
    sheet.sheet_view.showGridLines = False
    sheet.sheet_view.zoomScale = 100
    for column, width in widths.items():
        sheet.column_dimensions[column].width = width
    put(sheet["A1"], title, "Title")
    sheet.row_dimensions[1].height = 24
    put(sheet["A2"], "=DealTitle", "Subtitle")
    put(sheet["A3"], PURPOSE[title], "Note")
    wide = [column for column, width in widths.items() if width >= 11 and (len(column), column) <= (len(last), last)]
    shown = [other for other in WAY if other != title][: len(wide)]
    for column, other in zip(wide, sorted(shown, key=ORDER.index), strict=False):
        cell = put(sheet[f"{column}4"], other, "Navigation", align="left")
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{other}'!A1", display=other)
        cell.style = "Navigation"
    flag = put(sheet[f"{last}1"], "=ChecksStatus", "Flag", align="right")
    sheet.conditional_formatting.add(
        flag.coordinate,
        FormulaRule(
            ["ChecksFailed>0"], font=Font(color="FFFFFF", bold=True), fill=PatternFill("solid", end_color="C00000")
        ),
    )
    put(sheet[f"{last}2"], "=AsOfDate", "Unit", '"as of" d mmm yyyy', align="right")
    sheet.freeze_panes = f"{frozen}{header + 1}" if title != "Summary" else f"A{header}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_LETTER
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = (
        1,
        0 if title in ("Pools", "Underwriting", "Checks", "Source", "Scenarios") else 1,
    )
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.7
    sheet.oddHeader.left.text, sheet.oddHeader.right.text = "xlremic", "&A"
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = "&F", "Page &P of &N"
    if title != "Summary":
        sheet.print_title_rows = f"{header}:{header}"
    return sheet


def band(sheet: Worksheet, row: int, labels: Mapping[str, str], left: Collection[str] = "A") -> None:
    """A header row; text columns (``left``) are left-aligned, the others centred."""
    for column, label in labels.items():
        put(sheet[f"{column}{row}"], label, "Band", align="left" if column in left else "center")
    sheet.row_dimensions[row].height = 30


def table(book: Workbook, data: Table, formulas: Formulas, total: str = "") -> None:
    """Header, line of totals and first line of a table."""
    sheet = book[data.sheet]
    band(sheet, data.header, data.labels, left=data.texts)
    if data.totals:
        for column in data.columns:
            made = formulas.of_table(data, column.total, data.totals) if column.total else None
            align = column.align if column.total else ""
            put(sheet[f"{data.letter(column.key)}{data.totals}"], made, "Total", column.total_format, align)
        sheet.cell(data.totals, data.left).value = total
    first_line(sheet, data, formulas, [column.key for column in data.columns if column.style])


def first_line(sheet: Worksheet, data: Table, formulas: Formulas, keys: Iterable[str]) -> None:
    """The first line of some columns of a table."""
    for column in map(data.column, keys):
        shown = formulas.of_table(data, column.formula, data.row()) if column.formula else column.value
        put(sheet[data.cell(column.key)], shown, column.style, column.number_format, column.align)


def column_names(book: Workbook, data: Table) -> None:
    """The defined names of a table's columns."""
    for column in data.columns:
        if column.name:
            name(book, column.name, data.sheet, data.span(column.key))


def figures(book: Workbook, data: Table, lines: Sequence[Line], formulas: Formulas, align: str = "right") -> None:
    """A line each: label, figure and, where the table has room for them, unit and source."""
    sheet = book[data.sheet]
    for line in lines:
        row = data.row(line.key)
        if line.label:
            put(sheet[data.cell("label", line.key)], line.label, "Label")
        made = formulas.of_table(data, line.formula, row) if line.formula else line.value
        put(sheet[data.cell("value", line.key)], made, line.style, line.number_format, align)
        for key, text in (("unit", line.unit), ("source", line.source)):
            if key in data.keys:
                put(sheet[data.cell(key, line.key)], text, "Unit")
        if line.name:
            name(book, line.name, data.sheet, data.cell("value", line.key))


def heading(sheet: Worksheet, row: int, text: str) -> None:
    put(sheet[f"A{row}"], text, "Section")
    for column in "ABCDEFG":
        sheet[f"{column}{row}"].border = Border(bottom=THIN)
