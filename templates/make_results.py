"""Results and Scenarios in the template: what the projection comes to, and the engine's grid beside it."""

from look import GREY, NAVY, band, frame, name, put
from make_projection import COLLATERAL, MONTH, START, WATERFALL, Kinds, places, style_of
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

FIRST_ROW = 8
ITERATIONS = 10
LEFT, RIGHT = 15.6, 19.6
"""Widths of the charts, in centimetres: columns A to G and H to O of Results."""
PALETTE = (NAVY, "5B7DB1", "9DB2D6", "BF9000", "548235", GREY)
AT = places(WATERFALL)


def _vector(field: str, first: int = MONTH) -> str:
    """A column of Waterfall through all months, of the first class where there are several."""
    return f"Waterfall!{AT[field]}${first}:{AT[field]}${MONTH}"


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
    interest, principal, loss, repaid = (
        _vector("subordinated_interest"), _vector("subordinated_principal"),
        _vector("subordinated_loss"), _vector("subordinated_principal"),
    )  # fmt: skip
    months, years, dust = _vector("month"), _vector("years"), outside["std.half_cent"]
    start = f"Waterfall!${AT['subordinated_balance']}${START}"
    weights = f"({repaid}>0)*{repaid}"
    found = get_column_letter(years_at + 3 + ITERATIONS)
    full = get_column_letter(years_at + 2)
    flows = f"{interest}+{principal}"
    periods = outside["std.periods"]
    cells: dict[str, tuple[str, str]] = {
        "C": (start, "USD"),
        "D": (f'IF(SUMPRODUCT({weights})<{dust},"",SUMPRODUCT({weights}*{months})/SUMPRODUCT({weights})/12)', "0.000"),
        "E": (f'IF(ISNUMBER(D{row}),{outside["start.first_time"]}+D{row}-1/12,"")', "0.000"),
        "F": (f'IF(ISNUMBER(D{row}),MAX({months})+1-SUMPRODUCT(MAX(({repaid}>={dust})*(MAX({months})+1-{months}))),"")', "0"),
        "G": (f'IF(ISNUMBER(D{row}),SUMPRODUCT(MAX(({repaid}>={dust})*{months})),"")', "0"),
        "H": (f"SUM({principal})", "USD"),
        "I": (f"SUM({interest})", "USD"),
        "J": (f"SUM({loss})", "USD"),
        "K": (f"INDEX({outside['prices']},$Q{row})", "0.000"),
        "L": (f"IF(C{row}<{dust},0,100*12*INDEX({interest},1)/C{row}*{outside['start.accrued_days']}/360)", "0.000"),
        "M": (f'IF(ISNUMBER({found}{row}),IF({periods}*({found}{row}^(1/{periods})-1)<{outside["std.lowest_yield"]},"",{periods}*({found}{row}^(1/{periods})-1)),"")', "0.000%"),
        "N": (f'IF(ISNUMBER(M{row}),SUMPRODUCT(({flows})*{years}*{found}{row}^(0-{years}))/SUMPRODUCT(({flows})*{found}{row}^(0-{years}))/(1+M{row}/{periods}),"")', "0.000"),
        "O": (f'IF(ISNUMBER(M{row}),SUMPRODUCT(({flows})*{years}*({years}+1/{periods})*{found}{row}^(0-{years}))/SUMPRODUCT(({flows})*{found}{row}^(0-{years}))/(1+M{row}/{periods})^{periods},"")', "0.000"),
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
    decrement = f"=IF($C{row}<{dust},0,INDEX({_vector('subordinated_balance', START)},12*{year}$7+1)/$C{row})"
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
            value = f"SUMPRODUCT(({flows})*{before}{row}^(0-{years}))"
            formula = f'=IF(ISNUMBER({before}{row}),{before}{row}*({value}/{full}{row})^({value}/SUMPRODUCT(({flows})*{years}*{before}{row}^(0-{years}))),"")'
        put(sheet[f"{letter}{row}"], formula, "Formula", "0.00000000")
    last = get_column_letter(years_at + 3 + ITERATIONS)
    name(book, "block.Results", "Results", f"A{row}:{last}{row}")
    charts(sheet, row + 2)
    sheet.print_area = f"A1:O{row + 41}"


def charts(sheet: Worksheet, row: int) -> None:
    month = f"Waterfall!${AT['month']}${START}:${AT['month']}${MONTH}"
    balances = _chart(_stacked(), "Class balances", "USD millions", LEFT)
    for field, title in (
        ("senior_balance", f"Waterfall!{AT['senior_balance']}$5"),
        ("po", f"Waterfall!${AT['po']}$6"),
        ("subordinated", f"Waterfall!${AT['subordinated']}$6"),
    ):
        _series(balances, _vector(field, START), month, title)
    balances.y_axis.number_format = "#,##0,,"
    sheet.add_chart(balances, f"A{row}")
    sources = _chart(_stacked(), "Principal by source", "USD millions a month", RIGHT)
    loans = places(COLLATERAL)
    for letter in (loans[field] for field in ("scheduled", "prepaid", "recoveries")):
        _series(sources, f"Collateral!${letter}${START}:${letter}${MONTH}", month, f"Collateral!${letter}$6")
    sources.y_axis.number_format = "#,##0.0,,"
    sheet.add_chart(sources, f"H{row}")
    levels = _chart(LineChart(), "Subordination levels", "share of all classes", LEFT)
    _series(levels, _vector("senior_level", START), month, f"Waterfall!${AT['senior_level']}$6")
    _series(levels, _vector("level", START), month, f"Waterfall!{AT['level']}$5")
    levels.y_axis.number_format = "0%"
    levels.y_axis.scaling.min = 0
    sheet.add_chart(levels, f"A{row + 20}")
    factor = _chart(LineChart(), "Pool factor and the call line", "of the cut-off balance", RIGHT)
    for field in ("pool_factor", "call_line"):
        _series(factor, _vector(field, START), month, f"Waterfall!${AT[field]}$6")
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
            "H": f"Waterfall!${AT['cumulative_losses']}${MONTH}"}  # fmt: skip
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
        '0.000000;-0.000000;"-"',
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
            f"SUM(Collateral!${loans['delinquency_by_month']}${MONTH}:${loans['severity_by_month']}${MONTH})",
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
