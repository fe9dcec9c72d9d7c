"""What the checks of a filing come to: it ties, ties in part, fails, or was not read far enough to tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..deal import Deal
from .facts import Reading
from .findings import Finding, Status

CLASSES_SUM = "classes_sum"


class Outcome(StrEnum):
    """TIES_IN_PART: no check fails, but numbers were not understood. NOT_ENOUGH: what a deal is made of is missing."""

    TIES = "ties"
    TIES_IN_PART = "ties, but numbers were not understood"
    FAILS = "fails"
    NOT_ENOUGH = "not enough read"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome, how many numbers were not understood, and what is missing for a deal."""

    outcome: Outcome
    unread: int
    missing: tuple[str, ...]

    def __str__(self) -> str:
        if self.outcome is Outcome.NOT_ENOUGH:
            return f"{self.outcome}: {', '.join(self.missing)}"
        if self.outcome is Outcome.TIES_IN_PART:
            return f"ties, but {self.unread} number{'s were' if self.unread > 1 else ' was'} not understood"
        return str(self.outcome)


def verdict(reading: Reading, deal: Deal, findings: Sequence[Finding]) -> Verdict:
    """A deal ties only where its balance, its classes and its coupon could be evaluated, and no check fails."""
    evaluated = {finding.family for finding in findings if finding.status is not Status.NOT_EVALUATED}
    needed = {
        "no balance of all mortgage loans": deal.all.aggregate_scheduled_principal_balance is not None,
        "no classes that add up to it": CLASSES_SUM in evaluated,
        "no coupon of each pool": all(pool.weighted_average_coupon is not None for pool in deal.pools),
    }
    missing = tuple(what for what, there in needed.items() if not there)
    unread = reading.token_counts()["unread"]
    if any(finding.status is Status.FAIL for finding in findings):
        return Verdict(Outcome.FAILS, unread, missing)
    if missing:
        return Verdict(Outcome.NOT_ENOUGH, unread, missing)
    return Verdict(Outcome.TIES_IN_PART if unread else Outcome.TIES, unread, missing)
