"""Facts of how the loans were made: sizes, ratios and insurance, occupancy, documentation, pledged collateral."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from .facts import Qualifier, Unit
from .grammar import Sentence, Term
from .ledger import Finder, Ledger
from .pairing import definite, is_pledged, last_before, loans_after, pair_directly, ranges
from .pools import COUNT
from .transfer import BALANCE_TERM

_PLEDGED = re.compile(r"\badditional\scollateral\s(?:was|is|has\sbeen|were)\spledged\b", re.I)
_LIST_NUMBER = re.compile(r"(?:and\s|or\s)?\(?(\d{1,2})[.)]\s")
_COLLATERAL = re.compile(r"(?P<without>\bwithout\s|\bnot\s)?taking\sinto\saccount\b", re.I)
_LTV = re.compile(r"\bloan-to-value\sratios?\b", re.I)
_LTV_LIMIT = re.compile(
    r"\bloan-to-value\sratios?(?:\sat\s(?:the\stime\sof\s)?origination)?\s(?:that\s(?:were|are)\s|of\s)?"
    r"(?:in\sexcess\sof|greater\sthan|more\sthan|exceeding|above|over)\s(?=[\d.A-Za-z])",
    re.I,
)
_NO_LOANS = re.compile(r"\bno(?:ne\sof)?\s(?:the\s|such\s)?(?:mortgage|loans?|pools?|groups?)\b", re.I)
_INSURANCE = re.compile(r"\bprimary\smortgage\s(?:guaranty\s)?insurance\b", re.I)
_ORIGINAL_BALANCE = re.compile(
    r"\boriginal\sprincipal\sbalances?\b|\b(?:made|originated)\sin\s(?:original\s)?(?:principal\s)?amounts\b", re.I
)
_EXTREME = re.compile(r"\b(?:(?P<least>smallest|minimum|lowest)|(?P<most>largest|maximum|highest))\b", re.I)
_NO_LOAN = re.compile(r"\A(?:and\s|but\s)?(?:no|none|neither)\b", re.I)
_FLIPPED = {
    Qualifier.LESS_THAN: Qualifier.AT_LEAST,
    **dict.fromkeys((Qualifier.IN_EXCESS_OF, Qualifier.GREATER_THAN), Qualifier.NO_MORE_THAN),
}
"""What "no loan" with such a bound says of every loan."""
_UNINSURED = re.compile(
    r"\b(?:no|without|not\s(?:have|covered\sby|carry|insured\sby)|lack(?:ed|s|ing)?|neither)\s(?:any\s)?\Z", re.I
)


def read_original_balances(sentence: Sentence, ledger: Ledger) -> None:
    """ "Each ... had an original principal balance of not less than ..., nor more than ..."."""
    match = _ORIGINAL_BALANCE.search(sentence.text)
    lists = [terms for terms in sentence.lists("money") if match and terms[0].start > match.end()]
    if not match or not lists:
        return
    between = [loans for loans in sentence.loans if match.end() <= loans.start and loans.end <= lists[0][0].start]
    behind = [loans for loans in sentence.loans if loans.start >= lists[-1][-1].after]
    loans = definite(between, bare=True) or last_before(sentence, match.start()) or definite(behind[:1], bare=True)
    ends = list(ranges(sentence, match.end()))
    for low, high in ends:
        owner = loans_after(sentence, [high]) or (loans if len(ends) == 1 else None)
        for term, side in ((low, Qualifier.AT_LEAST), (high, Qualifier.NO_MORE_THAN)):
            ledger.pair("original_principal_balance", Unit.USD, sentence, owner, [term], qualifier=side)
    position = 0
    for terms in () if ends else lists:
        if qualifier := _side(sentence, terms, position):
            ledger.pair(
                "original_principal_balance", Unit.USD, sentence, loans, terms, qualifier=qualifier, broadcast=True
            )
        position = terms[-1].after


def _side(sentence: Sentence, terms: Sequence[Term], position: int) -> Qualifier | None:
    """Whether amounts are the least or the most; "no loan ... below" is at least, any other bound is neither."""
    bound = sentence.bound(terms)
    if bound is None:
        extremes = list(_EXTREME.finditer(sentence.text, position, terms[0].start))
        if len(extremes) != 1:
            return None
        return Qualifier.AT_LEAST if extremes[0]["least"] else Qualifier.NO_MORE_THAN
    if bound in (Qualifier.AT_LEAST, Qualifier.NO_MORE_THAN):
        return bound
    return _FLIPPED[bound] if _NO_LOAN.search(sentence.text) else None


def read_high_ltv(sentence: Sentence, ledger: Ledger) -> None:
    """Loans over a loan-to-value ratio: their balance, the ratio that none exceeds, and their mortgage insurance."""
    text = sentence.traced
    for match in _LTV_LIMIT.finditer(sentence.text):
        term = next((t for t in sentence.terms if t.start == match.end() and t.kind == "percent"), None)
        if term is None:
            continue
        qualifier = sentence.qualifier(term.start) or Qualifier.IN_EXCESS_OF
        clause = max(sentence.text.rfind(mark, 0, match.start()) for mark in (", but ", ", and no ", "; ")) + 1
        before = [found for found in sentence.loans if clause <= found.start < match.start()]
        loans = definite(before, bare=True)
        if loans and _NO_LOANS.search(sentence.text, clause, loans.start + len("no mortgage")):
            ledger.pair(
                "max_ltv", Unit.PERCENT, sentence, loans, [term], qualifier=Qualifier.NO_MORE_THAN, broadcast=True
            )
        elif insurance := _INSURANCE.search(sentence.text):
            every = re.match(r"(?:Each|All|Every)\b", sentence.text)
            if every and loans and not _UNINSURED.search(sentence.text[: insurance.start()]):
                key = "primary_mortgage_insurance_ltv_threshold"
                ledger.pair(key, Unit.PERCENT, sentence, loans, [term], qualifier=qualifier, broadcast=True)
                key = "primary_mortgage_insurance_percent_of_high_ltv"
                for scope in loans.scopes:
                    ledger.enter(key, scope, Decimal(100), Unit.PERCENT, text, *every.span())
        else:
            money = [terms for terms in sentence.lists("money") if terms[0].start < match.start()]
            shares = [terms for terms in sentence.lists("percent") if terms[-1].end < match.start()]
            direct = [one for terms in money if (one := loans_after(sentence, terms))]
            if money and len(direct) == len(money):
                pair_directly(sentence, ledger, "high_ltv_balance", Unit.USD, money)
                scopes = tuple(scope for one in direct for scope in one.scopes)
                loans = replace(direct[0], scopes=scopes, bare=False)
            elif len(money) == 1:
                ledger.pair("high_ltv_balance", Unit.USD, sentence, loans, money[0])
            elif len(shares) == 1 and not money:
                bound = sentence.qualifier(shares[0][0].start) or Qualifier.EXACT
                ledger.pair("high_ltv_percent", Unit.PERCENT, sentence, loans, shares[0], qualifier=bound)
            ledger.pair(
                "high_ltv_threshold", Unit.PERCENT, sentence, loans, [term], qualifier=qualifier, broadcast=True
            )


def read_pledged(sentence: Sentence, ledger: Ledger) -> None:
    """Loans with pledged additional collateral: number, balance, loan-to-value ratios with and without it."""
    if number := _LIST_NUMBER.match(sentence.text):
        ledger.claim("list_number", sentence.traced, *number.span(1))
    if not is_pledged(sentence, ledger):
        if _PLEDGED.search(sentence.text):
            ledger.after_pledged = True
        return
    loans = definite(sentence.loans, bare=True)
    start = number.end() if number else 0
    if _LTV.search(sentence.text) and (collateral := _COLLATERAL.search(sentence.text)):
        key = f"pledged_asset_ltv_{'without' if collateral['without'] else 'with'}_collateral"
        unit, kind = Unit.PERCENT, "percent"
    elif re.search(BALANCE_TERM, sentence.text, re.I):
        key, unit, kind = "pledged_asset_balance", Unit.USD, "money"
    elif COUNT.search(sentence.text):
        key, unit, kind = "pledged_asset_loan_count", Unit.LOANS, "number"
    else:
        return
    for terms in sentence.lists(kind):
        if terms[0].start >= start:
            ledger.pair(key, unit, sentence, loans, terms)
            return


FINDERS = (
    Finder(read_original_balances, ("original principal", "amounts")),
    Finder(read_high_ltv, ("loan-to-value",)),
    Finder(read_pledged, ("pledged", "such ")),
)
