"""What every sheet of ours has alike, held against a finished workbook: frame, links, contrast, words for charts."""

import re
from collections.abc import Iterator, Sequence
from colorsys import hls_to_rgb, rgb_to_hls

from openpyxl.styles.colors import Color
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ..xlsx.described import descriptions
from ..xlsx.package import Package
from .layout import FLAG, LINKS, PAGES_AT_MOST, SHEETS, FrameRow
from .links import beyond_the_window

CONTRAST = 4.5
"""Least contrast of words on white, as the accessibility guidelines (WCAG 2.1, 1.4.3) ask."""
THEME = "xl/theme/theme1.xml"
_THEMED = re.compile(r'<a:(\w+)>\s*<a:s\w+Clr\b[^>]*?(?:lastClr|val)="([0-9A-F]{6})"')
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
            yield from (f"{seen}: {place}: a link beyond the window" for place in beyond_the_window(sheet))
    yield from _paper(book)
    theme = theme_colors(package)
    for style in book._named_styles:
        color = shown_color(style.font.color, theme) if style.name in ON_WHITE else ""
        if color:
            found = contrast(color)
            if found < CONTRAST:
                yield f"contrast: style {style.name}: {found:.1f} : 1 on white, at least {CONTRAST} is needed"
    for drawing, words in descriptions(package).items():
        yield from (f"{seen}: {drawing}: a chart without a description" for one in words if not one)
    if not (book.properties.title and book.properties.subject):
        yield f"{seen}: the document has no title or no subject"


def _paper(book: Workbook) -> Iterator[str]:
    """Every sheet is fitted to its number of pages, and all together are few."""
    pages = 0
    for sheet in book.worksheets:
        if (about := SHEETS.get(sheet.title)) is None:
            continue
        setup, fits = sheet.page_setup, sheet.sheet_properties.pageSetUpPr
        pages += (down := 1 if setup.fitToHeight is None else int(setup.fitToHeight))
        wanted = "portrait" if about.upright else "landscape"
        if not (fits and fits.fitToPage) or setup.fitToWidth not in (None, 1) or not 0 < down <= about.pages:
            yield f"print: {sheet.title}: must fit one page across and {about.pages} down"
        if setup.orientation != wanted:
            yield f"print: {sheet.title}: {setup.orientation or 'no orientation'} where {wanted} is needed"
    if pages > PAGES_AT_MOST:
        yield f"print: the workbook takes {pages} pages, {PAGES_AT_MOST} at most"


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


def theme_colors(package: Package) -> list[str]:
    """Colours of a workbook's theme in the order of their numbers: light and dark, light and dark, accents, links."""
    found = dict(_THEMED.findall(package.parts.get(THEME, b"").decode()))
    return [found.get(name, "") for name in ("lt1", "dk1", "lt2", "dk2", *(f"accent{k}" for k in range(1, 7)))]


def shown_color(color: Color | None, theme: Sequence[str]) -> str:
    """A colour as six hexadecimal digits; empty if it is the program's own.

    >>> shown_color(Color(theme=1, tint=0.349), ["FFFFFF", "000000"])
    '595959'
    """
    if color is None or color.type not in ("rgb", "theme"):
        return ""
    if color.type == "rgb":
        return str(color.rgb)[-6:]
    plain = theme[color.theme] if color.theme < len(theme) else ""
    if not plain or not color.tint:
        return plain
    hue, light, saturation = rgb_to_hls(*(int(plain[k : k + 2], 16) / 255 for k in (0, 2, 4)))
    light = light * (1 + color.tint) if color.tint < 0 else light * (1 - color.tint) + color.tint
    return "".join(f"{round(255 * part):02X}" for part in hls_to_rgb(hue, light, saturation))


def contrast(color: str) -> float:
    """Contrast of a colour (six hexadecimal digits) with white, from 1 to 21.

    >>> round(contrast("000000")), round(contrast("7F7F7F"), 1)
    (21, 4.0)
    """
    parts = [int(color[k : k + 2], 16) / 255 for k in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    light = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (light + 0.05)
