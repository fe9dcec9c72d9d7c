"""What was read from a filing: facts with their place, warnings, and numbers that nobody understood.

The facts are the source of truth for everything after them. A value is kept as printed ("360.00" keeps its two
places, which set the tolerance of every tie-out), a percentage as the percentage, a date as a date.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

SCHEMA = "xlremic.facts/1"
COLUMNS = (
    "key", "scope", "value", "unit", "qualifier", "as_of", "line", "char_start", "char_end", "raw", "sentence",
)  # fmt: skip
"""A fact as one flat row, in frames and CSV."""

_UNSEEN = re.compile("[\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Characters that terminals and viewers act on instead of showing them; JSON escapes the others by itself."""
Value = Decimal | date | bool | str


class Unit(StrEnum):
    USD = "USD"
    PERCENT = "percent"
    MONTHS = "months"
    YEARS = "years"
    LOANS = "loans"
    DATE = "date"
    TEXT = "text"
    BOOLEAN = "boolean"
    ZIP_CODES = "zip codes"
    SCORE = "score"


class Qualifier(StrEnum):
    EXACT = "exact"
    AT_LEAST = "at_least"
    NO_MORE_THAN = "no_more_than"
    LESS_THAN = "less_than"
    GREATER_THAN = "greater_than"
    IN_EXCESS_OF = "in_excess_of"
    NOT_BEFORE = "not_before"
    NOT_AFTER = "not_after"
    NO_LATER_THAN = "no_later_than"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a fact stands: ``raw`` is the decoded input file from ``char_start`` to ``char_end``."""

    raw: str
    line: int
    char_start: int
    char_end: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """Where a person gave a fact: the file, its row in words, and what had been read instead, if anything."""

    file: str
    row: str
    note: str = ""
    replaced: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that the filing says. Equality is about the meaning, not about the place."""

    key: str
    scope: str
    value: Value
    unit: Unit
    qualifier: Qualifier
    as_of: date | None = None
    provenance: Provenance = field(compare=False, repr=False)
    by_hand: ByHand | None = field(default=None, compare=False)

    @property
    def identity(self) -> tuple[str, str, Qualifier]:
        return self.key, self.scope, self.qualifier

    @property
    def number(self) -> Decimal | None:
        """The value if it is a number, else ``None`` (a limit that the filing says does not exist, say)."""
        return self.value if isinstance(self.value, Decimal) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """Something in the filing that a person should look at; of one fact, with its key and scope."""

    code: str
    message: str
    line: int = 0
    key: str = ""
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One numeric token of the filing and what became of it: a fact, or an explanation, or ``unread``."""

    raw: str
    line: int
    char_start: int
    char_end: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A sentence that bears numbers which no rule understood."""

    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The file that was read. ``encoding`` is the Python codec whose decoded text the offsets count in."""

    file: str
    format: str
    encoding: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that was read from one filing."""

    source: Source
    submission: Mapping[str, str]
    facts: tuple[Fact, ...]
    warnings: tuple[Caution, ...]
    unread: tuple[Unread, ...]
    tokens: tuple[Token, ...]
    _placed: Mapping[tuple[str, str], Sequence[Fact]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        placed: dict[tuple[str, str], list[Fact]] = {}
        for fact in self.facts:
            placed.setdefault((fact.key, fact.scope), []).append(fact)
        object.__setattr__(self, "_placed", placed)

    def find(self, key: str, scope: str, *qualifiers: Qualifier) -> Iterator[Fact]:
        """Facts of that key and scope, with any of the qualifiers if some are given, in the filing's order."""
        for fact in self._placed.get((key, scope), ()):
            if not qualifiers or fact.qualifier in qualifiers:
                yield fact

    def get(self, key: str, scope: str, *qualifiers: Qualifier) -> Fact | None:
        """The one such fact; ``None`` if the filing is silent or contradicts itself."""
        found = list(self.find(key, scope, *qualifiers))
        return found[0] if found and all(fact.value == found[0].value for fact in found) else None

    def scopes(self, prefix: str) -> list[str]:
        """Scopes such as ``pool:I`` (prefix ``pool:``) in the filing's order, sub-pools left out."""
        seen = dict.fromkeys(f.scope for f in self.facts if f.scope.startswith(prefix))
        return [scope for scope in seen if scope.count(":") == prefix.count(":")]

    @property
    def by_hand(self) -> tuple[Fact, ...]:
        """The facts that a person gave."""
        return tuple(fact for fact in self.facts if fact.by_hand)

    def token_counts(self) -> Counter[str]:
        """How many numeric tokens are facts, as-of dates, labels and so on."""
        return Counter(token.kind for token in self.tokens)

    def to_frame(self) -> "pd.DataFrame":
        """One row per fact, with the columns of ``COLUMNS``."""
        import pandas as pd  # noqa: PLC0415 - only where a person wants a table

        return pd.DataFrame([fact_row(fact) for fact in self.facts], columns=list(COLUMNS))

    def to_dict(self, checks: Iterable[Mapping[str, str]] = ()) -> dict[str, Any]:
        """The document of schema ``xlremic.facts/1``."""
        filing_keys = (
            "registrant", "registrant_role", "item_title", "principal_address", "trustee", "paying_agent",
            "balance_term", "signatory_name", "signatory_title", "state_of_organization",
        )  # fmt: skip
        pools = self.scopes("pool:")
        return {
            "schema": SCHEMA,
            "source": {
                "file": self.source.file,
                "format": self.source.format,
                "encoding": self.source.encoding,
                "sha256": self.source.sha256,
            },
            "submission": dict(self.submission),
            "filing": {key: self._printed(key, "filing") for key in filing_keys},
            "pool_count": len(pools) or 1,
            "pools": [
                {
                    "id": scope.removeprefix("pool:"),
                    "label": f"pool {scope.removeprefix('pool:')} mortgage loans",
                    "relocation_loans": self._printed("relocation_loans", scope) == "true",
                }
                for scope in pools
            ],
            "classes": [
                {
                    "class": scope.removeprefix("class:"),
                    "initial_principal_balance": self._printed("class_initial_principal_balance", scope),
                    "subordination_level": self._printed("subordination_level", scope),
                }
                for scope in self.scopes("class:")
            ],
            "facts": [_fact_to_dict(fact) for fact in self.facts],
            "checks": [dict(check) for check in checks],
            "warnings": [{"code": w.code, "message": w.message, "line": w.line} for w in self.warnings],
            "unread": [{"line": u.line, "text": u.text} for u in self.unread],
        }

    def to_json(self, checks: Iterable[Mapping[str, str]] = ()) -> str:
        text = json.dumps(self.to_dict(checks), indent=1, ensure_ascii=False)
        return _UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)

    def _printed(self, key: str, scope: str) -> str:
        fact = self.get(key, scope)
        return printed(fact.value) if fact else ""


def printed(value: Value) -> str:
    """The canonical text of a value: the decimal as printed, an ISO date, ``true`` or ``false``, or the words."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def fact_row(fact: Fact) -> tuple[str, str, str, str, str, str, int, int, int, str, str]:
    """A fact as one flat row, in the order of ``COLUMNS``."""
    place = fact.provenance
    return (
        fact.key,
        fact.scope,
        printed(fact.value),
        str(fact.unit),
        str(fact.qualifier),
        fact.as_of.isoformat() if fact.as_of else "",
        place.line,
        place.char_start,
        place.char_end,
        place.raw,
        place.sentence,
    )


def _fact_to_dict(fact: Fact) -> dict[str, Any]:
    key, scope, value, unit, qualifier, as_of, line, start, end, raw, sentence = fact_row(fact)
    row = {
        "key": key,
        "scope": scope,
        "value": value,
        "unit": unit,
        "qualifier": qualifier,
        "as_of": as_of,
        "provenance": {"raw": raw, "line": line, "char_start": start, "char_end": end, "sentence": sentence},
    }
    return row | {"by_hand": asdict(fact.by_hand)} if fact.by_hand else row


def facts_from_json(document: str) -> tuple[Fact, ...]:
    """The facts of a document of schema ``xlremic.facts/1``, as they were before :meth:`Reading.to_json`."""
    return tuple(
        Fact(
            key=row["key"],
            scope=row["scope"],
            value=_value(row["value"], Unit(row["unit"])),
            unit=Unit(row["unit"]),
            qualifier=Qualifier(row["qualifier"]),
            as_of=date.fromisoformat(row["as_of"]) if row["as_of"] else None,
            provenance=Provenance(**row["provenance"]),
            by_hand=ByHand(**row["by_hand"]) if "by_hand" in row else None,
        )
        for row in json.loads(document)["facts"]
    )


def _value(text: str, unit: Unit) -> Value:
    if unit is Unit.DATE:
        return date.fromisoformat(text)
    if unit is Unit.BOOLEAN:
        return text == "true"
    if unit is Unit.TEXT or text == "none":
        return text
    return Decimal(text)
