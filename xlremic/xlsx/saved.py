"""The cells of a saved workbook, one by one: each with its formula and the value that is kept beside it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from xml.sax.saxutils import unescape

from ..errors import InputError
from .package import Package
from .references import Corner, Reference, cell_name, rewritten

Value = float | str | bool | None
_ROW = re.compile(r'<row [^>]*?r="(\d{1,7})"')
_CELL = re.compile(r'<c r="([A-Z]{1,3}\d{1,7})"([^>]*?)(?:/>|>(.*?)</c>)', re.S)
_FORMULA = re.compile(r"<f([^>]*?)(?:/>|>(.*?)</f>)", re.S)
_VALUE = re.compile(r"<v[^>]*>(.*?)</v>", re.S)
_TEXT = re.compile(r"<t(?: [^>]*)?>([^<]*)</t>")
QUOTES = {"&quot;": '"', "&apos;": "'"}
_LINK = re.compile(r"<hyperlink [^>]*>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell holds: a formula (with its equals sign) or nothing, and the value that it shows."""

    formula: str = ""
    value: Value = None


EMPTY = Cell()


class SavedCells:
    """Cells of a workbook's sheets, read row by row as somebody asks."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.sheets: dict[str, Mapping[int, str]] = {}
        self.rows: dict[tuple[str, int], Mapping[str, Cell]] = {}
        self.shared: dict[str, Mapping[str, tuple[str, str]]] = {}

    def cell(self, sheet: str, row: int, column: int) -> Cell:
        """A cell by its numbers; an empty one where nothing stands."""
        return self.row(sheet, row).get(cell_name(row, column), EMPTY)

    def row(self, sheet: str, row: int) -> Mapping[str, Cell]:
        """The cells of a row that hold anything, by name."""
        if (sheet, row) not in self.rows:
            text = self._rows(sheet).get(row, "")
            self.rows[sheet, row] = {
                name: self._cell(sheet, name, attributes, content) for name, attributes, content in _CELL.findall(text)
            }
        return self.rows[sheet, row]

    def last_row(self, sheet: str) -> int:
        return max(self._rows(sheet), default=0)

    def links(self, sheet: str) -> Mapping[str, str]:
        """Where the cells of a sheet lead to within the workbook, by cell."""
        found = (dict(_ATTRIBUTE.findall(link)) for link in _LINK.findall(self._xml(sheet)))
        return {one["ref"]: unescape(one["location"], QUOTES) for one in found if "location" in one}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What each name of the whole workbook refers to, by the name in capitals."""
        return {name.upper(): text for name, local, text in self.package.names if not local}

    def _xml(self, sheet: str) -> str:
        if sheet not in self.package.sheets:
            raise InputError(f"the workbook has no sheet {sheet}")
        return self.package[self.package.sheets[sheet]].decode()

    def _rows(self, sheet: str) -> Mapping[int, str]:
        if sheet not in self.sheets:
            pieces = _ROW.split(self._xml(sheet))[1:]
            self.sheets[sheet] = dict(zip(map(int, pieces[::2]), pieces[1::2], strict=True))
        return self.sheets[sheet]

    def _cell(self, sheet: str, name: str, attributes: str, content: str) -> Cell:
        found = _FORMULA.search(content)
        formula = self._formula(sheet, name, found[1], found[2] or "") if found else ""
        return Cell(formula, self._value(attributes, content))

    def _formula(self, sheet: str, name: str, attributes: str, text: str) -> str:
        """A cell may share the formula of another, which then is the same but for where it stands."""
        if not text and (group := dict(_ATTRIBUTE.findall(attributes)).get("si")) is not None:
            if sheet not in self.shared:
                self.shared[sheet] = {
                    dict(_ATTRIBUTE.findall(found[1])).get("si", ""): (cell, found[2])
                    for cell, _, content in _CELL.findall(self._xml(sheet))
                    if (found := _FORMULA.search(content)) and 't="shared"' in found[1] and found[2]
                }
            if group not in self.shared[sheet]:
                raise InputError(f"the workbook is damaged: {sheet}!{name} shares a formula that is not there")
            home, text = self.shared[sheet][group]
            text = _moved(unescape(text, QUOTES), Reference.of(home).first, Reference.of(name).first)
            return f"={text}"
        return f"={unescape(text, QUOTES)}"

    def _value(self, attributes: str, content: str) -> Value:
        kind = dict(_ATTRIBUTE.findall(attributes)).get("t", "n")
        if kind == "inlineStr":
            return unescape("".join(_TEXT.findall(content)))
        found = _VALUE.search(content)
        if found is None:
            return None
        text = unescape(found[1])
        if kind == "s":
            return self.package.string(text)
        if kind == "b":
            return text == "1"
        return float(text) if kind == "n" else text


def _moved(formula: str, home: Corner, here: Corner) -> str:
    """A formula as it reads when it is copied from one cell to another."""
    down, right = here.row - home.row, here.column - home.column

    def corner(one: Corner) -> Corner:
        return replace(
            one,
            row=one.row + (0 if one.row_fixed else down),
            column=one.column + (0 if one.column_fixed else right),
        )

    return rewritten(formula, lambda one: replace(one, first=corner(one.first), last=one.last and corner(one.last)))
