"""The loans of a deal as rep lines: each level-payment loan that is projected, with its pool's strips.

A pool of a filing is its discount and its premium loans, one line each, because that is what the filing gives averages
for; a pool without sub-pools is one line. A pool of a deal file has a line for each of its loans.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, floor

from ..deal import Deal, Loan, Pool, SubPool
from ..errors import DealError
from .assumptions import Assumptions
from .speeds import seasoned_month
from .strips import io_rate, po_fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class RepLine:
    """Loans of one pool taken as one: balances in dollars, rates in fractions a year, terms in months."""

    pool: str
    label: str
    balance: float
    gross_rate: float
    servicing_fee_rate: float
    target_rate: float
    term: float
    first_month: int
    lag: int

    # rule 6
    @property
    def net_rate(self) -> float:
        """Gross rate less the servicing fee."""
        return self.gross_rate - self.servicing_fee_rate

    @property
    def po_fraction(self) -> float:
        """Part of each dollar of principal that is the PO strip's."""
        return po_fraction(self.net_rate, self.target_rate)

    @property
    def io_rate(self) -> float:
        """Interest above the target rate."""
        return io_rate(self.net_rate, self.target_rate)

    @property
    def months(self) -> int:
        """Month of the last payment."""
        return ceil(self.term)


# rules 1, 2
def rep_lines(deal: Deal, assumptions: Assumptions) -> tuple[RepLine, ...]:
    """The lines that stand for a deal's loans, in the filing's order of pools, discount before premium.

    A deal some months after issue has the same lines, older by those months; every balance is scaled by what the
    classes have left, since reports give no balance by sub-pool.

    Raises: DealError that names the pool and the facts it lacks, or sub-pools that do not add up to their pool, or
        that the loans' rates adjust.
    """
    if deal.adjustable:
        raise DealError(f"series {deal.series}: the rates of its loans adjust; only fixed rates can be projected")
    lines = tuple(line for pool in deal.pools for line in _lines(deal, pool, assumptions))
    if deal.position is None:
        return lines
    factor = float(sum(deal.class_balances) / sum(one.class_initial_principal_balance for one in deal.tranches))
    aged = []
    for line in lines:
        if line.term <= deal.elapsed:
            raise DealError(f"{line.label}: {deal.elapsed} months after issue its term of {line.term:g} months is over")
        aged.append(
            replace(
                line,
                balance=line.balance * factor,
                term=line.term - deal.elapsed,
                first_month=line.first_month + deal.elapsed,
            )
        )
    return tuple(aged)


def _lines(deal: Deal, pool: Pool, assumptions: Assumptions) -> list[RepLine]:
    loans = [loan for loan in deal.loans if loan.pool == pool.id]
    return loan_lines(loans, assumptions) if loans else _pool_lines(pool, assumptions)


def has_strips(deal: Deal, pool: str, assumptions: Assumptions) -> bool:
    """Whether a pool has ratio strips of its own: one of a filing always, one of a deal file with a target rate."""
    if not deal.loans or assumptions.of_pool("target_rate", pool) is not None:
        return True
    return any(loan.target_rate is not None for loan in deal.loans if loan.pool == pool)


# rules 1, 2, 6
def loan_lines(loans: Sequence[Loan], assumptions: Assumptions) -> list[RepLine]:
    """The loans of one pool of a deal file, each its own line with its own net rate and age.

    Without a target rate the lowest net rate is one: nothing is principal only, and what is above is class A's too.
    """
    pool, lowest = loans[0].pool, min(float(loan.net_rate) for loan in loans)
    target, given_age = (assumptions.of_pool(term, pool) for term in ("target_rate", "loan_age"))
    lag, lines = int(assumptions.of_pool("lag", pool)), []
    for loan in loans:
        own = lowest if loan.target_rate is None else float(loan.target_rate)
        age, term = float(loan.age if given_age is None else given_age), float(loan.remaining_term)
        lines.append(
            RepLine(
                pool=pool,
                label=loan.label,
                balance=float(loan.balance),
                gross_rate=float(loan.rate),
                servicing_fee_rate=float(loan.rate - loan.net_rate),
                target_rate=own if target is None else float(target),
                term=floor(term + 0.5) if assumptions.whole_months else term,
                first_month=seasoned_month(floor(age + 0.5) if assumptions.whole_months else age),
                lag=lag,
            )
        )
    return lines


def _pool_lines(pool: Pool, assumptions: Assumptions) -> list[RepLine]:
    parts: list[tuple[str, Pool | SubPool]] = [
        (f"{pool.id} {kind}", part)
        for kind, part in (("discount", pool.discount), ("premium", pool.premium))
        if part is not None
    ] or [(pool.id, pool)]
    facts = ("aggregate_scheduled_principal_balance", "weighted_average_coupon", "weighted_average_remaining_term")
    missing = [f"{label}: {fact}" for label, part in parts for fact in facts if getattr(part, fact) is None]
    if missing:
        raise DealError(f"pool {pool.id} cannot be projected, the filing lacks {', '.join(missing)}")
    age = _age(pool, assumptions)
    balances = _balances(pool, [part for _, part in parts])
    boundaries = [part.net_loan_rate for _, part in parts if isinstance(part, SubPool) and part.net_loan_rate]
    fee = float(assumptions.of_pool("servicing_fee_rate", pool.id))
    target = assumptions.of_pool("target_rate", pool.id)
    lines = []
    for (label, part), balance in zip(parts, balances, strict=True):
        rate, term = float(part.weighted_average_coupon or 0), float(part.weighted_average_remaining_term or 0)
        if rate < fee:
            raise DealError(f"{label}: a servicing fee of {fee} is more than the gross rate of {rate}")
        if target is None:
            target = float(boundaries[0]) if boundaries else rate - fee
        lines.append(
            RepLine(
                pool=pool.id,
                label=label,
                balance=balance,
                gross_rate=rate,
                servicing_fee_rate=fee,
                target_rate=float(target),
                term=floor(term + 0.5) if assumptions.whole_months else term,
                first_month=seasoned_month(floor(age + 0.5) if assumptions.whole_months else age),
                lag=int(assumptions.of_pool("lag", pool.id)),
            )
        )
    return lines


def _age(pool: Pool, assumptions: Assumptions) -> float:
    given = assumptions.of_pool("loan_age", pool.id)
    if given is not None:
        return float(given)
    original, remaining = pool.weighted_average_original_term, pool.weighted_average_remaining_term
    if original is None or remaining is None or original < remaining:
        raise DealError(
            f"pool {pool.id}: the age of the loans does not follow from an original term of {original} and a remaining "
            f"term of {remaining} months; give the assumption loan_age"
        )
    return float(original - remaining)


def _balances(pool: Pool, parts: Sequence[Pool | SubPool]) -> list[float]:
    """Balances of a pool's parts; sub-pools printed in whole dollars leave cents over, which the largest part takes."""
    stated = [part.aggregate_scheduled_principal_balance or 0 for part in parts]
    total = pool.aggregate_scheduled_principal_balance
    if total is None:
        return [float(balance) for balance in stated]
    over = total - sum(stated)
    if abs(over) > len(parts):
        raise DealError(f"pool {pool.id}: its sub-pools add up to {sum(stated)}, but the pool is {total}")
    largest = stated.index(max(stated))
    return [float(balance + over) if i == largest else float(balance) for i, balance in enumerate(stated)]
