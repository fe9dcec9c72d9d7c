"""The mutation run tells a mutant that a test notices from one that changes nothing."""

import ast

from .mutants import TESTS, Mutant, drawn, killed, mutated, places, source_of

HOME = "xlremic.subordination"


def test_a_changed_comparison_of_ranks_is_killed() -> None:
    found = [k for k in range(len(places(ast.parse(source_of(HOME))))) if "rank" in mutated(Mutant(HOME, k))[1]]
    assert found, "the levels compare ranks"
    assert killed(Mutant(HOME, found[0]))


def test_the_same_seed_draws_the_same_mutants_of_every_module() -> None:
    assert drawn(40, 3) == drawn(40, 3) != drawn(40, 4)
    assert {mutant.module for mutant in drawn(10_000, 1)} == set(TESTS)
