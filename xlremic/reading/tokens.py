"""What became of every number of the document: a fact, an explanation, or an entry in ``unread``."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

from ..text import HIDDEN
from .facts import Caution, Token, Unread
from .filing import Filing
from .grammar import DATE, NUMBER, NUMBER_WORDS, Sentence
from .ledger import Ledger
from .traced import Traced

_TOKEN = re.compile(
    rf"(?=[A-Z\d.$(])(?:{DATE}|\(\d{{3}}\)\s*\d{{3}}-\d{{4}}|\(\d{{1,2}}\)|\$\s?{NUMBER}|(?<![\w$-])(?:[IVX]+-?)?[A-Z]{{1,2}}-?\d{{1,2}}[A-Z]?(?![\w-])"
    rf"|\d+(?:-[A-Za-z0-9]+)+(?:/A)?|\d+\([a-z]\)|(?:{NUMBER})\s?%?|\d+\w*)"
)
_COUNTED_WORDS = re.compile(
    rf"{NUMBER_WORDS}(?=\s(?:percent|per\scent|months?|years?|dollars|mortgage\sloans|of\s(?:the|such|them)|but)\b"
    r"|,?\srespectively\b)",
    re.I,
)
_HALF = re.compile(r"\b(?:half|quarter)(?=\sof\b)", re.I)
_START = re.compile(
    r"\b(?=[USWF])(?:(?:UNITED\s+STATES\s+|U\.\s?S\.\s+)?SECURITIES\s+AND\s+EXCHANGE\s+COMMISSION"
    r"|Washington,?\s+D\.\s?C\.|FORM\s+8-K)",
    re.I,
)


class _Said:
    """Where each sentence and footnote stands; worked out when a number is unread."""

    def __init__(self, filing: Filing, sentences: Sequence[Sentence], notes: Sequence[Traced]) -> None:
        self._filing, self._sentences, self._notes = filing, sentences, notes

    @cached_property
    def _places(self) -> list[tuple[int, int, str]]:
        said = [(one.traced, "") for one in self._sentences]
        said += [(note, "footnote: ") for note in self._notes if note.text]
        return sorted(
            (text.span(0, 1)[0], text.span(0, len(text.text))[1], kind + text.text.strip()) for text, kind in said
        )

    @cached_property
    def _firsts(self) -> list[int]:
        return [place[0] for place in self._places]

    def at(self, start: int) -> tuple[int, str]:
        """Where the sentence or the line of a number begins, and what it says."""
        i = bisect_right(self._firsts, start) - 1
        if i >= 0 and start < self._places[i][1]:
            return self._places[i][0], self._places[i][2]
        filing = self._filing
        line = filing.line(start)
        stop = filing.line_starts[line] if line < len(filing.line_starts) else len(filing.source)
        begin = filing.line_starts[line - 1]
        return begin, HIDDEN.sub("", filing.source[begin:stop]).strip()


def account(
    filing: Filing, ledger: Ledger, read_sentences: Sequence[Sentence], notes: Sequence[Traced] = ()
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

    first = _START.search(filing.text.text)
    said = _Said(filing, read_sentences, notes)
    tokens: list[Token] = []
    unread: dict[int, Unread] = {}
    for start, end, raw in _numeric(filing, read_sentences):
        kind = kind_of(start, end)
        if kind == "unread" and first and start < filing.text.span(first.start(), first.end())[0]:
            kind = "envelope"  # what a mirror or a mail system put before the document
        tokens.append(Token(raw=raw, line=filing.line(start), char_start=start, char_end=end, kind=kind))
        if kind == "unread":
            place, text = said.at(start)
            unread.setdefault(place, Unread(line=filing.line(start), text=text))
    listed = tuple(unread[place] for place in sorted(unread))
    for entry in listed:
        message = f"numbers that no rule understood: {entry.text[:200]}"
        ledger.warnings.append(Caution(code="unread", message=message, line=entry.line))
    return tuple(tokens), listed


def _numeric(filing: Filing, read_sentences: Sequence[Sentence]) -> Iterator[tuple[int, int, str]]:
    for match in _TOKEN.finditer(filing.text.text):
        raw = match[0].rstrip()
        start, end = filing.text.span(match.start(), match.start() + len(raw))
        yield start, end, raw
    for sentence in read_sentences:
        for match in _COUNTED_WORDS.finditer(sentence.text):
            if match[0].lower() == "one" and sentence.text.startswith(" of", match.end()):
                continue  # "one of the ..." counts nothing
            yield (*sentence.traced.span(*match.span()), match[0])
        for match in _HALF.finditer(sentence.text) if "half" in sentence.words or "quarter" in sentence.words else ():
            yield (*sentence.traced.span(*match.span()), match[0])
