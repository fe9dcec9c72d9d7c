"""Filings damaged in small ways: how much of it is told, and that the count itself can be trusted."""

import random
from collections import Counter

import pytest

from ..conftest import SAMPLE
from . import mutations
from .mutations import KINDS, Attack, Outcome, attacked
from .reasons import reason

TEXT = SAMPLE.read_text(encoding="utf-8")
SHORT = 10 * len(KINDS)
SILENT_SHARE = 0.044
"""What the short run may leave untold; the long one stands in docs/verification.md. May only shrink."""
FAULTS = 1
"""Silent mutations of the short run that a reader could tell, having no reason. May only shrink."""


@pytest.fixture(scope="module")
def attack() -> Attack:
    return Attack(TEXT)


def test_few_of_the_mutations_change_a_value_in_silence() -> None:
    score = attacked(SHORT)
    assert score.outcomes.total() == SHORT
    assert score.share(Outcome.SILENT) <= SILENT_SHARE
    assert score.share(Outcome.LOST) <= 0.005
    silent = score.classes[Outcome.SILENT]
    assert sum(count for names, count in silent.items() if not reason(*names)) <= FAULTS


@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    [
        ("(636) 261-1313", "(636) 261-1314", Outcome.SILENT),
        ("$6,170,000.00", "$6,710,000.00", Outcome.CAUGHT),
        ("wire transfer", "wire  transfer", Outcome.HARMLESS),
        ("authenticated by the paying agent, ", "", Outcome.LOST),
        ("DETAILED DESCRIPTION", "DESCRIPTION", Outcome.CAUGHT),
    ],
)  # fmt: skip
def test_each_outcome_is_told_from_the_others(attack: Attack, old: str, new: str, outcome: Outcome) -> None:
    assert old in TEXT
    assert attack.judged("by hand", TEXT.replace(old, new, 1)).outcome is outcome


def test_a_reader_that_is_mute_would_be_found_out(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutations, "told", lambda reading: Counter[str]())
    damaged = TEXT.replace("$6,170,000.00", "$6,710,000.00", 1)
    assert attack.judged("by hand", damaged).outcome is Outcome.SILENT


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_mutation_changes_the_text_at_one_place(kind: str) -> None:
    changed = [KINDS[kind](TEXT, random.Random(seed)) for seed in range(20)]
    assert len(set(changed) - {TEXT}) > 3
