"""Results and Scenarios in the template: what the projection comes to, and the engine's grid beside it."""

from look import GREY, NAVY, band, first_line, frame, name, put, red
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
from openpyxl.worksheet.worksheet import Worksheet

from xlremic.workbook.class_months import CHOICE, CLASS_MONTHS
from xlremic.workbook.input_sums import INPUT_SUMS
from xlremic.workbook.layout import FrameRow, MonthlyRow
from xlremic.workbook.names import POOL_TERMS
from xlremic.workbook.projection_columns import COLLATERAL, WATERFALL, Formulas, places
from xlremic.workbook.results_columns import (
    CALLS,
    EXAMPLE_INPUTS,
    EXAMPLES,
    INPUTS,
    LIVE_CALLS,
    RESULTS,
    SCENARIOS,
    SEARCHED,
    ScenarioRow,
    result_row,
)
from xlremic.workbook.term_rows import rival

LEFT, RIGHT = 15.6, 19.6
"""Widths of the charts, in centimetres: columns A to G and H to O of Results."""
LARGEST = f"I{ScenarioRow.DIFFERENCE}"
"""Cell of Scenarios: the largest difference of a life, while no input has changed."""
SUMMED = (
    *(term for term, _ in POOL_TERMS),
    "call_threshold",
    "call_percent",
    "cumulative_losses",
    "reported_pool_balance",
)
"""Terms that the sums of inputs hold, so that they have no line of their own."""
GRID_STATUS = f"A{FrameRow.NOTE + 1}"
PALETTE = (NAVY, "5B7DB1", "9DB2D6", "BF9000", "548235", GREY)
AT = places(WATERFALL)


def _vector(field: str, first: int = MonthlyRow.MONTH) -> str:
    """A column of Waterfall through all months, of the first class where there are several."""
    return f"Waterfall!{AT[field]}${first}:{AT[field]}${MonthlyRow.MONTH}"


def results(book: Workbook, formulas: Formulas, kinds: Kinds) -> None:
    """One row a class; the search for its yield and its decrement table stand to the right."""
    data = RESULTS
    sheet = frame(book, data.sheet, data.widths)
    shown = [column.key for column in data.columns[: data.keys.index("last_date") + 1]]
    band(sheet, data.header, {data.letter(key): data.column(key).label for key in shown}, left=data.texts)
    sheet.row_dimensions[data.header].height = 42
    says = '=IF(InputsInError>0,"Nothing is projected: an input is in error, see Assumptions","At the terms of Assumptions, from the balances of Tranches")'
    put(sheet["A6"], says, "Subtitle")
    first_line(sheet, data, formulas, ("class", "kind", "number", *shown[2:]))
    above = FrameRow.NOTE + 1
    put(sheet[f"{data.letter('number')}{data.header}"], data.column("number").label, "Band", align="center")
    says = "Decrement table: share of the balance at the start that is left after so many years"
    put(sheet[f"{data.letter('number')}{above}"], says, "Section")
    year = f"{data.letter('year')}{data.header}"
    put(sheet[year], None, "Band", "0", align="center")
    kinds.add("year", data.sheet, data.letter("year"))
    first_line(sheet, data, formulas, ("year",))
    name(book, "row.year", data.sheet, year)
    says = "Search for the yield: growth a year, the last column is the answer"
    put(sheet[f"{data.letter('full_price')}{above}"], says, "Section")
    put(sheet[f"{data.letter('full_price')}{data.header}"], data.column("full_price").label, "Band", align="center")
    first_line(sheet, data, formulas, ("full_price",))
    for k, key in enumerate(SEARCHED):
        put(sheet[f"{data.letter(key)}{data.header}"], k, "Band", "0", align="center")
        first_line(sheet, data, formulas, (key,))
    name(book, "block.Results", data.sheet, data.span())
    charts(sheet, data.row() + 2)
    sheet.print_area = f"A1:{data.letter('last_date')}{data.row() + 41}"


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


def balance_line(sheet: Worksheet, start: int, month: int) -> BarChart | LineChart:
    """The balance of the class that is chosen on the sheet Class."""
    chart = _chart(LineChart(), "Balance of the class", "USD millions", 22)
    places_of = {key: CLASS_MONTHS.letter(key) for key in ("month", "ending")}
    values, months = (f"{sheet.title}!${at}${start}:${at}${month}" for at in (places_of["ending"], places_of["month"]))
    _series(chart, values, months, f"{sheet.title}!{CHOICE[0]}${CHOICE[1:]}")
    chart.y_axis.number_format = "#,##0.0,,"
    chart.y_axis.scaling.min = 0
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
    chart.visible_cells_only = False  # the months stand in groups of columns that are closed at first
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


def scenarios(book: Workbook, outside: dict[str, str], formulas: Formulas, kinds: Kinds) -> None:
    """The live case, the engine's base case and their difference; then the engine's grid, as values."""
    data = SCENARIOS
    sheet = frame(book, data.sheet, data.widths | INPUTS.widths)
    put(sheet[f"A{FrameRow.NOTE}"], None, "Note")
    name(book, "row.scenarios_note", data.sheet, f"A{FrameRow.NOTE}")
    put(sheet["I6"], "Average life in years (months/12) of class", "Section")
    terms = [column.key for column in data.columns[: data.keys.index("losses") + 1]]
    band(sheet, data.header, {data.letter(key): data.column(key).label for key in terms}, left=data.texts)
    life, lives = data.letter("life"), {row: f"{data.letter('life')}{row}" for row in ScenarioRow}
    number = f"{life}${ScenarioRow.NUMBER}"
    header = f"=INDEX({RESULTS.absolute('class')},{number})"
    put(sheet[f"{life}{data.header}"], header, "Band", align="center")
    put(sheet[lives[ScenarioRow.NUMBER]], 1, "Constant", "0", align="center")
    put(sheet[f"A{ScenarioRow.NUMBER}"], "row of Results", "Note")
    kinds.add("result", data.sheet, life)
    for row, label in (
        (ScenarioRow.LIVE, "live: this workbook"), (ScenarioRow.BASE, "base: the engine"),
        (ScenarioRow.DIFFERENCE, "live less base"),
    ):  # fmt: skip
        put(sheet[f"A{row}"], label, "Label")
    terms_used = {key: outside[f"a.{key}"] for key in ("psa", "cpr", "cdr", "sda", "severity")}
    made = {
        key: f'=IF({terms_used[rival(key)]}>0,"",{cell})' if key in ("psa", "cdr")
        else f'=IF({cell}>0,{cell},"")' if rival(key)
        else f"={cell}"
        for key, cell in terms_used.items()
    }  # fmt: skip
    made["first_callable"] = "=FirstCallableMonth"
    made["losses"] = formulas.cells("MAX({W.cumulative_losses~})-{start.losses}", data.sheet, ScenarioRow.LIVE)
    for key, formula in made.items():
        letter, number_format = data.letter(key), data.column(key).number_format
        put(sheet[f"{letter}{ScenarioRow.LIVE}"], formula, style_of(formula), number_format, align="right")
        for row in (ScenarioRow.BASE, ScenarioRow.GRID):
            put(sheet[f"{letter}{row}"], None, "Constant", number_format, align="right")
    shown = f"=INDEX({RESULTS.absolute('wal_month')},{number})"
    put(sheet[lives[ScenarioRow.LIVE]], shown, "Link", "0.000", align="right")
    put(sheet[lives[ScenarioRow.BASE]], None, "Constant", "0.000", align="right")
    now, base = lives[ScenarioRow.LIVE], lives[ScenarioRow.BASE]
    put(
        sheet[lives[ScenarioRow.DIFFERENCE]],
        f"=IF(ISNUMBER({now}),IF(ISNUMBER({base}),{now}-{base},0),0)",
        "Formula",
        '[>=0.0000005]0.000000;[<=-0.0000005]-0.000000;"-"',
        align="right",
    )
    put(sheet[f"A{ScenarioRow.HEADING}"], "the engine's grid", "Section")
    put(sheet[lives[ScenarioRow.HEADING]], None, "Label")
    put(sheet[f"A{ScenarioRow.GRID}"], "scenario", "Label")
    put(sheet[lives[ScenarioRow.GRID]], None, "Constant", "0.000", align="right")
    name(book, "block.Scenarios", data.sheet, f"A{ScenarioRow.GRID}:{lives[ScenarioRow.GRID]}")
    name(book, "row.scenario", data.sheet, f"A{ScenarioRow.GRID}")
    name(book, "row.result", data.sheet, lives[ScenarioRow.NUMBER])
    _inputs(book, sheet, outside, formulas)
    sheet.print_area = f"A1:{lives[ScenarioRow.GRID]}"


def _inputs(book: Workbook, sheet: Worksheet, outside: dict[str, str], formulas: Formulas) -> None:
    """The inputs that the grid was computed from beside those of now: while none differs, base and live must agree."""
    data = INPUTS
    band(sheet, data.header, data.labels, left=data.texts)
    put(sheet[f"{data.letter('input')}{data.header - 1}"], "Inputs of the grid", "Section")
    lines = [(one.label, formulas.cells(one.formula, data.sheet, 0)) for one in INPUT_SUMS]
    for key, reference in outside.items():
        if key.startswith("a.") and key.removeprefix("a.") not in SUMMED:
            lines.append((key.removeprefix("a."), f"={reference}"))
    for k, (label, formula) in enumerate(lines):
        put(sheet[data.cell("input", k)], label, "Label")
        put(sheet[data.cell("now", k)], formula, style_of(formula), "General", align="right")
    name(book, "row.inputs.sums", data.sheet, data.cell("input"))
    name(book, "row.inputs.terms", data.sheet, data.cell("input", len(INPUT_SUMS)))
    for k in range(len(lines)):
        put(sheet[data.cell("computed", k)], None, "Constant", "General", align="right")
        now, computed = data.cell("now", k), data.cell("computed", k)
        changed = f"=IF(ABS({now}-{computed})>{outside['std.tolerance']}*MAX(1,ABS({computed})),1,0)"
        put(sheet[data.cell("changed", k)], changed, "Formula", "0", align="center")
        own, before = data.cell("input", k), data.cell("names", k - 1)
        comma = f'IF({before}="","",", ")&' if k else ""
        kept = f"{before}&" if k else ""
        named = f'={kept}IF({data.cell("changed", k)}=1,{comma}{own},"")'
        put(sheet[data.cell("names", k)], named, "Formula")
    put(sheet[data.cell("input", -1)], "inputs changed since the grid was computed", "Note")
    changes = f"=SUM({data.cell('changed')}:{data.cell('changed', len(lines) - 1)})"
    put(sheet[data.cell("changed", -1)], changes, "Formula", "0", align="center")
    put(sheet[GRID_STATUS], _grid_status(len(lines)), "Formula")
    sheet.conditional_formatting.add(GRID_STATUS, red("GridChanges>0"))
    name(book, "GridChanges", data.sheet, data.cell("changed", -1))
    name(book, "GridStatus", data.sheet, GRID_STATUS)
    life, row = SCENARIOS.letter("life"), ScenarioRow.DIFFERENCE
    lives = f"${life}{row}:${life}{row}"
    largest = f"=IF({data.cell('changed', -1)}=0,MAX(MAX({lives}),0-MIN({lives})),0)"
    put(sheet[LARGEST], largest, "Formula", '0.000000000;-0.000000000;"-"')
    put(sheet[f"{SCENARIOS.letter('losses')}{row}"], "largest, if no input changed", "Note", align="right")
    sheet.column_dimensions["I"].width = 12
    name(book, "row.Scenarios.base", data.sheet, LARGEST)


def _grid_status(lines: int) -> str:
    """Whether the grid is of the inputs that the sheets have now, and if not, which have changed."""
    changes, names = INPUTS.cell("changed", -1), INPUTS.cell("names", lines - 1)
    words = '"of the inputs as they are: nothing has changed since it was computed"'
    return f'=IF({changes}=0,{words},"OUT OF DATE, changed since it was computed: "&{names})'


def functions(book: Workbook, formulas: Formulas) -> None:
    """One live call of every worksheet function beside the same number from plain formulas."""
    data = CALLS
    sheet = frame(book, data.sheet, data.widths)
    for key, label, value, says in EXAMPLE_INPUTS:
        put(sheet[EXAMPLES.cell("label", key)], label, "Label")
        put(sheet[EXAMPLES.cell("says", key)], says, "Unit")
        put(sheet[EXAMPLES.cell("value", key)], value, "Assumption", "0" if value else "General", align="right")
    put(sheet[EXAMPLES.cell("row", "class")], f"={result_row('class')}", "Formula", "0", align="center")
    put(sheet[EXAMPLES.cell("note", "class")], "row of Results", "Note")
    put(sheet[EXAMPLES.cell("label", "priced")], "priced class", "Label")
    says = "a class that pays interest or principal only, so that its cash is one column"
    put(sheet[EXAMPLES.cell("says", "priced")], says, "Unit")
    owner = f"=Waterfall!{AT['io_paid']}${MonthlyRow.OWNER}"
    put(sheet[EXAMPLES.cell("value", "priced")], owner, "Link", align="right")
    put(sheet[EXAMPLES.cell("row", "priced")], f"={result_row('priced')}", "Formula", "0", align="center")
    put(sheet[EXAMPLES.cell("note", "priced")], "row of Results", "Note")
    band(sheet, data.header, data.labels, left=data.texts)
    for k, (called, says, live, plain, number_format) in enumerate(LIVE_CALLS):
        put(sheet[data.cell("function", k)], called, "Label")
        put(sheet[data.cell("says", k)], says, "Unit")
        made = {key: formulas.cells(text, data.sheet, 0) for key, text in (("live", live), ("plain", plain))}
        put(sheet[data.cell("live", k)], made["live"], "Formula", number_format, align="right")
        put(sheet[data.cell("plain", k)], made["plain"], style_of(made["plain"]), number_format, align="right")
        difference = f"=ROUND({data.cell('live', k)}-{data.cell('plain', k)},6)"
        put(sheet[data.cell("difference", k)], difference, "Formula", '0.000000;-0.000000;"-"', align="right")
        put(sheet[data.cell("typed", k)], None, "Note")
    name(book, "row.function", data.sheet, data.cell("function"))
    name(book, "row.function_class", data.sheet, EXAMPLES.cell("value", "class"))
    put(
        sheet[f"A{FrameRow.NOTE}"],
        "The functions come with an add-in (see the user guide); without it they show #NAME? once this workbook is recalculated.",
        "Note",
    )
    sheet.print_area = f"A1:{data.cell('typed', len(LIVE_CALLS) - 1)}"
