"""The termination price in the template, below the clean-up call."""

from look import band, figures, first_line, name, put, red, table
from openpyxl import Workbook

from xlremic.workbook.projection_columns import Formulas
from xlremic.workbook.termination_columns import CLASS_PRICES, OUTSIDE, TERMINATION, TERMINATION_LINES, WRONG


def termination(book: Workbook, formulas: Formulas) -> None:
    """Terms, price with and without forborne principal, and what each class gets."""
    sheet = book[TERMINATION.sheet]
    formulas = Formulas({**formulas.outside, **OUTSIDE})
    band(sheet, TERMINATION.header, TERMINATION.labels, left=TERMINATION.texts)
    figures(book, TERMINATION, TERMINATION_LINES, formulas)
    for key, formula in WRONG.items():
        cell = sheet[TERMINATION.cell("wrong", key)]
        put(cell, formulas.of_table(TERMINATION, formula, cell.row), "Formula", '"!";;', "center")
    for letter, width in CLASS_PRICES.widths.items():
        sheet.column_dimensions[letter].width = width
    table(book, CLASS_PRICES, formulas, "All classes")
    first_line(sheet, CLASS_PRICES, formulas, ["given"])
    sheet.conditional_formatting.add(
        TERMINATION.cell("value", "refused"), red(f"{TERMINATION.cell('value', 'refused')}>0")
    )
    name(book, "block.Termination", CLASS_PRICES.sheet, CLASS_PRICES.span("class", "short_without"))
    sheet.print_area = f"A1:{CLASS_PRICES.letters[-1]}{CLASS_PRICES.row()}"
