"""Reported cash distributed anew: what the slow waterfall pays from the same loans, to the printed digit."""

from decimal import Decimal

import pytest

from xlremic.engine.recalculation import PoolCash, recalculated
from xlremic.errors import InputError

from ..support.sample_deal import sample_deal
from ..support.trustee import Printed, random_terms, reported


def cash_of(printed: Printed) -> list[dict[str, PoolCash]]:
    months: dict[str, dict[str, PoolCash]] = {}
    for row in printed.pools:
        months.setdefault(row["date"], {})[row["pool"]] = PoolCash(
            scheduled=float(row["scheduled_principal"]), prepayments=float(row["prepayments"]),
            recoveries=float(row["liquidations"]), losses=float(row["loss"]),
        )  # fmt: skip
    return list(months.values())


@pytest.mark.parametrize("months", [8, pytest.param(60, marks=pytest.mark.nightly)])
def test_the_rules_pay_from_printed_cash_what_the_slow_waterfall_paid(months: int) -> None:
    deal = sample_deal()
    terms = random_terms(deal, months, 17, lag=3)
    printed = reported(deal, terms, months)
    flows = {one.label: one for one in recalculated(deal, terms, cash_of(printed))}
    days = sorted({row["date"] for row in printed.classes})
    for row in printed.classes:
        k = days.index(row["date"]) + 1
        one = flows[row["class"]]
        shown = (one.interest[k], one.principal[k], one.loss[k], one.balance[k])
        wanted = [float(Decimal(row[key])) for key in ("interest", "principal", "loss", "ending_balance")]
        assert shown == pytest.approx(wanted, abs=0.02 + 0.06 * k), (row, k)


def test_cash_that_is_missing_is_refused() -> None:
    deal = sample_deal()
    cash = cash_of(reported(deal, random_terms(deal, 2, 1), 2))
    del cash[1]["II"]
    with pytest.raises(InputError, match="month 2 has no cash of pool II"):
        recalculated(deal, random_terms(deal, 2, 1), cash)
