"""Everything in a filing that can be tied out: sums, weighted averages, levels, limits, dates.

Exact arithmetic throughout. A printed value stands for an interval of half a unit in its last place, and each
tolerance is derived from the printed places, never chosen. Amounts printed to the cent are exact. A check without
its inputs is ``not_evaluated``, which is not a pass.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from ..deal import Deal
from ..subordination import call_threshold, subordination_levels
from .facts import Fact, Qualifier, Reading

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
PARTS_OF_POOL = ("max_zip_code_balance", "high_ltv_balance", "pledged_asset_balance")
CALL_PERCENT = Decimal("0.10")
"""The clean-up call of this shelf; the filing prints dollars, which ``call_threshold:10pct`` ties to it."""
DATE_SLACK_MONTHS = 2


class Status(StrEnum):
    PASS = "pass"  # noqa: S105 - a status, not a password
    FAIL = "fail"
    NOT_EVALUATED = "not_evaluated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The outcome of one check. ``difference`` is implied less stated, in ``unit``, ``None`` if not evaluated."""

    id: str
    status: Status
    difference: Decimal | None
    tolerance: Decimal | None
    unit: str
    says: str

    def to_dict(self) -> dict[str, str]:
        return {
            "id": self.id,
            "status": str(self.status),
            "difference": "" if self.difference is None else shown(self.difference),
            "tolerance": "" if self.tolerance is None else shown(self.tolerance),
            "unit": self.unit,
            "says": self.says,
        }


def shown(value: Decimal) -> str:
    """A difference in plain digits, without trailing zeros."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


Check = Callable[[Reading, Deal], Iterator[Finding]]


def tie_out(reading: Reading, deal: Deal) -> tuple[Finding, ...]:
    """Every check, in the order of ``CHECKS``."""
    return tuple(finding for check in CHECKS for finding in check(reading, deal))


def _finding(
    check_id: str, says: str, unit: str, difference: Fraction | None, tolerance: Fraction | None = None
) -> Finding:
    if difference is None:
        return Finding(
            id=check_id, status=Status.NOT_EVALUATED, difference=None, tolerance=None, unit=unit,
            says=f"{says}: the filing lacks a figure for this",
        )  # fmt: skip
    allowed = tolerance or Fraction(0)
    return Finding(
        id=check_id,
        status=Status.PASS if abs(difference) <= allowed else Status.FAIL,
        difference=_decimal(difference),
        tolerance=_decimal(allowed),
        unit=unit,
        says=says,
    )


def _decimal(value: Fraction) -> Decimal:
    context = Context(prec=28)
    return context.divide(Decimal(value.numerator), Decimal(value.denominator))


def _number(fact: Fact | None) -> Decimal | None:
    return fact.number if fact else None


def _numbers(reading: Reading, key: str, scopes: Sequence[str], *qualifiers: Qualifier) -> list[Decimal] | None:
    """The printed numbers for all of the scopes, or ``None`` if one is missing."""
    found = [_number(reading.get(key, scope, *qualifiers)) for scope in scopes]
    numbers = [number for number in found if number is not None]
    return numbers if len(numbers) == len(scopes) else None


def _unit(value: Decimal) -> Fraction:
    return _power_of_ten(int(value.as_tuple().exponent))


@lru_cache(64)
def _power_of_ten(exponent: int) -> Fraction:
    return Fraction(10) ** exponent


def _sum_tolerance(values: Sequence[Decimal]) -> Fraction:
    """Half a unit of each, but nothing where all are exact: amounts to the cent, or counts."""
    if len({_unit(value) for value in values}) == 1 and _unit(values[0]) in (Fraction(1, 100), Fraction(1)):
        cents = _unit(values[0]) == Fraction(1, 100)
        return Fraction(0) if cents else sum((_unit(value) / 2 for value in values), Fraction(0))
    return sum((_unit(value) / 2 for value in values), Fraction(0))


def _weighted(
    values: Sequence[Decimal], weights: Sequence[Decimal], stated: Decimal
) -> tuple[Fraction, Fraction] | None:
    """Implied less stated weighted average, and what rounding of all the printed figures allows."""
    total = sum(map(Fraction, weights))
    if total == 0:
        return None
    implied = sum(Fraction(value) * Fraction(weight) for value, weight in zip(values, weights, strict=True)) / total
    allowed = _unit(stated) / 2
    for value, weight in zip(values, weights, strict=True):
        allowed += _unit(value) / 2 * Fraction(weight) / total
        if _unit(weight) > Fraction(1, 100):
            allowed += _unit(weight) / 2 * abs(Fraction(value) - implied) / total
    return implied - Fraction(stated), allowed


def _pool_scopes(deal: Deal) -> list[str]:
    return [pool.scope for pool in deal.pools if pool.scope != "all"]


def _every_scope(deal: Deal) -> list[str]:
    return [*_pool_scopes(deal), "all"]


def pools_sum(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """Balances and loan counts of the pools add up to all."""
    scopes = _every_scope(deal)
    for name, key, unit in (("balance", BALANCE, "USD"), ("loan_count", "loan_count", "loans")):
        if len(scopes) > 1:
            says = f"the pools' {name.replace('_', ' ')} add up to that of all mortgage loans"
            printed = _numbers(reading, key, scopes)
            difference = sum(map(Fraction, printed[:-1])) - Fraction(printed[-1]) if printed else None
            tolerance = _sum_tolerance(printed) if printed and key == BALANCE else Fraction(0)
            yield _finding(f"pools_sum:{name}", says, unit, difference, tolerance)


def pools_weighted(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """Averages of all mortgage loans are the pools' averages weighted by balance."""
    scopes = _every_scope(deal)
    weights = _numbers(reading, BALANCE, scopes[:-1])
    for key in AVERAGES if len(scopes) > 1 else ():
        yield _weighted_finding(reading, f"pools_weighted:{key}", key, scopes[:-1], scopes[-1], weights)


def _weighted_finding(
    reading: Reading, check_id: str, key: str, parts: Sequence[str], whole: str, weights: Sequence[Decimal] | None
) -> Finding:
    printed = _numbers(reading, key, [*parts, whole])
    compared = _weighted(printed[:-1], weights, printed[-1]) if printed and weights else None
    unit = "months" if key.endswith("_term") else "percent"
    says = f"{_words(key)} of {_place(whole)} is the balance-weighted average of its parts"
    return _finding(check_id, says, unit, *(compared or (None, None)))


def zip_code_bounds(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """The largest zip code of all lies between the largest of a pool and the sum of the pools' largest."""
    scopes = _every_scope(deal)
    if len(scopes) > 1:
        printed = _numbers(reading, "max_zip_code_balance", scopes)
        outside = tolerance = None
        if printed:
            *pools, whole = map(Fraction, printed)
            outside = max(Fraction(0), max(pools) - whole, whole - sum(pools))
            tolerance = _sum_tolerance(printed)
        says = "the largest zip code of all lies between the largest of any pool and the sum of the pools'"
        yield _finding("bounds:max_zip_code_balance", says, "USD", outside, tolerance)


def sub_pools(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """Discount and premium loans make up their pool, and part at one net rate."""
    for pool in deal.pools:
        scope = pool.scope
        parts = [f"{scope}:discount", f"{scope}:premium"]
        balances = _numbers(reading, BALANCE, [*parts, scope])
        difference = Fraction(balances[0]) + Fraction(balances[1]) - Fraction(balances[2]) if balances else None
        tolerance = _sum_tolerance(balances) if balances else None
        says = f"discount and premium loans add up to {_place(scope)}"
        yield _finding(f"discount_premium_sum:{scope}", says, "USD", difference, tolerance)
        for key in SUB_POOL_AVERAGES:
            weights = balances[:-1] if balances else None
            yield _weighted_finding(reading, f"discount_premium_weighted:{key}:{scope}", key, parts, scope, weights)
        rates = _numbers(reading, "net_loan_rate", parts)
        gap = Fraction(rates[1]) - Fraction(rates[0]) if rates else None
        says = f"one net loan rate ends the discount loans and starts the premium loans of {_place(scope)}"
        yield _finding(f"net_rate_split:{scope}", says, "percent", gap)


def classes_sum(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """The classes' initial balances add up to the scheduled principal balance."""
    balances = [tranche.class_initial_principal_balance for tranche in deal.tranches]
    whole = _numbers(reading, BALANCE, ["all"])
    difference = tolerance = None
    if whole and balances:
        difference = sum(map(Fraction, balances)) - Fraction(whole[0])
        tolerance = _sum_tolerance([*balances, *whole])
    says = "the initial balances of all classes add up to the aggregate scheduled principal balance"
    yield _finding("classes_sum:balance", says, "USD", difference, tolerance)


def subordination(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """Printed levels are the classes below over all, rounded up in the last place: less than one unit off."""
    balances = [Fraction(tranche.class_initial_principal_balance) for tranche in deal.tranches]
    whole = _numbers(reading, BALANCE, ["all"])
    levels = subordination_levels(balances, [tranche.rank for tranche in deal.tranches]) if any(balances) else []
    scale = sum(balances) / Fraction(whole[0]) if whole and whole[0] else None
    last = max((tranche.rank for tranche in deal.tranches), default=0)
    done = set()
    for tranche, level in zip(deal.tranches, levels, strict=True):
        label = tranche.label
        if reading.get("subordination_level", f"class:{label}") is None and tranche.rank == 1:
            label = "A" if reading.get("subordination_level", "class:A") else label
        stated = _number(reading.get("subordination_level", f"class:{label}"))
        if label in done or (stated is None and tranche.rank == last):
            continue
        done.add(label)
        says = (
            f"the level of class {label} is the sum of the classes below it over all mortgage loans;"
            " the filing's footnote names the class's own balance, which does not give the printed figure"
        )
        difference = 100 * level * scale - Fraction(stated) if stated is not None and scale is not None else None
        tolerance = _unit(stated) if stated is not None else None
        yield _finding(f"subordination_level:class:{label}", says, "percent", difference, tolerance)


def call(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """The printed threshold is ten per cent of the cut-off balance."""
    whole = _numbers(reading, BALANCE, ["all"])
    stated = deal.rules.call_threshold
    difference = (
        Fraction(whole[0]) * Fraction(CALL_PERCENT) - Fraction(stated) if whole and stated is not None else None
    )
    tolerance = _unit(stated) if stated is not None else None
    if whole and stated is not None:
        rounded = call_threshold(whole[0], CALL_PERCENT)
        says = f"10% of the cut-off balance, {rounded:,} rounded to the cent, is the printed threshold {stated:,}"
    else:
        says = "10% of the cut-off balance is the printed threshold of the clean-up call"
    yield _finding("call_threshold:10pct", says, "USD", difference, tolerance)


def documentation(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """The shares of the four documentation programs add up to 100%."""
    for scope in _every_scope(deal):
        printed = [_number(reading.get(key, scope)) for key in DOCUMENTATION]
        shares = [share for share in printed if share is not None]
        complete = len(shares) == len(DOCUMENTATION)
        difference = sum(map(Fraction, shares), Fraction(-100)) if complete else None
        tolerance = sum((_unit(share) / 2 for share in shares), Fraction(0))
        says = f"the documentation programs of {_place(scope)} add up to 100%"
        yield _finding(f"documentation_sum:{scope}", says, "percent", difference, tolerance)


def term_order(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """Remaining term <= original term, which lies between the shortest and the longest term."""
    for scope in _every_scope(deal):
        remaining = _number(reading.get("weighted_average_remaining_term", scope))
        original = _number(reading.get("weighted_average_original_term", scope))
        longest = _number(reading.get("original_term_years", scope, Qualifier.NO_MORE_THAN, Qualifier.EXACT))
        shortest = _number(reading.get("original_term_years", scope, Qualifier.AT_LEAST, Qualifier.EXACT))
        outside = tolerance = None
        if remaining is not None and original is not None and longest is not None:
            low = Fraction(12) * Fraction(shortest) if shortest is not None else Fraction(0)
            over = (
                Fraction(remaining) - Fraction(original),
                Fraction(original) - 12 * Fraction(longest),
                low - Fraction(original),
            )
            outside = max(Fraction(0), *over)
            tolerance = (_unit(remaining) + _unit(original)) / 2
        says = f"remaining term, original term and the shortest and longest terms of {_place(scope)} are in order"
        yield _finding(f"term_order:{scope}", says, "months", outside, tolerance)


def _filing_date(reading: Reading, key: str) -> date | None:
    fact = reading.get(key, "filing")
    return fact.value if fact and isinstance(fact.value, date) else None


def dates(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """Closing, report, heading and signature are of one day, the prospectus not after; cut-off starts that month."""
    found = [_filing_date(reading, key) for key in ("closing_date", "report_date", "heading_date", "signature_date")]
    days = [day for day in found if day is not None]
    prospectus = _filing_date(reading, "prospectus_date")
    apart = None
    if len(days) == len(found):
        apart = (max(days) - min(days)).days
        apart = max(apart, (prospectus - min(days)).days if prospectus else 0)
    says = "closing, report, heading and signature bear one date, and the prospectus none after it"
    yield _finding("dates:closing_report_signature", says, "days", None if apart is None else Fraction(apart))
    closing, cut_off = deal.closing_date, deal.cut_off_date
    away = abs((cut_off - closing.replace(day=1)).days) if closing and cut_off else None
    says = "the cut-off date is the first of the closing month"
    yield _finding("dates:cut_off_first_of_closing_month", says, "days", None if away is None else Fraction(away))


def series(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """The cover names the series that the description names."""
    cover, body = reading.get("cover_series", "filing"), reading.get("series", "filing")
    differs = Fraction(cover.value != body.value) if cover and body else None
    yield _finding("series:cover_matches_body", "cover and description name one series", "differences", differs)


def months_after(day: date, base: date) -> int:
    """Whole calendar months from ``base`` to ``day``, days of the month left out."""
    return 12 * (day.year - base.year) + day.month - base.month


def loan_dates(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """Loans were made before the cut-off date, and mature within the longest term of it (two months' slack)."""
    slack = Fraction(DATE_SLACK_MONTHS)
    for pool in deal.pools:
        first, last, cut_off = pool.earliest_origination_date, pool.latest_origination_date, deal.cut_off_date
        outside = None
        if first and last and cut_off:
            outside = Fraction(max(0, months_after(last, cut_off), months_after(first, last)))
        says = f"the loans of {_place(pool.scope)} were made before the cut-off date (two months' slack)"
        yield _finding(f"origination_order:{pool.scope}", says, "months", outside, slack)
        matures, longest = pool.latest_maturity_date, pool.original_term_years_no_more_than
        beyond = None
        if matures and longest is not None and cut_off:
            beyond = Fraction(months_after(matures, cut_off)) - 12 * Fraction(longest)
        says = (
            f"the latest maturity of {_place(pool.scope)} is the cut-off date plus the longest term (two months' slack)"
        )
        yield _finding(f"maturity_term:{pool.scope}", says, "months", beyond, slack)


def sizes(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """The average loan is no larger than the largest original balance, and parts are no larger than their pool."""
    for pool in deal.pools:
        balance, count = pool.aggregate_scheduled_principal_balance, pool.loan_count
        largest, smallest = pool.original_principal_balance_no_more_than, pool.original_principal_balance_at_least
        over = None
        if balance is not None and count and largest is not None and smallest is not None:
            average = Fraction(balance) / Fraction(count)
            over = max(Fraction(0), average - Fraction(largest), Fraction(smallest) - Fraction(largest))
        says = f"the average loan of {_place(pool.scope)} is within the largest original balance"
        yield _finding(f"loan_size:{pool.scope}", says, "USD", over)
        for key in PARTS_OF_POOL:
            part: Decimal | None = getattr(pool, key)
            if part is not None:
                excess = max(Fraction(0), Fraction(part) - Fraction(balance)) if balance is not None else None
                says = f"{_words(key)} is part of {_place(pool.scope)}"
                yield _finding(f"part_of_pool:{key}:{pool.scope}", says, "USD", excess, _unit(part) / 2)


def loss_limits(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """A limit on losses that is stated in dollars is no more than all mortgage loans."""
    balance = deal.all.aggregate_scheduled_principal_balance
    for key in ("special_hazard_loss_limit", "fraud_loss_limit", "bankruptcy_loss_limit"):
        limit: Decimal | None = getattr(deal.rules, key)
        if limit is not None:
            says = f"the {_words(key)} is no more than the balance of all mortgage loans"
            yield _finding(f"loss_limit:{key}", says, "USD", _excess(limit, balance))


def principal_due(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """Balances are after the principal that was due on the cut-off date."""
    for pool in {id(pool): pool for pool in (*deal.pools, deal.all)}.values():
        due, cut_off = pool.principal_due_through_date, deal.cut_off_date
        days = Fraction((due - cut_off).days) if due and cut_off else None
        says = f"principal of {_place(pool.scope)} is deducted as far as it was due on the cut-off date"
        yield _finding(f"principal_due:{pool.scope}", says, "days", days)


def term_bounds(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """The shortest and the longest term of all are those of the pools."""
    fields = (("original_term_years_at_least", min), ("original_term_years_no_more_than", max))
    for name, outermost in fields if deal.pools != (deal.all,) else ():
        stated = [getattr(pool, name) for pool in (*deal.pools, deal.all)]
        differs = None if None in stated else Fraction(outermost(stated[:-1])) - Fraction(stated[-1])
        says = f"the {'shortest' if outermost is min else 'longest'} original term of all is that of the pools"
        yield _finding(f"bounds:{name}", says, "years", differs)


def ages(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """Average terms agree with the earliest origination and the latest maturity (two months' slack)."""
    for pool in deal.pools:
        original, remaining = pool.weighted_average_original_term, pool.weighted_average_remaining_term
        first, matures, cut_off = pool.earliest_origination_date, pool.latest_maturity_date, deal.cut_off_date
        older = beyond = slack = None
        if remaining is not None and cut_off:
            slack = DATE_SLACK_MONTHS + _unit(remaining)
            if original is not None and first:
                age = Fraction(original) - Fraction(remaining)
                older = max(Fraction(0), age - months_after(cut_off, first))
            if matures:
                beyond = max(Fraction(0), Fraction(remaining) - months_after(matures, cut_off))
        says = f"the average loan of {_place(pool.scope)} is no older than the earliest one (two months' slack)"
        yield _finding(f"seasoning:{pool.scope}", says, "months", older, slack)
        says = f"the average remaining term of {_place(pool.scope)} ends by the latest maturity (two months' slack)"
        yield _finding(f"remaining_maturity:{pool.scope}", says, "months", beyond, slack)


def loan_to_value(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """No average exceeds the highest ratio, and high ratios are those that are insured."""
    highest = _number(reading.get("max_ltv", "all"))
    insured = _number(reading.get("primary_mortgage_insurance_ltv_threshold", "all"))
    for scope in _every_scope(deal):
        average = _number(reading.get("weighted_average_ltv", scope))
        says = f"the average loan-to-value ratio of {_place(scope)} is no more than the highest"
        yield _finding(f"ltv_order:{scope}", says, "percent", _excess(average, highest))
    for pool in deal.pools:
        high = _number(reading.get("high_ltv_threshold", pool.scope))
        differs = Fraction(high) - Fraction(insured) if high is not None and insured is not None else None
        says = f"high loan-to-value ratios of {_place(pool.scope)} begin where mortgage insurance does"
        yield _finding(f"high_ltv_insured:{pool.scope}", says, "percent", differs)
        if pool.pledged_asset_ltv_with_collateral is None and pool.pledged_asset_ltv_without_collateral is None:
            continue
        ratios = _numbers(reading, "pledged_asset_ltv_with_collateral", [pool.scope])
        bare = _numbers(reading, "pledged_asset_ltv_without_collateral", [pool.scope])
        over = tolerance = None
        if ratios and bare and highest is not None:
            over = max(Fraction(0), Fraction(ratios[0]) - Fraction(min(bare[0], highest)))
            tolerance = (_unit(ratios[0]) + _unit(bare[0])) / 2
        says = f"pledged collateral lowers the loan-to-value ratio in {_place(pool.scope)}, to the highest one or less"
        yield _finding(f"pledged_ltv_order:{pool.scope}", says, "percent", over, tolerance)


def concentration(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """The largest zip code holds an average loan at least; pledged loans are loans of their pool, none larger."""
    for pool in {id(pool): pool for pool in (*deal.pools, deal.all)}.values():
        balance, count, largest = pool.aggregate_scheduled_principal_balance, pool.loan_count, pool.max_zip_code_balance
        short = tolerance = None
        if balance is not None and count and largest is not None:
            short = max(Fraction(0), Fraction(balance) / Fraction(count) - Fraction(largest))
            tolerance = _unit(largest) / 2
        says = f"the largest zip code of {_place(pool.scope)} holds at least an average loan"
        yield _finding(f"zip_code_size:{pool.scope}", says, "USD", short, tolerance)
    for pool in deal.pools:
        pledged, part = pool.pledged_asset_loan_count, pool.pledged_asset_balance
        if pledged is None and part is None:
            continue
        says = f"loans of {_place(pool.scope)} with pledged collateral are some of its loans"
        yield _finding(f"pledged_count:{pool.scope}", says, "loans", _excess(pledged, pool.loan_count))
        over = tolerance = None
        limit = pool.original_principal_balance_no_more_than
        if pledged and part is not None and limit is not None:
            over = max(Fraction(0), Fraction(part) / Fraction(pledged) - Fraction(limit))
            tolerance = _unit(part) / 2
        says = f"the average pledged-asset loan of {_place(pool.scope)} is within the largest original balance"
        yield _finding(f"pledged_size:{pool.scope}", says, "USD", over, tolerance)


def _excess(value: Decimal | None, limit: Decimal | None) -> Fraction | None:
    """By how much a value exceeds its limit; ``None`` if one of them is missing."""
    if value is None or limit is None:
        return None
    return max(Fraction(0), Fraction(value) - Fraction(limit))


def prospectus_age(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """The prospectus was written for this closing."""
    prospectus, closing = _filing_date(reading, "prospectus_date"), deal.closing_date
    months = Fraction(months_after(closing, prospectus)) if prospectus and closing else None
    says = "the prospectus is of the months before the closing (two months' slack)"
    yield _finding("dates:prospectus", says, "months", months, Fraction(DATE_SLACK_MONTHS))


def shares_weighted(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """Shares of all mortgage loans are the pools' shares weighted by balance, within the whole percents printed."""
    scopes = _every_scope(deal)
    weights = _numbers(reading, BALANCE, scopes[:-1])
    for key in ("primary_residence_percent", *DOCUMENTATION) if len(scopes) > 1 else ():
        yield _weighted_finding(reading, f"shares_weighted:{key}", key, scopes[:-1], scopes[-1], weights)


def _words(key: str) -> str:
    return key.removesuffix("_percent").replace("_", " ")


def _place(scope: str) -> str:
    return "all mortgage loans" if scope == "all" else scope.replace(":", " ")


CHECKS: tuple[Check, ...] = (
    pools_sum,
    pools_weighted,
    zip_code_bounds,
    sub_pools,
    classes_sum,
    subordination,
    call,
    documentation,
    term_order,
    dates,
    series,
    loan_dates,
    sizes,
    shares_weighted,
    principal_due,
    term_bounds,
    ages,
    loan_to_value,
    concentration,
    loss_limits,
    prospectus_age,
)
