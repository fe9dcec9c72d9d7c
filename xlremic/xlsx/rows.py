"""The months of a projection: one prototype row of a saved sheet repeated downwards.

A projection has hundreds of equal rows, so they are written as text, behind the library that fills in the rest. Knows
rows and cells, nothing of deals; the prototype row stays the source of every formula and style.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import TemplateError
from .package import Package, widened
from .references import RELATIVE_ROW, Corner, Reference

_CELL = re.compile(r'<c r="([A-Z]+)(\d+)"((?: [a-z]+="[^"]*")*)(?:/>|>(.*?)</c>)', re.S)
_FORMULA = re.compile(r"<f>(.*?)</f>", re.S)


@dataclass(frozen=True, slots=True)
class Rows:
    """A prototype row and how many rows there are of it; ``values`` are inputs by column letter, one for each row."""

    row: int
    count: int
    values: Mapping[str, Sequence[float | None]] = field(default_factory=dict)


def repeated(package: Package, rows: Mapping[str, Rows]) -> Package:
    """The workbook with the prototype row of each sheet named repeated.

    Raises: TemplateError if a sheet has anything at or below the rows that its prototype is to fill.
    """
    parts = {part: rows[sheet] for sheet, part in package.sheets.items() if sheet in rows}
    return package.edited({part: _sheet(package[part].decode(), one, part) for part, one in parts.items()})


def _sheet(xml: str, rows: Rows, place: str) -> bytes:
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
        for reference in RELATIVE_ROW.finditer(formula[1]):
            if reference["row"] is not None:
                pieces.append(_plain(formula[1][at : reference.start()]) + reference["column"] + "%d")
                numbers.append(int(reference["row"]))
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
    last = Reference(Corner(1, rows.row + rows.count - 1))
    return widened((xml[: found.start()] + "".join(made) + xml[found.end() :]).encode(), last)


def _plain(text: str) -> str:
    return text.replace("%", "%%")
