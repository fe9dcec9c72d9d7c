"""A filing to facts: its sections, and the finders that read its sentences.

Every numeric token of the document must end as a fact, an explanation or an entry in ``unread``; a document that is
not a pool description of this shelf is refused by name.
"""

import re
from itertools import chain
from pathlib import Path

from . import certificates, dates, echoes, parts, places, pools, sections, shares, transfer, underwriting
from .cover import read_adjustable, read_cover, read_footnote, read_signature
from .facts import Qualifier, Reading, Source
from .filing import SIZE_LIMIT, Filing, read_filing
from .grammar import Sentence
from .ledger import Finder, Ledger
from .lints import lint, lint_sentence
from .mentions import NUMBERED_POOL, pools_named
from .prose import flow, sentences
from .tables import part_tables
from .tokens import account

FINDERS: tuple[Finder, ...] = (
    *transfer.FINDERS,
    *parts.FINDERS,
    *pools.FINDERS,
    *dates.FINDERS,
    *underwriting.FINDERS,
    *places.FINDERS,
    *shares.FINDERS,
    *certificates.FINDERS,
    *echoes.FINDERS,
)
"""In the order in which they look at a sentence."""

_UNCLEAR = re.compile(
    r"[oeia](?:ther\sthan|xcept|xcepting|xcluding|xclusive|ncluding|part)\s(?:for\s|of\s|from\s)?(?:the\s|any\s|all\s|such\s)*"
    r"(?:pools?|groups?|mortgage\sloans?|relocation|discount|premium|loans?)\b|except\s(?:for|that)\b(?!\s(?:the\s)?class)"
    r"|[pgc](?:ools?|roups?|lass|lasses)\s[ivxa-m0-9-]+\s(?:through|thru|to)\s(?:pool\s|group\s|class\s)?[ivxa-m0-9-]+\s"
)
"""Loans or classes named by what they are not, or as a range: nothing here tells which they are."""


def read(path: str | Path, *, size_limit: int = SIZE_LIMIT) -> Reading:
    """Read a pool-description 8-K.

    Raises: InputError if the file cannot be read, FilingError if it is not such a filing.
    """
    return parse(read_filing(path, size_limit=size_limit))


def parse(filing: Filing) -> Reading:
    """All facts of a filing, each with its place; what could not be read is in ``warnings`` and ``unread``.

    Raises: FilingError if the document is not a pool description of this shelf.
    """
    heading, opening = sections.recognise(filing)
    ledger = Ledger(filing)
    text = filing.text
    body = heading.end() if heading else (opening.start() if opening else 0)
    signatures = sections.SIGNATURES.search(text.text, body)
    end = signatures.start() if signatures else len(text.text)
    if heading and heading["mark"]:
        ledger.claim("footnote_mark", text, *heading.span("mark"))
    if heading and heading["page"]:
        ledger.warn("page_in_heading", "a page is turned within the heading", text, heading.start("page"))
    if not heading:
        ledger.warn("no_heading", "the heading of the pool description is missing", text, body)
    described, footnotes = sections.part_footnotes(text.slice(body, end), ledger)
    described, rows = part_tables(described)
    running = flow(sections.without_marks(sections.without_pages(described, ledger), ledger))
    opening = opening or transfer.OPENING.search(running.text)  # a page may have been turned within the sentence
    named = pools_named(running.text)
    numbered = NUMBERED_POOL.search(running.text) is not None
    read_sentences = list(sentences(running))
    told = [Sentence(flow(row)) for row in rows]
    before: Sentence | None = None
    whole = bool(signatures) or re.search(r"\.\s*\*?\s+\Z", described.text) is not None
    for sentence in chain(
        read_sentences if whole else read_sentences[:-1], told
    ):  # the last number of a cut text may be cut too
        words = sentence.words
        if _UNCLEAR.search(words):
            before = None
            continue  # its numbers end in ``unread``
        if numbered and NUMBERED_POOL.search(sentence.text):
            _claim_pool_numbers(sentence, ledger)
        sentence.before, sentence.pools = before, named
        if "their" in words or "them" in words or "they" in words:
            sentence.loans  # noqa: B018 - in order, so that no question goes back far
        if ledger.after_pledged and "such " not in words:
            ledger.after_pledged = False
        lint_sentence(sentence, ledger)
        holds = words.__contains__
        for finder in FINDERS:
            if any(map(holds, finder.keywords)):
                finder.read(sentence, ledger)
        before = sentence
    pools.read_held(ledger)
    parts.read_proved(ledger, named)
    if not opening and ("closing_date", "filing", Qualifier.EXACT) not in ledger.facts:
        ledger.warn("no_opening", "the opening sentence, which gives the transfer and the balance, is missing", text)
    cover = text.slice(0, heading.start() if heading else body)
    issuer = re.sub(r"\s+", " ", opening["issuer"]) if opening else None
    read_adjustable(text.slice(0, end), ledger)
    read_cover(sections.without_pages(cover, ledger), ledger, issuer)
    for footnote in footnotes:
        read_footnote(footnote, ledger)
    if signatures:
        read_signature(sections.without_pages(text.slice(end, len(text.text)), ledger), ledger)
    if ("signature_date", "filing", Qualifier.EXACT) not in ledger.facts:
        ledger.warn(
            "truncated", "there is no dated signature page: the document seems to be cut off", text, len(text.text) - 1
        )
    lint(ledger)
    tokens, unread = account(filing, ledger, read_sentences, footnotes)
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
