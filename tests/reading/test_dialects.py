"""Filings in other lawyers' words: what is read of them is true, and how much of it is read."""

import pytest

from ..conftest import SAMPLE
from ..support.dialects import LAWYERS, drawn
from ..support.filing_generator import Expected
from ..support.scoring import Score, scored

SEEDS = range(6)

REACHED: dict[str, float] = {
    "of them": 0.42,
    "lettered pools": 0.46,
    "consists of": 0.34,
    "groups": 0.48,
}
"""The least share of its facts that is read in each voice. May only grow."""

KNOWN_WRONG: dict[str, int] = {
    "of them": 44,
    "lettered pools": 39,
    "consists of": 49,
    "groups": 42,
}
"""How many values are still read that the filings do not state. May only shrink; a voice that is absent has none."""


def scores(lawyer: str) -> list[Score]:
    filings = [drawn(lawyer, seed) for seed in SEEDS]
    return [scored(filing.text.encode(), filing.truth, filing.allowed) for filing in filings]


@pytest.mark.parametrize("lawyer", LAWYERS)
def test_what_is_read_in_other_words_is_true(lawyer: str) -> None:
    wrong = [fact for score in scores(lawyer) for fact in score.wrong]
    assert len(wrong) <= KNOWN_WRONG.get(lawyer, 0), wrong


@pytest.mark.parametrize("lawyer", LAWYERS)
def test_as_much_is_read_in_other_words_as_before(lawyer: str) -> None:
    found = scores(lawyer)
    right, missing = sum(score.right for score in found), sum(len(score.missing) for score in found)
    assert right / (right + missing) >= REACHED[lawyer], sorted({fact for score in found for fact in score.missing})


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
