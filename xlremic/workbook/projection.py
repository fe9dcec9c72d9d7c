"""The projection of one deal and where it stands in the workbook: who is in which column, and what each must show.

The template holds one month, pool, line and class of each; here they are counted and placed, and the engine says what
every column must come to. The formulas themselves stand in the template.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..deal import Deal
from ..engine.assumptions import RATES, Assumptions, SeniorClass
from ..engine.books import TrancheFlows
from ..engine.capital import CapitalStructure, capital_structure
from ..engine.measures import decrement
from ..xlsx.references import cell_name, column_letters
from ..xlsx.rows import Rows
from .class_months import CLASS
from .class_months import MONTH as CLASS_MONTH
from .expected import ResultClass, engine_columns, result_classes, result_numbers
from .layout import MONTHLY, SETUP, FrameRow, MonthlyRow, Part, sheets_of
from .results_columns import RESULTS
from .scenario_columns import GRID_CDR
from .setup_columns import CHART
from .setup_rows import OF_PROJECTION
from .summary_rows import SUMMARY_CLASSES, WITHOUT_PROJECTION
from .template import Template
from .term_rows import HEAD, PAGE, PRICES_HEAD
from .tolerances import CENT, LIFE

PROJECTED = sheets_of(Part.PROJECTION)
"""Sheets that only a projection fills."""
BY_MONTH = "by month"
"""What Scenarios shows of such a term."""


@dataclass(slots=True)
class Projection:
    """The projection's part of a workbook while it is filled."""

    template: Template
    deal: Deal
    assumptions: Assumptions
    flows: TrancheFlows
    capital: CapitalStructure = field(init=False)
    cuts: list[tuple[int, SeniorClass]] = field(init=False)
    classes: list[ResultClass] = field(init=False)
    _columns: dict[str, dict[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.capital = capital_structure(self.deal, self.assumptions, self.flows.collateral.lines)
        self.cuts = [
            (group.pools[0] + 1 if len(group.pools) == 1 else 0, one)
            for group in self.capital.groups
            if group.is_cut
            for one in group.classes
        ]
        self.classes = result_classes(self.capital, self.flows.collateral.lines)

    @property
    def months(self) -> int:
        return self.flows.months

    def spread(self) -> None:
        """Repeat the columns; before any other growth."""
        self.template.spread(
            {
                "tranche": len(self.deal.tranches),
                "pool": len(self.capital.pools),
                "line": len(self.flows.collateral.lines),
                "senior": len(self.cuts),
                "subordinated": len(self.capital.subordinated),
                "result": len(self.classes),
            }
        )
        self.template.lower("Results", len(self.classes) - 1)
        for sheet in MONTHLY:
            found = self._columns[sheet] = {}
            for cell in self.template.workbook[sheet][MonthlyRow.FIELD]:
                if cell.value:
                    found.setdefault(str(cell.value).replace(" ", "_"), cell.column)

    def blocks(self) -> list[tuple[str, int, bool]]:
        """The blocks that grow downwards, and how many rows of each."""
        return [
            ("shift_day", len(self.assumptions.shift_schedule), False),
            ("shift_steps", len(self.assumptions.shift_schedule), True),
            ("limit_day", max(1, len(self.assumptions.loss_limits)), False),
            ("limit_steps", max(1, len(self.assumptions.loss_limits)), True),
            ("Prices", len(self.classes), False),
            ("ClassPrices", len(self.classes), True),
            ("Results", len(self.classes), False),
            ("Yields", len(self.classes), False),
            ("DecrementClasses", len(self.classes), True),
            ("Decrement", self.months // 12 + 1, False),
            ("SummaryClasses", len(self.classes), False),
            ("Lives", len(self.classes) * len(GRID_CDR), False),
        ]

    def rows(self) -> dict[str, Rows]:
        """The months of each sheet, with inputs by month."""
        return {
            "Vectors": Rows(MonthlyRow.MONTH, self.months, self.vectors()),
            "Collateral": Rows(MonthlyRow.MONTH, self.months),
            "Waterfall": Rows(MonthlyRow.MONTH, self.months, self.planned()),
            CLASS: Rows(CLASS_MONTH, self.months),
        }

    def expected(self) -> dict[tuple[str, str], tuple[float | bool, float]]:
        """The engine's number for each cell that shows one, and what may differ: half a cent, 1e-9 of a year."""
        known: dict[tuple[str, str], tuple[float | bool, float]] = {}
        columns = {sheet: self._columns[sheet] for sheet in MONTHLY}
        for sheet, name, copy_number, row in engine_columns(self.flows, self.classes):
            letter = column_letters(columns[sheet][name] + copy_number)
            for month, number in enumerate(row, MonthlyRow.MONTH):
                known[sheet, f"{letter}{month}"] = number, CENT
        measures = {one.label: one for one in self.flows.class_measures()}
        _, (_, top, _, _) = self.template.place("block.Results")
        for row_number, place in enumerate(self.classes, top):
            one = measures.get(place.label)
            for key, measure, tolerance in result_numbers(one) if one else ():
                if measure is not None:
                    known[RESULTS.sheet, f"{RESULTS.letter(key)}{row_number}"] = measure, tolerance
        balances = {one.label: one.balance for one in self.flows.classes}
        _, first, left = self.template.anchors["decrement"]
        for k, place in enumerate(self.classes):
            if place.label in balances and balances[place.label][0] > 0:
                for year, per_cent in enumerate(decrement(balances[place.label])):
                    known[RESULTS.sheet, cell_name(first + year, left + k)] = per_cent / 100, LIFE
        return known

    def columns(self, sheet: str) -> dict[str, int]:
        """First column of each field of Collateral or Waterfall."""
        return self._columns[sheet]

    def letter(self, name: str, copy_number: int, columns: Mapping[str, int]) -> str:
        return column_letters(columns[name] + (copy_number if name != "nothing" else 0))

    def vectors(self) -> dict[str, list[float | None]]:
        """Terms given month by month, by column of Vectors."""
        columns = self.columns("Vectors")
        values: dict[str, list[float | None]] = {}
        for term in RATES:
            for p, pool in enumerate(self.capital.pools):
                value = self.assumptions.of_pool(term, pool)
                if value is not None and not isinstance(value, int | float):
                    by_month = self.assumptions.by_month(term, pool, self.months) or ()
                    values[column_letters(columns[f"{term}_by_month"] + p)] = list(by_month[1:])
        if not isinstance(self.assumptions.delinquency, int | float):
            by_month = self.assumptions.by_month("delinquency", "all", self.months) or ()
            values[column_letters(columns["delinquency_by_month"])] = list(by_month[1:])
        return values

    def planned(self) -> dict[str, list[float | None]]:
        """Planned balances month by month, by column of Waterfall."""
        values: dict[str, list[float | None]] = {}
        for k, (_, one) in enumerate(self.cuts):
            if one.planned is not None:
                plan: list[float | None] = [float(balance) for balance in one.planned[1 : self.months + 1]]
                first = self.columns("Waterfall")["planned_balance"]
                values[column_letters(first + k)] = plan + [0.0] * (self.months - len(plan))
        return values


def without_functions(template: Template) -> None:
    """Take the sheet Functions out of a template, and what links to it."""
    book = template.workbook
    for name, defined in list(book.defined_names.items()):
        if str(defined.attr_text).startswith("Functions!"):
            del book.defined_names[name]
            template.anchors.pop(name.removeprefix("row."), None)
    book.remove(book["Functions"])


def _without_lines(template: Template) -> None:
    """Take out of Assumptions what only a projection reads, and of Set-up what counts it."""
    for key in OF_PROJECTION:
        template.anchor(f"guard.{key}").value, template.anchor(f"guard.{key}").style = 0, "Constant"
    for name in [name for name in template.anchors if name.startswith("by_month.")]:
        template.anchor(name).value = None
    page = template.workbook[PAGE.sheet]
    page.delete_rows(PAGE.row(f"{HEAD}{PRICES_HEAD}"), page.max_row)
    page[
        f"A{FrameRow.NOTE}"
    ].value = (
        "This workbook has no projection: only the worksheet functions read these terms, and Pools the servicing fee."
    )
    page[f"A{FrameRow.NOTE}"].style = "Note"


def without_projection(template: Template) -> None:
    """Take the projection out of a template: its sheets, what links to them, and the tables that only it needs.

    Ranges whose name begins with ``projected.`` show nothing without it.
    """
    book = template.workbook
    setup = book[SETUP]
    _, (left, _, _, _) = template.place("block.shift_day")
    setup.delete_cols(left, setup.max_column - left + 1)
    _without_lines(template)
    for name in [name for name in book.defined_names if name.startswith("projected.")]:
        for row in template.range(name):
            for cell in row:
                cell.value = None
        del book.defined_names[name]
    for name, defined in list(book.defined_names.items()):
        sheet = str(defined.attr_text).partition("!")[0].strip("'")
        gone = sheet in PROJECTED or (name.startswith("across.") and name != "across.tranche")
        place = template.place(name)[1] if sheet in (SETUP, PAGE.sheet) and not gone else (0, 0, 0, 0)
        gone = gone or (sheet == SETUP and place[0] >= left)
        if gone or (sheet == PAGE.sheet and place[1] >= PAGE.row(f"{HEAD}{PRICES_HEAD}")):
            del book.defined_names[name]
            template.anchors.pop(name.removeprefix("row."), None)
    for name in ("row.call_distance", "FirstCallableMonth", "FirstCallableDate"):
        cell = template.named(name)
        for beside in cell.parent[cell.row]:
            beside.value, beside.style = None, "Label"
        del book.defined_names[name]
    for sheet in [sheet for sheet in book.worksheets if sheet.title in PROJECTED]:
        book.remove(sheet)
    page = book[SUMMARY_CLASSES.sheet]
    for key in [key for key in SUMMARY_CLASSES.keys if key and key not in WITHOUT_PROJECTION]:
        for line in (SUMMARY_CLASSES.header, SUMMARY_CLASSES.row()):
            gone_cell = page.cell(line, SUMMARY_CLASSES.number(key))
            gone_cell.value, gone_cell.style = None, "Label"
    for key, formula in WITHOUT_PROJECTION.items():
        cell = book[SUMMARY_CLASSES.sheet][SUMMARY_CLASSES.cell(key)]
        number_format = cell.number_format
        cell.value, cell.style = formula, "Link"
        cell.number_format = number_format
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if str(cell.value).startswith("=FirstCallable"):
                    cell.offset(0, -1).value = cell.value = None
        sheet._charts = [
            chart
            for chart in sheet._charts
            if not any(title in chart.series[0].val.numRef.f for title in (*PROJECTED, CHART.sheet))
        ]
