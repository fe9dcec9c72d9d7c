"""Deal files: a deal without a filing, or the classes that a filing's class A is cut into, as TOML.

Every refusal names the file, the table and the key, what was found and what may be given. What a file says of itself
is judged here; whether its balances and coupons fit the loans, where they are projected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..deal import Deal, DealRules, Loan, Pool, Tranche
from ..errors import InputError
from ..structure import ALL_POOLS, USUAL_NAS, Accretion, DealClass, Plan, Step, Structure
from .deal_checks import refuse_structure
from .deal_entries import (
    AGE,
    DATE,
    DOLLARS,
    FLAG,
    LABELS,
    MONTHS,
    RATE,
    SCHEDULE,
    SPEEDS,
    STRANDS,
    TEXT,
    Entry,
    Kind,
    entries,
    loaded,
    number,
    planned,
    whole,
)
from .loan_tape import tape_rows

CLASS_TABLES = ("class", "plan", "accretion", "step")
TABLES = ("deal", "pool", *CLASS_TABLES)
DEAL_KEYS = (
    "series", "cut_off_date", "closing_date", "first_distribution", "call_threshold", "issuer", "trustee",
)  # fmt: skip
POOL_KEYS = ("id", "target_rate", "loans", "tape")
LOAN_KEYS = ("balance", "rate", "net_rate", "servicing_fee", "remaining_term", "age")
CLASS_KEYS = (
    "label", "balance", "notional_of", "share", "coupon", "accrual", "group", "subordinated", "rank", "supports",
)  # fmt: skip
PLAN_KEYS = ("balances", "speeds", "after")
ACCRETION_KEYS = ("of", "pay", "down_to")
STEP_KEYS = ("pay", "down_to", "share", "schedule", "group")
NAS = Kind('"nas"', lambda value: value if value == "nas" else None)
LAST_DAY = 28
"""A day that every month has."""


def is_deal_file(path: str | Path) -> bool:
    """Whether a path is a deal file's, by its name."""
    return str(path).lower().endswith(".toml")


def read_deal(path: str | Path) -> Deal:
    """The deal that a deal file describes.

    Raises: InputError for anything that is not as it should be: it names the file, the table and the key.
    """
    path = Path(path)
    file = str(path)
    content = loaded(path, TABLES)
    entry = Entry(file, "[deal]", content.get("deal", {}), DEAL_KEYS)
    series = entry.get("series", Kind("a text", lambda value: value if isinstance(value, str) and value else None))
    days = _dates(entry)
    threshold = entry.get("call_threshold", DOLLARS, needed=False)
    for key in ("issuer", "trustee"):
        entry.get(key, Kind("a text", lambda value: value if isinstance(value, str) and value else None), needed=False)
    pools, loans = _pools(file, content, path.parent)
    structure = _structure(file, content, path.parent, of_filing=False)
    refuse_structure(structure, [pool.id for pool in pools], loans)
    return Deal(
        series=series,
        cut_off_date=days["cut_off_date"],
        closing_date=days["closing_date"],
        first_distribution=days["first_distribution"],
        all=_pool("all", loans),
        pools=tuple(pools),
        tranches=_tranches(structure.classes),
        rules=DealRules(call_threshold=threshold),
        loans=tuple(loans),
        structure=structure,
    )


def with_structure(deal: Deal, path: str | Path) -> Deal:
    """A filing's deal whose class A is cut as a file of classes and steps says.

    Raises: InputError as ``read_deal`` does.
    """
    path = Path(path)
    content = loaded(path, CLASS_TABLES)
    structure = _structure(str(path), content, path.parent, of_filing=True)
    refuse_structure(structure, [pool.id for pool in deal.pools], ())
    return replace(deal, structure=structure)


def _dates(entry: Entry) -> dict[str, date]:
    days: dict[str, date] = {
        key: entry.get(key, DATE) for key in ("cut_off_date", "closing_date", "first_distribution")
    }
    first = days["first_distribution"]
    if first.day > LAST_DAY:
        raise entry.refused("first_distribution", f"found {first}", f"give a day that every month has, 1 to {LAST_DAY}")
    for key in ("cut_off_date", "closing_date"):
        months = 12 * (first.year - days[key].year) + first.month - days[key].month
        if not days[key] < first or months > 12:
            raise entry.refused(
                key, f"found {days[key]}", f"give a day in the year before the first distribution, {first}"
            )
    return days


def _pools(file: str, content: Mapping[str, Any], folder: Path) -> tuple[list[Pool], list[Loan]]:
    pools: list[Pool] = []
    loans: list[Loan] = []
    for entry in entries(file, content, "pool", POOL_KEYS, "id"):
        name = entry.get("id", TEXT)
        if any(pool.id == name for pool in pools):
            raise entry.refused("id", f"{name} stands twice", "give each pool its own")
        target = entry.get("target_rate", RATE, needed=False)
        if ("loans" in entry.content) == ("tape" in entry.content):
            found = "both are given" if "loans" in entry.content else "neither is given"
            raise entry.refused("loans, tape", found, "give [[pool.loans]], or the name of a tape")
        own = [
            _loan(row, name, f"{name} loan {k}", target) for k, row in enumerate(_loan_rows(entry, folder, target), 1)
        ]
        if not own:
            raise entry.refused("loans", "there are none", f"give [[pool.loans]] with {', '.join(LOAN_KEYS)}")
        if len(own) == 1:
            own = [replace(own[0], label=name)]
        loans += own
        pools.append(_pool(name, own))
    if not pools:
        raise InputError(f"{file}: [[pool]]: there is none; give each pool a table with {', '.join(POOL_KEYS)}")
    return pools, loans


def _loan_rows(entry: Entry, folder: Path, target: Decimal | None) -> Sequence[Entry]:
    if "tape" in entry.content:
        name = entry.get(
            "tape", Kind("the name of a CSV or Parquet file", lambda x: x if isinstance(x, str) and x else None)
        )
        return tape_rows(entry, folder / name, target, LOAN_KEYS)
    named = f"{entry.name[1:].partition(']')[0][1:]}.loans"
    return [
        Entry(entry.file, f"{entry.name}, {one.name}", one.content, LOAN_KEYS)
        for one in entries(entry.file, {named: entry.content["loans"]}, named, LOAN_KEYS, "")
    ]


def _loan(entry: Entry, pool: str, label: str, target: Decimal | None) -> Loan:
    rate = entry.get("rate", RATE)
    net, fee = (entry.get(key, RATE, needed=False) for key in ("net_rate", "servicing_fee"))
    if (net is None) == (fee is None):
        found = "neither is given" if net is None else "both are given"
        raise entry.refused("net_rate, servicing_fee", found, "give one of them")
    net = rate - fee if net is None else net
    if not 0 <= net <= rate:
        key = "net_rate" if fee is None else "servicing_fee"
        found = entry.content[key]
        raise entry.refused(key, f"found {found}", f"the net rate must be from zero to the rate, {rate}")
    return Loan(
        pool=pool,
        label=label,
        balance=entry.get("balance", DOLLARS),
        rate=rate,
        net_rate=net,
        remaining_term=entry.get("remaining_term", MONTHS),
        age=entry.get("age", AGE),
        target_rate=target,
    )


def _pool(name: str, loans: Sequence[Loan]) -> Pool:
    """A pool as its loans average."""
    total = sum((loan.balance for loan in loans), Decimal(0))

    def average(values: Sequence[Decimal]) -> Decimal:
        return sum((x * loan.balance for x, loan in zip(values, loans, strict=True)), Decimal(0)) / total

    return Pool(
        id=name,
        scope="all" if name == "all" else f"pool:{name}",
        label="Mortgage loans" if name == "all" else f"Pool {name}",
        aggregate_scheduled_principal_balance=total,
        weighted_average_coupon=average([loan.rate for loan in loans]),
        weighted_average_remaining_term=average([loan.remaining_term for loan in loans]),
        weighted_average_original_term=average([loan.remaining_term + loan.age for loan in loans]),
        weighted_average_net_rate=average([loan.net_rate for loan in loans]),
    )


def _structure(file: str, content: Mapping[str, Any], folder: Path, *, of_filing: bool) -> Structure:
    plans = content.get("plan", {})
    table = Entry(file, "[plan]", plans, tuple(plans) if isinstance(plans, dict) else ("a plan's name",))
    return Structure(
        source=file,
        classes=tuple(_class(one, of_filing) for one in entries(file, content, "class", CLASS_KEYS, "label")),
        plans=tuple(
            _plan(Entry(file, f"[plan.{name}]", row, PLAN_KEYS), name, folder) for name, row in table.content.items()
        ),
        accretions=tuple(
            Accretion(
                of=one.get("of", TEXT),
                pay=one.get("pay", STRANDS),
                down_to=one.get("down_to", TEXT, needed=False) or "",
            )
            for one in entries(file, content, "accretion", ACCRETION_KEYS, "of")
        ),
        steps=tuple(_step(one) for one in entries(file, content, "step", STEP_KEYS, "")),
    )


def _class(entry: Entry, of_filing: bool) -> DealClass:
    """One class; of a filing, one class of a group may leave out its balance, and any its coupon."""
    notional = entry.get("notional_of", LABELS, needed=False) or ()
    subordinated = entry.get("subordinated", FLAG, needed=False) or False
    balance = entry.get("balance", DOLLARS, needed=not (notional or of_filing))
    share, rank = (
        entry.get("share", number(0.000001, 100), needed=False),
        entry.get("rank", whole(1, 1000), needed=subordinated),
    )
    accrual = entry.get("accrual", FLAG, needed=False) or False
    for key, given, wrong in (
        ("balance", balance is not None, bool(notional)),
        ("accrual", accrual, bool(notional) or subordinated),
        ("supports", "supports" in entry.content, bool(notional) or subordinated),
        ("group", "group" in entry.content, subordinated),
        ("notional_of", bool(notional), subordinated),
        ("share", share is not None, not notional),
        ("rank", rank is not None, not subordinated),
        ("subordinated", subordinated, of_filing),
    ):
        if given and wrong:
            kind = "a filing has its own" if key == "subordinated" else "no such class has one"
            raise entry.refused(key, f"found {entry.content[key]}", f"leave it out: {kind}")
    coupon = entry.coupon(needed=not (of_filing or subordinated))
    if (subordinated and coupon is not None and not isinstance(coupon, float)) or (notional and coupon is None):
        raise entry.refused("coupon", f"found {entry.content.get('coupon')}", f"give {RATE.allowed}")
    return DealClass(
        label=entry.get("label", TEXT),
        balance=None if balance is None else float(balance),
        coupon=coupon,
        notional_of=notional,
        share=1.0 if share is None else float(share),
        accrual=accrual,
        group=entry.get("group", TEXT, needed=False) or ALL_POOLS,
        supports=entry.get("supports", TEXT, needed=False) or "",
        rank=rank or 0,
    )


def _plan(entry: Entry, name: str, folder: Path) -> Plan:
    if ("balances" in entry.content) == ("speeds" in entry.content):
        found = "both are given" if "speeds" in entry.content else "neither is given"
        raise entry.refused("balances, speeds", found, "give one of them")
    after = entry.get("after", whole(0, 1200), needed=False)
    if "balances" in entry.content:
        if after is not None:
            raise entry.refused("after", f"found {after}", "leave it out: balances by month say when payments begin")
        return Plan(name=name, balances=planned(entry, folder))
    return Plan(name=name, speeds=entry.get("speeds", SPEEDS), after=after or 0)


def _step(entry: Entry) -> Step:
    share, schedule = entry.get("share", NAS, needed=False), entry.get("schedule", SCHEDULE, needed=False)
    if schedule is not None and share is None:
        raise entry.refused("schedule", f"found {entry.content['schedule']}", 'leave it out, or say share = "nas"')
    return Step(
        pay=entry.get("pay", STRANDS),
        down_to=entry.get("down_to", TEXT, needed=False) or "",
        schedule=(schedule or USUAL_NAS) if share else (),
        group=entry.get("group", TEXT, needed=False) or ALL_POOLS,
    )


def _tranches(classes: Sequence[DealClass]) -> tuple[Tranche, ...]:
    """Classes with principal in order of seniority: those of the steps together, then the subordinated ones by rank."""
    ordered = sorted((one for one in classes if not one.notional_of), key=lambda one: one.rank)
    return tuple(
        Tranche(label=one.label, rank=one.rank + 1, class_initial_principal_balance=Decimal(repr(one.balance or 0.0)))
        for one in ordered
    )
