"""Which list of values goes with which words and which list of loans: the nearest ones, or none.

A value is bound to the words of a measure only where no other measure is named between them, and to the loans that
stand directly by it, between it and the words, or last before them. Whatever else it could be, it is left unread.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from .facts import Qualifier, Unit
from .grammar import Sentence, Term
from .ledger import Ledger
from .mentions import Loans

_SUCH = re.compile(r"\bsuch\s(?:pool|group|mortgage|loans)", re.I)
_DIRECTLY = re.compile(
    r"(?:\sor\s(?:less|more|fewer|greater|higher|lower)|,?\sat\s(?:least|most))?"
    r",?\s?(?:respectively,?\s)?(?:\((?:by|of)\s[a-z ]{3,40}\)\s)?(?:of|for|in(?:\sthe\scase\sof)?)\s"
    r"(?:(?:each|all|both)\sof\s)?(?:the\s|such\s)?\Z"
    r"|\s\((?:the\s)?\Z",
    re.I,
)
_NARROWED = (
    r"(?:that|which|whose\s(?!aggregate|scheduled|total)|having|for\swhich|secured|originated|located|underwritten|insured|made|acquired"
    r"|with\s(?!an?\s(?:aggregate|initial|weighted)))\b"
)
ONLY_SOME = re.compile(rf"\bloans?,?\s{_NARROWED}|\bloans?,?\sin\s(?!(?:the\s)?(?:pool|group))", re.I)
"""Words that narrow a pool down to some of its loans."""
_NARROWS = re.compile(rf",?\s{_NARROWED}", re.I)
RIVALS = re.compile(
    r"\b(?:investment\sprop|second\s(?:home|residen)|vacation|primary\s(?:residen|mortgage)|numbers?\sof\s"
    r"|original\s(?:principal|maturit|term)|scheduled\s(?:principal|maturit)|adjusted\sbalance|stated\samount"
    r"|initial\sprincipal|loan-to-value|originat(?:ed|ion\sdate)|subordination|special\shazard|fraud|bankruptcy|zip\scode"
    r"|insurance|net\s(?:loan|mortgage|interest|note)\srate|credit\sscore|FICO|pass-through|weighted\saverage|cooperative"
    r"|refinanc|buy-?down)",
    re.I,
)
"""The names of other measures: a value behind one of them is that one's."""
_NOT_NONE = re.compile(r"\s(?:more|less|greater|fewer|later|earlier|higher|lower|longer)\b", re.I)
_OF_OTHERS = re.compile(
    r"(?:\sor\s(?:less|more))?\sof\s(?!(?:the\s|its\s|their\s)?(?:aggregate|scheduled|total|outstanding|adjusted|principal|original)\b"
    r"|(?:the\s|all\s)?(?:mortgage\s)?loans\b|them\b|(?:the\s)?(?:pool|group))",
    re.I,
)
"""Behind a share of what is none of the groups of loans: "9% of the latter"."""
_TURN = 60
"""Characters in which the next group of loans and its value follow, in "of pool I 6.7%, and of pool II 6.1%"."""
_IS = re.compile(
    r"\s(?:was|were|is|are|represents?|constitutes?|equals?)\s(?:the\s)?(?:respective\s)?(?:total\s)?\Z", re.I
)


def ranges(sentence: Sentence, start: int = 0) -> Iterator[tuple[Term, Term]]:
    """ "From $31,200 to $987,000", "between 20 and 30 years": the lower and the upper end."""
    for low, high in pairwise(term for term in sentence.terms if term.start >= start):
        if low.kind not in (high.kind, "number") or not isinstance(low.value, Decimal):
            continue
        link = sentence.words[low.after : high.start].strip()
        before = sentence.words[max(0, low.start - len("between ")) : low.start]
        to = link == "to" and (before.endswith("from ") or high.kind == "years")
        if to or (link == "and" and before.endswith("between ")):
            yield low, high


def is_pledged(sentence: Sentence, ledger: Ledger) -> bool:
    return ledger.after_pledged and says_such(sentence)


def says_such(sentence: Sentence) -> bool:
    """Whether it speaks of "such mortgage loans": those of a sentence before it."""
    return "such " in sentence.words and _SUCH.search(sentence.text) is not None


def definite(lists: Sequence[Loans], *, bare: bool = False) -> Loans | None:
    """The longest list that names a pool or says "all"; a bare "mortgage loans" only where nothing better stands."""
    named = [loans for loans in lists if not loans.bare]
    if named:
        return max(named, key=lambda loans: len(loans.scopes))
    return lists[0] if bare and lists else None


def last_before(sentence: Sentence, position: int) -> Loans | None:
    """The loans named last before a position; a bare "mortgage loans" only where nothing better stands before it."""
    before = [loans for loans in sentence.loans if loans.end <= position]
    if not before:
        return sentence.implied or (sentence.same if sentence.continues else None)
    return next((loans for loans in reversed(before) if not loans.bare), before[-1] if before else None)


def loans_after(sentence: Sentence, terms: Sequence[Term]) -> Loans | None:
    """The groups of loans that directly follow a list of values: "5% of the pool I mortgage loans"."""
    after = terms[-1].after
    following = (loans for loans in sentence.loans if loans.start >= after)
    return next(
        (
            one
            for one in following
            if _DIRECTLY.match(between := sentence.text[after : one.start])
            or (between == " " and sentence.words.startswith("as a whole", one.start))
        ),
        None,
    )


def is_narrowed(sentence: Sentence, loans: Loans) -> bool:
    """Whether words right after the loans pick some of them: "the pool I mortgage loans secured by condominiums"."""
    return _NARROWS.match(sentence.text, loans.end) is not None


def narrowed(after: str) -> bool:
    """Whether "mortgage loans" at the beginning of a text are narrowed down: "12 mortgage loans secured by ..."."""
    return ONLY_SOME.match(after.lstrip().removeprefix("mortgage ").removeprefix("Mortgage ")) is not None


def pair_directly(
    sentence: Sentence,
    ledger: Ledger,
    key: str,
    unit: Unit,
    lists: Sequence[Sequence[Term]],
    default: Qualifier | None = None,
) -> bool:
    """ "5% of the pool I mortgage loans and 8% of the pool II mortgage loans": each list with the loans after it."""
    stated = (*lists, *sentence.lists("none"))
    pairs = [(terms, loans) for terms in stated if (loans := loans_after(sentence, terms))]
    if len(lists) > sum(terms[0].kind != "none" or len(terms) > 1 for terms, _ in pairs):
        return False
    bound: Qualifier | None = None
    for terms, loans in pairs:
        bound = sentence.bound(terms) or bound
        qualifier = (bound or Qualifier.EXACT) if default else Qualifier.EXACT
        ledger.pair(key, unit, sentence, loans, terms, qualifier=qualifier)
    return True


def pair_in_turn(
    sentence: Sentence, ledger: Ledger, key: str, unit: Unit, words: tuple[int, int], lists: Sequence[Sequence[Term]]
) -> bool:
    """ "The pool I loans at 6.7%, the pool II loans at one of 6.1%": each list with the one group named before it."""
    owners: list[Loans] = []
    position = words[1]
    for terms in lists:
        start = terms[0].start
        slot = [loans for loans in sentence.loans if position <= loans.start and loans.end <= start and not loans.bare]
        if not owners and not slot and (first := last_before(sentence, words[0])):
            slot = [first]
        if len(slot) != 1 or (owners and (start - position > _TURN or RIVALS.search(sentence.text, position, start))):
            return False
        if is_narrowed(sentence, slot[0]) or len(terms) != len(slot[0].scopes):
            return False
        owners += slot
        position = terms[-1].after
    scopes = [scope for loans in owners for scope in loans.scopes]
    if len(set(scopes)) < len(scopes):
        return False
    for loans, terms in zip(owners, lists, strict=True):
        ledger.pair(key, unit, sentence, loans, terms)
    return True


def pair_measure(
    sentence: Sentence, ledger: Ledger, key: str, unit: Unit, words: tuple[int, int], lists: Sequence[Sequence[Term]]
) -> None:
    """A measure whose ``words`` come first: loans named between them and the values, else those named before them."""
    position = words[1]
    terms = lists[0]
    if rival := RIVALS.search(sentence.text, position, terms[0].start):
        ledger.warn(
            "unbound", f"{key}: {rival[0]!r} stands between its name and the values", sentence.traced, rival.start()
        )
        return
    if pair_directly(sentence, ledger, key, unit, lists):
        return
    if len(lists) > 1 and pair_in_turn(sentence, ledger, key, unit, words, lists):
        return
    if len(lists) > 1:
        shown = ", ".join(sentence.text[found[0].start : found[-1].end] for found in lists)
        ledger.warn(
            "several_lists", f"{key}: {shown}: which of them is meant is not clear", sentence.traced, terms[0].start
        )
        return
    if only := ONLY_SOME.search(sentence.text, position, terms[0].start):
        ledger.warn(
            "only_some", f"{key}: it is of loans {only[0]!r}, not of a whole pool", sentence.traced, only.start()
        )
        return
    between = [loans for loans in sentence.loans if position <= loans.end and loans.end <= terms[0].start]
    before = last_before(sentence, words[0])
    ledger.pair(key, unit, sentence, definite(between, bare=True) or before, terms)


def values_first(sentence: Sentence, kind: str, words: tuple[int, int]) -> Sequence[Term] | None:
    """The list in "6.132% and 5.486% were the weighted average interest rates of ...", right before the words."""
    for terms in sentence.lists(kind):
        if terms[-1].after <= words[0] and _IS.match(sentence.text[terms[-1].after : words[0]]):
            return terms
    return None


@dataclass(frozen=True, slots=True)
class Share:
    """A list of shares, the loans that it is of, and where the words stand that say what they have in common."""

    terms: Sequence[Term]
    loans: Loans | None
    start: int
    end: int
    bound: Qualifier | None = None

    def bound_by(self, sentence: Sentence) -> Qualifier | None:
        return self.bound or sentence.bound(self.terms)


def shares(sentence: Sentence, kind: str) -> Iterator[Share]:
    """Each list of shares with the words up to the next: "4% of ... are secured by second homes, and none by ..."."""
    lists = [terms for terms in sentence.lists(kind) if _is_share(sentence, terms)]
    lists += [terms for terms in sentence.lists("none") if not _NOT_NONE.match(sentence.text, terms[-1].after)]
    lists.sort(key=lambda terms: terms[0].start)
    loans: Loans | None = None
    for k, terms in enumerate(lists):
        end = lists[k + 1][0].start if k + 1 < len(lists) else len(sentence.text)
        own = loans_after(sentence, terms) or next(
            (one for one in sentence.loans if one.start <= terms[0].start < one.end), None
        )
        if own is None and _OF_OTHERS.match(sentence.text, terms[-1].after):
            loans = None
            yield Share(terms, None, terms[-1].after, end)
            continue
        if own is None and len(terms) > 1:
            own = listed_before(sentence, terms)
        if own is None and k == 0:
            behind = [one for one in sentence.loans if terms[0].start <= one.start < end]
            own = last_before(sentence, terms[0].start) or definite(behind, bare=True)
        loans = own or loans
        yield Share(terms, loans, terms[-1].after, end)


def listed_before(sentence: Sentence, terms: Sequence[Term]) -> Loans | None:
    """As many groups as there are values, the only ones that are named here before them, or in the sentence before."""
    here = [loans for loans in sentence.loans if loans.end <= terms[0].start]
    told = here or (sentence.told_before.loans if sentence.told_before and not sentence.loans else ())
    scopes = [scope for loans in told for scope in loans.scopes]
    last = tuple(scopes[-len(terms) :])
    return Loans(last, False, 0, 0) if len(set(last)) == len(set(scopes)) == len(terms) else None


def _is_share(sentence: Sentence, terms: Sequence[Term]) -> bool:
    """A share is exact, or at least or at most so much; "ratios greater than 80%" is none."""
    bound = sentence.bound(terms)
    return bound in (None, Qualifier.AT_LEAST, Qualifier.NO_MORE_THAN) or bound is Qualifier.LESS_THAN


def is_some(sentence: Sentence, ledger: Ledger, key: str, share: Share) -> bool:
    """Whether the share is of some of the loans only, which is then warned of."""
    if share.loans is None or not is_narrowed(sentence, share.loans):
        return False
    ledger.warn("only_some", f"{key}: it is of some of the loans only", sentence.traced, share.loans.start)
    return True


def pair_share(sentence: Sentence, ledger: Ledger, key: str, unit: Unit, share: Share, within: str = "") -> None:
    """Enter one list of shares; "none" holds for each of several groups."""
    none = all(term.kind == "none" for term in share.terms)
    bound = share.bound_by(sentence) or Qualifier.EXACT
    loans = share.loans
    if none and loans and "all" in loans.scopes and len(share.terms) == 1:  # none of all is none of each
        loans = loans._replace(scopes=("all",))
    ledger.pair(key, unit, sentence, loans, share.terms, qualifier=bound, broadcast=none, within=within)
