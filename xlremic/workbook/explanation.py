"""One figure of a projection step by step: the cells that made it, each with its rule and its numbers put in.

It starts at the figure's cell of Waterfall and goes back, through the columns of that month and the tables of Set-up,
to what is not computed in that month: facts of the filing, assumptions, constants, and balances of the month before.
Every step is read from the workbook's own formula and values, and computed anew: a value that its formula does not give
is refused, not explained.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from ..engine.rules import Rule, rules_in
from ..errors import InputError
from ..xlsx.arithmetic import Arithmetic, Condition, NotArithmeticError, Place, Term, number, written
from ..xlsx.package import DAY_ZERO, Package
from ..xlsx.references import Reference, cell_name, column_number
from ..xlsx.saved import SavedCells, Value
from .class_columns import CALL, SOURCE
from .layout import MONTHLY, SETUP, FrameRow, MonthlyRow
from .term_rows import PAGE, TERMS_TABLE

PAYS = "Waterfall"
FIGURES: Mapping[str, tuple[str, ...]] = {
    "interest": ("class interest", "senior interest", "subordinated interest", "io paid"),
    "principal": ("class principal", "senior principal", "subordinated principal", "po paid"),
    "loss": ("class loss", "senior loss", "subordinated loss", "po loss"),
    "balance": ("class balance", "senior balance", "subordinated balance", "po balance", "io notional"),
}
"""Columns of Waterfall that may hold a figure of a class, those of a cut of class A before those of its pool."""
_SERIES = "all"
_HEADERS, _TITLES = TERMS_TABLE.header, TERMS_TABLE.header - 1
"""Rows of Set-up above all its tables: headers, and the titles of the tables."""
_NAMED_IN_FIRST_COLUMN = ("Pools", PAGE.sheet, CALL.sheet)
NEAR, NEAR_DOLLARS = 1e-9, 1e-3
"""How far a step computed anew may be from the value that its cell shows: a share of it, or dollars."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Where in the filing a figure was read: key and scope of the fact, its line and its sentence."""

    key: str
    scope: str
    line: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Given:
    """A number that the month does not compute; ``kind`` is filing, assumption, constant, input or another month."""

    label: str
    place: Place
    value: Value
    unit: str
    kind: str
    fact: Fact | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A cell of that month: its arithmetic, the conditions that chose it, and what that comes to."""

    label: str
    place: Place
    value: float
    unit: str
    rules: tuple[Rule, ...]
    term: Term | None
    conditions: tuple[Condition, ...]
    formula: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Figures of a class in a month with all that made them, in order; ``labels`` names every cell in it."""

    deal: str
    class_label: str
    month: int
    day: date | None
    figures: Mapping[str, Step]
    steps: tuple[Step, ...]
    given: tuple[Given, ...]
    labels: Mapping[Place, str] = field(default_factory=dict)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that its steps follow."""
        return tuple(sorted({rule for step in self.steps for rule in step.rules}, key=lambda rule: rule.value))

    def in_names(self, term: Term) -> str:
        """Arithmetic with the names of its cells."""
        return written(term, lambda one: self.labels[one.place] if one.place else figure(one.value))

    def in_numbers(self, term: Term) -> str:
        """Arithmetic with its numbers put in."""
        return written(term, lambda one: figure(one.value))


def figure(value: Value) -> str:
    """A number as a step shows it: fifteen digits, dollars and months to a millionth.

    >>> figure(9478.760653749312), figure(1 / 3), figure(0.0), figure(25.0)
    ('9478.760654', '0.333333333333333', '0', '25')
    """
    if value is None or isinstance(value, bool | str):
        return str(value or 0) if not isinstance(value, bool) else str(int(value))
    text = f"{value:.6f}" if abs(value) >= 1000 else f"{value:.15f}" if abs(value) >= 1e-3 else f"{value:.20f}"
    plain = text.rstrip("0").rstrip(".")
    if 1e-3 <= abs(value) < 1000:
        plain = f"{value:.15g}"
    return "0" if plain in ("-0", "") else plain


class Explained:
    """A workbook of ours whose figures can be explained.

    Raises: InputError for a workbook without projection.
    """

    def __init__(self, package: Package) -> None:
        self.saved = SavedCells(package)
        if PAYS not in package.sheets:
            raise InputError(f"the workbook has no sheet {PAYS}: build it with its projection to explain a figure")
        self.arithmetic = Arithmetic(self.saved)
        self.links = {sheet: self.saved.links(sheet) for sheet in ("Pools", "Tranches") if sheet in package.sheets}

    @cached_property
    def columns(self) -> Mapping[tuple[str, str], int]:
        """Column of each figure of each class, by class and figure."""
        owners, fields = (self._texts(PAYS, row) for row in (MonthlyRow.OWNER, MonthlyRow.FIELD))
        pools = {owners[column] for column, title in fields.items() if title == "scheduled principal"}
        found: dict[tuple[str, str], int] = {}
        for kind, names in FIGURES.items():
            for name in names:
                for column, title in fields.items():
                    label = owners.get(column, "")
                    if title == name and label not in (_SERIES, *pools):
                        found.setdefault((label, kind), column)
        return found

    @property
    def classes(self) -> list[str]:
        return list(dict.fromkeys(label for label, kind in self.columns if kind in ("principal", "interest")))

    def figures(self, label: str) -> list[str]:
        """Which figures a class has. Raises: InputError for a class that is not there, with those that are."""
        found = [kind for kind in FIGURES if (label, kind) in self.columns]
        if not found:
            raise InputError(f"there is no class {label!r}; the classes are {', '.join(self.classes)}")
        return found

    def row_of(self, month: str) -> int:
        """Row of a month, by its number from the start or as YYYY-MM.

        Raises: InputError for a month that is not there, with those that are.
        """
        last = self.saved.last_row(PAYS)
        first, end = (self._day(row) for row in (MonthlyRow.MONTH, last))
        if month.isascii() and month.isdigit() and 1 <= int(month) <= last - MonthlyRow.START:
            return MonthlyRow.START + int(month)
        if re.fullmatch(r"\d{4}-\d{2}", month, re.A) and first is not None:
            past = 12 * (int(month[:4]) - first.year) + int(month[5:]) - first.month
            if 1 <= int(month[5:]) <= 12 and 0 <= past <= last - MonthlyRow.MONTH:
                return MonthlyRow.MONTH + past
        dates = f", or {first:%Y-%m} to {end:%Y-%m}" if first and end else ""
        raise InputError(f"there is no month {month!r}; the months are 1 to {last - MonthlyRow.START}{dates}")

    def explain(self, label: str, month: str, kind: str = "") -> Explanation:
        """A figure of a class in a month, or all that it has.

        Raises: InputError for what is not there, or for values that their formulas do not give.
        """
        kinds = self.figures(label)
        if kind and kind not in kinds:
            raise InputError(f"class {label} has no {kind}; it has {', '.join(kinds)}")
        row = self.row_of(month)
        places = {one: (PAYS, cell_name(row, self.columns[label, one])) for one in ([kind] if kind else kinds)}
        trace = _Trace(self, row)
        for place in places.values():
            trace.follow(place)
        return Explanation(
            deal=str(self.saved.cell(PAYS, FrameRow.SUBTITLE, 1).value or ""),
            class_label=label,
            month=row - MonthlyRow.START,
            day=self._day(row),
            figures={one: trace.steps[place] for one, place in places.items()},
            steps=tuple(trace.steps.values()),
            given=tuple(trace.given.values()),
            labels=trace.labels,
        )

    def _day(self, row: int) -> date | None:
        value = self.saved.cell(PAYS, row, 2).value
        return DAY_ZERO + timedelta(days=int(value)) if isinstance(value, float) else None

    def _texts(self, sheet: str, row: int) -> dict[int, str]:
        cells = self.saved.row(sheet, row)
        return {_column(name): str(cell.value) for name, cell in cells.items() if isinstance(cell.value, str)}

    # ---- what a cell is called

    def header(self, place: Place, row: MonthlyRow) -> str:
        """What stands above a column of a monthly sheet."""
        sheet, cell = place
        return str(self.saved.cell(sheet, row, _column(cell)).value or "")

    def label(self, place: Place, month_row: int) -> str:
        """What a cell is, in the words of its sheet."""
        sheet, cell = place
        corner = Reference.of(cell).first
        if sheet in MONTHLY:
            owner, title = self.header(place, MonthlyRow.OWNER), self.header(place, MonthlyRow.FIELD)
            of = "" if owner in (_SERIES, "") else f" of {owner}"
            if corner.row == month_row or title == "month":
                return f"{title}{of}"
            month = corner.row - MonthlyRow.START
            when = "before" if corner.row == month_row - 1 else f"in month {month}" if month else "at the start"
            return f"{title}{of} {when}"
        if sheet == SETUP:
            return self._label_of_setup(corner.row, corner.column)
        beside = (self.saved.cell(sheet, corner.row, column).value for column in range(corner.column - 1, 0, -1))
        above = (self.saved.cell(sheet, row, corner.column).value for row in range(corner.row - 1, 0, -1))
        words = [next((one for one in line if isinstance(one, str) and one), "") for line in (beside, above)]
        if sheet in _NAMED_IN_FIRST_COLUMN:
            words = [str(self.saved.cell(sheet, corner.row, 1).value or ""), *words[1:]]
        if sheet == PAGE.sheet:
            words = words[:1]
        return ", ".join(word for word in words if word) or f"{sheet}!{cell}"

    def _label_of_setup(self, row: int, column: int) -> str:
        """Tables of Set-up have a name in their first column or a header in their first row."""
        titles = self._texts(SETUP, _TITLES)
        first = max((at for at in titles if at <= column), default=1)
        name = str(self.saved.cell(SETUP, row, first).value or "").replace("_", " ")
        header = str(self.saved.cell(SETUP, _HEADERS, column).value or "")
        if self.saved.cell(SETUP, _HEADERS, first).value != "name":
            return f"{header} of {self.saved.cell(SETUP, row, first + 1).value or name}".replace("_", " ")
        return name if header in ("value", "") else f"{name} of {header}"

    def unit(self, place: Place) -> str:
        sheet, cell = place
        corner = Reference.of(cell).first
        if sheet in MONTHLY:
            return self.header(place, MonthlyRow.UNIT)
        if sheet == PAGE.sheet:
            return str(self.saved.cell(sheet, corner.row, PAGE.number("unit")).value or "")
        if sheet != SETUP:
            return ""
        header = self._texts(SETUP, _HEADERS)
        titles = self._texts(SETUP, _TITLES)
        first = max((at for at in titles if at <= corner.column), default=1)
        end = min((at for at in titles if at > corner.column), default=first + 20)
        at = next((k for k, title in header.items() if first <= k < end and title == "unit"), 0)
        return str(self.saved.cell(SETUP, corner.row, at).value or "") if at else ""

    def fact(self, place: Place) -> Fact | None:
        """The fact that a cell was filled from, by its link to Source."""
        sheet, cell = place
        found = Reference.parse(self.links.get(sheet, {}).get(cell, ""))
        if found is None:
            return None
        key, scope, line, sentence = (
            self.saved.cell(found.sheet, found.first.row, SOURCE.number(name)).value
            for name in ("fact", "scope", "line", "sentence")
        )
        return Fact(str(key), str(scope), int(number(Term(line))), str(sentence or ""))


class _Trace:
    """The steps of one figure, found from the figure backwards and kept from the inputs on."""

    def __init__(self, book: Explained, row: int) -> None:
        self.book, self.row = book, row
        self.steps: dict[Place, Step] = {}
        self.given: dict[Place, Given] = {}
        self.labels: dict[Place, str] = {}

    def follow(self, place: Place) -> None:
        if place in self.steps or place in self.given:
            return
        sheet, cell = place
        corner = Reference.of(cell).first
        found = self.book.saved.cell(sheet, corner.row, corner.column)
        self.labels[place] = self.book.label(place, self.row)
        if found.formula and found.value is None:
            raise InputError(f"{sheet}!{cell} has no value yet: open the workbook in Excel or LibreOffice and save it")
        if kind := self._kind(sheet, corner.row, found.formula, self.labels[place]):
            fact = self.book.fact(place)
            of = "filing" if fact else kind
            self.given[place] = Given(self.labels[place], place, found.value, self.book.unit(place), of, fact)
            return
        try:
            term, conditions = self.book.arithmetic.of(place)
        except NotArithmeticError:
            term, conditions = None, ()
        if sheet not in MONTHLY:
            conditions = ()
        self._check(place, found.value, term)
        if term is not None:
            term = term.through(self._source)
            for one in term.cells():
                self.follow(one.place or place)
        for condition in conditions:
            for one in (*condition.left.cells(), *condition.right.cells()):
                if one.place is not None:
                    self.labels.setdefault(one.place, self.book.label(one.place, self.row))
        rules = rules_in(self.book.header(place, MonthlyRow.RULE)) if sheet in MONTHLY else ()
        self.steps[place] = Step(
            label=self.labels[place],
            place=place,
            value=float(found.value) if isinstance(found.value, float | bool) else 0.0,
            unit=self.book.unit(place),
            rules=rules,
            term=term,
            conditions=conditions,
            formula=found.formula,
        )

    def _kind(self, sheet: str, row: int, formula: str, label: str) -> str:
        """What a cell is that is not followed any further; nothing for a step."""
        if sheet in MONTHLY and row == MonthlyRow.NUMBER:
            return "constant"
        if sheet in MONTHLY and (label == "month" or row not in (self.row, MonthlyRow.START)):
            return "constant" if label == "month" else "another month"
        if sheet in MONTHLY and row == MonthlyRow.START and self.row != MonthlyRow.MONTH:
            return "another month"
        if sheet == PAGE.sheet:
            return "assumption"
        if formula:
            return ""
        return "constant" if sheet == SETUP or sheet in MONTHLY else "input"

    def _source(self, cell: Term) -> Term:
        """The cell that a cell of another sheet only repeats, which then is what a step names."""
        while cell.place is not None and cell.place[0] not in (*MONTHLY, PAGE.sheet):
            try:
                term, _ = self.book.arithmetic.of(cell.place)
            except InputError:
                return cell
            if term.place is None:
                return cell
            cell = term
        return cell

    def _check(self, place: Place, value: Value, term: Term | None) -> None:
        if term is None or isinstance(value, str) or isinstance(term.value, str):
            return
        shown, computed = number(Term(value)), number(term)
        if abs(shown - computed) > max(NEAR * max(abs(shown), abs(computed)), NEAR_DOLLARS if abs(shown) > 1 else NEAR):
            sheet, cell = place
            raise InputError(
                f"{sheet}!{cell} shows {figure(shown)}, but its formula gives {figure(computed)}: save the workbook in"
                " Excel or LibreOffice, which computes it anew"
            )


def _column(cell: str) -> int:
    return column_number(cell.rstrip("0123456789"))
