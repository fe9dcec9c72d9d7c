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
_MONTH = f"(?:{'|'.join(_MONTHS)})"
DATE = rf"{_MONTH}\s+\d{{1,2}}\s?,\s?\d{{4}}"
MONTH_OF_YEAR = rf"{_MONTH}(?:\s+of)?,?\s+\d{{4}}"
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
ODD = "odd"
"""The kind of a value in a form that the shelf does not have: it parts lists and is never read."""
_POWERS = {"thousand": 3, "million": 6, "billion": 9}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_WORD = "|".join(sorted((*_WORDS, *_SCALES), key=len, reverse=True))
# Each pattern starts with what its first character may be: most characters then cost next to nothing.
_AND = r"(?:(?<=hundred)|(?<=thousand)|(?<=million))\sand\s"  # "one and five" are two numbers
NUMBER_WORDS = (
    r"(?<![A-Za-z])(?=[zotfsenhmZOTFSENHM])"
    rf"(?i:(?:{_WORD})(?:(?:\s|-|{_AND})(?:{_WORD})){{0,20}}\b)"
)

_VALUE = re.compile(
    rf"""(?:(?<![A-Za-z])(?=[\dA-Za-z.])|(?=\$))
    (?:(?P<date>{DATE}|{MONTH_OF_YEAR})
      | \$\s?(?P<money>{NUMBER})(?P<more>[.,]?\d[\d.,]*)?(?:\s(?P<scale>thousand|million|billion)\b)?
      | (?P<half>(?i:(?:one[\s-])?half|(?:one[\s-]|a\s)quarter)(?=\sof\b))
      | (?<![\w$.,/~+-])(?:(?P<number>{NUMBER})|(?P<words>{NUMBER_WORDS}))(?![\w/]|-\w|\.\d)
        (?:\s?(?P<unit>%|percent\b|per\scent\b|months?\b|years?\b|dollars\b))?
      | (?P<none>(?i:\b(?:none|no|nil|not\sone)\b)))""",
    re.X,
)
_NONE_DOES = re.compile(r"\s(?:of\sthem\s)?(?:matur|ha[sd]\b|have\b|is\b|are\b|was\b|were\b|exceed|by\b|in\b)", re.I)
"""Behind a "none" that is the subject of a verb, not one of the values before it."""
_IDIOM = re.compile(r"\b(?:any|each|no|every|either|other|the|which|this|that|a|at)\s\Z", re.I)
"""Before "one" that counts nothing: "any one zip code", "no one", "at one time"."""
_DIGIT = re.compile(r"\d")
_BLANK = re.compile(r"\s")
_KINDS = {
    "%": "percent", "percent": "percent", "per cent": "percent", "dollars": "money",
    "month": "months", "months": "months", "year": "years", "years": "years",
}  # fmt: skip

_POOL = r"(?i:pools?|groups?)"
_ROMAN, _LETTER = r"[IVX]{1,5}(?![\w-])", r"[A-H](?![\w-])"
_NUMERAL = r"\d{1,2}(?![\w-]|[.,]\d|\s?%)"
_NEXT_NUMERAL = r"[1-9](?![\w-]|[.,]\d|\s?%|\s(?:months?|years?|percent|of)\b)"  # not the 15 of "Group 1, 15 years"
_ID = f"(?:{_ROMAN}|{_NUMERAL}|{_LETTER})"
_AND_ALSO = r"(?:\s?,\s?(?:(?:and|or)\s)?|\s(?:and|or|&)\s)(?:the\s)?"
_IDS = "|".join(  # "pool I and 38%" names one pool: the members of a list are of one kind
    rf"{first}(?:{_AND_ALSO}(?:{_POOL}\s{first}|{other}))*"
    for first, other in ((_ROMAN, _ROMAN), (_NUMERAL, _NEXT_NUMERAL), (_LETTER, _LETTER))
)
NUMBERED_POOL = re.compile(r"\s(?=\d)(?i:(?<=pool\s)|(?<=pools\s)|(?<=group\s)|(?<=groups\s))")
_PARTS = r"(?i:discount|premium)"
_ONE_ID, _ONE_POOL, _ONE_PART = re.compile(_ID), re.compile(_POOL), re.compile(_PARTS)
_MENTION = re.compile(
    rf"""(?<![A-Za-z])(?=[pgmdaentslobiPGMDAENTSLOBI])
    (?:{_POOL}\s(?P<ids>{_IDS})(?:\s(?:(?P<parts>{_PARTS}(?:\s(?:and|or)\s{_PARTS})?)\s)?(?i:(?:mortgage\s)?loans?)\b)?
      | (?i:(?:(?:all|each)\s(?:of\s)?)?(?:the\s|such\s)?(?:mortgage\s)?loans?\sin\s(?:the\s)?)
         {_POOL}\s(?P<ids_after>{_IDS})
      | (?P<parts_of>{_PARTS}(?:\s(?:and|or)\s{_PARTS})?)\s(?i:(?:mortgage\s)?loans?\s(?:of|in)\s(?:the\s)?)
         {_POOL}\s(?P<ids_of>{_IDS})
      | (?P<parts_alone>{_PARTS}(?:\s(?:and|or)\s{_PARTS})?)\s(?i:(?:mortgage\s)?loans?)\b
      | (?P<all>(?i:\b(?:(?:all\s|the\s)?(?:mortgage\s)?loans\s(?:as\sa\swhole|in\sthe\saggregate
             |(?:all\s)?(?:taken\s)?together)\b
          |(?:(?<=%\s)|(?<=months\s))as\sa\swhole\b|no\sloans?(?=\s(?:is|was|has|had|have|matures?|bears?|exceeds?)\b)
          |(?:all|each|any|none)\s(?:of\s)?(?:the\s|such\s)?(?:mortgage\s)?loans?\b
          |the\s(?:entire\smortgage\s(?:loan\s)?pool\b|mortgage\s(?:loan\s)?pool\sas\sa\swhole\b
               |mortgage\s(?:loan\s)?pool(?=\s(?:consists|comprises|contains)))
          |(?:both|all)\s(?:pools|groups)\s(?:combined|together|in\stotal))))
      | (?P<same>(?i:\btheir(?=\s(?:aggregate|weighted|average|original|total|number|scheduled|mortgage|interest
             |note|loan))
          |\bthey(?=\s(?:bear|have|had|are|were|was|run|number|consist|comprise)\b)|(?<=\bof\s)them\b
          |\A(?:none|each)(?=\s(?:has|have|had|is|are|was|were|matures?|bears?)\b)))
      | (?P<every>(?i:\b(?:(?:either|each|any|neither|no)\s(?:of\sthe\s)?(?:pool|group)s?
          |(?:the|both|all|these|in)\s(?:of\sthe\s)?(?:two\s|three\s|four\s)?(?:pools|groups))\b)(?!\s(?:of\b|[IVXA-H\d]|loans?\b)))
      | (?P<bare>(?i:\b(?:(?:the|such|no)\s)?mortgage\sloans?\b)))""",
    re.X,
)
_PARTIAL = re.compile(
    rf"\b(?:those|these|such|some|other|certain)\s(?:mortgage\s)?loans?\b|(?:{NUMBER_WORDS}|\$[\d,.]+)\s(?:of\s(?:the\s)?)?"
    rf"(?:mortgage\sloans?|{_POOL}\s{_ID})|\bloans?\s(?:with\s|having\s|for\swhich|secured|whose|that)",
    re.I,
)
"""Loans of which a sentence picks some."""
_FAR = 5
"""Sentences over which one that names no loans looks back for them, so that a long text stays a linear one."""
_NAMED = re.compile(rf"\b{_POOL}\s(?P<ids>{_IDS})")
ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_DEFINED = re.compile(r"[\"“](?:the\s)?\Z")
# "53%, or 31% by number" is one value said twice, not a list of two.
_BETWEEN_VALUES = re.compile(r"(?:\sor\s(?:less|more))?\s?[,;]?\s?(?:(?:and|&)\s)?(?:respectively,?\s)?\Z")
_BETWEEN_MENTIONS = re.compile(
    r"\s?,?\s?(?:(?:and|or|nor|and/or|&)\s)?(?:(?:each|both|all)\sof\s)?(?:for\s|of\s)?(?:the\s|such\s)?\Z", re.I
)

_BOUNDS = (
    (Qualifier.AT_LEAST, r"at\sleast|(?:not|no)\s(?:less|fewer)\sthan|(?:a\s)?minimum\sof|greater\sthan\sor\sequal\sto"
                         r"|equal\sto\sor\s(?:greater|more)\sthan"),
    (Qualifier.NO_MORE_THAN, r"(?:no|not|nor)\s(?:more|greater)\sthan|not\s(?:in\sexcess\sof|exceeding)|up\sto|at\smost"
                             r"|(?:a\s)?maximum\sof|less\sthan\sor\sequal\sto|not\slater\sthan|(?:do|does|did)\snot\sexceed"),
    (Qualifier.IN_EXCESS_OF, r"in\sexcess\sof|exceeding|over|above"),
    (Qualifier.GREATER_THAN, r"(?:greater|more)\sthan"),
    (Qualifier.LESS_THAN, r"less\sthan|below|under"),
)  # fmt: skip
_RESPECTIVELY = re.compile(r",?\srespectively,?\s\Z", re.I)
_BEHIND = (
    (Qualifier.AT_LEAST, re.compile(r",?\s(?:at\sleast|or\s(?:more|greater|higher|above))\b", re.I)),
    (Qualifier.NO_MORE_THAN, re.compile(r",?\s(?:at\s(?:the\s)?most|or\s(?:less|fewer|lower))\b", re.I)),
)
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
    defined: bool = False  # named here for the first time, in quotes


class Sentence:
    """One sentence as running text, every character of which knows its place in the source.

    ``before`` is the sentence before it, of whose loans this one may say "their" and "of them".
    """

    def __init__(self, traced: Traced, continues: bool = False) -> None:
        self.traced = traced
        self.text = traced.text
        self.words = self.text.lower()
        self._lists: dict[str, tuple[tuple[Term, ...], ...]] = {}
        self.before: Sentence | None = None
        self.continues = continues  # it goes on from a semicolon or a colon
        self.pools: tuple[str, ...] = ()  # of the whole filing, in order

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        terms = tuple(_terms(self.text))
        names = [(loans.start, loans.end) for loans in self.loans if _DIGIT.search(" ".join(loans.scopes))]
        if names:  # the number of "pool 2 mortgage loans" is a name, not a value
            terms = tuple(t for t in terms if t.kind != "number" or not any(a <= t.start < b for a, b in names))
        return terms

    @cached_property
    def loans(self) -> tuple[Loans, ...]:
        """Lists of groups of loans, in order."""
        return tuple(_loans(self))

    @property
    def same(self) -> Loans | None:
        """The loans of the sentence before, if there is but one list of them."""
        return self.before.subject if self.before else None

    @property
    def subject(self) -> Loans | None:
        """The one list of loans that the sentence is about, if there is but one."""
        lists = [loans for loans in self.loans if not loans.bare] or list(self.loans)
        return lists[0] if lists and len({loans.scopes for loans in lists}) == 1 else None

    @cached_property
    def _chains(self) -> tuple[tuple[Term, ...], ...]:
        """Values that only list marks stand between."""
        chains: list[list[Term]] = []
        for term in self.terms:
            new = term.kind == "none" and _NONE_DOES.match(self.text, term.after) is not None
            new = new or (bool(chains) and self._behind(chains[-1][-1]) not in (None, self._behind(term)))
            if chains and not new and _BETWEEN_VALUES.match(self.text, chains[-1][-1].after, term.start):
                chains[-1].append(term)
            else:
                chains.append([term])
        return tuple(map(tuple, chains))

    def lists(self, kind: str) -> tuple[tuple[Term, ...], ...]:
        """Lists of values of one kind, in order; "none" counts as a value inside a list of another kind."""
        if kind not in self._lists:
            self._lists[kind] = tuple(found for chain in self._chains for found in _finished(chain, kind))
        return self._lists[kind]

    @property
    def told_before(self) -> "Sentence | None":
        """The last of the sentences before this one that names loans, unless it is far away."""
        told = self.before
        for _ in range(_FAR):
            if told is None or told.loans:
                return told
            told = told.before
        return None

    @property
    def implied(self) -> Loans | None:
        """The loans of which a sentence speaks that names none: those of the sentence before it, or of that before.

        None where that sentence speaks of some of them only, which this one may mean as well.
        """
        if self.loans:
            return None
        told = self.told_before
        if told is None:
            return None if self.pools else Loans(("all",), True, 0, 0)
        return None if _PARTIAL.search(told.text) else told.subject

    def qualifier(self, position: int) -> Qualifier | None:
        """The bound that the words just before a position set."""
        before = self.text[max(0, position - 55) : position]
        if "respectively" in before:
            before = _RESPECTIVELY.sub(" ", before)
        return next((qualifier for qualifier, words in _BOUND if words.search(before)), None)

    def bound(self, terms: Sequence[Term]) -> Qualifier | None:
        """The bound of a list of values: by the words before it, or right behind it ("87% at least")."""
        return self.qualifier(terms[0].start) or self._behind(terms[-1])

    def _behind(self, term: Term) -> Qualifier | None:
        behind = self.text[term.after : term.after + 20]
        return next((bound for bound, words in _BEHIND if words.match(behind)), None)


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
        day, none, money, half, number, words, unit = match.group(
            "date", "none", "money", "half", "number", "words", "unit"
        )
        if day:
            try:
                value = parse_date(day)
            except ValueError:  # "February 30": stays a number that nobody understood
                continue
            kind = "date"
        elif none:
            kind, value = "none", Decimal(0)
        elif money:
            signed = text[max(0, match.start() - 1) : match.start()] in ("-", "+", "~")
            kind, value = _money(money, match["scale"], "signed" if signed else match["more"])
        elif half:
            kind, value = "percent", Decimal(50 if half.lower().endswith("half") else 25)
        else:
            kind = _KINDS.get(_BLANK.sub(" ", unit).lower(), "number") if unit else "number"
            value = decimal(number) if number else words_to_number(words)
            if words and not unit and _IDIOM.search(text, max(0, match.start() - 8), match.start()):
                continue
            if number and "," in number and kind in ("percent", "months", "years"):
                kind = ODD
        # "%" belongs to the number as printed, "months" does not.
        end = match.start("unit") if kind in ("months", "years") else match.end()
        yield Term(kind, value, match.start(), match.start() + len(text[match.start() : end].rstrip()), match.end())


def _money(printed: str, scale: str | None, more: str | None) -> tuple[str, Decimal]:
    """Dollars have no places or two; "$99.400" and "$493.641.377,57" are no amounts of this shelf."""
    value = decimal(printed)
    places = -int(value.as_tuple().exponent)
    if more or (not scale and places not in (0, 2)):
        return ODD, value
    return "money", value.scaleb(_POWERS[scale]) if scale else value


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
    """ "October 28, 2004" to a date, "October 2034" to its first day. Raises ValueError if there is no such day."""
    month, *day, year = re.sub(r"\s+of\s", " ", printed.strip()).replace(",", " ").split()
    return date(int(year), _MONTHS.index(month.capitalize()) + 1, int(day[0]) if day else 1)


def _loans(sentence: Sentence) -> Iterator[Loans]:
    text = sentence.text
    before: Loans | None = None
    chain: list[Mention] = []
    for match in _MENTION.finditer(text):
        if chain and not _BETWEEN_MENTIONS.match(text[chain[-1].end : match.start()]):
            before = _chained(text, chain)
            yield before
            chain = []
        if match["every"]:
            if sentence.pools:
                chain.append(Mention(sentence.pools, False, match.start(), match.end()))
        elif not match["same"]:
            chain.append(Mention(_scopes(match), bool(match["bare"]), match.start(), match.end()))
        elif before := before or sentence.same:
            chain.append(Mention(before.scopes, before.bare, match.start(), match.end()))
    if chain:
        yield _chained(text, chain)


def names_pools(text: str) -> bool:
    return _NAMED.search(text) is not None


def pools_named(text: str) -> tuple[str, ...]:
    """The pools of a filing, if it names them for the first time in their order: "the groups" are then those."""
    lists = (_ONE_POOL.sub("", match["ids"]) for match in _NAMED.finditer(text))
    found = dict.fromkeys(name for names in lists for name in _ONE_ID.findall(names))
    order = [_rank(name) for name in found]
    return tuple(f"pool:{name}" for name in found) if order == sorted(order) else ()


def _rank(name: str) -> tuple[int, str]:
    return ROMAN.index(name) if name in ROMAN else int(name) if name.isdigit() else len(name), name


def _chained(text: str, chain: Sequence[Mention]) -> Loans:
    scopes = tuple(scope for mention in chain for scope in mention.scopes)
    start = chain[0].start
    defined = _DEFINED.search(text, max(0, start - 6), start) is not None
    return Loans(scopes, len(chain) == 1 and chain[0].bare, start, chain[-1].end, defined)


def _scopes(match: re.Match[str]) -> tuple[str, ...]:
    ids = match["ids"] or match["ids_after"] or match["ids_of"]
    named = match["parts"] or match["parts_of"] or match["parts_alone"]
    parts = _ONE_PART.findall(named) if named else ()
    found = _ONE_ID.findall(_ONE_POOL.sub("", ids)) if ids else ()
    owners = [f"pool:{found_id}" for found_id in found] or ["all"]
    return tuple(f"{owner}:{part.lower()}" for owner in owners for part in parts) if parts else tuple(owners)
