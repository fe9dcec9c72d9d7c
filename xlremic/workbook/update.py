"""This month's balances into an existing workbook, which a person may have edited.

Only the named input cells change, and the history gains a line; computed values are made anew and held against
Python's; everything else stays byte for byte. The file is whole at every moment, its previous version is kept, and
two updates of one file cannot run at once.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook

from ..engine.assumptions import MOST_DOLLARS, TERMS
from ..errors import InputError, TemplateError, shown
from ..files import alone, keep, read_whole, write_whole
from ..functions.hosts.lite import admitted
from ..functions.registry import worksheet_functions
from ..xlsx.calculate import calculate
from ..xlsx.charts import with_points
from ..xlsx.patch import Cell, named_cells, opened, patched
from ..xlsx.references import below
from .class_columns import HISTORY
from .clock import written_at
from .names import PUBLIC, SINCE
from .ours import recognise, refuse_formulas
from .standing import CENT, LEVEL, Entry, Standing, history_entry, history_entry_in_words, ranks_of, standing

_AMOUNT = re.compile(r"-?\$?\s?(?:(?:[0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]{1,20})(?:\.[0-9]{0,30})?|\.[0-9]{1,30})")
NEEDED = (
    "Classes",
    "CurrentBalances",
    "InitialBalances",
    "AsOfDate",
    "CallPercent",
    "CutOffBalance",
    "History",
    "CumulativeLosses",
    "ReportedPoolBalance",
)


WRITTEN = ("CurrentBalances", "AsOfDate", "CumulativeLosses", "ReportedPoolBalance", "Delinquency")
"""Names whose cells an update writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What a month's report may say beside the class balances: dollars, dollars and a fraction of the pool."""

    pool_balance: Decimal | None = None
    cumulative_losses: Decimal | None = None
    delinquency: Decimal | None = None

    def __post_init__(self) -> None:
        if self.delinquency is not None and self.delinquency > (term := TERMS["delinquency"]).most:
            raise term.refusal(float(self.delinquency))


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated:
    """What an update came to."""

    as_of: date
    pool_balance: Decimal
    levels: Mapping[str, Decimal]
    callable_now: bool
    backup: Path | None = None
    """Where the version before is, once the file is replaced."""


def read_balances(path: str | Path) -> dict[str, Decimal]:
    """Balances by class from a CSV with the columns class and current_balance; "$" and grouping commas are allowed.

    Raises: InputError with file and line for anything else, such as a class given twice or a negative balance.
    """
    path = Path(path)
    try:
        text = read_whole(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    lines = csv.DictReader(io.StringIO(text), skipinitialspace=True)
    try:
        return _balances(lines, path)
    except csv.Error as error:
        raise InputError(f"{path}, line {lines.reader.line_num}: {error}; a line is a class and its balance") from error


def _balances(lines: "csv.DictReader[str]", path: Path) -> dict[str, Decimal]:
    header = [name.strip().lower() for name in lines.fieldnames or []]
    if not {"class", "current_balance"} <= set(header):
        raise InputError(
            f"{path}, line 1: the columns class and current_balance are needed, found {', '.join(header) or 'none'}"
        )
    lines.fieldnames = header
    balances: dict[str, Decimal] = {}
    for row in lines:
        label, printed = (str(row.get(name) or "").strip() for name in ("class", "current_balance"))
        where = f"{path}, line {lines.line_num}"
        if not label and not printed:
            continue
        if label in balances:
            raise InputError(f"{where}: class {label} is given twice")
        balances[label] = dollars(printed, f"{where}, class {label}")
    if not balances:
        raise InputError(f"{path} holds no balances")
    return balances


def dollars(printed: str, where: str) -> Decimal:
    """An amount as a person writes it. Raises: InputError if it is none, or below zero."""
    if not _AMOUNT.fullmatch(printed.strip()):
        raise InputError(
            f"{where}: {shown(printed)} is no amount of dollars, zero or more, such as 1234567.89 or 1,234,567.89"
        )
    amount = Decimal(re.sub(r"[$,\s]", "", printed))
    if not 0 <= amount <= MOST_DOLLARS:
        raise InputError(f"{where}: {shown(printed)} must be zero or more, {MOST_DOLLARS:,.0f} at most")
    return amount


def update(
    path: str | Path,
    balances: Mapping[str, Decimal],
    *,
    as_of: date,
    reported: Reported = Reported(),
    allow_increase: bool = False,
) -> Updated:
    """Write balances, date and a line of history into a workbook of ours.

    Args:
        balances: current balance of every class, dollars.
        as_of: the day that they are of; not before the workbook's present one.
        reported: what else the month's report says.
        allow_increase: let a balance be above its previous one.
    Raises: InputError for balances or files that do not fit (the file is untouched); TemplateError if the workbook
        cannot be computed.
    """
    path = Path(path)
    with alone(path):
        data = read_whole(path)
        new, updated = updated_bytes(data, path, balances, as_of, reported, allow_increase=allow_increase)
        backup = keep(path, data)
        write_whole(path, new)
    return replace(updated, backup=backup)


def updated_bytes(
    data: bytes,
    path: Path,
    balances: Mapping[str, Decimal],
    as_of: date,
    reported: Reported,
    *,
    allow_increase: bool,
) -> tuple[bytes, Updated]:
    """The workbook after an update, and what the update came to. Raises as ``update`` does."""
    package = admitted(data)
    recognise(package)
    refuse_formulas(package, WRITTEN)
    book = opened(data)
    missing = [name for name in NEEDED if name not in book.defined_names]
    if missing:
        raise InputError(f"{path} is not a workbook of xlremic that can be updated: it lacks {', '.join(missing)}")
    labels = [str(value) for _, value in _cells(book, "Classes")]
    current = _cells(book, "CurrentBalances")
    _refuse_unfit(path, labels, [value for _, value in current], balances, allow_increase=allow_increase)
    ((day_place, day),) = _cells(book, "AsOfDate")
    if hasattr(day, "date") and as_of < day.date():
        raise InputError(f"{as_of} is before {day.date()}, the day of the balances in {path}; give a later --as-of")

    values: dict[tuple[str, str], Cell] = {day_place: as_of}
    amounts = [balances[label] for label in labels]
    for (place, _), amount in zip(current, amounts, strict=True):
        values[place] = float(amount)
    for name, said in (("CumulativeLosses", reported.cumulative_losses), ("Delinquency", reported.delinquency)):
        if said is not None:
            ((place, _),) = _cells(book, name)
            values[place] = float(said)
    ((place, override),) = _cells(book, "ReportedPoolBalance")
    if reported.pool_balance is not None:
        values[place] = float(reported.pool_balance)
    elif override is not None:  # last month's figure must not stand over this month's classes
        values[place] = None

    ((_, percent),), ((_, cut_off),) = _cells(book, "CallPercent"), _cells(book, "CutOffBalance")
    now = standing(amounts, ranks_of(book), Decimal(repr(cut_off)), Decimal(repr(percent)), reported.pool_balance)
    callable_label = HISTORY.column("callable").label
    in_numbers = callable_label in [value for _, value in _cells(book, "History")][: HISTORY.number("callable")]
    losses = reported.cumulative_losses
    entry = (
        history_entry(as_of, amounts, now, losses) if in_numbers else history_entry_in_words(as_of, labels, now, losses)
    )
    styles = _line_added(book, "History", entry, values)
    if "ChangeLog" in book.defined_names:
        today, what = written_at().date(), f"balances put in: pool factor {now.factor:.8f}"
        styles |= _line_added(book, "ChangeLog", (today, as_of, what), values)

    new = with_points(calculate(patched(package, values, styles), worksheet_functions())).to_bytes()
    _compare(new, labels, now)
    return new, Updated(
        as_of=as_of,
        pool_balance=now.pool_balance,
        levels=dict(zip(labels, now.levels, strict=True)),
        callable_now=now.callable_now,
    )


Place = tuple[str, str]


def _cells(book: Workbook, name: str) -> list[tuple[Place, object]]:
    """Places and values of a defined name."""
    return [((cell.parent.title, cell.coordinate), cell.value) for cell in named_cells(book, name)]


def _refuse_unfit(
    path: Path, labels: list[str], before: list[object], balances: Mapping[str, Decimal], *, allow_increase: bool
) -> None:
    unknown = [label for label in balances if label not in labels]
    if unknown:
        raise InputError(f"{path} has no class {', '.join(unknown)}; its classes are {', '.join(labels)}")
    absent = [label for label in labels if label not in balances]
    if absent:
        raise InputError(
            f"no balance is given for class {', '.join(absent)}; give all classes of {path}, zero if retired"
        )
    for label, old in zip(labels, before, strict=True):
        if not isinstance(old, int | float) or isinstance(old, bool):
            raise InputError(f"the current balance of class {label} in {path} is {old!r}, not a number")
        if balances[label] > Decimal(repr(old)) + CENT and not allow_increase:
            raise InputError(
                f"the balance of class {label} would rise from {old:,.2f} to {balances[label]:,.2f};"
                " say --allow-increase if that is right"
            )


def _line_added(book: Workbook, name: str, entry: Entry, values: dict[Place, Cell]) -> dict[Place, str]:
    """Put an entry into the first empty line below a table's header; its cells take the style of the line above."""
    header = _cells(book, name)
    (sheet, first), _ = header[0]
    down = 1
    while book[sheet][below(first, down)].value is not None:
        down += 1
    styles: dict[Place, str] = {}
    for ((_, cell), _), value in zip(header, entry, strict=True):
        place = sheet, below(cell, down)
        values[place] = value
        styles[place] = below(cell, down - 1) if down > 1 else below(cell, 1)
    return styles


def _compare(data: bytes, labels: list[str], now: Standing) -> None:
    """The computed cells agree with Python. Raises TemplateError otherwise."""
    book = opened(data)
    if any(name not in book.defined_names for name in PUBLIC if name not in SINCE):
        return  # a workbook of fewer names has nothing more to compare
    for (place, value), level, label in zip(_cells(book, "SubordinationLevels"), now.levels, labels, strict=True):
        if not isinstance(value, int | float) or abs(Decimal(repr(value)) - level) > LEVEL:
            raise TemplateError(
                f"{place[0]}!{place[1]}: the level of class {label} computes {value!r} where Python has {level}"
            )
    (((sheet, cell), value),) = _cells(book, "Callable")
    if bool(value) is not now.callable_now:
        raise TemplateError(f"{sheet}!{cell} computes {value!r} where Python has {now.callable_now}")
    (((sheet, cell), value),) = _cells(book, "CurrentPoolBalance")
    if not isinstance(value, int | float) or abs(Decimal(repr(value)) - now.pool_balance) > CENT:
        raise TemplateError(f"{sheet}!{cell} computes {value!r} where Python has {now.pool_balance}")
