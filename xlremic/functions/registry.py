"""The REMIC functions of worksheets: one registry that every host is generated from, and the one way to call them.

Bodies are plain Python over numbers, words and ranges, and read nothing but their arguments. Rates are fractions of
one (6% is 0.06), PSA and SDA speeds are per cent of the curve, balances are dollars, terms months, dates as a cell
holds them. A wrong argument gives an error value, never a text and never a wrong number.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from math import isfinite

from ..engine.assumptions import TERMS, Assumptions
from ..engine.distribution import TOLERANCE
from ..engine.speeds import cpr_from_smm, smm_from_cpr
from ..errors import DealError, InputError
from . import bodies
from .cells import (
    Argument,
    CellError,
    CellErrorCode,
    Function,
    Result,
    Scalar,
    Table,
    arguments_of,
    number_error,
    serial,
    value_error,
)

__all__ = [
    "FUNCTIONS",
    "NAMES",
    "Argument",
    "CellError",
    "CellErrorCode",
    "Function",
    "Result",
    "Scalar",
    "Table",
    "by_name",
    "call",
    "worksheet_functions",
]


def call(name: str, arguments: Sequence[object]) -> Result:
    """Evaluate a function on what a host hands over.

    Args:
        name: of the function, as in the registry.
        arguments: scalars, ranges as lists of rows, None for what is omitted or empty; error values as their text.
    Returns: a finite number, a text, a truth value, or a rectangular list of rows whose empty cells are "".
    Raises: CellError with the error value to show and one sentence of reason.

    >>> call("REMIC_PSA", [100, 30])
    0.06
    """
    given = arguments_of(by_name(name), arguments)
    # True and 1.0 are one key of a cache, but two values of a cell.
    flags = tuple(
        (i, r, c)
        for i, value in enumerate(given)
        if isinstance(value, tuple)
        for r, row in enumerate(value)
        for c, cell in enumerate(row)
        if isinstance(cell, bool)
    )
    remembered = _table if _BY_NAME[name].returns == "table" else _value
    result = remembered(name, given, flags)
    return [list(row) for row in result] if isinstance(result, tuple) else result


def by_name(name: str) -> Function:
    """A function of the registry. Raises: CellError if there is none of that name."""
    if name not in _BY_NAME:
        raise value_error(f"there is no function {name}")
    return _BY_NAME[name]


def _computed(
    name: str, given: tuple[object, ...], _flags: tuple[tuple[int, int, int], ...]
) -> Scalar | tuple[tuple[Scalar, ...], ...]:
    try:
        result = _BY_NAME[name].body(*given)
    except InputError as error:
        raise number_error(str(error)) from error
    except DealError as error:
        raise value_error(str(error)) from error
    except ZeroDivisionError as error:
        raise CellError(CellErrorCode.DIV0, f"{name} divides by zero here") from error
    except OverflowError as error:
        raise number_error(f"{name}: the result is too large") from error
    rows = result if isinstance(result, list) else [[result]]
    if not all(isfinite(cell) for row in rows for cell in row if isinstance(cell, float)):
        raise number_error(f"{name}: the result is too large")
    return tuple(tuple(row) for row in result) if isinstance(result, list) else result


# A waterfall's table may take a megabyte, a number takes nothing.
_table = lru_cache(maxsize=64)(_computed)
_value = lru_cache(maxsize=4096)(_computed)


def _guarded(wrong: str, formula: str) -> str:
    """A closed form that gives #NUM! where an argument is out of range."""
    return f"IF({wrong},EXP(9999),{formula})"


# Subordinated classes of one pool (IB-1, II-M-2) share ranks; the closed form refuses them rather than misjudge them.
_POOLED = "+".join(f'COUNTIF(classes,"*{mark}{kind}*")' for mark in "IVX-" for kind in "MB")
_TRANCHE = Argument("tranche", "text", "Label of the class, such as B-1; every class if left out", optional=True)
_CLASSES = Argument("classes", "text", "Labels of the classes", optional=True, is_range=True, workbook_name="Classes")
_BALANCES = Argument(
    "balances", "number", "Principal balances of the classes, in the same order", optional=True, is_range=True,
    unit="dollars", workbook_name="CurrentBalances",
)  # fmt: skip
_CUT_OFF = Argument(
    "cut_off_balance", "number", "Balance of all mortgage loans at the cut-off date", optional=True, unit="dollars",
    workbook_name="CutOffBalance",
)  # fmt: skip
_PERCENT = Argument(
    "percent", "number", "Part of the cut-off balance, 0.10 for ten per cent", optional=True, unit="fraction of one",
    workbook_name="CallPercent",
)  # fmt: skip
_SPEED_AGE = (
    Argument("speed", "number", "Per cent of the standard curve, such as 300", unit="% of the curve"),
    Argument("age", "number", "Month of the loans' life, 1 for the first", unit="months"),
)
_NET_TARGET = (
    Argument("net_rate", "number", "Gross rate less servicing fee", unit="fraction a year"),
    Argument("target_rate", "number", "Target rate of the pool", unit="fraction a year"),
)
_DEAL = (
    Argument(
        "pools", "any", "Header row, then one row per pool: pool, balance, coupon, remaining_term, original_term, "
        "target_rate, and balance, coupon and remaining_term of discount_ and premium_ loans",
        optional=True, is_range=True, workbook_name="DealPools",
    ),
    Argument(
        "classes", "any", "Header row class, rank, balance, then one row per class; rank 1 is paid first",
        optional=True, is_range=True, workbook_name="DealClasses",
    ),
    Argument(
        "assumptions", "any", "Header row name, value, then one row per assumption; empty values are defaults",
        optional=True, is_range=True, workbook_name="DealAssumptions",
    ),
)  # fmt: skip
_TIMING = (
    Argument("flows", "number", "Cash by month, month 1 first, one row or column", is_range=True, unit="dollars"),
    Argument(
        "settlement", "number", "Settlement date; without dates month 1 is a month away", optional=True, unit="date"
    ),
    Argument("first_payment", "number", "Date of the payment of month 1", optional=True, unit="date"),
    Argument("delay", "number", "Days by which each payment is later than that", optional=True, unit="days"),
)
_YIELD = Argument("bond_yield", "number", "Bond-equivalent yield, 0.06 for 6%", unit="fraction a year")
_TABLES = "DealPools,DealClasses,DealAssumptions"
_SCHEDULE = Assumptions().shift_schedule
_STEPS = "".join(f"+(distribution_day>={day})" for day, _ in _SCHEDULE[1:])
_SHARES = ",".join(f"{share:g}" for _, share in _SCHEDULE)
"""The shelf's schedule in a closed form: the steps that a day has reached, and the share after each."""

STORED = "_xldudf_"
"""What Excel puts before a web add-in's function where it stores a call."""

FUNCTIONS: tuple[Function, ...] = (
    Function(
        "REMIC_SUBORD",
        "Subordination level: share of all classes that absorbs losses before the class does; without a class, one "
        "level per class. Classes stand in order of seniority; senior ones (A, IA, A-PO) share a rank.",
        (_TRANCHE, _CLASSES, _BALANCES), "table", bodies.subord_body,
        '=REMIC_SUBORD("B-1",Classes,CurrentBalances)',
        _guarded(
            "MIN(balances)<0",
            f"IF(OR(COLUMNS(classes)>1,COLUMNS(balances)>1,ROWS(classes)<>ROWS(balances),{_POOLED}>0),VALUE(\"?\"),"
            'IF(OR(LEFT(tranche,1)="M",LEFT(tranche,1)="B"),'
            "SUMPRODUCT((ROW(balances)-MIN(ROW(balances))+1>MATCH(tranche,classes,0))*balances),"
            '0*MATCH(tranche,classes,0)+SUMIF(classes,"M*",balances)+SUMIF(classes,"B*",balances))/SUM(balances))',
        ),
    ),
    Function(
        "REMIC_CALL_THRESHOLD",
        "Balance below which the clean-up call may be exercised, dollars rounded half up to the cent.",
        (_CUT_OFF, _PERCENT), "number", bodies.call_threshold_body,
        "=REMIC_CALL_THRESHOLD(CutOffBalance,CallPercent)",
        _guarded("OR(cut_off_balance<0,percent<0,percent>1)", "ROUND(percent*cut_off_balance,2)"),
    ),
    Function(
        "REMIC_CALLABLE",
        "TRUE when the current balance is strictly below the clean-up call threshold.",
        (
            Argument("current_balance", "number", "Balance of all mortgage loans now", optional=True, unit="dollars",
                     workbook_name="CurrentPoolBalance"),
            _CUT_OFF, _PERCENT,
        ),
        "boolean", bodies.callable_body,
        "=REMIC_CALLABLE(CurrentPoolBalance,CutOffBalance,CallPercent)",
        _guarded("OR(current_balance<0,cut_off_balance<0,percent<0,percent>1)",
                 "current_balance<ROUND(percent*cut_off_balance,2)"),
    ),
    Function(
        "REMIC_CALLPRICE",
        "Price of a termination: unpaid principal, with or without what was forborne, accrued interest at the net rate "
        "(a month of 30 days if left out), real estate owned, less advances. Assumptions: no filing states them.",
        (
            Argument("net_rate", "number", "Rate of the loans after the servicing fee", unit="fraction a year"),
            Argument("balance", "number", "Unpaid principal balance of the loans, forborne principal included",
                     optional=True, unit="dollars", workbook_name="CurrentPoolBalance"),
            Argument("days", "number", "Days of accrued interest, 30/360; 30 if left out", optional=True, unit="days"),
            Argument("forborne", "number", "Forborne principal within the balance", optional=True, unit="dollars"),
            Argument("reo", "number", "Real estate owned at its appraised value", optional=True, unit="dollars"),
            Argument("advances", "number", "Advances and fees not reimbursed", optional=True, unit="dollars"),
            Argument("with_forborne", "boolean", "Whether forborne principal is paid for; TRUE if left out",
                     optional=True),
        ),
        "number", bodies.call_price_body, "=REMIC_CALLPRICE(0.0546,CurrentPoolBalance,30,0,0,0,TRUE)",
        _guarded(
            "OR(net_rate<0,net_rate>1,balance<0,days<0,days>360,forborne<0,forborne>balance,reo<0,advances<0)",
            "MAX(0,IF(with_forborne,balance,balance-forborne)+(balance-forborne)*net_rate*days/360+reo-advances)",
        ),
    ),
    Function(
        "REMIC_CPR", "Annual prepayment rate (CPR) of a single monthly mortality: 1-(1-SMM)^12.",
        (Argument("smm", "number", "Single monthly mortality", unit="fraction a month"),), "number", cpr_from_smm,
        "=REMIC_CPR(0.00514301)", _guarded("OR(smm<0,smm>1)", "1-(1-smm)^12"),
    ),
    Function(
        "REMIC_SMM", "Single monthly mortality of an annual prepayment rate (CPR): 1-(1-CPR)^(1/12).",
        (Argument("cpr", "number", "Annual prepayment rate, 0.06 for 6%", unit="fraction a year"),),
        "number", smm_from_cpr,
        "=REMIC_SMM(0.06)", _guarded("OR(cpr<0,cpr>1)", "1-(1-cpr)^(1/12)"),
    ),
    Function(
        "REMIC_CPR_ACTUAL",
        "Annual rate (CPR) at which loans were prepaid over some months: 1-(ending/(opening-scheduled))^(12/months).",
        (
            Argument("opening", "number", "Balance before the first month", unit="dollars"),
            Argument("scheduled", "number", "Principal due over the months without prepayments", unit="dollars"),
            Argument("ending", "number", "Balance after the last month; add what was liquidated for the voluntary "
                     "speed alone", unit="dollars"),
            Argument("months", "number", "Months between; 1 if left out", optional=True, unit="months"),
        ),
        "number", bodies.cpr_actual_body, "=REMIC_CPR_ACTUAL(1000000,1000,994000,1)",
        _guarded("OR(opening<0,scheduled<0,ending<0,opening-scheduled<=0,months<1,months<>INT(months))",
                 "1-(ending/(opening-scheduled))^(12/months)"),
    ),
    Function(
        "REMIC_CDR_ACTUAL",
        "Annual rate (CDR) at which loans defaulted over some months: 1-(1-defaulted/opening)^(12/months).",
        (
            Argument("opening", "number", "Balance before the first month", unit="dollars"),
            Argument("defaulted", "number", "Balance that defaulted, or was liquidated: recoveries and losses together",
                     unit="dollars"),
            Argument("months", "number", "Months between; 1 if left out", optional=True, unit="months"),
        ),
        "number", bodies.cdr_actual_body, "=REMIC_CDR_ACTUAL(1000000,500,1)",
        _guarded("OR(opening<=0,defaulted<0,defaulted>opening,months<1,months<>INT(months))",
                 "1-(1-defaulted/opening)^(12/months)"),
    ),
    Function(
        "REMIC_PSA", "Annual prepayment rate (CPR) at a PSA speed in a month of the loans' life.",
        _SPEED_AGE, "number", bodies.psa_body, "=REMIC_PSA(300,12)",
        _guarded("OR(speed<0,age<>INT(age))", "MIN(1,speed*MIN(MAX(age,1),30)/50000)"),
    ),
    Function(
        "REMIC_SDA", "Annual default rate (CDR) at an SDA speed in a month of the loans' life.",
        _SPEED_AGE, "number", bodies.sda_body, "=REMIC_SDA(100,30)",
        _guarded("OR(speed<0,age<>INT(age))",
                 "MIN(1,speed/100*(0.0002*MIN(MAX(age,1),30)-0.000095*MAX(0,MIN(age,120)-60)))"),
    ),
    Function(
        "REMIC_PO_FRACTION", "Part of each dollar of principal that is the PO strip's: (target - net) / target.",
        _NET_TARGET, "number", bodies.po_fraction_body, "=REMIC_PO_FRACTION(0.05294,0.055)",
        _guarded("OR(net_rate<0,net_rate>1,target_rate<0,target_rate>1)",
                 "IF(target_rate=0,0,MAX(0,ROUND(target_rate-net_rate,12))/target_rate)"),
    ),
    Function(
        "REMIC_IO_RATE", "Interest rate of the IO strip on the balance of premium loans: net - target.",
        _NET_TARGET, "number", bodies.io_rate_body, "=REMIC_IO_RATE(0.05932,0.055)",
        _guarded("OR(net_rate<0,net_rate>1,target_rate<0,target_rate>1)", "MAX(0,ROUND(net_rate-target_rate,12))"),
    ),
    Function(
        "REMIC_SHIFT",
        "Senior share of unscheduled principal by the shelf's shifting-interest schedule; a failed test refuses the "
        "step down that the day falls in.",
        (
            Argument("distribution_day", "number", "Number of the distribution, 1 for the first"),
            Argument("senior_percent", "number", "Class A over class A plus subordination now", unit="fraction of one"),
            Argument("initial_senior_percent", "number", "The same at the cut-off date", unit="fraction of one"),
            Argument("loss_test", "boolean", "Whether the cumulative loss test passes; TRUE if left out",
                     optional=True),
            Argument("delinquency_test", "boolean", "Whether the delinquency test passes; TRUE if left out",
                     optional=True),
        ),
        "number", bodies.shift_body, "=REMIC_SHIFT(61,0.9,0.9755,TRUE,TRUE)",
        _guarded(
            "OR(distribution_day<1,distribution_day<>INT(distribution_day),senior_percent<0,senior_percent>1,"
            "initial_senior_percent<0,initial_senior_percent>1)",
            f"IF(senior_percent>initial_senior_percent*(1+{TOLERANCE:.9f}),1,senior_percent+(1-senior_percent)*CHOOSE("
            f"MAX(1,1{_STEPS}-IF(AND(loss_test,delinquency_test),0,1)),{_SHARES}))",
        ),
    ),
    Function(
        "REMIC_COLLATERAL",
        "Monthly cash flows of level-payment loans: balance, principal, prepayments, defaults, recoveries, losses, "
        f"net interest. Left out: new loans, a fee of {TERMS['servicing_fee_rate'].default}, "
        f"{TERMS['psa'].usual:g} PSA, no defaults, severity {TERMS['severity'].default}, lag {TERMS['lag'].default}.",
        (
            Argument("balance", "number", "Principal balance at the cut-off date", unit="dollars"),
            Argument("wac", "number", "Gross rate, 0.06132 for 6.132%", unit="fraction a year"),
            Argument("remaining_term", "number", "Remaining term", unit="months"),
            Argument("age", "number", "Age of the loans at the cut-off date", optional=True, unit="months"),
            Argument("fee", "number", "Servicing and trustee fee", optional=True, unit="fraction a year"),
            Argument("psa", "number", "Prepayment speed, per cent of PSA", optional=True, unit="% of the curve"),
            Argument("cdr", "number", "Annual default rate", optional=True, unit="fraction a year"),
            Argument("severity", "number", "Loss on liquidation", optional=True, unit="fraction of one"),
            Argument("lag", "number", "Months from default to liquidation", optional=True, unit="months"),
        ),
        "table", bodies.collateral_body, "=REMIC_COLLATERAL(1000000,0.06,360,0,0.0025,300)",
    ),
    Function(
        "REMIC_WATERFALL",
        "Class cash flows by month. Report: balances, principal, interest, losses, cash (every class) or the label "
        "of one class.",
        (Argument("report", "text", "balances, principal, interest, losses, cash or a class; cash if left out",
                  optional=True), *_DEAL),
        "table", bodies.waterfall_body, f'=REMIC_WATERFALL("balances",{_TABLES})',
    ),
    Function(
        "REMIC_WAL", "Weighted average life of a class in years; without a class, of every class.",
        (_TRANCHE, *_DEAL, Argument("basis", "text", "month (month/12) or 30/360; month if left out", optional=True)),
        "table", bodies.wal_body, f'=REMIC_WAL("B-1",{_TABLES})',
    ),
    Function(
        "REMIC_WINDOW", "First and last month that pays principal to a class; without a class, of every class.",
        (_TRANCHE, *_DEAL), "table", bodies.window_body, f'=REMIC_WINDOW("B-1",{_TABLES})',
    ),
    Function(
        "REMIC_DECREMENT",
        "Share of the original balance left at the start and after each year; without a class, of every class.",
        (_TRANCHE, *_DEAL), "table", bodies.decrement_body, f'=REMIC_DECREMENT("B-1",{_TABLES})',
    ),
    Function(
        "REMIC_PRICE", "Full price of monthly cash flows at a bond-equivalent yield, 30/360, in the flows' unit.",
        (_YIELD, *_TIMING), "number", bodies.price_body, "=REMIC_PRICE(0.06,A1:A360)",
    ),
    Function(
        "REMIC_YIELD", "Bond-equivalent yield at which monthly cash flows are worth a full price, 30/360.",
        (Argument("full_price", "number", "Price with accrued interest, in the flows' unit", unit="dollars"), *_TIMING),
        "number", bodies.yield_body, "=REMIC_YIELD(1000000,A1:A360)",
    ),
    Function(
        "REMIC_DURATION", "Modified duration in years of monthly cash flows at a bond-equivalent yield, 30/360.",
        (_YIELD, *_TIMING), "number", bodies.duration_body, "=REMIC_DURATION(0.06,A1:A360)",
    ),
    Function(
        "REMIC_CONVEXITY", "Convexity in years squared of monthly cash flows at a bond-equivalent yield, 30/360.",
        (_YIELD, *_TIMING), "number", bodies.convexity_body, "=REMIC_CONVEXITY(0.06,A1:A360)",
    ),
    Function(
        "REMIC_FACT", "A fact of the Source sheet as printed in the filing; where a limit has two sides, add its side "
        "to the key: original_term_years_at_least.",
        (
            Argument("key", "text", "Key of the fact, such as loan_count"),
            Argument("scope", "text", "What it is of: filing, all, pool:I, pool:I:discount, class:B-1"),
            Argument("facts", "any", "The table of the Source sheet with its header row", optional=True, is_range=True,
                     workbook_name="SourceFacts"),
        ),
        "text", bodies.fact_body, '=REMIC_FACT("loan_count","pool:I",SourceFacts)',
    ),
)  # fmt: skip
"""In the order of the documentation."""

_BY_NAME = {function.name: function for function in FUNCTIONS}
NAMES: Mapping[str, Mapping[str, str]] = {
    function.name: {one.name: one.workbook_name for one in function.arguments if one.workbook_name}
    for function in FUNCTIONS
}
"""By function and argument: the name that a workbook of ours has for what may be left out."""


def worksheet_functions() -> dict[str, Callable[..., Result]]:
    """The functions by their names, bare and stored, as a spreadsheet engine calls them; dates become numbers."""

    def bound(name: str) -> Callable[..., Result]:
        return lambda *given: call(name, [_without_dates(value) for value in given])

    return {prefix + function.name: bound(function.name) for prefix in ("", STORED) for function in FUNCTIONS}


def _without_dates(value: object) -> object:
    if isinstance(value, list):
        return [[_without_dates(cell) for cell in row] for row in value]
    return serial(value.date() if isinstance(value, datetime) else value) if isinstance(value, date) else value
