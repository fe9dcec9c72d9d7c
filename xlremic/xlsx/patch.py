"""Put values into cells of a saved workbook and leave every other byte of every part as it was.

What a person added with Excel (text boxes, sparklines, slicers, comments) survives, since no part is parsed and
written anew: only the bytes of the named cells change, within the sheet's own XML.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Mapping
from datetime import date
from xml.sax.saxutils import escape

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell as NamedCell
from openpyxl.utils import column_index_from_string, coordinate_to_tuple, get_column_letter, range_boundaries

from ..errors import InputError
from .calculate import sheet_parts

Cell = float | str | bool | date | None
_EPOCH = date(1899, 12, 30)
_ROW = r'<row\b[^<>]*?\br="{row}"[^<>]*?(?:/>|>.*?</row>)'
_CELL = r'<c\b[^<>]*?\br="{cell}"[^<>]*?(?:/>|>.*?</c>)'
_STYLE = re.compile(rb'\bs="(\d+)"')


def opened(data: bytes) -> Workbook:
    """The workbook's cached values, to look at only: what openpyxl warns of losing is never written by it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return load_workbook(io.BytesIO(data), data_only=True)


def named_cells(book: Workbook, name: str) -> list[NamedCell]:
    """The cells of a defined name, row by row. Raises: InputError if its sheet is missing."""
    (sheet, reference), *_ = book.defined_names[name].destinations
    if sheet not in book.sheetnames:
        raise InputError(f"the workbook's {name} points to sheet {sheet}, which is missing; was it renamed?")
    found = book[sheet][reference.replace("$", "")]
    rows = found if isinstance(found, tuple) else ((found,),)
    return [cell for row in rows for cell in row]


def patched(
    data: bytes, values: Mapping[tuple[str, str], Cell], styles: Mapping[tuple[str, str], str] | None = None
) -> bytes:
    """The workbook with those values in those cells.

    Args:
        values: (sheet, cell) to a number, text, truth, date or nothing; a cell keeps its style.
        styles: (sheet, cell) to the cell of that sheet whose style a new cell takes.
    Raises: InputError if a sheet is missing or its XML is not laid out as a spreadsheet program writes it.
    """
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = dict(sheet_parts(package))
        missing = {sheet for sheet, _ in values} - set(parts)
        if missing:
            raise InputError(f"the workbook has no sheet {', '.join(sorted(missing))}; was it renamed?")
        changes: dict[str, dict[str, Cell]] = {}
        for (sheet, cell), value in values.items():
            changes.setdefault(parts[sheet], {})[cell] = value
        likes = {(parts[sheet], cell): like for (sheet, cell), like in (styles or {}).items()}
        with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as copy:
            for part in package.infolist():
                content = package.read(part)
                for cell, value in changes.get(part.filename, {}).items():
                    content = _with_cell(content, cell, value, likes.get((part.filename, cell)))
                    content = _with_dimension(content, cell)
                copy.writestr(part, content)
    return output.getvalue()


def style_of(content: bytes, cell: str) -> bytes:
    """The style attribute of a cell, empty if it has none."""
    found = re.search(_CELL.format(cell=cell).encode(), content, re.S)
    style = _STYLE.search(found[0].split(b">", 1)[0]) if found else None
    return b' s="' + style[1] + b'"' if style else b""


def _with_cell(content: bytes, cell: str, value: Cell, like: str | None) -> bytes:
    found = re.search(_CELL.format(cell=cell).encode(), content, re.S)
    if found:
        made = _element(cell, value, style_of(content, like or cell))
        return content[: found.start()] + made + content[found.end() :]
    made = _element(cell, value, style_of(content, like) if like else b"")
    row, column = coordinate_to_tuple(cell)
    line = re.search(_ROW.format(row=row).encode(), content, re.S)
    if line is None:
        return _with_row(content, row, made)
    text = line[0]
    if text.endswith(b"/>"):
        text = text[:-2] + b">" + made + b"</row>"
    else:
        at = len(text) - len(b"</row>")
        for other in re.finditer(rb'<c\b[^<>]*?\br="([A-Z]+)\d+"', text):
            if column_index_from_string(other[1].decode()) > column:
                at = other.start()
                break
        text = text[:at] + made + text[at:]
    return content[: line.start()] + text + content[line.end() :]


def _with_dimension(content: bytes, cell: str) -> bytes:
    """The sheet's stated range widened to hold the cell."""
    stated = re.search(rb'<dimension ref="([A-Z]+\d+(?::[A-Z]+\d+)?)"', content)
    if stated is None:
        return content
    left, top, right, bottom = range_boundaries(stated[1].decode())
    row, column = coordinate_to_tuple(cell)
    first = f"{get_column_letter(min(left, column))}{min(top, row)}"
    last = f"{get_column_letter(max(right, column))}{max(bottom, row)}"
    if (left, top, right, bottom) == range_boundaries(f"{first}:{last}"):
        return content
    return content[: stated.start(1)] + f"{first}:{last}".encode() + content[stated.end(1) :]


def _with_row(content: bytes, row: int, made: bytes) -> bytes:
    text = f'<row r="{row}">'.encode() + made + b"</row>"
    for other in re.finditer(rb'<row\b[^<>]*?\br="(\d+)"', content):
        if int(other[1]) > row:
            return content[: other.start()] + text + content[other.start() :]
    at = content.rfind(b"</sheetData>")
    if at < 0:
        raise InputError("the workbook's sheet has no cells where values could go; is it one of ours?")
    return content[:at] + text + content[at:]


def _element(cell: str, value: Cell, style: bytes) -> bytes:
    head = b'<c r="' + cell.encode() + b'"' + style
    if value is None:
        return head + b"/>"
    if isinstance(value, bool):
        return head + b' t="b"><v>' + (b"1" if value else b"0") + b"</v></c>"
    if isinstance(value, date):
        value = float((value - _EPOCH).days)
    if isinstance(value, float | int):
        return head + b"><v>" + repr(value).encode() + b"</v></c>"
    clean = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", value)
    return head + b' t="inlineStr"><is><t xml:space="preserve">' + escape(clean).encode() + b"</t></is></c>"


def below(cell: str, rows: int) -> str:
    """The cell that many rows below."""
    row, column = coordinate_to_tuple(cell)
    return f"{get_column_letter(column)}{row + rows}"
