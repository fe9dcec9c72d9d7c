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


def test_no_loan_below_an_amount_is_every_loan_at_least_so_large() -> None:
    read = sentence("No pool I loan had an original principal balance below $35,000 or above $1,000,000.")
    found = {(f.scope, str(f.qualifier)): str(f.value) for f in read.facts if f.key == "original_principal_balance"}
    assert found == {("pool:I", "at_least"): "35000", ("pool:I", "no_more_than"): "1000000"}
    unclear = sentence("Each pool I loan had an original principal balance below $1,000,000 and above $35,000.")
    assert values(unclear, "original_principal_balance") == {}


def test_years_or_less_are_no_exact_years() -> None:
    read = sentence("Loans in pool II have original terms to maturity of 15 years or less.")
    assert [str(f.qualifier) for f in read.facts if f.key == "original_term_years"] == ["no_more_than"]


def test_a_date_behind_another_pool_is_that_pools() -> None:
    read = sentence(
        "The latest scheduled maturity of any pool I loan is May 1, 2033, and of any pool II loan, May 1, 2018."
    )
    assert values(read, "latest_maturity_date") == {"pool:I": "2033-05-01", "pool:II": "2018-05-01"}


def test_a_figure_behind_a_pool_is_no_name_of_a_pool() -> None:
    read = sentence(
        "Weighted by balance, loan-to-value ratios at origination averaged 66.9% in pool 1, 59.3% in pool 2 and 64.7% for all"
        " mortgage loans. The original maturities are 15 years in pool 1 and 30 years in pool 2."
    )
    assert values(read, "weighted_average_ltv") == {"pool:1": "66.9", "pool:2": "59.3", "all": "64.7"}
    assert values(read, "original_term_years") == {"pool:1": "15", "pool:2": "30"}


def test_parts_are_read_only_where_they_add_up_to_the_total() -> None:
    text = "They are in two groups: Group 1 ($600,000.00) and Group 2 (${}.00)."
    assert values(sentence(text.format("400,000")), BALANCE) == {
        "all": "1000000.00", "pool:1": "600000.00", "pool:2": "400000.00",
    }  # fmt: skip
    assert values(sentence(text.format("400,001")), BALANCE) == {"all": "1000000.00"}


@pytest.mark.parametrize(
    "text",
    [
        "Two mortgage loans in pool 2 (0.4%) are relocation loans.",
        "Pool I has 5 loans. A third of the loans (33.3%) refinanced earlier loans.",
        "Except for 14 loans, no mortgage loan was originated before June 1, 2002.",
        "The pool I mortgage loans and the pool II mortgage loans differ; 9% of the latter were streamlined.",
        "The latest maturity of the 12 balloon loans in pool I is May 1, 2010.",
        "Loans with original principal balances from $100,000 to $200,000 make up 5% of pool I.",
        "Owner-occupied homes secure 95% of Group A and 92% of Group B, and investment properties secure few.",
        "Pool I has 5 loans. The weighted average interest rate before deduction of the servicing fee was 5.9%.",
        "In pool I, 5% of borrowers use the homes as second homes.",
        "The first payment date of the mortgage loans originated in May is June 25, 2004.",
    ],
)
def test_what_is_of_some_loans_or_of_unnamed_ones_is_left_unread(text: str) -> None:
    read = sentence(text)
    assert {fact.key for fact in read.facts if fact.provenance.line > 2 or fact.provenance.sentence in text} <= {
        "loan_count"
    }
    assert read.unread


def test_amounts_at_the_end_of_a_line_are_not_mended_with_the_next_sentence() -> None:
    read = sentence(
        "Pool I is small. Pool I loans were made in amounts from $55,700 to $997,900.\n64% or more are secured by primary residences."
    )
    assert {str(f.value) for f in read.facts if f.key == "original_principal_balance"} == {"55700", "997900"}
    assert values(read, "primary_residence_percent") == {"pool:I": "64"}
