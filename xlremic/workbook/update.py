"""This month's balances into an existing workbook, which a person may have edited.

Only the named input cells change, and the history gains a line; computed values are made anew and held against
Python's; everything else stays byte for byte. The file is whole at every moment, its previous version is kept, and
two updates of one file cannot run at once.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from ..engine.assumptions import MOST_DOLLARS
from ..errors import InputError, shown
from ..files import alone, keep, read_whole, write_whole
from .entering import Entry, Ours, Reported, Updated, written
from .standing import CENT

NOTHING_MORE = Reported()
_AMOUNT = re.compile(r"-?\$?\s?(?:(?:[0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]{1,20})(?:\.[0-9]{0,30})?|\.[0-9]{1,30})")


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
    reported: Reported = NOTHING_MORE,
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
    ours = Ours.of(data, path)
    _refuse_unfit(path, ours.labels, [value for _, value in ours.current], balances, allow_increase=allow_increase)
    day = ours.day
    if day is not None and as_of < day:
        raise InputError(f"{as_of} is before {day}, the day of the balances in {path}; give a later --as-of")
    return written(ours, [Entry(as_of, balances, reported)])


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
