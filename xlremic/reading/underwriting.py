"""Facts of how the loans were made: sizes, ratios and insurance, occupancy, documentation, pledged collateral."""

import re
from decimal import Decimal

from .facts import Qualifier, Unit
from .grammar import Sentence
from .ledger import Finder, Ledger
from .pairing import definite, is_pledged, pair_shares
from .pools import BALANCE_TERM, COUNT

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
_DOCUMENTATION = (
    ("documentation_streamlined_percent", Qualifier.NO_MORE_THAN, re.compile(r"\bstreamlined\b", re.I)),
    ("documentation_no_income_verification_percent", Qualifier.NO_MORE_THAN,
     re.compile(r"\bnot\srequire\s(?:any\s)?(?:proof|verification)\sof\s[^.;]*\bincome\b", re.I)),
    ("documentation_no_asset_verification_percent", Qualifier.NO_MORE_THAN,
     re.compile(r"\bnot\srequire\s(?:any\s)?(?:proof|verification)\sof\s[^.;]*\bassets\b", re.I)),
    ("documentation_full_percent", Qualifier.AT_LEAST,
     re.compile(r"\brequires?\b[^.;]*\bproof\sof\sincome\sand\s(?:liquid\s)?assets\b", re.I)),
)  # fmt: skip


def read_original_balances(sentence: Sentence, ledger: Ledger) -> None:
    """ "Each ... had an original principal balance of not less than ..., nor more than ..."."""
    match = re.search(r"\boriginal\sprincipal\sbalances?\sof\b", sentence.text, re.I)
    if not match:
        return
    loans = definite([found for found in sentence.loans if found.end <= match.start()][::-1], bare=True)
    for terms in sentence.lists("money"):
        qualifier = sentence.qualifier(terms[0].start)
        if qualifier:
            ledger.pair(
                "original_principal_balance", Unit.USD, sentence, loans, terms, qualifier=qualifier, broadcast=True
            )


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
        elif _INSURANCE.search(sentence.text):
            key = "primary_mortgage_insurance_ltv_threshold"
            ledger.pair(key, Unit.PERCENT, sentence, loans, [term], qualifier=qualifier, broadcast=True)
            if loans and (every := re.match(r"(?:Each|All)\b", sentence.text)):
                key = "primary_mortgage_insurance_percent_of_high_ltv"
                for scope in loans.scopes:
                    ledger.enter(key, scope, Decimal(100), Unit.PERCENT, text, *every.span())
        else:
            money = [terms for terms in sentence.lists("money") if terms[0].start < match.start()]
            shares = [terms for terms in sentence.lists("percent") if terms[-1].end < match.start()]
            if money:
                ledger.pair("high_ltv_balance", Unit.USD, sentence, loans, money[0])
            elif shares:
                bound = sentence.qualifier(shares[0][0].start) or Qualifier.EXACT
                ledger.pair("high_ltv_percent", Unit.PERCENT, sentence, loans, shares[0], qualifier=bound)
            ledger.pair(
                "high_ltv_threshold", Unit.PERCENT, sentence, loans, [term], qualifier=qualifier, broadcast=True
            )


def read_zip_codes(sentence: Sentence, ledger: Ledger) -> None:
    """ "No more than $... of the pool I mortgage loans ... are secured by properties located in any one zip code"."""
    match = re.search(r"\bany\s(?P<one>one|single|\d+)\s(?:postal\s|five-digit\s)?zip\scodes?\b", sentence.text, re.I)
    if not match:
        return
    loans = definite(sentence.loans, bare=True)
    for kind, key, unit in (
        ("money", "max_zip_code_balance", Unit.USD),
        ("percent", "max_zip_code_percent", Unit.PERCENT),
    ):
        pair_shares(sentence, ledger, key, unit, kind, loans, Qualifier.NO_MORE_THAN)
    ledger.enter("zip_code_concentration_basis", "all", Decimal(1), Unit.ZIP_CODES, sentence.traced, *match.span("one"))


def read_occupancy(sentence: Sentence, ledger: Ledger) -> None:
    """Primary residences, how that was determined, and investment properties."""
    text = sentence.traced
    loans = definite(sentence.loans, bare=True)
    if re.search(r"\binvestment\spropert(?:y|ies)\b", sentence.text, re.I):
        key = "investment_property_percent"
        none = next(iter(sentence.lists("none")), ())
        if none and none[0].start == 0 and not list(sentence.lists("percent")):
            ledger.pair(key, Unit.PERCENT, sentence, loans, none[:1], broadcast=True)
        else:
            pair_shares(sentence, ledger, key, Unit.PERCENT, "percent", loans, Qualifier.NO_MORE_THAN)
    elif re.search(r"\bprimary\sresidences?\b", sentence.text, re.I):
        pair_shares(sentence, ledger, "primary_residence_percent", Unit.PERCENT, "percent", loans, Qualifier.AT_LEAST)
        if match := re.search(r"\bdetermined\sby\s(?P<who>[A-Z][^()]{2,60}?)\sto\sbe\b", sentence.text):
            ledger.text_fact("occupancy_determined_by", text, *match.span("who"))
        for terms in sentence.lists("months"):
            if len(terms) == 1 and (qualifier := sentence.qualifier(terms[0].start)):
                term = terms[0]
                ledger.enter(
                    "primary_residence_basis_months", "filing", term.value, Unit.MONTHS, text, term.start, term.end,
                    qualifier=qualifier,
                )  # fmt: skip


def read_documentation(sentence: Sentence, ledger: Ledger) -> None:
    """Shares of the loans by documentation program; the first program whose words fit is the one."""
    for key, default, words in _DOCUMENTATION:
        if words.search(sentence.text):
            loans = definite(sentence.loans, bare=True)
            pair_shares(sentence, ledger, key, Unit.PERCENT, "percent", loans, default)
            return


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
    Finder(read_original_balances, ("original principal",)),
    Finder(read_high_ltv, ("loan-to-value",)),
    Finder(read_zip_codes, ("zip code",)),
    Finder(read_occupancy, ("residence", "investment")),
    Finder(read_documentation, ("require", "streamlined")),
    Finder(read_pledged, ("pledged", "such ")),
)
