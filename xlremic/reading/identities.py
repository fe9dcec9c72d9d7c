"""Identities of a filing: sums, weighted averages, levels, the call threshold."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from ..deal import Deal
from ..subordination import call_threshold, subordination_levels
from .facts import Reading
from .findings import (
    ACROSS,
    Finding,
    Rule,
    every_scope,
    number,
    numbers,
    place,
    sum_tolerance,
    unit_of,
    weighted_finding,
)

BALANCE = "aggregate_scheduled_principal_balance"
AVERAGES = (
    "weighted_average_coupon",
    "weighted_average_remaining_term",
    "weighted_average_original_term",
    "weighted_average_ltv",
)
SUB_POOL_AVERAGES = ("weighted_average_coupon", "weighted_average_remaining_term")
DOCUMENTATION = (
    "documentation_full_percent",
    "documentation_no_asset_verification_percent",
    "documentation_no_income_verification_percent",
    "documentation_streamlined_percent",
)
CALL_PERCENT = Decimal("0.10")
"""The clean-up call of this shelf; the filing prints dollars, which ``call_threshold:10pct`` ties to it."""


def pools_sum(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """Balances and loan counts of the pools add up to all."""
    scopes = every_scope(deal)
    for name, key, unit in (("balance", BALANCE, "USD"), ("loan_count", "loan_count", "loans")):
        if len(scopes) > 1:
            says = f"the pools' {name.replace('_', ' ')} add up to that of all mortgage loans"
            printed = numbers(reading, key, scopes)
            difference = sum(map(Fraction, printed[:-1])) - Fraction(printed[-1]) if printed else None
            tolerance = sum_tolerance(printed) if printed and key == BALANCE else Fraction(0)
            yield Rule("pools_sum", name, row=key, column=ACROSS).finds(says, unit, difference, tolerance)


def pools_weighted(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """Averages of all mortgage loans are the pools' averages weighted by balance."""
    scopes = every_scope(deal)
    weights = numbers(reading, BALANCE, scopes[:-1])
    for key in AVERAGES if len(scopes) > 1 else ():
        yield weighted_finding(
            Rule("pools_weighted", key, row=key, column=ACROSS), reading, key, scopes[:-1], scopes[-1], weights
        )


def zip_code_bounds(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """The largest zip code of all lies between the largest of a pool and the sum of the pools' largest."""
    scopes = every_scope(deal)
    if len(scopes) > 1:
        printed = numbers(reading, "max_zip_code_balance", scopes)
        outside = tolerance = None
        if printed:
            *pools, whole = map(Fraction, printed)
            outside = max(Fraction(0), max(pools) - whole, whole - sum(pools))
            tolerance = sum_tolerance(printed)
        says = "the largest zip code of all lies between the largest of any pool and the sum of the pools'"
        yield Rule("bounds", "max_zip_code_balance", row="max_zip_code_balance", column=ACROSS).finds(
            says, "USD", outside, tolerance
        )


def sub_pools(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """Discount and premium loans make up their pool, and part at one net rate."""
    for pool in deal.pools:
        scope = pool.scope
        parts = [f"{scope}:discount", f"{scope}:premium"]
        balances = numbers(reading, BALANCE, [*parts, scope])
        difference = Fraction(balances[0]) + Fraction(balances[1]) - Fraction(balances[2]) if balances else None
        tolerance = sum_tolerance(balances) if balances else None
        says = f"discount and premium loans add up to {place(scope)}"
        yield Rule("discount_premium_sum", scope=scope, row="discount_premium_difference").finds(
            says, "USD", difference, tolerance
        )
        for key in SUB_POOL_AVERAGES:
            weights = balances[:-1] if balances else None
            yield weighted_finding(
                Rule("discount_premium_weighted", key, scope, row=f"discount_premium_{key}"),
                reading,
                key,
                parts,
                scope,
                weights,
            )
        rates = numbers(reading, "net_loan_rate", parts)
        gap = Fraction(rates[1]) - Fraction(rates[0]) if rates else None
        says = f"one net loan rate ends the discount loans and starts the premium loans of {place(scope)}"
        yield Rule("net_rate_split", scope=scope, row="net_rate_gap").finds(says, "percent", gap)


def classes_sum(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """The classes' initial balances add up to the scheduled principal balance."""
    balances = [tranche.class_initial_principal_balance for tranche in deal.tranches]
    whole = numbers(reading, BALANCE, ["all"])
    difference = tolerance = None
    if whole and balances:
        difference = sum(map(Fraction, balances)) - Fraction(whole[0])
        tolerance = sum_tolerance([*balances, *whole])
    says = "the initial balances of all classes add up to the aggregate scheduled principal balance"
    yield Rule("classes_sum", "balance", row="classes_sum").finds(says, "USD", difference, tolerance)


def subordination(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """Printed levels are the classes below over all, rounded up in the last place: less than one unit off."""
    balances = [Fraction(tranche.class_initial_principal_balance) for tranche in deal.tranches]
    whole = numbers(reading, BALANCE, ["all"])
    levels = subordination_levels(balances, [tranche.rank for tranche in deal.tranches]) if any(balances) else []
    scale = sum(balances) / Fraction(whole[0]) if whole and whole[0] else None
    last = max((tranche.rank for tranche in deal.tranches), default=0)
    done = set()
    for tranche, level in zip(deal.tranches, levels, strict=True):
        label = tranche.label
        if reading.get("subordination_level", f"class:{label}") is None and tranche.rank == 1:
            label = "A" if reading.get("subordination_level", "class:A") else label
        stated = number(reading.get("subordination_level", f"class:{label}"))
        if label in done or (stated is None and tranche.rank == last):
            continue
        done.add(label)
        says = (
            f"the level of class {label} is the sum of the classes below it over all mortgage loans;"
            " the filing's footnote names the class's own balance, which does not give the printed figure"
        )
        difference = 100 * level * scale - Fraction(stated) if stated is not None and scale is not None else None
        tolerance = unit_of(stated) if stated is not None else None
        yield Rule("subordination_level", scope=f"class:{label}", row="level_difference", column=label).finds(
            says, "percent", difference, tolerance
        )


def call(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """The printed threshold is ten per cent of the cut-off balance."""
    whole = numbers(reading, BALANCE, ["all"])
    stated = deal.rules.call_threshold
    difference = (
        Fraction(whole[0]) * Fraction(CALL_PERCENT) - Fraction(stated) if whole and stated is not None else None
    )
    tolerance = unit_of(stated) if stated is not None else None
    if whole and stated is not None:
        rounded = call_threshold(whole[0], CALL_PERCENT)
        says = f"10% of the cut-off balance, {rounded:,} rounded to the cent, is the printed threshold {stated:,}"
    else:
        says = "10% of the cut-off balance is the printed threshold of the clean-up call"
    yield Rule("call_threshold", "10pct", row="call_difference").finds(says, "USD", difference, tolerance)


def documentation(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """The shares of the four documentation programs add up to 100%."""
    for scope in every_scope(deal):
        printed = [number(reading.get(key, scope)) for key in DOCUMENTATION]
        shares = [share for share in printed if share is not None]
        complete = len(shares) == len(DOCUMENTATION)
        difference = sum(map(Fraction, shares), Fraction(-100)) if complete else None
        tolerance = sum((unit_of(share) / 2 for share in shares), Fraction(0))
        says = f"the documentation programs of {place(scope)} add up to 100%"
        yield Rule("documentation_sum", scope=scope, row="documentation_difference").finds(
            says, "percent", difference, tolerance
        )


def shares_weighted(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """Shares of all mortgage loans are the pools' shares weighted by balance, within the whole percents printed."""
    scopes = every_scope(deal)
    weights = numbers(reading, BALANCE, scopes[:-1])
    for key in ("primary_residence_percent", *DOCUMENTATION) if len(scopes) > 1 else ():
        yield weighted_finding(
            Rule("shares_weighted", key, row=key, column=ACROSS), reading, key, scopes[:-1], scopes[-1], weights
        )
