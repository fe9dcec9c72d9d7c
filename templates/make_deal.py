"""Makes templates/deal.xlsx: labels, styles, print set-up and the prototype formulas of one pool and one class.

Run ``python templates/make_deal.py`` after a change of a sheet's data in ``xlremic/workbook`` or of this script; a test tells when the
template is behind. A range that spans a prototype exactly (``G8:G8``) is stretched over all its copies when a deal is
filled in, so totals are written over such ranges.
"""

import re
from pathlib import Path

import charts
import make_class
import make_cover
import make_projection
import make_results
import make_scenarios
import make_termination
from look import (
    FAMILY,
    GREY,
    NAVY,
    alarm,
    band,
    closed,
    closed_rows,
    column_names,
    figures,
    frame,
    heading,
    name,
    put,
    styles,
    table,
    themed,
)
from make_assumptions import outside_of_terms
from make_projection import Kinds
from openpyxl import Workbook
from openpyxl.chart import BarChart
from openpyxl.chart.data_source import AxDataSource, NumDataSource, NumRef
from openpyxl.chart.series import Series, SeriesLabel, StrRef, attribute_mapping
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.worksheet import Worksheet

from xlremic.reading.tieout import BALANCE
from xlremic.workbook.class_columns import (
    BEHIND,
    CALL,
    CALL_LINES,
    CHECKS,
    CLASSES_SUM,
    CLASSES_SUM_ROW,
    FAILED_WORDS,
    HEADLINE,
    HEADLINE_LINES,
    HEADLINE_NOTES,
    LOOK,
    NOT_EVALUATED,
    NOT_EVALUATED_ROW,
    NOT_EVALUATED_WORDS,
    PRINTED_OF_CHECKS,
    PRINTED_OF_SOURCE,
    SOURCE,
    SOURCE_NOTES,
    SUMMARY,
    SUMMARY_CHECKS,
    SUMMARY_FACTS,
    SUMMARY_RESIDUALS,
    TRANCHES,
)
from xlremic.workbook.filing_rows import (
    LOSS_LIMITS,
    LOSS_LIMITS_SHEET,
    MEASURES,
    SHEETS,
    CalculatedRow,
    FactRow,
    loss_limits_row,
    measure_rows,
)
from xlremic.workbook.layout import SHEETS as ALL_SHEETS
from xlremic.workbook.projection_columns import SHEETS as SHEETS_BY_MONTH
from xlremic.workbook.projection_columns import Formulas
from xlremic.workbook.summary_rows import (
    SENTENCE,
    SENTENCE_ROW,
    SPEED_CELL,
    SUMMARY_CLASSES,
    TILE_ROW,
    TILES,
)

ROUNDING = {
    "USD": 2,
    "dollars": 2,
    "loans": 0,
    "score": 6,
    "months": 12,
    "rate": 12,
    "ltv": 12,
    "share": 12,
    "years": 2,
}
UNITS = {"dollars": "USD", "rate": "%", "share": "%", "ltv": "%", "loans": "number", "text": "", "fraction": "of one"}
PRECISE = {"rate": "0.00000%", "ltv": "0.000%", "share": "0.000%", "months": "0.00000"}
DIFFERENCES = {"dollars": '#,##0;-#,##0;"-"', "rate": '0.000000%;-0.000000%;"-"', "ltv": '0.0000%;-0.0000%;"-"', "share": '0.000%;-0.000%;"-"',
               "months": '0.000000;-0.000000;"-"', "loans": '0;-0;"-"', "years": '0.00;-0.00;"-"'}  # fmt: skip
"""Number formats of recomputed figures and of differences, finer than what the filing prints."""
POOL_COLUMN, WHOLE_COLUMN, PARTS_COLUMN, DIFFERENCE_COLUMN = (
    MEASURES["Pools"].letter(key) for key in ("pool", "whole", "parts", "difference")
)


Places = dict[str, tuple[str, int]]


def measures(book: Workbook, title: str, places: Places) -> None:
    """Pools and Underwriting: a row per measure, a column for all mortgage loans, then a column per pool."""
    data = MEASURES[title]
    sheet = frame(book, title, data.widths)
    band(sheet, data.header, data.labels, left=data.texts)
    if title == "Pools":
        name(book, "row.pool_label", title, f"{POOL_COLUMN}{data.header}")
    row = data.row()
    for section, section_rows in SHEETS[title]:
        first = places[section_rows[0].anchor.removeprefix("row.")][1]
        if section.startswith("Ratio"):
            servicing_fee(sheet, first - 1)
            heading(sheet, first - 2, section)
        else:
            heading(sheet, first - 1, section)
        for row, measure in enumerate(section_rows, first):
            name(book, measure.anchor, title, f"{POOL_COLUMN}{row}")
            put(sheet[f"{data.letter('measure')}{row}"], measure.label, "Label")
            put(sheet[f"{data.letter('unit')}{row}"], UNITS.get(measure.unit, measure.unit), "Unit")
            put(sheet[f"{data.letter('bound')}{row}"], None, "Unit")
            if isinstance(measure, FactRow):
                fact_row(sheet, row, measure, places)
            else:
                calculated_row(sheet, row, measure, places)
    if title == LOSS_LIMITS_SHEET:
        loss_limits(book, sheet, places)
    closed_rows(sheet, first - 1, row)
    name(book, f"block.{title}", title, f"{POOL_COLUMN}{data.header}:{POOL_COLUMN}{row}")
    sheet.print_area = f"A1:{POOL_COLUMN}{row}"


def loss_limits(book: Workbook, sheet: Worksheet, places: Places) -> None:
    data, row = MEASURES[sheet.title], loss_limits_row()
    heading(sheet, row, "Loss limits")
    balance_sheet, balance_row = places[BALANCE]
    for key, label in LOSS_LIMITS:
        row += 1
        put(sheet[f"{data.letter('measure')}{row}"], label, "Label")
        put(sheet[f"{data.letter('unit')}{row}"], "USD", "Unit")
        put(sheet[f"{data.letter('whole')}{row}"], None, "Fact", "USD", align="right")
        name(book, f"row.{key}", sheet.title, f"{WHOLE_COLUMN}{row}")
        over = f"=MAX(0,{WHOLE_COLUMN}{row}-{balance_sheet}!{WHOLE_COLUMN}{balance_row})"
        put(sheet[f"{data.letter('difference')}{row}"], over, "Formula", DIFFERENCES["dollars"])
        name(book, f"row.{key}_excess", sheet.title, f"{DIFFERENCE_COLUMN}{row}")


def servicing_fee(sheet: Worksheet, row: int) -> None:
    data = MEASURES[sheet.title]
    put(sheet[f"{data.letter('measure')}{row}"], "Servicing fee", "Label")
    put(sheet[f"{data.letter('unit')}{row}"], "%", "Unit")
    put(sheet[f"{data.letter('bound')}{row}"], "assumption", "Unit")
    put(sheet[f"{data.letter('whole')}{row}"], "=UsedServicingFee", "Link", "rate")


def calculated_row(sheet: Worksheet, row: int, measure: CalculatedRow, places: Places) -> None:
    whole = measure.formula if measure.whole == "same" else measure.whole
    for column, formula in ((POOL_COLUMN, measure.formula), (WHOLE_COLUMN, whole)):
        if formula:
            style = "Link" if re.fullmatch(r"\{[^{}]+!\}", formula) else "Formula"
            put(sheet[f"{column}{row}"], "=" + expanded(formula, column, sheet.title, places), style,
                DIFFERENCES.get(measure.unit, measure.unit) if measure.difference else measure.unit)  # fmt: skip


def fact_row(sheet: Worksheet, row: int, fact: FactRow, places: Places) -> None:
    pools = f"{POOL_COLUMN}{row}:{POOL_COLUMN}{row}"
    put(sheet[f"{POOL_COLUMN}{row}"], None, "Fact", fact.unit)
    put(sheet[f"{WHOLE_COLUMN}{row}"], None, "Fact", fact.unit)
    if not fact.total:
        return
    balance_sheet, balance_row = places[BALANCE]
    own = "" if balance_sheet == sheet.title else f"{balance_sheet}!"
    weights = f"{own}{POOL_COLUMN}${balance_row}:{POOL_COLUMN}${balance_row}"
    whole, parts = f"{WHOLE_COLUMN}{row}", f"{PARTS_COLUMN}{row}"
    digits = ROUNDING[fact.unit]
    formulas = {
        "sum": (f"=SUM({pools})", f"=ROUND({parts}-{whole},{digits})"),
        "average": (f"=SUMPRODUCT({weights},{pools})/SUM({weights})", f"=ROUND({parts}-{whole},{digits})"),
        "least": (f"=MIN({pools})", f"=ROUND({parts}-{whole},{digits})"),
        "most": (f"=MAX({pools})", f"=ROUND({parts}-{whole},{digits})"),
        "largest": (f"=SUM({pools})", f"=MAX(0,MAX({pools})-{whole},{whole}-{parts})"),
    }
    put(sheet[f"{PARTS_COLUMN}{row}"], formulas[fact.total][0], "Formula", PRECISE.get(fact.unit, fact.unit))
    put(sheet[f"{DIFFERENCE_COLUMN}{row}"], formulas[fact.total][1], "Formula", DIFFERENCES.get(fact.unit, fact.unit))


def expanded(formula: str, column: str, sheet: str, places: Places) -> str:
    """Row names in braces to cells of that column."""

    def cell(match: re.Match[str]) -> str:
        called = match[1].rstrip("!:^")
        home, row = places[called]
        own = "" if home == sheet else f"{home}!"
        if match[1].endswith("^"):
            return f"{own}${WHOLE_COLUMN}{row}"
        return f"{own}{POOL_COLUMN}{row}:{POOL_COLUMN}{row}" if match[1].endswith(":") else f"{own}{column}{row}"

    return re.sub(r"\{([^{}]+)\}", cell, formula)


def tranches(book: Workbook, formulas: Formulas) -> None:
    data = TRANCHES
    sheet = frame(book, data.sheet, data.widths)
    table(book, data, formulas, "All classes")
    sheet.row_dimensions[data.header].height = 42
    put(sheet[f"{data.letter('class')}{CLASSES_SUM_ROW}"], "less pool balance", "Note")
    difference = f"{data.letter('initial')}{CLASSES_SUM_ROW}"
    put(sheet[difference], formulas.of_table(data, CLASSES_SUM, data.totals), "Formula", "USD")
    name(book, "row.classes_sum", data.sheet, difference)
    name(book, f"block.{data.sheet}", data.sheet, data.span())
    name(book, "row.level_difference", data.sheet, data.cell("level_difference"))
    column_names(book, data)
    closed(sheet, *map(data.letter, BEHIND))
    levels_chart(sheet, data.row() + 2, 24, 8)
    sheet.print_area = f"A1:{data.letters[-1]}{data.row() + 21}"


def call(book: Workbook, formulas: Formulas) -> None:
    sheet = frame(book, CALL.sheet, CALL.widths)
    band(sheet, CALL.header, CALL.labels, left=CALL.texts)
    figures(book, CALL, CALL_LINES, formulas)
    sheet.conditional_formatting.add(CALL.cell("value", "callable"), alarm("Callable"))
    sheet.print_area = f"A1:{CALL.letters[-1]}{CALL.row(len(CALL_LINES) - 1)}"


def checks(book: Workbook, formulas: Formulas) -> None:
    data = CHECKS
    sheet = frame(book, data.sheet, data.widths)
    table(book, data, formulas)
    flag, words = (data.letter(key) for key in ("flag", "unit"))
    put(sheet[f"{words}{data.totals}"], FAILED_WORDS, "Total")
    put(sheet[f"{words}{NOT_EVALUATED_ROW}"], NOT_EVALUATED_WORDS, "Unit")
    lacking = f"{flag}{NOT_EVALUATED_ROW}"
    put(sheet[lacking], formulas.of_table(data, NOT_EVALUATED, NOT_EVALUATED_ROW), "Formula", "0", align="center")
    sheet[data.cell("says")].alignment = Alignment(wrap_text=True, vertical="center")
    flagged, status = (f"${data.cell(key)}" for key in ("flag", "status"))
    sheet.conditional_formatting.add(data.span(), alarm(f'OR({flagged}=1,{status}="{LOOK}")'))
    name(book, "block.Checks", data.sheet, data.span())
    name(book, "ChecksFailed", data.sheet, f"{flag}{data.totals}")
    name(book, "ChecksNotEvaluated", data.sheet, lacking)
    name(book, "ChecksStatus", data.sheet, f"{data.letter('status')}{data.totals}")
    sheet.print_area = f"A1:{data.letter(PRINTED_OF_CHECKS)}{data.row()}"


def source(book: Workbook, formulas: Formulas) -> None:
    data = SOURCE
    sheet = frame(book, data.sheet, data.widths)
    for called, row in SOURCE_NOTES.items():
        put(sheet[f"A{row}"], called.removeprefix("source_"), "Note")
        name(book, f"row.{called}", data.sheet, f"A{row}")
    table(book, data, formulas)
    for column in data.columns:
        indent = int(column.key in ("unit", "qualifier"))
        sheet[data.cell(column.key)].alignment = Alignment(
            horizontal=column.align or None, vertical="center", indent=indent
        )
    sheet.auto_filter.ref = f"A{data.header}:{data.letters[-1]}{data.row()}"
    name(book, "block.Source", data.sheet, data.span())
    name(book, "SourceFacts", data.sheet, f"A{data.header}:{data.letters[-1]}{data.row()}")
    sheet.print_area = f"A1:{data.letter(PRINTED_OF_SOURCE)}{data.row()}"


def summary(book: Workbook, formulas: Formulas) -> None:
    sheet = frame(book, SUMMARY.sheet, SUMMARY_CLASSES.widths)
    tiles(book, sheet, formulas)
    table(book, SUMMARY_CLASSES, formulas)
    name(book, "block.SummaryClasses", SUMMARY.sheet, SUMMARY_CLASSES.span("class", "yield"))
    levels_chart(sheet, SUMMARY_CLASSES.row() + 2, 10.6, 8.5)
    sheet.add_chart(charts.balances(11.0, 8.5), f"E{SUMMARY_CLASSES.row() + 2}")
    for column in range(1, SUMMARY_CLASSES.number("yield") + 1):
        sheet.cell(SUMMARY.header, column).style = "Band"
    for data in (SUMMARY, HEADLINE):
        put(sheet[f"{data.letter('label')}{data.header}"], data.column("label").label, "Band", align="left")
    for key, label in SUMMARY_FACTS:
        put(sheet[SUMMARY.cell("label", key)], label, "Label")
        put(sheet[SUMMARY.cell("value", key)], None, "Fact", "date" if key.endswith("date") else "", align="left")
        name(book, f"row.{key}", SUMMARY.sheet, SUMMARY.cell("value", key))
    name(book, "CutOffDate", SUMMARY.sheet, SUMMARY.cell("value", "cut_off_date"))
    figures(book, HEADLINE, HEADLINE_LINES, formulas, align="left")
    for row, key in enumerate(HEADLINE_NOTES, SUMMARY.row(len(SUMMARY.lines))):
        put(sheet[f"A{row}"], None, "Note")
        name(book, f"row.{key}", SUMMARY.sheet, f"A{row}")
    residuals = SUMMARY_RESIDUALS
    heading(sheet, residuals.header, residuals.column("label").label, "A", SUMMARY_CLASSES.letter("yield"))
    facts = {key: f"{SUMMARY.sheet}!{SUMMARY.cell('value', key)}" for key in SUMMARY.lines}
    figures(book, residuals, SUMMARY_CHECKS, Formulas({**formulas.outside, **facts}), align="left")
    last = residuals.row(len(residuals.lines) - 1)
    closed_rows(sheet, residuals.header, last)
    right = SUMMARY_CLASSES.letter("yield")
    name(book, "below.SummaryClasses", SUMMARY.sheet, f"A{SUMMARY.header}:{right}{last}")
    sheet.print_area = f"A1:{right}{last}"


def tiles(book: Workbook, sheet: Worksheet, formulas: Formulas) -> None:
    """Four large figures, and the terms of the projection in a sentence."""
    put(sheet[f"A{SENTENCE_ROW}"], formulas.cells(SENTENCE, sheet.title, SENTENCE_ROW), "Formula")
    name(book, "projected.sentence", sheet.title, f"A{SENTENCE_ROW}")
    for tile in TILES:
        columns = range(sheet[f"{tile.first}1"].column, sheet[f"{tile.last}1"].column + 1)
        for row in range(TILE_ROW, TILE_ROW + 5):
            for column in columns:
                sheet.cell(row, column).style = "Total"
        for row in range(TILE_ROW, TILE_ROW + 5):
            sheet.merge_cells(f"{tile.first}{row}:{tile.last}{row}")
        put(sheet[f"{tile.first}{TILE_ROW}"], tile.caption, "Total").font = Font(
            name=FAMILY, size=10, color=themed(GREY)
        )
        large = put(sheet[f"{tile.first}{TILE_ROW + 1}"], f"={tile.large[0]}", "Total", tile.large[1], align="left")
        large.font = Font(name=FAMILY, size=16, bold=True, color=themed(NAVY))
        for row, (formula, number_format) in enumerate(tile.lines, TILE_ROW + 2):
            made = formulas.cells(formula, sheet.title, row)
            line = put(sheet[f"{tile.first}{row}"], made, "Total", number_format, align="left")
            line.font = Font(name=FAMILY, size=10)
        divided = Border(right=Side(style="thick", color="FFFFFF"))
        for row in range(TILE_ROW, TILE_ROW + 5):
            sheet.cell(row, columns[-1]).border = divided
    sheet.row_dimensions[TILE_ROW + 1].height = 24
    name(book, "SpeedInWords", sheet.title, SPEED_CELL)
    name(book, "projected.speed", sheet.title, f"{SPEED_CELL[0]}{TILE_ROW + 3}:{SPEED_CELL}")


def levels_chart(sheet: Worksheet, row: int, width: float, height: float) -> None:
    """The level of every class at issue and now."""
    chart = BarChart()
    chart.type, chart.style, chart.grouping = "col", 10, "clustered"
    heading_font = CharacterProperties(sz=1100, b=True, solidFill=NAVY)
    chart.title = Title(
        tx=Text(
            rich=RichText(
                p=[
                    Paragraph(
                        pPr=ParagraphProperties(defRPr=heading_font),
                        r=[
                            RegularTextRun(
                                rPr=heading_font,
                                t="Subordination level of each class",
                            )
                        ],
                    )
                ]
            )
        ),
        overlay=False,
    )
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="D9D9D9"))
    for key, color in (("level_shown", NAVY), ("level", "9DB2D6")):
        series = Series(
            idx=len(chart.series),
            order=len(chart.series),
            tx=SeriesLabel(strRef=StrRef(f"{TRANCHES.sheet}!${TRANCHES.letter(key)}${TRANCHES.header}")),
            val=NumDataSource(numRef=NumRef(f=TRANCHES.absolute(key))),
            cat=AxDataSource(strRef=StrRef(TRANCHES.absolute("class"))),
            spPr=GraphicalProperties(solidFill=color),
        )
        series.__elements__ = attribute_mapping["bar"]
        chart.series.append(series)
    chart.y_axis.number_format, chart.y_axis.title = "0.0%", "share of all classes"
    chart.x_axis.title = "class"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.legend.position = "b"
    chart.gapWidth, chart.overlap = 60, 0
    chart.width, chart.height = width, height
    sheet.add_chart(chart, f"A{row}")


def make(path: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title in ALL_SHEETS:
        book.create_sheet(title)
    styles(book)
    places = measure_rows()
    measures(book, "Pools", places)
    outside = {f"all.{measure}": f"{title}!{WHOLE_COLUMN}{row}" for measure, (title, row) in places.items()}
    outside["classes_sum"] = f"{TRANCHES.sheet}!{TRANCHES.letter('initial')}{CLASSES_SUM_ROW}"
    outside |= outside_of_terms() | {"ranks": TRANCHES.absolute("rank")}
    formulas = Formulas(outside)
    tranches(book, formulas)
    measures(book, "Underwriting", places)
    call(book, formulas)
    make_termination.termination(book, formulas)
    kinds = Kinds({})
    make_cover.cover(book)
    make_cover.history(book, formulas)
    pool_cells = {field: f"{home}!${POOL_COLUMN}${at}:${POOL_COLUMN}${at}" for field, (home, at) in places.items()}
    make_projection.set_up(book, pool_cells, outside, kinds)
    summary(book, formulas)
    for title in SHEETS_BY_MONTH:
        make_projection.projection_sheet(book, title, outside, kinds)
    make_results.set_up(book, outside, kinds)
    make_results.results(book, formulas)
    make_class.class_months(book, formulas)
    make_scenarios.scenarios(book, outside, formulas, kinds)
    make_results.functions(book, formulas)
    kinds.write(book)
    checks(book, formulas)
    source(book, formulas)
    book.calculation.fullCalcOnLoad = True
    book.properties.creator = "xlremic"
    book.properties.title = "Mortgage certificates: a live deal model"
    book.active = 0
    book.save(path)


if __name__ == "__main__":
    make(Path(__file__).with_name("deal.xlsx"))
