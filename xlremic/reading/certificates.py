"""Facts of the certificates: initial balances and subordination levels of the classes, loss limits."""

import re
from collections.abc import Sequence

from .facts import Qualifier, Unit
from .grammar import Sentence, Term
from .ledger import Finder, Ledger

NAME = r"(?:(?:[IVX]{1,5}|\d)-?)?[A-Z]{1,2}(?:-?\d{1,2}[A-Z]?|-(?:PO|IO|P|X|R|LR|UR)\d?)?(?![\w])(?!-\w)"
_CLASSES = re.compile(
    rf"(?i:\bclass(?:es)?)\s(?P<names>{NAME}(?:(?:\s?,\s?(?:and\s)?|\sand\s)(?:the\s)?(?:(?i:class)\s)?{NAME})*)"
)
_OTHER_THAN = re.compile(r"\b(?:other\sthan|except(?:\sfor)?|excluding)\s(?:the\s)?\Z", re.I)
_BALANCE = re.compile(
    r"\b(?:initial\s(?:principal|stated|class)\s(?:balances?|amounts?)|(?:initial\s)?stated\samounts?)\b", re.I
)
_LEVEL = re.compile(r"\bsubordination\slevels?\b|\blevels?\sof\ssubordination\b", re.I)
_BEFORE_NAME = re.compile(
    r"\s(?:(?:for|of|to|in)\s|(?:was|were|is|are)\s(?:the\s)?"
    r"(?:(?:aggregate\s)?initial\s[a-z ]{5,30}\sof\s)?|\()(?:the\s)?\Z",
    re.I,
)
_LIMIT_NAME = r"(?:special\shazard|fraud|bankruptcy)"
_LIMITS = re.compile(
    rf"(?P<no>\b(?:no|neither(?:\san?)?|nor(?:\san?)?)\s)?(?:initial\s)?(?P<names>{_LIMIT_NAME}(?:(?:\sloss)?(?:\s?,\s?(?:(?:and|or)\s)?|\s(?:and|or)\s){_LIMIT_NAME})*)"
    r"\sloss\s(?:limits?|amounts?|coverage)",
    re.I,
)


def read_class_balances(sentence: Sentence, ledger: Ledger) -> None:
    """ "The aggregate initial principal balance of the class B-1 certificates as of ... was $..."."""
    if _BALANCE.search(sentence.text):
        _pair(sentence, ledger, "class_initial_principal_balance", Unit.USD, "money")


def read_subordination_levels(sentence: Sentence, ledger: Ledger) -> None:
    """ "The class B-1 subordination level is ...%."."""
    if _LEVEL.search(sentence.text):
        _pair(sentence, ledger, "subordination_level", Unit.PERCENT, "percent")


def _pair(sentence: Sentence, ledger: Ledger, key: str, unit: Unit, kind: str) -> None:
    lists = list(sentence.lists(kind))
    every = list(_CLASSES.finditer(sentence.text))
    named = [one for one in every if not _OTHER_THAN.search(sentence.text, 0, one.start())]
    for match in every:
        for label in re.finditer(NAME, match["names"]):
            if re.search(r"\d", label[0]):
                start = match.start("names") + label.start()
                ledger.claim("label", sentence.traced, start, start + len(label[0]))
    if not lists or not named:
        return
    names = [name for match in named for name in _names(match)]
    terms: list[Term] = [term for found in lists for term in found]
    if len(set(names)) < len(names) or not _in_step(sentence.text, named, lists):
        ledger.warn(
            "list_lengths",
            f"{key}: classes ({', '.join(names)}) and {len(terms)} values do not stand in step; none was read",
            sentence.traced,
            terms[0].start,
        )
        return
    as_of = ledger.as_of(sentence)
    for name, term in zip(names, terms, strict=True):
        qualifier = Qualifier.NONE if term.kind == "none" else Qualifier.EXACT
        ledger.enter(
            key,
            f"class:{name}",
            term.value,
            unit,
            sentence.traced,
            term.start,
            term.end,
            qualifier=qualifier,
            as_of=as_of,
        )


def _names(match: re.Match[str]) -> list[str]:
    return re.findall(NAME, re.sub(r"(?i)\bclass\b", "", match["names"]))


def _in_step(text: str, named: Sequence[re.Match[str]], lists: Sequence[Sequence[Term]]) -> bool:
    """Whether each list of names is followed by a list of as many values, or each such list directly by its names."""
    if len(named) != len(lists):
        return False
    pairs = list(zip(named, lists, strict=True))
    if any(len(_names(match)) != len(found) for match, found in pairs):
        return False
    places = [place for match, found in pairs for place in (match.start(), found[0].start)]
    if places == sorted(places):
        return True
    return all(
        found[-1].after <= match.start() and _BEFORE_NAME.match(text[found[-1].after : match.start()])
        for match, found in pairs
    )


def read_loss_limits(sentence: Sentence, ledger: Ledger) -> None:
    """ "There are no special hazard, fraud or bankruptcy loss limits", or the amounts of those that there are."""
    matches = list(_LIMITS.finditer(sentence.text))
    untils = [*(match.start() for match in matches[1:]), len(sentence.text)]
    as_of = ledger.as_of(sentence) if matches else None
    for match, until in zip(matches, untils, strict=False):
        names = [re.sub(r"\s", "_", name.lower()) for name in re.findall(_LIMIT_NAME, match["names"], re.I)]
        terms = [t for found in sentence.lists("money") for t in found if match.end() <= t.start < until]
        if match["no"] or re.search(r"\b(?:is|are)\snone\b", sentence.text[match.end() : until]):
            none = re.compile(r"\b(?:no(?:ne)?|neither|nor)\b", re.I).search(
                sentence.text, match.start() if match["no"] else match.end()
            )
            assert none is not None  # noqa: S101 - the condition above found it
            for name in names:
                ledger.enter(
                    f"{name}_loss_limit",
                    "all",
                    "none",
                    Unit.USD,
                    sentence.traced,
                    *none.span(),
                    qualifier=Qualifier.NONE,
                )
        elif len(terms) != len(names):
            ledger.warn(
                "list_lengths",
                f"loss limits: {len(names)} named ({', '.join(names)}) but {len(terms)} amounts; nothing was read",
                sentence.traced,
                match.start(),
            )
        else:
            for name, term in zip(names, terms, strict=True):
                ledger.enter(
                    f"{name}_loss_limit",
                    "all",
                    term.value,
                    Unit.USD,
                    sentence.traced,
                    term.start,
                    term.end,
                    as_of=as_of,
                )


FINDERS = (
    Finder(read_loss_limits, ("loss",)),
    Finder(read_class_balances, ("class",)),
    Finder(read_subordination_levels, ("subordination",)),
)
