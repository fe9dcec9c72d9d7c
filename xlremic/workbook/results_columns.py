"""What Results and Functions hold and compute: every column with its formula.

The prototype class of Results is the first subordinated one; the columns of other classes take its place when a
workbook is made. Fields that are no columns of the table are those of ``projection_columns``.
"""

from .layout import Column, Table
from .setup_columns import YIELDS
from .tolerances import CENT

DOLLARS = f'[>={CENT}]#,##0.00;[<=-{CENT}](#,##0.00);"-"'
"""Dollars whose dust shows as none."""
WHOLE = '[>=0.5]#,##0;[<=-0.5](#,##0);"-"'
"""Dollars without their cents."""
WIDE = 12
"""Width of a column of Results: a billion dollars."""


_REPAID = "({W.subordinated_principal~}>0)*{W.subordinated_principal~}"
_PAYING = "({W.subordinated_principal~}>={std.half_cent})"
_CASH, _TIME, _FOUND = "{W.subordinated_cash~}", "{W.years~}", "{Y.found}"
_PRESENT = f"{_CASH}*{_FOUND}^(0-{_TIME})"


def _measure(key: str, label: str, number_format: str, formula: str, style: str = "Formula") -> Column:
    return Column(key, label, WIDE, style, number_format, "right", formula)


RESULTS = Table(
    "Results", 7, columns=(
        Column("class", "Class", 11, "Label", value="class", text=True),
        Column("kind", "Kind", 14, "Unit", value="subordinated", text=True),
        _measure("balance", "Balance or notional, USD", WHOLE, "{W.subordinated_balance0$}", "Link"),
        _measure("wal_month", "WAL, years (months/12)", "0.000", f'IF(SUMPRODUCT({_REPAID})<{{std.half_cent}},"",SUMPRODUCT({_REPAID}*{{W.month~}})/SUMPRODUCT({_REPAID})/12)'),
        _measure("wal_30_360", "WAL, years (30/360)", "0.000", 'IF(ISNUMBER({wal_month}),{start.first_time}+{wal_month}-1/12,"")'),
        _measure("first_date", "First paid", "date", 'IF(ISNUMBER({first_month}),INDEX({W.date~},{first_month}),"")'),
        _measure("last_date", "Last paid", "date", 'IF(ISNUMBER({last_month}),INDEX({W.date~},{last_month}),"")'),
        _measure("principal", "Principal, USD", WHOLE, "SUM({W.subordinated_principal~})"),
        _measure("interest", "Interest, USD", WHOLE, "SUM({W.subordinated_interest~})"),
        _measure("loss", "Loss, USD", WHOLE, "SUM({W.subordinated_loss~})"),
        _measure("price", "Price, %", "0.000", "INDEX({prices},{number$})", "Link"),
        _measure("accrued", "Accrued, %", "0.000", "IF({balance}<{std.half_cent},0,100*12*INDEX({W.subordinated_interest~},1)/{balance}*{start.accrued_days}/360)"),
        _measure("yield", "Yield", "0.000%", f'IF(ISNUMBER({_FOUND}),IF({_FOUND}>{{std.lowest_growth}}*(1+{{std.tolerance}}),{{std.periods}}*({_FOUND}^(1/{{std.periods}})-1),""),"")'),
        _measure("duration", "Modified duration, years", "0.000", f'IF(ISNUMBER({{yield}}),SUMPRODUCT({_CASH}*{_TIME}*{_FOUND}^(0-{_TIME}))/SUMPRODUCT({_PRESENT})/(1+{{yield}}/{{std.periods}}),"")'),
        _measure("convexity", "Convexity, years squared", "0.000", f'IF(ISNUMBER({{yield}}),SUMPRODUCT({_CASH}*{_TIME}*({_TIME}+1/{{std.periods}})*{_FOUND}^(0-{_TIME}))/SUMPRODUCT({_PRESENT})/(1+{{yield}}/{{std.periods}})^{{std.periods}},"")'),
        _measure("first_month", "First month", "0", f'IF(ISNUMBER({{wal_month}}),MAX({{W.month~}})+1-SUMPRODUCT(MAX({_PAYING}*(MAX({{W.month~}})+1-{{W.month~}}))),"")'),
        _measure("last_month", "Last month", "0", f'IF(ISNUMBER({{wal_month}}),SUMPRODUCT(MAX({_PAYING}*{{W.month~}})),"")'),
        Column("number", "No.", 5, "Constant", "0", "center", value=1),
    ),
)  # fmt: skip
REPAID = ("wal_month", "wal_30_360", "first_month", "last_month")
"""Columns that look at what repays a class, a notional balance too, and not at principal in dollars."""
USD_COLUMNS = ("balance", "principal", "interest", "loss")
"""Columns in dollars."""

CHART_ROWS = 15
"""Rows that the charts between the classes and the decrement table take."""
DECREMENT = Table(
    "Results", RESULTS.row() + CHART_ROWS + 3, first=RESULTS.row() + CHART_ROWS + 5, columns=(
        Column("year", "Year", 11, "Constant", '0;-0;"start"', "left", value=0, text=True),
        Column("date", "Distribution", 14, "Formula", "date", "left", 'IF({year}=0,"",INDEX({W.date~},12*{year}))', text=True),
        Column("share", "", WIDE, "Formula", '[>=0.005]0%;[>0]"*";"-"', "right", "IF({R.balance$}<{std.half_cent},0,INDEX({W.subordinated_balance0~},12*{year$}+1)/{R.balance$})"),
    ),
)  # fmt: skip
"""Below the charts: years downwards, a column a class; between header and years the lives."""

CALLS = Table(
    "Functions", 12, columns=(
        Column("function", "Function", 26, text=True), Column("says", "What it computes", 66, text=True), Column("live", "The function", 19),
        Column("plain", "From plain formulas", 19), Column("difference", "Difference", 14), Column("typed", "What to type", 13, text=True), Column(width=10), Column(width=10), Column(width=60),
    ),
)  # fmt: skip

EXAMPLES = Table(
    "Functions", 5, lines=("class", "month", "year", "ending_balance", "month_end", "priced"), columns=(
        Column("label"), Column("says"), Column("value"), Column("row"), Column("note"),
    ),
)  # fmt: skip
"""What the calls of the sheet Functions take, above them; the first and the last are classes, with their row of Results."""
EXAMPLE_INPUTS = (
    ("class", "class", None, "class of the examples: type another"),
    ("month", "month", 12, "month of the tables"),
    ("year", "year", 5, "year of the decrement table"),
    ("ending_balance", "ending balance", 6, "its column in the table of a class"),
    ("month_end", "end of the month", 9, "its column in the table of the loans"),
)


def _at(line: str, column: str = "value") -> str:
    return f"${EXAMPLES.letter(column)}${EXAMPLES.row(line)}"


def _result(key: str, line: str = "class") -> str:
    """A figure of Results of the class of that line."""
    return f"INDEX({RESULTS.absolute(key)},{_at(line, 'row')})"


def result_row(line: str) -> str:
    """The row of Results of the class of that line."""
    return f"SUMPRODUCT(({RESULTS.absolute('class')}={_at(line)})*{RESULTS.absolute('number')})"


_TABLES, _TIMING = "DealPools,DealClasses,DealAssumptions", "{start.settlement},{start.first_distribution}"
_FULL_PRICE = f"INDEX({YIELDS.absolute('full_price')},{_at('priced', 'row')})"
_LEFT = DECREMENT.absolute("share")
_LOAN = "{L.balance},{L.gross_rate},{L.term},{P.age},{L.fee},{P.psa},{P.cdr},{P.severity},{L.lag}"
_MONTH_END = "+".join(
    f"INDEX({{C.{field}~}},{_at('month')})" for field in ("performing_balance", "in_foreclosure_balance")
)

LIVE_CALLS = (
    ("REMIC_SUBORD", "subordination level of the class", f"REMIC_SUBORD({_at('class')},Classes,CurrentBalances)", f"SUMPRODUCT((Classes={_at('class')})*SubordinationLevels)", "level"),
    ("REMIC_CALL_THRESHOLD", "balance below which the series can be called, USD", "REMIC_CALL_THRESHOLD(CutOffBalance,CallPercent)", "CallThreshold", "USD"),
    ("REMIC_CALLABLE", "whether it can be called now", "IF(REMIC_CALLABLE(CurrentPoolBalance,CutOffBalance,CallPercent),1,0)", "IF(Callable,1,0)", "0"),
    ("REMIC_CALLPRICE", "price of a termination now, par and a month at the fee, USD", "REMIC_CALLPRICE(UsedServicingFee,SUM(UsedBalances),30,0,0,0,TRUE)", "SUM(UsedBalances)*(1+UsedServicingFee/12)", "USD"),
    ("REMIC_CPR", "annual rate of month 1's SMM, first pool", "REMIC_CPR({C.smm1})", "{C.cpr1}", "0.000000%"),
    ("REMIC_SMM", "monthly rate of month 1's CPR, first pool", "REMIC_SMM({C.cpr1})", "{C.smm1}", "0.000000%"),
    ("REMIC_CPR_ACTUAL", "annual rate of what month 1's SMM leaves, first pool", "REMIC_CPR_ACTUAL(1,0,1-{C.smm1},1)", "{C.cpr1}", "0.000000%"),
    ("REMIC_CDR_ACTUAL", "annual rate of month 1's SMM taken as defaults, first pool", "REMIC_CDR_ACTUAL(1,{C.smm1},1)", "{C.cpr1}", "0.000000%"),
    ("REMIC_PSA", "CPR at 100 PSA in month 1, first pool", "REMIC_PSA(100,{P.first_month})", "{C.psa_curve1}", "0.000000%"),
    ("REMIC_SDA", "CDR at 100 SDA in month 1, first pool", "REMIC_SDA(100,{P.first_month})", "{C.sda_curve1}", "0.000000%"),
    ("REMIC_PO_FRACTION", "PO fraction of the first rep line", "REMIC_PO_FRACTION({L.net_rate},{L.target_rate})", "{L.po_fraction}", "0.0000000000"),
    ("REMIC_IO_RATE", "IO rate of the first rep line", "REMIC_IO_RATE({L.net_rate},{L.target_rate})", "{L.io_rate}", "0.000000%"),
    ("REMIC_SHIFT", "class A's share of unscheduled principal in month 1, by the shelf's own schedule",
     "REMIC_SHIFT(1+{start.elapsed},{W.senior_percent1$},{start.initial_senior_percent},{W.loss_test1$}=1,{W.delinquency_test1$}=1)",
     "IF({W.all_to_senior1$}=1,1,{W.senior_percent1$}+{W.shift1$}*(1-{W.senior_percent1$}))", "0.000000"),
    ("REMIC_COLLATERAL", "balance of the first rep line at the end of the month, USD", f"INDEX(REMIC_COLLATERAL({_LOAN}),{_at('month')}+1,{_at('month_end')})", _MONTH_END, "USD"),
    ("REMIC_WATERFALL", "balance of the class at the end of the month, USD", f"INDEX(REMIC_WATERFALL({_at('class')},{_TABLES}),{_at('month')}+1,{_at('ending_balance')})",
     f"{_result('balance')}*INDEX({_LEFT},{_at('month')}/12+1,{_at('class', 'row')})", "USD"),
    ("REMIC_WAL", "average life of the class, years", f"REMIC_WAL({_at('class')},{_TABLES})", _result("wal_month"), "0.000000"),
    ("REMIC_WINDOW", "last month that pays principal to the class", f"INDEX(REMIC_WINDOW({_at('class')},{_TABLES}),1,1+1)", _result("last_month"), "0"),
    ("REMIC_DECREMENT", "share of the class left after so many years", f"INDEX(REMIC_DECREMENT({_at('class')},{_TABLES}),{_at('year')}+1+1,1+1)", f"INDEX({_LEFT},{_at('year')}+1,{_at('class', 'row')})", "0.000000"),
    ("REMIC_PRICE", "full price of the priced class at its yield, USD", f"REMIC_PRICE({_result('yield', 'priced')},{{W.io_cash~}},{_TIMING})", _FULL_PRICE, "USD"),
    ("REMIC_YIELD", "yield of the priced class at its full price", f"REMIC_YIELD({_FULL_PRICE},{{W.io_cash~}},{_TIMING})", _result("yield", "priced"), "0.000000%"),
    ("REMIC_DURATION", "modified duration of the priced class, years", f"REMIC_DURATION({_result('yield', 'priced')},{{W.io_cash~}},{_TIMING})", _result("duration", "priced"), "0.000000"),
    ("REMIC_CONVEXITY", "convexity of the priced class, years squared", f"REMIC_CONVEXITY({_result('yield', 'priced')},{{W.io_cash~}},{_TIMING})", _result("convexity", "priced"), "0.000000"),
    ("REMIC_FACT", "a fact as the filing prints it", 'REMIC_FACT("loan_count","all",SourceFacts)', "{all.loan_count$}", "#,##0"),
)  # fmt: skip
"""Function, what it computes, a call of it, the same from plain formulas, number format."""
