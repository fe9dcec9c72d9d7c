"""Which list of values goes with which list of loans."""

import re
from collections.abc import Sequence

from .facts import Qualifier, Unit
from .grammar import Loans, Sentence, Term
from .ledger import Ledger

_SUCH = re.compile(r"\bsuch\s(?:pool|group|mortgage|loans)", re.I)
_DIRECTLY = re.compile(
    r",?\s?(?:respectively,?\s)?(?:of|for|in\sthe\scase\sof)\s(?:(?:each|all|both)\sof\s)?(?:the\s|such\s)?\Z", re.I
)

_ONLY_SOME = re.compile(
    r"\bloans?,?\s(?:that|which|whose|having|with|for\swhich|secured|originated|located|underwritten|insured|made|in)\s",
    re.I,
)
"""Words that narrow a pool down to some of its loans."""


def is_pledged(sentence: Sentence, ledger: Ledger) -> bool:
    return ledger.after_pledged and _SUCH.search(sentence.text) is not None


def definite(lists: Sequence[Loans], *, bare: bool = False) -> Loans | None:
    """The longest list that names a pool or says "all"; a bare "mortgage loans" only where nothing better stands."""
    named = [loans for loans in lists if not loans.bare]
    if named:
        return max(named, key=lambda loans: len(loans.scopes))
    return lists[0] if bare and lists else None


def loans_after(sentence: Sentence, terms: Sequence[Term]) -> Loans | None:
    """The groups of loans that directly follow a list of values: "5% of the pool I mortgage loans"."""
    following = (loans for loans in sentence.loans if loans.start >= terms[-1].after)
    return next((one for one in following if _DIRECTLY.match(sentence.text[terms[-1].after : one.start])), None)


def pair_directly(
    sentence: Sentence,
    ledger: Ledger,
    key: str,
    unit: Unit,
    lists: Sequence[Sequence[Term]],
    default: Qualifier | None = None,
) -> bool:
    """ "5% of the pool I mortgage loans and 8% of the pool II mortgage loans": each list with the loans after it."""
    stated = (*lists, *sentence.lists("none"))
    pairs = [(terms, loans) for terms in stated if (loans := loans_after(sentence, terms))]
    if len(lists) > sum(terms[0].kind != "none" or len(terms) > 1 for terms, _ in pairs):
        return False
    bound: Qualifier | None = None
    for terms, loans in pairs:
        bound = sentence.qualifier(terms[0].start) or bound
        qualifier = (bound or Qualifier.EXACT) if default else Qualifier.EXACT
        ledger.pair(key, unit, sentence, loans, terms, qualifier=qualifier)
    return True


def pair_measure(
    sentence: Sentence, ledger: Ledger, key: str, unit: Unit, position: int, lists: Sequence[Sequence[Term]]
) -> None:
    """A measure whose name comes first: loans named between it and the values, else those named before it."""
    if pair_directly(sentence, ledger, key, unit, lists):
        return
    terms = lists[0]
    if len(lists) > 1:
        shown = ", ".join(sentence.text[found[0].start : found[-1].end] for found in lists)
        ledger.warn(
            "several_lists", f"{key}: {shown}: which of them is meant is not clear", sentence.traced, terms[0].start
        )
        return
    if only := _ONLY_SOME.search(sentence.text, position, terms[0].start):
        ledger.warn(
            "only_some", f"{key}: it is of loans {only[0]!r}, not of a whole pool", sentence.traced, only.start()
        )
        return
    between = [loans for loans in sentence.loans if position <= loans.end and loans.end <= terms[0].start]
    before = [loans for loans in sentence.loans if loans.end <= position]
    ledger.pair(key, unit, sentence, definite(between, bare=True) or definite(before[::-1], bare=True), terms)


def pair_shares(
    sentence: Sentence, ledger: Ledger, key: str, unit: Unit, kind: str, loans: Loans | None, default: Qualifier
) -> None:
    """A bound that comes first: "At least 53%, 31% and 45%, respectively, of the ... loans"."""
    lists = list(sentence.lists(kind))
    if not lists:
        return
    if pair_directly(sentence, ledger, key, unit, lists, default):
        return
    qualifier = sentence.qualifier(lists[0][0].start) or Qualifier.EXACT
    ledger.pair(key, unit, sentence, loans, lists[0], qualifier=qualifier)
