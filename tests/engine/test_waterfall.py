"""The waterfall against published tables, its identities, the shelf's vectors and a second, slow implementation."""

import dataclasses
import doctest
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import xlremic.engine.shifting as shifting_module
from xlremic.deal import Deal, Position
from xlremic.engine.assumptions import Assumptions, SeniorClass, Structure
from xlremic.engine.books import ClassFlows, TrancheFlows
from xlremic.engine.collateral import project_rep_lines
from xlremic.engine.compiled import zeros
from xlremic.engine.distribution import distribute
from xlremic.engine.measures import decrement, payment_times, printed_percent, weighted_average_life
from xlremic.engine.records import Issue, Paid, State, Strips, Terms, Trace
from xlremic.engine.rep_lines import RepLine
from xlremic.engine.shifting import senior_share
from xlremic.engine.waterfall import run
from xlremic.errors import DealError, InputError

from ..support.published_figures import rows
from ..support.random_deals import deals, scenarios
from ..support.sample_deal import plain_deal, sample_deal
from ..support.slow_waterfall import slow_waterfall

CENT = 0.01
slow = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def by_label(flows: TrancheFlows) -> dict[str, ClassFlows]:
    return {one.label: one for one in flows.classes}


def collected(flows: TrancheFlows) -> float:
    return sum(sum(flows.collateral.column(name, i)) for i in range(len(flows.collateral.lines)) for name in PRINCIPAL)


PRINCIPAL = ("scheduled_principal", "prepayments", "recoveries")


# --- identities ---------------------------------------------------------------------------------------------------


def check_identities(flows: TrancheFlows) -> None:
    """Every identity that holds in any month of any scenario, to a cent."""
    collateral, classes = flows.collateral, flows.classes
    last = flows.call_month or flows.months
    tables = [collateral.line_table(i) for i in range(len(collateral.lines))]
    target = {
        pool: [
            sum(
                (1 - line.po_fraction) * table["ending_balance"][k]
                for line, table in zip(collateral.lines, tables, strict=True)
                if line.pool == pool
            )
            for k in range(flows.months + 1)
        ]
        for pool in collateral.pools
    }
    seniors = [one for one in classes if one.kind == "senior"]
    juniors = [one for one in classes if one.kind == "subordinated"]
    paying = [one for one in classes if one.kind != "interest only"]
    upto = last if flows.call_month is None else last - 1
    for k in range(upto + 1):
        for a, pool in zip(seniors, collateral.pools, strict=True):
            assert a.balance[k] + flows.components[pool][k] == pytest.approx(target[pool][k], abs=CENT)
        support = sum(b.balance[k] for b in juniors)
        assert sum(flows.components[pool][k] for pool in collateral.pools) == pytest.approx(support, abs=CENT)
    for k in range(1, last + 1):
        paid = sum(one.principal[k] for one in paying)
        lost = sum(one.loss[k] for one in paying)
        if k != flows.call_month:
            assert paid == pytest.approx(sum(table[name][k] for table in tables for name in PRINCIPAL), abs=CENT)
            assert lost == pytest.approx(sum(table["losses"][k] for table in tables), abs=CENT)
        interest = sum(one.interest[k] for one in classes)
        remitted = sum(
            table["net_interest"][k] - table["prepayment_interest_shortfall"][k] + table["compensating_interest"][k]
            for table in tables
        )
        if sum(table["beginning_balance"][k] for table in tables) > 1:
            assert interest + flows.trace["residual_interest"][k] == pytest.approx(remitted, abs=CENT)
        if sum(b.balance[k - 1] for b in juniors) > 1:
            assert flows.trace["residual_interest"][k] < CENT
    for one in classes:
        assert min(one.balance) >= 0, one.label
        assert min(one.interest) >= -1e-9, one.label
        assert one.balance[flows.months] < CENT, one.label
        if one.kind != "interest only":
            for k in range(1, flows.months + 1):
                left = one.balance[k - 1] - one.principal[k] - one.loss[k]
                assert one.balance[k] == pytest.approx(left, abs=1e-4)
    if flows.assumptions.delinquency == 0.0 and not flows.assumptions.two_times_test:
        shift = flows.trace["shift"]
        assert {k for k in range(2, last + 1) if shift[k] < shift[k - 1] and shift[k]} <= {61, 73, 85, 97}


@slow
@given(deals(), scenarios())
def test_identities_hold_for_any_deal_in_any_scenario(deal: Deal, terms: Assumptions) -> None:
    check_identities(run(deal, terms))


@pytest.mark.parametrize("psa", [0, 100, 300, 5000])
@pytest.mark.parametrize("cdr", [0.0, 0.002, 0.05, 1.0])
@pytest.mark.parametrize("severity", [0.3, 1.0])
def test_identities_hold_on_the_sample(psa: float, cdr: float, severity: float) -> None:
    check_identities(run(sample_deal(), Assumptions(psa=psa, cdr=cdr, severity=severity)))


@pytest.mark.parametrize(("sda", "severity"), [(100, 0.35), (500, 0.40), (2000, 0.50), (10_000, 0.50)])
def test_no_dollar_is_lost_when_losses_are_heavy(sda: float, severity: float) -> None:
    # Without the transfer to undercollateralised pools and the PO reimbursement the first three of these lose
    # 9,008, 178,430 and 655,484 dollars of principal.
    flows = run(sample_deal(), Assumptions(sda=sda, severity=severity))
    paid = sum(sum(one.principal) for one in flows.classes)
    assert paid == pytest.approx(collected(flows), abs=1e-4)


@pytest.mark.parametrize("month", [1, 13, 60, 119, 200])
@pytest.mark.parametrize("terms", [{"psa": 250}, {"psa": 175, "sda": 150, "severity": 0.4, "lag": 0}, {"cpr": 0.02}])
def test_a_series_goes_on_from_a_months_balances_as_it_would_have(month: int, terms: dict[str, Any]) -> None:
    issued = {"A": 96e6, "M": 1.5e6, "B-1": 1e6, "B-2": 0.8e6, "B-3": 0.7e6}
    deal = plain_deal(issued, rate=0.06, term=356.0, age=4.0)
    whole = run(deal, Assumptions(**terms))
    now = {one.label: one.balance[month] for one in whole.classes}
    position = Position(
        elapsed=month,
        as_of=None,
        class_balances=tuple(Decimal(now[label]) for label in issued),
        cumulative_losses=Decimal(whole.trace["cumulative_losses"][month]),
    )
    rest = by_label(run(dataclasses.replace(deal, position=position), Assumptions(**terms)))
    for one in whole.classes:
        assert rest[one.label].balance == pytest.approx(one.balance[month:], abs=1e-4)
        assert rest[one.label].loss[1:] == pytest.approx(one.loss[month + 1 :], abs=1e-4)


def test_without_losses_or_strips_the_subordinated_classes_are_one() -> None:
    deal = sample_deal()
    no_strips = Assumptions(psa=100, target_rate=0.001, servicing_fee_rate=0.0025)
    lives = [m.wal_month for m in run(deal, no_strips).class_measures() if m.kind == "subordinated"]
    assert max(x or 0 for x in lives) - min(x or 0 for x in lives) < 1e-6


# --- a second implementation --------------------------------------------------------------------------------------


def check_against_slow(deal: Deal, terms: Assumptions) -> None:
    expected = slow_waterfall(deal, terms)
    for one in run(deal, terms).classes:
        other = expected[one.label]
        pairs = ((one.interest, other.interest), (one.principal, other.principal), (one.loss, other.loss))
        for mine, exact in (*pairs, (one.balance, other.balances)):
            assert mine == pytest.approx([float(x) for x in exact], abs=CENT), one.label


@pytest.mark.parametrize(
    "terms",
    [
        Assumptions(cdr=0.002),
        Assumptions(psa=0),
        Assumptions(psa=100, sda=500, severity=0.4, advancing=False),
        Assumptions(sda=2000, severity=0.5),
        Assumptions(
            psa=50, cdr=0.05, call="first", two_times_test=True, delinquency=0.01, prepayment_shortfall_days=15
        ),
        Assumptions(cpr=0.9, cdr=1.0, lag=0, severity=1.0),
        Assumptions(cdr=0.05, severity=0.5, lag=3, shift_schedule=((1, 0.3),), loss_limits=((1, 0.1),)),
    ],
)
def test_kernel_and_slow_waterfall_agree_on_the_sample(terms: Assumptions) -> None:
    check_against_slow(sample_deal(), terms)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deals(), scenarios())
def test_kernel_and_slow_waterfall_agree_on_random_deals(deal: Deal, terms: Assumptions) -> None:
    check_against_slow(deal, terms)


# --- the shelf's rules --------------------------------------------------------------------------------------------


def test_shift_schedule_is_the_shelfs() -> None:
    shift = run(sample_deal(), Assumptions(psa=100)).trace["shift"]
    for row in rows("shifting_interest_schedule"):
        for k in (int(row["distribution_day_from"]), int(row["distribution_day_to"] or 359)):
            assert 100 * shift[k] == pytest.approx(float(row["pct_of_subordinated_share_to_senior"]))


def test_unscheduled_share_vectors() -> None:
    given = {row["rule"]: row for row in rows("cmsi_rule_vectors")}
    assert "97%" in given["prepay_pct_step1"]["expected"]
    assert senior_share(0.90, 0.9755, 0.7) == pytest.approx(0.97)
    assert "100%" in given["prepay_pct_step1_fail"]["expected"]
    assert senior_share(0.90, 0.9755, 1.0) == pytest.approx(1.0)
    assert "100%" in given["prepay_pct_senior_above_initial"]["expected"]
    assert senior_share(0.98, 0.9755, 0.6) == 1.0


def test_a_failed_test_refuses_the_step_down() -> None:
    assert run(sample_deal(), Assumptions(psa=100, cdr=0.03)).trace["shift"][61] == 1.0
    assert run(sample_deal(), Assumptions(psa=100, delinquency=0.2)).trace["shift"][120] == 1.0
    late = run(sample_deal(), Assumptions(psa=100, delinquency="20 for 70 0")).trace["shift"]
    assert (late[61], late[72], late[76]) == (1.0, 1.0, 0.6)


def test_doubled_support_steps_down_early_only_if_asked() -> None:
    plain = run(sample_deal(), Assumptions(psa=900)).trace["shift"]
    early = run(sample_deal(), Assumptions(psa=900, two_times_test=True)).trace["shift"]
    assert plain[35] == 1.0
    assert (early[1], early[35], early[36]) == (1.0, 0.5, 0.0)


def test_interest_is_of_the_balance_before_the_distribution() -> None:
    # Published example: 1,020,000 falling to 1,000,000 on the January day, 6%: 5,000 paid in February.
    deal = plain_deal({"A": 1_020_000}, rate=0.06, term=360)
    one = by_label(run(deal, Assumptions(psa=0, servicing_fee_rate=0, structure=Structure.SEQUENTIAL)))["A"]
    assert one.interest[1] == pytest.approx(5_100)
    assert one.interest[2] == pytest.approx(one.balance[1] * 0.06 / 12)


def test_first_months_interest_of_the_sample() -> None:
    flows = run(sample_deal(), Assumptions())
    assert sum(one.interest[1] for one in flows.classes) == pytest.approx(2_349_882.28, abs=0.005)
    classes = by_label(flows)
    assert 12 * classes["B-1"].interest[1] / classes["B-1"].balance[0] == pytest.approx(0.053405, abs=5e-7)


def test_support_drifts_and_the_first_subordinated_class_is_impaired_by_a_hair() -> None:
    # Strips and the rest amortise at different speeds: the known average lives are 17.47 and 17.52 at 0 PSA.
    measures = run(sample_deal(), Assumptions(psa=0, whole_months=True)).class_measures()
    lives = {m.label: m.wal_month for m in measures}
    assert lives["B-1"] == pytest.approx(17.47, abs=0.005)
    assert [lives[f"B-{j}"] for j in range(2, 7)] == pytest.approx([17.52] * 5, abs=0.005)


def kernel_state(
    cash: tuple[tuple[float, ...], tuple[float, ...]],
    loss: tuple[tuple[float, ...], tuple[float, ...]],
    *,
    senior: tuple[float, float] = (27_000.0, 27_000.0),
    junior: tuple[float, ...] = (1_000.0,) * 6,
    component: tuple[float, float] = (3_000.0, 3_000.0),
    lends: bool = True,
) -> Paid:
    """Distributions over two pools of equal target rates: unscheduled cash and losses given by pool and month."""
    pools, below, months = 2, len(junior), len(cash[0])
    unscheduled, lost = ([[0.0, *by_month] for by_month in of_pools] for of_pools in (cash, loss))
    flows: dict[str, Any] = {name: zeros(pools, months) for name in Strips._fields}
    flows |= {"unscheduled_principal": unscheduled, "losses": lost, "unsupported": [0.0] * (months + 1)}
    paid = Paid(*(zeros(below if name.startswith("subordinated") else pools, months) for name in Paid._fields))
    nothing = dict.fromkeys(State._fields, [0.0] * max(pools, below))
    state = State(**{name: list(row) for name, row in nothing.items()})._replace(
        senior=list(senior), component=list(component), po=[0.0, 0.0], subordinated=list(junior)
    )
    terms = Terms(
        shift_schedule=[1.0] * (months + 1),
        loss_limit=[1e9] * (months + 1),
        delinquency=[0.0] * (months + 1),
        delinquency_limit=0.5,
        two_times_test=False,
        undersubordination_transfer=lends,
        call_from=0,
        call_below=0.0,
        elapsed=0,
        losses_before=0.0,
    )
    total = sum(senior) + sum(junior)
    issue = Issue([0.06, 0.06], list(junior), sum(junior), total, sum(senior) / total)
    distribute(months, state, Strips(**flows), terms, issue, paid, Trace(*zeros(len(Trace._fields), months)))
    return paid


def test_a_loss_writes_down_from_the_bottom_and_resets_the_components() -> None:
    after = kernel_state(((0.0,), (0.0,)), ((750.0,), (0.0,)))
    expected = {(r["example"], r["class"]): float(r["result"]) for r in rows("cmsi_worked_examples")}
    example = "component_class_adjustment"
    assert after.subordinated_balance[5][1] == pytest.approx(expected[example, "B-6 composite"])
    total = sum(row[1] for row in after.subordinated_balance)
    assert total == pytest.approx(expected[example, "all composite total"])
    parts = [row[1] for row in after.component]
    assert parts == pytest.approx([expected[example, f"group {g} component total"] for g in ("I", "II")])
    for label, j in (("B-1", 0), ("B-6", 5)):
        for g, part in zip(("I", "II"), parts, strict=True):
            component = after.subordinated_balance[j][1] * part / total
            assert component == pytest.approx(expected[example, f"{label} component {g}"], abs=1e-6)


def test_an_impaired_class_and_those_above_it_are_paid_first() -> None:
    # A month before, a loss of 100 brings B-6 to 1,000 and 780 of class A is paid. Support of B-1 then is 5,000 of
    # 40,000, more than 5,100 of 40,880 at issue; that of B-2 4,000 of 40,000, less than 4,100 of 40,880.
    after = kernel_state(
        ((780.0, 0.0), (0.0, 3_120.0)),
        ((0.0, 0.0), (100.0, 0.0)),
        senior=(34_780.0, 0.0),
        junior=(1_000.0, 1_000.0, 1_000.0, 1_000.0, 1_000.0, 1_100.0),
        component=(0.0, 6_100.0),
        lends=False,
    )
    assert [row[1] for row in after.subordinated_balance] == pytest.approx([1_000.0] * 6)
    paid = [row[2] for row in after.subordinated_principal]
    expected = [float(r["result"]) for r in rows("cmsi_worked_examples") if r["example"].startswith("maintenance")]
    assert paid == pytest.approx(expected)


def test_a_pool_without_class_a_lends_to_the_others_only_while_support_is_below_twice() -> None:
    # Support is 10% at issue. In the second month it is 19.9% or 20.1%, as class A is paid down in the first.
    for support, lent in ((0.199, 100.0), (0.201, 0.0)):
        left = 6_000.0 / support - 6_000.0
        after = kernel_state(
            ((0.0, 100.0), (54_000.0 - left, 0.0)),
            ((0.0, 0.0), (0.0, 0.0)),
            senior=(0.0, 54_000.0),
            component=(6_000.0, 0.0),
        )
        assert after.senior_principal[1][2] == pytest.approx(lent)
        assert sum(row[2] for row in after.subordinated_principal) == pytest.approx(100.0 - lent)
        assert sum(row[2] for row in after.component) == pytest.approx(5_900.0 + lent)


def test_losses_beyond_all_subordination_fall_on_class_a() -> None:
    after = kernel_state(((0.0,), (0.0,)), ((7_000.0,), (0.0,)))
    assert [row[1] for row in after.subordinated_balance] == [0.0] * 6
    assert [row[1] for row in after.senior_loss] == pytest.approx([1_000, 0])


def test_call_is_strictly_below_the_filings_threshold() -> None:
    never = run(sample_deal(), Assumptions())
    called = run(sample_deal(), Assumptions(call="first"))
    month = called.call_month
    assert month is not None
    left = [sum(one.balance[k] for one in never.classes if one.kind != "interest only") for k in range(360)]
    assert left[month] < 49_364_137.76 <= left[month - 1]
    assert all(one.balance[month] == 0 for one in called.classes)
    assert sum(sum(one.principal) for one in called.classes) == pytest.approx(493_641_377.57, abs=CENT)
    for difference, expected in ((CENT, month), (-CENT, month + 1)):
        threshold = dataclasses.replace(called.deal.rules, call_threshold=Decimal(repr(left[month] + difference)))
        deal = dataclasses.replace(called.deal, rules=threshold)
        assert run(deal, Assumptions(call="first")).call_month == expected
    assert run(sample_deal(), Assumptions(call=month + 5)).call_month == month + 5
    assert run(sample_deal(), Assumptions(call=1)).call_month == month
    with pytest.raises(DealError, match="call"):
        run(dataclasses.replace(sample_deal(), rules=type(sample_deal().rules)()), Assumptions(call="first"))


# --- plain structures, against published tables -------------------------------------------------------------------


def test_two_sequential_classes_of_a_vendors_example() -> None:
    deal = plain_deal({"A": 500_000, "B": 500_000}, rate=0.12, term=6)
    classes = by_label(run(deal, Assumptions(psa=0, servicing_fee_rate=0, structure=Structure.SEQUENTIAL)))
    for row in rows("matlab_cmoseqcf_example"):
        k = int(row["month"])
        paid = classes["A"].principal[k] + classes["B"].principal[k]
        assert paid == pytest.approx(float(row["total_principal_derived"]), abs=0.005)
        assert paid / 1e5 == pytest.approx(float(row["total_principal_published_1e5"]), abs=5.1e-5)
        assert classes["A"].balance[k] == pytest.approx(float(row["balance_A_derived"]), abs=0.006)
        assert classes["B"].balance[k] == pytest.approx(float(row["balance_B_derived"]), abs=0.006)


TEXTBOOK = {
    row["class"]: float(row["balance"]) for row in rows("fabozzi_structures") if row["structure"].startswith("CMO-1")
}
LOANS = {row["quantity"]: float(row["value"]) for row in rows("fabozzi_collateral")}


def textbook(psa: float, classes: tuple[SeniorClass, ...] = ()) -> TrancheFlows:
    rate, through = LOANS["wac_pct"] / 100, LOANS["pass_through_rate_pct"] / 100
    deal = plain_deal(TEXTBOOK, rate=rate, term=LOANS["wam_months"], age=LOANS["age_months_at_start"])
    terms = Assumptions(
        psa=psa,
        servicing_fee_rate=rate - through,
        structure=Structure.SEQUENTIAL,
        senior_classes={"all": classes} if classes else {},
    )
    return run(deal, terms)


def cash_principal(flows: TrancheFlows, label: str) -> list[float]:
    """Principal in cash: in the month in which its accruing ends, the table counts all that class Z is paid."""
    one, before = by_label(flows)[label], by_label(flows).get("C")
    paid = [max(0.0, principal) for principal in one.principal]
    if label == "Z" and before is not None:
        ends = next(k for k, balance in enumerate(before.balance) if balance == 0.0)
        paid[ends] = one.principal[ends] + one.interest[ends]
    return paid


def check_lives(structure: str, psa: str, flows: TrancheFlows, days: float) -> None:
    """Average lives at the table's own payment times; those of three planned-class cells differ by 0.01 in print."""
    at = [0.0, *(k / 12 - days / 360 for k in range(1, flows.months + 1))]
    column = "derived_years_t_minus_5_360" if days else "derived_years_t_month_over_12"
    for row in rows("fabozzi_average_life"):
        if row["structure"] == structure and row["psa_pct"] == psa:
            life = weighted_average_life(cash_principal(flows, row["class"]), at)
            assert life == pytest.approx(float(row[column]), abs=1e-4), row
            if row["published_years"]:
                assert life == pytest.approx(float(row["published_years"]), abs=0.0151 if not days else 0.00501), row


@pytest.mark.parametrize("psa", ["50", "100", "165", "200", "300", "400", "500", "600", "700"])
def test_textbooks_sequential_classes_without_and_with_an_accrual_class(psa: str) -> None:
    check_lives("CMO-1 / FJF-01", psa, textbook(float(psa)), 5)
    accrual = (
        SeniorClass(label="A", balance=194.5e6, rank=1),
        SeniorClass(label="B", balance=36e6, rank=2),
        SeniorClass(label="C", balance=96.5e6, rank=3),
        SeniorClass(label="Z", balance=73e6, rank=4, accrual=True),
    )
    flows = textbook(float(psa), accrual)
    check_lives("CMO-2 / FJF-02", psa, flows, 5)
    assert sum(sum(one.principal) for one in flows.classes) == pytest.approx(400e6, abs=CENT)


@pytest.mark.parametrize(
    "psa", ["0", "50", "90", "100", "150", "165", "200", "250", "300", "350", "400", "450", "500", "700"]
)
def test_textbooks_planned_class(psa: str) -> None:
    loans = RepLine(
        pool="all", label="all", balance=400e6, gross_rate=0.08125, servicing_fee_rate=0.00625, target_rate=0.075,
        term=357.0, first_month=4, lag=0,
    )  # fmt: skip

    def principal(speed: float) -> list[float]:
        table = project_rep_lines([loans], Assumptions(psa=speed)).line_table(0)
        return [s + p for s, p in zip(table["scheduled_principal"], table["prepayments"], strict=True)]

    planned = [243.8e6]
    for low, high in zip(principal(90)[1:], principal(300)[1:], strict=True):
        planned.append(max(0.0, planned[-1] - min(low, high)))
    classes = (
        SeniorClass(label="P", balance=243.8e6, rank=2, planned=tuple(planned)),
        SeniorClass(label="S", balance=156.2e6, rank=1),
    )
    check_lives("CMO-3 / FJF-04", psa, textbook(float(psa), classes), 0)


def test_textbooks_walk_through_of_single_months() -> None:
    flows = textbook(165)
    classes = by_label(flows)
    a, b = classes["A"], classes["B"]
    computed = {
        "interest_A": a.interest,
        "ending_balance_A": a.balance,
        "cash_flow_A": [i + p for i, p in zip(a.interest, a.principal, strict=True)],
        "beginning_balance_A": [0.0, *a.balance[:-1]],
        "principal_B": b.principal,
    }
    checked = 0
    for row in rows("fabozzi_cashflows"):
        if row["psa_pct"] == "165" and row["quantity"] in computed:
            assert computed[row["quantity"]][int(row["month"])] == pytest.approx(float(row["value"]), abs=1.0), row
            checked += 1
    assert checked == 5


def agency_group(psa: str) -> TrancheFlows:
    given = {row["quantity"]: row["value"] for row in rows("fnma_2019_2_group3_inputs")}
    zero = "zero_psa_column_" if psa == "0" else ""
    rate = float(given[f"{zero}loan_rate_pct"]) / 100
    through = float(given["pass_through_rate_pct"]) / 100
    balance = float(given["class_AB_balance"])
    deal = plain_deal(
        {"AB": balance},
        rate=rate,
        term=float(given[f"{zero}remaining_term" if zero else "remaining_term_months"]),
        age=float(given[f"{zero}loan_age" if zero else "loan_age_months"]),
        closing=date.fromisoformat(given["settlement"]),
    )
    notional = float(given["class_IO_notional_initial"]) / balance
    return run(
        deal,
        Assumptions(
            psa=float(psa),
            servicing_fee_rate=rate - through,
            structure=Structure.SEQUENTIAL,
            senior_classes={
                "all": (
                    SeniorClass(label="AB", coupon=float(given["class_AB_coupon_pct"]) / 100),
                    SeniorClass(
                        label="IO",
                        coupon=float(given["class_IO_coupon_pct"]) / 100,
                        notional_of="AB",
                        share=notional,
                    ),
                )
            },
        ),
    )


@pytest.mark.parametrize("row", rows("fnma_2019_2_group3_wal"), ids=lambda row: row["psa_pct"])
def test_agency_groups_decrement_table_and_average_lives(row: dict[str, str]) -> None:
    psa = row["psa_pct"]
    flows = agency_group(psa)
    assert flows.dates[1] == date(2019, 2, 25)
    times = payment_times(flows.months, date(2019, 1, 30), flows.dates[1])
    cells = {r["distribution_number"]: r for r in rows("fnma_2019_2_group3_decrement") if r["psa_pct"] == psa}
    for one in flows.classes:
        life = weighted_average_life(one.repayments, times)
        assert life == pytest.approx(float(row["wal_years_published"]), abs=0.0501)
        assert life == pytest.approx(float(row["wal_years_derived_settle_2019-01-30_30_360"]), abs=6e-5)
        percents = decrement([one.balance[k] if k < len(one.balance) else 0.0 for k in range(361)])
        for year, percent in enumerate(percents[1:], start=1):
            if str(12 * year) in cells:
                cell = cells[str(12 * year)]
                assert percent == pytest.approx(float(cell["percent_derived"]), abs=6e-5)
                assert printed_percent(percent) == cell["percent_of_original_published"]
            else:
                assert percent < 0.5


# --- cuts of class A ----------------------------------------------------------------------------------------------


def test_class_a_of_a_pool_may_be_cut_and_receives_the_same() -> None:
    terms = Assumptions(psa=200, cdr=0.03, severity=0.5)
    whole = by_label(run(sample_deal(), terms))["A-I"]
    cut = by_label(
        run(
            sample_deal(),
            terms.replace(
                senior_classes={
                    "I": (
                        SeniorClass(label="A-1", balance=200e6, coupon=0.05),
                        SeniorClass(label="A-2", rank=2),
                        SeniorClass(label="A-IO", notional_of="A-1", coupon=0.005),
                    )
                }
            ),
        )
    )
    parts = [cut["A-1"], cut["A-2"]]
    for name in ("principal", "loss", "balance"):
        together = [sum(cells) for cells in zip(*(getattr(one, name) for one in parts), strict=True)]
        assert together == pytest.approx(list(getattr(whole, name)), abs=1e-4)
    interest = [sum(cells) for cells in zip(*(one.interest for one in (*parts, cut["A-IO"])), strict=True)]
    assert interest == pytest.approx(list(whole.interest), abs=1e-4)
    assert max(cut["A-2"].principal[1:12]) == 0
    assert cut["A-IO"].balance == cut["A-1"].balance


@pytest.mark.parametrize(
    ("classes", "found"),
    [
        ((SeniorClass(label="A-1", balance=1.0),), "leave out one"),
        ((SeniorClass(label="A-1"), SeniorClass(label="A-2")), "leave out one"),
        ((SeniorClass(label="A-1", coupon=0.06),), "more than"),
        ((SeniorClass(label="A-1"), SeniorClass(label="A-1", notional_of="A-1")), "own label"),
        ((SeniorClass(label="A-1"), SeniorClass(label="X", notional_of="A-9")), "no class A-9"),
    ],
)
def test_cuts_that_do_not_fit_are_refused(classes: tuple[SeniorClass, ...], found: str) -> None:
    with pytest.raises(InputError, match=found):
        run(sample_deal(), Assumptions(senior_classes={"I": classes}))


def test_classes_that_do_not_match_the_pools_are_refused() -> None:
    deal = sample_deal()
    with pytest.raises(DealError, match="add up"):
        run(dataclasses.replace(deal, tranches=deal.tranches[:-1]))
    with pytest.raises(DealError, match="no classes"):
        run(dataclasses.replace(deal, tranches=()))
    with pytest.raises(InputError, match="name pools"):
        run(deal, Assumptions(senior_classes={"IV": (SeniorClass(label="A"),)}))


# --- tables -------------------------------------------------------------------------------------------------------


def test_frame_is_tidy_and_starts_at_month_one() -> None:
    flows = run(sample_deal(), Assumptions(cdr=0.002))
    frame = flows.to_frame()
    assert list(frame.columns) == [
        "month", "date", "class", "beginning_balance", "interest", "principal", "loss", "ending_balance",
    ]  # fmt: skip
    assert len(frame) == flows.months * len(flows.classes)
    assert (frame["month"].min(), frame["date"].min().date()) == (1, date(2004, 11, 25))
    balances = frame[~frame["class"].str.contains("IO")]
    left = balances["beginning_balance"] - balances["principal"] - balances["loss"] - balances["ending_balance"]
    assert left.abs().max() < 1e-4
    assert frame[frame["class"] == "IO-I"]["beginning_balance"].iloc[0] == pytest.approx(309_146_133.07)
    assert list(flows.measures()["class"]) == [one.label for one in flows.classes]


def test_docstring_examples() -> None:
    assert doctest.testmod(shifting_module).failed == 0
