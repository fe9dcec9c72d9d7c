"""Figures whose measure is named in the words before: "of all mortgage loans, 5.1%", "after deduction they are ...".

Such figures are taken only where their number, their order and their kinds are those of the figures that they follow.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from .facts import Unit
from .grammar import Sentence, Term
from .ledger import Finder, Ledger
from .mentions import Loans
from .pairing import definite, loans_after
from .pools import COUPON, NET_RATE

_AND_OF = re.compile(r"(?:and\s)?(?:of|for|in)\s(?:the\s)?\Z", re.I)
_END = re.compile(r"[.;]?\Z")
_AFTER_FEE = re.compile(
    r"\bafter\s(?:the\s(?:servicing\s)?fee(?:\sis\sdeducted)?|deduction(?:\sof\sthe\s(?:servicing\s)?fee)?),?\s"
    r"(?:they|the(?:se|y)?\srates|those\srates|the\s(?:rates|figures))\s(?:are|were|fall\sto|fell\sto|become)\s\Z",
    re.I,
)
_THE_SAME = re.compile(r"\b(?:against|compared\s(?:with|to)|corresponding|respective\sfigures|same\sfigures)\b", re.I)


def read_one_more(sentence: Sentence, ledger: Ledger) -> None:
    """ "...; of all mortgage loans, 5.1%": one more group of loans with the measure of the words before."""
    before = sentence.before
    if not sentence.continues or before is None or len(sentence.terms) != 1 or len(sentence.loans) != 1:
        return
    (term,), (loans,) = sentence.terms, sentence.loans
    told = ledger.told_in(before)
    plain = _AND_OF.match(sentence.text, 0, loans.start) and sentence.text[loans.end : term.start].strip(", ") == ""
    if plain and _END.match(sentence.text, term.after) and len({one.key for one in told}) == 1:
        one = told[0]
        if one.kind == term.kind and not any(set(other.scopes) & set(loans.scopes) for other in told):
            ledger.pair(one.key, one.unit, sentence, loans, [term], qualifier=one.qualifier)


def read_after_fee(sentence: Sentence, ledger: Ledger) -> None:
    """ "After deduction of the servicing fee they are 5.7% and 5.2%": of the loans whose rates stand just before."""
    lists = [terms for terms in sentence.lists("percent") if _AFTER_FEE.search(sentence.text, 0, terms[0].start)]
    told = [one for one in ledger.told_in(sentence.before) if one.key == COUPON] if sentence.before else []
    scopes = tuple(scope for one in told for scope in one.scopes)
    if len(lists) == 1 and len(set(scopes)) == len(scopes) == len(lists[0]):
        ledger.pair(NET_RATE, Unit.PERCENT, sentence, Loans(scopes, False, 0, 0), lists[0])


def read_the_same(sentence: Sentence, ledger: Ledger) -> None:
    """ "..., against $217,220,615, 6.161% and 356.66 months for the pool I premium loans": each measure once more."""
    same = _THE_SAME.search(sentence.text)
    if not same:
        return
    terms = [term for term in sentence.terms if term.start >= same.end()]
    here = [one for one in ledger.told_in(sentence) if one.start < same.start()]
    told = here or (ledger.told_in(sentence.before) if sentence.before else [])
    loans = _of(sentence, same, terms)
    last = [one for one in sorted(told, key=lambda one: one.start) if told and one.scopes == told[-1].scopes]
    if loans is None or len(loans.scopes) != 1 or len(last) < 2 or not _one_list(sentence, terms):
        return
    if [one.kind for one in last] == [term.kind for term in terms] and loans.scopes != last[0].scopes:
        for one, term in zip(last, terms, strict=True):
            ledger.pair(one.key, one.unit, sentence, loans, [term], qualifier=one.qualifier)


def _of(sentence: Sentence, same: re.Match[str], terms: Sequence[Term]) -> Loans | None:
    """The loans of the figures: right behind them, else the ones that are named around the words."""
    if not terms:
        return None
    first = max(0, sentence.text.rfind(", ", 0, same.start())) if same[0].lower() == "against" else 0
    named = [loans for loans in sentence.loans if first <= loans.start and loans.end <= terms[0].start]
    return loans_after(sentence, terms) or (definite(named) if len(named) == 1 else None)


def _one_list(sentence: Sentence, terms: Sequence[Term]) -> bool:
    between = (sentence.text[one.after : two.start].strip() for one, two in pairwise(terms))
    return all(link in (",", "and", ", and") for link in between)


FINDERS = (
    Finder(read_one_more, ("of ", "for ", "in ")),
    Finder(read_after_fee, ("after ",)),
    Finder(read_the_same, ("against", "compared", "corresponding", "figures")),
)
