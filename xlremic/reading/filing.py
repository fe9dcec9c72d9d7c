"""Bytes of a filing to one text with places: encoding, submission envelope, mail stuffing, HTML.

Refuses what is not text (spreadsheets, PDFs, archives, images), what is empty and what is too large. What kind of
filing it is does not matter here.
"""

import hashlib
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import FilingError, InputError
from ..text import HIDDEN, without_hidden
from .traced import Traced

SIZE_LIMIT = 25 * 2**20

_SIGNATURES = (
    (b"PK\x03\x04", "a zip archive or an Office file"),
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
)


@dataclass(frozen=True, slots=True)
class Filing:
    """One document of one file. Offsets count in ``source``, the decoded input file."""

    name: str
    format: str
    encoding: str
    sha256: str
    source: str
    text: Traced
    submission: dict[str, str]
    line_starts: tuple[int, ...] = field(repr=False)

    def line(self, offset: int) -> int:
        """Line of the source, from 1, on which that offset stands."""
        return bisect_right(self.line_starts, offset)


def read_filing(path: str | Path, *, size_limit: int = SIZE_LIMIT) -> Filing:
    """The filing in a file.

    Raises: InputError if the file cannot be read; FilingError if it is not a text document of acceptable size.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder; give one filing")
        size = path.stat().st_size
        if size > size_limit:
            raise FilingError(f"{path} has {size:,} bytes, over the limit of {size_limit:,}; a filing is far smaller")
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path} does not exist; give the path of a filing") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error
    return filing_of(data, name=path.name)


def filing_of(data: bytes, *, name: str) -> Filing:
    """The filing in the bytes of a file called ``name``. Raises FilingError as :func:`read_filing` does."""
    name = without_hidden(name, "�")
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise FilingError(f"{name} is {kind}; expected the text or HTML of an 8-K filing")
    source, encoding = _decode(data, name)
    if not source.strip():
        raise FilingError(f"{name} is empty; expected the text or HTML of an 8-K filing")
    document, submission = _document(source)
    text = Traced.whole(source).slice(*document)
    text = text.sub(HIDDEN, lambda _: "")
    if "\r" in text.text:
        text = text.sub(_LINE_END, lambda _: "\n")
    form = "edgar-submission" if submission else "text"
    if _HTML.search(text.text):
        from .markup import without_markup  # noqa: PLC0415 - most filings are plain text

        text = without_markup(text)
        form = form if submission else "html"
    else:
        text = text.sub(_STUFFED, lambda _: "-").sub(_TAG, lambda match: match[0] if _PAGE.match(match[0]) else " ")
    if not text.text.isascii():
        text = text.sub(_DASH, lambda _: "-")
    return Filing(
        name=name,
        format=form,
        encoding=encoding,
        sha256=hashlib.sha256(data).hexdigest(),
        source=source,
        text=text,
        submission=submission,
        line_starts=(0, *(match.end() for match in re.finditer(r"\r\n?|\n", source))),
    )


_LINE_END = re.compile(r"\r\n?")
# Mail of the 1990s put "- " before each line that begins with a dash; the dash that follows is looked at, not eaten.
_STUFFED = re.compile(r"^- -(?=-)", re.M)
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,80}>")
_PAGE = re.compile(r"<PAGE>", re.I)
_HTML = re.compile(r"<(?:html|body|p|div|td|tr|font|br|pre|span)\b[^<>]{0,2000}>", re.I)
"""Not <TABLE>, <CAPTION>, <S>, <C>, <FN> and <PAGE>, which stand in plain text of these years."""
_DASH = re.compile("[\u2010-\u2013\u2212]|(?<=\\w)\u2014(?=\\d)")
"""Hyphens and dashes of every kind, but for a long one between words."""


def _decode(data: bytes, name: str) -> tuple[str, str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif data.startswith(b"\xef\xbb\xbf"):
        encodings = ["utf-8-sig"]
    elif data[:2000].count(0) > 0.4 * len(data[:2000]):
        encodings = ["utf-16-le"] if data[1:2] == b"\0" else ["utf-16-be"]
    else:
        encodings = ["utf-8", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text[:100_000].count("\0"):
            break
        return text, encoding
    raise FilingError(f"{name} is a binary file; expected the text or HTML of an 8-K filing")


_DOCUMENT = re.compile(r"<DOCUMENT>(.*?)(?:</DOCUMENT>|\Z)", re.S | re.I)
_TYPE = re.compile(r"<TYPE>[ \t]*([^\s<]+)", re.I)
_FILENAME = re.compile(r"<FILENAME>[ \t]*([^\s<]+)", re.I)
_BODY = re.compile(r"<TEXT>(.*?)(?:</TEXT>|\Z)", re.S | re.I)
_MAIL_END = re.compile(r"-----BEGIN PRIVACY-ENHANCED MESSAGE-----.*?(?:\r\n\r\n|\n\n|\r\r)", re.S)
_HEADER = {
    "accession_number": r"ACCESSION NUMBER:",
    "form_type": r"CONFORMED SUBMISSION TYPE:",
    "period_of_report": r"CONFORMED PERIOD OF REPORT:",
    "filed_as_of_date": r"FILED AS OF DATE:",
    "cik": r"CENTRAL INDEX KEY:",
    "company_conformed_name": r"COMPANY CONFORMED NAME:",
    "sic": r"STANDARD INDUSTRIAL CLASSIFICATION:",
    "sec_file_number": r"SEC FILE NUMBER:",
}


_BLANK = r"(?:\s|&nbsp;|&#160;|<[^<>]{0,200}>)+"
_DESCRIPTION = re.compile(_BLANK.join(["DETAILED", "DESCRIPTION", "OF", "THE", "MORTGAGE"]), re.I)


def _is_8k(document: str) -> bool:
    kind = _TYPE.search(document, 0, 2000)
    return kind is not None and kind[1].upper().startswith("8-K")


def _document(source: str) -> tuple[tuple[int, int], dict[str, str]]:
    """Where the description stands in the source (else the 8-K), and what the submission's header says."""
    start = 0
    if mail := _MAIL_END.match(source):
        start = mail.end()
    documents = list(_DOCUMENT.finditer(source, start))
    if not documents:
        return (start, len(source)), {}
    head = source[start : documents[0].start()]
    submission = dict.fromkeys((*_HEADER, "document_filename"), "")
    for key, label in _HEADER.items():
        if found := re.search(rf"{label}[ \t]*([^\r\n]*\S)", head):
            submission[key] = found[1].strip()
    chosen = max(documents, key=lambda document: (_DESCRIPTION.search(document[1]) is not None, _is_8k(document[1])))
    filename = _FILENAME.search(chosen[1][:2000])
    submission["document_filename"] = filename[1] if filename else ""
    body = _BODY.search(source, chosen.start(1), chosen.end(1))
    return (body.span(1) if body else chosen.span(1)), submission
