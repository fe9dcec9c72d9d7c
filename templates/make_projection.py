"""The projection's sheets in the template: Collateral and Waterfall with one prototype month, pool, line and class."""

from collections.abc import Mapping
from dataclasses import dataclass

from look import band, frame, name, put
from make_assumptions import guards, page, pools_and_classes, terms_table
from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from xlremic.workbook.layout import SETUP, MonthlyRow, quoted
from xlremic.workbook.lint import LINK
from xlremic.workbook.names import FORMATS
from xlremic.workbook.projection_columns import (
    FORMAT,
    SENIOR_INPUTS,
    SHEETS,
    STANDARDS,
    STARTS,
    USD,
    VECTORS,
    WORDS,
    Formulas,
    places,
)
from xlremic.workbook.results_columns import RESULTS
from xlremic.workbook.setup_columns import BEHIND
from xlremic.workbook.setup_rows import CLASSES, GUARDS, POOLS, STEPS
from xlremic.workbook.term_rows import ACROSS, PAGE, SCHEDULES, TERMS_TABLE, cleaned


@dataclass(slots=True)
class Kinds:
    """Columns of the template that are repeated for every pool, line or class."""

    places: dict[str, list[str]]

    def add(self, kind: str, sheet: str, letter: str) -> None:
        self.places.setdefault(kind, []).append(f"{quoted(sheet)}!${letter}:${letter}")

    def write(self, book: Workbook) -> None:
        """One name a kind, for growth; it goes when a workbook is made."""
        for kind, columns in self.places.items():
            book.defined_names[f"across.{kind}"] = DefinedName(f"across.{kind}", attr_text=",".join(columns))


def style_of(formula: str) -> str:
    return "Link" if LINK.match(formula) else "Formula"


def months_of(title: str) -> str:
    """All columns and months of a sheet, as other sheets take them."""
    letters = list(places(SHEETS[title]).values())
    return f"{title}!${letters[0]}${MonthlyRow.MONTH}:${letters[-1]}${MonthlyRow.MONTH}"


def set_up(book: Workbook, pool_cells: Mapping[str, str], outside: dict[str, str], kinds: Kinds) -> None:
    """Assumptions and Set-up: inputs, what is read of them, then what a projection starts from, side by side."""
    longest_term = f"MAX({POOLS.absolute('remaining_term').partition('!')[2]})"
    rates = (POOLS.absolute(key).partition("!")[2] for key in ("coupon", "discount_coupon", "premium_coupon"))
    of_pools = longest_term, ",".join(rates)
    page(book, of_pools)
    widths = {k: v for table in (TERMS_TABLE, POOLS, CLASSES, *STEPS.values()) for k, v in table.widths.items()}
    sheet = frame(book, SETUP, widths)
    at = places(VECTORS)
    vectors = {
        field.removesuffix("_by_month"): f"=COUNT(Vectors!${letter}${MonthlyRow.MONTH}:${letter}${MonthlyRow.MONTH})"
        for field, letter in at.items() if field.endswith("_by_month")
    }  # fmt: skip
    given = [at[f"{term}_by_month"] for term in vectors]
    outside["terms_by_month"] = f"Vectors!${given[0]}${MonthlyRow.MONTH}:${given[-1]}${MonthlyRow.MONTH}"
    shown = (
        f"{RESULTS.sheet}!${RESULTS.letter('balance')}${RESULTS.row()}:${RESULTS.letter('convexity')}${RESULTS.row()}"
    )
    months = {title: months_of(title) for title in ("Collateral", "Waterfall")} | {
        "checks": f"Vectors!${given[0]}${MonthlyRow.START}:${given[-1]}${MonthlyRow.START}", "Results": shown,
    }  # fmt: skip
    terms_table(book, sheet, vectors, of_pools)
    guards(book, sheet, months)
    pools_and_classes(book, sheet, pool_cells, outside)
    steps(book, sheet, outside)
    of_projection(book, sheet, outside, kinds)
    sheet.print_area = f"A1:K{GUARDS.row(GUARDS.lines[-1])}"


def steps(book: Workbook, sheet: Worksheet, outside: dict[str, str]) -> None:
    """Schedules and prices as the formulas read them: what is refused there counts, and does nothing."""
    for kind, keys in SCHEDULES.items():
        table = STEPS[kind]
        title = "Shift schedule" if kind == "shift" else "Loss limits"
        heading_at(sheet, table.letter("no"), title)
        band(sheet, table.header, table.labels)
        cell = {key: table.cell(key) for key in table.keys if key}
        first = kind == "shift"
        given = [
            f"INDEX({PAGE.sheet}!${PAGE.letter(ACROSS)}${PAGE.row(key)}:${PAGE.letter(ACROSS)}${PAGE.row(key)},1,${cell['no']})"
            for key in keys
        ]
        least, most = (
            [f"{PAGE.sheet}!${PAGE.letter(bound)}${PAGE.row(key)}" for key in keys] for bound in ("least", "most")
        )
        day, share = cell["day_given"], cell["share_given"]
        above = f"SUM({table.letter('day')}{table.row() - 1})"  # nothing for the header
        out = f"({day}<{least[0]})+({day}>{most[0]})+({day}<>ROUND({day},0))+({day}<={above})+({share}<{least[1]})+({share}>{most[1]})"
        out += f"+({cell['no']}=1)*({day}<>1)" if first else ""
        gone = f'({cell["refused"]}=1)+({day}="")>0'
        used = f"IF({gone},0,{day})"
        absent = f"({cell['no']}=1)*1" if first else "0"
        formulas = {
            "day": f"IF({cell['no']}=1,1,{used})" if first else used,
            "share": f"IF({gone},0,{share})",
            "day_given": cleaned(given[0]), "share_given": cleaned(given[1]),
            "refused": f'IF(({day}="")*({share}="")=1,{absent},IF(ISNUMBER({day})*ISNUMBER({share})=1,IF({out}>0,1,0),1))',
        }  # fmt: skip
        put(sheet[cell["no"]], 1, "Constant", "0", "center")
        for key, formula in formulas.items():
            put(
                sheet[cell[key]],
                f"={formula}",
                "Formula",
                "0%" if key == "share" else "0" if key == "day" else "General",
                "right",
            )
        for name_of, key in zip(keys, ("day", "share"), strict=True):
            outside[f"{name_of}*"] = outside[name_of] = table.absolute(key)
        name(book, f"block.{keys[0]}", SETUP, table.span())
        name(book, f"row.{kind}_no", SETUP, cell["no"])
        name(book, title.title().replace(" ", ""), SETUP, f"{cell['day']}:{cell['share']}")
    _prices(book, sheet, outside)


def _prices(book: Workbook, sheet: Worksheet, outside: dict[str, str]) -> None:
    table = STEPS["prices"]
    heading_at(sheet, table.letter("class"), "Prices")
    band(sheet, table.header, table.labels, left=table.texts)
    cell = {key: table.cell(key) for key in table.keys if key}
    at = f"${PAGE.letter(ACROSS)}${PAGE.row('prices')}"
    given = f"INDEX({PAGE.sheet}!{at}:{at},1,${cell['no']})"
    most = f"{PAGE.sheet}!${PAGE.letter('most')}${PAGE.row('prices')}"
    put(sheet[cell["class"]], "class", "Label")
    put(sheet[cell["no"]], 1, "Constant", "0", "center")
    put(sheet[cell["default"]], 100, "Constant", "0.000", "right")
    refused = f'=IF(ISNUMBER({given})-ISLOGICAL({given})>0,IF(({given}<=0)+({given}>{most})>0,1,0),IF(ISERROR({given}),1,IF({given}="",0,1)))'
    put(sheet[cell["refused"]], refused, "Formula", "0", "right")
    put(
        sheet[cell["price"]],
        f"=IF(({cell['refused']}=0)*ISNUMBER({given})=1,{given},{cell['default']})",
        "Formula",
        "0.000",
        "right",
    )
    outside["prices"] = table.absolute("price")
    name(book, "block.Prices", SETUP, table.span())
    name(book, "UsedPrices", SETUP, f"{cell['class']}:{cell['price']}")


def of_projection(book: Workbook, sheet: Worksheet, outside: dict[str, str], kinds: Kinds) -> None:
    """Standards, the start, pools, lines and senior classes, side by side."""
    column = BEHIND

    def letter(ahead: int = 0) -> str:
        return str(get_column_letter(column + ahead))

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
        outside[f"std.{key}"] = f"'Set-up'!${letter(1)}${row}"
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
        outside[f"start.{key}"] = f"'Set-up'!${letter(1)}${row}"
    for k, width in enumerate((22, 18, 17, 56, 4)):
        sheet.column_dimensions[letter(k)].width = width
    column += 5
    for key in ("prepayment_speeds", "default_speeds", "start_difference"):
        name(book, f"row.start.{key}", SETUP, outside[f"start.{key}"].rpartition("!")[2])
    tables: list[tuple[str, int]] = []
    for word, (title, kind, rows) in WORDS.items():
        heading_at(sheet, letter(), title)
        band(sheet, 6, {letter(): "name", letter(1): "unit"}, left=letter() + letter(1))
        put(sheet[f"{letter(2)}6"], "{" + kind + "}", "Band", align="center")
        kinds.add(kind, SETUP, letter(2))
        for row, (key, _, unit) in enumerate(rows, 7):
            put(sheet[f"{letter()}{row}"], key, "Label")
            put(sheet[f"{letter(1)}{row}"], unit, "Unit")
            outside[f"{word}.{key}"] = f"'Set-up'!{letter(2)}${row}"
        for k, width in enumerate((20, 15, 18, 4)):
            sheet.column_dimensions[letter(k)].width = width
        if word == "S":
            name(book, "SeniorClasses", SETUP, f"{letter()}7:{letter(2)}{6 + len(rows)}")
        tables.append((word, column + 2))
        column += 4
    starts(sheet, starts_at, outside)
    for word, at in tables:
        of_kind(book, sheet, word, at, outside)
    name(book, "row.start.senior_rank", SETUP, outside["start.senior_rank"].rpartition("!")[2])


def starts(sheet: Worksheet, starts_at: int, outside: Mapping[str, str]) -> None:
    """The figures that a projection starts from."""
    formulas = Formulas(outside)
    for row, (key, formula, unit, says) in enumerate(STARTS, 7):
        at = [get_column_letter(starts_at + k) for k in range(4)]
        put(sheet[f"{at[0]}{row}"], key, "Label")
        made = formulas.cells(formula, SETUP, row) if formula else None
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
        made = formulas.cells(formula, SETUP, row) if formula else None
        own = word == "S" and key in SENIOR_INPUTS
        style = "Assumption" if own else style_of(made) if made else "Constant" if unit != "text" else "Label"
        put(sheet[f"{letter}{row}"], made, style, FORMAT[unit], align="center" if unit == "number" else "")
        if made is None:
            name(book, f"row.{word}.{key}", SETUP, f"{letter}{row}")


def vector_check(field: str, letter: str) -> str:
    """What is to be said of a column of inputs by month; nothing of an empty one."""
    term = field.removesuffix("_by_month")
    own = f"{letter}${MonthlyRow.MONTH}:{letter}${MonthlyRow.MONTH}"
    month = f"$A${MonthlyRow.MONTH}:$A${MonthlyRow.MONTH}"
    out = "+".join(
        f'COUNTIF({own},"{sign}"&{PAGE.sheet}!${PAGE.letter(bound)}${PAGE.row(term)})'
        for sign, bound in (("<", "least"), (">", "most"))
    )
    gaps = f'SUMPRODUCT(({own}<>"")*({month}>COUNT({own})))'
    return f'=IF(COUNTA({own})=0,"",IF(COUNTA({own})>COUNT({own}),"not a number",IF({out}+{gaps}>0,"outside, or gaps","ok")))'


def heading_at(sheet: Worksheet, letter: str, text: str) -> None:
    put(sheet[f"{letter}5"], text, "Section")


def projection_sheet(book: Workbook, title: str, outside: Mapping[str, str], kinds: Kinds) -> None:
    """Collateral or Waterfall: header rows, the start, and one month."""
    columns, formulas = SHEETS[title], Formulas(outside)
    letters = places(columns)
    plain = 15.0 if title == "Vectors" else 12.0
    widths = {letters[c.field]: plain if c.unit != USD else 17.0 for c in columns} | {"A": 16.0, "B": 12.0}
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
                made = vector_check(column.field, letter) if row == MonthlyRow.START and title == "Vectors" else None
                style = "Assumption" if row == MonthlyRow.MONTH else "Formula" if made else "Label"
                put(cell, made, style, FORMAT[column.unit], "center" if made else "")
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
    for check in {"sum_check"} & set(letters):
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
