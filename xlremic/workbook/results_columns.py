"""What Results, Scenarios and Functions hold and compute: every column with its formula.

The prototype class of Results is the first subordinated one; the columns of other classes take its place when a
workbook is made. Fields that are no columns of the table are those of ``projection_columns``.
"""

from enum import IntEnum

from .layout import Column, Table

ITERATIONS = 14
"""Steps of the search for a yield; the last is the answer."""
DOLLARS = '[>=0.005]#,##0.00;[<=-0.005](#,##0.00);"-"'
"""Dollars whose dust shows as none."""


class ScenarioRow(IntEnum):
    """Rows of Scenarios; from ``GRID`` on one scenario each."""

    NUMBER = 8
    """Which row of Results a column of lives is of, from 1."""
    LIVE = 9
    BASE = 10
    DIFFERENCE = 11
    HEADING = 12
    GRID = 13


def _step(k: int) -> str:
    return f"step_{chr(ord('a') + k)}"


_CASH, _TIME = "{W.subordinated_cash~}", "{W.years~}"
_REPAID = "({W.subordinated_principal~}>0)*{W.subordinated_principal~}"
_PAYING = "({W.subordinated_principal~}>={std.half_cent})"
_FOUND = f"{{{_step(ITERATIONS)}}}"
_PRESENT = f"{_CASH}*{_FOUND}^(0-{_TIME})"


def _search(k: int) -> str:
    """Growth a year after step ``k``: the one before, raised by full price, present value and duration."""
    if k == 0:
        return 'IF({full_price}>0,IF({principal}+{interest}>={std.half_cent},{std.first_growth},""),"")'
    before = f"{{{_step(k - 1)}}}"
    value = f"SUMPRODUCT({_CASH}*{before}^(0-{_TIME}))"
    times = f"SUMPRODUCT({_CASH}*{_TIME}*{before}^(0-{_TIME}))"
    return f'IF(ISNUMBER({before}),MAX({{std.lowest_growth}},{before}*({value}/{{full_price}})^({value}/{times})),"")'


def _measure(key: str, label: str, width: float, number_format: str, formula: str, style: str = "Formula") -> Column:
    return Column(key, label, width, style, number_format, "right", formula)


RESULTS = Table(
    "Results", 7, columns=(
        Column("class", "Class", 12, "Label", value="class", text=True),
        Column("kind", "Kind", 16, "Unit", value="subordinated", text=True),
        _measure("balance", "Balance or notional, USD", 19, "USD", "{W.subordinated_balance0$}", "Link"),
        _measure("wal_month", "WAL, years (months/12)", 11, "0.000", f'IF(SUMPRODUCT({_REPAID})<{{std.half_cent}},"",SUMPRODUCT({_REPAID}*{{W.month~}})/SUMPRODUCT({_REPAID})/12)'),
        _measure("wal_30_360", "WAL, years (30/360)", 11, "0.000", 'IF(ISNUMBER({wal_month}),{start.first_time}+{wal_month}-1/12,"")'),
        _measure("first_month", "First month", 9, "0", f'IF(ISNUMBER({{wal_month}}),MAX({{W.month~}})+1-SUMPRODUCT(MAX({_PAYING}*(MAX({{W.month~}})+1-{{W.month~}}))),"")'),
        _measure("last_month", "Last month", 9, "0", f'IF(ISNUMBER({{wal_month}}),SUMPRODUCT(MAX({_PAYING}*{{W.month~}})),"")'),
        _measure("principal", "Principal, USD", 19, DOLLARS, "SUM({W.subordinated_principal~})"),
        _measure("interest", "Interest, USD", 19, DOLLARS, "SUM({W.subordinated_interest~})"),
        _measure("loss", "Loss, USD", 17, DOLLARS, "SUM({W.subordinated_loss~})"),
        _measure("price", "Price, %", 11, "0.000", "INDEX({prices},{number$})", "Link"),
        _measure("accrued", "Accrued, %", 11, "0.000", "IF({balance}<{std.half_cent},0,100*12*INDEX({W.subordinated_interest~},1)/{balance}*{start.accrued_days}/360)"),
        _measure("yield", "Yield", 11, "0.000%", f'IF(ISNUMBER({_FOUND}),IF({_FOUND}>{{std.lowest_growth}}*(1+{{std.tolerance}}),{{std.periods}}*({_FOUND}^(1/{{std.periods}})-1),""),"")'),
        _measure("duration", "Modified duration, years", 11, "0.000", f'IF(ISNUMBER({{yield}}),SUMPRODUCT({_CASH}*{_TIME}*{_FOUND}^(0-{_TIME}))/SUMPRODUCT({_PRESENT})/(1+{{yield}}/{{std.periods}}),"")'),
        _measure("convexity", "Convexity, years squared", 17, "0.000", f'IF(ISNUMBER({{yield}}),SUMPRODUCT({_CASH}*{_TIME}*({_TIME}+1/{{std.periods}})*{_FOUND}^(0-{_TIME}))/SUMPRODUCT({_PRESENT})/(1+{{yield}}/{{std.periods}})^{{std.periods}},"")'),
        Column(width=4),
        Column("number", "Row of Prices", 12, "Constant", "0", "center", value=1),
        Column("year", "", 6.5, "Formula", '[>=0.005]0%;[>0]"*";"-"', "center", "IF({balance$}<{std.half_cent},0,INDEX({W.subordinated_balance0~},12*{year^}+1)/{balance$})"),
        Column(width=4),
        Column("full_price", "Full price, USD", 19, "Formula", "USD", formula="({price}+{accrued})/100*{balance}"),
        *(Column(_step(k), "", 12, "Formula", "0.00000000", formula=_search(k)) for k in range(ITERATIONS + 1)),
    ),
)  # fmt: skip
SEARCHED = tuple(_step(k) for k in range(ITERATIONS + 1))
"""Columns of the search for a yield."""
REPAID = ("wal_month", "wal_30_360", "first_month", "last_month")
"""Columns that look at what repays a class, a notional balance too, and not at principal in dollars."""
USD_COLUMNS = ("balance", "principal", "interest", "loss")
"""Columns in dollars."""

SCENARIOS = Table(
    "Scenarios", 7, first=ScenarioRow.GRID, columns=(
        Column("scenario", "Scenario", 24, text=True),
        Column("psa", "PSA", 10, number_format="0"),
        Column("cpr", "CPR", 10, number_format="rate"),
        Column("cdr", "CDR", 10, number_format="rate"),
        Column("sda", "SDA", 10, number_format="0"),
        Column("severity", "Severity", 11, number_format="rate"),
        Column("first_callable", "First callable month", 12, number_format="0"),
        Column("losses", "Losses, USD", 18, number_format="USD"),
        Column(width=4),
        Column("life", "", 10, number_format="0.000"),
        Column(width=4),
    ),
)  # fmt: skip
INPUTS = Table(
    "Scenarios", 7, left=12, first=ScenarioRow.LIVE, columns=(
        Column("input", "Input", 30, text=True), Column("computed", "when computed", 18), Column("now", "now", 18), Column("changed", "changed", 10),
    ),
)  # fmt: skip
"""What the engine's grid was computed from beside what the sheets have now."""

CALLS = Table(
    "Functions", 12, columns=(
        Column("function", "Function", 26, text=True), Column("says", "What it computes", 62, text=True), Column("live", "The function", 22),
        Column("plain", "From plain formulas", 22), Column("difference", "Difference", 14), Column("typed", "What to type", 96, text=True),
    ),
)  # fmt: skip
