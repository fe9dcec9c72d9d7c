"""Assumptions, one page of inputs downwards, and the part of Set-up that stands between them and the projection."""

from collections.abc import Mapping

from look import THIN, band, frame, name, put
from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xlremic.engine.assumptions import TERMS as ASSUMPTIONS
from xlremic.engine.speeds import LONGEST
from xlremic.engine.terms import Kind
from xlremic.functions.tables import DEAL_TERMS
from xlremic.workbook.class_columns import SUMMARY, TRANCHES
from xlremic.workbook.layout import SETUP, quoted
from xlremic.workbook.lint import LINK
from xlremic.workbook.names import DEAL_POOLS, FORMATS
from xlremic.workbook.scenario_terms import OWN, SCENARIOS
from xlremic.workbook.setup_rows import CLASSES, GUARDS, POOLS, SCENARIO_LIST, STEPS
from xlremic.workbook.term_rows import (
    ACROSS,
    ELSEWHERE,
    HEAD,
    INPUTS,
    PAGE,
    POOL_KEYS,
    POOLS_HEAD,
    PRICES_HEAD,
    SCHEDULES,
    TERMS_TABLE,
    Guard,
    bounds,
    default,
    setup,
    unit_of,
    used,
)

YES_NO, NONE = '"yes";;"no"', ";;"
USED_FORMATS = {"truth": YES_NO, "date": 'd mmm yyyy;;"-"'}
LIMIT_USD = '[>=1000000000000]#,##0,,,," trillion";#,##0'
"""Bounds of amounts, which are far out."""
READ_BY_NAME = {"servicing_fee_rate": "UsedServicingFee", "as_of_date": "UsedAsOfDate"}
"""Terms that sheets of the filing read too."""
SCENARIO_LABEL = "Scenario in force"


def formats(number_format: str) -> str:
    return USED_FORMATS.get(number_format, FORMATS.get(number_format, number_format))


def outside_of_terms() -> dict[str, str]:
    """The cells of terms that formulas take, by their names there."""
    found = {f"a.{key}": used(key) for key in INPUTS}
    for key in DEAL_TERMS:
        if key not in ELSEWHERE:
            found[f"a.{key}"] = f"{quoted(SETUP)}!${TERMS_TABLE.letter('value')}${TERMS_TABLE.row(key)}"
    found |= {f"given.{key}": setup("given", key) for key in ("psa", "cpr", "cdr", "sda")}
    found["guard.call"] = f"{quoted(SETUP)}!{GUARDS.cell('value', 'call')}"
    found["guard.words"] = f"{quoted(SETUP)}!{GUARDS.cell('value', 'words')}"
    found["classes.start"] = found["classes.start*"] = CLASSES.absolute("start")
    return found


def page(book: Workbook, of_pools: tuple[str, str]) -> None:
    """Every scalar input; below them what goes to the right: pools, prices, steps."""
    sheet = frame(book, PAGE.sheet, PAGE.widths)
    band(sheet, PAGE.header, PAGE.labels, left=PAGE.texts)
    sheet[f"{PAGE.letter(ACROSS)}{PAGE.header - 1}"].value = None
    put(sheet[f"{PAGE.letter(ACROSS)}{PAGE.header - 1}"], "Terms of the scenarios, ours", "Section")
    for line in PAGE.lines:
        if line.startswith(HEAD):
            section(sheet, line)
        elif line in INPUTS:
            scalar(book, sheet, Guard(INPUTS[line], source_of(line), *of_pools))
    scenario(book, sheet)
    pools(book, sheet)
    prices(book, sheet)
    schedules(book, sheet)
    look = PAGE.letter("look")
    first, last = PAGE.row(), PAGE.row(PAGE.lines[-1])
    marked = f"{PAGE.letter('check')}{first}:{look}{last}"
    sheet.conditional_formatting.add(marked, FormulaRule([f"${look}{first}>0"], font=Font(color="C00000", bold=True)))
    sheet.print_area = f"A1:{get_column_letter(PAGE.number('meaning') + 5)}{last}"


def source_of(key: str) -> str:
    """The cell of an input as Set-up takes it."""
    return ELSEWHERE[key][0] if key in ELSEWHERE else f"{PAGE.sheet}!{PAGE.cell('value', key)}"


def section(sheet: Worksheet, line: str) -> None:
    text = line.removeprefix(HEAD)
    put(sheet[PAGE.cell("label", line)], text, "Section")
    sheet.row_dimensions[PAGE.row(line)].height = 22
    for letter in PAGE.letters[: PAGE.number("most")]:
        sheet[f"{letter}{PAGE.row(line)}"].border = Border(bottom=THIN)


def labelled(sheet: Worksheet, line: str, label: str, key: str, unit: str, meaning: str) -> None:
    put(sheet[PAGE.cell("label", line)], label, "Label")
    put(sheet[PAGE.cell("key", line)], key, "Key")
    put(sheet[PAGE.cell("unit", line)], unit, "Unit")
    put(sheet[PAGE.cell("meaning", line)], meaning, "Unit")


def scalar(book: Workbook, sheet: Worksheet, guard: Guard) -> None:
    term, key = guard.term, guard.name
    labelled(sheet, key, term.label, key, unit_of(term), term.help)
    value = sheet[PAGE.cell("value", key)]
    if key in ELSEWHERE:
        put(value, f"={setup('chosen', key)}", "Link", term.format, "right")
    else:
        put(value, None, "Assumption", "General" if term.kind is Kind.YES_NO else term.format, "right")
        name(book, term.cell, PAGE.sheet, value.coordinate)
        name(book, f"row.term.{key}", PAGE.sheet, value.coordinate)
    if key in READ_BY_NAME:
        name(book, READ_BY_NAME[key], PAGE.sheet, PAGE.cell("used", key))
    put(sheet[PAGE.cell("used", key)], guard.used, "Formula", formats(term.format), "right")
    said(sheet, key, guard.check)
    marks(sheet, key, f"=MAX({setup('refused', key)},{setup('asked', key)})")
    if term.kind is not Kind.YES_NO:
        limits(sheet, key, *bounds(term), LIMIT_USD if term.format == "USD" else formats(term.format))
    if term.in_scenarios:
        for scenario_name in SCENARIOS:
            if scenario_name != OWN:
                cell = PAGE.cell(scenario_name, key)
                put(sheet[cell], None, "Assumption", term.format, "right")
                name(book, f"row.scenario.{scenario_name}.{key}", PAGE.sheet, cell)


def limits(sheet: Worksheet, line: str, least: float, most: float, number_format: str) -> None:
    whole = "0%" if number_format == FORMATS["rate"] else number_format
    for bound, column in ((least, "least"), (most, "most")):
        put(sheet[PAGE.cell(column, line)], bound, "Constant", whole, "right")
        sheet[PAGE.cell(column, line)].font = Font(name="Calibri", size=9, color="595959")


def said(sheet: Worksheet, line: str, formula: str) -> None:
    """What became of an input, in words."""
    put(sheet[PAGE.cell("check", line)], formula, "Formula").alignment = Alignment(
        horizontal="left", vertical="center", indent=1
    )


def marks(sheet: Worksheet, line: str, formula: str) -> None:
    """The cell that is 1 where a person is to look, and shows an exclamation mark."""
    style = "Link" if LINK.match(formula) else "Formula"
    put(sheet[PAGE.cell("look", line)], formula, style, '"!";;', "center")


def scenario(book: Workbook, sheet: Worksheet) -> None:
    labelled(
        sheet,
        "scenario",
        SCENARIO_LABEL,
        "scenario",
        "name",
        f"{', '.join(SCENARIOS)}: Own is the yellow column of values, the others stand to its right",
    )
    cell = PAGE.cell("value", "scenario")
    put(sheet[cell], OWN, "Assumption", align="right")
    name(book, "Scenario", PAGE.sheet, cell)
    name(book, "row.term.scenario", PAGE.sheet, cell)
    chosen, refused = setup("chosen", "scenario"), setup("refused", "scenario")
    put(
        sheet[PAGE.cell("used", "scenario")],
        f'=IF(({refused}=1)+({chosen}="")>0,"{OWN}",{chosen})',
        "Formula",
        align="right",
    )
    said(sheet, "scenario", f'=IF({refused}=1,"no such scenario",IF({chosen}="","default: {OWN}","ok"))')
    marks(sheet, "scenario", f"={refused}")


def pools(book: Workbook, sheet: Worksheet) -> None:
    """Terms of single pools, one column a pool."""
    head = f"{HEAD}{POOLS_HEAD}"
    put(sheet[PAGE.cell(ACROSS, head)], "Pool I", "Band", align="center")
    for key in POOL_KEYS:
        line, term = f"pool:{key}", ASSUMPTIONS[key]
        labelled(sheet, line, term.label, key, unit_of(term), "")
        cell = PAGE.cell(ACROSS, line)
        put(sheet[cell], None, "Assumption", term.format, "right")
        name(book, f"row.pool_term.{key}", PAGE.sheet, cell)
        own = f"${cell[0]}{PAGE.row(line)}:${cell[0]}{PAGE.row(line)}"
        taken = POOLS.absolute(f"own_{key}")
        counts = f"=COUNTA({own})-COUNT({taken})"
        marks(sheet, line, counts)
        look, (least, most) = PAGE.cell("look", line), bounds(term)
        said(sheet, line, f'=IF({look}>0,"not a number, or outside",IF(COUNT({own})>0,"ok",""))')
        limits(sheet, line, least, most, formats(term.format))
    put(sheet[PAGE.cell("unit", head)], "empty: the common term holds", "Unit")
    name(book, "block.PoolTerms", PAGE.sheet, f"{PAGE.cell(ACROSS, head)}:{PAGE.cell(ACROSS, f'pool:{POOL_KEYS[-1]}')}")
    name(book, "row.pool_terms", PAGE.sheet, PAGE.cell(ACROSS, head))


def prices(book: Workbook, sheet: Worksheet) -> None:
    head, term = f"{HEAD}{PRICES_HEAD}", ASSUMPTIONS["prices"]
    labelled(sheet, "prices", "Price of each class", "prices", term.unit, "")
    put(sheet[PAGE.cell(ACROSS, head)], "class", "Band", align="center")
    cell = PAGE.cell(ACROSS, "prices")
    put(sheet[cell], None, "Assumption", "0.000", "right")
    limits(sheet, "prices", term.least, term.most, "0")
    marks(sheet, "prices", f"=SUM({STEPS['prices'].absolute('refused')})")
    said(sheet, "prices", f'=IF({PAGE.cell("look", "prices")}>0,"not above 0, or above {term.most:g}","ok")')
    name(book, "block.ClassPrices", PAGE.sheet, f"{PAGE.cell(ACROSS, head)}:{cell}")
    name(book, "ClassPrices", PAGE.sheet, f"{cell}:{cell}")
    name(book, "row.prices", PAGE.sheet, cell)


def schedules(book: Workbook, sheet: Worksheet) -> None:
    put(sheet[PAGE.cell("unit", f"{HEAD}Shift schedule")], "steps to the right", "Unit")
    words = {
        "shift_day": ("Shift: from day", "day", "0"), "shift_share": ("Shift: part still to class A", "% of unscheduled principal", "0%"),
        "limit_day": ("Loss limit: from day", "day", "0"), "limit_share": ("Loss limit", "% of initial subordination", "0%"),
    }  # fmt: skip
    for kind, keys in SCHEDULES.items():
        for key in keys:
            label, unit, number_format = words[key]
            labelled(sheet, key, label, key, unit, "")
            put(sheet[PAGE.cell(ACROSS, key)], None, "Assumption", number_format, "right")
            name(book, f"row.{key}", PAGE.sheet, PAGE.cell(ACROSS, key))
            limits(sheet, key, 1 if key.endswith("day") else 0, LONGEST if key.endswith("day") else 1, number_format)
        marks(sheet, keys[0], f"=SUM({STEPS[kind].absolute('refused')})")
        good = "rising days, each with 0 to 100%" + (", from day 1" if kind == "shift" else "")
        said(sheet, keys[0], f'=IF({PAGE.cell("look", keys[0])}>0,"{good}","ok")')
        name(book, f"block.{kind}_steps", PAGE.sheet, f"{PAGE.cell(ACROSS, keys[0])}:{PAGE.cell(ACROSS, keys[1])}")


def terms_table(book: Workbook, sheet: Worksheet, vectors: Mapping[str, str], of_pools: tuple[str, str]) -> None:
    """Set-up: of every term the value in force, the value as chosen, and what speaks against it."""
    table = TERMS_TABLE
    put(sheet[f"A{table.header - 1}"], "The terms as the formulas and the worksheet functions read them", "Section")
    band(sheet, table.header, table.labels, left=table.texts)
    sources = {
        "cut_off_date": "=CutOffDate",
        "closing_date": f"={SUMMARY.sheet}!{SUMMARY.cell('value', 'closing_date')}",
        "call_threshold": "=CallThreshold",
    }
    for key in table.lines:
        put(sheet[table.cell("name", key)], key, "Label")
        if key == "scenario":
            continue
        if key in sources:
            put(sheet[table.cell("value", key)], sources[key], "Link", DEAL_TERMS[key].format, "right")
            continue
        guard = Guard(INPUTS[key], source_of(key), *of_pools)
        value = f"={PAGE.sheet}!{PAGE.cell('used', key)}"
        if guard.term.choices:
            value = f'=IF({value[1:]}=0,"{guard.term.default}",{value[1:]})'
        put(
            sheet[table.cell("value", key)],
            value,
            "Link" if LINK.match(value) else "Formula",
            formats(guard.term.format),
            "right",
        )
        cells: dict[str, object] = {
            "chosen": guard.chosen, "given": guard.given, "refused": guard.refused, "asked": guard.asked or None, "slip": guard.slip,
            "default": default(guard.term), "remark": guard.remark or None, "by_month": vectors.get(key),
            "by_pool": f"=COUNT({POOLS.absolute(f'own_{key}')})" if f"own_{key}" in POOLS.keys else None,
        }  # fmt: skip
        for column, made in cells.items():
            if made is not None:
                formula = isinstance(made, str) and made.startswith("=")
                style = ("Link" if LINK.match(str(made)) else "Formula") if formula else "Constant"
                shown = (
                    formats(guard.term.format)
                    if column in ("chosen", "default") and not guard.term.choices and guard.term.format != "truth"
                    else "General"
                )
                put(sheet[table.cell(column, key)], made, style, shown, "left" if column == "remark" else "right")
        if key in vectors:
            name(book, f"row.by_month.{key}", SETUP, table.cell("by_month", key))
    for key in DEAL_TERMS:
        name(book, f"row.term.{key}", SETUP, table.cell("value", key))
    last = list(table.lines).index("cumulative_losses")
    name(book, "DealAssumptions", SETUP, f"A{table.header}:B{table.row(last)}")
    scenario_terms(book, sheet)


def scenario_terms(book: Workbook, sheet: Worksheet) -> None:
    """Which scenario is chosen, by its number among the columns of the page; Own is none of them."""
    table, listed = TERMS_TABLE, SCENARIO_LIST
    row = "scenario"
    chosen = table.cell("chosen", row)
    names, numbers = listed.span("name"), listed.span("number")
    put(sheet[chosen], '=IF(ISERROR(Scenario),"error",IF(Scenario="","",Scenario))', "Formula", align="right")
    put(
        sheet[table.cell("refused", row)],
        f'=IF({chosen}="",0,IF(SUMPRODUCT(({names}={chosen})*1)>0,0,1))',
        "Formula",
        align="right",
    )
    put(sheet[table.cell("value", row)], f"=SUMPRODUCT(({names}={chosen})*{numbers})", "Formula", "0", "right")
    put(sheet[f"A{listed.header - 1}"], "Scenarios", "Section")
    band(sheet, listed.header, listed.labels, left=listed.texts)
    for k, scenario_name in enumerate((*SCENARIOS[:-1], OWN)):
        put(sheet[listed.cell("name", k)], scenario_name, "Label")
        put(sheet[listed.cell("number", k)], 0 if scenario_name == OWN else k + 1, "Constant", "0", "right")
    name(book, "ScenarioList", SETUP, names)


def guards(book: Workbook, sheet: Worksheet, months: Mapping[str, str]) -> None:
    """How many inputs are refused or asked about, and how many sheets show errors."""
    table = GUARDS
    put(sheet[f"A{table.header - 1}"], "Inputs to look at", "Section")
    band(sheet, table.header, table.labels, left=table.texts)
    of_terms = {
        column: f"{TERMS_TABLE.letter(column)}{TERMS_TABLE.row()}:{TERMS_TABLE.letter(column)}{TERMS_TABLE.row('scenario')}"
        for column in ("refused", "asked")
    }
    total = {key: f"{TRANCHES.sheet}!{TRANCHES.letter(key)}{TRANCHES.totals}" for key in ("refused", "asked")}
    pool_lines = (
        f"{PAGE.sheet}!{PAGE.cell('look', f'pool:{POOL_KEYS[0]}')}:{PAGE.cell('look', f'pool:{POOL_KEYS[-1]}')}"
    )
    cells = {key: table.cell("value", key) for key in table.lines}
    formulas = {
        "terms": f"=SUM({of_terms['refused']})",
        "balances": f"={total['refused']}",
        "pools": f"=SUM({pool_lines})",
        "prices": f"={PAGE.sheet}!{PAGE.cell('look', 'prices')}",
        "schedules": f"={PAGE.sheet}!{PAGE.cell('look', 'shift_day')}+{PAGE.sheet}!{PAGE.cell('look', 'limit_day')}",
        "vectors": f'=SUMPRODUCT(1-({months["checks"]}="ok")-({months["checks"]}=""))',
        "refused": f"=SUM({cells['terms']}:{cells['vectors']})",
        "asked": f"=SUM({of_terms['asked']})+{total['asked']}",
        "look": f"={cells['refused']}+{cells['asked']}",
        "call": f"={cells['balances']}+"
        + "+".join(TERMS_TABLE.cell("refused", key) for key in ("call_percent", "reported_pool_balance")),
        "words": f'=IF({cells["look"]}=0,"",{cells["look"]}&IF({cells["look"]}=1," input"," inputs")&" to look at")',
        "errors": "="
        + "+".join(f"IF(ISERROR(SUM({months[title]})),1,0)" for title in ("Collateral", "Waterfall", "Results")),
    }
    for key in table.lines:
        put(sheet[table.cell("name", key)], table_words(key), "Label")
        style = "Link" if LINK.match(formulas[key]) else "Formula"
        put(sheet[cells[key]], formulas[key], style, "0", "right")
        name(book, f"row.guard.{key}", SETUP, cells[key])
    for called, key in (("InputsInError", "refused"), ("InputsToLookAt", "look"), ("ModelErrors", "errors")):
        name(book, called, SETUP, cells[key])


def table_words(key: str) -> str:
    return {
        "terms": "terms that are refused", "balances": "current balances that are refused", "pools": "terms of single pools that are refused",
        "prices": "prices that are refused", "schedules": "steps that are refused", "vectors": "columns of Vectors that are refused",
        "refused": "inputs in error", "asked": "inputs that are asked about", "look": "inputs to look at", "words": "in words",
        "call": "inputs in error that the call rests on", "errors": "sheets with error values",
    }[key]  # fmt: skip


def pools_and_classes(book: Workbook, sheet: Worksheet, pool_cells: Mapping[str, str], outside: dict[str, str]) -> None:
    """Pools and classes as the worksheet functions take them, each growing downwards."""
    table = POOLS
    put(sheet[f"{table.letter('no')}{table.header - 1}"], "Pools, with the terms of their own that are good", "Section")
    band(sheet, table.header, table.labels)
    number = f"${table.letter('no')}{table.row()}"
    put(sheet[table.cell("no")], 1, "Constant", "0", "center")
    put(sheet[table.cell("pool")], "I", "Label")
    for header, field, number_format in DEAL_POOLS:
        made = f"=INDEX({pool_cells[field]},1,{number})"
        if header == "target_rate":
            own = table.cell("own_target_rate")
            made = f"=IF(ISNUMBER({own}),{own},{made[1:]})"
        put(sheet[table.cell(header)], made, "Link" if LINK.match(made) else "Formula", number_format)
        outside[f"pools.{header}"] = table.absolute(header)
        name(book, f"row.deal_pool.{header}", SETUP, table.cell(header))
    for key in POOL_KEYS:
        line, term = f"pool:{key}", ASSUMPTIONS[key]
        row, letter = PAGE.row(line), PAGE.letter(ACROSS)
        given = f"INDEX({PAGE.sheet}!${letter}${row}:${letter}${row},1,{number})"
        least, most = (f"{PAGE.sheet}!${PAGE.letter(bound)}${row}" for bound in ("least", "most"))
        inside = f"MIN(MAX({given},{least}),{most})"
        inside = f"ROUND({inside},0)" if term.kind is Kind.WHOLE else inside
        made = f'=IF(ISNUMBER({given})-ISLOGICAL({given})>0,IF({inside}={given},{given},""),"")'
        put(sheet[table.cell(f"own_{key}")], made, "Formula", term.format)
        outside.setdefault(f"pools.{key}", table.absolute(f"own_{key}"))
    outside["pools.pool"] = table.absolute("pool")
    name(book, "row.deal_pool.pool", SETUP, table.cell("pool"))
    name(book, "block.DealPools", SETUP, table.span())
    last = table.letter(f"own_{POOL_KEYS[-2]}")
    name(book, "DealPools", SETUP, f"{table.letter('pool')}{table.header}:{last}{table.row()}")
    classes(book, sheet)


def classes(book: Workbook, sheet: Worksheet) -> None:
    table = CLASSES
    put(sheet[f"{table.letter('class')}{table.header - 1}"], "Classes", "Section")
    band(sheet, table.header, table.labels)
    for key, source, number_format in (
        ("class", "class", ""),
        ("rank", "rank", "0"),
        ("balance", "initial", "USD"),
        ("current_balance", "used", "USD"),
    ):
        put(
            sheet[table.cell(key)],
            f"={TRANCHES.sheet}!{TRANCHES.cell(source)}",
            "Link",
            number_format,
            "center" if key == "rank" else "",
        )
    put(sheet[table.cell("start")], f"=IF(InputsInError>0,0,{table.cell('current_balance')})", "Formula", "USD")
    name(book, "block.DealClasses", SETUP, table.span())
    name(
        book,
        "DealClasses",
        SETUP,
        f"{table.letter('class')}{table.header}:{table.letter('current_balance')}{table.row()}",
    )
