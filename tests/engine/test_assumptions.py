"""What the filing does not state: given by pool, by month or in words, refused clearly when unusable."""

import dataclasses
import doctest
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import xlremic.engine.assumptions as assumptions_module
from xlremic.engine.assumptions import Assumptions, SeniorClass, Structure, read_assumptions
from xlremic.engine.waterfall import run
from xlremic.errors import InputError

from ..support.sample_deal import sample_deal


def test_every_term_says_its_unit_its_meaning_and_that_it_is_ours() -> None:
    for term in dataclasses.fields(Assumptions):
        assert term.metadata["unit"] and term.metadata["help"]
        assert term.metadata["source"] == "assumption"
    printed = {name: (value, source) for name, value, _, source, _ in Assumptions().described()}
    assert printed["psa"] == ("300", "assumption")
    assert printed["lag"] == ("12", "assumption")


def test_terms_may_differ_by_pool_and_by_month() -> None:
    given = Assumptions(psa={"II": [100, 200], "all": 300}, severity="30 ramp 40 over 3", lag={"I": 0, "all": 6})
    assert given.by_month("psa", "II", 3) == (0.0, 100, 200, 200)
    assert given.by_month("psa", "I", 2) == (0.0, 300, 300)
    assert given.by_month("severity", "I", 4) == pytest.approx((0.0, 0.30, 0.35, 0.40, 0.40))
    assert given.by_month("cpr", "I", 4) is None
    assert (given.of_pool("lag", "I"), given.of_pool("lag", "III")) == (0, 6)


def test_words_are_per_cent_of_the_curve_for_psa_and_per_cent_a_year_for_cpr() -> None:
    assert Assumptions(psa="100 ramp 300 over 3").by_month("psa", "I", 3) == pytest.approx((0, 100, 200, 300))
    assert Assumptions(cpr="6 ramp 12 over 30").by_month("cpr", "I", 30) == pytest.approx(
        (0, *[0.06 + 0.06 * k / 29 for k in range(30)])
    )


def test_a_cpr_put_in_place_of_a_speed_removes_it() -> None:
    assert Assumptions().replace(cpr=0.06).psa is None
    assert Assumptions(cpr=0.06).replace(psa=100).cpr is None
    assert Assumptions(cdr=0.01).replace(sda=100).cdr is None


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        ({"cpr": 6}, "cpr 6.0"),
        ({"psa": -1}, "psa -1.0"),
        ({"psa": 100, "cpr": 0.06}, "both psa and cpr"),
        ({"sda": 100, "cdr": 0.06}, "both sda and cdr"),
        ({"severity": {"I": 2}}, "severity 2.0"),
        ({"severity": True}, "severity True"),
        ({"cdr": []}, "empty list"),
        ({"cdr": "1 ramp"}, "not a number"),
        ({"lag": 1.5}, "lag 1.5: give a whole number from zero to 1200"),
        ({"structure": "waterfall"}, "structure 'waterfall'"),
        ({"call": "second"}, "call 'second'"),
        ({"call": 0}, "call 0"),
        ({"payment_day": 31}, "payment_day 31"),
        ({"shift_schedule": ((2, 1.0),)}, "start on day 1"),
        ({"loss_limits": ((73, 0.3), (61, 0.3))}, "rising days"),
    ],
)
def test_unusable_terms_are_refused_by_name(terms: dict[str, Any], found: str) -> None:
    with pytest.raises(InputError, match=found):
        Assumptions(**terms)


def test_a_pool_without_a_value_is_named() -> None:
    with pytest.raises(InputError, match="none for pool III"):
        Assumptions(psa={"I": 100, "II": 200}).of_pool("psa", "III")


def test_toml_file_holds_the_same_terms_and_keywords_win(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text(
        'structure = "sequential"\ncdr = 0.01\nloss_limits = [[61, 0.2]]\n[psa]\nI = 100\nall = "200 for 12 300"\n'
        '[[senior_classes.I]]\nlabel = "A-1"\nbalance = 100.0\n[[senior_classes.I]]\nlabel = "A-2"\nrank = 2\n'
    )
    read = read_assumptions(file, cdr=0.02)
    assert read.structure is Structure.SEQUENTIAL
    assert read.cdr == 0.02
    assert read.loss_limits == ((61, 0.2),)
    assert read.by_month("psa", "II", 13) == pytest.approx((0, *[200] * 12, 300))
    assert read.senior_classes["I"] == (SeniorClass(label="A-1", balance=100.0), SeniorClass(label="A-2", rank=2))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("speed = 3", "'speed' is no assumption"),
        ("psa = ", "not a TOML file"),
        ("[[senior_classes.I]]\nname = 'A'", "senior_classes of I"),
        ("severity = [[0.1]]", r"severity \[0.1\]: give a number from zero to 1"),
        ("severity = 'high'", "severity: vector 'high'"),
        ("psa = {I = {II = 3}}", "psa {'II': 3} of pool 'I': give a number"),
        ("psa = {}", "psa: an empty table"),
        ("psa = '1,000'", "psa: vector '1,000': numbers take no thousands separator"),
        ("servicing_fee_rate = [0.001]", r"servicing_fee_rate \[0.001\]: give a number"),
        ("lag = 0x" + "f" * 5000, "lag a number of thousands of digits"),
        ("lag = " + "9" * 5000, "not a TOML file of assumptions"),
        ("advancing = 1", "advancing 1: say true or false"),
        ("settlement = 2004-10-28T10:00:00", "settlement datetime.datetime.*: give a date"),
        ("settlement = 9999-12-31", "settlement .*: give a date from 1900-03-01 to 2199-12-31"),
        ("first_distribution = 2004-10-31", "a day that every month has"),
        ("shift_schedule = 3", "shift_schedule 3: give rising days"),
        ("shift_schedule = [[1, 1.0], [61]]", r"shift_schedule \[61\]: give rising days"),
        ("shift_schedule = [[1, 1.0], ['x', 1]]", "shift_schedule .*: give rising days"),
        ("curve = [[2.0, 5.0], [1.0, 5.0]]", "curve .*: give rising years"),
        ("prices = 100", "prices 100: give a table by class"),
        ("prices = {A = 'par'}", "prices 'par' of class 'A'"),
        ("senior_classes = 3", "senior_classes 3: give a table by pool"),
        ("senior_classes = {I = 3}", "senior_classes of I 3: give a table by pool"),
        ("senior_classes = {I = [3]}", "senior_classes of I 3: give a label"),
        ("[[senior_classes.I]]\nlabel = 'A'\nbalance = 'all'", "of I, class A: balance 'all' must be dollars"),
        ("[[senior_classes.I]]\nlabel = 'A'\nplanned = 3", "of I, class A: planned 3 must be dollars by month"),
        ("psa = 1\npsa = 2", "not a TOML file"),
        ("psa = " + "[" * 3000 + "]" * 3000, "not a TOML file|give a number"),
        ("#" + "x" * 2_000_000, "more than 1,048,576 bytes"),
    ],
)
def test_unusable_files_are_refused(tmp_path: Path, text: str, found: str) -> None:
    file = tmp_path / "a.toml"
    file.write_text(text)
    with pytest.raises(InputError, match=f"a.toml: .*(?:{found})"):
        read_assumptions(file)
    with pytest.raises(InputError, match="cannot be read"):
        read_assumptions(tmp_path / "none.toml")


def test_a_price_for_a_day_after_payments_began_is_refused() -> None:
    late = Assumptions(settlement=date(2005, 6, 1))
    with pytest.raises(InputError, match="settlement 2005-06-01 is after the first distribution, 2004-11-25"):
        run(sample_deal(), late).class_measures()
    run(sample_deal(), Assumptions(settlement=date(2004, 11, 25))).class_measures()


def test_docstring_examples() -> None:
    assert doctest.testmod(assumptions_module).failed == 0
