"""What a projection needs and the filing does not state: each value with its unit, its reason and its default.

Every default here is ours, so every output that rests on one says "assumption". A term that depends on the month is a
number, a list by projected month whose last value holds, or a text in the market's words ("6 ramp 12 over 30"); one
that may differ by pool is any of these, or a mapping by pool id with "all" for the pools not named.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from math import inf, isfinite
from pathlib import Path
from typing import Any, Self

from ..errors import InputError
from .speeds import monthly, vector

_KINDS = "a number, a list by month, or words such as '6 ramp 12 over 30'"
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
        if self.balance is not None and not (isfinite(self.balance) and self.balance > 0):
            raise InputError(f"class {self.label}: balance {self.balance} must be dollars above zero, or left out")
        if self.coupon is not None and not 0 <= self.coupon <= 1:
            raise InputError(f"class {self.label}: coupon {self.coupon} must be a fraction of one, such as 0.055")


def _ours(unit: str, meaning: str) -> dict[str, str]:
    """What the outputs print beside a term of ours."""
    return {"unit": unit, "help": meaning, "source": "assumption"}


# Greatest value allowed of each numeric term; all of them start at zero.
_MOST = {
    "psa": inf,
    "cpr": 1.0,
    "cdr": 1.0,
    "sda": inf,
    "severity": 1.0,
    "lag": inf,
    "servicing_fee_rate": 0.1,
    "loan_age": inf,
    "target_rate": 1.0,
    "prepayment_shortfall_days": 30.0,
    "compensation_cap": 1.0,
    "delinquency": 1.0,
    "delinquency_limit": inf,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """Every term of a projection that the filing does not state.

    >>> Assumptions(psa=300, cdr=0.002).severity
    0.3
    >>> Assumptions(cpr="6 ramp 12 over 30").psa is None
    True
    """

    psa: ByPool | None = field(
        default=None, metadata=_ours("% of the PSA curve", "prepayment speed; 300 unless a CPR is given")
    )
    cpr: ByPool | None = field(
        default=None, metadata=_ours("fraction a year", "prepayment rate instead of a PSA speed")
    )
    cdr: ByPool | None = field(
        default=None, metadata=_ours("fraction a year", "default rate; 0 unless an SDA speed is given")
    )
    sda: ByPool | None = field(default=None, metadata=_ours("% of the SDA curve", "default speed instead of a CDR"))
    severity: ByPool = field(
        default=0.30, metadata=_ours("fraction of defaulted balance", "loss on liquidation, by month of liquidation")
    )
    lag: int | Mapping[str, int] = field(default=12, metadata=_ours("months", "from default to liquidation"))
    advancing: bool = field(
        default=True, metadata=_ours("yes or no", "servicer advances principal and interest until liquidation")
    )
    servicing_fee_rate: float | Mapping[str, float] = field(
        default=0.0025,
        metadata=_ours(
            "fraction a year", "servicing, master servicing and trustee fee; the sub-pools imply above 0.00125"
        ),
    )
    whole_months: bool = field(
        default=False, metadata=_ours("yes or no", "round average terms and ages to whole months")
    )
    loan_age: float | Mapping[str, float] | None = field(
        default=None, metadata=_ours("months", "age at cut-off; original less remaining term unless given")
    )
    target_rate: float | Mapping[str, float] | None = field(
        default=None,
        metadata=_ours(
            "fraction a year", "target rate; the boundary of the sub-pools, else the net rate, unless given"
        ),
    )
    prepayment_shortfall_days: float = field(
        default=0.0, metadata=_ours("days", "interest lost on a prepayment; 0 is full compensation")
    )
    compensation_cap: float = field(
        default=0.5, metadata=_ours("fraction of scheduled fee", "limit of the servicer's compensating interest")
    )
    structure: Structure = field(
        default=Structure.SHIFTING_INTEREST, metadata=_ours("rule", "shifting interest, sequential or pro rata")
    )
    senior_classes: Mapping[str, tuple[SeniorClass, ...]] = field(
        default_factory=dict,
        metadata=_ours("classes by pool", "how class A of a pool, or of all, is cut; one class per pool unless given"),
    )
    shift_schedule: tuple[tuple[int, float], ...] = field(
        default=((1, 1.0), (61, 0.7), (73, 0.6), (85, 0.4), (97, 0.2), (109, 0.0)),
        metadata=_ours(
            "first day, fraction", "part of the subordinated share of unscheduled principal that goes to class A"
        ),
    )
    loss_limits: tuple[tuple[int, float], ...] = field(
        default=((61, 0.30), (73, 0.35), (85, 0.40), (97, 0.45), (109, 0.50)),
        metadata=_ours("first day, fraction of initial subordination", "cumulative losses above it refuse a step down"),
    )
    delinquency: ByMonth = field(
        default=0.0,
        metadata=_ours("fraction of pool balance", "60 or more days late, in foreclosure and owned real estate"),
    )
    delinquency_limit: float = field(
        default=0.5, metadata=_ours("fraction of subordination", "six-month average above it refuses a step down")
    )
    two_times_test: bool = field(
        default=False, metadata=_ours("yes or no", "early step down once subordination has doubled")
    )
    undersubordination_transfer: bool = field(
        default=True,
        metadata=_ours(
            "yes or no", "a pool whose class A is retired lends unscheduled principal while support is below twice"
        ),
    )
    call: str | int = field(
        default="never",
        metadata=_ours("never, first or month", "clean-up call, on the first eligible day from then on"),
    )
    settlement: date | None = field(
        default=None, metadata=_ours("date", "settlement of prices and yields; the closing date unless given")
    )
    first_distribution: date | None = field(
        default=None,
        metadata=_ours("date", "first distribution; the payment day of the month after the cut-off date unless given"),
    )
    payment_day: int = field(
        default=25, metadata=_ours("day of month", "distribution day; cash of a holiday moves, accrual does not")
    )
    prices: Mapping[str, float] = field(
        default_factory=dict,
        metadata=_ours(
            "% of balance or notional", "price by class; 100, PO 70, IO 1.5, last three B classes 80, 60, 40"
        ),
    )
    curve: tuple[tuple[float, float], ...] = field(
        default=(), metadata=_ours("years, % yield", "benchmark yields for the spread")
    )

    def __post_init__(self) -> None:
        for speed, rate in (("psa", "cpr"), ("sda", "cdr")):
            if getattr(self, speed) is not None and getattr(self, rate) is not None:
                raise InputError(f"both {speed} and {rate} are given: keep one of them")
        if self.psa is None and self.cpr is None:
            object.__setattr__(self, "psa", 300.0)
        if self.sda is None and self.cdr is None:
            object.__setattr__(self, "cdr", 0.0)
        for name, most in _MOST.items():
            for value in _each(getattr(self, name), name):
                if not (isfinite(value) and 0 <= value <= most):
                    raise InputError(f"{name} {value}: give a number from zero{_up_to(most)}")
        for value in _each(self.lag, "lag"):
            if value != int(value):
                raise InputError(f"lag {value}: give whole months")
        for name in ("shift_schedule", "loss_limits"):
            days = [day for day, _ in getattr(self, name)]
            if days != sorted(set(days)) or any(not 0 <= share <= 1 for _, share in getattr(self, name)):
                raise InputError(f"{name} {getattr(self, name)}: give rising days, each with a fraction of one")
        if not (self.shift_schedule and self.shift_schedule[0][0] == 1):
            raise InputError(f"shift_schedule {self.shift_schedule}: it must start on day 1")
        if self.call not in ("never", "first") and not (_is_int(self.call) and int(self.call) >= 1):
            raise InputError(f"call {self.call!r}: say never, first, or a month number")
        if not 1 <= self.payment_day <= 28:
            raise InputError(f"payment_day {self.payment_day}: give a day that every month has, 1 to 28")
        object.__setattr__(self, "structure", _structure(self.structure))

    def by_month(self, name: str, pool: str, months: int) -> tuple[float, ...] | None:
        """One term of one pool over a projection: months + 1 values, entry 0 zero; None if the term is not given.

        A PSA or SDA speed stays in per cent of its curve; words are per cent made fractions for every other term.
        """
        value = self.of_pool(name, pool)
        if value is None:
            return None
        if isinstance(value, str):
            quoted = 100.0 if name in ("psa", "sda") else 1.0
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
        for one, other in (("psa", "cpr"), ("cpr", "psa"), ("sda", "cdr"), ("cdr", "sda")):
            if terms.get(one) is not None:
                terms.setdefault(other, None)
        _refuse_unknown(terms)
        return replace(self, **terms)

    def described(self) -> list[tuple[str, str, str, str, str]]:
        """Name, value, unit, source and meaning of each term in force, for printing above any result."""
        rows = []
        for term in fields(self):
            value = getattr(self, term.name)
            if value is not None and value not in ({}, ()):
                meta = term.metadata
                rows.append((term.name, _printed(value), meta["unit"], meta["source"], meta["help"]))
        return rows


def read_assumptions(path: str | Path, **terms: Any) -> Assumptions:
    """Assumptions from a TOML file whose keys are the terms' names, with some terms overridden.

    A table is a mapping by pool; ``[[senior_classes.I]]`` adds one class to those that class A of pool I is cut into.

    Raises: InputError if the file cannot be read, is not TOML, or holds a key that is no term.
    """
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not a TOML file: {error}") from error
    _refuse_unknown(content)
    for name in ("shift_schedule", "loss_limits", "curve"):
        if name in content:
            content[name] = tuple(tuple(pair) for pair in content[name])
    if "senior_classes" in content:
        content["senior_classes"] = {
            pool: tuple(_senior_class(row, pool) for row in classes)
            for pool, classes in content["senior_classes"].items()
        }
    try:
        return Assumptions(**content).replace(**terms)
    except TypeError as error:
        raise InputError(f"{path}: {error}") from error


def _senior_class(row: dict[str, Any], pool: str) -> SeniorClass:
    if "planned" in row:
        row = {**row, "planned": tuple(row["planned"])}
    try:
        return SeniorClass(**row)
    except TypeError as error:
        raise InputError(f"senior_classes of {pool}: {error}") from error


def _refuse_unknown(terms: Mapping[str, Any]) -> None:
    known = {term.name for term in fields(Assumptions)}
    for name in terms:
        if name not in known:
            raise InputError(f"{name!r} is no assumption: the terms are {', '.join(sorted(known))}")


def _each(value: Any, name: str) -> list[float]:
    """All numbers in a term, whichever way it is given."""
    if value is None:
        return []
    if isinstance(value, str):
        return [100 * x for x in vector(value)] if name in ("psa", "sda") else list(vector(value))
    if isinstance(value, Mapping):
        return [x for one in value.values() for x in _each(one, name)]
    if isinstance(value, Sequence):
        if not value:
            raise InputError(f"{name}: an empty list; give at least one value")
        return [x for one in value for x in _each(one, name)]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{name} {value!r}: give {_KINDS}")
    return [float(value)]


def _up_to(most: float) -> str:
    return " up" if most == inf else f" to {most:g}, a fraction of one" if most <= 1 else f" to {most:g}"


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _structure(value: Any) -> Structure:
    try:
        return Structure(value)
    except ValueError:
        raise InputError(f"structure {value!r}: say {', '.join(Structure)}") from None


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
