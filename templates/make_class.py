"""The sheet Class in the template."""

from charts import chosen_balance, chosen_cash
from look import band, frame, name, put
from make_projection import style_of
from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from xlremic.workbook.class_months import (
    ABOUT,
    CHOICE,
    CLASS,
    CLASS_MONTHS,
    COLUMN_CELLS,
    COLUMN_NUMBERS,
    MONTH,
    NUMBER,
    NUMBER_ROW,
    START,
)
from xlremic.workbook.layout import MonthlyRow
from xlremic.workbook.projection_columns import WATERFALL, Formulas, places
from xlremic.workbook.results_columns import RESULTS

LAST = places(WATERFALL)[WATERFALL[-1].field]
DOWN = MONTH - MonthlyRow.MONTH
"""How far below its month of Waterfall a month stands here."""
BESIDE = "J"
"""Column of the charts."""


def class_months(book: Workbook, formulas: Formulas) -> None:
    """The choice, what Results says of the class, where its columns are, and its months."""
    data = CLASS_MONTHS
    sheet = frame(book, CLASS, data.widths)
    put(sheet[f"A{CHOICE[1:]}"], "Class: choose from the list", "Subtitle")
    put(sheet[CHOICE], "class", "Assumption", align="right")
    name(book, "row.class_choice", CLASS, CHOICE)
    for beside, cell, label, formula, number_format in ABOUT:
        put(sheet[beside], label, "Label").alignment = Alignment("left", "center", indent=int(beside[0] != "A"))
        put(sheet[cell], f"={formula}", "Link", number_format, align="right")
    _numbers(sheet)
    band(sheet, data.header, data.labels, left=data.texts)
    _months(sheet, formulas)
    name(book, f"months.{CLASS}", CLASS, f"A{MONTH}:{data.letter('rate')}{MONTH}")
    sheet.add_chart(chosen_balance(), f"{BESIDE}{START}")
    sheet.add_chart(chosen_cash(), f"{BESIDE}{START + 14}")
    sheet.print_area = f"A1:{data.letter('rate')}{MONTH + 59}"


def _numbers(sheet: Worksheet) -> None:
    """The line of Results and the columns of Waterfall of the chosen class, small above its months."""
    put(sheet[f"A{NUMBER_ROW}"], "No., columns of Waterfall", "Unit").alignment = Alignment("left", "center")
    classes, numbers = RESULTS.absolute("class"), RESULTS.absolute("number")
    put(sheet[NUMBER], f"=MAX(1,SUMPRODUCT(({classes}={CHOICE})*{numbers}))", "Unit", "0", align="right")
    for field, cell in COLUMN_CELLS.items():
        put(sheet[cell], f"=INDEX({COLUMN_NUMBERS[field]},${NUMBER[0]}${NUMBER[1:]})", "Unit", "0", align="right")


def _months(sheet: Worksheet, formulas: Formulas) -> None:
    """The start and the first month; the others are written like it."""
    data, at = CLASS_MONTHS, {key: CLASS_MONTHS.letter(key) for key in CLASS_MONTHS.keys if key}

    def of_waterfall(field: str, row: int) -> str:
        cell = COLUMN_CELLS[field]
        return f"INDEX(Waterfall!$A{row - DOWN}:${LAST}{row - DOWN},1,${cell[0]}${cell[1:]})"

    half_cent = formulas.cells("{std.half_cent}", CLASS, MONTH).removeprefix("=")
    made = {
        "month": f"Waterfall!$A{MONTH - DOWN}", "date": f"Waterfall!$B{MONTH - DOWN}", "beginning": f"{at['ending']}{START}",
        "interest": of_waterfall("interest", MONTH), "principal": of_waterfall("principal", MONTH),
        "loss": of_waterfall("loss", MONTH), "ending": of_waterfall("balance", MONTH),
        "rate": f"IF({at['beginning']}{MONTH}<{half_cent},0,12*{at['interest']}{MONTH}/{at['beginning']}{MONTH})",
    }  # fmt: skip
    for key, formula in made.items():
        column = data.column(key)
        style = style_of(f"={formula}")
        put(sheet[f"{at[key]}{MONTH}"], f"={formula}", style, column.number_format, column.align)
    put(sheet[f"{at['month']}{START}"], f"=Waterfall!$A{START - DOWN}", "Link", "0", align="left")
    start = f"={of_waterfall('balance', START)}"
    put(sheet[f"{at['ending']}{START}"], start, style_of(start), "USD")
