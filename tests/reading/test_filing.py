"""Bytes to one text with places, whatever the envelope."""

from pathlib import Path

import pytest

from xlremic.errors import FilingError, InputError
from xlremic.reading.facts import Reading
from xlremic.reading.filing import filing_of, read_filing
from xlremic.reading.parser import parse

from ..conftest import SAMPLE

TEXT = SAMPLE.read_text(encoding="utf-8")


def meaning(reading: Reading) -> list[tuple[object, ...]]:
    return sorted((f.key, f.scope, str(f.value), f.unit, f.qualifier) for f in reading.facts)


def same_places(reading: Reading, data: bytes) -> bool:
    text = data.decode(reading.source.encoding)
    return all(text[f.provenance.char_start : f.provenance.char_end] == f.provenance.raw for f in reading.facts)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1252"])
def test_every_encoding_reads_alike(encoding: str, reading: Reading) -> None:
    data = TEXT.encode(encoding)
    other = parse(filing_of(data, name="filing.txt"))
    assert meaning(other) == meaning(reading)
    assert same_places(other, data)


def test_windows_line_ends_and_typographic_quotes(reading: Reading) -> None:
    data = (
        TEXT.replace("\n", "\r\n").replace('"pool I\r\nmortgage loans"', "“pool I\r\nmortgage loans”").encode("cp1252")
    )
    other = parse(filing_of(data, name="filing.txt"))
    assert meaning(other) == meaning(reading)
    assert same_places(other, data)
    assert {f.provenance.line for f in other.facts} == {f.provenance.line for f in reading.facts}


def test_a_full_submission_gives_its_header_and_the_8k(reading: Reading) -> None:
    header = (
        "<SEC-DOCUMENT>0001141776-04-000244.txt : 20041028\n<SEC-HEADER>\nACCESSION NUMBER:\t\t0001141776-04-000244\n"
        "CONFORMED SUBMISSION TYPE:\t8-K\nCONFORMED PERIOD OF REPORT:\t20041028\nFILED AS OF DATE:\t\t20041028\n"
        "COMPANY CONFORMED NAME:\t\tCITICORP MORTGAGE SECURITIES INC\nCENTRAL INDEX KEY:\t\t0000811785\n</SEC-HEADER>\n"
    )
    exhibit = "<DOCUMENT>\n<TYPE>EX-99\n<TEXT>\nOf 12345 nothing.\n</TEXT>\n</DOCUMENT>\n"
    main = f"<DOCUMENT>\n<TYPE>8-K\n<SEQUENCE>1\n<FILENAME>cmsi.txt\n<TEXT>\n{TEXT}\n</TEXT>\n</DOCUMENT>\n"
    data = (header + exhibit + main + "</SEC-DOCUMENT>\n").encode()
    other = parse(filing_of(data, name="submission.txt"))
    assert other.source.format == "edgar-submission"
    assert other.submission["accession_number"] == "0001141776-04-000244"
    assert other.submission["cik"] == "0000811785"
    assert other.submission["document_filename"] == "cmsi.txt"
    assert meaning(other) == meaning(reading)
    assert same_places(other, data)


def test_html_with_cut_numbers_entities_and_superscripts(reading: Reading) -> None:
    body = TEXT.replace("&", "&amp;").replace("<PAGE>", "<page>").replace("95%(2)", "95%<sup>2</sup>")
    body = body.replace("$493,641,377.57", "$493,<b>641</b>,377.57").replace("5.50%", "5&#46;50&#37;", 1)
    data = f"<html><body><pre>{body}</pre></body></html>".encode()
    other = parse(filing_of(data, name="filing.htm"))
    assert other.source.format == "html"
    assert meaning(other) == meaning(reading)
    assert same_places(other, data)
    balance = other.get("aggregate_scheduled_principal_balance", "all")
    assert balance is not None
    assert balance.provenance.raw == "$493,<b>641</b>,377.57"


def test_dash_stuffing_is_undone() -> None:
    filing = filing_of(b"- --------\n- ----\n- a list item\n", name="mail.txt")
    assert filing.text.text == "--------\n----\n- a list item\n"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n \n", "empty"),
        (b"PK\x03\x04rest", "zip"),
        (b"%PDF-1.4", "PDF"),
        (b"a\x00b" * 50, "binary"),
    ],
)
def test_what_is_no_text_is_refused_by_name(data: bytes, words: str) -> None:
    with pytest.raises(FilingError, match=words):
        filing_of(data, name="thing")


def test_missing_file_folder_and_size(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_filing(tmp_path / "nothing.txt")
    with pytest.raises(InputError, match="folder"):
        read_filing(tmp_path)
    with pytest.raises(FilingError, match="over the limit"):
        read_filing(SAMPLE, size_limit=100)


def test_marked_sections_of_word_processors_vanish() -> None:
    html = b"<html><body><p>There are <![if !supportLists]>17<![endif]> loans <![CDAT--]>here.<![</p></body></html>"
    assert "There are 17 loans here." in filing_of(html, name="word.htm").text.text


def test_a_title_is_no_part_of_the_document_and_a_body_ends_what_the_head_left_open() -> None:
    html = b"<html><head><title>8-K of 1998<style></head><body><p>There are 17 loans.</p></body></html>"
    assert filing_of(html.replace(b"<style>", b"</title>"), name="x.htm").text.text.split() == [
        "There",
        "are",
        "17",
        "loans.",
    ]


def test_ampersands_that_begin_no_reference_stay() -> None:
    html = b"<html><body><p>A&B & C &amp; D&nbsp;E &&& &bogus</p></body></html>"
    assert filing_of(html, name="x.htm").text.text.strip() == "A&B & C & D E &&& &bogus"
