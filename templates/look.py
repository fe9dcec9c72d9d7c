"""How the template looks: styles, the frame that every sheet has, header bands, names."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Color, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.theme import theme_xml

from xlremic.workbook.class_columns import Line
from xlremic.workbook.layout import FLAG, LINKS, SHEETS, FrameRow, Table, quoted
from xlremic.workbook.names import FORMATS, usable_name
from xlremic.workbook.projection_columns import Formulas

NAVY, LIGHT, YELLOW, GREY = "1F3864", "F2F5FA", "FFF9E5", "595959"
FAMILY = "Calibri"
FLAG_ALARM, FLAG_ROOM = "ChecksFailed+InputsToLookAt+ModelErrors>0", 34
"""When the flag is red, and the room of its longest words in characters."""
BLACK, WHITE, LINKED = "000000", "FFFFFF", "2F5597"
THEME = {"dk2": NAVY, "lt2": LIGHT, "accent1": LINKED, "accent2": "5B7DB1", "accent3": "9DB2D6", "accent4": "BF9000",
         "accent5": "548235", "accent6": "7F7F7F", "hlink": LINKED, "folHlink": LINKED}  # fmt: skip
"""Colours of the theme that the template has of its own."""
THEMED = {WHITE: Color(theme=0), BLACK: Color(theme=1), LIGHT: Color(theme=2), NAVY: Color(theme=3),
          LINKED: Color(theme=4), GREY: Color(theme=1, tint=0x59 / 0xFF)}  # fmt: skip
"""Colours that follow the theme; those by which inputs, links and failures are told do not: they are conventions."""
THIN = Side(style="thin", color="BFBFBF")


def themed(color: str) -> Color:
    return THEMED.get(color) or Color(rgb=f"FF{color}")


def theme(book: Workbook) -> None:
    """The usual theme with our own colours, which a person may exchange for a house's."""
    xml = theme_xml
    for part, color in THEME.items():
        xml = re.sub(rf'(<a:{part}>\s*<a:srgbClr val=")[0-9A-F]{{6}}', rf"\g<1>{color}", xml)
    book.loaded_theme = xml.encode()


def styles(book: Workbook) -> None:
    """The named styles by which a reader, and the lint, tell inputs from formulas and links."""
    theme(book)

    def style(
        name: str, color: str = BLACK, *, fill: str = "", bold: bool = False, size: int = 10, **more: object
    ) -> None:
        made = NamedStyle(name, font=Font(name=FAMILY, size=size, bold=bold, color=themed(color), **more))
        if fill:
            made.fill = PatternFill("solid", start_color=themed(fill))
        made.alignment = Alignment(vertical="center")
        if name == "Unit":
            made.alignment = Alignment(horizontal="left", vertical="center", indent=1)
        made.protection = Protection(locked=name not in ("Fact", "Assumption"))
        book.add_named_style(made)

    style("Title", NAVY, bold=True, size=16)
    style("Subtitle", NAVY, size=10, bold=True)
    style("Note", GREY, italic=True)
    style("Band", WHITE, fill=NAVY, bold=True)
    style("Section", NAVY, bold=True, size=12)
    style("Label")
    style("Unit", GREY)
    style("Key", GREY, size=8)
    style("Fact", "0000FF", fill=YELLOW)
    style("Assumption", "0000FF", fill=YELLOW, italic=True)
    style("Constant")
    style("Formula")
    style("Link", "006100")
    style("Total", fill=LIGHT, bold=True)
    style("Flag", bold=True)
    style("Navigation", LINKED, underline="single")
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
    book.defined_names[usable_name(called)] = DefinedName(called, attr_text=f"{quoted(sheet)}!{absolute}")


def frame(book: Workbook, title: str, widths: Mapping[str, float]) -> Worksheet:
    """A sheet with title, flag, live subtitle, what to do, links, print set-up and frozen panes."""
    sheet: Worksheet = book[title]
    about = SHEETS[title]
    sheet.sheet_properties.tabColor = about.role.value
    sheet.sheet_view.showGridLines = False
    sheet.sheet_view.zoomScale = 100
    for column, width in widths.items():
        sheet.column_dimensions[column].width = width
    put(sheet[f"A{FrameRow.TITLE}"], title, "Title")
    sheet.row_dimensions[FrameRow.TITLE].height = 24
    put(sheet[f"A{FrameRow.SUBTITLE}"], "=DealHeading", "Subtitle")
    put(sheet[f"A{FrameRow.ACTION}"], about.action, "Note")
    links(sheet)
    flag(sheet)
    sheet.freeze_panes = about.frozen
    sheet.page_setup.orientation = "portrait" if about.upright else "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_LETTER
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, about.pages
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.7
    sheet.oddHeader.left.text, sheet.oddHeader.right.text = "xlremic", "&A"
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = "&F", "Page &P of &N"
    if about.repeated:
        sheet.print_title_rows = about.repeated
    return sheet


def links(sheet: Worksheet) -> None:
    """The same links in the same order on every sheet, each in the next column that is wide enough for its word."""
    column = 0
    for other in LINKS:
        column += 1
        while 0 < _width(sheet, column) < len(other) + 1:
            column += 1
        if not _width(sheet, column):
            sheet.column_dimensions[get_column_letter(column)].width = len(other) + 2
        cell = put(sheet.cell(FrameRow.NAVIGATION, column), other, "Navigation", align="left")
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{other}'!A1", display=other)
        cell.style = "Navigation"


def _width(sheet: Worksheet, column: int) -> float:
    """Width of a column in characters, zero if none is set."""
    letter = get_column_letter(column)
    return sheet.column_dimensions[letter].width if letter in sheet.column_dimensions else 0.0


def flag(sheet: Worksheet) -> None:
    """The outcome of the checks; red, over as many columns as its words may need, when it is not well."""
    put(sheet[FLAG], "=ChecksStatus", "Flag")
    column, room = sheet[FLAG].column, 0.0
    while room < FLAG_ROOM:
        room += _width(sheet, column) or sheet.sheet_format.baseColWidth
        column += 1
    cells = f"{FLAG}:{get_column_letter(column - 1)}{FrameRow.TITLE}"
    sheet.conditional_formatting.add(cells, alarm(FLAG_ALARM))


def alarm(condition: str) -> FormulaRule:
    """White on red while the condition holds."""
    return FormulaRule([condition], font=Font(color="FFFFFF", bold=True), fill=PatternFill("solid", end_color="C00000"))


def red(condition: str) -> FormulaRule:
    """Red words while the condition holds."""
    return FormulaRule([condition], font=Font(color="C00000", bold=True))


def band(sheet: Worksheet, row: int, labels: Mapping[str, str], left: Collection[str] = "A") -> None:
    """A header row; text columns (``left``) are left-aligned, the others centred."""
    for column, label in labels.items():
        put(sheet[f"{column}{row}"], label, "Band", align="left" if column in left else "center")
    sheet.row_dimensions[row].height = 30


def table(book: Workbook, data: Table, formulas: Formulas, total: str = "") -> None:
    """Header, line of totals, with its label if it has one, and first line of a table."""
    sheet = book[data.sheet]
    band(sheet, data.header, data.labels, left=data.texts)
    if data.totals:
        for column in data.columns:
            made = formulas.of_table(data, column.total, data.totals) if column.total else None
            align = column.align if column.total else ""
            put(sheet[f"{data.letter(column.key)}{data.totals}"], made, "Total", column.total_format, align)
        if total:
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


def heading(sheet: Worksheet, row: int, text: str, first: str = "A", last: str = "G") -> None:
    """A section's heading, ruled from its first column to its last."""
    put(sheet[f"{first}{row}"], text, "Section")
    for column in range(sheet[f"{first}{row}"].column, sheet[f"{last}{row}"].column + 1):
        sheet.cell(row, column).border = Border(bottom=THIN)


def closed(sheet: Worksheet, first: str, last: str) -> None:
    """Columns in a group that is closed at first, with its + above the column before it."""
    sheet.sheet_properties.outlinePr.summaryRight = False
    for column in range(sheet[f"{first}1"].column, sheet[f"{last}1"].column + 1):
        dimension = sheet.column_dimensions[get_column_letter(column)]
        dimension.outlineLevel, dimension.hidden = 1, True


def closed_rows(sheet: Worksheet, head: int, last: int) -> None:
    """The rows below a heading in a group that is closed at first, with its + beside the heading."""
    sheet.sheet_properties.outlinePr.summaryBelow = False
    sheet.row_dimensions[head].collapsed = True
    for row in range(head + 1, last + 1):
        sheet.row_dimensions[row].outlineLevel, sheet.row_dimensions[row].hidden = 1, True
