"""Measures against the Standard Formulas' GNMA example and other printed figures."""

import doctest
from collections.abc import Callable
from datetime import date

import pytest

import xlremic.engine.measures as measures_module
from xlremic.engine.assumptions import Assumptions
from xlremic.engine.collateral import project_rep_lines
from xlremic.engine.measures import (
    accrued_interest,
    actual_delay,
    convexity,
    decrement,
    effective_convexity,
    effective_duration,
    macaulay_duration,
    modified_duration,
    mortgage_yield,
    price,
    printed_percent,
    spread,
    weighted_average_life,
    window,
    yield_to_price,
)
from xlremic.engine.rep_lines import RepLine
from xlremic.errors import InputError

from ..support.published_figures import rows

EXAMPLES = {(row["page"], row["quantity"]): row for row in rows("bma_examples")}
# Settled on the issue date, first payment after the month and 14 days of actual delay.
TIMES = [0.0, *(k / 12 + 14 / 360 for k in range(1, 361))]


def check_example(page: str, quantity: str, computed: float) -> None:
    row = EXAMPLES[page, quantity]
    assert computed == pytest.approx(float(row["published"]), abs=0.501 * 10 ** -int(row["decimals"])), quantity


def gnma() -> tuple[list[float], list[float]]:
    """Interest and principal per 100 of a new GNMA I 9.0 at 150 PSA."""
    loans = RepLine(
        pool="I",
        label="I",
        balance=100.0,
        gross_rate=0.095,
        servicing_fee_rate=0.005,
        target_rate=0.09,
        term=360.0,
        first_month=1,
        lag=0,
    )
    table = project_rep_lines([loans], Assumptions(psa=150)).line_table(0)
    principal = [s + p for s, p in zip(table["scheduled_principal"], table["prepayments"], strict=True)]
    return table["net_interest"], principal


def test_yield_and_its_relatives_of_the_printed_example() -> None:
    interest, principal = gnma()
    flows = [i + p for i, p in zip(interest, principal, strict=True)]
    for k in (1, 2, 3, 360):
        check_example("SF-50", f"cash_flow_{k}", flows[k])
    found = yield_to_price(flows, TIMES, 100.0)
    assert found is not None
    check_example("SF-50", "bond_equivalent_yield_pct", found)
    check_example("SF-50", "mortgage_yield_pct", mortgage_yield(found))
    life = weighted_average_life(principal, TIMES)
    assert life is not None
    check_example("SF-50", "average_life_years", life)
    check_example("SF-50", "macaulay_duration_years", macaulay_duration(flows, TIMES, found))
    check_example("SF-50", "modified_duration_years", modified_duration(flows, TIMES, found))
    check_example("SF-50", "cash_flow_convexity_years2", convexity(flows, TIMES, found))
    check_example("SF-50", "effective_duration", effective_duration(99.453, 100.541, 100.0, 0.10))
    check_example("SF-50", "effective_convexity (SF scale /100)", effective_convexity(99.453, 100.541, 100.0, 0.10))


def test_seven_days_of_accrued_interest() -> None:
    interest, principal = gnma()
    flows = [i + p for i, p in zip(interest, principal, strict=True)]
    full = 100.0 + accrued_interest(100.0, 0.09, 7)
    check_example("SF-51", "full_price", full)
    found = yield_to_price(flows, [max(0.0, t - 7 / 360) for t in TIMES], full)
    assert found is not None
    check_example("SF-51", "bond_equivalent_yield_pct", found)


def test_average_life_of_an_accrual_instrument_both_ways() -> None:
    # Flows 0, 11 and 121 on 100 at 10% a period: balances 100, 110, 110, 0.
    principal, years = [0.0, -10.0, 0.0, 110.0], [0.0, 1.0, 2.0, 3.0]
    counted = weighted_average_life(principal, years, accretion=True)
    ignored = weighted_average_life(principal, years)
    assert counted is not None and ignored is not None
    check_example("SF-56", "average_life_gpm_arm", counted)
    check_example("SF-56", "average_life_z_bond", ignored)


def test_actual_delays_are_the_printed_ones() -> None:
    days = {row["inputs"]: int(row["published"]) for row in rows("bma_examples") if row["page"] == "SF-44"}
    assert actual_delay(days["stated delay days GNMA I"]) == days["actual delay GNMA I"]
    assert actual_delay(days["stated delay Fannie Mae"]) == days["actual delay Fannie Mae"]


@pytest.mark.parametrize("bond_yield", [-50.0, 0.0, 0.01, 5.0, 80.0, 2000.0])
def test_yield_is_the_inverse_of_price(bond_yield: float) -> None:
    interest, principal = gnma()
    flows = [i + p for i, p in zip(interest, principal, strict=True)]
    assert yield_to_price(flows, TIMES, price(flows, TIMES, bond_yield)) == pytest.approx(bond_yield, abs=1e-8)


def test_durations_are_the_slopes_of_the_price() -> None:
    interest, principal = gnma()
    flows = [i + p for i, p in zip(interest, principal, strict=True)]
    up, mid, down = (price(flows, TIMES, y) for y in (8.01, 8.0, 7.99))
    assert effective_duration(up, down, mid, 0.01) == pytest.approx(modified_duration(flows, TIMES, 8.0), rel=1e-5)
    assert 100 * effective_convexity(up, down, mid, 0.01) == pytest.approx(convexity(flows, TIMES, 8.0), rel=1e-3)


def test_no_yield_is_said_and_no_price_is_refused() -> None:
    assert yield_to_price([0.0, 0.0], [0.0, 1.0], 5.0) is None
    with pytest.raises(InputError, match="positive"):
        yield_to_price([0.0, 1.0], [0.0, 1.0], 0.0)
    with pytest.raises(InputError, match="-200"):
        price([0.0, 1.0], [0.0, 1.0], -200.0)


def test_spread_over_a_curve_between_and_beyond_its_points() -> None:
    curve = [(2.0, 4.0), (4.0, 5.0)]
    assert [spread(6.0, life, curve) for life in (1.0, 2.0, 3.0, 9.0)] == [200.0, 200.0, 150.0, 100.0]
    with pytest.raises(InputError, match="rising"):
        spread(6.0, 3.0, [])


def test_window_and_decrement_cells() -> None:
    assert window([0.0, 0.0]) is None
    assert window([0.0, 0.001, 3.0]) == (2, 2)
    assert [printed_percent(x) for x in (100.0, 0.0, 0.49, 0.5, 1.49)] == ["100", "0", "*", "1", "1"]
    with pytest.raises(InputError, match="balance at the start"):
        decrement([0.0, 0.0])


@pytest.mark.parametrize(
    "of",
    [
        price,
        macaulay_duration,
        modified_duration,
        convexity,
    ],
)
def test_a_yield_that_leaves_nothing_to_discount_by_is_refused(of: Callable[..., float]) -> None:
    with pytest.raises(InputError, match="above -200"):
        of([0.0, 1.0], [0.0, 1.0], -200.0)


def test_times_count_from_settlement() -> None:
    times = measures_module.payment_times(2, date(2004, 10, 28), date(2004, 11, 25))
    assert times[1:] == pytest.approx([27 / 360, 1 / 12 + 27 / 360])


def test_docstring_examples() -> None:
    assert doctest.testmod(measures_module).failed == 0
