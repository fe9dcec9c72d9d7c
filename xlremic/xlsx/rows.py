"""The months of a projection: one prototype row of a saved sheet repeated downwards.

A projection has hundreds of equal rows, so they are written as text, behind the library that fills in the rest. Knows
zip, rows and cells, nothing of deals; the prototype row stays the source of every formula and style.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import TemplateError
from .calculate import sheet_parts

_CELL = re.compile(r'<c r="([A-Z]+)(\d+)"((?: [a-z]+="[^"]*")*)(?:/>|>(.*?)</c>)', re.S)
_FORMULA = re.compile(r"<f>(.*?)</f>", re.S)
_RELATIVE = re.compile(r'("[^"]*")|(?<![A-Za-z0-9_.$])(\$?[A-Z]{1,3})(\d+)(?![A-Za-z0-9_(.])')
_DIMENSION = re.compile(r'<dimension ref="([A-Z]+\d+):([A-Z]+)(\d+)"/>')


@dataclass(frozen=True, slots=True)
class Rows:
    """A prototype row and how many rows there are of it; ``values`` are inputs by column letter, one for each row."""

    row: int
    count: int
    values: Mapping[str, Sequence[float | None]] = field(default_factory=dict)


def repeated(data: bytes, rows: Mapping[str, Rows]) -> bytes:
    """The workbook with the prototype row of each sheet named repeated; not packed, since more is to be done to it.

    Raises: TemplateError if a sheet has anything at or below the rows that its prototype is to fill.
    """
    output = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as package,
        zipfile.ZipFile(output, "w") as copy,
    ):
        parts = {part: rows[sheet] for sheet, part in sheet_parts(package) if sheet in rows}
        for part in package.infolist():
            content = package.read(part)
            if part.filename in parts:
                content = _sheet(content.decode(), parts[part.filename], part.filename).encode()
            copy.writestr(part, content, zipfile.ZIP_STORED)
    return output.getvalue()


def _sheet(xml: str, rows: Rows, place: str) -> str:
    found = re.search(rf'<row r="{rows.row}"[^>]*?>(.*?)</row>', xml, re.S)
    if found is None or re.search(rf'<row r="(?:{rows.row + 1})"', xml):
        raise TemplateError(f"{place}: row {rows.row} must be the prototype month and the last row of its sheet")
    opening = re.match(r"<row [^>]*>", found[0])
    attributes = re.sub(r' (?:r|spans)="[^"]*"', "", opening[0][4:-1]) if opening else ""
    pieces, numbers = [f'<row r="%d"{_plain(attributes)}>'], [rows.row]
    inputs: list[tuple[int, Sequence[float | None]]] = []
    for column, _, more, content in _CELL.findall(found[1]):
        style = re.sub(r' t="[^"]*"', "", more)
        pieces.append(f'<c r="{column}%d"{style}')
        numbers.append(rows.row)
        formula = _FORMULA.search(content or "")
        if formula is None:
            if column in rows.values:
                inputs.append((len(numbers), rows.values[column]))
                pieces.append("%s")
                numbers.append(0)
            else:
                pieces.append("/>")
            continue
        pieces.append("><f>")
        at = 0
        for reference in _RELATIVE.finditer(formula[1]):
            if reference[1] is None:
                pieces.append(_plain(formula[1][at : reference.start()]) + reference[2] + "%d")
                numbers.append(int(reference[3]))
                at = reference.end()
        pieces.append(_plain(formula[1][at:]) + "</f></c>")
    pattern = "".join(pieces) + "</row>"
    made = []
    for k in range(rows.count):
        cells: list[object] = [number + k for number in numbers]
        for place_of, values in inputs:
            value = values[k]
            cells[place_of] = "/>" if value is None else f"><v>{value!r}</v></c>"
        made.append(pattern % tuple(cells))
    last = rows.row + rows.count - 1
    xml = xml[: found.start()] + "".join(made) + xml[found.end() :]
    return _DIMENSION.sub(lambda m: f'<dimension ref="{m[1]}:{m[2]}{max(last, int(m[3]))}"/>', xml, count=1)


def _plain(text: str) -> str:
    return text.replace("%", "%%")
