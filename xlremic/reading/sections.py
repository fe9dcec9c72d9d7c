"""The parts of a document: what kind it is, the heading and the opening, footnotes, page marks, the signature page."""

import re

from .filing import Filing
from .ledger import Ledger
from .prose import flow
from .refusal import refusal
from .traced import Traced
from .transfer import OPENING

_HEADING = re.compile(
    r"DETAILED\s+DESCRIPTION\s+OF\s+THE\s+MORTGAGE\s+(?:LOAN\s+)?POOL"
    r"(?P<page>[\s_-]+(?:\d{1,3}[\s-]+)?<PAGE>(?:[\s-]*\d{1,3})?)?[\s_-]+AND\s+THE\s+MORTGAGED\s+PROPERTIES"
    r"(?:[ \t]*\n?[ \t]*(?P<mark>\(\w{1,2}\)|[1A*](?=[ \t]*$)))?",
    re.M | re.I,
)
SIGNATURES = re.compile(
    r"^[ \t]*SIGNATURES?[ \t]*$|^[ \t]*Pursuant\s+to\s+the\s+requirements\s+of\s+the\s+Securities\s+Exchange\s+Act",
    re.M | re.I,
)
_FOOTNOTE = r"(?P<mark>\(?\d{1,2}\)?|\*{1,3}|\([A-Za-z]\)|[A-Z])(?=[ \t])"
_FOOTNOTES = re.compile(
    rf"^[ \t]*(?:-[ ]){{0,2}}[-_]{{5,30}}[ \t]*\n\s*?^(?=[ \t]*{_FOOTNOTE})"
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
_MARK = re.compile(  # begins with what its first character may be: the search passes over all others at once
    r"[(*\s](?:(?<=[A-Za-z.,;:\"”%][(])\d{1,2}\)(?!\w)|(?<=%\s)\(\d{1,2}\)(?!\w)"
    r"|(?<=[A-Za-z%.,\"”][*])\*{0,2}|(?<=%\s)[A-F](?=\sof\b))"
)


def recognise(filing: Filing) -> tuple[re.Match[str] | None, re.Match[str] | None]:
    """The heading and the opening sentence of the description.

    Raises: FilingError that names what the document is, where neither stands in it.
    """
    text = filing.text.text
    heading = _HEADING.search(text)
    opening = OPENING.search(text, heading.end() if heading else 0)
    if heading or opening:
        return heading, opening
    raise refusal(filing)


class _Ahead:
    """Next matches from rising positions, each searched for once: many footnotes cost no more than their text."""

    def __init__(self, pattern: re.Pattern[str], text: str) -> None:
        self._pattern, self._text = pattern, text
        self._found = pattern.search(text)

    def after(self, position: int) -> re.Match[str] | None:
        if self._found and self._found.start() < position:
            self._found = self._pattern.search(self._text, position)
        return self._found


def part_footnotes(text: Traced, ledger: Ledger) -> tuple[Traced, list[Traced]]:
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


def without_pages(text: Traced, ledger: Ledger) -> Traced:
    def claimed(match: re.Match[str]) -> str:
        for group in ("before", "number", "after"):
            if match[group]:
                ledger.claim("page_number", text, *match.span(group))
        return "\n"

    return text.sub(_PAGE, claimed) if "<page>" in text.text.lower() else text


def without_marks(text: Traced, ledger: Ledger) -> Traced:
    def claimed(match: re.Match[str]) -> str:
        ledger.claim("footnote_mark", text, match.end() - len(match[0].lstrip()), match.end())
        return ""

    return text.sub(_MARK, claimed)
