"""Deals of loans and a structure of classes: given ones, and random ones that every rule may meet."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from xlremic.deal import Deal, Loan, Pool, Tranche
from xlremic.structure import ALL_POOLS, Accretion, DealClass, IndexCoupon, Plan, Step, Structure

NET = Decimal("0.055")


def deal_of(structure: Structure, pools: Mapping[str, int], *, term: int = 300, age: int = 12) -> Deal:
    """A deal whose pools are one loan of 6% each, 5.5% after the fee, under a structure."""
    loans = tuple(
        Loan(
            pool=name, label=name, balance=Decimal(balance), rate=Decimal("0.06"), net_rate=NET,
            remaining_term=Decimal(term), age=Decimal(age),
        )
        for name, balance in pools.items()
    )  # fmt: skip
    return Deal(
        series="made up",
        cut_off_date=date(2006, 2, 1),
        closing_date=date(2006, 2, 28),
        all=Pool(id="all", scope="all", label="all loans"),
        pools=tuple(Pool(id=name, scope=f"pool:{name}", label=f"Pool {name}") for name in pools),
        tranches=tuple(
            Tranche(label=one.label, rank=one.rank + 1, class_initial_principal_balance=Decimal(repr(one.balance)))
            for one in structure.classes
            if not one.notional_of
        ),
        loans=loans,
        structure=structure,
    )


@st.composite
def deals(draw: st.DrawFn) -> Deal:
    """One to four groups of two to five classes each, with steps, plans, accretions, supports and notionals."""
    pools = {str(g): 0 for g in range(1, draw(st.integers(1, 4)) + 1)}
    joint = len(pools) == 1 or draw(st.booleans())
    classes: list[DealClass] = []
    plans: list[Plan] = []
    accretions: list[Accretion] = []
    steps: list[Step] = []
    for group in [ALL_POOLS] if joint else list(pools):
        own = draw(_classes(group))
        total = round(sum(one.balance or 0.0 for one in own))
        for pool in pools if joint else [group]:
            pools[pool] = total // (len(pools) if joint else 1)
        if joint:
            pools[next(iter(pools))] += total - sum(pools.values())
        classes += own
        labels = [one.label for one in own if not one.notional_of]
        if draw(st.booleans()):
            planned = draw(st.lists(st.sampled_from(labels), min_size=1, max_size=2, unique=True))
            plans.append(draw(_plan(f"plan {group}", sum(one.balance or 0.0 for one in own if one.label in planned))))
            steps.append(Step(pay=(tuple(planned),), down_to=plans[-1].name, group=group))
        if draw(st.booleans()):
            schedule = ((1, 0.0), (13, draw(st.sampled_from([0.3, 1.0]))))
            steps.append(Step(pay=((draw(st.sampled_from(labels)),),), schedule=schedule, group=group))
        first = draw(st.lists(st.sampled_from(labels), min_size=1, unique=True))
        split = draw(st.integers(0, len(first)))
        strands = tuple(strand for strand in (tuple(first[:split]), tuple(first[split:])) if strand)
        steps.append(Step(pay=strands, group=group))
        steps.append(Step(pay=(tuple(draw(st.permutations(labels))),), group=group))
        for one in own:
            if one.accrual and draw(st.booleans()):
                others = [label for label in labels if label != one.label]
                accretions.append(Accretion(of=one.label, pay=(tuple(others[:2]),)))
    structure = Structure(
        source="random.toml",
        classes=tuple(classes),
        plans=tuple(plans),
        accretions=tuple(accretions),
        steps=tuple(steps),
    )
    return deal_of(structure, pools, term=draw(st.sampled_from([48, 90])), age=draw(st.integers(0, 40)))


@st.composite
def _classes(draw: st.DrawFn, group: str) -> list[DealClass]:
    """Classes of one group: fixed, accrual, floating with an inverse, interest and principal only, super senior."""
    of = group or "J"
    floats = draw(st.booleans())
    found = []
    for c in range(draw(st.integers(2, 4))):
        coupon = draw(st.sampled_from([0.0, 0.04, 0.055]))
        accrual = coupon > 0 and draw(st.integers(0, 3)) == 0
        balance = float(draw(st.integers(1, 40))) * 1_000_000
        found.append(DealClass(label=f"{of}{c}", balance=balance, coupon=coupon, accrual=accrual, group=group))
    if draw(st.booleans()):
        found[1] = replace(found[1], supports=found[0].label)
    if floats:
        floater = IndexCoupon(index="1M LIBOR", margin=0.005, cap=0.055)
        inverse = IndexCoupon(index="1M LIBOR", margin=0.05, multiplier=-1.0, cap=0.05)
        found.append(DealClass(label=f"{of}F", balance=20e6, coupon=floater, group=group))
        found.append(DealClass(label=f"{of}S", notional_of=(f"{of}F",), coupon=inverse))
    hosts = [one.label for one in found if one.coupon == 0.04]
    if hosts:
        found.append(DealClass(label=f"{of}X", notional_of=tuple(hosts), coupon=0.03, share=0.5))
    return found


@st.composite
def _plan(draw: st.DrawFn, name: str, balance: float) -> Plan:
    if draw(st.booleans()):
        return Plan(name=name, speeds=draw(st.sampled_from([(100.0,), (80.0, 200.0)])), after=draw(st.integers(0, 6)))
    months = draw(st.integers(10, 70))
    return Plan(name=name, balances=tuple(balance * max(0.0, 1 - k / months) for k in range(months + 1)))
