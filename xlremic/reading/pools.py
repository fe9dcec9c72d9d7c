"""Facts of the pools: terms, counts, averages, dates, discount and premium loans."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial

from .facts import Qualifier, Unit
from .grammar import NUMBER_WORDS, Sentence, Term
from .ledger import Finder, Ledger, is_whole
from .mentions import Loans
from .pairing import is_pledged, last_before, loans_after, narrowed, pair_measure, ranges, values_first
from .transfer import TO_TRUSTEE, in_brackets, loans_first

_ORIGINAL_YEARS = re.compile(
    r"(?<!average\s)\boriginal\s(?:terms?(?:\sto\s(?:stated\s)?maturity)?|maturit(?:y|ies))\s(?:of|is|are|was|were|range[sd]?)\s"
    r"(?:(?!\b(?:original|remaining|average|adjust\w*|rates?|balances?)\b|[.;\"“$]).){0,160}\byears?\b",
    re.I,
)
_AND_BOUND = re.compile(r"\s(?:years\s)?(?:but|and)\s(?:at\sleast|(?:no|not)\s(?:more|less)\sthan)\s\Z", re.I)
_SO_MANY = re.compile(rf"(?:\d|%|{NUMBER_WORDS})\s(?:of\s)?(?:the\s)?\Z", re.I)
_IN_BRACKETS = re.compile(r"\s\(\$[\d,.]+\)[:,]\s\Z")
_RELOCATION = re.compile(
    r"(?:\bare\s(?:(?P<no>not)\s)?|(?<![\d,])(?P<number>\d[\d,]*)\s)(?P<yes>relocation)\s(?:mortgage\s)?loans\b", re.I
)
COUPON = "weighted_average_coupon"
_AVERAGE = r"[^.;:%$]{0,80}?\baverage[ds]?\b(?=[^.;]*\bweighted\b|\s(?:at\s)?[\d.])"
_AVERAGES = (
    (COUPON, Unit.PERCENT, "percent", ("rate", "coupon"), re.compile(
        r"\bweighted\saverage\s(?:gross\s|net\s|current\s)?(?:mortgage\s|note\s|loan\s)?(?:interest\s)?(?:rates?|coupons?)\b"
        rf"|(?<!average\s)\b(?:mortgage|note|interest)\srates?\b{_AVERAGE}", re.I)),
    ("weighted_average_remaining_term", Unit.MONTHS, "months", ("remaining", "further", "another"), re.compile(
        r"\bweighted\saverage\sremaining\s(?:stated\s)?terms?\b"
        r"|\bweighted\saverage,?\s(?:for|of)\s(?:another|a\sfurther)\s(?=[\d.]+\smonths\sto\s(?:stated\s)?maturity)",
        re.I)),
    ("weighted_average_original_term", Unit.MONTHS, "months", ("origina", "when made"), re.compile(
        r"\bweighted\saverage\soriginal\s(?:stated\s)?terms?\b"
        r"|\bwhen\s(?:originated|made),?\s(?:\w+\s){0,5}weighted\saverage\sterms?\b", re.I)),
    ("weighted_average_ltv", Unit.PERCENT, "percent", ("loan-to-value",), re.compile(
        rf"\bweighted\saverage\s(?:original\s)?loan-to-value\sratios?\b|\bloan-to-value\sratios?\b{_AVERAGE}", re.I)),
    ("weighted_average_fico", Unit.SCORE, "number", ("score",), re.compile(
        r"\bweighted\saverage\s(?:\w+\s){0,2}?(?:FICO|credit)\s(?:credit\s)?scores?\b", re.I)),
)  # fmt: skip
_COMPARED = re.compile(r",\s(?:against|compared\s(?:with|to))\s", re.I)
NET_RATE = "weighted_average_net_rate"
COUNT = re.compile(r"\b(?:total\s|aggregate\s)?numbers?\sof\s", re.I)
_CONSISTS = re.compile(
    r"(?:\b(?:consists?\sof|comprises?|contains?|holds?|has|have)(?:,\srespectively,)?\s(?:a\stotal\sof\s)?"
    r"|\s\(\$[\d,.]+\)[:,]\s)\Z",
    re.I,
)
_HAS = re.compile(r"\b(?:has|have)\s\Z", re.I)
_LOANS = re.compile(r"\s(?:relocation\s)?(?:mortgage\s)?loans?\b", re.I)
_NUMBER_IS = re.compile(r"\bloans\snumber(?:ed)?,?\s\Z", re.I)
_IN_NUMBER = re.compile(r"\sin\snumber\b", re.I)
_COUNTED_LOANS = re.compile(r"\s(?:mortgage\s)?loans?(?:,\srespectively)?", re.I)
_IN_ALL = re.compile(r",?\s(?:or\s|and\s)?in\s(?:all|total),?\s(?P<count>\d[\d,]*)(?!,?\d|\.\d|%)", re.I)
_CLAUSE_ENDS = re.compile(r"\s?(?:[.,;]|and\b|\Z)", re.I)
_THERE_ARE = re.compile(r"\A(?:\d+\.\s)?(?:[A-Z]?[a-z]+\s){0,3}there\s(?:are|were)\s\Z", re.I)
_GROSS = re.compile(
    r"\b(?:before|prior\sto|without)\s(?:the\s|any\s)?(?:deduct|servic)|\bgross\b|\bnote\srates?\b", re.I
)
_NET = re.compile(
    r"\b(?:after|less|net\sof)\s(?:the\s|any\s)?(?:deduct|servicing)|\bnet\s(?:interest|mortgage|loan|note|rates?|coupons?)\b|pass-through",
    re.I,
)


def read_original_years(sentence: Sentence, ledger: Ledger) -> None:
    """ "... have original maturities of at least 25 but not more than 30 years", and whether relocation loans."""
    phrases = list(_ORIGINAL_YEARS.finditer(sentence.text))
    owners = _owners(sentence, [match.span() for match in phrases])
    for match, loans in zip(phrases, owners, strict=True):
        within = [
            terms
            for terms in (*sentence.lists("years"), *sentence.lists("number"))
            if match.start() <= terms[0].start < match.end()
        ]
        for terms, owner, qualifier in _bounded_years(
            sentence, match, sorted(within, key=lambda terms: terms[0].start)
        ):
            if found := owner or loans:
                ledger.pair(
                    "original_term_years", Unit.YEARS, sentence, found, terms, qualifier=qualifier, broadcast=True
                )
    said = list(_RELOCATION.finditer(sentence.text))
    for match, loans in zip(said, _owners(sentence, [match.span() for match in said]), strict=True):
        if loans and len(loans.scopes) == 1 and _whole(sentence, loans, match):
            place = match.span("no" if match["no"] else "yes")
            ledger.enter("relocation_loans", loans.scopes[0], not match["no"], Unit.BOOLEAN, sentence.traced, *place)


def _whole(sentence: Sentence, loans: Loans, relocation: re.Match[str]) -> bool:
    """Whether all of the loans are meant: "two mortgage loans in pool 2 (0.4%) are relocation loans" says it of two."""
    if relocation["number"]:
        return _IN_BRACKETS.match(sentence.text, loans.end, relocation.start()) is not None
    return (
        not _SO_MANY.search(sentence.text, 0, loans.start) and "%" not in sentence.text[loans.end : relocation.start()]
    )


def _bounded_years(
    sentence: Sentence, phrase: re.Match[str], lists: Sequence[Sequence[Term]]
) -> Iterator[tuple[Sequence[Term], Loans | None, Qualifier]]:
    """Each list of years with its bound and the loans right behind it: "30 years in Group 1, 15 years in Group 2"."""
    ends = [pair for pair in ranges(sentence, phrase.start()) if pair[1].after <= phrase.end()]
    if ends:
        for low, high in ends if sum(map(len, lists)) == 2 * len(ends) else ():
            owner = loans_after(sentence, [high])
            yield [low], owner, Qualifier.AT_LEAST
            yield [high], owner, Qualifier.NO_MORE_THAN
        return
    owners: list[Loans | None] = []
    following: Sequence[Term] | None = None
    for terms in reversed(lists):
        owner = loans_after(sentence, terms)
        if following and _AND_BOUND.match(sentence.text, terms[-1].end, following[0].start):
            owner = owners[-1]
        owners.append(owner)
        following = terms
    if any(owners) and not all(owners):
        return
    for terms, owner in zip(lists, reversed(owners), strict=True):
        yield terms, owner, sentence.bound(terms) or Qualifier.EXACT


def _owners(sentence: Sentence, phrases: Sequence[tuple[int, int]]) -> list[Loans | None]:
    """The loans of each phrase: those that are defined in quotes beside it, else those named last before it.

    Phrases and definitions must stand in step, all phrases before or all behind what they define.
    """
    defined = [loans for loans in sentence.loans if loans.defined]
    if not phrases or not defined:
        return [last_before(sentence, start) for start, _ in phrases]
    if len(defined) == len(phrases):
        places = [(start, loans.start) for (start, _), loans in zip(phrases, defined, strict=True)]
        flat = [place for pair in places for place in pair]
        if flat == sorted(flat) or [place for a, b in places for place in (b, a)] == sorted(flat):
            return list(defined)
    return [None] * len(phrases)


def read_counts(sentence: Sentence, ledger: Ledger) -> None:
    """ "The total numbers of the pool I mortgage loans and all mortgage loans as of ... were 663 and 970"."""
    if is_pledged(sentence, ledger):
        return
    lists = [
        terms
        for terms in sentence.lists("number")
        if all(term.kind == "none" or is_whole(term.value) for term in terms)
    ]
    for terms in lists:
        if (loans := _counted(sentence, terms)) or (loans := in_brackets(sentence, terms)):
            ledger.pair("loan_count", Unit.LOANS, sentence, loans, terms)
            if (
                (whole := _IN_ALL.match(sentence.text, _loans_end(sentence, terms)))
                and loans
                and "all" not in loans.scopes
            ):
                _enter_sum(sentence, ledger, terms, whole)
    match = COUNT.search(sentence.text) if "number" in sentence.words else None
    if not match:
        return
    behind = [terms for terms in lists if terms[0].start > match.end()]
    if first := values_first(sentence, "number", match.span()):
        ledger.pair("loan_count", Unit.LOANS, sentence, loans_first(sentence, match.end()), first)
    elif behind:
        pair_measure(sentence, ledger, "loan_count", Unit.LOANS, match.span(), behind)


def _loans_end(sentence: Sentence, terms: Sequence[Term]) -> int:
    """Where the loans that a list counts are named, if right behind it, and "respectively"."""
    named = _COUNTED_LOANS.match(sentence.text, terms[-1].after)
    return named.end() if named else terms[-1].after


def _enter_sum(sentence: Sentence, ledger: Ledger, terms: Sequence[Term], whole: re.Match[str]) -> None:
    """ "... 12, 11 and 4 mortgage loans, respectively, in all 27": where they add up."""
    counts = [term.value for term in terms if isinstance(term.value, Decimal)]
    said = Decimal(whole["count"].replace(",", ""))
    if len(counts) > 1 and sum(counts) == said:
        ledger.enter("loan_count", "all", said, Unit.LOANS, sentence.traced, *whole.span("count"))


def _counted(sentence: Sentence, terms: Sequence[Term]) -> Loans | None:
    """The loans that a number counts where they are said to be, or to hold, so many."""
    before, after = sentence.text[: terms[0].start], sentence.text[terms[-1].after :]
    if (_NUMBER_IS.search(before) and _CLAUSE_ENDS.match(after)) or _IN_NUMBER.match(after):
        return last_before(sentence, terms[0].start)
    if not _LOANS.match(after):
        return None
    if _CONSISTS.search(before) and not (_HAS.search(before) and narrowed(after)):
        return last_before(sentence, terms[0].start)
    if len(terms) == 1 and (_THERE_ARE.search(before) or TO_TRUSTEE.search(before)) and not narrowed(after):
        return Loans(("all",), False, terms[0].start, terms[-1].after)
    return None


def read_averages(sentence: Sentence, ledger: Ledger) -> None:
    """Weighted averages: coupon, terms, loan-to-value ratio, credit score; of pools and sub-pools alike."""
    if is_pledged(sentence, ledger):
        return
    found = sorted(
        (match.start(), match.end(), key, unit, kind)
        for key, unit, kind, hints, trigger in _AVERAGES
        if any(map(sentence.words.__contains__, hints))
        for match in trigger.finditer(sentence.text)
    )
    untils = [start for start, *_ in found[1:]] + [len(sentence.text)] * bool(found)
    for (start, end, key, unit, kind), until in zip(found, untils, strict=True):
        average = partial(_read_average, sentence, ledger, key, unit, kind, (start, end, until))
        if key != COUPON:
            average()
            continue
        said = sentence.text[start:until] if len(found) > 1 else sentence.text
        if _NET.search(said) and _GROSS.search(said):
            _read_both_rates(sentence, ledger, (start, end, until))
        elif _NET.search(said):
            _read_average(sentence, ledger, NET_RATE, unit, kind, (start, end, until))
        elif _GROSS.search(said):
            ledger.gross = True
            average()
        elif ledger.gross:
            average()
        else:
            ledger.held.append((sentence, average))


def _read_average(
    sentence: Sentence, ledger: Ledger, key: str, unit: Unit, kind: str, words: tuple[int, int, int]
) -> None:
    """One average: where its name starts and ends, and where the next one's starts."""
    start, end, until = words
    if compared := _COMPARED.search(sentence.text, end, until):
        until = compared.start()
    lists = [terms for terms in sentence.lists(kind) if end <= terms[0].start < until]
    if first := values_first(sentence, kind, (start, end)):
        ledger.pair(key, unit, sentence, loans_first(sentence, end), first)
    elif lists:
        pair_measure(sentence, ledger, key, unit, (start, end), lists)


def _read_both_rates(sentence: Sentence, ledger: Ledger, words: tuple[int, int, int]) -> None:
    """ "... before deduction of the servicing fee were 5.7% and, after deduction of the servicing fee, 5.5%"."""
    start, end, until = words
    for terms in sentence.lists("percent"):
        if not end < terms[0].start < until:
            continue
        places = [
            (match.end(), key)
            for key, pattern in ((COUPON, _GROSS), (NET_RATE, _NET))
            for match in pattern.finditer(sentence.text, start, terms[0].start)
        ]
        if places:
            key = max(places)[1]
            ledger.gross = ledger.gross or key == COUPON
            pair_measure(sentence, ledger, key, Unit.PERCENT, (start, end), [terms])


def read_held(ledger: Ledger) -> None:
    """Coupons whose sentence does not say whether they are before the servicing fee: as the filing's others."""
    for sentence, read in ledger.held:
        if ledger.gross:
            read()
        else:
            message = "weighted_average_coupon: nothing says that it is before deduction of the servicing fee; not read"
            ledger.warn("gross_or_net", message, sentence.traced)


def read_sub_pools(sentence: Sentence, ledger: Ledger) -> None:
    """ "Pool I discount loans will consist of pool I mortgage loans with net loan rates less than 5.50%"."""
    rates = re.search(r"\bnet\s(?:loan|mortgage|interest|note)\srates?\b|\bNNRs?\b", sentence.text, re.I)
    parts = [
        loans
        for loans in sentence.loans
        if any(scope.count(":") == 2 or scope.startswith("all:") for scope in loans.scopes)
    ]
    lists = sentence.lists("percent")
    if not rates or not parts or not lists:
        return
    owners = [loans_after(sentence, terms) for terms in lists]
    if len(parts) == 1 and parts[0].scopes[0].startswith("all:") and len(parts[0].scopes) == 1 and all(owners):
        part = parts[0].scopes[0].removeprefix("all")
        named = (owner for owner in owners if owner)
        parts = [owner._replace(scopes=tuple(scope + part for scope in owner.scopes), bare=False) for owner in named]
        parts = [loans for loans in parts if all(scope.count(":") == 2 for scope in loans.scopes)]
    if len(parts) != len(lists):
        ledger.warn("list_lengths", f"net_loan_rate: {len(parts)} sub-pools but {len(lists)} rates", sentence.traced)
        return
    qualifier: Qualifier | None = None
    for loans, terms in zip(parts, lists, strict=True):
        qualifier = sentence.qualifier(terms[0].start) or (qualifier if all(owners) else None)
        if re.match(r"\sor\s(?:more|greater|higher|above)\b", sentence.text[terms[-1].after :]):
            qualifier = Qualifier.AT_LEAST
        ledger.pair(
            "net_loan_rate",
            Unit.PERCENT,
            sentence,
            loans,
            terms,
            qualifier=qualifier or Qualifier.EXACT,
            broadcast=True,
        )


FINDERS = (
    Finder(read_original_years, ("original", "relocation")),
    Finder(
        read_counts,
        (
            "number",
            "there ",
            "consist",
            "contain",
            "compris",
            "hold",
            "trustee",
            " has ",
            " have ",
            "loans number",
            "loans; $",
            "): ",
        ),
    ),
    Finder(read_averages, ("average",)),
    Finder(read_sub_pools, ("net ", "nnr")),
)
