"""The loans that a text names: pools and groups, their discount and premium loans, all of them, or those just named."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

POOL = r"(?i:pools?|groups?)"
_ROMAN, _LETTER = r"[IVX]{1,5}(?![\w-])", r"[A-H](?![\w-])"
_NUMERAL = r"\d{1,2}(?![\w-]|[.,]\d|\s?%)"
_NEXT_NUMERAL = r"[1-9](?![\w-]|[.,]\d|\s?%|\s(?:months?|years?|percent|of)\b)"  # not the 15 of "Group 1, 15 years"
ID = f"(?:{_ROMAN}|{_NUMERAL}|{_LETTER})"
_AND_ALSO = r"(?:\s?,\s?(?:(?:and|or)\s)?|\s(?:and|or|&)\s)(?:the\s)?"
_IDS = "|".join(  # "pool I and 38%" names one pool: the members of a list are of one kind
    rf"{first}(?:{_AND_ALSO}(?:{POOL}\s{first}|{other}))*"
    for first, other in ((_ROMAN, _ROMAN), (_NUMERAL, _NEXT_NUMERAL), (_LETTER, _LETTER))
)
NUMBERED_POOL = re.compile(r"\s(?=\d)(?i:(?<=pool\s)|(?<=pools\s)|(?<=group\s)|(?<=groups\s))")
_PARTS = r"(?i:discount|premium)"
_ONE_ID, _ONE_POOL, _ONE_PART = re.compile(ID), re.compile(POOL), re.compile(_PARTS)
_FIRST = (
    r"[pP][oOrR]|[gG][rR]|[mM][oO][rR]|[dD][iI]|[aA](?:[lL]|[nN][yY]|[sS]\s)|[eE][aAiI]|[nN][oOeE]|[lL][oO]|[sS][uU]|[bB][oO]|[iI][nN]\s"
    r"|[tT][hH][eE](?:[iIyYsSmM]|\s(?:[mMpPgGeEtTfFlLsS]|[dD][iI]))"
)
"""How a mention may begin: of most words two letters tell that they are none."""
_MENTION = re.compile(
    rf"""(?<![A-Za-z])(?={_FIRST})
    (?:{POOL}\s(?P<ids>{_IDS})(?:\s(?:(?P<parts>{_PARTS}(?:\s(?:and|or)\s{_PARTS})?)\s)?(?i:(?:mortgage\s)?loans?)\b)?
      | (?i:(?:(?:all|each)\s(?:of\s)?)?(?:the\s|such\s)?(?:mortgage\s)?loans?\sin\s(?:the\s)?)
         {POOL}\s(?P<ids_after>{_IDS})
      | (?P<parts_of>{_PARTS}(?:\s(?:and|or)\s{_PARTS})?)\s(?i:(?:mortgage\s)?loans?\s(?:of|in)\s(?:the\s)?)
         {POOL}\s(?P<ids_of>{_IDS})
      | (?P<parts_alone>{_PARTS}(?:\s(?:and|or)\s{_PARTS})?)\s(?i:(?:mortgage\s)?loans?)\b
      | (?P<all>(?i:\b(?:(?:all\s|the\s)?(?:mortgage\s)?loans\s(?:as\sa\swhole|in\sthe\saggregate
             |(?:all\s)?(?:taken\s)?together)\b
          |(?:(?<=%\s)|(?<=months\s))as\sa\swhole\b|no\sloans?(?=\s(?:is|was|has|had|have|matures?|bears?|exceeds?)\b)
          |(?:all|each|any|none)\s(?:of\s)?(?:the\s|such\s)?(?:mortgage\s)?loans?\b
          |the\s(?:entire\smortgage\s(?:loan\s)?pool\b|mortgage\s(?:loan\s)?pool\sas\sa\swhole\b
               |mortgage\s(?:loan\s)?pool(?=\s(?:consists|comprises|contains)))
          |(?:both|all)\s(?:pools|groups)\s(?:combined|together|in\stotal))))
      | (?P<same>(?i:\btheir(?=\s(?:aggregate|weighted|average|original|total|number|scheduled|mortgage|interest
             |note|loan))
          |\bthey(?=\s(?:bear|have|had|are|were|was|run|number|consist|comprise)\b)|(?<=\bof\s)them\b
          |\A(?:none|each)(?=\s(?:has|have|had|is|are|was|were|matures?|bears?)\b)))
      | (?P<every>(?i:\b(?:(?:either|each|any|neither|no)\s(?:of\sthe\s)?(?:pool|group)s?
          |(?:the|both|all|these|in)\s(?:of\sthe\s)?(?:two\s|three\s|four\s)?(?:pools|groups))\b)(?!\s(?:of\b|[IVXA-H\d]|loans?\b)))
      | (?P<bare>(?i:\b(?:(?:the|such|no)\s)?mortgage\sloans?\b)))""",
    re.X,
)
_WHOLE = re.compile(
    r"(?:\A|[^a-z\d\s]\s?|\b(?:of|for|in|and|or|nor|any|each|every|all|no|a|the|such|both|on|as|to|by|are|were|that|but|which)\s)\Z",
    re.I,
)
"""What stands before "loans in pool I" where all of them are meant."""
_NAMED = re.compile(rf"[pPgG](?i:ool|roup)(?i:s?)\s(?P<ids>{_IDS})")
ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_DEFINED = re.compile(r"[\"“](?:the\s)?\Z")
_BETWEEN_MENTIONS = re.compile(
    r"\s?,?\s?(?:(?:and|or|nor|and/or|&)\s)?(?:(?:each|both|all)\sof\s)?(?:for\s|of\s)?(?:the\s|such\s)?\Z", re.I
)


class Mention(NamedTuple):
    """Groups of loans named at one place, as scopes; ``bare`` if it only says "mortgage loans"."""

    scopes: tuple[str, ...]
    bare: bool
    start: int
    end: int


class Loans(NamedTuple):
    """A list of groups of loans, in the sentence's order."""

    scopes: tuple[str, ...]
    bare: bool
    start: int
    end: int
    defined: bool = False  # named here for the first time, in quotes


def lists_of_loans(text: str, pools: tuple[str, ...], same: Callable[[], Loans | None]) -> Iterator[Loans]:
    """Lists of groups of loans, in order; ``same`` tells whose "their" and "of them" are, ``pools`` names all pools."""
    before: Loans | None = None
    chain: list[Mention] = []
    for match in _MENTION.finditer(text):
        if chain and not _BETWEEN_MENTIONS.match(text[chain[-1].end : match.start()]):
            before = _chained(text, chain)
            yield before
            chain = []
        if match["ids_after"] and not _WHOLE.search(text, max(0, match.start() - 12), match.start()):
            continue  # "the 12 balloon loans in pool I"
        if match["every"]:
            if pools:
                chain.append(Mention(pools, False, match.start(), match.end()))
        elif not match["same"]:
            chain.append(Mention(_scopes(match), bool(match["bare"]), match.start(), match.end()))
        elif before := before or same():
            chain.append(Mention(before.scopes, before.bare, match.start(), match.end()))
    if chain:
        yield _chained(text, chain)


def names_pools(text: str) -> bool:
    return _NAMED.search(text) is not None


def pools_named(text: str) -> tuple[str, ...]:
    """The pools of a filing, if it names them for the first time in their order: "the groups" are then those."""
    lists = (_ONE_POOL.sub("", match["ids"]) for match in _NAMED.finditer(text))
    found = dict.fromkeys(name for names in lists for name in _ONE_ID.findall(names))
    order = [_rank(name) for name in found]
    return tuple(f"pool:{name}" for name in found) if order == sorted(order) else ()


def _rank(name: str) -> tuple[int, str]:
    return ROMAN.index(name) if name in ROMAN else int(name) if name.isdigit() else len(name), name


def _chained(text: str, chain: Sequence[Mention]) -> Loans:
    scopes = tuple(scope for mention in chain for scope in mention.scopes)
    start = chain[0].start
    defined = _DEFINED.search(text, max(0, start - 6), start) is not None
    return Loans(scopes, len(chain) == 1 and chain[0].bare, start, chain[-1].end, defined)


def _scopes(match: re.Match[str]) -> tuple[str, ...]:
    ids = match["ids"] or match["ids_after"] or match["ids_of"]
    return _scopes_of(ids or "", match["parts"] or match["parts_of"] or match["parts_alone"] or "")


@lru_cache(1000)
def _scopes_of(ids: str, named: str) -> tuple[str, ...]:
    parts = _ONE_PART.findall(named)
    owners = [f"pool:{found}" for found in _ONE_ID.findall(_ONE_POOL.sub("", ids))] or ["all"]
    return tuple(f"{owner}:{part.lower()}" for owner in owners for part in parts) if parts else tuple(owners)
