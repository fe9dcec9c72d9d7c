"""What the projection comes to, put into Results, Scenarios and Functions."""

from collections.abc import Mapping
from dataclasses import replace

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break

from ..xlsx.references import Corner, Reference, column_letters, column_number, rewritten
from .projection import Projection
from .results_columns import DECREMENT, REPAID, RESULTS
from .scenarios_sheet import fill_scenarios

PROTOTYPE = ("balance", "interest", "principal", "loss", "cash")
"""Fields of the class that the prototype row of Results shows."""


def fill_results(projection: Projection) -> None:
    """The classes of Results, the choice of Class, and the engine's figures on Scenarios."""
    _fill_results(projection)
    _fill_class(projection)
    fill_scenarios(projection)


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
