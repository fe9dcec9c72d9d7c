"""The book in which finders enter facts, explanations and doubts while they read; it pairs lists and never guesses."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import takewhile
from typing import NamedTuple

from .facts import Caution, Fact, Provenance, Qualifier, Unit, Value
from .filing import Filing
from .grammar import DATE, Sentence, Term, parse_date
from .mentions import Loans
from .plausible import implausible
from .traced import Traced

_AS_OF = re.compile(rf"as\sof\s(?:the\s(?P<cut_off>cut-?\s?off\sdate)|(?P<date>{DATE}))", re.I)
_AS_OF_THAT = re.compile(rf"(?P<date>{DATE})(?=[^;.]{{0,200}}\bas\sof\sthat\sdate\b)", re.I)


@dataclass(frozen=True, slots=True)
class Finder:
    """Reads one family of sentences, of which each holds one of the ``keywords`` in lower case."""

    read: "Callable[[Sentence, Ledger], None]"
    keywords: tuple[str, ...]


class Told(NamedTuple):
    """What one list of a sentence told: the measure, the kind of its values, and the loans in their order."""

    sentence: Sentence
    key: str
    unit: Unit
    kind: str
    qualifier: Qualifier
    scopes: tuple[str, ...]
    start: int


class Part(NamedTuple):
    """A figure that may be of a pool, if a total proves it."""

    key: str
    unit: Unit
    scope: str
    sentence: Sentence
    term: Term


@dataclass
class Ledger:
    """What has been read so far from one filing."""

    filing: Filing
    facts: dict[tuple[str, str, Qualifier], list[Fact]] = field(default_factory=dict)
    warnings: list[Caution] = field(default_factory=list)
    claims: dict[tuple[int, int], str] = field(default_factory=dict)
    cut_off_date: date | None = None
    gross: bool = False  # a coupon of this filing is said to be before the servicing fee
    held: list["tuple[Sentence, Callable[[], None]]"] = field(default_factory=list)  # read when that is known
    parts: list[Part] = field(default_factory=list)
    orders: list[tuple[tuple[str, ...], int]] = field(default_factory=list)  # of pools in lists, with their lines
    told: list[Told] = field(default_factory=list)  # in the order of reading
    _dated: tuple[Sentence | None, date | None] = (None, None)  # the last answer of ``as_of``
    after_pledged: bool = False  # "such mortgage loans" mean those with pledged collateral, until the list ends

    def claim(self, kind: str, text: Traced, start: int, end: int) -> tuple[int, int]:
        """Explain the numbers that stand there. A fact outranks any other explanation of the same place."""
        place = text.span(start, end)
        if self.claims.get(place) != "fact":
            self.claims[place] = kind
        return place

    def warn(self, code: str, message: str, text: Traced, position: int = 0, *, key: str = "", scope: str = "") -> None:
        line = self.filing.line(text.span(position, position + 1)[0]) if text.text else 0
        self.warnings.append(Caution(code=code, message=message, line=line, key=key, scope=scope))

    def enter(
        self,
        key: str,
        scope: str,
        value: Value,
        unit: Unit,
        text: Traced,
        start: int,
        end: int,
        *,
        qualifier: Qualifier = Qualifier.EXACT,
        as_of: date | None = None,
    ) -> None:
        """Enter what stands at ``text[start:end]``; a contradiction is kept, and warned of.

        What cannot be such a value is not entered: see ``plausible``.
        """
        if doubt := implausible(key, value, unit):
            self.warn("implausible", f"{key} of {scope}: {text.text[start:end]!r} {doubt}; not read", text, start)
            return
        char_start, char_end = self.claim("fact", text, start, end)
        place = Provenance(
            raw=self.filing.source[char_start:char_end],
            line=self.filing.line(char_start),
            char_start=char_start,
            char_end=char_end,
            sentence=_line_or_sentence(text, start),
        )
        fact = Fact(key=key, scope=scope, value=value, unit=unit, qualifier=qualifier, as_of=as_of, provenance=place)
        others = self.facts.setdefault(fact.identity, [])
        if any(other.value == value for other in others):
            return
        for other in others:
            self.warn(
                "contradiction",
                f"{key} of {scope} is {other.provenance.raw!r} on line {other.provenance.line}"
                f" and {place.raw!r} on line {place.line}",
                text,
                start,
                key=key,
                scope=scope,
            )
        others.append(fact)

    def text_fact(self, key: str, text: Traced, start: int, end: int, value: str | None = None) -> None:
        """A name or phrase; ``value`` where it is not simply the words, blanks made single."""
        words = re.sub(r"\s+", " ", text.text[start:end]) if value is None else value
        self.enter(key, "filing", words, Unit.TEXT, text, start, end)

    def as_of(self, sentence: Sentence) -> date | None:
        """The date as of which the sentence speaks; its tokens are explained."""
        if sentence is self._dated[0]:
            return self._dated[1]
        found: date | None = None
        for match in _AS_OF.finditer(sentence.text) if "as of" in sentence.words else ():
            if match["date"]:
                try:
                    found = parse_date(match["date"])
                except ValueError:
                    continue
                self.claim("as_of", sentence.traced, *match.span("date"))
            else:
                found = self.cut_off_date
        if "as of that date" in sentence.words and (that := _AS_OF_THAT.search(sentence.text)):
            with suppress(ValueError):
                found = parse_date(that["date"])
        self._dated = (sentence, found)
        return found

    def told_in(self, sentence: Sentence) -> list[Told]:
        """What was read from that sentence, one of the last two."""
        recent = takewhile(lambda one: one.sentence in (sentence, self.told[-1].sentence), reversed(self.told))
        return [one for one in recent if one.sentence is sentence][::-1]

    def pair(
        self,
        key: str,
        unit: Unit,
        sentence: Sentence,
        loans: Loans | None,
        terms: Sequence[Term],
        *,
        qualifier: Qualifier = Qualifier.EXACT,
        broadcast: bool = False,
        within: str = "",
    ) -> bool:
        """Pair groups of loans with values by their order; True if facts were entered.

        One value holds for several groups only where the sentence says something of each of them (``broadcast``).
        ``within`` names a part of each group, such as a state.
        """
        if loans is None:
            self.warn("no_scope", f"{key}: no group of loans is named for {_shown(sentence, terms)}", sentence.traced)
            return False
        if len(set(loans.scopes)) < len(loans.scopes):
            self.warn("scope_twice", f"{key}: a group of loans is named twice in one list", sentence.traced)
            return False
        values = list(terms) * len(loans.scopes) if broadcast and len(terms) == 1 else list(terms)
        if len(values) != len(loans.scopes):
            self.warn(
                "list_lengths",
                f"{key}: {len(loans.scopes)} groups of loans but {len(values)} values ({_shown(sentence, terms)});"
                " nothing was read from this list",
                sentence.traced,
                terms[0].start,
            )
            return False
        as_of = self.as_of(sentence)
        if len(order := tuple(scope for scope in loans.scopes if scope != "all")) > 1:
            self.orders.append((order, self.filing.line(sentence.traced.span(loans.start, loans.end)[0])))
        self.told.append(Told(sentence, key, unit, terms[0].kind, qualifier, loans.scopes, terms[0].start))
        for scope, term in zip(loans.scopes, values, strict=True):
            self.enter(
                key,
                f"{scope}:{within}" if within else scope,
                term.value,
                unit,
                sentence.traced,
                term.start,
                term.end,
                qualifier=Qualifier.NONE if term.kind == "none" else qualifier,
                as_of=as_of,
            )
        return True


def _line_or_sentence(text: Traced, position: int) -> str:
    """The sentence, if the text is one; the line where text still has lines (cover, signature page)."""
    if "\n" not in text.text:
        return text.text
    start = text.text.rfind("\n", 0, position) + 1
    end = text.text.find("\n", position)
    return re.sub(r"\s+", " ", text.text[start : end if end >= 0 else None]).strip()


def _shown(sentence: Sentence, terms: Sequence[Term]) -> str:
    return ", ".join(sentence.text[term.start : term.end] for term in terms)


def is_whole(value: Decimal | date) -> bool:
    """True for a count: a number printed without places."""
    return isinstance(value, Decimal) and value == value.to_integral_value() and "." not in format(value, "f")
