"""What the cells of a saved workbook show, read as text and only where somebody asks."""

import re
from collections.abc import Mapping
from xml.sax.saxutils import unescape

from ..errors import InputError
from .package import Package
from .references import Reference, cell_name

_ROW = re.compile(r'<row r="(\d{1,7})"')
_TEXT = re.compile(r"<t(?: [^>]*)?>([^<]*)</t>")

MOST_POINTS = 2_000_000
"""Cells that all charts of a workbook may draw together."""
Points = dict[int, str]
"""What a chart keeps of a range: text of each cell that has a value, by its place in the range, row after row."""


class Shown:
    """Cells of a workbook's sheets, read row by row as charts ask for them."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.rows: dict[str, Mapping[int, str]] = {}
        self.room = MOST_POINTS
        self.known: dict[Reference, Points | None] = {}

    def text(self, sheet: str, row: int, column: int) -> str | None:
        """What a cell shows; None if it is empty, or the sheet is missing."""
        return self._cell(self._row(sheet, row), f'<c r="{cell_name(row, column)}"')

    def is_formula(self, sheet: str, cell: str) -> bool:
        """Whether a cell computes what it shows."""
        row = self._row(sheet, Reference.of(cell).first.row)
        start = row.find(f'<c r="{cell}"')
        attributes, _, rest = row[start:].partition(">") if start >= 0 else ("/", "", "")
        return not attributes.endswith("/") and "<f" in rest.partition("</c>")[0]

    def _row(self, sheet: str, row: int) -> str:
        return self._rows(sheet).get(row, "") if sheet in self.package.sheets else ""

    def points(self, place: Reference) -> Points | None:
        """None if this workbook has no such sheet, or the sheet nothing at all."""
        if place not in self.known:
            self.room -= place.size
            if self.room < 0:
                raise InputError(f"the workbook's charts draw too many cells, {place} among them")
            rows = self._rows(place.sheet) if place.sheet in self.package.sheets else {}
            self.known[place] = self._points(place, rows) if rows else None
        return self.known[place]

    def _rows(self, sheet: str) -> Mapping[int, str]:
        if sheet not in self.rows:
            pieces = _ROW.split(self.package[self.package.sheets[sheet]].decode())[1:]
            self.rows[sheet] = dict(zip(map(int, pieces[::2]), pieces[1::2], strict=True))
        return self.rows[sheet]

    def _points(self, place: Reference, rows: Mapping[int, str]) -> Points:
        left, _, right, _ = place.bounds
        across = right - left + 1
        shown = (
            (k, self._cell(rows.get(place.first.row + k // across, ""), f'<c r="{cell}"'))
            for k, cell in enumerate(place.cells())
        )
        return {k: text for k, text in shown if text is not None}

    def _cell(self, row: str, tag: str) -> str | None:
        """What a cell shows, numbers as they are written; None if it is empty."""
        start = row.find(tag)
        if start < 0:
            return None
        attributes, _, rest = row[start:].partition(">")
        if attributes.endswith("/"):
            return None
        content = rest.partition("</c>")[0]
        if 't="inlineStr"' in attributes:
            return unescape("".join(_TEXT.findall(content)))
        _, found, rest = content.partition("<v>")
        if not found:
            return None
        value = unescape(rest.partition("</v>")[0])
        if 't="s"' in attributes:
            return self.package.string(value)
        return value
