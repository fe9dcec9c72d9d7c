"""A reading held against the true facts of a filing: right, missing, wrong."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from xlremic.errors import XlremicError
from xlremic.reading.facts import printed
from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse

from .dialects.telling import worded
from .filing_generator import Expected, spoken

_SAME = {"greater_than": "in_excess_of", "no_later_than": "not_after"}
"""Qualifiers that say one thing in the words of two sentences."""

Meaning = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Score:
    """``wrong``: facts that were read and that the filing does not state, each as key, scope, qualifier and value.

    ``lost``: those of the missing whose figure stands in no sentence that the reading lists as unread.
    """

    right: int = 0
    missing: tuple[Meaning, ...] = ()
    wrong: tuple[Meaning, ...] = ()
    lost: tuple[Meaning, ...] = ()

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


def scored(data: bytes, truth: Sequence[Expected], allowed: Iterable[Expected] = ()) -> Score:
    """Every fact read must be one of the filing; a filing that is refused has all its facts missing."""
    true, may = _meanings(truth), _meanings(allowed)
    try:
        reading = parse(filing_of(data, name="filing.txt"))
    except XlremicError:
        return Score(missing=tuple(sorted(true)))
    read = {_meaning(f.key, f.scope, str(f.qualifier), printed(f.value)) for f in reading.facts}
    unread = " ".join(" ".join(entry.text for entry in reading.unread).split()).casefold()
    missing = sorted(true - read)
    lost = [fact for fact in missing if not any(figure.casefold() in unread for figure in _figures(fact, truth))]
    return Score(len(read & true), tuple(missing), tuple(sorted(read - true - may)), tuple(lost))


def _figures(fact: Meaning, truth: Sequence[Expected]) -> list[str]:
    """How the filing prints it; a name, and a figure that is only words, is nothing that can be listed."""
    value = next(one.value for one in truth if _meaning(one.key, one.scope, one.qualifier, one.value) == fact)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        day = date.fromisoformat(value)
        return [spoken(day), f"{day:%B %Y}"]
    if re.fullmatch(r"\d+(\.\d+)?", value) and fact[2] != "none":
        number = Decimal(value)
        return [f"{number:,}", f"{number / 1_000_000:f}".rstrip("0"), worded(int(number)) if number < 1000 else value]
    return [""]
