"""What Call says of a termination: its terms, the price with and without forborne principal, and what each class gets.

The pool description states only the threshold. Every term is an assumption, empty where the usual one holds.
"""

from .class_columns import CALL, CALL_LINES, IN_ERROR, TRANCHES, Line
from .history_columns import every
from .layout import Column, Table

_INPUTS = (
    Line("upb", "Unpaid principal balance of the loans", "Assumption", "USD", "USD", name="TerminationBalance", source="input: empty for the current pool balance; forborne principal is within it"),
    Line("forborne", "Forborne principal within it", "Assumption", "USD", "USD", name="ForbornePrincipal", source="input: empty for none; it bears no interest"),
    Line("net_rate", "Net rate of the loans", "Assumption", "% a year", "rate", name="TerminationRate", source="input: empty for the average rate at issue less the servicing fee"),
    Line("days", "Days of accrued interest", "Assumption", "days, 30/360", "days", name="TerminationDays", source="input: empty for a month of 30 days"),
    Line("reo", "Real estate owned, as appraised", "Assumption", "USD", "USD", name="TerminationREO", source="input: empty for none"),
    Line("advances", "Advances and fees not reimbursed", "Assumption", "USD", "USD", name="TerminationAdvances", source="input: empty for none; they are taken off the price"),
    Line("holdback", "Holdback", "Assumption", "USD", "USD", name="TerminationHoldback", source="input: empty for none; kept back from what the classes get"),
)  # fmt: skip
_MOST = {"net_rate": "1", "days": "360", "forborne": "{upb_used}"}
_USUAL = {
    "upb": "IF(ISNUMBER(CurrentPoolBalance),CurrentPoolBalance,0)",
    "net_rate": "IF(ISNUMBER({all.weighted_average_coupon}),MAX(0,{all.weighted_average_coupon}-UsedServicingFee),0)",
    "days": "30",
}


def _used(key: str) -> str:
    return f"IF({{wrong.{key}}}>0,0,IF(ISNUMBER({{{key}}}),{{{key}}},{_USUAL.get(key, '0')}))"


_SOURCE = "assumption: no filing states it"
_PRICE = "IF({refused}>0," + IN_ERROR + ",MAX(0,{upb_used}%s+{accrued}+{reo_used}-{advances_used}))"
_AVAILABLE = "IF(ISNUMBER({%s}),MAX(0,{%s}-{holdback_used}),0)"
TERMINATION_LINES = (
    *_INPUTS,
    *(Line(f"{one.key}_used", f"{one.label}: used", "Formula", one.unit, one.number_format, _used(one.key), source=_SOURCE) for one in _INPUTS),
    Line("refused", "Terms that are refused", "Formula", "inputs", "0", "{wrong.all}", name="row.termination_refused", source="not a number, below zero or beyond the bounds: the price waits"),
    Line("accrued", "Accrued interest", "Formula", "USD", "USD", "({upb_used}-{forborne_used})*{net_rate_used}*{days_used}/360", source="at the net rate, on what is not forborne"),
    Line("price_with", "Price, with forborne principal", "Total", "USD", "USD", _PRICE % "", name="TerminationPrice", source="unpaid principal + accrued interest + real estate owned - advances"),
    Line("price_without", "Price, without forborne principal", "Total", "USD", "USD", _PRICE % "-{forborne_used}", name="TerminationPriceWithoutForborne", source="the same, forborne principal left out: courts have argued over it"),
    Line("apart", "The one less the other", "Formula", "USD", "USD", f"IF(ISNUMBER({{price_with}}),{{price_with}}-{{price_without}},{IN_ERROR})", source="what the party that calls would save"),
    Line("available_with", "For the classes, with it", "Formula", "USD", "USD", _AVAILABLE % ("price_with", "price_with"), source="price less the holdback"),
    Line("available_without", "For the classes, without it", "Formula", "USD", "USD", _AVAILABLE % ("price_without", "price_without"), source="price less the holdback"),
    Line("left_with", "Left over, with it", "Formula", "USD", "USD", "ROUND({available_with}-{paid.with},2)", source="beyond what the classes are due"),
    Line("left_without", "Left over, without it", "Formula", "USD", "USD", "ROUND({available_without}-{paid.without},2)", source="beyond what the classes are due"),
    Line("unpaid", "Classes paid more than there is", "Formula", "USD", "USD", "MAX(0,0-{left_with},0-{left_without})", name="row.termination_sum", source="zero: every dollar is given once"),
)  # fmt: skip
TERMINATION = Table(
    CALL.sheet, CALL.row(len(CALL_LINES)) + 1, lines=tuple(line.key for line in TERMINATION_LINES), columns=(
        Column("label", "Termination price", text=True), Column("value", "Value"), Column("unit", "Unit", text=True),
        Column("source", "Where it comes from", text=True), Column("wrong", "!", 16),
    ),
)  # fmt: skip


def _wrong(cell: str, most: str = "") -> str:
    """1 for what is no number, below zero or above the most; nothing is no fault."""
    out = f"(({cell}<0)+({cell}>{most})>0)*1" if most else f"({cell}<0)*1"
    return f'IF(ISERROR({cell}),1,IF({cell}="",0,IF(ISNUMBER({cell})-ISLOGICAL({cell})>0,{out},1)))'


WRONG = {one.key: _wrong(f"{{{one.key}}}", _MOST.get(one.key, "")) for one in _INPUTS}
"""By input: whether it is refused."""


def _at(line: str) -> str:
    return f"${TERMINATION.letter('value')}${TERMINATION.row(line)}"


def _shared(kind: str, ahead: tuple[str, ...], before: str) -> str:
    """What a class gets of one kind: its part of what its rank's other claims leave."""
    of_rank = "".join(f"-SUMIF({{rank*}},{{rank}},{{{key}*}})" for key in ahead)
    due = f"SUMIF({{rank*}},{{rank}},{{{kind}*}})"
    return f"IF({due}>0,{{{kind}}}*MIN(1,MAX(0,{{{before}}}{of_rank})/{due}),0)"


def _outcome(way: str, words: str) -> tuple[Column, ...]:
    before = f"before_{way}"
    dollars = ("Formula", "USD")
    return (
        Column(before, f"Left when its turn comes, {words}", 19, *dollars, formula=f'MAX(0,{_at(f"available_{way}")}-SUMIF({{rank*}},"<"&{{rank}},{{due*}}))'),
        Column(f"interest_{way}", f"Interest, {words}", 17, *dollars, formula=_shared("interest", (), before), total=f"SUM({{interest_{way}:}})", total_format="USD"),
        Column(f"principal_{way}", f"Principal, {words}", 19, *dollars, formula=_shared("principal", ("interest",), before), total=f"SUM({{principal_{way}:}})", total_format="USD"),
        Column(f"recovered_{way}", f"Losses and shortfalls recovered, {words}", 19, *dollars, formula=_shared("owed", ("interest", "principal"), before), total=f"SUM({{recovered_{way}:}})", total_format="USD"),
        Column(f"short_{way}", f"Short, {words}", 17, *dollars, formula=f"ROUND({{due}}-{{interest_{way}}}-{{principal_{way}}}-{{recovered_{way}}},2)", total=f"SUM({{short_{way}:}})", total_format="USD"),
    )  # fmt: skip


_WITH, _WITHOUT = "with forborne principal, USD", "without it, USD"
_JUNIOR = "IF({rank}=MIN({rank*}),0,{principal}*{coupon}*" + _at("days_used") + "/360)"
_INTEREST = (
    "IF({rank}=MIN({rank*}),IF(SUMIF({rank*},MIN({rank*}),{principal*})>0,MAX(0," + _at("accrued")
    + "-SUM({junior*}))*{principal}/SUMIF({rank*},MIN({rank*}),{principal*}),0),{junior})"
)  # fmt: skip
_HISTORY = f"SUMIF({every('name')},{{class}},{every('loss')})+SUMIF({every('name')},{{class}},{every('shortfall')})"
CLASS_PRICES = Table(
    CALL.sheet, TERMINATION.row(len(TERMINATION_LINES)) + 1, first=TERMINATION.row(len(TERMINATION_LINES)) + 3,
    totals=TERMINATION.row(len(TERMINATION_LINES)) + 2, columns=(
        Column("class", "What each class gets", style="Link", formula=f"{TRANCHES.sheet}!{TRANCHES.cell('class')}", text=True),
        Column("paid", "Paid, with forborne principal, USD", style="Total", number_format="USD", formula="{interest_with}+{principal_with}+{recovered_with}", total="SUM({paid:})", total_format="USD"),
        Column("rank", "Rank", style="Link", number_format="0", align="center", formula=f"{TRANCHES.sheet}!{TRANCHES.cell('rank')}"),
        Column("outcome", "Outcome", style="Formula", formula=f'IF({_at("refused")}>0,{IN_ERROR},IF({{short_with}}>0,"short with forborne principal, and without it",IF({{short_without}}>0,"whole only with forborne principal","made whole")))', text=True),
        Column("paid_without", "Paid, without it, USD", 19, "Total", "USD", formula="{interest_without}+{principal_without}+{recovered_without}", total="SUM({paid_without:})", total_format="USD"),
        Column("coupon", "Rate of its interest", 16, "Formula", "0.0000%", formula=f"IF(ISNUMBER({TRANCHES.sheet}!{TRANCHES.cell('coupon')}),{TRANCHES.sheet}!{TRANCHES.cell('coupon')},{_at('net_rate_used')})"),
        Column("principal", "Principal due, USD", 19, "Link", "USD", formula=f"{TRANCHES.sheet}!{TRANCHES.cell('used')}", total="SUM({principal:})", total_format="USD"),
        Column("junior", "Interest of a subordinated class, USD", 17, "Formula", "USD", formula=_JUNIOR),
        Column("interest", "Interest due, USD", 17, "Formula", "USD", formula=_INTEREST, total="SUM({interest:})", total_format="USD"),
        Column("given", "Losses and shortfalls not made good, if known, USD", 19, "Assumption", "USD"),
        Column("owed", "The same, used, USD", 19, "Formula", "USD", formula=f"IF({{bad}}>0,0,IF(ISNUMBER({{given}}),{{given}},MAX(0,{_HISTORY})))", total="SUM({owed:})", total_format="USD"),
        Column("bad", "!", 4, "Formula", '"!";;', "center", formula=_wrong("{given}"), total="SUM({bad:})", total_format="0;;"),
        Column("due", "Due in all, USD", 19, "Formula", "USD", formula="{interest}+{principal}+{owed}", total="SUM({due:})", total_format="USD"),
        *_outcome("with", _WITH), *_outcome("without", _WITHOUT),
    ),
)  # fmt: skip
OUTSIDE = {
    **{f"wrong.{one.key}": TERMINATION.cell("wrong", one.key) for one in _INPUTS},
    **{
        f"paid.{way}": "({})".format(
            "+".join(
                f"{CLASS_PRICES.letter(f'{kind}_{way}')}{CLASS_PRICES.totals}"
                for kind in ("interest", "principal", "recovered")
            )
        )
        for way in ("with", "without")
    },
    "wrong.all": f"SUM({TERMINATION.cell('wrong', _INPUTS[0].key)}:{TERMINATION.cell('wrong', _INPUTS[-1].key)})"
    f"+{CLASS_PRICES.letter('bad')}{CLASS_PRICES.totals}",
}
"""What the lines take of the table below them, and of the marks beside them."""
