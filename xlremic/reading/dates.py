"""Facts of when the loans were made and when they mature: the first and the last day of each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .facts import Qualifier, Unit
from .grammar import Sentence, Term
from .ledger import Finder, Ledger
from .mentions import Loans
from .pairing import RIVALS, definite, last_before, loans_after

EARLIEST, LATEST, MATURES = "earliest_origination_date", "latest_origination_date", "latest_maturity_date"
_USUAL = {EARLIEST: Qualifier.NOT_BEFORE, LATEST: Qualifier.NOT_AFTER, MATURES: Qualifier.NO_LATER_THAN}
_DATE_LIMITS = (
    (
        EARLIEST,
        "originated",
        re.compile(r"(?P<no>\b(?:no|not)\s)?\b(?:prior\sto|(?<!months\s)(?<!days\s)before|earlier\sthan)\s\Z", re.I),
    ),
    (LATEST, "originated", re.compile(r"(?P<no>\b(?:no|not)\s)?\b(?:after|later\sthan|subsequent\sto)\s\Z", re.I)),
    (MATURES, "matur", re.compile(r"(?P<no>\b(?:no|not)\s)?\b(?:later\sthan|after|beyond|subsequent\sto)\s\Z", re.I)),
)
_DATED = re.compile(r"\b(originated|matur)", re.I)
_LATEST_MATURITY = re.compile(r"\blatest\s(?:scheduled\s)?maturit(?:y|ies)(?:\sdates?)?\b", re.I)
_NONE = re.compile(r"\b(?:no|none|not|neither)\b", re.I)
_EXTREME = re.compile(
    r"\b(?:(?P<first>earliest|oldest|first)|(?P<last>latest|newest|youngest|most\srecent|last))\b(?!\s(?:lien|deed|of\s\w+\smonth))",
    re.I,
)
_TOPIC = re.compile(r"\b(?:(?P<made>originat(?:ed|ions?)|made(?=\s(?:on|in)\b))|(?P<matures>matur))", re.I)
_OTHER = re.compile(r"\b(?:payments?|distributions?|adjust\w*|due|prospectus|reset|cut-?off|installments?)\b", re.I)
_EXTREME_BEHIND = re.compile(r"\s(?:(?:is|was)\s)?the\s(?=earliest|latest|first|last)", re.I)
_CARRIES_ON = re.compile(r",?\s(?:and\s)?(?:of|for|in)\s", re.I)
_NEAR = 45
"""Characters, loans left out, between "the earliest" and the word that says of what."""


def read_dates(sentence: Sentence, ledger: Ledger) -> None:
    """ "None ... were originated prior to ..., or after ..."; "The earliest date of origination ... is ..."."""
    none = _NONE.search(sentence.text)
    said: _Extreme | None = None
    before = 0
    for dates in sentence.lists("date"):
        if not _read_limit(sentence, ledger, dates, none is not None):
            said = _latest_maturity(sentence, dates, before) or _extreme(sentence, dates, before, said)
            if said and said.loans:
                ledger.pair(said.key, Unit.DATE, sentence, said.loans, dates, qualifier=_USUAL[said.key])
        before = dates[-1].after


def _latest_maturity(sentence: Sentence, dates: Sequence[Term], before: int) -> "_Extreme | None":
    start = dates[0].start
    latest = _LATEST_MATURITY.search(sentence.text, before, start)
    if not latest or RIVALS.search(sentence.text, latest.end(), start):
        return None
    between = [loans for loans in sentence.loans if latest.end() <= loans.start and loans.end <= start]
    return _Extreme(MATURES, definite(between, bare=True) or last_before(sentence, start))


def _read_limit(sentence: Sentence, ledger: Ledger, dates: Sequence[Term], none: bool) -> bool:
    start = dates[0].start
    verb = next(reversed(list(_DATED.finditer(sentence.text, 0, start))), None)
    if verb is None:
        return False
    for key, word, limit in _DATE_LIMITS:
        found = limit.search(sentence.text, verb.end(), start) if verb[1].lower() == word else None
        if found and (found["no"] or none):
            loans = last_before(sentence, start)
            ledger.pair(key, Unit.DATE, sentence, loans, dates, qualifier=_USUAL[key], broadcast=True)
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Extreme:
    """What a date is the first or the last of."""

    key: str
    loans: Loans | None


def _extreme(sentence: Sentence, dates: Sequence[Term], before: int, said: _Extreme | None) -> _Extreme | None:
    """Of "the earliest" and "the latest" the one that stands with the date, and with a word of making or maturing."""
    text, start, after = sentence.text, dates[0].start, dates[-1].after
    if len(dates) == 1 and (behind := _EXTREME_BEHIND.match(text, after)):
        extreme, topic = _EXTREME.match(text, behind.end()), _TOPIC.search(text, behind.end())
        named = [loans for loans in sentence.loans if topic and loans.start >= topic.start()]
        loans = definite(named[:1], bare=True) or (said.loans if said else sentence.implied)
        return _Extreme(key, loans) if (key := _key(sentence, extreme, topic)) else None
    extremes = list(_EXTREME.finditer(text, before, start))
    slot = [loans for loans in sentence.loans if before <= loans.start and loans.end <= start]
    own = loans_after(sentence, dates) or definite(slot[-1:], bare=True)
    if len({loans.scopes for loans in slot}) > 1:
        return None
    if not extremes and said and own and _CARRIES_ON.match(text, before) and not _OTHER.search(text, before, start):
        return replace(said, loans=own)
    if len(extremes) != 1:
        return None
    topic = next(reversed(list(_TOPIC.finditer(text, before, start))), None)
    loans = own or (said.loans if said else last_before(sentence, start))
    if topic is None and said and said.key in (EARLIEST, LATEST):  # "... was made on ... and the last on ..."
        return _Extreme(LATEST if extremes[0]["last"] else EARLIEST, loans)
    return _Extreme(key, loans) if (key := _key(sentence, extremes[0], topic)) else None


def _key(sentence: Sentence, extreme: re.Match[str] | None, topic: re.Match[str] | None) -> str:
    if extreme is None or topic is None:
        return ""
    low, high = sorted((extreme.span(), topic.span()))
    between = sentence.text[low[1] : high[0]]
    for loans in sentence.loans:
        if low[1] <= loans.start and loans.end <= high[0]:
            between = between.replace(sentence.text[loans.start : loans.end], "")
    if len(between) > _NEAR or _OTHER.search(between) or _OTHER.search(sentence.text, high[1]):
        return ""
    if topic["matures"]:
        return MATURES if extreme["last"] else ""
    return LATEST if extreme["last"] else EARLIEST


FINDERS = (Finder(read_dates, ("originat", "matur", " made ")),)
