"""Shifting interest: the share of class A in unscheduled principal, and the terms of the rules by month."""

from collections.abc import Callable, Sequence
from math import inf
from typing import Any

from ..deal import Deal
from ..errors import DealError
from .assumptions import Assumptions
from .capital import CapitalStructure
from .distribution import TOLERANCE
from .records import Terms


# rule 12 (agreement 14.3)
def senior_share(senior_percent: float, initial_senior_percent: float, shift: float) -> float:
    """Part of unscheduled principal that goes to class A.

    share = 100% while senior% exceeds its initial value, else senior% + g x (100% - senior%)

    Args:
        senior_percent: class A over class A plus subordination, before the distribution, fraction of one.
        initial_senior_percent: the same at the cut-off date.
        shift: g, the part of the subordinated share that still goes to class A on that distribution day.
    Returns: fraction of one.
    Source: "Unscheduled principal", pooling agreements of the shelf, 14.3.

    >>> round(senior_share(0.90, 0.9755, 0.7), 10), senior_share(0.98, 0.9755, 0.7)
    (0.97, 1.0)
    """
    if senior_percent > initial_senior_percent * (1.0 + TOLERANCE):
        return 1.0
    return senior_percent + shift * (1.0 - senior_percent)


# rules 13, 23
def rule_terms(
    deal: Deal,
    assumptions: Assumptions,
    capital: CapitalStructure,
    months: int,
    vector: Callable[[Sequence[float]], Any] = list,
) -> Terms:
    """Assumptions and the filing's call threshold as the kernel needs them.

    Raises: DealError if a call is asked for and the filing states no threshold.
    """
    call_from, call_below = 0, 0.0
    if assumptions.call != "never":
        if deal.rules.call_threshold is None:
            raise DealError("the filing states no clean-up call threshold: use call = never")
        call_from = 1 if assumptions.call == "first" else int(assumptions.call)
        call_below = float(deal.rules.call_threshold)
    initial, elapsed = sum(capital.at_issue.subordinated), deal.elapsed
    schedule = _steps(assumptions.shift_schedule, months + elapsed, 1.0)[elapsed:]
    limits = [inf] * (months + 1)
    if initial:
        limits = [part * initial for part in _steps(assumptions.loss_limits, months + elapsed, inf)[elapsed:]]
    return Terms(
        shift_schedule=vector([schedule[0] if elapsed else schedule[1], *schedule[1:]]),
        loss_limit=vector(limits),
        delinquency=vector(assumptions.by_month("delinquency", "all", months) or ()),
        delinquency_limit=float(assumptions.delinquency_limit),
        two_times_test=assumptions.two_times_test,
        undersubordination_transfer=assumptions.undersubordination_transfer,
        call_from=call_from,
        call_below=call_below,
        elapsed=elapsed,
        losses_before=float(deal.position.cumulative_losses) if deal.position else 0.0,
    )


def _steps(table: Sequence[tuple[int, float]], months: int, before: float) -> list[float]:
    """A table of (first day, value) by month: entry 0 and the days ahead of the first have the value before."""
    values = [before] * (months + 1)
    for day, value in table:
        values[day:] = [value] * max(0, months + 1 - day)
    return values
