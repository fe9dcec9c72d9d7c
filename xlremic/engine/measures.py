"""What flows are worth: average life, window, decrement table, price, yield, duration, convexity, spread.

Plain numbers in, plain numbers out. A flow list has months + 1 entries with entry 0 zero, so index and month agree; a
time list is years from settlement to each month's payment. Yields are per cent a year, bond-equivalent unless the
name says otherwise, as they are quoted.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import isfinite
from typing import NamedTuple

from ..errors import InputError

HALF_CENT = 0.005


def days_30_360(start: date, end: date) -> int:
    """Days between two dates in months of thirty days.

    days = 360 (Y2 - Y1) + 30 (M2 - M1) + (D2 - D1), a 31st counted as a 30th

    Source: Standard Formulas, G (SF-44); 30/360 bond basis.

    >>> days_30_360(date(2004, 10, 28), date(2004, 11, 25))
    27
    """
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + min(end.day, 30) - min(start.day, 30)


def actual_delay(stated_delay: int) -> int:
    """Days from the end of the accrual month to its payment: the stated delay less the month itself and a day.

    actual = stated - 31, as 45 stated is paid on the 15th (14 days) and 55 on the 25th (24 days)

    Source: Standard Formulas, SF-44.

    >>> actual_delay(45), actual_delay(55)
    (14, 24)
    """
    return stated_delay - 31


# rule 25
def payment_times(months: int, settle: date | None = None, first: date | None = None) -> list[float]:
    """Years from settlement to each month's payment.

    T(k) = days_30_360(settle, first)/360 + (k - 1)/12; without dates T(k) = k/12

    Args:
        months: number of months.
        settle: settlement day.
        first: payment day of month 1.
    Returns: months + 1 years, entry 0 zero.
    Source: Standard Formulas, G (SF-47).

    >>> payment_times(2, date(2004, 10, 28), date(2004, 11, 25))
    [0.0, 0.075, 0.15833333333333333]
    """
    start = 1 / 12 if settle is None or first is None else days_30_360(settle, first) / 360
    return [0.0, *(start + (k - 1) / 12 for k in range(1, months + 1))]


# rule 25
def weighted_average_life(
    principal: Sequence[float], times: Sequence[float] | None = None, *, accretion: bool = False
) -> float | None:
    """Average time to the return of principal.

    WAL = sum T(k) principal(k) / sum principal(k)

    Args:
        principal: dollars by month, entry 0 zero.
        times: years to each payment, see ``payment_times``; month/12 if left out.
        accretion: count months of negative principal (a graduated-payment loan) instead of ignoring them (a Z class).
    Returns: years; None if no principal is paid.
    Source: Standard Formulas, G.5 (SF-49) and SF-56.

    >>> weighted_average_life([0.0, 50.0, 50.0], [0.0, 1.0, 2.0])
    1.5
    """
    weights = [x if accretion or x > 0 else 0.0 for x in principal]
    total = sum(weights)
    if total < HALF_CENT:
        return None
    at = times if times is not None else [k / 12 for k in range(len(principal))]
    return sum(t * x for t, x in zip(at, weights, strict=True)) / total


# rule 25
def window(principal: Sequence[float]) -> tuple[int, int] | None:
    """First and last month that pays principal; None if none does. Less than half a cent is no payment.

    >>> window([0.0, 0.0, 5.0, 5.0, 0.0])
    (2, 3)
    """
    months = [k for k, x in enumerate(principal) if x >= HALF_CENT]
    return (months[0], months[-1]) if months else None


# rule 25
def decrement(balance: Sequence[float], every: int = 12) -> list[float]:
    """Per cent of the original balance left at the start and after each year, unrounded.

    percent(y) = 100 balance(12 y) / balance(0)

    >>> decrement([200.0] + [100.0] * 12)
    [100.0, 50.0]
    """
    if not balance or balance[0] <= 0:
        raise InputError("a decrement table needs a class with a balance at the start")
    return [100 * x / balance[0] for x in balance[::every]]


def printed_percent(percent: float) -> str:
    """A cell of a decrement table: whole per cent rounded half up, ``*`` above zero and below one half.

    >>> printed_percent(0.4), printed_percent(0.5), printed_percent(97.5), printed_percent(0.0)
    ('*', '1', '98', '0')
    """
    return "*" if 1e-9 < percent < 0.5 else str(int(percent + 0.5))


# rule 25
def price(flows: Sequence[float], times: Sequence[float], bond_yield: float) -> float:
    """Full price of flows at a bond-equivalent yield, in the flows' unit.

    P = sum CF(k) (1 + Y/200)^(-2 T(k))

    Args:
        flows: cash by month, entry 0 zero.
        times: years from settlement to each payment.
        bond_yield: per cent a year, semi-annual compounding.
    Returns: accrued interest included.
    Source: Standard Formulas, G.1 (SF-46).

    >>> round(price([0.0, 100.0], [0.0, 0.5], 10.0), 6)
    95.238095
    """
    growth = _growth(bond_yield)
    return sum(cash * math.pow(growth, -2 * t) for cash, t in zip(flows, times, strict=True) if cash)


def _growth(bond_yield: float) -> float:
    """Growth of one half-year at a yield in per cent. Raises: InputError where there is none left to discount by."""
    growth = 1 + bond_yield / 200
    if growth <= 0:
        raise InputError(f"yield {bond_yield}: must be above -200")
    return growth


# rule 25
def yield_to_price(flows: Sequence[float], times: Sequence[float], full_price: float) -> float | None:
    """Bond-equivalent yield at which flows are worth a full price: the inverse of ``price``.

    Newton's method on the continuous rate, where the price is convex and falling; steps are kept inside a bracket.

    Returns: per cent a year; None if no yield between -190% and 1,000,000% gives that price.
    Raises: InputError if the price is not positive.
    Source: Standard Formulas, G.1 (SF-46).

    >>> round(yield_to_price([0.0, 100.0], [0.0, 0.5], 95.238095238), 6)
    10.0
    """
    if not (isfinite(full_price) and full_price > 0):
        raise InputError(f"price {full_price}: must be positive")
    low, high = -190.0, 1e6
    if not price(flows, times, high) <= full_price <= price(flows, times, low):
        return None
    guess = 6.0
    for _ in range(200):
        growth = 1 + guess / 200
        value = slope = 0.0
        for cash, t in zip(flows, times, strict=True):
            if cash:
                present = cash * math.pow(growth, -2 * t)
                value += present
                slope -= t * present / (100 * growth)
        if value > full_price:
            low = guess
        else:
            high = guess
        step = (full_price - value) / slope if slope else 0.0
        better = guess + step
        if not low <= better <= high:
            better = (low + high) / 2
        if abs(better - guess) < 1e-12 * max(1.0, abs(guess)):
            return better
        guess = better
    return guess


def mortgage_yield(bond_yield: float) -> float:
    """Monthly-compounded equivalent of a bond-equivalent yield.

    MY = 1200 ((1 + Y/200)^(1/6) - 1)

    Args:
        bond_yield: per cent a year, semi-annual compounding.
    Returns: per cent a year, monthly compounding.
    Source: Standard Formulas, G.2 (SF-47).

    >>> round(mortgage_yield(9.10675), 5)
    8.93863
    """
    return 1200.0 * (math.pow(1 + bond_yield / 200, 1 / 6) - 1)


# rule 25
def macaulay_duration(flows: Sequence[float], times: Sequence[float], bond_yield: float) -> float:
    """Average time to the flows, weighted by present value.

    D = sum T(k) CF(k) v(k) / P,  v(k) = (1 + Y/200)^(-2 T(k))

    Returns: years.
    Source: Standard Formulas, G.6 (SF-49).

    >>> macaulay_duration([0.0, 100.0], [0.0, 0.5], 10.0)
    0.5
    """
    growth = _growth(bond_yield)
    total = sum(t * cash * math.pow(growth, -2 * t) for cash, t in zip(flows, times, strict=True) if cash)
    return total / price(flows, times, bond_yield)


# rule 25
def modified_duration(flows: Sequence[float], times: Sequence[float], bond_yield: float) -> float:
    """Relative price change for a change of yield, sign reversed.

    modified = D / (1 + Y/200)

    Returns: years.
    Source: Standard Formulas, G.6 (SF-49).

    >>> round(modified_duration([0.0, 100.0], [0.0, 0.5], 10.0), 6)
    0.47619
    """
    return macaulay_duration(flows, times, bond_yield) / _growth(bond_yield)


# rule 25
def convexity(flows: Sequence[float], times: Sequence[float], bond_yield: float) -> float:
    """Second derivative of the price of fixed flows by the yield, relative to the price.

    C = sum T (T + 1/2) CF v / P / (1 + Y/200)^2

    Returns: years squared.
    Source: Standard Formulas, G.7 (SF-49).

    >>> round(convexity([0.0, 100.0], [0.0, 0.5], 10.0), 6)
    0.453515
    """
    growth = _growth(bond_yield)
    total = sum(t * (t + 0.5) * cash * math.pow(growth, -2 * t) for cash, t in zip(flows, times, strict=True) if cash)
    return total / price(flows, times, bond_yield) / growth**2


def effective_duration(price_up: float, price_down: float, initial_price: float, shift: float) -> float:
    """Relative price change between two yields either side, flows allowed to change.

    D = 100 (P(down) - P(up)) / (2 P shift)

    Args:
        price_up: price with yields up by the shift; ``price_down`` with yields down by it.
        shift: per cent (0.10 is ten basis points).
    Source: Standard Formulas, G.8 (SF-50).

    >>> round(effective_duration(99.453, 100.541, 100.0, 0.10), 2)
    5.44
    """
    return 100 * (price_down - price_up) / (2 * initial_price * shift)


def effective_convexity(price_up: float, price_down: float, initial_price: float, shift: float) -> float:
    """Curvature of the price between two yields either side, on the standard's scale (a hundredth of years squared).

    C = 100 (P(up) + P(down) - 2 P) / (P shift^2)

    Args:
        price_up: price with yields up by the shift; ``price_down`` with yields down by it.
        shift: per cent (0.10 is ten basis points).
    Source: Standard Formulas, G.8 (SF-50).

    >>> round(effective_convexity(99.453, 100.541, 100.0, 0.10), 3)
    -0.6
    """
    return 100 * (price_up + price_down - 2 * initial_price) / (initial_price * shift**2)


# rule 25
def accrued_interest(balance: float, coupon: float, days: int) -> float:
    """Interest earned from the first of the month to settlement.

    accrued = balance x coupon x days / 360

    Args:
        balance: dollars, or 100 for per cent of balance.
        coupon: fraction a year.
        days: 30/360 days from the first of the accrual month.
    Source: Standard Formulas, G.1 (SF-51).

    >>> round(accrued_interest(100.0, 0.09, 7), 4)
    0.175
    """
    return balance * coupon * days / 360


def spread(bond_yield: float, life: float, curve: Sequence[tuple[float, float]]) -> float:
    """Yield over a benchmark curve at the average life, between its points linearly, beyond its ends flat.

    spread = 100 (Y - curve(WAL))

    Args:
        bond_yield: per cent a year.
        life: years.
        curve: (years, per cent) points, years rising.
    Returns: basis points.
    Raises: InputError if the curve is empty or its years do not rise.

    >>> spread(6.0, 3.0, [(2.0, 4.0), (4.0, 5.0)])
    150.0
    """
    years = [point[0] for point in curve]
    if not years or any(a >= b for a, b in pairwise(years)):
        raise InputError("curve: give (years, per cent) points in rising order")
    i = bisect_right(years, life)
    if i == 0:
        base = curve[0][1]
    elif i == len(years):
        base = curve[-1][1]
    else:
        (t0, y0), (t1, y1) = curve[i - 1], curve[i]
        base = y0 + (y1 - y0) * (life - t0) / (t1 - t0)
    return 100 * (bond_yield - base)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassMeasures:
    """The measures of one class. Dollars, years, per cent; None where a class has no such thing."""

    label: str
    kind: str
    balance: float
    wal_month: float | None
    wal_30_360: float | None
    first_month: int | None
    last_month: int | None
    principal: float
    interest: float
    loss: float
    price: float
    accrued: float
    bond_yield: float | None
    mortgage_yield: float | None
    macaulay_duration: float | None
    modified_duration: float | None
    convexity: float | None
    spread: float | None

    def as_row(self) -> dict[str, float | int | str | None]:
        """By name, the label as ``class`` and the yield as ``yield``."""
        names = {"label": "class", "bond_yield": "yield"}
        return {names.get(name, name): getattr(self, name) for name in self.__slots__}


class Sale(NamedTuple):
    """How a class is valued: years from settlement to each payment, clean price in per cent of balance or notional.

    ``accrued_days`` are 30/360 days from the first of the month to settlement; ``curve`` the benchmark's points, none
    for no spread.
    """

    times: Sequence[float]
    price: float
    accrued_days: int
    curve: Sequence[tuple[float, float]] = ()


def class_measures(
    label: str,
    kind: str,
    balance: Sequence[float],
    interest: Sequence[float],
    principal: Sequence[float],
    loss: Sequence[float],
    repayments: Sequence[float],
    sale: Sale,
) -> ClassMeasures:
    """All measures of a class from its flows.

    Accrued interest is taken of the first month's interest, 30 days of it. Less than half a cent is no payment: at a
    very negative yield, the dust of the last years would be worth more than the cash of the first.

    Args:
        balance: dollars by month, month 0 first; notional of an IO class.
        interest, principal, loss: dollars by month, entry 0 zero.
        repayments: what average life and window are of: principal in cash, the fall of a notional.
        sale: settlement, price and benchmark.
    """
    times, price, accrued_days, curve = sale
    life = weighted_average_life(repayments, times)
    months = window(repayments)
    accrued = accrued_interest(100.0, 12 * interest[1] / balance[0], accrued_days) if balance[0] >= HALF_CENT else 0.0
    flows = [i + p if abs(i + p) >= HALF_CENT else 0.0 for i, p in zip(interest, principal, strict=True)]
    full = (price + accrued) / 100 * balance[0]
    found = yield_to_price(flows, times, full) if full > 0 and sum(flows) >= HALF_CENT else None
    return ClassMeasures(
        label=label,
        kind=kind,
        balance=balance[0],
        wal_month=weighted_average_life(repayments),
        wal_30_360=life,
        first_month=months[0] if months else None,
        last_month=months[1] if months else None,
        principal=sum(principal),
        interest=sum(interest),
        loss=sum(loss),
        price=price,
        accrued=accrued,
        bond_yield=found,
        mortgage_yield=None if found is None else mortgage_yield(found),
        macaulay_duration=None if found is None else macaulay_duration(flows, times, found),
        modified_duration=None if found is None else modified_duration(flows, times, found),
        convexity=None if found is None else convexity(flows, times, found),
        spread=spread(found, life, curve) if found is not None and life is not None and curve else None,
    )
