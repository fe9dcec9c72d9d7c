"""The projection's sheets in the template: Collateral and Waterfall with one prototype month, pool, line and class."""

from collections.abc import Mapping
from dataclasses import dataclass

from look import band, frame, name, put
from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from xlremic.workbook.layout import MonthlyRow
from xlremic.workbook.lint import LINK
from xlremic.workbook.names import FORMATS
from xlremic.workbook.projection_columns import (
    FORMAT,
    SENIOR_INPUTS,
    SHEETS,
    STANDARDS,
    STARTS,
    USD,
    WORDS,
    Formulas,
    places,
)


@dataclass(slots=True)
class Kinds:
    """Columns of the template that are repeated for every pool, line or class."""

    places: dict[str, list[str]]

    def add(self, kind: str, sheet: str, letter: str) -> None:
        self.places.setdefault(kind, []).append(f"{sheet}!${letter}:${letter}")

    def write(self, book: Workbook) -> None:
        """One name a kind, for growth; it goes when a workbook is made."""
        for kind, columns in self.places.items():
            book.defined_names[f"across.{kind}"] = DefinedName(f"across.{kind}", attr_text=",".join(columns))


def style_of(formula: str) -> str:
    return "Link" if LINK.match(formula) else "Formula"


def assumption_tables(book: Workbook, sheet: Worksheet, first: int, outside: dict[str, str], kinds: Kinds) -> None:
    """Schedules, standards, the start, pools, lines and senior classes, side by side from column ``first``."""
    column = first

    def letter(ahead: int = 0) -> str:
        return str(get_column_letter(column + ahead))

    for title, keys, unit in (
        ("Shift schedule", ("shift_day", "shift_share"), "part of unscheduled principal still to class A"),
        ("Loss limits", ("limit_day", "limit_share"), "part of initial subordination"),
    ):
        heading_at(sheet, letter(), title)
        band(sheet, 6, {letter(): "from day", letter(1): unit})
        put(sheet[f"{letter()}7"], None, "Assumption", "0")
        put(sheet[f"{letter(1)}7"], None, "Assumption", "0%")
        for k, key in enumerate(keys):
            outside[f"{key}*"] = outside[key] = f"Assumptions!${letter(k)}$7:${letter(k)}$7"
        name(book, f"block.{keys[0]}", "Assumptions", f"{letter()}7:{letter(1)}7")
        name(book, title.title().replace(" ", ""), "Assumptions", f"{letter()}7:{letter(1)}7")
        sheet.column_dimensions[letter()].width, sheet.column_dimensions[letter(1)].width = 10, 22
        sheet.column_dimensions[letter(2)].width = 4
        column += 3
    heading_at(sheet, letter(), "Prices")
    band(sheet, 6, {letter(): "class", letter(1): "% of balance or notional"}, left=letter())
    put(sheet[f"{letter()}7"], "class", "Label")
    put(sheet[f"{letter(1)}7"], None, "Assumption", "0.000")
    outside["prices"] = f"Assumptions!${letter(1)}$7:${letter(1)}$7"
    name(book, "block.Prices", "Assumptions", f"{letter()}7:{letter(1)}7")
    name(book, "ClassPrices", "Assumptions", f"{letter()}7:{letter(1)}7")
    sheet.column_dimensions[letter()].width, sheet.column_dimensions[letter(1)].width = 10, 16
    sheet.column_dimensions[letter(2)].width = 4
    column += 3
    heading_at(sheet, letter(), "Constants of the standards and rules")
    band(
        sheet,
        6,
        {letter(): "name", letter(1): "value", letter(2): "unit", letter(3): "what it is"},
        left="".join((letter(), letter(2), letter(3))),
    )
    row = 7
    for key, value, unit, says in STANDARDS:
        put(sheet[f"{letter()}{row}"], key, "Label")
        put(sheet[f"{letter(1)}{row}"], value, "Constant", "General", align="right")
        put(sheet[f"{letter(2)}{row}"], unit, "Unit")
        put(sheet[f"{letter(3)}{row}"], says, "Unit")
        outside[f"std.{key}"] = f"Assumptions!${letter(1)}${row}"
        row += 1
    for k, width in enumerate((22, 18, 17, 52, 4)):
        sheet.column_dimensions[letter(k)].width = width
    column += 5
    heading_at(sheet, letter(), "The start of the projection")
    band(
        sheet,
        6,
        {letter(): "name", letter(1): "value", letter(2): "unit", letter(3): "what it is"},
        left="".join((letter(), letter(2), letter(3))),
    )
    starts_at, start_row = column, 7
    for row, (key, _, _, _) in enumerate(STARTS, start_row):
        outside[f"start.{key}"] = f"Assumptions!${letter(1)}${row}"
    for k, width in enumerate((22, 18, 17, 56, 4)):
        sheet.column_dimensions[letter(k)].width = width
    column += 5
    for key in ("prepayment_speeds", "default_speeds", "start_difference"):
        name(book, f"row.start.{key}", "Assumptions", outside[f"start.{key}"].rpartition("!")[2])
    tables: list[tuple[str, int]] = []
    for word, (title, kind, rows) in WORDS.items():
        heading_at(sheet, letter(), title)
        band(sheet, 6, {letter(): "name", letter(1): "unit"}, left=letter() + letter(1))
        put(sheet[f"{letter(2)}6"], "{" + kind + "}", "Band", align="center")
        kinds.add(kind, "Assumptions", letter(2))
        for row, (key, _, unit) in enumerate(rows, 7):
            put(sheet[f"{letter()}{row}"], key, "Label")
            put(sheet[f"{letter(1)}{row}"], unit, "Unit")
            outside[f"{word}.{key}"] = f"Assumptions!{letter(2)}${row}"
        for k, width in enumerate((20, 15, 18, 4)):
            sheet.column_dimensions[letter(k)].width = width
        if word == "S":
            name(book, "SeniorClasses", "Assumptions", f"{letter()}7:{letter(2)}{6 + len(rows)}")
        tables.append((word, column + 2))
        column += 4
    starts(sheet, starts_at, outside)
    for word, at in tables:
        of_kind(book, sheet, word, at, outside)
    name(book, "row.start.senior_rank", "Assumptions", outside["start.senior_rank"].rpartition("!")[2])


def starts(sheet: Worksheet, starts_at: int, outside: Mapping[str, str]) -> None:
    """The figures that a projection starts from."""
    formulas = Formulas(outside)
    for row, (key, formula, unit, says) in enumerate(STARTS, 7):
        at = [get_column_letter(starts_at + k) for k in range(4)]
        put(sheet[f"{at[0]}{row}"], key, "Label")
        made = formulas.cells(formula, "Assumptions", row) if formula else None
        put(
            sheet[f"{at[1]}{row}"],
            made,
            style_of(made or "") if made else "Constant",
            FORMAT[unit],
            align="right",
        )
        put(sheet[f"{at[2]}{row}"], unit, "Unit")
        put(sheet[f"{at[3]}{row}"], says, "Unit")


def of_kind(book: Workbook, sheet: Worksheet, word: str, column: int, outside: Mapping[str, str]) -> None:
    """The first pool, line or senior class, downwards in one column."""
    formulas, letter = Formulas(outside), get_column_letter(column)
    for row, (key, formula, unit) in enumerate(WORDS[word][2], 7):
        made = formulas.cells(formula, "Assumptions", row) if formula else None
        own = word == "S" and key in SENIOR_INPUTS
        style = "Assumption" if own else style_of(made) if made else "Constant" if unit != "text" else "Label"
        put(sheet[f"{letter}{row}"], made, style, FORMAT[unit], align="center" if unit == "number" else "")
        if made is None:
            name(book, f"row.{word}.{key}", "Assumptions", f"{letter}{row}")


def heading_at(sheet: Worksheet, letter: str, text: str) -> None:
    put(sheet[f"{letter}5"], text, "Section")


def projection_sheet(book: Workbook, title: str, outside: Mapping[str, str], kinds: Kinds) -> None:
    """Collateral or Waterfall: header rows, the start, and one month."""
    columns, formulas = SHEETS[title], Formulas(outside)
    letters = places(columns)
    widths = {letters[c.field]: 12.0 if c.unit != USD else 17.0 for c in columns} | {"A": 16.0, "B": 12.0}
    sheet = frame(book, title, widths)
    for column in columns:
        letter = letters[column.field]
        if column.kind:
            kinds.add(column.kind, title, letter)
        put(
            sheet[f"{letter}{MonthlyRow.OWNER}"],
            "{" + column.kind + "}" if column.kind else "all",
            "Note",
            align="center",
        )
        put(sheet[f"{letter}{MonthlyRow.FIELD}"], column.field.replace("_", " "), "Band", align="center")
        put(sheet[f"{letter}{MonthlyRow.UNIT}"], column.unit, "Note", align="center")
        put(sheet[f"{letter}{MonthlyRow.RULE}"], column.rule, "Note", align="center")
        put(sheet[f"{letter}{MonthlyRow.NUMBER}"], None, "Constant", "0", align="center")
        for row, formula in ((MonthlyRow.START, column.start), (MonthlyRow.MONTH, column.month)):
            cell = sheet[f"{letter}{row}"]
            if column.input:
                put(cell, None, "Assumption" if row == MonthlyRow.MONTH else "Label", FORMAT[column.unit])
            elif formula in {"0", "1"}:
                put(cell, int(formula), "Constant", FORMAT[column.unit])
            else:
                made = ""
                if formula:
                    months = row == MonthlyRow.MONTH
                    made = formulas.month(column, title) if months else formulas.cells(formula, title, row)
                put(cell, made or None, style_of(made) if made else "Label", FORMAT[column.unit])
    sheet.row_dimensions[MonthlyRow.FIELD].height = 42
    for row in (MonthlyRow.UNIT, MonthlyRow.RULE):
        sheet.row_dimensions[row].height = 27
        for letter in letters.values():
            sheet[f"{letter}{row}"].alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    for check in ("sum_check",):
        at = letters[check]
        put(
            sheet[f"{at}{MonthlyRow.NUMBER}"],
            f"=MAX(MAX({at}${MonthlyRow.MONTH}:{at}${MonthlyRow.MONTH}),0-MIN({at}${MonthlyRow.MONTH}:{at}${MonthlyRow.MONTH}))",
            "Formula",
            FORMATS["USD"],
        )
        name(book, f"row.{title}.{check}", title, f"{at}{MonthlyRow.NUMBER}")
    if title == "Collateral":
        at = letters["ending_balance"]
        put(
            sheet[f"{at}{MonthlyRow.NUMBER}"],
            f"=INDEX(${at}${MonthlyRow.MONTH}:${at}${MonthlyRow.MONTH},MAX($A${MonthlyRow.MONTH}:$A${MonthlyRow.MONTH}))",
            "Formula",
            FORMATS["USD"],
        )
        name(book, "row.Collateral.left", title, f"{at}{MonthlyRow.NUMBER}")
    name(book, f"months.{title}", title, f"A{MonthlyRow.MONTH}:{letters[columns[-1].field]}{MonthlyRow.MONTH}")
    sheet.print_area = f"A1:{letters[columns[-1].field]}{MonthlyRow.MONTH}"
    sheet.print_title_cols = "A:B"
    sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = 0
    sheet.page_setup.scale = 50
    sheet.sheet_properties.pageSetUpPr.fitToPage = False
