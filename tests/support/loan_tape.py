"""A simulated loan tape and the figures that a filing prints of it, aggregated exactly and rounded as printed.

Knows nothing of the reader: what ties here does so because one tape is behind every figure.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from fractions import Fraction

ROMAN = ("I", "II", "III", "IV", "V", "VI")
FEE = Decimal("0.25")
PROGRAMS = 4  # full documentation, no verification of assets, none of income, streamlined


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    balance: Decimal
    original_balance: Decimal
    rate: Decimal
    original_term: int
    remaining_term: int
    ltv: Decimal
    ltv_with_collateral: Decimal | None
    zip_code: int
    primary_residence: bool
    program: int
    originated: date
    matures: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The loans of one pool, and the terms, in years, by which the pool is defined."""

    id: str
    loans: tuple[Loan, ...]
    shortest: int
    longest: int
    relocation: bool
    split_rate: Decimal

    @property
    def discount(self) -> list[Loan]:
        return [loan for loan in self.loans if loan.rate - FEE < self.split_rate]

    @property
    def premium(self) -> list[Loan]:
        return [loan for loan in self.loans if loan.rate - FEE >= self.split_rate]

    @property
    def pledged(self) -> list[Loan]:
        return [loan for loan in self.loans if loan.ltv_with_collateral is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tape:
    """A deal: its loans by pool, its classes in order of seniority with the labels of the senior ones first."""

    closing: date
    cut_off: date
    groups: tuple[Group, ...]
    seniors: tuple[str, ...]
    classes: tuple[tuple[str, Decimal], ...]

    @property
    def loans(self) -> list[Loan]:
        return [loan for group in self.groups for loan in group.loans]

    def level(self, label: str) -> str:
        """The subordination level of a class in percent, rounded up at twelve places."""
        names = [name for name, _ in self.classes]
        senior = label == "A" or label in self.seniors
        after = len(self.seniors) if senior else names.index(label) + 1
        below = sum((balance for _, balance in self.classes[after:]), Decimal(0))
        return rounded(100 * Fraction(below) / Fraction(balance_of(self.loans)), 12, ROUND_CEILING)


def balance_of(loans: Iterable[Loan]) -> Decimal:
    return sum((loan.balance for loan in loans), Decimal(0))


def average(loans: Sequence[Loan], measure: Callable[[Loan], Decimal | int], places: int) -> str:
    """Balance-weighted, rounded half up to those places."""
    weighted = sum((Fraction(loan.balance) * Fraction(measure(loan)) for loan in loans), Fraction(0))
    return rounded(weighted / Fraction(balance_of(loans)), places)


def share(loans: Sequence[Loan], of: Sequence[Loan]) -> str:
    """Whole percent of the balance."""
    return rounded(100 * Fraction(balance_of(loans)) / Fraction(balance_of(of)), 0)


def largest_zip_code(loans: Sequence[Loan]) -> str:
    by_zip: dict[int, Decimal] = {}
    for loan in loans:
        by_zip[loan.zip_code] = by_zip.get(loan.zip_code, Decimal(0)) + loan.balance
    return rounded(Fraction(max(by_zip.values())), 0)


def rounded(value: Fraction, places: int, rounding: str = ROUND_HALF_UP) -> str:
    scaled = value * 10**places
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    up = rest > 0 if rounding == ROUND_CEILING else 2 * rest >= scaled.denominator
    return format(Decimal(whole + up).scaleb(-places), "f")


def months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def simulated(
    rng: random.Random, *, pools: int, classes: int, seniors: str, year: int, mezzanine: bool = False
) -> Tape:
    """A deal of so many pools and classes. ``seniors``: one, by pool (IA, IIA ...), numbered (A-1 ...) or po (A, A-PO)."""
    closing = date(year, rng.randint(1, 12), rng.randint(1, 28))
    cut_off = closing.replace(day=1)
    groups = tuple(_group(rng, ROMAN[k], cut_off) for k in range(pools))
    total = sum((balance_of(group.loans) for group in groups), Decimal(0))
    first = _senior_labels(seniors, pools, classes)
    junior = ["M"] if mezzanine else []
    junior += [f"B-{k}" for k in range(1, classes - len(first) - len(junior) + 1)]
    sizes = [Decimal(rng.randint(2, 2500) * 1000) for _ in junior]
    while sum(sizes) > total / 4:
        sizes = [(size / 10).quantize(Decimal(1)) + 1 for size in sizes]
    sizes[-1] += total % 1
    senior = total - sum(sizes)
    parts = [(senior / len(first)).quantize(Decimal("1000")) for _ in first]
    parts[0] += senior - sum(parts)
    return Tape(
        closing=closing, cut_off=cut_off, groups=groups, seniors=first,
        classes=tuple(zip([*first, *junior], [*parts, *sizes], strict=True)),
    )  # fmt: skip


def _senior_labels(style: str, pools: int, classes: int) -> tuple[str, ...]:
    room = max(1, min(classes - 2, 4))
    if style == "pools" and pools > 1:
        return tuple(f"{name}A" for name in ROMAN[: min(pools, room)])
    if style == "numbered":
        return tuple(f"A-{k}" for k in range(1, room + 1))
    if style == "po" and room > 1:
        return ("A", "A-PO")
    return ("A",)


def _group(rng: random.Random, name: str, cut_off: date) -> Group:
    shortest, longest = rng.choice([(25, 30), (12, 15), (30, 30), (15, 15), (20, 30), (10, 30)])
    count = rng.randint(2, 14)
    base = rng.randint(32, 60)  # eighths of a percent
    rates = [Decimal(base + rng.randint(0, 8)) / 8 for _ in range(count)]
    rates[0], rates[1] = Decimal(base) / 8, Decimal(base + 4) / 8  # one loan at least on either side of the split
    loans = tuple(_loan(rng, cut_off, rate, shortest, longest, newest=k == 0) for k, rate in enumerate(rates))
    split = Decimal(base + rng.randint(1, 4)) / 8 - FEE
    return Group(
        id=name, loans=loans, shortest=shortest, longest=longest, relocation=rng.random() < 0.3, split_rate=split
    )


def _loan(rng: random.Random, cut_off: date, rate: Decimal, shortest: int, longest: int, *, newest: bool) -> Loan:
    """The newest loan runs the longest term and was made last, so that latest dates and longest terms agree."""
    age = rng.randint(0, 1) if newest else rng.randint(0, 30)
    term = 12 * longest if newest else rng.randint(12 * shortest, 12 * longest)
    originated = months_later(cut_off, -age)
    original = Decimal(rng.randint(300, 9999) * 100)
    ltv = Decimal(rng.randint(300, 950)) / 10
    return Loan(
        balance=(original * Decimal(rng.randint(9000, 10000)) / 10000).quantize(Decimal("0.01"))
        - Decimal(rng.randint(0, 99)) / 100,
        original_balance=original,
        rate=rate,
        original_term=term,
        remaining_term=term - age,
        ltv=ltv,
        ltv_with_collateral=min(ltv, Decimal(rng.randint(200, 800)) / 10) if rng.random() < 0.15 else None,
        zip_code=rng.randint(1, 12),
        primary_residence=rng.random() < 0.9,
        program=rng.choices(range(PROGRAMS), (50, 25, 20, 5))[0],
        originated=originated,
        matures=months_later(originated, term),
    )
