"""Filings in other lawyers' words: what is read of them is true, and how much of it is read."""

import csv
import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse

from ..conftest import SAMPLE
from ..support.dialects import LAWYERS, drawn
from ..support.filing_generator import BALANCE, Expected
from ..support.scoring import Score, scored

SEEDS = range(6)

REACHED: dict[str, float] = {
    "of them": 1.0,
    "lettered pools": 1.0,
    "consists of": 1.0,
    "groups": 1.0,
    "number first": 1.0,
    "in words": 1.0,
    "trust of 2006": 1.0,
    "adjustable": 1.0,
    "tagged tables": 1.0,
    "columns": 1.0,
    "web page": 1.0,
    "column for each group": 1.0,
    "duluth": 1.0,
    "hartford": 1.0,
    "omaha": 1.0,
    "savannah": 1.0,
    "trenton": 1.0,
}
"""The least share of its facts that is read in each voice. May only grow."""

FILINGS = Path(__file__).parent.parent / "filings"
BY_HAND = ("duluth", "hartford", "omaha", "savannah", "trenton")
"""Filings that a person wrote, each with the facts that the person then typed from it."""


def typed(name: str) -> tuple[list[Expected], list[Expected]]:
    """The facts that a filing states, and those that its words only imply."""
    with (FILINGS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    facts = {
        stated: [Expected(r["key"], r["scope"], r["value"], "", r["qualifier"]) for r in rows if r["stated"] == stated]
        for stated in ("yes", "implied")
    }
    return facts["yes"], facts["implied"]


@cache
def scores(lawyer: str) -> list[Score]:
    if lawyer in BY_HAND:
        return [scored((FILINGS / f"{lawyer}.txt").read_bytes(), *typed(lawyer))]
    filings = [drawn(lawyer, seed) for seed in SEEDS]
    return [scored(filing.text.encode(), filing.truth, filing.allowed) for filing in filings]


@pytest.mark.parametrize("lawyer", [*LAWYERS, *BY_HAND])
def test_what_is_read_in_other_words_is_true(lawyer: str) -> None:
    wrong = [fact for score in scores(lawyer) for fact in score.wrong]
    assert wrong == []


@pytest.mark.nightly
@pytest.mark.parametrize("lawyer", LAWYERS)
def test_what_is_read_of_many_more_deals_is_true(lawyer: str) -> None:
    for seed in range(len(SEEDS), 100):
        filing = drawn(lawyer, seed)
        assert scored(filing.text.encode(), filing.truth, filing.allowed).wrong == (), seed


@pytest.mark.parametrize("lawyer", [*LAWYERS, *BY_HAND])
def test_as_much_is_read_in_other_words_as_before(lawyer: str) -> None:
    found = scores(lawyer)
    right, missing = sum(score.right for score in found), sum(len(score.missing) for score in found)
    assert right / (right + missing) >= REACHED[lawyer], sorted({fact for score in found for fact in score.missing})


@pytest.mark.parametrize("lawyer", [*LAWYERS, *BY_HAND])
def test_what_is_not_read_is_listed_as_unread(lawyer: str) -> None:
    lost = [fact for score in scores(lawyer) for fact in score.lost]
    assert lost == []


@pytest.mark.parametrize("lawyer", LAWYERS)
def test_the_loans_of_the_pools_are_all_the_loans(lawyer: str) -> None:
    for seed in SEEDS:
        truth = [fact for fact in drawn(lawyer, seed).truth if fact.key == "loan_count"]
        whole = {int(fact.value) for fact in truth if fact.scope == "all"}
        parts = [int(fact.value) for fact in truth if fact.scope.startswith("pool:")]
        assert not (whole and parts) or {sum(parts)} == whole


@pytest.mark.parametrize(
    ("told", "right", "wrong"),
    [
        (Expected("prospectus_date", "filing", "2004-10-27", "date"), 1, 0),
        (Expected("prospectus_date", "filing", "2004-10-26", "date"), 0, 1),
        (Expected("prospectus_date", "all", "2004-10-27", "date"), 0, 1),
        (Expected("prospectus_date", "filing", "2004-10-27", "date", "not_after"), 0, 1),
    ],
)
def test_a_fact_is_right_only_with_its_value_scope_and_qualifier(told: Expected, right: int, wrong: int) -> None:
    score = scored(SAMPLE.read_bytes(), [told])
    assert (score.right, len(score.missing)) == (right, 1 - right)
    assert sum(fact[0] == told.key for fact in score.wrong) == wrong


@pytest.mark.parametrize("name", BY_HAND)
def test_a_person_typed_only_what_the_filing_prints(name: str) -> None:
    """Each figure typed by hand stands in the text, as figures, as words or in millions; the classes add up."""
    text = (FILINGS / f"{name}.txt").read_text(encoding="utf-8")
    stated, _ = typed(name)
    worded = {"472", "20", "30", "31", "8-K"}  # "four hundred seventy-two", "at least twenty ..."
    for fact in stated:
        if re.fullmatch(r"\d+\.?\d*", fact.value) and fact.value not in worded and fact.qualifier != "none":
            number = Decimal(fact.value)
            shown = {f"{number:,}", f"{number:f}", f"{number / 1_000_000:f}".rstrip("0")}
            assert (
                fact.key == "zip_code_concentration_basis" or fact.value == "100" or any(one in text for one in shown)
            ), fact
    classes = [Decimal(fact.value) for fact in stated if fact.key == "class_initial_principal_balance"]
    (whole,) = [Decimal(f.value) for f in stated if f.key == BALANCE and f.scope == "all"]
    assert sum(classes) == whole


def test_every_key_that_is_read_is_documented() -> None:
    filings = [drawn(lawyer, seed).text.encode() for lawyer in LAWYERS for seed in range(2)]
    readings = [parse(filing_of(data, name="filing.txt")) for data in (*filings, SAMPLE.read_bytes())]
    page = (SAMPLE.parent.parent / "docs" / "facts.md").read_text(encoding="utf-8")
    assert {fact.key for reading in readings for fact in reading.facts} <= set(re.findall(r"`(\w+)`", page))
