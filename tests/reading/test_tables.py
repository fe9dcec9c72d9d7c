"""Tables and envelopes of plain text: rows are read as sentences, tags and dashes of these years are text."""

import pytest

from xlremic.reading.facts import Reading
from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse

from .test_parser import TEXT, sentence, values

CLASSES = "class_initial_principal_balance"


def read_text(text: str) -> Reading:
    return parse(filing_of(text.encode(), name="table.txt"))


def test_a_table_of_classes_with_leaders_is_read_row_by_row() -> None:
    read = sentence(
        "The initial principal balances of the classes are:\n\n     Class A ............... $900,000.00\n"
        "     Class B-1 ............. $ 60,000.00\n     Class B-2 ............. $ 40,000.00\n"
    )
    assert values(read, CLASSES) == {"class:A": "900000.00", "class:B-1": "60000.00", "class:B-2": "40000.00"}


def test_classes_side_by_side_keep_their_own_balances() -> None:
    read = sentence(
        "The classes:\n\n     Class  Initial balance     Class  Initial balance\n     A          $900,000.00     B-2         $40,000.00\n"
        "     B-1         $50,000.00     B-3         $10,000.00\n"
    )
    assert values(read, CLASSES) == {
        "class:A": "900000.00", "class:B-1": "50000.00", "class:B-2": "40000.00", "class:B-3": "10000.00",
    }  # fmt: skip


def test_a_rate_beside_a_class_is_no_level_of_subordination() -> None:
    read = sentence(
        "The classes:\n\n     Class    Initial principal balance    Rate\n     A          $900,000.00     5.875%\n"
        "     B-1         $100,000.00     5.500%\n"
    )
    assert values(read, "subordination_level") == {}
    assert values(read, CLASSES) == {"class:A": "900000.00", "class:B-1": "100000.00"}


def test_a_table_of_pools_is_read_column_by_column() -> None:
    read = sentence(
        "The pools:\n\n                                 Pool I     Pool II     All loans\n"
        "Number of mortgage loans            663         154           817\n"
        "Weighted average interest rate\n  before the servicing fee        6.132%      5.486%        5.962%\n"
        "  after the servicing fee         5.882%      5.236%        5.712%\n"
    )
    assert values(read, "loan_count") == {"pool:I": "663", "pool:II": "154", "all": "817"}
    assert values(read, "weighted_average_coupon") == {"pool:I": "6.132", "pool:II": "5.486", "all": "5.962"}
    assert values(read, "weighted_average_net_rate") == {"pool:I": "5.882", "pool:II": "5.236", "all": "5.712"}


def test_a_row_with_a_figure_too_few_is_not_read() -> None:
    read = sentence(
        "The pools:\n\n                     Pool I     Pool II     All loans\nNumber of mortgage loans     663         817\n"
    )
    assert values(read, "loan_count") == {}
    assert read.unread


def test_tags_of_tables_in_plain_text_do_not_make_it_a_web_page() -> None:
    tagged = TEXT.replace(
        "     There are no special", "<TABLE>\n<CAPTION>\n<S>   <C>\n</TABLE>\n\n     There are no special"
    )
    read = read_text(tagged)
    assert read.source.format == "text"
    assert len(read.facts) == len(read_text(TEXT).facts)


@pytest.mark.parametrize("dash", ["\u2010", "\u2011", "\u2012", "\u2013", "\u2212"])
def test_hyphens_of_every_kind_are_hyphens(dash: str) -> None:
    text = (
        TEXT.replace("loan-to-value", f"loan{dash}to{dash}value")
        .replace("2004-8", f"2004{dash}8")
        .replace("B-1", f"B{dash}1")
    )
    assert read_text(text).facts == read_text(TEXT).facts


def test_a_page_turned_within_the_heading_is_told() -> None:
    text = TEXT.replace("LOAN POOL AND THE MORTGAGED", "LOAN POOL\n\n<PAGE>\n\nAND THE MORTGAGED")
    read = read_text(text)
    assert {warning.code for warning in read.warnings} == {"page_in_heading"}
    assert len(read.facts) == len(read_text(TEXT).facts)
