"""The price at which a series is terminated, and what each class gets of it.

The pool description states only the balance below which the call is allowed. Every other term here is an assumption:
the usual words are unpaid principal plus accrued interest at the net rate, plus real estate owned, less what the
servicer has advanced. Whether forborne principal belongs to the unpaid principal has been argued in courts, so both
prices can be had.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import InputError

ONE_MONTH = 30.0
"""Days of accrued interest that are usual, 30/360."""


# rule 23
def termination_price(
    balance: float,
    net_rate: float,
    *,
    days: float = ONE_MONTH,
    forborne: float = 0.0,
    reo: float = 0.0,
    advances: float = 0.0,
    with_forborne: bool = True,
) -> float:
    """What the party that calls pays.

    price = balance (less forborne, if left out) + (balance - forborne) x net rate x days/360 + REO - advances

    Args:
        balance: unpaid principal balance of the loans, forborne principal included, dollars.
        net_rate: rate of the loans after the servicing fee, fraction a year.
        days: days of accrued interest, 30/360; forborne principal bears none.
        forborne: principal that was forborne, dollars, at most the balance.
        reo: real estate owned at its appraised value, dollars.
        advances: advances and fees of the servicer that were not reimbursed, dollars.
        with_forborne: whether forborne principal is paid for.
    Returns: dollars, not below zero.
    Raises: InputError for amounts below zero or out of their bounds.

    >>> termination_price(1_000_000.0, 0.06), termination_price(1_000_000.0, 0.06, forborne=1e5, with_forborne=False)
    (1005000.0, 904500.0)
    """
    if min(balance, forborne, reo, advances) < 0 or forborne > balance:
        raise InputError(f"balance {balance:g}, forborne {forborne:g}, REO {reo:g}, advances {advances:g}: give dollars"
                         " from zero, forborne principal at most the balance")  # fmt: skip
    if not 0 <= net_rate <= 1 or not 0 <= days <= 360:
        raise InputError(f"a net rate of {net_rate:g} over {days:g} days: give a fraction a year, and 0 to 360 days")
    paid_for = balance if with_forborne else balance - forborne
    return max(0.0, paid_for + (balance - forborne) * net_rate * days / 360 + reo - advances)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a class is due at termination, dollars: interest, principal, losses and shortfalls not made good.

    ``rank`` 1 is paid first; equal ranks share in proportion.
    """

    rank: int
    interest: float
    principal: float
    owed: float


def made_whole(available: float, claims: Sequence[Claim]) -> list[Claim]:
    """What each class gets of an amount: by rank, each rank its interest, its principal, then what it is owed.

    Returns: the claims, paid, in their order; what all together do not need is left over.

    >>> [one.principal + one.owed for one in made_whole(120.0, [Claim(1, 0, 100, 10), Claim(2, 0, 50, 0)])]
    [110.0, 10.0]
    """
    paid = {k: Claim(one.rank, 0.0, 0.0, 0.0) for k, one in enumerate(claims)}
    for rank in sorted({one.rank for one in claims}):
        peers = [k for k, one in enumerate(claims) if one.rank == rank]
        parts = []
        for kind in ("interest", "principal", "owed"):
            due = sum(getattr(claims[k], kind) for k in peers)
            part = min(1.0, available / due) if due > 0 else 0.0
            parts.append(part)
            available -= due * part
        for k in peers:
            own = claims[k]
            paid[k] = Claim(rank, own.interest * parts[0], own.principal * parts[1], own.owed * parts[2])
    return list(paid.values())
