"""Credit support of classes and the clean-up call test: plain numbers in, plain numbers out.

Everything here takes ``float``, ``Decimal`` or ``Fraction`` alike and answers in the same kind, so that the reading
half ties printed figures out exactly and the engine compares the same rule in floating point. It knows no deal.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor, isfinite
from typing import TypeVar

from .errors import InputError

N = TypeVar("N", float, Decimal, Fraction)
_SENIORITY = re.compile(
    r"(?:[IVX]+-?|[1-9]\d?-(?![MB]))?(?P<family>A|P|X|IO|PO|R|LR|UR|M|B)(?:-?(?P<number>\d+)\w*|-\w+)?\Z"
)


def seniority(label: str) -> tuple[int, int]:
    """Place of a class in the order of seniority, by its label: senior classes share one, then M, then B-1, B-2 ...

    Raises: InputError if the label tells nothing.
    Source: the labels of this shelf: A, IA, IIA, 1-A1, A-PO, R are senior.

    >>> seniority("IIA-PO"), seniority("1-A1"), seniority("M-1"), seniority("B-2")
    ((0, 0), (0, 0), (1, 1), (2, 2))
    """
    match = _SENIORITY.match(label)
    if match is None:
        raise InputError(f"the place of class {label} in the order of seniority is unknown")
    if match["family"] in ("M", "B"):
        return ("M", "B").index(match["family"]) + 1, int(match["number"] or 0)
    return 0, 0


# rule 24
def subordination_levels(balances: Sequence[N], ranks: Sequence[int]) -> list[N]:
    """Share of all classes that absorbs losses before each class does.

    level[i] = sum of balances ranked below i / sum of all balances

    Args:
        balances: principal balance of each of n classes, dollars, all of one numeric kind.
        ranks: n integers, 1 is paid first; equal ranks give each other no support.
    Returns: n fractions of one in the order given, unrounded.
    Raises: InputError if lengths differ, a balance is negative, or the sum is zero.
    Source: 8-K class table and its footnote, read as "classes below" (the literal words give other figures).
    In cells: =SUMIF(ranks, ">"&rank, balances)/SUM(balances)

    >>> subordination_levels([90.0, 6.0, 4.0], [1, 2, 3])
    [0.1, 0.04, 0.0]
    """
    if len(balances) != len(ranks):
        raise InputError(f"{len(balances)} balances but {len(ranks)} ranks: give one rank for each class")
    total = _total(balances)
    nothing = total - total
    return [
        sum((below for below, its_rank in zip(balances, ranks, strict=True) if its_rank > rank), nothing) / total
        for rank in ranks
    ]


def class_percentages(balances: Sequence[N]) -> list[N]:
    """Share of all classes that each class is.

    percentage[i] = balance[i] / sum of all balances

    Args:
        balances: principal balance of each of n classes, dollars, all of one numeric kind.
    Returns: n fractions of one in the order given, unrounded.
    Raises: InputError if a balance is negative, or the sum is zero.
    Source: "class percentage" of this shelf's pooling agreements.
    In cells: =balances/SUM(balances)

    >>> class_percentages([90.0, 6.0, 4.0])
    [0.9, 0.06, 0.04]
    """
    total = _total(balances)
    return [balance / total for balance in balances]


def call_threshold(cut_off_balance: N, percent: N) -> N:
    """Pool balance below which the clean-up call may be exercised.

    threshold = percent x cut_off_balance, rounded half up to the cent

    The product is taken of the decimal digits as written, so a ``float`` rounds as its printed figure does.

    Args:
        cut_off_balance: aggregate scheduled principal balance of all pools at the cut-off date, dollars.
        percent: fraction of one (ten per cent is 0.10), of the same numeric kind.
    Returns: dollars, in the kind given.
    Raises: InputError if the balance is negative or not finite, or the fraction is not between zero and one.
    Source: 8-K, right to repurchase all mortgage loans: 10% of $493,641,377.57 is printed $49,364,137.76.
    In cells: =ROUND(percent*cut_off_balance, 2)

    >>> call_threshold(493_641_377.57, 0.10)
    49364137.76
    """
    if not isfinite(cut_off_balance) or cut_off_balance < 0:
        raise InputError(f"cut-off balance {cut_off_balance}: give dollars, zero or more")
    if not 0 <= percent <= 1:
        raise InputError(f"call percentage {percent}: give a fraction of one, such as 0.10 for ten per cent")
    cents = floor(_as_written(cut_off_balance) * _as_written(percent) * 100 + Fraction(1, 2))
    if isinstance(cut_off_balance, Decimal):
        return Decimal(cents).scaleb(-2)
    if isinstance(cut_off_balance, Fraction):
        return Fraction(cents, 100)
    return cents / 100


def is_callable(current_balance: N, threshold: N) -> bool:
    """Whether the clean-up call may be exercised: the balance is strictly less than the threshold.

    callable = current_balance < threshold

    Args:
        current_balance: aggregate scheduled principal balance at the time of repurchase, dollars.
        threshold: dollars, see ``call_threshold``.
    Source: 8-K, "less than"; a balance of exactly the threshold is not callable.
    In cells: =current_balance<threshold

    >>> is_callable(49_364_137.76, 49_364_137.76), is_callable(49_364_137.75, 49_364_137.76)
    (False, True)
    """
    return current_balance < threshold


def _total(balances: Sequence[N]) -> N:
    for balance in balances:
        if not isfinite(balance) or balance < 0:
            raise InputError(f"class balance {balance}: give dollars, zero or more")
    if not balances or not any(balances):
        raise InputError("the class balances add up to zero: there is nothing to take a share of")
    return sum(balances[1:], balances[0])


def _as_written(number: float | Decimal | Fraction) -> Fraction:
    return Fraction(repr(number)) if isinstance(number, float) else Fraction(number)
