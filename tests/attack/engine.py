"""Random deals under random assumptions through the engine: python -m tests.attack.engine --cases 20000 --seed 7.

Every dollar is conserved, no figure is not a number, and the compiled kernels agree with the plain ones.
"""

import argparse
from collections.abc import Iterator
from importlib.util import find_spec
from math import isfinite

from hypothesis import HealthCheck, given, seed, settings

from xlremic.deal import Deal
from xlremic.engine.assumptions import Assumptions
from xlremic.engine.books import TrancheFlows
from xlremic.engine.compiled import compiled_kernels
from xlremic.engine.waterfall import Setup, run

from ..support.random_deals import deals, scenarios

CENT = 0.01


def problems(flows: TrancheFlows) -> Iterator[str]:
    """What is wrong with the flows of one projection."""
    for one in flows.classes:
        for name in ("balance", "interest", "principal", "loss"):
            row = getattr(one, name)
            if not all(map(isfinite, row)):
                yield f"{one.label}: {name} is not a number in some month"
        if one.kind != "interest only":
            gone = sum(one.principal) + sum(one.loss) + one.balance[flows.months]
            if abs(one.balance[0] - gone) > CENT:
                yield f"{one.label}: {one.balance[0]} at first, but {gone} repaid, lost and left"
    if abs(flows.principal_difference()) > CENT:
        yield f"principal paid less collected: {flows.principal_difference()}"


def differences(plain: TrancheFlows, fast: TrancheFlows) -> Iterator[str]:
    """Where compiled flows differ from plain ones by more than a millionth of a dollar."""
    if plain.call_month != fast.call_month:
        yield f"called in month {plain.call_month} plain, {fast.call_month} compiled"
    for one, other in zip(plain.classes, fast.classes, strict=True):
        for name in ("balance", "interest", "principal", "loss"):
            pairs = zip(getattr(one, name), getattr(other, name), strict=True)
            if not all(abs(x - y) <= 1e-6 for x, y in pairs):
                yield f"{one.label}: {name} differs between plain and compiled"


def attack(cases: int, number: int) -> None:
    """Run so many cases from a seed. Raises: AssertionError with the smallest case that goes wrong."""

    @seed(number)
    @settings(max_examples=cases, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(deals(), scenarios())
    def case(deal: Deal, terms: Assumptions) -> None:
        plain = run(deal, terms)
        found = list(problems(plain))
        if find_spec("numba") is not None:
            found += differences(plain, Setup(deal, terms, compiled_kernels()).flows(terms))
        assert not found, found

    case()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    given_ = parser.parse_args()
    attack(given_.cases, given_.seed)
    print(f"{given_.cases} cases from seed {given_.seed}: every dollar is where it belongs")


if __name__ == "__main__":
    main()
