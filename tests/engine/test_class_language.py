"""The language of classes: identities that hold on any deal, and the same months shared twice, by rows and in decimals."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xlremic.deal import Deal
from xlremic.engine.assumptions import Assumptions
from xlremic.engine.books import ClassFlows, TrancheFlows
from xlremic.engine.compiled import compiled_kernels
from xlremic.engine.records import Speeds
from xlremic.engine.waterfall import Setup, run
from xlremic.errors import InputError
from xlremic.reading.deal_checks import refuse_structure
from xlremic.reading.deal_file import read_deal
from xlremic.structure import Accretion, DealClass, IndexCoupon, Plan, Step, Structure

from ..conftest import SAMPLE
from ..support.class_deals import deal_of, deals
from ..support.sample_deal import sample_deal
from ..support.slow_classes import SlowGroup

LIBOR = "1M LIBOR"


def by_label(flows: TrancheFlows) -> Mapping[str, ClassFlows]:
    return {one.label: one for one in flows.classes}


def together(rows: Sequence[Sequence[float]]) -> list[float]:
    return [sum(cells) for cells in zip(*rows, strict=True)]


def invented() -> Deal:
    return read_deal(SAMPLE.with_name("invented-nas-floater.toml"))


def changed(deal: Deal, **parts: Any) -> Deal:
    assert deal.structure is not None
    return replace(deal, structure=replace(deal.structure, **parts))


# --- the same months, twice ---------------------------------------------------------------------------------------


@given(deals(), st.sampled_from([0.0, 90.0, 250.0, 800.0]), st.sampled_from([0.0, 0.04]), st.floats(0.0, 0.12))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_random_structures_are_shared_as_the_slow_decimals_share_them(
    deal: Deal, psa: float, cdr: float, index: float
) -> None:
    terms = Assumptions(psa=psa, cdr=cdr, severity=0.5, lag=3, index_rates=[index, index / 2, index])
    setup = Setup(deal, terms)
    books = setup._blank(setup.kernels.empty)
    setup.fill(books, _speeds(setup, terms))
    structure = setup.capital.cut.structure if setup.capital.cut else None
    assert structure is not None and setup.cut is not None and books.shared is not None
    labels = [one.label for one in structure.classes]
    plans = {
        plan.name: [Decimal(repr(float(x))) for x in setup.cut.planned[p]] for p, plan in enumerate(structure.plans)
    }
    exact = [Decimal(repr(index)), Decimal(repr(index / 2)), Decimal(repr(index))]
    paid = books.paid
    expected: dict[tuple[str, int], list[Decimal]] = {}
    for group in setup.capital.cut.groups if setup.capital.cut else ():
        slow = SlowGroup(structure, group.name, plans, lambda k: exact[min(k, 3) - 1])
        for k in range(1, setup.months + 1):
            due, interest, principal, loss = (
                sum((Decimal(repr(float(row[p][k]))) for row in rows for p in group.pools), Decimal(0))
                for rows in (
                    (paid.senior_due, paid.io_due), (paid.senior_interest, paid.io_paid), (paid.senior_principal,),
                    (paid.senior_loss,),
                )
            )  # fmt: skip
            for label, shares in slow.distribute(due, interest, principal, loss).items():
                cells = expected.setdefault((label, k), [Decimal(0)] * 4)
                expected[label, k] = [x + y for x, y in zip(cells, shares, strict=True)]
    for (label, k), row in expected.items():
        c = labels.index(label)
        shared = books.shared
        found = [rows[c][k] for rows in (shared.interest, shared.principal, shared.loss, shared.balance)]
        assert found == pytest.approx([float(x) for x in row], abs=1e-3), (label, k)
    flows = setup.flows(terms)
    assert flows.principal_difference() == pytest.approx(0.0, abs=0.01)


def _speeds(setup: Setup, terms: Assumptions) -> Any:
    return Speeds(setup.prepayment(terms), setup.default(terms), setup.severity(terms))


@given(deals(), st.sampled_from([0.0, 180.0, 600.0]), st.sampled_from([0.0, 0.03]))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_compiled_classes_are_the_plain_ones(deal: Deal, psa: float, cdr: float) -> None:
    terms = Assumptions(psa=psa, cdr=cdr, index_rates=0.05)
    plain, fast = run(deal, terms), Setup(deal, terms, compiled_kernels()).flows(terms)
    for one, other in zip(plain.classes, fast.classes, strict=True):
        for name in ("balance", "interest", "principal", "loss"):
            assert list(getattr(other, name)) == pytest.approx(list(getattr(one, name)), abs=1e-6), one.label


@given(deals(), st.sampled_from([0.0, 150.0, 500.0]), st.sampled_from([0.0, 0.05]))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_classes_receive_together_is_what_the_group_received(deal: Deal, psa: float, cdr: float) -> None:
    terms = Assumptions(psa=psa, cdr=cdr, severity=0.6, index_rates=0.05)
    setup = Setup(deal, terms)
    books = setup._blank(setup.kernels.empty)
    setup.fill(books, _speeds(setup, terms))
    assert setup.capital.cut is not None and books.shared is not None
    shared, seniors = books.shared, setup.capital.cut.seniors
    owned = [c for c, one in enumerate(seniors) if not one.notional_of]
    assert together([shared.principal[c] for c in owned]) == pytest.approx(
        together(books.paid.senior_principal), abs=1e-4
    )
    assert together([shared.loss[c] for c in owned]) == pytest.approx(together(books.paid.senior_loss), abs=1e-4)
    received = together([*books.paid.senior_interest, *books.paid.io_paid])
    assert together([*shared.interest, *shared.over]) == pytest.approx(received, abs=1e-4)
    assert min(min(row) for row in shared.balance) >= -1e-6


# --- floaters -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("index", [0.0, 0.01, 0.0499, 0.05, 0.07, 0.5])
def test_floater_and_inverse_have_the_interest_of_the_class_they_were_cut_from(index: float) -> None:
    deal = invented()
    assert deal.structure is not None
    whole = changed(
        deal,
        classes=tuple(
            replace(one, coupon=0.055) if one.label == "A-4" else one
            for one in deal.structure.classes
            if one.label != "A-5"
        ),
    )
    terms = Assumptions(psa=250, cdr=0.02, index_rates=index)
    cut, uncut = by_label(run(deal, terms)), by_label(run(whole, terms))
    assert together([cut["A-4"].interest, cut["A-5"].interest]) == pytest.approx(list(uncut["A-4"].interest), abs=1e-6)
    assert list(cut["A-4"].balance) == list(cut["A-5"].balance) == list(uncut["A-4"].balance)


def test_index_rates_are_by_month_and_by_index() -> None:
    deal = invented()
    by_index: dict[str, Any] = {"6M LIBOR": 0.9, "all": [0.01, 0.02, 0.03]}
    floater = by_label(run(deal, Assumptions(index_rates=by_index)))["A-4"]
    for k, rate in ((1, 0.01), (2, 0.02), (3, 0.03), (9, 0.03)):
        assert floater.interest[k] == pytest.approx(floater.balance[k - 1] * (rate + 0.005) / 12)
    with pytest.raises(InputError, match=r"A-4, coupon: it follows 1M LIBOR.*index_rates"):
        run(deal, Assumptions(index_rates={"6M LIBOR": 0.05}))


# --- who loses, who waits -----------------------------------------------------------------------------------------


def test_super_senior_class_loses_nothing_while_its_support_is_left() -> None:
    deal = invented()
    terms = Assumptions(psa=100, cdr=0.12, severity=0.8, lag=1, index_rates=0.04)
    found = by_label(run(deal, terms))
    first = next(k for k, loss in enumerate(found["A-1"].loss) if loss > 1e-9)
    assert sum(found["A-2"].loss[:first]) > 1_000_000
    for k, loss in enumerate(found["A-1"].loss):
        assert loss < 1e-9 or found["A-2"].balance[k] < 1e-6, k
    assert deal.structure is not None
    without = changed(deal, classes=tuple(replace(one, supports="") for one in deal.structure.classes))
    other = by_label(run(without, terms))
    assert sum(other["A-1"].loss[:first]) > 1_000_000
    assert sum(map(sum, (one.loss for one in found.values()))) == pytest.approx(
        sum(map(sum, (one.loss for one in other.values())))
    )


def nas(schedule: tuple[tuple[int, float], ...]) -> TrancheFlows:
    classes = [DealClass(label=label, balance=balance, coupon=0.05) for label, balance in (("A", 75e6), ("N", 25e6))]
    steps = (Step(pay=(("N",),), schedule=schedule), Step(pay=(("A",),)), Step(pay=(("N",),)))
    deal = deal_of(Structure(classes=tuple(classes), steps=steps), {"1": 100_000_000})
    return run(deal, Assumptions(psa=300))


def test_non_accelerated_class_with_its_whole_share_is_pro_rata_and_with_none_is_locked_out() -> None:
    whole, none = by_label(nas(((1, 1.0),))), by_label(nas(((1, 0.0),)))
    for k in range(1, len(whole["A"].balance)):
        assert whole["N"].principal[k] == pytest.approx(whole["A"].principal[k] / 3, abs=1e-5)
        assert none["N"].principal[k] < 1e-6 or none["A"].balance[k] < 1e-6


def test_non_accelerated_class_has_the_fraction_of_its_share_that_is_in_force() -> None:
    found = by_label(nas(((1, 0.0), (61, 0.3), (73, 0.4))))
    assert max(found["N"].principal[:61]) == 0.0
    for k, fraction in ((61, 0.3), (72, 0.3), (73, 0.4)):
        balances, paid = (found["N"].balance[k - 1], found["A"].balance[k - 1]), found["N"].principal[k]
        share = balances[0] / sum(balances)
        assert paid == pytest.approx(fraction * share * (paid + found["A"].principal[k]))


# --- plans --------------------------------------------------------------------------------------------------------


@given(st.floats(90, 300))
@settings(max_examples=15, deadline=None)
def test_planned_balances_hold_at_any_constant_speed_of_the_band(psa: float) -> None:
    found, planned = planned_group(psa)
    assert list(found["P"].balance) == pytest.approx(planned, abs=1e-3)


@pytest.mark.parametrize("psa", [40, 700])
def test_planned_balances_break_at_speeds_outside_the_band(psa: float) -> None:
    found, planned = planned_group(psa)
    assert max(abs(x - y) for x, y in zip(found["P"].balance, planned, strict=True)) > 100_000


def planned_group(psa: float) -> tuple[Mapping[str, ClassFlows], list[float]]:
    classes = (DealClass(label="P", balance=50e6, coupon=0.05), DealClass(label="C", balance=50e6, coupon=0.05))
    steps = (Step(pay=(("P",),), down_to="I"), Step(pay=(("C",),)), Step(pay=(("P",),)))
    plan = Plan(name="I", speeds=(90.0, 300.0), after=6)
    deal = deal_of(Structure(classes=classes, plans=(plan,), steps=steps), {"1": 100_000_000})
    setup = Setup(deal, Assumptions(psa=psa))
    assert setup.cut is not None
    return by_label(run(deal, Assumptions(psa=psa))), list(setup.cut.planned[0])


def test_targeted_balance_is_what_arrives_at_its_one_speed() -> None:
    classes = (DealClass(label="T", balance=60e6, coupon=0.05), DealClass(label="C", balance=40e6, coupon=0.05))
    steps = (Step(pay=(("T",),), down_to="T"), Step(pay=(("C",),)), Step(pay=(("T",),)))
    structure = Structure(classes=classes, plans=(Plan(name="T", speeds=(200.0,)),), steps=steps)
    deal = deal_of(structure, {"1": 100_000_000})
    at, above = (by_label(run(deal, Assumptions(psa=psa))) for psa in (200, 350))
    assert max(at["C"].principal[: next(k for k, x in enumerate(at["T"].balance) if x < 1)]) < 1e-6
    months = 61  # later a faster pool has less left to pay than the plan asks for
    assert list(above["T"].balance[:months]) == pytest.approx(list(at["T"].balance[:months]), abs=1e-4)


# --- cuts of a filing ---------------------------------------------------------------------------------------------


def test_classes_of_a_filing_receive_what_its_uncut_class_receives_and_the_rest_is_untouched() -> None:
    deal, terms = sample_deal(), Assumptions(psa=200, cdr=0.03, severity=0.5)
    classes = (
        DealClass(label="I-A-1", balance=200e6, coupon=0.05, group="I"),
        DealClass(label="I-A-Z", group="I", accrual=True),
        DealClass(label="I-A-X", notional_of=("I-A-1",), coupon=0.005),
    )
    steps = (Step(pay=(("I-A-1",), ("I-A-Z",)), group="I"),)
    cut = Structure(
        source="cut.toml", classes=classes, steps=steps, accretions=(Accretion(of="I-A-Z", pay=(("I-A-1",),)),)
    )
    refuse_structure(cut, [pool.id for pool in deal.pools], ())
    whole, found = by_label(run(deal, terms)), by_label(run(replace(deal, structure=cut), terms))
    for label in whole:
        if label != "A-I":
            for name in ("balance", "interest", "principal", "loss"):
                assert list(getattr(found[label], name)) == list(getattr(whole[label], name)), label
    for name in ("balance", "principal", "loss"):
        parts = [getattr(found[label], name) for label in ("I-A-1", "I-A-Z")]
        assert together(parts) == pytest.approx(list(getattr(whole["A-I"], name)), abs=1e-4)
    interest = [found[one.label].interest for one in classes]
    assert together(interest) == pytest.approx(list(whole["A-I"].interest), abs=1e-4)


def test_a_notional_on_several_classes_and_on_another_notional_is_the_sum_of_its_shares() -> None:
    classes = (
        DealClass(label="A", balance=60e6, coupon=0.04, group="1"),
        DealClass(label="B", balance=40e6, coupon=0.045, group="2"),
        DealClass(label="X", notional_of=("A", "B"), coupon=0.006, share=0.5),
        DealClass(label="Y", notional_of=("X", "B"), coupon=0.001),
    )
    steps = (Step(pay=(("A",),)), Step(pay=(("B",),)))
    found = by_label(
        run(deal_of(Structure(classes=classes, steps=steps), {"1": 60_000_000, "2": 40_000_000}), Assumptions(psa=250))
    )
    for k in (0, 1, 50, 200):
        assert found["X"].balance[k] == pytest.approx(0.5 * (found["A"].balance[k] + found["B"].balance[k]))
        assert found["Y"].balance[k] == pytest.approx(found["X"].balance[k] + found["B"].balance[k])
    assert found["Y"].interest[7] == pytest.approx(found["Y"].balance[6] * 0.001 / 12)


def test_cash_that_no_step_may_take_goes_through_the_steps_again() -> None:
    classes = (DealClass(label="A", balance=50e6, coupon=0.05), DealClass(label="B", balance=50e6, coupon=0.05))
    plan = Plan(name="flat", balances=(50e6,) * 400)
    steps = (Step(pay=(("A",),), down_to="flat"), Step(pay=(("B",),)))
    found = run(
        deal_of(Structure(classes=classes, plans=(plan,), steps=steps), {"1": 100_000_000}), Assumptions(psa=300)
    )
    assert found.principal_difference() == pytest.approx(0.0, abs=1e-3)
    assert by_label(found)["A"].balance[-1] == pytest.approx(0.0, abs=1e-3)


def test_every_class_is_retired_at_par_on_the_day_of_the_call() -> None:
    for deal in (invented(),):
        flows = run(deal, Assumptions(psa=400, cdr=0.005, index_rates=0.03, call="first"))
        assert flows.call_month is not None
        assert flows.principal_difference() == pytest.approx(0.0, abs=0.01)
        for one in flows.classes:
            assert max(one.balance[flows.call_month :]) < 1e-6, one.label


def test_a_subordinated_class_earns_the_target_rate_and_no_other() -> None:
    deal = invented()
    assert deal.structure is not None

    def with_coupon(rate: float) -> Deal:
        assert deal.structure is not None
        return changed(
            deal,
            classes=tuple(replace(one, coupon=rate) if one.rank == 1 else one for one in deal.structure.classes),
        )

    terms = Assumptions(index_rates=0.03)
    stated, silent = (by_label(run(one, terms))["B-1"] for one in (with_coupon(0.055), deal))
    assert list(stated.interest) == list(silent.interest)
    with pytest.raises(InputError, match=r"\[\[class\]\] B-1, coupon: found 0\.05, but subordinated"):
        run(with_coupon(0.05), terms)


@pytest.mark.parametrize(
    ("classes", "found"),
    [
        ((DealClass(label="A", balance=1e6, coupon=0.05),), "make them the same"),
        ((DealClass(label="A", balance=1e8, coupon=0.0551),), "their loans earn"),
        (
            (DealClass(label="A", balance=1e8, coupon=IndexCoupon(index=LIBOR, margin=0.01, cap=0.056)),),
            r"at 1M LIBOR of 0\.046",
        ),
        ((DealClass(label="A", balance=1e8, coupon=IndexCoupon(index=LIBOR)),), "or a cap"),
        ((DealClass(label="A", balance=1e8, coupon=0.05, group="9"),), "is no pool"),
    ],
)
def test_structures_that_do_not_fit_their_loans_are_refused(classes: tuple[DealClass, ...], found: str) -> None:
    deal = deal_of(Structure(source="deal.toml", classes=classes, steps=(Step(pay=(("A",),)),)), {"1": 100_000_000})
    with pytest.raises(InputError, match=rf"deal\.toml: \[\[class\]\].*{found}"):
        run(deal, Assumptions(index_rates=0.01))
