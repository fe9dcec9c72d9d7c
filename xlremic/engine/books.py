"""The books of a projection, and what every class receives of them: flows by class with their dates and measures.

The rules keep books by pool and by subordinated class; here the classes of the filing are put together again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ..deal import Deal
from ..errors import InputError
from .assumptions import Assumptions
from .capital import CapitalStructure
from .collateral import CollateralFlows
from .measures import HALF_CENT, ClassMeasures, Sale, class_measures, payment_times
from .records import LineFlows, Paid, Shared, Strips, Trace
from .structures import CutGroups

if TYPE_CHECKING:
    import pandas as pd

USUAL_PRICES = {"senior": 100.0, "subordinated": 100.0, "principal only": 70.0, "interest only": 1.5}
LOWEST_PRICES = (80.0, 60.0, 40.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFlows:
    """One class by month: months + 1 numbers each, month 0 the issue; the balance of an IO class is its notional.

    balance(k) = balance(k-1) - principal(k) - loss(k), but for IO classes. A negative loss is a PO loss made good, a
    negative principal the interest that an accrual class adds to its balance.
    """

    label: str
    kind: str
    balance: Sequence[float]
    interest: Sequence[float]
    principal: Sequence[float]
    loss: Sequence[float]

    # rule 29
    @property
    def accretion(self) -> list[float]:
        """Interest that was not paid in cash but added to the balance."""
        return [max(0.0, -principal) for principal in self.principal]

    @property
    def repayments(self) -> Sequence[float]:
        """What average life and window are of: net reductions of the balance, or the fall of an IO class's notional."""
        if self.kind == "interest only":
            return [0.0, *(a - b for a, b in pairwise(self.balance))]
        return [max(0.0, principal) for principal in self.principal]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrancheFlows:
    """What every class receives, in order of seniority, with the collateral and the rules' trace behind it."""

    deal: Deal
    assumptions: Assumptions
    collateral: CollateralFlows
    classes: tuple[ClassFlows, ...]
    components: Mapping[str, Sequence[float]]
    trace: Mapping[str, Sequence[float]]
    call_month: int | None
    dates: tuple[date, ...]

    @property
    def months(self) -> int:
        """Number of projected months."""
        return self.collateral.months

    def principal_difference(self) -> float:
        """Principal paid to the classes less principal collected, to the clean-up call or the end; zero, but for dust.

        The price of a call is par, so what the classes get then is the balance of the loans.
        """
        collateral, last = self.collateral, self.call_month or self.months
        names = ("scheduled_principal", "prepayments", "recoveries")
        lines = range(len(collateral.lines))
        collected = sum(sum(collateral.column(name, i)[: last + 1]) for name in names for i in lines)
        repurchased = sum(collateral.balance(i)[last] for i in lines) if self.call_month else 0.0
        return sum(sum(one.principal) for one in self.classes) - collected - repurchased

    def to_frame(self) -> "pd.DataFrame":
        """A tidy frame, one row per month and class, month 1 first, IO classes with their notional.

        Columns: month, date, class, beginning_balance, interest, principal, loss, ending_balance.
        """
        import pandas as pd  # noqa: PLC0415 - a projection without a table must not wait for pandas

        n, labels = self.months, [one.label for one in self.classes]

        def column(name: str, first: int, last: int) -> list[float]:
            rows = [getattr(one, name) for one in self.classes]
            return [row[k] for k in range(first, last + 1) for row in rows]

        return pd.DataFrame(
            {
                "month": [k for k in range(1, n + 1) for _ in labels],
                "date": pd.to_datetime([day for day in self.dates[1:] for _ in labels])
                if self.dates
                else [None] * (n * len(labels)),
                "class": labels * n,
                "beginning_balance": column("balance", 0, n - 1),
                "interest": column("interest", 1, n),
                "principal": column("principal", 1, n),
                "loss": column("loss", 1, n),
                "ending_balance": column("balance", 1, n),
            }
        )

    def class_measures(self) -> list[ClassMeasures]:
        """Average life, window, totals, price, yield and duration of every class."""
        settle = settlement_of(self.deal, self.assumptions)
        times = payment_times(self.months, settle, self.dates[1] if self.dates else None)
        prices = class_prices(self.classes, self.assumptions)
        return [
            class_measures(
                one.label,
                one.kind,
                one.balance,
                one.interest,
                one.principal,
                one.loss,
                one.repayments,
                Sale(times, prices[one.label], accrued_days(settle), self.assumptions.curve),
            )
            for one in self.classes
        ]

    def measures(self) -> "pd.DataFrame":
        """``class_measures`` as a frame, one row per class."""
        import pandas as pd  # noqa: PLC0415 - a projection without a table must not wait for pandas

        return pd.DataFrame([one.as_row() for one in self.class_measures()])


def settlement_of(deal: Deal, assumptions: Assumptions) -> date | None:
    """Day on which prices are paid: the assumption, else the day of the balances or the closing; None without them."""
    if assumptions.settlement is not None:
        if (days := distribution_dates(deal, assumptions, 1))[1:] and days[1] < assumptions.settlement:
            raise InputError(
                f"settlement {assumptions.settlement} is after the first distribution, {days[1]}: give an earlier day"
            )
        return assumptions.settlement
    later = deal.position.as_of if deal.position and deal.elapsed else None
    return later or deal.closing_date


def accrued_days(settle: date | None) -> int:
    """30/360 days of interest that a buyer pays for: from the first of the month to settlement."""
    return 0 if settle is None else min(settle.day, 30) - 1


def class_prices(classes: Sequence[ClassFlows], assumptions: Assumptions) -> dict[str, float]:
    """Price by class, per cent of balance or notional: the assumptions', else placeholders by kind of class."""
    juniors = [one.label for one in classes if one.kind == "subordinated"]
    usual = {one.label: USUAL_PRICES[one.kind] for one in classes}
    lowest = zip(reversed(juniors), reversed(LOWEST_PRICES), strict=False)
    return {**usual, **dict(lowest), **assumptions.prices}


@dataclass(frozen=True, slots=True)
class Books:
    """The rows that one scenario fills: of the lines, of the strips, of what is paid, and the rules' trace."""

    flows: LineFlows
    strips: Strips
    paid: Paid
    trace: Trace
    shared: Shared | None = None

    @classmethod
    def blank(cls, capital: CapitalStructure, lines: int, months: int, empty: Callable[[int, int], Any]) -> "Books":
        """Rows of zeros for a deal of so many rep lines, none of its cut; ``empty`` makes a number of them."""
        pools, below = len(capital.pools), len(capital.subordinated)
        by_pool = {name: empty(pools, months) for name in Strips._fields if name != "unsupported"}
        return cls(
            flows=LineFlows(*(empty(lines, months) for _ in LineFlows._fields)),
            strips=Strips(**by_pool, unsupported=empty(1, months)[0]),
            paid=Paid(
                *(empty(below if name.startswith("subordinated") else pools, months) for name in Paid._fields),
            ),
            trace=Trace(*empty(len(Trace._fields), months)),
        )


def tranche_flows(
    deal: Deal,
    assumptions: Assumptions,
    collateral: CollateralFlows,
    capital: CapitalStructure,
    books: Books,
    call_month: int,
) -> TrancheFlows:
    """The books of a distribution as flows by class."""
    classes = class_flows(capital, books, collateral.months)
    over = books.shared.over if books.shared is not None else ()
    trace = {name: list(row) for name, row in books.trace._asdict().items()}
    trace["residual_interest"] = _summed([trace["residual_interest"], *over])
    return TrancheFlows(
        deal=deal,
        assumptions=assumptions,
        collateral=collateral,
        classes=tuple(classes),
        components={pool: list(books.paid.component[p]) for p, pool in enumerate(capital.pools)},
        trace=trace,
        call_month=call_month or None,
        dates=distribution_dates(deal, assumptions, collateral.months),
    )


def class_flows(capital: CapitalStructure, books: Books, months: int) -> list[ClassFlows]:
    """Flows by class in order of seniority: class A by pool, or what it is cut into, then PO, IO and B classes."""
    none = [0.0] * (months + 1)
    paid = books.paid
    senior = (paid.senior_balance, paid.senior_interest, paid.senior_principal, paid.senior_loss)
    by_pool = [
        (group.pools[0], [_class(group.classes[0].label, "senior", *(rows[group.pools[0]] for rows in senior))])
        for group in capital.groups
        if not group.is_cut
    ]
    if capital.cut is not None and books.shared is not None:
        by_pool += _cut_classes(capital.cut, books.shared)
    classes = [one for _, classes in sorted(by_pool, key=lambda found: found[0]) for one in classes]
    for p in range(len(capital.pools)):
        if capital.po[p] >= HALF_CENT:
            label = capital.pool_label("PO", p)
            classes.append(_class(label, "principal only", paid.po_balance[p], none, paid.po_paid[p], paid.po_loss[p]))
    for p in range(len(capital.pools)):
        if capital.has_io[p]:
            label = capital.pool_label("IO", p)
            classes.append(_class(label, "interest only", books.strips.io_notional[p], paid.io_paid[p], none, none))
    for j, label in enumerate(capital.subordinated_labels):
        rows = (
            paid.subordinated_balance, paid.subordinated_interest, paid.subordinated_principal, paid.subordinated_loss,
        )  # fmt: skip
        classes.append(_class(label, "subordinated", *(row[j] for row in rows)))
    return classes


def _cut_classes(cut: CutGroups, shared: Shared) -> Iterator[tuple[int, list[ClassFlows]]]:
    """The classes of each group that is cut, with the number of its first pool."""
    for g, group in enumerate(cut.groups):
        classes = []
        for c, one in enumerate(cut.seniors):
            if cut.group_of(one) == g:
                kind = "interest only" if one.notional_of else "principal only" if one.coupon == 0 else "senior"
                rows = (shared.balance, shared.interest, shared.principal, shared.loss)
                classes.append(_class(one.label, kind, *(row[c] for row in rows)))
        yield group.pools[0], classes


def _class(
    label: str,
    kind: str,
    balance: Sequence[float],
    interest: Sequence[float],
    principal: Sequence[float],
    loss: Sequence[float],
) -> ClassFlows:
    return ClassFlows(
        label=label,
        kind=kind,
        balance=balance,
        interest=interest,
        principal=principal,
        loss=loss,
    )


def _summed(rows: Sequence[Sequence[float]]) -> list[float]:
    return [sum(cells) for cells in zip(*rows, strict=True)]


# rule 21
def distribution_dates(deal: Deal, assumptions: Assumptions, months: int) -> tuple[date, ...]:
    """The cut-off date, then each distribution day, before it moves off a holiday; empty if the filing has no date.

    Without ``first_distribution`` the first is the payment day of the month after the cut-off date. A deal some months
    after issue starts that much later.
    """
    first = assumptions.first_distribution or deal.first_distribution
    start = deal.cut_off_date
    if first is None:
        if start is None:
            return ()
        first = date(start.year + start.month // 12, start.month % 12 + 1, assumptions.payment_day)
    counted = [first.year * 12 + first.month - 1 + deal.elapsed + k for k in range(months)]
    days = tuple(date(count // 12, count % 12 + 1, first.day) for count in counted)
    return (start or first, *days)
