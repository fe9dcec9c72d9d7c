"""Everything in a filing that can be tied out or bounded, in exact arithmetic: the list of checks, and running them.

A check without its inputs is ``not_evaluated``, which is not a pass.
"""

from dataclasses import replace

from ..deal import Deal
from ..errors import DealError
from . import bounds, identities
from .assemble import assemble
from .byhand import told
from .facts import Fact, Reading
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
    """Every check, in the order of ``CHECKS``; one that comes out otherwise without a fact by hand says so."""
    findings = _findings(reading, deal)
    given = reading.by_hand
    if not given or len(given) == len(reading.facts):  # where all is by hand, each check is of nothing else
        return findings
    says = {finding.id: finding.says for finding in findings}
    for fact in given:
        before = {one.id: one for one in _without(reading, fact)}
        for finding in findings:
            old = before.get(finding.id)
            if old is None or (old.status, old.difference) != (finding.status, finding.difference):
                says[finding.id] += f"; {told(fact)}"
    return tuple(replace(finding, says=says[finding.id]) for finding in findings)


def _findings(reading: Reading, deal: Deal) -> tuple[Finding, ...]:
    return tuple(finding for check in CHECKS for finding in check(reading, deal))


def _without(reading: Reading, given: Fact) -> tuple[Finding, ...]:
    """The checks if that fact were not there; none if there were no deal either."""
    rest = replace(reading, facts=tuple(fact for fact in reading.facts if fact is not given))
    try:
        return _findings(rest, assemble(rest))
    except DealError:
        return ()
