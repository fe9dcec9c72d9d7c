"""A reading to a live, checked workbook: fill the template, let it grow, compute the values, compare, then write.

A workbook whose computed cells disagree with Python's own numbers is never written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook.properties import CalcProperties

from ..deal import Deal
from ..engine.assumptions import Assumptions
from ..engine.waterfall import run
from ..errors import DealError, InputError, TemplateError, shown
from ..files import write_whole
from ..functions.hosts.lite import with_code
from ..functions.registry import worksheet_functions
from ..reading.assemble import assemble
from ..reading.facts import Reading
from ..reading.tieout import Finding, tie_out
from ..xlsx.calculate import Cells, calculate, formula_cells
from ..xlsx.charts import with_points
from ..xlsx.described import described, ignoring
from ..xlsx.package import Package
from ..xlsx.patch import saved
from ..xlsx.rows import repeated
from .checks_sheet import check_lines, fill_checks
from .class_sheets import fill_classes, fill_functions
from .clock import written_at
from .cover import fill_cover
from .filing_sheets import fill_filing
from .filling import PROGRAM, Filling
from .layout import NUMBERS_AS_TEXT
from .links import place_links
from .outline import outline
from .projection import Projection, without_functions, without_projection
from .projection_sheets import fill_projection
from .protection import protect
from .results_sheets import fill_results
from .scenario_terms import OWN, SCENARIOS
from .template import Template
from .validation import validate

EXCEL = 191029
"""The calculation engine of Excel since 2019. It computes the file of an older one anew as it opens it, and asks who
closes it to save; our values are computed and compared, so nobody need be asked."""


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
    lite: bool = False,
    scenario: str = OWN,
    protected: bool = False,
) -> Built:
    """Write the deal's workbook, with values computed and compared.

    ``projection`` leaves its sheets out if false; ``functions`` adds a sheet that calls every worksheet function, and
    ``lite`` the code of those functions for xlwings Lite.
    ``scenario`` is the one that is chosen; Own and Base are the assumptions given. ``protected`` locks the formulas,
    without a password; inputs stay open.

    Raises: DealError if the facts do not make a deal; TemplateError if the template lacks a part or the computed
    cells disagree with Python's numbers; InputError if a file cannot be read or written. Nothing is left half-written.
    """
    deal = assemble(reading)
    findings = tie_out(reading, deal)
    if scenario not in SCENARIOS:
        raise InputError(f"there is no scenario {shown(scenario)}: say {', '.join(SCENARIOS)}")
    book = _Book(Template(template), reading, deal, findings, assumptions or Assumptions(), scenario)
    book.protected = protected
    data, cells = book.made(projection, functions)
    if lite and not book.unprojected:
        data = with_code(Package.of(data)).to_bytes()
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


@dataclass(slots=True)
class _Book(Filling):
    """The whole workbook: made, calculated and compared."""

    projection: Projection | None = None
    unprojected: str = ""
    functions: bool = False
    protected: bool = False

    def made(self, projection: bool, functions: bool = False) -> tuple[bytes, Cells]:
        """The finished workbook and its formula cells, calculated and compared."""
        if not self.deal.tranches or self.deal.all.aggregate_scheduled_principal_balance is None:
            raise DealError(
                f"{self.reading.source.file}: a workbook needs the classes and the aggregate scheduled principal"
                f" balance; found {len(self.deal.tranches)} classes; `xlremic parse --unread` lists what is"
                " missing, and --facts takes it"
            )
        if projection:
            self.project()
        self.functions = functions and self.projection is not None
        self.fill()
        package = saved(self.template.workbook).dated(written_at())
        if self.projection is not None:
            package = repeated(package, self.projection.rows())
        package = with_points(calculate(package, worksheet_functions() if self.functions else None))
        package = ignoring(described(package), NUMBERS_AS_TEXT)
        cells = formula_cells(package)
        _compare(cells, self.expected)
        return package.to_bytes(), cells

    def project(self) -> None:
        """Project the deal; a filing without the facts for it has a workbook without the projection's sheets."""
        try:
            flows = run(self.deal, self.assumptions)
            self.projection = Projection(self.template, self.deal, self.assumptions, flows)
        except DealError as error:
            self.unprojected = str(error)

    def fill(self) -> None:
        if self.projection is not None:
            self.projection.spread()
        else:
            without_projection(self.template)
            self.template.spread({"tranche": len(self.deal.tranches)})
        if not self.functions:
            without_functions(self.template)
        checks = check_lines(self.findings, projected=self.projection is not None)
        pools, facts = len(self.deal.pools), len(self.reading.facts) + len(self.reading.unread)
        classes = self.deal.tranches if self.projection is None else self.projection.classes
        self.template.lower("SummaryClasses", len(classes) - 1)
        self.template.grow([
            ("Pools", pools, True), ("Underwriting", pools, True), ("Tranches", len(self.deal.tranches), False),
            ("Termination", len(self.deal.tranches), False),
            ("Checks", len(checks), False), ("Source", facts, False),
            ("DealPools", pools, False), ("DealClasses", len(self.deal.tranches), False), ("PoolTerms", pools, True),
            *(self.projection.blocks() if self.projection is not None
              else [("SummaryClasses", len(self.deal.tranches), False)]),
        ], self.projection.months if self.projection is not None else 0)  # fmt: skip
        fill_filing(self)
        fill_cover(self)
        fill_classes(self)
        if self.projection is not None:
            fill_projection(self.projection)
            fill_results(self.projection)
            self.expected |= self.projection.expected()
            if self.functions:
                fill_functions(self, self.projection)
            outline(self.template.workbook)
        fill_checks(self, checks)
        place_links(self.template.workbook)
        for page in self.template.workbook.worksheets:
            page.oddHeader.left.text = f"Series {self.deal.series}".replace("&", "&&")
            page.oddFooter.center.text = PROGRAM
        validate(self.template.workbook, self.projection.months if self.projection is not None else 0)
        self.template.workbook.properties.title = f"Series {self.deal.series}: deal model"
        self.template.workbook.properties.subject = "Mortgage certificates: classes, subordination, call, projection"
        if self.protected:
            protect(self.template.workbook)
        self.template.drop_anchors()
        for key, value in (
            ("program", PROGRAM),
            ("filing", self.reading.source.file),
            ("filing sha256", self.reading.source.sha256),
        ):
            self.template.workbook.custom_doc_props.append(StringProperty(name=key, value=value))
        self.template.workbook.calculation = CalcProperties(calcId=EXCEL, fullCalcOnLoad=False)


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
