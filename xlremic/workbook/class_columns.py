"""What Tranches, Call, Checks, Source and Summary hold and compute: every column and line with its formula.

Fields that are no columns of the table stand elsewhere: {all.x} is what Pools or Underwriting have of all mortgage
loans, {W.x~} a column of Waterfall through all months.
"""

from dataclasses import dataclass

from ..reading.tieout import BALANCE
from .filing_rows import RESIDUALS
from .history_columns import FACTOR, OF_CLASS, every, one
from .layout import Column, Table

IN_ERROR = '"input in error"'
"""What depends on an input that is refused shows instead of a number."""
LEVEL_DIFFERENCE = '0.00000000000000%;-0.00000000000000%;"-"'
_LINES_BEFORE = f'COUNTIF({every("as_of")},"<"&UsedAsOfDate)'
_DAY_BEFORE = f"IF({_LINES_BEFORE}=0,0,INDEX({every('as_of')},{_LINES_BEFORE}))"
_PAID = f"IF({{refused}}=1,{IN_ERROR},IF({{day_before}}=0,0,{one('ending_balance', OF_CLASS, '{class}', '{day_before}')}-{{used}}))"
"""What the class had at the month before the as-of date, by History, less what it has."""
TRANCHES = Table(
    "Tranches", 6, first=9, totals=7, columns=(
        Column("class", "Class", 13, "Label", value="A", name="Classes", text=True),
        Column("kind", "Kind", 14, "Formula", formula='IF({rank}=1,"senior","subordinated")', text=True),
        Column("initial", "Initial principal balance, USD", 18, "Fact", "USD", value=0, total="SUM({initial:})", total_format="USD", name="InitialBalances"),
        Column("current", "Current principal balance, USD", 18, "Fact", "USD", value=0, total="SUM({used:})", total_format="USD", name="CurrentBalances"),
        Column("paid", "Paid since last month, USD", 17, "Formula", "USD", formula=_PAID, total="SUM({paid:})", total_format="USD"),
        Column("factor", "Factor", 12, "Formula", FACTOR, formula="IF({initial}=0,0,{used}/{initial})", total="IF({initial}=0,0,{used}/{initial})", total_format=FACTOR),
        Column("share", "Share now", 10, "Formula", "0.000%", formula="IF({used^}=0,0,{used}/{used^})", total="SUM({share:})", total_format="0.000%"),
        Column("level", "Level now", 11, "Formula", "0.000%", formula=f'IF({{refused^}}>0,{IN_ERROR},IF({{used^}}=0,0,SUMIF({{rank*}},">"&{{rank}},{{used*}})/{{used^}}))', name="SubordinationLevels"),
        Column("level_shown", "Level at issue", 11, "Formula", "0.000%", formula="{level_at_issue}"),
        Column("level_gained", "Gained since issue", 12, "Formula", '0.000%;-0.000%;"-"', formula=f"IF(ISNUMBER({{level}}),{{level}}-{{level_at_issue}},{IN_ERROR})"),
        Column("coupon", "Coupon (blended)", 11, "Link", "0.0000%", formula="{all.target_rate$}"),
        Column("check", "Input check", 24, "Formula", text=True, formula='IF({refused}=1,IF(ISNUMBER({current}),"below zero","not a number"),IF({asked}=1,"above the initial balance","ok"))'),
        Column("rank", "Rank", 7, "Constant", "0", "center", value=1, name="ClassRanks"),
        Column("share_at_issue", "Share at issue", 11, "Formula", "0.000%", formula="IF({initial^}=0,0,{initial}/{initial^})", total="SUM({share_at_issue:})", total_format="0.000%"),
        Column("stated_level", "Stated subordination level", 19, "Fact", "level", value=0, name="StatedSubordinationLevels"),
        Column("level_at_issue", "Level at issue, in full", 19, "Formula", "level", formula='IF({initial^}=0,0,SUMIF({rank*},">"&{rank},{initial*})/{initial^})', name="SubordinationLevelsAtIssue"),
        Column("level_difference", "Level less stated", 21, "Formula", LEVEL_DIFFERENCE, formula="{level_at_issue}-{stated_level}"),
        Column("used", "Balance used, USD", 18, "Formula", "USD", formula="IF({refused}=1,{initial},{current})", total="SUM({used:})", total_format="USD", name="UsedBalances"),
        Column("refused", "!", 4, "Formula", '"!";;', "center", "IF(ISNUMBER({current})-ISLOGICAL({current})>0,IF({current}<0,1,0),1)", total="SUM({refused:})", total_format='0;;'),
        Column("asked", "?", 4, "Formula", '"?";;', "center", "IF({refused}=1,0,IF(ROUND({current}-{initial},1)>0,1,0))", total="SUM({asked:})", total_format='0;;'),
        Column("no", "No.", 5, "Constant", "0", "center", value=1),
        Column("day_before", "Day before, on History", 13, "Formula", 'd mmm yyyy;;""', "center", _DAY_BEFORE),
    ),
)  # fmt: skip
BEHIND = ("rank", "day_before")
"""Columns of Tranches from the first to the last that stand in a group which is closed at first."""
CLASSES_SUM_ROW = 8
"""Of Tranches: the classes less the pool balance, in the column of initial balances."""
CLASSES_SUM = f"ROUND({{initial}}-{{all.{BALANCE}}},2)"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a sheet that has one figure a line: label, figure, unit and where it comes from.

    ``name`` is the figure's defined name, ``row.`` and a word if only code knows it.
    """

    key: str
    label: str
    style: str
    unit: str = ""
    number_format: str = ""
    formula: str = ""
    value: object = None
    name: str = ""
    source: str = ""


CALL_LINES = (
    Line("as_of", "As-of date", "Assumption", "date", "date", name="AsOfDate", source="input: the day of the current balances; the cut-off date at first"),
    Line("percent", "Call percentage", "Assumption", "%", "rate", value=0.10, name="CallPercent", source="assumption: 10% gives the threshold that the filing prints in dollars"),
    Line("cut_off", "Cut-off balance", "Link", "USD", "USD", f"{{all.{BALANCE}}}", name="CutOffBalance", source="Pools"),
    Line("threshold", "Threshold", "Formula", "USD", "USD", "ROUND({a.call_percent}*CutOffBalance,2)", name="CallThreshold", source="rounded half up to the cent"),
    Line("stated", "Threshold that the filing states", "Fact", "USD", "USD", name="row.call_threshold", source="filing: callable when less than this"),
    Line("difference", "Percentage of the cut-off balance less stated", "Formula", "USD", '0.0000;-0.0000;"-"', "ROUND({a.call_percent}*CutOffBalance-{stated},4)", name="row.call_difference", source="unrounded; the filing rounds to the cent"),
    Line("classes", "Sum of current class balances", "Link", "USD", "USD", "SUM(UsedBalances)", source="Tranches"),
    Line("reported", "Pool balance, if it differs", "Assumption", "USD", "USD", name="ReportedPoolBalance", source="input: leave empty to use the sum of the class balances"),
    Line("current", "Current pool balance", "Formula", "USD", "USD", f"IF({{guard.call}}>0,{IN_ERROR},ROUND({{a.reported_pool_balance}},2))", name="CurrentPoolBalance", source="to the cent, as it is compared"),
    Line("factor", "Pool factor", "Formula", "of one", FACTOR, f"IF(ISNUMBER(CurrentPoolBalance),IF(CutOffBalance=0,0,CurrentPoolBalance/CutOffBalance),{IN_ERROR})", name="PoolFactor", source="current over cut-off balance"),
    Line("headroom", "Headroom over the threshold", "Formula", "USD", "USD", f"IF(ISNUMBER(CurrentPoolBalance),CurrentPoolBalance-CallThreshold,{IN_ERROR})", name="CallHeadroom", source="zero or more: not callable"),
    Line("callable", "Callable now", "Total", "", "truth", f"IF(ISNUMBER(CurrentPoolBalance),CurrentPoolBalance<CallThreshold,{IN_ERROR})", name="Callable", source="TRUE only when strictly less than the threshold"),
    Line("losses", "Cumulative losses to date, if known", "Assumption", "USD", "USD", name="CumulativeLosses", source="input: kept in the history"),
    Line("first_month", "First month below the threshold, projected", "Formula", "month", "0", f'IF(InputsInError>0,{IN_ERROR},IF(SUM({{W.callable~}})=0,"none",MAX({{W.month~}})+1-SUM({{W.callable~}})))', name="FirstCallableMonth", source="Waterfall: of the projection, counted from its start"),
    Line("first_date", "First callable distribution date, projected", "Formula", "date", "date", 'IF(ISNUMBER({first_month}),INDEX({W.date~},{first_month}),{first_month})', name="FirstCallableDate", source="Waterfall: before it moves off a holiday"),
    Line("distance", "Distance to it", "Formula", "months", "0", "IF(ISNUMBER({first_date}),12*(YEAR({first_date})-YEAR({a.as_of_date}))+MONTH({first_date})-MONTH({a.as_of_date}),{first_date})", name="row.call_distance", source="calendar months from the as-of date"),
)  # fmt: skip
CALL = Table(
    "Call", 6, lines=tuple(line.key for line in CALL_LINES), columns=(
        Column("label", "Clean-up call", 42, text=True), Column("value", "Value", 19), Column("unit", "Unit", 12, text=True), Column("source", "Where it comes from", 54, text=True),
    ),
)  # fmt: skip
STATUS = (
    'IF(ModelErrors>0,"Model in error",{guard.words}&IF(ChecksFailed=0,IF(InputsToLookAt>0,"","All checks tie"),'
    'IF(InputsToLookAt>0,", ","")&ChecksFailed&IF(ChecksFailed=1," check fails"," checks fail")))'
    '&IF(ChecksNotEvaluated=0,"",", "&ChecksNotEvaluated&" not evaluated")'
)
"""The master flag: inputs that are refused or asked about come first, since checks may fail because of them."""

LOOK = "look"
"""Status of a line about inputs when some of them need a look; such a line has no flag of its own."""
CHECKS = Table(
    "Checks", 6, first=9, totals=7, columns=(
        Column("status", "Status", 13, "Formula", text=True, formula=f'IF(ISNUMBER({{flag}}),IF({{flag}}=0,"ties","FAILS"),IF(ISNUMBER({{difference}}),IF({{difference}}=0,"ok","{LOOK}"),"not evaluated"))', total=STATUS),
        Column("says", "What must hold", 72, "Label", value="what must hold", text=True),
        Column("where", "Look at", 17, "Navigation", value="cell", text=True),
        Column("difference", "Difference", 19, "Link", "USD", formula="{classes_sum}"),
        Column("tolerance", "Tolerance", 15, "Constant", "USD", value=0),
        Column("unit", "Unit", 11, "Unit", value="USD", text=True),
        Column("flag", "Flag", 8.5, "Formula", "0", "center", "IF(ISNUMBER({difference}),IF(ABS({difference})<={tolerance},0,1),1)", total="SUM({flag:})", total_format="0"),
        Column("check", "Check", 46, "Key", value="check", text=True),
    ),
)  # fmt: skip
NOT_EVALUATED_ROW = 8
"""Of Checks: how many checks lack a figure, in the column of flags."""
FAILED_WORDS, NOT_EVALUATED_WORDS = "failed", "no figure"
"""Beside the two counts, in the column of units."""
NOT_EVALUATED = 'COUNTIF({status:},"not evaluated")'

SOURCE = Table(
    "Source", 8, columns=(
        Column("measure", "Measure", 34, "Label", text=True),
        Column("fact", "Fact", 28, "Key", text=True),
        Column("scope", "Scope", 15, "Label", text=True),
        Column("value", "Value as printed", 44, "Label", align="right"),
        Column("unit", "Unit", 9, "Label", text=True),
        Column("qualifier", "Qualifier", 14, "Label", text=True),
        Column("as_of", "As of", 12, "Label", "date", "right"),
        Column("line", "Line", 8.5, "Label", "0", "center"),
        Column("sentence", "Sentence", 120, "Unit", text=True),
    ),
)  # fmt: skip
PRINTED_OF_SOURCE = "line"
"""The last column that is printed: a sentence may be longer than a page is wide."""
PRINTED_OF_CHECKS = "flag"
"""The last column that is printed: behind it are only the checks' ids."""
SOURCE_NOTES = {"source_file": 5, "source_numbers": 6, "source_program": 7}
"""Rows of Source about the whole filing."""

SUMMARY_FACTS = (
    ("registrant", "Issuer"), ("series", "Series"), ("cover_series", "Series on the cover"), ("trustee", "Trustee"),
    ("paying_agent", "Paying agent"), ("closing_date", "Closing date"), ("report_date", "Report date"),
    ("heading_date", "Date in the heading"), ("signature_date", "Signature date"), ("prospectus_date", "Prospectus date"),
    ("cut_off_date", "Cut-off date"),
)  # fmt: skip
_DATES = "{closing_date},{report_date},{heading_date},{signature_date}"
SUMMARY_CHECKS = (
    Line("dates_apart", "Days between these dates", "Formula", number_format="0", name="row.dates_apart", formula=f"MAX(MAX({_DATES})-MIN({_DATES}),IF(ISNUMBER({{prospectus_date}}),{{prospectus_date}}-MIN({_DATES}),0))"),
    Line("cut_off_gap", "Days from cut-off to month's first", "Formula", number_format="0", name="row.cut_off_gap", formula="ABS(CutOffDate-DATE(YEAR({closing_date}),MONTH({closing_date}),1))"),
    Line("prospectus_age", "Months from prospectus to closing", "Formula", number_format="0", name="row.prospectus_age", formula="IF(ISNUMBER({prospectus_date}),12*(YEAR({closing_date})-YEAR({prospectus_date}))+MONTH({closing_date})-MONTH({prospectus_date}),0)"),
    Line("series_differs", "Cover names another series", "Formula", number_format="0", name="row.series_differs", formula="IF({series}={cover_series},0,1)"),
)  # fmt: skip
FACTS_ROW = 36
"""Of Summary in the template: the header of the facts, below the table of classes and its charts; both move down as the
table grows."""
RESIDUALS_GAP = 3
"""Rows from the last fact to what only checks look at: the notes stand between."""
SUMMARY = Table(
    "Summary", FACTS_ROW, lines=tuple(key for key, _ in SUMMARY_FACTS),
    columns=(Column("label", "Facts of the deal", text=True), Column(), Column("value", text=True)),
)  # fmt: skip
SUMMARY_RESIDUALS = Table(
    "Summary", SUMMARY.row(len(SUMMARY.lines)) + RESIDUALS_GAP, lines=tuple(line.key for line in SUMMARY_CHECKS),
    columns=(Column("label", RESIDUALS, text=True), Column(), Column("value", text=True)),
)  # fmt: skip
HEADLINE_LINES = (
    Line("cut_off", "Scheduled balance at cut-off, USD", "Link", number_format="dollars", formula="CutOffBalance"),
    Line("loan_count", "Mortgage loans", "Link", number_format="loans", formula="{all.loan_count}"),
    Line("coupon", "Average coupon (gross)", "Link", number_format="rate", formula="{all.weighted_average_coupon}"),
    Line("remaining_term", "Average remaining term, months", "Link", number_format="months", formula="{all.weighted_average_remaining_term}"),
    Line("ltv", "Average loan-to-value ratio", "Link", number_format="ltv", formula="{all.weighted_average_ltv}"),
    Line("level_at_issue", "Senior level at issue", "Link", number_format="rate", formula="INDEX(SubordinationLevelsAtIssue,1)"),
    Line("threshold", "Call threshold, USD", "Link", number_format="dollars", formula="CallThreshold"),
)  # fmt: skip
HEADLINE = Table(
    "Summary", FACTS_ROW, left=5, lines=tuple(line.key for line in HEADLINE_LINES),
    columns=(Column("label", "The mortgage loans and the classes", text=True), Column(), Column(), Column("value", text=True)),
)  # fmt: skip
HEADLINE_NOTES = ("inputs_note", "unread_note")
"""Two sentences below the facts."""
