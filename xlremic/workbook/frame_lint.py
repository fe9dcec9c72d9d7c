"""What every sheet of ours has alike, held against a finished workbook: frame, links, contrast, words for charts."""

from collections.abc import Iterator

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ..xlsx.described import descriptions
from ..xlsx.package import Package
from .layout import FLAG, LINKS, SHEETS, FrameRow

CONTRAST = 4.5
"""Least contrast of words on white, as the accessibility guidelines (WCAG 2.1, 1.4.3) ask."""
ON_WHITE = ("Note", "Unit", "Label", "Navigation", "Section", "Subtitle", "Link", "Key")
"""Styles of words on a white ground."""


def frame_complaints(book: Workbook, package: Package, seen: str) -> Iterator[str]:
    """Complaints, each as ``rule: place: what``; ``seen`` is the rule of what a program may drop when it saves.

    A workbook without the name ``DealHeading`` was made before sheets had this frame.
    """
    if "DealHeading" not in book.defined_names:
        return
    for sheet in book.worksheets:
        if sheet.title in SHEETS:
            yield from _frame(sheet, [title for title in LINKS if title in book.sheetnames])
    for style in book._named_styles:
        color = style.font.color
        if style.name in ON_WHITE and color is not None and isinstance(color.rgb, str):
            found = contrast(color.rgb[-6:])
            if found < CONTRAST:
                yield f"contrast: style {style.name}: {found:.1f} : 1 on white, at least {CONTRAST} is needed"
    for drawing, words in descriptions(package).items():
        yield from (f"{seen}: {drawing}: a chart without a description" for one in words if not one)
    if not (book.properties.title and book.properties.subject):
        yield f"{seen}: the document has no title or no subject"


def _frame(sheet: Worksheet, links: list[str]) -> Iterator[str]:
    if not sheet[f"A{FrameRow.TITLE}"].value:
        yield f"frame: {sheet.title}!A{FrameRow.TITLE}: no title"
    if sheet[FLAG].value != "=ChecksStatus":
        yield f"frame: {sheet.title}!{FLAG}: the outcome of the checks is missing"
    if "Deal" not in str(sheet[f"A{FrameRow.SUBTITLE}"].value):
        yield f"frame: {sheet.title}!A{FrameRow.SUBTITLE}: deal and as-of date are missing"
    if not sheet[f"A{FrameRow.ACTION}"].value:
        yield f"frame: {sheet.title}!A{FrameRow.ACTION}: nothing says what to do here"
    found = [str(cell.value) for cell in sheet[FrameRow.NAVIGATION] if cell.value in SHEETS]
    if found != links:
        yield f"links: {sheet.title}: row {FrameRow.NAVIGATION} has {', '.join(found) or 'none'}"


def contrast(color: str) -> float:
    """Contrast of a colour (six hexadecimal digits) with white, from 1 to 21.

    >>> round(contrast("000000")), round(contrast("7F7F7F"), 1)
    (21, 4.0)
    """
    parts = [int(color[k : k + 2], 16) / 255 for k in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    light = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (light + 0.05)
