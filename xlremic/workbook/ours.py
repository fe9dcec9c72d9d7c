"""Whether a workbook is one of ours: every name points where the template puts it, or where all of it was moved.

A name is known by what stands beside it: the label of its row, the headers of its columns. So rows and columns that a
person inserts are followed, and a name that points to something else is not, however well its cells would do.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import takewhile

from ..errors import InputError
from ..xlsx.package import Package
from ..xlsx.references import Reference
from ..xlsx.shown import Shown
from .names import PUBLIC, SINCE
from .places_before import BEFORE
from .template import packaged

OF_CLASSES = (
    "Classes",
    "ClassRanks",
    "InitialBalances",
    "CurrentBalances",
    "StatedSubordinationLevels",
    "SubordinationLevelsAtIssue",
    "SubordinationLevels",
)
"""Names of columns with one line a class."""
HEADED = ("History", "ChangeLog", "DealAssumptions", "DealPools", "DealClasses", "SourceFacts")
"""Names of tables whose first row is their header."""
ACROSS = ("ClassPrices",)
"""Names of a line with one column a class, known by the label that its row begins with."""
OF_PROJECTION = ("ShiftSchedule", "LossLimits", "ClassPrices", "SeniorClasses")
"""Names that mean something only beside the sheets of a projection."""
GUARDED = "InputsToLookAt"
"""A name that workbooks have since their inputs are guarded; older ones have their names in other places."""
UNREAD = ("GridStatus",)
"""Names that only formulas read, of cells without a label."""
_ONLY_FOR_CODE = ("row.", "block.", "below.", "months.", "across.", "projected.", "_xlnm.")
_NEAR = 4
"""Rows between a header and the first line below it, at most."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the template has a name, and the words by which it is known there."""

    cells: Reference
    words: tuple[str | None, ...]
    """Of its first columns only, where the last of them is one for each class."""
    across: bool = False
    """Whether it is a line of one column a class."""

    def holds(self, width: int) -> bool:
        """Whether a deal's workbook may have that many columns under the name."""
        if self.across:
            return width > 0
        left, _, right, _ = self.cells.bounds
        fixed = len(self.words) == right - left + 1
        return width == len(self.words) if fixed else width > len(self.words)


def recognise(package: Package) -> None:
    """Raises: InputError if a name of ours points to what is not its own, naming it and what is there."""
    expected = _expected() if any(name == GUARDED for name, _, _ in package.names) else _before()
    known = {name.upper(): name for name in expected}
    shown = Shown(package)
    found: dict[str, Reference] = {}
    for name, local, text in package.names:
        ours = known.get(name.upper())
        if ours is None or (ours in OF_PROJECTION and "Collateral" not in package.sheets):
            continue
        if local or ours in found:
            raise InputError(f"the workbook has the name {name} a second time, for one sheet: delete it there")
        found[ours] = _checked(ours, text, expected[ours], shown)
    lines = {name: found[name].bounds[1::2] for name in OF_CLASSES if name in found}
    if len(set(lines.values())) > 1:
        said = ", ".join(f"{name} rows {top} to {bottom}" for name, (top, bottom) in lines.items())
        raise InputError(f"the workbook's columns of classes are not side by side: {said}; was a part of them moved?")


def refuse_stranger(package: Package) -> None:
    """Raises: InputError if a workbook lacks the names that every workbook of ours has."""
    there = {name for name, local, _ in package.names if not local}
    missing = [name for name in PUBLIC if name not in there and name not in SINCE]
    if missing:
        raise InputError(f"this is not a workbook of xlremic: it lacks the names {', '.join(missing)}")


def refuse_formulas(package: Package, names: Iterable[str]) -> None:
    """Raises: InputError if an input that is to be written is computed by a formula."""
    shown, places = Shown(package), {name: text for name, local, text in package.names if not local}
    for name in names:
        cells = Reference.parse(places.get(name, ""))
        for cell in cells.cells() if cells else ():
            if cells is not None and shown.is_formula(cells.sheet, cell):
                raise InputError(
                    f"{cells.sheet}!{cell} of {name} holds a formula where an input belongs: type its value instead"
                )


def _checked(name: str, text: str, place: _Place, shown: Shown) -> Reference:
    cells, there = Reference.parse(text), f"the workbook's {name} points to {text[:80]}"
    if cells is None or (cells.last is None) != (place.cells.last is None):
        kind = "a range of cells" if place.cells.last else "one cell"
        raise InputError(f"the workbook's {name} is {text[:80] or 'nothing'!r}, not {kind} as in a workbook of xlremic")
    if cells.sheet != place.cells.sheet:
        raise InputError(f"{there}, not to sheet {place.cells.sheet}; was the sheet renamed, or the name moved?")
    left, top, right, bottom = cells.bounds
    if not place.holds(right - left + 1) or bottom < top:
        raise InputError(f"{there}, which has not the columns of a workbook of xlremic; make it anew")
    for wanted, found in zip(place.words, _words(name, cells, shown, across=place.across), strict=False):
        if wanted != found:
            raise InputError(
                f"{there}, beside {found or 'nothing'!r} where {wanted!r} belongs: was a part of the sheet moved, or"
                " the workbook made by another version? Build it again"
            )
    return cells


def _words(name: str, cells: Reference, shown: Shown, *, across: bool) -> tuple[str | None, ...]:
    """The header of each column of a range; what the row of a line across begins with; the label left of a single cell,
    or above it where nothing is left."""
    left, top, right, _ = cells.bounds
    if across:
        return (shown.text(cells.sheet, top, 1),)
    if cells.last is None and left > 1:
        beside = (shown.text(cells.sheet, top, column) for column in range(left - 1, 0, -1))
        return (next(filter(_is_word, beside), None),)
    first = top if name in HEADED else top - 1
    above = range(first, max(first - _NEAR, 0), -1)
    columns = ((shown.text(cells.sheet, row, column) for row in above) for column in range(left, right + 1))
    return tuple(next(filter(_is_word, column), None) for column in columns)


def _is_word(text: str | None) -> bool:
    return text is not None and not re.fullmatch(r"[-+.\deE]*|#.*", text)  # neither a number nor an error


@cache
def _expected() -> Mapping[str, _Place]:
    """Every name of the template that a workbook keeps, with its place."""
    package = Package.of(packaged("templates", "deal.xlsx").read_bytes())
    shown = Shown(package)
    kept = {
        name: text
        for name, local, text in package.names
        if not (local or name.startswith(_ONLY_FOR_CODE) or name in UNREAD)
    }
    places = {name: Reference.of(text) for name, text in kept.items()}
    words = {name: _words(name, cells, shown, across=name in ACROSS) for name, cells in places.items()}
    return {
        name: _Place(cells, tuple(takewhile(lambda word: "{" not in (word or ""), words[name])), name in ACROSS)
        for name, cells in places.items()
    }


@cache
def _before() -> Mapping[str, _Place]:
    """Every name of a workbook from before its inputs were guarded, with its place."""
    return {name: _Place(Reference.of(cells), words) for name, cells, words in BEFORE}
