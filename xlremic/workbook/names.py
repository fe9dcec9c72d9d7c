"""The contract between template and code: which named cell holds which field of the deal, in which unit.

The template marks the prototype cell of every row that code fills or checks with an anchor name (``row.loan_count``)
and every prototype that grows with a block name (``block.Pools``); both go when the workbook is made. The names of
``PUBLIC`` stay, for formulas, functions and people.
"""

import re

from ..engine.assumptions import TERMS as ASSUMPTIONS
from ..errors import TemplateError
from ..functions.tables import OWN_TERMS
from ..reading.tieout import BALANCE
from .filing_rows import DISCOUNT_BALANCE, PREMIUM_BALANCE

PUBLIC = (
    "Classes",
    "ClassRanks",
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
    "DealPools",
    "DealClasses",
    "DealAssumptions",
    "AsOfDate",
    "CumulativeLosses",
    "ReportedPoolBalance",
    "History",
    "SourceFacts",
    "ChecksFailed",
    "ChecksNotEvaluated",
    "ChecksStatus",
    "InputsToLookAt",
    "InputsInError",
    "ModelErrors",
    "UsedBalances",
    "UsedServicingFee",
    "UsedAsOfDate",
    "Scenario",
    "ChangeLog",
    *(term.cell for term in ASSUMPTIONS.values() if term.cell),
)
"""Names that stay in the workbook; the first seven are columns of Tranches, one row per class in order of seniority."""

SINCE = frozenset(
    ("ClassRanks", "InputsToLookAt", "InputsInError", "ModelErrors", "UsedBalances", "UsedServicingFee", "Scenario",
     "ChangeLog", "UsedAsOfDate", *(
        term.cell for term in ASSUMPTIONS.values()
        if term.cell not in ("PSA", "CPR", "CDR", "Severity", "ServicingFee", "Delinquency")
    ))
)  # fmt: skip
"""Names of ``PUBLIC`` that workbooks built before 0.1.0 lack; they are read without."""

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
    "score": "0",
    "date": "d mmm yyyy",
    "level": "0.000000000000%",
    "fraction": "0.0000000000",
    "text": "General",
    "truth": '"TRUE";"TRUE";"FALSE"',
}


TERMS = tuple(name for name, term in ASSUMPTIONS.items() if term.cell)
"""Terms that have a cell on Assumptions."""

DEAL_POOLS = (
    ("balance", BALANCE, "USD"),
    ("coupon", "weighted_average_coupon", "rate"),
    ("remaining_term", "weighted_average_remaining_term", "months"),
    ("original_term", "weighted_average_original_term", "months"),
    ("target_rate", "discount.net_loan_rate", "rate"),
    ("discount_balance", DISCOUNT_BALANCE, "USD"),
    ("discount_coupon", "discount.weighted_average_coupon", "rate"),
    ("discount_remaining_term", "discount.weighted_average_remaining_term", "months"),
    ("premium_balance", PREMIUM_BALANCE, "USD"),
    ("premium_coupon", "premium.weighted_average_coupon", "rate"),
    ("premium_remaining_term", "premium.weighted_average_remaining_term", "months"),
)
"""Columns of the table of pools that the worksheet functions take, each with its row on Pools."""

POOL_TERMS = tuple((name, ASSUMPTIONS[name].format) for name in OWN_TERMS)
"""Further columns of that table: terms of one pool, empty where the common term holds."""

ModelCheck = tuple[str, str, str, str, float]

CALL_CHECKS: tuple[ModelCheck, ...] = (
    ("termination:terms", "no term of the termination price is refused", "differences", "termination_refused", 0.0),
    (
        "termination:paid",
        "the classes get no more than the price of a termination, USD",
        "USD",
        "termination_sum",
        0.01,
    ),
)
"""Checks of the termination price."""
REPORT_CHECKS: tuple[ModelCheck, ...] = (
    (
        "reports:accepted",
        "nothing fails in the months that were put in, accepted or not",
        "differences",
        "accepted",
        0.0,
    ),
)
"""Checks of the reports: those that were accepted although they fail are failing for ever, or until they are taken back."""

MODEL_CHECKS: tuple[ModelCheck, ...] = (
    ("projection:collateral_sum", "the flows of the loans explain their balance in every month, USD", "USD", "Collateral.sum_check", 0.01),
    ("projection:waterfall_sum", "principal and losses of the classes explain their balance in every month, USD", "USD",
     "Waterfall.sum_check", 0.01),
    ("projection:repaid", "the loans are repaid within the months that Collateral has, USD", "USD", "Collateral.left", 0.01),
    ("projection:start", "the loans and the classes start from the same balance, USD", "USD", "start.start_difference", 1.0),
    ("projection:prepayment_speed", "one prepayment speed is given, PSA or CPR", "differences", "start.prepayment_speeds", 0.0),
    ("projection:default_speed", "one default speed is given, CDR or SDA", "differences", "start.default_speeds", 0.0),
    ("scenarios:base_case", "average lives of the live sheet are those of the engine while no input has changed, years", "years",
     "Scenarios.base", 1e-9),
    ("scenarios:grid", "every line of the grid adds up to what it did when the engine computed it", "differences", "Scenarios.grid", 0.0),
)  # fmt: skip
"""Checks of the projection: id, what must hold, unit, the cell that computes the difference, its tolerance."""

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
