"""A published group of fifteen classes: Fannie Mae 2006-18, group 1, prospectus supplement of 2 February 2006."""

import csv
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest

from xlremic.deal import Deal
from xlremic.engine.assumptions import Assumptions
from xlremic.engine.books import TrancheFlows
from xlremic.engine.waterfall import Setup, run
from xlremic.reading.deal_file import read_deal
from xlremic.structure import Plan

from ..conftest import SAMPLE
from ..support.published_figures import PUBLISHED

PRINTED = 0.1
"""Years: the last printed unit of an average life."""


def table(name: str) -> list[dict[str, str]]:
    with (PUBLISHED / "fnma_2006_18_group1" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def group() -> Deal:
    return read_deal(SAMPLE.with_name("fnma-2006-18-group1.toml"))


def without_prepayments() -> Deal:
    """The supplement's 0 PSA column: the loans replaced by one of 8%, 360 months, age 0, under the planned balances."""
    deal, loan = group(), group().loans[0]
    assert deal.structure is not None
    loan = replace(
        loan,
        balance=sum((one.balance for one in deal.loans), Decimal(0)),
        rate=Decimal("0.08"),
        remaining_term=Decimal(360),
        age=Decimal(0),
    )
    plans = [
        Plan(name="I", balances=tuple(float(row["balance"]) for row in table("plan_I.csv"))),
        deal.structure.plans[1],
    ]
    return replace(deal, loans=(loan,), structure=replace(deal.structure, plans=tuple(plans)))


@cache
def flows(psa: int) -> TrancheFlows:
    return run(without_prepayments() if psa == 0 else group(), Assumptions(psa=psa))


def off_print(psa: int) -> list[float]:
    """Computed less printed average life of every class, years."""
    computed = {one.label: one.wal_30_360 for one in flows(psa).class_measures()}
    found = []
    for row in table("average_lives.csv"):
        if row["psa_pct"] == str(psa):
            life = computed[row["class"]]
            assert life is not None
            found.append(life - float(row["average_life_years"]))
    return found


@pytest.mark.parametrize("psa", [0, 180])
def test_average_lives_are_those_printed(psa: int) -> None:
    found = off_print(psa)
    assert len(found) == 15
    assert max(map(abs, found)) < 0.06


@pytest.mark.parametrize("psa", [0, 180])
def test_what_print_rounds_away_looks_like_rounding(psa: int) -> None:
    """Rounded figures are off by a quarter of the last unit on average and by half at most; a small bias is not."""
    found = off_print(psa)
    assert max(map(abs, found)) <= PRINTED / 2 + 1e-4
    assert 0.1 * PRINTED < sum(map(abs, found)) / len(found) < 0.4 * PRINTED
    assert abs(sum(found)) / len(found) < 0.15 * PRINTED


@pytest.mark.parametrize("months_late", [1, -1])
def test_a_month_of_delay_is_seen_by_the_statistics(months_late: int) -> None:
    found = [one + months_late / 12 for one in off_print(180)]
    assert abs(sum(found)) / len(found) > 0.15 * PRINTED
    assert max(map(abs, found)) > PRINTED / 2


def test_plan_of_the_band_is_the_published_schedule_to_a_cent() -> None:
    setup = Setup(group(), Assumptions(psa=180))
    assert setup.cut is not None
    published = [float(row["balance"]) for row in table("plan_I.csv")]
    computed = list(setup.cut.planned[0])
    assert computed + [0.0] * (len(published) - len(computed)) == pytest.approx(published, abs=0.00501)


def test_second_plan_is_what_the_first_leaves_of_its_own_band() -> None:
    """147 to 227 PSA, read off the published balances; their first month has a month of class Z's interest besides."""
    deal = group()
    assert deal.structure is not None
    plans = (deal.structure.plans[0], Plan(name="II", speeds=(147.0, 227.0)))
    setup = Setup(replace(deal, structure=replace(deal.structure, plans=plans)), Assumptions(psa=180))
    assert setup.cut is not None
    planned, published = list(setup.cut.planned[1]), list(deal.structure.plans[1].balances)
    assert planned[1] - published[1] == pytest.approx(1_700_680 * 0.055 / 12, abs=0.006)
    late = planned[1] - published[1]
    for k in range(1, len(planned)):
        assert planned[k] == pytest.approx(published[k] + late if published[k] > 0 else planned[k], abs=0.011), k


@pytest.mark.parametrize("psa", [100, 137, 180, 212, 250])
def test_planned_balances_hold_at_every_speed_of_the_band(psa: int) -> None:
    found = run(group(), Assumptions(psa=psa))
    planned = [float(row["balance"]) for row in table("plan_I.csv")]
    balances = zip(*(one.balance for one in found.classes if one.label in ("PA", "PB", "PC", "PD", "EO")), strict=True)
    for k, row in enumerate(balances):
        assert sum(row) == pytest.approx(planned[k], abs=0.006), k


@pytest.mark.parametrize("psa", [60, 400])
def test_planned_balances_break_outside_the_band(psa: int) -> None:
    found = run(group(), Assumptions(psa=psa))
    planned = [float(row["balance"]) for row in table("plan_I.csv")]
    balances = zip(*(one.balance for one in found.classes if one.label in ("PA", "PB", "PC", "PD", "EO")), strict=True)
    assert max(abs(sum(row) - planned[k]) for k, row in enumerate(balances)) > 100_000


def test_every_dollar_of_principal_and_interest_is_some_classs() -> None:
    for psa in (0, 180, 900):
        found = flows(psa)
        assert found.principal_difference() == pytest.approx(0.0, abs=0.001)
        net = [
            sum(cells)
            for cells in zip(
                *(found.collateral.line_table(i)["net_interest"] for i in range(len(found.collateral.lines))),
                strict=True,
            )
        ]
        paid = [sum(cells) for cells in zip(*(one.interest for one in found.classes), strict=True)]
        assert paid[1:] == pytest.approx(net[1:], abs=0.05)


def test_accretion_is_interest_that_was_not_paid_in_cash() -> None:
    z = next(one for one in flows(0).classes if one.label == "Z")
    for k in range(1, len(z.balance)):
        cash = z.interest[k] + z.principal[k]
        assert cash >= -1e-9
        assert z.accretion[k] == pytest.approx(max(0.0, z.interest[k] - cash), abs=1e-9)
        assert z.balance[k] == pytest.approx(z.balance[k - 1] - z.principal[k], abs=1e-6)
