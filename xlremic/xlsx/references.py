"""Cells as formulas, names and charts write them: ``B2``, ``$B$2:B9``, ``'My sheet'!B2``.

The one reader of such texts. Names, whole columns and rows, unions and other files are no plain reference.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Self

from ..errors import InputError

_CORNER = r"(?P<column_mark{n}>\$?)(?P<column{n}>[A-Z]{{1,3}})(?P<row_mark{n}>\$?)(?P<row{n}>\d{{1,7}})"
_SHEET = r"(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^\W\d][\w.]*))!"
_PLAIN = rf"(?:{_SHEET})?{_CORNER.format(n=1)}(?::{_CORNER.format(n=2)})?"
_BEFORE, _AFTER = r"(?<![A-Za-z0-9_.$])", r"(?![A-Za-z0-9_(.])"
_WHOLE = re.compile(_PLAIN)
_IN_FORMULA = re.compile(rf'"[^"]*"|(?<![!\]]){_BEFORE}(?P<reference>{_PLAIN}){_AFTER}')
RELATIVE_ROW = re.compile(rf'(?:"[^"]*")|{_BEFORE}(?P<column>\$?[A-Z]{{1,3}})(?P<row>\d+){_AFTER}')
"""A cell of a formula whose row moves when the formula is copied downwards; or a text in quotes, without groups."""


@cache
def column_number(letters: str) -> int:
    """Number of a column.

    >>> column_number("A"), column_number("AA")
    (1, 27)
    """
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


@cache
def column_letters(number: int) -> str:
    """Letters of a column.

    >>> column_letters(1), column_letters(27)
    ('A', 'AA')
    """
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """A cell by its numbers.

    >>> cell_name(2, 28)
    'AB2'
    """
    return f"{column_letters(column)}{row}"


@dataclass(frozen=True, slots=True)
class Corner:
    """One cell as it is written: a ``$`` stands before what does not move when a formula is copied."""

    column: int
    row: int
    column_fixed: bool = False
    row_fixed: bool = False

    def __str__(self) -> str:
        return f"{'$' * self.column_fixed}{column_letters(self.column)}{'$' * self.row_fixed}{self.row}"


@dataclass(frozen=True, slots=True)
class Reference:
    """A cell, or a range of cells from its first to its last, on one sheet (empty: the sheet that it stands on).

    >>> here = Reference.of("'My sheet'!$B$2:C9")
    >>> here.sheet, here.bounds, here.size, str(here)
    ('My sheet', (2, 2, 3, 9), 16, "'My sheet'!$B$2:C9")
    """

    first: Corner
    last: Corner | None = None
    sheet: str = ""

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """What a text refers to; ``None`` if it is no plain reference."""
        found = _WHOLE.fullmatch(text)
        return cls._found(found) if found else None

    @classmethod
    def of(cls, text: str) -> Self:
        """What a text refers to. Raises: InputError if it is no plain reference."""
        found = cls.parse(text)
        if found is None:
            raise InputError(f"{text!r} is no cell or range of cells")
        return found

    @classmethod
    def _found(cls, found: re.Match[str]) -> Self:
        quoted, plain = found["quoted"], found["plain"]
        sheet = quoted.replace("''", "'") if quoted else plain or ""
        return cls(_corner(found, 1), _corner(found, 2) if found["column2"] else None, sheet)

    @property
    def end(self) -> Corner:
        return self.last or self.first

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom."""
        first, end = self.first, self.end
        return first.column, first.row, end.column, end.row

    @property
    def size(self) -> int:
        """Number of cells."""
        left, top, right, bottom = self.bounds
        return (right - left + 1) * (bottom - top + 1)

    def cells(self) -> Iterator[str]:
        """The cells, row by row, by name."""
        left, top, right, bottom = self.bounds
        return (cell_name(row, column) for row, column in product(range(top, bottom + 1), range(left, right + 1)))

    def holding(self, other: "Reference") -> Self:
        """The smallest range with both in it."""
        left, top, right, bottom = self.bounds
        also_left, also_top, also_right, also_bottom = other.bounds
        first = Corner(min(left, also_left), min(top, also_top))
        return replace(self, first=first, last=Corner(max(right, also_right), max(bottom, also_bottom)))

    def __str__(self) -> str:
        cells = f"{self.first}:{self.last}" if self.last else str(self.first)
        if not self.sheet:
            return cells
        plain = re.fullmatch(r"[^\W\d]\w*", self.sheet)
        return f"{self.sheet}!{cells}" if plain else "'{}'!{}".format(self.sheet.replace("'", "''"), cells)


def _corner(found: re.Match[str], n: int) -> Corner:
    column_fixed, row_fixed = (found[f"{mark}_mark{n}"] != "" for mark in ("column", "row"))
    return Corner(column_number(found[f"column{n}"]), int(found[f"row{n}"]), column_fixed, row_fixed)


def below(cell: str, rows: int) -> str:
    """The cell that many rows below.

    >>> below("B2", 3)
    'B5'
    """
    corner = Reference.of(cell).first
    return str(replace(corner, row=corner.row + rows))


def rewritten(formula: str, edit: Callable[[Reference], Reference]) -> str:
    """The formula with each of its plain references as ``edit`` gives it back; texts in quotes stay.

    >>> rewritten('IF(A1="A1",$B2:B3,A1_x)', lambda one: replace(one, sheet="Pools"))
    'IF(Pools!A1="A1",Pools!$B2:B3,A1_x)'
    """

    def edited(found: re.Match[str]) -> str:
        if found["reference"] is None:
            return found[0]
        old = Reference._found(found)
        new = edit(old)
        return found[0] if new is old else str(new)

    return _IN_FORMULA.sub(edited, formula)
