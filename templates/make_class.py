"""The sheet Class in the template."""

from look import band, frame, name, put
from make_projection import Kinds, style_of
from make_results import balance_line
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from xlremic.workbook.class_months import (
    ABOUT,
    CHOICE,
    CLASS,
    CLASS_MONTHS,
    COLUMN_CELLS,
    FIELD_ROW,
    FIELDS,
    LABEL_ROW,
    LAST_DATE,
    MONTH,
    NUMBER,
    NUMBER_ROW,
    OF_CLASS,
    START,
)
from xlremic.workbook.layout import MonthlyRow
from xlremic.workbook.projection_columns import WATERFALL, Formulas, places
from xlremic.workbook.results_columns import RESULTS

AT = places(WATERFALL)
LAST = AT[WATERFALL[-1].field]
DOWN = MONTH - MonthlyRow.MONTH
"""How far below its month of Waterfall a month stands here."""


def class_months(book: Workbook, formulas: Formulas, kinds: Kinds) -> None:
    """The choice, what Results says of the class, where its columns are, and its months."""
    data = CLASS_MONTHS
    sheet = frame(book, CLASS, data.widths | OF_CLASS.widths)
    put(sheet["A6"], "Class: choose from the list", "Subtitle")
    put(sheet[CHOICE], "class", "Assumption", align="left")
    name(book, "row.class_choice", CLASS, CHOICE)
    for row, (_, label, formula, number_format) in enumerate(ABOUT, 7):
        put(sheet[f"A{row}"], label, "Label")
        put(sheet[f"B{row}"], f"={formula}", "Link", number_format, align="left")
    put(sheet["C9"], f"={LAST_DATE}", "Link", "date", align="left")
    _columns(book, sheet, kinds)
    band(sheet, data.header, data.labels, left=data.texts)
    _months(sheet, formulas)
    name(book, f"months.{CLASS}", CLASS, f"A{MONTH}:{data.letter('rate')}{MONTH}")
    sheet.add_chart(balance_line(sheet, START, MONTH), f"J{START}")
    sheet.print_area = f"A1:{data.letter('rate')}{MONTH + 59}"


def _columns(book: Workbook, sheet: Worksheet, kinds: Kinds) -> None:
    """Of every class the numbers of its columns on Waterfall; of the chosen one in front."""
    label, of = OF_CLASS.letter("field"), OF_CLASS.letter("of")

    def row_of(row: int) -> str:
        return f"${of}${row}:${of}${row}"

    put(sheet["D6"], "row of Results", "Unit", align="left")
    chosen = f"=MAX(1,SUMPRODUCT(({row_of(LABEL_ROW)}={CHOICE})*{row_of(NUMBER_ROW)}))"
    put(sheet[NUMBER], chosen, "Formula", "0", align="right")
    put(sheet[f"{label}{NUMBER_ROW}"], "row of Results", "Unit", align="left")
    put(sheet[f"{of}{NUMBER_ROW}"], 1, "Constant", "0", align="center")
    name(book, "row.class_number", CLASS, f"{of}{NUMBER_ROW}")
    put(sheet[f"{label}{LABEL_ROW}"], "class", "Unit", align="left")
    label_of = f"=INDEX({RESULTS.absolute('class')},{of}${NUMBER_ROW})"
    put(sheet[f"{of}{LABEL_ROW}"], label_of, "Link", align="center")
    for field in FIELDS:
        row, cell = FIELD_ROW[field], COLUMN_CELLS[field]
        words = f"column of its {field}"
        put(sheet[f"{label}{row}"], words, "Unit", align="left")
        column = f"=COLUMN(Waterfall!{AT[f'subordinated_{field}']}${MonthlyRow.FIELD})"
        put(sheet[f"{of}{row}"], column, "Formula", "0", align="center")
        put(sheet[f"D{cell[1:]}"], words, "Unit", align="left")
        put(sheet[cell], f"=INDEX({row_of(row)},1,${NUMBER[0]}${NUMBER[1:]})", "Formula", "0", align="right")
    kinds.add("result", CLASS, of)


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
    put(
        sheet[f"{at['ending']}{START}"],
        f"={of_waterfall('balance', START)}",
        style_of(f"={of_waterfall('balance', START)}"),
        "USD",
    )
