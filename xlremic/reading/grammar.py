"""The language of these filings: numbers, dates, lists, the loans that a sentence speaks of, and how lists pair up.

A sentence names groups of loans in an order and gives values in the same order ("of the pool I mortgage loans and
the pool II mortgage loans were 6.132% and 5.486%, respectively"). Two lists are paired only when they are equally
long; nothing here ever guesses.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from .facts import Qualifier
from .traced import Traced

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DATE = rf"(?:{'|'.join(_MONTHS)})\s+\d{{1,2}}\s?,\s?\d{{4}}"
NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+"

_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {word: i for i, word in enumerate(_SMALL)} | {word: 10 * i for i, word in enumerate(_TENS, 2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_WORD = "|".join(sorted((*_WORDS, *_SCALES), key=len, reverse=True))
# Each pattern starts with what its first character may be: most characters then cost next to nothing.
NUMBER_WORDS = rf"(?<![A-Za-z])(?=[zotfsenhmZOTFSENHM])(?i:(?:{_WORD})(?:(?:\s|-|\sand\s)(?:{_WORD})){{0,20}}\b)"

_VALUE = re.compile(
    rf"""(?:(?<![A-Za-z])(?=[\dA-Za-z.])|(?=\$))
    (?:(?P<date>{DATE})
      | \$\s?(?P<money>{NUMBER})(?:\s(?P<scale>thousand|million|billion)\b)?
      | (?<![\w$.,/-])(?:(?P<number>{NUMBER})|(?P<words>{NUMBER_WORDS}))(?![\w/]|-\w|\.\d)
        (?:\s?(?P<unit>%|percent\b|per\scent\b|months?\b|years?\b|dollars\b))?
      | (?P<none>(?i:\b(?:none|no|nil)\b)))""",
    re.X,
)
_BLANK = re.compile(r"\s")
_KINDS = {
    "%": "percent", "percent": "percent", "per cent": "percent", "dollars": "money",
    "month": "months", "months": "months", "year": "years", "years": "years",
}  # fmt: skip

_ID = r"(?:[IVX]{1,5}|\d{1,2}|[A-H])(?![\w-])"
_POOL = r"(?i:pools?|groups?)"
NUMBERED_POOL = re.compile(r"\s(?=\d)(?i:(?<=pool\s)|(?<=pools\s)|(?<=group\s)|(?<=groups\s))")
_PARTS = r"(?i:discount|premium)"
_ONE_ID, _ONE_POOL, _ONE_PART = re.compile(_ID), re.compile(_POOL), re.compile(_PARTS)
_MENTION = re.compile(
    rf"""(?<![A-Za-z])(?=[pgmdaentsPGMDAENTS])
    (?:{_POOL}\s(?P<ids>{_ID}(?:(?:\s?,\s?(?:(?:and|or)\s)?|\s(?:and|or|&)\s)(?:the\s)?(?:{_POOL}\s)?{_ID})*)
         \s(?:(?P<parts>{_PARTS}(?:\s(?:and|or)\s{_PARTS})?)\s)?(?i:(?:mortgage\s)?loans?)\b
      | (?i:(?:(?:all|each)\s(?:of\s)?)?(?:the\s|such\s)?(?:mortgage\s)?loans?\sin\s(?:the\s)?){_POOL}
         \s(?P<ids_after>{_ID}(?:(?:\s?,\s?(?:and\s)?|\sand\s)(?:{_POOL}\s)?{_ID})*)
      | (?P<parts_alone>{_PARTS}(?:\s(?:and|or)\s{_PARTS})?)\s(?i:(?:mortgage\s)?loans?)\b
      | (?P<all>(?i:\b(?:all|each|any|none)\s(?:of\s)?(?:the\s|such\s)?mortgage\sloans?\b))
      | (?P<bare>(?i:\b(?:(?:the|such|no)\s)?mortgage\sloans?\b)))""",
    re.X,
)
# "53%, or 31% by number" is one value said twice, not a list of two.
_BETWEEN_VALUES = re.compile(r"\s?[,;]?\s?(?:(?:and|&)\s)?(?:respectively,?\s)?\Z")
_BETWEEN_MENTIONS = re.compile(
    r"\s?,?\s?(?:(?:and|or|nor|and/or|&)\s)?(?:(?:each|both|all)\sof\s)?(?:for\s|of\s)?(?:the\s|such\s)?\Z", re.I
)

_BOUNDS = (
    (Qualifier.AT_LEAST, r"at\sleast|(?:not|no)\s(?:less|fewer)\sthan|(?:a\s)?minimum\sof|greater\sthan\sor\sequal\sto"
                         r"|equal\sto\sor\s(?:greater|more)\sthan"),
    (Qualifier.NO_MORE_THAN, r"(?:no|not|nor)\s(?:more|greater)\sthan|not\s(?:in\sexcess\sof|exceeding)|up\sto|at\smost"
                             r"|(?:a\s)?maximum\sof|less\sthan\sor\sequal\sto|not\slater\sthan"),
    (Qualifier.IN_EXCESS_OF, r"in\sexcess\sof|exceeding|over|above"),
    (Qualifier.GREATER_THAN, r"(?:greater|more)\sthan"),
    (Qualifier.LESS_THAN, r"less\sthan|below|under"),
)  # fmt: skip
_BOUND = tuple((qualifier, re.compile(rf"\b(?:{words})\s\Z", re.I)) for qualifier, words in _BOUNDS)


@dataclass(frozen=True, slots=True)
class Term:
    """One value of a sentence. ``kind`` is date, money, percent, months, years, number or none.

    ``end`` is where the printed value ends, ``after`` where its unit does.
    """

    kind: str
    value: Decimal | date
    start: int
    end: int
    after: int


@dataclass(frozen=True, slots=True)
class Mention:
    """Groups of loans named at one place, as scopes; ``bare`` if it only says "mortgage loans"."""

    scopes: tuple[str, ...]
    bare: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Loans:
    """A list of groups of loans, in the sentence's order."""

    scopes: tuple[str, ...]
    bare: bool
    start: int
    end: int


class Sentence:
    """One sentence as running text, every character of which knows its place in the source."""

    def __init__(self, traced: Traced) -> None:
        self.traced = traced
        self.text = traced.text

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        terms = tuple(_terms(self.text))
        if NUMBERED_POOL.search(self.text):  # the number of "pool 2 mortgage loans" is a name, not a value
            names = [(loans.start, loans.end) for loans in self.loans]
            terms = tuple(t for t in terms if t.kind != "number" or not any(a <= t.start < b for a, b in names))
        return terms

    @cached_property
    def loans(self) -> tuple[Loans, ...]:
        """Lists of groups of loans, in order."""
        return tuple(_loans(self.text))

    @cached_property
    def _chains(self) -> tuple[tuple[Term, ...], ...]:
        """Values that only list marks stand between."""
        chains: list[list[Term]] = []
        for term in self.terms:
            if chains and _BETWEEN_VALUES.match(self.text, chains[-1][-1].after, term.start):
                chains[-1].append(term)
            else:
                chains.append([term])
        return tuple(map(tuple, chains))

    def lists(self, kind: str) -> Iterator[tuple[Term, ...]]:
        """Lists of values of one kind, in order; "none" counts as a value inside a list of another kind."""
        for chain in self._chains:
            yield from _finished(chain, kind)

    def qualifier(self, position: int) -> Qualifier | None:
        """The bound that the words just before a position set."""
        before = self.text[max(0, position - 40) : position]
        return next((qualifier for qualifier, words in _BOUND if words.search(before)), None)


def _finished(chain: Sequence[Term], kind: str) -> Iterator[tuple[Term, ...]]:
    """The chain if it is of that kind, parted where the kind changes; a unit said once at the end holds for all."""
    run: list[Term] = []
    for term in chain:
        if run and not _alike(run[-1].kind, term.kind):
            yield from _of_kind(run, kind)
            run = []
        run.append(term)
    yield from _of_kind(run, kind)


def _alike(first: str, second: str) -> bool:
    return (
        first == second or "none" in (first, second) or (first == "number" and second in ("months", "percent", "years"))
    )


def _of_kind(run: Sequence[Term], kind: str) -> Iterator[tuple[Term, ...]]:
    kinds = {term.kind for term in run} - {"none"}
    if (
        kinds == {kind}
        or (run and run[-1].kind == kind and kinds == {kind, "number"})
        or (run and kind == "none" and not kinds)
    ):
        yield tuple(run)


def _terms(text: str) -> Iterator[Term]:
    for match in _VALUE.finditer(text):
        value: Decimal | date
        day, none, money, number, words, unit = match.group("date", "none", "money", "number", "words", "unit")
        if day:
            try:
                value = parse_date(day)
            except ValueError:  # "February 30": stays a number that nobody understood
                continue
            kind = "date"
        elif none:
            kind, value = "none", Decimal(0)
        elif money:
            kind, value = "money", decimal(money)
            value *= {"thousand": 1000, "million": 10**6, "billion": 10**9}.get(match["scale"] or "", 1)
        else:
            kind = _KINDS.get(_BLANK.sub(" ", unit).lower(), "number") if unit else "number"
            value = decimal(number) if number else words_to_number(words)
            if words and not unit:  # "any one zip code" is no value of a list
                continue
        # "%" belongs to the number as printed, "months" does not.
        end = match.start("unit") if kind in ("months", "years") else match.end()
        yield Term(kind, value, match.start(), match.start() + len(text[match.start() : end].rstrip()), match.end())


def decimal(printed: str) -> Decimal:
    """The number as printed, its places kept, without grouping commas."""
    return Decimal(printed.replace(",", ""))


def words_to_number(words: str) -> Decimal:
    """ "Twenty-five" to 25, "one hundred" to 100."""
    total = current = 0
    for word in re.split(r"\s+and\s+|[\s-]+", words.lower().strip()):
        if word in _WORDS:
            current += _WORDS[word]
        elif word == "hundred":
            current = (current or 1) * 100
        elif word:
            total, current = total + (current or 1) * _SCALES[word], 0
    return Decimal(total + current)


def parse_date(printed: str) -> date:
    """ "October 28, 2004" to a date. Raises ValueError if there is no such day."""
    month, day, year = re.split(r"[\s,]+", printed.strip())
    return date(int(year), _MONTHS.index(month.capitalize()) + 1, int(day))


def _loans(text: str) -> Iterator[Loans]:
    chain: list[Mention] = []
    for match in _MENTION.finditer(text):
        mention = Mention(_scopes(match), bool(match["bare"]), match.start(), match.end())
        if chain and not _BETWEEN_MENTIONS.match(text[chain[-1].end : mention.start]):
            yield _chained(chain)
            chain = []
        chain.append(mention)
    if chain:
        yield _chained(chain)


def _chained(chain: Sequence[Mention]) -> Loans:
    scopes = tuple(scope for mention in chain for scope in mention.scopes)
    return Loans(scopes, len(chain) == 1 and chain[0].bare, chain[0].start, chain[-1].end)


def _scopes(match: re.Match[str]) -> tuple[str, ...]:
    ids = match["ids"] or match["ids_after"]
    named = match["parts"] or match["parts_alone"]
    parts = _ONE_PART.findall(named) if named else ()
    found = _ONE_ID.findall(_ONE_POOL.sub("", ids)) if ids else ()
    owners = [f"pool:{found_id}" for found_id in found] or ["all"]
    return tuple(f"{owner}:{part.lower()}" for owner in owners for part in parts) if parts else tuple(owners)


# --- running text -------------------------------------------------------------------------------------------------

_BROKEN = re.compile(
    r"(?=[,\s])(?<=[\d,$-])(?=,?[ \t]*\n)(?:(?<=[\d,]),?[ \t]*\n[ \t]*(?=,\d{3}\b)"  # $493,641 / ,377.57
    r"|(?<=\$)[ \t]*\n[ \t]*(?=\d)"  # $ / 493
    r"|(?<=[A-Za-z0-9]-)[ \t]*\n[ \t]*(?=[A-Za-z0-9]))"  # Pass- / Through, B- / 1
)
_BROKEN_MONEY = re.compile(r"(?<=\$)(\d[\d,]*,)[ \t]*\n[ \t]*(?=\d{3}(?!\d))")
_BROKEN_PLACES = re.compile(
    r"(?=\d)(?:(?<=\$)(\d[\d,]*\.)[ \t]*\n[ \t]*(?=\d\d\b)"  # $493,641,377. / 57
    r"|(?<![\d.,])(\d{1,3}\.)[ \t]*\n[ \t]*(?=\d+(?:%|\smonths?\b)))"  # 6. / 132%
)
_RULE = re.compile(r"^[ \t]*[-_=]{3,}[ \t]*$", re.M)
_BLANKS = re.compile(r"\s{2,}|[^\S ]")  # a single blank stays as it is
_END = re.compile(r'[.;:]["”)]*\s(?=["“(]?[A-Z0-9(]|\w)')
_ABBREVIATION = re.compile(
    r"(?:\b(?:Inc|Corp|Co|Ltd|No|Nos|St|Mr|Ms|Mrs|Dr|Jr|vs|etc|i\.e|e\.g|[A-Z])|(?:^|\s)\(?\d{1,2})\.\Z"
)
LONGEST_ABBREVIATION = 8
_OPENER = re.compile(
    r'["“(]?(?:The|No|None|All|At|Each|In|There|Pools?|Such|These|Information|Distributions?|On|Of|Not|Neither)\b'
)


def flow(text: Traced) -> Traced:
    """Lines to running text: numbers and words broken over lines mended, rules dropped, blanks made single."""
    text = text.sub(_RULE, lambda _: "\n").sub(_BROKEN_MONEY, lambda match: match[1])
    text = text.sub(_BROKEN, lambda match: "").sub(_BROKEN_PLACES, lambda match: match[1] or match[2])
    return text.sub(_BLANKS, lambda _: " ")


def sentences(text: Traced) -> Iterator[Sentence]:
    """Sentences and list items of running text. Abbreviations (U.S., N.A., Inc., 1.) do not end one."""
    start = 0
    for match in _END.finditer(text.text):
        end = match.start() + 1
        piece = text.text[start:end]
        if piece.endswith(".") and _ABBREVIATION.search(piece, max(0, len(piece) - LONGEST_ABBREVIATION)):
            opener = _OPENER.match(text.text, match.end())
            if not opener or re.search(r"(?:^|\s)\(?\d{1,2}\.\Z", piece):
                continue
        elif piece.endswith(".") and text.text[match.end()].islower():
            continue
        yield from _sentence(text, start, match.end())
        start = match.end()
    yield from _sentence(text, start, len(text.text))


def _sentence(text: Traced, start: int, end: int) -> Iterator[Sentence]:
    while start < end and text.text[start].isspace():
        start += 1
    while start < end and text.text[end - 1].isspace():
        end -= 1
    if start < end:
        yield Sentence(text.slice(start, end))
