"""What departs from the shelf's form: each departure is told by a name, or the number is not read at all."""

import pytest

from xlremic.reading.facts import Reading
from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse

from .test_parser import TEXT, sentence, values


def damaged(old: str, new: str) -> Reading:
    assert old in TEXT
    return parse(filing_of(TEXT.replace(old, new, 1).encode(), name="damaged.txt"))


@pytest.mark.parametrize("amount", ["$99.400", "$493.641.377,57", "-$99,400", "~$99,400", "$99,400.1"])
def test_dollars_of_another_form_are_not_read(amount: str) -> None:
    read = sentence(f"Each of the mortgage loans had an original principal balance of not less than {amount}.")
    assert values(read, "original_principal_balance") == {}
    assert read.unread


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("The weighted average interest rate of the mortgage loans (before deduction of the servicing fee) was 7,135%.",
         "weighted_average_coupon"),
        ("The weighted average interest rate of the mortgage loans (before deduction of the servicing fee) was 61.32%.",
         "weighted_average_coupon"),
        ("The weighted average interest rate of the mortgage loans (before deduction of the servicing fee) was ~6.132%.",
         "weighted_average_coupon"),
        ("At least 950% of the mortgage loans are secured by primary residences.", "primary_residence_percent"),
        ("None of the mortgage loans were originated prior to March 1, 1903.", "earliest_origination_date"),
        ("All mortgage loans have original maturities of 300 years.", "original_term_years"),
    ],
)  # fmt: skip
def test_what_cannot_be_such_a_value_is_not_read(text: str, key: str) -> None:
    read = sentence(text)
    assert values(read, key) == {}
    assert read.unread


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("prior to March 1, 2003,", "prior to March 9, 2003,", "first_of_month"),
        ("Prospectus dated October 27, 2004", "Prospectus dated August 27, 2004", "prospectus_age"),
        ("Prospectus dated October 27, 2004", "Prospectus dated October 29, 2004", "prospectus_age"),
        ("The class B-3 subordination", "The class B-7 subordination", "level_without_class"),
        ("The class B-3 subordination level is 0.450032689913%.*", "", "class_without_level"),
        ("of the class B-3 certificates", "of the class B-8 certificates", "gap_in_classes"),
        ("loan-to-value ratios in excess of 95%", "loan-to-value ratios in excess of 75%", "high_ltv"),
        ("$50,000, $99,400 and $333,700", "$50,000, $99,400 and $933,700", "smallest_loan"),
        ("the pool I mortgage loans, the pool II mortgage loans,\nthe pool III", "the pool II mortgage loans, the pool I mortgage"
         " loans,\nthe pool III", "order_of_pools"),
        ("6.132%, 5.486%", "6.13%, 5.486%", "places"),
        ("None of the mortgage loans\nare secured by investment properties.", "", "absent"),
        ("of at least 25\nbut", "of at least\nbut", "no_value"),
        ("Pool II discount loans will", "Pool IV discount loans will", "some_pools"),
    ],
)  # fmt: skip
def test_a_departure_from_the_shelf_is_told(old: str, new: str, code: str) -> None:
    assert code in {warning.code for warning in damaged(old, new).warnings}
