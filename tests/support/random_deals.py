"""Hypothesis strategies: small deals of every shape the engine takes, and scenarios far beyond the usual."""

from decimal import Decimal

from hypothesis import strategies as st

from xlremic.deal import Deal, DealRules, Pool, SubPool, Tranche
from xlremic.engine.assumptions import Assumptions

CENT = Decimal("0.01")
CALLS: st.SearchStrategy[str | int] = st.one_of(st.sampled_from(["never", "first"]), st.integers(1, 60))


def _cents(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low * 100, high * 100).map(lambda cents: Decimal(cents) / 100)


@st.composite
def _pools(draw: st.DrawFn, number: int) -> Pool:
    target = Decimal(draw(st.integers(8, 80))) / 800
    fee = Decimal("0.0025")
    term = draw(st.integers(100, 12_000)) * CENT
    balances = draw(st.lists(_cents(1_000, 50_000_000), min_size=2, max_size=2))
    split = draw(st.booleans())
    gaps = [Decimal(draw(st.integers(1, 60))) / 10_000 for _ in range(2)]
    parts = [
        SubPool(
            net_loan_rate=target,
            aggregate_scheduled_principal_balance=balance,
            weighted_average_coupon=max(fee, target + fee + sign * gap),
            weighted_average_remaining_term=term,
        )
        for balance, sign, gap in zip(balances, (-1, 1), gaps, strict=True)
    ]
    return Pool(
        id=str(number),
        scope=f"pool:{number}",
        label=f"Pool {number}",
        aggregate_scheduled_principal_balance=sum(balances, Decimal(0)),
        weighted_average_coupon=target + fee,
        weighted_average_remaining_term=term,
        weighted_average_original_term=term + draw(st.integers(0, 5_000)) * CENT,
        discount=parts[0] if split else None,
        premium=parts[1] if split else None,
    )


@st.composite
def deals(draw: st.DrawFn) -> Deal:
    """One to three pools, with or without sub-pools, and no to six subordinated classes."""
    pools = tuple(draw(_pools(number)) for number in range(draw(st.integers(1, 3))))
    total = sum((pool.aggregate_scheduled_principal_balance or Decimal(0) for pool in pools), Decimal(0))
    parts = draw(st.lists(st.integers(1, 400), max_size=6))
    junior = [(total * part / 10_000).quantize(CENT) for part in parts]
    balances = [total - sum(junior, Decimal(0)), *junior]
    return Deal(
        series="random",
        all=Pool(id="all", scope="all", label="all", aggregate_scheduled_principal_balance=total),
        pools=pools,
        tranches=tuple(
            Tranche(label="A" if not j else f"B-{j}", rank=j + 1, class_initial_principal_balance=balance)
            for j, balance in enumerate(balances)
        ),
        rules=DealRules(call_threshold=(total / 10).quantize(CENT)),
    )


@st.composite
def scenarios(draw: st.DrawFn) -> Assumptions:
    """0 to 5,000% PSA, 0 to 100% CDR, any severity, any lag, every switch both ways."""
    return Assumptions(
        psa=draw(st.one_of(st.integers(0, 600), st.integers(0, 5_000))),
        cdr=draw(st.one_of(st.just(0), st.integers(0, 300), st.integers(0, 10_000))) / 10_000,
        severity=draw(st.integers(0, 100)) / 100,
        lag=draw(st.integers(0, 24)),
        advancing=draw(st.booleans()),
        delinquency=draw(st.sampled_from([0.0, 0.0, 0.01, 0.05])),
        two_times_test=draw(st.booleans()),
        undersubordination_transfer=draw(st.booleans()),
        prepayment_shortfall_days=draw(st.sampled_from([0.0, 0.0, 15.0])),
        call=draw(CALLS),
    )
