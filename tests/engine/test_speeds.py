"""Speeds against the Standard Formulas' examples and the standard curves."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

import xlremic.engine.speeds as speeds_module
from xlremic.engine.speeds import (
    abs_smm,
    average_smm,
    cdr_from_mdr,
    cpr_from_smm,
    mdr_from_cdr,
    monthly,
    psa_cpr,
    psa_from_cpr,
    psa_smms,
    sda_cdr,
    sda_mdrs,
    smm_from_cpr,
    vector,
)
from xlremic.errors import InputError

from ..support.published_figures import rows

EXAMPLES = {(row["page"], row["quantity"]): row for row in rows("bma_examples")}


def check_example(page: str, quantity: str, computed: float) -> None:
    row = EXAMPLES[page, quantity]
    assert computed == pytest.approx(float(row["published"]), abs=0.5 * 10 ** -int(row["decimals"]))


def remaining(rate: float, months_paid: int, term: int = 359) -> float:
    """Scheduled balance of a level-payment loan per dollar, after a number of payments."""
    r = rate / 12
    return float((1 - (1 + r) ** (months_paid - term)) / (1 - (1 + r) ** -term))


def test_month_of_a_seasoned_pool_gives_the_printed_smm_cpr_and_psa() -> None:
    first, second = remaining(0.095, 15), remaining(0.095, 16)
    check_example("SF-6/7", "BAL1", first)
    check_example("SF-6/7", "BAL2", second)
    scheduled = 0.85150625 * second / first
    check_example("SF-6/7", "F_sched", scheduled)
    check_example("SF-6/7", "amortization", 0.85150625 - scheduled)
    check_example("SF-6/7", "prepayments", scheduled - 0.84732282)
    smm = average_smm(0.84732282, scheduled, 1)
    check_example("SF-6/7", "smm_pct", 100 * smm)
    check_example("SF-6/7", "cpr_pct", 100 * cpr_from_smm(smm))
    check_example("SF-6/7", "psa_pct", psa_from_cpr(cpr_from_smm(smm), 17))


def test_average_speeds_of_two_pools_are_the_printed_ones() -> None:
    pools = [(1_000_000, 0.86925218, 0.84732282, 10), (2_000_000, 0.99950812, 0.98290230, 0)]
    actual = sum(face * end for face, _, end, _ in pools)
    scheduled = sum(
        face * start * remaining(0.095, paid + 6) / remaining(0.095, paid) for face, start, _, paid in pools
    )
    check_example("SF-12", "actual_final_balance", actual)
    check_example("SF-12", "scheduled_final_balance", scheduled)
    smm = average_smm(actual, scheduled, 6)
    check_example("SF-12", "average_smm_pct", 100 * smm)
    check_example("SF-12", "average_cpr_pct", 100 * cpr_from_smm(smm))

    def projected(speed: float) -> float:
        total = 0.0
        for face, start, _, paid in pools:
            balance = face * start * remaining(0.095, paid + 6) / remaining(0.095, paid)
            for smm in psa_smms(speed, paid + 2, 6)[1:]:
                balance *= 1 - smm
            total += balance
        return total

    low, high = 0.0, 1000.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (middle, high) if projected(middle) > actual else (low, middle)
    check_example("SF-12", "average_psa_pct (iterative)", low)


def test_absolute_prepayment_speed_is_the_printed_smm() -> None:
    check_example("SF-14", "smm_pct", 100 * abs_smm(0.02, 11))
    with pytest.raises(InputError, match="no loans"):
        abs_smm(0.02, 52)


def test_psa_curve_at_every_month_and_speed() -> None:
    table = rows("psa_curve")
    for speed in (50, 100, 150, 165, 200, 300, 400, 500):
        smms = psa_smms(float(speed), 1, 360)
        for row in table:
            assert 100 * smms[int(row["month"])] == pytest.approx(float(row[f"smm_pct_{speed}psa"]), abs=6e-11)
    for row in table:
        assert 100 * psa_cpr(100, int(row["month"])) == pytest.approx(float(row["cpr_pct_100psa"]), abs=5e-5)


def test_sda_curve_at_every_month() -> None:
    mdrs = sda_mdrs(100.0, 1, 360)
    for row in rows("sda_curve"):
        month = int(row["month"])
        published = float(row["annual_default_pct_100sda_before_lag_cutoff"])
        assert 100 * sda_cdr(100, month) == pytest.approx(published, abs=5e-5)
        if month <= 348:
            assert 100 * mdrs[month] == pytest.approx(float(row["mdr_pct_100sda_term360_lag12"]), abs=6e-11)


@given(st.floats(0, 6000), st.integers(1, 400), st.integers(0, 400))
def test_curves_equal_the_speed_taken_month_by_month(speed: float, first: int, months: int) -> None:
    smms, mdrs = psa_smms(speed, first, months), sda_mdrs(speed, first, months)
    assert len(smms) == len(mdrs) == months + 1
    for k in range(1, months + 1):
        assert smms[k] == pytest.approx(smm_from_cpr(psa_cpr(speed, first + k - 1)), abs=1e-15)
        assert mdrs[k] == pytest.approx(mdr_from_cdr(sda_cdr(speed, first + k - 1)), abs=1e-15)


@given(st.floats(0, 1))
def test_conversions_are_inverses(rate: float) -> None:
    assert cpr_from_smm(smm_from_cpr(rate)) == pytest.approx(rate, abs=1e-12)
    assert cdr_from_mdr(mdr_from_cdr(rate)) == pytest.approx(rate, abs=1e-12)


def test_the_markets_ramp_is_the_psa_curve() -> None:
    ramp = monthly(vector("0.2 ramp 6 over 30"), 360)
    for k in range(1, 361):
        assert ramp[k] == pytest.approx(psa_cpr(100, k), abs=1e-15)


def test_vector_parts_follow_one_another() -> None:
    assert vector("2 for 2 6 ramp 12 over 3") == pytest.approx((0.02, 0.02, 0.06, 0.09, 0.12))
    assert vector("6") == (0.06,)
    assert vector("6 ramp 12 over 1") == (0.12,)


@pytest.mark.parametrize(
    ("text", "found"),
    [("", "empty"), ("6 ramp", "not a number"), ("6 ramp 12 in 30", "over"), ("6 for ever", "months"), ("x", "'x'")],
)
def test_unreadable_vectors_say_where(text: str, found: str) -> None:
    with pytest.raises(InputError, match=found):
        vector(text)


@pytest.mark.parametrize("rate", [-0.1, 6.0, float("nan")])
def test_rates_that_are_no_fraction_are_refused(rate: float) -> None:
    for convert in (smm_from_cpr, cpr_from_smm, mdr_from_cdr, cdr_from_mdr):
        with pytest.raises(InputError, match="fraction of one"):
            convert(rate)


def test_docstring_examples() -> None:
    assert doctest.testmod(speeds_module).failed == 0
