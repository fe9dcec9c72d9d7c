"""The trustee recalculated: what each class was reported to get, against what the rules give it of the same cash."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from ..deal import Deal
from ..engine.assumptions import Assumptions
from ..engine.books import ClassFlows
from ..engine.measures import HALF_CENT
from ..engine.recalculation import PoolCash, recalculated
from ..engine.rules import Rule, together
from ..errors import InputError
from ..files import read_whole
from ..reading.trustee import ALL, month_number
from .entering import Ours
from .history import Line, Past
from .history_columns import OF_CLASS, OF_PART, OF_POOL
from .inputs import deal_and_assumptions, has_projection
from .reporting import Parts, parts_of

_CASH = ("scheduled_principal", "prepayments", "liquidations", "loss")
_RULES: Mapping[str, Mapping[str, tuple[Rule, ...]]] = {
    "senior": {
        "interest": (Rule.SHORT_POOL, Rule.INTEREST_AND_DATES),
        "principal": (Rule.SHIFTING_INTEREST, Rule.STEP_TESTS),
        "loss": (Rule.LOSSES,),
    },
    "principal only": {"principal": (Rule.DISCOUNT_LOANS, Rule.PO_LOSSES), "loss": (Rule.PO_LOSSES,)},
    "interest only": {"interest": (Rule.PREMIUM_LOANS, Rule.SHORT_POOL), "ending_balance": (Rule.PREMIUM_LOANS,)},
    "subordinated": {
        "interest": (Rule.ORDER, Rule.INTEREST_AND_DATES),
        "principal": (Rule.AMONG_SUBORDINATED,),
        "loss": (Rule.LOSSES,),
    },
}
"""What is compared of each kind of class, and the rules that decide it."""
_FLOWS = {"interest": "interest", "principal": "principal", "loss": "loss", "ending_balance": "balance"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A figure of a class in a month, dollars: reported, computed, what rounding allows, and the rule that decides."""

    day: date
    label: str
    item: str
    reported: float
    computed: float
    tolerance: float
    rule: str

    @property
    def difference(self) -> float:
        return self.reported - self.computed

    @property
    def agrees(self) -> bool:
        return abs(self.difference) <= self.tolerance


def recalculation(path: str | Path) -> list[Compared]:
    """Every reported figure of a workbook's months against the rules, from the cut-off date on.

    Raises: InputError if the workbook has no projection, no months, or a month without the cash of its pools.
    """
    path = Path(path)
    ours = Ours.of(read_whole(path), path)
    if not has_projection(ours.book) or not ours.in_lines:
        raise InputError(f"{path} has no projection whose rules could distribute anything; build it with one")
    deal, assumptions = deal_and_assumptions(ours.book)
    return months_compared(ours.past, deal, assumptions, parts_of(ours.book, ours.labels))


def months_compared(past: Past, deal: Deal, assumptions: Assumptions, parts: Parts) -> list[Compared]:
    """Every reported figure of a history against the rules. Raises as ``recalculation`` does."""
    days = _days(past)
    late = tuple(float(past.of(day, OF_POOL)[ALL].figures.get("delinquency", 0)) for day in days)
    cash = [_cash(past, day, deal) for day in days]
    flows = recalculated(deal, assumptions.replace(delinquency=late), cash)
    return list(_compared(past, days, cash, flows, parts))


def _days(past: Past) -> list[date]:
    days = [day for day in past.days if day is not None]
    if len(days) < 2:
        raise InputError("History has no month that could be recalculated: put a report in with update --report")
    for before, day in pairwise(days):
        if month_number(day) != month_number(before) + 1:
            raise InputError(
                f"History lacks the months between {before:%B %Y} and {day:%B %Y}: the rules go from month to month"
            )
    return days[1:]


def _cash(past: Past, day: date, deal: Deal) -> dict[str, PoolCash]:
    lines = past.of(day, OF_POOL)
    found = {}
    for pool in deal.pools:
        line = lines.get(pool.id)
        lacking = [key for key in _CASH if line is None or key not in line.figures]
        if line is None or lacking:
            raise InputError(
                f"History has no {', '.join(lacking)} of pool {pool.id} in {day:%B %Y}: the rules distribute the cash"
                " of every pool"
            )
        scheduled, prepaid, liquidated, lost = (float(line.figures[key]) for key in _CASH)
        found[pool.id] = PoolCash(scheduled=scheduled, prepayments=prepaid, recoveries=liquidated, losses=lost)
    return found


def _compared(
    past: Past, days: Sequence[date], cash: Sequence[Mapping[str, PoolCash]], flows: Sequence[ClassFlows], parts: Parts
) -> Iterator[Compared]:
    by_label = {one.label: one for one in flows}
    rounding = 0.0
    for k, day in enumerate(days, 1):
        of_month = len(_CASH) * len(cash[k - 1]) * HALF_CENT
        rounding += of_month
        of_parts = past.of(day, OF_PART)
        for line in (*past.of(day, OF_CLASS).values(), *of_parts.values()):
            if any(parts.of.get(part) == line.name for part in of_parts):
                continue  # its parts are compared
            own = _own(line, by_label, parts)
            for item, rules in _RULES[own[0].kind].items() if own else ():
                if item in line.figures and (len(own) == 1 or item != "ending_balance"):
                    yield _figure(line, item, k, own, rules, (of_month, rounding))


def _own(line: Line, by_label: Mapping[str, ClassFlows], parts: Parts) -> list[ClassFlows]:
    """The classes of the projection that a line is of."""
    if line.name in parts.rest:
        return [by_label[parts.rest[line.name]]]
    labels = [part for part, whole in parts.of.items() if whole == line.name] or [line.name]
    return [by_label[parts.rest.get(label, label)] for label in labels if parts.rest.get(label, label) in by_label]


def _figure(
    line: Line, item: str, k: int, own: Sequence[ClassFlows], rules: Sequence[Rule], rounding: tuple[float, float]
) -> Compared:
    """The tolerance is half a cent of the figure, and what the cents of all cash so far may have moved."""
    rows = [one for one in own if item == "interest" or len(own) == 1 or one.kind != "interest only"]
    computed = sum(getattr(one, _FLOWS[item])[k] for one in rows)
    of_month, so_far = rounding
    before = sum(one.balance[k - 1] for one in rows)
    moved = so_far * abs(computed) / before if item == "interest" and before > 0 else of_month + so_far
    assert line.as_of is not None  # noqa: S101 - a line of a month has its day
    return Compared(
        day=line.as_of, label=line.name, item=item.replace("_", " "), reported=float(line.figures[item]),
        computed=computed, tolerance=HALF_CENT * len(rows) + moved, rule=together(*rules),
    )  # fmt: skip
