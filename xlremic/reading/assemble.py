"""Facts to a deal: the only place where a printed percentage becomes a fraction of one."""

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from ..deal import Deal, DealRules, Pool, SubPool, Tranche
from ..errors import DealError, InputError
from ..subordination import seniority
from .facts import Fact, Qualifier, Reading, Unit

_SIDES = {"_at_least": Qualifier.AT_LEAST, "_no_more_than": Qualifier.NO_MORE_THAN}


def assemble(reading: Reading) -> Deal:
    """The deal that the facts describe. What is missing, or contradicted within the filing, is ``None``.

    Raises: DealError if the filing names no series, or a class whose place in the order of seniority is unknown.
    """
    series = reading.get("series", "filing") or reading.get("cover_series", "filing")
    if series is None:
        found = ", ".join(str(fact.value) for fact in reading.find("series", "filing")) or "none"
        raise DealError(f"{reading.source.file}: one series is needed, found {found}; give it with --facts")
    adjustable = reading.get("adjustable_rate", "filing")
    everything = _pool(reading, "all", "all mortgage loans")
    pools = tuple(_pool(reading, scope, f"pool {scope.removeprefix('pool:')}") for scope in reading.scopes("pool:"))
    return Deal(
        series=str(series.value),
        closing_date=_date(reading.get("closing_date", "filing")),
        cut_off_date=_date(reading.get("cut_off_date", "filing")),
        all=everything,
        pools=pools or (everything,),
        tranches=_tranches(reading),
        rules=_rules(reading),
        adjustable=adjustable is not None and adjustable.value is True,
    )


def _pool(reading: Reading, scope: str, label: str) -> Pool:
    relocation = reading.get("relocation_loans", scope)
    return Pool(
        id=scope.removeprefix("pool:"),
        scope=scope,
        label=label,
        relocation_loans=relocation.value is True if relocation else None,
        discount=_sub_pool(reading, f"{scope}:discount"),
        premium=_sub_pool(reading, f"{scope}:premium"),
        **_measures(reading, scope, Pool, ("id", "scope", "label", "relocation_loans", "discount", "premium")),
    )


def _sub_pool(reading: Reading, scope: str) -> SubPool | None:
    measures = _measures(reading, scope, SubPool, ())
    return SubPool(**measures) if any(value is not None for value in measures.values()) else None


def _measures(reading: Reading, scope: str, kind: type, others: tuple[str, ...]) -> dict[str, Any]:
    return {
        item.name: fraction_or_printed(fact_of(reading, item.name, scope))
        for item in fields(kind)
        if item.name not in others
    }


def fact_of(reading: Reading, name: str, scope: str) -> Fact | None:
    """The fact behind a deal field. An exact figure stands for both sides of a limit ("maturities of 30 years")."""
    for side, qualifier in _SIDES.items():
        if name.endswith(side):
            return reading.get(name.removesuffix(side), scope, qualifier, Qualifier.EXACT)
    return reading.get(name, scope)


def fraction_or_printed(fact: Fact | None) -> Decimal | date | None:
    """A percentage as a fraction of one with the places it was printed with, anything else as it is."""
    if fact is None or isinstance(fact.value, str | bool):
        return None
    if isinstance(fact.value, Decimal) and fact.unit is Unit.PERCENT:
        return fact.value.scaleb(-2)
    return fact.value


def _date(fact: Fact | None) -> date | None:
    return fact.value if fact and isinstance(fact.value, date) else None


def _tranches(reading: Reading) -> tuple[Tranche, ...]:
    balances = {}
    for scope in reading.scopes("class:"):
        fact = reading.get("class_initial_principal_balance", scope)
        if fact and fact.number is not None:
            balances[scope.removeprefix("class:")] = fact.number
    order = {label: _seniority(label, reading) for label in balances}
    ranks = {place: rank for rank, place in enumerate(sorted(set(order.values())), 1)}
    return tuple(
        Tranche(
            label=label,
            rank=ranks[order[label]],
            class_initial_principal_balance=balances[label],
            subordination_level=_stated_level(reading, label, senior=order[label][0] == 0),
        )
        for label in sorted(balances, key=lambda label: order[label])
    )


def _seniority(label: str, reading: Reading) -> tuple[int, int]:
    try:
        return seniority(label)
    except InputError as error:
        raise DealError(f"{reading.source.file}: {error}") from None


def _stated_level(reading: Reading, label: str, *, senior: bool) -> Decimal | None:
    """The printed level; a level of "class A" is that of all senior classes where they are IA, IIA ..."""
    fact = reading.get("subordination_level", f"class:{label}")
    if fact is None and senior:
        fact = reading.get("subordination_level", "class:A")
    value = fraction_or_printed(fact)
    return value if isinstance(value, Decimal) else None


def _rules(reading: Reading) -> DealRules:
    limits = {
        key: reading.get(key, "all")
        for key in ("special_hazard_loss_limit", "fraud_loss_limit", "bankruptcy_loss_limit")
    }
    threshold = reading.get("call_threshold", "all")
    return DealRules(
        call_threshold=threshold.number if threshold else None,
        unlimited_losses=frozenset(key for key, fact in limits.items() if fact and fact.qualifier is Qualifier.NONE),
        **{key: fact.number for key, fact in limits.items() if fact},
    )
