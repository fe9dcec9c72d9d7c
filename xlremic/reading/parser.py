"""A filing to facts: what kind of document it is, its sections, and the finders that read its sentences.

Every numeric token of the document must end as a fact, an explanation or an entry in ``unread``; a document that is
not a pool description of this shelf is refused by name.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from ..errors import FilingError
from . import certificates, pools
from .cover import read_cover, read_footnote, read_signature
from .facts import Caution, Qualifier, Reading, Source, Token, Unread, printed
from .filing import HARMFUL, SIZE_LIMIT, Filing, read_filing
from .grammar import DATE, NUMBER, NUMBER_WORDS, NUMBERED_POOL, Sentence, flow, sentences
from .ledger import Ledger
from .traced import Traced

Finder = Callable[[Sentence, Ledger], None]

FINDERS: tuple[tuple[Finder, tuple[str, ...]], ...] = (
    (pools.read_opening, ("trustee",)),
    (pools.read_balances, ("aggregate",)),
    (pools.read_original_years, ("original", "relocation")),
    (pools.read_delivery, ("evidencing", "authenticated", "paying agent")),
    (pools.read_call, ("repurchase",)),
    (pools.read_counts, ("number",)),
    (pools.read_averages, ("weighted average",)),
    (pools.read_origination, ("originated", "maturit")),
    (pools.read_original_balances, ("original principal",)),
    (pools.read_high_ltv, ("loan-to-value",)),
    (pools.read_zip_codes, ("zip code",)),
    (pools.read_occupancy, ("residence", "investment")),
    (pools.read_documentation, ("require", "streamlined")),
    (pools.read_sub_pools, ("net ", "nnr")),
    (pools.read_pledged, ("pledged", "such ")),
    (certificates.read_loss_limits, ("loss",)),
    (certificates.read_class_balances, ("class",)),
    (certificates.read_subordination_levels, ("subordination",)),
)
"""One finder per family of sentences, with words of which a sentence must hold one to be worth the finder's time."""

_HEADING = re.compile(
    r"DETAILED\s+DESCRIPTION\s+OF\s+THE\s+MORTGAGE\s+(?:LOAN\s+)?POOL[\s_-]+AND\s+THE\s+MORTGAGED\s+PROPERTIES"
    r"(?:[ \t]*\n?[ \t]*(?P<mark>\(\w{1,2}\)|[1A*](?=[ \t]*$)))?",
    re.M | re.I,
)
_SIGNATURES = re.compile(
    r"^[ \t]*SIGNATURES?[ \t]*$|^[ \t]*Pursuant\s+to\s+the\s+requirements\s+of\s+the\s+Securities\s+Exchange\s+Act",
    re.M | re.I,
)
_FOOTNOTE = r"(?P<mark>\(?\d{1,2}\)?|\*{1,3}|\([A-Za-z]\)|[A-Z])(?=[ \t])"
_FOOTNOTES = re.compile(
    rf"^[ \t]*[-_]{{5,30}}[ \t]*\n\s*?^(?=[ \t]*{_FOOTNOTE})"
    rf"|^(?=[ \t]*{_FOOTNOTE.replace('mark', 'bare')}\s+(?:Terms\s+used|Such\s+perc|Equal\s+to|Expressed\s+as))",
    re.M,
)
_FOOTNOTE_START = re.compile(rf"[ \t]*{_FOOTNOTE}")
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n\s*?^", re.M)
_PAGE = re.compile(
    r"(?=[\n<])(?:\n[ \t]*\n[ \t]*-?[ \t]?(?P<before>\d{1,3})[ \t]?-?[ \t]*\n\s*)?<PAGE>[ \t]*(?P<number>\d{1,4})?"
    r"(?:\s*\n[ \t]*-[ \t]?(?P<after>\d{1,3})[ \t]?-[ \t]*(?=\n))?",
    re.I,
)
_MARK = re.compile(r"(?=[(*]|\s\()(?:(?:(?<=[A-Za-z.,;:\"”])|(?<=%)\s?)\(\d{1,2}\)(?!\w)|(?<=[A-Za-z%.,\"”])\*{1,3})")
_TOKEN = re.compile(
    rf"(?=[A-Z\d.$(])(?:{DATE}|\(\d{{3}}\)\s*\d{{3}}-\d{{4}}|\(\d{{1,2}}\)|\$\s?{NUMBER}|(?<![\w$-])(?:[IVX]+-?)?[A-Z]{{1,2}}-?\d{{1,2}}[A-Z]?(?![\w-])"
    rf"|\d+(?:-[A-Za-z0-9]+)+(?:/A)?|\d+\([a-z]\)|(?:{NUMBER})\s?%?|\d+\w*)"
)
_COUNTED_WORDS = re.compile(
    rf"{NUMBER_WORDS}(?=\s(?:percent|per\scent|months?|years?|dollars|mortgage\sloans)\b)", re.I
)
_UNCLEAR = re.compile(
    r"(?:other|except|excepting|excluding|exclusive|including|apart)\s(?:than\s|for\s|of\s|from\s)?(?:the\s|any\s|all\s|such\s)*"
    r"(?:pools?|groups?|mortgage\sloans?|relocation|discount|premium|loans?)\b"
    r"|(?:pools?|groups?|class|classes)\s[IVXA-M0-9-]+\s(?:through|thru|to)\s(?:pool\s|group\s|class\s)?[IVXA-M0-9-]+\s",
    re.I,
)
_UNCLEAR_WORDS = ("other than", "except", "exclu", "including", "apart from", " through ", " thru ", " to ")
"""Loans or classes named by what they are not, or as a range: nothing here tells which they are."""
_START = re.compile(
    r"\b(?=[USWF])(?:(?:UNITED\s+STATES\s+|U\.\s?S\.\s+)?SECURITIES\s+AND\s+EXCHANGE\s+COMMISSION"
    r"|Washington,?\s+D\.\s?C\.|FORM\s+8-K)",
    re.I,
)

_OTHER_KINDS = (
    (
        r"\bmonthly\s+servicing\s+report\b|\bmonthly\s+(?:statement|report)\s+to\s+certificateholders\b",
        "a monthly servicing report",
    ),
    (r"\bCollateral\s+Term\s+Sheets?\b", "Collateral Term Sheets"),
    (r"\bComputational\s+Materials?\b", "Computational Materials"),
    (r"\bStructural\s+Term\s+Sheets?\b", "Structural Term Sheets"),
    (r"\bPROSPECTUS\s+SUPPLEMENT\b", "a prospectus supplement"),
    (r"\bPOOLING\s+(?:AND\s+SERVICING\s+)?AGREEMENT\b", "a pooling agreement"),
)
_OTHER_FORM = re.compile(r"\bFORM\s+(\d+-[A-Z]+\w*|S-\d+|424B\d)", re.I)


def read(path: str | Path, *, size_limit: int = SIZE_LIMIT) -> Reading:
    """Read a pool-description 8-K.

    Raises: InputError if the file cannot be read, FilingError if it is not such a filing.
    """
    return parse(read_filing(path, size_limit=size_limit))


def recognise(filing: Filing) -> tuple[re.Match[str] | None, re.Match[str] | None]:
    """The heading and the opening sentence of the description.

    Raises: FilingError that names what the document is, where neither stands in it.
    """
    text = filing.text.text
    heading = _HEADING.search(text)
    opening = pools.OPENING.search(text, heading.end() if heading else 0)
    if heading or opening:
        return heading, opening
    expected = (
        'expected an 8-K with the heading "DETAILED DESCRIPTION OF THE MORTGAGE POOL AND THE MORTGAGED PROPERTIES"'
        ' or the sentence "On <date>, <issuer> transferred to the Trustee mortgage loans ..."'
    )
    for words, kind in _OTHER_KINDS:
        if match := re.search(words, text, re.I):
            line = filing.line(filing.text.span(match.start(), match.end())[0])
            raise FilingError(f"{filing.name} is {kind} (line {line}), not a pool description; {expected}")
    form = _OTHER_FORM.search(text)
    found = f"a form {form[1]} without a pool description" if form else "not a form that xlremic knows"
    raise FilingError(f"{filing.name} is {found}; {expected}")


def parse(filing: Filing) -> Reading:
    """All facts of a filing, each with its place; what could not be read is in ``warnings`` and ``unread``.

    Raises: FilingError if the document is not a pool description of this shelf.
    """
    heading, opening = recognise(filing)
    ledger = Ledger(filing)
    text = filing.text
    body = heading.end() if heading else (opening.start() if opening else 0)
    signatures = _SIGNATURES.search(text.text, body)
    end = signatures.start() if signatures else len(text.text)
    if heading and heading["mark"]:
        ledger.claim("footnote_mark", text, *heading.span("mark"))
    if not heading:
        ledger.warn("no_heading", "the heading of the pool description is missing", text, body)
    described, footnotes = _part_footnotes(text.slice(body, end), ledger)
    running = flow(_without_marks(_without_pages(described, ledger), ledger))
    opening = opening or pools.OPENING.search(running.text)  # a page may have been turned within the sentence
    if not opening:
        ledger.warn("no_opening", "the opening sentence, which gives the transfer and the balance, is missing", text)
    numbered = NUMBERED_POOL.search(running.text) is not None
    read_sentences = list(sentences(running))
    whole = bool(signatures) or re.search(r"\.\s*\*?\s+\Z", described.text) is not None
    for sentence in read_sentences if whole else read_sentences[:-1]:  # the last number of a cut text may be cut too
        words = sentence.text.lower()
        if any(word in words for word in _UNCLEAR_WORDS) and _UNCLEAR.search(sentence.text):
            continue  # its numbers end in ``unread``
        if numbered and NUMBERED_POOL.search(sentence.text):
            _claim_pool_numbers(sentence, ledger)
        for find, keywords in FINDERS:
            for keyword in keywords:
                if keyword in words:
                    find(sentence, ledger)
                    break
    cover = text.slice(0, heading.start() if heading else body)
    issuer = re.sub(r"\s+", " ", opening["issuer"]) if opening else None
    read_cover(_without_pages(cover, ledger), ledger, issuer)
    for footnote in footnotes:
        read_footnote(footnote, ledger)
    if signatures:
        read_signature(_without_pages(text.slice(end, len(text.text)), ledger), ledger)
    if ("signature_date", "filing", Qualifier.EXACT) not in ledger.facts:
        ledger.warn(
            "truncated", "there is no dated signature page: the document seems to be cut off", text, len(text.text) - 1
        )
    _warn_of_series(ledger)
    _warn_of_the_unusual(ledger)
    tokens, unread = _account(filing, ledger, read_sentences)
    return Reading(
        source=Source(file=filing.name, format=filing.format, encoding=filing.encoding, sha256=filing.sha256),
        submission=filing.submission,
        facts=tuple(sorted(chain.from_iterable(ledger.facts.values()), key=lambda fact: fact.provenance.char_start)),
        warnings=tuple(ledger.warnings),
        unread=unread,
        tokens=tokens,
    )


def _claim_pool_numbers(sentence: Sentence, ledger: Ledger) -> None:
    """The "2" of "pool 2 mortgage loans" is a name."""
    for loans in sentence.loans:
        for number in re.finditer(r"\d+", sentence.text[loans.start : loans.end]):
            ledger.claim("label", sentence.traced, loans.start + number.start(), loans.start + number.end())


class _Ahead:
    """Next matches from rising positions, each searched for once: many footnotes cost no more than their text."""

    def __init__(self, pattern: re.Pattern[str], text: str) -> None:
        self._pattern, self._text = pattern, text
        self._found = pattern.search(text)

    def after(self, position: int) -> re.Match[str] | None:
        if self._found and self._found.start() < position:
            self._found = self._pattern.search(self._text, position)
        return self._found


def _part_footnotes(text: Traced, ledger: Ledger) -> tuple[Traced, list[Traced]]:
    """The description without its footnotes, and the footnotes. They may stand in the middle of a sentence."""
    kept: list[tuple[int, int]] = []
    notes: list[Traced] = []
    position = 0
    pages, paragraphs = _Ahead(_PAGE, text.text), _Ahead(_PARAGRAPH_END, text.text)
    for block in _FOOTNOTES.finditer(text.text):
        if block.start() < position:
            continue
        kept.append((position, block.start()))
        start = block.end()
        while mark := _FOOTNOTE_START.match(text.text, start):
            if mark["mark"][-1] not in "*" and any(c.isdigit() for c in mark["mark"]):
                ledger.claim("footnote_mark", text, *mark.span("mark"))
            page = pages.after(start)
            paragraph = paragraphs.after(mark.end())
            after = min(page.start() if page else len(text.text), paragraph.start() if paragraph else len(text.text))
            notes.append(flow(text.slice(mark.end(), after)))
            start = paragraph.end() if paragraph and after == paragraph.start() else after
        position = start
    kept.append((position, len(text.text)))
    return Traced.join(
        piece for start, end in kept for piece in (*text.pieces(start, end), ("\n", *_edge(text, end)))
    ), notes


def _edge(text: Traced, position: int) -> tuple[int, int]:
    edge = text.span(position - 1, position)[1] if position else 0
    return edge, edge


def _without_pages(text: Traced, ledger: Ledger) -> Traced:
    for match in _PAGE.finditer(text.text):
        for group in ("before", "number", "after"):
            if match[group]:
                ledger.claim("page_number", text, *match.span(group))
    return text.sub(_PAGE, lambda _: "\n")


def _without_marks(text: Traced, ledger: Ledger) -> Traced:
    for match in _MARK.finditer(text.text):
        start = match.end() - len(match[0].lstrip())
        ledger.claim("footnote_mark", text, start, match.end())
    return text.sub(_MARK, lambda _: "")


def _warn_of_series(ledger: Ledger) -> None:
    on_cover, in_body = (ledger.facts.get((key, "filing", Qualifier.EXACT)) for key in ("cover_series", "series"))
    if on_cover and in_body and on_cover[0].value != in_body[0].value:
        cover, body = on_cover[0], in_body[0]
        message = (
            f"the cover says Series {cover.value}, the description Series {body.value}; the description is followed"
        )
        ledger.warnings.append(Caution(code="series_mismatch", message=message, line=cover.provenance.line))


_HEADER_FACTS = (("report_date", "period_of_report"), ("commission_file_number", "sec_file_number"))


_LEAST, _MOST, _EXACT, _NONE = Qualifier.AT_LEAST, Qualifier.NO_MORE_THAN, Qualifier.EXACT, Qualifier.NONE
_USUAL_BOUNDS = {
    "call_threshold": (Qualifier.LESS_THAN,),
    "original_term_years": (_LEAST, _MOST, _EXACT),
    "original_principal_balance": (_LEAST, _MOST),
    "max_zip_code_balance": (_MOST,),
    "primary_residence_percent": (_LEAST, _EXACT),
    "documentation_full_percent": (_LEAST, _EXACT),
    "documentation_no_asset_verification_percent": (_MOST, _EXACT, _NONE),
    "documentation_no_income_verification_percent": (_MOST, _EXACT, _NONE),
    "documentation_streamlined_percent": (_MOST, _EXACT, _NONE),
    "high_ltv_threshold": (Qualifier.IN_EXCESS_OF, Qualifier.GREATER_THAN),
}
_USUAL_SIDES = {"discount": (Qualifier.LESS_THAN,), "premium": (_LEAST,)}


def _warn_of_the_unusual(ledger: Ledger) -> None:
    """What every filing of the shelf says alike, and what the submission's header says once more."""
    for fact in chain.from_iterable(ledger.facts.values()):
        if fact.as_of and ledger.cut_off_date and fact.as_of != ledger.cut_off_date:
            message = f"{fact.key} of {fact.scope} is as of {fact.as_of}, not of the cut-off date {ledger.cut_off_date}"
            ledger.warnings.append(Caution(code="as_of", message=message, line=fact.provenance.line))
        side = fact.scope.rpartition(":")[2]
        usual_bounds = _USUAL_SIDES.get(side) if fact.key == "net_loan_rate" else _USUAL_BOUNDS.get(fact.key)
        if usual_bounds and fact.qualifier not in usual_bounds:
            message = f"{fact.key} of {fact.scope} is a bound of another kind than usual: {fact.qualifier}"
            ledger.warnings.append(Caution(code="unusual", message=message, line=fact.provenance.line))
    for key, scope, usual in (
        ("form_type", "filing", ("8-K", "8-K/A")),
        ("regular_interests_percent", "all", ("100",)),
    ):
        for fact in ledger.facts.get((key, scope, Qualifier.EXACT), ()):
            if printed(fact.value) not in usual:
                message = f"{key} is {printed(fact.value)!r}, where filings of this shelf have {usual[0]!r}"
                ledger.warnings.append(Caution(code="unusual", message=message, line=fact.provenance.line))
    for key, header in _HEADER_FACTS:
        stated = ledger.filing.submission.get(header, "")
        for fact in ledger.facts.get((key, "filing", Qualifier.EXACT), ()):
            if stated and stated not in printed(fact.value).replace("-", "" if key == "report_date" else "-"):
                message = f"the header of the submission has {stated} as {header}, the cover {printed(fact.value)}"
                ledger.warnings.append(Caution(code="header_mismatch", message=message, line=fact.provenance.line))


def _account(
    filing: Filing, ledger: Ledger, read_sentences: list[Sentence]
) -> tuple[tuple[Token, ...], tuple[Unread, ...]]:
    """What became of every numeric token; sentences with numbers that nobody claimed."""
    spans = sorted(ledger.claims)
    begins = [span[0] for span in spans]
    longest = max((end - start for start, end in spans), default=0)

    def kind_of(start: int, end: int) -> str:
        if exact := ledger.claims.get((start, end)):
            return exact
        for i in range(bisect_right(begins, start) - 1, -1, -1):
            if spans[i][1] >= end:
                return ledger.claims[spans[i]]
            if start - spans[i][0] > longest:
                break
        return "unread"

    places = [(sentence.traced.span(0, 1)[0], sentence) for sentence in read_sentences]
    firsts = [place for place, _ in places]

    def sentence_at(start: int) -> str:
        i = bisect_right(firsts, start) - 1
        if i >= 0 and start < places[i][1].traced.span(0, len(places[i][1].text))[1]:
            return places[i][1].text
        line = filing.line(start)
        stop = filing.line_starts[line] if line < len(filing.line_starts) else len(filing.source)
        return HARMFUL.sub("", filing.source[filing.line_starts[line - 1] : stop]).strip()

    first = _START.search(filing.text.text)
    tokens: list[Token] = []
    unread: dict[str, Unread] = {}
    for start, end, raw in _numeric(filing, read_sentences):
        kind = kind_of(start, end)
        if kind == "unread" and first and start < filing.text.span(first.start(), first.end())[0]:
            kind = "envelope"  # what a mirror or a mail system put before the document
        tokens.append(Token(raw=raw, line=filing.line(start), char_start=start, char_end=end, kind=kind))
        if kind == "unread":
            text = sentence_at(start)
            unread.setdefault(text, Unread(line=filing.line(start), text=text))
    for entry in unread.values():
        message = f"numbers that no rule understood: {entry.text[:200]}"
        ledger.warnings.append(Caution(code="unread", message=message, line=entry.line))
    return tuple(tokens), tuple(unread.values())


def _numeric(filing: Filing, read_sentences: list[Sentence]) -> Iterator[tuple[int, int, str]]:
    for match in _TOKEN.finditer(filing.text.text):
        raw = match[0].rstrip()
        start, end = filing.text.span(match.start(), match.start() + len(raw))
        yield start, end, raw
    for sentence in read_sentences:
        for match in _COUNTED_WORDS.finditer(sentence.text):
            start, end = sentence.traced.span(*match.span())
            yield start, end, match[0]
