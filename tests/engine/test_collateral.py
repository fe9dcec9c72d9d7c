"""Rep lines against the Standard Formulas' tables, a textbook's pass-through and the filing's sub-pools."""

import dataclasses
import doctest
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import xlremic.engine.collateral as collateral_module
import xlremic.engine.strips as strips_module
from xlremic.engine.assumptions import Assumptions
from xlremic.engine.collateral import project, project_rep_lines
from xlremic.engine.rep_lines import RepLine, rep_lines
from xlremic.engine.strips import io_rate, po_fraction
from xlremic.errors import DealError

from ..support.published_figures import rows
from ..support.sample_deal import sample_deal


def line(**terms: object) -> RepLine:
    """A new 30-year loan of $100 million at 8%, without a fee, unless said otherwise."""
    usual: dict[str, object] = {
        "pool": "I",
        "label": "I",
        "balance": 100e6,
        "gross_rate": 0.08,
        "servicing_fee_rate": 0.0,
        "target_rate": 0.08,
        "term": 360.0,
        "first_month": 1,
        "lag": 12,
    }
    return RepLine(**{**usual, **terms})  # type: ignore[arg-type] # a test's shorthand


def test_first_month_of_a_pass_through_is_the_printed_one() -> None:
    flows = project_rep_lines([line(balance=1.0, gross_rate=0.095, servicing_fee_rate=0.005)], Assumptions(psa=0))
    table = flows.line_table(0)
    example = {row["quantity"]: row for row in rows("bma_examples") if row["page"] == "SF-4"}
    prepaid = 0.00025022
    computed = {
        "scheduled_amortization": table["scheduled_principal"][1],
        "gross_mortgage_interest": table["gross_interest"][1],
        "servicing_fee": table["servicing_fee"][1],
        "pass_through_principal": table["scheduled_principal"][1] + prepaid,
        "pass_through_interest": table["net_interest"][1],
        "pass_through_cash_flow": table["scheduled_principal"][1] + prepaid + table["net_interest"][1],
    }
    assert set(computed) == set(example)
    for quantity, value in computed.items():
        assert value == pytest.approx(float(example[quantity]["published"]), abs=0.5e-8), quantity


def test_cash_flow_a_in_all_360_months() -> None:
    one_per_cent_a_month = 1 - 0.99**12
    flows = project_rep_lines(
        [line()], Assumptions(cpr=one_per_cent_a_month, cdr=one_per_cent_a_month, severity=0.2, lag=12)
    )
    table = flows.line_table(0)
    published = rows("sifma_cashflow_a_derived")
    assert len(published) == flows.months == 360
    columns = {
        "performing_balance": table["performing_balance"],
        "new_defaults": table["new_defaults"],
        "in_foreclosure": table["in_foreclosure_balance"],
        "expected_amort": table["scheduled_principal"],
        "voluntary_prepay": table["prepayments"],
        "expected_interest": table["gross_interest"],
        "interest_lost": table["interest_lost"],
        "principal_recovery": table["recoveries"],
        "principal_loss": table["losses"],
        "amortized_default_balance": table["amortized_default_balance"],
    }
    for row in published:
        for name, column in columns.items():
            assert column[int(row["month"])] == pytest.approx(float(row[name]), abs=1e-5), (name, row["month"])


def test_cumulative_defaults_of_every_pair_of_speeds() -> None:
    matrix = rows("bma_cumulative_default_matrix")
    assert len(matrix) == 54
    for row in matrix:
        flows = project_rep_lines([line()], Assumptions(psa=float(row["psa_pct"]), sda=float(row["sda_pct"])))
        cumulative = 100 * sum(flows.column("new_defaults", 0)) / 100e6
        assert cumulative == pytest.approx(float(row["cumulative_default_pct_published"]), abs=0.005001), row


def test_a_textbooks_pass_through_to_the_cent() -> None:
    for psa in (90, 100, 165, 300):
        loans = line(balance=400e6, gross_rate=0.08125, servicing_fee_rate=0.00625, term=357.0, first_month=4)
        table = project_rep_lines([loans], Assumptions(psa=psa)).line_table(0)
        smm = table["smm"]
        interest, scheduled, prepaid = table["net_interest"], table["scheduled_principal"], table["prepayments"]
        gross = table["gross_interest"]
        for row in rows("fabozzi_cashflows"):
            if row["psa_pct"] != str(psa):
                continue
            k = int(row["month"])
            values = {
                "beginning_balance": table["beginning_balance"][k],
                "smm": smm[k],
                "mortgage_payment": gross[k] + scheduled[k],
                "net_interest": interest[k],
                "scheduled_principal": scheduled[k],
                "prepayment": prepaid[k],
                "total_principal": scheduled[k] + prepaid[k],
                "total_cash_flow": interest[k] + scheduled[k] + prepaid[k],
            }
            if row["quantity"] in values:
                digits = len(row["value"].partition(".")[2])
                tolerance = {0: 1.0, 2: 0.006, 8: 6e-9}[digits]
                assert values[row["quantity"]] == pytest.approx(float(row["value"]), abs=tolerance), row


def test_planned_balances_of_two_speeds_are_the_published_ones() -> None:
    loans = line(balance=128.687e6, gross_rate=0.0648, term=325.0, first_month=36)

    def principal(psa: float) -> list[float]:
        table = project_rep_lines([loans], Assumptions(psa=psa)).line_table(0)
        return [s + p for s, p in zip(table["scheduled_principal"], table["prepayments"], strict=True)]

    balance, slow, fast = 100.25e6, principal(300), principal(525)
    for row in rows("matlab_cmosched_pac_balance"):
        k = int(row["month"])
        balance = max(0.0, balance - min(slow[k], fast[k]))
        assert balance / 1e7 == pytest.approx(float(row["pac_balance_published_1e7"]), abs=5.1e-5)
        assert balance == pytest.approx(float(row["pac_balance_derived"]), abs=0.006)


def test_ratio_strip_vectors_of_the_shelf() -> None:
    assert 100 * po_fraction(0.05294, 0.055) == pytest.approx(3.745454545, abs=5e-10)
    assert 100 * (1 - po_fraction(0.05294, 0.055)) * 0.055 == pytest.approx(5.294)
    assert po_fraction(0.05932, 0.055) == 0
    assert 100 * io_rate(0.05932, 0.055) == pytest.approx(0.432)


def test_strips_of_the_sample_are_those_of_its_sub_pools() -> None:
    lines = rep_lines(sample_deal(), Assumptions())
    for row in rows("cmsi_2004_8_pools"):
        discount, premium = (one for one in lines if one.pool == row["pool"])
        po = discount.balance * discount.po_fraction
        assert po == pytest.approx(float(row["po_strip_balance_at_fee_0.25"]), abs=0.005)
        strip = discount.balance - po + premium.balance
        assert strip == pytest.approx(float(row["target_rate_strip_balance_at_fee_0.25"]), abs=0.006)
        assert 100 * premium.io_rate == pytest.approx(float(row["io_rate_pct_at_fee_0.25"]), abs=1e-9)


def test_servicers_compensation_stops_at_half_the_scheduled_fee() -> None:
    # 720 million at 1/12% fee a month: 60,000 collected, the cap is half; 30,000 of shortfall is 25,000 made good.
    loans = line(balance=720e6, gross_rate=0.061, servicing_fee_rate=0.001, target_rate=0.06)
    prepaid_share = 1 - (1 - 0.03) ** 12
    days = 30_000 / (0.03 * 720e6 * 0.06 / 360)
    table = project_rep_lines(
        [loans],
        Assumptions(cpr=prepaid_share, prepayment_shortfall_days=days, compensation_cap=25 / 60),
    ).line_table(0)
    assert table["servicing_fee"][1] == pytest.approx(60_000)
    shortfall = table["prepayment_interest_shortfall"][1]
    assert shortfall == pytest.approx(30_000, rel=2e-3)
    assert table["compensating_interest"][1] == pytest.approx(25_000)


@given(
    rate=st.floats(0, 0.2),
    term=st.floats(1, 480),
    psa=st.floats(0, 5000),
    cdr=st.floats(0, 1),
    severity=st.floats(0, 1),
    lag=st.integers(0, 60),
    advancing=st.booleans(),
)
def test_principal_and_losses_add_up_to_the_balance(
    rate: float, term: float, psa: float, cdr: float, severity: float, lag: int, advancing: bool
) -> None:
    loans = line(gross_rate=rate, target_rate=rate, term=term, lag=lag)
    terms = Assumptions(psa=psa, cdr=cdr, severity=severity, lag=lag, advancing=advancing)
    table = project_rep_lines([loans], terms).line_table(0)
    ended = [sum(table[name]) for name in ("scheduled_principal", "prepayments", "recoveries", "losses")]
    assert sum(ended) == pytest.approx(100e6, abs=0.01)
    assert table["ending_balance"][-1] == pytest.approx(0, abs=0.01)
    for name, column in table.items():
        assert min(column) >= 0, name
    for k in range(1, len(table["smm"])):
        left = table["beginning_balance"][k] - sum(
            table[name][k] for name in ("scheduled_principal", "prepayments", "recoveries", "losses")
        )
        assert table["ending_balance"][k] == pytest.approx(left, abs=1e-4)


def test_a_default_speed_given_month_by_month_is_that_speed() -> None:
    """Every loan's curve is read where it stands in its life, whichever way the speed is given."""
    once = project_rep_lines([line()], Assumptions(sda=200, psa=150))
    monthly = project_rep_lines([line()], Assumptions(sda=[200.0] * 400, psa=[150.0] * 400))
    assert sum(once.column("losses", 0)) > 0
    assert monthly.line_table(0) == once.line_table(0)


def test_fractional_term_pays_its_last_in_the_month_it_ends() -> None:
    real = project_rep_lines([line(term=10.4)], Assumptions(psa=0)).line_table(0)
    assert len(real["smm"]) == 12
    payments = [real["scheduled_principal"][k] + real["gross_interest"][k] for k in range(1, 12)]
    assert payments[:10] == pytest.approx([payments[0]] * 10)
    assert 0 < payments[10] < payments[0]


def test_whole_months_round_terms_and_ages_half_up() -> None:
    rounded = rep_lines(sample_deal(), Assumptions(whole_months=True))
    assert [one.term for one in rounded] == [356, 358, 177, 177, 359, 358]
    assert [one.first_month for one in rounded] == [2, 2, 4, 4, 3, 3]


def test_missing_and_contradictory_facts_are_named() -> None:
    deal = sample_deal()
    first = deal.pools[0]
    assert first.discount is not None
    cases = [
        (
            dataclasses.replace(first, discount=dataclasses.replace(first.discount, weighted_average_coupon=None)),
            "coupon",
        ),
        (dataclasses.replace(first, weighted_average_original_term=None), "loan_age"),
        (dataclasses.replace(first, aggregate_scheduled_principal_balance=Decimal(1)), "add up"),
    ]
    for pool, found in cases:
        with pytest.raises(DealError, match=found):
            project(dataclasses.replace(deal, pools=(pool,)), Assumptions())
    with pytest.raises(DealError, match="servicing fee"):
        project(deal, Assumptions(servicing_fee_rate=0.06))


def test_frame_holds_every_component_of_every_month() -> None:
    frame = project(sample_deal(), Assumptions(cdr=0.01)).to_frame()
    assert list(frame["line"].unique()) == [f"{p} {k}" for p in ("I", "II", "III") for k in ("discount", "premium")]
    assert frame["month"].min() == 1
    left = frame["beginning_balance"] - frame[["scheduled_principal", "prepayments", "recoveries", "losses"]].sum(
        axis=1
    )
    assert (left - frame["ending_balance"]).abs().max() < 1e-4


def test_docstring_examples() -> None:
    assert doctest.testmod(collateral_module).failed == 0
    assert doctest.testmod(strips_module).failed == 0
