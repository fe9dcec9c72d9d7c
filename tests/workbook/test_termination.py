"""Call's termination price: the sheet's own formulas are the engine, in IronCalc and in LibreOffice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from xlremic.deal import Deal
from xlremic.engine.termination import Claim, made_whole, termination_price
from xlremic.workbook.class_columns import CALL
from xlremic.workbook.termination_columns import CLASS_PRICES, TERMINATION

from ..support.iron import Iron
from ..support.office import Office, missing

RATE = "TerminationRate"
CASES: dict[str, dict[str, float]] = {
    "empty": {},
    "forborne principal and arrears": {"ForbornePrincipal": 3e6, "TerminationREO": 4e5, "TerminationAdvances": 2e5},
    "a holdback": {"TerminationHoldback": 1e6, "TerminationDays": 24, RATE: 0.05},
    "far too little": {"TerminationBalance": 4.9e8, "ForbornePrincipal": 1e7, RATE: 0.05},
}
OWED = {0: 20_000.0, 3: 100_000.0}
"""Losses and shortfalls not made good, by class."""


class Program(Protocol):
    def put(self, values: dict[str, Any]) -> None: ...
    def recalculate(self, *ways: str) -> None: ...
    def read(self, *places: str) -> list[Any]: ...


@pytest.fixture(scope="module", params=["IronCalc", "LibreOffice"])
def program(request: pytest.FixtureRequest, workbook: Path) -> Iterator[Program]:
    if request.param == "IronCalc":
        yield Iron(workbook)
        return
    if missing("installed"):
        pytest.skip(missing("installed"))
    with Office("installed") as office:
        office.load(workbook)
        yield office


def of_class(key: str, k: int) -> str:
    return f"{CLASS_PRICES.sheet}!{CLASS_PRICES.cell(key, k)}"


def put(program: Program, values: dict[str, Any]) -> None:
    empty = {name: None for case in CASES.values() for name in case} | {of_class("given", k): None for k in OWED}
    program.put({**empty, **values})
    program.recalculate()


@pytest.mark.parametrize("owed", [False, True], ids=["nothing owed", "losses before"])
@pytest.mark.parametrize("case", CASES)
def test_price_and_classes_are_the_engine(program: Program, deal: Deal, case: str, owed: bool) -> None:
    given = CASES[case]
    put(program, {**given, **({of_class("given", k): amount for k, amount in OWED.items()} if owed else {})})
    balances = [float(one.class_initial_principal_balance) for one in deal.tranches]
    used = {
        key: program.read(f"{CALL.sheet}!{TERMINATION.cell('value', f'{key}_used')}")[0] for key in ("net_rate", "days")
    }
    assert used["days"] == given.get("TerminationDays", 30)
    assert used["net_rate"] == pytest.approx(given.get(RATE, 0.05962 - 0.0025))
    upb, forborne = given.get("TerminationBalance", sum(balances)), given.get("ForbornePrincipal", 0.0)
    accrued = (upb - forborne) * used["net_rate"] * used["days"] / 360
    coupon = program.read(of_class("coupon", 1))[0]
    junior = [balance * coupon * used["days"] / 360 for balance in balances[1:]]
    claims = [
        Claim(k + 1, interest, balance, OWED.get(k, 0.0) if owed else 0.0)
        for k, (interest, balance) in enumerate(zip([max(0.0, accrued - sum(junior)), *junior], balances, strict=True))
    ]
    for way, key, name in (
        (True, "paid", "TerminationPrice"),
        (False, "paid_without", "TerminationPriceWithoutForborne"),
    ):
        price = termination_price(
            upb, used["net_rate"], days=used["days"], forborne=forborne, reo=given.get("TerminationREO", 0.0),
            advances=given.get("TerminationAdvances", 0.0), with_forborne=way,
        )  # fmt: skip
        available = max(0.0, price - given.get("TerminationHoldback", 0.0))
        assert program.read(name)[0] == pytest.approx(price, abs=0.005)
        paid = [one.interest + one.principal + one.owed for one in made_whole(available, claims)]
        shown = program.read(*(of_class(key, k) for k in range(len(balances))))
        assert shown == pytest.approx(paid, abs=0.005)
        left = program.read(f"{CALL.sheet}!{TERMINATION.cell('value', 'left_with' if way else 'left_without')}")[0]
        assert sum(shown) + left == pytest.approx(available, abs=0.01)
        if case == "empty" and not owed:
            assert shown == pytest.approx([one.interest + one.principal for one in claims], abs=0.005)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TerminationBalance", -1), ("TerminationBalance", "much"), ("ForbornePrincipal", 5e8), (RATE, 1.5),
        ("TerminationDays", 361), ("TerminationREO", "x"), ("TerminationHoldback", -5), (of_class("given", 2), -1),
    ],
)  # fmt: skip
def test_a_term_that_is_no_term_stops_the_price_and_fails_a_check(program: Program, name: str, value: Any) -> None:
    put(program, {})
    assert program.read("ChecksStatus") == ["All checks tie"]
    put(program, {name: value})
    assert program.read("TerminationPrice", "ChecksStatus") == ["input in error", "1 check fails"]
    put(program, {name: None})
    assert program.read("ChecksStatus") == ["All checks tie"]
