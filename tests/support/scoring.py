"""A reading held against the true facts of a filing: right, missing, wrong."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from xlremic.errors import XlremicError
from xlremic.reading.facts import printed
from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse

from .filing_generator import Expected

_SAME = {"greater_than": "in_excess_of", "no_later_than": "not_after"}
"""Qualifiers that say one thing in the words of two sentences."""

Meaning = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Score:
    """``wrong``: facts that were read and that the filing does not state, each as key, scope, qualifier and value."""

    right: int = 0
    missing: tuple[Meaning, ...] = ()
    wrong: tuple[Meaning, ...] = field(default=())

    @property
    def share(self) -> float:
        return self.right / (self.right + len(self.missing))


def _plain(value: str) -> str:
    """A number without the places it happens to be printed with ("352.5 million", "half"), a text with plain marks."""
    try:
        return format(Decimal(value).normalize(), "f")
    except InvalidOperation:
        return value.replace("’", "'").casefold()


def _meaning(key: str, scope: str, qualifier: str, value: str) -> Meaning:
    return key, scope, _SAME.get(qualifier, qualifier), _plain(value)


def _meanings(facts: Iterable[Expected]) -> set[Meaning]:
    return {_meaning(fact.key, fact.scope, fact.qualifier, fact.value) for fact in facts}


def scored(data: bytes, truth: Iterable[Expected], allowed: Iterable[Expected] = ()) -> Score:
    """Every fact read must be one of the filing; a filing that is refused has all its facts missing."""
    true, may = _meanings(truth), _meanings(allowed)
    try:
        reading = parse(filing_of(data, name="filing.txt"))
    except XlremicError:
        return Score(missing=tuple(sorted(true)))
    read = {_meaning(f.key, f.scope, str(f.qualifier), printed(f.value)) for f in reading.facts}
    return Score(len(read & true), tuple(sorted(true - read)), tuple(sorted(read - true - may)))
