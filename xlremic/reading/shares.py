"""Facts of which share of the loans has what in common: occupancy, documentation, kind of home, purpose, state."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .facts import Qualifier, Unit
from .grammar import Sentence
from .ledger import Finder, Ledger
from .mentions import Loans
from .pairing import Share, definite, is_some, pair_share, shares
from .places import BY_NUMBER, STATES

_NO_PROOF = r"\b(?:not\srequire|without|waiv(?:e|es|ed|ing))\s(?:any\s)?(?:proof|verification)\sof\s"


@dataclass(frozen=True, slots=True)
class _Kind:
    """What the loans of a share have in common. ``first`` kinds outrank the others, whose words may stand in theirs."""

    key: str
    hints: tuple[str, ...]  # of which the sentence holds one, in lower case
    words: re.Pattern[str]
    first: bool = False


_KINDS = (
    _Kind("documentation_streamlined_percent", ("streamlined",), re.compile(r"\bstreamlined\b", re.I), first=True),
    _Kind("documentation_no_income_verification_percent", ("income",), re.compile(
        rf"{_NO_PROOF}[^.;]*\bincome\b", re.I), first=True),
    _Kind("documentation_no_asset_verification_percent", ("assets",), re.compile(
        rf"{_NO_PROOF}[^.;]*\bassets\b", re.I), first=True),
    _Kind("documentation_full_percent", ("proof of income",), re.compile(
        r"(?:\brequires?\b[^.;]*|\b(?:on|with|upon|against)\s)\bproof\sof\sincome\sand\s(?:liquid\s)?assets\b",
        re.I), first=True),
    _Kind("primary_residence_percent", ("primary", "owner"), re.compile(
        r"\bprimary\sresidences?\b|\bowner-occupied\b(?<!non-owner-occupied)", re.I)),
    _Kind("investment_property_percent", ("investment", "owner"), re.compile(
        r"\binvestment\s(?:propert(?:y|ies)|homes?)\b|\bnon-owner[-\s]occupied\b", re.I)),
    _Kind("second_home_percent", ("second", "vacation"), re.compile(
        r"\bsecond\s(?:or\svacation\s)?(?:homes?|residences?)\b|\bvacation\shomes?\b", re.I)),
    _Kind("cooperative_percent", ("coop", "co-op"), re.compile(r"\bcooperatives?\b|\bco-ops?\b", re.I)),
    _Kind("buydown_percent", ("down",), re.compile(r"\bbuy-?\s?downs?\b", re.I)),
    _Kind("cash_out_refinancing_percent", ("out",), re.compile(r"\bcash-?\s?out\b", re.I)),
    _Kind("refinancing_percent", ("refinanc",), re.compile(
        r"(?<!cash-out\s)(?<!cash\sout\s)\brefinanc(?:e|ed|es|ing|ings)\b", re.I)),
)  # fmt: skip
_STATE = re.compile(rf"\bin\s(?:the\s(?:state|commonwealth)\sof\s|the\s)?(?P<state>{STATES})\b", re.I)
_NEGATED = re.compile(r"\b(?:not|other\sthan|rather\sthan|neither|except|excluding|without)\b", re.I)
_PERCENTAGE = re.compile(r"The\s(?:respective\s)?(?:percentages?|shares?|portions?)\sof\b", re.I)
_IS = re.compile(r"\b(?:is|are|was|were)\s(?:(?:at\sleast|(?:no|not)\smore\sthan)\s)?\Z", re.I)
_THERE_ARE_NO = re.compile(r"(?:There\s(?:are|were)\sno|not\sone\sis)\b", re.I)
_GOVERNS = re.compile(
    r"\b(?:secures?|accounts?\sfor|represents?|constitutes?|makes?\sup|comprises?|are|is|was|were|in\sthe\scase\sof)\s"
    r"(?:(?:at\sleast|up\sto|(?:no|not)\s(?:more|less|fewer)\sthan)\s)?\Z",
    re.I,
)
"""What stands between the words and their figures in "Second homes secure no more than 4% of ..."."""
_UNDER = re.compile(r"Under\s[^,;.%]{5,80}?\s(?:at\sleast|(?:no|not)\s(?:more|less)\sthan)\s\Z", re.I)
_AND = re.compile(r"\s?[,;]?\s?(?:(?:and|or)\s)?(?:(?:at\sleast|up\sto|(?:no|not)\s(?:more|less)\sthan)\s)?\Z", re.I)
_UNDERWRITING = re.compile(r"\bunderwriting\b", re.I)
_CONDITION = re.compile(r"\b(?:loan-to-value|credit\sscore|FICO|zip\scode)\b", re.I)


def read_shares(sentence: Sentence, ledger: Ledger) -> None:
    """ "At least 95% and 88%, respectively, of ... are secured by ... the primary residence of the borrower"."""
    if " by " in sentence.words and BY_NUMBER.search(sentence.text):
        return
    found = list(shares(sentence, "percent"))
    if len(found) == 1 and found[0].loans is None and _THERE_ARE_NO.match(sentence.text):
        found = [replace(found[0], loans=Loans(("all",), False, 0, 0))]
    if found and (named := _named_first(sentence, found)) is not None:
        for kind, state, share in named:
            if not is_some(sentence, ledger, kind.key, share):
                pair_share(sentence, ledger, kind.key, Unit.PERCENT, share, within=state)
        return
    waiting: list[Share] = []  # "4% of the pool I mortgage loans and 3% of the pool II mortgage loans are ..."
    bound: Qualifier | None = None
    for share in found:
        kinds = list(_kinds(sentence.text, share.start, share.end))
        bound = sentence.bound(share.terms) or (bound if waiting else None)
        waiting.append(replace(share, bound=bound))
        if len(kinds) == 1:
            kind, state = kinds[0]
            for one in waiting:
                if not is_some(sentence, ledger, kind.key, one):
                    pair_share(sentence, ledger, kind.key, Unit.PERCENT, one, within=state)
        if kinds or not share.loans or not _AND.match(sentence.text[max(share.loans.end, share.start) : share.end]):
            waiting = []


def _kinds(text: str, start: int, end: int) -> Iterator[tuple[_Kind, str]]:
    """The kinds that are named there, each with the state if it is one."""
    words = text.lower()
    named = [
        (kind, match)
        for kind in _KINDS
        if any(hint in words for hint in kind.hints) and (match := kind.words.search(text, start, end))
    ]
    outranking = [kind for kind, _ in named if kind.first]
    if outranking:
        yield outranking[0], ""
        return
    if _UNDERWRITING.search(text, start, end):  # of a program that is none of the four
        return
    for kind, match in named:
        if not _NEGATED.search(text, start, match.start()) and not _CONDITION.search(text, start, match.start()):
            yield kind, ""
    for match in _STATE.finditer(text, start, end):
        yield _Kind("state_percent", (), _STATE), " ".join(match["state"].split()).title().replace(" Of ", " of ")


def _named_first(sentence: Sentence, found: Sequence[Share]) -> list[tuple[_Kind, str, Share]] | None:
    """ "The percentage of the pool I mortgage loans secured by second homes is 4%": the words come first.

    None if no such words do; nothing if other words of this kind come behind, so that it is not clear whose they are.
    """
    before = sentence.text[: found[0].terms[0].start]
    if found[0].terms[0].kind == "none":
        return None
    percentage = _PERCENTAGE.match(before) is not None and _IS.search(before) is not None
    if not percentage and not _GOVERNS.search(before) and not _UNDER.match(before):
        return None
    kinds = list(_kinds(sentence.text, 0, len(before)))
    if sentence.pools and not sentence.loans and len(found[0].terms) == 1:
        return []
    if len(kinds) != 1:
        return None if not kinds else []
    if any(list(_kinds(sentence.text, share.start, share.end)) for share in found):
        return []
    if percentage and len(found) == 1:
        loans = definite([one for one in sentence.loans if one.end <= len(before)], bare=True)
        return [(*kinds[0], replace(found[0], loans=loans, bound=sentence.qualifier(len(before))))] if loans else None
    bound: Qualifier | None = None
    named: list[tuple[_Kind, str, Share]] = []
    for share in found:
        bound = sentence.bound(share.terms) or bound
        named.append((*kinds[0], replace(share, bound=bound)))
    return named


def read_occupancy_basis(sentence: Sentence, ledger: Ledger) -> None:
    """Who determined which homes are primary residences, and by which use."""
    text = sentence.traced
    if match := re.search(r"\bdetermined\sby\s(?P<who>[A-Z][^()]{2,60}?)\sto\sbe\b", sentence.text):
        ledger.text_fact("occupancy_determined_by", text, *match.span("who"))
    for terms in sentence.lists("months"):
        if len(terms) == 1 and (qualifier := sentence.qualifier(terms[0].start)):
            term = terms[0]
            ledger.enter(
                "primary_residence_basis_months", "filing", term.value, Unit.MONTHS, text, term.start, term.end,
                qualifier=qualifier,
            )  # fmt: skip


FINDERS = (
    Finder(
        read_shares,
        ("resid", "investment", "occupied", "home", "require", "streamlined", "coop", "co-op", "down", "refinanc",
         "cash", "proof", "verification", " in "),
    ),
    Finder(read_occupancy_basis, ("primary residence",)),
)  # fmt: skip
