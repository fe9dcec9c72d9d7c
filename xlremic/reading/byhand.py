"""Facts that a person gives: the file of them, held row by row against the vocabulary of facts, and put into a reading.

The file is CSV or TOML. A row that cannot be used is refused with its place; a row without a key or a value is one that
the person left open. What was read stands unless a row says otherwise, and what a row replaces is kept beside it.
"""

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from ..errors import InputError, shown
from ..files import read_whole
from ..text import without_hidden
from .facts import ByHand, Caution, Fact, Provenance, Qualifier, Reading, Token, Unit, Unread, Value, printed
from .grammar import NUMBER, NUMBER_WORDS, decimal, parse_date, words_to_number
from .keys import KEYS, Key, nearest
from .plausible import implausible

FIELDS = ("key", "scope", "value", "unit", "qualifier", "line", "note", "filing")
NEEDED = FIELDS[:3]
"""Of a CSV; the others have what is usual of the key, or nothing."""
LARGEST = 4 << 20
"""Bytes of a file of facts; one of a whole deal has some ten thousand."""
LONGEST = 500
"""Characters of a text; a note, which may be a whole sentence, may have ten times as many."""
TOLD = 10
"""Bad rows that one message tells."""

_WHOLE = (Unit.LOANS, Unit.YEARS, Unit.SCORE, Unit.ZIP_CODES)
_SAYS = {
    Unit.USD: "dollars with no decimals or two, such as 6170000.00",
    Unit.PERCENT: "a percentage, such as 6.132",
    Unit.MONTHS: "months, such as 358.52",
    Unit.DATE: "a date, such as 2004-10-01 or October 1, 2004",
    Unit.BOOLEAN: "true or false",
    Unit.TEXT: f"a text of one line and at most {LONGEST} characters",
}
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(rf"(?a:\$?\s?({NUMBER})\s?(?:%|percent|months|years|loans)?)")
_QUOTED = re.compile("'(?=[=+@-])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One row of the file, with a value of its key's kind. ``filing`` is the only one that it holds for, if given."""

    key: str
    scope: str
    value: Value
    qualifier: Qualifier
    line: int
    note: str
    filing: str
    file: str
    row: str

    @property
    def place(self) -> str:
        return f"{self.file}, {self.row}"


def read_given(path: Path) -> tuple[Given, ...]:
    """The facts of a file. Raises: InputError that names each bad row, what was found and what is allowed."""
    return given_of(read_whole(path), path.name)


def given_of(data: bytes, name: str) -> tuple[Given, ...]:
    """The facts in the bytes of a file called ``name``; a name that ends in .toml is TOML, any other CSV."""
    name = without_hidden(name, "�")
    if len(data) > LARGEST:
        raise InputError(f"{name} has {len(data):,} bytes, over the limit of {LARGEST:,} for a file of facts")
    text = _decoded(data, name)
    rows = _toml(text, name) if name.lower().endswith(".toml") else _csv(text, name)
    found: dict[tuple[str, str, str], list[Given]] = {}
    bad: list[str] = []
    for row, cells in rows:
        try:
            if (one := _given(cells, name, row)) is None:
                continue
            for other in found.get((one.filing, one.key, one.scope), ()):
                if not KEYS[one.key].sides or one.qualifier == other.qualifier or _exact(one, other):
                    raise InputError(f"{one.key} of {one.scope} is given twice, on {other.row} before: keep one row")
            found.setdefault((one.filing, one.key, one.scope), []).append(one)
        except InputError as error:
            bad.append(f"{row}: {error}")
    if bad:
        more = f"; and {len(bad) - TOLD} more rows" if len(bad) > TOLD else ""
        raise InputError(f"{name}, {'; '.join(bad[:TOLD])}{more}")
    return tuple(one for several in found.values() for one in several)


def _exact(*given: Given) -> bool:
    return any(one.qualifier is Qualifier.EXACT for one in given)


def _decoded(data: bytes, name: str) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise InputError(f"{name} is not text in UTF-8: save it as CSV UTF-8, or as TOML") from None


def _csv(text: str, name: str) -> Iterator[tuple[str, dict[str, str]]]:
    head = text.lstrip("\r\n").partition("\n")[0]
    delimiter = next((mark for mark in ",;\t" if mark in head), ",")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    fields: list[str] = []
    try:
        for cells in rows:
            row = f"line {rows.line_num}"
            if not any(map(str.strip, cells)):
                continue
            if not fields:
                fields = [cell.strip().lower() for cell in cells]
                _check_fields(fields, name, row)
                continue
            if any(map(str.strip, cells[len(fields) :])):
                raise InputError(
                    f"{name}, {row}: {len(cells)} cells under {len(fields)} headings: put a value that has commas in"
                    " double quotes"
                )
            yield row, {field: _QUOTED.sub("", cell.strip()) for field, cell in zip(fields, cells, strict=False)}
    except csv.Error as error:
        raise InputError(f"{name}, line {rows.line_num}: not a CSV ({error})") from None
    if not fields:
        raise InputError(f"{name} is empty; the first line of a CSV of facts is {','.join(FIELDS)}")


def _check_fields(fields: Sequence[str], name: str, row: str) -> None:
    unknown = [field for field in fields if field not in FIELDS]
    lacking = [field for field in NEEDED if field not in fields]
    if unknown or lacking or len(set(fields)) < len(fields):
        found = ", ".join(map(shown, unknown)) or (f"no {', no '.join(lacking)}" if lacking else "a heading twice")
        raise InputError(
            f"{name}, {row}: found {found} in the headings; they are {', '.join(FIELDS)}, of which"
            f" {', '.join(NEEDED)} are needed"
        )


def _toml(text: str, name: str) -> Iterator[tuple[str, dict[str, str]]]:
    try:
        document = tomllib.loads(text, parse_float=str)  # a number keeps the places that it is written with
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name} is not TOML ({shown(str(error))})") from None
    facts = document.get("fact", [])
    if document.keys() - {"fact"} or not isinstance(facts, list) or not all(isinstance(one, dict) for one in facts):
        raise InputError(f"{name}: facts in TOML are tables called [[fact]], and nothing else stands beside them")
    for number, one in enumerate(facts, 1):
        row = f"fact {number}"
        if unknown := [field for field in one if field not in FIELDS]:
            raise InputError(f"{name}, {row}: found {shown(unknown[0])}; a fact has {', '.join(FIELDS)}")
        for field, cell in one.items():
            if not isinstance(cell, str | int | date):
                raise InputError(f"{name}, {row}: {field} is {shown(cell)}, which is no text, number or date")
        yield row, {field: str(cell).lower() if isinstance(cell, bool) else str(cell) for field, cell in one.items()}


def _given(cells: Mapping[str, str], file: str, row: str) -> Given | None:
    """A row as a fact, ``None`` if it is left open. Raises: InputError, the row not named."""
    name, text = cells.get("key", "").strip(), cells.get("value", "").strip()
    if not name or not text:
        return None
    key = KEYS.get(name)
    if key is None:
        raise InputError(f"there is no key {shown(name)}; the nearest are {nearest(name)}")
    scope = cells.get("scope", "").strip()
    if not key.allows(scope):
        raise InputError(f"{name}: found the scope {shown(scope)}; allowed is {', or '.join(key.where)}")
    unit = cells.get("unit", "").strip()
    if unit not in ("", key.unit):
        raise InputError(f"{name}: found the unit {shown(unit)}; allowed is {key.unit}, or nothing")
    value, said = _valued(key, text)
    qualifier = said or _qualifier(key, scope, cells.get("qualifier", "").strip())
    if doubt := implausible(name, value, key.unit):
        raise InputError(f"{name}: {shown(text)} {doubt}")
    line, note = cells.get("line", "").strip(), cells.get("note", "")
    if line and not re.fullmatch("[1-9][0-9]{0,7}", line):
        raise InputError(f"{name}: found the line {shown(line)}; allowed is the number of a line of the filing, from 1")
    return Given(
        key=name,
        scope=scope,
        value=value,
        qualifier=qualifier,
        line=int(line or 0),
        note=re.sub(r"\s+", " ", without_hidden(note, " ")).strip()[: 10 * LONGEST],
        filing=cells.get("filing", "").strip(),
        file=file,
        row=row,
    )


def _qualifier(key: Key, scope: str, text: str) -> Qualifier:
    if text in key.qualifiers and text != Qualifier.NONE:
        return Qualifier(text)
    if not text and (usual := key.usual(scope)):
        return usual
    allowed = ", ".join(one for one in key.qualifiers if one is not Qualifier.NONE)
    raise InputError(f"{key.name}: found the qualifier {shown(text)}; allowed is {allowed}")


def _valued(key: Key, text: str) -> tuple[Value, Qualifier | None]:
    """The value, and the qualifier that the value itself tells ("none"). Raises: InputError."""
    allowed = _SAYS.get(key.unit, "a whole number")
    if Qualifier.NONE in key.qualifiers:
        allowed += ', or "none"'
        if text.lower() == "none":
            return (text.lower() if key.unit is Unit.USD else Decimal(0)), Qualifier.NONE
    value: Value | None = None
    if key.unit is Unit.TEXT:
        value = text if len(text) <= LONGEST and without_hidden(text, "") == text else None
    elif key.unit is Unit.BOOLEAN:
        value = text.lower() == "true" if text.lower() in ("true", "false") else None
    elif key.unit is Unit.DATE:
        value = _date(text)
    elif (match := _NUMBER.fullmatch(text)) and len(text) <= 40:
        value = decimal(match[1])
        places = -int(value.as_tuple().exponent)
        dollars = key.unit is Unit.USD
        other = text[-1] in "%snt" if dollars else text[0] == "$"  # a percentage, say, where dollars are wanted
        if other or (places not in (0, 2) if dollars else places and key.unit in _WHOLE):
            value = None
    if value is None:
        raise InputError(f"{key.name}: found {shown(text)}; allowed is {allowed}")
    return value, None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else parse_date(text)
    except (ValueError, IndexError):
        return None


def plain(raw: str) -> str:
    """A number as it stands in a filing, as a value of the file: $1,234.50 is 1234.50, a date is ISO.

    >>> plain("$6,170,000.00"), plain("October 1, 2004"), plain("Fourteen"), plain("(3)")
    ('6170000.00', '2004-10-01', '14', '3')
    """
    text = " ".join(raw.strip(" .,;()").split())
    if match := _NUMBER.fullmatch(text):
        return printed(decimal(match[1]))
    if match := re.match(rf"({NUMBER_WORDS})\Z", text):
        return printed(words_to_number(text))
    day = _date(text)
    return day.isoformat() if day else text


# --- into a reading -------------------------------------------------------------------------------------------------


def unread_numbers(reading: Reading) -> list[tuple[Token, Unread | None]]:
    """Every number that no rule understood, with the sentence that it stands in."""
    texts = [(one, " ".join(one.text.split())) for one in reading.unread]
    found: list[tuple[Token, Unread | None]] = []
    for token in reading.tokens:
        if token.kind == "unread":
            raw = " ".join(token.raw.split())
            holding = [one for one, text in texts if raw in text]
            before = [one for one in holding if one.line <= token.line]
            found.append((token, before[-1] if before else holding[0] if holding else None))
    return found


def with_given(reading: Reading, given: Sequence[Given]) -> Reading:
    """The reading with the facts that a person gave in place of those that they correct, and what they settle.

    A fact that was read as it is given stays as it was read.

    Raises: InputError if there are rows, but none for this filing.
    """
    mine = [one for one in given if one.filing in ("", reading.source.file)]
    if given and not mine:
        raise InputError(
            f"{given[0].file}: no row is for {reading.source.file}; the first is for {shown(given[0].filing)}"
        )
    facts = list(reading.facts)
    tokens = list(reading.tokens)
    warnings = list(reading.warnings)
    for one in mine:
        others = [fact for fact in facts if _corrects(one, fact)]
        if [(fact.value, fact.qualifier) for fact in others] == [(one.value, one.qualifier)]:
            continue
        facts = [fact for fact in facts if not _corrects(one, fact)]
        number = next((k for k, token in enumerate(tokens) if _is_of(one, token)), None)
        fact = _fact(one, others, None if number is None else tokens[number])
        if number is not None:
            tokens[number] = replace(tokens[number], kind="by_hand")
        facts.append(fact)
        warnings = [w for w in warnings if (w.key, w.scope) != (one.key, one.scope) and not _found(w, one)]
        warnings.append(Caution(code="by_hand", message=told(fact), line=fact.provenance.line))
    facts.sort(key=lambda fact: fact.provenance.char_start if fact.provenance.raw else len(facts) + 10**12)
    settled = _settled(reading, tokens)
    lines = {one.line for one in settled} - {one.line for one in reading.unread if one not in settled}
    return replace(
        reading,
        facts=tuple(facts),
        tokens=tuple(tokens),
        warnings=tuple(w for w in warnings if w.code != "unread" or w.line not in lines),
        unread=tuple(one for one in reading.unread if one not in settled),
    )


def _corrects(one: Given, fact: Fact) -> bool:
    if (fact.key, fact.scope) != (one.key, one.scope):
        return False
    return (
        not KEYS[one.key].sides or Qualifier.EXACT in (one.qualifier, fact.qualifier) or one.qualifier is fact.qualifier
    )


def _found(warning: Caution, one: Given) -> bool:
    """The warning says that there is no such fact at all."""
    return warning.key == one.key and not warning.scope


def _is_of(one: Given, token: Token) -> bool:
    return token.kind == "unread" and token.line == one.line and plain(token.raw) == printed(one.value)


def _fact(one: Given, others: Sequence[Fact], token: Token | None) -> Fact:
    place = token or (others[0].provenance if others and one.line in (0, others[0].provenance.line) else None)
    replaced = "; ".join(f"{printed(fact.value)} ({fact.qualifier}, line {fact.provenance.line})" for fact in others)
    by_hand = ByHand(file=one.file, row=one.row, note=one.note, replaced=replaced)
    says = f"by hand ({one.place})" + f": {one.note}" * bool(one.note) + f"; instead of {replaced}" * bool(replaced)
    return Fact(
        key=one.key,
        scope=one.scope,
        value=one.value,
        unit=KEYS[one.key].unit,
        qualifier=one.qualifier,
        provenance=Provenance(
            raw=place.raw if place else "",
            line=one.line or (place.line if place else 0),
            char_start=place.char_start if place else 0,
            char_end=place.char_end if place else 0,
            sentence=says,
        ),
        by_hand=by_hand,
    )


def told(fact: Fact) -> str:
    """A fact by hand in one line: what it is, where it was given, what it replaces."""
    hand = fact.by_hand or ByHand(file="", row="")
    instead = f", instead of {hand.replaced}" if hand.replaced else ""
    return f"{fact.key} of {fact.scope} is {printed(fact.value)} by hand ({hand.file}, {hand.row}){instead}"


def _settled(reading: Reading, tokens: Sequence[Token]) -> list[Unread]:
    """Sentences that had unread numbers, all of which are facts now."""
    now = {(token.char_start, token.char_end): token.kind for token in tokens}
    still: dict[int, bool] = {}
    for token, sentence in unread_numbers(reading):
        if sentence is not None:
            open_still = now[token.char_start, token.char_end] == "unread"
            still[id(sentence)] = still.get(id(sentence), False) or open_still
    return [one for one in reading.unread if still.get(id(one)) is False]
