"""Calls of the REMIC functions with results from elsewhere: every host must give these, errors included.

A range is a list of rows, ``None`` an empty cell or an argument left out. ``at`` picks the cell (row and column from
1) of a result that is a table. ``tolerance`` is half a unit of the last place that the source prints.
"""

from dataclasses import dataclass

from xlremic.functions.registry import CellErrorCode

from .published_figures import rows

Range = list[list[object]]
VALUE, NA, NUM, DIV0 = CellErrorCode.VALUE, CellErrorCode.NA, CellErrorCode.NUM, CellErrorCode.DIV0


@dataclass(frozen=True, slots=True)
class Golden:
    """One call: what goes in, what must come out, and where that is from."""

    name: str
    arguments: tuple[object, ...]
    expected: float | str | bool | CellErrorCode
    source: str
    tolerance: float = 1e-12
    at: tuple[int, int] = (1, 1)

    @property
    def label(self) -> str:
        return f"{self.name}-{self.source}"


def column(values: list[object]) -> Range:
    return [[value] for value in values]


LEVELS = rows("cmsi_2004_8_subordination")
CLASSES = column([row["class"] for row in LEVELS])
BALANCES = column([float(row["initial_principal_balance"]) for row in LEVELS])

_TEXTBOOK = {row["quantity"]: float(row["value"]) for row in rows("fabozzi_collateral")}
_RATE = _TEXTBOOK["wac_pct"] / 100
TEXTBOOK_POOLS: Range = [
    ["pool", "balance", "coupon", "remaining_term", "original_term", "target_rate", "discount_balance"],
    ["all", 400e6, _RATE, _TEXTBOOK["wam_months"], _TEXTBOOK["wam_months"] + 3, None, None],
]
TEXTBOOK_CLASSES: Range = [
    ["class", "rank", "balance"],
    *(
        [row["class"], rank, float(row["balance"])]
        for rank, row in enumerate((r for r in rows("fabozzi_structures") if r["structure"].startswith("CMO-1")), 1)
    ),
]


def _terms(**terms: object) -> Range:
    return [["name", "value"], *([name, value] for name, value in terms.items())]


TEXTBOOK_TERMS = _terms(
    psa=165, cpr=None, structure="sequential", servicing_fee_rate=_RATE - _TEXTBOOK["pass_through_rate_pct"] / 100
)
_TEXTBOOK_DEAL = (TEXTBOOK_POOLS, TEXTBOOK_CLASSES, TEXTBOOK_TERMS)
_LIVES = {
    row["class"]: float(row["derived_years_t_month_over_12"])
    for row in rows("fabozzi_average_life")
    if row["structure"].startswith("CMO-1") and row["psa_pct"] == "165"
}

_AGENCY = {row["quantity"]: row["value"] for row in rows("fnma_2019_2_group3_inputs")}
_AGENCY_RATE = float(_AGENCY["loan_rate_pct"]) / 100
_AGENCY_DEAL = (
    [
        ["pool", "balance", "coupon", "remaining_term", "original_term"],
        [
            "all",
            float(_AGENCY["class_AB_balance"]),
            _AGENCY_RATE,
            float(_AGENCY["remaining_term_months"]),
            float(_AGENCY["remaining_term_months"]) + float(_AGENCY["loan_age_months"]),
        ],
    ],
    [["class", "rank", "balance"], ["AB", 1, float(_AGENCY["class_AB_balance"])]],
)
# 43466 is 1 January 2019, 43495 is 30 January 2019.
_AGENCY_TERMS = {
    psa: _terms(
        psa=float(psa),
        structure="sequential",
        servicing_fee_rate=_AGENCY_RATE - float(_AGENCY["pass_through_rate_pct"]) / 100,
        cut_off_date=43466,
        closing_date=43495,
    )
    for psa in ("100", "300", "700")
}
_SECURITY = {row["quantity"]: float(row["published"]) for row in rows("bma_examples") if row["page"] == "SF-50"}
FACTS: Range = [
    ["Fact", "Scope", "Value as printed", "Unit", "Qualifier"],
    ["loan_count", "pool:I", 599, "loans", "exact"],
    ["loan_count", "pool:II", 164, "loans", "exact"],
    ["original_term_years", "pool:I", 20, "years", "at least"],
    ["original_term_years", "pool:I", 30, "years", "no more than"],
    ["trustee", "filing", "U.S. Bank National Association", "text", "exact"],
]
_HAND = column([0, 0, 0, 0, 0, 100])  # 100 in half a year, at 10% bond-equivalent worth 100/1.05

GOLDEN: tuple[Golden, ...] = (
    *(
        Golden(
            "REMIC_SUBORD",
            (row["class"], CLASSES, BALANCES),
            float(row["published_subordination_pct"] or 0) / 100,
            f"8-K of series 2004-8, class {row['class']}",
            1.01e-14,
        )
        for row in LEVELS
    ),
    Golden("REMIC_SUBORD", ("b-2", CLASSES, BALANCES), 0.0070001173463, "8-K, labels whatever their case", 1e-13),
    Golden("REMIC_SUBORD", (None, CLASSES, BALANCES), 0.01200172400289, "8-K, second of all", 1e-14, (2, 1)),
    Golden(
        "REMIC_SUBORD",
        ("IIA", column(["IA", "IIA", "A-PO", "B-1", "B-2"]), column([50, 40, 5, 4, 1])),
        0.05,
        "by hand: 5 of 100 below all senior classes",
    ),
    Golden("REMIC_SUBORD", ("C-9", CLASSES, BALANCES), NA, "no such class"),
    Golden("REMIC_SUBORD", ("A", CLASSES, BALANCES[:3]), VALUE, "ranges of two lengths"),
    Golden("REMIC_SUBORD", ("A", [["A"], ["B-1"]], [[0], [0]]), DIV0, "nothing is left"),
    Golden("REMIC_SUBORD", ("A", [["A"], ["B-1"]], [[1], ["x"]]), VALUE, "a balance that is a text"),
    Golden("REMIC_SUBORD", ("A", [["A"], ["B-1"]], [[1], [-1]]), NUM, "a balance below zero"),
    Golden("REMIC_CALL_THRESHOLD", (493_641_377.57, 0.1), 49_364_137.76, "8-K, ten per cent", 1e-7),
    Golden("REMIC_CALL_THRESHOLD", (100.0, 10.0), NUM, "a percentage that is no fraction"),
    Golden("REMIC_CALLABLE", (49_364_137.76, 493_641_377.57, 0.1), False, "cmsi_rule_vectors, cleanup"),
    Golden("REMIC_CALLABLE", (49_364_137.75, 493_641_377.57, 0.1), True, "cmsi_rule_vectors, cleanup"),
    Golden("REMIC_CALLABLE", ("much", 493_641_377.57, 0.1), VALUE, "a balance that is a text"),
    Golden("REMIC_SMM", (0.06,), 0.00514301, "Standard Formulas, SF-5", 5e-9),
    Golden("REMIC_SMM", (6,), NUM, "a rate in per cent"),
    Golden("REMIC_CPR", (0.00435270,), 0.051, "Standard Formulas, SF-7", 5e-7),
    Golden("REMIC_CPR", (-0.1,), NUM, "a rate below zero"),
    Golden("REMIC_CPR_ACTUAL", (0.85150625, 0.00047916, 0.84732282, 1), 0.051, "Standard Formulas, SF-6/7", 5e-7),
    Golden("REMIC_CPR_ACTUAL", (3e6, 3e6 - 2859330.23, 2813127.42, 6), 0.032056, "Standard Formulas, SF-12", 5e-7),
    Golden("REMIC_CPR_ACTUAL", (100.0, 100.0, 0.0, 1), NUM, "nothing that could be prepaid"),
    Golden("REMIC_CPR_ACTUAL", (100.0, 1.0, 90.0, 0.5), NUM, "half a month"),
    Golden("REMIC_CDR_ACTUAL", (1_000_000.0, 5143.01, 1), 0.06, "Standard Formulas, SF-5", 1.2e-7),
    Golden("REMIC_CDR_ACTUAL", (100.0, 19.0, 24), 0.1, "by hand: 0.81 is 0.9 squared"),
    Golden("REMIC_CDR_ACTUAL", (100.0, 101.0, 1), NUM, "more defaults than loans"),
    Golden("REMIC_CALLPRICE", (0.06, 1_000_000.0, 30, 0, 0, 0, True), 1_005_000.0, "by hand: par and a month", 1e-7),
    Golden(
        "REMIC_CALLPRICE",
        (0.06, 1_000_000.0, 24, 100_000.0, 5_000.0, 2_000.0, True),
        1_006_600.0,
        "by hand: 1,000,000 + 900,000 x 0.4% + 3,000",
        1e-7,
    ),
    Golden(
        "REMIC_CALLPRICE",
        (0.06, 1_000_000.0, 24, 100_000.0, 5_000.0, 2_000.0, False),
        906_600.0,
        "by hand: the same without what was forborne",
        1e-7,
    ),
    Golden("REMIC_CALLPRICE", (0.06, 100.0, 30, 101.0, 0, 0, True), NUM, "more forborne than there is"),
    *(
        Golden(
            "REMIC_PSA", (100, int(row["month"])), float(row["cpr_pct_100psa"]) / 100, f"psa_curve {row['month']}", 5e-7
        )
        for row in rows("psa_curve")
        if row["month"] in ("1", "12", "30", "200")
    ),
    Golden("REMIC_PSA", (100_000, 30), 1.0, "by hand: capped at 100%"),
    Golden("REMIC_PSA", (100, 1.5), NUM, "half a month"),
    *(
        Golden(
            "REMIC_SDA",
            (100, int(row["month"])),
            float(row["annual_default_pct_100sda_before_lag_cutoff"]) / 100,
            f"sda_curve {row['month']}",
            5.1e-7,
        )
        for row in rows("sda_curve")
        if row["month"] in ("1", "30", "61", "90", "120", "200")
    ),
    Golden("REMIC_PO_FRACTION", (0.05294, 0.055), 0.0374545455, "cmsi_2004_8_pools, pool I", 5.1e-11),
    Golden("REMIC_PO_FRACTION", (0.06, 0.055), 0.0, "by hand: a premium loan has no PO part"),
    Golden("REMIC_PO_FRACTION", (5.294, 5.5), NUM, "rates in per cent"),
    Golden("REMIC_IO_RATE", (0.05932, 0.055), 0.00432, "cmsi_2004_8_pools, pool I"),
    Golden("REMIC_IO_RATE", (0.05, 0.055), 0.0, "by hand: a discount loan has no IO part"),
    Golden("REMIC_SHIFT", (30, 0.9755, 0.9755, True, True), 1.0, "cmsi_rule_vectors, no step down"),
    Golden("REMIC_SHIFT", (61, 0.9, 0.9755, True, True), 0.97, "cmsi_rule_vectors, first step"),
    Golden("REMIC_SHIFT", (61, 0.9, 0.9755, False, True), 1.0, "cmsi_rule_vectors, failed test"),
    Golden("REMIC_SHIFT", (80, 0.98, 0.9755, True, True), 1.0, "cmsi_rule_vectors, senior above initial"),
    Golden("REMIC_SHIFT", (80, 0.9, 0.9755, True, False), 0.97, "by hand: the second step refused, 0.9 + 0.7 x 0.1"),
    Golden("REMIC_SHIFT", (109, 0.9, 0.9755, True, True), 0.9, "shifting_interest_schedule: nothing shifts from 109"),
    Golden("REMIC_SHIFT", (0, 0.9, 0.9755, True, True), NUM, "no such day"),
    Golden("REMIC_SHIFT", (61, 0.9, 0.9755, "maybe", True), VALUE, "no truth value"),
    Golden(
        "REMIC_COLLATERAL", (1, 0.095, 360, 0, 0.005, 150), 0.00049188, "SF-4, scheduled amortisation", 5e-9, (2, 3)
    ),
    Golden("REMIC_COLLATERAL", (1, 0.095, 360, 0, 0.005, 150), 0.00025022, "SF-4, prepayment", 5e-9, (2, 4)),
    Golden("REMIC_COLLATERAL", (1, 0.095, 360, 0, 0.005, 150), 0.0075, "SF-4, pass-through interest", 5e-9, (2, 8)),
    Golden("REMIC_COLLATERAL", (1, 0.095, 360, 0, 0.005, 150), "prepayments", "its header", at=(1, 4)),
    Golden("REMIC_COLLATERAL", (1, 0.095, 0), NUM, "no term"),
    Golden(
        "REMIC_WATERFALL", ("A", *_TEXTBOOK_DEAL), 193_790_076.51, "Fabozzi, CMO-1, class A, month 1", 0.006, (2, 6)
    ),
    Golden(
        "REMIC_WATERFALL", ("principal", *_TEXTBOOK_DEAL), 1_720_271.0, "Fabozzi, CMO-1, B in month 81", 1.0, (82, 3)
    ),
    Golden("REMIC_WATERFALL", ("cash", *_TEXTBOOK_DEAL), 1_215_625.0, "Fabozzi, CMO-1, interest of A", 0.006, (2, 4)),
    Golden("REMIC_WATERFALL", ("balances", *_TEXTBOOK_DEAL), "D", "its header", at=(1, 5)),
    Golden("REMIC_WATERFALL", ("Q", *_TEXTBOOK_DEAL), NA, "no such report or class"),
    Golden("REMIC_WATERFALL", ("cash", TEXTBOOK_CLASSES, *_TEXTBOOK_DEAL[1:]), VALUE, "classes for pools"),
    *(
        Golden("REMIC_WAL", (label, *_TEXTBOOK_DEAL), life, f"Fabozzi, CMO-1, class {label}", 5.1e-5)
        for label, life in _LIVES.items()
    ),
    *(
        Golden(
            "REMIC_WAL",
            ("AB", *_AGENCY_DEAL, _AGENCY_TERMS[row["psa_pct"]], "30/360"),
            float(row["wal_years_derived_settle_2019-01-30_30_360"]),
            f"Fannie Mae 2019-2, class AB at {row['psa_pct']} PSA",
            5.1e-5,
        )
        for row in rows("fnma_2019_2_group3_wal")
        if row["psa_pct"] in _AGENCY_TERMS
    ),
    Golden("REMIC_WAL", ("AB", *_AGENCY_DEAL, _AGENCY_TERMS["100"], "actual"), VALUE, "no such basis"),
    Golden("REMIC_WINDOW", ("A", *_TEXTBOOK_DEAL), 1.0, "by hand: the first class is paid from month 1"),
    Golden("REMIC_WINDOW", ("A", *_TEXTBOOK_DEAL), 81.0, "Fabozzi, CMO-1: A is retired in month 81", at=(1, 2)),
    *(
        Golden(
            "REMIC_DECREMENT",
            ("AB", *_AGENCY_DEAL, _AGENCY_TERMS[row["psa_pct"]]),
            float(row["percent_derived"]) / 100,
            f"Fannie Mae 2019-2, {row['psa_pct']} PSA, {row['distribution_date']}",
            5.1e-7,
            (int(row["distribution_number"]) // 12 + 2, 2),
        )
        for row in rows("fnma_2019_2_group3_decrement")
        if row["psa_pct"] in ("100", "300") and row["distribution_number"] in ("12", "60")
    ),
    Golden("REMIC_PRICE", (0.1, _HAND), 100 / 1.05, "by hand: half a year at 5%"),
    # 38288 is 28 October 2004, 38316 is 25 November 2004: 27 days of 30/360; 100 / 1.05^(2 x 27/360).
    Golden("REMIC_PRICE", (0.1, [[100]], 38288, 38316), 99.27082, "by hand: 27 days", 5e-6),
    Golden("REMIC_PRICE", (0.1, [[100]], 38316, 38288), NUM, "paid before settlement"),
    Golden("REMIC_PRICE", (0.1, [["x"]]), VALUE, "cash that is a text"),
    Golden("REMIC_YIELD", (100 / 1.05, _HAND), 0.1, "by hand, the inverse"),
    Golden("REMIC_YIELD", (-1, _HAND), NUM, "a price below zero"),
    Golden("REMIC_DURATION", (0.1, _HAND), 0.5 / 1.05, "by hand: half a year over 1.05"),
    Golden("REMIC_CONVEXITY", (0.1, _HAND), 0.5 / 1.05**2, "by hand: T (T + 1/2) / 1.05^2"),
    Golden("REMIC_FACT", ("loan_count", "pool:II", FACTS), 164.0, "the table itself"),
    Golden("REMIC_FACT", ("trustee", "filing", FACTS), "U.S. Bank National Association", "the table itself"),
    Golden("REMIC_FACT", ("original_term_years_at_least", "pool:I", FACTS), 20.0, "the table itself"),
    Golden("REMIC_FACT", ("original_term_years", "pool:I", FACTS), VALUE, "two values of one key"),
    Golden("REMIC_FACT", ("loan_count", "pool:IV", FACTS), NA, "no such pool"),
)


def security_flows() -> list[float]:
    """Cash by month per 100 of the Standard Formulas' GNMA I 9.0 at 150 PSA, by the engine (checked in test_measures)."""
    from xlremic.functions.registry import call  # noqa: PLC0415 - only where it is asked for

    table = call("REMIC_COLLATERAL", [100, 0.095, 360, 0, 0.005, 150])
    assert isinstance(table, list)
    return [float(row[2]) + float(row[3]) + float(row[7]) for row in table[1:]]


SECURITY: tuple[Golden, ...] = (
    Golden(
        "REMIC_YIELD",
        (100, column(list(security_flows())), None, None, 14),
        _SECURITY["bond_equivalent_yield_pct"] / 100,
        "Standard Formulas, SF-50, actual delay 14 days",
        5.1e-8,
    ),
    Golden(
        "REMIC_DURATION",
        (_SECURITY["bond_equivalent_yield_pct"] / 100, column(list(security_flows())), None, None, 14),
        _SECURITY["modified_duration_years"],
        "Standard Formulas, SF-50",
        5.1e-6,
    ),
    Golden(
        "REMIC_CONVEXITY",
        (_SECURITY["bond_equivalent_yield_pct"] / 100, column(list(security_flows())), None, None, 14),
        _SECURITY["cash_flow_convexity_years2"],
        "Standard Formulas, SF-50",
        5.1e-5,
    ),
)
ALL = (*GOLDEN, *SECURITY)
