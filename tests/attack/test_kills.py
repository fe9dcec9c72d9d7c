"""A few kills, each run; the others by hand."""

import os

import pytest

from .kills import attack


@pytest.mark.skipif(os.name == "nt", reason="kill -9 and /proc are of Linux")
def test_a_killed_run_tears_nothing_and_leaves_nothing_to_the_next_one() -> None:
    counts, wrong = attack(14, 16)
    assert wrong == []
    assert counts.total() == 14
