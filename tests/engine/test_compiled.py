"""Kernels compiled with their rules: kept across processes, compiled again when what they rest on changes."""

import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest

from xlremic.engine.compiled import compiled, fingerprint
from xlremic.engine.distribution import RULES, distribute

needs_numba = pytest.mark.skipif(find_spec("numba") is None, reason="numba, the extra 'fast', is not installed")

KEPT = """
from tests.support.sample_deal import sample_deal
from xlremic.engine.assumptions import Assumptions
from xlremic.engine.compiled import compiled_kernels
from xlremic.engine.records import Speeds
from xlremic.engine.waterfall import Setup
terms = Assumptions(cdr=0.01)
kernels = compiled_kernels()
setup = Setup(sample_deal(), terms, kernels)
setup.flows(terms)
print(sum(kernels.distribute.stats.cache_hits.values()), sum(kernels.distribute.stats.cache_misses.values()))
"""


class First(NamedTuple):
    """A record of two fields."""

    one: Sequence[float]
    other: Sequence[float]


class Second(NamedTuple):
    """The same fields the other way round."""

    other: Sequence[float]
    one: Sequence[float]


@needs_numba
def test_compiled_kernels_are_kept_for_the_next_process(tmp_path: Path) -> None:
    found = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", KEPT],
            capture_output=True,
            text=True,
            check=True,
            env={"PATH": "", "PYTHONPATH": ":".join(sys.path), "NUMBA_CACHE_DIR": str(tmp_path)},
        )
        found.append(done.stdout.split())
    assert found == [["0", "1"], ["1", "0"]]


@needs_numba
def test_kernels_compile_where_nothing_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    import numba  # noqa: PLC0415 - optional

    plain = numba.njit

    def nowhere(*given: object, **options: object) -> object:
        if options.pop("cache", False):
            raise RuntimeError("cannot cache function: no locator available")
        return plain(*given, **options)  # type: ignore[call-overload] # handed on as it came

    monkeypatch.setattr(numba, "njit", nowhere)
    assert compiled(half)(4.0) == 2.0


def half(number: float) -> float:
    return number / 2


def test_a_kernels_name_in_the_cache_changes_with_the_fields_of_its_records() -> None:
    def of_first(record: First) -> float:
        return record.one[0]

    def of_second(record: Second) -> float:
        return record.one[0]

    assert fingerprint(of_first) != fingerprint(of_second)


def test_a_kernels_name_in_the_cache_changes_with_the_numbers_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(distribute, *RULES)
    monkeypatch.setitem(distribute.__globals__, "GONE", 1e-5)
    assert fingerprint(distribute, *RULES) != before
