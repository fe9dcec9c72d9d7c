"""The contract between template and code: which named cell holds which field of the deal, in which unit.

The template marks the prototype cell of every row that code fills or checks with an anchor name (``row.loan_count``)
and every prototype that grows with a block name (``block.Pools``); both go when the workbook is made. The names of
``PUBLIC`` stay, for formulas, functions and people.
"""

import re
from dataclasses import dataclass

from ..errors import TemplateError

PUBLIC = (
    "Classes",
    "InitialBalances",
    "CurrentBalances",
    "StatedSubordinationLevels",
    "SubordinationLevelsAtIssue",
    "SubordinationLevels",
    "CutOffBalance",
    "CallPercent",
    "CallThreshold",
    "CurrentPoolBalance",
    "Callable",
    "PSA",
    "CPR",
    "CDR",
    "Severity",
    "ServicingFee",
    "DealPools",
    "DealClasses",
    "DealAssumptions",
    "AsOfDate",
    "CumulativeLosses",
    "ReportedPoolBalance",
    "Delinquency",
    "History",
    "SourceFacts",
    "ChecksFailed",
    "ChecksNotEvaluated",
)
"""Names that stay in the workbook; the first six are columns of Tranches, one row per class in order of seniority."""

FORMATS = {
    "USD": '#,##0.00;(#,##0.00);"-"',
    "dollars": '#,##0;(#,##0);"-"',
    "rate": "0.000%",
    "share": "0%",
    "ltv": "0.0%",
    "months": "0.00",
    "days": '0;-0;"-"',
    "years": "0",
    "loans": "#,##0",
    "date": "d mmm yyyy",
    "level": "0.000000000000%",
    "fraction": "0.0000000000",
    "text": "General",
    "truth": '"TRUE";"TRUE";"FALSE"',
}


@dataclass(frozen=True, slots=True)
class FactRow:
    """A row of Pools or Underwriting that holds one field of each pool, in the unit that sets its number format.

    ``total`` says how the pools make up all mortgage loans: sum, average (by balance), largest (between the largest and
    the sum), least, most, or nothing.
    """

    field: str
    label: str
    unit: str
    total: str = ""

    @property
    def anchor(self) -> str:
        return f"row.{self.field}"

    @property
    def sub_pool(self) -> str:
        """``discount`` or ``premium`` for a field of a sub-pool, else nothing."""
        return self.field.partition(".")[0] if "." in self.field else ""

    @property
    def name(self) -> str:
        return self.field.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class CalculatedRow:
    """A row of formulas; a cell stays empty where one of the fields that it ``needs`` is missing.

    ``formula`` is that of the prototype pool: ``{name}`` stands for the cell of that row in the same column, ``{name!}``
    for the cell of a row on Pools when the row is on another sheet, ``{name^}`` for that of all mortgage loans. ``whole`` is the formula of the column of all
    mortgage loans, "same" for the same formula there, nothing for an empty cell; ``{name:}`` is the row's pools.
    """

    name: str
    label: str
    unit: str
    formula: str
    needs: tuple[str, ...]
    whole: str = "same"
    difference: bool = False

    @property
    def anchor(self) -> str:
        return f"row.{self.name}"


BALANCE = "aggregate_scheduled_principal_balance"
_DISCOUNT, _PREMIUM = f"discount.{BALANCE}", f"premium.{BALANCE}"
_FEE_NEEDS = ("discount.weighted_average_coupon", "discount.net_loan_rate", _DISCOUNT, BALANCE)

POOLS: tuple[tuple[str, tuple[FactRow | CalculatedRow, ...]], ...] = (
    (
        "Balance and averages at the cut-off date",
        (
            FactRow("loan_count", "Number of mortgage loans", "loans", "sum"),
            FactRow(BALANCE, "Scheduled principal balance", "USD", "sum"),
            FactRow("weighted_average_coupon", "Weighted average coupon (gross)", "rate", "average"),
            FactRow("weighted_average_original_term", "Weighted average original term", "months", "average"),
            FactRow("weighted_average_remaining_term", "Weighted average remaining term", "months", "average"),
            FactRow("weighted_average_ltv", "Weighted average loan-to-value ratio", "ltv", "average"),
        ),
    ),
    (
        "Terms and dates",
        (
            FactRow("original_term_years_at_least", "Shortest original term", "years", "least"),
            FactRow("original_term_years_no_more_than", "Longest original term", "years", "most"),
            CalculatedRow(
                "term_order", "Terms out of order by", "months",
                "ROUND(MAX(0,{weighted_average_remaining_term}-{weighted_average_original_term},"
                "{weighted_average_original_term}-12*{original_term_years_no_more_than},"
                "12*{original_term_years_at_least}-{weighted_average_original_term}),12)",
                ("weighted_average_remaining_term", "weighted_average_original_term", "original_term_years_no_more_than"),
            ),
            FactRow("principal_due_through_date", "Principal deducted as due through", "date"),
            CalculatedRow(
                "principal_due", "Principal due after the cut-off date by", "days",
                "{principal_due_through_date}-CutOffDate", ("principal_due_through_date", "cut_off_date"),
            ),
            FactRow("earliest_origination_date", "Earliest origination", "date"),
            FactRow("latest_origination_date", "Latest origination", "date"),
            CalculatedRow(
                "origination_order", "Originated after the cut-off date by", "months",
                "MAX(0,12*(YEAR({latest_origination_date})-YEAR(CutOffDate))+MONTH({latest_origination_date})-MONTH(CutOffDate),"
                "12*(YEAR({earliest_origination_date})-YEAR({latest_origination_date}))"
                "+MONTH({earliest_origination_date})-MONTH({latest_origination_date}))",
                ("earliest_origination_date", "latest_origination_date", "cut_off_date"), whole="",
            ),
            CalculatedRow(
                "seasoning", "Average age beyond the earliest origination by", "months",
                "ROUND(MAX(0,{weighted_average_original_term}-{weighted_average_remaining_term}"
                "-12*(YEAR(CutOffDate)-YEAR({earliest_origination_date}))"
                "-MONTH(CutOffDate)+MONTH({earliest_origination_date})),12)",
                ("weighted_average_original_term", "weighted_average_remaining_term", "earliest_origination_date",
                 "cut_off_date"), whole="",
            ),
            FactRow("latest_maturity_date", "Latest scheduled maturity", "date"),
            CalculatedRow(
                "remaining_maturity", "Average remaining term beyond it by", "months",
                "ROUND(MAX(0,{weighted_average_remaining_term}-12*(YEAR({latest_maturity_date})-YEAR(CutOffDate))"
                "-MONTH({latest_maturity_date})+MONTH(CutOffDate)),12)",
                ("weighted_average_remaining_term", "latest_maturity_date", "cut_off_date"), whole="",
            ),
            CalculatedRow(
                "maturity_term", "Maturity beyond the longest term by", "months",
                "12*(YEAR({latest_maturity_date})-YEAR(CutOffDate))+MONTH({latest_maturity_date})-MONTH(CutOffDate)"
                "-12*{original_term_years_no_more_than}",
                ("latest_maturity_date", "original_term_years_no_more_than", "cut_off_date"), whole="",
            ),
        ),
    ),
    (
        "Loan size and concentration",
        (
            FactRow("original_principal_balance_at_least", "Smallest original balance", "dollars"),
            FactRow("original_principal_balance_no_more_than", "Largest original balance", "dollars"),
            CalculatedRow(
                "average_balance", "Average scheduled balance", "USD",
                f"ROUND({{{BALANCE}}}/{{loan_count}},2)", (BALANCE, "loan_count"),
            ),
            CalculatedRow(
                "loan_size", "Average over the largest balance by", "USD",
                "ROUND(MAX(0,{average_balance}-{original_principal_balance_no_more_than},"
                "{original_principal_balance_at_least}-{original_principal_balance_no_more_than}),2)",
                (BALANCE, "loan_count", "original_principal_balance_no_more_than", "original_principal_balance_at_least"),
                whole="",
            ),
            FactRow("max_zip_code_balance", "Largest zip code concentration", "dollars", "largest"),
            CalculatedRow(
                "zip_code_size", "Average loan over it by", "USD",
                f"ROUND(MAX(0,{{{BALANCE}}}/{{loan_count}}-{{max_zip_code_balance}}),2)",
                (BALANCE, "loan_count", "max_zip_code_balance"),
            ),
        ),
    ),
    (
        "Discount and premium loans",
        (
            FactRow("discount.net_loan_rate", "Discount loans: net loan rate", "rate"),
            FactRow("premium.net_loan_rate", "Premium loans: net loan rate", "rate"),
            CalculatedRow(
                "net_rate_gap", "Gap between the two rates", "rate",
                "ROUND({premium.net_loan_rate}-{discount.net_loan_rate},12)",
                ("discount.net_loan_rate", "premium.net_loan_rate"), whole="", difference=True,
            ),
            FactRow(_DISCOUNT, "Discount loans: balance", "dollars"),
            FactRow(_PREMIUM, "Premium loans: balance", "dollars"),
            CalculatedRow(
                "discount_premium_difference", "Discount plus premium less pool", "USD",
                f"ROUND({{{_DISCOUNT}}}+{{{_PREMIUM}}}-{{{BALANCE}}},2)", (_DISCOUNT, _PREMIUM, BALANCE), whole="",
            ),
            FactRow("discount.weighted_average_coupon", "Discount loans: coupon", "rate"),
            FactRow("premium.weighted_average_coupon", "Premium loans: coupon", "rate"),
            CalculatedRow(
                "discount_premium_weighted_average_coupon", "Weighted coupon less the pool's", "rate",
                f"ROUND(({{{_DISCOUNT}}}*{{discount.weighted_average_coupon}}+{{{_PREMIUM}}}*{{premium.weighted_average_coupon}})"
                f"/({{{_DISCOUNT}}}+{{{_PREMIUM}}})-{{weighted_average_coupon}},12)",
                (_DISCOUNT, _PREMIUM, BALANCE, "discount.weighted_average_coupon", "premium.weighted_average_coupon",
                 "weighted_average_coupon"), whole="", difference=True,
            ),
            FactRow("discount.weighted_average_remaining_term", "Discount loans: remaining term", "months"),
            FactRow("premium.weighted_average_remaining_term", "Premium loans: remaining term", "months"),
            CalculatedRow(
                "discount_premium_weighted_average_remaining_term", "Weighted remaining term less the pool's", "months",
                f"ROUND(({{{_DISCOUNT}}}*{{discount.weighted_average_remaining_term}}"
                f"+{{{_PREMIUM}}}*{{premium.weighted_average_remaining_term}})"
                f"/({{{_DISCOUNT}}}+{{{_PREMIUM}}})-{{weighted_average_remaining_term}},12)",
                (_DISCOUNT, _PREMIUM, BALANCE, "discount.weighted_average_remaining_term",
                 "premium.weighted_average_remaining_term", "weighted_average_remaining_term"), whole="", difference=True,
            ),
        ),
    ),
    (
        "Ratio strips (at the assumed servicing fee)",
        (
            CalculatedRow(
                "target_rate", "Target rate", "rate", "{discount.net_loan_rate}", _FEE_NEEDS,
                whole="SUMPRODUCT({target_strip:},{target_rate:})/SUM({target_strip:})",
            ),
            CalculatedRow(
                "po_fraction", "PO fraction of discount loans", "fraction",
                "MAX(0,1-({discount.weighted_average_coupon}-ServicingFee)/{target_rate})", _FEE_NEEDS, whole="",
            ),
            CalculatedRow(
                "po_strip", "PO strip", "USD", f"{{po_fraction}}*{{{_DISCOUNT}}}", _FEE_NEEDS, whole="SUM({po_strip:})"
            ),
            CalculatedRow(
                "target_strip", "Target-rate strip", "USD", f"{{{BALANCE}}}-{{po_strip}}", _FEE_NEEDS,
                whole="SUM({target_strip:})",
            ),
            CalculatedRow(
                "io_rate", "IO rate", "rate", "MAX(0,{premium.weighted_average_coupon}-ServicingFee-{target_rate})",
                ("premium.weighted_average_coupon", "discount.net_loan_rate"), whole="",
            ),
            CalculatedRow(
                "io_notional", "IO notional balance", "USD", f"{{{_PREMIUM}}}", (_PREMIUM,), whole="SUM({io_notional:})"
            ),
        ),
    ),
)  # fmt: skip


def _dollars(share: str, label: str) -> CalculatedRow:
    return CalculatedRow(f"{share}_dollars", label, "dollars", f"{{{share}}}*{{{BALANCE}!}}", (share, BALANCE))


def _excess(part: str, label: str) -> CalculatedRow:
    formula = f"ROUND(MAX(0,{{{part}}}-{{{BALANCE}!}}),2)"
    return CalculatedRow(f"{part}_excess", label, "dollars", formula, (part, BALANCE), whole="")


_DOCUMENTATION = (
    ("documentation_full_percent", "Full documentation"),
    ("documentation_no_asset_verification_percent", "No verification of assets"),
    ("documentation_no_income_verification_percent", "No verification of income"),
    ("documentation_streamlined_percent", "Streamlined"),
)

UNDERWRITING: tuple[tuple[str, tuple[FactRow | CalculatedRow, ...]], ...] = (
    (
        "Documentation programs",
        (
            *(FactRow(field, label, "share", "average") for field, label in _DOCUMENTATION),
            CalculatedRow(
                "documentation_difference", "Sum of the programs less 100%", "share",
                f"ROUND({'+'.join(f'{{{field}}}' for field, _ in _DOCUMENTATION)}-1,12)",
                tuple(field for field, _ in _DOCUMENTATION), difference=True,
            ),
            *(_dollars(field, f"{label}, implied dollars") for field, label in _DOCUMENTATION),
        ),
    ),
    (
        "Occupancy",
        (
            FactRow("primary_residence_percent", "Primary residence", "share", "average"),
            _dollars("primary_residence_percent", "Primary residence, implied dollars"),
            FactRow("investment_property_percent", "Investment properties", "share"),
        ),
    ),
    (
        "High loan-to-value ratios and their insurance",
        (
            FactRow("high_ltv_threshold", "Ratio that counts as high", "ltv"),
            FactRow("high_ltv_balance", "Balance over that ratio", "dollars"),
            CalculatedRow(
                "high_ltv_share", "Share of the pool", "rate", f"{{high_ltv_balance}}/{{{BALANCE}!}}",
                ("high_ltv_balance", BALANCE), whole="",
            ),
            _excess("high_ltv_balance", "High-LTV balance over the pool's by"),
            FactRow("max_ltv", "Highest ratio", "ltv"),
            CalculatedRow(
                "ltv_order", "Average over the highest ratio by", "rate",
                "ROUND(MAX(0,{weighted_average_ltv!}-{max_ltv^}),12)", ("weighted_average_ltv", "all.max_ltv"), difference=True,
            ),
            FactRow("primary_mortgage_insurance_ltv_threshold", "Mortgage insurance over a ratio of", "ltv"),
            CalculatedRow(
                "high_ltv_insured", "High ratios begin over it by", "rate",
                "ROUND({high_ltv_threshold}-{primary_mortgage_insurance_ltv_threshold^},12)",
                ("high_ltv_threshold", "all.primary_mortgage_insurance_ltv_threshold"), whole="", difference=True,
            ),
        ),
    ),
    (
        "Loans with pledged additional collateral",
        (
            FactRow("pledged_asset_loan_count", "Number of loans", "loans"),
            FactRow("pledged_asset_balance", "Balance", "dollars"),
            CalculatedRow(
                "pledged_asset_share", "Share of the pool", "rate", f"{{pledged_asset_balance}}/{{{BALANCE}!}}",
                ("pledged_asset_balance", BALANCE), whole="",
            ),
            _excess("pledged_asset_balance", "Pledged-asset balance over the pool's by"),
            FactRow("pledged_asset_ltv_with_collateral", "Loan-to-value ratio with the collateral", "ltv"),
            FactRow("pledged_asset_ltv_without_collateral", "Loan-to-value ratio without it", "ltv"),
            CalculatedRow(
                "pledged_ltv_order", "Ratio with it over the other or the highest by", "rate",
                "ROUND(MAX(0,{pledged_asset_ltv_with_collateral}-{pledged_asset_ltv_without_collateral},"
                "{pledged_asset_ltv_with_collateral}-{max_ltv^}),12)",
                ("pledged_asset_ltv_with_collateral", "pledged_asset_ltv_without_collateral", "all.max_ltv"), whole="",
                difference=True,
            ),
            CalculatedRow(
                "pledged_count", "Number of loans over the pool's by", "loans",
                "MAX(0,{pledged_asset_loan_count}-{loan_count!})", ("pledged_asset_loan_count", "loan_count"), whole="",
            ),
            CalculatedRow(
                "pledged_size", "Average over the largest original balance by", "USD",
                "ROUND(MAX(0,{pledged_asset_balance}/{pledged_asset_loan_count}-{original_principal_balance_no_more_than!}),2)",
                ("pledged_asset_balance", "pledged_asset_loan_count", "original_principal_balance_no_more_than"), whole="",
            ),
        ),
    ),
    (
        "Zip code concentration",
        (
            CalculatedRow(
                "max_zip_code_share", "Largest zip code, share of the pool", "rate",
                f"{{max_zip_code_balance!}}/{{{BALANCE}!}}", ("max_zip_code_balance", BALANCE),
            ),
            CalculatedRow(
                "max_zip_code_balance_excess", "Largest zip code over the pool's balance by", "dollars",
                f"ROUND(MAX(0,{{max_zip_code_balance!}}-{{{BALANCE}!}}),2)", ("max_zip_code_balance", BALANCE), whole="",
            ),
        ),
    ),
)  # fmt: skip

SHEETS = {"Pools": POOLS, "Underwriting": UNDERWRITING}
LOSS_LIMITS = (
    ("special_hazard_loss_limit", "Special hazard loss limit"),
    ("fraud_loss_limit", "Fraud loss limit"),
    ("bankruptcy_loss_limit", "Bankruptcy loss limit"),
)


def rows(sheet: str) -> list[FactRow | CalculatedRow]:
    """The rows of one sheet, sections left out."""
    return [row for _, section in SHEETS[sheet] for row in section]


TERMS = (
    ("psa", "0"),
    ("cpr", "rate"),
    ("cdr", "rate"),
    ("sda", "0"),
    ("severity", "rate"),
    ("lag", "0"),
    ("advancing", "truth"),
    ("servicing_fee_rate", "rate"),
    ("whole_months", "truth"),
    ("prepayment_shortfall_days", "0.0"),
    ("compensation_cap", "rate"),
    ("delinquency", "rate"),
    ("delinquency_limit", "rate"),
    ("two_times_test", "truth"),
    ("undersubordination_transfer", "truth"),
    ("call", "General"),
    ("settlement", "date"),
    ("first_distribution", "date"),
    ("payment_day", "0"),
)
"""Rows of Assumptions, fields of the class of that name, with their number formats."""

DEAL_TERMS = (
    ("cut_off_date", "date"),
    ("closing_date", "date"),
    ("call_threshold", "USD"),
    ("as_of_date", "date"),
    ("cumulative_losses", "USD"),
)
"""What a projection takes from the filing and from Call beside pools and classes, on Assumptions as links."""

DEAL_POOLS = (
    ("balance", BALANCE, "USD"),
    ("coupon", "weighted_average_coupon", "rate"),
    ("remaining_term", "weighted_average_remaining_term", "months"),
    ("original_term", "weighted_average_original_term", "months"),
    ("target_rate", "discount.net_loan_rate", "rate"),
    ("discount_balance", _DISCOUNT, "USD"),
    ("discount_coupon", "discount.weighted_average_coupon", "rate"),
    ("discount_remaining_term", "discount.weighted_average_remaining_term", "months"),
    ("premium_balance", _PREMIUM, "USD"),
    ("premium_coupon", "premium.weighted_average_coupon", "rate"),
    ("premium_remaining_term", "premium.weighted_average_remaining_term", "months"),
)
"""Columns of the table of pools that the worksheet functions take, each with its row on Pools."""

POOL_TERMS = (
    ("psa", "0"),
    ("cpr", "rate"),
    ("cdr", "rate"),
    ("sda", "0"),
    ("severity", "rate"),
    ("lag", "0"),
    ("servicing_fee_rate", "rate"),
    ("loan_age", "months"),
)
"""Further columns of that table: terms of one pool, empty where the common term holds."""

MODEL_CHECKS = (
    ("projection:collateral_sum", "the flows of the loans explain their balance in every month, USD", "USD", "Collateral.sum_check", 0.01),
    ("projection:waterfall_sum", "principal and losses of the classes explain their balance in every month, USD", "USD",
     "Waterfall.sum_check", 0.01),
    ("projection:repaid", "the loans are repaid within the months that Collateral has, USD", "USD", "Collateral.left", 0.01),
    ("projection:start", "the loans and the classes start from the same balance, USD", "USD", "start.start_difference", 1.0),
    ("projection:prepayment_speed", "one prepayment speed is given, PSA or CPR", "differences", "start.prepayment_speeds", 0.0),
    ("projection:default_speed", "one default speed is given, CDR or SDA", "differences", "start.default_speeds", 0.0),
    ("scenarios:base_case", "average lives of the live sheet are those of the engine while no input has changed, years", "years",
     "Scenarios.base", 1e-9),
)  # fmt: skip
"""Checks of the projection: id, what must hold, unit, the cell that computes the difference, its tolerance."""

_CHECK_ROWS = {
    "pools_sum:balance": (BALANCE, "difference"),
    "pools_sum:loan_count": ("loan_count", "difference"),
    "bounds:max_zip_code_balance": ("max_zip_code_balance", "difference"),
    "classes_sum:balance": ("classes_sum", ""),
    "call_threshold:10pct": ("call_difference", ""),
    "dates:closing_report_signature": ("dates_apart", ""),
    "dates:cut_off_first_of_closing_month": ("cut_off_gap", ""),
    "series:cover_matches_body": ("series_differs", ""),
    "dates:prospectus": ("prospectus_age", ""),
    "bounds:original_term_years_at_least": ("original_term_years_at_least", "difference"),
    "bounds:original_term_years_no_more_than": ("original_term_years_no_more_than", "difference"),
}
_SCOPED = {
    "discount_premium_sum": "discount_premium_difference",
    "net_rate_split": "net_rate_gap",
    "documentation_sum": "documentation_difference",
    "term_order": "term_order",
    "origination_order": "origination_order",
    "maturity_term": "maturity_term",
    "loan_size": "loan_size",
    **{
        row: row
        for row in (
            "principal_due",
            "seasoning",
            "remaining_maturity",
            "ltv_order",
            "high_ltv_insured",
            "pledged_ltv_order",
            "zip_code_size",
            "pledged_count",
            "pledged_size",
        )
    },
}


def check_cell(check_id: str) -> tuple[str, str]:
    """The row and the column (``difference``, a scope, or nothing for a cell that stands alone) of a check's difference."""
    if check_id in _CHECK_ROWS:
        return _CHECK_ROWS[check_id]
    family, _, rest = check_id.partition(":")
    if family in ("pools_weighted", "shares_weighted"):
        return rest, "difference"
    if family == "subordination_level":
        return "level_difference", rest.removeprefix("class:")
    key, _, scope = rest.partition(":")
    if family == "discount_premium_weighted":
        return f"discount_premium_{key}", scope
    if family == "part_of_pool":
        return f"{key}_excess", scope
    if family == "loss_limit":
        return f"{rest}_excess", ""
    return _SCOPED[family], rest


_CELL_SHAPED = re.compile(r"(?:[A-Z]{1,3}[0-9]+|[RC]|R[0-9]*C[0-9]*)\Z", re.I)
_NAME = re.compile(r"[A-Za-z_\\][A-Za-z0-9_.\\]{0,254}\Z")


def usable_name(name: str) -> str:
    """The name, if every spreadsheet program takes it as a defined name.

    Raises: TemplateError for names shaped like a cell (``A1``, ``CPR100``, ``R1C1``) or with characters not allowed.
    """
    if not _NAME.match(name) or _CELL_SHAPED.match(name):
        raise TemplateError(
            f"{name!r} cannot be a defined name: it is shaped like a cell or holds a forbidden character"
        )
    return name
