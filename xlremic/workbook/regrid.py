"""The grid of Scenarios computed anew by the engine, from the inputs that a workbook has now.

Only values of Scenarios change: the base case, the grid, the inputs that it was computed from, and when that was. The
formulas of all sheets are computed anew; every other byte stays, and the version before is kept, as by ``update``.
"""

from dataclasses import dataclass
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
from ..xlsx.calculate import Values, calculate, formula_cells
from ..xlsx.charts import with_points
from ..xlsx.package import Package
from ..xlsx.patch import Cell, named_cells, opened, patched
from ..xlsx.preflight import preflight
from ..xlsx.references import cell_name
from .inputs import deal_and_assumptions, has_projection
from .layout import FrameRow
from .ours import recognise
from .results_columns import INPUTS, RESULTS, SCENARIOS, ScenarioRow
from .results_sheets import grid_note, scenario_figures
from .tolerances import LIFE

SHEET = SCENARIOS.sheet
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
    book = opened(calculate(package, worksheet_functions()).to_bytes(packed=False))
    if not has_projection(book) or SHEET not in book.sheetnames:
        raise InputError(f"{path} has no projection, so no grid of scenarios; build it without --no-projection")
    refused = named_cells(book, "InputsInError")[0].value if "InputsInError" in book.defined_names else 0
    if refused:
        raise InputError(f"{path} has {refused:g} inputs in error; see xlremic check {path}")
    try:
        deal, assumptions = deal_and_assumptions(book)
        values, count = _values(book, deal, assumptions)
    except (DealError, CellError) as error:
        raise InputError(f"{path} cannot be projected: {error}") from error
    calculated = calculate(patched(package, values), worksheet_functions())
    _compare(calculated, len(_classes(book)))
    return with_points(calculated).to_bytes(), count


def _values(book: Workbook, deal: Deal, assumptions: Assumptions) -> tuple[Places, int]:
    """What stands in the cells of Scenarios, and how many scenarios the grid has."""
    sheet = book[SHEET]
    threshold = float(named_cells(book, "CallThreshold")[0].value)
    labels = _classes(book)
    first, terms = SCENARIOS.number("life"), SCENARIOS.number(RATES[0])
    values: Places = {(SHEET, f"A{FrameRow.NOTE}"): grid_note()}

    def put(row: int, now: Assumptions) -> None:
        figures, lives = scenario_figures(run(deal, now), threshold)
        for column, value in enumerate(figures, terms):
            values[SHEET, cell_name(row, column)] = value
        for column, label in enumerate(labels, first):
            values[SHEET, cell_name(row, column)] = lives.get(label)

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


def _compare(calculated: Package, classes: int) -> None:
    """The sheets and the engine agree on every life. Raises: TemplateError otherwise."""
    shown: Values = {place: value for place, value in formula_cells(calculated).values.items() if value is not None}
    for k in range(classes):
        cell = cell_name(ScenarioRow.DIFFERENCE, SCENARIOS.number("life") + k)
        apart = shown.get((SHEET, cell), 0.0)
        if isinstance(apart, str) or abs(apart) > LIFE:
            raise TemplateError(f"{SHEET}!{cell}: the sheets and the engine differ by {apart!r} years")
