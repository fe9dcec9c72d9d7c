"""Scenarios in the template: matrices of speeds and defaults, and the engine's grid that they show."""

from look import band, frame, heading, name, put, red
from make_projection import Kinds, style_of
from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from xlremic.workbook.input_sums import INPUT_SUMS
from xlremic.workbook.layout import FrameRow, Table
from xlremic.workbook.names import POOL_TERMS
from xlremic.workbook.projection_columns import Formulas
from xlremic.workbook.results_columns import RESULTS
from xlremic.workbook.scenario_columns import (
    AGREE,
    BESIDE,
    FIGURES,
    GRID_CDR,
    GRID_PSA,
    INPUTS,
    LIVES,
    OF_ALL,
    SCENARIOS,
    ScenarioRow,
    line,
    of_grid,
)
from xlremic.workbook.term_rows import rival

SUMMED = (
    *(term for term, _ in POOL_TERMS),
    "call_threshold",
    "call_percent",
    "cumulative_losses",
    "reported_pool_balance",
)
"""Terms that the sums of inputs hold, so that they have no line of their own."""
GRID_STATUS = f"A{FrameRow.NOTE + 1}"
LAST = f"speed_{len(GRID_PSA) - 1}"


def scenarios(book: Workbook, outside: dict[str, str], formulas: Formulas, kinds: Kinds) -> None:
    """Matrices in front; behind them the live case, the engine's base case, their difference, and the grid as values."""
    widths = LIVES.widths | BESIDE.widths | SCENARIOS.widths | INPUTS.widths
    sheet = frame(book, SCENARIOS.sheet, widths)
    put(sheet[f"A{FrameRow.NOTE}"], None, "Note")
    name(book, "row.scenarios_note", SCENARIOS.sheet, f"A{FrameRow.NOTE}")
    says = '="The live case of this workbook is "&SpeedInWords&"; the cell of these speeds is marked."'
    put(sheet[f"A{FrameRow.NOTE + 2}"], says, "Formula")
    _matrix(sheet, LIVES, "Average life of each class, years (months/12): PSA across, CDR down")
    put(sheet[LIVES.cell("class")], "class", "Link")
    name(book, "block.Lives", LIVES.sheet, LIVES.span("class", LAST))
    for key, title, table in OF_ALL:
        _matrix(sheet, table, title)
        for i in range(len(GRID_CDR)):
            put(
                sheet[table.cell("cdr", i)],
                f"={of_grid('cdr', i, 0)}",
                "Formula",
                table.column("cdr").number_format,
                "right",
            )
            for j in range(len(GRID_PSA)):
                cell, column = of_grid(key, i, j), table.column(f"speed_{j}")
                put(sheet[table.cell(column.key, i)], f"={cell}", column.style, column.number_format, column.align)
    _grid(book, sheet, outside, formulas, kinds)
    _inputs(book, sheet, outside, formulas)
    _agreement(book, sheet)
    sheet.print_area = f"A1:{BESIDE.letter(LAST)}{LIVES.row()}"


def _matrix(sheet: Worksheet, table: Table, title: str) -> None:
    """Title, speeds across, the first line; the cell of the live case's speeds is marked."""
    heading(sheet, table.header - 1, title, table.letters[0], table.letter(LAST))
    band(sheet, table.header, {letter: label for letter, label in table.labels.items() if label}, left=table.texts)
    if table.header > LIVES.header:  # beside lines of another table
        sheet.row_dimensions[table.header].height = None
    for j in range(len(GRID_PSA)):
        put(
            sheet[f"{table.letter(f'speed_{j}')}{table.header}"],
            f"={of_grid('psa', 0, j)}",
            "Band",
            '0" PSA"',
            "center",
        )
    for column in table.columns:
        if column.key and column.key != "class":
            put(
                sheet[table.cell(column.key)],
                f"={of_grid('life', 0, 0)}",
                column.style,
                column.number_format,
                column.align,
            )
    live = {key: f"${SCENARIOS.letter(key)}${ScenarioRow.LIVE}" for key in ("psa", "cdr")}
    marked = (
        f"(${table.letter('cdr')}{table.row()}={live['cdr']})*({table.letter('speed_0')}${table.header}={live['psa']})"
    )
    rule = FormulaRule([marked], font=Font(bold=True), fill=PatternFill("solid", end_color="DCE6F5"))
    lines = "" if table is LIVES else f":{table.cell(LAST, len(GRID_CDR) - 1)}"
    sheet.conditional_formatting.add(
        table.span("speed_0", LAST) if table is LIVES else table.cell("speed_0") + lines, rule
    )


def _grid(book: Workbook, sheet: Worksheet, outside: dict[str, str], formulas: Formulas, kinds: Kinds) -> None:
    """The live case, the base case and each scenario, a line each, with what it added up to when it was computed."""
    data = SCENARIOS
    shown = [column.key for column in data.columns[: data.keys.index("apart") + 1]]
    band(sheet, data.header, {data.letter(key): data.column(key).label for key in shown}, left=data.texts)
    life, lives = data.letter("life"), {row: f"{data.letter('life')}{row}" for row in ScenarioRow}
    before_lives = data.letters[data.keys.index("life") - 1]
    put(sheet[f"{before_lives}{data.header - 1}"], "Average life in years (months/12) of class", "Section")
    number, first = f"{life}${ScenarioRow.NUMBER}", data.letter("scenario")
    put(sheet[f"{life}{data.header}"], f"=INDEX({RESULTS.absolute('class')},{number})", "Band", align="center")
    put(sheet[lives[ScenarioRow.NUMBER]], 1, "Constant", "0", align="center")
    put(sheet[f"{first}{ScenarioRow.NUMBER}"], "row of Results", "Note")
    kinds.add("result", data.sheet, life)
    for of_case, label in (
        (ScenarioRow.LIVE, "live: this workbook"), (ScenarioRow.BASE, "base: the engine"),
        (ScenarioRow.DIFFERENCE, "live less base"),
    ):  # fmt: skip
        put(sheet[f"{first}{of_case}"], label, "Label")
    terms_used = {key: outside[f"a.{key}"] for key in ("psa", "cpr", "cdr", "sda", "severity")}
    made = {
        key: f'=IF({terms_used[rival(key)]}>0,"",{cell})' if key in ("psa", "cdr")
        else f'=IF({cell}>0,{cell},"")' if rival(key)
        else f"={cell}"
        for key, cell in terms_used.items()
    }  # fmt: skip
    made["first_callable"] = "=FirstCallableMonth"
    made["losses"] = formulas.cells("MAX({W.cumulative_losses~})-{start.losses}", data.sheet, ScenarioRow.LIVE)
    for key, formula in made.items():
        letter, number_format = data.letter(key), data.column(key).number_format
        put(sheet[f"{letter}{ScenarioRow.LIVE}"], formula, style_of(formula), number_format, align="right")
    grid = [line(i, j) for i in range(len(GRID_CDR)) for j in range(len(GRID_PSA))]
    for row in (int(ScenarioRow.BASE), *grid):
        put(sheet[f"{life}{row}"], None, "Constant", "0.000", align="right")
        for key in (*made, "total"):
            put(sheet[f"{data.letter(key)}{row}"], None, "Constant", data.column(key).number_format, align="right")
        figures = f"{data.letter(FIGURES[0])}{row}:{data.letter(FIGURES[1])}{row}"
        apart = f"=ROUND(SUM({figures})+SUM(${life}{row}:${life}{row})-{data.letter('total')}{row},6)"
        put(sheet[f"{data.letter('apart')}{row}"], apart, "Formula", data.column("apart").number_format, "right")
    shown_life = f"=INDEX({RESULTS.absolute('wal_month')},{number})"
    put(sheet[lives[ScenarioRow.LIVE]], shown_life, "Link", "0.000", align="right")
    now, base = lives[ScenarioRow.LIVE], lives[ScenarioRow.BASE]
    put(
        sheet[lives[ScenarioRow.DIFFERENCE]],
        f"=IF(ISNUMBER({now}),IF(ISNUMBER({base}),{now}-{base},0),0)",
        "Formula",
        '[>=0.0000005]0.000000;[<=-0.0000005]-0.000000;"-"',
        align="right",
    )
    put(sheet[f"{first}{ScenarioRow.HEADING}"], "the engine's grid", "Section")
    put(sheet[lives[ScenarioRow.HEADING]], None, "Label")
    for row in grid:
        put(sheet[f"{first}{row}"], None, "Label")
    name(book, "row.result", data.sheet, lives[ScenarioRow.NUMBER])


def _agreement(book: Workbook, sheet: Worksheet) -> None:
    """The checks of the sheet against the engine, in front."""
    first, last = BESIDE.letters[0], BESIDE.letter(LAST)
    heading(sheet, AGREE, "Sheet and engine", first, last)
    life, row = SCENARIOS.letter("life"), ScenarioRow.DIFFERENCE
    lives, changes = f"${life}{row}:${life}{row}", INPUTS.cell("changed", -1)
    apart = SCENARIOS.letter("apart")
    last_line = line(len(GRID_CDR) - 1, len(GRID_PSA) - 1)
    lines, base = f"{apart}{line(0, 0)}:{apart}{last_line}", f"{apart}{ScenarioRow.BASE}"
    for k, (called, says, formula, number_format) in enumerate((
        ("base", "largest difference of a life, live less engine, if no input has changed",
         f"=IF({changes}=0,MAX(MAX({lives}),0-MIN({lives})),0)", '0.000000000;-0.000000000;"-"'),
        ("grid", "lines of the grid that were changed since they were computed",
         f"=SUMPRODUCT(({lines}<>0)*1)+IF({base}=0,0,1)", '0;-0;"-"'),
        ("changes", "inputs that have changed since", f"={changes}", '0;-0;"-"'),
    )):  # fmt: skip
        at = f"{last}{AGREE + 1 + k}"
        put(sheet[f"{first}{AGREE + 1 + k}"], says, "Label")
        put(sheet[at], formula, "Formula", number_format, "right")
        sheet.conditional_formatting.add(at, red(f"{at}>=0.0000000005"))
        name(book, f"row.Scenarios.{called}", SCENARIOS.sheet, at)


def _inputs(book: Workbook, sheet: Worksheet, outside: dict[str, str], formulas: Formulas) -> None:
    """The inputs that the grid was computed from beside those of now: while none differs, base and live must agree."""
    data = INPUTS
    band(sheet, data.header, data.labels, left=data.texts)
    put(sheet[f"{data.letter('input')}{data.header - 1}"], "Inputs of the grid", "Section")
    lines = [(one.label, formulas.cells(one.formula, data.sheet, 0)) for one in INPUT_SUMS]
    for key, reference in outside.items():
        if key.startswith("a.") and key.removeprefix("a.") not in SUMMED:
            lines.append((key.removeprefix("a."), f"={reference}"))
    for k, (label, formula) in enumerate(lines):
        put(sheet[data.cell("input", k)], label, "Label")
        put(sheet[data.cell("now", k)], formula, style_of(formula), "General", align="right")
    name(book, "row.inputs.sums", data.sheet, data.cell("input"))
    name(book, "row.inputs.terms", data.sheet, data.cell("input", len(INPUT_SUMS)))
    for k in range(len(lines)):
        put(sheet[data.cell("computed", k)], None, "Constant", "General", align="right")
        now, computed = data.cell("now", k), data.cell("computed", k)
        changed = f"=IF(ABS({now}-{computed})>{outside['std.tolerance']}*MAX(1,ABS({computed})),1,0)"
        put(sheet[data.cell("changed", k)], changed, "Formula", "0", align="center")
        own, before = data.cell("input", k), data.cell("names", k - 1)
        comma = f'IF({before}="","",", ")&' if k else ""
        kept = f"{before}&" if k else ""
        named = f'={kept}IF({data.cell("changed", k)}=1,{comma}{own},"")'
        put(sheet[data.cell("names", k)], named, "Formula")
    put(sheet[data.cell("input", -1)], "inputs changed since the grid was computed", "Note")
    changes = f"=SUM({data.cell('changed')}:{data.cell('changed', len(lines) - 1)})"
    put(sheet[data.cell("changed", -1)], changes, "Formula", "0", align="center")
    put(sheet[GRID_STATUS], _grid_status(len(lines)), "Formula")
    sheet.conditional_formatting.add(GRID_STATUS, red("GridChanges>0"))
    name(book, "GridChanges", data.sheet, data.cell("changed", -1))
    name(book, "GridStatus", data.sheet, GRID_STATUS)


def _grid_status(lines: int) -> str:
    """Whether the grid is of the inputs that the sheets have now, and if not, which have changed."""
    changes, names = INPUTS.cell("changed", -1), INPUTS.cell("names", lines - 1)
    words = '"of the inputs as they are: nothing has changed since it was computed"'
    return f'=IF({changes}=0,{words},"OUT OF DATE, changed since it was computed: "&{names})'
