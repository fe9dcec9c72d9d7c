"""Facts of where the homes are: how much stands in any one zip code, and which share in which state."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from .facts import Qualifier, Unit
from .grammar import Sentence, Term
from .ledger import Finder, Ledger
from .mentions import Loans
from .pairing import definite, last_before, loans_after

BY_NUMBER = re.compile(r"\bby\s(?:number|count|loan\scount)\b", re.I)
"""Of a share of the loans, not of their balance."""
STATES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana"
    "|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska"
    "|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania"
    "|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin"
    "|Wyoming|District of Columbia|Puerto Rico"
)
_ZIP_CODE = re.compile(
    r"\b(?:any\s(?P<one>one|single|\d+)|(?P<no>no)(?:\s(?:one|single))?)\s(?:postal\s|five-digit\s)?zip\scodes?\b", re.I
)
_ZIP_KEYS = (("money", "max_zip_code_balance", Unit.USD), ("percent", "max_zip_code_percent", Unit.PERCENT))
_LARGEST = re.compile(r"\b(?:largest|greatest|highest|maximum)\b", re.I)
_OVER = (Qualifier.GREATER_THAN, Qualifier.IN_EXCESS_OF)
_OF_A_KIND = re.compile(r"\b(?:second|vacation|investment|primary\sresid|cooperative|refinanc|buy-?down)", re.I)
_LIST_MARK = re.compile(r"\)?,?\s?(?:(?:and|or|nor)\s)?(?:(?:no|not)\smore\sthan\s)?\Z", re.I)
_STATE_FIRST = re.compile(
    rf"\b(?P<state>{STATES})(?:,?\s(?:accounts?\sfor|represents?|has|for|with)|,|:)?\s(?=(?:[a-z]+\s){{0,3}}\d)"
)
_LOCATED = re.compile(r"\b(?:located|situated|accounts?\sfor)\b", re.I)


def read_zip_codes(sentence: Sentence, ledger: Ledger) -> None:
    """ "No more than $... of the pool I mortgage loans ... are secured by properties located in any one zip code"."""
    match = _ZIP_CODE.search(sentence.text)
    if not match:
        return
    start, end = match.span()
    for kind, key, unit in _ZIP_KEYS:
        runs = list(_runs(sentence, sentence.lists(kind)))
        before = [run for run in runs if run[-1][-1].after <= start][-1:]
        after = [run for run in runs if run[0][0].start >= end][:1]
        for run in before or after:
            bound = sentence.bound(run[0])
            if match["no"]:  # "in no zip code are more than $..."
                most = bool(after) and bound in _OVER
            else:
                largest = after and bound is None and _LARGEST.search(sentence.text, 0, start)
                most = bound is Qualifier.NO_MORE_THAN or bool(largest)
            if most and not _OF_A_KIND.search(sentence.text, run[0][0].start, max(start, run[-1][-1].after)):
                _pair_run(sentence, ledger, key, unit, run)
    place = match.span("one" if match["one"] else "no")
    ledger.enter("zip_code_concentration_basis", "all", Decimal(1), Unit.ZIP_CODES, sentence.traced, *place)


def _runs(sentence: Sentence, lists: Sequence[Sequence[Term]]) -> Iterator[list[Sequence[Term]]]:
    """Lists that stand in one list: "$1 of the pool I loans, $2 of the pool II loans and $3 of all"."""
    run: list[Sequence[Term]] = []
    for terms in lists:
        owner = loans_after(sentence, run[-1]) if run else None
        if run and not (owner and _LIST_MARK.match(sentence.text, owner.end, terms[0].start)):
            yield run
            run = []
        run.append(terms)
    if run:
        yield run


def _pair_run(sentence: Sentence, ledger: Ledger, key: str, unit: Unit, run: Sequence[Sequence[Term]]) -> None:
    owners = [loans_after(sentence, terms) for terms in run]
    if len(run) == 1 and owners[0] is None:
        behind = [loans for loans in sentence.loans if loans.start >= run[0][-1].after]
        owners = [last_before(sentence, run[0][0].start) or definite(behind, bare=True)]
    if all(owners):
        for owner, terms in zip(owners, run, strict=True):
            ledger.pair(key, unit, sentence, owner, terms, qualifier=Qualifier.NO_MORE_THAN)


def read_states(sentence: Sentence, ledger: Ledger) -> None:
    """ "California accounts for 41% of pool I and 38% of pool II, New York for 17% and 22%"."""
    named = list(_STATE_FIRST.finditer(sentence.text))
    if not named or not _LOCATED.search(sentence.text) or BY_NUMBER.search(sentence.text):
        return
    scopes: tuple[str, ...] = ()
    ends = [*(match.start() for match in named[1:]), len(sentence.text)]
    for match, end in zip(named, ends, strict=True):
        lists = [terms for terms in sentence.lists("percent") if match.end() <= terms[0].start < end]
        owners = [owner for terms in lists if (owner := loans_after(sentence, terms))]
        if not lists or lists[0][0].start - match.end() > len("not more than "):
            return
        if len(owners) == len(lists):
            pairs = list(zip(owners, lists, strict=True))
        elif len(lists) == 1 and not owners:
            every = not sentence.pools and not sentence.loans and "mortgaged properties" in sentence.words
            scopes = scopes or (("all",) if every else ())
            owner = Loans(scopes, False, 0, 0) if scopes else last_before(sentence, named[0].start())
            pairs = [(owner, lists[0])] if owner else []
        else:
            return
        scopes = tuple(scope for owner, _ in pairs for scope in owner.scopes)
        state = match["state"]
        for owner, terms in pairs:
            bound = sentence.bound(terms) or Qualifier.EXACT
            ledger.pair("state_percent", Unit.PERCENT, sentence, owner, terms, qualifier=bound, within=state)


FINDERS = (
    Finder(read_zip_codes, ("zip code",)),
    Finder(read_states, ("located", "situated", "accounts for", "account for")),
)
