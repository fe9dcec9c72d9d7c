"""A month's reported collateral cash distributed by the rules, from the cut-off date on.

A report has the cash of a pool, not of its discount and premium loans. These are taken to prepay, default and recover
alike, as the whole model takes them: each line has the part of its pool's cash that its balance and its terms give it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..deal import Deal
from ..errors import InputError
from .assumptions import Assumptions
from .books import ClassFlows
from .records import LineFlows
from .waterfall import Setup


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolCash:
    """What the loans of a pool did in a month, dollars; ``recoveries`` are liquidations less losses."""

    scheduled: float
    prepayments: float
    recoveries: float
    losses: float

    @property
    def total(self) -> float:
        """What the balance falls by."""
        return self.scheduled + self.prepayments + self.recoveries + self.losses


def recalculated(deal: Deal, assumptions: Assumptions, cash: Sequence[Mapping[str, PoolCash]]) -> list[ClassFlows]:
    """What every class should have got of reported cash, by month from the cut-off date; later months mean nothing.

    Args:
        cash: of every pool by its id, month by month from the first.
    Raises: InputError if a pool lacks its cash, or there are more months than the loans have; DealError as ``run``.
    """
    setup = Setup(replace(deal, position=None), assumptions.replace(call="never"))
    pools = {line.pool for line in setup.lines}
    for k, month in enumerate(cash, 1):
        if lacking := sorted(pools - set(month)):
            raise InputError(f"month {k} has no cash of pool {', '.join(lacking)}")
    if len(cash) > setup.months:
        raise InputError(f"{len(cash)} months are reported, but the loans have {setup.months}")
    return setup.distributed(lambda flows: _fill(setup, cash, flows))


def _fill(setup: Setup, cash: Sequence[Mapping[str, PoolCash]], flows: LineFlows) -> None:
    """The rows of every line: principal due by its terms, the rest by its balance, losses by that of a lag before."""
    loans = setup.loans
    for i, line in enumerate(setup.lines):
        flows.performing_balance[i][0] = line.balance
    for k, month in enumerate(cash, 1):
        for pool, paid in month.items():
            ours = [i for i, line in enumerate(setup.lines) if line.pool == pool]
            before = [flows.performing_balance[i][k - 1] for i in ours]
            due = [balance * loans.amortisation[i][k] for i, balance in zip(ours, before, strict=True)]
            gone = paid.recoveries + paid.losses
            lost_of = [
                balance * loans.survival[i][max(0, k - 1 - loans.lag[i])] / max(loans.survival[i][k - 1], 1e-12)
                for i, balance in zip(ours, before, strict=True)
            ]
            after = [balance - part for balance, part in zip(before, due, strict=True)]
            for i, scheduled, prepaid, liquidated, lost in zip(
                ours, _parts(paid.scheduled, due), _parts(paid.prepayments, after), _parts(gone, before),
                _parts(paid.losses, lost_of), strict=True,
            ):  # fmt: skip
                flows.scheduled_principal[i][k], flows.prepayments[i][k] = scheduled, prepaid
                flows.recoveries[i][k], flows.losses[i][k] = liquidated - lost, lost
                flows.performing_balance[i][k] = flows.performing_balance[i][k - 1] - scheduled - prepaid - liquidated


def _parts(amount: float, weights: Sequence[float]) -> list[float]:
    """An amount in proportion to weights; all to the first where there are none."""
    total = sum(weights)
    if total <= 0.0:
        return [amount, *(0.0 for _ in weights[1:])]
    return [amount * weight / total for weight in weights]
