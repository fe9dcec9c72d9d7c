"""Levels, class percentages and the clean-up test against the filing's printed figures."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlremic.errors import InputError
from xlremic.subordination import call_threshold, class_percentages, is_callable, subordination_levels

from .support.published_figures import rows

CLASSES = rows("cmsi_2004_8_subordination")


def test_levels_are_the_printed_ones_to_the_twelfth_decimal() -> None:
    balances = [Decimal(row["initial_principal_balance"]) for row in CLASSES]
    levels = subordination_levels(balances, list(range(1, len(balances) + 1)))
    for level, row in zip(levels, CLASSES, strict=True):
        if row["published_subordination_pct"]:
            assert abs(100 * level - Decimal(row["published_subordination_pct"])) < Decimal("1e-12")
    assert levels[-1] == 0


def test_float_and_fraction_agree_with_decimal() -> None:
    printed = [row["initial_principal_balance"] for row in CLASSES]
    ranks = list(range(1, len(printed) + 1))
    exact = subordination_levels([Fraction(text) for text in printed], ranks)
    assert subordination_levels([float(text) for text in printed], ranks) == pytest.approx([float(x) for x in exact])
    assert all(isinstance(level, Fraction) for level in exact)


def test_classes_of_equal_rank_give_each_other_no_support() -> None:
    assert subordination_levels([50.0, 40.0, 10.0], [1, 1, 2]) == [0.1, 0.1, 0.0]


def test_class_percentages_are_the_filings_and_add_to_one() -> None:
    percentages = class_percentages([Decimal(row["initial_principal_balance"]) for row in CLASSES])
    for percentage, row in zip(percentages, CLASSES, strict=True):
        assert abs(100 * percentage - Decimal(row["pct_of_pool"])) < Decimal("1e-14")
    assert sum(class_percentages([Fraction(1), Fraction(2), Fraction(4)])) == 1


@pytest.mark.parametrize("kind", [float, Decimal, Fraction])
def test_threshold_is_the_printed_one_in_every_numeric_kind(kind: type) -> None:
    threshold = call_threshold(kind("493641377.57"), kind("0.10"))
    assert threshold == kind("49364137.76")
    assert isinstance(threshold, kind)


@given(st.integers(0, 10**12), st.integers(0, 1000))
def test_threshold_of_floats_rounds_half_up_like_decimal(cents: int, per_mille: int) -> None:
    exact = (Decimal(cents) / 100 * Decimal(per_mille) / 1000).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert call_threshold(cents / 100, per_mille / 1000) == float(exact)


def test_exactly_the_threshold_is_not_callable() -> None:
    threshold = Decimal("49364137.76")
    assert not is_callable(threshold, threshold)
    assert is_callable(threshold - Decimal("0.01"), threshold)


@pytest.mark.parametrize(
    ("balances", "ranks", "found"),
    [
        ([1.0, 2.0], [1], "2 balances but 1 ranks"),
        ([1.0, -2.0], [1, 2], "-2.0"),
        ([float("nan"), 1.0], [1, 2], "nan"),
        ([0.0, 0.0], [1, 2], "zero"),
        ([], [], "zero"),
    ],
)
def test_unusable_classes_are_refused_by_name(balances: list[float], ranks: list[int], found: str) -> None:
    with pytest.raises(InputError, match=found):
        subordination_levels(balances, ranks)


@pytest.mark.parametrize(("balance", "percent"), [(-1.0, 0.1), (float("inf"), 0.1), (1.0, 10.0), (1.0, -0.1)])
def test_unusable_thresholds_are_refused(balance: float, percent: float) -> None:
    with pytest.raises(InputError):
        call_threshold(balance, percent)
