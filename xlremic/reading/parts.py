"""Balances and numbers of loans that stand beside the names of the pools, and that add up to those of all loans.

"Group 1 ($310,225,118.40) and Group 2 ($122,480,655.03)": no word says what the dollars are, but their sum to the cent
does. Where it does not tie, nothing is read.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from .facts import Qualifier, Unit
from .grammar import Loans, Sentence, Term
from .ledger import Finder, Ledger, is_whole
from .transfer import BALANCE

_LOANS = re.compile(r"\s(?:[a-z-]+,?\s){0,2}(?:mortgage\s)?loans?\b", re.I)
_CENTS = -2


def read_parts(sentence: Sentence, ledger: Ledger) -> None:
    """Dollars and cents, and numbers of loans, that stand in turn with the pools that they may be of."""
    pools = [loans for loans in sentence.loans if len(loans.scopes) == 1 and loans.scopes[0].count(":") == 1]
    if not pools or len({loans.scopes for loans in pools}) < len(pools):
        return
    for key, unit, terms in (
        (BALANCE, Unit.USD, [t for t in sentence.terms if t.kind == "money" and _places(t) == _CENTS]),
        ("loan_count", Unit.LOANS, [
            t for t in sentence.terms
            if t.kind == "number" and is_whole(t.value) and _LOANS.match(sentence.text, t.after)
        ]),
    ):  # fmt: skip
        if len(terms) == len(pools) and _in_turn(pools, terms):
            for loans, term in zip(pools, terms, strict=True):
                ledger.parts.append((key, unit, loans.scopes[0], sentence, term))


def _places(term: Term) -> int:
    return int(term.value.as_tuple().exponent) if isinstance(term.value, Decimal) else 0


def _in_turn(pools: Sequence[Loans], terms: Sequence[Term]) -> bool:
    pairs = list(zip(pools, terms, strict=True))
    named_first = [place for loans, term in pairs for place in (loans.start, term.start)]
    valued_first = [place for loans, term in pairs for place in (term.start, loans.start)]
    return named_first == sorted(named_first) or valued_first == sorted(valued_first)


def read_proved(ledger: Ledger, pools: Sequence[str]) -> None:
    """Enter the parts, one for each pool, where they add up to what is stated of all loans."""
    for key in dict.fromkeys(key for key, *_ in ledger.parts):
        parts = {part[2]: part for part in ledger.parts if part[0] == key}
        whole = ledger.facts.get((key, "all", Qualifier.EXACT), ())
        once = len(parts) == sum(part[0] == key for part in ledger.parts)
        if not once or len(parts) < 2 or len(whole) != 1 or any(pool not in parts for pool in pools):
            continue
        if sum(Decimal(str(term.value)) for *_, term in parts.values()) == whole[0].number:
            for _, unit, scope, sentence, term in parts.values():
                as_of = whole[0].as_of
                if (key, scope, Qualifier.EXACT) not in ledger.facts:
                    ledger.enter(key, scope, term.value, unit, sentence.traced, term.start, term.end, as_of=as_of)


FINDERS = (Finder(read_parts, ("pool", "group")),)
