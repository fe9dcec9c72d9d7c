"""The vocabulary of facts: every key with its unit, the scopes it may have and its usual qualifier."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from ..errors import InputError
from ..subordination import seniority
from .facts import Qualifier, Unit

_ID = r"(?:[IVX]{1,5}|\d{1,2}|[A-H])"
_LOANS = rf"(?:all|pool:{_ID})"
_CLASS = re.compile(r"class:([A-Z0-9-]{1,12})")


class Where(StrEnum):
    """A kind of scope, as a message names it."""

    FILING = "filing"
    ALL = "all"
    LOANS = "all, or a pool such as pool:I"
    PARTS = "the discount or premium loans, such as pool:I:discount"
    STATE = "a state, such as pool:I:New York"
    CLASS = "a class, such as class:B-1"


_SCOPES = {
    Where.FILING: re.compile("filing"),
    Where.ALL: re.compile("all"),
    Where.LOANS: re.compile(_LOANS),
    Where.PARTS: re.compile(rf"{_LOANS}:(?:discount|premium)"),
    Where.STATE: re.compile(rf"{_LOANS}:(?!discount|premium)[A-Z][A-Za-z. ]{{1,30}}"),
}


@dataclass(frozen=True, slots=True)
class Key:
    """What a fact of this name holds.

    ``qualifiers`` are those that it may have, the usual one first; with ``sides`` there is no usual one.
    """

    name: str
    unit: Unit
    where: tuple[Where, ...]
    qualifiers: tuple[Qualifier, ...] = (Qualifier.EXACT,)
    sides: bool = False

    def usual(self, scope: str) -> Qualifier | None:
        """What a figure without a qualifier is; premium loans begin at the net rate that ends the discount loans."""
        if self.where == (Where.PARTS,):
            return self.qualifiers[scope.endswith(":premium")]
        return None if self.sides else self.qualifiers[0]

    def allows(self, scope: str) -> bool:
        return any(_is(scope, where) for where in self.where)


def _is(scope: str, where: Where) -> bool:
    if where is not Where.CLASS:
        return _SCOPES[where].fullmatch(scope) is not None
    found = _CLASS.fullmatch(scope)
    try:
        return found is not None and bool(seniority(found[1]))
    except InputError:
        return False


def _keys() -> Iterator[Key]:
    filing, whole, loans, klass = (Where.FILING,), (Where.ALL,), (Where.LOANS,), (Where.CLASS,)
    parts = (Where.LOANS, Where.PARTS)
    exact, none, least, most = Qualifier.EXACT, Qualifier.NONE, Qualifier.AT_LEAST, Qualifier.NO_MORE_THAN
    for name in (
        "series", "cover_series", "registrant", "registrant_role", "trustee", "paying_agent", "authenticating_party",
        "balance_term", "form_type", "item_number", "item_title", "commission_file_number", "irs_employer_id",
        "principal_address", "zip_code", "telephone", "state_of_organization", "signatory_name", "signatory_title",
        "occupancy_determined_by",
    ):  # fmt: skip
        yield Key(name, Unit.TEXT, filing)
    for name in (
        "closing_date", "cut_off_date", "report_date", "heading_date", "signature_date", "prospectus_date",
    ):  # fmt: skip
        yield Key(name, Unit.DATE, filing)
    yield Key("principal_due_through_date", Unit.DATE, loans)
    yield Key("aggregate_scheduled_principal_balance", Unit.USD, parts)
    yield Key("loan_count", Unit.LOANS, loans)
    yield Key("weighted_average_coupon", Unit.PERCENT, parts)
    yield Key("weighted_average_net_rate", Unit.PERCENT, loans)
    yield Key("weighted_average_remaining_term", Unit.MONTHS, parts)
    yield Key("weighted_average_original_term", Unit.MONTHS, loans)
    yield Key("weighted_average_ltv", Unit.PERCENT, loans)
    yield Key("weighted_average_fico", Unit.SCORE, loans)
    yield Key("net_loan_rate", Unit.PERCENT, (Where.PARTS,), (Qualifier.LESS_THAN, least))
    yield Key("original_term_years", Unit.YEARS, loans, (least, most, exact), sides=True)
    yield Key("original_principal_balance", Unit.USD, loans, (least, most, exact), sides=True)
    yield Key("earliest_origination_date", Unit.DATE, loans, (Qualifier.NOT_BEFORE, exact))
    yield Key("latest_origination_date", Unit.DATE, loans, (Qualifier.NOT_AFTER, exact))
    yield Key("latest_maturity_date", Unit.DATE, loans, (Qualifier.NO_LATER_THAN, Qualifier.NOT_AFTER, exact))
    yield Key("max_zip_code_balance", Unit.USD, loans, (most, exact))
    yield Key("zip_code_concentration_basis", Unit.ZIP_CODES, whole)
    yield Key("high_ltv_balance", Unit.USD, loans)
    yield Key("high_ltv_percent", Unit.PERCENT, loans, (exact, most, least))
    yield Key("high_ltv_threshold", Unit.PERCENT, loans, (Qualifier.IN_EXCESS_OF, Qualifier.GREATER_THAN, exact))
    yield Key("max_ltv", Unit.PERCENT, loans, (most, exact))
    yield Key(
        "primary_mortgage_insurance_ltv_threshold",
        Unit.PERCENT,
        loans,
        (Qualifier.GREATER_THAN, Qualifier.IN_EXCESS_OF),
    )
    yield Key("primary_mortgage_insurance_percent_of_high_ltv", Unit.PERCENT, loans)
    yield Key("primary_residence_percent", Unit.PERCENT, loans, (least, exact, most))
    yield Key("primary_residence_basis_months", Unit.MONTHS, filing, (least, exact))
    yield Key("documentation_full_percent", Unit.PERCENT, loans, (least, exact, most, none))
    for name in (
        "investment_property_percent", "second_home_percent", "cooperative_percent", "refinancing_percent",
        "cash_out_refinancing_percent",
        "buydown_percent", "documentation_no_asset_verification_percent",
        "documentation_no_income_verification_percent", "documentation_streamlined_percent",
    ):  # fmt: skip
        yield Key(name, Unit.PERCENT, loans, (most, exact, least, none))
    yield Key("state_percent", Unit.PERCENT, (Where.STATE,), (most, exact, least))
    yield Key("pledged_asset_loan_count", Unit.LOANS, loans)
    yield Key("pledged_asset_balance", Unit.USD, loans)
    yield Key("pledged_asset_ltv_with_collateral", Unit.PERCENT, loans)
    yield Key("pledged_asset_ltv_without_collateral", Unit.PERCENT, loans)
    yield Key("adjustable_rate", Unit.BOOLEAN, filing)
    yield Key("relocation_loans", Unit.BOOLEAN, loans)
    yield Key("regular_interests_percent", Unit.PERCENT, whole)
    yield Key("call_threshold", Unit.USD, whole, (Qualifier.LESS_THAN,))
    for name in ("special_hazard_loss_limit", "fraud_loss_limit", "bankruptcy_loss_limit"):
        yield Key(name, Unit.USD, whole, (exact, none))
    yield Key("class_initial_principal_balance", Unit.USD, klass)
    yield Key("subordination_level", Unit.PERCENT, klass)


KEYS: Mapping[str, Key] = {key.name: key for key in _keys()}


def nearest(name: str) -> str:
    """Known keys that a misspelt one may mean, for a message."""
    close = get_close_matches(name.lower()[:80].replace(" ", "_"), KEYS, 3, 0.5)
    return ", ".join(close) or f"{', '.join(list(KEYS)[:3])} ..."
