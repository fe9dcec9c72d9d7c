"""Rows put below a spreadsheet's table, and taken away again; the table itself and what ends with it follow.

Whole rows are written as text, so that a thousand of them cost little more than one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..errors import InputError
from .package import BOOK, Package, widened
from .patch import Cell, element, patched, style_of
from .references import Corner, Reference, cell_name, column_number

_ROW = re.compile(rb'<row\b[^<>]*?\br="(\d+)"[^<>]*?(?:/>|>.*?</row>)', re.S)
_CELL_NAME = re.compile(rb'<c\b[^<>]*?\br="([A-Z]+)(\d+)"[^<>]*?(?:/>|>.*?</c>)', re.S)


@dataclass(frozen=True, slots=True)
class TableOf:
    """A table of a workbook: its part, the sheet that it stands on, and its cells with the header."""

    part: str
    sheet: str
    cells: Reference

    @property
    def first(self) -> int:
        """Row of the first line."""
        return self.cells.first.row + 1

    @property
    def last(self) -> int:
        """Row of the last line."""
        return self.cells.end.row


def table_of(package: Package, name: str, sheet: str) -> TableOf:
    """A table by its name. Raises: InputError if there is none."""
    for part, content in package.parts.items():
        if part.startswith("xl/tables/") and f'displayName="{name}"'.encode() in content:
            found = re.search(rb'<table\b[^>]*?\bref="([^"]*)"', content)
            cells = Reference.parse(found[1].decode()) if found else None
            if cells is not None and cells.last is not None:
                return TableOf(part, sheet, cells)
    raise InputError(f"the workbook's table {name} on {sheet} is missing: was it turned into plain cells? Undo that")


def added(package: Package, table: TableOf, rows: Sequence[Sequence[Cell]]) -> Package:
    """The workbook with rows below a table, in the styles of its last line.

    Raises: InputError if something stands there, which is not ours to write over.
    """
    part = package.sheets[table.sheet]
    content, left, top = package[part], table.cells.first.column, table.last + 1
    last = table.last + len(rows)
    names = [[cell_name(top + k, left + j) for j in range(len(row))] for k, row in enumerate(rows)]
    above = [cell_name(table.last, left + j) for j in range(_width(table))]
    if any(int(row[1]) > table.last for row in _ROW.finditer(content)):  # another program, or a person beside
        _refuse_what_stands_below(content, table, last)
        values: dict[tuple[str, str], Cell] = {}
        styles: dict[tuple[str, str], str] = {}
        for cells, row in zip(names, rows, strict=True):
            values |= {(table.sheet, cell): value for cell, value in zip(cells, row, strict=True)}
            styles |= {(table.sheet, cell): like for cell, like in zip(cells, above, strict=True)}
        return _resized(patched(package, values, styles), table, last)
    marks = [style_of(content, cell) for cell in above]
    made = bytearray()
    for number, (cells, row) in enumerate(zip(names, rows, strict=True), top):
        texts = (element(cell, value, mark) for cell, value, mark in zip(cells, row, marks, strict=True))
        made += f'<row r="{number}">'.encode() + b"".join(texts) + b"</row>"
    at = content.rfind(b"</sheetData>")
    corner = Reference(Corner(left + _width(table) - 1, last))
    return _resized(package.edited({part: widened(content[:at] + made + content[at:], corner)}), table, last)


def taken(package: Package, table: TableOf, count: int) -> Package:
    """The workbook without the last lines of a table; what stands beside them stays."""
    part = package.sheets[table.sheet]
    left, _, right, _ = table.cells.bounds

    def without(found: re.Match[bytes]) -> bytes:
        if not table.last - count < int(found[1]) <= table.last:
            return found[0]
        kept = _CELL_NAME.sub(
            lambda cell: b"" if left <= column_number(cell[1].decode()) <= right else cell[0], found[0]
        )
        return kept if _CELL_NAME.search(kept) else b""

    content = _ROW.sub(without, package[part])
    return _resized(package.edited({part: content}), table, table.last - count)


def _width(table: TableOf) -> int:
    left, _, right, _ = table.cells.bounds
    return right - left + 1


def _refuse_what_stands_below(content: bytes, table: TableOf, last: int) -> None:
    left, _, right, _ = table.cells.bounds
    for row in _ROW.finditer(content):
        if table.last < int(row[1]) <= last:
            for cell in _CELL_NAME.finditer(row[0]):
                if left <= column_number(cell[1].decode()) <= right and (
                    b"<v>" in cell[0] or b"<f" in cell[0] or b"<t" in cell[0]
                ):
                    raise InputError(
                        f"{table.sheet}!{(cell[1] + cell[2]).decode()} holds something, below the table of months: move"
                        " it to another sheet"
                    )


def _resized(package: Package, table: TableOf, last: int) -> Package:
    """The table and its filter end with its last line; a print area that ends above it reaches down to it."""
    old = str(table.cells).encode()
    new = str(replace(table.cells, last=replace(table.cells.end, row=last))).encode()
    content = package[table.part].replace(b'ref="' + old + b'"', b'ref="' + new + b'"')
    name = re.escape(table.sheet.encode())
    book = re.sub(
        rb"(_xlnm\.Print_Area[^>]*>'?" + name + rb"'?!\$[A-Z]+\$\d+:\$[A-Z]+\$)(\d+)(?=<)",
        lambda found: found[1] + str(max(int(found[2]), last)).encode(),
        package[BOOK],
    )
    return package.edited({table.part: content, BOOK: book})
