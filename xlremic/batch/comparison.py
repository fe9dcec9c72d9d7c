"""Many deals side by side: a workbook with one row per filing in a table to sort and filter, a summary, and charts."""

from collections.abc import Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.chart import Reference, ScatterChart, Series
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule, DataBarRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from ..workbook.filling import write_text
from ..xlsx.calculate import calculate
from ..xlsx.charts import with_points
from ..xlsx.patch import saved
from ..xlsx.references import column_letters
from .outcome import COLUMNS, Kind, Outcome, Row

NAVY, LIGHT, RED, GREEN, AMBER = "1F3864", "F2F5FA", "F8D7DA", "E2F0D9", "FFF2CC"
FACE = "Calibri"
HEADINGS = {
    "series": ("Series", 10),
    "status": ("Status", 12),
    "workbook": ("Workbook", 24),
    "closing_date": ("Closing", 11),
    "pools": ("Pools", 7),
    "classes": ("Classes", 8),
    "loan_count": ("Loans", 8),
    "aggregate_scheduled_principal_balance": ("Balance", 17),
    "weighted_average_coupon": ("WAC", 9),
    "weighted_average_remaining_term": ("WAM", 9),
    "weighted_average_ltv": ("LTV", 8),
    "documentation_full_percent": ("Full doc", 9),
    "documentation_no_asset_verification_percent": ("No asset doc", 9),
    "documentation_no_income_verification_percent": ("No income doc", 9),
    "documentation_streamlined_percent": ("Streamlined", 11),
    "primary_residence_percent": ("Primary residence", 10),
    "senior_subordination_level": ("Senior level", 10),
    "subordination_levels": ("Levels", 30),
    "call_threshold": ("Call threshold", 16),
    "checks": ("Checks", 8),
    "checks_failed": ("Failed", 8),
    "checks_not_evaluated": ("Not evaluated", 10),
    "warnings": ("Warnings", 10),
    "unread": ("Unread", 8),
    "reason": ("Reason", 60),
    "path": ("Filing", 40),
}
"""Columns shown, with heading and width in characters."""
FORMATS = {
    Kind.DATE: "yyyy-mm-dd",
    Kind.COUNT: "#,##0",
    Kind.MONEY: "#,##0.00",
    Kind.FRACTION: "0.000%",
    Kind.NUMBER: "0.00",
}
PLACES = list(HEADINGS)

_COLOURS = {
    Outcome.TIES: GREEN,
    Outcome.TIES_IN_PART: AMBER,
    Outcome.FAILS: AMBER,
    Outcome.NOT_ENOUGH: AMBER,
    Outcome.REFUSED: RED,
}


def comparison(rows: Sequence[Row]) -> bytes:
    """The workbook, its formulas computed."""
    book = Workbook()
    summary = book.active
    summary.title = "Summary"
    deals = book.create_sheet("Deals")
    charts = book.create_sheet("Charts")
    _fill_deals(deals, rows)
    _fill_summary(summary, len(rows))
    _fill_charts(charts, deals, len(rows))
    for sheet in book.worksheets:
        sheet.sheet_view.showGridLines = False
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    return with_points(calculate(saved(book))).to_bytes()


def _column(name: str, number: int | None = None) -> str:
    """The column of a measure on Deals: its letter, or the cells of that many rows."""
    letter = column_letters(PLACES.index(name) + 1)
    return letter if number is None else f"Deals!${letter}$2:${letter}${number + 1}"


def _levels(text: str) -> str:
    """Levels as a person reads them: "A 0.0245006; B-1 0.0120017" as "A 2.450%; B-1 1.200%"."""
    pairs = (one.rpartition(" ") for one in text.split("; "))
    return "; ".join(f"{label} {100 * Decimal(level):.3f}%" for label, _, level in pairs)


def _fill_deals(sheet: Worksheet, rows: Sequence[Row]) -> None:
    for k, (name, (heading, width)) in enumerate(HEADINGS.items(), 1):
        cell = sheet.cell(1, k, heading)
        cell.font = Font(name=FACE, bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=NAVY)
        cell.alignment = Alignment(
            wrap_text=True, vertical="center", horizontal="left" if COLUMNS[name] is Kind.TEXT else "right"
        )
        sheet.column_dimensions[column_letters(k)].width = width
    sheet.row_dimensions[1].height = 32
    for r, row in enumerate(rows, 2):
        for k, name in enumerate(PLACES, 1):
            value, kind = row[name], COLUMNS[name]
            if value is None:
                continue
            cell = sheet.cell(r, k)
            if isinstance(value, str):
                write_text(cell, _levels(value) if name == "subordination_levels" else value)
            else:
                cell.value = float(value) if isinstance(value, Decimal) else value
                cell.number_format = FORMATS[kind]
            if name == "workbook":
                cell.hyperlink = str(value).replace("%", "%25").replace(" ", "%20").replace("#", "%23")
                cell.font = Font(name=FACE, color="0563C1", underline="single")
    last = len(rows) + 1
    table = Table(displayName="Deals_table", ref=f"A1:{column_letters(len(PLACES))}{last}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    sheet.add_table(table)
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"

    def cells(name: str) -> str:
        return f"{_column(name)}2:{_column(name)}{last}"

    for status, colour in _COLOURS.items():
        fill = PatternFill(bgColor=colour, fill_type="solid")
        sheet.conditional_formatting.add(cells("status"), CellIsRule("equal", [f'"{status}"'], fill=fill))
    alarm = CellIsRule("greaterThan", ["0"], fill=PatternFill(bgColor=RED, fill_type="solid"))
    for name in ("checks_failed", "unread"):
        sheet.conditional_formatting.add(cells(name), alarm)
    sheet.conditional_formatting.add(
        cells("aggregate_scheduled_principal_balance"), DataBarRule("num", 0, "max", color="8EA9DB")
    )
    for name in ("weighted_average_coupon", "weighted_average_ltv", "senior_subordination_level"):
        sheet.conditional_formatting.add(
            cells(name), ColorScaleRule("min", None, "FFFFFF", end_type="max", end_color="B4C6E7")
        )


def _fill_summary(sheet: Worksheet, number: int) -> None:
    sheet["A1"] = "Comparison of deals"
    sheet["A1"].font = Font(name=FACE, bold=True, size=16, color=NAVY)
    balance = _column("aggregate_scheduled_principal_balance", number)
    status = _column("status", number)

    def weighted(name: str) -> str:
        """Average by balance over the filings that state the figure."""
        column = _column(name, number)
        stated = f'SUMIFS({balance},{column},">=0")'
        return f'=IF({stated}=0,"",SUMPRODUCT({balance},{column})/{stated})'

    lines: list[tuple[str, str, str]] = [
        ("Filings", f"=ROWS({status})", "#,##0"),
        *((f"of which: {one}", f'=COUNTIF({status},"{one}")', "#,##0") for one in Outcome),
        ("Failing checks", f"=SUM({_column('checks_failed', number)})", "#,##0"),
        ("Loans", f"=SUM({_column('loan_count', number)})", "#,##0"),
        ("Balance, all deals", f"=SUM({balance})", "#,##0.00"),
        ("WAC, by balance", weighted("weighted_average_coupon"), "0.000%"),
        ("WAM, by balance", weighted("weighted_average_remaining_term"), "0.00"),
        ("LTV, by balance", weighted("weighted_average_ltv"), "0.0%"),
        ("Full documentation, by balance", weighted("documentation_full_percent"), "0.0%"),
    ]
    for r, (label, formula, shown) in enumerate(lines, 3):
        sheet.cell(r, 1, label)
        cell = sheet.cell(r, 2, formula)
        cell.number_format = shown
        cell.alignment = Alignment(horizontal="right")
        for k in (1, 2):
            sheet.cell(r, k).fill = PatternFill("solid", fgColor=LIGHT if r % 2 else "FFFFFF")
    end = len(lines) + 4
    sheet.cell(
        end, 1, "One row per filing on Deals, to sort and filter; a click on Workbook opens the deal."
    ).font = Font(name=FACE, italic=True)
    sheet.column_dimensions["A"].width = 34
    sheet.column_dimensions["B"].width = 24


def _fill_charts(sheet: Worksheet, deals: Worksheet, number: int) -> None:
    drawn = (
        ("aggregate_scheduled_principal_balance", "Balance by closing date, dollars", '#,##0,,"M"'),
        ("weighted_average_coupon", "WAC by closing date", "0.0%"),
        ("senior_subordination_level", "Senior subordination level by closing date", "0.0%"),
        ("weighted_average_ltv", "LTV by closing date", "0%"),
    )
    dates = Reference(deals, min_col=PLACES.index("closing_date") + 1, min_row=2, max_row=number + 1)
    for k, (name, title, shown) in enumerate(drawn):
        chart = ScatterChart(style=13, scatterStyle="lineMarker")
        chart.title, chart.legend = title, None
        chart.width, chart.height = 18, 9
        chart.x_axis.number_format, chart.y_axis.number_format = "yyyy", shown
        chart.x_axis.majorGridlines = None
        chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="D9D9D9"))
        chart.x_axis.delete = chart.y_axis.delete = False
        points = Series(
            Reference(deals, min_col=PLACES.index(name) + 1, min_row=2, max_row=number + 1), dates, title=title
        )
        points.marker.symbol, points.marker.size = "circle", 6 if number < 200 else 3
        points.marker.graphicalProperties.solidFill = NAVY
        points.marker.graphicalProperties.line.solidFill = NAVY
        points.graphicalProperties.line.noFill = True
        chart.series.append(points)
        sheet.add_chart(chart, f"{'AL'[k % 2]}{1 + 19 * (k // 2)}")
