"""Charts of a saved workbook show what its cells show: the points that they keep for programs that compute nothing.

A chart holds a copy of every cell that it draws. Mail previews and Protected View draw the copy, so it must follow the
cells as their own cached values do. Zip parts and text, nothing of deals.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, unescape

from openpyxl.utils import get_column_letter

from .calculate import column_number, same, shared_strings, sheet_parts

_REFERENCE = re.compile(
    r"<(?P<prefix>\w+:)?(?P<kind>num|str)Ref>\s*<(?P=prefix)?f>(?P<f>[^<]*)</(?P=prefix)?f>"
    r"(?P<cache>\s*<(?P=prefix)?(?P=kind)Cache>.*?</(?P=prefix)?(?P=kind)Cache>)?",
    re.DOTALL,
)
_RANGE = re.compile(r"^(?:'((?:[^']|'')+)'|([^'!\[\]():,]+))!\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?$")
_COUNT = re.compile(r'<(?:\w+:)?ptCount val="(\d+)"')
_FORMAT = re.compile(r"<(?:\w+:)?formatCode>[^<]*</(?:\w+:)?formatCode>")
_POINT = re.compile(r'<(?:\w+:)?pt idx="(\d+)"[^>]*>\s*<(?:\w+:)?v>([^<]*)</', re.DOTALL)
_TEXT = re.compile(r"<t(?: [^>]*)?>([^<]*)</t>")

Points = dict[int, str]
"""What a chart keeps of a range: text of each cell that has a value, by its place in the range, row after row."""


@dataclass(frozen=True, slots=True)
class _Range:
    sheet: str
    columns: tuple[str, ...]
    first: int
    last: int

    @property
    def size(self) -> int:
        return len(self.columns) * (self.last - self.first + 1)


def with_points(data: bytes) -> bytes:
    """The workbook whose charts, a person's own too, keep what their cells show; charts that do are left as they are.

    The result is packed. References that are no plain range of this workbook (names, other files, several ranges)
    keep what they have.
    """
    sheets = _Sheets(data)
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as copy:
        for part in package.infolist():
            content = package.read(part)
            if _is_chart(part.filename):
                text = content.decode()
                content = _REFERENCE.sub(lambda match: _kept(match, sheets), text).encode()
            copy.writestr(part, content, zipfile.ZIP_DEFLATED)
    return output.getvalue()


def stale_points(data: bytes) -> list[str]:
    """Ranges of which a chart shows something else than their cells do, or nothing.

    A chart that keeps fewer points than its range has cells leaves out hidden ones, and is not judged.
    """
    sheets = _Sheets(data)
    found = []
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in filter(_is_chart, package.namelist()):
            for match in _REFERENCE.finditer(package.read(name).decode()):
                place = _range(match["f"])
                count = _COUNT.search(match["cache"] or "")
                if place and (count is None or int(count[1]) == place.size):
                    points = sheets.points(place)
                    if points is not None and not _alike(match, points):
                        found.append(unescape(match["f"]))
    return list(dict.fromkeys(found))


def _is_chart(part: str) -> bool:
    return part.startswith("xl/charts/chart") and part.endswith(".xml")


def _range(reference: str) -> _Range | None:
    match = _RANGE.match(unescape(reference, {"&apos;": "'", "&quot;": '"'}))
    if match is None:
        return None
    quoted, plain, left, top, right, bottom = match.groups()
    columns = range(column_number(left), column_number(right or left) + 1)
    return _Range(
        quoted.replace("''", "'") if quoted else plain,
        tuple(map(get_column_letter, columns)),
        int(top),
        int(bottom or top),
    )


def _kept(match: re.Match[str], sheets: "_Sheets") -> str:
    """The reference with the points of its cells."""
    place = _range(match["f"])
    points = sheets.points(place) if place else None
    if place is None or points is None or _alike(match, points):
        return match[0]
    p, kind = match["prefix"] or "", match["kind"]
    shown = _shown(kind, points)
    code = _FORMAT.search(match["cache"] or "")
    body = "".join(f'<{p}pt idx="{k}"><{p}v>{escape(v)}</{p}v></{p}pt>' for k, v in shown.items())
    cache = f'{code[0] if code else ""}<{p}ptCount val="{place.size}"/>{body}'
    return f"{match[0].removesuffix(match['cache'] or '')}<{p}{kind}Cache>{cache}</{p}{kind}Cache>"


def _shown(kind: str, points: Points) -> Points:
    """Of numbers those that are numbers."""
    return points if kind == "str" else {k: v for k, v in points.items() if _number(v) is not None}


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _alike(match: re.Match[str], points: Points) -> bool:
    """Whether a chart already keeps these points."""
    if match["cache"] is None:
        return False
    old = {int(k): unescape(v) for k, v in _POINT.findall(match["cache"])}
    new = _shown(match["kind"], points)
    if match["kind"] == "str":
        return old == new
    return old.keys() == new.keys() and all(same(_number(old[k]), _number(new[k])) for k in new)


class _Sheets:
    """Cells of a workbook's sheets, read row by row as charts ask for them."""

    def __init__(self, data: bytes) -> None:
        self.package = zipfile.ZipFile(io.BytesIO(data))
        self.parts = dict(sheet_parts(self.package))
        self.rows: dict[str, Mapping[int, str]] = {}
        self.known: dict[_Range, Points | None] = {}
        self.strings: list[str] | None = None

    def points(self, place: _Range) -> Points | None:
        """None if this workbook has no such sheet, or the sheet nothing at all."""
        if place not in self.known:
            rows = self._rows(place.sheet) if place.sheet in self.parts else {}
            self.known[place] = dict(self._points(place, rows)) if rows else None
        return self.known[place]

    def _rows(self, sheet: str) -> Mapping[int, str]:
        if sheet not in self.rows:
            pieces = self.package.read(self.parts[sheet]).decode().split('<row r="')[1:]
            self.rows[sheet] = {int(piece[: piece.index('"')]): piece for piece in pieces}
        return self.rows[sheet]

    def _points(self, place: _Range, rows: Mapping[int, str]) -> Iterator[tuple[int, str]]:
        k = 0
        for number in range(place.first, place.last + 1):
            row = rows.get(number, "")
            for letters in place.columns:
                text = self._cell(row, f'<c r="{letters}{number}"')
                if text is not None:
                    yield k, text
                k += 1

    def _cell(self, row: str, tag: str) -> str | None:
        """What a cell shows, numbers as they are written; None if it is empty."""
        start = row.find(tag)
        if start < 0:
            return None
        close = row.index(">", start)
        if row[close - 1] == "/":
            return None
        attributes, content = row[start:close], row[close + 1 : row.index("</c>", close)]
        if 't="inlineStr"' in attributes:
            return unescape("".join(_TEXT.findall(content)))
        _, found, rest = content.partition("<v>")
        if not found:
            return None
        value = unescape(rest[: rest.index("</v>")])
        if 't="s"' in attributes:
            self.strings = self.strings if self.strings is not None else shared_strings(self.package)
            return self.strings[int(value)]
        return value
