"""Every number of the sample, and sentences of the family: right, or a warning."""

from decimal import Decimal

import pytest

from xlremic.errors import FilingError
from xlremic.reading.facts import Fact, Qualifier, Reading, facts_from_json, printed
from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse

from ..conftest import SAMPLE
from ..support.published_figures import rows

TEXT = SAMPLE.read_text(encoding="utf-8")
PUBLISHED = rows("cmsi_2004_8_facts")
OPENING = (
    '     On October 28, 2004, Citicorp Mortgage Securities, Inc. ("CMSI") transferred to the Trustee mortgage loans with\n'
    "an aggregate scheduled principal balance outstanding as of October 1, 2004 of $1,000,000.00. "
)


def sentence(text: str) -> Reading:
    """What is read from a description that consists of the opening and this."""
    return parse(filing_of((OPENING + text + "\n\n          SIGNATURES\n").encode(), name="sentence.txt"))


def values(reading: Reading, key: str) -> dict[str, str]:
    return {fact.scope: printed(fact.value) for fact in reading.facts if fact.key == key}


def test_every_fact_of_the_sample_where_a_person_read_it(reading: Reading) -> None:
    wanted = {
        (
            r["key"],
            r["scope"],
            r["value"],
            r["unit"],
            r["qualifier"],
            int(r["char_start"]),
            int(r["char_end"]),
            int(r["line"]),
        )
        for r in PUBLISHED
        if r["kind"] in ("fact", "text_fact")
    }
    # The series is printed three times; the second occurrence in the description is a repetition of the fact.
    wanted -= {("series", "filing", "2004-8", "text", "exact", 7335, 7341, 134)}
    found = {
        (
            f.key,
            f.scope,
            printed(f.value),
            str(f.unit),
            str(f.qualifier),
            f.provenance.char_start,
            f.provenance.char_end,
            f.provenance.line,
        )
        for f in reading.facts
    }
    assert found == wanted


def test_every_numeric_token_of_the_sample_is_accounted_for(reading: Reading) -> None:
    wanted: dict[tuple[int, int], str] = {}
    for row in PUBLISHED:
        if row["numeric_token"]:
            wanted.setdefault((int(row["char_start"]), int(row["char_end"])), row["kind"])
    assert {(t.char_start, t.char_end): t.kind for t in reading.tokens} == wanted
    counts = reading.token_counts()
    assert counts.total() == 177
    assert counts == {
        "fact": 135,
        "as_of": 17,
        "label": 11,
        "list_number": 4,
        "footnote_mark": 4,
        "statute": 4,
        "address": 2,
    }
    assert reading.unread == ()
    assert reading.warnings == ()


def test_as_of_dates_go_with_their_facts(reading: Reading) -> None:
    for row in PUBLISHED:
        if row["kind"] == "as_of" and row["scope"] != "filing":
            fact = reading.get(row["qualifier"].removeprefix("as_of:"), row["scope"])
            assert fact is not None
            assert fact.as_of is not None
            assert fact.as_of.isoformat() == row["value"]


def test_provenance_is_the_text_at_the_offsets(reading: Reading) -> None:
    for fact in reading.facts:
        place = fact.provenance
        assert TEXT[place.char_start : place.char_end] == place.raw
        assert TEXT.count("\n", 0, place.char_start) + 1 == place.line
        assert " ".join(place.raw.split()) in place.sentence


def test_printed_places_are_kept(reading: Reading) -> None:
    term = reading.get("weighted_average_original_term", "pool:III")
    assert term is not None
    assert isinstance(term.value, Decimal)
    assert str(term.value) == "360.00"


def test_json_comes_back_as_it_went(reading: Reading) -> None:
    assert facts_from_json(reading.to_json()) == reading.facts
    document = reading.to_dict()
    assert document["schema"] == "xlremic.facts/1"
    assert document["pool_count"] == 3
    assert document["pools"][2] == {"id": "III", "label": "pool III mortgage loans", "relocation_loans": True}
    assert document["classes"][1] == {
        "class": "B-1", "initial_principal_balance": "6170000.00", "subordination_level": "1.200172400289",
    }  # fmt: skip
    assert document["filing"]["trustee"] == "U.S. Bank National Association"


def test_frame_has_a_row_per_fact(reading: Reading) -> None:
    frame = reading.to_frame()
    assert len(frame) == len(reading.facts)
    assert frame.loc[(frame.key == "loan_count") & (frame.scope == "all"), "value"].tolist() == ["970"]


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("The weighted average interest rates of all mortgage loans, the pool II mortgage loans and the pool I mortgage"
         " loans (before deduction of the servicing fee) were 5.9%, 5.4% and 6.1%, respectively.", "weighted_average_coupon",
         {"all": "5.9", "pool:II": "5.4", "pool:I": "6.1"}),
        ("The weighted average interest rate of the Mortgage Loans (before deduction of the servicing fee) as of"
         " October 1, 2004 was 7.279%.", "weighted_average_coupon", {"all": "7.279"}),
        ("The weighted average remaining terms to stated maturity of the pool I and pool II mortgage loans were 358.2 and"
         " 176.9 months, respectively.", "weighted_average_remaining_term", {"pool:I": "358.2", "pool:II": "176.9"}),
        ("No more than 30%, no and 28%, respectively, of the pool I mortgage loans, the pool II mortgage loans and all"
         " mortgage loans will be mortgage loans originated using streamlined underwriting policies.",
         "documentation_streamlined_percent", {"pool:I": "30", "pool:II": "0", "all": "28"}),
        ("At least fifty percent of the Mortgage Loans are secured by properties determined by X to be the primary"
         " residence of the borrower.", "primary_residence_percent", {"all": "50"}),
        ("The special hazard, fraud and bankruptcy loss limits are $5,000,000, $10,000,000 and $100,000, respectively.",
         "fraud_loss_limit", {"all": "10000000"}),
        ("The Special Hazard Loss Amount as of October 1, 2004 is $3,034,595.00. There is no Bankruptcy Loss Amount.",
         "special_hazard_loss_limit", {"all": "3034595.00"}),
        ("The aggregate Initial Stated Amount of the Class M CitiCertificates as of October 1, 2004 was $7,500,123.45.",
         "class_initial_principal_balance", {"class:M": "7500123.45"}),
        ("The aggregate scheduled principal balances outstanding as of the cut-off date of the premium loans and the"
         " discount loans were $900,000 and $100,000, respectively.", "aggregate_scheduled_principal_balance",
         {"all": "1000000.00", "all:premium": "900000", "all:discount": "100000"}),
        ("Each of the Mortgage Loans had an original principal balance of not less than $21,600 nor more than\n$1,000,000.",
         "original_principal_balance", {"all": "1000000"}),
        ("The aggregate scheduled principal balance outstanding of the pool I mortgage loans was $493,641,\n377.57.",
         "aggregate_scheduled_principal_balance", {"all": "1000000.00", "pool:I": "493641377.57"}),
    ],
)  # fmt: skip
def test_sentences_of_the_family(text: str, key: str, expected: dict[str, str]) -> None:
    read = sentence(text)
    assert values(read, key) == expected
    assert read.unread == ()


@pytest.mark.parametrize(
    "text",
    [
        "The total numbers of the pool I mortgage loans, the pool II mortgage loans and all mortgage loans were 663 and 970.",
        "The total numbers of the pool I mortgage loans and all mortgage loans were 663, 154 and 970, respectively.",
        "The total numbers of the pool I mortgage loans and all mortgage loans were 970.",
        "The total numbers of the pool I mortgage loans and the pool I mortgage loans were 663 and 154, respectively.",
        "The total numbers of the pool I mortgage loans and all mortgage loans were 663,970, respectively.",
    ],
)
def test_unequal_lists_emit_nothing_and_warn(text: str) -> None:
    read = sentence(text)
    assert values(read, "loan_count") == {}
    assert {"list_lengths", "scope_twice"} & {warning.code for warning in read.warnings}
    assert read.unread


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("At least 53%, or 31% by number, of the pool I mortgage loans and all mortgage loans are secured by properties"
         " determined by X to be the primary residence.", "primary_residence_percent", {}),
        ("The aggregate initial principal balance of the class A certificates, excluding the class A-PO certificates with"
         " $1,000.00, as of October 1, 2004 was $481,546,830.00.", "class_initial_principal_balance", {}),
        ("The weighted average interest rate of the mortgage loans in pool I was 6.132% and that of the mortgage loans in"
         " pool II was 5.486%.", "weighted_average_coupon", {}),
        ("The total numbers of the pool I mortgage loans and the pool II mortgage loans were 663 (including 12 cooperative"
         " loans) and 154, respectively.", "loan_count", {}),
    ],
)  # fmt: skip
def test_misleading_sentences_give_no_wrong_number_and_a_warning(text: str, key: str, expected: dict[str, str]) -> None:
    read = sentence(text)
    assert values(read, key) == expected
    assert read.unread
    assert {"unread", "list_lengths"} & {warning.code for warning in read.warnings}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("The weighted average interest rate of all mortgage loans other than the pool I mortgage loans was 5.6%.",
         "weighted_average_coupon"),
        ("The weighted average interest rate of the pool I mortgage loans that are relocation loans was 5.6%.",
         "weighted_average_coupon"),
        ("The weighted average interest rate of the Mortgage Loans rose from 6.0% to 6.2%.", "weighted_average_coupon"),
        ("The weighted average interest rate of the pool I mortgage loans was 6.132%, of the pool II mortgage loans 5.486%"
         " and of all mortgage loans 5.962%.", "weighted_average_coupon"),
        ("The weighted average loan-to-value ratio of the pool I mortgage loans secured by condominiums was 70.1%.",
         "weighted_average_ltv"),
        ("The total number of the pool I through pool III mortgage loans was 970.", "loan_count"),
        ("The aggregate initial principal balance of the classes A-1 through A-5 certificates was $100.00.",
         "class_initial_principal_balance"),
        ("The Mortgage Loans located in California have an aggregate Adjusted Balance outstanding of $5,000.00.",
         "pool_balance_of_some"),
        ("The weighted average interest rate of the Mortgage Loans was 7 1/4%.", "weighted_average_coupon"),
    ],
)  # fmt: skip
def test_figures_of_something_else_are_not_taken_for_those_of_a_pool(text: str, key: str) -> None:
    read = sentence(text)
    assert values(read, key) == {}
    assert values(read, "aggregate_scheduled_principal_balance") == {"all": "1000000.00"}
    assert "unread" in {warning.code for warning in read.warnings}


def test_pools_may_be_numbered() -> None:
    read = sentence(
        "The total numbers of the pool 1 mortgage loans, the pool 2 mortgage loans and all mortgage loans were 663, 154 and"
        " 817, respectively."
    )
    assert values(read, "loan_count") == {"pool:1": "663", "pool:2": "154", "all": "817"}
    assert read.unread == ()


def test_a_figure_as_of_another_day_is_warned_of() -> None:
    read = sentence("As of September 1, 2004, the total number of mortgage loans was 970.")
    assert "as_of" in {warning.code for warning in read.warnings}


def test_one_limit_holds_for_each_of_several_pools() -> None:
    read = sentence(
        "None of the pool I mortgage loans or the pool II mortgage loans were originated prior to March 1, 2003 and June"
        " 1, 2003, respectively, or after October 1, 2004."
    )
    assert values(read, "earliest_origination_date") == {"pool:I": "2003-03-01", "pool:II": "2003-06-01"}
    assert values(read, "latest_origination_date") == {"pool:I": "2004-10-01", "pool:II": "2004-10-01"}


def test_a_contradiction_keeps_both_values_and_warns() -> None:
    read = sentence("The total number of mortgage loans was 970. The total number of mortgage loans was 971.")
    assert [printed(f.value) for f in read.find("loan_count", "all")] == ["970", "971"]
    assert read.get("loan_count", "all") is None
    assert "contradiction" in {warning.code for warning in read.warnings}


def test_numbers_nobody_understands_are_listed() -> None:
    read = sentence("The servicer keeps 17 parrots, and thirty percent of them sing.")
    assert [entry.text for entry in read.unread] == ["The servicer keeps 17 parrots, and thirty percent of them sing."]
    assert [token.raw for token in read.tokens if token.kind == "unread"] == ["17", "thirty"]


def test_qualifiers_are_read_not_assumed() -> None:
    text = "At least 53% of the mortgage loans are secured by properties determined by X to be the primary residence."
    (at_least,) = sentence(text).find("primary_residence_percent", "all")
    assert at_least.qualifier is Qualifier.AT_LEAST
    (exact,) = sentence(text.replace("At least ", "")).find("primary_residence_percent", "all")
    assert exact.qualifier is Qualifier.EXACT


def test_cover_and_body_that_name_two_series_warn() -> None:
    other = parse(
        filing_of(TEXT.replace("Certificates, Series 2004-8)", "Certificates, Series 2004-7)").encode(), name="x.txt")
    )
    assert values(other, "series") == {"filing": "2004-8"}
    assert values(other, "cover_series") == {"filing": "2004-7"}
    assert "series_mismatch" in {warning.code for warning in other.warnings}


def test_a_truncated_document_warns_and_keeps_what_came_before() -> None:
    other = parse(filing_of(TEXT[: TEXT.index("The class B-2 subordination")].encode(), name="cut.txt"))
    assert "truncated" in {warning.code for warning in other.warnings}
    assert values(other, "loan_count") == {"pool:I": "663", "pool:II": "154", "pool:III": "153", "all": "970"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "FORM 8-K\nItem 5. Other Events.\nAttached as Exhibit I is the monthly servicing report for the month.",
            "monthly servicing report",
        ),
        ("FORM 8-K\nThe following are Collateral Term Sheets prepared by CMSI", "Collateral Term Sheets"),
        ("FORM 8-K\nComputational Materials", "Computational Materials"),
        ("FORM 10-K\nannual report", "10-K"),
        ("It was a dark and stormy night.", "not a form"),
    ],
)
def test_other_kinds_are_refused_by_name(text: str, found: str) -> None:
    with pytest.raises(FilingError, match=found):
        parse(filing_of(text.encode(), name="other.txt"))


def test_equality_is_about_meaning_not_place(reading: Reading) -> None:
    first: Fact = reading.facts[0]
    shifted = parse(filing_of(("\n\n" + TEXT).encode(), name="shifted.txt")).facts[0]
    assert shifted == first
    assert shifted.provenance != first.provenance


def test_a_sentence_that_is_repeated_unread_is_listed_with_each_of_its_lines() -> None:
    read = sentence("The servicer keeps 17 parrots.\nThe servicer keeps 17 parrots.")
    assert [entry.text for entry in read.unread] == ["The servicer keeps 17 parrots."] * 2
    assert read.unread[0].line < read.unread[1].line


def test_numbers_of_footnotes_are_listed_as_such() -> None:
    note = "\n2    Of 459 Mortgage Loans; in the remaining 13 cases no enquiry was made.\n\n<PAGE>"
    text = TEXT.replace("     loans.\n<PAGE>", "     loans.\n" + note, 1)
    assert text != TEXT
    unread = parse(filing_of(text.encode(), name="note.txt")).unread
    assert [entry.text[:22] for entry in unread] == ["footnote: Of 459 Mortga"[:22]]


@pytest.mark.parametrize("words", ["Fourteen of the loans are blue.", "At least half of them are blue."])
def test_numbers_in_words_that_nobody_understands_are_listed_too(words: str) -> None:
    assert [entry.text for entry in sentence(words).unread] == [words]


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("All mortgage loans have original maturities of at least twenty-five but not more than thirty years.",
         "original_term_years", {"all": "30"}),
        ("The numbers of the pool I mortgage loans and the pool II mortgage loans are one and five, respectively.", "loan_count",
         {"pool:I": "1", "pool:II": "5"}),
        ("At least half of the mortgage loans are secured by primary residences.", "primary_residence_percent", {"all": "50"}),
        ("No more than $4.5 million of the mortgage loans are secured by properties located in any one zip code.",
         "max_zip_code_balance", {"all": "4500000"}),
        ("None of the mortgage loans have a scheduled maturity later than October 2034.", "latest_maturity_date",
         {"all": "2034-10-01"}),
    ],
)  # fmt: skip
def test_numbers_in_words_in_millions_and_months_without_a_day(text: str, key: str, expected: dict[str, str]) -> None:
    read = sentence(text)
    assert values(read, key) == expected
    assert read.unread == ()
