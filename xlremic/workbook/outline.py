"""Sections of the monthly sheets: a band and a link each, and their columns in a group that is closed at first."""

from collections.abc import Mapping

from openpyxl.styles import PatternFill
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from ..xlsx.references import Reference, column_letters
from .class_months import CLASS, MONTH
from .layout import FrameRow, MonthlyRow

SECTIONS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "Collateral": (("psa_curve", "Speeds of the pools"), ("amortisation_rate", "Rep lines")),
    "Waterfall": (
        ("scheduled_principal", "Strips of the loans"), ("unsupported", "Interest"),
        ("cumulative_losses", "Tests, shift"), ("senior_percent", "Transfers"),
        ("balance_before_call", "B classes"), ("senior_write_down", "Class A"),
        ("po_paid", "PO and IO"), ("group_balance", "Parts of A"),
    ),
}  # fmt: skip
"""First field and name of each section of a sheet; the totals before them stay open."""
FIRST_LINK = 5
"""Column of the first link to a section, beside the flag."""
PRINTED_MONTHS = 60
"""Months of the totals that are printed, one page of them."""


def outline(book: Workbook) -> None:
    """Close the sections of the monthly sheets but for the first column of each, and print the totals."""
    for title, sections in SECTIONS.items():
        sheet = book[title]
        fields: dict[str, int] = {}
        for cell in sheet[MonthlyRow.FIELD]:
            fields.setdefault(str(cell.value).replace(" ", "_"), cell.column)
        there = [(fields[field], name) for field, name in sections if field in fields]
        starts = [start for start, _ in there]
        sheet.sheet_properties.outlinePr.summaryRight = False
        for k, (start, name) in enumerate(there):
            end = starts[k + 1] if k + 1 < len(starts) else sheet.max_column + 1
            head = sheet.cell(FrameRow.NAVIGATION, start)
            head.value, head.style = name, "Band"
            head.fill = PatternFill("solid", start_color="5B7DB1")
            link = sheet.cell(FrameRow.TITLE, FIRST_LINK + k)
            link.value = name
            place = f"'{title}'!{column_letters(start)}{FrameRow.NAVIGATION}"
            link.hyperlink = Hyperlink(ref=link.coordinate, location=place, display=name)
            link.style = "Navigation"
            sheet.column_dimensions[column_letters(start)].width = 18
            for column in range(start + 1, end):
                dimension = sheet.column_dimensions[column_letters(column)]
                dimension.outlineLevel, dimension.hidden = 1, True
        _print_years(sheet, column_letters(starts[0] - 1), MonthlyRow.MONTH)
    for title, month in (("Vectors", MonthlyRow.MONTH), (CLASS, MONTH)):
        areas = str(book[title].print_area).rpartition("!")[2].replace("$", "")
        _print_years(book[title], column_letters(Reference.of(areas).bounds[2]), month)


def _print_years(sheet: Worksheet, last: str, first_month: int) -> None:
    """Print the first months on one page, as far as that column."""
    sheet.print_area = f"A1:{last}{first_month + PRINTED_MONTHS - 1}"
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = 1
