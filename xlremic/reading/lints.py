"""What every filing of the shelf says alike: each departure is warned of by a name of its own.

A lint never changes a value. It tells a person where to look: something is missing, of an unusual form, out of the
filing's own order, or stated of some pools or classes only.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain

from .facts import Caution, Fact, Qualifier, printed
from .grammar import Sentence
from .ledger import Ledger

_LEAST, _MOST, _EXACT, _NONE = Qualifier.AT_LEAST, Qualifier.NO_MORE_THAN, Qualifier.EXACT, Qualifier.NONE
_SHARES = (_MOST, _EXACT, _NONE)
_USUAL_BOUNDS = {
    "call_threshold": (Qualifier.LESS_THAN,),
    "original_term_years": (_LEAST, _MOST, _EXACT),
    "original_principal_balance": (_LEAST, _MOST),
    "max_zip_code_balance": (_MOST,),
    "primary_residence_percent": (_LEAST, _EXACT),
    "investment_property_percent": _SHARES,
    "second_home_percent": _SHARES,
    "documentation_full_percent": (_LEAST, _EXACT),
    "documentation_no_asset_verification_percent": _SHARES,
    "documentation_no_income_verification_percent": _SHARES,
    "documentation_streamlined_percent": _SHARES,
    "high_ltv_threshold": (Qualifier.IN_EXCESS_OF, Qualifier.GREATER_THAN),
}
_USUAL_SIDES = {"discount": (Qualifier.LESS_THAN,), "premium": (_LEAST,)}
_USUAL_VALUES = (("form_type", "filing", ("8-K", "8-K/A")), ("regular_interests_percent", "all", ("100",)))
_HEADER_FACTS = (("report_date", "period_of_report"), ("commission_file_number", "sec_file_number"))
_ALWAYS_SAID = (
    "aggregate_scheduled_principal_balance",
    "loan_count",
    "weighted_average_coupon",
    "weighted_average_remaining_term",
    "weighted_average_original_term",
    "weighted_average_ltv",
    "original_term_years",
    "earliest_origination_date",
    "latest_origination_date",
    "latest_maturity_date",
    "original_principal_balance",
    "max_ltv",
    "primary_mortgage_insurance_ltv_threshold",
    "max_zip_code_balance",
    "primary_residence_percent",
    "investment_property_percent",
    "documentation_full_percent",
    "call_threshold",
    "regular_interests_percent",
    "special_hazard_loss_limit",
    "class_initial_principal_balance",
    "subordination_level",
    "paying_agent",
    "report_date",
    "prospectus_date",
)
"""Facts that every filing of the shelf has."""
_SOME_POOLS = ("pledged_asset", "relocation", "state_percent", "principal_due")
"""Facts that a filing states of some pools only."""
_FIRST_OF_MONTH = (
    "cut_off_date",
    "principal_due_through_date",
    "earliest_origination_date",
    "latest_origination_date",
    "latest_maturity_date",
)
PROSPECTUS_DAYS = 31
STILL_OWED = Decimal("0.75")
"""Of an original balance, what is scheduled to be owed at the cut-off date at the least: the loans are young."""
_NO_VALUE = re.compile(
    r"(?=[antifl])\b(?:at\sleast|(?:no|not|nor)\s(?:more|less)\sthan|in\sexcess\sof|prior\sto|later\sthan)\s?"
    r"(?:[.;]|,(?!\srespectively,\s[$\d])|(?:but|and|nor|or|years|months|of|respectively)\b)"
)
"""In lower case."""
_BOUNDS = ("than", "at least", "excess of", "prior to")


def lint_sentence(sentence: Sentence, ledger: Ledger) -> None:
    """A bound without its value: a figure fell out."""
    if not any(bound in sentence.words for bound in _BOUNDS):
        return
    if match := _NO_VALUE.search(sentence.words):
        ledger.warn("no_value", f"{match[0]!r} stands without its figure", sentence.traced, match.start())


def lint(ledger: Ledger) -> None:
    """Every lint of a whole filing."""
    for check in LINTS:
        ledger.warnings.extend(check(ledger))


def _facts(ledger: Ledger) -> Iterator[Fact]:
    return chain.from_iterable(ledger.facts.values())


def _one(ledger: Ledger, key: str, scope: str = "filing", qualifier: Qualifier = Qualifier.EXACT) -> Fact | None:
    found = ledger.facts.get((key, scope, qualifier), ())
    return found[0] if found else None


def _of(fact: Fact, code: str, message: str) -> Caution:
    return Caution(code=code, message=message, line=fact.provenance.line)


def series(ledger: Ledger) -> Iterator[Caution]:
    cover, body = _one(ledger, "cover_series"), _one(ledger, "series")
    if cover and body and cover.value != body.value:
        message = (
            f"the cover says Series {cover.value}, the description Series {body.value}; the description is followed"
        )
        yield _of(cover, "series_mismatch", message)


def days(ledger: Ledger) -> Iterator[Caution]:
    """Figures are as of the cut-off date, limits of dates firsts of months, the prospectus of the month before."""
    for fact in _facts(ledger):
        if fact.as_of and ledger.cut_off_date and fact.as_of != ledger.cut_off_date:
            message = f"{fact.key} of {fact.scope} is as of {fact.as_of}, not of the cut-off date {ledger.cut_off_date}"
            yield _of(fact, "as_of", message)
        if fact.key in _FIRST_OF_MONTH and isinstance(fact.value, date) and fact.value.day != 1:
            yield _of(fact, "first_of_month", f"{fact.key} of {fact.scope} is {fact.value}, not the first of a month")
    prospectus, closing = _one(ledger, "prospectus_date"), _one(ledger, "closing_date")
    if prospectus and closing and isinstance(prospectus.value, date) and isinstance(closing.value, date):
        before = (closing.value - prospectus.value).days
        if not 0 <= before <= PROSPECTUS_DAYS:
            yield _of(prospectus, "prospectus_age", f"the prospectus is dated {before} days before the closing")


def bounds(ledger: Ledger) -> Iterator[Caution]:
    """Limits are of the usual kind, on the usual side, and not beside an exact figure."""
    for fact in _facts(ledger):
        side = fact.scope.rpartition(":")[2]
        usual = _USUAL_SIDES.get(side) if fact.key == "net_loan_rate" else _USUAL_BOUNDS.get(fact.key)
        if usual and fact.qualifier not in usual:
            yield _of(
                fact, "unusual", f"{fact.key} of {fact.scope} is a bound of another kind than usual: {fact.qualifier}"
            )
        if fact.qualifier is not _EXACT and _one(ledger, fact.key, fact.scope):
            yield _of(fact, "unusual", f"{fact.key} of {fact.scope} is a figure and a bound at once")
    for key, one_sided in (("original_term_years", (_LEAST, _MOST)), ("original_principal_balance", (_LEAST, _MOST))):
        for scope in {fact.scope for fact in _facts(ledger) if fact.key == key and fact.qualifier in one_sided}:
            sides = [_one(ledger, key, scope, side) for side in one_sided]
            found = next(side for side in sides if side)
            if None in sides:
                yield _of(found, "one_sided", f"{key} of {scope} has one bound, where filings of this shelf have two")
            elif sides[0] and sides[1] and not _in_order(sides[0], sides[1]):
                yield _of(found, "bounds_crossed", f"{key} of {scope}: the lower bound is over the upper one")


def _in_order(low: Fact, high: Fact) -> bool:
    return low.number is None or high.number is None or low.number <= high.number


def usual_values(ledger: Ledger) -> Iterator[Caution]:
    """What is alike in all filings of the shelf, and what the submission's header says once more."""
    for key, scope, usual in _USUAL_VALUES:
        fact = _one(ledger, key, scope)
        if fact and printed(fact.value) not in usual:
            message = f"{key} is {printed(fact.value)!r}, where filings of this shelf have {usual[0]!r}"
            yield _of(fact, "unusual", message)
    for key, header in _HEADER_FACTS:
        stated, fact = ledger.filing.submission.get(header, ""), _one(ledger, key)
        if fact and stated and stated not in printed(fact.value).replace("-", "" if key == "report_date" else "-"):
            message = f"the header of the submission has {stated} as {header}, the cover {printed(fact.value)}"
            yield _of(fact, "header_mismatch", message)


def sizes(ledger: Ledger) -> Iterator[Caution]:
    """The smallest loan, less what is paid, is no larger than the average; high ratios are under the highest."""
    key = "aggregate_scheduled_principal_balance"
    for (name, scope, _), facts in ledger.facts.items():
        if name == key:
            count, least = _one(ledger, "loan_count", scope), _one(ledger, "original_principal_balance", scope, _LEAST)
            if count and least and count.number and least.number and facts and facts[0].number:
                average = facts[0].number / count.number
                if least.number * STILL_OWED > average:
                    yield _of(
                        least,
                        "smallest_loan",
                        f"the smallest loan of {scope} is larger than the average, {average:,.0f}",
                    )
    highest = _one(ledger, "max_ltv", "all", _MOST)
    for fact in _facts(ledger):
        if (
            fact.key in ("high_ltv_threshold", "primary_mortgage_insurance_ltv_threshold")
            and highest
            and highest.number
            and fact.number
            and fact.number > highest.number
        ):
            yield _of(fact, "high_ltv", f"{fact.key} of {fact.scope} is over the highest ratio, {highest.number}%")


def classes(ledger: Ledger) -> Iterator[Caution]:
    """Levels belong to classes with balances, all but the last have one, and names have no gaps."""
    balances = {f.scope.removeprefix("class:"): f for f in _facts(ledger) if f.key == "class_initial_principal_balance"}
    levels = {f.scope.removeprefix("class:"): f for f in _facts(ledger) if f.key == "subordination_level"}
    seniors = {label for label in balances if not re.match(r"[MB]", label)}
    for label, fact in levels.items():
        if balances and label not in balances and not (label == "A" and seniors):
            yield _of(fact, "level_without_class", f"class {label} has a level and no balance")
    for family in ("M", "B"):
        numbers = sorted(int(found[1]) for label in balances if (found := re.fullmatch(rf"{family}-?(\d+)", label)))
        if numbers and numbers != list(range(1, len(numbers) + 1)):
            shown = ", ".join(f"{family}-{number}" for number in numbers)
            yield _of(next(iter(balances.values())), "gap_in_classes", f"classes {shown}: a name is missing")
    junior = [label for label in balances if label not in seniors]
    for label in junior[:-1] if levels else ():
        if label not in levels:
            yield _of(balances[label], "class_without_level", f"class {label} has a balance and no level")


def every_pool(ledger: Ledger) -> Iterator[Caution]:
    """What is said of one pool is said of each, and what of discount loans also of premium loans."""
    pools = list(
        dict.fromkeys(f.scope for f in _facts(ledger) if f.scope.startswith("pool:") and f.scope.count(":") == 1)
    )
    scopes: dict[str, dict[str, Fact]] = {}
    for fact in _facts(ledger):
        if not fact.key.startswith(_SOME_POOLS):
            scopes.setdefault(fact.key, {}).setdefault(fact.scope, fact)
    for key, found in scopes.items():
        for suffix in ("", ":discount", ":premium"):
            having = [pool for pool in pools if pool + suffix in found]
            for pool in pools if having and len(having) < len(pools) else ():
                if pool not in having:
                    yield _of(
                        found[having[0] + suffix],
                        "some_pools",
                        f"{key} is not stated of {pool}{suffix}, but of other pools",
                    )
        for scope in found:
            side = {"discount": "premium", "premium": "discount"}.get(scope.rpartition(":")[2])
            other = f"{scope.rpartition(':')[0]}:{side}"
            if side and other not in found:
                yield _of(found[scope], "some_pools", f"{key} is not stated of {other}, but of {scope}")


def order_of_pools(ledger: Ledger) -> Iterator[Caution]:
    """Lists name the pools in one order; one that does not is an exception, or a slip."""
    if len({order for order, _ in ledger.orders}) < 2:
        return
    votes: Counter[tuple[str, str]] = Counter()
    for order, _ in ledger.orders:
        votes.update((a, b) for k, a in enumerate(order) for b in order[k + 1 :])
    for order, line in ledger.orders:
        if any(votes[b, a] > votes[a, b] for k, a in enumerate(order) for b in order[k + 1 :]):
            message = f"the list names {', '.join(order)} in another order than the filing's other lists"
            yield Caution(code="order_of_pools", message=message, line=line)


def places(ledger: Ledger) -> Iterator[Caution]:
    """The averages of one kind are printed with one number of places."""
    by_key: dict[tuple[str, bool], list[Fact]] = {}
    for fact in _facts(ledger):
        if fact.key.startswith("weighted_average") and fact.number is not None:
            by_key.setdefault((fact.key, fact.scope.endswith(("count", "premium"))), []).append(fact)
    for (key, _), facts in by_key.items():
        counts = Counter(_places(fact.number) for fact in facts if fact.number is not None)
        if len(counts) > 1:
            usual = counts.most_common(1)[0][0]
            for fact in facts:
                if fact.number is not None and _places(fact.number) != usual:
                    yield _of(fact, "places", f"{key} of {fact.scope} has another number of places than the others")


def _places(value: Decimal) -> int:
    return -int(value.as_tuple().exponent)


def absent(ledger: Ledger) -> Iterator[Caution]:
    """Facts that every filing of the shelf has; no use in listing them where hardly anything was read."""
    found = {key for key, _, _ in ledger.facts}
    missing = [key for key in _ALWAYS_SAID if key not in found]
    if len(missing) < len(_ALWAYS_SAID) / 2:
        for key in missing:
            message = f"{key}: no such fact was found, though every filing has one"
            yield Caution(code="absent", message=message, key=key)


LINTS: Sequence[Callable[[Ledger], Iterator[Caution]]] = (
    series,
    days,
    bounds,
    usual_values,
    sizes,
    classes,
    every_pool,
    order_of_pools,
    places,
    absent,
)
