"""Months into a workbook: its inputs are those of the last one, and its history and log gain their lines.

Only the named input cells change, the table of months gains lines, the log on Cover one, and the grid of scenarios
becomes the engine's; computed values are made anew and held against Python's; everything else stays byte for byte.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Self

from openpyxl import Workbook

from ..engine.assumptions import TERMS
from ..errors import InputError, TemplateError
from ..functions.hosts.lite import admitted
from ..functions.registry import worksheet_functions
from ..reading.report_identities import Failure, Known
from ..reading.trustee import ALL, Month, month_number
from ..xlsx.calculate import calculate
from ..xlsx.charts import with_points
from ..xlsx.package import Package
from ..xlsx.patch import Cell, named_cells, opened, patched
from ..xlsx.references import below
from ..xlsx.table_rows import added, table_of, taken
from .clock import written_at
from .history import Line, Past, has_lines, known_of, month_lines, past_of
from .history_columns import HISTORY, MOST_LINES, OF_CLASS, OF_POOL, TABLE_NAME
from .names import PUBLIC, SINCE
from .ours import recognise, refuse_formulas
from .regrid import with_grid
from .standing import CENT, LEVEL, Standing, history_entry_in_words, ranks_of, standing
from .standing import Entry as Words

NEEDED = (
    "Classes", "CurrentBalances", "InitialBalances", "AsOfDate", "CallPercent", "CutOffBalance", "History",
    "CumulativeLosses", "ReportedPoolBalance",
)  # fmt: skip
WRITTEN = ("CurrentBalances", "AsOfDate", "CumulativeLosses", "ReportedPoolBalance", "Delinquency")
"""Names whose cells an update writes."""
Place = tuple[str, str]


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


@dataclass(frozen=True, slots=True)
class Entry:
    """One month to put in: its day, the balance of every class in dollars, what else is reported.

    ``month`` holds the rows of a report, ``failures`` what was accepted in it although it fails.
    """

    as_of: date
    balances: Mapping[str, Decimal]
    reported: Reported = field(default_factory=Reported)
    month: Month | None = None
    failures: Sequence[Failure] = ()


@dataclass(frozen=True)
class Ours:
    """A workbook of ours that is to change: its package, and its cells to look at."""

    path: Path
    package: Package
    book: Workbook

    @classmethod
    def of(cls, data: bytes, path: Path) -> Self:
        """Raises: InputError if it is no workbook of ours, or an input in it is computed by a formula."""
        package = admitted(data)
        recognise(package)
        refuse_formulas(package, WRITTEN)
        book = opened(data)
        missing = [name for name in NEEDED if name not in book.defined_names]
        if missing:
            raise InputError(f"{path} is not a workbook of xlremic that can be updated: it lacks {', '.join(missing)}")
        return cls(path, package, book)

    def cells(self, name: str) -> list[tuple[Place, object]]:
        """Places and values of a defined name."""
        return _cells(self.book, name)

    @cached_property
    def labels(self) -> list[str]:
        return [str(value) for _, value in self.cells("Classes")]

    @cached_property
    def current(self) -> list[tuple[Place, object]]:
        return self.cells("CurrentBalances")

    @property
    def day(self) -> date | None:
        """The day of the balances that are in."""
        ((_, day),) = self.cells("AsOfDate")
        return day.date() if isinstance(day, datetime) else None

    @property
    def initial(self) -> dict[str, Decimal]:
        """Balances at issue by class, dollars."""
        amounts = [_exact(value, "InitialBalances") for _, value in self.cells("InitialBalances")]
        return dict(zip(self.labels, amounts, strict=True))

    @cached_property
    def in_lines(self) -> bool:
        """Whether History has a line a class and month; workbooks of before have one a month, in words."""
        return has_lines(self.book)

    @cached_property
    def past(self) -> Past:
        return past_of(self.book)

    def standing(self, amounts: Sequence[Decimal], pool_balance: Decimal | None) -> Standing:
        """Where the deal stands with these balances."""
        ((_, percent),), ((_, cut_off),) = self.cells("CallPercent"), self.cells("CutOffBalance")
        whole, part = _exact(cut_off, "CutOffBalance"), _exact(percent, "CallPercent")
        return standing(amounts, ranks_of(self.book), whole, part, pool_balance)


def written(ours: Ours, entries: Sequence[Entry], known: Known | None = None) -> tuple[bytes, Updated]:
    """The workbook with these months, which follow each other, and what the last one came to.

    Args:
        known: what is known before the first of them; from the history if left out.
    """
    last = entries[-1]
    values = _inputs(ours, last)
    now = ours.standing([last.balances[label] for label in ours.labels], last.reported.pool_balance)
    package, styles = ours.package, dict[Place, str]()
    if ours.in_lines:
        package = _with_lines(ours, entries, known)
    else:
        for entry in entries:
            amounts = [entry.balances[label] for label in ours.labels]
            stands = ours.standing(amounts, entry.reported.pool_balance)
            losses = entry.reported.cumulative_losses
            words = history_entry_in_words(entry.as_of, ours.labels, stands, losses)
            styles |= _line_added(ours.book, "History", words, values)
    factors = [
        ours.standing([entry.balances[label] for label in ours.labels], entry.reported.pool_balance).factor
        for entry in entries
    ]
    log = [
        (entry.as_of, f"balances put in: pool factor {factor:.8f}")
        for entry, factor in zip(entries, factors, strict=True)
    ]
    new = _finished(ours, package, values, styles, log)
    compare(new, ours.labels, now)
    return new, Updated(
        as_of=last.as_of,
        pool_balance=now.pool_balance,
        levels=dict(zip(ours.labels, now.levels, strict=True)),
        callable_now=now.callable_now,
    )


def taken_back(ours: Ours) -> tuple[bytes, Updated]:
    """The workbook without its last month, the inputs those of the month before.

    Raises: InputError if no month was put in, or the workbook keeps its history in words.
    """
    if not ours.in_lines:
        raise InputError(f"{ours.path} keeps no lines of its months (an older version built it); build it again")
    past = ours.past
    gone, before = past.last, past.days[-2] if len(past.days) > 1 else None
    if len(past.days) < 2 or gone is None:
        raise InputError(f"{ours.path} has no month that could be taken back: its balances are those at issue")
    classes, pools = past.of(before, OF_CLASS), past.of(before, OF_POOL)
    lacking = [label for label in ours.labels if label not in classes]
    if lacking or ALL not in pools:
        raise InputError(f"History has no line for {', '.join(lacking) or 'all loans'} of {before}; was one deleted?")
    whole = pools[ALL].figures
    balances = {label: classes[label].figures["ending_balance"] for label in ours.labels}
    differs = abs(whole["ending_balance"] - sum(balances.values())) >= CENT and len(past.days) > 2
    late = _undone_delinquency(ours, past.of(gone, OF_POOL)[ALL], whole)
    pool_balance = whole["ending_balance"] if differs else None
    reported = Reported(pool_balance=pool_balance, cumulative_losses=whole.get("losses"), delinquency=late)
    day = before or gone
    values = _inputs(ours, Entry(day, balances, reported))
    values[ours.cells("AsOfDate")[0][0]] = before
    if reported.cumulative_losses is None:
        values[ours.cells("CumulativeLosses")[0][0]] = None
    lines = sum(line.as_of == gone for line in past.lines)
    table = table_of(ours.package, TABLE_NAME, HISTORY.sheet)
    now = ours.standing(list(balances.values()), reported.pool_balance)
    log = [(day, f"{gone:%B %Y} taken back: pool factor {now.factor:.8f}")]
    new = _finished(ours, taken(ours.package, table, lines), values, {}, log)
    compare(new, ours.labels, now)
    levels = dict(zip(ours.labels, now.levels, strict=True))
    return new, Updated(as_of=day, pool_balance=now.pool_balance, levels=levels, callable_now=now.callable_now)


def _undone_delinquency(ours: Ours, gone: Line, before: Mapping[str, Decimal]) -> Decimal | None:
    """The delinquency of the month before, if the workbook has that of the month that goes."""
    ((_, present),) = ours.cells("Delinquency")
    own = gone.figures.get("delinquency")
    if own is None or present != float(own):
        return None
    return before.get("delinquency", Decimal(0))


def _inputs(ours: Ours, entry: Entry) -> dict[Place, Cell]:
    """The input cells with the month's values."""
    ((day_place, _),) = ours.cells("AsOfDate")
    values: dict[Place, Cell] = {day_place: entry.as_of}
    for (place, _), label in zip(ours.current, ours.labels, strict=True):
        values[place] = float(entry.balances[label])
    said = (("CumulativeLosses", entry.reported.cumulative_losses), ("Delinquency", entry.reported.delinquency))
    for name, amount in said:
        if amount is not None:
            ((place, _),) = ours.cells(name)
            values[place] = float(amount)
    ((place, override),) = ours.cells("ReportedPoolBalance")
    if entry.reported.pool_balance is not None:
        values[place] = float(entry.reported.pool_balance)
    elif override is not None:  # last month's figure must not stand over this month's classes
        values[place] = None
    return values


def _with_lines(ours: Ours, entries: Sequence[Entry], known: Known | None) -> Package:
    """The package with the lines of the months; a month that is in already is put in anew."""
    package, past = ours.package, ours.past
    again = [line for line in past.lines if _same_month(line.as_of, entries[0].as_of)] if len(past.days) > 1 else []
    if any(line.accepted for line in again):
        raise InputError(f"{again[0].as_of:%B %Y} was put in although it fails; take it back with --undo first")
    kept = Past(past.lines[: len(past.lines) - len(again)])
    known = known or known_of(kept, ours.initial)
    lines: list[Line] = []
    for entry in entries:
        now = ours.standing([entry.balances[label] for label in ours.labels], entry.reported.pool_balance)
        lines += month_lines(entry, known, now, entry.reported.cumulative_losses, entry.reported.delinquency)
        known = replace(known, before=known_of(Past(tuple(lines)), ours.initial).before)
    if HISTORY.row(len(kept.lines) + len(lines)) > MOST_LINES:
        raise InputError(f"{ours.path} has room for {MOST_LINES:,} lines of months, and that is full")
    if again:
        package = taken(package, table_of(package, TABLE_NAME, HISTORY.sheet), len(again))
    return added(package, table_of(package, TABLE_NAME, HISTORY.sheet), [line.cells() for line in lines])


def _same_month(one: date | None, other: date) -> bool:
    return one is not None and month_number(one) == month_number(other)


def _finished(
    ours: Ours, package: Package, values: dict[Place, Cell], styles: dict[Place, str], log: Sequence[tuple[date, str]]
) -> bytes:
    """The package with values and log, computed."""
    if "ChangeLog" in ours.book.defined_names:
        today = written_at().date()
        for as_of, what in log:
            styles |= _line_added(ours.book, "ChangeLog", (today, as_of, what), values)
    changed = with_grid(patched(package, values, styles), ours.path)
    return with_points(calculate(changed, worksheet_functions())).to_bytes()


def _cells(book: Workbook, name: str) -> list[tuple[Place, object]]:
    """Places and values of a defined name."""
    return [((cell.parent.title, cell.coordinate), cell.value) for cell in named_cells(book, name)]


def _exact(value: object, name: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"the workbook's {name} holds {value!r}, not a number; mend it first")
    return Decimal(repr(value))


def _line_added(book: Workbook, name: str, entry: Words, values: dict[Place, Cell]) -> dict[Place, str]:
    """Put an entry into the first empty line below a table's header; its cells take the style of the line above."""
    header = _cells(book, name)
    (sheet, first), _ = header[0]
    down = 1
    while book[sheet][below(first, down)].value is not None or (sheet, below(first, down)) in values:
        down += 1
    styles: dict[Place, str] = {}
    for ((_, cell), _), value in zip(header, entry, strict=True):
        place = sheet, below(cell, down)
        values[place] = value
        styles[place] = below(cell, down - 1) if down > 1 else below(cell, 1)
    return styles


def compare(data: bytes, labels: list[str], now: Standing) -> None:
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
