"""What a projection needs and the filing does not state: each value with its unit, its reason and its default.

Every default here is ours, so every output that rests on one says "assumption". A term that depends on the month is a
number, a list by projected month whose last value holds, or a text in the market's words ("6 ramp 12 over 30"); one
that may differ by pool is any of these, or a mapping by pool id with "all" for the pools not named. A new term is a
new field here: its option, cell, row of a table and line of the documentation are made from what the field says.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from ..errors import InputError, shown
from .speeds import LONGEST, monthly, vector
from .terms import Kind, Section, in_bounds, terms_of

MOST_DOLLARS, MOST_CLASSES = 1e13, 200
"""Largest balance, and number of classes of one cut, that are no slip of the keyboard."""
LARGEST_FILE = 1 << 20
"""Bytes of a file of assumptions."""
SHIFT_SCHEDULE = ((1, 1.0), (61, 0.7), (73, 0.6), (85, 0.4), (97, 0.2), (109, 0.0))
LOSS_LIMITS = ((61, 0.30), (73, 0.35), (85, 0.40), (97, 0.45), (109, 0.50))
ByMonth = float | str | Sequence[float]
ByPool = ByMonth | Mapping[str, ByMonth]


class Structure(StrEnum):
    """How principal reaches the classes: by the shelf's shifting-interest rules, or plainly with no subordination."""

    SHIFTING_INTEREST = "shifting interest"
    SEQUENTIAL = "sequential"
    PRO_RATA = "pro rata"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeniorClass:
    """One class that a pool's class A is cut into.

    ``balance`` is dollars at issue; one class of a pool may leave it out and has what the others leave. Principal goes
    to the lowest ``rank`` first, to equal ranks pro rata. ``coupon`` ``None`` is the target rate less what IO classes
    strip from it. An ``accrual`` class
    (Z) adds its interest to its balance while a class of lower rank is outstanding, and lends that cash to them as
    principal. ``planned`` balances by month, month 0 first, make a planned amortisation class: it is paid down to
    plan before any other. A class with ``notional_of`` is interest only on ``share`` of the class named.
    """

    label: str
    balance: float | None = None
    rank: int = 1
    coupon: float | None = None
    accrual: bool = False
    planned: tuple[float, ...] | None = None
    notional_of: str | None = None
    share: float = 1.0

    def __post_init__(self) -> None:
        for name, good, allowed in (
            ("label", isinstance(self.label, str) and 0 < len(self.label) <= 40, "a text of 1 to 40 characters"),
            ("balance", _dollars(self.balance) and self.balance != 0, "dollars above zero, or left out"),
            ("rank", in_bounds(self.rank, 1, 1000) and isinstance(self.rank, int), "a whole number from 1 to 1000"),
            ("coupon", self.coupon is None or in_bounds(self.coupon, 0, 1), "a fraction of one, such as 0.055"),
            ("accrual", isinstance(self.accrual, bool), "true or false"),
            ("notional_of", isinstance(self.notional_of, str | None), "the label of a class"),
            ("share", in_bounds(self.share, 0, 100), "a number from zero to 100"),
            ("planned", self.planned is None or _plan(self.planned), f"dollars by month, {LONGEST} months at most"),
        ):
            if not good:
                raise InputError(f"class {_name(self.label)}: {name} {shown(getattr(self, name))} must be {allowed}")
        if self.planned is not None:
            object.__setattr__(self, "planned", tuple(self.planned))


def _dollars(value: Any) -> bool:
    return value is None or in_bounds(value, 0, MOST_DOLLARS)


def _plan(value: Any) -> bool:
    listed = isinstance(value, list | tuple) and 0 < len(value) <= LONGEST + 1
    return listed and all(one is not None and _dollars(one) for one in value)


def _name(label: Any) -> str:
    return label if isinstance(label, str) and len(label) <= 40 else shown(label)


def _cuts(given: Any) -> dict[str, tuple[SeniorClass, ...]]:
    """The cut of each pool's class A, from records or the rows of a file. Raises: InputError that names the pool."""
    allowed = TERMS["senior_classes"].allowed
    if not isinstance(given, Mapping):
        raise InputError(f"senior_classes {shown(given)}: {allowed}")
    cuts = {}
    for pool, rows in given.items():
        if not isinstance(rows, list | tuple) or not 0 < len(rows) <= MOST_CLASSES:
            raise InputError(f"senior_classes of {pool} {shown(rows)}: {allowed}, {MOST_CLASSES} classes at most")
        cuts[pool] = tuple(_senior_class(row, pool) for row in rows)
    return cuts


def _senior_class(row: Any, pool: str) -> SeniorClass:
    if isinstance(row, SeniorClass):
        return row
    keys = [one.name for one in fields(SeniorClass)]
    if not isinstance(row, Mapping) or not row.keys() <= set(keys) or "label" not in row:
        raise InputError(
            f"senior_classes of {pool} {shown(row)}: give a label, and of {', '.join(keys[1:])} what holds"
        )
    try:
        return SeniorClass(**row)
    except InputError as error:
        raise InputError(f"senior_classes of {pool}, {error}") from None


def _ours(**said: Any) -> dict[str, Any]:
    """All that is said of a term of ours: see ``Term``."""
    return {"source": "assumption", **said}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """Every term of a projection that the filing does not state.

    >>> Assumptions(psa=300, cdr=0.002).severity
    0.3
    >>> Assumptions(cpr="6 ramp 12 over 30").psa is None
    True
    """

    psa: ByPool | None = field(default=None, metadata=_ours(
        kind=Kind.NUMBER, most=5000.0, usual=300.0, by_pool=True, by_month=True, per_cent=True, on_page=True,
        unit="% of the PSA curve", help="prepayment speed; 300 unless a CPR is given",
        label="Prepayment speed, PSA", section=Section.PREPAYMENT, cell="PSA", format="0",
        option="prepayment speed, per cent of the PSA curve: 300, or '100 ramp 300 over 12'",
        slip=10.0, in_scenarios=True,
    ))  # fmt: skip
    cpr: ByPool | None = field(default=None, metadata=_ours(
        kind=Kind.NUMBER, most=1.0, by_pool=True, by_month=True, instead_of="psa",
        unit="fraction a year", help="prepayment rate instead of a PSA speed",
        label="Prepayment rate, CPR", section=Section.PREPAYMENT, cell="CPR", format="rate",
        option="prepayment rate a year, a fraction (0.06), or '6 ramp 12 over 30' in per cent",
        slip=0.001, in_scenarios=True,
    ))  # fmt: skip
    cdr: ByPool | None = field(default=None, metadata=_ours(
        kind=Kind.NUMBER, most=1.0, usual=0.0, by_pool=True, by_month=True, on_page=True,
        unit="fraction a year", help="default rate; 0 unless an SDA speed is given",
        label="Default rate, CDR", section=Section.LOSSES, cell="CDR", format="rate",
        option="default rate a year, a fraction (0.002), or words in per cent",
        slip=0.0003, in_scenarios=True,
    ))  # fmt: skip
    sda: ByPool | None = field(default=None, metadata=_ours(
        kind=Kind.NUMBER, most=10_000.0, by_pool=True, by_month=True, per_cent=True, instead_of="cdr",
        unit="% of the SDA curve", help="default speed instead of a CDR",
        label="Default speed, SDA", section=Section.LOSSES, cell="SDA", format="0",
        option="default speed, per cent of the SDA curve",
        slip=10.0, in_scenarios=True,
    ))  # fmt: skip
    severity: ByPool = field(default=0.30, metadata=_ours(
        kind=Kind.NUMBER, most=1.0, by_pool=True, by_month=True, on_page=True,
        unit="fraction of defaulted balance", help="loss on liquidation, by month of liquidation",
        label="Loss severity", section=Section.LOSSES, cell="Severity", format="rate",
        option="loss on liquidation, a fraction (0.3), or words in per cent",
        slip=0.01, in_scenarios=True,
    ))  # fmt: skip
    lag: int | Mapping[str, int] = field(default=12, metadata=_ours(
        kind=Kind.WHOLE, most=1200, by_pool=True,
        unit="months", help="from default to liquidation",
        label="Months from default to liquidation", section=Section.LOSSES, cell="Lag", format="0",
        option="months from default to liquidation",
        in_scenarios=True,
    ))  # fmt: skip
    advancing: bool = field(default=True, metadata=_ours(
        kind=Kind.YES_NO,
        unit="yes or no", help="servicer advances principal and interest until liquidation",
        label="Servicer advances until liquidation", section=Section.SERVICING, cell="Advancing", format="truth",
    ))  # fmt: skip
    servicing_fee_rate: float | Mapping[str, float] = field(default=0.0025, metadata=_ours(
        kind=Kind.NUMBER, most=0.1, by_pool=True,
        unit="fraction a year", help="servicing, master servicing and trustee fee; the sub-pools imply above 0.00125",
        label="Servicing and trustee fee", section=Section.SERVICING, cell="ServicingFee", format="rate",
        option="servicing, master servicing and trustee fee a year, a fraction (0.0025)",
        slip=0.00005,
    ))  # fmt: skip
    whole_months: bool = field(default=False, metadata=_ours(
        kind=Kind.YES_NO,
        unit="yes or no", help="round average terms and ages to whole months",
        label="Terms and ages in whole months", section=Section.RULES, cell="WholeMonths", format="truth",
    ))  # fmt: skip
    loan_age: float | Mapping[str, float] | None = field(default=None, metadata=_ours(
        kind=Kind.NUMBER, most=1200.0, by_pool=True,
        unit="months", help="age at cut-off; original less remaining term unless given",
        label="Age of the loans at the cut-off date", section=Section.PREPAYMENT, format="months",
    ))  # fmt: skip
    target_rate: float | Mapping[str, float] | None = field(default=None, metadata=_ours(
        kind=Kind.NUMBER, most=1.0, by_pool=True,
        unit="fraction a year", help="target rate; the boundary of the sub-pools, else the net rate, unless given",
        label="Target rate of the strips", section=Section.RULES, format="rate",
    ))  # fmt: skip
    prepayment_shortfall_days: float = field(default=0.0, metadata=_ours(
        kind=Kind.NUMBER, most=30.0,
        unit="days", help="interest lost on a prepayment; 0 is full compensation",
        label="Days of interest lost on a prepayment", section=Section.SERVICING, cell="PrepaymentShortfallDays",
        format="0.0",
    ))  # fmt: skip
    compensation_cap: float = field(default=0.5, metadata=_ours(
        kind=Kind.NUMBER, most=1.0,
        unit="fraction of scheduled fee", help="limit of the servicer's compensating interest",
        label="Limit of compensating interest", section=Section.SERVICING, cell="CompensationCap", format="rate",
        slip=0.01,
    ))  # fmt: skip
    structure: Structure = field(default=Structure.SHIFTING_INTEREST, metadata=_ours(
        kind=Kind.CHOICE, choices=tuple(Structure),
        unit="rule", help="shifting interest, sequential or pro rata",
        label="How principal reaches the classes", section=Section.RULES,
    ))  # fmt: skip
    senior_classes: Mapping[str, tuple[SeniorClass, ...]] = field(default_factory=dict, metadata=_ours(
        kind=Kind.CUT,
        unit="classes by pool", help="how class A of a pool, or of all, is cut; one class per pool unless given",
        label="Classes that class A is cut into", section=Section.RULES,
    ))  # fmt: skip
    shift_schedule: tuple[tuple[int, float], ...] = field(default=SHIFT_SCHEDULE, metadata=_ours(
        kind=Kind.STEPS,
        unit="first day, fraction", help="part of the subordinated share of unscheduled principal that goes to class A",
        label="Shift schedule", section=Section.SCHEDULES,
    ))  # fmt: skip
    loss_limits: tuple[tuple[int, float], ...] = field(default=LOSS_LIMITS, metadata=_ours(
        kind=Kind.STEPS,
        unit="first day, fraction of initial subordination", help="cumulative losses above it refuse a step down",
        label="Loss limits of the steps", section=Section.SCHEDULES,
    ))  # fmt: skip
    index_rates: ByMonth | Mapping[str, ByMonth] | None = field(default=None, metadata=_ours(
        kind=Kind.NUMBER, most=1.0, by_month=True, by_index=True,
        unit="fraction a year", help="rates of the indices that coupons follow, by index; needed if one does",
        label="Rates of indices", section=Section.RULES,
        option="rate a year of the index that coupons follow, a fraction (0.05), or words in per cent",
    ))  # fmt: skip
    delinquency: ByMonth = field(default=0.0, metadata=_ours(
        kind=Kind.NUMBER, most=1.0, by_month=True,
        unit="fraction of pool balance", help="60 or more days late, in foreclosure and owned real estate",
        label="Loans 60 or more days late", section=Section.LOSSES, cell="Delinquency", format="rate",
        slip=0.0005,
    ))  # fmt: skip
    delinquency_limit: float = field(default=0.5, metadata=_ours(
        kind=Kind.NUMBER, most=1000.0,
        unit="fraction of subordination", help="six-month average above it refuses a step down",
        label="Delinquency that refuses a step down", section=Section.RULES, cell="DelinquencyLimit", format="rate",
        slip=0.02,
    ))  # fmt: skip
    two_times_test: bool = field(default=False, metadata=_ours(
        kind=Kind.YES_NO,
        unit="yes or no", help="early step down once subordination has doubled",
        label="Early step-down once subordination has doubled", section=Section.RULES, cell="TwoTimesTest",
        format="truth",
    ))  # fmt: skip
    undersubordination_transfer: bool = field(default=True, metadata=_ours(
        kind=Kind.YES_NO, unit="yes or no",
        help="a pool whose class A is retired lends unscheduled principal while support is below twice",
        label="Retired pools lend principal while support is low", section=Section.RULES,
        cell="UndersubordinationTransfer", format="truth",
    ))  # fmt: skip
    call: str | int = field(default="never", metadata=_ours(
        kind=Kind.WHOLE, least=1, most=1200, choices=("never", "first"),
        unit="never, first or month", help="clean-up call, on the first eligible day from then on",
        label="Clean-up call", section=Section.CALL, cell="Call", format="General",
        option="clean-up call: never, first, or the first month it may be used",
        in_scenarios=True,
    ))  # fmt: skip
    settlement: date | None = field(default=None, metadata=_ours(
        kind=Kind.DATE,
        unit="date", help="settlement of prices and yields; the closing date unless given",
        label="Settlement", section=Section.DATES, cell="Settlement", format="date",
    ))  # fmt: skip
    first_distribution: date | None = field(default=None, metadata=_ours(
        kind=Kind.DATE, unit="date",
        help="first distribution; the payment day of the month after the cut-off date unless given",
        label="First distribution", section=Section.DATES, cell="FirstDistribution", format="date",
    ))  # fmt: skip
    payment_day: int = field(default=25, metadata=_ours(
        kind=Kind.WHOLE, least=1, most=28,
        unit="day of month", help="distribution day; cash of a holiday moves, accrual does not",
        label="Day of distribution", section=Section.DATES, cell="PaymentDay", format="0",
    ))  # fmt: skip
    prices: Mapping[str, float] = field(default_factory=dict, metadata=_ours(
        kind=Kind.BY_CLASS, most=1000.0, unit="% of balance or notional",
        help="price by class; 100, PO 70, IO 1.5, last three B classes 80, 60, 40",
        label="Prices", section=Section.PRICES,
    ))  # fmt: skip
    curve: tuple[tuple[float, float], ...] = field(default=(), metadata=_ours(
        kind=Kind.CURVE,
        unit="years, % yield", help="benchmark yields for the spread",
        label="Benchmark yields", section=Section.PRICES,
    ))  # fmt: skip

    def __post_init__(self) -> None:
        for speed, rate in RIVALS:
            if getattr(self, speed) is not None and getattr(self, rate) is not None:
                raise InputError(f"both {speed} and {rate} are given: keep one of them")
            for one, other in ((speed, rate), (rate, speed)):
                if TERMS[one].usual is not None and getattr(self, one) is None and getattr(self, other) is None:
                    object.__setattr__(self, one, TERMS[one].usual)
        for name, term in TERMS.items():
            object.__setattr__(self, name, term.checked(getattr(self, name)))
        object.__setattr__(self, "structure", Structure(self.structure))
        object.__setattr__(self, "senior_classes", _cuts(self.senior_classes))
        if not (self.shift_schedule and self.shift_schedule[0][0] == 1):
            raise InputError(f"shift_schedule {shown(self.shift_schedule)}: it must start on day 1")
        if self.first_distribution is not None and self.first_distribution.day > TERMS["payment_day"].most:
            raise InputError(f"first_distribution {self.first_distribution}: give a day that every month has, 1 to 28")

    def by_month(self, name: str, pool: str, months: int) -> tuple[float, ...] | None:
        """One term of one pool over a projection: months + 1 values, entry 0 zero; None if the term is not given.

        A PSA or SDA speed stays in per cent of its curve; words are per cent made fractions for every other term.
        """
        value = self.of_pool(name, pool)
        if value is None:
            return None
        if isinstance(value, str):
            quoted = 100.0 if TERMS[name].per_cent else 1.0
            return monthly([quoted * x for x in vector(value)], months)
        return monthly([value] if isinstance(value, int | float) else value, months)

    def of_pool(self, name: str, pool: str) -> Any:
        """One term as given for a pool: its own entry of a mapping, else the mapping's "all", else the common value."""
        value = getattr(self, name)
        if not isinstance(value, Mapping):
            return value
        if pool not in value and "all" not in value:
            raise InputError(f"{name} has values for {', '.join(value)} but none for pool {pool}, nor for all")
        return value[pool] if pool in value else value["all"]

    def replace(self, **terms: Any) -> Self:
        """The same assumptions with some terms changed; a CPR put in place of a PSA speed removes it, and so on."""
        for pair in RIVALS:
            for one, other in (pair, pair[::-1]):
                if terms.get(one) is not None:
                    terms.setdefault(other, None)
        refuse_unknown(terms)
        return replace(self, **terms)

    def described(self) -> list[tuple[str, str, str, str, str]]:
        """Name, value, unit, source and meaning of each term in force, for printing above any result."""
        rows = []
        for name, term in TERMS.items():
            value = getattr(self, name)
            if value is not None and value not in ({}, ()):
                rows.append((name, _printed(value), term.unit, term.source, term.help))
        return rows


TERMS = terms_of(Assumptions)
"""Every term by name, in the order of the fields."""
RATES = tuple(name for name, term in TERMS.items() if term.by_pool and term.by_month)
"""What a projection needs month by month of each pool: prepayment, default and severity."""
RIVALS = tuple(
    (name, term.instead_of) if term.per_cent else (term.instead_of, name)
    for name, term in TERMS.items()
    if term.instead_of
)
"""Speed of a curve and rate, of which one is given."""
SCENARIO_TERMS = tuple(name for name, term in TERMS.items() if term.in_scenarios)
"""Terms in which the scenarios of a workbook differ."""


def refuse_unknown(terms: Mapping[str, Any]) -> None:
    """Raises: InputError for a key that is no term."""
    for name in terms:
        if name not in TERMS:
            raise InputError(f"{shown(name)} is no assumption: the terms are {', '.join(sorted(TERMS))}")


def read_assumptions(path: str | Path, **terms: Any) -> Assumptions:
    """Assumptions from a TOML file whose keys are the terms' names, with some terms overridden.

    A table is a mapping by pool; ``[[senior_classes.I]]`` adds one class to those that class A of pool I is cut into.

    Raises: InputError if the file cannot be read, is not TOML, or holds a key that is no term or a value that is not
        allowed: it names the file, the key, what was found and what may be given.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
        text = data.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from error
    if len(data) > LARGEST_FILE:
        raise InputError(f"{path}: more than {LARGEST_FILE:,} bytes; assumptions take far less")
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, tables in tables without end
        raise InputError(f"{path}: not a TOML file of assumptions: {error}") from error
    try:
        refuse_unknown(content)
        given = Assumptions(**content)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    return given.replace(**terms)


def _printed(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_printed(one)}" for key, one in value.items())
    if isinstance(value, SeniorClass):
        return value.label
    if isinstance(value, tuple | list):
        return ", ".join(
            ":".join(_printed(x) for x in one) if isinstance(one, tuple) else _printed(one) for one in value
        )
    return str(value)
