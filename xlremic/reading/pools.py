"""Facts of the description itself: the transfer, the pools and what is said of their loans."""

import re
from collections.abc import Sequence
from decimal import Decimal

from .facts import Qualifier, Unit
from .grammar import DATE, Loans, Sentence, Term, parse_date
from .ledger import Ledger, is_whole

BALANCE_TERM = r"(?:scheduled\sprincipal\sbalances?|adjusted\sbalances?)"
OPENING = re.compile(
    rf"\bOn\s+(?P<date>{DATE}),?\s+(?P<issuer>[A-Z][^()<]{{2,90}}?),?\s*(?:\([^)]{{1,30}}\)\s*)?"
    r"(?:will\s+transfer|(?:has\s+)?transferred|will\s+sell|sold|conveyed)\s+to\s+the\s+Trustee"
    r"(?:,\s+(?P<trustee>[A-Z].{2,80}?),)?\s+(?:the\s+|certain\s+)?(?=mortgage\s+loans)",
    re.I | re.S,
)
_DUE = re.compile(rf"due\son\sor\sbefore\s(?P<date>{DATE})", re.I)
_OUTSTANDING = re.compile(rf"\baggregate\s(?P<term>{BALANCE_TERM})\s(?:outstanding|of|as\sof)\b", re.I)
_OTHER_BALANCE = re.compile(r"\brepurchase\b|\bzip\scode|\bhaving\b|loan-to-value|\binitial\b", re.I)
_ORIGINAL_YEARS = re.compile(
    r"(?<!average\s)\boriginal\s(?:terms?(?:\sto\s(?:stated\s)?maturity)?|maturit(?:y|ies))\sof\s[^.;]{0,120}?\byears?\b",
    re.I,
)
_RELOCATION = re.compile(r"\bare\s(?:(?P<no>not)\s)?(?P<yes>relocation)\s(?:mortgage\s)?loans\b", re.I)
_REGULAR = re.compile(r"\bevidencing\s(?P<percent>\S+?)\sof\sthe\sregular\sinterests\b", re.I)
_AUTHENTICATED = re.compile(r"\bauthenticated\sby\sthe\s(?P<party>[A-Za-z ]{3,40}?)(?=,|\.|\sand\b)", re.I)
_PAYING_AGENT = re.compile(r"\bmade\sby\s(?P<agent>[A-Z][^()]{2,80}?),?\sas\spaying\sagent\b", re.I)
_PLEDGED = re.compile(r"\badditional\scollateral\s(?:was|is|has\sbeen|were)\spledged\b", re.I)
_SUCH = re.compile(r"\bsuch\s(?:pool|group|mortgage|loans)", re.I)
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
_AVERAGES = (
    ("weighted_average_coupon", Unit.PERCENT, "percent",
     re.compile(r"\bweighted\saverage\s(?:gross\s)?(?:mortgage\s|note\s)?(?:interest\s)?(?:rates?|coupons?)\b", re.I)),
    ("weighted_average_remaining_term", Unit.MONTHS, "months",
     re.compile(r"\bweighted\saverage\sremaining\s(?:stated\s)?terms?\b", re.I)),
    ("weighted_average_original_term", Unit.MONTHS, "months",
     re.compile(r"\bweighted\saverage\soriginal\s(?:stated\s)?terms?\b", re.I)),
    ("weighted_average_ltv", Unit.PERCENT, "percent",
     re.compile(r"\bweighted\saverage\s(?:original\s)?loan-to-value\sratios?\b", re.I)),
)  # fmt: skip
_COUNT = re.compile(r"\b(?:total\s|aggregate\s)?numbers?\sof\s", re.I)
_DIRECTLY = re.compile(
    r",?\s?(?:respectively,?\s)?(?:of|for|in\sthe\scase\sof)\s(?:(?:each|all|both)\sof\s)?(?:the\s|such\s)?\Z", re.I
)

_ONLY_SOME = re.compile(
    r"\bloans?,?\s(?:that|which|whose|having|with|for\swhich|secured|originated|located|underwritten|insured|made|in)\s",
    re.I,
)
"""Words that narrow a pool down to some of its loans."""


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
    as_of = ledger.as_of(sentence)
    if as_of:
        ledger.cut_off_date = as_of
        place = re.search(rf"\bas\sof\s({DATE})", sentence.text, re.I)
        if place:
            ledger.enter("cut_off_date", "filing", as_of, Unit.DATE, text, *place.span(1))
            ledger.claims[text.span(*place.span(1))] = "as_of"


def read_balances(sentence: Sentence, ledger: Ledger) -> None:
    """Aggregate balances of all loans, of a pool where it is defined, and of discount and premium loans."""
    if not _OUTSTANDING.search(sentence.text) or _OTHER_BALANCE.search(sentence.text) or _is_pledged(sentence, ledger):
        return
    loans = _definite(sentence.loans) or next(iter(sentence.loans), None)
    lists = list(sentence.lists("money"))
    if not lists:
        return
    if (
        loans
        and loans.bare
        and re.search(r"\bloans?\s(?:located|secured|originated|insured|made)\b", sentence.text, re.I)
    ):
        ledger.warn("only_some", "a balance of some of the mortgage loans was not read", sentence.traced)
        return
    key = "aggregate_scheduled_principal_balance"
    if not _pair_directly(sentence, ledger, key, Unit.USD, lists):
        ledger.pair(key, Unit.USD, sentence, loans, lists[0])
    if (due := _DUE.search(sentence.text)) and loans:
        for scope in loans.scopes:
            ledger.enter(
                "principal_due_through_date",
                scope,
                parse_date(due["date"]),
                Unit.DATE,
                sentence.traced,
                *due.span("date"),
            )


def read_original_years(sentence: Sentence, ledger: Ledger) -> None:
    """ "... have original maturities of at least 25 but not more than 30 years", and whether relocation loans."""
    loans = _definite(sentence.loans) or next(iter(sentence.loans), None)
    if loans is None:
        return
    for match in _ORIGINAL_YEARS.finditer(sentence.text):
        for term in sentence.terms:
            if match.start() <= term.start < match.end() and term.kind in ("years", "number"):
                qualifier = sentence.qualifier(term.start) or Qualifier.EXACT
                ledger.pair(
                    "original_term_years", Unit.YEARS, sentence, loans, [term], qualifier=qualifier, broadcast=True
                )
    if (match_ := _RELOCATION.search(sentence.text)) and len(loans.scopes) == 1:
        group = "no" if match_["no"] else "yes"
        scope = loans.scopes[0]
        ledger.enter(
            "relocation_loans", scope, match_["no"] is None, Unit.BOOLEAN, sentence.traced, *match_.span(group)
        )


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
    if not re.search(r"\brepurchase\sall\b", sentence.text, re.I):
        return
    for kind, key, unit in (("money", "call_threshold", Unit.USD), ("percent", "call_threshold_percent", Unit.PERCENT)):
        for terms in sentence.lists(kind):
            qualifier = sentence.qualifier(terms[0].start)
            if len(terms) == 1 and qualifier:
                term = terms[0]
                ledger.enter(key, "all", term.value, unit, sentence.traced, term.start, term.end, qualifier=qualifier)


def read_counts(sentence: Sentence, ledger: Ledger) -> None:
    """ "The total numbers of the pool I mortgage loans and all mortgage loans as of ... were 663 and 970"."""
    match = _COUNT.search(sentence.text)
    if not match or _is_pledged(sentence, ledger):
        return
    lists = [found for found in sentence.lists("number") if found[0].start > match.end()]
    if lists and all(is_whole(term.value) for found in lists for term in found):
        _pair_measure(sentence, ledger, "loan_count", Unit.LOANS, match.end(), lists)


def read_averages(sentence: Sentence, ledger: Ledger) -> None:
    """Weighted averages: coupon, remaining and original term, loan-to-value ratio; of pools and sub-pools alike."""
    if _is_pledged(sentence, ledger):
        return
    found = sorted(
        (match.start(), match.end(), key, unit, kind)
        for key, unit, kind, trigger in _AVERAGES
        for match in trigger.finditer(sentence.text)
    )
    untils = [*(start for start, *_ in found[1:]), len(sentence.text)]
    for (_, end, key, unit, kind), until in zip(found, untils, strict=False):
        after = [terms for terms in sentence.lists(kind) if terms[0].start > end]
        lists = [terms for terms in after if terms[0].start < until] or after
        if lists:
            _pair_measure(sentence, ledger, key, unit, end, lists)


def read_origination(sentence: Sentence, ledger: Ledger) -> None:
    """ "None ... were originated prior to ..., or after ..."; "None ... have a scheduled maturity later than ..."."""
    limits = (
        ("earliest_origination_date", Qualifier.NOT_BEFORE, r"\boriginated\s(?:prior\sto|before|earlier\sthan)\s\Z"),
        ("latest_origination_date", Qualifier.NOT_AFTER, r"\boriginated\b.*\b(?:after|later\sthan|subsequent\sto)\s\Z"),
        ("latest_maturity_date", Qualifier.NO_LATER_THAN,
         r"\bmaturit(?:y|ies)(?:\sdates?)?\s(?:that\s(?:is|are)\s)?(?:later\sthan|after|beyond|subsequent\sto)\s\Z"),
    )  # fmt: skip
    if not re.search(r"\bno(?:ne|t|)\b", sentence.text, re.I):
        return
    for dates in sentence.lists("date"):
        before = sentence.text[: dates[0].start]
        loans = _definite([found for found in sentence.loans if found.end <= dates[0].start][::-1], bare=True)
        for key, qualifier, words in limits:
            if re.search(words, before, re.I):
                ledger.pair(key, Unit.DATE, sentence, loans, dates, qualifier=qualifier, broadcast=True)
                break


def read_original_balances(sentence: Sentence, ledger: Ledger) -> None:
    """ "Each ... had an original principal balance of not less than ..., nor more than ..."."""
    match = re.search(r"\boriginal\sprincipal\sbalances?\sof\b", sentence.text, re.I)
    if not match:
        return
    loans = _definite([found for found in sentence.loans if found.end <= match.start()][::-1], bare=True)
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
        loans = _definite(before, bare=True)
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
    loans = _definite(sentence.loans, bare=True)
    for kind, key, unit in (
        ("money", "max_zip_code_balance", Unit.USD),
        ("percent", "max_zip_code_percent", Unit.PERCENT),
    ):
        _pair_shares(sentence, ledger, key, unit, kind, loans, Qualifier.NO_MORE_THAN)
    ledger.enter("zip_code_concentration_basis", "all", Decimal(1), Unit.ZIP_CODES, sentence.traced, *match.span("one"))


def read_occupancy(sentence: Sentence, ledger: Ledger) -> None:
    """Primary residences, how that was determined, and investment properties."""
    text = sentence.traced
    loans = _definite(sentence.loans, bare=True)
    if re.search(r"\binvestment\spropert(?:y|ies)\b", sentence.text, re.I):
        key = "investment_property_percent"
        none = next(iter(sentence.lists("none")), ())
        if none and none[0].start == 0 and not list(sentence.lists("percent")):
            ledger.pair(key, Unit.PERCENT, sentence, loans, none[:1], broadcast=True)
        else:
            _pair_shares(sentence, ledger, key, Unit.PERCENT, "percent", loans, Qualifier.NO_MORE_THAN)
    elif re.search(r"\bprimary\sresidences?\b", sentence.text, re.I):
        _pair_shares(sentence, ledger, "primary_residence_percent", Unit.PERCENT, "percent", loans, Qualifier.AT_LEAST)
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
            loans = _definite(sentence.loans, bare=True)
            _pair_shares(sentence, ledger, key, Unit.PERCENT, "percent", loans, default)
            return


def read_sub_pools(sentence: Sentence, ledger: Ledger) -> None:
    """ "Pool I discount loans will consist of pool I mortgage loans with net loan rates less than 5.50%"."""
    rates = re.search(r"\bnet\s(?:loan|mortgage|interest|note)\srates?\b|\bNNRs?\b", sentence.text, re.I)
    parts = [
        loans
        for loans in sentence.loans
        if any(scope.count(":") == 2 or scope.startswith("all:") for scope in loans.scopes)
    ]
    terms = [terms[0] for terms in sentence.lists("percent") if len(terms) == 1]
    if not rates or not parts or not terms:
        return
    if len(parts) != len(terms):
        ledger.warn("list_lengths", f"net_loan_rate: {len(parts)} sub-pools but {len(terms)} rates", sentence.traced)
        return
    for loans, term in zip(parts, terms, strict=True):
        qualifier = sentence.qualifier(term.start)
        if re.match(r"\sor\s(?:more|greater|higher|above)\b", sentence.text[term.after :]):
            qualifier = Qualifier.AT_LEAST
        ledger.pair(
            "net_loan_rate",
            Unit.PERCENT,
            sentence,
            loans,
            [term],
            qualifier=qualifier or Qualifier.EXACT,
            broadcast=True,
        )


def read_pledged(sentence: Sentence, ledger: Ledger) -> None:
    """Loans with pledged additional collateral: number, balance, loan-to-value ratios with and without it."""
    if number := _LIST_NUMBER.match(sentence.text):
        ledger.claim("list_number", sentence.traced, *number.span(1))
    if not _is_pledged(sentence, ledger):
        if _PLEDGED.search(sentence.text):
            ledger.after_pledged = True
        return
    loans = _definite(sentence.loans, bare=True)
    start = number.end() if number else 0
    if _LTV.search(sentence.text) and (collateral := _COLLATERAL.search(sentence.text)):
        key = f"pledged_asset_ltv_{'without' if collateral['without'] else 'with'}_collateral"
        unit, kind = Unit.PERCENT, "percent"
    elif re.search(BALANCE_TERM, sentence.text, re.I):
        key, unit, kind = "pledged_asset_balance", Unit.USD, "money"
    elif _COUNT.search(sentence.text):
        key, unit, kind = "pledged_asset_loan_count", Unit.LOANS, "number"
    else:
        return
    for terms in sentence.lists(kind):
        if terms[0].start >= start:
            ledger.pair(key, unit, sentence, loans, terms)
            return


# --- which list goes with which ------------------------------------------------------------------------------------


def _is_pledged(sentence: Sentence, ledger: Ledger) -> bool:
    return ledger.after_pledged and _SUCH.search(sentence.text) is not None


def _definite(lists: Sequence[Loans], *, bare: bool = False) -> Loans | None:
    """The longest list that names a pool or says "all"; a bare "mortgage loans" only where nothing better stands."""
    named = [loans for loans in lists if not loans.bare]
    if named:
        return max(named, key=lambda loans: len(loans.scopes))
    return lists[0] if bare and lists else None


def _loans_after(sentence: Sentence, terms: Sequence[Term]) -> Loans | None:
    """The groups of loans that directly follow a list of values: "5% of the pool I mortgage loans"."""
    following = (loans for loans in sentence.loans if loans.start >= terms[-1].after)
    return next((one for one in following if _DIRECTLY.match(sentence.text[terms[-1].after : one.start])), None)


def _pair_directly(
    sentence: Sentence,
    ledger: Ledger,
    key: str,
    unit: Unit,
    lists: Sequence[Sequence[Term]],
    default: Qualifier | None = None,
) -> bool:
    """ "5% of the pool I mortgage loans and 8% of the pool II mortgage loans": each list with the loans after it."""
    stated = (*lists, *sentence.lists("none"))
    pairs = [(terms, loans) for terms in stated if (loans := _loans_after(sentence, terms))]
    if len(lists) > sum(terms[0].kind != "none" or len(terms) > 1 for terms, _ in pairs):
        return False
    bound: Qualifier | None = None
    for terms, loans in pairs:
        bound = sentence.qualifier(terms[0].start) or bound
        qualifier = (bound or Qualifier.EXACT) if default else Qualifier.EXACT
        ledger.pair(key, unit, sentence, loans, terms, qualifier=qualifier)
    return True


def _pair_measure(
    sentence: Sentence, ledger: Ledger, key: str, unit: Unit, position: int, lists: Sequence[Sequence[Term]]
) -> None:
    """A measure whose name comes first: loans named between it and the values, else those named before it."""
    if _pair_directly(sentence, ledger, key, unit, lists):
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
    ledger.pair(key, unit, sentence, _definite(between, bare=True) or _definite(before[::-1], bare=True), terms)


def _pair_shares(
    sentence: Sentence, ledger: Ledger, key: str, unit: Unit, kind: str, loans: Loans | None, default: Qualifier
) -> None:
    """A bound that comes first: "At least 53%, 31% and 45%, respectively, of the ... loans"."""
    lists = list(sentence.lists(kind))
    if not lists:
        return
    if _pair_directly(sentence, ledger, key, unit, lists, default):
        return
    qualifier = sentence.qualifier(lists[0][0].start) or Qualifier.EXACT
    ledger.pair(key, unit, sentence, loans, lists[0], qualifier=qualifier)
