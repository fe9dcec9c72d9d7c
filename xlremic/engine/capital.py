"""Who holds what at the start: the strips of each pool, its class A and how that is cut, the subordinated classes.

The filing gives one class table for the whole series, so the split over pools is ours: every pool's target-rate strip
carries the same percentage of subordination, and class A of the pool is the rest of the strip. PO strips come out of
class A. A structure without subordination is the same with nothing subordinated: its classes are cuts of one class A.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..deal import Deal, Tranche
from ..errors import DealError, InputError
from ..structure import ALL_POOLS, DealClass, Plan, Step
from ..structure import Structure as Classes
from .assumptions import Assumptions, SeniorClass, Structure
from .rep_lines import RepLine, has_strips
from .structures import CutGroups, Group, cut_groups, refuse_position


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
    cut: CutGroups | None
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
    if not deal.loans and abs(stated - sum(strips) - sum(po)) > 1.0:
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
        where = f"{deal.structure.source}: [[class]], balance: " if deal.loans and deal.structure else ""
        raise DealError(f"{where}subordinated classes of {sum(subordinated):,.2f} leave nothing for class A")
    senior = tuple(strip * (1.0 - share) for strip in strips)
    target_rates = tuple(next(line.target_rate for line in lines if line.pool == pool) for pool in pools)
    stripped = [has_strips(deal, pool, assumptions) for pool in pools]
    whole = [
        Group(
            name=pool,
            pools=(p,),
            balance=senior[p],
            income=senior[p] * target_rates[p]
            + sum(line.balance * line.io_rate for line in lines if line.pool == pool and not stripped[p]),
            adds_io=not stripped[p],
        )
        for p, pool in enumerate(pools)
    ]
    blended = sum(strip * rate for strip, rate in zip(strips, target_rates, strict=True)) / sum(strips)
    cut: CutGroups | None
    if deal.structure is not None:
        groups, cut = _structured(deal, deal.structure, assumptions, whole, blended)
    else:
        senior_tranches = [(tranche, now[tranche.label]) for tranche in deal.tranches if tranche.rank <= top]
        groups = _groups(pools, senior, target_rates, senior_tranches, assumptions)
        cut = _as_structure([group for group in groups if group.is_cut], whole)
    return CapitalStructure(
        pools=pools,
        target_rates=target_rates,
        senior=senior,
        components=tuple(strip * share for strip in strips),
        po=tuple(po),
        has_io=tuple(
            stripped[p] and any(line.io_rate > 0 for line in lines if line.pool == pool) for p, pool in enumerate(pools)
        ),
        subordinated=subordinated,
        subordinated_labels=tuple(tranche.label for tranche in below),
        groups=groups,
        cut=cut,
        at_issue=AtIssue(
            subordinated=first,
            total=(sum(strips) + sum(po)) * scale,
            senior_percent=1.0 - sum(first) / (sum(strips) * scale),
        ),
    )


def _structured(
    deal: Deal, structure: Classes, assumptions: Assumptions, whole: Sequence[Group], blended: float
) -> tuple[tuple[SeniorGroup, ...], CutGroups]:
    """The groups that a structure cuts, and the class A of the pools that it does not name."""
    refuse_position(structure, deal.elapsed)
    for term, given in (("senior_classes", assumptions.senior_classes), ("structure", assumptions.structure)):
        if given and given is not Structure.SHIFTING_INTEREST:
            raise InputError(f"{term}: {structure.source} says what the classes are and who is paid when; leave it out")
    named = {one.group for one in structure.classes if not (one.rank or one.notional_of)}
    if ALL_POOLS in named:
        return (), cut_groups(structure, [_together(whole)], blended)
    own = [group for group in whole if group.name in named]
    rest = tuple(
        SeniorGroup(pools=group.pools, classes=(SeniorClass(label=f"A-{group.name}", balance=group.balance),))
        for group in whole
        if group.name not in named
    )
    return rest, cut_groups(structure, own, blended)


def _together(whole: Sequence[Group]) -> Group:
    return Group(
        name=ALL_POOLS,
        pools=tuple(p for group in whole for p in group.pools),
        balance=sum(group.balance for group in whole),
        income=sum(group.income for group in whole),
        adds_io=all(group.adds_io for group in whole),
    )


# rules 27, 28
def _as_structure(groups: Sequence[SeniorGroup], whole: Sequence[Group]) -> CutGroups | None:
    """Cuts by rank in the language of steps: planned classes first, then by rank, equal ranks side by side."""
    if not groups:
        return None
    found, classes, plans, steps = [], [], [], []
    for group in groups:
        pools = [whole[p] for p in group.pools]
        joint = _together(pools) if len(pools) > 1 else pools[0]
        found.append(joint)
        with_principal = [one for one in group.classes if one.notional_of is None]
        for one in group.classes:
            plan = Plan(name=one.label, balances=one.planned) if one.planned is not None else None
            classes.append(
                DealClass(
                    label=one.label,
                    balance=None if one.notional_of else one.balance,
                    coupon=(one.coupon or 0.0) if one.notional_of else one.coupon,
                    notional_of=(one.notional_of,) if one.notional_of else (),
                    share=one.share,
                    accrual=one.accrual,
                    group=joint.name,
                )
            )
            if plan is not None:
                plans.append(plan)
                steps.append(Step(pay=((one.label,),), down_to=plan.name, group=joint.name))
        for rank in sorted({one.rank for one in with_principal}):
            peers = tuple((one.label,) for one in with_principal if one.rank == rank)
            steps.append(Step(pay=peers, group=joint.name))
    structure = Classes(classes=tuple(classes), plans=tuple(plans), steps=tuple(steps))
    return CutGroups(groups=tuple(found), structure=structure)


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
