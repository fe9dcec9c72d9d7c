"""Row 4 of every sheet: the same links in the same order, where a window shows them."""

from collections.abc import Iterator

from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from ..xlsx.references import column_letters
from .layout import LINKS, FrameRow

WINDOW = 188.0
"""Characters that a window of 1440 points shows beside each other."""
USUAL = 8.43
"""Width of a column that has none of its own, in characters."""


def place_links(book: Workbook) -> None:
    """Put the links that lead somewhere into the first columns of every sheet that are wide enough for their words."""
    there = [title for title in LINKS if title in book.sheetnames]
    for sheet in book.worksheets:
        for cell in sheet[FrameRow.NAVIGATION]:
            if cell.hyperlink is not None and cell.value in LINKS:
                cell.value = cell.hyperlink = None
                cell.style = "Label"
        column = 0
        for title in there:
            column += 1
            while width(sheet, column) < len(title) + 1 or sheet.cell(FrameRow.NAVIGATION, column).value is not None:
                column += 1
                if column > sheet.max_column:
                    letters = column_letters(column)
                    sheet.column_dimensions[letters].width = max(width(sheet, column), len(title) + 2)
            cell = sheet.cell(FrameRow.NAVIGATION, column)
            cell.value, cell.style = title, "Navigation"
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{title}'!A1", display=title)
            cell.style = "Navigation"


def width(sheet: Worksheet, column: int) -> float:
    """Width of a column in characters, zero if it is closed."""
    letters = column_letters(column)
    if letters not in sheet.column_dimensions:
        return USUAL
    dimension = sheet.column_dimensions[letters]
    return 0.0 if dimension.hidden else dimension.width


def beyond_the_window(sheet: Worksheet) -> Iterator[str]:
    """The links that stand where a window does not show them whole."""
    right = 0.0
    for cell in sheet[FrameRow.NAVIGATION]:
        right += width(sheet, cell.column)
        if cell.value in LINKS and right - width(sheet, cell.column) + len(str(cell.value)) > WINDOW:
            yield f"{sheet.title}!{cell.coordinate}"
