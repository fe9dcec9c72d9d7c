"""Balances and numbers of loans that stand beside the names of the pools, and that add up to those of all loans.

"Group 1 ($310,225,118.40) and Group 2 ($122,480,655.03)": no word says what the dollars are, but their sum to the cent
does. Where it does not tie, nothing is read.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from .facts import Fact, Qualifier, Unit
from .grammar import Sentence, Term
from .ledger import Finder, Ledger, Part, is_whole
from .mentions import Loans
from .transfer import BALANCE

_LOANS = re.compile(r"\s(?:[a-z-]+,?\s){0,2}(?:mortgage\s)?loans?\b", re.I)
_CENTS = -2


def read_parts(sentence: Sentence, ledger: Ledger) -> None:
    """Dollars and cents, and numbers of loans, that stand in turn with the pools that they may be of."""
    if "respectively" in sentence.words:  # lists pair by their order
        return
    pools = [loans for loans in sentence.loans if len(loans.scopes) == 1 and loans.scopes[0].count(":") == 1]
    if not pools or len({loans.scopes for loans in pools}) < len(pools):
        return
    for key, unit, terms in (
        (BALANCE, Unit.USD, [t for t in sentence.terms if t.kind == "money" and _places(t) == _CENTS]),
        ("loan_count", Unit.LOANS, [
            t for t in sentence.terms
            if t.kind == "number" and is_whole(t.value) and _counts_loans(sentence, t)
        ]),
    ):  # fmt: skip
        if len(terms) == len(pools) and _in_turn(pools, terms):
            for loans, term in zip(pools, terms, strict=True):
                ledger.parts.append(Part(key, unit, loans.scopes[0], sentence, term))


def _counts_loans(sentence: Sentence, term: Term) -> bool:
    loans = _LOANS.match(sentence.text, term.after)
    return loans is not None and not any(
        term.after <= one.start < loans.end() and not one.bare for one in sentence.loans
    )


def _places(term: Term) -> int:
    return int(term.value.as_tuple().exponent) if isinstance(term.value, Decimal) else 0


def _in_turn(pools: Sequence[Loans], terms: Sequence[Term]) -> bool:
    pairs = list(zip(pools, terms, strict=True))
    named_first = [place for loans, term in pairs for place in (loans.start, term.start)]
    valued_first = [place for loans, term in pairs for place in (term.start, loans.start)]
    return named_first == sorted(named_first) or valued_first == sorted(valued_first)


def read_proved(ledger: Ledger, pools: Sequence[str]) -> None:
    """Enter the parts, one for each pool, where they add up to what is stated of all loans.

    The parts of one sentence are tried by themselves, then those of all sentences together.
    """
    for key in dict.fromkeys(part.key for part in ledger.parts):
        whole = ledger.facts.get((key, "all", Qualifier.EXACT)) or []
        every = [part for part in ledger.parts if part.key == key]
        sentences = [list(parts) for _, parts in groupby(every, key=lambda part: id(part.sentence))]
        for parts in [*sentences, every] if len(whole) == 1 else []:
            scopes = {part.scope for part in parts}
            total = sum(part.term.value for part in parts if isinstance(part.term.value, Decimal))
            if 1 < len(scopes) == len(parts) and scopes >= set(pools) and total == whole[0].number:
                for part in parts:
                    _enter(ledger, part, whole[0])
                break


def _enter(ledger: Ledger, part: Part, whole: Fact) -> None:
    if (part.key, part.scope, Qualifier.EXACT) not in ledger.facts:
        term, text = part.term, part.sentence.traced
        ledger.enter(part.key, part.scope, term.value, part.unit, text, term.start, term.end, as_of=whole.as_of)


FINDERS = (Finder(read_parts, ("pool", "group")),)
