"""What each rule of the projection rests on: sentences of the sample filing, cells and columns, Python functions.

The sentences come from the reading of the sample, columns and their formulas from the table that the template is made
from, cells from the template itself, the words of a rule from the engine, functions from the comments that number them
and from their docstrings; here stands only what belongs together. ``make.py`` puts all of it into numbers.md and
limits.md.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from pkgutil import resolve_name
from textwrap import wrap

from openpyxl import load_workbook

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import xlremic  # noqa: E402
from xlremic.engine.assumptions import TERMS  # noqa: E402
from xlremic.engine.rules import RULES as SAID  # noqa: E402
from xlremic.engine.rules import Rule, rules_in  # noqa: E402
from xlremic.workbook.class_columns import CALL, TRANCHES  # noqa: E402
from xlremic.workbook.filing_rows import POOLS, UNDERWRITING, CalculatedRow  # noqa: E402
from xlremic.workbook.layout import Table as Sheet  # noqa: E402
from xlremic.workbook.projection_columns import (  # noqa: E402
    LINE_ROWS,
    POOL_ROWS,
    SENIOR_ROWS,
    SHEETS,
    STANDARDS,
    STARTS,
    Column,
)
from xlremic.workbook.results_columns import RESULTS  # noqa: E402
from xlremic.workbook.setup_columns import ITERATIONS, YIELDS  # noqa: E402

Table = Callable[[Sequence[str], Sequence[Sequence[str]]], str]
EACH = {
    "": "",
    "pool": ", each pool",
    "line": ", each rep line",
    "senior": ", each cut of class A",
    "subordinated": ", each B class",
}
WORDS = {"P": ("pool", POOL_ROWS), "L": ("rep line", LINE_ROWS), "S": ("cut of class A", SENIOR_ROWS)}
CUT = 260
"""Characters of a sentence that are quoted at most."""


@dataclass(frozen=True, slots=True)
class Rests:
    """What belongs to one rule beside the columns and the functions that carry its number."""

    facts: tuple[tuple[str, str], ...] = ()
    cells: tuple[str, ...] = ()


_BALANCE = "aggregate_scheduled_principal_balance"
RULES: Mapping[Rule, Rests] = {
    Rule.SCHEDULED_PRINCIPAL: Rests(
        ((_BALANCE, "all"), ("weighted_average_remaining_term", "all"), (_BALANCE, "pool:I:discount")),
        ("L.balance", "L.gross_rate", "L.term", "L.months"),
    ),
    Rule.AGE: Rests((("weighted_average_original_term", "all"),), ("P.age", "P.first_month")),
    Rule.PREPAYMENTS: Rests(),
    Rule.DEFAULTS: Rests(),
    Rule.LIQUIDATION: Rests(),
    Rule.NET_INTEREST: Rests((("weighted_average_coupon", "all"),), ("L.fee", "L.net_rate")),
    Rule.SHORTFALL: Rests(),
    Rule.DISCOUNT_LOANS: Rests(
        (("net_loan_rate", "pool:I:discount"), (_BALANCE, "pool:I:discount")),
        ("P.target_rate", "P.po_strip", "L.target_rate", "L.po_fraction"),
    ),
    Rule.PREMIUM_LOANS: Rests(
        (("net_loan_rate", "pool:I:premium"), ("weighted_average_coupon", "pool:I:premium")), ("L.io_rate",)
    ),
    Rule.SPLIT_ALIKE: Rests((), ("L.kept", "P.strip")),
    Rule.COUPONS: Rests((), ("S.stripped", "S.coupon")),
    Rule.SHIFTING_INTEREST: Rests((), ("start.initial_senior_percent",)),
    Rule.STEP_TESTS: Rests((), ("start.initial_subordinated", "start.losses")),
    Rule.AMONG_SUBORDINATED: Rests(),
    Rule.NOTHING_BELOW_ZERO: Rests(),
    Rule.COMPONENTS: Rests(
        (("class_initial_principal_balance", "class:A"), ("class_initial_principal_balance", "class:B-1")),
        ("start.strip", "start.subordinated", "start.subordinated_share"),
    ),
    Rule.LOSSES: Rests((("special_hazard_loss_limit", "all"),)),
    Rule.RETIRED_POOL: Rests((), ("start.initial_level",)),
    Rule.SHORT_POOL: Rests(),
    Rule.ORDER: Rests(),
    Rule.INTEREST_AND_DATES: Rests((("cut_off_date", "filing"),), ("start.first_distribution",)),
    Rule.PO_LOSSES: Rests(),
    Rule.CALL: Rests((("call_threshold", "all"),), ("start.call_from",)),
    Rule.LEVELS: Rests((("subordination_level", "class:A"), ("subordination_level", "class:B-1"))),
    Rule.PRICE_AND_LIFE: Rests(
        (("closing_date", "filing"),), ("start.settlement", "start.first_time", "start.accrued_days")
    ),
    Rule.INDEX_COUPONS: Rests(),
    Rule.STEPS: Rests(),
    Rule.PLANS: Rests(),
    Rule.ACCRUAL: Rests(),
    Rule.NON_ACCELERATED: Rests(),
    Rule.SUPER_SENIOR: Rests(),
    Rule.NOTIONAL: Rests(),
}

MARK = re.compile(r"rules? (\d+(?:, \d+)*)(?: \(([^)]*)\))?")
"""Part of the comment over a function that applies rules, ``# rule 19 (agreement 22.5)``: numbers, where they stand."""
HOMES = (
    "engine.speeds", "engine.rep_lines", "engine.collateral", "engine.strips", "engine.capital", "structure",
    "engine.structures", "engine.shifting", "engine.distribution", "engine.classes", "engine.waterfall", "engine.books",
    "engine.measures", "engine.termination", "engine.scenario_measures", "subordination",
)  # fmt: skip
"""Modules with functions that apply a rule, in the order of a projection."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A function that applies a rule: its place in the package, and the rule's in agreements or standards."""

    function: str
    source: str


@cache
def applied() -> Mapping[Rule, Sequence[Applied]]:
    """The functions of every rule, by the comments over them."""
    found: dict[Rule, list[Applied]] = {}
    for home in HOMES:
        text = (ROOT / "xlremic" / f"{home.replace('.', '/')}.py").read_text(encoding="utf-8")
        lines = text.splitlines()
        for name, first in definitions(ast.parse(text)):
            comment = lines[first - 2].strip()
            for mark in MARK.finditer(comment) if comment.startswith("# rule") else ():
                for number in mark[1].split(", "):
                    found.setdefault(Rule(int(number)), []).append(Applied(f"{home}.{name}", mark[2] or ""))
    return found


def definitions(tree: ast.AST, within: str = "") -> Iterator[tuple[str, int]]:
    """Every function of a module, those of classes with their class, and the first line of each."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from definitions(node, f"{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            yield within + node.name, min([node.lineno, *(one.lineno for one in node.decorator_list)])


def columns() -> Iterator[tuple[str, Column]]:
    """Every column of the projection's sheets, in their order."""
    for sheet, of_sheet in SHEETS.items():
        for column in of_sheet:
            yield sheet, column


def formula(text: str) -> str:
    return f"`{text.removeprefix('=')}`" if text else ""


def column_row(sheet: str, column: Column) -> list[str]:
    said = "input" if column.input else formula(column.month)
    return [f"{sheet}: {column.field.replace('_', ' ')}{EACH[column.kind]}", column.unit, said, formula(column.start)]


def cell_row(cell: str) -> list[str]:
    """A cell of Set-up's tables, by the word that formulas call it by."""
    word, _, key = cell.partition(".")
    if word == "start":
        text, unit = next((text, unit) for name, text, unit, _ in STARTS if name == key)
        return [f"Set-up, the start: {key.replace('_', ' ')}", unit, "", formula(text)]
    of, rows = WORDS[word]
    text, unit = next((text, unit) for name, text, unit in rows if name == key)
    return [f"Set-up, {of}: {key.replace('_', ' ')}", unit, "", formula(text) or "input"]


def what(one: Applied) -> list[str]:
    """A function's place, where its rule stands, and the first sentence of its docstring."""
    name = f"xlremic.{one.function}"
    return [f"`{name}`", one.source, (resolve_name(name).__doc__ or "").strip().split("\n")[0]]


def rule_part(rule: Rule, table: Table) -> str:
    """Words of one rule, then the sentences, cells and columns, and functions that belong to it."""
    rests, words = RULES[rule], SAID[rule]
    reading = xlremic.read(ROOT / "samples" / "cmsi-2004-8.txt")
    quotes: dict[str, int] = {}
    for key, scope in rests.facts:
        fact = next(reading.find(key, scope))
        sentence = fact.provenance.sentence
        quotes[sentence if len(sentence) <= CUT else f"{sentence[:CUT].rpartition(' ')[0]} …"] = fact.provenance.line
    parts = [f"### R{str(rule)[1:]}: {words.title}", "\n".join(wrap(words.says, 120))]
    parts += [f"> {sentence} (line {line})" for sentence, line in quotes.items()]
    rows = [column_row(sheet, column) for sheet, column in columns() if rule in rules_in(column.rule)]
    rows = [*map(cell_row, rests.cells), *rows]
    if rows:
        parts.append(table(("cell or column", "unit", "a month", "the start"), rows))
    parts.append(table(("Python", "stands in", "what it is"), [what(one) for one in applied()[rule]]))
    return "\n\n".join(parts)


def other_columns(table: Table) -> str:
    """Columns that only add up, date, or follow the cut of class A."""
    rows = [[*column_row(sheet, column)[:3], column.rule] for sheet, column in columns() if not rules_in(column.rule)]
    return table(("column", "unit", "a month", "what it is"), rows)


def calculated_rows(table: Table) -> str:
    """Rows of Pools and Underwriting that are formulas."""
    rows = [
        [f"{sheet}: {row.label}", row.unit, formula(row.formula)]
        for sheet, groups in (("Pools", POOLS), ("Underwriting", UNDERWRITING))
        for _, group in groups
        for row in group
        if isinstance(row, CalculatedRow)
    ]
    return table(("row", "unit", "formula of a pool"), rows)


def template_cells(columns: Sheet, last: str, table: Table) -> str:
    """The prototype row of a table in the template, up to a column: its headers and formulas."""
    page = load_workbook(ROOT / "templates" / "deal.xlsx")[columns.sheet]
    rows = []
    for column in range(columns.left, columns.number(last) + 1):
        label, cell = page.cell(columns.header, column).value, page.cell(columns.row(), column)
        if label is not None and isinstance(cell.value, str) and cell.value.startswith("="):
            rows.append([str(label), cell.coordinate, formula(cell.value)])
    return table(("column", "first cell in the template", "formula"), rows)


def call_cells(table: Table) -> str:
    page = load_workbook(ROOT / "templates" / "deal.xlsx")[CALL.sheet]
    cells = [[page[CALL.cell(key, line)].value for key in ("label", "unit", "value")] for line in CALL.lines]
    rows = [
        [str(label), str(unit or ""), formula(str(value))] for label, unit, value in cells if str(value).startswith("=")
    ]
    return table(("figure", "unit", "formula"), rows)


def standards(table: Table) -> str:
    return table(
        ("name", "value", "unit", "what it is"), [[f"`{k}`", f"{v:g}", u, says] for k, v, u, says in STANDARDS]
    )


def default(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(f"{first}: {second:g}" for first, second in value)
    return "" if value is None or value == {} else str(value)


def terms(table: Table) -> str:
    """Every assumption with its default, unit and meaning."""
    rows = [[f"`{name}`", default(term.default), term.unit, term.help] for name, term in TERMS.items()]
    return table(("term", "default", "unit", "what it is"), rows)


def parts(table: Table) -> dict[str, Callable[[], str]]:
    """Every made part of the pages that people write, by its name."""

    def of_rule(rule: Rule) -> Callable[[], str]:
        return lambda: rule_part(rule, table)

    return {
        **{str(rule): of_rule(rule) for rule in RULES},
        "other columns": lambda: other_columns(table),
        "calculated rows": lambda: calculated_rows(table),
        "tranches": lambda: template_cells(TRANCHES, "coupon", table),
        "results": lambda: template_cells(RESULTS, "last_month", table),
        "yield search": lambda: template_cells(YIELDS, "step_b", table),
        "call": lambda: call_cells(table),
        "standards": lambda: standards(table),
        "terms": lambda: terms(table),
        "yield steps": lambda: (
            f"- The search for a yield on the sheet takes {ITERATIONS} steps. A yield below the lowest that"
            " the search allows is left empty."
        ),
    }
