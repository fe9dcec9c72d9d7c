"""A few of the outputs that cannot be written, each run; the others by hand."""

import os

import pytest

from .outputs import attack, every_case


@pytest.mark.skipif(os.name == "nt", reason="devices, limits and users are POSIX")
def test_what_cannot_be_written_is_one_line_and_leaves_nothing() -> None:
    counts, wrong = attack(12, 3)
    assert wrong == []
    assert counts.total() == 12


def test_every_case_has_a_name_of_its_own() -> None:
    names = [case.name for case in every_case()]
    assert len(names) == len(set(names)) > 200
