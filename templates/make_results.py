"""Results and Scenarios in the template: what the projection comes to, and the engine's grid beside it."""

from look import GREY, NAVY, band, frame, name, put
from make_projection import Kinds, style_of
from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart
from openpyxl.chart.data_source import AxDataSource, NumDataSource, NumRef
from openpyxl.chart.series import Series, SeriesLabel, StrRef, attribute_mapping
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xlremic.workbook.layout import MonthlyRow
from xlremic.workbook.projection_columns import COLLATERAL, WATERFALL, places

FIRST_ROW = 8
ITERATIONS = 14
LEFT, RIGHT = 15.6, 19.6
"""Widths of the charts, in centimetres: columns A to G and H to O of Results."""
DOLLARS = '[>=0.005]#,##0.00;[<=-0.005](#,##0.00);"-"'
"""Dollars whose dust shows as none."""
PALETTE = (NAVY, "5B7DB1", "9DB2D6", "BF9000", "548235", GREY)
AT = places(WATERFALL)


def _vector(field: str, first: int = MonthlyRow.MONTH) -> str:
    """A column of Waterfall through all months, of the first class where there are several."""
    return f"Waterfall!{AT[field]}${first}:{AT[field]}${MonthlyRow.MONTH}"


def results(book: Workbook, outside: dict[str, str], kinds: Kinds) -> None:
    """One row a class; the search for its yield and its decrement table stand to the right."""
    years_at = 18
    widths = {"A": 12, "B": 16, "C": 19, "D": 11, "E": 11, "F": 9, "G": 9, "H": 19, "I": 19, "J": 17, "K": 11, "L": 11, "M": 11,
              "N": 11, "O": 17, "P": 4, "Q": 12}  # fmt: skip
    sheet = frame(book, "Results", widths, FIRST_ROW - 1, "O")
    band(sheet, 7, {
        "A": "Class", "B": "Kind", "C": "Balance or notional, USD", "D": "WAL, years (months/12)", "E": "WAL, years (30/360)", "F": "First month",
        "G": "Last month", "H": "Principal, USD", "I": "Interest, USD", "J": "Loss, USD", "K": "Price, %", "L": "Accrued, %",
        "M": "Yield", "N": "Modified duration, years", "O": "Convexity, years squared",
    }, left="AB")  # fmt: skip
    sheet.row_dimensions[7].height = 42
    put(sheet["A6"], "At the speeds, losses and call of Assumptions, from the balances of Tranches", "Section")
    row = FIRST_ROW
    cash, interest, principal, loss, repaid = (
        _vector("subordinated_cash"),
        _vector("subordinated_interest"), _vector("subordinated_principal"),
        _vector("subordinated_loss"), _vector("subordinated_principal"),
    )  # fmt: skip
    months, years, dust = _vector("month"), _vector("years"), outside["std.half_cent"]
    start = f"Waterfall!${AT['subordinated_balance']}${MonthlyRow.START}"
    weights = f"({repaid}>0)*{repaid}"
    found = get_column_letter(years_at + 3 + ITERATIONS)
    full = get_column_letter(years_at + 2)
    periods = outside["std.periods"]
    cells: dict[str, tuple[str, str]] = {
        "C": (start, "USD"),
        "D": (f'IF(SUMPRODUCT({weights})<{dust},"",SUMPRODUCT({weights}*{months})/SUMPRODUCT({weights})/12)', "0.000"),
        "E": (f'IF(ISNUMBER(D{row}),{outside["start.first_time"]}+D{row}-1/12,"")', "0.000"),
        "F": (f'IF(ISNUMBER(D{row}),MAX({months})+1-SUMPRODUCT(MAX(({repaid}>={dust})*(MAX({months})+1-{months}))),"")', "0"),
        "G": (f'IF(ISNUMBER(D{row}),SUMPRODUCT(MAX(({repaid}>={dust})*{months})),"")', "0"),
        "H": (f"SUM({principal})", DOLLARS),
        "I": (f"SUM({interest})", DOLLARS),
        "J": (f"SUM({loss})", DOLLARS),
        "K": (f"INDEX({outside['prices']},$Q{row})", "0.000"),
        "L": (f"IF(C{row}<{dust},0,100*12*INDEX({interest},1)/C{row}*{outside['start.accrued_days']}/360)", "0.000"),
        "M": (f'IF(ISNUMBER({found}{row}),IF({found}{row}>{outside["std.lowest_growth"]}*(1+{outside["std.tolerance"]}),{periods}*({found}{row}^(1/{periods})-1),""),"")', "0.000%"),
        "N": (f'IF(ISNUMBER(M{row}),SUMPRODUCT({cash}*{years}*{found}{row}^(0-{years}))/SUMPRODUCT({cash}*{found}{row}^(0-{years}))/(1+M{row}/{periods}),"")', "0.000"),
        "O": (f'IF(ISNUMBER(M{row}),SUMPRODUCT({cash}*{years}*({years}+1/{periods})*{found}{row}^(0-{years}))/SUMPRODUCT({cash}*{found}{row}^(0-{years}))/(1+M{row}/{periods})^{periods},"")', "0.000"),
    }  # fmt: skip
    put(sheet[f"A{row}"], "class", "Label")
    put(sheet[f"B{row}"], "subordinated", "Unit")
    put(sheet[f"Q{row}"], 1, "Constant", "0", align="center")
    for letter, (formula, number_format) in cells.items():
        put(sheet[f"{letter}{row}"], f"={formula}", style_of(f"={formula}"), number_format, align="right")
    put(sheet["Q7"], "Row of Prices", "Band", align="center")
    put(sheet["Q6"], "Decrement table: share of the balance at the start that is left after so many years", "Section")
    year = get_column_letter(years_at)
    put(sheet[f"{year}7"], None, "Band", "0", align="center")
    kinds.add("year", "Results", year)
    sheet.column_dimensions[year].width = 6.5
    decrement = (
        f"=IF($C{row}<{dust},0,INDEX({_vector('subordinated_balance', MonthlyRow.START)},12*{year}$7+1)/$C{row})"
    )
    put(sheet[f"{year}{row}"], decrement, "Formula", '[>=0.005]0%;[>0]"*";"-"', align="center")
    name(book, "row.year", "Results", f"{year}7")
    put(
        sheet[f"{get_column_letter(years_at + 2)}6"],
        "Search for the yield: growth a year, the last column is the answer",
        "Section",
    )
    sheet.column_dimensions[get_column_letter(years_at + 1)].width = 4
    put(sheet[f"{full}7"], "Full price, USD", "Band", align="center")
    put(sheet[f"{full}{row}"], f"=(K{row}+L{row})/100*C{row}", "Formula", "USD")
    sheet.column_dimensions[full].width = 19
    for k in range(ITERATIONS + 1):
        letter, before = get_column_letter(years_at + 3 + k), get_column_letter(years_at + 2 + k)
        put(sheet[f"{letter}7"], k, "Band", "0", align="center")
        sheet.column_dimensions[letter].width = 12
        if k == 0:
            formula = f'=IF({full}{row}>0,IF(H{row}+I{row}>={dust},{outside["std.first_growth"]},""),"")'
        else:
            value = f"SUMPRODUCT({cash}*{before}{row}^(0-{years}))"
            formula = f'=IF(ISNUMBER({before}{row}),MAX({outside["std.lowest_growth"]},{before}{row}*({value}/{full}{row})^({value}/SUMPRODUCT({cash}*{years}*{before}{row}^(0-{years})))),"")'
        put(sheet[f"{letter}{row}"], formula, "Formula", "0.00000000")
    last = get_column_letter(years_at + 3 + ITERATIONS)
    name(book, "block.Results", "Results", f"A{row}:{last}{row}")
    charts(sheet, row + 2)
    sheet.print_area = f"A1:O{row + 41}"


def balances_chart(width: float, height: float = 9.5) -> BarChart | LineChart:
    """The classes' balances through time: class A by class, PO strips and B classes together."""
    month = f"Waterfall!${AT['month']}${MonthlyRow.START}:${AT['month']}${MonthlyRow.MONTH}"
    chart = _chart(_stacked(), "Projected class balances", "USD millions", width)
    chart.height = height
    for field, title in (
        ("senior_balance", f"Waterfall!{AT['senior_balance']}$5"),
        ("principal_only", f"Waterfall!${AT['principal_only']}$6"),
        ("subordinated", f"Waterfall!${AT['subordinated']}$6"),
    ):
        _series(chart, _vector(field, MonthlyRow.START), month, title)
    chart.y_axis.number_format = "#,##0,,"
    return chart


def charts(sheet: Worksheet, row: int) -> None:
    month = f"Waterfall!${AT['month']}${MonthlyRow.START}:${AT['month']}${MonthlyRow.MONTH}"
    sheet.add_chart(balances_chart(LEFT), f"A{row}")
    sources = _chart(_stacked(), "Principal by source", "USD millions a month", RIGHT)
    loans = places(COLLATERAL)
    for letter in (loans[field] for field in ("scheduled", "prepaid", "recoveries")):
        _series(
            sources,
            f"Collateral!${letter}${MonthlyRow.START}:${letter}${MonthlyRow.MONTH}",
            month,
            f"Collateral!${letter}$6",
        )
    sources.y_axis.number_format = "#,##0.0,,"
    sheet.add_chart(sources, f"H{row}")
    levels = _chart(LineChart(), "Subordination levels", "share of all classes", LEFT)
    _series(levels, _vector("senior_level", MonthlyRow.START), month, f"Waterfall!${AT['senior_level']}$6")
    _series(levels, _vector("level", MonthlyRow.START), month, f"Waterfall!{AT['level']}$5")
    levels.y_axis.number_format = "0%"
    levels.y_axis.scaling.min = 0
    sheet.add_chart(levels, f"A{row + 20}")
    factor = _chart(LineChart(), "Pool factor and the call line", "of the cut-off balance", RIGHT)
    for field in ("pool_factor", "call_line"):
        _series(factor, _vector(field, MonthlyRow.START), month, f"Waterfall!${AT[field]}$6")
    factor.y_axis.number_format = "0%"
    factor.y_axis.scaling.max, factor.y_axis.scaling.min = 1, 0
    sheet.add_chart(factor, f"H{row + 20}")


def _stacked() -> BarChart:
    """Bars without gaps: an area chart that openpyxl keeps whole when it loads and saves a template."""
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "col", "stacked", 100, 0
    return chart


def _chart(chart: BarChart | LineChart, title: str, unit: str, width: float) -> BarChart | LineChart:
    font = CharacterProperties(sz=1100, b=True, solidFill=NAVY)
    run = RegularTextRun(rPr=font, t=title)
    chart.title = Title(
        tx=Text(rich=RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=font), r=[run])])), overlay=False
    )
    chart.style = 10
    chart.y_axis.title, chart.x_axis.title = unit, "month"
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="D9D9D9"))
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.x_axis.tickLblSkip = chart.x_axis.tickMarkSkip = 60
    chart.x_axis.number_format = "0"
    chart.legend.position = "r"
    chart.width, chart.height = width, 9.5
    return chart


def _series(chart: BarChart | LineChart, values: str, months: str, title: str) -> None:
    area = isinstance(chart, BarChart)
    color = PALETTE[len(chart.series) % len(PALETTE)]
    look = (
        GraphicalProperties(solidFill=color)
        if area
        else GraphicalProperties(ln=LineProperties(solidFill=color, w=22_000))
    )
    series = Series(
        idx=len(chart.series), order=len(chart.series), tx=SeriesLabel(strRef=StrRef(title)),
        val=NumDataSource(numRef=NumRef(f=values)), cat=AxDataSource(numRef=NumRef(f=months)), spPr=look,
    )  # fmt: skip
    series.__elements__ = attribute_mapping["bar" if area else "line"]
    if not area:
        series.smooth = False
        series.marker = None
    chart.series.append(series)


def scenarios(book: Workbook, outside: dict[str, str], kinds: Kinds) -> None:
    """The live case, the engine's base case and their difference; then the engine's grid, as values."""
    widths = {
        "A": 24,
        "B": 10,
        "C": 10,
        "D": 10,
        "E": 10,
        "F": 11,
        "G": 12,
        "H": 18,
        "I": 4,
        "J": 10,
        "K": 4,
        "L": 30,
        "M": 18,
        "N": 18,
        "O": 10,
    }
    sheet = frame(book, "Scenarios", widths, 8, "H")
    put(sheet["A5"], None, "Note")
    name(book, "row.scenarios_note", "Scenarios", "A5")
    put(sheet["I6"], "Average life in years (months/12) of class", "Section")
    band(sheet, 7, {"A": "Scenario", "B": "PSA", "C": "CPR", "D": "CDR", "E": "SDA", "F": "Severity", "G": "First callable month",
                    "H": "Losses, USD"}, left="A")  # fmt: skip
    put(sheet["J7"], "=INDEX(Results!$A$8:$A$8,J$8)", "Band", align="center")
    put(sheet["J8"], 1, "Constant", "0", align="center")
    put(sheet["A8"], "row of Results", "Note")
    kinds.add("result", "Scenarios", "J")
    for row, label in ((9, "live: this workbook"), (10, "base: the engine"), (11, "live less base")):
        put(sheet[f"A{row}"], label, "Label")
    formats = {"B": "0", "C": "rate", "D": "rate", "E": "0", "F": "rate", "G": "0", "H": "USD"}
    live = {"B": "PSA", "C": "CPR", "D": "CDR", "E": outside["a.sda"], "F": "Severity", "G": "FirstCallableMonth",
            "H": f"Waterfall!${AT['cumulative_losses']}${MonthlyRow.MONTH}"}  # fmt: skip
    for letter, formula in live.items():
        if letter in "BCDEF":
            made = f'=IF(ISNUMBER({formula}),{formula},"")'
        elif letter == "H":
            made = f"=MAX({_vector('cumulative_losses')})-{outside['start.losses']}"
        else:
            made = f"={formula}"
        put(sheet[f"{letter}9"], made, style_of(made), formats[letter], align="right")
        for row in (10, 13):
            put(sheet[f"{letter}{row}"], None, "Constant", formats[letter], align="right")
    put(sheet["J9"], "=INDEX(Results!$D$8:$D$8,J$8)", "Link", "0.000", align="right")
    put(sheet["J10"], None, "Constant", "0.000", align="right")
    put(
        sheet["J11"],
        "=IF(ISNUMBER(J9),IF(ISNUMBER(J10),J9-J10,0),0)",
        "Formula",
        '[>=0.0000005]0.000000;[<=-0.0000005]-0.000000;"-"',
        align="right",
    )
    put(sheet["A12"], "the engine's grid", "Section")
    put(sheet["J12"], None, "Label")
    put(sheet["A13"], "scenario", "Label")
    put(sheet["J13"], None, "Constant", "0.000", align="right")
    name(book, "block.Scenarios", "Scenarios", "A13:J13")
    name(book, "row.scenario", "Scenarios", "A13")
    name(book, "row.result", "Scenarios", "J8")
    _inputs(book, sheet, outside)
    sheet.print_area = "A1:J13"


def _inputs(book: Workbook, sheet: Worksheet, outside: dict[str, str]) -> None:
    """The inputs that the grid was computed from beside those of now: while none differs, base and live must agree."""
    band(sheet, 7, {"L": "Input", "M": "when computed", "N": "now", "O": "changed"}, left="L")
    put(sheet["L6"], "Inputs of the grid", "Section")
    loans = places(COLLATERAL)
    row = 9
    sums = (
        ("current balances", "SUM(CurrentBalances)"),
        ("balance x coupon", f"SUMPRODUCT({_all(outside['L.balance'])},{_all(outside['L.gross_rate'])})"),
        ("balance x term", f"SUMPRODUCT({_all(outside['L.balance'])},{_all(outside['L.term'])})"),
        ("balance x PO fraction", f"SUMPRODUCT({_all(outside['L.balance'])},{_all(outside['L.po_fraction'])})"),
        ("balance x IO rate", f"SUMPRODUCT({_all(outside['L.balance'])},{_all(outside['L.io_rate'])})"),
        ("balance x lag", f"SUMPRODUCT({_all(outside['L.balance'])},{_all(outside['L.lag'])})"),
        ("months of age", f"SUM({_all(outside['P.first_month'])})"),
        ("PSA of the pools", f"SUM({_all(outside['P.psa'])})"),
        ("CPR of the pools", f"SUM({_all(outside['P.cpr'])})"),
        ("CDR of the pools", f"SUM({_all(outside['P.cdr'])})"),
        ("SDA of the pools", f"SUM({_all(outside['P.sda'])})"),
        ("severity of the pools", f"SUM({_all(outside['P.severity'])})"),
        ("shift schedule", f"SUMPRODUCT({outside['shift_day']},{outside['shift_share']})"),
        ("loss limits", f"SUMPRODUCT({outside['limit_day']},{outside['limit_share']})"),
        (
            "terms by month",
            f"SUM(Collateral!${loans['delinquency_by_month']}${MonthlyRow.MONTH}:${loans['severity_by_month']}${MonthlyRow.MONTH})",
        ),
        ("losses to date", outside["start.losses"]),
        ("call threshold", "CallThreshold"),
    )
    for key, formula in sums:
        put(sheet[f"L{row}"], key, "Label")
        put(sheet[f"N{row}"], f"={formula}", style_of(f"={formula}"), "General", align="right")
        row += 1
    name(book, "row.inputs.sums", "Scenarios", "L9")
    name(book, "row.inputs.terms", "Scenarios", f"L{row}")
    for key, reference in outside.items():
        if key.startswith("a.") and key not in (
            "a.psa",
            "a.cpr",
            "a.cdr",
            "a.sda",
            "a.severity",
            "a.lag",
            "a.servicing_fee_rate",
            "a.call_threshold",
        ):
            put(sheet[f"L{row}"], key.removeprefix("a."), "Label")
            formula = f'=IF(ISNUMBER({reference}),{reference},IF({reference}=TRUE,1,IF({reference}="first",1,0)))'
            put(sheet[f"N{row}"], formula, style_of(formula), "General", align="right")
            row += 1
    for at in range(9, row):
        put(sheet[f"M{at}"], None, "Constant", "General", align="right")
        put(
            sheet[f"O{at}"],
            f"=IF(ABS(N{at}-M{at})>{outside['std.tolerance']}*MAX(1,ABS(M{at})),1,0)",
            "Formula",
            "0",
            align="center",
        )
    put(sheet["L8"], "inputs changed since the grid was computed", "Note")
    put(sheet["O8"], f"=SUM(O9:O{row - 1})", "Formula", "0", align="center")
    put(sheet["I11"], "=IF(O8=0,MAX(MAX($J11:$J11),0-MIN($J11:$J11)),0)", "Formula", '0.000000000;-0.000000000;"-"')
    put(sheet["H11"], "largest, if no input changed", "Note", align="right")
    sheet.column_dimensions["I"].width = 12
    name(book, "row.Scenarios.base", "Scenarios", "I11")


def _all(reference: str) -> str:
    """All copies of a cell of Assumptions, as a range that growth stretches."""
    sheet, _, cell = reference.rpartition("!")
    letter, row = cell.replace("$", "").rstrip("0123456789"), cell.rpartition("$")[2]
    return f"{sheet}!${letter}${row}:${letter}${row}"


def functions(book: Workbook, outside: dict[str, str], places_of: dict[str, tuple[str, int]]) -> None:
    """One live call of every worksheet function beside the same number from plain formulas."""
    widths = {"A": 26, "B": 62, "C": 22, "D": 22, "E": 14, "F": 96}
    sheet = frame(book, "Functions", widths, 12, "E")
    loans = places(COLLATERAL)
    examples = (
        (6, "class", None, "class of the examples: type another"),
        (7, "month", 12, "month of the tables"),
        (8, "year", 5, "year of the decrement table"),
        (9, "ending balance", 6, "its column in the table of a class"),
        (10, "end of the month", 9, "its column in the table of the loans"),
    )
    for row, label, value, says in examples:
        put(sheet[f"A{row}"], label, "Label")
        put(sheet[f"B{row}"], says, "Unit")
        put(sheet[f"C{row}"], value, "Assumption", "0" if value else "General", align="right")
    put(sheet["D6"], "=SUMPRODUCT((Results!$A$8:$A$8=$C$6)*Results!$Q$8:$Q$8)", "Formula", "0", align="center")
    put(sheet["E6"], "row of Results", "Note")
    put(sheet["A11"], "priced class", "Label")
    put(sheet["B11"], "a class that pays interest or principal only, so that its cash is one column", "Unit")
    put(sheet["C11"], f"=Waterfall!{AT['io_paid']}$5", "Link", align="right")
    put(sheet["D11"], "=SUMPRODUCT((Results!$A$8:$A$8=$C$11)*Results!$Q$8:$Q$8)", "Formula", "0", align="center")
    put(sheet["E11"], "row of Results", "Note")
    band(sheet, 12, {"A": "Function", "B": "What it computes", "C": "The function", "D": "From plain formulas", "E": "Difference",
                     "F": "What to type"}, left="ABF")  # fmt: skip
    tables, timing = (
        "DealPools,DealClasses,DealAssumptions",
        f"{outside['start.settlement']},{outside['start.first_distribution']}",
    )
    cash = f"Waterfall!{AT['io_cash']}${MonthlyRow.MONTH}:{AT['io_cash']}${MonthlyRow.MONTH}"

    def loan(field: str) -> str:
        return f"Collateral!{loans[field]}${MonthlyRow.MONTH}"

    def result(letter: str, row: str = "$D$6") -> str:
        return f"INDEX(Results!${letter}$8:${letter}$8,{row})"

    def line(field: str) -> str:
        return outside[f"L.{field}"]

    def series(field: str) -> str:
        return f"Waterfall!${AT[field]}${MonthlyRow.MONTH}"

    terms = ",".join((line("balance"), line("gross_rate"), line("term"), outside["P.age"], line("fee"), outside["P.psa"],
                      outside["P.cdr"], outside["P.severity"], line("lag")))  # fmt: skip
    month_end = "+".join(
        f"INDEX(Collateral!{loans[f]}${MonthlyRow.MONTH}:{loans[f]}${MonthlyRow.MONTH},$C$7)"
        for f in ("performing_balance", "in_foreclosure_balance")
    )
    initial = outside["start.initial_senior_percent"]
    home, at = places_of["loan_count"]
    rows = (
        ("REMIC_SUBORD", "subordination level of the class", "REMIC_SUBORD($C$6,Classes,CurrentBalances)", "SUMPRODUCT((Classes=$C$6)*SubordinationLevels)", "level"),
        ("REMIC_CALL_THRESHOLD", "balance below which the series can be called, USD", "REMIC_CALL_THRESHOLD(CutOffBalance,CallPercent)", "CallThreshold", "USD"),
        ("REMIC_CALLABLE", "whether it can be called now", "IF(REMIC_CALLABLE(CurrentPoolBalance,CutOffBalance,CallPercent),1,0)", "IF(Callable,1,0)", "0"),
        ("REMIC_CPR", "annual rate of month 1's SMM, first pool", f"REMIC_CPR({loan('smm')})", loan("cpr"), "0.000000%"),
        ("REMIC_SMM", "monthly rate of month 1's CPR, first pool", f"REMIC_SMM({loan('cpr')})", loan("smm"), "0.000000%"),
        ("REMIC_PSA", "CPR at 100 PSA in month 1, first pool", f"REMIC_PSA(100,{outside['P.first_month']})", loan("psa_curve"), "0.000000%"),
        ("REMIC_SDA", "CDR at 100 SDA in month 1, first pool", f"REMIC_SDA(100,{outside['P.first_month']})", loan("sda_curve"), "0.000000%"),
        ("REMIC_PO_FRACTION", "PO fraction of the first rep line", f"REMIC_PO_FRACTION({line('net_rate')},{line('target_rate')})", line("po_fraction"), "0.0000000000"),
        ("REMIC_IO_RATE", "IO rate of the first rep line", f"REMIC_IO_RATE({line('net_rate')},{line('target_rate')})", line("io_rate"), "0.000000%"),
        ("REMIC_SHIFT", "class A's share of unscheduled principal in month 1, by the shelf's own schedule",
         f"REMIC_SHIFT(1+{outside['start.elapsed']},{series('senior_percent')},{initial},{series('loss_test')}=1,{series('delinquency_test')}=1)",
         f"IF({series('all_to_senior')}=1,1,{series('senior_percent')}+{series('shift')}*(1-{series('senior_percent')}))", "0.000000"),
        ("REMIC_COLLATERAL", "balance of the first rep line at the end of the month, USD", f"INDEX(REMIC_COLLATERAL({terms}),$C$7+1,$C$10)", month_end, "USD"),
        ("REMIC_WATERFALL", "balance of the class at the end of the month, USD", f"INDEX(REMIC_WATERFALL($C$6,{tables}),$C$7+1,$C$9)",
         f"{result('C')}*INDEX(Results!$R$8:$R$8,$D$6,$C$7/12+1)", "USD"),
        ("REMIC_WAL", "average life of the class, years", f"REMIC_WAL($C$6,{tables})", result("D"), "0.000000"),
        ("REMIC_WINDOW", "last month that pays principal to the class", f"INDEX(REMIC_WINDOW($C$6,{tables}),1,1+1)", result("G"), "0"),
        ("REMIC_DECREMENT", "share of the class left after so many years", f"INDEX(REMIC_DECREMENT($C$6,{tables}),$C$8+1+1,1+1)", "INDEX(Results!$R$8:$R$8,$D$6,$C$8+1)", "0.000000"),
        ("REMIC_PRICE", "full price of the priced class at its yield, USD", f"REMIC_PRICE({result('M', '$D$11')},{cash},{timing})", result("T", "$D$11"), "USD"),
        ("REMIC_YIELD", "yield of the priced class at its full price", f"REMIC_YIELD({result('T', '$D$11')},{cash},{timing})", result("M", "$D$11"), "0.000000%"),
        ("REMIC_DURATION", "modified duration of the priced class, years", f"REMIC_DURATION({result('M', '$D$11')},{cash},{timing})", result("N", "$D$11"), "0.000000"),
        ("REMIC_CONVEXITY", "convexity of the priced class, years squared", f"REMIC_CONVEXITY({result('M', '$D$11')},{cash},{timing})", result("O", "$D$11"), "0.000000"),
        ("REMIC_FACT", "a fact as the filing prints it", 'REMIC_FACT("loan_count","all",SourceFacts)', f"{home}!$D${at}", "#,##0"),
    )  # fmt: skip
    for row, (called, says, live, plain, number_format) in enumerate(rows, 13):
        put(sheet[f"A{row}"], called, "Label")
        put(sheet[f"B{row}"], says, "Unit")
        put(sheet[f"C{row}"], f"={live}", "Formula", number_format, align="right")
        put(sheet[f"D{row}"], f"={plain}", style_of(f"={plain}"), number_format, align="right")
        put(sheet[f"E{row}"], f"=ROUND(C{row}-D{row},6)", "Formula", '0.000000;-0.000000;"-"', align="right")
        put(sheet[f"F{row}"], None, "Note")
    name(book, "row.function", "Functions", "A13")
    name(book, "row.function_class", "Functions", "C6")
    put(
        sheet["A5"],
        "The functions come with an add-in (see the user guide); without it they show #NAME? once this workbook is recalculated.",
        "Note",
    )
    sheet.print_area = f"A1:F{12 + len(rows)}"
