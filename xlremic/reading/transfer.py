"""Facts of the transfer: who conveyed which loans when, their balances, the delivery, the clean-up call."""

import re
from collections.abc import Sequence

from .facts import Qualifier, Unit
from .grammar import DATE, Sentence, Term, parse_date
from .ledger import Finder, Ledger
from .mentions import Loans
from .pairing import (
    ONLY_SOME,
    RIVALS,
    definite,
    is_narrowed,
    is_pledged,
    last_before,
    loans_after,
    pair_directly,
    values_first,
)

BALANCE = "aggregate_scheduled_principal_balance"
BALANCE_TERM = r"(?:scheduled\sprincipal\sbalances?|adjusted\sbalances?)"
OPENING = re.compile(
    rf"\bOn\s+(?P<date>{DATE}),?\s+(?P<issuer>[A-Z][^()<]{{2,90}}?),?\s*(?:\([^)]{{1,30}}\)\s*)?"
    r"(?:will\s+transfer|(?:has\s+)?transferred|will\s+sell|sold|conveyed)\s+to\s+the\s+Trustee"
    r"(?:,\s+(?P<trustee>[A-Z].{2,80}?),)?\s+(?:the\s+|certain\s+)?(?=(?:\d[\d,]*\s+)?(?:adjustable\s+rate\s+)?mortgage\s+loans)",
    re.I | re.S,
)
_TRANSFER = re.compile(r"\b(?:will\s)?(?:transfer(?:red)?|sell|sold|assign(?:ed)?|convey(?:ed)?)\b.*\bTrustee\b", re.I)
_CONVEYED = re.compile(
    r"\bto\sthe\sTrustee\b|\b(?:transferred|sold|assigned|conveyed)\s(?:[a-z]+\s){0,2}mortgage\sloans\b", re.I
)
_SO_MANY = re.compile(r"(?<![\d$,.-])(?P<count>\d[\d,]*)\s(?:[a-z-]+,?\s){0,4}mortgage\sloans\b", re.I)
_ON_DAY = re.compile(rf"\bon\s(?P<date>{DATE})", re.I)
_TO = re.compile(
    r"\bto\s(?:the\s[Tt]rustee,\s(?P<trustee>[A-Z].{2,80}?),\s(?=on\b|the\b|certain\b|mortgage\b|a\b|all\b|\d)"
    r"|(?P<named>[A-Z][^();$]{2,80}?),?\sas\s[Tt]rustee\b)"
)
_DUE = re.compile(rf"due\son\sor\sbefore\s(?P<date>{DATE})", re.I)
_BALANCE = re.compile(rf"\b(?:aggregate\s)?(?:outstanding\s)?(?:aggregate\s)?(?P<term>{BALANCE_TERM})\b", re.I)
_PART_OF = re.compile(
    r"(?:%|\b(?:percent|per\scent|percentages?|portions?|shares?|half|excess|basis))\sof\s(?:the\s)?\Z", re.I
)
_PART_WITH = re.compile(r"\b(?:with|having)\s(?:an?\s)?\Z", re.I)
_CONSISTS = re.compile(r"\b(?:consists?\sof|comprises?|contains?|includes?)\s", re.I)
_OTHER_BALANCE = re.compile(
    r"\brepurchased?\b|\bbuy\sback\b|\bzip\scode|loan-to-value|\binitial\b|\baverage\s(?:outstanding|scheduled)"
)
"""In lower case."""
TO_TRUSTEE = re.compile(r"\bto\sthe\sTrustee,?\s(?:[A-Z][^.;$]{2,80},\s)?\Z", re.I)
_CALL = re.compile(r"\brepurchase\s(?:all\b|the\smortgage\sloans)|\bbe\srepurchased\b|\bbuy\sback\b", re.I)
_BELOW_WHICH = re.compile(r"\sis\sthe\s(?:\w+\s){0,4}below\swhich\b", re.I)
_IN_BRACKETS = re.compile(r"\s\((?P<count>\d[\d,]*)\s(?:mortgage\s)?loans?[;,]\s(?P<money>\$[\d,]+\.\d\d)\)", re.I)
_OF_WHICH = re.compile(r"\b(?:of\swhich|consisting\sof|comprising)\b", re.I)
_REGULAR = re.compile(r"\bevidenc(?:e|es|ing)\s(?P<percent>\S+?)\sof\sthe\sregular\sinterests\b", re.I)
_AUTHENTICATED = re.compile(r"\bauthenticated\sby\sthe\s(?P<party>[A-Za-z ]{3,40}?)(?=,|\.|\sand\b)", re.I)
_PAYING_AGENT = re.compile(r"\bmade\sby\s(?P<agent>[A-Z][^()]{2,80}?),?\sas\spaying\sagent\b", re.I)


def read_opening(sentence: Sentence, ledger: Ledger) -> None:
    """ "On <closing date> <issuer> transferred to the Trustee mortgage loans with an aggregate ... of $..."."""
    match = OPENING.search(sentence.text)
    if not match:
        return
    text = sentence.traced
    try:
        closing = parse_date(match["date"])
    except ValueError:
        ledger.warn(
            "no_such_date", f"closing_date: there is no such day as {match['date']!r}", text, match.start("date")
        )
    else:
        ledger.enter("closing_date", "filing", closing, Unit.DATE, text, *match.span("date"))
    if match["trustee"]:
        ledger.text_fact("trustee", text, *match.span("trustee"))
    if term := re.search(BALANCE_TERM, sentence.text, re.I):
        ledger.text_fact("balance_term", text, *term.span(), value=term[0].removesuffix("s"))
    _enter_cut_off(sentence, ledger)


def read_transfer(sentence: Sentence, ledger: Ledger) -> None:
    """The transfer in any order of words: the one day that it was made on, the Trustee, the cut-off date."""
    text = sentence.traced
    if ("closing_date", "filing", Qualifier.EXACT) in ledger.facts or not _TRANSFER.search(sentence.text):
        return
    if "mortgage loans" not in sentence.words:
        return
    days = list(_ON_DAY.finditer(sentence.text))
    if len({match["date"] for match in days}) != 1:
        return
    try:
        closing = parse_date(days[0]["date"])
    except ValueError:
        return
    ledger.enter("closing_date", "filing", closing, Unit.DATE, text, *days[0].span("date"))
    if trustee := _TO.search(sentence.text):
        ledger.text_fact("trustee", text, *trustee.span("trustee" if trustee["trustee"] else "named"))
    if term := re.search(BALANCE_TERM, sentence.text, re.I):
        ledger.text_fact("balance_term", text, *term.span(), value=term[0].removesuffix("s"))
    _enter_cut_off(sentence, ledger)
    counts = [term for match in _SO_MANY.finditer(sentence.text) for term in sentence.terms
              if term.start == match.start() and term.kind == "number"]  # fmt: skip
    if len(counts) == 1 and all(loans.bare for loans in sentence.loans):
        (count,) = counts
        ledger.enter("loan_count", "all", count.value, Unit.LOANS, text, count.start, count.end)


def _enter_cut_off(sentence: Sentence, ledger: Ledger) -> None:
    """The day as of which the balance of all loans is stated first."""
    as_of = ledger.as_of(sentence)
    place = re.search(rf"\bas\sof\s({DATE})", sentence.text, re.I) or re.search(
        rf"\b({DATE})[^;.]{{0,200}}\bas\sof\sthat\sdate\b", sentence.text, re.I
    )
    if as_of and place and ledger.cut_off_date is None:
        ledger.cut_off_date = as_of
        claimed = ledger.claims.get(sentence.traced.span(*place.span(1)))
        ledger.enter("cut_off_date", "filing", as_of, Unit.DATE, sentence.traced, *place.span(1))
        ledger.claims[sentence.traced.span(*place.span(1))] = claimed or "as_of"


def read_balances(sentence: Sentence, ledger: Ledger) -> None:
    """Aggregate balances of all loans, of a pool where it is defined, and of discount and premium loans."""
    text = sentence.text
    if is_pledged(sentence, ledger) or _OTHER_BALANCE.search(sentence.words):
        return
    for terms in sentence.lists("money"):
        if loans := in_brackets(sentence, terms):
            ledger.pair(BALANCE, Unit.USD, sentence, loans, terms)
    nouns = [match for match in _BALANCE.finditer(text) if not _PART_OF.search(text, 0, match.start())]
    lists = list(sentence.lists("money"))
    for k, noun in enumerate(nouns):
        until = nouns[k + 1].start() if k + 1 < len(nouns) else len(text)
        after = [terms for terms in lists if noun.end() <= terms[0].start < until]
        first = values_first(sentence, "money", noun.span())
        if first and loans_first(sentence, noun.end()):
            _enter(sentence, ledger, loans_first(sentence, noun.end()), first, noun.span())
        elif after and not sentence.bound(after[0]) and not RIVALS.search(text, noun.end(), after[0][0].start):
            if loans_after(sentence, after[0]) and pair_directly(sentence, ledger, BALANCE, Unit.USD, after):
                continue
            _enter(sentence, ledger, _owner(sentence, noun.span(), after[0]), after[0], noun.span())
            _enter_parts(sentence, ledger, after)


def in_brackets(sentence: Sentence, terms: Sequence[Term]) -> Loans | None:
    """The loans of a figure in "the pool I mortgage loans (14 loans; $5,821,261.85)"."""
    for loans in sentence.loans:
        match = _IN_BRACKETS.match(sentence.text, loans.end)
        if (
            match
            and len(terms) == len(loans.scopes) == 1
            and terms[0].start in (match.start("count"), match.start("money"))
        ):
            return loans
    return None


def loans_first(sentence: Sentence, position: int) -> Loans | None:
    """The loans of "$... was the aggregate balance of the pool I mortgage loans": the first ones named after it."""
    return definite([loans for loans in sentence.loans if loans.start >= position][:1], bare=True)


def _owner(sentence: Sentence, noun: tuple[int, int], terms: Sequence[Term]) -> Loans | None:
    between = [loans for loans in sentence.loans if noun[1] <= loans.start and loans.end <= terms[0].start]
    loans = definite(between, bare=True)
    if loans:
        return None if is_narrowed(sentence, loans) else loans
    loans = last_before(sentence, noun[0])
    if loans is None or is_narrowed(sentence, loans):
        return None
    if loans.bare and ONLY_SOME.search(sentence.text, loans.start, noun[1]):
        return None
    opens = _CONVEYED.search(sentence.text, 0, noun[0]) or _CONSISTS.search(sentence.text, 0, noun[0])
    return None if _PART_WITH.search(sentence.text, 0, noun[0]) and not opens else loans


def _enter(
    sentence: Sentence, ledger: Ledger, loans: Loans | None, terms: Sequence[Term], noun: tuple[int, int]
) -> None:
    if loans is None:
        ledger.warn(
            "only_some", "a balance of some of the mortgage loans was not read", sentence.traced, terms[0].start
        )
        return
    if not ledger.pair(BALANCE, Unit.USD, sentence, loans, terms):
        return
    if loans.scopes == ("all",) and ledger.cut_off_date is None:
        _enter_cut_off(sentence, ledger)
    if ("balance_term", "filing", Qualifier.EXACT) not in ledger.facts and (
        term := re.compile(BALANCE_TERM, re.I).search(sentence.text, *noun)
    ):
        ledger.text_fact("balance_term", sentence.traced, *term.span(), value=term[0].removesuffix("s"))
    if due := _DUE.search(sentence.text, noun[1]) or (_DUE.search(sentence.text) if loans.scopes == ("all",) else None):
        day = parse_date(due["date"])
        for scope in loans.scopes:
            key = "principal_due_through_date"
            ledger.enter(key, scope, day, Unit.DATE, sentence.traced, *due.span("date"))


def _enter_parts(sentence: Sentence, ledger: Ledger, lists: Sequence[Sequence[Term]]) -> None:
    """ "..., of which $... are ... (the "pool A mortgage loans") and $... are ...": each with the pool named next."""
    ends = [*(terms[0].start for terms in lists[1:]), len(sentence.text)]
    if len(lists) < 2 or not _OF_WHICH.search(sentence.text, lists[0][-1].after, ends[0]):
        return
    for terms, end in zip(lists[1:], ends[1:], strict=True):
        named = [one for one in sentence.loans if terms[-1].after <= one.start < end and not one.bare]
        if len(named) == 1 and len(terms) == 1:
            ledger.pair(BALANCE, Unit.USD, sentence, named[0], terms)


def read_delivery(sentence: Sentence, ledger: Ledger) -> None:
    """What the certificates evidence, who authenticates them and who pays."""
    text = sentence.traced
    if match := _REGULAR.search(sentence.text):
        term = next((t for t in sentence.terms if t.start == match.start("percent") and t.kind == "percent"), None)
        if term:
            ledger.enter("regular_interests_percent", "all", term.value, Unit.PERCENT, text, term.start, term.end)
    if match := _AUTHENTICATED.search(sentence.text):
        ledger.text_fact("authenticating_party", text, *match.span(), value=match["party"])
    if match := _PAYING_AGENT.search(sentence.text):
        ledger.text_fact("paying_agent", text, *match.span("agent"))


def read_call(sentence: Sentence, ledger: Ledger) -> None:
    """ "CMSI may repurchase all ... if ... the aggregate scheduled principal balance ... is less than $..."."""
    if not _CALL.search(sentence.text):
        return
    for kind, key, unit in (("money", "call_threshold", Unit.USD), ("percent", "call_threshold_percent", Unit.PERCENT)):
        for terms in sentence.lists(kind):
            qualifier = sentence.qualifier(terms[0].start)
            if _BELOW_WHICH.match(sentence.text, terms[-1].after):
                qualifier = Qualifier.LESS_THAN
            if len(terms) == 1 and qualifier:
                term = terms[0]
                ledger.enter(key, "all", term.value, unit, sentence.traced, term.start, term.end, qualifier=qualifier)


FINDERS = (
    Finder(read_opening, ("trustee",)),
    Finder(read_transfer, ("trustee",)),
    Finder(read_balances, ("principal balance", "adjusted balance", "loans; $")),
    Finder(read_delivery, ("evidenc", "authenticated", "paying agent")),
    Finder(read_call, ("repurchase", "buy back")),
)
