"""What is no pool description is refused by name, in every envelope; a description beside other documents is found."""

import html
from collections.abc import Callable

import pytest

from xlremic.errors import FilingError
from xlremic.reading.facts import Reading
from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse

from ..conftest import SAMPLE
from ..reading.test_filing import meaning

TEXT = SAMPLE.read_text(encoding="utf-8")
COVER = (
    "SECURITIES AND EXCHANGE COMMISSION\n\nFORM {form}\n\nCITICORP MORTGAGE SECURITIES, INC.\n\n{body}\n\nSIGNATURES\n"
)
OTHERS = {
    "monthly": (
        "8-K",
        "Item 5. Other Events.\n\nAttached as Exhibit I is the monthly servicing report for REMIC Series 2003-09.",
        "a monthly servicing report",
    ),
    "statement": ("8-K", "Exhibit: monthly statement to certificateholders, March 1999", "a monthly servicing report"),
    "term sheets": (
        "8-K",
        "Item 8.01.\n\nThe following are Collateral Term Sheets prepared for the series.",
        "Collateral Term",
    ),
    "computational": ("8-K", "Attached are certain Computational Materials (1,234 pages).", "Computational Materials"),
    "annual": ("10-K", "Annual report for the fiscal year ended December 31, 2003", "a form 10-K"),
    "quarterly": ("10-Q", "Quarterly report", "a form 10-Q"),
    "distribution": ("10-D", "Asset-backed issuer distribution report", "a form 10-D"),
    "prospectus": ("424B5", "PROSPECTUS SUPPLEMENT dated October 27, 2004", "a prospectus supplement"),
    "other": ("8-K", "Item 1.01. The registrant entered into a lease.", "a form 8-K without a pool description"),
}


def submission(*documents: tuple[str, str]) -> str:
    parts = "".join(f"<DOCUMENT>\n<TYPE>{kind}\n<TEXT>\n{text}\n</TEXT>\n</DOCUMENT>\n" for kind, text in documents)
    header = "<SEC-HEADER>\nACCESSION NUMBER:\t0000811785-98-000123\n</SEC-HEADER>\n"
    return f"<SEC-DOCUMENT>\n{header}{parts}</SEC-DOCUMENT>\n"


def as_html(text: str) -> str:
    lines = "".join(f"<p>{html.escape(line).replace(' ', '&nbsp;')}</p>\n" for line in text.split("\n"))
    return f"<html><body>{lines}</body></html>"


ENVELOPES: dict[str, Callable[[str], bytes]] = {
    "text": lambda text: text.encode(),
    "submission": lambda text: submission(("8-K", text), ("EX-99", "Nothing of 12 interest")).encode(),
    "mail": lambda text: (
        f"-----BEGIN PRIVACY-ENHANCED MESSAGE-----\nProc-Type: 2001,MIC-CLEAR\n\n{submission(('8-K', text))}".encode()
    ),
    "html": lambda text: as_html(text).encode(),
    "utf-16": lambda text: text.encode("utf-16"),
    "cp1252, CRLF": lambda text: text.replace("\n", "\r\n").encode("cp1252"),
}


@pytest.mark.parametrize("envelope", ENVELOPES)
@pytest.mark.parametrize("kind", OTHERS)
def test_other_kinds_are_refused_by_name_in_every_envelope(kind: str, envelope: str) -> None:
    form, body, found = OTHERS[kind]
    data = ENVELOPES[envelope](COVER.format(form=form, body=body))
    with pytest.raises(FilingError, match=found) as refused:
        parse(filing_of(data, name="other.txt"))
    assert "expected an 8-K with the heading" in str(refused.value)


def test_a_refusal_says_whose_it_is_which_shelf_is_read_and_the_way_on() -> None:
    form, body, _ = OTHERS["monthly"]
    with pytest.raises(FilingError) as refused:
        parse(filing_of(COVER.format(form=form, body=body).encode(), name="other.txt"))
    message = str(refused.value)
    assert message.startswith("other.txt is a monthly servicing report of CITICORP MORTGAGE SECURITIES, INC. (line 9)")
    for said in ("pool descriptions of Citicorp Mortgage Securities, Inc.", "--unread", "--facts", "xlremic new"):
        assert said in message


@pytest.mark.parametrize(
    "mention",
    [
        "issued under the Pooling and Servicing Agreement described in the Prospectus Supplement",
        "as reported in each monthly servicing report and in the Collateral Term Sheets",
    ],
)
def test_a_kind_is_told_by_its_own_heading_and_not_by_a_mention(mention: str) -> None:
    cover = "FORM 8-K\n\nNORTHERN MORTGAGE TRUST 2003-1\n(Exact name of registrant as specified in its charter)\n"
    pool = f"The Mortgage Loans had 4,321 loans as of the Cut-off Date,\n{mention}.\nThat is all."
    with pytest.raises(FilingError) as refused:
        parse(filing_of(f"{cover}\n{pool}\n".encode(), name="other.txt"))
    assert str(refused.value).startswith(
        "other.txt is a description of mortgage loans of NORTHERN MORTGAGE TRUST 2003-1 in another shelf's form"
    )


@pytest.mark.parametrize("kind", ["EX-99", "EX-99.1", "8-K"])
def test_the_document_that_holds_the_description_is_chosen(kind: str, reading: Reading) -> None:
    cover = COVER.format(
        form="8-K", body="Item 8.01. Other Events. See Exhibit 99, the monthly servicing report of 3 pages."
    )
    data = submission(("8-K", cover), (kind, TEXT), ("EX-100", "Of 12345 nothing.")).encode()
    other = parse(filing_of(data, name="submission.txt"))
    assert meaning(other) == meaning(reading)
    assert other.unread == ()


def test_control_characters_reach_nobody(reading: Reading) -> None:
    """Escapes of terminals and marks that turn the order of reading around stay out of everything that is shown."""
    harm = TEXT.replace("Citibank, N.A.", "Citibank\x1b[31m\u202e, N.A.\x07").replace("Delaware", "Dela\x9bware")
    other = parse(filing_of(harm.encode(), name="harm.txt"))
    shown = other.to_json() + "".join(warning.message for warning in other.warnings)
    shown += "".join(entry.text for entry in other.unread)
    places = {fact.provenance.raw for fact in other.facts}
    assert not [c for c in shown.replace("\n", "") if ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u2066"]
    assert meaning(other) == meaning(reading)
    assert places
