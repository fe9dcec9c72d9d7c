"""What ``check`` does with a deal file: its classes and coupons fit its loans, and every dollar is some class's."""

from collections.abc import Iterator
from decimal import Decimal

from ..deal import Deal
from ..engine.assumptions import Assumptions
from ..engine.books import TrancheFlows
from ..engine.waterfall import run
from ..reading.findings import Finding, Status

INDEX = 0.05
"""Rate of every index while a deal file is checked; that no rate takes more than there is was seen when it was read."""
SPEEDS = {"0 PSA": (0.0, 0.0), "300 PSA": (300.0, 0.0), "900 PSA": (900.0, 0.0), "200 PSA, 3% CDR": (200.0, 0.03)}
CENT = Decimal("0.01")


def deal_findings(deal: Deal) -> tuple[Finding, ...]:
    """Principal and interest of a deal file's classes against its loans, at several speeds.

    Raises: InputError if its classes do not fit its loans.
    """
    return tuple(finding for name, terms in SPEEDS.items() for finding in _tied(deal, name, *terms))


def _tied(deal: Deal, name: str, psa: float, cdr: float) -> Iterator[Finding]:
    flows = run(deal, Assumptions(psa=psa, cdr=cdr, index_rates=INDEX))
    lines = range(len(flows.collateral.lines))
    earned = sum(sum(flows.collateral.line_table(i)["net_interest"]) for i in lines)
    paid = sum(sum(one.interest) for one in flows.classes) + sum(flows.trace["residual_interest"])
    yield _finding("principal", name, flows.principal_difference(), "principal of the classes less that of the loans")
    yield _finding("interest", name, paid - earned, "interest of the classes, and what is over, less that of the loans")
    yield _finding("balance", name, _left(flows), "what classes have left when the last loan is repaid")


def _left(flows: TrancheFlows) -> float:
    return sum(one.balance[-1] for one in flows.classes if one.kind != "interest only")


def _finding(family: str, scope: str, difference: float, says: str) -> Finding:
    found = Decimal(repr(round(difference, 6) + 0.0))
    return Finding(
        family=family,
        scope=scope,
        status=Status.PASS if abs(found) <= CENT else Status.FAIL,
        difference=found,
        tolerance=CENT,
        unit="USD",
        says=says,
    )
