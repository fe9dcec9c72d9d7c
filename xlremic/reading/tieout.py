"""Everything in a filing that can be tied out or bounded, in exact arithmetic: the list of checks, and running them.

A check without its inputs is ``not_evaluated``, which is not a pass.
"""

from ..deal import Deal
from . import bounds, identities
from .facts import Reading
from .findings import Check, Finding, Status, shown
from .identities import BALANCE, CALL_PERCENT

__all__ = ["BALANCE", "CALL_PERCENT", "CHECKS", "Finding", "Status", "shown", "tie_out"]

CHECKS: tuple[Check, ...] = (
    identities.pools_sum,
    identities.pools_weighted,
    identities.zip_code_bounds,
    identities.sub_pools,
    identities.classes_sum,
    identities.subordination,
    identities.call,
    identities.documentation,
    bounds.term_order,
    bounds.dates,
    bounds.series,
    bounds.loan_dates,
    bounds.sizes,
    identities.shares_weighted,
    bounds.principal_due,
    bounds.term_bounds,
    bounds.ages,
    bounds.loan_to_value,
    bounds.concentration,
    bounds.loss_limits,
    bounds.prospectus_age,
)


def tie_out(reading: Reading, deal: Deal) -> tuple[Finding, ...]:
    """Every check, in the order of ``CHECKS``."""
    return tuple(finding for check in CHECKS for finding in check(reading, deal))
