"""A structure of classes on the loans that it is for: what does not fit is refused, the rest is put in rows by month.

What the file says of itself was checked where it was read; here its balances meet the class A of the pools, and its
coupons the interest that there is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import DealError, InputError
from ..structure import ALL_POOLS, DealClass, IndexCoupon, Plan, Strands, Structure
from .assumptions import Assumptions
from .records import Cut, Row, Shared, Sharing

WHOLE_DOLLARS = 0.5
"""What the balances of a group, printed in whole dollars, may differ from its loans; the last class takes it."""
NO_MORE = 1e-6
"""Part by which coupons, printed with few digits, may exceed the interest that there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The class A of one pool or of all: its name in the file, pools by number, dollars, and interest a year.

    ``adds_io`` by pool: interest above the target rate is the group's too, since its pool has no IO class for it.
    """

    name: str
    pools: tuple[int, ...]
    balance: float
    income: float
    adds_io: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CutGroups:
    """The groups of a deal that are cut, and the structure that cuts them, every balance filled in."""

    groups: tuple[Group, ...]
    structure: Structure

    @property
    def seniors(self) -> tuple[DealClass, ...]:
        """The classes of the groups, in the file's order."""
        return tuple(one for one in self.structure.classes if not one.rank)

    def group_of(self, one: DealClass) -> int:
        """Number of a class's group; of a notional class, that of the first class that it is notional on."""
        while one.notional_of:
            one = next(host for host in self.seniors if host.label == one.notional_of[0])
        return next(g for g, group in enumerate(self.groups) if group.name in (one.group, ALL_POOLS))


def cut_groups(structure: Structure, groups: Sequence[Group], blended_rate: float) -> CutGroups:
    """A structure on its groups. ``blended_rate`` is what subordinated classes earn at issue.

    Raises: InputError that names the file, the table and the key of what does not fit.
    """
    named = {group.name for group in groups}
    for one in structure.classes:
        if one.group not in named and not one.rank and not one.notional_of:
            known = ", ".join(sorted(named - {ALL_POOLS})) or "none: leave it out"
            raise _refused(structure, one, "group", f"{one.group!r} is no pool; the pools are {known}")
    classes = list(structure.classes)
    for group in groups:
        _fill(structure, group, classes)
    filled = CutGroups(groups=tuple(groups), structure=replace(structure, classes=tuple(classes)))
    for group in groups:
        _refuse_more_than_earned(filled, group)
    for one in classes:
        if one.rank and isinstance(one.coupon, float | int) and abs(one.coupon - blended_rate) > NO_MORE:
            found = f"found {one.coupon:g}, but subordinated classes earn the target rate, {blended_rate:.6f} at issue"
            raise _refused(structure, one, "coupon", f"{found}; leave it out")
    return filled


def _refused(structure: Structure, one: DealClass, key: str, what: str) -> InputError:
    return InputError(f"{structure.source}: [[class]] {one.label}, {key}: {what}")


def _fill(structure: Structure, group: Group, classes: list[DealClass]) -> None:
    """Balances of a group's classes; an open one has what the others leave."""
    own = [c for c, one in enumerate(classes) if not (one.notional_of or one.rank) and one.group == group.name]
    labels = ", ".join(classes[c].label for c in own)
    name = f" of group {group.name}" if group.name else ""
    left_open = [c for c in own if classes[c].balance is None]
    given = sum(classes[c].balance or 0.0 for c in own)
    rest = group.balance - given
    if len(left_open) > 1 or (left_open and rest <= 0) or (not left_open and abs(rest) > WHOLE_DOLLARS):
        raise InputError(
            f"{structure.source}: [[class]], balance{name}: {labels} have {given:,.2f}, but the loans leave"
            f" {group.balance:,.2f} to them: make them the same"
        )
    last = left_open[0] if left_open else own[-1]
    classes[last] = replace(classes[last], balance=(classes[last].balance or 0.0) + rest)


def _refuse_more_than_earned(cut: CutGroups, group: Group) -> None:
    """Raises: InputError if coupons of a group can take more interest than its loans earn at issue."""
    weights = {one.label: weights_of(cut.structure.classes, one) for one in cut.seniors}
    balances = {one.label: one.balance or 0.0 for one in cut.seniors if one.group == group.name}
    takes = [
        (one, sum(balances.get(label, 0.0) * share for label, share in weights[one.label].items()))
        for one in cut.seniors
    ]
    indices = {one.coupon.index: one.coupon for one, _ in takes if isinstance(one.coupon, IndexCoupon)}
    most = sum(dollars * one.coupon for one, dollars in takes if isinstance(one.coupon, float | int))
    worst = {}
    for index in indices:
        floating = [(one.coupon, on) for one, on in takes if isinstance(one.coupon, IndexCoupon) and on > 0]
        coupons = [(coupon, on) for coupon, on in floating if coupon.index == index]
        found = max((sum(c.rate(x) * on for c, on in coupons), -x) for x in _turns([c for c, _ in coupons]))
        most, worst[index] = most + found[0], -found[1]
    if most > group.income * (1.0 + NO_MORE):
        at = "".join(f", at {index} of {rate:g}" for index, rate in worst.items())
        labels = ", ".join(one.label for one, dollars in takes if dollars > 0)
        raise InputError(
            f"{cut.structure.source}: [[class]], coupon: {labels} take {most:,.2f} a year{at}, but their loans earn"
            f" {group.income:,.2f}: give lower coupons, or a cap"
        )


def _turns(coupons: Sequence[IndexCoupon]) -> Iterator[float]:
    """Index rates between which the sum of such coupons is linear: zero, one, and where a cap or a floor begins."""
    yield from (0.0, 1.0)
    for one in coupons:
        for limit in (one.cap, one.floor):
            if limit is not None and one.multiplier:
                yield min(1.0, max(0.0, (limit - one.margin) / one.multiplier))


# rule 32
def weights_of(classes: Sequence[DealClass], one: DealClass) -> dict[str, float]:
    """Dollars of each class with principal that stand in a dollar of notional: through notionals of notionals."""
    if not one.notional_of:
        return {one.label: 1.0}
    by_label = {other.label: other for other in classes}
    found: dict[str, float] = {}
    for label in one.notional_of:
        for base, weight in weights_of(classes, by_label[label]).items():
            found[base] = found.get(base, 0.0) + weight * one.share
    return found


class Rowed:
    """A structure as the month loop needs it: the numbers of its classes, steps, plans and schedules.

    ``vector`` and ``matrix`` make what the kernels run over; an array is never empty, since an empty one has no kind.
    """

    def __init__(self, cut: CutGroups, assumptions: Assumptions, pools: int, months: int) -> None:
        self.cut, self.assumptions, self.months = cut, assumptions, months
        self.number = {one.label: c for c, one in enumerate(cut.seniors)}
        self.plans = {plan.name: row for row, plan in enumerate(cut.structure.plans)}
        self.lenders = [c for c, one in enumerate(cut.seniors) if one.accrual]
        self.pools = pools

    def cut_rows(self, vector: Callable[[Any], Any], matrix: Callable[[Any], Any]) -> Cut:
        """Every field of ``Cut``; a plan of speeds is zero until its balances are found."""
        seniors, structure = self.cut.seniors, self.cut.structure
        hosts = [
            [(self.number[label], share) for label, share in weights_of(seniors, one).items()]
            if one.notional_of
            else []
            for one in seniors
        ]
        steps: list[tuple[int, Strands, str, tuple[tuple[int, float], ...]]]
        steps = [(self._source(one.of), one.pay, one.down_to, ()) for one in structure.accretions]
        steps += [(self._group(one.pay[0][0]), one.pay, one.down_to, one.schedule) for one in structure.steps]
        strands = [strand for _, pay, _, _ in steps for strand in pay]
        schedules = [schedule for _, _, _, schedule in steps if schedule]
        group_of_pool = [
            next((g for g, group in enumerate(self.cut.groups) if p in group.pools), -1) for p in range(self.pools)
        ]
        supported = [(self.number[one.supports], c) for c, one in enumerate(seniors) if one.supports]
        return Cut(
            group_of_pool=vector(group_of_pool),
            adds_io=vector([g >= 0 and self.cut.groups[g].adds_io for g in group_of_pool]),
            groups=len(self.cut.groups),
            group_of=vector([self.cut.group_of(one) for one in seniors]),
            with_principal=vector([c for c, one in enumerate(seniors) if not one.notional_of]),
            balance=vector([0.0 if one.notional_of else float(one.balance or 0.0) for one in seniors]),
            coupon=matrix(self.coupons()),
            open_coupon=vector([one.coupon is None for one in seniors]),
            has_open=any(one.coupon is None for one in seniors),
            has_shares=bool(schedules),
            first_host=vector(_firsts(hosts)),
            host=vector([c for row in hosts for c, _ in row] or [0]),
            host_share=vector([share for row in hosts for _, share in row] or [0.0]),
            lender=vector(self.lenders or [0]),
            source=vector([source for source, _, _, _ in steps]),
            first_strand=vector(_firsts([pay for _, pay, _, _ in steps])),
            first_member=vector(_firsts(strands)),
            member=vector([self.number[label] for strand in strands for label in strand]),
            plan=vector([self.plans.get(name, -1) for _, _, name, _ in steps]),
            schedule=vector([schedules.index(schedule) if schedule else -1 for _, _, _, schedule in steps]),
            planned=matrix([self._planned(plan) for plan in structure.plans] or [self._flat(0.0)]),
            fraction=matrix([self._fractions(one) for one in schedules] or [self._flat(1.0)]),
            lends=bool(self.lenders),
            lending_steps=len(structure.accretions),
            protected=vector([protected for protected, _ in supported] or [-1]),
            support=vector([support for _, support in supported] or [-1]),
        )

    def blank(self, empty: Callable[[int, int], Any]) -> Shared:
        """Rows of zeros for what the classes receive."""
        steps = len(self.cut.structure.accretions) + len(self.cut.structure.steps)
        sizes = {"arrives": steps, "over": len(self.cut.groups)}
        return Shared(*(empty(sizes.get(name, len(self.number)), self.months) for name in Shared._fields))

    def sharing(self, vector: Callable[[Any], Any]) -> Sharing:
        """What changes while months are shared, ready for the first."""
        groups = len(self.cut.groups)
        sizes = {"cash": groups + max(1, len(self.lenders)), "now": 0, "before": 0, "work": 0}
        return Sharing(*(vector([0.0] * (sizes.get(name, groups) or len(self.number))) for name in Sharing._fields))

    def plans_by_speeds(self) -> Iterator[tuple[int, tuple[float, ...], int, int]]:
        """Row, speeds, months without a payment and first step of each such plan, in the order of the steps.

        A plan that only interest of accrual classes pays comes last.
        """
        structure, lending = self.cut.structure, len(self.cut.structure.accretions)
        names = [one.down_to for one in structure.accretions] + [one.down_to for one in structure.steps]
        order = [*range(lending, len(names)), *range(lending)]
        by_speeds = {plan.name: plan for plan in structure.plans if plan.speeds}
        for s in order:
            plan = by_speeds.pop(names[s], None)
            if plan is not None:
                yield self.plans[plan.name], plan.speeds, plan.after, s

    def start_of(self, step: int, cut: Cut) -> float:
        """Balance at issue of the classes of a step, dollars."""
        first, last = (cut.first_member[cut.first_strand[step + i]] for i in (0, 1))
        return float(sum(cut.balance[cut.member[i]] for i in range(first, last)))

    # rules 11, 26
    def coupons(self) -> list[list[float]]:
        """A month's rate of each class; of an open one, less, what notional classes strip from it."""
        annual = [self._annual(one) for one in self.cut.seniors]
        rows = []
        for one, coupon in zip(self.cut.seniors, annual, strict=True):
            own = coupon
            if one.coupon is None and not one.notional_of:
                for other, theirs in zip(self.cut.seniors, annual, strict=True):
                    weight = weights_of(self.cut.seniors, other).get(one.label, 0.0) if other.notional_of else 0.0
                    if weight:
                        own = [x - rate * weight for x, rate in zip(own, theirs, strict=True)]
            rows.append([rate / 12 for rate in own])
        return rows

    def _annual(self, one: DealClass) -> list[float]:
        if not isinstance(one.coupon, IndexCoupon):
            return self._flat(float(one.coupon or 0.0))
        given = index_rates(self.assumptions, one.coupon.index, self.months)
        if given is None:
            raise InputError(
                f"{self.cut.structure.source}: [[class]] {one.label}, coupon: it follows {one.coupon.index}, for which"
                " the assumption index_rates has no value: give a number, a list by month, or a table by index"
            )
        return [one.coupon.rate(rate) for rate in given]

    def _planned(self, plan: Plan) -> list[float]:
        row = list(plan.balances[: self.months + 1])
        return row + [0.0] * (self.months + 1 - len(row))

    # rule 30
    def _fractions(self, schedule: Sequence[tuple[int, float]]) -> list[float]:
        row = self._flat(0.0)
        for month, fraction in schedule:
            row[month:] = [fraction] * max(0, self.months + 1 - month)
        return row

    def _flat(self, value: float) -> list[float]:
        return [value] * (self.months + 1)

    def _group(self, label: str) -> int:
        return self.cut.group_of(self.cut.seniors[self.number[label]])

    def _source(self, lender: str) -> int:
        return len(self.cut.groups) + self.lenders.index(self.number[lender])


def _firsts(rows: Sequence[Sequence[Any]]) -> list[int]:
    """Where each row begins when all are one after the other, and where the last ends."""
    firsts = [0]
    for row in rows:
        firsts.append(firsts[-1] + len(row))
    return firsts


def index_rates(assumptions: Assumptions, index: str, months: int) -> tuple[float, ...] | None:
    """Rates of an index by month, fractions a year, entry 0 zero; None if the assumptions have none."""
    given = assumptions.index_rates
    if isinstance(given, Mapping) and index not in given and "all" not in given:
        return None
    return assumptions.by_month("index_rates", index, months)


# rule 28
def planned_balances(start: float, arriving: Sequence[Row], after: int) -> list[float]:
    """Balances that classes can be paid down to at every speed of a band.

    balance(k) = max(0, balance(k - 1) - the smallest of what arrives at the speeds), after ``after`` months

    >>> planned_balances(100.0, [[0.0, 30.0, 10.0], [0.0, 20.0, 50.0]], 0)
    [100.0, 80.0, 70.0]
    """
    balances = [start]
    for k in range(1, len(arriving[0])):
        least = min(row[k] for row in arriving) if k > after else 0.0
        balances.append(max(0.0, balances[-1] - least))
    return balances


def refuse_position(structure: Structure, elapsed: int) -> None:
    """Raises: DealError for a deal some months after issue, whose classes' balances its file does not have."""
    if elapsed:
        raise DealError(
            f"{structure.source}: its classes stand at issue, and cannot be projected {elapsed} months later"
        )
