"""A short run of the attack on terms, and that it sees what it looks for."""

import pytest

from xlremic.engine.terms import Term

from . import terms


def test_150_hostile_files_and_command_lines_are_answered() -> None:
    tally = terms.attack(150, 20041028)
    assert tally.faults == []
    assert tally.outcomes["file done"] > 10 and tally.outcomes["file refused"] > 30


def test_terms_that_nobody_checks_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Term, "checked", lambda term, value: value)
    faults = terms.attack(40, 20041028).faults
    assert any(fault.startswith(("TypeError", "ValueError", "AttributeError")) for fault in faults)
