"""A reading to a live, checked workbook: fill the template, let it grow, compute the values, compare, then write.

The only importer of openpyxl. A workbook whose computed cells disagree with Python's own numbers is never written.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from importlib import metadata
from pathlib import Path
from typing import cast

from openpyxl.cell import Cell
from openpyxl.packaging.custom import StringProperty
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink

from ..deal import Deal, Pool
from ..engine.assumptions import Assumptions
from ..engine.waterfall import run
from ..errors import DealError, TemplateError
from ..files import write_whole
from ..functions.registry import worksheet_functions
from ..reading.assemble import assemble, fact_of
from ..reading.facts import Fact, Qualifier, Reading, Unit, printed
from ..reading.findings import ACROSS
from ..reading.tieout import CALL_PERCENT, Finding, Status, tie_out
from ..subordination import call_threshold, class_percentages, is_callable, subordination_levels
from ..text import for_cell, without_controls
from ..xlsx.calculate import Cells, calculate, formula_cells
from ..xlsx.charts import with_points
from ..xlsx.package import Package
from ..xlsx.rows import repeated
from .filing_rows import LOSS_LIMITS, SHEETS, CalculatedRow, FactRow, rows
from .names import DEAL_POOLS, FORMATS, MODEL_CHECKS, TERMS
from .projection_sheets import BY_MONTH, ProjectionSheets, without_functions, without_projection
from .standing import history_entry
from .template import Template

PROGRAM = f"xlremic {metadata.version('xlremic')}"
CENT = 0.005
LEVEL = 1e-12
"""What the computed cells may differ from Python's own numbers: half a cent, and a level's last digit."""

_SUMMARY_FACTS = (
    "registrant", "series", "cover_series", "trustee", "paying_agent", "closing_date", "report_date", "heading_date",
    "signature_date", "prospectus_date", "cut_off_date",
)  # fmt: skip
_BOUNDS = {
    Qualifier.AT_LEAST: "at least",
    Qualifier.NO_MORE_THAN: "no more than",
    Qualifier.LESS_THAN: "less than",
    Qualifier.GREATER_THAN: "greater than",
    Qualifier.IN_EXCESS_OF: "in excess of",
    Qualifier.NOT_BEFORE: "not before",
    Qualifier.NOT_AFTER: "not after",
    Qualifier.NO_LATER_THAN: "no later than",
}
_CHECK_UNITS = {"percent": 100, "USD": 1, "months": 1, "loans": 1, "days": 1, "years": 1, "differences": 1}
_CHECK_FORMATS = {
    "USD": '#,##0.0000;-#,##0.0000;"-"', "months": '0.000000;-0.000000;"-"', "loans": '0;-0;"-"', "days": '0;-0;"-"',
    "years": '0.00;-0.00;"-"', "differences": '0;-0;"-"', "percent": '0.000000%;-0.000000%;"-"',
}  # fmt: skip
_LEVEL_FORMAT = '0.00000000000000%;-0.00000000000000%;"-"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What was written: where, how many formulas it computes, and the outcome of the checks.

    ``unprojected`` says why a filing's deal could not be projected, if it could not.
    """

    path: Path
    formulas: int
    findings: tuple[Finding, ...]
    reading: Reading
    deal: Deal
    unprojected: str = ""


def build(
    reading: Reading,
    path: str | Path,
    *,
    assumptions: Assumptions | None = None,
    template: str | Path | None = None,
    projection: bool = True,
    functions: bool = False,
) -> Built:
    """Write the deal's workbook, with values computed and compared.

    ``projection`` leaves its sheets out if false; ``functions`` adds a sheet that calls every worksheet function.

    Raises: DealError if the facts do not make a deal; TemplateError if the template lacks a part or the computed
    cells disagree with Python's numbers; InputError if a file cannot be read or written. Nothing is left half-written.
    """
    deal = assemble(reading)
    findings = tie_out(reading, deal)
    book = _Book(Template(template), reading, deal, findings, assumptions or Assumptions())
    data, cells = book.made(projection, functions)
    path = Path(path)
    write_whole(path, data)
    return Built(
        path=path,
        formulas=len(cells.formulas),
        findings=findings,
        reading=reading,
        deal=deal,
        unprojected=book.unprojected,
    )


def workbook_bytes(
    reading: Reading,
    deal: Deal,
    findings: Sequence[Finding],
    *,
    assumptions: Assumptions | None = None,
    projection: bool = True,
) -> tuple[bytes, Cells]:
    """The finished workbook of a deal that is at hand, and its formula cells. Raises as ``build`` does."""
    return _Book(Template(), reading, deal, findings, assumptions or Assumptions()).made(projection)


def write_text(cell: Cell, text: str) -> None:
    """Text from a filing as text: it can never become a formula, and holds no control characters."""
    cell.value, cell.quotePrefix = for_cell(text)
    cell.data_type = "s"


@dataclass(slots=True)
class _Book:
    """The workbook while it is filled, and what its computed cells must come to."""

    template: Template
    reading: Reading
    deal: Deal
    findings: Sequence[Finding]
    assumptions: Assumptions
    expected: dict[tuple[str, str], tuple[float | bool, float]] = field(default_factory=dict)
    source_rows: dict[int, int] = field(default_factory=dict)
    projection: ProjectionSheets | None = None
    unprojected: str = ""
    functions: bool = False

    def made(self, projection: bool, functions: bool = False) -> tuple[bytes, Cells]:
        """The finished workbook and its formula cells, calculated and compared."""
        if not self.deal.tranches or self.deal.all.aggregate_scheduled_principal_balance is None:
            raise DealError(
                f"{self.reading.source.file}: a workbook needs the classes and the aggregate scheduled principal"
                f" balance; found {len(self.deal.tranches)} classes; see what `xlremic parse` warns of"
            )
        if projection:
            self.project()
        self.functions = functions and self.projection is not None
        self.fill()
        buffer = io.BytesIO()
        self.template.workbook.save(buffer)
        package = Package.of(buffer.getvalue())
        if self.projection is not None:
            package = repeated(package, self.projection.rows())
        package = with_points(calculate(package, worksheet_functions() if self.functions else None))
        cells = formula_cells(package)
        _compare(cells, self.expected)
        return package.to_bytes(), cells

    def project(self) -> None:
        """Project the deal; a filing without the facts for it has a workbook without the projection's sheets."""
        try:
            flows = run(self.deal, self.assumptions)
            self.projection = ProjectionSheets(self.template, self.deal, self.assumptions, flows)
        except DealError as error:
            self.unprojected = str(error)

    def fill(self) -> None:
        if self.projection is not None:
            self.projection.spread()
        else:
            without_projection(self.template)
        if not self.functions:
            without_functions(self.template)
        pools, facts = len(self.deal.pools), len(self.reading.facts) + len(self.reading.unread)
        self.template.grow([
            ("Pools", pools, True), ("Underwriting", pools, True), ("Tranches", len(self.deal.tranches), False),
            ("Checks", len(self.findings) + len(self._model_checks()), False), ("Source", facts, False),
            ("DealPools", pools, False), ("DealClasses", len(self.deal.tranches), False),
            *(self.projection.blocks() if self.projection is not None else ()),
        ], self.projection.months if self.projection is not None else 0)  # fmt: skip
        self._fill_source()
        self._fill_summary()
        for sheet in SHEETS:
            self._fill_measures(sheet)
        self._fill_loss_limits()
        self._fill_tranches()
        self._fill_call()
        self._fill_history()
        self._fill_assumptions()
        if self.projection is not None:
            self.projection.fill()
            self.expected |= self.projection.expected()
            if self.functions:
                self._fill_functions(self.projection)
        self._fill_checks()
        for page in self.template.workbook.worksheets:
            page.oddHeader.left.text = f"Series {self.deal.series}".replace("&", "&&")
            page.oddFooter.center.text = PROGRAM
        self.template.drop_anchors()
        for key, value in (
            ("program", PROGRAM),
            ("filing", self.reading.source.file),
            ("filing sha256", self.reading.source.sha256),
        ):
            self.template.workbook.custom_doc_props.append(StringProperty(name=key, value=value))

    # --- cells --------------------------------------------------------------------------------------------------

    def _expect(self, cell: Cell, value: float | Decimal | bool, tolerance: float) -> None:
        known = value if isinstance(value, bool) else float(value)
        self.expected[cell.parent.title, cell.coordinate] = known, tolerance

    def _put_fact(self, cell: Cell, fact: Fact | None, value: Decimal | date | None = None) -> None:
        """A fact's value, with a link to the row of Source that tells where it was read."""
        if fact is None:
            cell.value = None
            cell.style = "Label"  # nothing is stated, so nothing is asked for
            return
        if value is not None:
            cell.value = float(value) if isinstance(value, Decimal) else value
        elif isinstance(fact.value, Decimal | date):
            cell.value = float(fact.value) if isinstance(fact.value, Decimal) else fact.value
        else:
            write_text(cell, printed(fact.value))
        self._link_to_source(cell, fact)

    def _link_to_source(self, cell: Cell, fact: Fact) -> None:
        tip = f"line {fact.provenance.line}: {fact.provenance.sentence}"
        cell.hyperlink = Hyperlink(
            ref=cell.coordinate,
            location=f"'Source'!A{self.source_rows[id(fact)]}",
            tooltip=without_controls(tip)[:250],
        )

    def _fit_height(self, sheet: str, row: int, column: int) -> None:
        """Height for wrapped text, since no spreadsheet program fits rows when it opens a file."""
        width = self.template.workbook[sheet].column_dimensions[get_column_letter(column)].width
        lines = -(-len(str(self.template.cell(sheet, row, column).value or "")) // int(width * 1.2))
        self.template.workbook[sheet].row_dimensions[row].height = min(409, 13.5 * max(1, lines))

    # --- sheets -------------------------------------------------------------------------------------------------

    def _fill_source(self) -> None:
        sheet, (_, top, _, _) = self.template.place("block.Source")
        source, counts = self.reading.source, self.reading.token_counts()
        accession = self.reading.submission.get("accession_number")
        kinds = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in counts.most_common())
        understood = f"{counts['unread']} not understood" if counts["unread"] else "all accounted for"
        for anchor, text in (
            ("source_file", f"File: {source.file} ({source.format}, {source.encoding}), sha256 {source.sha256}"),
            ("source_numbers", f"Numbers in the filing: {counts.total()}, {understood}: {kinds}"),
            ("source_program", f"Read by {PROGRAM}" + (f" from submission {accession}" if accession else "")),
        ):
            write_text(self.template.anchor(anchor), text)
        for row, fact in enumerate(self.reading.facts, top):
            self.source_rows[id(fact)] = row
            place = fact.provenance
            for column, text in (
                (1, fact.key),
                (2, fact.scope),
                (4, fact.unit),
                (5, fact.qualifier),
                (8, place.sentence),
            ):
                write_text(self.template.cell(sheet, row, column), text)
            value = self.template.cell(sheet, row, 3)
            if isinstance(fact.value, Decimal):
                places = -int(fact.value.as_tuple().exponent)
                value.value = float(fact.value)
                value.number_format = ("#,##0" if fact.unit == Unit.USD else "0") + f".{'0' * places}" * (places > 0)
            elif isinstance(fact.value, date):
                value.value = fact.value
                value.number_format = FORMATS["date"]
            else:
                write_text(value, printed(fact.value))
            if fact.as_of:
                self.template.cell(sheet, row, 6).value = fact.as_of
            self.template.cell(sheet, row, 7).value = place.line
            self._fit_height(sheet, row, 8)
        for row, unread in enumerate(self.reading.unread, top + len(self.reading.facts)):
            write_text(self.template.cell(sheet, row, 1), "unread: numbers that no rule understood")
            self.template.cell(sheet, row, 7).value = unread.line
            write_text(self.template.cell(sheet, row, 8), unread.text)
            self._fit_height(sheet, row, 8)

    def _fill_summary(self) -> None:
        title = self.template.workbook["Summary"]["A2"]
        registrant = self.reading.get("registrant", "filing")
        issuer = f"{registrant.value}, " if registrant else ""
        write_text(title, f"{issuer}REMIC Pass-Through Certificates, Series {self.deal.series}")
        for key in _SUMMARY_FACTS:
            self._put_fact(self.template.anchor(key), self.reading.get(key, "filing"))
        given = sum(getattr(self.assumptions, term) is not None for term, _ in TERMS) + 1  # and the call percentage
        note = (
            f"{given} inputs are assumptions, none of them from the filing: see Assumptions, and the call percentage."
        )
        write_text(self.template.anchor("inputs_note"), note)
        warnings = len(self.reading.warnings)
        counts = self.reading.token_counts()
        note = f"{counts.total()} numbers in the filing, {counts['unread']} of them not understood"
        write_text(
            self.template.anchor("unread_note"),
            f"{note}; {warnings} warning{'s' if warnings != 1 else ''} when it was read.",
        )

    def _fill_measures(self, sheet: str) -> None:
        for k, pool in enumerate(self.deal.pools):
            write_text(
                self.template.cell(
                    sheet, self.template.anchors["pool_label"][1], self.template.anchors["pool_label"][2] + k
                ),
                _title(pool),
            )
        for row in rows(sheet):
            if isinstance(row, FactRow):
                self._fill_fact_row(row)
            else:
                self._fill_calculated_row(row)

    def _fill_fact_row(self, row: FactRow) -> None:
        name = row.anchor.removeprefix("row.")
        pools = self.deal.pools
        one_pool = pools == (self.deal.all,)
        whole, parts, difference = (self.template.anchor(name, along) for along in (-3, -2, -1))
        found: set[Qualifier] = set()
        for k, pool in enumerate(pools):
            found |= self._put_field(self.template.anchor(name, k), row, pool)
        if one_pool:
            whole.value = (
                f"={self.template.anchor(name).coordinate}" if _field(row, self.deal.all) is not None else None
            )
            whole.style = "Formula"
            whole.number_format = FORMATS[row.unit]
        else:
            found |= self._put_field(whole, row, self.deal.all)
        bound = " / ".join(_BOUNDS[qualifier] for qualifier in _BOUNDS if qualifier in found)
        write_text(self.template.anchor(name, -4), bound)
        complete = all(_field(row, pool) is not None for pool in pools)
        weighted = all(pool.aggregate_scheduled_principal_balance is not None for pool in pools)
        if row.total and not (complete and (weighted or row.total != "average")):
            parts.value = None
        if row.total and (parts.value is None or _field(row, self.deal.all) is None):
            difference.value = None

    def _put_field(self, cell: Cell, row: FactRow, pool: Pool) -> set[Qualifier]:
        fact = fact_of(self.reading, row.name, f"{pool.scope}:{row.sub_pool}" if row.sub_pool else pool.scope)
        self._put_fact(cell, fact, _field(row, pool))
        return {fact.qualifier} if fact else set()

    def _fill_calculated_row(self, row: CalculatedRow) -> None:
        pools = self.deal.pools
        for k, pool in enumerate(pools):
            if any(self._lacks(pool, need) for need in row.needs):
                self.template.anchor(row.name, k).value = None
        whole = self.template.anchor(row.name, -3)
        lacking = [self.deal.all] if row.whole == "same" else list(pools)
        if any(self._lacks(pool, need) for pool in lacking for need in row.needs):
            whole.value = None

    def _lacks(self, pool: Pool, need: str) -> bool:
        if need == "cut_off_date":
            return self.deal.cut_off_date is None
        part, _, name = need.rpartition(".")
        holder = self.deal.all if part == "all" else getattr(pool, part) if part else pool
        return holder is None or getattr(holder, name) is None

    def _fill_loss_limits(self) -> None:
        for key, _ in LOSS_LIMITS:
            fact = self.reading.get(key, "all")
            self._put_fact(self.template.anchor(key), fact)
            if fact is None or fact.number is None:
                self.template.anchor(f"{key}_excess").value = None

    def _fill_tranches(self) -> None:
        sheet, (_, top, _, _) = self.template.place("block.Tranches")
        tranches = self.deal.tranches
        balances = [tranche.class_initial_principal_balance for tranche in tranches]
        levels = subordination_levels(balances, [tranche.rank for tranche in tranches])
        shares = class_percentages(balances)
        coupon = self.template.anchor("target_rate", -3).value is not None
        for row, (tranche, level, share) in enumerate(zip(tranches, levels, shares, strict=True), top):
            write_text(self.template.cell(sheet, row, 1), tranche.label)
            self.template.cell(sheet, row, 2).value = tranche.rank
            balance = self.reading.get("class_initial_principal_balance", f"class:{tranche.label}")
            self._put_fact(self.template.cell(sheet, row, 3), balance)
            stated = self.template.cell(sheet, row, 5)
            if tranche.subordination_level is not None:
                own = self.reading.get("subordination_level", f"class:{tranche.label}")
                self._put_fact(
                    stated, own or self.reading.get("subordination_level", "class:A"), tranche.subordination_level
                )
            elif level == 0:
                stated.value = 0
                stated.number_format = f'{FORMATS["level"]};;"none stated"'
            else:
                stated.value = None
                self.template.cell(sheet, row, 7).value = None
            self.template.cell(sheet, row, 8).value = float(tranche.class_initial_principal_balance)
            if not coupon:
                self.template.cell(sheet, row, 13).value = None
            for column, known in ((4, share), (6, level), (9, 1), (10, share), (11, level)):
                self._expect(self.template.cell(sheet, row, column), Decimal(known), LEVEL)

    def _fill_call(self) -> None:
        balance = cast(Decimal, self.deal.all.aggregate_scheduled_principal_balance)
        total = sum((tranche.class_initial_principal_balance for tranche in self.deal.tranches), Decimal(0))
        threshold = call_threshold(balance, CALL_PERCENT)
        self._put_fact(self.template.anchor("call_threshold"), self.reading.get("call_threshold", "all"))
        if self.deal.rules.call_threshold is None:
            self.template.anchor("call_difference").value = None
        self.template.named("AsOfDate").value = self.deal.cut_off_date
        for name, known in (
            ("CutOffBalance", balance), ("CallThreshold", threshold), ("CurrentPoolBalance", total),
            ("CallHeadroom", total - threshold), ("Callable", is_callable(total, threshold)),
        ):  # fmt: skip
            self._expect(self.template.named(name), known, CENT)

    def _fill_history(self) -> None:
        """The first line of the history is the deal at issue; every update adds one."""
        sheet, (column, header, _, _) = self.template.place("History")
        balances = [tranche.class_initial_principal_balance for tranche in self.deal.tranches]
        levels = subordination_levels(balances, [tranche.rank for tranche in self.deal.tranches])
        total = sum(balances, Decimal(0))
        threshold = call_threshold(cast(Decimal, self.deal.all.aggregate_scheduled_principal_balance), CALL_PERCENT)
        labels = [tranche.label for tranche in self.deal.tranches]
        entry = history_entry(self.deal.cut_off_date, total, Decimal(1), labels, levels, is_callable(total, threshold))
        for k, value in enumerate(entry):
            cell = self.template.cell(sheet, header + 1, column + k)
            if isinstance(value, str):
                write_text(cell, value)
            else:
                cell.value = value

    def _fill_assumptions(self) -> None:
        """The terms of a projection, and the pools and classes as the worksheet functions take them."""
        for term, _ in TERMS:
            value = getattr(self.assumptions, term)
            cell = self.template.anchor(f"term.{term}")
            if isinstance(value, str):
                write_text(cell, value)
            elif isinstance(value, Mapping):
                common = value.get("all")
                cell.value = common if isinstance(common, int | float) else None
            elif value is None or isinstance(value, int | float | date):
                cell.value = value
            else:
                cell.value = BY_MONTH
        for term in ("cut_off_date", "closing_date"):
            if fact := self.reading.get(term, "filing"):
                sheet, row, column = self.template.anchors[f"term.{term}"]
                source = self.template.cell(sheet, row, column + 2)
                source.value = f"line {fact.provenance.line}"
                self._link_to_source(source, fact)
        for k, pool in enumerate(self.deal.pools):
            sheet, row, column = self.template.anchors["deal_pool.pool"]
            write_text(self.template.cell(sheet, row + k, column), pool.id)
            self.template.cell(sheet, row + k, column - 1).value = k + 1
            for header, need, _ in DEAL_POOLS:
                _, _, at = self.template.anchors[f"deal_pool.{header}"]
                if self._lacks(pool, need):
                    self.template.cell(sheet, row + k, at).value = None

    def _fill_functions(self, projection: ProjectionSheets) -> None:
        """What to type beside each live call; every difference from the plain formulas is zero."""
        projection.choose_examples()
        sheet, row, _ = self.template.anchors["function"]
        while self.template.cell(sheet, row, 1).value:
            write_text(self.template.cell(sheet, row, 6), str(self.template.cell(sheet, row, 3).value))
            self._expect(self.template.cell(sheet, row, 5), 0, 1e-6)
            row += 1

    def _fill_checks(self) -> None:
        sheet, (_, top, _, _) = self.template.place("block.Checks")
        for row, finding in enumerate(self.findings, top):
            write_text(self.template.cell(sheet, row, 1), finding.id)
            write_text(self.template.cell(sheet, row, 2), finding.says)
            write_text(self.template.cell(sheet, row, 3), finding.unit)
            self._fit_height(sheet, row, 2)
            difference, tolerance, flag = (self.template.cell(sheet, row, column) for column in (4, 5, 6))
            number_format = _LEVEL_FORMAT if finding.family == "subordination_level" else _CHECK_FORMATS[finding.unit]
            difference.number_format = tolerance.number_format = number_format
            if finding.difference is None or finding.tolerance is None:
                difference.value = tolerance.value = flag.value = None
                continue
            home = self._check_home(finding)
            difference.value = f"={home.parent.title}!{home.coordinate}"
            scale = _CHECK_UNITS[finding.unit]
            tolerance.value = float(finding.tolerance / scale)
            noise = LEVEL if finding.unit == "percent" else CENT if finding.unit == "USD" else 1e-9
            self._expect(difference, finding.difference / scale, noise)
            self._expect(flag, finding.status is Status.FAIL, 0)
        for row, (check_id, says, unit, anchor, tolerance) in enumerate(self._model_checks(), top + len(self.findings)):
            home = self.template.anchor(anchor)
            cells = [self.template.cell(sheet, row, column) for column in range(1, 7)]
            for cell, text in zip(cells, (check_id, says, unit), strict=False):
                write_text(cell, text)
            self._fit_height(sheet, row, 2)
            cells[3].value, cells[4].value = f"={home.parent.title}!{home.coordinate}", tolerance
            cells[3].number_format = cells[4].number_format = _CHECK_FORMATS[unit]
            self._expect(cells[5], False, 0)
        failed = sum(finding.status is Status.FAIL for finding in self.findings)
        self._expect(self.template.named("ChecksFailed"), failed, 0)

    def _model_checks(self) -> tuple[tuple[str, str, str, str, float], ...]:
        return MODEL_CHECKS if self.projection is not None else ()

    def _check_home(self, finding: Finding) -> Cell:
        """The cell that computes the difference of a check."""
        name, place = finding.row, finding.column
        if name == "level_difference":
            tranche = next(
                k for k, t in enumerate(self.deal.tranches)
                if t.label == place or (t.rank == 1 and place == "A" and t.subordination_level is not None)
            )  # fmt: skip
            sheet, row, column = self.template.anchors[name]
            return self.template.cell(sheet, row + tranche, column)
        if place == ACROSS:
            return self.template.anchor(name, -1)
        scopes = [pool.scope for pool in self.deal.pools]
        return self.template.anchor(name, scopes.index(place) if place in scopes else -3 if place else 0)


def _title(pool: Pool) -> str:
    kind = " (relocation loans)" if pool.relocation_loans else ""
    return f"Pool {pool.id}{kind}" if pool.scope != "all" else "The mortgage loans"


def _field(row: FactRow, pool: Pool) -> Decimal | date | None:
    holder = getattr(pool, row.sub_pool) if row.sub_pool else pool
    value: Decimal | date | None = getattr(holder, row.name) if holder is not None else None
    return value


def _compare(cells: Cells, expected: Mapping[tuple[str, str], tuple[float | bool, float]]) -> None:
    """Every formula has a value, and those that Python knows agree with it. Raises TemplateError otherwise."""
    empty = [f"{sheet}!{cell}" for (sheet, cell), value in cells.values.items() if value is None]
    if empty:
        raise TemplateError(f"{len(empty)} formulas have no value: {', '.join(empty[:5])}")
    for place, (known, tolerance) in expected.items():
        value = cells.values.get(place)
        if isinstance(value, str) or value is None or abs(float(value) - float(known)) > tolerance:
            raise TemplateError(
                f"{place[0]}!{place[1]} computes {value!r} where Python has {known!r}; the workbook is not written"
            )
