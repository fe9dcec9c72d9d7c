"""Cover, filled in: the filing, the version, the contents of this workbook and the first line of its log."""

from openpyxl.worksheet.worksheet import Worksheet

from .clock import minute, written_at
from .cover_rows import CHANGE_LOG, CONTENTS, COVER
from .filling import PROGRAM, Filling, write_text


def fill_cover(book: Filling) -> None:
    """What Cover says of this deal and this workbook."""
    source = book.reading.source
    made = written_at()
    for anchor, text in (
        ("about_series", book.deal.series),
        ("about_filing", source.file),
        ("about_hash", source.sha256),
        ("about_program", PROGRAM),
        ("about_made", minute(made)),
    ):
        write_text(book.template.anchor(anchor), text)
    sheet: Worksheet = book.template.workbook[COVER]
    sheet[CHANGE_LOG.cell("when")].value = made.date()
    sheet[CHANGE_LOG.cell("as_of")].value = book.deal.cut_off_date
    sheet[CHANGE_LOG.cell("what")].value = "made from the filing, with the balances at issue"
    _fill_contents(book, sheet)


def _fill_contents(book: Filling, sheet: Worksheet) -> None:
    """The contents without the sheets that this workbook is without, moved together."""
    _, first, column = book.template.anchors["contents"]
    there = [(title, says) for title, says in CONTENTS if title in book.template.workbook.sheetnames]
    for k in range(len(CONTENTS)):
        link, beside = (sheet.cell(first + k, column + right) for right in (0, 1))
        if k < len(there):
            link.value, beside.value = there[k]
            link.hyperlink.location = f"'{there[k][0]}'!A1"
            link.hyperlink.display = there[k][0]
        else:
            link.value = link.hyperlink = beside.value = None
            link.style = "Label"
