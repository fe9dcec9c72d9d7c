"""Locks formulas against a slip of the hand: without a password, so that whoever means to change one lifts it.

A cell is locked as its style says: inputs are open, all else is not. Columns and rows may be made wider, hidden and
shown, so that a closed group can be opened, and lists sorted and filtered where their cells are open.
"""

from openpyxl import Workbook
from openpyxl.worksheet.protection import SheetProtection


def protect(book: Workbook) -> None:
    """Protect every sheet; in the file's own terms, what is false here is what stays allowed."""
    for sheet in book.worksheets:
        sheet.protection = SheetProtection(
            sheet=True, formatColumns=False, formatRows=False, sort=False, autoFilter=False, objects=False,
            scenarios=False,
        )  # fmt: skip
