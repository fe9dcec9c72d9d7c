"""Rows of Pools and Underwriting: what a filing states of each pool, and what is computed from it.

Facts and what they come to stand first; what only checks look at stands at the foot, in a group that is closed.
A row is data: its label, unit and formula stand here and nowhere else; the template, the filler and the pages of the
documentation read them.
"""

from dataclasses import dataclass

from ..reading.tieout import BALANCE
from ..xlsx.references import cell_name
from .layout import Column, Table


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


DISCOUNT_BALANCE, PREMIUM_BALANCE = f"discount.{BALANCE}", f"premium.{BALANCE}"
_FEE_NEEDS = ("discount.weighted_average_coupon", "discount.net_loan_rate", DISCOUNT_BALANCE, BALANCE)

RESIDUALS = "What the checks look at"
"""Heading of the rows that only checks need, the last of a sheet: a group that is closed at first."""

POOLS: tuple[tuple[str, tuple[FactRow | CalculatedRow, ...]], ...] = (
    (
        "Balance and averages at the cut-off date",
        (
            FactRow("loan_count", "Number of mortgage loans", "loans", "sum"),
            FactRow(BALANCE, "Scheduled principal balance", "USD", "sum"),
            FactRow("weighted_average_coupon", "Weighted average coupon (gross)", "rate", "average"),
            FactRow("weighted_average_net_rate", "Weighted average net rate", "rate", "average"),
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
            FactRow("principal_due_through_date", "Principal deducted as due through", "date"),
            FactRow("earliest_origination_date", "Earliest origination", "date"),
            FactRow("latest_origination_date", "Latest origination", "date"),
            FactRow("latest_maturity_date", "Latest scheduled maturity", "date"),
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
            FactRow("max_zip_code_balance", "Largest zip code concentration", "dollars", "largest"),
        ),
    ),
    (
        "Discount and premium loans",
        (
            FactRow("discount.net_loan_rate", "Discount loans: net loan rate", "rate"),
            FactRow("premium.net_loan_rate", "Premium loans: net loan rate", "rate"),
            FactRow(DISCOUNT_BALANCE, "Discount loans: balance", "dollars"),
            FactRow(PREMIUM_BALANCE, "Premium loans: balance", "dollars"),
            FactRow("discount.weighted_average_coupon", "Discount loans: coupon", "rate"),
            FactRow("premium.weighted_average_coupon", "Premium loans: coupon", "rate"),
            FactRow("discount.weighted_average_remaining_term", "Discount loans: remaining term", "months"),
            FactRow("premium.weighted_average_remaining_term", "Premium loans: remaining term", "months"),
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
                "MAX(0,1-({discount.weighted_average_coupon}-UsedServicingFee)/{target_rate})", _FEE_NEEDS, whole="",
            ),
            CalculatedRow(
                "po_strip", "PO strip", "USD", f"{{po_fraction}}*{{{DISCOUNT_BALANCE}}}", _FEE_NEEDS, whole="SUM({po_strip:})"
            ),
            CalculatedRow(
                "target_strip", "Target-rate strip", "USD", f"{{{BALANCE}}}-{{po_strip}}", _FEE_NEEDS,
                whole="SUM({target_strip:})",
            ),
            CalculatedRow(
                "io_rate", "IO rate", "rate", "MAX(0,{premium.weighted_average_coupon}-UsedServicingFee-{target_rate})",
                ("premium.weighted_average_coupon", "discount.net_loan_rate"), whole="",
            ),
            CalculatedRow(
                "io_notional", "IO notional balance", "USD", f"{{{PREMIUM_BALANCE}}}", (PREMIUM_BALANCE,), whole="SUM({io_notional:})"
            ),
        ),
    ),
    (
        RESIDUALS,
        (
            CalculatedRow(
                "term_order", "Terms out of order by", "months",
                "ROUND(MAX(0,{weighted_average_remaining_term}-{weighted_average_original_term},"
                "{weighted_average_original_term}-12*{original_term_years_no_more_than},"
                "12*{original_term_years_at_least}-{weighted_average_original_term}),12)",
                ("weighted_average_remaining_term", "weighted_average_original_term", "original_term_years_no_more_than"),
            ),
            CalculatedRow(
                "principal_due", "Principal due after the cut-off date by", "days",
                "{principal_due_through_date}-CutOffDate", ("principal_due_through_date", "cut_off_date"),
            ),
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
            CalculatedRow(
                "loan_size", "Average over the largest balance by", "USD",
                "ROUND(MAX(0,{average_balance}-{original_principal_balance_no_more_than},"
                "{original_principal_balance_at_least}-{original_principal_balance_no_more_than}),2)",
                (BALANCE, "loan_count", "original_principal_balance_no_more_than", "original_principal_balance_at_least"),
                whole="",
            ),
            CalculatedRow(
                "zip_code_size", "Average loan over it by", "USD",
                f"ROUND(MAX(0,{{{BALANCE}}}/{{loan_count}}-{{max_zip_code_balance}}),2)",
                (BALANCE, "loan_count", "max_zip_code_balance"),
            ),
            CalculatedRow(
                "net_rate_gap", "Gap between the two rates", "rate",
                "ROUND({premium.net_loan_rate}-{discount.net_loan_rate},12)",
                ("discount.net_loan_rate", "premium.net_loan_rate"), whole="", difference=True,
            ),
            CalculatedRow(
                "discount_premium_difference", "Discount plus premium less pool", "USD",
                f"ROUND({{{DISCOUNT_BALANCE}}}+{{{PREMIUM_BALANCE}}}-{{{BALANCE}}},2)", (DISCOUNT_BALANCE, PREMIUM_BALANCE, BALANCE), whole="",
            ),
            CalculatedRow(
                "discount_premium_weighted_average_coupon", "Weighted coupon less the pool's", "rate",
                f"ROUND(({{{DISCOUNT_BALANCE}}}*{{discount.weighted_average_coupon}}+{{{PREMIUM_BALANCE}}}*{{premium.weighted_average_coupon}})"
                f"/({{{DISCOUNT_BALANCE}}}+{{{PREMIUM_BALANCE}}})-{{weighted_average_coupon}},12)",
                (DISCOUNT_BALANCE, PREMIUM_BALANCE, BALANCE, "discount.weighted_average_coupon", "premium.weighted_average_coupon",
                 "weighted_average_coupon"), whole="", difference=True,
            ),
            CalculatedRow(
                "discount_premium_weighted_average_remaining_term", "Weighted remaining term less the pool's", "months",
                f"ROUND(({{{DISCOUNT_BALANCE}}}*{{discount.weighted_average_remaining_term}}"
                f"+{{{PREMIUM_BALANCE}}}*{{premium.weighted_average_remaining_term}})"
                f"/({{{DISCOUNT_BALANCE}}}+{{{PREMIUM_BALANCE}}})-{{weighted_average_remaining_term}},12)",
                (DISCOUNT_BALANCE, PREMIUM_BALANCE, BALANCE, "discount.weighted_average_remaining_term",
                 "premium.weighted_average_remaining_term", "weighted_average_remaining_term"), whole="", difference=True,
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
            *(_dollars(field, f"{label}, implied dollars") for field, label in _DOCUMENTATION),
        ),
    ),
    (
        "Occupancy",
        (
            FactRow("primary_residence_percent", "Primary residence", "share", "average"),
            _dollars("primary_residence_percent", "Primary residence, implied dollars"),
            FactRow("second_home_percent", "Second homes", "share"),
            FactRow("investment_property_percent", "Investment properties", "share"),
            FactRow("cooperative_percent", "Cooperative apartments", "share"),
        ),
    ),
    (
        "Borrowers and purposes",
        (
            FactRow("weighted_average_fico", "Weighted average credit score", "score", "average"),
            FactRow("refinancing_percent", "Refinancings", "share"),
            FactRow("cash_out_refinancing_percent", "Refinancings that take out cash", "share"),
            FactRow("buydown_percent", "Loans with a bought-down rate", "share"),
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
            FactRow("max_ltv", "Highest ratio", "ltv"),
            FactRow("primary_mortgage_insurance_ltv_threshold", "Mortgage insurance over a ratio of", "ltv"),
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
            FactRow("pledged_asset_ltv_with_collateral", "Loan-to-value ratio with the collateral", "ltv"),
            FactRow("pledged_asset_ltv_without_collateral", "Loan-to-value ratio without it", "ltv"),
        ),
    ),
    (
        "Zip code concentration",
        (
            CalculatedRow(
                "max_zip_code_share", "Largest zip code, share of the pool", "rate",
                f"{{max_zip_code_balance!}}/{{{BALANCE}!}}", ("max_zip_code_balance", BALANCE),
            ),
        ),
    ),
    (
        RESIDUALS,
        (
            CalculatedRow(
                "documentation_difference", "Sum of the programs less 100%", "share",
                f"ROUND({'+'.join(f'{{{field}}}' for field, _ in _DOCUMENTATION)}-1,12)",
                tuple(field for field, _ in _DOCUMENTATION), difference=True,
            ),
            _excess("high_ltv_balance", "High-LTV balance over the pool's by"),
            CalculatedRow(
                "ltv_order", "Average over the highest ratio by", "rate",
                "ROUND(MAX(0,{weighted_average_ltv!}-{max_ltv^}),12)", ("weighted_average_ltv", "all.max_ltv"), difference=True,
            ),
            CalculatedRow(
                "high_ltv_insured", "High ratios begin over it by", "rate",
                "ROUND({high_ltv_threshold}-{primary_mortgage_insurance_ltv_threshold^},12)",
                ("high_ltv_threshold", "all.primary_mortgage_insurance_ltv_threshold"), whole="", difference=True,
            ),
            _excess("pledged_asset_balance", "Pledged-asset balance over the pool's by"),
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
            CalculatedRow(
                "max_zip_code_balance_excess", "Largest zip code over the pool's balance by", "dollars",
                f"ROUND(MAX(0,{{max_zip_code_balance!}}-{{{BALANCE}!}}),2)", ("max_zip_code_balance", BALANCE), whole="",
            ),
        ),
    ),
)  # fmt: skip

_MEASURES = (
    Column("measure", "Measure", 40, text=True),
    Column("unit", "Unit", 11, text=True),
    Column("bound", "The filing says", 15, text=True),
    Column("whole", "All mortgage loans", 19),
    Column("parts", "From the pools", 19),
    Column("difference", "Difference", 14),
    Column("pool", "Pool", 19),
)
"""Columns of Pools and Underwriting; the last is the first of the pools."""


def beside(key: str) -> int:
    """How far right of the first pool a column of Pools and Underwriting stands; less than zero, since it is left."""
    keys = [column.key for column in _MEASURES]
    return keys.index(key) - keys.index("pool")


MEASURES = {sheet: Table(sheet, 6, _MEASURES) for sheet in ("Pools", "Underwriting")}

SHEETS = {"Pools": POOLS, "Underwriting": UNDERWRITING}
LOSS_LIMITS_SHEET = "Underwriting"
LOSS_LIMITS = (
    ("special_hazard_loss_limit", "Special hazard loss limit"),
    ("fraud_loss_limit", "Fraud loss limit"),
    ("bankruptcy_loss_limit", "Bankruptcy loss limit"),
)


def loss_limits_row() -> int:
    """Row of the heading of the loss limits, the last facts of their sheet."""
    first_residual = SHEETS[LOSS_LIMITS_SHEET][-1][1][0]
    return measure_rows()[first_residual.anchor.removeprefix("row.")][1] - len(LOSS_LIMITS) - 3


def rows(sheet: str) -> list[FactRow | CalculatedRow]:
    """The rows of one sheet, sections left out."""
    return [row for _, section in SHEETS[sheet] for row in section]


def measure_rows() -> dict[str, tuple[str, int]]:
    """Sheet and row of every measure; sections are set apart by an empty row and start with their heading."""
    places: dict[str, tuple[str, int]] = {}
    for title, sections in SHEETS.items():
        row = MEASURES[title].row()
        for section, section_rows in sections:
            if title == LOSS_LIMITS_SHEET and section == RESIDUALS:
                row += 2 + len(LOSS_LIMITS)
            row += 2 + section.startswith("Ratio")  # the servicing fee stands above its strips
            for measure in section_rows:
                places[measure.anchor.removeprefix("row.")] = title, row
                row += 1
    return places


def measure_cell(measure: str, column: str = "pool", pool: int = 0) -> tuple[str, str]:
    """Sheet and cell of a measure: of the pool of that number from 0, or in another column."""
    sheet, row = measure_rows()[measure]
    return sheet, cell_name(row, MEASURES[sheet].number(column) + pool)
