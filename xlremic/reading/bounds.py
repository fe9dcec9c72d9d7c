"""Bounds and dates of a filing: what must lie within what, and in which order."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from ..deal import Deal
from .facts import Qualifier, Reading
from .findings import ACROSS, Finding, Rule, every_scope, number, numbers, place, unit_of, words

PARTS_OF_POOL = ("max_zip_code_balance", "high_ltv_balance", "pledged_asset_balance")
DATE_SLACK_MONTHS = 2


def term_order(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """Remaining term <= original term, which lies between the shortest and the longest term."""
    for scope in every_scope(deal):
        remaining = number(reading.get("weighted_average_remaining_term", scope))
        original = number(reading.get("weighted_average_original_term", scope))
        longest = number(reading.get("original_term_years", scope, Qualifier.NO_MORE_THAN, Qualifier.EXACT))
        shortest = number(reading.get("original_term_years", scope, Qualifier.AT_LEAST, Qualifier.EXACT))
        outside = tolerance = None
        if remaining is not None and original is not None and longest is not None:
            low = Fraction(12) * Fraction(shortest) if shortest is not None else Fraction(0)
            over = (
                Fraction(remaining) - Fraction(original),
                Fraction(original) - 12 * Fraction(longest),
                low - Fraction(original),
            )
            outside = max(Fraction(0), *over)
            tolerance = (unit_of(remaining) + unit_of(original)) / 2
        says = f"remaining term, original term and the shortest and longest terms of {place(scope)} are in order"
        yield Rule("term_order", scope=scope).finds(says, "months", outside, tolerance)


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
    yield Rule("dates", "closing_report_signature", row="dates_apart").finds(
        says, "days", None if apart is None else Fraction(apart)
    )
    closing, cut_off = deal.closing_date, deal.cut_off_date
    away = abs((cut_off - closing.replace(day=1)).days) if closing and cut_off else None
    says = "the cut-off date is the first of the closing month"
    yield Rule("dates", "cut_off_first_of_closing_month", row="cut_off_gap").finds(
        says, "days", None if away is None else Fraction(away)
    )


def series(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """The cover names the series that the description names."""
    cover, body = reading.get("cover_series", "filing"), reading.get("series", "filing")
    differs = Fraction(cover.value != body.value) if cover and body else None
    yield Rule("series", "cover_matches_body", row="series_differs").finds(
        "cover and description name one series", "differences", differs
    )


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
        says = f"the loans of {place(pool.scope)} were made before the cut-off date (two months' slack)"
        yield Rule("origination_order", scope=pool.scope).finds(says, "months", outside, slack)
        matures, longest = pool.latest_maturity_date, pool.original_term_years_no_more_than
        beyond = None
        if matures and longest is not None and cut_off:
            beyond = Fraction(months_after(matures, cut_off)) - 12 * Fraction(longest)
        says = (
            f"the latest maturity of {place(pool.scope)} is the cut-off date plus the longest term (two months' slack)"
        )
        yield Rule("maturity_term", scope=pool.scope).finds(says, "months", beyond, slack)


def sizes(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """The average loan is no larger than the largest original balance, and parts are no larger than their pool."""
    for pool in deal.pools:
        balance, count = pool.aggregate_scheduled_principal_balance, pool.loan_count
        largest, smallest = pool.original_principal_balance_no_more_than, pool.original_principal_balance_at_least
        over = None
        if balance is not None and count and largest is not None and smallest is not None:
            average = Fraction(balance) / Fraction(count)
            over = max(Fraction(0), average - Fraction(largest), Fraction(smallest) - Fraction(largest))
        says = f"the average loan of {place(pool.scope)} is within the largest original balance"
        yield Rule("loan_size", scope=pool.scope).finds(says, "USD", over)
        for key in PARTS_OF_POOL:
            part: Decimal | None = getattr(pool, key)
            if part is not None:
                excess = max(Fraction(0), Fraction(part) - Fraction(balance)) if balance is not None else None
                says = f"{words(key)} is part of {place(pool.scope)}"
                yield Rule("part_of_pool", key, pool.scope, row=f"{key}_excess").finds(
                    says, "USD", excess, unit_of(part) / 2
                )


def loss_limits(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """A limit on losses that is stated in dollars is no more than all mortgage loans."""
    balance = deal.all.aggregate_scheduled_principal_balance
    for key in ("special_hazard_loss_limit", "fraud_loss_limit", "bankruptcy_loss_limit"):
        limit: Decimal | None = getattr(deal.rules, key)
        if limit is not None:
            says = f"the {words(key)} is no more than the balance of all mortgage loans"
            yield Rule("loss_limit", key, row=f"{key}_excess").finds(says, "USD", _excess(limit, balance))


def principal_due(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """Balances are after the principal that was due on the cut-off date."""
    for pool in {id(pool): pool for pool in (*deal.pools, deal.all)}.values():
        due, cut_off = pool.principal_due_through_date, deal.cut_off_date
        days = Fraction((due - cut_off).days) if due and cut_off else None
        says = f"principal of {place(pool.scope)} is deducted as far as it was due on the cut-off date"
        yield Rule("principal_due", scope=pool.scope).finds(says, "days", days)


def term_bounds(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """The shortest and the longest term of all are those of the pools."""
    fields = (("original_term_years_at_least", min), ("original_term_years_no_more_than", max))
    for name, outermost in fields if deal.pools != (deal.all,) else ():
        stated = [getattr(pool, name) for pool in (*deal.pools, deal.all)]
        differs = None if None in stated else Fraction(outermost(stated[:-1])) - Fraction(stated[-1])
        says = f"the {'shortest' if outermost is min else 'longest'} original term of all is that of the pools"
        yield Rule("bounds", name, row=name, column=ACROSS).finds(says, "years", differs)


def ages(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """Average terms agree with the earliest origination and the latest maturity (two months' slack)."""
    for pool in deal.pools:
        original, remaining = pool.weighted_average_original_term, pool.weighted_average_remaining_term
        first, matures, cut_off = pool.earliest_origination_date, pool.latest_maturity_date, deal.cut_off_date
        older = beyond = slack = None
        if remaining is not None and cut_off:
            slack = DATE_SLACK_MONTHS + unit_of(remaining)
            if original is not None and first:
                age = Fraction(original) - Fraction(remaining)
                older = max(Fraction(0), age - months_after(cut_off, first))
            if matures:
                beyond = max(Fraction(0), Fraction(remaining) - months_after(matures, cut_off))
        says = f"the average loan of {place(pool.scope)} is no older than the earliest one (two months' slack)"
        yield Rule("seasoning", scope=pool.scope).finds(says, "months", older, slack)
        says = f"the average remaining term of {place(pool.scope)} ends by the latest maturity (two months' slack)"
        yield Rule("remaining_maturity", scope=pool.scope).finds(says, "months", beyond, slack)


def loan_to_value(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """No average exceeds the highest ratio, and high ratios are those that are insured."""
    highest = number(reading.get("max_ltv", "all"))
    insured = number(reading.get("primary_mortgage_insurance_ltv_threshold", "all"))
    for scope in every_scope(deal):
        average = number(reading.get("weighted_average_ltv", scope))
        says = f"the average loan-to-value ratio of {place(scope)} is no more than the highest"
        yield Rule("ltv_order", scope=scope).finds(says, "percent", _excess(average, highest))
    for pool in deal.pools:
        high = number(reading.get("high_ltv_threshold", pool.scope))
        differs = Fraction(high) - Fraction(insured) if high is not None and insured is not None else None
        says = f"high loan-to-value ratios of {place(pool.scope)} begin where mortgage insurance does"
        yield Rule("high_ltv_insured", scope=pool.scope).finds(says, "percent", differs)
        if pool.pledged_asset_ltv_with_collateral is None and pool.pledged_asset_ltv_without_collateral is None:
            continue
        ratios = numbers(reading, "pledged_asset_ltv_with_collateral", [pool.scope])
        bare = numbers(reading, "pledged_asset_ltv_without_collateral", [pool.scope])
        over = tolerance = None
        if ratios and bare and highest is not None:
            over = max(Fraction(0), Fraction(ratios[0]) - Fraction(min(bare[0], highest)))
            tolerance = (unit_of(ratios[0]) + unit_of(bare[0])) / 2
        says = f"pledged collateral lowers the loan-to-value ratio in {place(pool.scope)}, to the highest one or less"
        yield Rule("pledged_ltv_order", scope=pool.scope).finds(says, "percent", over, tolerance)


def concentration(reading: Reading, deal: Deal) -> Iterator[Finding]:
    """The largest zip code holds an average loan at least; pledged loans are loans of their pool, none larger."""
    for pool in {id(pool): pool for pool in (*deal.pools, deal.all)}.values():
        balance, count, largest = pool.aggregate_scheduled_principal_balance, pool.loan_count, pool.max_zip_code_balance
        short = tolerance = None
        if balance is not None and count and largest is not None:
            short = max(Fraction(0), Fraction(balance) / Fraction(count) - Fraction(largest))
            tolerance = unit_of(largest) / 2
        says = f"the largest zip code of {place(pool.scope)} holds at least an average loan"
        yield Rule("zip_code_size", scope=pool.scope).finds(says, "USD", short, tolerance)
    for pool in deal.pools:
        pledged, part = pool.pledged_asset_loan_count, pool.pledged_asset_balance
        if pledged is None and part is None:
            continue
        says = f"loans of {place(pool.scope)} with pledged collateral are some of its loans"
        yield Rule("pledged_count", scope=pool.scope).finds(says, "loans", _excess(pledged, pool.loan_count))
        over = tolerance = None
        limit = pool.original_principal_balance_no_more_than
        if pledged and part is not None and limit is not None:
            over = max(Fraction(0), Fraction(part) / Fraction(pledged) - Fraction(limit))
            tolerance = unit_of(part) / 2
        says = f"the average pledged-asset loan of {place(pool.scope)} is within the largest original balance"
        yield Rule("pledged_size", scope=pool.scope).finds(says, "USD", over, tolerance)


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
    yield Rule("dates", "prospectus", row="prospectus_age").finds(says, "months", months, Fraction(DATE_SLACK_MONTHS))
