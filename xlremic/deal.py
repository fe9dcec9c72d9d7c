"""The deal as the filing states it: pools, sub-pools, classes and rules. Frozen and exact.

Every field that comes from one fact bears that fact's key. Money is ``Decimal`` dollars as printed, a rate or share
is a fraction of one (6.132% is ``Decimal("0.06132")``), a term is months unless its name says years. What the filing
does not say is ``None``, never zero.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .structure import Structure


@dataclass(frozen=True, slots=True, kw_only=True)
class SubPool:
    """The discount or the premium loans of one pool: net loan rate below, or at and above, the target rate."""

    net_loan_rate: Decimal | None = None
    aggregate_scheduled_principal_balance: Decimal | None = None
    weighted_average_coupon: Decimal | None = None
    weighted_average_remaining_term: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """One group of mortgage loans, or all of them together (scope ``all``).

    ``weighted_average_coupon`` is gross, before the servicing fee. A two-sided limit has one field per side, the
    fact's key followed by its qualifier.
    """

    id: str
    scope: str
    label: str
    relocation_loans: bool | None = None
    principal_due_through_date: date | None = None
    aggregate_scheduled_principal_balance: Decimal | None = None
    loan_count: Decimal | None = None
    weighted_average_coupon: Decimal | None = None
    weighted_average_remaining_term: Decimal | None = None
    weighted_average_original_term: Decimal | None = None
    weighted_average_ltv: Decimal | None = None
    original_term_years_at_least: Decimal | None = None
    original_term_years_no_more_than: Decimal | None = None
    earliest_origination_date: date | None = None
    latest_origination_date: date | None = None
    latest_maturity_date: date | None = None
    original_principal_balance_at_least: Decimal | None = None
    original_principal_balance_no_more_than: Decimal | None = None
    max_zip_code_balance: Decimal | None = None
    high_ltv_threshold: Decimal | None = None
    high_ltv_balance: Decimal | None = None
    max_ltv: Decimal | None = None
    primary_mortgage_insurance_ltv_threshold: Decimal | None = None
    primary_residence_percent: Decimal | None = None
    investment_property_percent: Decimal | None = None
    second_home_percent: Decimal | None = None
    cooperative_percent: Decimal | None = None
    refinancing_percent: Decimal | None = None
    cash_out_refinancing_percent: Decimal | None = None
    buydown_percent: Decimal | None = None
    weighted_average_fico: Decimal | None = None
    weighted_average_net_rate: Decimal | None = None
    documentation_full_percent: Decimal | None = None
    documentation_no_asset_verification_percent: Decimal | None = None
    documentation_no_income_verification_percent: Decimal | None = None
    documentation_streamlined_percent: Decimal | None = None
    pledged_asset_loan_count: Decimal | None = None
    pledged_asset_balance: Decimal | None = None
    pledged_asset_ltv_with_collateral: Decimal | None = None
    pledged_asset_ltv_without_collateral: Decimal | None = None
    discount: SubPool | None = None
    premium: SubPool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """A loan, or loans taken as one, of a deal file: dollars, fractions a year, months.

    ``target_rate`` is that of its pool's ratio strips, ``None`` if the pool has none.
    """

    pool: str
    label: str
    balance: Decimal
    rate: Decimal
    net_rate: Decimal
    remaining_term: Decimal
    age: Decimal
    target_rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tranche:
    """One class of certificates. ``rank`` 1 is paid first and bears losses last; equal ranks give no support."""

    label: str
    rank: int
    class_initial_principal_balance: Decimal
    subordination_level: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DealRules:
    """What the filing says of the clean-up call and of loss limits.

    A loss limit is dollars; ``None`` means that the filing states no amount: see ``unlimited_losses``, the keys of
    the limits that the filing says do not exist.
    """

    call_threshold: Decimal | None = None
    special_hazard_loss_limit: Decimal | None = None
    fraud_loss_limit: Decimal | None = None
    bankruptcy_loss_limit: Decimal | None = None
    unlimited_losses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a series stands after issue: what a month's report adds to the filing.

    ``elapsed`` is months since the cut-off date, ``as_of`` the day of the balances, one for each class in the deal's
    order.
    """

    elapsed: int
    as_of: date | None
    class_balances: tuple[Decimal, ...]
    cumulative_losses: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A series of certificates and the mortgage loans behind it.

    ``pools`` holds at least one pool, in the filing's order. A filing that speaks only of "the Mortgage Loans" has
    one pool, which is ``all`` itself. ``tranches`` are in order of seniority. ``position`` is ``None`` at issue.
    ``adjustable``: the loans' rates adjust, so that their coupon is that of a day and no projection can rest on it.
    A deal of a deal file has its ``loans`` one by one, its ``structure`` of classes and its ``first_distribution``; the
    class A of a filing may have a structure too.
    """

    series: str
    closing_date: date | None = None
    cut_off_date: date | None = None
    all: Pool
    pools: tuple[Pool, ...]
    tranches: tuple[Tranche, ...]
    rules: DealRules = DealRules()
    adjustable: bool = False
    position: Position | None = None
    loans: tuple[Loan, ...] = ()
    structure: Structure | None = None
    first_distribution: date | None = None

    @property
    def elapsed(self) -> int:
        """Months since the cut-off date."""
        return self.position.elapsed if self.position else 0

    @property
    def class_balances(self) -> tuple[Decimal, ...]:
        """Balance of each class now, in the order of ``tranches``."""
        if self.position:
            return self.position.class_balances
        return tuple(tranche.class_initial_principal_balance for tranche in self.tranches)
