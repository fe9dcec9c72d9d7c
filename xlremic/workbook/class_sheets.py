"""Classes, call, its history and terms, put into their sheets: Tranches, Call, History, Assumptions, Functions."""

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, cast

from openpyxl.cell import Cell

from ..reading.tieout import CALL_PERCENT
from ..subordination import class_percentages, subordination_levels
from .class_columns import TRANCHES
from .filing_rows import beside
from .filling import Filling, mark_by_hand, write_text
from .history import issue_lines
from .history_columns import HISTORY, TABLE_NAME
from .names import DEAL_POOLS, FORMATS, TERMS
from .projection import Projection
from .results_columns import CALLS
from .results_sheets import choose_examples
from .scenario_terms import OWN, SCENARIOS, scenario_terms
from .standing import Standing, standing
from .term_rows import PAGE, POOL_KEYS
from .tolerances import CENT, LEVEL


def fill_classes(book: Filling) -> None:
    """Classes, call, its history and the terms."""
    _fill_tranches(book)
    now = _at_issue(book)
    _fill_call(book, now)
    _fill_history(book, now)
    _fill_assumptions(book)


def _fill_tranches(book: Filling) -> None:
    sheet, (_, top, _, _) = book.template.place("block.Tranches")
    tranches = book.deal.tranches
    balances = [tranche.class_initial_principal_balance for tranche in tranches]
    levels = subordination_levels(balances, [tranche.rank for tranche in tranches])
    shares = class_percentages(balances)
    coupon = book.template.anchor("target_rate", beside("whole")).value is not None
    for row, (tranche, level, share) in enumerate(zip(tranches, levels, shares, strict=True), top):
        cells = {key: book.template.cell(sheet, row, TRANCHES.number(key)) for key in TRANCHES.keys}
        write_text(cells["class"], tranche.label)
        cells["rank"].value, cells["no"].value = tranche.rank, row - top + 1
        balance = book.reading.get("class_initial_principal_balance", f"class:{tranche.label}")
        book.put_fact(cells["initial"], balance)
        stated = cells["stated_level"]
        if tranche.subordination_level is not None:
            own = book.reading.get("subordination_level", f"class:{tranche.label}")
            book.put_fact(
                stated, own or book.reading.get("subordination_level", "class:A"), tranche.subordination_level
            )
        elif level == 0:
            stated.value = 0
            stated.number_format = f'{FORMATS["level"]};;"none stated"'
        else:
            stated.value = None
            cells["level_difference"].value = None
        cells["current"].value = float(tranche.class_initial_principal_balance)
        if not coupon:
            cells["coupon"].value = None
        for key, known in (
            ("share_at_issue", share), ("level_at_issue", level), ("factor", 1), ("share", share), ("level", level),
        ):  # fmt: skip
            book.expect(cells[key], Decimal(known), LEVEL)


def _at_issue(book: Filling) -> Standing:
    """The deal at issue; its factor is one, whatever the filing's balances differ by."""
    tranches = book.deal.tranches
    now = standing(
        [tranche.class_initial_principal_balance for tranche in tranches],
        [tranche.rank for tranche in tranches],
        cast(Decimal, book.deal.all.aggregate_scheduled_principal_balance),
        CALL_PERCENT,
    )
    return replace(now, factor=Decimal(1))


def _fill_call(book: Filling, now: Standing) -> None:
    book.put_fact(book.template.anchor("call_threshold"), book.reading.get("call_threshold", "all"))
    if book.deal.rules.call_threshold is None:
        book.template.anchor("call_difference").value = None
    book.template.named("AsOfDate").value = book.deal.cut_off_date
    balance = cast(Decimal, book.deal.all.aggregate_scheduled_principal_balance)
    for name, known in (
        ("CutOffBalance", balance), ("CallThreshold", now.threshold), ("CurrentPoolBalance", now.pool_balance),
        ("CallHeadroom", now.pool_balance - now.threshold), ("Callable", now.callable_now),
    ):  # fmt: skip
        book.expect(book.template.named(name), known, CENT)


def _fill_history(book: Filling, now: Standing) -> None:
    """The first lines of the history are the deal at issue; every update adds those of a month."""
    page = book.template.workbook[HISTORY.sheet]
    lines = issue_lines(book.deal, now)
    styles = [copy(page[HISTORY.cell(key)]._style) for key in HISTORY.keys]
    for k, line in enumerate(lines):
        for key, value, style in zip(HISTORY.keys, line.cells(), styles, strict=True):
            cell = page[HISTORY.cell(key, k)]
            cell._style = copy(style)
            if isinstance(value, str):
                write_text(cell, value)
            else:
                cell.value = value
    table = page.tables[TABLE_NAME]
    table.ref = table.autoFilter.ref = f"A{HISTORY.header}:{HISTORY.letters[-1]}{HISTORY.row(len(lines) - 1)}"
    book.expect(book.template.anchor("accepted"), 0, 0)


def _fill_assumptions(book: Filling) -> None:
    """The terms of a projection, its scenarios, and the pools as the worksheet functions take them."""
    for term in TERMS:
        _put_term(book.template.anchor(f"term.{term}"), getattr(book.given, term))
    book.template.anchor("term.scenario").value = book.scenario
    for scenario in SCENARIOS:
        if scenario != OWN:
            for term, value in scenario_terms(book.given, scenario).items():
                _put_term(book.template.anchor(f"scenario.{scenario}.{term}"), value)
    for term in ("cut_off_date", "closing_date"):
        if fact := book.reading.get(term, "filing"):
            sheet, row, column = book.template.anchors[f"term.{term}"]
            mark_by_hand(book.template.cell(sheet, row, column), fact)
            book.link_to_source(book.template.cell(sheet, row, column), fact)
    _, head, across = book.template.anchors["pool_terms"]
    for k, pool in enumerate(book.deal.pools):
        sheet, row, column = book.template.anchors["deal_pool.pool"]
        write_text(book.template.cell(sheet, row + k, column), pool.id)
        book.template.cell(sheet, row + k, column - 1).value = k + 1
        for header, need, _ in DEAL_POOLS:
            _, _, at = book.template.anchors[f"deal_pool.{header}"]
            if book.lacks(pool, need) and not (header == "target_rate" and book.given.target_rate is not None):
                book.template.cell(sheet, row + k, at).value = None
        book.template.cell(PAGE.sheet, head, across + k).value = f"Pool {pool.id}"
        for term in POOL_KEYS:
            _fill_own(book, term, pool.id, k)


def _put_term(cell: Cell, value: Any) -> None:
    """A term in its cell: yes and no as words, nothing where it differs by pool or by month."""
    if isinstance(value, Mapping):
        value = value.get("all")
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if isinstance(value, str) and value in ("yes", "no", "never", "first"):
        write_text(cell, value)
    elif value is None or isinstance(value, int | float | date):
        cell.value = value
    else:
        cell.value = None


def _fill_own(book: Filling, term: str, pool: str, k: int) -> None:
    """The own term of one pool; a series by month stands on Vectors."""
    value = getattr(book.given, term)
    own = term in ("loan_age", "target_rate") and value is not None
    if isinstance(value, Mapping) or own:
        one = book.given.of_pool(term, pool)
        sheet, row, column = book.template.anchors[f"pool_term.{term}"]
        book.template.cell(sheet, row, column + k).value = one if isinstance(one, int | float) else None


def fill_functions(book: Filling, projection: Projection) -> None:
    """What to type beside each live call; every difference from the plain formulas is zero."""
    choose_examples(projection)
    sheet, row, _ = book.template.anchors["function"]
    while book.template.cell(sheet, row, CALLS.number("function")).value:
        cells = {key: book.template.cell(sheet, row, CALLS.number(key)) for key in CALLS.keys}
        write_text(cells["typed"], str(cells["live"].value))
        book.expect(cells["difference"], 0, 1e-6)
        row += 1
