"""A short run of the attack on the engine, and that it sees what it looks for."""

import dataclasses
from typing import Any

import pytest

from xlremic.engine.assumptions import Assumptions
from xlremic.engine.waterfall import run

from ..support.sample_deal import sample_deal
from . import engine


def test_no_dollar_is_lost_in_150_random_projections() -> None:
    engine.attack(150, 20041028)


@pytest.mark.parametrize(("name", "amount"), [("principal", 1.0), ("loss", 1.0), ("interest", float("nan"))])
def test_a_damaged_flow_is_found(name: str, amount: float) -> None:
    flows = run(sample_deal(), Assumptions(cdr=0.01))
    assert not list(engine.problems(flows))
    first = flows.classes[0]
    row = [*getattr(first, name)]
    row[5] += amount
    changed: dict[str, Any] = {name: row}
    damaged = dataclasses.replace(first, **changed)
    worse = dataclasses.replace(flows, classes=(damaged, *flows.classes[1:]))
    assert list(engine.problems(worse))
    assert list(engine.differences(flows, worse))
