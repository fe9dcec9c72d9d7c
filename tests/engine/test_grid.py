"""Grids: the same numbers as single runs, compiled or not, in one process or several."""

import doctest
from importlib.util import find_spec

import pandas as pd
import pytest

import xlremic.engine.scenario_measures as measures_module
from xlremic.engine.assumptions import Assumptions, SeniorClass
from xlremic.engine.compiled import PLAIN, compiled_kernels
from xlremic.engine.grid import grid
from xlremic.engine.waterfall import Setup, run
from xlremic.errors import InputError

from ..support.sample_deal import sample_deal

needs_numba = pytest.mark.skipif(find_spec("numba") is None, reason="numba, the extra 'fast', is not installed")
CASES = [
    Assumptions(cdr=0.002),
    Assumptions(psa=0, sda=2000, severity=0.5),
    Assumptions(psa=5000, cdr=1.0, severity=1.0, lag=0),
    Assumptions(psa=150, cdr=0.03, advancing=False, prepayment_shortfall_days=15, two_times_test=True, call="first"),
]


def test_every_combination_has_the_measures_of_its_own_run() -> None:
    base = Assumptions(severity=0.4)
    found = grid(sample_deal(), base, psa=[100, 300], cdr=[0.0, 0.05], lag=[6, 12], yields=True, compiled=False)
    assert list(found.columns[:4]) == ["psa", "cdr", "lag", "class"]
    assert len(found) == 8 * 15
    for (psa, cdr, lag), rows in found.groupby(["psa", "cdr", "lag"]):
        expected = {m.label: m for m in run(sample_deal(), base.replace(psa=psa, cdr=cdr, lag=lag)).class_measures()}
        for _, row in rows.iterrows():
            one = expected[row["class"]]
            for name, value in (
                ("wal", one.wal_month),
                ("first_month", one.first_month),
                ("last_month", one.last_month),
                ("yield", one.bond_yield),
            ):
                assert (pd.isna(row[name]) and value is None) or row[name] == pytest.approx(value, abs=1e-7), name
            for name in ("principal", "interest", "loss"):
                assert row[name] == pytest.approx(getattr(one, name), abs=1e-6)


@needs_numba
@pytest.mark.parametrize("terms", CASES)
def test_compiled_and_plain_flows_agree_to_a_millionth_of_a_dollar(terms: Assumptions) -> None:
    plain = Setup(sample_deal(), terms, PLAIN).flows(terms)
    fast = Setup(sample_deal(), terms, compiled_kernels()).flows(terms)
    for one, other in zip(plain.classes, fast.classes, strict=True):
        for name in ("balance", "interest", "principal", "loss"):
            assert list(getattr(other, name)) == pytest.approx(list(getattr(one, name)), rel=0, abs=1e-6)
    assert plain.call_month == fast.call_month


def test_plain_setup_is_the_single_run() -> None:
    for terms in CASES:
        assert Setup(sample_deal(), terms, PLAIN).flows(terms).classes == run(sample_deal(), terms).classes


def test_several_processes_give_the_same_table_in_the_same_order() -> None:
    speeds, rates = [100, 200, 300], [0.0, 0.01]
    one = grid(sample_deal(), compiled=False, psa=speeds, cdr=rates)
    two = grid(sample_deal(), compiled=False, workers=2, psa=speeds, cdr=rates)
    pd.testing.assert_frame_equal(one, two)


def test_cut_classes_and_vectors_are_gridded_too() -> None:
    cut = Assumptions(senior_classes={"I": (SeniorClass(label="A-1", balance=100e6), SeniorClass(label="A-2", rank=2))})
    found = grid(sample_deal(), cut, cpr=["6 ramp 12 over 30", 0.1], compiled=False)
    assert found["class"].iloc[0] == "A-1"
    assert found[found["class"] == "A-1"]["wal"].max() < found[found["class"] == "A-2"]["wal"].min()


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    grid(sample_deal(), psa=[100, 200], compiled=False, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]


def test_unusable_axes_are_refused() -> None:
    with pytest.raises(InputError, match="no assumption"):
        grid(sample_deal(), speed=[1])
    with pytest.raises(InputError, match="list of values"):
        grid(sample_deal(), psa=[])
    with pytest.raises(InputError, match="both psa and cpr"):
        grid(sample_deal(), psa=[100], cpr=[0.1], compiled=False)


def test_docstring_examples() -> None:
    assert doctest.testmod(measures_module).failed == 0


def test_every_value_of_an_axis_is_understood_before_a_scenario_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    def computed(*_: object) -> None:
        raise AssertionError("a scenario is computed")

    monkeypatch.setattr(Setup, "class_flows", computed)
    with pytest.raises(InputError, match="'-inf' is not a number"):
        grid(sample_deal(), compiled=False, severity=[0.3, "-inf"])
    with pytest.raises(InputError, match="lag"):
        grid(sample_deal(), compiled=False, psa=[100], lag=[12, -1])
    with pytest.raises(AssertionError, match="computed"):
        grid(sample_deal(), compiled=False, severity=[0.3, 0.4])
