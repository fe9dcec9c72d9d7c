"""A trustee's report into a workbook of ours, checked before a byte is written; and the last month taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from ..engine.capital import capital_structure
from ..engine.rep_lines import rep_lines
from ..errors import DealError, InputError
from ..files import alone, keep, read_whole, write_whole
from ..functions.cells import CellError
from ..reading.report_identities import (
    Failure,
    Known,
    after,
    balances,
    delinquency,
    failures,
    half_units,
    named,
    pool_balance,
)
from ..reading.trustee import ALL, Month, Report, read_report
from ..xlsx.sheets_read import sheets_of
from .entering import Entry, Ours, Reported, Updated, taken_back, written
from .expected import result_classes
from .history import known_of
from .inputs import deal_and_assumptions, has_projection, table_values
from .standing import CENT

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """What came of a report: the months that are in, what was accepted although it fails, columns nobody knows."""

    updated: Updated
    months: int
    accepted: tuple[Failure, ...]
    unknown: tuple[str, ...]


class ReportError(InputError):
    """A report that fails its identities, with every failure; nothing was written."""

    def __init__(self, found: Sequence[Failure]) -> None:
        self.found = tuple(found)
        first = found[0]
        super().__init__(
            f"{first.place}: {first.says}; {len(found)} failure{'s' * (len(found) > 1)} in the report, nothing is"
            f" written. --accept {first.name} puts it in all the same, and Checks says so"
        )


def report_of(files: Sequence[str | Path]) -> Report:
    """The report of one or several files. Raises: InputError with file, row and column for what cannot be read."""
    return read_report((sheet.name, sheet.rows) for file in files for sheet in sheets_of(file))


def update_from_report(path: str | Path, report: Report, *, accept: Sequence[str] = ()) -> Put:
    """Put the months of a report into a workbook of ours.

    Args:
        accept: names of failures that are put in all the same: of one (``ending:2005-03:B-1``), a month or a rule.
    Raises: ReportError if an identity fails that is not accepted; InputError for a report or a workbook that does not
        fit. The file is untouched then.
    """
    path = Path(path)
    with alone(path):
        data = read_whole(path)
        new, put = reported_bytes(data, path, report, accept=accept)
        backup = keep(path, data)
        write_whole(path, new)
    return replace(put, updated=replace(put.updated, backup=backup))


def reported_bytes(data: bytes, path: Path, report: Report, *, accept: Sequence[str] = ()) -> tuple[bytes, Put]:
    """The workbook after a report, and what came of it. Raises as ``update_from_report`` does."""
    ours = Ours.of(data, path)
    known = what_is_known(ours)
    report = named(report, known)
    found = failures(report, known)
    refused = [one for one in found if not one.accepted_by(accept)]
    if refused:
        raise ReportError(refused)
    if found and not ours.in_lines:
        raise InputError(f"{path} was built by an older version and cannot keep what is accepted; build it again")
    entries, losses = [], _losses_before(ours)
    running = known
    for month in report.months:
        losses = None if losses is None else losses + _loss(month, known)
        own = tuple(one for one in found if one.month == month.day)
        entries.append(_entry(month, running, losses, own))
        running = after(month, running)
    new, updated = written(ours, entries, known)
    put = Put(updated=updated, months=len(entries), accepted=tuple(found), unknown=report.unknown)
    return new, put


def undo(path: str | Path) -> Updated:
    """Take the last month of a workbook back; the version with it is kept. Raises: InputError if there is none."""
    path = Path(path)
    with alone(path):
        data = read_whole(path)
        new, done = taken_back(Ours.of(data, path))
        backup = keep(path, data)
        write_whole(path, new)
    return replace(done, backup=backup)


def what_is_known(ours: Ours) -> Known:
    """What a workbook knows before the next month. Raises: InputError if its balances have no day."""
    day = ours.day
    if day is None:
        raise InputError(f"{ours.path} has no day of its balances: give the as-of date on Call, then its report")
    parts = parts_of(ours.book, ours.labels)
    by_part: dict[str, Any] = {"parts": parts.of, "notional": parts.notional, "rest": parts.rest}
    if ours.in_lines:
        return replace(known_of(ours.past, ours.initial), day=day, **by_part)
    before = {label: Decimal(repr(value)) for label, (_, value) in zip(ours.labels, ours.current, strict=True)}
    header, *lines = table_values(ours.book, "DealPools")
    at = header.index("pool")
    pools = {ALL: None, **{str(line[at]): None for line in lines if line[at] is not None}}
    return Known(day=day, initial=ours.initial, before=before, pools=pools, **by_part)


@dataclass(frozen=True, slots=True)
class Parts:
    """The classes of the projection that class A of the filing is made of: those, those of interest only, the rest."""

    of: Mapping[str, str]
    notional: frozenset[str]
    rest: Mapping[str, str]


def parts_of(book: Workbook, labels: Sequence[str]) -> Parts:
    """What a report may call the parts of class A by.

    None without a projection, or where the filing itself has several senior classes.
    """
    none = Parts({}, frozenset(), {})
    if not has_projection(book):
        return none
    try:
        deal, assumptions = deal_and_assumptions(book)
        issue = replace(deal, position=None)
        lines = rep_lines(issue, assumptions)
        classes = result_classes(capital_structure(issue, assumptions, lines), lines)
    except (InputError, DealError, CellError):  # its inputs are in error: the sheet says so
        return none
    top = [tranche.label for tranche in deal.tranches if tranche.rank == min(one.rank for one in deal.tranches)]
    made = {one.label: top[0] for one in classes if one.label not in labels}
    if len(top) > 1 or not made:
        return none
    rest = {f"{top[0]} without PO": top[0]} if any(one.label == top[0] for one in classes) else {}
    return Parts(made | rest, frozenset(one.label for one in classes if one.kind == "interest only"), rest)


def _losses_before(ours: Ours) -> Decimal | None:
    """Losses up to the balances that are in: zero at issue, nothing if they are not known."""
    ((_, value),) = ours.cells("CumulativeLosses")
    if isinstance(value, int | float):
        return Decimal(repr(value))
    return None if ours.in_lines and len(ours.past.days) > 1 else ZERO


def _loss(month: Month, known: Known) -> Decimal:
    """Losses of a month: of the loans, or else of the classes."""
    if ALL in month.pools:
        return month.pools[ALL].flow("loss")
    if month.pools:
        return sum((row.flow("loss") for row in month.pools.values()), ZERO)
    return sum((row.flow("loss") for row in month.classes.values() if row.of not in known.notional), ZERO)


def _entry(month: Month, known: Known, losses: Decimal | None, found: Sequence[Failure]) -> Entry:
    of_classes, of_loans = balances(month, known), pool_balance(month)
    total = sum(of_classes.values(), ZERO)
    near = half_units(*of_classes.values(), *(row.flow("ending_balance") for row in month.pools.values()))
    differs = of_loans is not None and abs(of_loans - total) > max(near, CENT)
    return Entry(
        month.day,
        of_classes,
        Reported(pool_balance=of_loans if differs else None, cumulative_losses=losses, delinquency=delinquency(month)),
        month,
        found,
    )
