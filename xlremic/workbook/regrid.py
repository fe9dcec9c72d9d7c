"""The grid of Scenarios computed anew by the engine, from the inputs that a workbook has now.

Only values of Scenarios change: the base case, the grid, the inputs that it was computed from, and when that was. The
formulas of all sheets are computed anew; every other byte stays, and the version before is kept, as by ``update``.
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ..deal import Deal
from ..engine.assumptions import RATES, Assumptions
from ..engine.waterfall import run
from ..errors import DealError, InputError, TemplateError
from ..files import alone, keep, read_whole, write_whole
from ..functions.cells import CellError
from ..functions.registry import worksheet_functions
from ..xlsx.calculate import calculate, formula_cells, same
from ..xlsx.charts import with_points
from ..xlsx.package import Package
from ..xlsx.patch import Cell, named_cells, opened, patched
from ..xlsx.preflight import preflight
from ..xlsx.references import cell_name
from ..xlsx.shown import Shown
from .class_months import CLASS
from .inputs import deal_and_assumptions
from .layout import FrameRow
from .ours import recognise
from .outline import SECTIONS
from .results_columns import RESULTS
from .scenario_columns import INPUTS, LARGEST, SCENARIOS, ScenarioRow
from .scenarios_sheet import grid_note, scenario_figures, total_of
from .tolerances import LIFE

SHEET = SCENARIOS.sheet
_FORMULA = re.compile(rb"<f\b[^>]*(?:/>|>[^<]*</f>)")
Places = dict[tuple[str, str], Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Regridded:
    """How many scenarios were computed, and where the version before is."""

    scenarios: int
    backup: Path


def regrid(path: str | Path) -> Regridded:
    """Compute the grid of a workbook anew and put it into the file.

    Raises: InputError if the file is no workbook of ours with a projection, or the engine refuses its inputs (the file
        is untouched); TemplateError if the workbook cannot be computed.
    """
    path = Path(path)
    with alone(path):
        data = read_whole(path)
        new, count = regridded(data, path)
        backup = keep(path, data)
        write_whole(path, new)
    return Regridded(scenarios=count, backup=backup)


def regridded(data: bytes, path: Path) -> tuple[bytes, int]:
    """The workbook with its grid computed anew, and the number of scenarios. Raises as ``regrid`` does."""
    package = preflight(data)
    recognise(package)
    values, count = grid_of(package, path)
    calculated = calculate(patched(package, values), worksheet_functions())
    _compare(calculated)
    return with_points(calculated).to_bytes(), count


def has_grid(package: Package) -> bool:
    """Whether a workbook has a grid of today's form, which an older version's has not."""
    total = SCENARIOS.column("total").label
    return SHEET in package.sheets and Shown(package).text(SHEET, SCENARIOS.header, SCENARIOS.number("total")) == total


def with_grid(package: Package, path: Path) -> Package:
    """The workbook with the engine's grid for its inputs; as it is where it has none, or inputs that are refused."""
    if not has_grid(package):
        return package
    try:
        return patched(package, grid_of(package, path)[0])
    except InputError:
        return package  # its line of status names what has changed, and its checks what is refused


def grid_of(package: Package, path: Path) -> tuple[Places, int]:
    """What the engine has for the cells of the grid, and how many scenarios there are; nothing is changed.

    Raises: InputError if the workbook has no grid, an older one, or inputs that cannot be projected.
    """
    if SHEET not in package.sheets:
        raise InputError(f"{path} has no projection, so no grid of scenarios; build it without --no-projection")
    if not has_grid(package):
        raise InputError(f"{path} has its grid of scenarios in the form of another version; build it again")
    book = opened(calculate(_without_months(package), worksheet_functions()).to_bytes(packed=False))
    refused = named_cells(book, "InputsInError")[0].value
    if refused:
        raise InputError(f"{path} has {refused:g} inputs in error; see xlremic check {path}")
    try:
        deal, assumptions = deal_and_assumptions(book)
        return _values(book, deal, assumptions)
    except (DealError, CellError) as error:
        raise InputError(f"{path} cannot be projected: {error}") from error


def grid_differences(book: Workbook, deal: Deal, assumptions: Assumptions) -> list[str]:
    """Cells of the grid that are not what the engine has; none while inputs have changed since it was computed."""
    if "GridChanges" not in book.defined_names or named_cells(book, "GridChanges")[0].value != 0:
        return []
    known, _ = _values(book, deal, assumptions)
    shown = {place: book[place[0]][place[1]].value for place in known}
    return [
        f"{sheet}!{cell} {shown[sheet, cell]!r}, engine {value!r}"
        for (sheet, cell), value in known.items()
        if not isinstance(value, str | date) and not same(shown[sheet, cell], value)
    ]


def _without_months(package: Package) -> Package:
    """The workbook whose months are plain values: the engine asks for inputs only, which are soon computed then."""
    parts = [part for title, part in package.sheets.items() if title in (*SECTIONS, CLASS, RESULTS.sheet)]
    return package.edited({part: _FORMULA.sub(b"", package[part]) for part in parts})


def _values(book: Workbook, deal: Deal, assumptions: Assumptions) -> tuple[Places, int]:
    """What stands in the cells of Scenarios, and how many scenarios the grid has."""
    sheet = book[SHEET]
    threshold = float(named_cells(book, "CallThreshold")[0].value)
    labels = _classes(book)
    first, terms = SCENARIOS.number("life"), SCENARIOS.number(RATES[0])
    values: Places = {(SHEET, f"A{FrameRow.NOTE}"): grid_note()}

    def put(row: int, now: Assumptions) -> None:
        figures = scenario_figures(run(deal, now), threshold)
        cells, lives = figures
        for column, value in enumerate(cells, terms):
            values[SHEET, cell_name(row, column)] = value
        for column, label in enumerate(labels, first):
            values[SHEET, cell_name(row, column)] = lives.get(label)
        values[SHEET, cell_name(row, SCENARIOS.number("total"))] = total_of(figures, labels)

    put(ScenarioRow.BASE, assumptions)
    row = int(ScenarioRow.GRID)
    while sheet.cell(row, SCENARIOS.number("scenario")).value is not None:
        varied = {name: sheet.cell(row, SCENARIOS.number(name)).value for name in ("psa", "cdr")}
        put(row, assumptions.replace(**varied))
        row += 1
    return values | _inputs(sheet), row - ScenarioRow.GRID


def _classes(book: Workbook) -> list[str]:
    """The class of each column of lives."""
    sheet, results = book[SHEET], book[RESULTS.sheet]
    labels, column = [], SCENARIOS.number("life")
    while isinstance(number := sheet.cell(ScenarioRow.NUMBER, column).value, int | float):
        labels.append(str(results.cell(RESULTS.row(int(number) - 1), RESULTS.number("class")).value))
        column += 1
    return labels


def _inputs(sheet: Worksheet) -> Places:
    """What the inputs come to now, in the column of what they came to when the grid was computed."""
    header = {cell.value: cell.column for cell in sheet[INPUTS.header]}
    computed, now = (header[INPUTS.column(key).label] for key in ("computed", "now"))
    values: Places = {}
    row = INPUTS.row()
    while isinstance(value := sheet.cell(row, now).value, int | float):
        values[SHEET, cell_name(row, computed)] = float(value)
        row += 1
    return values


def _compare(calculated: Package) -> None:
    """The sheets and the engine agree on every life. Raises: TemplateError otherwise."""
    apart = formula_cells(calculated).values.get((SHEET, LARGEST))
    if not isinstance(apart, int | float) or apart > LIFE:
        raise TemplateError(f"{SHEET}!{LARGEST}: the sheets and the engine differ by {apart!r} years")
