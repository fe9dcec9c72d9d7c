"""An existing workbook of ours, perhaps edited by a person: does it still compute what it shows, and what Python says?

Every formula is computed anew by each engine at hand and compared with its cached value; levels, shares and the call
are computed in Python from the workbook's own inputs; the conventions are held against it.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook

from ..engine.books import TrancheFlows
from ..engine.capital import capital_structure
from ..engine.waterfall import run
from ..errors import DealError, InputError, TemplateError
from ..files import read_whole
from ..functions.cells import CellError
from ..functions.hosts.lite import admitted, code_of
from ..functions.registry import worksheet_functions
from ..reading.tieout import Finding, Status
from ..subordination import call_threshold, is_callable
from ..xlsx.calculate import Cells, Values, calculate, formula_cells
from ..xlsx.charts import stale_points
from ..xlsx.engines import ironcalc_values, libreoffice_values
from ..xlsx.package import Package
from ..xlsx.patch import named_cells, opened
from ..xlsx.references import cell_name
from .checks_sheet import lines_of
from .class_columns import CHECKS
from .expected import agree, engine_columns, result_classes, result_numbers
from .input_checks import inputs_to_look_at
from .inputs import deal_and_assumptions, has_projection, projection_columns
from .layout import MONTHLY, MonthlyRow
from .lint import VIEW, lint
from .names import PUBLIC, SINCE
from .ours import GUARDED, recognise
from .regrid import grid_differences
from .results_columns import RESULTS
from .standing import CENT, LEVEL, levels_of, ranks_of


@dataclass(frozen=True, slots=True)
class Audit:
    """What is found about a workbook.

    ``findings`` are of the inputs to look at, of the file (cached values, engines, Python's own numbers, conventions),
    then of its Checks sheet; ``status`` is what the sheet's flag says once it is computed, empty if that cannot be;
    ``places`` says in which cell the check of an input or of the sheet stands, by the check's id.
    """

    findings: tuple[Finding, ...]
    status: str = ""
    places: Mapping[str, str] = field(default_factory=dict)


def audit(path: str | Path) -> tuple[Finding, ...]:
    """The findings of ``examine``."""
    return examine(path).findings


def examine(path: str | Path) -> Audit:
    """A workbook recalculated, compared and checked.

    Raises: InputError if the file cannot be read, is no plain workbook, or is not one of ours.
    """
    path = Path(path)
    data = read_whole(path)
    package = admitted(data)
    recognise(package)
    cached = formula_cells(package)
    try:
        calculated = calculate(package, worksheet_functions())
    except TemplateError as error:
        says = f"every formula can be computed: {error}"
        return Audit((_finding("formulas:computable", 1, Decimal(0), "cells", says),))
    with ThreadPoolExecutor(1) as beside:
        office = beside.submit(libreoffice_values, package)  # a program of its own, which works meanwhile
        book = opened(calculated.to_bytes(packed=False))
        missing = [name for name in PUBLIC if name not in book.defined_names and name not in SINCE]
        if missing:
            raise InputError(f"{path} is not a workbook of xlremic: it lacks the names {', '.join(missing)}")
        embedded = {place: value for place, value in formula_cells(calculated).values.items() if value is not None}
        iron = ironcalc_values(package, embedded)
        others = [*_charts(package), *_python(book), *(projection_findings(book) if has_projection(book) else ())]
        others += [_conventions(data, book, cached), *_code(package)]
        findings = [_compared("cached_values:embedded_engine", cached, embedded, "the embedded engine")]
        for name, values in (("ironcalc", iron), ("libreoffice", office.result())):
            if values is not None:
                findings.append(_compared(f"cached_values:{name}", cached, values, name))
    findings += others
    inputs = list(inputs_to_look_at(book)) if GUARDED in book.defined_names else []
    checks = {line.cell: line.finding for line in lines_of(book)}
    formulas = cached.formulas
    places = {
        finding.id: f"{CHECKS.sheet}!{cell}"
        + (f" ({formulas[place]})" if (place := (CHECKS.sheet, cell)) in formulas else "")
        for cell, finding in checks.items()
    } | {finding.id: cell for cell, finding in inputs}
    of_inputs = tuple(finding for _, finding in inputs)
    return Audit((*of_inputs, *findings, *checks.values()), _status(book), places)


def _charts(package: Package) -> Iterator[Finding]:
    stale = stale_points(package)
    says = "every chart keeps what its cells show" + "".join(f"; not of {one}" for one in stale[:5])
    yield _finding("cached_values:charts", len(stale), Decimal(0), "ranges", says)


def _code(package: Package) -> Iterator[Finding]:
    if code := code_of(package):
        says = f"the code in the workbook is byte for byte this version's: {code}"
        yield _finding("code:xlwings_lite", 0, Decimal(0), "differences", says)


def _conventions(data: bytes, book: Workbook, cells: Cells) -> Finding:
    """Whether the conventions are kept; those of today are not held against a workbook of before."""
    if GUARDED not in book.defined_names:
        return Finding(
            family="lint", measure="conventions", status=Status.NOT_EVALUATED, difference=None, tolerance=None,
            unit="complaints", says="the workbook was built before the conventions of today",
        )  # fmt: skip
    complaints = [complaint for complaint in lint(data, cells) if not complaint.startswith(f"{VIEW}:")]
    says = "the workbook keeps the conventions" + "".join(f"; {complaint}" for complaint in complaints[:5])
    return _finding("lint:conventions", len(complaints), Decimal(0), "complaints", says)


def _status(book: Workbook) -> str:
    """The words of the sheet's own flag."""
    return str(named_cells(book, "ChecksStatus")[0].value) if "ChecksStatus" in book.defined_names else ""


def _finding(check_id: str, difference: float | Decimal, tolerance: Decimal, unit: str, says: str) -> Finding:
    known = Decimal(repr(difference)) if isinstance(difference, float) else Decimal(difference)
    status = Status.PASS if abs(known) <= tolerance else Status.FAIL
    family, _, measure = check_id.partition(":")
    return Finding(
        family=family, measure=measure, status=status, difference=known, tolerance=tolerance, unit=unit, says=says
    )


def _compared(check_id: str, cached: Cells, values: Values, engine: str) -> Finding:
    # Another engine has none of our functions, so what calls them, or depends on a call, is an unknown name there.
    ours = {place for place, formula in cached.formulas.items() if "REMIC_" in formula}
    unknown = {place for place in ours if isinstance(values.get(place), str)}
    unknown |= {place for place, value in values.items() if ours and value == "#NAME?"}
    differing = [
        f"{sheet}!{cell} shows {value!r}, computes {values.get((sheet, cell))!r}"
        for (sheet, cell), value in cached.values.items()
        if (sheet, cell) not in unknown and not agree((sheet, cell), value, values.get((sheet, cell)))
    ]
    apart = f" ({len(unknown)} cells call functions that it lacks)" if unknown else ""
    says = f"every cached value is what {engine} computes{apart}" + "".join(f"; {cell}" for cell in differing[:5])
    return _finding(check_id, len(differing), Decimal(0), "cells", says)


def _numbers(book: Workbook, name: str) -> list[Decimal]:
    values = [cell.value for cell in named_cells(book, name)]
    if not all(isinstance(value, int | float) for value in values):
        raise InputError(f"the workbook's {name} must be numbers, found {values!r}")
    return [Decimal(repr(value)) for value in values]


def _python(book: Workbook) -> Iterator[Finding]:
    """Levels and call from the workbook's own inputs."""
    ranks = ranks_of(book)
    for balances, levels in (
        ("InitialBalances", "SubordinationLevelsAtIssue"),
        ("CurrentBalances", "SubordinationLevels"),
    ):
        inputs = _numbers(book, balances)
        known = levels_of(inputs, ranks)
        worst = max(abs(a - b) for a, b in zip(_numbers(book, levels), known, strict=True))
        yield _finding(
            f"python:{levels}", worst, LEVEL, "fraction", f"{levels} are what Python computes from {balances}"
        )
    (cut_off,), (percent,), (threshold,), (current,) = (
        _numbers(book, name) for name in ("CutOffBalance", "CallPercent", "CallThreshold", "CurrentPoolBalance")
    )
    says = "CallThreshold is what Python computes from CutOffBalance and CallPercent"
    yield _finding("python:CallThreshold", threshold - call_threshold(cut_off, percent), CENT, "USD", says)
    shown = bool(named_cells(book, "Callable")[0].value)
    differs = shown is not is_callable(current, threshold)
    yield _finding("python:Callable", int(differs), Decimal(0), "differences", "Callable is what Python finds")


def projection_findings(book: Workbook) -> Iterator[Finding]:
    """Every column of the projection against the engine, run on the workbook's own inputs."""
    try:
        deal, assumptions = deal_and_assumptions(book)
        flows = run(deal, assumptions)
    except (InputError, DealError, CellError) as error:
        says = f"the engine projects the workbook's inputs: {error}"
        yield _finding("python:projection", 1, Decimal(0), "differences", says)
        return
    columns = {title: projection_columns(book[title]) for title in MONTHLY if title in book.sheetnames}
    classes = result_classes(capital_structure(deal, assumptions, flows.collateral.lines), flows.collateral.lines)
    differing: list[str] = []
    for title, name, copy_number, known in engine_columns(flows, classes):
        sheet, place = book[title], columns[title]
        if (
            name not in place.first
            or copy_number >= place.count[name]
            or place.last_row < MonthlyRow.MONTH + len(known) - 1
        ):
            differing.append(f"{title}: {name} is missing, or its months are")
            continue
        column = place.first[name] + copy_number
        for row, number in enumerate(known, MonthlyRow.MONTH):
            value = sheet.cell(row, column).value
            if not isinstance(value, int | float) or abs(value - number) > float(CENT):
                cell = cell_name(row, column)
                differing.append(
                    f"{title}!{cell} ({name} of {place.owners[name][copy_number]}) {value!r}, engine {number!r}"
                )
                break
    says = "Collateral and Waterfall show what the engine computes from the workbook's inputs"
    yield _finding(
        "python:projection", len(differing), Decimal(0), "columns", says + "".join(f"; {one}" for one in differing[:5])
    )
    yield from _results(book, flows)
    wrong = grid_differences(book, deal, assumptions)
    says = "Scenarios shows the engine's figures, unless inputs have changed since they were computed"
    yield _finding("scenarios:engine", len(wrong), Decimal(0), "cells", says + "".join(f"; {one}" for one in wrong[:5]))


def _results(book: Workbook, flows: TrancheFlows) -> Iterator[Finding]:
    measures = {one.label: one for one in flows.class_measures()}
    differing: list[str] = []
    sheet = book[RESULTS.sheet]
    headers = {cell.value: cell.column for cell in sheet[RESULTS.header]}  # an older version's stand in another order
    for row in sheet.iter_rows(min_row=RESULTS.row()):
        one = measures.get(str(row[0].value))
        if one is None:
            continue
        for key, number, tolerance in result_numbers(one):
            cell = row[headers[RESULTS.column(key).label] - 1]
            value = cell.value
            if number is None and value in (None, ""):
                continue
            if number is None or not isinstance(value, int | float) or abs(value - number) > tolerance:
                differing.append(f"Results!{cell.coordinate} ({one.label}) {value!r}, engine {number!r}")
    says = "Results shows the engine's measures of the workbook's inputs"
    yield _finding(
        "python:results", len(differing), Decimal(0), "cells", says + "".join(f"; {one}" for one in differing[:5])
    )
