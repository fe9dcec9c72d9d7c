"""The language of these filings: numbers, dates, lists, the loans that a sentence speaks of, and how lists pair up.

A sentence names groups of loans in an order and gives values in the same order ("of the pool I mortgage loans and
the pool II mortgage loans were 6.132% and 5.486%, respectively"). Two lists are paired only when they are equally
long; nothing here ever guesses.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from .facts import Qualifier
from .mentions import ID, POOL, Loans, lists_of_loans
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
    r"(?<![A-Za-z])(?=[zZ][eE]|[oO][nN]|[tT](?:[wWeE]|[hH][iIrRoO])|[fF][oOiI]|[sS][eEiI]|[eE][iIlL]|[nN][iI]|[hH][uU]|[mM][iI])"
    rf"(?i:(?:{_WORD})(?:(?:\s|-|{_AND})(?:{_WORD})){{0,20}}\b)"
)

_FIRST = (
    r"[\d.]|(?:[zZ]e|[oO]n|Oc|[tT](?:w|W|h[iro]|H[IRO]|[eE])|[fF][oOiI]|Fe|[sS][eEiI]|[eE][iIlL]|[nN][oOiI]|[hH][uUaA]|[mM]i|M[aI]"
    r"|Ja|Ju|A[pu]|De|[qQ]u|[aA]\s|O[Nn]|Z[Ee])"
)
"""How a figure or a word that is one may begin: of most words two letters tell that they are none."""
_VALUE = re.compile(
    rf"""(?:(?<![A-Za-z])(?={_FIRST})|(?=\$))
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

_PARTIAL = re.compile(
    rf"\b(?:those|these|such|some|other|certain)\s(?:mortgage\s)?loans?\b|(?:{NUMBER_WORDS}|\$[\d,.]+)\s(?:of\s(?:the\s)?)?"
    rf"(?:mortgage\sloans?|{POOL}\s{ID})|\bloans?\s(?:with\s|having\s|for\swhich|secured|whose|that)",
    re.I,
)
"""Loans of which a sentence picks some."""
_SOME_LOANS = re.compile(r"\b(?:the|these|those|such|of|all)\s(?:\w+\s)?loans?\b(?!-to)", re.I)
"""Loans that a sentence names, though not by their pool."""
_ELLIPTIC = re.compile(
    r"(?:and\s|but\s)?(?:[$\d]|at\sleast|(?:no|not)\s(?:more|less|fewer)\sthan|up\sto|none\b|each\b"
    r"|the\s(?:first|last|oldest|newest|earliest|latest|smallest|largest)\s(?:(?:one\s)?(?:is|was)|of\sthem)\b)",
    re.I,
)
"""How a sentence begins that leaves out of which pool it speaks."""
_FAR = 5
"""Sentences over which one that names no loans looks back for them, so that a long text stays a linear one."""
# "53%, or 31% by number" is one value said twice, not a list of two.
_BETWEEN_VALUES = re.compile(r"(?:\sor\s(?:less|more))?\s?[,;]?\s?(?:(?:and|&)\s)?(?:respectively,?\s)?\Z")

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


class Term(NamedTuple):
    """One value of a sentence. ``kind`` is date, money, percent, months, years, number or none.

    ``end`` is where the printed value ends, ``after`` where its unit does.
    """

    kind: str
    value: Decimal | date
    start: int
    end: int
    after: int


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
        return tuple(lists_of_loans(self.text, self.pools, lambda: self.same))

    @property
    def same(self) -> Loans | None:
        """The loans of the sentence before, if there is but one list of them, or of which it speaks."""
        return (self.before.subject or self.before.implied) if self.before else None

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
            does = term.kind == "none" and _NONE_DOES.match(self.text, term.after) is not None
            link = _BETWEEN_VALUES.match(self.text, chains[-1][-1].after, term.start) if chains and not does else None
            if link and not (link[0].startswith(" or") and self._behind(chains[-1][-1]) != self._behind(term)):
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
        if self.pools and (_SOME_LOANS.search(self.text) or not (self.continues or _ELLIPTIC.match(self.text))):
            return None
        told = self.told_before
        if told is None:
            return None if self.pools else Loans(("all",), True, 0, 0)
        lists, partial = told.subject and told.loans, _PARTIAL.search(told.text) is not None
        while lists and told.continues and told.before:  # "in Group B, for 40%; in Group C, for 55%"
            told = told.before
            lists = (*lists, *told.loans) if len(lists) < _FAR else ()
        one = len({loans.scopes for loans in lists if not loans.bare}) <= 1 if lists else False
        return lists[0] if lists and one and not partial else None

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
    month, *day, year = (word for word in printed.replace(",", " ").split() if word != "of")
    return date(int(year), _MONTHS.index(month.capitalize()) + 1, int(day[0]) if day else 1)
