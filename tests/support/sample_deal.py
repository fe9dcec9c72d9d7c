"""The 2004-8 deal typed from the filing's tables, for tests that need no reader."""

from datetime import date
from decimal import Decimal

from xlremic.deal import Deal, DealRules, Pool, SubPool, Tranche

from .published_figures import rows

_PERCENT = Decimal("0.01")
# Pool: gross rate in per cent, remaining and original term in months, as printed in the narrative.
_AVERAGES = {
    "I": ("6.132", "358.20", "359.66"),
    "II": ("5.486", "176.90", "179.75"),
    "III": ("5.716", "358.39", "360.00"),
}


def _sub_pool(row: dict[str, str], kind: str) -> SubPool:
    return SubPool(
        net_loan_rate=Decimal(row["target_rate_pct"]) * _PERCENT,
        aggregate_scheduled_principal_balance=Decimal(row[f"{kind}_balance"]),
        weighted_average_coupon=Decimal(row[f"{kind}_wac_pct"]) * _PERCENT,
        weighted_average_remaining_term=Decimal(row[f"{kind}_wam"]),
    )


def _pool(row: dict[str, str]) -> Pool:
    rate, remaining, original = _AVERAGES[row["pool"]]
    return Pool(
        id=row["pool"],
        scope=f"pool:{row['pool']}",
        label=f"Pool {row['pool']}",
        aggregate_scheduled_principal_balance=Decimal(row["scheduled_balance"]),
        weighted_average_coupon=Decimal(rate) * _PERCENT,
        weighted_average_remaining_term=Decimal(remaining),
        weighted_average_original_term=Decimal(original),
        discount=_sub_pool(row, "discount"),
        premium=_sub_pool(row, "premium"),
    )


def sample_deal() -> Deal:
    """Citicorp Mortgage Securities, Series 2004-8."""
    classes = rows("cmsi_2004_8_subordination")
    return Deal(
        series="2004-8",
        closing_date=date(2004, 10, 28),
        cut_off_date=date(2004, 10, 1),
        all=Pool(
            id="all", scope="all", label="Mortgage loans", aggregate_scheduled_principal_balance=Decimal("493641377.57")
        ),
        pools=tuple(_pool(row) for row in rows("cmsi_2004_8_pools")),
        tranches=tuple(
            Tranche(
                label=row["class"],
                rank=rank,
                class_initial_principal_balance=Decimal(row["initial_principal_balance"]),
            )
            for rank, row in enumerate(classes, start=1)
        ),
        rules=DealRules(call_threshold=Decimal("49364137.76")),
    )


def plain_deal(
    classes: dict[str, float],
    *,
    rate: float,
    term: float,
    age: float = 0.0,
    closing: date = date(2019, 1, 30),
    cut_off: date = date(2019, 1, 1),
) -> Deal:
    """One pool of loans under classes of rising rank, as in groups of agency trusts and textbooks."""
    balance = sum((Decimal(str(one)) for one in classes.values()), Decimal(0))
    pool = Pool(
        id="all",
        scope="all",
        label="Mortgage loans",
        aggregate_scheduled_principal_balance=balance,
        weighted_average_coupon=Decimal(str(rate)),
        weighted_average_remaining_term=Decimal(str(term)),
        weighted_average_original_term=Decimal(str(term)) + Decimal(str(age)),
    )
    return Deal(
        series="plain",
        closing_date=closing,
        cut_off_date=cut_off,
        all=pool,
        pools=(pool,),
        tranches=tuple(
            Tranche(label=label, rank=rank, class_initial_principal_balance=Decimal(str(balance)))
            for rank, (label, balance) in enumerate(classes.items(), start=1)
        ),
    )
