"""A short and steady run of the fuzzer."""

import random

import pytest

from ..support.fuzz_reader import mutated, seeds, try_one

ORIGINALS = seeds(random.Random(0))


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_only_our_own_errors_come_out(start: int) -> None:
    outcomes = []
    for number in range(start, start + 50):
        rng = random.Random(number)
        outcomes.append(try_one(mutated(rng.choice(ORIGINALS), rng)))
    assert any(outcomes)
