"""Columns that a deal has several of: one for each pool, rep line, class.

The template marks such columns by kind with a name (``across.pool``). Each is repeated in place, so equal fields of all
pools stand side by side and whatever is to their right moves along. In formulas, a reference from one copy to another
column of the same kind means the same pool; a range of one column with both ends fixed (``$Q11:$Q11``) all of them; one
that is fixed at its start only (``$Q11:Q11``) those up to this one.
"""

import re
from collections.abc import Mapping
from copy import copy, deepcopy
from dataclasses import dataclass, field, replace

from openpyxl import Workbook
from openpyxl.chart.series import Series
from openpyxl.worksheet.worksheet import Worksheet

from .references import Reference, column_letters, column_number, rewritten

PREFIX = "across."
FRAME_ROWS = 4
"""Title, subtitle, purpose and navigation stand once, whatever is below."""

COLORS = (
    "1F3864",
    "5B7DB1",
    "9DB2D6",
    "BF9000",
    "548235",
    "7F7F7F",
    "C55A11",
    "7F6084",
    "2E8B8B",
    "B4C7A0",
    "806000",
    "C9A0B8",
)
"""Of the series of a chart that gains some, readable in grey too."""


@dataclass(slots=True)
class Columns:
    """Where each column of a template's sheet stands in the product: first copy, how many, of which kind."""

    first: dict[int, int] = field(default_factory=dict)
    count: dict[int, int] = field(default_factory=dict)
    kind: dict[int, str] = field(default_factory=dict)

    def at(self, column: int) -> int:
        """First copy of a column; columns beyond the sheet's last marked one move as that one does."""
        if column in self.first:
            return self.first[column]
        last = max(self.first)
        return self.first[last] + self.count[last] - 1 + column - last

    def copies(self, column: int) -> int:
        return self.count.get(column, 1)


def spread(book: Workbook, counts: Mapping[str, int]) -> None:
    """Repeat every marked column as often as its kind says; of a kind that a deal has none of, one column stays."""
    plans = _plans(book, counts)
    for sheet in book.worksheets:
        if sheet.title in plans:
            _spread_sheet(sheet, plans)
        else:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f" and "!" in str(cell.value):
                        cell.value = moved(str(cell.value), sheet.title, plans)
        for chart in sheet._charts:
            _spread_chart(chart, plans)
    for name, defined in list(book.defined_names.items()):
        if name.startswith(PREFIX):
            del book.defined_names[name]
        else:
            defined.attr_text = moved("=" + str(defined.attr_text), "", plans)[1:]


def _plans(book: Workbook, counts: Mapping[str, int]) -> dict[str, Columns]:
    marked: dict[str, dict[int, str]] = {}
    for name, defined in book.defined_names.items():
        if name.startswith(PREFIX):
            for area in str(defined.attr_text).split(","):
                sheet, _, columns = area.partition("!")
                letter = columns.replace("$", "").partition(":")[0]
                marked.setdefault(sheet.strip("'"), {})[column_number(letter)] = name.removeprefix(PREFIX)
    plans = {}
    for title, kinds in marked.items():
        plan, at = Columns(), 1
        for column in range(1, max(book[title].max_column, *kinds) + 1):
            kind = kinds.get(column, "")
            plan.first[column], plan.kind[column] = at, kind
            plan.count[column] = max(1, counts[kind]) if kind else 1
            at += plan.count[column]
        plans[title] = plan
    return plans


def _spread_sheet(sheet: Worksheet, plans: Mapping[str, Columns]) -> None:
    plan = plans[sheet.title]
    cells = sorted(sheet._cells.items())
    widths = {key: (dimension.width, dimension.hidden) for key, dimension in sheet.column_dimensions.items()}
    sheet._cells = {}
    for (row, column), cell in cells:
        start, kind = plan.at(column), plan.kind.get(column, "")
        formula = str(cell.value) if cell.data_type == "f" else ""
        for k in range(1 if row <= FRAME_ROWS else plan.copies(column)):
            twin = sheet.cell(row, start + k)
            twin._style = copy(cell._style)  # the public way copies each part of a style
            twin.value = moved(formula, sheet.title, plans, kind, k) if formula else cell.value
            if cell.hyperlink is not None and k == 0:
                link = copy(cell.hyperlink)
                link.ref = twin.coordinate
                twin.hyperlink = link
                twin._style = copy(cell._style)
    sheet._hyperlinks = [cell.hyperlink for cell in sheet._cells.values() if cell.hyperlink is not None]
    for key in list(sheet.column_dimensions):
        del sheet.column_dimensions[key]
    for key, (width, _) in widths.items():
        column = column_number(key)
        for k in range(plan.copies(column)):
            sheet.column_dimensions[column_letters(plan.at(column) + k)].width = width
    if sheet.print_area:
        sheet.print_area = [moved("=" + area.rpartition("!")[2], sheet.title, plans)[1:] for area in _areas(sheet)]


def _areas(sheet: Worksheet) -> list[str]:
    areas = sheet.print_area
    return areas.split(",") if isinstance(areas, str) else list(areas)


def series_of(chart: object) -> list[Series]:
    """All series of a chart, those of another kind that stand in it too."""
    return [series for one in chart._charts for series in one.series]  # type: ignore[attr-defined]  # openpyxl


def _spread_chart(chart: object, plans: Mapping[str, Columns]) -> None:
    """A series of a marked column becomes one series a copy."""
    number = 0
    for one in chart._charts:  # type: ignore[attr-defined]  # openpyxl
        grown = [copied for series in one.series for copied in _spread_series(series, plans)]
        for k, copied in enumerate(grown):
            copied.idx = copied.order = number
            number += 1
            if len(grown) > len(one.series):
                _recolored(copied, k)
        one.series = grown


def _spread_series(series: Series, plans: Mapping[str, Columns]) -> list[Series]:
    sheet, _, reference = series.val.numRef.f.rpartition("!")
    column = column_number(re.sub(r"[^A-Z]", "", reference.partition(":")[0]))
    plan = plans.get(sheet.strip("'"))
    kind = plan.kind.get(column, "") if plan else ""
    grown = []
    for k in range(plan.copies(column) if plan else 1):
        one = deepcopy(series)
        for part in (one.val.numRef, one.cat and (one.cat.strRef or one.cat.numRef), one.tx and one.tx.strRef):
            if part:
                part.f = moved("=" + part.f, "", plans, kind, k, own=True)[1:]
        grown.append(one)
    return grown


def _recolored(series: Series, number: int) -> None:
    color = COLORS[number % len(COLORS)]
    if series.spPr.solidFill is not None:
        series.spPr.solidFill = color
    else:
        series.spPr.ln.solidFill = color


def moved(
    formula: str, home: str, plans: Mapping[str, Columns], kind: str = "", copy_number: int = 0, *, own: bool = False
) -> str:
    """The formula as it stands in one copy of a column of that kind (or in a cell of none) on sheet ``home``.

    ``own`` takes a range of one column as the copy's own, which is what a series of a chart is.
    """

    def reference(found: Reference) -> Reference:
        plan = plans.get(found.sheet or home)
        if plan is None:
            return found
        column, end_column = found.first.column, found.end.column
        start = plan.at(column)
        mine = start + copy_number if kind and plan.kind.get(column) == kind else start
        if found.last is None:
            return replace(found, first=replace(found.first, column=mine))
        end = plan.at(end_column) + plan.copies(end_column) - 1
        if column == end_column:
            if own or not (found.first.column_fixed or found.last.column_fixed):
                start = end = mine
            elif not found.last.column_fixed:
                end = mine
        return replace(found, first=replace(found.first, column=start), last=replace(found.last, column=end))

    return rewritten(formula, reference)
