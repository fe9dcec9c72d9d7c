"""Charts of the template: what they draw, and how they look. All but that of levels on Summary draw points of Set-up.

Areas lose their axes when openpyxl loads them, and take those of a line beside them (``workbook.template``).
"""

from typing import TypeAlias

from look import GREY, NAVY
from openpyxl.chart import AreaChart, BarChart, LineChart
from openpyxl.chart.data_source import AxDataSource, NumDataSource, NumRef
from openpyxl.chart.series import Series, SeriesLabel, StrRef, attribute_mapping
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun

from xlremic.workbook.layout import quoted
from xlremic.workbook.setup_columns import CHART

PALETTE = (NAVY, "5B7DB1", "9DB2D6", "BF9000", "548235", GREY)
RED = "C00000"
MILLIONS, TENTHS = "#,##0,,", "#,##0.0,,"
HEIGHT = 7.4
Chart: TypeAlias = AreaChart | BarChart | LineChart


def balances(width: float, height: float = HEIGHT) -> Chart:
    """The classes' balances through time, class A by class, PO strips and B classes together; the call threshold."""
    chart = _framed(
        AreaChart(grouping="stacked"), "Class balances and the call threshold", "USD millions", width, height
    )
    for key in ("senior", "principal_only", "subordinated"):
        _drawn(chart, key)
    chart.y_axis.number_format = MILLIONS
    chart.y_axis.scaling.min = 0
    chart.y_axis.crossBetween = "midCat"
    line = LineChart()
    _drawn(line, "call_threshold", RED)
    chart += line
    return chart


def sources(width: float) -> Chart:
    chart = _framed(_bars(), "Principal by source", "USD millions a month", width)
    for key in ("scheduled", "prepaid", "recoveries"):
        _drawn(chart, key)
    chart.y_axis.number_format = TENTHS
    return chart


def levels(width: float) -> Chart:
    chart = _framed(LineChart(), "Subordination levels", "share of all classes", width)
    for key in ("senior_level", "level"):
        _drawn(chart, key)
    chart.y_axis.number_format, chart.y_axis.scaling.min = "0%", 0
    return chart


def factor(width: float) -> Chart:
    chart = _framed(LineChart(), "Pool factor and the call threshold", "of the cut-off balance", width)
    _drawn(chart, "pool_factor")
    _drawn(chart, "call_line", RED)
    chart.y_axis.number_format = "0%"
    chart.y_axis.scaling.max, chart.y_axis.scaling.min = 1, 0
    return chart


def chosen_balance() -> Chart:
    """The balance of the class that is chosen on the sheet Class."""
    chart = _framed(LineChart(), "Balance of the class", "USD millions", 12.0, 6.6)
    _drawn(chart, "chosen")
    chart.y_axis.number_format, chart.y_axis.scaling.min = TENTHS, 0
    return chart


def chosen_cash() -> Chart:
    """What the chosen class is paid."""
    chart = _framed(_bars(), "Cash of the class", "USD thousands a month", 12.0, 6.6)
    for key in ("chosen_interest", "chosen_principal"):
        _drawn(chart, key)
    chart.y_axis.number_format = "#,##0,"
    return chart


def _bars() -> BarChart:
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "col", "stacked", 100, 30
    return chart


def title_of(text: str) -> Title:
    font = CharacterProperties(sz=1100, b=True, solidFill=NAVY)
    run = RegularTextRun(rPr=font, t=text)
    rich = RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=font), r=[run])])
    return Title(tx=Text(rich=rich), overlay=False)


def _small(text: str = "") -> RichText:
    """Text of an axis or a legend."""
    font = CharacterProperties(sz=900, b=False, solidFill=GREY)
    runs = [RegularTextRun(rPr=font, t=text)] if text else None
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=font), r=runs, endParaRPr=font if not text else None)])


def _framed(chart: Chart, title: str, unit: str, width: float, height: float = HEIGHT) -> Chart:
    chart.title = title_of(title)
    chart.style = 10
    for axis, text in ((chart.y_axis, unit), (chart.x_axis, "years from the start")):
        axis.title = Title(tx=Text(rich=_small(text)), overlay=False)
        axis.txPr = _small()
        axis.delete = False
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="D9D9D9"))
    chart.x_axis.tickLblSkip = chart.x_axis.tickMarkSkip = 1
    chart.x_axis.noMultiLvlLbl = True
    chart.legend.position = "b"
    chart.legend.txPr = _small()
    chart.width, chart.height = width, height
    return chart


def _drawn(chart: Chart, key: str, color: str = "") -> None:
    """A column of the points, of its first class where there are several; its name is the column's header."""
    letter, sheet = CHART.letter(key), quoted(CHART.sheet)
    values, years = (
        f"{sheet}!${at}${CHART.row()}:${at}${CHART.row(CHART.lines[-1])}" for at in (letter, CHART.letter("label"))
    )
    color = color or PALETTE[len(chart.series) % len(PALETTE)]
    line = isinstance(chart, LineChart)
    look = (
        GraphicalProperties(ln=LineProperties(solidFill=color, w=22_000))
        if line
        else GraphicalProperties(solidFill=color)
    )
    series = Series(
        idx=len(chart.series), order=len(chart.series), tx=SeriesLabel(strRef=StrRef(f"{sheet}!${letter}${CHART.header}")),
        val=NumDataSource(numRef=NumRef(f=values)), cat=AxDataSource(strRef=StrRef(f=years)), spPr=look,
    )  # fmt: skip
    series.__elements__ = attribute_mapping[chart._series_type]
    if line:
        series.smooth = False
        series.marker = None
    chart.series.append(series)
