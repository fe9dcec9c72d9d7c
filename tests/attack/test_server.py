"""A short run of the attack on the local server, and that it sees what it looks for."""

import sys

import pytest

from . import server


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the memory of a process on Linux only")
def test_150_hostile_requests_are_answered() -> None:
    tally = server.attack(150, 20041028)
    assert tally.faults == []
    assert {name for name, _ in tally.answers} == set(server.KINDS)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the memory of a process on Linux only")
def test_an_answer_that_a_request_may_not_get_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "FILING", b"no filing")
    assert any("term in the query: 422" in fault for fault in server.attack(1, 1).faults)
