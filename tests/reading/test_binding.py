"""A value is taken only where its words bind it: each sentence here once gave a wrong number, or the wrong loans."""

import pytest

from xlremic.reading.facts import Reading

from .test_parser import sentence, values

BOTH = "the pool I mortgage loans, the pool II mortgage loans and all mortgage loans"
BALANCE = "aggregate_scheduled_principal_balance"


def read_or_unread(read: Reading, text: str) -> bool:
    return bool(read.facts) and (not read.unread or any(entry.text in text for entry in read.unread))


def test_percents_of_second_homes_are_not_those_of_investment_properties() -> None:
    read = sentence(
        "No more than 4%, 3% and 2%, respectively, of the pool I mortgage loans, the pool II mortgage loans and all"
        " mortgage loans are secured by second homes, and none by investment properties."
    )
    assert values(read, "second_home_percent") == {"pool:I": "4", "pool:II": "3", "all": "2"}
    assert set(values(read, "investment_property_percent").values()) <= {"0"}


def test_each_share_goes_with_the_words_after_it() -> None:
    read = sentence(
        "At least 95% of the mortgage loans are secured by the primary residence of the borrower, no more than 3% by second"
        " homes and no more than 2% by investment properties."
    )
    assert values(read, "primary_residence_percent") == {"all": "95"}
    assert values(read, "second_home_percent") == {"all": "3"}
    assert values(read, "investment_property_percent") == {"all": "2"}


def test_a_total_of_which_parts_are_pools_stays_the_total() -> None:
    read = sentence(
        "The mortgage loans have an aggregate scheduled principal balance outstanding as of October 1, 2004 of $1,000,000.00,"
        " of which $600,000.00 are mortgage loans that have original maturities of at least 25 but not more than 30 years (the"
        ' "pool A mortgage loans") and $400,000.00 are mortgage loans that have original maturities of at least 10 but not'
        ' more than 15 years (the "pool B mortgage loans").'
    )
    assert values(read, BALANCE) == {"all": "1000000.00", "pool:A": "600000.00", "pool:B": "400000.00"}
    years = {(f.scope, str(f.qualifier)): str(f.value) for f in read.facts if f.key == "original_term_years"}
    assert years == {
        ("pool:A", "at_least"): "25", ("pool:A", "no_more_than"): "30",
        ("pool:B", "at_least"): "10", ("pool:B", "no_more_than"): "15",
    }  # fmt: skip


def test_years_go_with_the_group_nearest_to_them() -> None:
    read = sentence(
        "The Group 1 mortgage loans have original maturities of 30 years and the Group 2 mortgage loans have original"
        " maturities of 15 years."
    )
    assert values(read, "original_term_years") == {"pool:1": "30", "pool:2": "15"}


def test_a_coupon_after_the_servicing_fee_is_not_the_gross_coupon() -> None:
    read = sentence(
        f"The weighted average interest rates of {BOTH} (after deduction of the servicing fee) as of October 1, 2004 were"
        " 5.882%, 5.236% and 5.712%, respectively."
    )
    assert values(read, "weighted_average_coupon") == {}
    assert values(read, "weighted_average_net_rate") == {"pool:I": "5.882", "pool:II": "5.236", "all": "5.712"}


def test_a_coupon_of_which_nothing_says_that_it_is_gross_is_not_taken() -> None:
    read = sentence(f"The weighted average interest rates of {BOTH} were 5.882%, 5.236% and 5.712%, respectively.")
    assert values(read, "weighted_average_coupon") == {}
    assert {"gross_or_net", "unread"} <= {warning.code for warning in read.warnings}


def test_a_filing_that_says_once_that_its_rates_are_gross_need_not_repeat_it() -> None:
    read = sentence(
        "The weighted average interest rate of all mortgage loans (before deduction of the servicing fee) was 5.962%. The"
        " weighted average interest rates of the discount loans and the premium loans were 5.544% and 6.182%, respectively."
    )
    assert values(read, "weighted_average_coupon") == {"all": "5.962", "all:discount": "5.544", "all:premium": "6.182"}


@pytest.mark.parametrize("words", ["had no", "were without", "did not have", "lacked"])
def test_loans_without_insurance_are_not_insured(words: str) -> None:
    text = f"All of the mortgage loans which had loan-to-value ratios greater than 80% at origination {words} primary mortgage insurance."
    read = sentence(text)
    assert values(read, "primary_mortgage_insurance_ltv_threshold") == {}
    assert values(read, "primary_mortgage_insurance_percent_of_high_ltv") == {}
    assert read.unread


def test_some_insured_loans_do_not_insure_all() -> None:
    read = sentence(
        "2% of the mortgage loans with loan-to-value ratios greater than 80% had primary mortgage insurance."
    )
    assert values(read, "primary_mortgage_insurance_ltv_threshold") == {}
    assert read.unread


def test_a_pool_named_without_its_loans_is_that_pool() -> None:
    read = sentence(
        "Pool 1 consists of 663 mortgage loans with an aggregate scheduled principal balance as of October 1, 2004 of"
        " $600,000.00. Pool 2 consists of 154 mortgage loans with an aggregate scheduled principal balance as of October 1,"
        " 2004 of $400,000.00."
    )
    assert values(read, BALANCE) == {"all": "1000000.00", "pool:1": "600000.00", "pool:2": "400000.00"}
    assert values(read, "loan_count") == {"pool:1": "663", "pool:2": "154"}


def test_a_percent_of_the_balance_is_not_the_balance() -> None:
    read = sentence(
        "The special hazard loss amount is equal to 1% of the aggregate Adjusted Balance of the Mortgage Loans outstanding as"
        " of October 1, 2004, or $4,936,413.78."
    )
    assert values(read, BALANCE) == {"all": "1000000.00"}


def test_a_maturity_is_not_an_origination() -> None:
    read = sentence(
        "None of the mortgage loans were originated prior to March 1, 2003 or have a scheduled maturity later than October 1,"
        " 2034."
    )
    assert values(read, "latest_origination_date") == {}
    assert values(read, "latest_maturity_date") == {"all": "2034-10-01"}
    assert values(read, "earliest_origination_date") == {"all": "2003-03-01"}


def test_what_is_said_of_a_part_is_not_said_of_the_pool() -> None:
    read = sentence(
        "The mortgage loans secured by cooperative apartments have an aggregate scheduled principal balance of $12,345.00 as of"
        " October 1, 2004."
    )
    assert values(read, BALANCE) == {"all": "1000000.00"}
    assert read.unread
