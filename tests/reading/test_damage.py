"""Filings that are cut, changed or contradict themselves: never a wrong number without a warning or a failed check."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlremic.errors import DealError, FilingError
from xlremic.reading.assemble import assemble
from xlremic.reading.facts import Reading, printed
from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse
from xlremic.reading.tieout import Status, tie_out

from ..conftest import SAMPLE
from ..support.damage import Kind, filings, is_noticed, tallied
from ..support.envelopes import Envelope
from ..support.envelopes import printed as printed_filing
from ..support.filing_generator import Dialect, written
from ..support.strategies import dialects
from .test_family import STEADY, meaning

TEXT = SAMPLE.read_text(encoding="utf-8")

UNPROTECTED: set[Kind] = {
    *((key, "filing") for key in ("commission_file_number", "irs_employer_id", "item_number", "principal_address")),
    *((key, "filing") for key in ("prospectus_date", "primary_residence_basis_months", "telephone", "zip_code")),
    *((f"{limit}_loss_limit", "all") for limit in ("special_hazard", "fraud", "bankruptcy")),
    *((key, scope)
      for scope in ("all", "pool")
      for key in ("earliest_origination_date", "latest_origination_date", "latest_maturity_date",
                  "original_principal_balance", "high_ltv_balance", "max_zip_code_balance",
                  "pledged_asset_loan_count", "pledged_asset_balance", "pledged_asset_ltv_with_collateral",
                  "pledged_asset_ltv_without_collateral")),
    *((key, "all") for key in ("max_ltv", "loan_count", "weighted_average_ltv", "primary_residence_percent")),
    *(("documentation_streamlined_percent", scope) for scope in ("all", "pool")),
    ("documentation_full_percent", "pool"),
}  # fmt: skip
"""What a filing says once and no identity ties down. Bounds catch gross errors in the figures among them; of a date
only month and year are held against other facts; in one pool nothing else depends on the count or a share."""


def read_text(text: str) -> Reading:
    return parse(filing_of(text.encode(), name="damaged.txt"))


def test_a_wrong_leading_digit_is_noticed_or_the_fact_is_listed() -> None:
    rng = random.Random(1)
    missed: set[Kind] = set()
    found = every = 0
    for text in list(filings())[:3:2]:
        for kind, tally in tallied(text, rng, 0).items():
            every += tally.leading
            found += tally.leading_found
            if tally.leading_found < tally.leading:
                missed.add(kind)
    assert missed <= UNPROTECTED
    assert found / every > 0.65


@STEADY
@given(dialect=dialects, share=st.floats(0, 1), width=st.integers(60, 100))
def test_cut_anywhere_what_was_read_is_right_and_a_warning_says_so(dialect: Dialect, share: float, width: int) -> None:
    document = written(dialect)
    data = printed_filing(document, Envelope(width=width, footnotes_in_sentence=False))
    text = data.decode()
    cut = text[: int(share * len(text))]
    try:
        reading = read_text(cut or " ")
    except FilingError:
        assert "transfer" not in cut[cut.find("PROPERTIES") :]
        return
    if cut.rstrip() == text.rstrip():
        return
    names = {("signatory_name", "filing"), ("signatory_title", "filing")}  # names have no end that could be missing
    stray = meaning(reading) - document.expected()
    assert {fact[:2] for fact in stray} <= names | {("registrant", "filing")}
    assert "truncated" in {warning.code for warning in reading.warnings}
    check_never_passes_without_inputs(reading)


def check_never_passes_without_inputs(reading: Reading) -> None:
    try:
        deal = assemble(reading)
    except DealError:
        return
    whole = reading.get("aggregate_scheduled_principal_balance", "all")
    classes = len(reading.scopes("class:"))
    for finding in tie_out(reading, deal):
        if finding.id == "classes_sum:balance":
            assert (finding.status is Status.NOT_EVALUATED) == (whole is None or not classes)
        if finding.id == "dates:closing_report_signature":
            assert finding.status is Status.NOT_EVALUATED
        if finding.status is Status.PASS and finding.id.startswith("discount_premium_sum:"):
            scope = finding.id.partition(":")[2]
            assert reading.get("aggregate_scheduled_principal_balance", f"{scope}:premium")


@pytest.mark.parametrize(
    ("old", "new", "key", "scope"),
    [
        ("$77,943,340.57. The mortgage", "$77,943,340.57 and $1.00. The mortgage",
         "aggregate_scheduled_principal_balance", "pool:II"),
        ("663, 154, 153 and 970", "663, 154 and 970", "loan_count", "pool:II"),
        ("6.132%, 5.486%, 5.716% and 5.962%", "6.132%, 5.486%, 5.716%, 5.9% and 5.962%", "weighted_average_coupon", "all"),
        ("358.20 months, 176.90 months, 358.39 months and 329.60 months", "358.20 months and 329.60 months",
         "weighted_average_remaining_term", "pool:I"),
        ("67.6%,\n58.2%", "67.6%", "weighted_average_ltv", "pool:II"),
        ("663, 154", "663,154", "loan_count", "pool:I"),
    ],
)  # fmt: skip
def test_lists_that_do_not_pair_up_give_nothing_and_a_warning(old: str, new: str, key: str, scope: str) -> None:
    assert old in TEXT
    reading = read_text(TEXT.replace(old, new))
    assert reading.get(key, scope) is None
    assert {"list_lengths", "unread"} & {warning.code for warning in reading.warnings}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("663, 154, 153 and 970", "154, 663, 153 and 970"),
        ("6.132%, 5.486%, 5.716% and 5.962%", "5.486%, 6.132%, 5.716% and 5.962%"),
        ("$25,949,684 and $309,146,133", "$309,146,133 and $25,949,684"),
        ("5.544% and 6.182%", "6.182% and 5.544%"),
        ("$6,170,000.00", "$2,469,000.00"),
        ("The class B-1 subordination level is 1.200172400289%", "The class B-1 subordination level is 0.700011734635%"),
        ("The class B-2 subordination", "The class B-1 subordination"),
        ("class B-5 certificates", "class B-4 certificates"),
        ("pool II\ndiscount loans and the pool II premium loans were $1", "pool I\ndiscount loans and the pool I premium loans were $1"),
        ("53%, 31%, 22% and 45%", "5%, 31%, 22% and 45%"),
        ("October 1, 2034", "October 1, 2043"),
        ("as of\nOctober 1, 2004 of $335,095,817.07", "as of\nOctober 1, 2004 of $335,095,817.70"),
    ],
)  # fmt: skip
def test_swapped_and_repeated_figures_are_noticed(old: str, new: str) -> None:
    assert old in TEXT
    assert is_noticed(TEXT.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("No more than $4,538,332", "At least $4,538,332"),
        ("At least 53%", "No more than 53%"),
        ("is less than $49", "is more than $49"),
        ("net loan\nrates less than 5.50%", "net loan\nrates more than 5.50%"),
        ("Pool I premium loans will consist", "Pool I discount loans will consist"),
        ("but not more than 15 years", "but more than 15 years"),
        ("of not less than $50,000", "of less than $50,000"),
        ("weighted average remaining terms to stated maturity of the pool I mortgage", "weighted average original terms to stated maturity of the pool I mortgage"),
    ],
)  # fmt: skip
def test_bounds_turned_around_are_noticed(old: str, new: str) -> None:
    flat = TEXT.replace(
        "remaining terms to stated maturity of the pool I mortgage\nloans",
        "remaining terms to stated maturity of the pool I mortgage loans\n",
    )
    flat = flat.replace("average\nremaining", "average remaining")
    assert old in flat
    assert is_noticed(flat.replace(old, new, 1))


def test_a_fact_stated_twice_and_differently_is_kept_twice() -> None:
    again = " The aggregate initial principal balance of the class B-1 certificates as of\nOctober 1, 2004 was $6,170,001.00.\n\n"
    place = TEXT.index("     The aggregate initial principal balance of the class B-2")
    reading = read_text(TEXT[:place] + again + TEXT[place:])
    both = [printed(f.value) for f in reading.find("class_initial_principal_balance", "class:B-1")]
    assert both == ["6170000.00", "6170001.00"]
    assert "contradiction" in {warning.code for warning in reading.warnings}
    found = {finding.id: finding.status for finding in tie_out(reading, assemble(reading))}
    assert found["classes_sum:balance"] is not Status.PASS


NUMBER_WORDS = (
    ("At least fifty-three percent of the mortgage loans", "primary_residence_percent", "53"),
    ("At least one hundred percent of the mortgage loans", "primary_residence_percent", "100"),
)


@pytest.mark.parametrize(("words", "key", "value"), NUMBER_WORDS)
def test_number_words_are_read(words: str, key: str, value: str) -> None:
    text = re.sub(
        r"At least 95%\(2\), 88%, 100% and 95%, respectively, of .*?all mortgage\s+loans,", words, TEXT, flags=re.S
    )
    reading = read_text(text)
    (fact,) = reading.find(key, "all")
    assert printed(fact.value) == value


def test_number_words_that_nobody_understands_are_unread() -> None:
    text = TEXT.replace('See "Mortgage loan', 'Some forty percent of the homes have two garages. See "Mortgage loan')
    assert [entry.text for entry in read_text(text).unread] == ["Some forty percent of the homes have two garages."]
