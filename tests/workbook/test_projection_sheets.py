"""The projection in the workbook: engine, embedded calculator, IronCalc and LibreOffice agree on every figure."""

import random
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from xlremic import assemble
from xlremic.deal import Deal
from xlremic.engine.assumptions import Assumptions
from xlremic.engine.books import TrancheFlows
from xlremic.engine.capital import capital_structure
from xlremic.engine.measures import decrement
from xlremic.engine.waterfall import run
from xlremic.errors import TemplateError
from xlremic.functions.registry import FUNCTIONS
from xlremic.reading.facts import Reading
from xlremic.reading.tieout import Status
from xlremic.workbook.audit import audit, projection_findings
from xlremic.workbook.build import build
from xlremic.workbook.class_columns import TRANCHES
from xlremic.workbook.expected import agree, engine_columns, result_classes
from xlremic.workbook.filing_rows import measure_cell
from xlremic.workbook.inputs import deal_and_assumptions, projection_columns
from xlremic.workbook.layout import MonthlyRow
from xlremic.workbook.lint import lint
from xlremic.workbook.projection_columns import VECTORS, places
from xlremic.workbook.results_columns import CALLS, DECREMENT, RESULTS
from xlremic.workbook.term_rows import PAGE
from xlremic.xlsx.calculate import calculate, formula_cells
from xlremic.xlsx.engines import ironcalc_values, libreoffice_values
from xlremic.xlsx.libreoffice import libreoffice
from xlremic.xlsx.package import Package
from xlremic.xlsx.patch import Cell, opened, patched

from ..support.projection_cases import DOZEN, MORE, reading_of
from ..support.short_deal import AGE, short_reading

CENT = 0.005


def assert_all_agree(reading: Reading, terms: Mapping[str, Any], path: Path) -> None:
    """Engine, embedded calculator, IronCalc and LibreOffice on one deal and one set of assumptions."""
    assumptions = Assumptions(**terms)
    built = build(reading, path, assumptions=assumptions)
    assert built.unprojected == ""
    assert_shows(path, run(assemble(reading), assumptions))
    data = path.read_bytes()
    cells = formula_cells(Package.of(data))
    for values in (ironcalc_values(Package.of(data), cells.values), libreoffice_values(Package.of(data))):
        assert values is not None
        assert [
            (place, value, values.get(place))
            for place, value in cells.values.items()
            if not agree(place, value, values.get(place))
        ] == []


def assert_shows(path: Path, flows: TrancheFlows) -> None:
    """Every class's flows in every month within half a cent, every average life within 1e-9 of a year."""
    book = opened(path.read_bytes())
    sheet = book["Waterfall"]
    columns = projection_columns(sheet)
    shown: dict[tuple[str, str], int] = {}
    for name, owners in columns.owners.items():
        for k, owner in enumerate(owners):
            for stem in ("senior", "class", "subordinated", "po", "io"):
                if name.startswith(f"{stem}_"):
                    shown[owner, name.removeprefix(f"{stem}_")] = columns.first[name] + k
    compared = 0
    for one in flows.classes:
        names = {
            "senior": (
                ("balance", one.balance),
                ("interest", one.interest),
                ("principal", one.principal),
                ("loss", one.loss),
            ),
            "subordinated": (
                ("balance", one.balance),
                ("interest", one.interest),
                ("principal", one.principal),
                ("loss", one.loss),
            ),
            "principal only": (("balance", one.balance), ("paid", one.principal), ("loss", one.loss)),
            "interest only": (("notional", one.balance), ("paid", one.interest)),
        }[one.kind]
        if one.kind == "interest only" and (one.label, "notional") not in shown:
            names = (("balance", one.balance), ("interest", one.interest))
        for name, row in names:
            column = shown[one.label, name]
            for k in range(1, flows.months + 1):
                assert sheet.cell(MonthlyRow.START + k, column).value == pytest.approx(row[k], abs=CENT), (
                    one.label,
                    name,
                    k,
                )
            compared += 1
    assert compared >= 2 * len(flows.classes)
    results = {row[0].value: row for row in book["Results"].iter_rows(min_row=RESULTS.row(), max_row=40)}
    for life in flows.class_measures():
        for key, number in (("wal_month", life.wal_month), ("wal_30_360", life.wal_30_360)):
            value = results[life.label][RESULTS.number(key) - 1].value
            assert value == pytest.approx(number, abs=1e-9) if number is not None else value in ("", None), life.label
    assert_decrements(book, flows)


def assert_decrements(book: Workbook, flows: TrancheFlows) -> None:
    """The decrement table has a row a year and shows what the engine's table does, for every class."""
    lines = list(book["Results"].iter_rows(values_only=True))
    head = next(k for k, line in enumerate(lines) if line[0] == DECREMENT.column("year").label)
    years = [line for line in lines[head + 1 :] if isinstance(line[0], int)]
    assert [line[0] for line in years] == list(range(flows.months // 12 + 1))
    for one in flows.classes:
        column = lines[head].index(one.label)
        known = [per_cent / 100 for per_cent in decrement(one.balance)] if one.balance[0] > 0 else [0.0] * len(years)
        assert [line[column] for line in years] == pytest.approx(known, abs=1e-9), one.label


@pytest.mark.real
@pytest.mark.skipif(libreoffice() is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("name", DOZEN)
def test_every_computation_agrees(name: str, tmp_path: Path) -> None:
    """On the deal as it is in the base case, and on its like with shorter loans in the others."""
    deal, terms = DOZEN[name]
    if terms:
        assert_all_agree(short_reading(deal), {**AGE, **terms}, tmp_path / "book.xlsx")
    else:
        assert_all_agree(reading_of(deal), terms, tmp_path / "book.xlsx")


@pytest.mark.nightly
@pytest.mark.parametrize("name", DOZEN | MORE)
def test_every_computation_agrees_in_more_cases(name: str, tmp_path: Path) -> None:
    deal, terms = (DOZEN | MORE)[name]
    assert_all_agree(reading_of(deal), terms, tmp_path / "book.xlsx")


def test_the_cases_are_at_least_forty() -> None:
    assert len(DOZEN) >= 12
    assert len({**DOZEN, **MORE}) >= 40


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The workbook of a deal of one pool with losses: every rule at work, and quick to calculate."""
    path = tmp_path_factory.mktemp("small") / "small.xlsx"
    build(short_reading(), path, assumptions=Assumptions(psa=200, cdr=0.01, severity=0.4, lag=3, **AGE))
    return path.read_bytes()


def cell_of(data: bytes, name: str) -> tuple[str, str]:
    """Sheet and cell of a name of one cell."""
    sheet, _, cell = str(opened(data).defined_names[name].attr_text).rpartition("!")
    return sheet, cell.replace("$", "")


def changed(data: bytes, values: dict[tuple[str, str], Cell]) -> bytes:
    """The workbook after a person changed cells and the program recalculated."""
    return calculate(patched(Package.of(data), values)).to_bytes()


def failing(data: bytes) -> list[str]:
    return [one.says for one in projection_findings(opened(data)) if one.status is Status.FAIL]


def test_the_live_sheet_follows_its_inputs_as_the_engine_does(small: bytes) -> None:
    terms = {line: PAGE.cell("value", line) for line in PAGE.lines}
    balances = [TRANCHES.place("current", k) for k in range(2)]
    before = opened(small)["Results"][RESULTS.cell("wal_month")].value
    changes: list[dict[tuple[str, str], Cell]] = [
        {("Assumptions", terms["psa"]): 450.0},
        {("Assumptions", terms["psa"]): None, ("Assumptions", terms["cpr"]): 0.2},
        {("Assumptions", terms["cdr"]): 0.03, ("Assumptions", terms["severity"]): 0.7},
        {("Assumptions", terms["lag"]): 9.0, ("Assumptions", terms["advancing"]): False},
        {("Assumptions", terms["servicing_fee_rate"]): 0.004},
        {("Assumptions", terms["call"]): "first"},
        {("Assumptions", terms["call"]): 60.0},
        {balances[0]: 50_000_000.0},
        {balances[1]: 1_000_000.0, cell_of(small, "AsOfDate"): 36_800.0},
        {("Vectors", f"{places(VECTORS)['delinquency_by_month']}{MonthlyRow.MONTH}"): 0.5},
        {measure_cell("weighted_average_coupon"): 0.09},
    ]  # fmt: skip
    lives = set()
    for change in changes:
        data = changed(small, change)
        assert failing(data) == [], change
        lives.add(round(float(opened(data)["Results"][RESULTS.cell("wal_month")].value), 9))
    # Most of these move class A's average life, each to another place.
    assert len(lives | {round(float(before), 9)}) > 8


def test_the_workbook_reads_back_as_the_deal_and_assumptions_it_was_built_from(projected: Path, deal: Deal) -> None:
    again, assumptions = deal_and_assumptions(opened(projected.read_bytes()))
    mine, theirs = run(deal, Assumptions()), run(again, assumptions)
    assert [one.label for one in mine.classes] == [one.label for one in theirs.classes]
    for one, other in zip(mine.classes, theirs.classes, strict=True):
        assert list(one.balance) == pytest.approx(list(other.balance), abs=1e-6)
        assert list(one.interest) == pytest.approx(list(other.interest), abs=1e-6)


def test_a_corrupted_column_is_found_and_named(small: bytes) -> None:
    """A dollar added to every month of a column, for a sample of the columns that say what a line or a class gets."""
    book = opened(small)
    deal, assumptions = deal_and_assumptions(book)
    flows = run(deal, assumptions)
    capital = capital_structure(deal, assumptions, flows.collateral.lines)
    known = {one[:3] for one in engine_columns(flows, result_classes(capital, flows.collateral.lines))}
    for title, name, copy_number in random.Random(4).sample(sorted(known), 12):
        column = projection_columns(book[title]).first[name] + copy_number
        try:
            data = calculate(_shifted(Package.of(small), title, column)).to_bytes()
        except TemplateError:  # the formulas that it breaks are named there
            continue
        says = " ".join(failing(data))
        assert f"{title}!" in says, (title, name)


def _shifted(package: Package, sheet: str, column: int) -> Package:
    """The workbook with a dollar added to every month's formula of a column."""
    part = package.sheets[sheet]
    pattern = rf'(<c r="{get_column_letter(column)}(?:1[1-9]|[2-9]\d|\d\d\d)"[^>]*><f>)([^<]*)(</f>)'
    return package.edited({part: re.sub(pattern, r"\1(\2)+1\3", package[part].decode()).encode()})


def test_one_month_that_differs_is_found_by_the_conventions(small: bytes) -> None:
    cells = formula_cells(Package.of(small))
    months = [
        place
        for place in cells.formulas
        if place[0] in ("Collateral", "Waterfall")
        and int("".join(c for c in place[1] if c.isdigit())) > MonthlyRow.MONTH
    ]
    place = random.Random(2).choice(months)
    data = patched(Package.of(small), {place: 1.0}).to_bytes()
    assert any(f"{place[0]}!{place[1]}" in complaint for complaint in lint(data))


def test_every_worksheet_function_stands_beside_the_same_number_from_plain_formulas(tmp_path: Path) -> None:
    path = build(short_reading(), tmp_path / "f.xlsx", assumptions=Assumptions(**AGE), functions=True).path
    sheet = opened(path.read_bytes())["Functions"]
    rows = {
        row[0].value: row for row in sheet.iter_rows(min_row=CALLS.row(), max_col=len(CALLS.columns)) if row[0].value
    }
    assert set(rows) == {function.name for function in FUNCTIONS}
    for name, row in rows.items():
        assert name in row[CALLS.number("typed") - 1].value
        assert float(row[CALLS.number("live") - 1].value) == pytest.approx(
            float(row[CALLS.number("plain") - 1].value), rel=1e-9, abs=1e-9
        ), name
    assert [one.says for one in audit(path) if one.status is Status.FAIL] == []
