"""Facts of how the loans were made: sizes, ratios and insurance, occupancy, documentation, pledged collateral."""

import re
from collections.abc import Sequence
from decimal import Decimal

from .facts import Qualifier, Unit
from .grammar import Sentence, Term
from .ledger import Finder, Ledger
from .mentions import Loans
from .pairing import definite, is_pledged, last_before, loans_after, pair_directly, ranges
from .pools import COUNT
from .transfer import BALANCE_TERM

_PLEDGED = re.compile(
    r"\badditional\scollateral\s(?:was|is|has\sbeen|were)\spledged\b|\b(?:has|have|had)\sadditional\scollateral\spledged\b",
    re.I,
)
_TAKEN = re.compile(r"\btaken\sinto\saccount\b", re.I)
_IS_NOT = re.compile(r"\s(?:when|if|where)\sit\sis\snot\b", re.I)
_MEAN_OF_ALL = re.compile(r"the\sweighted\saverage\s(?:of|for)\sall\s(?:was|is)\s(?=\d)", re.I)
_LIST_NUMBER = re.compile(r"(?:and\s|or\s)?\(?(\d{1,2})[.)]\s")
_COLLATERAL = re.compile(r"(?P<without>\bwithout\s|\bnot\s)?taking\sinto\saccount\b", re.I)
_LTV = re.compile(r"\bloan-to-value\sratios?\b", re.I)
_LTV_LIMIT = re.compile(
    r"\bloan-to-value\sratios?(?:\sat\s(?:the\stime\sof\s)?origination)?\s(?:that\s(?:were|are)\s|of\s)?"
    r"(?:in\sexcess\sof|greater\sthan|more\sthan|exceed(?:ing|ed|s)|above|over)\s(?=[\d.A-Za-z])",
    re.I,
)
_NO_LOANS = re.compile(r"\bno(?:ne\sof)?\s(?:the\s|such\s)?(?:mortgage|loans?|pools?|groups?)\b", re.I)
_HIGHEST_LTV = re.compile(
    r"\b(?P<extreme>highest|maximum|largest)\s(?:original\s)?loan-to-value\sratio\b"
    r"|\b(?:none|no\s(?:mortgage\s)?loans?)\s(?:(?:had|has|was|were)\s)?(?:(?:one|a\sratio)\s)?"
    r"(?:in\sexcess\sof|above|over|exceed(?:ed|s|ing))\s(?=\d)"
    r"|\bexceed(?:ed|s)\s(?=\d[\d.]*%\sfor\snone\b)"
    r"|(?P<none>\bno\sloan-to-value\sratio)\s(?:at\sorigination\s)?exceed(?:ed|s)\s(?=\d)",
    re.I,
)
_FOR_LOANS = re.compile(
    r"\b(?:for|in\sthe\scase\sof)\s(?P<loans>[^,;$]{5,60}?)\swith\s(?:an?\s)?(?:aggregate\s)?(?:scheduled\sprincipal|adjusted)\s"
    r"balances?\sof\s(?=\$)",
    re.I,
)
_COVERS_ALL = re.compile(r"\s(?:covers?|insures?|is\scarried\s(?:by|on))\s(?:every|each|all)\b", re.I)
_THOSE_INSURED = re.compile(
    r"(?P<every>Each|All)\sof\s(?:those|these|such)\s(?:mortgage\s)?loans\s(?:has|have|had|carries|carried|carry|(?:is|are|was|were)\s"
    r"covered\sby)\s(?:primary\smortgage\s(?:guaranty\s)?insurance)\b",
    re.I,
)
_MOST = Qualifier.NO_MORE_THAN
_INSURANCE = re.compile(r"\bprimary\smortgage\s(?:guaranty\s)?insurance\b", re.I)
_ORIGINAL_BALANCE = re.compile(
    r"\boriginal\sprincipal\sbalances?\b|\b(?:made|originated)\sin\s(?:original\s)?(?:principal\s)?amounts\b", re.I
)
_EXTREME = re.compile(r"\b(?:(?P<least>smallest|minimum|lowest)|(?P<most>largest|maximum|highest))\b", re.I)
_SOME_WITH = re.compile(r"\bloans?,?\s(?:with|having|whose|that\s(?:had|have))\s(?:an?\s)?\Z", re.I)
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
    if not match or not lists or _SOME_WITH.search(sentence.text, 0, match.start()):
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
    for match in _LTV_LIMIT.finditer(sentence.text):
        term = _percent_at(sentence, match.end())
        if term is None:
            continue
        clause = max(sentence.text.rfind(mark, 0, match.start()) for mark in (", but ", ", and no ", "; ")) + 1
        before = [found for found in sentence.loans if clause <= found.start < match.start()]
        loans = definite(before, bare=True)
        if loans and _NO_LOANS.search(sentence.text, clause, loans.start + len("no mortgage")):
            _enter_highest(sentence, ledger, loans, term)
        elif insurance := _INSURANCE.search(sentence.text):
            _enter_insured(sentence, ledger, loans, term, insurance)
        else:
            _enter_high(sentence, ledger, loans, term, match)
    if highest := _HIGHEST_LTV.search(sentence.text):
        _enter_highest(sentence, ledger, last_before(sentence, highest.start()) or _none_of(sentence), None, highest)


def _percent_at(sentence: Sentence, position: int) -> Term | None:
    return next((t for t in sentence.terms if t.start == position and t.kind == "percent"), None)


def _enter_insured(
    sentence: Sentence, ledger: Ledger, loans: Loans | None, term: Term, insurance: re.Match[str]
) -> None:
    """ "All of the mortgage loans with ratios greater than 80% had insurance", "Insurance covers every loan ..."."""
    every = re.match(r"(?:Each|All|Every)\b", sentence.text) or _COVERS_ALL.match(sentence.text, insurance.end())
    if every and loans and not _UNINSURED.search(sentence.text[: insurance.start()]):
        qualifier = sentence.qualifier(term.start) or Qualifier.IN_EXCESS_OF
        key = "primary_mortgage_insurance_ltv_threshold"
        ledger.pair(key, Unit.PERCENT, sentence, loans, [term], qualifier=qualifier, broadcast=True)
        key = "primary_mortgage_insurance_percent_of_high_ltv"
        for scope in loans.scopes:
            ledger.enter(key, scope, Decimal(100), Unit.PERCENT, sentence.traced, *every.span())


def _enter_high(sentence: Sentence, ledger: Ledger, loans: Loans | None, term: Term, limit: re.Match[str]) -> None:
    """The balance, or the share, of the loans over a ratio: before it, or behind it with the loans that it is of."""
    qualifier = sentence.qualifier(term.start) or Qualifier.IN_EXCESS_OF
    money = [terms for terms in sentence.lists("money") if terms[0].start < limit.start()]
    shares = [terms for terms in sentence.lists("percent") if terms[-1].end < limit.start()]
    direct = [one for terms in money if (one := loans_after(sentence, terms))]
    behind = list(_FOR_LOANS.finditer(sentence.text, term.after))
    if money and len(direct) == len(money):
        pair_directly(sentence, ledger, "high_ltv_balance", Unit.USD, money)
        loans = _together(direct)
    elif len(money) == 1:
        ledger.pair("high_ltv_balance", Unit.USD, sentence, loans, money[0])
    elif len(shares) > 1 and not money and all(loans_after(sentence, terms) for terms in shares):
        owners = [one for terms in shares if (one := loans_after(sentence, terms))]
        for owner, terms in zip(owners, shares, strict=True):
            bound = sentence.qualifier(terms[0].start) or Qualifier.EXACT
            ledger.pair("high_ltv_percent", Unit.PERCENT, sentence, owner, terms, qualifier=bound)
        loans = _together(owners)
    elif len(shares) == 1 and not money:
        bound = sentence.qualifier(shares[0][0].start) or Qualifier.EXACT
        ledger.pair("high_ltv_percent", Unit.PERCENT, sentence, loans, shares[0], qualifier=bound)
    elif behind and not money and not shares:
        owners = [one for match in behind for one in sentence.loans if one.start == match.start("loans")]
        lists = [terms for match in behind for terms in sentence.lists("money") if terms[0].start == match.end()]
        if len(owners) != len(lists) or len(lists) != len(behind):
            return
        for owner, terms in zip(owners, lists, strict=True):
            ledger.pair("high_ltv_balance", Unit.USD, sentence, owner, terms)
        loans = _together(owners)
    ledger.pair("high_ltv_threshold", Unit.PERCENT, sentence, loans, [term], qualifier=qualifier, broadcast=True)


def _together(lists: Sequence[Loans]) -> Loans:
    return lists[0]._replace(scopes=tuple(scope for loans in lists for scope in loans.scopes), bare=False)


def _enter_highest(
    sentence: Sentence, ledger: Ledger, loans: Loans | None, term: Term | None, said: re.Match[str] | None = None
) -> None:
    """The ratio that none exceeds; ``said``: "none in excess of 95%", "the highest loan-to-value ratio is 95%"."""
    if said:
        term = _percent_at(sentence, said.end()) or next(
            (t for t in sentence.terms if t.kind == "percent" and said["extreme"] and t.start > said.end()), None
        )
        told = sentence.words + (sentence.before.words if sentence.before else "")
        if "loan-to-value" not in told:
            return
        if said["none"] or (not said["extreme"] and len(sentence.loans) > 1):
            loans = Loans(("all",), False, 0, 0)
    if term and loans:
        ledger.pair("max_ltv", Unit.PERCENT, sentence, loans, [term], qualifier=_MOST, broadcast=True)


def _none_of(sentence: Sentence) -> Loans | None:
    return sentence.loans[0] if len(sentence.loans) == 1 else None


def read_insured(sentence: Sentence, ledger: Ledger) -> None:
    """ "Each of those loans has primary mortgage insurance": the loans over the ratio of the sentence before."""
    match, before = _THOSE_INSURED.match(sentence.text), sentence.before
    limits = list(_LTV_LIMIT.finditer(before.text)) if match and before else []
    if not match or before is None or len(limits) != 1 or _UNINSURED.search(match[0]):
        return
    term = _percent_at(before, limits[0].end())
    told = [one for one in ledger.told_in(before) if one.key == "high_ltv_threshold"]
    if term is None or len(told) != 1:
        return
    for scope in told[0].scopes:
        ledger.enter(
            "primary_mortgage_insurance_ltv_threshold", scope, term.value, Unit.PERCENT, before.traced,
            term.start, term.end, qualifier=told[0].qualifier,
        )  # fmt: skip
        ledger.enter(
            "primary_mortgage_insurance_percent_of_high_ltv", scope, Decimal(100), Unit.PERCENT, sentence.traced,
            *match.span("every"),
        )  # fmt: skip


def read_mean_of_all(sentence: Sentence, ledger: Ledger) -> None:
    """ "...; the weighted average of all was 67.8%": of the loan-to-value ratios of which the words before speak."""
    match, before = _MEAN_OF_ALL.match(sentence.text), sentence.before
    if match is None or before is None or not sentence.continues:
        return
    term = _percent_at(sentence, match.end())
    if term and "loan-to-value" in before.words and "rate" not in before.words:
        loans = Loans(("all",), False, 0, 0)
        ledger.pair("weighted_average_ltv", Unit.PERCENT, sentence, loans, [term])


def read_pledged(sentence: Sentence, ledger: Ledger) -> None:
    """Loans with pledged additional collateral: number, balance, loan-to-value ratios with and without it."""
    if number := _LIST_NUMBER.match(sentence.text):
        ledger.claim("list_number", sentence.traced, *number.span(1))
    if not is_pledged(sentence, ledger):
        if _PLEDGED.search(sentence.text):
            ledger.after_pledged = True
            _read_so_many_pledged(sentence, ledger)
        elif sentence.before and _TAKEN.search(sentence.text) and _PLEDGED.search(sentence.before.text):
            _read_with_and_without(sentence, ledger)
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


def _read_so_many_pledged(sentence: Sentence, ledger: Ledger) -> None:
    """ "For three pool I loans with an aggregate ... of $1,180,400, additional collateral was pledged"."""
    counts, amounts = sentence.lists("number"), sentence.lists("money")
    if len(sentence.loans) != 1 or len(counts) != 1 or len(counts[0]) != 1 or len(amounts) > 1:
        return
    loans, (count,) = sentence.loans[0], counts[0]
    if sentence.words[count.after : loans.start].strip() in ("", "of", "of the"):
        ledger.pair("pledged_asset_loan_count", Unit.LOANS, sentence, loans, [count])
        if amounts and re.search(rf"{BALANCE_TERM}\sof\s\Z", sentence.text[: amounts[0][0].start], re.I):
            ledger.pair("pledged_asset_balance", Unit.USD, sentence, loans, amounts[0])


def _read_with_and_without(sentence: Sentence, ledger: Ledger) -> None:
    """ "Their ... ratio is 78.6% when the ... collateral is taken into account and 99.2% when it is not"."""
    told = [one for one in ledger.told_in(sentence.before) if one.key.startswith("pledged")] if sentence.before else []
    lists = sentence.lists("percent")
    if not told or len(lists) != 2 or not _LTV.search(sentence.text) or "without" in sentence.words:
        return
    taken = _TAKEN.search(sentence.text, lists[0][0].after, lists[1][0].start)
    if taken and _IS_NOT.match(sentence.text, lists[1][-1].after):
        for terms, with_ in zip(lists, ("with", "without"), strict=True):
            key = f"pledged_asset_ltv_{with_}_collateral"
            ledger.pair(key, Unit.PERCENT, sentence, Loans(told[0].scopes, False, 0, 0), terms)


FINDERS = (
    Finder(read_original_balances, ("original principal", "amounts")),
    Finder(read_high_ltv, ("loan-to-value", " one above", " one in excess")),
    Finder(read_insured, ("insurance",)),
    Finder(read_pledged, ("pledged", "such ", "into account")),
    Finder(read_mean_of_all, ("average of all", "average for all")),
)
