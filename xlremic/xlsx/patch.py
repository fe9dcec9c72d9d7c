"""Put values into cells of a saved workbook and leave every other byte of every part as it was.

What a person added with Excel (text boxes, sparklines, slicers, comments) survives, since no part is parsed and
written anew: only the bytes of the named cells change, within the sheet's own XML.
"""

import gc
import io
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from tempfile import gettempdir
from traceback import clear_frames
from xml.sax.saxutils import escape

from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell as NamedCell

from ..errors import InputError
from ..text import without_controls
from .package import DAY_ZERO, Package, widened
from .references import Reference, column_number

Cell = float | str | bool | date | None
_ROW = r'<row\b[^<>]*?\br="{row}"[^<>]*?(?:/>|>.*?</row>)'
_CELL = r'<c\b[^<>]*?\br="{cell}"[^<>]*?(?:/>|>.*?</c>)'
_STYLE = re.compile(rb'\bs="(\d+)"')


def opened(data: bytes, *, formulas: bool = False) -> Workbook:
    """The workbook's cached values (or its formulas), to look at only: what openpyxl loses is never written by it.

    Raises: InputError for what it cannot read.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        try:
            with _uncollected():
                return load_workbook(io.BytesIO(data), data_only=not formulas)
        except Exception as error:  # of a stranger's workbook: it says what is wrong in many ways, all of them its own
            reason = f"{type(error).__name__}: {error}"[:200]
            raise InputError(f"the workbook is damaged: no spreadsheet reader understands it ({reason})") from error


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for garbage, of which a reader of a hundred thousand cells makes none: a sixth of its time."""
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searched:
            gc.enable()


def saved(book: Workbook) -> Package:
    """The package of a workbook that openpyxl holds. Raises: InputError if there is no room for its temporary files."""
    buffer = io.BytesIO()
    try:
        book.save(buffer)
    except (OSError, etree.SerialisationError) as error:
        _let_go(error)
        reason = f"{type(error).__name__}: {error}"
        raise InputError(f"{gettempdir()} cannot take the sheets while they are written ({reason})") from error
    return Package.of(buffer.getvalue())


def _let_go(error: Exception) -> None:
    """Let go what openpyxl was writing: a sheet half written complains once more, on standard error, as it goes."""
    hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        for one in (error, error.__context__):
            clear_frames(one.__traceback__ if one else None)
        gc.collect()
    finally:
        sys.unraisablehook = hook


def named_cells(book: Workbook, name: str) -> list[NamedCell]:
    """The cells of a defined name, row by row. Raises: InputError if its sheet is missing."""
    (sheet, reference), *_ = book.defined_names[name].destinations
    if sheet not in book.sheetnames:
        raise InputError(f"the workbook's {name} points to sheet {sheet}, which is missing; was it renamed?")
    found = book[sheet][reference.replace("$", "")]
    rows = found if isinstance(found, tuple) else ((found,),)
    return [cell for row in rows for cell in row]


def patched(
    package: Package, values: Mapping[tuple[str, str], Cell], styles: Mapping[tuple[str, str], str] | None = None
) -> Package:
    """The workbook with those values in those cells.

    Args:
        values: (sheet, cell) to a number, text, truth, date or nothing; a cell keeps its style.
        styles: (sheet, cell) to the cell of that sheet whose style a new cell takes.
    Raises: InputError if a sheet is missing or its XML is not laid out as a spreadsheet program writes it.
    """
    missing = {sheet for sheet, _ in values} - set(package.sheets)
    if missing:
        raise InputError(f"the workbook has no sheet {', '.join(sorted(missing))}; was it renamed?")
    changed: dict[str, bytes] = {}
    for (sheet, cell), value in values.items():
        part = package.sheets[sheet]
        content = _with_cell(changed.get(part, package[part]), cell, value, (styles or {}).get((sheet, cell)))
        changed[part] = widened(content, Reference.of(cell))
    return package.edited(changed)


def style_of(content: bytes, cell: str) -> bytes:
    """The style attribute of a cell, empty if it has none."""
    found = re.search(_CELL.format(cell=cell).encode(), content, re.S)
    style = _STYLE.search(found[0].split(b">", 1)[0]) if found else None
    return b' s="' + style[1] + b'"' if style else b""


def _with_cell(content: bytes, cell: str, value: Cell, like: str | None) -> bytes:
    found = re.search(_CELL.format(cell=cell).encode(), content, re.S)
    if found:
        made = element(cell, value, style_of(content, like or cell))
        return content[: found.start()] + made + content[found.end() :]
    made = element(cell, value, style_of(content, like) if like else b"")
    corner = Reference.of(cell).first
    row, column = corner.row, corner.column
    line = re.search(_ROW.format(row=row).encode(), content, re.S)
    if line is None:
        return _with_row(content, row, made)
    text = line[0]
    if text.endswith(b"/>"):
        text = text[:-2] + b">" + made + b"</row>"
    else:
        at = len(text) - len(b"</row>")
        for other in re.finditer(rb'<c\b[^<>]*?\br="([A-Z]+)\d+"', text):
            if column_number(other[1].decode()) > column:
                at = other.start()
                break
        text = text[:at] + made + text[at:]
    return content[: line.start()] + text + content[line.end() :]


def _with_row(content: bytes, row: int, made: bytes) -> bytes:
    text = f'<row r="{row}">'.encode() + made + b"</row>"
    for other in re.finditer(rb'<row\b[^<>]*?\br="(\d+)"', content):
        if int(other[1]) > row:
            return content[: other.start()] + text + content[other.start() :]
    at = content.rfind(b"</sheetData>")
    if at < 0:
        raise InputError("the workbook's sheet has no cells where values could go; is it one of ours?")
    return content[:at] + text + content[at:]


def element(cell: str, value: Cell, style: bytes) -> bytes:
    """A cell as a sheet has it; ``style`` is its attribute."""
    head = b'<c r="' + cell.encode() + b'"' + style
    if value is None:
        return head + b"/>"
    if isinstance(value, bool):
        return head + b' t="b"><v>' + (b"1" if value else b"0") + b"</v></c>"
    if isinstance(value, date):
        value = float((value - DAY_ZERO).days)
    if isinstance(value, float | int):
        return head + b"><v>" + repr(value).encode() + b"</v></c>"
    text = escape(without_controls(value)).encode()
    return head + b' t="inlineStr"><is><t xml:space="preserve">' + text + b"</t></is></c>"
