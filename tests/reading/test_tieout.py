"""Every tie-out of the sample, and what a single wrong digit does."""

import re
from decimal import Decimal

from xlremic.deal import Deal
from xlremic.reading.assemble import assemble
from xlremic.reading.facts import Fact, Reading, Unit
from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse
from xlremic.reading.tieout import Finding, Status, tie_out

from ..conftest import SAMPLE
from ..support.published_figures import rows

TEXT = SAMPLE.read_text(encoding="utf-8")

# Worked out by hand from the printed figures: id -> (implied less stated, its last digit given, tolerance).
BY_HAND = {
    "pools_sum:balance": ("0", "0"),
    "pools_sum:loan_count": ("0", "0"),
    "pools_weighted:weighted_average_coupon": ("0.000075", "0.001"),
    "pools_weighted:weighted_average_remaining_term": ("0.00472", "0.01"),
    "pools_weighted:weighted_average_original_term": ("-0.00131", "0.01"),
    "pools_weighted:weighted_average_ltv": ("0.0403", "0.1"),
    "bounds:max_zip_code_balance": ("0", None),
    "discount_premium_sum:pool:I": ("-0.07", "1.005"),
    "discount_premium_weighted:weighted_average_coupon:pool:I": ("0.000594", "0.001"),
    "discount_premium_weighted:weighted_average_remaining_term:pool:I": ("0.0002", "0.01"),
    "net_rate_split:pool:I": ("0", "0"),
    "discount_premium_sum:pool:II": ("0.43", "1.005"),
    "discount_premium_weighted:weighted_average_coupon:pool:II": ("-0.000519", "0.001"),
    "discount_premium_weighted:weighted_average_remaining_term:pool:II": ("-0.0024", "0.01"),
    "net_rate_split:pool:II": ("0", "0"),
    "discount_premium_sum:pool:III": ("0.07", "1.005"),
    "discount_premium_weighted:weighted_average_coupon:pool:III": ("-0.000203", "0.001"),
    "discount_premium_weighted:weighted_average_remaining_term:pool:III": ("-0.0017", "0.01"),
    "net_rate_split:pool:III": ("0", "0"),
    "classes_sum:balance": ("0", "0"),
    "subordination_level:class:A": ("-3.5e-13", "1e-12"),
    "subordination_level:class:B-1": ("-3.1e-13", "1e-12"),
    "subordination_level:class:B-2": ("-7.8e-13", "1e-12"),
    "subordination_level:class:B-3": ("-3.8e-13", "1e-12"),
    "subordination_level:class:B-4": ("-4.0e-13", "1e-12"),
    "subordination_level:class:B-5": ("-5.5e-13", "1e-12"),
    "call_threshold:10pct": ("-0.003", "0.01"),
    "documentation_sum:pool:I": ("0", "2"),
    "documentation_sum:pool:II": ("0", "2"),
    "documentation_sum:pool:III": ("0", "2"),
    "documentation_sum:all": ("0", "2"),
    "term_order:pool:I": ("0", None),
    "term_order:pool:II": ("0", None),
    "term_order:pool:III": ("0", None),
    "term_order:all": ("0", None),
    "dates:closing_report_signature": ("0", "0"),
    "dates:cut_off_first_of_closing_month": ("0", "0"),
    "series:cover_matches_body": ("0", "0"),
}

UNPROTECTED = {
    *(
        (key, f"pool:{pool}")
        for key in ("high_ltv_balance", "original_principal_balance")
        for pool in ("I", "II", "III")
    ),
    *((key, f"pool:{pool}") for key in ("max_zip_code_balance",) for pool in ("I", "II", "III")),
    ("max_zip_code_balance", "all"),
    ("pledged_asset_balance", "pool:I"),
    ("pledged_asset_balance", "pool:II"),
}
"""Money that the filing states once and that no identity ties down; bounds catch only gross errors in it."""

LAST_DIGIT_UNPROTECTED = {
    ("aggregate_scheduled_principal_balance", f"pool:{pool}:{part}")
    for pool in ("I", "II", "III")
    for part in ("discount", "premium")
} | {("call_threshold", "all")}
"""Rounding leaves room for one in the last digit: two whole-dollar sub-pools in a pool, a tenth of the balance."""


def changed(start: int, end: int, raw: str) -> tuple[Finding, ...]:
    text = TEXT[:start] + raw + TEXT[end:]
    reading = parse(filing_of(text.encode(), name="changed.txt"))
    return tie_out(reading, assemble(reading))


def test_the_checks_of_the_sample_come_to_what_was_worked_out_by_hand(findings: tuple[Finding, ...]) -> None:
    assert [finding.id for finding in findings][: len(BY_HAND)] == list(BY_HAND)
    assert len(BY_HAND) == 38
    for finding in findings[: len(BY_HAND)]:
        difference, tolerance = BY_HAND[finding.id]
        assert finding.difference is not None
        assert finding.tolerance is not None
        digit = Decimal(1).scaleb(int(Decimal(difference).as_tuple().exponent))
        assert finding.difference.quantize(digit) == Decimal(difference), finding.id
        if tolerance is not None:  # what the weights' own rounding adds lies far beyond the printed digits
            assert abs(finding.tolerance - Decimal(tolerance)) < Decimal("1e-5") * max(
                Decimal(tolerance), Decimal("1e-7")
            )


def test_everything_ties(findings: tuple[Finding, ...]) -> None:
    assert {finding.id for finding in findings if finding.status is not Status.PASS} == set()


def test_levels_are_the_published_rounding_study(reading: Reading, findings: tuple[Finding, ...]) -> None:
    by_id = {finding.id: finding for finding in findings}
    for row in rows("cmsi_2004_8_subordination"):
        if row["published_subordination_pct"]:
            finding = by_id[f"subordination_level:class:{row['class']}"]
            assert finding.difference is not None
            derived = Decimal(row["derived_subordination_pct_15dp"]) - Decimal(row["published_subordination_pct"])
            assert abs(finding.difference - derived) < Decimal("1e-15")
            assert -finding.tolerance < finding.difference <= 0  # type: ignore[operator]  # printed rounded up


def digits_that_no_check_protects(fact: Fact) -> list[int]:
    """Positions in the printed amount whose digit can be wrong without a check that fails."""
    place = fact.provenance
    found = []
    for match in re.finditer(r"\d", place.raw):
        for digit in {(int(match[0]) + step) % 10 for step in (1, 9)} - ({0} if match.start() <= 1 else set()):
            raw = f"{place.raw[: match.start()]}{digit}{place.raw[match.end() :]}"
            if all(finding.status is not Status.FAIL for finding in changed(place.char_start, place.char_end, raw)):
                found.append(match.start())
    return found


def amounts(reading: Reading) -> list[Fact]:
    return [fact for fact in reading.facts if fact.unit is Unit.USD and fact.number is not None]


def test_a_changed_digit_in_any_balance_fails_a_check(reading: Reading) -> None:
    for fact in amounts(reading):
        unprotected = digits_that_no_check_protects(fact)
        if (fact.key, fact.scope) in LAST_DIGIT_UNPROTECTED:
            assert set(unprotected) <= {len(fact.provenance.raw) - 1}, fact
        elif (fact.key, fact.scope) in UNPROTECTED:
            assert unprotected, f"{fact} is protected now: take it from the list"
        else:
            assert not unprotected, fact


def test_a_check_without_its_inputs_is_not_evaluated_never_passed() -> None:
    text = TEXT[: TEXT.index("     Pool I discount loans will")]
    reading = parse(filing_of(text.encode(), name="cut.txt"))
    found = {finding.id: finding.status for finding in tie_out(reading, assemble(reading))}
    for name in (
        "classes_sum:balance",
        "discount_premium_sum:pool:I",
        "net_rate_split:pool:II",
        "dates:closing_report_signature",
    ):
        assert found[name] is Status.NOT_EVALUATED
    assert found["pools_sum:balance"] is Status.PASS


def test_a_one_pool_filing_has_no_pool_sums(deal: Deal) -> None:
    opening = (
        'On June 29, 1998, Citicorp Mortgage Securities, Inc. ("CMSI") will transfer to the Trustee Mortgage Loans evidenced'
        " by Mortgage Notes with an aggregate Adjusted Balance outstanding (after deducting principal payments due on or"
        " before June 1, 1998) as of June 1, 1998 of $1,000.00. The aggregate Initial Stated Amount of the Class A"
        " CitiCertificates was $900.00. The aggregate Initial Stated Amount of the Class M CitiCertificates was $60.00. The"
        " aggregate Initial Stated Amount of the Class B-1 CitiCertificates was $40.00. The Class A Subordination Level is"
        " 10.0%. The Class M Subordination Level is 4.0%.\nREMIC Pass-Through Certificates, Series 1998-5\n\nSIGNATURES\n"
    )
    cover = "(Issuer in Respect of the REMIC Pass-Through Certificates, Series 1998-5)\n"
    reading = parse(filing_of((cover + opening).encode(), name="one.txt"))
    one = assemble(reading)
    assert one.pools == (one.all,)
    assert [tranche.label for tranche in one.tranches] == ["A", "M", "B-1"]
    found = {finding.id: finding for finding in tie_out(reading, one)}
    assert "pools_sum:balance" not in found
    assert found["classes_sum:balance"].status is Status.PASS
    assert found["subordination_level:class:A"].status is Status.PASS
    assert found["subordination_level:class:M"].status is Status.PASS
    assert found["net_rate_split:all"].status is Status.NOT_EVALUATED
