"""Results and Functions in the template, and the tables of Set-up behind Results."""

import charts
from look import band, first_line, frame, heading, name, put
from make_projection import Kinds, heading_at, style_of
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from xlremic.workbook.class_months import CHOICE, from_start, months
from xlremic.workbook.layout import SETUP, FrameRow, MonthlyRow, quoted
from xlremic.workbook.projection_columns import WATERFALL, Formulas, places
from xlremic.workbook.results_columns import (
    CALLS,
    DECREMENT,
    EXAMPLE_INPUTS,
    EXAMPLES,
    LIVE_CALLS,
    RESULTS,
    result_row,
)
from xlremic.workbook.setup_columns import CHART, SEARCHED, SPAN, SPANS, SPREAD, YIELDS

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
