"""Cover and History in the template."""

from look import band, frame, heading, name, put, red, table
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from xlremic.workbook.cover_rows import (
    ABOUT,
    ABOUT_ROW,
    CHANGE_LOG,
    CONTENTS,
    CONTENTS_ROW,
    COVER,
    GRID_STATUS,
    HEADING,
    HOW,
    HOW_ROW,
    LEFT,
    LEGEND,
    LEGEND_ROW,
    LIMITS,
    LIMITS_ROW,
    LOG_ROW,
    PURPOSE,
    RIGHT,
    SIGNS,
    STATUS,
    STATUS_ROW,
    WIDTHS,
    about_cell,
)
from xlremic.workbook.history_columns import ACCEPTED, ACCEPTED_ROW, HISTORY, MOST_LINES, TABLE_NAME
from xlremic.workbook.layout import FrameRow
from xlremic.workbook.projection_columns import Formulas

_RIGHT, _BESIDE = get_column_letter(RIGHT), get_column_letter(RIGHT + 1)


def cover(book: Workbook) -> None:
    """What the workbook is, whether it is well, where everything is and how to work with it."""
    sheet = frame(book, COVER, WIDTHS)
    put(sheet[f"A{FrameRow.SUBTITLE}"], f"={HEADING}", "Subtitle")
    name(book, "DealHeading", COVER, f"A{FrameRow.SUBTITLE}")
    for k, sentence in enumerate(PURPOSE, FrameRow.NOTE + 1):
        put(sheet[f"A{k}"], sentence, "Label")
    _about(book, sheet)
    _status(book, sheet)
    _contents(book, sheet)
    heading(sheet, LEGEND_ROW, "Colours and signs", _RIGHT, "L")
    for k, (style, value, says) in enumerate(LEGEND, LEGEND_ROW + 1):
        put(sheet[f"{_RIGHT}{k}"], value, style, align="center")
        put(sheet[f"{_BESIDE}{k}"], says, "Label")
    for k, says in enumerate(SIGNS, LEGEND_ROW + 1 + len(LEGEND)):
        put(sheet[f"{_RIGHT}{k}"], says, "Label")
    heading(sheet, HOW_ROW, "How to work here", _RIGHT, "L")
    for k, (what, how) in enumerate(HOW, HOW_ROW + 1):
        put(sheet[f"{_RIGHT}{k}"], what, "Subtitle")
        put(sheet[f"{_BESIDE}{k}"], how, "Label")
    name(book, "projected.how", COVER, f"{_RIGHT}{HOW_ROW + len(HOW)}:{_BESIDE}{HOW_ROW + len(HOW)}")
    heading(sheet, LIMITS_ROW, "Limits", _RIGHT, "L")
    for k, says in enumerate(LIMITS, LIMITS_ROW + 1):
        put(sheet[f"{_RIGHT}{k}"], says, "Label")
    heading(sheet, LOG_ROW, "Changes", "A", "F")
    band(sheet, CHANGE_LOG.header, CHANGE_LOG.labels, left=CHANGE_LOG.texts)
    sheet.row_dimensions[CHANGE_LOG.header].height = 18
    for column in CHANGE_LOG.columns:
        put(sheet[CHANGE_LOG.cell(column.key)], None, column.style, column.number_format, column.align)
    header = f"{CHANGE_LOG.letters[0]}{CHANGE_LOG.header}:{CHANGE_LOG.letters[-1]}{CHANGE_LOG.header}"
    name(book, "ChangeLog", COVER, header)
    sheet.print_area = f"A1:L{CHANGE_LOG.row(12)}"


def _about(book: Workbook, sheet: Worksheet) -> None:
    heading(sheet, ABOUT_ROW, "The filing and this workbook", "A", "F")
    for k, line in enumerate(ABOUT):
        put(sheet.cell(ABOUT_ROW + 1 + k, LEFT), line.label, "Label")
        put(sheet[about_cell(k)], None, line.style)
        name(book, line.name, COVER, about_cell(k))


def _status(book: Workbook, sheet: Worksheet) -> None:
    heading(sheet, STATUS_ROW, "Status", "A", "F")
    for k, line in enumerate((*STATUS, GRID_STATUS), STATUS_ROW + 1):
        put(sheet.cell(k, LEFT), line.label, "Label")
        put(sheet.cell(k, LEFT + 1), f"={line.formula}", line.style, align="left")
    name(book, "projected.grid_status", COVER, f"A{STATUS_ROW + len(STATUS) + 1}:B{STATUS_ROW + len(STATUS) + 1}")


def _contents(book: Workbook, sheet: Worksheet) -> None:
    heading(sheet, CONTENTS_ROW, "Contents", "A", "F")
    for row, (title, purpose) in enumerate(CONTENTS, CONTENTS_ROW + 1):
        link = put(sheet.cell(row, LEFT), title, "Navigation", align="left")
        link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{title}'!A1", display=title)
        link.style = "Navigation"
        put(sheet.cell(row, LEFT + 1), purpose, "Label")
    name(book, "row.contents", COVER, f"A{CONTENTS_ROW + 1}")


def history(book: Workbook, formulas: Formulas) -> None:
    """One line a class and one a pool for every month that was put in, as a table that updates make longer."""
    sheet = frame(book, HISTORY.sheet, HISTORY.widths)
    table(book, HISTORY, formulas)
    put(sheet[f"A{ACCEPTED_ROW}"], "Lines that were accepted although something in them fails", "Label")
    count = f"{HISTORY.letter('ending_balance')}{ACCEPTED_ROW}"
    put(sheet[count], f"={ACCEPTED}", "Formula", "0")
    name(book, "row.accepted", HISTORY.sheet, count)
    cells = f"A{HISTORY.header}:{HISTORY.letters[-1]}"
    name(book, "History", HISTORY.sheet, f"{cells}{HISTORY.header}")
    made = Table(displayName=TABLE_NAME, name=TABLE_NAME, ref=f"{cells}{HISTORY.row()}")
    made.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    sheet.add_table(made)
    accepted = HISTORY.letter("accepted")
    lines = f"A{HISTORY.row()}:{HISTORY.letters[-1]}{MOST_LINES}"
    sheet.conditional_formatting.add(lines, red(f'${accepted}{HISTORY.row()}<>""'))
    sheet.print_area = f"A1:{HISTORY.letters[-1]}{HISTORY.row(59)}"
