"""How much a workbook may hold, so that whoever reads it ends soon: counted before anything is kept.

A deal of three pools and seven classes has 92,000 cells in 420,000 elements; what is allowed is some times as much.
"""

from collections.abc import Iterable, Mapping

from ..errors import InputError
from .references import Reference, column_number

MAX_ELEMENTS, MAX_TEXT = 1_500_000, 1 << 20
"""Elements of all parts, and bytes between two of their marks."""
MAX_AREA, MAX_AREAS = 400_000, 2_000_000
"""Cells of the smallest range around all cells of a sheet, and of all its merged, linked and array ranges together;
and of all sheets."""
_MOST = dict.fromkeys(("c", "v", "f", "is", "t", "si", "r"), 300_000)
_MOST |= {"row": 50_000, "pt": 200_000, "mergeCell": 1_000, "conditionalFormatting": 2_000, "cfRule": 2_000}
_MOST |= {"sheet": 200, "definedName": 2_000, "hyperlink": 5_000, "dataValidation": 2_000}
_MOST_OF_ANY = 20_000
"""Of every other element in one part."""
_RANGES = ("mergeCell", "hyperlink", "dimension", "f")
"""Elements whose range a reader goes through cell by cell."""
_DIGITS = "0123456789"


class Measure:
    """Counts what is read of a workbook, part by part. Its methods raise InputError for what is too much."""

    def __init__(self) -> None:
        self.elements = 0
        self.part = ""
        self.area = self.areas = 0

    def begin(self, part: str, content: bytes) -> None:
        """Before a part is parsed: how many marks it has, and whether one text is without an end."""
        self.part, self.area = part, 0
        self.elements += content.count(b"</") + content.count(b"/>")
        if self.elements > MAX_ELEMENTS:
            raise self._refused(f"is too much: all parts together have more than {MAX_ELEMENTS:,} elements")
        if max(map(len, content.split(b"<"))) > MAX_TEXT:
            raise self._refused("holds a text without an end")

    def range(self, kind: str, attributes: Mapping[str, str]) -> None:
        """An element that may have a range."""
        if kind not in _RANGES or (found := Reference.parse(attributes.get("ref", ""))) is None:
            return
        self.area += found.size if kind != "dimension" else 0
        self.areas += found.size
        if max(self.area, found.size) > MAX_AREA or self.areas > MAX_AREAS:
            raise self._refused(f"has ranges of too many cells ({kind} {found})")

    def end(self, counts: Mapping[str, int], cells: Iterable[str]) -> None:
        """The part is parsed: how many there are of each element, and where its cells stand."""
        for kind, count in counts.items():
            if count > _MOST.get(kind, _MOST_OF_ANY):
                raise self._refused(f"holds {count:,} elements {kind}, more than {_MOST.get(kind, _MOST_OF_ANY):,}")
        split = {(letters := cell.rstrip(_DIGITS), cell[len(letters) :]) for cell in cells}
        columns, rows = ({one[k] for one in split} - {""} for k in (0, 1))
        if (
            not all(one.isascii() and one.isalpha() and len(one) <= 3 for one in columns)
            or max(map(len, rows), default=0) > 7
        ):
            raise self._refused("has cells outside every sheet")
        wide = max((column_number(letters.upper()) for letters in columns), default=0)
        high = max(map(int, rows), default=0)
        self.areas += wide * high
        if wide * high > MAX_AREA or self.areas > MAX_AREAS:
            raise self._refused(f"has cells too far apart: down to row {high:,} and across to column {wide:,}")

    def _refused(self, reason: str) -> InputError:
        return InputError(f"the workbook is refused: {self.part} {reason}")
