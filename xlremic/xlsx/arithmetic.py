"""A formula as the arithmetic that gave its value: the branch that was taken, ranges written out, zeros left away.

What is left is plain arithmetic that a person can follow by hand: sums, products, powers, the larger and the smaller,
rounding. The conditions that chose it stand beside it. Knows formulas and cells, nothing of deals.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ..errors import InputError
from .formulas import COMPARISONS, Call, Cells, Literal, Name, Node, parse
from .package import DAY_ZERO
from .references import Reference, cell_name
from .saved import SavedCells, Value

Place = tuple[str, str]
"""Sheet and cell."""
_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}
MOST_CELLS = 100_000
"""Cells of a range that a formula may name here; ours name a few dozen."""


class NotArithmeticError(InputError):
    """A formula that is no plain arithmetic."""


@dataclass(frozen=True, slots=True)
class Term:
    """A number of a formula: of a cell, written in it, or made of others by a sign or a function.

    ``folded`` is a number that a comparison or a zero has left, which says nothing any more.
    """

    value: Value
    place: Place | None = None
    sign: str = ""
    parts: "tuple[Term, ...]" = ()
    folded: bool = False

    def cells(self) -> "Iterator[Term]":
        """The cells in it, from left to right."""
        if self.place is not None:
            yield self
        for part in self.parts:
            yield from part.cells()

    def through(self, seen: "Callable[[Term], Term]") -> "Term":
        """The term with every cell as ``seen`` gives it back."""
        if self.place is not None:
            return seen(self)
        return replace(self, parts=tuple(part.through(seen) for part in self.parts)) if self.parts else self


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison that chose between two branches, and whether it held."""

    sign: str
    left: Term
    right: Term
    held: bool


Grid = list[list[Term]]
ZERO, ONE = Term(0.0, folded=True), Term(1.0, folded=True)


def number(term: Term) -> float:
    """The number of a term; an empty cell is zero. Raises: NotArithmeticError for a text."""
    if isinstance(term.value, str):
        raise NotArithmeticError(f"{term.value[:40]!r} stands where a number belongs")
    return float(term.value or 0.0)


class Arithmetic:
    """Reads formulas of one workbook as arithmetic over the values that its cells show."""

    def __init__(self, saved: SavedCells) -> None:
        self.saved = saved
        self.conditions: list[Condition] = []

    def of(self, place: Place) -> tuple[Term, tuple[Condition, ...]]:
        """The arithmetic of a cell's formula, and the conditions that chose it.

        Raises: NotArithmeticError if it is no plain arithmetic.
        """
        sheet, cell = place
        corner = Reference.of(cell).first
        self.conditions = []
        try:
            term = self._scalar(parse(self.saved.cell(sheet, corner.row, corner.column).formula), sheet)
        except (ZeroDivisionError, OverflowError) as error:
            raise NotArithmeticError(f"{sheet}!{cell} has no value: {error}") from None
        return term, tuple(dict.fromkeys(self.conditions))

    def term(self, sheet: str, row: int, column: int) -> Term:
        return Term(self.saved.cell(sheet, row, column).value, (sheet, cell_name(row, column)))

    def _scalar(self, node: Node, sheet: str) -> Term:
        found = self._read(node, sheet)
        if isinstance(found, list):
            if len(found) != 1 or len(found[0]) != 1:
                raise NotArithmeticError("a range stands where one number belongs")
            return found[0][0]
        return found

    def _read(self, node: Node, sheet: str) -> Term | Grid:
        if isinstance(node, Literal):
            return Term(node.value)
        if isinstance(node, Cells):
            return self._cells(node.reference, sheet)
        if isinstance(node, Name):
            place = self.saved.names.get(node.name.upper(), "")
            reference = Reference.parse(place)
            if reference is None:
                raise NotArithmeticError(f"the name {node.name} is no range of cells")
            return self._cells(reference, sheet)
        if node.name in _LAZY:
            return _LAZY[node.name](self, node.arguments, sheet)
        arguments = [self._read(one, sheet) for one in node.arguments]
        if node.name in _BINDS or node.name in COMPARISONS or node.name == "&":
            if len(arguments) == 1:
                return _each(lambda one, other: joined("-", one, other), ZERO, arguments[0])
            return _each(lambda one, other: joined(node.name, one, other), *arguments)
        if node.name not in _FUNCTIONS:
            raise NotArithmeticError(f"{node.name} is no plain arithmetic")
        return _FUNCTIONS[node.name](*arguments)

    def _cells(self, reference: Reference, sheet: str) -> Term | Grid:
        home = reference.sheet or sheet
        if reference.last is None:
            return self.term(home, reference.first.row, reference.first.column)
        if reference.size > MOST_CELLS:
            raise NotArithmeticError(f"{reference} has too many cells to be written out")
        left, top, right, bottom = reference.bounds
        return [[self.term(home, row, column) for column in range(left, right + 1)] for row in range(top, bottom + 1)]

    def _if(self, arguments: tuple[Node, ...], sheet: str) -> Term | Grid:
        asked = self._condition(arguments[0], sheet)
        chosen = arguments[1 if asked else 2 : 2 if asked else 3]
        return self._read(chosen[0], sheet) if chosen else Term(asked)

    def _condition(self, node: Node, sheet: str) -> bool:
        """Whether it holds; what it compares is kept, of conditions that are joined each one."""
        if isinstance(node, Call) and node.name in COMPARISONS:
            left, right = (self._scalar(one, sheet) for one in node.arguments)
            held = number(joined(node.name, left, right)) != 0
            if not left.folded and (any(left.cells()) or any(right.cells())):
                self.conditions.append(Condition(node.name, left, right, held))
            elif isinstance(node.arguments[0], Call):
                self._condition(node.arguments[0], sheet)
            return held
        if isinstance(node, Call) and node.name == "*":
            each = [self._condition(one, sheet) for one in node.arguments]  # all are kept, whatever the first says
            return all(each)
        found = self._scalar(node, sheet)
        held = number(found) != 0
        if found.place is not None:
            self.conditions.append(Condition("=", found, Term(1.0 if held else 0.0), held=True))
        return held


def joined(sign: str, left: Term, right: Term) -> Term:
    """Two terms as one, without the zeros and ones that say nothing."""
    if sign == "&":
        return Term(f"{_text(left)}{_text(right)}")
    if sign in COMPARISONS:
        return ONE if _compared(sign, left.value, right.value) else ZERO
    a, b = number(left), number(right)
    if sign == "*":
        if a == 0 or b == 0:
            return ZERO
        if left.folded and a == 1:
            return right
        if right.folded and b == 1:
            return left
    if sign == "/" and a == 0 and b != 0:
        return ZERO
    if sign in "+-" and b == 0:
        return left
    if sign == "+" and a == 0:
        return right
    value = {"+": a + b, "-": a - b, "*": a * b}[sign] if sign in "+-*" else a / b if sign == "/" else a**b
    if isinstance(value, complex):
        raise NotArithmeticError(f"{a} has no power {b}")
    return Term(value, None, sign, (left, right), folded=left.folded and right.folded)


def _text(term: Term) -> str:
    value = term.value
    return f"{value:g}" if isinstance(value, float) else "" if value is None else str(value)


def _compared(sign: str, left: Value, right: Value) -> bool:
    """As a spreadsheet compares: texts without regard to capitals, an empty cell as what it is compared with is."""
    if isinstance(left, str) or isinstance(right, str):
        one, other = str(left or "").lower(), str(right or "").lower()
        if sign in ("=", "<>"):
            same = one == other and not (isinstance(left, float | bool) or isinstance(right, float | bool))
            return same == (sign == "=")
        raise NotArithmeticError(f"{left!r} and {right!r} are compared by their size")
    a, b = float(left or 0.0), float(right or 0.0)
    return {"=": a == b, "<>": a != b, "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[sign]


def _each(joins: Callable[[Term, Term], Term], left: Term | Grid, right: Term | Grid) -> Term | Grid:
    """Element by element; one row, one column or one number is joined with all."""
    if not isinstance(left, list) and not isinstance(right, list):
        return joins(left, right)
    one, other = (term if isinstance(term, list) else [[term]] for term in (left, right))
    rows, columns = max(len(one), len(other)), max(len(one[0]), len(other[0]))

    def at(grid: Grid, row: int, column: int) -> Term:
        line = grid[row if len(grid) > 1 else 0]
        return line[column if len(line) > 1 else 0]

    return [[joins(at(one, i, j), at(other, i, j)) for j in range(columns)] for i in range(rows)]


def _flat(*arguments: Term | Grid) -> list[Term]:
    """The numbers of arguments; texts and empty cells of ranges are passed over, as SUM and MAX do."""
    found: list[Term] = []
    for one in arguments:
        if isinstance(one, list):
            found += [term for row in one for term in row if isinstance(term.value, float | bool)]
        else:
            found.append(one)
    return found


def total(*arguments: Term | Grid) -> Term:
    """The sum of all, zeros left away."""
    found = ZERO
    for term in _flat(*arguments):
        found = joined("+", found, term)
    return found


def _product_sum(*arguments: Term | Grid) -> Term:
    product = arguments[0]
    for one in arguments[1:]:
        product = _each(lambda left, right: joined("*", left, right), product, one)
    return total(product)


def _sum_if(asked: Term | Grid, wanted: Term | Grid, summed: Term | Grid | None = None) -> Term:
    text = _text(wanted) if isinstance(wanted, Term) else ""
    sign = next((one for one in ("<>", "<=", ">=", "<", ">", "=") if text.startswith(one)), "=")
    bound = float(text.removeprefix(sign))
    cells, sums = (one if isinstance(one, list) else [[one]] for one in (asked, asked if summed is None else summed))
    return total(
        [
            [
                value
                for cell, value in zip(row, line, strict=True)
                if _is_number(cell) and _compared(sign, cell.value, bound)
            ]
            for row, line in zip(cells, sums, strict=True)
        ]
    )


def _index(cells: Term | Grid, first: Term | Grid, second: Term | Grid | None = None) -> Term:
    grid = cells if isinstance(cells, list) else [[cells]]
    if isinstance(first, list) or isinstance(second, list):
        raise NotArithmeticError("INDEX with ranges for its numbers")
    row, column = int(number(first)), 1 if second is None else int(number(second))
    if second is None and len(grid) == 1:
        row, column = 1, row
    if not (1 <= row <= len(grid) and 1 <= column <= len(grid[0])):
        raise NotArithmeticError("INDEX beyond its range")
    return grid[row - 1][column - 1]


def _one(term: Term | Grid) -> Term:
    if isinstance(term, list):
        raise NotArithmeticError("a range stands where one number belongs")
    return term


def _is_number(term: Term) -> bool:
    return isinstance(term.value, float) and not isinstance(term.value, bool)


def _chosen(pick: Callable[..., float], name: str) -> Callable[..., Term]:
    def choose(*arguments: Term | Grid) -> Term:
        terms = _flat(*arguments)
        if not terms:
            return ZERO
        if len(terms) == 1:
            return terms[0]
        value = pick(map(number, terms))
        return ZERO if value == 0 else Term(value, None, name, tuple(terms))

    return choose


def rounded(value: float, digits: int) -> float:
    """As Excel rounds: half away from zero."""
    scaled = abs(value) * 10.0**digits
    return math.copysign(math.floor(scaled + 0.5) / 10.0**digits, value)


def rounded_up(value: float, digits: int) -> float:
    """As Excel rounds up: away from zero."""
    return math.copysign(math.ceil(round(abs(value) * 10.0**digits, 9)) / 10.0**digits, value)


def _rounding(how: Callable[[float, int], float], name: str) -> Callable[..., Term]:
    def rounding(term: Term | Grid, digits: Term | Grid) -> Term:
        one, places = _one(term), _one(digits)
        return Term(how(number(one), int(number(places))), None, name, (one, Term(number(places))))

    return rounding


def _absolute(term: Term | Grid) -> Term:
    one = _one(term)
    return Term(abs(number(one)), None, "ABS", (one,)) if number(one) < 0 else one


def _day(part: Callable[[date], int]) -> Callable[..., Term]:
    def of_day(term: Term | Grid) -> Term:
        return Term(float(part(DAY_ZERO + timedelta(days=int(number(_one(term)))))))

    return of_day


def _asks(test: Callable[[Value], bool]) -> Callable[..., Term]:
    return lambda term: ONE if test(_one(term).value) else ZERO


_LAZY: Mapping[str, Callable[[Arithmetic, tuple[Node, ...], str], Term | Grid]] = {"IF": Arithmetic._if}
_FUNCTIONS: Mapping[str, Callable[..., Term | Grid]] = {
    "SUM": total, "SUMPRODUCT": _product_sum, "SUMIF": _sum_if, "INDEX": _index,
    "MIN": _chosen(min, "MIN"), "MAX": _chosen(max, "MAX"),
    "ROUND": _rounding(rounded, "ROUND"), "ROUNDUP": _rounding(rounded_up, "ROUNDUP"), "ABS": _absolute,
    "COUNT": lambda *arguments: Term(float(sum(map(_is_number, _flat(*arguments))))),
    "YEAR": _day(lambda day: day.year), "MONTH": _day(lambda day: day.month), "DAY": _day(lambda day: day.day),
    "ISNUMBER": _asks(lambda value: isinstance(value, float)),
    "ISLOGICAL": _asks(lambda value: isinstance(value, bool)),
    "ISERROR": _asks(lambda value: isinstance(value, str) and value.startswith("#")),
}  # fmt: skip


def written(term: Term, said: Callable[[Term], str]) -> str:
    """A term as a line of arithmetic; ``said`` writes its cells and numbers."""
    if term.sign in _BINDS:
        left, right = term.parts
        one, other = written(left, said), written(right, said)
        binds = _BINDS[term.sign]
        looser = left.sign in _BINDS and _BINDS[left.sign] < binds
        if looser or (term.sign == "^" and (left.sign or one.startswith("-"))):
            one = f"({one})"
        looser = right.sign in _BINDS and _BINDS[right.sign] < binds + (term.sign in "-/^")
        if looser or other.startswith("-") or (term.sign == "^" and right.sign):
            other = f"({other})"
        return f"{one} {term.sign} {other}"
    if term.parts:
        return f"{term.sign}({', '.join(written(part, said) for part in term.parts)})"
    return said(term)
