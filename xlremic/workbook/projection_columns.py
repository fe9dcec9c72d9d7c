"""What Collateral, Waterfall and the tables of Assumptions compute: every column with its rule and its formula.

A ``Column`` is its field, as the Python frames name it, and the formula of a month in other fields. One of a kind (pool,
line, senior, subordinated) is repeated for every pool, line or class, side by side; all for every month. In a formula,

    {x}   field x in this month, for the same pool, line or class     {x*}  all of them, as a range
    {x-}  the month before        {x0}  the start        {x|}  from the start to this month
    {x<}  from the first class to this one, as a range                {x#}  their numbers (row 9)
    {V.x} {C.x} {W.x}  on Vectors, Collateral, Waterfall    {P.x} {L.x} {S.x}  of the pool, line, senior class, on Set-up
    {x~}  through all months, {x0~}  with the start     {x1}  the first month
    {x1$} {x0$}  the first month, the start, both ways fixed
    {a.x} an assumption           {std.x} {start.x}  a constant of the standards, a figure of the start
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..engine.rules import Rule, together
from ..xlsx.references import Reference, column_letters
from .layout import MonthlyRow, Table, quoted, resolved
from .names import FORMATS
from .tolerances import CENT

USD, SHARE, RATE, FLAG, RATIO = "USD", "fraction", "fraction a year", "1 or 0", "fraction a month"


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a projection sheet: ``month`` and ``start`` are formulas without the equals sign, or nothing."""

    field: str
    unit: str
    rule: str
    month: str
    start: str = ""
    kind: str = ""
    input: bool = False


def _of(kind: str, *columns: tuple[str, ...]) -> tuple[Column, ...]:
    made = ((field, unit, rule, month, start[0] if start else "") for field, unit, rule, month, *start in columns)
    return tuple(Column(*one, kind) for one in made)


VECTORS: tuple[Column, ...] = (
    Column("month", "number", "months from the start", "{month-}+1", "0"),
    Column("date", "date", "distribution day", "{C.date}"),
    Column("delinquency_by_month", SHARE, "else Assumptions", "", input=True),
    *(
        Column(f"{term}_by_month", unit, "else Assumptions", "", kind="pool", input=True)
        for term, unit in (("psa", "% of PSA"), ("cpr", RATE), ("cdr", RATE), ("sda", "% of SDA"), ("severity", SHARE))
    ),
)  # fmt: skip

COLLATERAL: tuple[Column, ...] = (
    Column("month", "number", "months from the start", "{month-}+1", "0"),
    Column("date", "date", "distribution day", '=IF(ISNUMBER({start.first_distribution}),DATE(YEAR({start.first_distribution}),MONTH({start.first_distribution})+{month}-1,DAY({start.first_distribution})),"")'),
    Column("ending_balance", USD, "all lines", "SUM({performing_balance*})+SUM({in_foreclosure_balance*})", "SUM({performing_balance*})"),
    Column("scheduled", USD, str(Rule.SCHEDULED_PRINCIPAL), "SUM({scheduled_principal*})"),
    Column("prepaid", USD, str(Rule.PREPAYMENTS), "SUM({prepayments*})"),
    Column("recoveries", USD, str(Rule.LIQUIDATION), "SUM({amortized_default_balance*})-SUM({losses*})"),
    Column("lost", USD, str(Rule.LIQUIDATION), "SUM({losses*})"),
    Column("sum_check", USD, "balance less flows: zero", "ROUND({ending_balance-}-{scheduled}-{prepaid}-{recoveries}-{lost}-{ending_balance},4)"),
    *_of(
        "pool",
        ("psa_curve", RATE, f"{Rule.PREPAYMENTS}: 100% PSA", "{std.psa_step}*MIN({P.first_month}+{month}-1,{std.psa_months})"),
        ("cpr", RATE, str(Rule.PREPAYMENTS), "MIN(1,IF(ISNUMBER({V.cpr_by_month}),{V.cpr_by_month},IF(ISNUMBER({V.psa_by_month}),{V.psa_by_month}/100*{psa_curve},IF({P.cpr}>0,{P.cpr},{P.psa}/100*{psa_curve}))))"),
        ("smm", RATIO, str(Rule.PREPAYMENTS), "1-(1-{cpr})^(1/12)"),
        ("sda_curve", RATE, f"{Rule.DEFAULTS}: 100% SDA", "{std.sda_step}*MIN({P.first_month}+{month}-1,{std.sda_peak})-{std.sda_fall}*MAX(0,MIN({P.first_month}+{month}-1,{std.sda_end})-{std.sda_flat})"),
        ("cdr", RATE, str(Rule.DEFAULTS), "MIN(1,IF(ISNUMBER({V.cdr_by_month}),{V.cdr_by_month},IF(ISNUMBER({V.sda_by_month}),{V.sda_by_month}/100*{sda_curve},IF({P.sda}>0,{P.sda}/100*{sda_curve},{P.cdr}))))"),
        ("mdr", RATIO, str(Rule.DEFAULTS), "1-(1-{cdr})^(1/12)"),
        ("severity", SHARE, str(Rule.LIQUIDATION), "IF(ISNUMBER({V.severity_by_month}),{V.severity_by_month},{P.severity})"),
    ),
    *_of(
        "line",
        ("amortisation_rate", RATIO, str(Rule.SCHEDULED_PRINCIPAL), "IF({month}>{L.months},0,IF({L.term}-{month}+1<=1,1,IF({L.gross_rate}=0,1/({L.term}-{month}+1),{L.gross_rate}/12/((1+{L.gross_rate}/12)^({L.term}-{month}+1)-1))))"),
        ("survival_factor", SHARE, str(Rule.LIQUIDATION), "{survival_factor-}*(1-{amortisation_rate})", "1"),
        ("new_defaults", USD, str(Rule.DEFAULTS), "IF({month}>{L.months}-{L.lag},0,INDEX({mdr*},1,{L.pool})*{performing_balance-})"),
        ("amortized_default_balance", USD, str(Rule.LIQUIDATION), "IF(({month}>{L.lag})*({month}<={L.months})=1,INDEX({new_defaults|},{month}-{L.lag}+1)*IF({a.advancing},{survival_factor-}/INDEX({survival_factor|-},{month}-{L.lag}),1),0)"),
        ("losses", USD, str(Rule.LIQUIDATION), "IF({amortized_default_balance}=0,0,MIN(INDEX({severity*},1,{L.pool})*INDEX({new_defaults|},{month}-{L.lag}+1),{amortized_default_balance}))"),
        ("scheduled_principal", USD, str(Rule.SCHEDULED_PRINCIPAL), "({performing_balance-}-{new_defaults}+{a.advancing}*MAX(0,{in_foreclosure_balance-}+{new_defaults}-{amortized_default_balance}))*{amortisation_rate}"),
        ("prepayments", USD, str(Rule.PREPAYMENTS), "MIN({performing_balance-}*(1-{amortisation_rate})*INDEX({smm*},1,{L.pool}),({performing_balance-}-{new_defaults})*(1-{amortisation_rate}))"),
        ("performing_balance", USD, str(Rule.SCHEDULED_PRINCIPAL), "({performing_balance-}-{new_defaults})*(1-{amortisation_rate})-{prepayments}", "{L.balance}"),
        ("in_foreclosure_balance", USD, str(Rule.LIQUIDATION), "MAX(0,{in_foreclosure_balance-}+{new_defaults}-{amortized_default_balance})*(1-{a.advancing}*{amortisation_rate})", "0"),
        ("unsupported_shortfall", USD, str(Rule.SHORTFALL), "IF({a.prepayment_shortfall_days}=0,0,{prepayments}*{L.net_rate}*{a.prepayment_shortfall_days}/360-MIN({prepayments}*{L.net_rate}*{a.prepayment_shortfall_days}/360,IF({a.advancing},{performing_balance-}+{in_foreclosure_balance-},{performing_balance-}-{new_defaults})*{L.fee}/12,({performing_balance-}+{in_foreclosure_balance-})*{L.fee}/12*{a.compensation_cap}))"),
    ),
)  # fmt: skip

_POOL = "({L.pool*}={P.no})"
_PAYING = "({C.performing_balance-*}+{a.advancing}*{C.in_foreclosure_balance-*}-(1-{a.advancing})*{C.new_defaults*})"
_UNSCHEDULED = "({C.prepayments*}+{C.amortized_default_balance*}-{C.losses*})"

WATERFALL: tuple[Column, ...] = (
    Column("month", "number", "months from the start", "{C.month}", "{C.month}"),
    Column("date", "date", "distribution day", "{C.date}"),
    Column("years", "years", "settlement to payment", "{start.first_time}+({month}-1)/12"),
    Column("live", FLAG, "until retired or called", "IF(({live-}=1)*({called-}=0)*({balance-}>={std.dust})=1,1,0)", "1"),
    Column("balance", USD, "all classes", "{senior}+{principal_only}+{subordinated}", "{senior}+{principal_only}+{subordinated}"),
    Column("senior", USD, "all class A", "SUM({senior_balance*})", "SUM({senior_balance*})"),
    Column("principal_only", USD, "all PO strips", "SUM({po_balance*})", "SUM({po_balance*})"),
    Column("subordinated", USD, "all B classes", "SUM({subordinated_balance*})", "SUM({subordinated_balance*})"),
    Column("pool_factor", SHARE, "of the cut-off balance", "IF(CutOffBalance=0,0,{balance}/CutOffBalance)", "IF(CutOffBalance=0,0,{balance}/CutOffBalance)"),
    Column("call_line", SHARE, str(Rule.CALL), "IF(CutOffBalance=0,0,CallThreshold/CutOffBalance)", "IF(CutOffBalance=0,0,CallThreshold/CutOffBalance)"),
    Column("senior_level", SHARE, str(Rule.LEVELS), "IF({balance}<{std.half_cent},0,{subordinated}/{balance})", "IF({balance}<{std.half_cent},0,{subordinated}/{balance})"),
    Column("sum_check", USD, "balance less flows: zero", "ROUND({balance-}-{balance}-SUM({senior_principal*})-SUM({senior_loss*})-SUM({po_paid*})-SUM({po_loss*})-SUM({subordinated_principal*})-SUM({subordinated_loss*}),4)"),
    *_of(
        "pool",
        ("scheduled_principal", USD, f"target-rate strip, {Rule.SPLIT_ALIKE}", f"SUMPRODUCT({_POOL}*{{L.kept*}}*{{C.scheduled_principal*}})"),
        ("unscheduled_principal", USD, f"target-rate strip, {Rule.SPLIT_ALIKE}", f"SUMPRODUCT({_POOL}*{{L.kept*}}*{_UNSCHEDULED})"),
        ("losses", USD, f"target-rate strip, {Rule.SPLIT_ALIKE}", f"SUMPRODUCT({_POOL}*{{L.kept*}}*{{C.losses*}})"),
        ("interest", USD, f"target-rate strip, {Rule.DISCOUNT_LOANS}", f"SUMPRODUCT({_POOL}*{{L.kept*}}*{_PAYING})*{{P.target_rate}}/12"),
        ("po_principal", USD, f"PO strip, {Rule.SPLIT_ALIKE}", f"SUMPRODUCT({_POOL}*{{L.po_fraction*}}*({{C.scheduled_principal*}}+{_UNSCHEDULED}))"),
        ("po_losses", USD, f"PO strip, {Rule.SPLIT_ALIKE}", f"SUMPRODUCT({_POOL}*{{L.po_fraction*}}*{{C.losses*}})"),
        ("io_interest", USD, f"IO strip, {Rule.PREMIUM_LOANS}", f"SUMPRODUCT({_POOL}*{{L.io_rate*}}*{_PAYING})/12"),
        ("io_interest_due", USD, f"IO strip, {Rule.PREMIUM_LOANS}", f"SUMPRODUCT({_POOL}*{{L.io_rate*}}*({{C.performing_balance-*}}+{{C.in_foreclosure_balance-*}}))/12"),
    ),
    Column("unsupported", USD, str(Rule.SHORTFALL), "{live}*SUM({C.unsupported_shortfall*})"),
    Column("interest_paid_part", SHARE, str(Rule.SHORTFALL), "IF({unsupported}>0,1-{unsupported}/(SUM({interest*})+SUM({io_interest*})),1)"),
    *_of(
        "pool",
        ("senior_due", USD, str(Rule.INTEREST_AND_DATES), "{senior_balance-}*{P.target_rate}/12*{interest_paid_part}"),
        ("interest_gap", USD, str(Rule.SHORT_POOL), "{live}*({senior_due}+({io_interest_due}-{interest}-{io_interest})*{interest_paid_part})"),
    ),
    Column("interest_short", USD, str(Rule.SHORT_POOL), 'IF(SUMIF({interest_gap*},">0")>{std.dust},SUMIF({interest_gap*},">0"),0)'),
    Column("interest_excess", USD, str(Rule.SHORT_POOL), '0-SUMIF({interest_gap*},"<0")'),
    Column("interest_unmet", USD, str(Rule.SHORT_POOL), "MAX(0,{interest_short}-{interest_excess})"),
    Column("carryforward", USD, f"{Rule.SHORT_POOL}, before payment", "{carryforward_left-}+{interest_unmet}"),
    Column("carryforward_part", SHARE, str(Rule.SHORT_POOL), "IF({carryforward}>{std.dust},MIN(1,MAX(0,{interest_excess}-{interest_short})/{carryforward}),0)"),
    Column("carryforward_left", USD, f"{Rule.SHORT_POOL}, after payment", "{carryforward}*(1-{carryforward_part})", "0"),
    Column("subordinated_available", USD, str(Rule.ORDER), "MAX(0,{interest_excess}-{interest_short})-{carryforward}*{carryforward_part}"),
    Column("subordinated_due", USD, str(Rule.INTEREST_AND_DATES), "{interest_paid_part}*SUMPRODUCT({component-*},{P.target_rate*})/12"),
    Column("subordinated_open", FLAG, str(Rule.ORDER), "IF({subordinated-}>0,IF({subordinated_due}>0,1,0),0)"),
    Column("subordinated_usual", FLAG, f"{Rule.ORDER}: due is there", "IF({subordinated_owed_left-}<{std.dust},IF(ABS({subordinated_available}-{subordinated_due})<{std.tolerance}*{subordinated_due}+{std.dust},1,0),0)"),
    *_of(
        "pool",
        ("interest_cut", SHARE, str(Rule.SHORT_POOL), "IF({interest_unmet}>{std.dust},IF({interest_gap}>0,{interest_unmet}*{interest_gap}/{interest_short}/({senior_due}+{io_interest_due}*{interest_paid_part}),0),0)"),
        ("senior_interest", USD, str(Rule.ORDER), "{senior_due}*(1-{interest_cut})+({owed_senior-}+{senior_due}*{interest_cut})*{carryforward_part}"),
        ("io_paid", USD, str(Rule.ORDER), "{live}*{io_interest_due}*{interest_paid_part}*(1-{interest_cut})+({owed_io-}+{io_interest_due}*{interest_paid_part}*{interest_cut})*{carryforward_part}"),
        ("owed_senior", USD, f"{Rule.SHORT_POOL}, after payment", "({owed_senior-}+{senior_due}*{interest_cut})*(1-{carryforward_part})", "0"),
        ("owed_io", USD, f"{Rule.SHORT_POOL}, after payment", "({owed_io-}+{io_interest_due}*{interest_paid_part}*{interest_cut})*(1-{carryforward_part})", "0"),
    ),
    *_of(
        "subordinated",
        ("subordinated_interest_due", USD, str(Rule.INTEREST_AND_DATES), "IF({subordinated_open}=1,{subordinated_owed-}+{subordinated_due}*{subordinated_balance-}/{subordinated-},0)"),
        ("subordinated_interest", USD, str(Rule.ORDER), "IF({subordinated_open}=0,0,IF({subordinated_usual}=1,{subordinated_balance-}*{subordinated_available}/{subordinated-},MAX(0,MIN({subordinated_interest_due},{subordinated_available}-SUM({subordinated_interest_due<})+{subordinated_interest_due}))))"),
        ("subordinated_owed", USD, f"{Rule.ORDER}, after payment", "IF({subordinated_open}=0,{subordinated_owed-},IF({subordinated_usual}=1,0,{subordinated_interest_due}-{subordinated_interest}))", "0"),
    ),
    Column("subordinated_owed_left", USD, f"{Rule.ORDER}, after payment", "IF({subordinated_open}=0,{subordinated_owed_left-},IF({subordinated_usual}=1,0,SUM({subordinated_interest_due*})-SUM({subordinated_interest*})))", "0"),
    Column("residual_interest", USD, str(Rule.ORDER), "MAX(0,{subordinated_available}-SUM({subordinated_interest*}))+SUMPRODUCT({P.cut*},{senior_interest*})-SUM({class_interest*})"),
    Column("cumulative_losses", USD, str(Rule.STEP_TESTS), "{cumulative_losses-}+{live}*(SUM({losses*})+SUM({po_losses*}))", "{start.losses}"),
    Column("loss_limit_step", "number", str(Rule.STEP_TESTS), "SUMPRODUCT(({limit_day*}>0)*({limit_day*}<={month}+{start.elapsed}))"),
    Column("loss_test", FLAG, str(Rule.STEP_TESTS), "IF({start.initial_subordinated}=0,1,IF({loss_limit_step}=0,1,IF({cumulative_losses}<=INDEX({limit_share*},{loss_limit_step})*{start.initial_subordinated}*(1+{std.tolerance}),1,0)))"),
    Column("delinquent_balance", USD, str(Rule.STEP_TESTS), "{balance-}*IF(ISNUMBER({V.delinquency_by_month}),{V.delinquency_by_month},{a.delinquency})"),
    Column("delinquency_test", FLAG, f"{Rule.STEP_TESTS}: six-month average", "IF(SUMPRODUCT(({month|}>{month}-{std.delinquency_months})*{delinquent_balance|})/MIN({month},{std.delinquency_months})<={a.delinquency_limit}*{subordinated-}*(1+{std.tolerance}),1,0)"),
    Column("scheduled_shift", SHARE, str(Rule.SHIFTING_INTEREST), "INDEX({shift_share*},SUMPRODUCT(({shift_day*}>0)*({shift_day*}<={month}+{start.elapsed})))", "INDEX({shift_share*},SUMPRODUCT(({shift_day*}>0)*({shift_day*}<=MAX(1,{start.elapsed}))))"),
    Column("shift_held", SHARE, str(Rule.STEP_TESTS), "IF({scheduled_shift}<{shift_held-},IF({loss_test}*{delinquency_test}=1,{scheduled_shift},{shift_held-}),{shift_held-})", "{scheduled_shift}"),
    Column("two_times", FLAG, str(Rule.STEP_TESTS), "IF(({a.two_times_test}=1)*({delinquency_test}=1)*({subordinated-}>={std.two_times}*{start.initial_level}*(1-{std.tolerance})*{balance-})*({cumulative_losses}<=IF({month}+{start.elapsed}<{std.two_times_months},{std.early_losses},{std.late_losses})*{start.initial_subordinated})=1,1,0)"),
    Column("shift", SHARE, str(Rule.STEP_TESTS), "IF({two_times}=1,IF({month}+{start.elapsed}<{std.two_times_months},MIN({shift_held},{std.two_times_shift}),0),{shift_held})"),
    Column("senior_percent", SHARE, str(Rule.SHIFTING_INTEREST), "IF({senior-}+{subordinated-}>0,{senior-}/({senior-}+{subordinated-}),1)"),
    Column("all_to_senior", FLAG, str(Rule.SHIFTING_INTEREST), "IF({senior_percent}>{start.initial_senior_percent}*(1+{std.tolerance}),1,0)"),
    *_of(
        "pool",
        ("scheduled_share", SHARE, str(Rule.SHIFTING_INTEREST), "IF(({component-}>{std.dust})*({subordinated-}>0)=1,{senior_balance-}/({senior_balance-}+{component-}),1)"),
        ("unscheduled_share", SHARE, together(Rule.SHIFTING_INTEREST, Rule.STEP_TESTS), "IF(({component-}>{std.dust})*({subordinated-}>0)=1,MAX(IF({all_to_senior}=1,1,{scheduled_share}+{shift}*(1-{scheduled_share})),IF({loss_test}=1,0,{unscheduled_share-})),1)", "1"),
        ("own_principal", USD, together(Rule.SHIFTING_INTEREST, Rule.NOTHING_BELOW_ZERO), "MIN({senior_balance-},MAX({scheduled_share}*{scheduled_principal}+{unscheduled_share}*{unscheduled_principal},{scheduled_principal}+{unscheduled_principal}-MAX({component-},0)))"),
        ("undercollateralized", USD, str(Rule.SHORT_POOL), "MIN(MAX({scheduled_principal}+{unscheduled_principal}-{own_principal}-{component-},0),{senior_balance-}-{own_principal})"),
    ),
    Column("own_rest", USD, f"{Rule.SHIFTING_INTEREST}: past class A", "{live}*(SUM({scheduled_principal*})+SUM({unscheduled_principal*}))-SUM({own_principal*})"),
    Column("undercollateralized_transfer", USD, str(Rule.SHORT_POOL), "MAX(0,MIN(SUM({undercollateralized*}),{own_rest}))"),
    Column("po_unreimbursed", USD, f"{Rule.PO_LOSSES}, before payment", "{po_unreimbursed_left-}+{live}*SUM({po_losses*})"),
    Column("po_reimbursement", USD, str(Rule.ORDER), "IF({po_unreimbursed}>{std.dust},MAX(0,MIN({po_unreimbursed},{own_rest}-{undercollateralized_transfer})),0)"),
    Column("po_reimbursed_part", SHARE, str(Rule.ORDER), "IF({po_unreimbursed}>{std.dust},{po_reimbursement}/{po_unreimbursed},0)"),
    Column("po_unreimbursed_left", USD, f"{Rule.PO_LOSSES}, after payment", "{po_unreimbursed}*(1-{po_reimbursed_part})", "0"),
    *_of(
        "pool",
        ("transfer", USD, str(Rule.SHORT_POOL), "IF({undercollateralized_transfer}>0,{undercollateralized_transfer}*{undercollateralized}/SUM({undercollateralized*}),0)"),
        ("po_made_good", USD, str(Rule.ORDER), "({po_unreimbursed_after-}+{live}*{po_losses})*{po_reimbursed_part}"),
        ("po_unreimbursed_after", USD, str(Rule.PO_LOSSES), "({po_unreimbursed_after-}+{live}*{po_losses})*(1-{po_reimbursed_part})", "0"),
    ),
    Column("retired_unscheduled", USD, str(Rule.RETIRED_POOL), "SUMPRODUCT(({senior_balance-*}<{std.dust})*{unscheduled_principal*})"),
    Column("senior_left", USD, str(Rule.RETIRED_POOL), "{senior-}-SUM({own_principal*})-SUM({transfer*})"),
    Column("undersubordinated_transfer", USD, str(Rule.RETIRED_POOL), "IF(({a.undersubordination_transfer}=1)*({subordinated-}>0)*({senior_left}>{std.dust})*({subordinated-}<{std.two_times}*{start.initial_level}*(1-{std.tolerance})*{balance-})=1,MAX(0,MIN({retired_unscheduled},{own_rest}-{undercollateralized_transfer}-{po_reimbursement},{senior_left})),0)"),
    Column("pot", USD, str(Rule.AMONG_SUBORDINATED), "{own_rest}-{undercollateralized_transfer}-{undersubordinated_transfer}"),
    Column("write_down", USD, together(Rule.LOSSES, Rule.ORDER), "{po_reimbursement}+SUM({losses*})"),
    Column("balance_before_call", USD, str(Rule.CALL), "MAX(0,{balance-}-SUM({scheduled_principal*})-SUM({unscheduled_principal*})-SUM({losses*})-SUM({po_principal*})-SUM({po_losses*}))"),
    Column("callable", FLAG, str(Rule.CALL), "IF({balance_before_call}<CallThreshold,1,0)", "0"),
    Column("called", FLAG, str(Rule.CALL), "IF({start.call_from}=0,0,IF(({live}=1)*({month}>={start.call_from})*({balance_before_call}>{std.dust})*({callable}=1)=1,1,0))", "0"),
    *_of(
        "subordinated",
        ("impaired", FLAG, str(Rule.AMONG_SUBORDINATED), "IF({subordinated_balance-}>{std.dust},IF({subordinated_balance#}<MAX({subordinated_balance#*}),IF({subordinated-}-SUM({subordinated_balance-<})<INDEX(SubordinationLevelsAtIssue,{subordinated_balance#})*(1-{std.tolerance})*{balance-},1,0),0),0)"),
        ("ahead", USD, str(Rule.AMONG_SUBORDINATED), "IF(SUM({impaired<})-{impaired}=0,{subordinated_balance-},0)"),
    ),
    Column("ahead_part", SHARE, str(Rule.AMONG_SUBORDINATED), "IF(SUM({ahead*})>{std.dust},MIN(1,{pot}/SUM({ahead*})),1)"),
    *_of(
        "subordinated",
        ("allocation", USD, str(Rule.AMONG_SUBORDINATED), "{ahead}*{ahead_part}+MAX(0,MIN({subordinated_balance-}-{ahead},{pot}-SUM({ahead*})-SUM({subordinated_balance-<})+SUM({ahead<})+{subordinated_balance-}-{ahead}))"),
        ("paid", USD, str(Rule.ORDER), "{allocation}-MIN({allocation},MAX(0,{po_reimbursement}-SUM({allocation*})+SUM({allocation<})))"),
        ("subordinated_loss", USD, str(Rule.LOSSES), "MIN({subordinated_balance-}-{paid},MAX(0,{write_down}-{subordinated-}+SUM({paid*})+SUM({subordinated_balance-<})-SUM({paid<})))"),
        ("subordinated_principal", USD, together(Rule.AMONG_SUBORDINATED, Rule.CALL), "IF({called}=1,{subordinated_balance-}-{subordinated_loss},{paid})"),
        ("subordinated_cash", USD, "interest and principal", "IF(ABS({subordinated_interest}+{subordinated_principal})<{std.half_cent},0,{subordinated_interest}+{subordinated_principal})"),
        ("subordinated_balance", USD, str(Rule.AMONG_SUBORDINATED), "IF({called}=1,0,{subordinated_balance-}-{paid}-{subordinated_loss})", "INDEX({classes.start*},{subordinated_balance#})"),
        ("level", SHARE, str(Rule.LEVELS), "IF({balance}<{std.half_cent},0,({subordinated}-SUM({subordinated_balance<}))/{balance})", "IF({balance}<{std.half_cent},0,({subordinated}-SUM({subordinated_balance<}))/{balance})"),
    ),
    Column("senior_write_down", USD, str(Rule.LOSSES), "MAX(0,{write_down}-{subordinated-}+SUM({paid*}))"),
    *_of(
        "pool",
        ("lent", USD, str(Rule.RETIRED_POOL), "IF({undersubordinated_transfer}>0,{undersubordinated_transfer}*({senior_balance-}-{own_principal}-{transfer})/{senior_left},0)"),
        ("component_before", USD, str(Rule.LOSSES), "{component-}-{scheduled_principal}-{unscheduled_principal}+{own_principal}+{transfer}+{lent}-{losses}"),
        ("senior_loss", USD, str(Rule.LOSSES), 'IF({senior_write_down}>0,IF({component_before}<0,MIN({component_before}*{senior_write_down}/SUMIF({component_before*},"<0"),{senior_balance-}-{own_principal}-{transfer}-{lent}),0),0)'),
        ("senior_principal", USD, together(Rule.SHIFTING_INTEREST, Rule.CALL), "IF({called}=1,{senior_balance-}-{senior_loss},{own_principal}+{transfer}+{lent})"),
        ("senior_cash", USD, "interest and principal", "IF(ABS({senior_interest}+{senior_principal})<{std.half_cent},0,{senior_interest}+{senior_principal})"),
        ("senior_balance", USD, str(Rule.SHIFTING_INTEREST), "IF({called}=1,0,MAX(0,{senior_balance-}-{own_principal}-{transfer}-{lent}-{senior_loss}))", "{P.strip}*(1-{start.subordinated_share})"),
        ("component", USD, together(Rule.COMPONENTS, Rule.LOSSES), "IF({live}-{called}=1,{component_before}+{senior_loss},0)", "{P.strip}*{start.subordinated_share}"),
        ("po_paid", USD, together(Rule.ORDER, Rule.CALL), "{live}*{po_principal}+{po_made_good}+IF({called}=1,MAX(0,{po_balance-}-{po_principal}-{po_losses}),0)"),
        ("po_cash", USD, "principal", "IF(ABS({po_paid})<{std.half_cent},0,{po_paid})"),
        ("po_loss", USD, str(Rule.PO_LOSSES), "{live}*{po_losses}-{po_made_good}"),
        ("po_balance", USD, str(Rule.PO_LOSSES), "IF({called}=1,0,MAX(0,{po_balance-}-{po_principal}-{po_losses}))", "{P.po_strip}"),
        ("io_notional", USD, str(Rule.PREMIUM_LOANS), f"IF({{live}}-{{called}}=1,SUMPRODUCT({_POOL}*({{L.io_rate*}}>0)*({{C.performing_balance*}}+{{C.in_foreclosure_balance*}})),0)", f"SUMPRODUCT({_POOL}*({{L.io_rate*}}>0)*{{C.performing_balance*}})"),
        ("io_cash", USD, "interest", "IF(ABS({io_paid})<{std.half_cent},0,{io_paid})"),
        ("io_repaid", USD, "fall of the notional", "{io_notional-}-{io_notional}"),
    ),
    Column("nothing", USD, "zero, for classes without it", "0", "0"),
    *_of(
        "senior",
        ("group_balance", USD, "cut of class A, before", "SUMPRODUCT(({S.group*}={S.group})*({S.notional_of*}=0)*{class_balance-*})"),
        ("group_due", USD, "cut of class A", "IF({S.group}=0,SUM({senior_due*}),INDEX({senior_due*},1,{S.group}))"),
        ("group_paid", USD, "cut of class A", "IF({S.group}=0,SUM({senior_interest*}),INDEX({senior_interest*},1,{S.group}))"),
        ("class_interest", USD, "coupon, or what is left", "IF({group_due}>0,{class_balance-}*IF(ISNUMBER({S.coupon}),{S.coupon}/12,IF({group_balance}>0,{group_due}/{group_balance},0)-{S.stripped}/12)*{group_paid}/{group_due},0)"),
        ("accretion", USD, "accrual class", "IF({S.accrual}=1,IF(SUMPRODUCT(({S.group*}={S.group})*({S.notional_of*}=0)*({S.rank*}<{S.rank})*{class_balance-*})>0,{class_interest},0),0)"),
        ("group_cash", USD, "principal and accretion", "IF({S.group}=0,SUM({senior_principal*}),INDEX({senior_principal*},1,{S.group}))+SUMPRODUCT(({S.group*}={S.group})*{accretion*})"),
        ("planned_excess", USD, "over the planned balance", "IF(({S.notional_of}=0)*ISNUMBER({planned_balance})=1,MAX(0,{class_balance-}+{accretion}-{planned_balance}),0)"),
        ("planned_paid", USD, "planned class", "MIN({planned_excess},MAX(0,{group_cash}-SUMPRODUCT(({S.group<}={S.group})*{planned_excess<})+{planned_excess}))"),
        ("class_left", USD, "after plan", "IF({S.notional_of}=0,{class_balance-}+{accretion}-{planned_paid},0)"),
        ("class_paid", USD, "by rank", "{planned_paid}+MIN({class_left},MAX(0,{class_left}*({group_cash}-SUMPRODUCT(({S.group*}={S.group})*({planned_paid*}+({S.rank*}<{S.rank})*{class_left*})))/MAX({std.dust},SUMPRODUCT(({S.group*}={S.group})*({S.rank*}={S.rank})*{class_left*}))))"),
        ("class_loss", USD, "pro rata", "IF({S.notional_of}=0,IF({S.group}=0,SUM({senior_loss*}),INDEX({senior_loss*},1,{S.group}))*({class_left}+{planned_paid}-{class_paid})/MAX({std.dust},SUMPRODUCT(({S.group*}={S.group})*({class_left*}+{planned_paid*}-{class_paid*}))),0)"),
        ("class_principal", USD, "less accretion", "{class_paid}-{accretion}"),
        ("class_cash", USD, "interest and principal", "IF(ABS({class_interest}+{class_principal})<{std.half_cent},0,{class_interest}+{class_principal})"),
        ("class_net", USD, "balance of a principal class", "IF({S.notional_of}=0,MAX(0,{class_left}+{planned_paid}-{class_paid}-{class_loss}),0)", "IF({S.notional_of}=0,{S.balance},0)"),
        ("class_balance", USD, "or notional", "IF({S.notional_of}=0,{class_net},{S.share}*INDEX({class_net*},1,MAX(1,{S.notional_of})))", "IF({S.notional_of}=0,{class_net},{S.share}*INDEX({class_net*},1,MAX(1,{S.notional_of})))"),
        ("class_repaid", USD, "net, for the average life", "IF({S.notional_of}=0,MAX(0,{class_principal}),{class_balance-}-{class_balance})"),
    ),
    Column("planned_balance", USD, "input: month by month", "", kind="senior", input=True),
)  # fmt: skip

SHEETS: Mapping[str, tuple[Column, ...]] = {"Vectors": VECTORS, "Collateral": COLLATERAL, "Waterfall": WATERFALL}

IN_ORDER = "+SUM({0})"
"""Adds nothing to a month of Waterfall, where columns lean on each other's month before.

LibreOffice (7.4, 25.2) computes a column of like formulas in several threads and takes months that are not there yet:
errors and wrong figures after an edit. It computes a column in order whose formulas hold a list in braces.
"""
_ONE_FIELD = re.compile(r"\{[^{}]*\}")


def places(columns: Sequence[Column]) -> dict[str, str]:
    """Column letter of each field in the template."""
    return {column.field: column_letters(k) for k, column in enumerate(columns, 1)}


@dataclass(frozen=True, slots=True)
class Formulas:
    """Turns formulas in terms of fields into those of cells."""

    outside: Mapping[str, str]
    """What stands on other sheets: ``P.target_rate`` and the like to a cell such as ``Assumptions!AQ$9``."""

    def cells(self, formula: str, sheet: str, row: int) -> str:
        """The formula of one row of a sheet."""
        return resolved(formula, lambda field, marks: self.reference(field, marks, sheet, row))

    def month(self, column: Column, sheet: str) -> str:
        """The formula of a column's months, as its first month has it."""
        made = self.cells(column.month, sheet, MonthlyRow.MONTH)
        leans = sheet == "Waterfall" and column.unit != "date" and not _ONE_FIELD.fullmatch(column.month)
        return made + IN_ORDER if leans else made

    def of_table(self, table: Table, formula: str, row: int) -> str:
        """The formula of one row of a table, whose columns it may name beside all other fields."""
        return table.formula(formula, row, lambda field, marks: self.reference(field, marks, table.sheet, row))

    def reference(self, field: str, marks: str, sheet: str, row: int) -> str:
        """The cells of a field, as a formula in that row of that sheet takes them."""
        if field in self.outside:
            found = self.outside[field]
            spread = {"*": _range, "<": _through, "$": _fixed}
            own = spread[marks](found) if marks else found
            return own.removeprefix(f"{quoted(sheet)}!")
        home, _, short = field.rpartition(".")
        home = {"V": "Vectors", "C": "Collateral", "W": "Waterfall", "": sheet}[home]
        columns = {column.field: column for column in SHEETS[home]}
        if short not in columns:
            raise KeyError(f"{sheet} {field}: no such field")
        letter = places(SHEETS[home])[short]
        own = "" if home == sheet else f"{home}!"
        if "~" in marks:
            first = MonthlyRow.START if "0" in marks else MonthlyRow.MONTH
            return f"{own}{letter}${first}:{letter}${MonthlyRow.MONTH}"
        if "1" in marks or "$" in marks:
            at = MonthlyRow.MONTH if "1" in marks else MonthlyRow.START
            return f"{own}{'$' * ('$' in marks)}{letter}${at}"
        fixed = "" if columns[short].kind else "$"
        at_row = (
            f"${MonthlyRow.NUMBER}" if "#" in marks
            else f"${MonthlyRow.START}" if "0" in marks
            else str(row - ("-" in marks))
        )  # fmt: skip
        if "|" in marks:
            return f"{own}{fixed}{letter}${MonthlyRow.START}:{fixed}{letter}{at_row}"
        if "*" in marks:
            return f"{own}${letter}{at_row}:${letter}{at_row}"
        if "<" in marks:
            return f"{own}${letter}{at_row}:{letter}{at_row}"
        return f"{own}{fixed}{letter}{at_row}"


def _range(reference: str) -> str:
    """All copies of a cell: the reference as a range of itself, which growth stretches."""
    found = Reference.of(reference)
    corner = replace(found.first, column_fixed=True, row_fixed=True)
    return reference if found.last else str(replace(found, first=corner, last=corner))


def _fixed(reference: str) -> str:
    """The reference fixed both ways."""
    found = Reference.of(reference)
    return str(replace(found, first=replace(found.first, column_fixed=True, row_fixed=True)))


def _through(reference: str) -> str:
    """The copies of a cell up to this one."""
    found = Reference.of(reference)
    corner = replace(found.first, column_fixed=True, row_fixed=True)
    return str(replace(found, first=corner, last=replace(corner, column_fixed=False)))


FORMAT = {
    USD: FORMATS["USD"], SHARE: "0.000000", RATE: "0.0000%", FLAG: "0", RATIO: "0.000000%", "number": "0", "date": FORMATS["date"],
    "years": "0.000000", "months": "0.00", "% of PSA": "0", "% of SDA": "0", "text": "General",
}  # fmt: skip

STANDARDS: tuple[tuple[str, float, str, str], ...] = (
    ("psa_step", 0.002, RATE, "PSA curve: CPR gained each month"),
    ("psa_months", 30, "months", "PSA curve: months of its ramp"),
    ("sda_step", 0.0002, RATE, "SDA curve: rate gained each month"),
    ("sda_peak", 30, "months", "SDA curve: months of its ramp"),
    ("sda_flat", 60, "months", "SDA curve: last month of its peak"),
    ("sda_end", 120, "months", "SDA curve: month from which it is flat again"),
    ("sda_fall", 0.000095, RATE, "SDA curve: rate lost each month in between"),
    ("delinquency_months", 6, "months", "delinquency test: months averaged"),
    ("two_times", 2, "number", "support that counts as doubled"),
    ("two_times_months", 36, "months", "doubled support: first month of the second stage"),
    ("early_losses", 0.2, SHARE, "doubled support: losses allowed before"),
    ("late_losses", 0.3, SHARE, "doubled support: losses allowed after"),
    ("two_times_shift", 0.5, SHARE, "doubled support: shift before"),
    ("tolerance", 1e-9, SHARE, "a test is not tripped by less"),
    ("dust", 1e-6, USD, "a balance below this is gone"),
    ("half_cent", CENT, USD, "a payment below this is none"),
    ("periods", 2, "number", "compounding periods a year of a quoted yield"),
    ("first_growth", 1.06, "number", "yield search: growth a year it starts from"),
    ("lowest_growth", 0.0025, "number", "yield search: growth at a yield of -190%; below it there is none"),
)

STARTS: tuple[tuple[str, str, str, str], ...] = (
    ("elapsed", "IF({a.as_of_date}>0,IF(ISNUMBER(CutOffDate),MAX(0,12*(YEAR({a.as_of_date})-YEAR(CutOffDate))+MONTH({a.as_of_date})-MONTH(CutOffDate)),0),0)", "months", "cut-off date to as-of date"),
    ("pool_factor", "IF(SUM(InitialBalances)=0,0,SUM({classes.start*})/SUM(InitialBalances))", SHARE, "current over initial class balances; every line is scaled by it"),
    ("senior_rank", "", "number", "classes of a higher rank are subordinated"),
    ("strip", "SUMPRODUCT({L.balance*},{L.kept*})", USD, "target-rate strips at the start"),
    ("subordinated", 'SUMIF({ranks},">"&{start.senior_rank},{classes.start*})', USD, "subordinated classes at the start"),
    ("subordinated_share", "IF({start.strip}=0,0,{start.subordinated}/{start.strip})", SHARE, f"{Rule.COMPONENTS}: the same part of every strip"),
    ("initial_subordinated", 'SUMIF({ranks},">"&{start.senior_rank},InitialBalances)', USD, "subordinated classes at issue"),
    ("initial_strip", "SUMPRODUCT({L.balance_at_cut_off*},{L.kept*})", USD, "target-rate strips at issue"),
    ("initial_senior_percent", "IF({start.initial_strip}=0,1,1-{start.initial_subordinated}/{start.initial_strip})", SHARE, str(Rule.SHIFTING_INTEREST)),
    ("initial_level", "{start.initial_subordinated}/MAX(1,SUM({L.balance_at_cut_off*}))", SHARE, str(Rule.RETIRED_POOL)),
    ("losses", "{a.cumulative_losses}", USD, "losses before the start, from Call"),
    ("call_from", "{a.call}", "months", f"{Rule.CALL}: first month of a call, 0 for never"),
    ("first_distribution", 'IF({a.first_distribution}>0,DATE(YEAR({a.first_distribution}),MONTH({a.first_distribution})+{start.elapsed},DAY({a.first_distribution})),IF(ISNUMBER(CutOffDate),DATE(YEAR(CutOffDate),MONTH(CutOffDate)+1+{start.elapsed},{a.payment_day}),""))', "date", "first distribution day of the projection"),
    ("settlement", 'IF({a.settlement}>0,{a.settlement},IF({start.elapsed}>0,{a.as_of_date},IF({a.closing_date}>0,{a.closing_date},"")))', "date", "settlement of prices and yields"),
    ("first_time", "IF(ISNUMBER({start.settlement}),IF(ISNUMBER({start.first_distribution}),YEAR({start.first_distribution})-YEAR({start.settlement})+(30*(MONTH({start.first_distribution})-MONTH({start.settlement}))+MIN(30,DAY({start.first_distribution}))-MIN(30,DAY({start.settlement})))/360,1/12),1/12)", "years", "settlement to the first distribution, 30/360"),
    ("prepayment_speeds", "IF({given.psa}*{given.cpr}>0,1,0)", "number", "check: PSA and CPR both given"),
    ("default_speeds", "IF({given.cdr}*{given.sda}>0,1,0)", "number", "check: SDA and CDR both given"),
    ("start_difference", "ROUND(SUM({L.balance*})-SUM({classes.start*}),4)", USD, "check: lines less classes at the start"),
    ("accrued_days", "IF(ISNUMBER({start.settlement}),MIN(30,DAY({start.settlement}))-1,0)", "number", "first of the month to settlement, 30/360"),
)  # fmt: skip

_OWN = "IF(ISNUMBER(INDEX({{pools.{0}}},{{P.no}})),INDEX({{pools.{0}}},{{P.no}}),{{a.{0}}})"
POOL_ROWS: tuple[tuple[str, str, str], ...] = (
    ("no", "", "number"),
    ("pool", "INDEX({pools.pool},{P.no})", "text"),
    ("psa", _OWN.format("psa"), "% of PSA"),
    ("cpr", _OWN.format("cpr"), RATE),
    ("cdr", _OWN.format("cdr"), RATE),
    ("sda", _OWN.format("sda"), "% of SDA"),
    ("severity", _OWN.format("severity"), SHARE),
    ("lag", _OWN.format("lag"), "months"),
    ("fee", _OWN.format("servicing_fee_rate"), RATE),
    ("age", "IF(ISNUMBER(INDEX({pools.loan_age},{P.no})),INDEX({pools.loan_age},{P.no}),ROUND(INDEX({pools.original_term},{P.no})-INDEX({pools.remaining_term},{P.no}),9))", "months"),
    ("first_month", "ROUNDUP(IF({a.whole_months},ROUND({P.age},0),{P.age}),0)+1+{start.elapsed}", "months"),
    ("target_rate", "IF(ISNUMBER(INDEX({pools.target_rate},{P.no})),INDEX({pools.target_rate},{P.no}),INDEX({pools.coupon},{P.no})-{P.fee})", RATE),
    ("strip", "SUMPRODUCT(({L.pool*}={P.no})*{L.kept*}*{L.balance*})", USD),
    ("po_strip", "SUMPRODUCT(({L.pool*}={P.no})*{L.po_fraction*}*{L.balance*})", USD),
    ("cut", "IF(SUMIF({S.group*},{P.no},{S.no*})+SUMIF({S.group*},0,{S.no*})>0,1,0)", FLAG),
)  # fmt: skip

_PART = 'IF({{L.part}}="discount",INDEX({{pools.discount_{0}}},{{L.pool}}),IF({{L.part}}="premium",INDEX({{pools.premium_{0}}},{{L.pool}}),INDEX({{pools.{0}}},{{L.pool}})))'
LINE_ROWS: tuple[tuple[str, str, str], ...] = (
    ("no", "", "number"),
    ("line", "", "text"),
    ("pool", "", "number"),
    ("part", "", "text"),
    ("rest", "INDEX({pools.balance},{L.pool})-INDEX({pools.discount_balance},{L.pool})-INDEX({pools.premium_balance},{L.pool})", USD),
    ("takes_rest", 'IF({L.part}="whole",0,IF({L.part}="discount",IF(INDEX({pools.discount_balance},{L.pool})>=INDEX({pools.premium_balance},{L.pool}),1,0),IF(INDEX({pools.premium_balance},{L.pool})>INDEX({pools.discount_balance},{L.pool}),1,0)))', FLAG),
    ("balance_at_cut_off", _PART.format("balance") + "+{L.takes_rest}*{L.rest}", USD),
    ("balance", "{L.balance_at_cut_off}*{start.pool_factor}", USD),
    ("gross_rate", _PART.format("coupon"), RATE),
    ("fee", "INDEX({P.fee*},1,{L.pool})", RATE),
    ("net_rate", "{L.gross_rate}-{L.fee}", RATE),
    ("target_rate", "INDEX({P.target_rate*},1,{L.pool})", RATE),
    ("po_fraction", "IF({L.target_rate}=0,0,MAX(0,ROUND({L.target_rate}-{L.net_rate},12))/{L.target_rate})", SHARE),
    ("kept", "1-{L.po_fraction}", SHARE),
    ("io_rate", "MAX(0,ROUND({L.net_rate}-{L.target_rate},12))", RATE),
    ("term", "ROUND(" + _PART.format("remaining_term") + ",IF({a.whole_months},0,12))-{start.elapsed}", "months"),
    ("months", "ROUNDUP({L.term},0)", "number"),
    ("lag", "INDEX({P.lag*},1,{L.pool})", "months"),
)  # fmt: skip

SENIOR_ROWS: tuple[tuple[str, str, str], ...] = (
    ("no", "", "number"),
    ("class", "", "text"),
    ("group", "", "number"),
    ("tranche", "", "number"),
    ("tranche_balance", "IF({S.tranche}>0,INDEX({classes.start*},{S.tranche}),0)", USD),
    ("given", "", USD),
    ("group_strip", "IF({S.group}=0,SUM({P.strip*}),INDEX({P.strip*},1,MAX(1,{S.group})))*(1-{start.subordinated_share})", USD),
    ("balance", "IF(InputsInError>0,0,IF({S.tranche}>0,{S.group_strip}*{S.tranche_balance}/SUM({S.tranche_balance*}),IF(ISNUMBER({S.given}),{S.given},{S.group_strip}-SUMPRODUCT(({S.group*}={S.group})*({S.notional_of*}=0)*{S.given*}))))", USD),
    ("rank", "", "number"),
    ("coupon", "", RATE),
    ("accrual", "", FLAG),
    ("notional_of", "", "number"),
    ("share", "", SHARE),
    ("stripped", "SUMPRODUCT(({S.notional_of*}={S.no})*{S.coupon*}*{S.share*})", RATE),
)  # fmt: skip
SENIOR_INPUTS = ("given", "rank", "coupon", "accrual", "share")

WORDS = {
    "P": ("Pools in the projection", "pool", POOL_ROWS),
    "L": ("Rep lines", "line", LINE_ROWS),
    "S": ("Classes that class A is cut into", "senior", SENIOR_ROWS),
}
