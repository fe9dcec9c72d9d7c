"""Measures of one class in plain loops that numba can compile: what a grid takes of every scenario."""

from collections.abc import Sequence

from .measures import HALF_CENT


def summarise(
    balance: Sequence[float],
    interest: Sequence[float],
    principal: Sequence[float],
    loss: Sequence[float],
    repayments: Sequence[float],
    io: bool,
) -> tuple[float, float, float, float, float, float]:
    """Average life (month/12), first and last month of principal, and totals of one class, in one pass.

    An average life of not a number, and months of zero, say that no principal is paid. An IO class is measured by the
    fall of its notional.

    >>> summarise([10.0, 4.0, 0.0], [0.0, 0.5, 0.25], [0.0, 6.0, 4.0], [0.0] * 3, [0.0, 6.0, 4.0], False)[1:]
    (1.0, 2.0, 10.0, 0.75, 0.0)
    """
    weighted, repaid, paid, earned, lost, first, last = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(1, len(balance)):
        falls = balance[k - 1] - balance[k] if io else repayments[k]
        earned += interest[k]
        paid += principal[k]
        lost += loss[k]
        if falls > 0.0:
            weighted += k * falls
            repaid += falls
            if falls >= HALF_CENT:
                last = float(k)
                if first == 0.0:
                    first = float(k)
    return (weighted / repaid / 12 if repaid >= HALF_CENT else float("nan")), first, last, paid, earned, lost


# rule 25
def monthly_yield(interest: Sequence[float], principal: Sequence[float], first: float, full_price: float) -> float:
    """``yield_to_price`` for payments a month apart, in one plain loop that numba can compile.

    The discount factor of a month follows from the one before: v(k+1) = v(k) (1 + Y/200)^(-1/6). Less than half a
    cent is no payment.

    Args:
        interest: cash by month, entry 0 zero; the principal is added to it.
        principal: cash by month, entry 0 zero.
        first: years from settlement to the payment of month 1.
        full_price: what the flows cost, in their unit, positive.
    Returns: per cent a year; not a number if no yield between -190% and 1,000,000% gives that price.
    Source: Standard Formulas, G.1 (SF-46).

    >>> round(monthly_yield([0.0] * 7, [0.0] * 6 + [100.0], 1 / 12, 95.238095238), 6)
    10.0
    """
    low, high, guess = -190.0, 1e6, 6.0
    for _ in range(200):
        growth = 1.0 + guess / 200.0
        monthly = growth ** (-1.0 / 6.0)
        factor, at = growth ** (-2.0 * first), first
        value, slope = 0.0, 0.0
        for k in range(1, len(interest)):
            cash = interest[k] + principal[k]
            if cash >= HALF_CENT or cash <= -HALF_CENT:
                present = cash * factor
                value += present
                slope -= at * present
            factor *= monthly
            at += 1.0 / 12.0
        if value > full_price:
            low = guess
        else:
            high = guess
        slope /= 100.0 * growth
        better = guess + (full_price - value) / slope if slope != 0.0 else low
        if not low < better < high:
            better = (low + high) / 2.0
        if abs(better - guess) < 1e-11 * max(1.0, abs(guess)):
            return better if abs(value - full_price) <= 1e-6 * full_price else float("nan")
        guess = better
    return float("nan")
