"""Makes templates/deal.xlsx: labels, styles, print set-up and the prototype formulas of one pool and one class.

Run ``python templates/make_deal.py`` after a change of a sheet's data in ``xlremic/workbook`` or of this script; a test tells when the
template is behind. A range that spans a prototype exactly (``G8:G8``) is stretched over all its copies when a deal is
filled in, so totals are written over such ranges.
"""

import re
from dataclasses import fields
from pathlib import Path

import make_projection
import make_results
from look import NAVY, ORDER, band, frame, heading, name, put, styles
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
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xlremic.engine.assumptions import Assumptions
from xlremic.reading.tieout import BALANCE
from xlremic.workbook.filing_rows import LOSS_LIMITS, SHEETS, CalculatedRow, FactRow
from xlremic.workbook.names import DEAL_POOLS, DEAL_TERMS, POOL_TERMS, TERMS
from xlremic.workbook.projection_columns import SHEETS as SHEETS_BY_MONTH

ROUNDING = {"USD": 2, "dollars": 2, "loans": 0, "months": 12, "rate": 12, "ltv": 12, "share": 12, "years": 2}
TERM_NAMES = {
    "psa": "PSA",
    "cpr": "CPR",
    "cdr": "CDR",
    "severity": "Severity",
    "servicing_fee_rate": "ServicingFee",
    "delinquency": "Delinquency",
}
UNITS = {"dollars": "USD", "rate": "%", "share": "%", "ltv": "%", "loans": "number", "text": "", "fraction": "of one"}
PRECISE = {"rate": "0.00000%", "ltv": "0.000%", "share": "0.000%", "months": "0.00000"}
DIFFERENCES = {"dollars": '#,##0;-#,##0;"-"', "rate": '0.000000%;-0.000000%;"-"', "ltv": '0.0000%;-0.0000%;"-"', "share": '0.000%;-0.000%;"-"',
               "months": '0.000000;-0.000000;"-"', "loans": '0;-0;"-"', "years": '0.00;-0.00;"-"'}  # fmt: skip
"""Number formats of recomputed figures and of differences, finer than what the filing prints."""
POOL_COLUMN, WHOLE_COLUMN, PARTS_COLUMN, DIFFERENCE_COLUMN = "G", "D", "E", "F"


Places = dict[str, tuple[str, int]]


def layout() -> Places:
    """Sheet and row of every measure; sections are set apart by an empty row and start with their heading."""
    places: Places = {}
    for title, sections in SHEETS.items():
        row = 7
        for section, section_rows in sections:
            row += 2 + section.startswith("Ratio")  # the servicing fee stands above its strips
            for measure in section_rows:
                places[measure.anchor.removeprefix("row.")] = title, row
                row += 1
    return places


def measures(book: Workbook, title: str, places: Places) -> None:
    """Pools and Underwriting: a row per measure, a column for all mortgage loans, then a column per pool."""
    sheet = frame(book, title, {"A": 40, "B": 11, "C": 15, "D": 19, "E": 19, "F": 14, "G": 19}, 6, "G")
    band(sheet, 6, {"A": "Measure", "B": "Unit", "C": "The filing says", "D": "All mortgage loans", "E": "From the pools",
                    "F": "Difference", "G": "Pool"}, left="ABC")  # fmt: skip
    if title == "Pools":
        name(book, "row.pool_label", title, "G6")
    row = 7
    for section, section_rows in SHEETS[title]:
        first = places[section_rows[0].anchor.removeprefix("row.")][1]
        if section.startswith("Ratio"):
            servicing_fee(sheet, first - 1)
            heading(sheet, first - 2, section)
        else:
            heading(sheet, first - 1, section)
        for row, measure in enumerate(section_rows, first):
            name(book, measure.anchor, title, f"{POOL_COLUMN}{row}")
            put(sheet[f"A{row}"], measure.label, "Label")
            put(sheet[f"B{row}"], UNITS.get(measure.unit, measure.unit), "Unit")
            put(sheet[f"C{row}"], None, "Unit")
            if isinstance(measure, FactRow):
                fact_row(sheet, row, measure, places)
            else:
                calculated_row(sheet, row, measure, places)
    if title == "Underwriting":
        row += 2
        heading(sheet, row, "Loss limits")
        for key, label in LOSS_LIMITS:
            row += 1
            put(sheet[f"A{row}"], label, "Label")
            put(sheet[f"B{row}"], "USD", "Unit")
            put(sheet[f"D{row}"], None, "Fact", "USD", align="right")
            name(book, f"row.{key}", title, f"D{row}")
            balance_sheet, balance_row = places[BALANCE]
            over = f"=MAX(0,D{row}-{balance_sheet}!{WHOLE_COLUMN}{balance_row})"
            put(sheet[f"F{row}"], over, "Formula", DIFFERENCES["dollars"])
            name(book, f"row.{key}_excess", title, f"F{row}")
    name(book, f"block.{title}", title, f"G6:G{row}")
    sheet.print_area = f"A1:G{row}"


def servicing_fee(sheet: Worksheet, row: int) -> None:
    put(sheet[f"A{row}"], "Servicing fee", "Label")
    put(sheet[f"B{row}"], "%", "Unit")
    put(sheet[f"C{row}"], "assumption", "Unit")
    put(sheet[f"D{row}"], "=ServicingFee", "Link", "rate")


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


def tranches(book: Workbook, places: Places) -> None:
    widths = {
        "A": 13,
        "B": 9,
        "C": 19,
        "D": 12,
        "E": 19,
        "F": 19,
        "G": 21,
        "H": 19,
        "I": 13,
        "J": 12,
        "K": 12,
        "L": 14,
        "M": 18,
    }
    sheet = frame(book, "Tranches", widths, 6, "M")
    band(sheet, 6, {
        "A": "Class", "B": "Rank", "C": "Initial principal balance, USD", "D": "Share at issue", "E": "Stated subordination level",
        "F": "Level at issue", "G": "Level less stated", "H": "Current principal balance, USD", "I": "Factor",
        "J": "Share now", "K": "Current level", "L": "Level gained since issue", "M": "Coupon (blended)",
    })  # fmt: skip
    sheet.row_dimensions[6].height = 42
    put(sheet["A7"], "All classes", "Total")
    for column in "BCDEFGHIJKLM":
        put(sheet[f"{column}7"], None, "Total")
    put(sheet["C7"], "=SUM(C9:C9)", "Total", "USD")
    put(sheet["D7"], "=SUM(D9:D9)", "Total", "0.000%")
    put(sheet["H7"], "=SUM(H9:H9)", "Total", "USD")
    put(sheet["I7"], "=IF(C7=0,0,H7/C7)", "Total", "0.00000000")
    put(sheet["J7"], "=SUM(J9:J9)", "Total", "0.000%")
    pool_sheet, balance_row = places[BALANCE]
    put(sheet["A8"], "less pool balance", "Note")
    put(sheet["C8"], f"=ROUND(C7-{pool_sheet}!{WHOLE_COLUMN}{balance_row},2)", "Formula", "USD")
    name(book, "row.classes_sum", "Tranches", "C8")
    put(sheet["A9"], "A", "Label")
    put(sheet["B9"], 1, "Constant", "0", align="center")
    put(sheet["C9"], 0, "Fact", "USD")
    put(sheet["D9"], "=IF(C$7=0,0,C9/C$7)", "Formula", "0.000%")
    put(sheet["E9"], 0, "Fact", "level")
    put(sheet["F9"], '=IF(C$7=0,0,SUMIF(B$9:B$9,">"&B9,C$9:C$9)/C$7)', "Formula", "level")
    put(sheet["G9"], "=F9-E9", "Formula", '0.00000000000000%;-0.00000000000000%;"-"')
    put(sheet["H9"], 0, "Fact", "USD")
    put(sheet["I9"], "=IF(C9=0,0,H9/C9)", "Formula", "0.00000000")
    put(sheet["J9"], "=IF(H$7=0,0,H9/H$7)", "Formula", "0.000%")
    put(sheet["K9"], '=IF(H$7=0,0,SUMIF(B$9:B$9,">"&B9,H$9:H$9)/H$7)', "Formula", "0.000%")
    put(sheet["L9"], "=K9-F9", "Formula", '0.000%;-0.000%;"-"')
    target_sheet, target_row = places["target_rate"]
    put(sheet["M9"], f"={target_sheet}!${WHOLE_COLUMN}${target_row}", "Link", "0.0000%")
    name(book, "block.Tranches", "Tranches", "A9:M9")
    name(book, "row.level_difference", "Tranches", "G9")
    for called, column in (
        ("Classes", "A"), ("InitialBalances", "C"), ("StatedSubordinationLevels", "E"), ("SubordinationLevelsAtIssue", "F"),
        ("CurrentBalances", "H"), ("SubordinationLevels", "K"),
    ):  # fmt: skip
        name(book, called, "Tranches", f"{column}9:{column}9")
    sheet.print_area = "A1:M9"


def call(book: Workbook, places: Places) -> None:
    sheet = frame(book, "Call", {"A": 44, "B": 21, "C": 12, "D": 78, "E": 12, "F": 12, "G": 18}, 6, "G")
    band(sheet, 6, {"A": "Clean-up call", "B": "Value", "C": "Unit", "D": "Where it comes from"}, left="ACD")
    pool_sheet, balance_row = places[BALANCE]
    lines: tuple[tuple[str, object, str, str, str, str, str], ...] = (
        ("As-of date", None, "Assumption", "date", "date", "AsOfDate", "input: the day of the current balances; the cut-off date at first"),
        ("Call percentage", 0.10, "Assumption", "%", "rate", "CallPercent",
         "assumption: 10% gives the threshold that the filing prints in dollars"),
        ("Cut-off balance", f"={pool_sheet}!{WHOLE_COLUMN}{balance_row}", "Link", "USD", "USD", "CutOffBalance", "Pools"),
        ("Threshold", "=ROUND(CallPercent*CutOffBalance,2)", "Formula", "USD", "USD", "CallThreshold", "rounded half up to the cent"),
        ("Threshold that the filing states", None, "Fact", "USD", "USD", "row.call_threshold", "filing: callable when less than this"),
        ("Percentage of the cut-off balance less stated", "=ROUND(CallPercent*CutOffBalance-B11,4)", "Formula", "USD",
         '0.0000;-0.0000;"-"', "row.call_difference", "unrounded; the filing rounds to the cent"),
        ("Sum of current class balances", "=SUM(CurrentBalances)", "Link", "USD", "USD", "", "Tranches"),
        ("Pool balance, if it differs", None, "Assumption", "USD", "USD", "ReportedPoolBalance",
         "input: leave empty to use the sum of the class balances"),
        ("Current pool balance", "=ROUND(IF(COUNT(B14)=0,B13,B14),2)", "Formula", "USD", "USD",
         "CurrentPoolBalance", "to the cent, as it is compared"),
        ("Pool factor", "=IF(CutOffBalance=0,0,CurrentPoolBalance/CutOffBalance)", "Formula", "of one", "0.00000000", "PoolFactor",
         "current over cut-off balance"),
        ("Headroom over the threshold", "=CurrentPoolBalance-CallThreshold", "Formula", "USD", "USD", "CallHeadroom",
         "zero or more: not callable"),
        ("Callable now", "=CurrentPoolBalance<CallThreshold", "Total", "", '"TRUE";"TRUE";"FALSE"', "Callable",
         "TRUE only when strictly less than the threshold"),
    )  # fmt: skip
    for row, (label, value, style, unit, number_format, called, source) in enumerate(lines, 7):
        put(sheet[f"A{row}"], label, "Label")
        put(sheet[f"B{row}"], value, style, number_format, align="right")
        put(sheet[f"C{row}"], unit, "Unit")
        put(sheet[f"D{row}"], source, "Unit")
        if called:
            name(book, called, "Call", f"B{row}")
    sheet.conditional_formatting.add(
        "B18",
        FormulaRule(["Callable"], font=Font(color="FFFFFF", bold=True), fill=PatternFill("solid", end_color="C00000")),
    )
    put(sheet["A19"], "Cumulative losses to date, if known", "Label")
    put(sheet["B19"], None, "Assumption", "USD", align="right")
    put(sheet["C19"], "USD", "Unit")
    put(sheet["D19"], "input: kept in the history", "Unit")
    name(book, "CumulativeLosses", "Call", "B19")
    months, callable_ = (
        f"Waterfall!{make_results.AT[field]}$11:{make_results.AT[field]}$11" for field in ("month", "callable")
    )
    put(sheet["A20"], "First month below the threshold, projected", "Label")
    put(sheet["B20"], f'=IF(SUM({callable_})=0,"none",MAX({months})+1-SUM({callable_}))', "Formula", "0", align="right")
    put(sheet["C20"], "month", "Unit")
    put(sheet["D20"], "Waterfall: of the projection, counted from its start", "Unit")
    name(book, "FirstCallableMonth", "Call", "B20")
    put(sheet["A21"], "First callable distribution date, projected", "Label")
    dates = f"Waterfall!{make_results.AT['date']}$11:{make_results.AT['date']}$11"
    put(sheet["B21"], f'=IF(ISNUMBER(B20),INDEX({dates},B20),"none")', "Formula", "date", align="right")
    put(sheet["C21"], "date", "Unit")
    put(sheet["D21"], "Waterfall: before it moves off a holiday", "Unit")
    name(book, "FirstCallableDate", "Call", "B21")
    heading(sheet, 23, "History")
    band(sheet, 24, {"A": "As of", "B": "Pool balance", "C": "Factor", "D": "Subordination levels", "E": "Senior", "F": "Callable",
                     "G": "Cumulative losses"}, left="AD")  # fmt: skip
    for column, number_format, align in (
        ("A", "date", "left"), ("B", "USD", ""), ("C", "0.00000000", ""), ("D", "text", ""), ("E", "0.000%", ""),
        ("F", "text", "center"), ("G", "USD", ""),
    ):  # fmt: skip
        put(sheet[f"{column}25"], None, "Constant", number_format, align=align)
    name(book, "History", "Call", "A24:G24")
    sheet.print_area = "A1:G48"


def assumptions(book: Workbook, places: Places, kinds: Kinds) -> dict[str, str]:
    """Terms with name and value side by side, then the tables of pools and classes, each growing downwards.

    Returns: the cells that the projection's formulas take, by their names there.
    """
    outside: dict[str, str] = {"ranks": "Tranches!$B$9:$B$9"}
    widths = {"A": 28, "B": 16, "C": 26, "D": 13, "E": 78, "F": 6, "G": 9}
    columns = [get_column_letter(8 + k) for k in range(len(DEAL_POOLS))]
    own_columns = [get_column_letter(8 + len(DEAL_POOLS) + k) for k in range(len(POOL_TERMS))]
    first_class = 8 + len(DEAL_POOLS) + len(POOL_TERMS) + 1
    gap, label, rank, balance, current = (get_column_letter(first_class - 1 + k) for k in range(5))
    widths |= (
        dict.fromkeys(columns, 16)
        | dict.fromkeys(own_columns, 11)
        | {gap: 4, label: 10, rank: 8, balance: 18, current: 18}
    )
    sheet = frame(book, "Assumptions", widths, 6, "E")
    band(sheet, 6, {"A": "name", "B": "value", "C": "unit", "D": "source", "E": "what it is"}, left="ACDE")
    described = {term.name: term for term in fields(Assumptions)}
    for row, (term, number_format) in enumerate(TERMS, 7):
        meta = described[term].metadata
        put(sheet[f"A{row}"], term, "Label")
        put(sheet[f"B{row}"], None, "Assumption", number_format, align="right")
        for column, text in (("C", meta["unit"]), ("D", meta["source"]), ("E", meta["help"])):
            put(sheet[f"{column}{row}"], text, "Unit")
        outside[f"a.{term}"] = f"Assumptions!$B${row}"
        name(book, f"row.term.{term}", "Assumptions", f"B{row}")
        if called := TERM_NAMES.get(term):
            name(book, called, "Assumptions", f"B{row}")
    help_of = {
        "cut_off_date": "from the filing",
        "closing_date": "from the filing",
        "call_threshold": "call percentage of the cut-off balance, compared there with the figure of the filing",
        "as_of_date": "day of the current balances; a month's report is put in there",
        "cumulative_losses": "losses up to that day",
    }
    sources = {
        "cut_off_date": "=CutOffDate",
        "closing_date": f"=Summary!{places['closing_date'][0]}",
        "call_threshold": "=CallThreshold",
        "as_of_date": "=AsOfDate",
        "cumulative_losses": "=CumulativeLosses",
    }
    for row, (term, number_format) in enumerate(DEAL_TERMS, 7 + len(TERMS)):
        origin = "filing" if term in ("cut_off_date", "closing_date") else "Call"
        put(sheet[f"A{row}"], term, "Label")
        put(sheet[f"B{row}"], sources[term], "Link", number_format, align="right")
        for column, text in (
            ("C", "USD" if number_format == "USD" else "date"),
            ("D", origin),
            ("E", help_of[term]),
        ):
            put(sheet[f"{column}{row}"], text, "Unit")
        outside[f"a.{term}"] = f"Assumptions!$B${row}"
        name(book, f"row.term.{term}", "Assumptions", f"B{row}")
    last = 6 + len(TERMS) + len(DEAL_TERMS)
    name(book, "DealAssumptions", "Assumptions", f"A6:B{last}")
    band(
        sheet, 6, {"F": "no.", "G": "pool"} | {c: header for c, (header, _, _) in zip(columns, DEAL_POOLS, strict=True)}
    )
    put(sheet["F7"], 1, "Constant", "0", align="center")
    put(sheet["G7"], "I", "Label")
    for column, (header, field, number_format) in zip(columns, DEAL_POOLS, strict=True):
        home, at = places[field]
        pools = f"{home}!${POOL_COLUMN}${at}:${POOL_COLUMN}${at}"
        put(sheet[f"{column}7"], f"=INDEX({pools},1,$F7)", "Link", number_format)
        outside[f"pools.{header}"] = f"Assumptions!${column}$7:${column}$7"
        name(book, f"row.deal_pool.{header}", "Assumptions", f"{column}7")
    put(sheet["F5"], "Pools, with terms of their own where they have them (else the common term holds)", "Section")
    for column, (header, number_format) in zip(own_columns, POOL_TERMS, strict=True):
        put(sheet[f"{column}6"], header, "Band", align="center")
        put(sheet[f"{column}7"], None, "Assumption", number_format)
        outside[f"pools.{header}"] = f"Assumptions!${column}$7:${column}$7"
        name(book, f"row.pool_term.{header}", "Assumptions", f"{column}7")
    outside["pools.pool"] = "Assumptions!$G$7:$G$7"
    name(book, "row.deal_pool.pool", "Assumptions", "G7")
    name(book, "block.DealPools", "Assumptions", f"F7:{own_columns[-1]}7")
    name(book, "DealPools", "Assumptions", f"G6:{own_columns[-1]}7")
    band(sheet, 6, {label: "class", rank: "rank", balance: "balance", current: "current_balance"})
    put(sheet[f"{label}7"], "=Tranches!A9", "Link")
    put(sheet[f"{rank}7"], "=Tranches!B9", "Link", "0", align="center")
    put(sheet[f"{balance}7"], "=Tranches!C9", "Link", "USD")
    put(sheet[f"{current}7"], "=Tranches!H9", "Link", "USD")
    name(book, "block.DealClasses", "Assumptions", f"{label}7:{current}7")
    name(book, "DealClasses", "Assumptions", f"{label}6:{current}7")
    put(sheet[f"{label}5"], "Classes", "Section")
    sheet.column_dimensions[get_column_letter(first_class + 4)].width = 4
    make_projection.assumption_tables(book, sheet, first_class + 5, outside, kinds)
    sheet.print_area = f"A1:E{last}"  # the tables beside it are links to sheets that print
    return outside


def checks(book: Workbook) -> None:
    sheet = frame(book, "Checks", {"A": 66, "B": 84, "C": 12, "D": 19, "E": 19, "F": 9, "G": 22}, 6, "G")
    band(
        sheet,
        6,
        {
            "A": "Check",
            "B": "What must hold",
            "C": "Unit",
            "D": "Difference",
            "E": "Tolerance",
            "F": "Flag",
            "G": "Status",
        },
        left="ABCG",
    )
    put(sheet["A7"], "All checks", "Total")
    for column in "BCDE":
        put(sheet[f"{column}7"], None, "Total")
    put(sheet["F7"], "=SUM(F9:F9)", "Total", "0", align="center")
    put(sheet["G7"], '=IF(ChecksFailed=0,"All checks tie",ChecksFailed&" failed")'
                     '&IF(ChecksNotEvaluated=0,"",", "&ChecksNotEvaluated&" not evaluated")', "Total")  # fmt: skip
    put(sheet["A8"], "not evaluated: the filing lacks a figure", "Note")
    put(sheet["F8"], "=ROWS(F9:F9)-COUNT(F9:F9)", "Formula", "0", align="center")
    put(sheet["A9"], "check", "Label")
    put(sheet["B9"], "what must hold", "Label")
    sheet["B9"].alignment = Alignment(wrap_text=True, vertical="center")
    put(sheet["C9"], "USD", "Unit")
    put(sheet["D9"], "=Tranches!C8", "Link", "USD")
    put(sheet["E9"], 0, "Constant", "USD")
    put(sheet["F9"], "=IF(ABS(D9)<=E9,0,1)", "Formula", "0", align="center")
    put(sheet["G9"], '=IF(ISNUMBER(F9),IF(F9=0,"ties","FAILS"),"not evaluated")', "Formula")
    sheet.conditional_formatting.add(
        "A9:G9",
        FormulaRule(["$F9=1"], font=Font(color="FFFFFF", bold=True), fill=PatternFill("solid", end_color="C00000")),
    )
    name(book, "block.Checks", "Checks", "A9:G9")
    name(book, "ChecksFailed", "Checks", "F7")
    name(book, "ChecksNotEvaluated", "Checks", "F8")
    name(book, "ChecksStatus", "Checks", "G7")
    sheet.print_area = "A1:G9"


def source(book: Workbook) -> None:
    widths = {"A": 44, "B": 18, "C": 44, "D": 11, "E": 14, "F": 13, "G": 8, "H": 120}
    sheet = frame(book, "Source", widths, 8, "H")
    put(sheet["A5"], "file", "Note")
    put(sheet["A6"], "numbers", "Note")
    put(sheet["A7"], "program", "Note")
    for row, called in ((5, "source_file"), (6, "source_numbers"), (7, "source_program")):
        name(book, f"row.{called}", "Source", f"A{row}")
    band(sheet, 8, {"A": "Fact", "B": "Scope", "C": "Value as printed", "D": "Unit", "E": "Qualifier", "F": "As of", "G": "Line",
                    "H": "Sentence"}, left="ABDEH")  # fmt: skip
    for column in "ABDE":
        put(sheet[f"{column}9"], None, "Label")
        sheet[f"{column}9"].alignment = Alignment(vertical="top", indent=int(column in "DE"))
    put(sheet["C9"], None, "Label")
    sheet["C9"].alignment = Alignment(horizontal="right", vertical="top")
    put(sheet["F9"], None, "Label", "date")
    sheet["F9"].alignment = Alignment(horizontal="right", vertical="top")
    put(sheet["G9"], None, "Label", "0")
    sheet["G9"].alignment = Alignment(horizontal="center", vertical="top")
    put(sheet["H9"], None, "Unit")
    sheet["H9"].alignment = Alignment(wrap_text=True, vertical="top")
    name(book, "block.Source", "Source", "A9:H9")
    name(book, "SourceFacts", "Source", "A8:H9")
    sheet.print_area = "A1:H9"


def summary(book: Workbook, places: Places) -> None:
    sheet = frame(book, "Summary", {"A": 34, "B": 34, "C": 4, "D": 38, "E": 24, "F": 12, "G": 26}, 6, "G")
    put(sheet["A2"], "deal", "Subtitle")
    name(book, "DealTitle", "Summary", "A2")
    band(sheet, 6, {"A": "Deal", "B": "", "D": "Headline", "E": ""}, left="AD")
    sheet.row_dimensions[6].height = 18
    facts = (
        ("Issuer", "registrant"), ("Series", "series"), ("Series on the cover", "cover_series"), ("Trustee", "trustee"),
        ("Paying agent", "paying_agent"), ("Closing date", "closing_date"), ("Report date", "report_date"),
        ("Date in the heading", "heading_date"), ("Signature date", "signature_date"), ("Prospectus date", "prospectus_date"),
        ("Cut-off date", "cut_off_date"),
    )  # fmt: skip
    at: dict[str, int] = {}
    for row, (label, key) in enumerate(facts, 7):
        at[key] = row
        put(sheet[f"A{row}"], label, "Label")
        put(sheet[f"B{row}"], None, "Fact", "date" if key.endswith("date") else "", align="left")
        name(book, f"row.{key}", "Summary", f"B{row}")
    places["closing_date"] = f"B{at['closing_date']}", at["closing_date"]
    name(book, "CutOffDate", "Summary", f"B{at['cut_off_date']}")
    four = ",".join(f"B{at[key]}" for key in ("closing_date", "report_date", "heading_date", "signature_date"))
    closing, prospectus = f"B{at['closing_date']}", f"B{at['prospectus_date']}"
    row = 7 + len(facts)
    for label, called, formula in (
        ("Days between these dates", "dates_apart", f"=MAX(MAX({four})-MIN({four}),IF(ISNUMBER({prospectus}),{prospectus}-MIN({four}),0))"),
        ("Days from cut-off to month's first", "cut_off_gap", f"=ABS(CutOffDate-DATE(YEAR({closing}),MONTH({closing}),1))"),
        ("Months from prospectus to closing", "prospectus_age",
         f"=IF(ISNUMBER({prospectus}),12*(YEAR({closing})-YEAR({prospectus}))+MONTH({closing})-MONTH({prospectus}),0)"),
        ("Cover names another series", "series_differs", f"=IF(B{at['series']}=B{at['cover_series']},0,1)"),
    ):  # fmt: skip
        put(sheet[f"A{row}"], label, "Label")
        put(sheet[f"B{row}"], formula, "Formula", "0", align="left")
        name(book, f"row.{called}", "Summary", f"B{row}")
        row += 1

    def whole(field: str) -> str:
        home, at_row = places[field]
        return f"={home}!{WHOLE_COLUMN}{at_row}"

    headline = (
        ("Scheduled principal balance at cut-off", "=CutOffBalance", "USD"),
        ("Mortgage loans", whole("loan_count"), "loans"),
        ("Weighted average coupon (gross)", whole("weighted_average_coupon"), "rate"),
        ("Weighted average remaining term, months", whole("weighted_average_remaining_term"), "months"),
        ("Weighted average loan-to-value ratio", whole("weighted_average_ltv"), "ltv"),
        ("Senior subordination level at issue", "=INDEX(SubordinationLevelsAtIssue,1)", "rate"),
        ("Senior subordination level now", "=INDEX(SubordinationLevels,1)", "rate"),
        ("Current pool balance", "=CurrentPoolBalance", "USD"),
        ("Pool factor", "=PoolFactor", "0.00000000"),
        ("Clean-up call threshold", "=CallThreshold", "USD"),
        ("Headroom over the threshold", "=CallHeadroom", "USD"),
        ("Callable now", '=IF(Callable,"yes","no")', "General"),
        ("First callable distribution, projected", "=FirstCallableDate", "date"),
        ("Checks", "=ChecksStatus", "General"),
    )
    for row, (label, formula, number_format) in enumerate(headline, 7):
        put(sheet[f"D{row}"], label, "Label")
        put(sheet[f"E{row}"], formula, "Link", number_format, align="right")
    for row, called in ((21, "inputs_note"), (22, "unread_note")):
        put(sheet[f"D{row}"], None, "Note")
        name(book, f"row.{called}", "Summary", f"D{row}")
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
    for column, color in (("F", NAVY), ("K", "9DB2D6")):
        series = Series(
            idx=len(chart.series),
            order=len(chart.series),
            tx=SeriesLabel(strRef=StrRef(f"Tranches!${column}$6")),
            val=NumDataSource(numRef=NumRef(f=f"Tranches!${column}$9:${column}$9")),
            cat=AxDataSource(strRef=StrRef("Tranches!$A$9:$A$9")),
            spPr=GraphicalProperties(solidFill=color),
        )
        series.__elements__ = attribute_mapping["bar"]
        chart.series.append(series)
    chart.y_axis.number_format, chart.y_axis.title = "0.0%", "share of all classes"
    chart.x_axis.title = "class"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.legend.position = "b"
    chart.gapWidth, chart.overlap = 60, 0
    chart.width, chart.height = 11.6, 8.5
    sheet.add_chart(chart, "A24")
    sheet.add_chart(make_results.balances_chart(17.6, 8.5), "D24")
    sheet.print_area = "A1:G42"


def make(path: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title in ORDER:
        book.create_sheet(title)
    styles(book)
    places = layout()
    measures(book, "Pools", places)
    tranches(book, places)
    measures(book, "Underwriting", places)
    call(book, places)
    summary(book, places)
    kinds = Kinds({})
    outside = assumptions(book, places, kinds)
    for title in SHEETS_BY_MONTH:
        make_projection.projection_sheet(book, title, outside, kinds)
    make_results.results(book, outside, kinds)
    make_results.scenarios(book, outside, kinds)
    make_results.functions(book, outside, places)
    kinds.write(book)
    checks(book)
    source(book)
    book.calculation.fullCalcOnLoad = True
    book.properties.creator = "xlremic"
    book.active = 0
    book.save(path)


if __name__ == "__main__":
    make(Path(__file__).with_name("deal.xlsx"))
