"""Facts to a deal: fractions, ranks, both sides of an exact limit."""

from datetime import date
from decimal import Decimal

import pytest

from xlremic.deal import Deal
from xlremic.errors import DealError
from xlremic.reading.assemble import assemble
from xlremic.reading.facts import Reading
from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse

from ..conftest import SAMPLE
from ..support.published_figures import rows

TEXT = SAMPLE.read_text(encoding="utf-8")


def test_pools_are_the_published_ones(deal: Deal) -> None:
    for pool, row in zip(deal.pools, rows("cmsi_2004_8_pools"), strict=True):
        assert pool.id == row["pool"]
        assert pool.aggregate_scheduled_principal_balance == Decimal(row["scheduled_balance"])
        assert pool.discount is not None
        assert pool.premium is not None
        assert pool.discount.net_loan_rate == Decimal(row["target_rate_pct"]) / 100
        assert pool.discount.weighted_average_coupon == Decimal(row["discount_wac_pct"]) / 100
        assert pool.premium.weighted_average_remaining_term == Decimal(row["premium_wam"])


def test_classes_stand_in_order_of_seniority(deal: Deal) -> None:
    published = rows("cmsi_2004_8_subordination")
    assert [tranche.label for tranche in deal.tranches] == [row["class"] for row in published]
    assert [tranche.rank for tranche in deal.tranches] == [1, 2, 3, 4, 5, 6, 7]
    assert sum(tranche.class_initial_principal_balance for tranche in deal.tranches) == Decimal("493641377.57")


def test_an_exact_term_is_both_limits_and_silence_is_not_zero(deal: Deal) -> None:
    relocation = deal.pools[2]
    assert relocation.relocation_loans is True
    assert relocation.original_term_years_at_least == relocation.original_term_years_no_more_than == 30
    assert deal.pools[1].relocation_loans is None
    assert relocation.documentation_streamlined_percent == 0
    assert relocation.pledged_asset_balance is None
    assert deal.cut_off_date == date(2004, 10, 1)
    assert deal.rules.unlimited_losses == {"special_hazard_loss_limit", "fraud_loss_limit", "bankruptcy_loss_limit"}


def test_senior_classes_of_each_pool_share_a_rank_and_the_level_of_class_a() -> None:
    text = TEXT.replace(
        "The aggregate initial principal balance of the class A certificates as of\nOctober 1, 2004 was $481,546,830.00.",
        "The aggregate initial principal balances of the class IA and class IIA certificates as of October 1, 2004 were"
        " $400,000,000.00 and $81,546,830.00, respectively.",
    )
    assert text != TEXT
    deal = assemble(parse(filing_of(text.encode(), name="split.txt")))
    assert [(tranche.label, tranche.rank) for tranche in deal.tranches[:3]] == [("IA", 1), ("IIA", 1), ("B-1", 2)]
    assert deal.tranches[0].subordination_level == deal.tranches[1].subordination_level == Decimal("0.02450067623897")


def test_no_series_is_no_deal() -> None:
    nameless = parse(filing_of(TEXT.replace("Series 2004-8", "Series").encode(), name="nameless.txt"))
    with pytest.raises(DealError, match="series"):
        assemble(nameless)


def test_printed_places_survive_as_fractions(reading: Reading, deal: Deal) -> None:
    assert str(deal.all.weighted_average_coupon) == "0.05962"
    assert str(deal.pools[2].weighted_average_original_term) == "360.00"
