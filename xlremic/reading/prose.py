"""Lines of a filing to running text, and running text to sentences."""

import re
from collections.abc import Iterator

from .grammar import Sentence
from .traced import Traced

_BROKEN = re.compile(
    r"(?=[,\s])(?<=[\d,$-])(?=,?[ \t]*\n)(?:(?<=[\d,]),?[ \t]*\n[ \t]*(?=,\d{3}\b)"  # $493,641 / ,377.57
    r"|(?<=\$)[ \t]*\n[ \t]*(?=\d)"  # $ / 493
    r"|(?<=[A-Za-z0-9]-)[ \t]*\n[ \t]*(?=[A-Za-z0-9]))"  # Pass- / Through, B- / 1
)
_BROKEN_MONEY = re.compile(r"(?<=\$)(\d[\d,]*,)[ \t]*\n[ \t]*(?=\d{3}(?!\d))")
_BROKEN_PLACES = re.compile(
    r"(?=\d)(?:(?<=\$)(\d[\d,]*\.)[ \t]*\n[ \t]*"  # $493,641,377. / 57
    r"(?=\d\d(?:[,.;)]|\s(?:and|or|as|are|is|was|were|ha[sd]|have)\b))"
    r"|(?<![\d.,])(\d{1,3}\.)[ \t]*\n[ \t]*(?=\d+(?:%|\smonths?\b)))"  # 6. / 132%
)
_MAY_BREAK_MONEY, _MAY_BREAK_PLACES = re.compile(r",[ \t]*\n[ \t]*\d{3}(?!\d)"), re.compile(r"\.[ \t]*\n[ \t]*\d")
"""What the two patterns need, found far faster."""
_RULE = re.compile(r"^[ \t]*[-_=]{3,}[ \t]*$", re.M)
_BULLET = re.compile(r"\n[ \t]*(?:o|\*|-|\u2022)[ \t]+(?=[A-Z][a-z]|\d)")
_BLANKS = re.compile(r"\s{2,}|[^\S ]")  # a single blank stays as it is
_END = re.compile(r'[.;:]["”)]*\s(?=["“(]?[A-Z0-9($]|\w)')
_ABBREVIATION = re.compile(
    r"\b(?:Inc|Corp|Co|Ltd|No|Nos|St|Mr|Ms|Mrs|Dr|Jr|vs|etc|i\.e|e\.g|(?<!pool\s)(?<!roup\s)(?<!lass\s)(?<!Pool\s)[A-Z])\.\Z"
)
_LIST_NUMBER = re.compile(r"\s*(?:(?:and|or)\s)?\(?\d{1,2}\.\Z")
"""At the start of a sentence; "all 27." and "Group 2." end one."""
_ITEM = re.compile(
    r"(?:and\s)?(?:the\s)?(?:class\s[A-Z0-9]|\$\d|[\d.]+%|(?-i:[A-Z][a-z]+(?:\s[A-Z][a-z]+)?),?\s\d+%|\d+\s(?:\w+\s)?(?:mortgage\s)?loans)",
    re.I,
)
"""What a list of classes and figures goes on with after a colon or a semicolon."""
LONGEST_ABBREVIATION = 10
_OPENER = re.compile(
    r'["“(]?(?:The|No|None|All|At|Each|In|There|Pools?|Such|These|Information|Distributions?|On|Of|Not|Neither)\b'
)


def flow(text: Traced) -> Traced:
    """Lines to running text: numbers and words broken over lines mended, rules dropped, blanks made single."""
    text = text.sub(_RULE, lambda _: "\n")
    if len(_BULLET.findall(text.text)) > 1:
        text = text.sub(_BULLET, lambda _: "\n; ")
    if _MAY_BREAK_MONEY.search(text.text):
        text = text.sub(_BROKEN_MONEY, lambda match: match[1])
    text = text.sub(_BROKEN, lambda match: "")
    if _MAY_BREAK_PLACES.search(text.text):
        text = text.sub(_BROKEN_PLACES, lambda match: match[1] or match[2])
    return text.sub(_BLANKS, lambda _: " ")


def sentences(text: Traced) -> Iterator[Sentence]:
    """Sentences and list items of running text. Abbreviations (U.S., N.A., Inc., 1.) do not end one."""
    start, continues = 0, False
    for match in _END.finditer(text.text):
        end = match.start() + 1
        piece = text.text[start:end]
        if piece[-1] in ";:" and (_ITEM.match(text.text, match.end()) or piece.count("(") > piece.count(")")):
            continue
        if len(piece) < LONGEST_ABBREVIATION and _LIST_NUMBER.match(piece):
            continue
        if piece.endswith(".") and _ABBREVIATION.search(piece, max(0, len(piece) - LONGEST_ABBREVIATION)):
            if not _OPENER.match(text.text, match.end()):
                continue
        elif piece.endswith(".") and text.text[match.end()].islower():
            continue
        yield from _sentence(text, start, match.end(), continues)
        start, continues = match.end(), piece[-1] in ";:"
    yield from _sentence(text, start, len(text.text), continues)


def _sentence(text: Traced, start: int, end: int, continues: bool) -> Iterator[Sentence]:
    while start < end and text.text[start].isspace():
        start += 1
    while start < end and text.text[end - 1].isspace():
        end -= 1
    if start < end:
        yield Sentence(text.slice(start, end), continues)
