"""What is said of a term of a projection in one place, and how a value of one is judged.

Each field of ``Assumptions`` carries a ``Term``: options, files, sheets, tables of the worksheet functions and pages of
the documentation are made from it. A value may come from a file, an option, a cell or Python; here it is of the right
shape and within its bounds, or refused by name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from math import inf
from typing import Any

from ..errors import InputError, shown
from .speeds import LONGEST, vector

WORDS = "6 ramp 12 over 30"
EARLIEST, LATEST = date(1900, 3, 1), date(2199, 12, 31)
"""Days that every spreadsheet program counts alike, and no mortgage outlives."""


class Kind(StrEnum):
    """What a value of a term is."""

    NUMBER = "number"
    WHOLE = "whole number"
    YES_NO = "yes or no"
    CHOICE = "choice"
    DATE = "date"
    STEPS = "steps"
    """Rising days, each with a fraction of one."""
    CURVE = "curve"
    """Rising years, each with a yield in per cent."""
    BY_CLASS = "numbers by class"
    CUT = "classes by pool"
    """Classes that class A of a pool is cut into; ``Assumptions`` reads them itself."""


ONE_VALUE = (Kind.NUMBER, Kind.WHOLE, Kind.YES_NO, Kind.CHOICE, Kind.DATE)
"""Kinds of a single value, which a cell or an option can hold."""


class Section(StrEnum):
    """Sections of the sheet of assumptions, in its order; Scenario is where one is chosen."""

    SCENARIO = "Scenario"
    PREPAYMENT = "Prepayment"
    LOSSES = "Defaults and losses"
    SERVICING = "Servicing"
    RULES = "Rules"
    CALL = "Call"
    DATES = "Dates"
    PRICES = "Prices"
    SCHEDULES = "Schedules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """All that is said of one term.

    ``least`` and ``most`` bound every number in it; a text among ``choices`` stands for itself. ``by_pool`` lets it
    be a mapping by pool, ``by_index`` one by index, ``by_month`` a list by month or words. ``per_cent`` says that its
    numbers are per cent of a curve, not fractions. It is given ``instead_of`` another term, never beside it;
    ``usual`` is in force when neither is given. ``option`` is the text of its command-line option, ``cell`` the
    defined name of its cell and ``format`` that cell's number format; a term without one has none. The local page
    varies a term ``on_page``. ``source`` is whose figure it is. A number above zero and up to ``slip`` is allowed but
    more likely a slip of the keyboard: a cell of per cent takes a typed 0.002 for 0.002%. The scenarios of a workbook
    differ in a term that is ``in_scenarios``.
    """

    name: str
    kind: Kind
    unit: str
    help: str
    default: Any = None
    label: str = ""
    section: Section | None = None
    least: float = 0.0
    most: float = inf
    choices: tuple[str, ...] = ()
    by_pool: bool = False
    by_month: bool = False
    by_index: bool = False
    per_cent: bool = False
    instead_of: str = ""
    usual: float | None = None
    option: str = ""
    cell: str = ""
    format: str = ""
    on_page: bool = False
    source: str = ""
    slip: float = 0.0
    in_scenarios: bool = False

    @property
    def one_value(self) -> bool:
        """Whether a cell or an option can hold it."""
        return self.kind in ONE_VALUE

    @property
    def flag(self) -> str:
        """Its command-line option."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def allowed(self) -> str:
        """What may be given, in the words of a refusal."""
        if self.kind in (Kind.NUMBER, Kind.WHOLE):
            least = "zero" if self.least == 0 else f"{self.least:g}"
            fraction = ", a fraction of one" if self.most <= 1 else ""
            said = f"a {self.kind} from {least} to {self.most:.15g}{fraction}"
            said += f"; a list of them by month, or words such as '{WORDS}'" if self.by_month else ""
            said += "; or a table of these by pool" if self.by_pool else ""
            said += "; or a table of these by index" if self.by_index else ""
            return f"say {', '.join(self.choices)}, or give {said}" if self.choices else f"give {said}"
        if self.kind is Kind.CHOICE:
            return f"say {', '.join(self.choices)}"
        return {
            Kind.YES_NO: "say true or false",
            Kind.DATE: f"give a date from {EARLIEST} to {LATEST}",
            Kind.STEPS: f"give rising days up to {LONGEST}, each with a fraction of one: [[1, 1.0], [61, 0.7]]",
            Kind.CURVE: "give rising years, each with a yield in per cent: [[1.0, 4.5], [10.0, 5.2]]",
            Kind.BY_CLASS: f"give a table by class of numbers from {self.least:g} to {self.most:g}",
            Kind.CUT: "give a table by pool of lists of classes",
        }[self.kind]

    def refusal(self, value: Any, where: str = "") -> InputError:
        """That a value is not taken: which term, what was found, where in it, what may be given."""
        plain_number = self.kind is Kind.NUMBER and in_bounds(value, -1e15, 1e15)
        return InputError(f"{self.name} {shown(float(value) if plain_number else value)}{where}: {self.allowed}")

    def checked(self, value: Any) -> Any:
        """A value as it is given in Python or a file, pairs made tuples. Raises: InputError if it is not allowed."""
        if (value is None and self.default is None) or self.kind is Kind.CUT:
            return value
        if isinstance(value, Mapping) and (self.by_pool or self.by_index):
            if not value:
                raise InputError(f"{self.name}: an empty table; {self.allowed}")
            for key, own in value.items():
                self._check(own, f" of {'pool' if self.by_pool else 'index'} {shown(key)}")
            return value
        if self.kind is Kind.BY_CLASS:
            if not isinstance(value, Mapping):
                raise self.refusal(value)
            for label, own in value.items():
                if not in_bounds(own, self.least, self.most):
                    raise self.refusal(own, f" of class {shown(label)}")
            return value
        if self.kind in (Kind.STEPS, Kind.CURVE):
            return self._pairs(value)
        self._check(value, "")
        return value

    def _check(self, value: Any, where: str) -> None:
        """One value: of all pools or of one of them. Raises: InputError if it is not allowed."""
        if isinstance(value, str) and value in self.choices:
            return
        if self.kind is Kind.YES_NO:
            good = isinstance(value, bool)
        elif self.kind is Kind.DATE:
            good = isinstance(value, date) and not isinstance(value, datetime) and EARLIEST <= value <= LATEST
        elif self.kind in (Kind.NUMBER, Kind.WHOLE):
            for one in self._numbers(value, where):
                if not in_bounds(one, self.least, self.most) or (self.kind is Kind.WHOLE and one != int(one)):
                    raise self.refusal(one, where)
            return
        else:
            good = False
        if not good:
            raise self.refusal(value, where)

    def _numbers(self, value: Any, where: str) -> Sequence[Any]:
        """The numbers in one value: itself, a list by month, or what words stand for."""
        if not self.by_month:
            return [value]
        if isinstance(value, str):
            try:
                return [100 * x for x in vector(value)] if self.per_cent else vector(value)
            except InputError as error:
                raise InputError(f"{self.name}{where}: {error}") from None
        if not isinstance(value, list | tuple):
            return [value]
        if not value:
            raise InputError(f"{self.name}{where}: an empty list; give at least one value")
        if len(value) > LONGEST:
            raise InputError(f"{self.name}{where}: a list of {len(value)} values; give one a month, {LONGEST} at most")
        return value

    def _pairs(self, value: Any) -> tuple[tuple[Any, Any], ...]:
        """Steps or points of a curve, each two numbers, the first ones rising."""
        days = self.kind is Kind.STEPS
        first_of, second_of = ((1, LONGEST), (0, 1)) if days else ((0, 100), (-100, 100))
        if not isinstance(value, list | tuple) or len(value) > LONGEST:
            raise self.refusal(value)
        before = -inf
        for pair in value:
            if not isinstance(pair, list | tuple) or len(pair) != 2:
                raise self.refusal(pair)
            first, second = pair
            good = in_bounds(first, *first_of) and in_bounds(second, *second_of) and first > before
            if not good or (days and first != int(first)):
                raise self.refusal(pair)
            before = first
        return tuple((int(first) if days else first, second) for first, second in value)


def terms_of(holder: Any) -> dict[str, Term]:
    """The terms that the fields of a dataclass are, by name."""
    found = {}
    for one in fields(holder):
        default = one.default_factory() if one.default_factory is not MISSING else one.default
        found[one.name] = Term(name=one.name, default=default, **one.metadata)
    return found


def in_bounds(value: Any, least: float, most: float) -> bool:
    """Whether a value is a number, and between these; what is not a number or not finite is not."""
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
