"""What the projection comes to, put into Results, Scenarios and Functions."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break

from ..engine.assumptions import RATES
from ..engine.books import TrancheFlows
from ..engine.measures import weighted_average_life
from ..engine.waterfall import run
from ..xlsx.references import Corner, Reference, column_letters, column_number, rewritten
from .clock import minute, written_at
from .expected import pool_balances
from .input_sums import INPUT_SUMS
from .projection import BY_MONTH, GRID_CDR, GRID_PSA, Projection
from .results_columns import DECREMENT, REPAID, RESULTS, SCENARIOS, ScenarioRow

PROTOTYPE = ("balance", "interest", "principal", "loss", "cash")
"""Fields of the class that the prototype row of Results shows."""


def fill_results(projection: Projection) -> None:
    """The classes of Results, and the engine's figures on Scenarios."""
    _fill_results(projection)
    _fill_class(projection)
    _fill_scenarios(projection)


def _fill_results(projection: Projection) -> None:
    """The classes of Results, and on Set-up their columns of Waterfall and the search for their yields."""
    template, columns = projection.template, projection.columns("Waterfall")
    repaid = {RESULTS.number(key) for key in REPAID}
    prototype = {name: column_letters(columns[f"subordinated_{name}"]) for name in PROTOTYPE}
    for block in ("block.Results", "block.Yields"):
        sheet, (left, top, right, _) = template.place(block)
        for k, one in enumerate(projection.classes):
            own = {name: projection.letter(getattr(one, name), one.copy, columns) for name in (*prototype, "repaid")}
            for column in range(left, right + 1):
                cell = template.cell(sheet, top + k, column)
                if cell.data_type == "f":
                    places = {**own, "principal": own["repaid"]} if column in repaid else own
                    cell.value = _redirected(str(cell.value), {prototype[name]: places[name] for name in prototype})
    for k, one in enumerate(projection.classes):
        for key, value in (("class", one.label), ("kind", one.kind), ("number", k + 1)):
            template.cell(RESULTS.sheet, RESULTS.row(k), RESULTS.number(key)).value = value
    _fill_decrement(projection, prototype["balance"])


def _fill_decrement(projection: Projection, prototype: str) -> None:
    """The years, and each class's column: its own line of Results, its own balance on Waterfall."""
    template, columns = projection.template, projection.columns("Waterfall")
    sheet, first, left = template.anchors["decrement"]
    years = projection.months // 12 + 1
    for year in range(years):
        template.cell(sheet, first + year, DECREMENT.number("year")).value = year
    above = first - DECREMENT.row() + DECREMENT.header
    of_first = {row: str(template.cell(sheet, row, left).value) for row in range(above, first + years)}
    for k, one in enumerate(projection.classes):
        letters = {prototype: projection.letter(one.balance, one.copy, columns)}
        for row, formula in of_first.items():
            template.cell(sheet, row, left + k).value = _redirected(_of_class(formula, k), letters)
    page = template.workbook[sheet]
    page.row_breaks.append(Break(id=above - 2))


def _of_class(formula: str, k: int) -> str:
    """The formula of the first class's column as another one takes it: its line of Results, in the same column."""

    def own(found: Reference) -> Reference:
        of_line = not found.sheet and found.first.row == RESULTS.row()
        return replace(found, first=replace(found.first, row=found.first.row + k)) if of_line else found

    return rewritten(formula, own)


def _fill_class(projection: Projection) -> None:
    """The first class is chosen; the others are in its list."""
    choice = projection.template.anchor("class_choice")
    choice.value = projection.classes[0].label
    letter, last = RESULTS.letter("class"), RESULTS.row(len(projection.classes) - 1)
    labels = f"{RESULTS.sheet}!${letter}${RESULTS.row()}:${letter}${last}"
    listed = DataValidation("list", formula1=labels, showErrorMessage=True, allow_blank=False)
    listed.errorTitle, listed.error = "No such class", "Choose a class of the list."
    listed.add(choice.coordinate)
    choice.parent.add_data_validation(listed)


def _fill_scenarios(projection: Projection) -> None:
    template = projection.template
    template.anchor("scenarios_note").value = grid_note()
    sheet, row, column = template.anchors["result"]
    for k in range(len(projection.classes)):
        template.cell(sheet, row, column + k).value = k + 1
    _scenario(projection, ScenarioRow.BASE, projection.flows)
    _fill_inputs(projection)
    _, top, _ = template.anchors["scenario"]
    k = 0
    for cdr in GRID_CDR:
        for psa in GRID_PSA:
            template.cell(sheet, top + k, SCENARIOS.number("scenario")).value = f"{psa:g} PSA, {cdr:.0%} CDR"
            _scenario(projection, top + k, run(projection.deal, projection.assumptions.replace(psa=psa, cdr=cdr)))
            k += 1


def choose_examples(projection: Projection) -> None:
    """The class that the sheet Functions shows, and one whose cash is a single column."""
    usual = next((one for one in projection.classes if one.kind == "subordinated"), projection.classes[0])
    projection.template.anchor("function_class").value = usual.label
    kinds = {one.kind: one for one in reversed(projection.classes)}
    single = kinds.get("interest only", kinds.get("principal only"))
    columns = projection.columns("Waterfall")
    if single is not None:
        own = projection.letter(single.cash, single.copy, columns)
        letters = {column_letters(columns[name]): own for name in ("io_cash", "io_paid")}
        for row in projection.template.workbook["Functions"].iter_rows(min_row=6):
            for cell in row:
                if cell.data_type == "f":
                    cell.value = _redirected(str(cell.value), letters)


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


def _scenario(projection: Projection, row: int, flows: TrancheFlows) -> None:
    """One row of Scenarios from the engine."""
    _, _, first = projection.template.anchors["result"]
    cells, lives = scenario_figures(flows, float(projection.deal.rules.call_threshold or 0))
    sheet = SCENARIOS.sheet
    for k, value in enumerate(cells, SCENARIOS.number(RATES[0])):
        projection.template.cell(sheet, row, k).value = value
    for k, one in enumerate(projection.classes):
        projection.template.cell(sheet, row, first + k).value = lives.get(one.label)


def scenario_figures(
    flows: TrancheFlows, threshold: float
) -> tuple[list[float | str | None], Mapping[str, float | None]]:
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


def grid_note() -> str:
    """When the grid was computed, and what it rests on."""
    return (
        f"Computed by the engine on {minute(written_at())}; months and dollars from the start of the projection."
        " Every term not shown is as Assumptions had it then."
    )


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
