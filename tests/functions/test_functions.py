"""The registry of worksheet functions: results from elsewhere, argument checks, what a host may hand over."""

import doctest
from datetime import date, datetime, time
from decimal import Decimal
from math import inf, isfinite, nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

import xlremic.functions.registry as functions_module
from xlremic import subordination
from xlremic.deal import Deal
from xlremic.engine import waterfall
from xlremic.engine.assumptions import Assumptions
from xlremic.engine.books import TrancheFlows
from xlremic.functions import bodies
from xlremic.functions.cells import day_of, serial
from xlremic.functions.registry import FUNCTIONS, NAMES, CellError, CellErrorCode, Result, call

from ..support.golden_calls import ALL, BALANCES, CLASSES, TEXTBOOK_CLASSES, TEXTBOOK_POOLS, TEXTBOOK_TERMS, Golden
from ..support.sample_deal import sample_deal

# The table of functions in the documentation, in its order.
DOCUMENTED = [
    "REMIC_SUBORD",
    "REMIC_CALL_THRESHOLD",
    "REMIC_CALLABLE",
    "REMIC_CALLPRICE",
    "REMIC_CPR",
    "REMIC_SMM",
    "REMIC_CPR_ACTUAL",
    "REMIC_CDR_ACTUAL",
    "REMIC_PSA",
    "REMIC_SDA",
    "REMIC_PO_FRACTION",
    "REMIC_IO_RATE",
    "REMIC_SHIFT",
    "REMIC_COLLATERAL",
    "REMIC_WATERFALL",
    "REMIC_WAL",
    "REMIC_WINDOW",
    "REMIC_DECREMENT",
    "REMIC_PRICE",
    "REMIC_YIELD",
    "REMIC_DURATION",
    "REMIC_CONVEXITY",
    "REMIC_FACT",
]


def code(name: str, *arguments: object) -> CellErrorCode:
    with pytest.raises(CellError) as caught:
        call(name, arguments)
    assert "\n" not in caught.value.reason and len(caught.value.reason) > 10
    return caught.value.code


def cell(result: Result, at: tuple[int, int]) -> object:
    return result[at[0] - 1][at[1] - 1] if isinstance(result, list) else result


@pytest.mark.parametrize("golden", ALL, ids=lambda golden: golden.label)
def test_golden_calls(golden: Golden) -> None:
    if isinstance(golden.expected, CellErrorCode):
        assert code(golden.name, *golden.arguments) is golden.expected
        return
    result = cell(call(golden.name, golden.arguments), golden.at)
    if isinstance(golden.expected, float) and not isinstance(golden.expected, bool):
        assert result == pytest.approx(golden.expected, abs=golden.tolerance, rel=0)
    else:
        assert result == golden.expected and type(result) is type(golden.expected)


def test_every_function_has_a_golden_result_and_a_golden_error_or_needs_none() -> None:
    assert {golden.name for golden in ALL if not isinstance(golden.expected, CellErrorCode)} == set(DOCUMENTED)


def test_the_registry_is_the_documented_table() -> None:
    assert [function.name for function in FUNCTIONS] == DOCUMENTED


def test_help_fits_into_every_host() -> None:
    reserved = {"call", "date", "type", "next", "class", "yield", "end", "loop", "function", "name", "r", "c"}
    for function in FUNCTIONS:
        assert 0 < len(function.help) <= 255, function.name
        assert function.example.startswith(f"={function.name}(")
        names = [argument.name for argument in function.arguments]
        assert len(set(names)) == len(names) and not reserved & set(names), function.name
        optional = [argument.optional for argument in function.arguments]
        for argument in function.arguments:
            assert argument.name.isidentifier() and argument.name.islower() and 0 < len(argument.help) <= 255
        if function.name not in NAMES or not NAMES[function.name]:
            assert optional == sorted(optional), f"{function.name}: optional arguments come last"


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_too_many_or_missing_arguments_are_a_value_error(function: functions_module.Function) -> None:
    assert code(function.name, *[1] * (len(function.arguments) + 1)) is CellErrorCode.VALUE
    assert code(function.name) is CellErrorCode.VALUE


@pytest.mark.parametrize("text", ["#N/A", "#NUM!", "#DIV/0!", "#VALUE!"])
def test_an_error_in_an_argument_is_the_result(text: str) -> None:
    assert code("REMIC_SMM", text) == text
    assert code("REMIC_SUBORD", "A", CLASSES, [*BALANCES[:-1], [text]]) == text
    assert code("REMIC_SMM", "#REF!") is CellErrorCode.VALUE


def test_what_hosts_hand_over_is_one() -> None:
    level = call("REMIC_SUBORD", ["A", CLASSES, BALANCES])
    row = [[name for (name,) in CLASSES]], [[balance for (balance,) in BALANCES]]
    flat = [name for (name,) in CLASSES], [balance for (balance,) in BALANCES]
    tuples = tuple(map(tuple, CLASSES)), tuple(map(tuple, BALANCES))
    for classes, balances in (row, flat, tuples):
        assert call("REMIC_SUBORD", ["A", classes, balances]) == level
    padded = [*CLASSES, [None]], [*BALANCES, [""]]
    assert call("REMIC_SUBORD", [[["A"]], *padded]) == level
    assert call("REMIC_SMM", [Decimal("0.06")]) == call("REMIC_SMM", [0.06]) == call("REMIC_SMM", [[[0.06]]])
    assert call("REMIC_SHIFT", [61, 0.9, 0.9755, 1.0, 0.0]) == call("REMIC_SHIFT", [61, 0.9, 0.9755, True, False])
    dated = [0.1, [[100]], date(2004, 10, 28), datetime(2004, 11, 25)]
    assert call("REMIC_PRICE", dated) == call("REMIC_PRICE", [0.1, [[100]], 38288, 38316])


@pytest.mark.parametrize("wrong", ["0.06", True, nan, inf, object(), [[1], [2]]])
def test_what_is_no_number_is_refused(wrong: object) -> None:
    assert code("REMIC_SMM", wrong) in (CellErrorCode.VALUE, CellErrorCode.NUM)


def test_serials_are_the_dates_of_cells() -> None:
    assert serial(date(2004, 10, 28)) == 38288
    assert day_of(38288.0, "closing_date") == date(2004, 10, 28)


def test_equal_calls_are_computed_once_and_results_are_the_callers_own(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0
    run = waterfall.run

    def counted(*given: object) -> TrancheFlows:
        nonlocal calls
        calls += 1
        return run(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(waterfall, "run", counted)
    terms = [*TEXTBOOK_TERMS, ["lag", 13]]
    first = call("REMIC_WATERFALL", ["cash", TEXTBOOK_POOLS, TEXTBOOK_CLASSES, terms])
    assert isinstance(first, list)
    first[1][0] = "changed"
    second = call("REMIC_WATERFALL", ["cash", TEXTBOOK_POOLS, TEXTBOOK_CLASSES, terms])
    assert isinstance(second, list) and second[1][0] == 1.0
    call("REMIC_WAL", ["A", TEXTBOOK_POOLS, TEXTBOOK_CLASSES, terms])
    assert calls == 1


def test_a_truth_value_is_not_the_cached_number() -> None:
    facts: list[list[object]] = [["fact", "scope", "value"], ["relocation_loans", "pool:I", 1]]
    assert call("REMIC_FACT", ["relocation_loans", "pool:I", facts]) == 1.0
    facts[1][2] = True
    assert call("REMIC_FACT", ["relocation_loans", "pool:I", facts]) is True


def sample_tables() -> tuple[list[list[object]], list[list[object]], list[list[object]]]:
    """The sample's deal as a worksheet holds it."""
    deal = sample_deal()
    parts = ("balance", "coupon", "remaining_term")
    fields = ("aggregate_scheduled_principal_balance", "weighted_average_coupon", "weighted_average_remaining_term")
    pools: list[list[object]] = [
        ["pool", *parts, "original_term", "target_rate", *(f"{k}_{p}" for k in ("discount", "premium") for p in parts)]
    ]
    for pool in deal.pools:
        assert pool.discount is not None and pool.premium is not None
        pools.append(
            [
                pool.id,
                *(getattr(pool, name) for name in fields),
                pool.weighted_average_original_term,
                pool.discount.net_loan_rate,
                *(getattr(part, name) for part in (pool.discount, pool.premium) for name in fields),
            ]
        )
    classes: list[list[object]] = [["Class", "Rank", "Balance"]]
    classes += [[one.label, one.rank, one.class_initial_principal_balance] for one in deal.tranches]
    terms: list[list[object]] = [
        ["Name", "Value", "Unit"],
        ["psa", "100 ramp 300 over 12", "% of the curve"],
        ["cdr", 0.01, None],
        ["sda", None, None],
        ["advancing", "no", None],
        ["call", "First", None],
        ["call_threshold", deal.rules.call_threshold, "USD"],
        ["cut_off_date", deal.cut_off_date, None],
        ["closing_date", deal.closing_date, None],
    ]
    return pools, classes, terms


def test_tables_of_the_sample_give_the_engines_own_flows() -> None:
    flows = waterfall.run(
        sample_deal(), Assumptions(psa="100 ramp 300 over 12", cdr=0.01, advancing=False, call="first")
    )
    tables = sample_tables()
    for report, name in (("balances", "balance"), ("losses", "loss")):
        table = call("REMIC_WATERFALL", [report, *tables])
        assert isinstance(table, list) and table[0][1:] == [one.label for one in flows.classes]
        first = flows.months + 2 - len(table)
        for c, one in enumerate(flows.classes, 1):
            assert [row[c] for row in table[1:]] == pytest.approx(list(getattr(one, name))[first:], abs=1e-6)
    lives = call("REMIC_WAL", [None, *tables, "30/360"])
    assert isinstance(lives, list)
    assert [row[1] for row in lives[1:]] == pytest.approx([one.wal_30_360 for one in flows.class_measures()])


def test_the_names_of_a_workbook_of_ours_are_the_functions_ranges(workbook: Path, deal: Deal) -> None:
    book = load_workbook(workbook, data_only=True)

    def named(name: str) -> list[list[object]]:
        ((sheet, place),) = book.defined_names[name].destinations
        cells = book[sheet][place]
        rows = cells if isinstance(cells, tuple) else ((cells,),)
        # openpyxl shows a zero in a cell of dates as the time of midnight
        return [[0.0 if one.value == time(0) else one.value for one in row] for row in rows]

    tables = [named(NAMES["REMIC_WATERFALL"][name]) for name in ("pools", "classes", "assumptions")]
    lives = call("REMIC_WAL", [None, *tables])
    assert isinstance(lives, list)
    expected = [one.wal_month for one in waterfall.run(deal).class_measures()]
    assert [row[1] for row in lives[1:]] == pytest.approx(expected, rel=1e-9)
    level = call("REMIC_SUBORD", ["A", *(named(NAMES["REMIC_SUBORD"][name]) for name in ("classes", "balances"))])
    assert level == pytest.approx(0.02450067623897, abs=1e-14)  # 8-K


@pytest.mark.parametrize(
    ("table", "change", "says"),
    [
        (2, ["speed", 3], "'speed' is none of"),
        (2, ["psa", 3], "psa stands twice"),
        (2, ["whole_months", "perhaps"], "yes or no"),
        (2, ["lag", "long"], "give a number"),
        (1, ["B-9", None, 5], "class B-9: give its rank"),
        (1, ["B-9", 9, "x"], "balance 'x' is not a number"),
        (1, ["B-9", 9, 1e6], "the classes add up to"),
        (0, ["IV", 1e6, 0.06], "pool IV: give its remaining_term"),
        (0, ["IV", 1e6, None, 360], "pool IV cannot be projected"),
    ],
)
def test_tables_that_cannot_be_read_say_why(table: int, change: list[object], says: str) -> None:
    tables = [list(map(list, one)) for one in sample_tables()]
    width = len(tables[table][0])
    tables[table].append([*change, *[None] * (width - len(change))])
    with pytest.raises(CellError, match=says) as caught:
        call("REMIC_WAL", ["B-1", *tables])
    assert caught.value.code is CellErrorCode.VALUE


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("coupon", 6.132, CellErrorCode.NUM),
        ("remaining_term", 400_000_000, CellErrorCode.NUM),
        ("remaining_term", 0, CellErrorCode.VALUE),
        ("remaining_term", None, CellErrorCode.VALUE),
        ("balance", -1, CellErrorCode.NUM),
        ("target_rate", 5.5, CellErrorCode.NUM),
        ("discount_remaining_term", None, CellErrorCode.VALUE),
        ("pool", None, CellErrorCode.VALUE),
    ],
)
def test_pools_out_of_range_are_refused(column: str, value: object, expected: CellErrorCode) -> None:
    pools, classes, terms = sample_tables()
    pools[1][pools[0].index(column)] = value
    assert code("REMIC_WAL", "B-1", pools, classes, terms) is expected


def test_results_beyond_every_number_are_number_errors() -> None:
    assert code("REMIC_DURATION", -3, [[100]]) is CellErrorCode.NUM
    assert code("REMIC_PRICE", -1.99999, [[1e308]] * 400) is CellErrorCode.NUM
    assert code("REMIC_PRICE", 0, [[1e308]] * 400) is CellErrorCode.NUM


@given(
    st.sampled_from(DOCUMENTED),
    st.lists(
        st.one_of(
            st.none(),
            st.booleans(),
            st.floats(),
            st.text(max_size=5),
            st.lists(st.lists(st.one_of(st.none(), st.floats(), st.text(max_size=3)), max_size=2), max_size=3),
        ),
        max_size=5,
    ),
)
def test_whatever_comes_in_a_finite_result_or_an_error_value_comes_out(name: str, arguments: list[object]) -> None:
    try:
        result = call(name, arguments)
    except CellError:
        return
    rows = result if isinstance(result, list) else [[result]]
    assert len({len(row) for row in rows}) == 1
    assert all(isinstance(one, str | bool) or isfinite(one) for row in rows for one in row)


def test_docstring_examples() -> None:
    for module in (functions_module, bodies, subordination):
        assert doctest.testmod(module).failed == 0
