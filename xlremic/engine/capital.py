"""Who holds what at the start: the strips of each pool, its class A and how that is cut, the subordinated classes.

The filing gives one class table for the whole series, so the split over pools is ours: every pool's target-rate strip
carries the same percentage of subordination, and class A of the pool is the rest of the strip. PO strips come out of
class A. A structure without subordination is the same with nothing subordinated: its classes are cuts of one class A.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from ..deal import Deal, Tranche
from ..errors import DealError, InputError
from .assumptions import Assumptions, SeniorClass, Structure
from .collateral import RepLine


@dataclass(frozen=True, slots=True, kw_only=True)
class SeniorGroup:
    """Class A of one pool, or of all, and the classes it is cut into, in the order of their rank."""

    pools: tuple[int, ...]
    classes: tuple[SeniorClass, ...]

    @property
    def is_cut(self) -> bool:
        """Whether the classes are more than class A of one pool itself."""
        return len(self.pools) > 1 or len(self.classes) > 1 or self.classes[0].coupon is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class AtIssue:
    """What the rules compare with: the subordinated classes and all classes at issue, and class A over the strips."""

    subordinated: tuple[float, ...]
    total: float
    senior_percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CapitalStructure:
    """Balances at the start in dollars: per pool the target-rate strip's parts and the PO strip, per class the rest."""

    pools: tuple[str, ...]
    target_rates: tuple[float, ...]
    senior: tuple[float, ...]
    components: tuple[float, ...]
    po: tuple[float, ...]
    has_io: tuple[bool, ...]
    subordinated: tuple[float, ...]
    subordinated_labels: tuple[str, ...]
    groups: tuple[SeniorGroup, ...]
    at_issue: AtIssue

    def pool_label(self, kind: str, pool: int) -> str:
        """Label of a class that each pool has one of: ``PO`` in a deal of one pool, ``PO-II`` in a deal of several."""
        return kind if len(self.pools) == 1 else f"{kind}-{self.pools[pool]}"


# rule 16
def capital_structure(deal: Deal, assumptions: Assumptions, lines: Sequence[RepLine]) -> CapitalStructure:
    """Classes of a deal on its rep lines.

    component(p) = strip(p) x subordinated / sum of strips;  A(p) = strip(p) - component(p)

    Raises: DealError if classes and pools do not add up to the same; InputError if class A cannot be cut as asked.
    """
    pools = tuple(dict.fromkeys(line.pool for line in lines))
    strips, po = [0.0] * len(pools), [0.0] * len(pools)
    for line in lines:
        pool = pools.index(line.pool)
        po[pool] += line.balance * line.po_fraction
        strips[pool] += line.balance * (1.0 - line.po_fraction)
    ranks = [tranche.rank for tranche in deal.tranches]
    if not ranks:
        raise DealError(f"series {deal.series}: the filing gives no classes")
    now = dict(zip((tranche.label for tranche in deal.tranches), map(float, deal.class_balances), strict=True))
    stated = sum(now.values())
    if abs(stated - sum(strips) - sum(po)) > 1.0:
        raise DealError(f"the classes add up to {stated:,.2f}, but the pools to {sum(strips) + sum(po):,.2f}")
    plain = assumptions.structure is not Structure.SHIFTING_INTEREST
    top = max(ranks) if plain else min(ranks)
    below = sorted((tranche for tranche in deal.tranches if tranche.rank > top), key=lambda tranche: tranche.rank)
    subordinated = tuple(now[tranche.label] for tranche in below)
    first = tuple(float(tranche.class_initial_principal_balance) for tranche in below)
    issued = float(sum(tranche.class_initial_principal_balance for tranche in deal.tranches))
    scale = issued / stated if deal.position else 1.0
    share = sum(subordinated) / sum(strips)
    if share >= 1.0:
        raise DealError(f"subordinated classes of {sum(subordinated):,.2f} leave nothing for class A")
    senior = tuple(strip * (1.0 - share) for strip in strips)
    target_rates = tuple(next(line.target_rate for line in lines if line.pool == pool) for pool in pools)
    senior_tranches = [(tranche, now[tranche.label]) for tranche in deal.tranches if tranche.rank <= top]
    return CapitalStructure(
        pools=pools,
        target_rates=target_rates,
        senior=senior,
        components=tuple(strip * share for strip in strips),
        po=tuple(po),
        has_io=tuple(any(line.io_rate > 0 for line in lines if line.pool == pool) for pool in pools),
        subordinated=subordinated,
        subordinated_labels=tuple(tranche.label for tranche in below),
        groups=_groups(pools, senior, target_rates, senior_tranches, assumptions),
        at_issue=AtIssue(
            subordinated=first,
            total=(sum(strips) + sum(po)) * scale,
            senior_percent=1.0 - sum(first) / (sum(strips) * scale),
        ),
    )


def _groups(
    pools: Sequence[str],
    senior: Sequence[float],
    rates: Sequence[float],
    tranches: Sequence[tuple[Tranche, float]],
    assumptions: Assumptions,
) -> tuple[SeniorGroup, ...]:
    asked = assumptions.senior_classes
    unknown = set(asked) - {*pools, "all"}
    if unknown or ("all" in asked and len(asked) > 1):
        raise InputError(f"senior_classes for {', '.join(asked)}: name pools ({', '.join(pools)}), or all alone")
    every = tuple(range(len(pools)))
    if "all" in asked:
        return (SeniorGroup(pools=every, classes=_cut(asked["all"], sum(senior), min(rates))),)
    if assumptions.structure is not Structure.SHIFTING_INTEREST or (len(tranches) > 1 and len(pools) == 1):
        in_turn = assumptions.structure is Structure.SEQUENTIAL
        classes = [
            SeniorClass(
                label=tranche.label,
                balance=balance,
                rank=tranche.rank if in_turn else 1,
            )
            for tranche, balance in tranches
        ]
        return (SeniorGroup(pools=every, classes=_scaled(classes, sum(senior))),)
    name = tranches[0][0].label if len(tranches) == 1 else "A"
    groups = []
    for pool, label in enumerate(pools):
        default = (SeniorClass(label=name if len(pools) == 1 else f"{name}-{label}"),)
        groups.append(
            SeniorGroup(pools=(pool,), classes=_cut(asked.get(label, default), senior[pool], rates[pool])),
        )
    return tuple(groups)


def _scaled(classes: Sequence[SeniorClass], balance: float) -> tuple[SeniorClass, ...]:
    """Stated classes brought to the balance left beside the PO strips, which come out of them in proportion."""
    ratio = balance / sum(one.balance or 0.0 for one in classes)
    return tuple(sorted((replace(one, balance=(one.balance or 0.0) * ratio) for one in classes), key=_rank))


def _cut(classes: Sequence[SeniorClass], balance: float, rate: float) -> tuple[SeniorClass, ...]:
    """The classes with every balance filled in, by rank; refuses cuts that do not fit the balance or the interest."""
    with_principal = [one for one in classes if one.notional_of is None]
    labels = [one.label for one in classes]
    if len(set(labels)) < len(labels) or not with_principal:
        raise InputError(f"senior classes {', '.join(labels)}: each needs its own label, and one of them principal")
    given = sum(one.balance or 0.0 for one in with_principal)
    open_ones = [one.label for one in with_principal if one.balance is None]
    rest = balance - given
    if len(open_ones) > 1 or (open_ones and rest <= 0) or (not open_ones and abs(rest) > 1.0):
        raise InputError(
            f"senior classes {', '.join(labels)} have {given:,.2f} of {balance:,.2f}: leave out one class's balance"
        )
    adopts = open_ones[0] if open_ones else with_principal[-1].label
    cut = [replace(one, balance=(one.balance or 0.0) + rest) if one.label == adopts else one for one in classes]
    for one in with_principal:
        taken = (one.coupon or 0.0) + _stripped(one, classes)
        if taken > rate + 1e-9:
            raise InputError(
                f"class {one.label} and its IO classes take {taken:.6f}, more than the {rate:.6f} there is"
            )
    for io in classes:
        if io.notional_of is not None and io.notional_of not in {one.label for one in with_principal}:
            raise InputError(f"class {io.label}: there is no class {io.notional_of} to be a notional of")
    return tuple(sorted(cut, key=_rank))


def _rank(one: SeniorClass) -> int:
    return one.rank


def _stripped(one: SeniorClass, classes: Sequence[SeniorClass]) -> float:
    """Interest that IO classes take from a class, as a rate on its balance."""
    return sum((io.coupon or 0.0) * io.share for io in classes if io.notional_of == one.label)


class GroupRows(NamedTuple):
    """What a group of classes shares, by month, entry 0 zero, dollars.

    Interest due on its balance at the target rate and interest paid, principal paid, and losses borne.
    """

    due: Sequence[float]
    interest: Sequence[float]
    principal: Sequence[float]
    loss: Sequence[float]


class ClassRows(NamedTuple):
    """One class of a cut by month, dollars: accretion is interest that became balance."""

    balance: list[float]
    interest: list[float]
    principal: list[float]
    loss: list[float]
    accretion: list[float]


class Cut(NamedTuple):
    """The classes of a group while months are shared: which have principal, each one's host, balances, and rows.

    The host of an IO class is the class that its notional is a share of; every other class is its own.
    """

    classes: tuple[SeniorClass, ...]
    with_principal: list[int]
    host: list[int]
    now: list[float]
    rows: list[ClassRows]


def cut_senior(group: SeniorGroup, months: int, received: GroupRows) -> tuple[list[ClassRows], list[float]]:
    """Share a group's monthly interest, principal and loss among the classes it is cut into.

    Principal: first planned classes down to plan, then by rank, equal ranks pro rata to balance. An accrual class
    adds its interest to its balance while a lower rank is outstanding (principal is minus that interest) and the cash
    is principal of the others. Interest short of what is due, and losses, fall pro rata. What the coupons leave of
    the interest is over.

    Returns: the rows of each class in the group's order, months + 1 numbers each; and the interest left over.
    """
    cut = _uncut(group.classes, months)
    stripped = [_stripped(one, group.classes) / 12 for one in group.classes]
    over = [0.0] * (months + 1)
    for k in range(1, months + 1):
        over[k] = share_interest(k, cut, stripped, received)
        cash = _accrue(k, received.principal[k], cut)
        cash = _pay_planned(k, cash, cut)
        _pay_by_rank(k, cash, cut)
        _share_loss(k, received.loss[k], cut)
        for c, one in enumerate(cut.classes):
            if one.notional_of is not None:
                cut.now[c] = cut.now[cut.host[c]] * one.share
            cut.rows[c].balance[k] = cut.now[c]
    return cut.rows, over


def _uncut(classes: tuple[SeniorClass, ...], months: int) -> Cut:
    """The classes before their first month."""
    with_principal = [c for c, one in enumerate(classes) if one.notional_of is None]
    host = [
        next((h for h in with_principal if classes[h].label == one.notional_of), c) for c, one in enumerate(classes)
    ]
    now = [classes[host[c]].balance or 0.0 for c in range(len(classes))]
    now = [now[c] * one.share if one.notional_of else now[c] for c, one in enumerate(classes)]
    rows = [ClassRows([balance] + [0.0] * months, *([0.0] * (months + 1) for _ in range(4))) for balance in now]
    return Cut(classes, with_principal, host, now, rows)


# rule 11
def share_interest(k: int, cut: Cut, stripped: Sequence[float], received: GroupRows) -> float:
    """Each class its coupon, or what the others leave; returns the interest that no class has."""
    total = sum(cut.now[c] for c in cut.with_principal)
    due, paid = received.due[k], received.interest[k]
    rate = due / total if total > 0 else 0.0
    ratio = paid / due if due > 0 else 0.0
    for c, one in enumerate(cut.classes):
        coupon = one.coupon / 12 if one.coupon is not None else rate - stripped[c]
        cut.rows[c].interest[k] = cut.now[c] * coupon * ratio
    return paid - sum(row.interest[k] for row in cut.rows)


def _accrue(k: int, cash: float, cut: Cut) -> float:
    """Interest of accrual classes that wait becomes their balance, and cash for the others; returns all cash."""
    for c in cut.with_principal:
        own = cut.classes[c]
        waits = own.accrual and any(cut.now[o] > 0 and cut.classes[o].rank < own.rank for o in cut.with_principal)
        accrued = cut.rows[c].interest[k] if waits else 0.0
        cut.rows[c].principal[k] -= accrued
        cut.rows[c].accretion[k] = accrued
        cut.now[c] += accrued
        cash += accrued
    return cash


def _pay_planned(k: int, cash: float, cut: Cut) -> float:
    """Planned classes are paid down to their plan; returns the cash left."""
    for c in cut.with_principal:
        planned = cut.classes[c].planned
        if planned is not None:
            target = planned[k] if k < len(planned) else 0.0
            cash = _pay(k, c, min(cash, max(0.0, cut.now[c] - target)), cash, cut)
    return cash


def _pay_by_rank(k: int, cash: float, cut: Cut) -> None:
    """The lowest rank first, equal ranks pro rata to balance."""
    for rank in sorted({cut.classes[c].rank for c in cut.with_principal}):
        peers = [c for c in cut.with_principal if cut.classes[c].rank == rank]
        owed = sum(cut.now[c] for c in peers)
        part = min(1.0, cash / owed) if owed > 0 else 0.0
        for c in peers:
            cash = _pay(k, c, cut.now[c] * part, cash, cut)


def _pay(k: int, c: int, amount: float, cash: float, cut: Cut) -> float:
    cut.now[c] -= amount
    cut.rows[c].principal[k] += amount
    return cash - amount


def _share_loss(k: int, loss: float, cut: Cut) -> None:
    """A loss falls pro rata to balance."""
    if loss > 0.0:
        left = sum(cut.now[c] for c in cut.with_principal)
        for c in cut.with_principal:
            cut.rows[c].loss[k] = loss * cut.now[c] / left if left > 0 else 0.0
            cut.now[c] -= cut.rows[c].loss[k]
