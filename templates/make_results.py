"""Results and Scenarios in the template: what the projection comes to, and the engine's grid beside it."""

import charts
from look import band, first_line, frame, heading, name, put, red
from make_projection import Kinds, heading_at, style_of
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from xlremic.workbook.class_months import CHOICE, from_start, months
from xlremic.workbook.input_sums import INPUT_SUMS
from xlremic.workbook.layout import SETUP, FrameRow, MonthlyRow, quoted
from xlremic.workbook.names import POOL_TERMS
from xlremic.workbook.projection_columns import WATERFALL, Formulas, places
from xlremic.workbook.results_columns import (
    CALLS,
    DECREMENT,
    EXAMPLE_INPUTS,
    EXAMPLES,
    INPUTS,
    LIVE_CALLS,
    RESULTS,
    SCENARIOS,
    ScenarioRow,
    result_row,
)
from xlremic.workbook.setup_columns import CHART, SEARCHED, SPAN, SPANS, SPREAD, YIELDS
from xlremic.workbook.term_rows import rival

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
AT = places(WATERFALL)
CHART_COLUMNS = "AEIM"
"""Columns of Results that the charts begin in, side by side."""


def set_up(book: Workbook, outside: dict[str, str], kinds: Kinds) -> None:
    """The tables of Set-up behind Results, and what other formulas take from them."""
    sheet, formulas = book[SETUP], Formulas(outside)
    outside |= {f"R.{key}": f"{RESULTS.sheet}!{RESULTS.cell(key)}" for key in RESULTS.keys}
    outside["Y.found"] = f"{quoted(SETUP)}!{YIELDS.cell(SEARCHED[-1])}"
    outside |= {f"span.{key}": f"{quoted(SETUP)}!${SPAN.letter('value')}${SPAN.row(key)}" for key in SPAN.lines}
    outside |= {"class.ending": from_start("ending")} | {
        f"class.{key}": months(key) for key in ("interest", "principal")
    }
    for table in (YIELDS, CHART, SPAN):
        for letter, width in table.widths.items():
            sheet.column_dimensions[letter].width = width
        band(sheet, table.header, table.labels, left=table.texts)
    heading_at(sheet, YIELDS.letter("class"), "Classes: columns of Waterfall, search for the yield (growth a year)")
    first_line(sheet, YIELDS, formulas, [key for key in YIELDS.keys if key])
    name(book, "block.Yields", SETUP, YIELDS.span("class", SEARCHED[-1]))
    _points(sheet, formulas, kinds)
    heading_at(sheet, SPAN.letter("name"), "How far the charts reach")
    for key, value, unit, says in SPANS:
        row, made = SPAN.row(key), isinstance(value, str)
        shown = formulas.cells(str(value), SETUP, row) if made else value
        put(sheet[SPAN.cell("name", key)], key, "Label")
        put(sheet[SPAN.cell("value", key)], shown, "Formula" if made else "Constant", "General", align="right")
        put(sheet[SPAN.cell("unit", key)], unit, "Unit")
        put(sheet[SPAN.cell("says", key)], says, "Unit")


def _points(sheet: Worksheet, formulas: Formulas, kinds: Kinds) -> None:
    """What the charts draw, a line a step of time."""
    heading_at(sheet, CHART.letter("step"), "Points of the charts")
    for key, kind in SPREAD.items():
        kinds.add(kind, SETUP, CHART.letter(key))
        owner = f"Waterfall!{AT['senior_balance' if key == 'senior' else key]}${MonthlyRow.OWNER}"
        put(sheet[f"{CHART.letter(key)}{CHART.header}"], f'=IF({owner}="","none",{owner})', "Band", align="center")
    put(sheet[f"{CHART.letter('chosen')}{CHART.header}"], f"=Class!{CHOICE}", "Band", align="center")
    for k, line in enumerate(CHART.lines):
        for column in CHART.columns:
            if column.key:
                made = formulas.of_table(CHART, column.formula, CHART.row(line)) if column.formula else ""
                style = style_of(made) if made else column.style
                put(sheet[CHART.cell(column.key, line)], made or k, style, column.number_format, column.align)


def results(book: Workbook, formulas: Formulas) -> None:
    """One row a class, the charts, and the decrement table."""
    data = RESULTS
    sheet = frame(book, data.sheet, data.widths)
    band(sheet, data.header, data.labels, left=data.texts)
    sheet.row_dimensions[data.header].height = 42
    says = '=IF(InputsInError>0,"Nothing is projected: an input is in error, see Assumptions","At the terms of Assumptions, from the balances of Tranches")'
    put(sheet[f"A{data.header - 1}"], says, "Subtitle")
    first_line(sheet, data, formulas, data.keys)
    name(book, "block.Results", data.sheet, data.span())
    below = data.row() + 2
    for k, (made, width) in enumerate(
        ((charts.balances, 8.8), (charts.factor, 8.6), (charts.sources, 8.6), (charts.levels, 8.6))
    ):
        sheet.add_chart(made(width), f"{CHART_COLUMNS[k]}{below}")
    decrement(book, sheet, formulas)


def decrement(book: Workbook, sheet: Worksheet, formulas: Formulas) -> None:
    """Years downwards, a column a class; it moves down with the classes above it."""
    data, first = DECREMENT, DECREMENT.letter("share")
    top, lives = data.header - 1, data.header + 1
    says = "Decrement table: what is left of a class after so many years, of its balance at the start; * is less than half a per cent"
    heading(sheet, top, says, last=RESULTS.letter("number"))
    band(sheet, data.header, {data.letter(key): data.column(key).label for key in ("year", "date")}, left=data.texts)
    put(sheet[f"{first}{data.header}"], f"=${RESULTS.cell('class')}", "Band", align="center")
    for letter in data.texts:
        put(sheet[f"{letter}{lives}"], "Average life, years" if letter == "A" else None, "Total")
    put(sheet[f"{first}{lives}"], f"=${RESULTS.cell('wal_month')}", "Total", "0.00", align="right")
    first_line(sheet, data, formulas, data.keys)
    name(book, "block.DecrementClasses", data.sheet, f"{first}{data.header}:{data.cell('share')}")
    name(book, "block.Decrement", data.sheet, data.span())
    name(book, "below.Results", data.sheet, f"A{top}:{RESULTS.letter('number')}{data.row()}")
    name(book, "row.decrement", data.sheet, data.cell("share"))
    sheet.print_area = f"A1:{RESULTS.letter('number')}{data.row()}"


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
    for letter in data.letters[data.keys.index("typed") + 1 :]:  # a call is longer than its column
        sheet[f"{letter}{data.header}"].style = "Band"
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
    sheet.print_area = f"A1:{data.letters[-1]}{data.row(len(LIVE_CALLS) - 1)}"
