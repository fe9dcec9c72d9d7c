"""Tables of a deal file as text says them: keys with their kinds of value, refusals that name file, table and key."""

import csv
import io
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..errors import InputError, shown
from ..files import read_whole
from ..structure import IndexCoupon, Strands

LONGEST = 1200
"""Months that a plan, a schedule or a loan may have."""
LARGEST_FILE = 4 << 20
"""Bytes of a deal file; loans by the thousand are a tape."""
MOST_DOLLARS = Decimal(10) ** 13


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value: what may be given, and a reader that returns ``None`` for anything else."""

    allowed: str
    read: Callable[[Any], Any]


def number(least: float, most: float, said: str = "") -> Kind:
    """A number between two bounds, as a ``Decimal``."""

    def read(value: Any) -> Decimal | None:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return None
        good = isinstance(value, int) or value.is_finite()
        return Decimal(value) if good and Decimal(str(least)) <= value <= Decimal(str(most)) else None

    return Kind(said or f"a number from {least:g} to {most:g}", read)


def whole(least: int, most: int) -> Kind:
    """A whole number between two bounds."""

    def read(value: Any) -> int | None:
        good = isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
        return int(value) if good else None

    return Kind(f"a whole number from {least} to {most}", read)


def _text(value: Any) -> str | None:
    return (
        value if isinstance(value, str) and 0 < len(value.strip()) == len(value) <= 40 and value.isprintable() else None
    )


def _labels(value: Any) -> tuple[str, ...] | None:
    good = isinstance(value, list) and value and all(_text(one) for one in value) and len(set(value)) == len(value)
    return tuple(value) if good else None


def _strands(value: Any) -> Strands | None:
    """``["A", "B"]`` in turn, or ``[["A"], ["B", "C"]]`` side by side, no label twice."""
    if not isinstance(value, list) or not value:
        return None
    rows = [_labels(one) for one in ([value] if isinstance(value[0], str) else value)]
    strands = tuple(row for row in rows if row is not None)
    flat = [label for row in strands for label in row]
    return strands if len(strands) == len(rows) and len(set(flat)) == len(flat) else None


def _schedule(value: Any) -> tuple[tuple[int, float], ...] | None:
    """Rising months from 1, each with a fraction of one."""
    month, fraction = whole(1, LONGEST).read, number(0, 1).read
    if not isinstance(value, list) or not all(isinstance(one, list) and len(one) == 2 for one in value):
        return None
    pairs = [(month(first), fraction(second)) for first, second in value]
    if not pairs or any(first is None or second is None for first, second in pairs):
        return None
    months = [first for first, _ in pairs]
    rising = months[0] == 1 and all(a < b for a, b in pairwise(months))
    return tuple((int(first), float(second)) for first, second in pairs) if rising else None


def _balances(value: Any) -> tuple[float, ...] | str | None:
    """Balances by month, or the name of a file of them."""
    if isinstance(value, str):
        return value or None
    read = number(0, float(MOST_DOLLARS)).read
    rows = [read(one) for one in value] if isinstance(value, list) else []
    if not 0 < len(rows) <= LONGEST + 1 or any(row is None for row in rows):
        return None
    return tuple(map(float, rows))


def _speeds(value: Any) -> tuple[float, ...] | None:
    read = number(0, 5000).read
    rows = [read(one) for one in value] if isinstance(value, list) else []
    good = len(rows) in (1, 2) and all(row is not None for row in rows) and (len(rows) == 1 or rows[0] < rows[1])
    return tuple(map(float, rows)) if good else None


RATE = number(0, 1, "a rate a year, a fraction such as 0.055")
DOLLARS = number(0.01, float(MOST_DOLLARS), "dollars above zero")
MONTHS = number(0.01, LONGEST, f"months above zero, {LONGEST} at most")
AGE = number(0, LONGEST, f"months from zero to {LONGEST}")
TEXT = Kind("a text of 1 to 40 characters", _text)
FLAG = Kind("true or false", lambda value: value if isinstance(value, bool) else None)
DATE = Kind(
    "a date such as 2006-02-28",
    lambda value: (
        value if isinstance(value, date) and not isinstance(value, datetime) and 1900 < value.year < 2200 else None
    ),
)
LABELS = Kind('a list of labels, each once: ["PA", "PB"]', _labels)
STRANDS = Kind('labels in turn: ["PA", "PB"], or lists side by side: [["PO"], ["WA", "WB"]], each label once', _strands)
SCHEDULE = Kind(f"rising months from 1 to {LONGEST}, each with a fraction of one: [[1, 0.0], [61, 0.3]]", _schedule)
BALANCES = Kind("balances by month, month 0 first, or the name of a CSV file with month,balance", _balances)
SPEEDS = Kind("one PSA speed, or two of which the first is lower: [100, 250]", _speeds)
_COUPON_KEYS: Mapping[str, Kind] = {
    "index": TEXT, "margin": number(-10, 10), "multiplier": number(-100, 100), "cap": number(0, 10),
    "floor": number(0, 10),
}  # fmt: skip


class Entry:
    """One table of a file: where it stands, and its keys, each asked for once."""

    def __init__(self, file: str, name: str, content: Any, keys: Sequence[str]) -> None:
        self.file, self.name = file, name
        if not isinstance(content, dict):
            raise InputError(f"{file}: {name}: found {shown(content)}; give a table with {', '.join(keys)}")
        self.content: dict[str, Any] = content
        for key in content:
            if key not in keys:
                raise self.refused(key, "there is no such key", f"the keys are {', '.join(keys)}")

    def refused(self, key: str, found: str, allowed: str) -> InputError:
        """What was found at a key of this table, and what may be given."""
        return InputError(f"{self.file}: {self.name}, {key}: {found}; {allowed}")

    def get(self, key: str, kind: Kind, *, needed: bool = True) -> Any:
        """A key's value; ``None`` if it may be left out and is. Raises: InputError for anything not allowed."""
        value = self.content.get(key)
        if value is None:
            if needed:
                raise self.refused(key, "it is left out", f"give {kind.allowed}")
            return None
        read = kind.read(value)
        if read is None:
            raise self.refused(key, f"found {_shown(value)}", f"give {kind.allowed}")
        return read

    def coupon(self, *, needed: bool) -> float | IndexCoupon | None:
        """A rate, or a table that follows an index."""
        value = self.content.get("coupon")
        if not isinstance(value, dict):
            rate = self.get("coupon", RATE, needed=needed)
            return None if rate is None else float(rate)
        table = Entry(self.file, f"{self.name}, coupon", value, tuple(_COUPON_KEYS))
        given = {key: table.get(key, kind, needed=key == "index") for key, kind in _COUPON_KEYS.items()}
        if given["multiplier"] == 0:
            raise table.refused("multiplier", "found 0", "give the plain rate as the coupon")
        index = str(given.pop("index"))
        coupon = IndexCoupon(index=index, **{key: float(value) for key, value in given.items() if value is not None})
        if coupon.cap is not None and coupon.cap < coupon.floor:
            raise table.refused("cap", f"found {coupon.cap:g}", f"give no less than the floor, {coupon.floor:g}")
        return coupon


def _shown(value: Any) -> str:
    return str(value) if isinstance(value, Decimal) else shown(value)


def loaded(path: Path, tables: Sequence[str]) -> dict[str, Any]:
    """The content of a deal file. Raises: InputError if it is no TOML, or has a table of another name."""
    data = read_whole(path)
    if len(data) > LARGEST_FILE:
        raise InputError(f"{path}: more than {LARGEST_FILE:,} bytes; give loans by the thousand as a tape")
    try:
        content = tomllib.loads(data.decode(), parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:  # numbers of thousands of digits, tables without end
        raise InputError(f"{path}: not a TOML file: {error}") from error
    for name in content:
        if name not in tables:
            raise InputError(f"{path}: {shown(name)}: there is no such table; the tables are {', '.join(tables)}")
    return content


def entries(file: str, content: Mapping[str, Any], name: str, keys: Sequence[str], tell: str) -> Iterator[Entry]:
    """The tables of a list, ``[[class]]`` and such, each with its number and what its key ``tell`` says."""
    rows = content.get(name, [])
    if not isinstance(rows, list):
        raise InputError(f"{file}: [[{name}]]: found {shown(rows)}; give tables with {', '.join(keys)}")
    for place, row in enumerate(rows, 1):
        label = row.get(tell) if isinstance(row, dict) else None
        told = f" ({label})" if _text(label) else ""
        yield Entry(file, f"[[{name}]] {place}{told}", row, keys)


def csv_rows(entry: Entry, key: str, path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Rows of a CSV file that a key names, by its header. Raises: InputError that names the key and the file."""
    try:
        text = read_whole(path).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except (InputError, UnicodeDecodeError, csv.Error) as error:
        raise entry.refused(key, str(error), f"give a CSV file with the columns {','.join(columns)}") from error
    missing = [column for column in columns if not rows or column not in rows[0]]
    if missing:
        what = f"{path.name} lacks {', '.join(missing)}" if rows else f"{path.name} has no rows"
        raise entry.refused(key, what, f"give a header with {','.join(columns)} and rows")
    return rows


def planned(entry: Entry, folder: Path) -> tuple[float, ...]:
    """The balances of a plan, from the list or the CSV file that it names."""
    given = entry.get("balances", BALANCES)
    if isinstance(given, str):
        read = number(0, float(MOST_DOLLARS)).read
        balances = []
        for month, row in enumerate(csv_rows(entry, "balances", folder / given, ("month", "balance"))):
            balance = read(decimal_of(row["balance"]))
            if row["month"] != str(month) or balance is None or month > LONGEST:
                found = f"{given}, row {month + 2}, has {row['month']},{row['balance']}"
                raise entry.refused("balances", found, f"give month {month} and dollars")
            balances.append(float(balance))
        given = tuple(balances)
    if any(after > before for before, after in pairwise(given)):
        raise entry.refused("balances", "they rise", "give balances that fall or stay from month to month")
    return tuple(given)


def decimal_of(text: str | None) -> Decimal | None:
    """A number of a CSV cell, plain digits; ``None`` for anything else."""
    plain = (text or "").strip()
    digits = plain.lstrip("-").replace(".", "", 1)
    return Decimal(plain) if digits.isascii() and digits.isdigit() else None
