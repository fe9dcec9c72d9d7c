"""A trustee's monthly report in tidy rows: one row a class and month, one row a pool and month.

No layout of any one trustee is guessed at: a report is a plain table that any of them can be brought to, with the
columns of ``CLASS_FIELDS`` and ``POOL_FIELDS`` under any of their spellings, in any order. Amounts are dollars, rates
and factors fractions of one (or with a "%"), terms months. Numbers are kept as printed, to the last digit, since what
they may differ by follows from their digits.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum

from ..errors import InputError, shown

Cell = str | float | Decimal | date | None
Rows = Sequence[tuple[int, Sequence[Cell]]]


class Kind(Enum):
    """What a figure is: least and most, digits that it has at least where no text shows them, and words."""

    SIGNED = (-1e13, 1e13, 2, "an amount in dollars, such as 1,234.56 or (1,234.56)")
    DOLLARS = (0.0, 1e13, 2, "an amount in dollars, zero or more")
    RATE = (0.0, 1.0, 6, "a rate as a fraction of one, or with a %")
    FACTOR = (0.0, 100.0, 8, "a factor as a fraction of one")
    COUNT = (0.0, 1e7, 0, "a whole number, zero or more")
    MONTHS = (0.0, 600.0, 2, "months, 0 to 600")

    @property
    def least(self) -> float:
        return self.value[0]

    @property
    def most(self) -> float:
        return self.value[1]

    @property
    def digits(self) -> int:
        return self.value[2]

    @property
    def words(self) -> str:
        return self.value[3]


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its key, further spellings, kind, whether a row must have it, and spellings of what adds to it."""

    key: str
    spellings: tuple[str, ...]
    kind: Kind
    needed: bool = False
    adding: tuple[str, ...] = ()

    @property
    def all_spellings(self) -> tuple[str, ...]:
        return (self.key.replace("_", " "), *self.spellings, *self.adding)


DATE = ("date", "distribution date", "payment date")
CLASS, POOL = ("class", "tranche"), ("pool", "group")
CLASS_FIELDS = (
    Field("beginning_balance", ("opening", "opening balance", "beg bal", "beginning"), Kind.DOLLARS, needed=True),
    Field("interest", ("interest paid",), Kind.SIGNED),
    Field("principal", ("principal paid",), Kind.SIGNED),
    Field("loss", ("realized loss", "realised loss", "writedown", "write down"), Kind.SIGNED),
    Field("ending_balance", ("ending", "end bal", "certificate balance"), Kind.DOLLARS, needed=True),
    Field("accretion", ("accrued interest added",), Kind.DOLLARS),
    Field("rate", ("pass through rate", "coupon"), Kind.RATE),
    Field("shortfall", ("interest shortfall",), Kind.SIGNED),
    Field("factor", (), Kind.FACTOR),
)
POOL_FIELDS = (
    Field("beginning_balance", ("opening", "opening balance", "beg bal", "beginning"), Kind.DOLLARS),
    Field("scheduled_principal", ("scheduled",), Kind.SIGNED),
    Field("prepayments", ("principal prepayments", "prepayments in full"), Kind.SIGNED, adding=("curtailments",)),
    Field("liquidations", ("recoveries", "liquidation proceeds"), Kind.SIGNED),
    Field("loss", ("realized loss", "realised loss", "writedown", "write down"), Kind.SIGNED),
    Field("ending_balance", ("ending", "end bal"), Kind.DOLLARS, needed=True),
    Field("loan_count", ("loans", "number of loans"), Kind.COUNT),
    Field("wac", ("weighted average coupon",), Kind.RATE),
    Field("wam", ("weighted average maturity", "weighted average remaining term"), Kind.MONTHS),
    Field("delinquent_30", (), Kind.DOLLARS),
    Field("delinquent_60", (), Kind.DOLLARS),
    Field("delinquent_90", (), Kind.DOLLARS),
    Field("foreclosure", (), Kind.DOLLARS),
    Field("reo", (), Kind.DOLLARS),
)
LATE = ("delinquent_60", "delinquent_90", "foreclosure", "reo")
"""Loans 60 or more days late, as the delinquency test counts them."""
ALL = "all"
"""The pool of all loans together."""
_FLOWS = ("interest", "principal", "loss", "scheduled_principal", "prepayments", "liquidations", "accretion")
"""What a blank cell is zero of, where the row's column stands in the file."""
_NUMBER = re.compile(r"\$?[+-]?\$?\s?(?:\d{1,3}(?:,\d{3})+|\d{1,15})?(?:\.\d{0,20})?\s?%?")
_DASHES = ("-", "–", "—", "$-")


@dataclass(frozen=True, slots=True)
class Row:
    """A class or a pool in a month: figures by key, and where each stands in the file."""

    day: date
    of: str
    where: str
    figures: Mapping[str, Decimal]
    headers: Mapping[str, str]

    def get(self, key: str) -> Decimal | None:
        return self.figures.get(key)

    def flow(self, key: str) -> Decimal:
        """A flow, zero where the report has none."""
        return self.figures.get(key, Decimal(0))

    def place(self, *keys: str) -> str:
        """Row and columns, as an error names them."""
        named = [self.headers[key] for key in keys if key in self.headers]
        return f"{self.where}, column{'s' * (len(named) > 1)} {', '.join(named)}" if named else self.where


@dataclass(frozen=True, slots=True)
class Month:
    """A distribution day with its rows by class and by pool."""

    day: date
    classes: Mapping[str, Row]
    pools: Mapping[str, Row]


@dataclass(frozen=True, slots=True)
class Report:
    """The months of a report in order, and the columns that nobody knows, which are left alone."""

    months: tuple[Month, ...]
    unknown: tuple[str, ...]


def month_number(day: date) -> int:
    """Months since year 0."""
    return 12 * day.year + day.month - 1


def read_report(tables: Iterable[tuple[str, Rows]]) -> Report:
    """A report from the tables of its files, each with its name; a table without a date and a class or pool is left.

    Raises: InputError with file, row and column for what cannot be read; a class or pool twice in a month; no rows.
    """
    found: dict[tuple[int, str, str], Row] = {}
    unknown: list[str] = []
    left: list[str] = []
    for name, rows in tables:
        if not rows:
            continue
        layout = _Layout.of(name, rows[0])
        if layout is None:
            left.append(name)
            continue
        unknown += [f"{name}: {header}" for header in layout.unknown]
        for number, cells in rows[1:]:
            kind, row = layout.row(number, cells)
            key = month_number(row.day), kind, row.of
            if key in found:
                raise InputError(f"{row.where}: {kind} {row.of} is given twice for {row.day:%B %Y}, also in"
                                 f" {found[key].where}")  # fmt: skip
            found[key] = row
    if not found:
        said = f"; {', '.join(left)} has no column of dates and classes or pools in its first row" if left else ""
        raise InputError(f"the report has no rows of a class or a pool in a month{said}")
    return Report(_months(found), tuple(unknown))


def _months(found: Mapping[tuple[int, str, str], Row]) -> tuple[Month, ...]:
    months = []
    for number in sorted({number for number, _, _ in found}):
        rows = [(kind, row) for (at, kind, _), row in found.items() if at == number]
        day = rows[0][1].day
        for _, row in rows:
            if row.day != day:
                raise InputError(
                    f"{row.where}: the date is {row.day}, but {day} in {rows[0][1].where}; a month has one"
                )
        months.append(
            Month(
                day,
                {row.of: row for kind, row in rows if kind == CLASS[0]},
                {row.of: row for kind, row in rows if kind == POOL[0]},
            )
        )
    return tuple(months)


def spelled(header: str) -> str:
    """A header as it is compared: small, without marks, units in brackets or doubled blanks.

    >>> spelled("Pass-Through_Rate (%)")
    'pass through rate'
    """
    bare = re.sub(r"\([^()]*\)|\$|%|\busd\b", " ", header.lower())
    return re.sub(r"[\s_\-./]+", " ", bare).strip()


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which column of a table holds what."""

    name: str
    headers: Mapping[int, str]
    date: int
    class_at: int | None
    pool_at: int | None
    columns: Mapping[str, Mapping[str, tuple[int, ...]]]
    """By kind of row and key of field."""
    unknown: tuple[str, ...]

    @classmethod
    def of(cls, name: str, header: tuple[int, Sequence[Cell]]) -> "_Layout | None":
        number, cells = header
        named = {k: str(cell).strip() for k, cell in enumerate(cells) if cell is not None}
        known = {k: spelled(text) for k, text in named.items()}
        where = f"{name}, row {number}"
        day, class_at, pool_at = (_only(known, spellings, where) for spellings in (DATE, CLASS, POOL))
        if day is None or (class_at is None and pool_at is None):
            return None
        columns: dict[str, dict[str, tuple[int, ...]]] = {}
        used = {day, class_at, pool_at}
        for kind, at, fields in ((CLASS[0], class_at, CLASS_FIELDS), (POOL[0], pool_at, POOL_FIELDS)):
            if at is None:
                continue
            columns[kind] = {}
            for field in fields:
                main = _only(known, field.all_spellings[: 1 + len(field.spellings)], where)
                added = [k for k, text in known.items() if text in field.adding]
                places = (*([main] if main is not None else []), *added)
                if places:
                    columns[kind][field.key] = places
                used |= set(places)
                if field.needed and not places:
                    raise InputError(
                        f"{where}: the column {field.key} of rows of a {kind} is missing (also read: "
                        f"{', '.join(field.spellings)}); found {', '.join(named.values())}"
                    )
        return cls(name, named, day, class_at, pool_at, columns,
                   tuple(text for k, text in named.items() if k not in used))  # fmt: skip

    def row(self, number: int, cells: Sequence[Cell]) -> tuple[str, Row]:
        """Kind of row, and the row."""
        where = f"{self.name}, row {number}"
        label = {kind: self._label(cells, at) for kind, at in ((CLASS[0], self.class_at), (POOL[0], self.pool_at))}
        given = [kind for kind, text in label.items() if text]
        if len(given) != 1:
            raise InputError(f"{where}: a row is of a class or of a pool; it names {' and '.join(given) or 'neither'}")
        kind = given[0]
        where = f"{where}, {kind} {label[kind]}"
        day = _day(self._cell(cells, self.date), f"{where}, column {self.headers[self.date]}")
        figures: dict[str, Decimal] = {}
        headers: dict[str, str] = {}
        for field in CLASS_FIELDS if kind == CLASS[0] else POOL_FIELDS:
            places = self.columns[kind].get(field.key, ())
            amounts = [_figure(self._cell(cells, at), field, f"{where}, column {self.headers[at]}") for at in places]
            present = [amount for amount in amounts if amount is not None]
            headers |= {field.key: " + ".join(self.headers[at] for at in places)} if places else {}
            if present:
                figures[field.key] = sum(present[1:], present[0])
            elif places and field.key in _FLOWS:
                figures[field.key] = Decimal("0.00")
            elif field.needed:
                raise InputError(f"{where}, column {headers[field.key]}: the cell is empty; give {field.kind.words}")
        return kind, Row(day, label[kind], where, figures, headers)

    @staticmethod
    def _cell(cells: Sequence[Cell], at: int) -> Cell:
        cell = cells[at] if at < len(cells) else None
        return None if cell == "" else cell

    def _label(self, cells: Sequence[Cell], at: int | None) -> str:
        cell = None if at is None else self._cell(cells, at)
        if isinstance(cell, float) and cell == int(cell):
            cell = int(cell)
        return "" if cell is None else str(cell)[:60]


def _only(known: Mapping[int, str], spellings: Sequence[str], where: str) -> int | None:
    """The one column with one of these headers, nothing if there is none."""
    at = [k for k, text in known.items() if text in spellings]
    if len(at) > 1:
        raise InputError(f"{where}: {spellings[0]} stands in two columns, {' and '.join(known[k] for k in at)}")
    return at[0] if at else None


def _day(cell: Cell, where: str) -> date:
    """A date: of the sheet, 2005-03-25 or 3/25/2005."""
    if isinstance(cell, date):
        return cell
    text = str(cell or "")
    iso, american = (
        re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?", text),
        re.fullmatch(r"(\d\d?)/(\d\d?)/(\d{4})", text),
    )
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if american:
            return date(int(american[3]), int(american[1]), int(american[2]))
    except ValueError:
        pass  # the error below says so
    raise InputError(f"{where}: {shown(cell)} is no date; write 2005-03-25 or 3/25/2005 (month first)")


def _figure(cell: Cell, field: Field, where: str) -> Decimal | None:
    """A number as a trustee prints it: 1,234.56, (12.00), $, -; nothing for an empty cell."""
    if cell is None:
        return None
    number = _number(cell, field.kind)
    kind = field.kind
    if number is None or not kind.least <= number <= kind.most or (kind is Kind.COUNT and number != int(number)):
        raise InputError(f"{where}: {shown(cell)} is not {kind.words}")
    return number


def _number(cell: Cell, kind: Kind) -> Decimal | None:
    if isinstance(cell, date):
        return None
    if not isinstance(cell, str):
        return _with_digits(Decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell or 0), kind.digits)
    text = cell.strip()
    if text in _DASHES:
        return _with_digits(Decimal(0), kind.digits)
    bracketed = re.fullmatch(r"(\$?)\s?\((.*)\)", text)
    inside = f"{bracketed[1]}{bracketed[2]}".strip() if bracketed else text
    if not _NUMBER.fullmatch(inside) or not any(mark.isdigit() for mark in inside) or (bracketed and "-" in inside):
        return None
    try:
        number = Decimal(re.sub(r"[$,%\s]", "", inside))
    except InvalidOperation:
        return None
    if inside.endswith("%"):
        number = number.scaleb(-2)
    return -number if bracketed else number


def _with_digits(number: Decimal, least: int) -> Decimal:
    """A number of a sheet, which shows no zeros at its end, with the digits that its kind is printed to at least."""
    if not number.is_finite():
        return Decimal("1e99")
    exponent = number.as_tuple().exponent
    return number.quantize(Decimal(1).scaleb(-least)) if isinstance(exponent, int) and exponent > -least else number
