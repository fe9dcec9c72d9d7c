"""Facts of the transfer and of the pools: balances, counts, averages, terms, discount and premium loans."""

import re

from .facts import Qualifier, Unit
from .grammar import DATE, Sentence, parse_date
from .ledger import Finder, Ledger, is_whole
from .pairing import definite, is_pledged, pair_directly, pair_measure

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
COUNT = re.compile(r"\b(?:total\s|aggregate\s)?numbers?\sof\s", re.I)


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
    if not _OUTSTANDING.search(sentence.text) or _OTHER_BALANCE.search(sentence.text) or is_pledged(sentence, ledger):
        return
    loans = definite(sentence.loans) or next(iter(sentence.loans), None)
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
    if not pair_directly(sentence, ledger, key, Unit.USD, lists):
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
    loans = definite(sentence.loans) or next(iter(sentence.loans), None)
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
    match = COUNT.search(sentence.text)
    if not match or is_pledged(sentence, ledger):
        return
    lists = [found for found in sentence.lists("number") if found[0].start > match.end()]
    if lists and all(is_whole(term.value) for found in lists for term in found):
        pair_measure(sentence, ledger, "loan_count", Unit.LOANS, match.end(), lists)


def read_averages(sentence: Sentence, ledger: Ledger) -> None:
    """Weighted averages: coupon, remaining and original term, loan-to-value ratio; of pools and sub-pools alike."""
    if is_pledged(sentence, ledger):
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
            pair_measure(sentence, ledger, key, unit, end, lists)


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
        loans = definite([found for found in sentence.loans if found.end <= dates[0].start][::-1], bare=True)
        for key, qualifier, words in limits:
            if re.search(words, before, re.I):
                ledger.pair(key, Unit.DATE, sentence, loans, dates, qualifier=qualifier, broadcast=True)
                break


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


FINDERS = (
    Finder(read_opening, ("trustee",)),
    Finder(read_balances, ("aggregate",)),
    Finder(read_original_years, ("original", "relocation")),
    Finder(read_delivery, ("evidencing", "authenticated", "paying agent")),
    Finder(read_call, ("repurchase",)),
    Finder(read_counts, ("number",)),
    Finder(read_averages, ("weighted average",)),
    Finder(read_origination, ("originated", "maturit")),
    Finder(read_sub_pools, ("net ", "nnr")),
)
