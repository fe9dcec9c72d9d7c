"""Nonsense in an input is never believed: by every input, in IronCalc and in LibreOffice, and back again."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Protocol

import pytest

from xlremic.deal import Deal
from xlremic.engine.assumptions import Assumptions
from xlremic.engine.waterfall import run
from xlremic.reading.assemble import assemble
from xlremic.reading.tieout import CALL_PERCENT
from xlremic.subordination import call_threshold
from xlremic.workbook.build import Built, build
from xlremic.workbook.class_columns import TRANCHES
from xlremic.workbook.projection_columns import VECTORS, places
from xlremic.workbook.results_columns import RESULTS
from xlremic.workbook.scenario_terms import SCENARIOS, chosen
from xlremic.workbook.term_rows import ACROSS, ELSEWHERE, INPUTS, PAGE

from ..support.iron import Iron
from ..support.nonsense import FEW, is_refused, of
from ..support.office import Office, missing
from ..support.short_deal import short_reading

GIVEN: dict[str, Any] = {"psa": 200, "cdr": 0.01, "severity": 0.4, "lag": 3, "loan_age": 3}
TERMS = Assumptions(**GIVEN)
NAMES = ("scenario", *INPUTS)
PROGRAMS = ("IronCalc", "LibreOffice")


class Program(Protocol):
    def put(self, values: dict[str, Any]) -> None: ...
    def recalculate(self, *ways: str) -> None: ...
    def read(self, *places: str) -> list[Any]: ...
    def errors(self) -> dict[str, int]: ...
    def sheet_of(self, place: str) -> str: ...


def cell_of(name: str) -> str:
    """The defined name of an input."""
    return "Scenario" if name == "scenario" else ELSEWHERE[name][0] if name in ELSEWHERE else INPUTS[name].cell


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(short_reading(threshold=False), tmp_path_factory.mktemp("short") / "short.xlsx", assumptions=TERMS)


@pytest.fixture(scope="module", params=PROGRAMS)
def program(request: pytest.FixtureRequest, built: Built) -> Iterator[Program]:
    if request.param == "IronCalc":
        iron = Iron(built.path)
        iron.recalculate()
        yield iron
        return
    if missing("installed"):
        pytest.skip(missing("installed"))
    with Office("installed") as office:
        office.load(built.path)
        office.recalculate("calculateAll")
        yield office


LIFE = f"{RESULTS.sheet}!{RESULTS.cell('wal_month')}"
WHOLE = ("ChecksStatus", "InputsToLookAt", "InputsInError", "ModelErrors", "FirstCallableMonth", LIFE)


def state(program: Program) -> dict[str, Any]:
    return dict(zip(WHOLE, program.read(*WHOLE), strict=True))


def tried(
    program: Program, place: str, values: Iterable[tuple[str, Any, bool]], before: dict[str, Any], what: str
) -> None:
    """Put values in, one after the other, look at each, put the old one back, look again."""
    (old,) = program.read(place)
    try:
        for kind, value, refused in values:
            program.put({place: value})
            program.recalculate("calculate")
            errors = program.errors()
            if value == "=1/0":
                errors = without_own(errors, program, place)
            looked_at(state(program), errors, before, refused, f"{what}: {kind} {value!r}")
    finally:
        program.put({place: old if old != "" else None})
        program.recalculate("calculate")
    assert state(program) == pytest.approx(before), what


def without_own(errors: dict[str, int], program: Program, place: str) -> dict[str, int]:
    """The errors less that of the input itself, which LibreOffice counts among the formulas."""
    if isinstance(program, Iron):
        return errors
    sheet = program.sheet_of(place)
    return {title: count - (title == sheet) for title, count in errors.items() if count - (title == sheet)}


def looked_at(now: dict[str, Any], errors: dict[str, int], before: dict[str, Any], refused: bool, what: str) -> None:
    assert errors == {}, (what, now)
    assert now["ModelErrors"] == 0, (what, now)
    if refused:
        assert now["InputsInError"] >= 1, (what, now)
        assert "to look at" in str(now["ChecksStatus"]), (what, now)
        assert now["FirstCallableMonth"] == "input in error", (what, now)
        assert now[LIFE] in ("", None), (what, now)
    else:
        assert now["InputsInError"] == 0, (what, now)
        assert (now["ChecksStatus"] == before["ChecksStatus"]) == (now["InputsToLookAt"] == 0), (what, now)


def refused_in(built: Built, program: Program, name: str, value: Any) -> bool:
    """Whether it is to be refused; in LibreOffice a truth is the number one or zero."""
    if isinstance(value, bool) and not isinstance(program, Iron):
        value = int(value)
    deal = built.deal
    assert deal.cut_off_date is not None
    longest = max(float(pool.weighted_average_remaining_term or 0) for pool in deal.pools)
    return is_refused(name, value, deal.cut_off_date, longest)


@pytest.fixture(scope="module")
def fresh(program: Program) -> dict[str, Any]:
    now = state(program)
    assert str(now["ChecksStatus"]).startswith("All checks tie")
    return now


def of_input(name: str, kinds: Iterable[str], built: Built, program: Program) -> Iterator[tuple[str, Any, bool]]:
    """Values of some kinds, and whether each is to be refused."""
    values = of(name)
    for kind in kinds:
        yield kind, values[kind], refused_in(built, program, name, values[kind])


@pytest.mark.real
@pytest.mark.parametrize("name", NAMES)
def test_nonsense_in_an_input_is_told_and_nothing_is_projected_from_it(
    name: str, program: Program, built: Built, fresh: dict[str, Any]
) -> None:
    """Each kind in one of the programs; the next input has it in the other."""
    turn = (NAMES.index(name) + isinstance(program, Iron)) % len(PROGRAMS)
    kinds = FEW[turn :: len(PROGRAMS)]
    tried(program, cell_of(name), of_input(name, kinds, built, program), fresh, name)


@pytest.mark.nightly
@pytest.mark.real
@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_nonsense_in_every_input(
    name: str, program: Program, built: Built, fresh: dict[str, Any]
) -> None:
    kinds = of(name)
    assert len(kinds) >= 20
    tried(program, cell_of(name), of_input(name, kinds, built, program), fresh, name)


ACROSS_LETTER = PAGE.letter(ACROSS)
NEXT = chr(ord(ACROSS_LETTER) + 1)
VECTOR = f"Vectors!{places(VECTORS)['cdr_by_month']}"
OTHERS: dict[str, tuple[str, dict[str, tuple[Any, bool]]]] = {
    "balance": (f"{TRANCHES.sheet}!{TRANCHES.cell('current', 1)}", {
        "text": ("abc", True), "empty": (None, True), "negative": (-1, True), "true": (True, True), "error": ("=1/0", True),
        "above the initial balance": (1e9, False), "zero": (0, False)}),
    "price": (f"{PAGE.sheet}!{PAGE.cell(ACROSS, 'prices')}", {
        "text": ("abc", True), "zero": (0, True), "negative": (-5, True), "huge": (1e6, True), "empty": (None, False), "par": (101, False)}),
    "own term of a pool": (f"{PAGE.sheet}!{PAGE.cell(ACROSS, 'pool:severity')}", {
        "text": ("abc", True), "negative": (-0.1, True), "above one": (1.5, True), "fine": (0.3, False), "error": ("=1/0", True)}),
    "own lag of a pool": (f"{PAGE.sheet}!{PAGE.cell(ACROSS, 'pool:lag')}", {"fraction": (2.5, True), "fine": (4, False)}),
    "first day of the schedule": (f"{PAGE.sheet}!{PAGE.cell(ACROSS, 'shift_day')}", {"not day 1": (2, True), "empty": (None, True), "text": ("a", True)}),
    "second day of the schedule": (f"{PAGE.sheet}!{NEXT}{PAGE.row('shift_day')}", {
        "not rising": (1, True), "fraction": (61.5, True), "past the third": (100, True), "fine": (62, False)}),
    "part of a step": (f"{PAGE.sheet}!{NEXT}{PAGE.row('shift_share')}", {"above one": (70, True), "negative": (-0.1, True), "empty": (None, True), "fine": (0.65, False)}),
    "loss limit": (f"{PAGE.sheet}!{ACROSS_LETTER}{PAGE.row('limit_share')}", {"text": ("a", True), "above one": (30, True), "fine": (0.31, False)}),
    "first month of a vector": (f"{VECTOR}11", {"text": ("abc", True), "negative": (-0.1, True), "above one": (6, True), "true": ("x", True), "fine": (0.02, False), "error": ("=1/0", True)}),
    "third month of a vector": (f"{VECTOR}13", {"gap": (0.02, True)}),
}  # fmt: skip


@pytest.mark.real
@pytest.mark.parametrize("what", OTHERS)
def test_nonsense_in_balances_prices_schedules_and_vectors_is_told(
    what: str, program: Program, fresh: dict[str, Any]
) -> None:
    place, values = OTHERS[what]
    iron = isinstance(program, Iron)  # LibreOffice takes a truth for 1
    cases = [(kind, value, refused and (value is not True or iron)) for kind, (value, refused) in values.items()]
    tried(program, place, cases, fresh, what)


Edit = tuple[dict[str, Any], dict[str, Any]]
VALID: dict[str, Edit] = {
    "450 PSA": ({"PSA": 450}, {"psa": 450}),
    "0 PSA": ({"PSA": 0}, {"psa": 0}),
    "PSA empty": ({"PSA": None}, {"psa": 300}),
    "6% CPR": ({"PSA": None, "CPR": 0.06}, {"cpr": 0.06}),
    "30% CPR beside 0 PSA": ({"PSA": 0, "CPR": 0.3}, {"cpr": 0.3}),
    "5% CDR": ({"CDR": 0.05}, {"cdr": 0.05}),
    "no defaults": ({"CDR": 0}, {"cdr": 0.0}),
    "500 SDA": ({"CDR": None, "SDA": 500}, {"sda": 500}),
    "severity 90%": ({"Severity": 0.9}, {"severity": 0.9}),
    "severity empty": ({"Severity": None}, {"severity": 0.3}),
    "lag 0": ({"Lag": 0}, {"lag": 0}),
    "lag 9": ({"Lag": 9}, {"lag": 9}),
    "not advanced": ({"Advancing": "no"}, {"advancing": False}),
    "not advanced, as FALSE": ({"Advancing": False}, {"advancing": False}),
    "advanced, as 1": ({"Advancing": 1}, {}),
    "whole months": ({"WholeMonths": "YES"}, {"whole_months": True}),
    "two-times test": ({"TwoTimesTest": True, "PSA": 600}, {"two_times_test": True, "psa": 600}),
    "fee 0.4%": ({"ServicingFee": 0.004}, {"servicing_fee_rate": 0.004}),
    "shortfalls": ({"PrepaymentShortfallDays": 15, "CompensationCap": 0.2}, {"prepayment_shortfall_days": 15, "compensation_cap": 0.2}),
    "called": ({"Call": "first"}, {"call": "first"}),
    "called from month 12": ({"Call": 12}, {"call": 12}),
    "delinquent": ({"Delinquency": 0.1}, {"delinquency": 0.1}),
    "limit of delinquency": ({"Delinquency": 0.1, "DelinquencyLimit": 2}, {"delinquency": 0.1, "delinquency_limit": 2}),
    "no transfers": ({"UndersubordinationTransfer": "no"}, {"undersubordination_transfer": False}),
    "paid on the 15th": ({"PaymentDay": 15}, {"payment_day": 15}),
    **{f"scenario {name}": ({"Scenario": name}, {"scenario": name}) for name in SCENARIOS},
}  # fmt: skip


def called_deal() -> Deal:
    """The deal with a call at the percentage that the workbook assumes, as the filing states no threshold."""
    deal = assemble(short_reading(threshold=False))
    balance = deal.all.aggregate_scheduled_principal_balance
    assert balance is not None
    return replace(deal, rules=replace(deal.rules, call_threshold=call_threshold(balance, CALL_PERCENT)))


@pytest.mark.real
@pytest.mark.parametrize("edit", VALID)
def test_a_valid_edit_equals_the_engine(edit: str, program: Program, built: Built, fresh: dict[str, Any]) -> None:
    typed, terms = VALID[edit]
    engine = {**GIVEN, **{k: v for k, v in terms.items() if k != "scenario"}}
    for speed, rate in (("psa", "cpr"), ("cdr", "sda")):
        if rate in terms:
            del engine[speed]
    assumptions = chosen(Assumptions(**engine), terms.get("scenario", "Own"))
    flows = run(called_deal(), assumptions)
    old = dict(zip(typed, program.read(*typed), strict=True))
    program.put(typed)
    program.recalculate("calculate")
    try:
        assert state(program)["ChecksStatus"] == fresh["ChecksStatus"]
        measures = {one.label: one for one in flows.class_measures()}
        for k in range(len(measures)):
            cells = (f"Results!{RESULTS.cell(key, k)}" for key in ("class", "wal_month", "yield"))
            label, life, money = program.read(*cells)
            one = measures[label]
            known = one.wal_month, None if one.bond_yield is None else one.bond_yield / 100
            for shown, number in zip((life, money), known, strict=True):
                assert shown == pytest.approx(number, abs=1e-9) if number is not None else shown in ("", None), label
    finally:
        program.put({place: value if value != "" else None for place, value in old.items()})
        program.recalculate("calculate")
    assert state(program) == pytest.approx(fresh)
