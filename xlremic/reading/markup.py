"""HTML to text with places: tags that break a line become one, superscripts become footnote marks.

The standard library's parser, since it alone of those tried keeps its speed and its text in very deep nesting.
"""

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from .traced import Piece, Traced

_BLOCKS = frozenset(
    [
        "address",
        "blockquote",
        "body",
        "br",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "html",
        "li",
        "ol",
        "p",
        "pre",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    ]
)
_NO_REFERENCE = re.compile(
    r"&(?!#|[A-Za-z][A-Za-z0-9]{1,30};|(?:nbsp|amp|lt|gt|quot|[lr][sd]quo|sect|[mn]dash)(?![A-Za-z0-9]))"
)
_AMPERSAND = "\ue000"
"""Stands for an ampersand that begins no reference: the parser would stop at each, slowly and in pieces of one."""
_HIDDEN = frozenset(["script", "style", "title"])


class _Markup(HTMLParser):
    """Collects pieces of text with their places in the parser's own input."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.pieces: list[Piece] = []
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._source = text
        self._hidden = 0
        self._marks = 0
        self._preformatted = 0

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _add(self, text: str, length: int) -> None:
        if not self._hidden:
            here = self._here()
            self.pieces.append((text.replace(_AMPERSAND, "&"), here, here + length))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raw = self.get_starttag_text() or ""
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag == "body":
            self._hidden = 0  # whatever the head left open
        elif tag == "hr":
            self._add("\n--------\n", len(raw))
        elif tag == "page":
            self._add("\n<PAGE>\n", len(raw))
        elif tag in ("td", "th"):
            self._add("  ", len(raw))
        elif tag in _BLOCKS:
            self._add("\n\n" if tag == "p" else "\n", len(raw))
            self._preformatted += tag == "pre"
        elif tag == "sup":
            self._marks += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in _HIDDEN:
            self._hidden -= 1
        elif tag == "sup":
            self._marks -= 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag == "sup":
            self._marks = max(0, self._marks - 1)
        elif tag in _BLOCKS and tag not in ("td", "th", "br", "hr"):
            self._add("\n", len(tag) + 3)
            self._preformatted = max(0, self._preformatted - (tag == "pre"))

    def handle_data(self, data: str) -> None:
        if self._marks and re.fullmatch(r"\s*\d{1,2}\s*", data):
            self._add(f"({data.strip()})", len(data))
        elif self._preformatted:
            self._add(data, len(data))
        else:  # outside <pre> a line break is only a blank, so that no number is taken for a page mark
            self._add(re.sub(r"[\r\n\t]", " ", data), len(data))

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """Skips ``<![endif]>`` and the like, of which the library would raise at the ones that it does not know."""
        end = self.rawdata.find(">", i)
        return end + 1 if end >= 0 else -1

    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name}")

    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name}")

    def _reference(self, raw: str) -> None:
        after = self._here() + len(raw)
        length = len(raw) + (self._source[after : after + 1] == ";")
        self._add(html.unescape(raw + ";").replace("\xa0", " "), length)


def without_markup(text: Traced) -> Traced:
    """The text of an HTML document, every character of which still knows its place in the source."""
    # The parser counts lines by "\n" alone and reports places in its own input, which maps back to the source.
    parser = _Markup(text.text)
    parser.feed(_NO_REFERENCE.sub(_AMPERSAND, text.text))
    parser.close()

    def pieces() -> Iterator[Piece]:
        for piece, start, end in parser.pieces:
            if end - start == len(piece) and "\n--" not in piece:
                position = 0
                for part, origin, after in text.pieces(start, end):
                    yield piece[position : position + len(part)], origin, after
                    position += len(part)
            else:
                yield (piece, *text.span(start, max(end, start + 1)))

    return Traced.join(pieces())
