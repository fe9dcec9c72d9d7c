"""The projection in the workbook: Collateral, Waterfall, Results and Scenarios filled for one deal.

The template holds one month, pool, line and class of each; here they are counted, labelled and given their inputs, and
the engine says what every column must come to. The formulas themselves stand in the template.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from openpyxl.utils.datetime import to_excel

from ..deal import Deal
from ..engine.assumptions import Assumptions, SeniorClass, Structure
from ..engine.capital import CapitalStructure, capital_structure
from ..engine.measures import weighted_average_life
from ..engine.waterfall import TrancheFlows, class_prices, run
from ..reading.tieout import CALL_PERCENT
from ..subordination import call_threshold
from ..xlsx.references import Corner, Reference, column_letters, column_number, rewritten
from ..xlsx.rows import Rows
from .expected import CENT, ResultClass, engine_columns, pool_balances, result_classes, result_numbers
from .names import POOL_TERMS
from .template import Template

SHEETS = ("Collateral", "Waterfall", "Results", "Scenarios")
NAVIGATION, OWNER, FIELD, NUMBER, START, MONTH = 4, 5, 6, 9, 10, 11
"""Rows of Collateral and Waterfall: whose column, its field, number; the start; the first month."""
RESULTS_ROW = 8
BY_MONTH = "by month"
PROTOTYPE = ("balance", "interest", "principal", "loss", "cash")
"""Fields of the class that the prototype row of Results shows."""
VECTORS = ("psa", "cpr", "cdr", "sda", "severity")
GRID_PSA = (0.0, 100.0, 200.0, 300.0, 400.0, 500.0)
GRID_CDR = (0.0, 0.01, 0.03)


@dataclass(slots=True)
class ProjectionSheets:
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
                "pool": len(self.capital.pools),
                "line": len(self.flows.collateral.lines),
                "senior": len(self.cuts),
                "subordinated": len(self.capital.subordinated),
                "result": len(self.classes),
                "year": self.months // 12 + 1,
            }
        )
        for sheet in ("Collateral", "Waterfall"):
            found = self._columns[sheet] = {}
            for cell in self.template.workbook[sheet][FIELD]:
                if cell.value:
                    found.setdefault(str(cell.value).replace(" ", "_"), cell.column)

    def blocks(self) -> list[tuple[str, int, bool]]:
        """The blocks that grow downwards, and how many rows of each."""
        return [
            ("shift_day", len(self.assumptions.shift_schedule), False),
            ("limit_day", max(1, len(self.assumptions.loss_limits)), False),
            ("Prices", len(self.classes), False),
            ("Results", len(self.classes), False),
            ("Scenarios", len(GRID_PSA) * len(GRID_CDR), False),
        ]

    def fill(self) -> None:
        self._fill_tables()
        self._fill_results()
        self._fill_labels()
        self._fill_scenarios()

    def rows(self) -> dict[str, Rows]:
        """The months of each sheet, with inputs by month."""
        return {
            "Collateral": Rows(MONTH, self.months, self._vectors()),
            "Waterfall": Rows(MONTH, self.months, self._planned()),
        }

    def expected(self) -> dict[tuple[str, str], tuple[float | bool, float]]:
        """The engine's number for each cell that shows one, and what may differ: half a cent, 1e-9 of a year."""
        known: dict[tuple[str, str], tuple[float | bool, float]] = {}
        columns = {sheet: self._columns[sheet] for sheet in ("Collateral", "Waterfall")}
        for sheet, name, copy_number, row in engine_columns(self.flows, self.classes):
            letter = column_letters(columns[sheet][name] + copy_number)
            for month, number in enumerate(row, MONTH):
                known[sheet, f"{letter}{month}"] = number, CENT
        measures = {one.label: one for one in self.flows.class_measures()}
        _, (_, top, _, _) = self.template.place("block.Results")
        for row_number, place in enumerate(self.classes, top):
            one = measures.get(place.label)
            for k, measure, tolerance in result_numbers(one) if one else ():
                if measure is not None:
                    known["Results", f"{column_letters(k + 1)}{row_number}"] = measure, tolerance
        return known

    # --- who stands where ---------------------------------------------------------------------------------------

    def columns(self, sheet: str) -> dict[str, int]:
        """First column of each field of Collateral or Waterfall."""
        return self._columns[sheet]

    # --- inputs and labels --------------------------------------------------------------------------------------

    def _beside(self, anchor: str, k: int, value: object) -> None:
        self.template.anchor(anchor, k).value = value

    def _fill_tables(self) -> None:
        template, capital = self.template, self.capital
        for anchor, table in (
            ("shift_day", self.assumptions.shift_schedule),
            ("limit_day", self.assumptions.loss_limits),
        ):
            sheet, (column, row, _, _) = template.place(f"block.{anchor}")
            for k, (day, share) in enumerate(table):
                template.cell(sheet, row + k, column).value = day
                template.cell(sheet, row + k, column + 1).value = share
        for term, _ in POOL_TERMS:
            value = getattr(self.assumptions, term)
            if isinstance(value, Mapping):
                sheet, row, column = template.anchors[f"pool_term.{term}"]
                for p, pool in enumerate(capital.pools):
                    own = self.assumptions.of_pool(term, pool)
                    template.cell(sheet, row + p, column).value = own if isinstance(own, int | float) else BY_MONTH
            elif term == "loan_age" and value is not None:
                sheet, row, column = template.anchors["pool_term.loan_age"]
                for p in range(len(capital.pools)):
                    template.cell(sheet, row + p, column).value = value
        if self.assumptions.target_rate is not None:
            sheet, row, column = template.anchors["deal_pool.target_rate"]
            for p, pool in enumerate(capital.pools):
                cell = template.cell(sheet, row + p, column)
                cell.value = float(self.assumptions.of_pool("target_rate", pool))
                number_format = cell.number_format
                cell.style, cell.number_format = "Assumption", number_format
        ranks = [tranche.rank for tranche in self.deal.tranches]
        plain = self.assumptions.structure is not Structure.SHIFTING_INTEREST
        template.anchor("start.senior_rank").value = max(ranks) if plain else min(ranks)
        for p in range(len(capital.pools)):
            self._beside("P.no", p, p + 1)
        for k, line in enumerate(self.flows.collateral.lines):
            part = line.label.rpartition(" ")[2]
            self._beside("L.no", k, k + 1)
            self._beside("L.line", k, line.label)
            self._beside("L.pool", k, capital.pools.index(line.pool) + 1)
            self._beside("L.part", k, part if part in ("discount", "premium") else "whole")
        self._fill_cuts()
        prices = class_prices(self.flows.classes, self.assumptions)
        sheet, (column, row, _, _) = template.place("block.Prices")
        usual = {"principal only": 70.0, "interest only": 1.5}
        for k, one in enumerate(self.classes):
            template.cell(sheet, row + k, column).value = one.label
            template.cell(sheet, row + k, column + 1).value = prices.get(one.label, usual.get(one.kind, 100.0))

    def _fill_cuts(self) -> None:
        """The classes that class A is cut into; without any, the prototype's column is emptied."""
        if not self.cuts:
            for row in self.template.workbook["Assumptions"].iter_rows(min_row=6):
                for cell in row:
                    if cell.column == self.template.anchors["S.no"][2]:
                        cell.value, cell.style = None, "Label"
            return
        labels = [one.label for _, one in self.cuts]
        tranches = {tranche.label: k for k, tranche in enumerate(self.deal.tranches, 1)}
        asked = bool(self.assumptions.senior_classes)
        for group in {number for number, _ in self.cuts}:
            members = [(k, one) for k, (number, one) in enumerate(self.cuts) if number == group]
            principal = [k for k, one in members if one.notional_of is None]
            given = {
                one.label for cut in self.assumptions.senior_classes.values() for one in cut if one.balance is not None
            }
            rest = next((k for k, one in members if one.notional_of is None and one.label not in given), principal[-1])
            for k, one in members:
                host = labels.index(one.notional_of) + 1 if one.notional_of else 0
                for key, value in (
                    ("no", k + 1), ("class", one.label), ("group", group), ("rank", one.rank), ("coupon", one.coupon),
                    ("tranche", 0 if asked or one.notional_of else tranches.get(one.label, 0)),
                    ("given", None if k == rest or one.notional_of else one.balance),
                    ("accrual", int(one.accrual)), ("notional_of", host), ("share", one.share),
                ):  # fmt: skip
                    self._beside(f"S.{key}", k, value)

    def _fill_labels(self) -> None:
        """Whose each column of Collateral, Waterfall and the tables of Assumptions is."""
        pools = [f"Pool {pool}" for pool in self.capital.pools]
        lines = [line.label for line in self.flows.collateral.lines]
        tranches = [tranche.label for tranche in self.deal.tranches]
        below = self.capital.subordinated_labels
        owners: dict[str, Sequence[str]] = {
            "{pool}": pools, "{line}": lines, "{senior}": [one.label for _, one in self.cuts], "{subordinated}": below,
        }  # fmt: skip
        by_class: dict[tuple[str, int], str] = {}
        for one in self.classes:
            if one.kind != "subordinated" and not one.balance.startswith("class"):
                for name in (one.balance, one.interest, one.principal, one.loss, one.repaid, one.cash):
                    by_class[name, one.copy] = one.label
        for title in ("Collateral", "Waterfall"):
            sheet = self.template.workbook[title]
            seen: dict[str, int] = {}
            for cell in list(sheet[OWNER]):
                kind = str(cell.value or "")
                if kind not in owners:
                    continue
                name = str(sheet.cell(FIELD, cell.column).value).replace(" ", "_")
                k = seen[name] = seen.get(name, -1) + 1
                if not owners[kind]:
                    _emptied(sheet, cell.column)
                    continue
                own = by_class.get((name, k)) if title == "Waterfall" else None
                cell.value = own or owners[kind][k]
                number = tranches.index(below[k]) + 1 if kind == "{subordinated}" else k + 1
                sheet.cell(NUMBER, cell.column).value = number
        sheet = self.template.workbook["Assumptions"]
        seen = {}
        for cell in list(sheet[FIELD]):
            kind = str(cell.value or "")
            if kind in owners:
                k = seen[kind] = seen.get(kind, -1) + 1
                cell.value = owners[kind][k] if owners[kind] else None

    def _vectors(self) -> dict[str, list[float | None]]:
        """Terms given month by month, by column of Collateral."""
        columns = self.columns("Collateral")
        values: dict[str, list[float | None]] = {}
        for term in VECTORS:
            for p, pool in enumerate(self.capital.pools):
                value = self.assumptions.of_pool(term, pool)
                if value is not None and not isinstance(value, int | float):
                    by_month = self.assumptions.by_month(term, pool, self.months) or ()
                    values[column_letters(columns[f"{term}_by_month"] + p)] = list(by_month[1:])
        if not isinstance(self.assumptions.delinquency, int | float):
            by_month = self.assumptions.by_month("delinquency", "all", self.months) or ()
            values[column_letters(columns["delinquency_by_month"])] = list(by_month[1:])
        return values

    def _planned(self) -> dict[str, list[float | None]]:
        """Planned balances month by month, by column of Waterfall."""
        values: dict[str, list[float | None]] = {}
        for k, (_, one) in enumerate(self.cuts):
            if one.planned is not None:
                plan: list[float | None] = [float(balance) for balance in one.planned[1 : self.months + 1]]
                first = self.columns("Waterfall")["planned_balance"]
                values[column_letters(first + k)] = plan + [0.0] * (self.months - len(plan))
        return values

    # --- outputs ------------------------------------------------------------------------------------------------

    def _fill_results(self) -> None:
        template, columns = self.template, self.columns("Waterfall")
        sheet, (left, top, right, _) = template.place("block.Results")
        prototype = {name: column_letters(columns[f"subordinated_{name}"]) for name in PROTOTYPE}
        for k, one in enumerate(self.classes):
            template.cell(sheet, top + k, 1).value = one.label
            template.cell(sheet, top + k, 2).value = one.kind
            template.cell(sheet, top + k, 17).value = k + 1
            own = {name: self._letter(getattr(one, name), one.copy, columns) for name in (*prototype, "repaid")}
            for column in range(left, right + 1):
                cell = template.cell(sheet, top + k, column)
                if cell.data_type == "f":
                    places = {**own, "principal": own["repaid"]} if column_letters(column) in "DEFG" else own
                    cell.value = _redirected(str(cell.value), {prototype[name]: places[name] for name in prototype})
        _, row, column = template.anchors["year"]
        for k in range(self.months // 12 + 1):
            template.cell(sheet, row, column + k).value = k

    def _letter(self, name: str, copy_number: int, columns: Mapping[str, int]) -> str:
        return str(column_letters(columns[name] + (copy_number if name != "nothing" else 0)))

    def _fill_scenarios(self) -> None:
        template = self.template
        now = datetime.now(UTC).strftime("%d %b %Y %H:%M UTC").lstrip("0")
        template.anchor("scenarios_note").value = (
            f"Computed by the engine on {now}; months and dollars from the start of the projection. Every term not"
            " shown is as Assumptions had it then."
        )
        sheet, row, column = template.anchors["result"]
        for k in range(len(self.classes)):
            template.cell(sheet, row, column + k).value = k + 1
        self._scenario(10, self.flows)
        self._fill_inputs()
        _, top, _ = template.anchors["scenario"]
        k = 0
        for cdr in GRID_CDR:
            for psa in GRID_PSA:
                template.cell(sheet, top + k, 1).value = f"{psa:g} PSA, {cdr:.0%} CDR"
                self._scenario(top + k, run(self.deal, self.assumptions.replace(psa=psa, cdr=cdr)))
                k += 1

    def choose_examples(self) -> None:
        """The class that the sheet Functions shows, and one whose cash is a single column."""
        usual = next((one for one in self.classes if one.kind == "subordinated"), self.classes[0])
        self.template.anchor("function_class").value = usual.label
        kinds = {one.kind: one for one in reversed(self.classes)}
        single = kinds.get("interest only", kinds.get("principal only"))
        columns = self.columns("Waterfall")
        if single is not None:
            own = self._letter(single.cash, single.copy, columns)
            letters = {column_letters(columns[name]): own for name in ("io_cash", "io_paid")}
            for row in self.template.workbook["Functions"].iter_rows(min_row=6):
                for cell in row:
                    if cell.data_type == "f":
                        cell.value = _redirected(str(cell.value), letters)

    def _fill_inputs(self) -> None:
        """What the inputs come to now, as the engine has them, for Scenarios to notice a change."""
        lines, terms, pools = self.flows.collateral.lines, self.assumptions, self.capital.pools

        def speeds(name: str) -> float:
            values = [terms.of_pool(name, pool) for pool in pools]
            return sum(float(value) for value in values if isinstance(value, int | float))

        sheet, row, column = self.template.anchors["inputs.sums"]
        by_month = [value for values in self._vectors().values() for value in values if value is not None]
        sums = (
            float(sum(tranche.class_initial_principal_balance for tranche in self.deal.tranches)),
            sum(line.balance * line.gross_rate for line in lines),
            sum(line.balance * line.term for line in lines),
            sum(line.balance * line.po_fraction for line in lines),
            sum(line.balance * line.io_rate for line in lines),
            sum(line.balance * line.lag for line in lines),
            sum(next(line.first_month for line in lines if line.pool == pool) for pool in pools),
            *(speeds(name) for name in VECTORS),
            sum(day * share for day, share in terms.shift_schedule),
            sum(day * share for day, share in terms.loss_limits),
            sum(by_month),
            0.0,
            float(call_threshold(self.deal.all.aggregate_scheduled_principal_balance or Decimal(0), CALL_PERCENT)),
        )
        for k, number in enumerate(sums):
            self.template.cell(sheet, row + k, column + 1).value = number
        _, row, _ = self.template.anchors["inputs.terms"]
        while name := self.template.cell(sheet, row, column).value:
            value = {"cut_off_date": self.deal.cut_off_date, "closing_date": self.deal.closing_date}.get(str(name))
            value = value if value is not None else getattr(terms, str(name), None)
            if isinstance(value, date):
                value = to_excel(value)
            number = 1 if value == "first" else value if isinstance(value, int | float) else 0
            self.template.cell(sheet, row, column + 1).value = float(number)
            row += 1

    def _scenario(self, row: int, flows: TrancheFlows) -> None:
        """One row of Scenarios from the engine."""
        _, _, first = self.template.anchors["result"]
        terms = flows.assumptions
        shown = [getattr(terms, name) for name in ("psa", "cpr", "cdr", "sda", "severity")]
        threshold = float(self.deal.rules.call_threshold or 0)
        below = [k for k, total in enumerate(pool_balances(flows)) if k and total < threshold]
        lives = {one.label: weighted_average_life(one.repayments) for one in flows.classes}
        cells = [
            *(value if isinstance(value, int | float) else None if value is None else BY_MONTH for value in shown),
            below[0] if below else "none",
            max(flows.trace["cumulative_losses"]),
        ]
        for k, value in enumerate(cells, 2):
            self.template.cell("Scenarios", row, k).value = value
        for k, one in enumerate(self.classes):
            self.template.cell("Scenarios", row, first + k).value = lives.get(one.label)


def without_functions(template: Template) -> None:
    """Take the sheet Functions out of a template, and what links to it."""
    book = template.workbook
    for name, defined in list(book.defined_names.items()):
        if str(defined.attr_text).startswith("Functions!"):
            del book.defined_names[name]
            template.anchors.pop(name.removeprefix("row."), None)
    book.remove(book["Functions"])
    for sheet in book.worksheets:
        for cell in sheet[NAVIGATION]:
            if cell.value == "Functions":
                cell.value = cell.hyperlink = None


def without_projection(template: Template) -> None:
    """Take the projection out of a template: its sheets, what links to them, and the tables that only it needs."""
    book = template.workbook
    assumptions = book["Assumptions"]
    _, (left, _, _, _) = template.place("block.shift_day")
    assumptions.delete_cols(left, assumptions.max_column - left + 1)
    for name, defined in list(book.defined_names.items()):
        sheet = str(defined.attr_text).partition("!")[0]
        gone = sheet in SHEETS or name.startswith("across.")
        if gone or (
            sheet == "Assumptions" and name.startswith(("row.", "block.")) and template.place(name)[1][0] >= left
        ):
            del book.defined_names[name]
            template.anchors.pop(name.removeprefix("row."), None)
    for name in ("FirstCallableMonth", "FirstCallableDate"):
        cell = template.named(name)
        for beside in cell.parent[cell.row]:
            beside.value, beside.style = None, "Label"
        del book.defined_names[name]
    for sheet in [sheet for sheet in book.worksheets if sheet.title in SHEETS]:
        book.remove(sheet)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if str(cell.value).startswith("=FirstCallable"):
                    cell.offset(0, -1).value = cell.value = None
                if cell.row == NAVIGATION and cell.value in SHEETS:
                    cell.value = cell.hyperlink = None
        sheet._charts = [
            chart for chart in sheet._charts if not any(title in chart.series[0].val.numRef.f for title in SHEETS)
        ]


def _emptied(sheet: object, column: int) -> None:
    """A column of a kind that the deal has none of: nothing in it, and no pattern of its own."""
    for row in sheet.iter_rows(min_row=OWNER, min_col=column, max_col=column):  # type: ignore[attr-defined]
        for cell in row:
            cell.value, cell.style = None, "Label"
    sheet.column_dimensions[column_letters(column)].width = 1.5  # type: ignore[attr-defined]


def _redirected(formula: str, letters: Mapping[str, str]) -> str:
    """The formula of the prototype class with the columns of another."""

    columns = {column_number(own): column_number(other) for own, other in letters.items()}

    def at(corner: Corner) -> Corner:
        return replace(corner, column=columns.get(corner.column, corner.column))

    def other(found: Reference) -> Reference:
        if found.sheet != "Waterfall":
            return found
        return replace(found, first=at(found.first), last=found.last and at(found.last))

    return rewritten(formula, other)
