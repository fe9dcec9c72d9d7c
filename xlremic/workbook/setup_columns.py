"""Tables of Set-up behind Results: where each class stands on Waterfall, the search for its yield, points of charts.

``{R.x}`` is a column of Results in the line of the same class. Fields of ``SPAN`` are ``{span.x}``.
"""

from .layout import SETUP, Column, Table
from .setup_rows import AFTER
from .term_rows import TERMS_TABLE

ITERATIONS = 14
"""Steps of the search for a yield; the last is the answer."""
FIELDS = ("balance", "interest", "principal", "loss")
"""Of a class on Waterfall."""
_CASH, _TIME = "{W.subordinated_cash~}", "{W.years~}"


def _step(k: int) -> str:
    return f"step_{chr(ord('a') + k)}"


def _search(k: int) -> str:
    """Growth a year after step ``k``: the one before, raised by full price, present value and duration."""
    if k == 0:
        return 'IF({full_price}>0,IF({R.principal}+{R.interest}>={std.half_cent},{std.first_growth},""),"")'
    before = f"{{{_step(k - 1)}}}"
    value = f"SUMPRODUCT({_CASH}*{before}^(0-{_TIME}))"
    times = f"SUMPRODUCT({_CASH}*{_TIME}*{before}^(0-{_TIME}))"
    return f'IF(ISNUMBER({before}),MAX({{std.lowest_growth}},{before}*({value}/{{full_price}})^({value}/{times})),"")'


SEARCHED = tuple(_step(k) for k in range(ITERATIONS + 1))
"""Columns of the search for a yield."""
YIELDS = Table(
    SETUP, TERMS_TABLE.header, left=AFTER, columns=(
        Column("class", "class", 10, "Link", formula="{R.class}", text=True),
        *(Column(f"column_{field}", f"column of its {field}", 10, "Formula", "0", "center", f"COLUMN({{W.subordinated_{field}0$}})") for field in FIELDS),
        Column("full_price", "full price, USD", 18, "Formula", "USD", "right", "({R.price}+{R.accrued})/100*{R.balance}"),
        *(Column(key, f"step {k}" if k else "start", 12, "Formula", "0.00000000", "right", _search(k)) for k, key in enumerate(SEARCHED)),
        Column(width=4),
    ),
)  # fmt: skip
"""A line a class: the numbers of its columns on Waterfall, then its yield as growth a year, the last step the answer."""

STEPS, LABELLED = 24, 6
"""Steps of a chart's axis, and how many to a label: the years shown are a multiple of their ratio, so labels are whole."""


def _at(field: str) -> str:
    return f"INDEX({{W.{field}0~}},{{line$}})"


def _a_month(flow: str) -> str:
    """Dollars a month of a flow, over the months of a step."""
    months = "({W.month~}>{from$})*({W.month~}<={month$})"
    return f"IF({{step$}}=0,0,SUMPRODUCT({months}*{{{flow}}})/MAX(1,{{month$}}-{{from$}}))"


def _point(key: str, label: str, formula: str, number_format: str = "USD") -> Column:
    return Column(key, label, 15, "Formula", number_format, "right", formula)


CHART = Table(
    SETUP, TERMS_TABLE.header, left=YIELDS.left + len(YIELDS.columns), lines=tuple(f"step_{k}" for k in range(STEPS + 1)), columns=(
        Column("step", "step", 6, "Constant", "0", "center"),
        Column("month", "month", 8, "Formula", "0", "right", "ROUND({step$}*{span.shown}/{span.steps},0)"),
        Column("from", "after month", 8, "Formula", "0", "right", "ROUND(MAX(0,{step$}-1)*{span.shown}/{span.steps},0)"),
        Column("line", "line of Waterfall", 9, "Formula", "0", "right", "MIN({month$},MAX({W.month~}))+1"),
        Column("label", "years", 7, "Formula", "0", "right", 'IF({step$}/{span.labelled}=ROUND({step$}/{span.labelled},0),{month$}/12,"")'),
        _point("senior", "class A", _at("senior_balance")),
        _point("principal_only", "PO", _at("principal_only")),
        _point("subordinated", "B classes", _at("subordinated")),
        _point("call_threshold", "call threshold", "CallThreshold"),
        _point("pool_factor", "pool factor", _at("pool_factor"), "0.000000"),
        _point("call_line", "call threshold", _at("call_line"), "0.000000"),
        _point("senior_level", "class A", _at("senior_level"), "0.000000"),
        _point("level", "class", _at("level"), "0.000000"),
        _point("scheduled", "scheduled", _a_month("C.scheduled~")),
        _point("prepaid", "prepaid", _a_month("C.prepaid~")),
        _point("recoveries", "recoveries", _a_month("C.recoveries~")),
        _point("chosen", "the class", "INDEX({class.ending},{line$})"),
        _point("chosen_interest", "interest", _a_month("class.interest")),
        _point("chosen_principal", "principal", _a_month("class.principal")),
        Column(width=4),
    ),
)  # fmt: skip
"""The points of the charts, one line a step of time; ``{class.x}`` is of the class that is chosen on Class."""
SPREAD = {"senior": "pool", "level": "subordinated"}
"""Columns of ``CHART`` that there is one of for each of their kind."""
SPAN = Table(
    SETUP, TERMS_TABLE.header, left=CHART.left + len(CHART.columns), lines=("end", "steps", "labelled", "left", "shown"), columns=(
        Column("name", "name", 12, text=True), Column("value", "value", 10), Column("unit", "unit", 12, text=True), Column("says", "what it is", 52, text=True), Column(width=4),
    ),
)  # fmt: skip
SPANS: tuple[tuple[str, float | str, str, str], ...] = (
    ("end", 0.01, "fraction", "charts stop when less of the start is left"),
    ("steps", STEPS, "number", "steps of the axis"),
    ("labelled", LABELLED, "number", "steps to a label"),
    ("left", "SUMPRODUCT(({W.balance~}>={span.end}*{W.balance0$})*1)", "months", "until then"),
    ("shown", "12*{span.steps}/{span.labelled}*ROUNDUP(({span.left}+1)/(12*{span.steps}/{span.labelled}),0)", "months", "until then, so that labels are whole years"),
)  # fmt: skip
"""How far the charts reach: name, number or formula, unit, what it is."""
BEHIND = SPAN.left + len(SPAN.columns)
"""The first column behind these tables."""
