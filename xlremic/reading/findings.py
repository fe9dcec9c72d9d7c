"""The outcome of one check, and the exact arithmetic that checks share.

A printed value stands for an interval of half a unit in its last place, and each tolerance is derived from the
printed places, never chosen. Amounts printed to the cent are exact.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from ..deal import Deal
from .facts import Fact, Qualifier, Reading

ACROSS = "difference"
"""The column of a difference between the pools and all mortgage loans."""


class Status(StrEnum):
    PASS = "pass"  # noqa: S105 - a status, not a password
    FAIL = "fail"
    NOT_EVALUATED = "not_evaluated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The outcome of one check. ``difference`` is implied less stated, in ``unit``, ``None`` if not evaluated.

    ``family`` is the rule, ``measure`` the figure, ``scope`` the loans or the class that it holds for. ``row`` and
    ``column`` say where a model of the deal works the difference out: the figure's row, and the scope, or ``ACROSS``,
    or nothing for a figure that stands alone.
    """

    family: str
    measure: str = ""
    scope: str = ""
    status: Status
    difference: Decimal | None
    tolerance: Decimal | None
    unit: str
    says: str
    row: str = ""
    column: str = ""

    @property
    def id(self) -> str:
        return ":".join(filter(None, (self.family, self.measure, self.scope)))

    def to_dict(self) -> dict[str, str]:
        return {
            "id": self.id,
            "status": str(self.status),
            "difference": "" if self.difference is None else shown(self.difference),
            "tolerance": "" if self.tolerance is None else shown(self.tolerance),
            "unit": self.unit,
            "says": self.says,
        }


def shown(value: Decimal) -> str:
    """A difference in plain digits, without trailing zeros."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


Check = Callable[[Reading, Deal], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """What one finding is about; :meth:`finds` makes the finding. See :class:`Finding` for the fields."""

    family: str
    measure: str = ""
    scope: str = ""
    row: str = ""
    column: str = ""

    def finds(self, says: str, unit: str, difference: Fraction | None, tolerance: Fraction | None = None) -> Finding:
        """Within the tolerance or not; ``None`` as difference is a check without its inputs."""
        allowed = tolerance or Fraction(0)
        if difference is None:
            status, says = Status.NOT_EVALUATED, f"{says}: the filing lacks a figure for this"
        else:
            status = Status.PASS if abs(difference) <= allowed else Status.FAIL
        return Finding(
            family=self.family,
            measure=self.measure,
            scope=self.scope,
            status=status,
            difference=None if difference is None else _decimal(difference),
            tolerance=None if difference is None else _decimal(allowed),
            unit=unit,
            says=says,
            row=self.row or self.family,
            column=self.column or self.scope,
        )


def _decimal(value: Fraction) -> Decimal:
    context = Context(prec=28)
    return context.divide(Decimal(value.numerator), Decimal(value.denominator))


def number(fact: Fact | None) -> Decimal | None:
    return fact.number if fact else None


def numbers(reading: Reading, key: str, scopes: Sequence[str], *qualifiers: Qualifier) -> list[Decimal] | None:
    """The printed numbers for all of the scopes, or ``None`` if one is missing."""
    found = [number(reading.get(key, scope, *qualifiers)) for scope in scopes]
    printed = [one for one in found if one is not None]
    return printed if len(printed) == len(scopes) else None


def unit_of(value: Decimal) -> Fraction:
    return _power_of_ten(int(value.as_tuple().exponent))


@lru_cache(64)
def _power_of_ten(exponent: int) -> Fraction:
    return Fraction(10) ** exponent


def sum_tolerance(values: Sequence[Decimal]) -> Fraction:
    """Half a unit of each, but nothing where all are exact: amounts to the cent, or counts."""
    if len({unit_of(value) for value in values}) == 1 and unit_of(values[0]) in (Fraction(1, 100), Fraction(1)):
        cents = unit_of(values[0]) == Fraction(1, 100)
        return Fraction(0) if cents else sum((unit_of(value) / 2 for value in values), Fraction(0))
    return sum((unit_of(value) / 2 for value in values), Fraction(0))


def weighted(
    values: Sequence[Decimal], weights: Sequence[Decimal], stated: Decimal
) -> tuple[Fraction, Fraction] | None:
    """Implied less stated weighted average, and what rounding of all the printed figures allows."""
    total = sum(map(Fraction, weights))
    if total == 0:
        return None
    implied = sum(Fraction(value) * Fraction(weight) for value, weight in zip(values, weights, strict=True)) / total
    allowed = unit_of(stated) / 2
    for value, weight in zip(values, weights, strict=True):
        allowed += unit_of(value) / 2 * Fraction(weight) / total
        if unit_of(weight) > Fraction(1, 100):
            allowed += unit_of(weight) / 2 * abs(Fraction(value) - implied) / total
    return implied - Fraction(stated), allowed


def every_scope(deal: Deal) -> list[str]:
    """The scopes of the pools, then "all"."""
    return [*(pool.scope for pool in deal.pools if pool.scope != "all"), "all"]


def words(key: str) -> str:
    return key.removesuffix("_percent").replace("_", " ")


def place(scope: str) -> str:
    return "all mortgage loans" if scope == "all" else scope.replace(":", " ")


def weighted_finding(
    rule: Rule, reading: Reading, key: str, parts: Sequence[str], whole: str, weights: Sequence[Decimal] | None
) -> Finding:
    """The average that is printed for the whole against the balance-weighted one of its parts."""
    printed = numbers(reading, key, [*parts, whole])
    compared = weighted(printed[:-1], weights, printed[-1]) if printed and weights else None
    unit = "months" if key.endswith("_term") else "percent"
    says = f"{words(key)} of {place(whole)} is the balance-weighted average of its parts"
    return rule.finds(says, unit, *(compared or (None, None)))
