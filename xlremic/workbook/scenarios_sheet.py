"""The engine's figures put into Scenarios: the base case, the grid, what both were computed from, and the matrices."""

from collections.abc import Mapping
from datetime import date

from openpyxl.styles import Border, Side
from openpyxl.utils.datetime import to_excel

from ..engine.assumptions import RATES
from ..engine.books import TrancheFlows
from ..engine.measures import weighted_average_life
from ..engine.waterfall import run
from ..xlsx.references import column_letters
from .clock import minute, written_at
from .expected import pool_balances
from .input_sums import INPUT_SUMS
from .projection import BY_MONTH, Projection
from .results_columns import RESULTS
from .scenario_columns import GRID_CDR, GRID_PSA, LIVES, SCENARIOS, SHEET, ScenarioRow, line, of_grid
from .template import Template

Figures = tuple[list[float | str | None], Mapping[str, float | None]]


def fill_scenarios(projection: Projection) -> None:
    template = projection.template
    template.anchor("scenarios_note").value = grid_note()
    sheet, row, column = template.anchors["result"]
    for k in range(len(projection.classes)):
        template.cell(sheet, row, column + k).value = k + 1
    _scenario(projection, ScenarioRow.BASE, projection.flows)
    _fill_inputs(projection)
    row = int(ScenarioRow.GRID)
    for cdr in GRID_CDR:
        for psa in GRID_PSA:
            template.cell(sheet, row, SCENARIOS.number("scenario")).value = f"{psa:g} PSA, {cdr:.0%} CDR"
            _scenario(projection, row, run(projection.deal, projection.assumptions.replace(psa=psa, cdr=cdr)))
            row += 1
    _fill_matrices(template, len(projection.classes), column)


def scenario_figures(flows: TrancheFlows, threshold: float) -> Figures:
    """A scenario on Scenarios: its terms, first month below the threshold (dollars) and losses; each class's life."""
    terms = flows.assumptions
    shown = [getattr(terms, name) for name in RATES]
    losses = flows.trace["cumulative_losses"]
    below = [k for k, total in enumerate(pool_balances(flows)) if k and total < threshold]
    cells = [
        *(value if isinstance(value, int | float) else None if value is None else BY_MONTH for value in shown),
        below[0] if below else "none",
        max(losses) - losses[0],
    ]
    return cells, {one.label: weighted_average_life(one.repayments) for one in flows.classes}


def total_of(figures: Figures, labels: list[str]) -> float:
    """What a line of the grid adds up to: its numbers and the lives of the classes that have a column."""
    cells, lives = figures
    numbers = [*cells, *(lives.get(label) for label in labels)]
    return sum(float(number) for number in numbers if isinstance(number, int | float))


def grid_note() -> str:
    """When the grid was computed, and what it rests on."""
    return (
        f"Computed by the engine on {minute(written_at())}; months and dollars from the start of the projection."
        " Every term not shown is as Assumptions had it then."
    )


def _scenario(projection: Projection, row: int, flows: TrancheFlows) -> None:
    """One line of the grid from the engine."""
    sheet, _, first = projection.template.anchors["result"]
    figures = scenario_figures(flows, float(projection.deal.rules.call_threshold or 0))
    cells, lives = figures
    labels = [one.label for one in projection.classes]
    for k, value in enumerate(cells, SCENARIOS.number(RATES[0])):
        projection.template.cell(sheet, row, k).value = value
    for k, label in enumerate(labels):
        projection.template.cell(sheet, row, first + k).value = lives.get(label)
    projection.template.cell(sheet, row, SCENARIOS.number("total")).value = total_of(figures, labels)


def _fill_inputs(projection: Projection) -> None:
    """What the inputs come to now, as the engine has them, for Scenarios to notice a change."""
    terms = projection.assumptions
    sheet, row, column = projection.template.anchors["inputs.sums"]
    for k, one in enumerate(INPUT_SUMS):
        projection.template.cell(sheet, row + k, column + 1).value = one.of_flows(projection)
    cut_off = projection.deal.cut_off_date
    of_deal = {"cut_off_date": cut_off, "closing_date": projection.deal.closing_date, "as_of_date": cut_off}
    _, row, _ = projection.template.anchors["inputs.terms"]
    while name := projection.template.cell(sheet, row, column).value:
        value = of_deal.get(str(name))
        value = value if value is not None else getattr(terms, str(name), None)
        if isinstance(value, date):
            value = to_excel(value)
        number = 1 if value == "first" else value if isinstance(value, int | float) else 0
        projection.template.cell(sheet, row, column + 1).value = float(number)
        row += 1


def _fill_matrices(template: Template, classes: int, first_life: int) -> None:
    """Each cell of a matrix shows its cell of the grid."""
    speeds = [LIVES.number(f"speed_{k}") for k in range(len(GRID_PSA))]
    divided = Border(top=Side(style="thin", color="BFBFBF"))
    for k in range(classes):
        for i in range(len(GRID_CDR)):
            row = LIVES.row(k * len(GRID_CDR) + i)
            template.cell(SHEET, row, LIVES.number("class")).value = (
                None if i else f"={RESULTS.sheet}!${RESULTS.cell('class', k)}"
            )
            template.cell(SHEET, row, LIVES.number("cdr")).value = f"={of_grid('cdr', i, 0)}"
            for j, column in enumerate(speeds):
                life = f"{column_letters(first_life + k)}{line(i, j)}"
                template.cell(SHEET, row, column).value = f'=IF({life}="","",{life})'
            if not i:
                for column in range(LIVES.number("class"), speeds[-1] + 1):
                    template.cell(SHEET, row, column).border = divided
