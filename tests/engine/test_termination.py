"""The price of a termination and what each class gets of it: identities, on random claims."""

import random

import pytest

from xlremic.engine.termination import Claim, made_whole, termination_price
from xlremic.errors import InputError


def test_par_and_accrued_makes_every_class_whole_without_losses() -> None:
    """Zero holdback and no losses: each class gets its balance and its interest, and nothing is left."""
    claims = [Claim(1, 500.0, 100_000.0, 0.0), Claim(2, 25.0, 5_000.0, 0.0), Claim(3, 25.0, 5_000.0, 0.0)]
    price = termination_price(110_000.0, 0.06)
    assert price == pytest.approx(110_550.0)
    assert made_whole(price, claims) == claims


def test_forborne_principal_left_out_takes_just_itself_off_the_price() -> None:
    both = [
        termination_price(1e6, 0.055, forborne=2e4, reo=3e3, advances=1e3, with_forborne=one) for one in (True, False)
    ]
    assert both[0] - both[1] == pytest.approx(2e4)


def test_every_dollar_is_given_once_and_no_junior_before_a_senior_is_whole() -> None:
    draw = random.Random(3)
    for _ in range(300):
        ranks = sorted(draw.randint(1, 5) for _ in range(draw.randint(1, 8)))
        claims = [Claim(rank, draw.uniform(0, 9), draw.uniform(0, 900), draw.choice([0.0, 50.0])) for rank in ranks]
        due = sum(one.interest + one.principal + one.owed for one in claims)
        available = draw.uniform(0, 1.2) * due
        paid = made_whole(available, claims)
        got = [one.interest + one.principal + one.owed for one in paid]
        assert sum(got) == pytest.approx(min(available, due))
        for one, other in zip(claims, paid, strict=True):
            if other.owed < one.owed - 1e-9 or other.principal < one.principal - 1e-9:
                assert sum(g for g, c in zip(got, claims, strict=True) if c.rank > one.rank) == pytest.approx(0)


@pytest.mark.parametrize(
    "wrong",
    [{"balance": -1.0}, {"net_rate": 1.5}, {"days": 361.0}, {"forborne": 101.0}, {"reo": -1.0}, {"advances": -1.0}],
    ids=str,
)
def test_amounts_out_of_bounds_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match="give"):
        termination_price(**{"balance": 100.0, "net_rate": 0.05, **wrong})  # type: ignore[arg-type]  # one wrong at a time
