"""The months that a workbook has been given: lines of History, from the issue to the last one that was put in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell

from ..deal import Deal
from ..errors import InputError
from ..functions.cells import serial
from ..reading.report_identities import Failure, Known
from ..reading.trustee import ALL, Month, Row
from ..xlsx.patch import Cell, named_cells
from .history_columns import HISTORY, OF_CLASS, OF_PART, OF_POOL
from .standing import Standing

ZERO = Decimal(0)
FIGURES = tuple(key for key in HISTORY.keys if key not in ("as_of", "of", "name", "callable", "accepted", "key"))


@dataclass(frozen=True, slots=True)
class Line:
    """One line: day, what it is of, figures by key (dollars, fractions of one, counts), and words."""

    as_of: date | None
    of: str
    name: str
    figures: Mapping[str, Decimal] = field(default_factory=dict)
    callable: str = ""
    accepted: str = ""

    def cells(self) -> list[Cell]:
        """The line as the table has it."""
        values: dict[str, Cell] = {key: float(value) for key, value in self.figures.items() if key in HISTORY.keys}
        day = f"{serial(self.as_of):.0f}" if self.as_of else "0"
        words = {"as_of": self.as_of, "of": self.of, "name": self.name, "key": f"{self.of} {self.name} {day}"}
        words |= {key: text for key, text in (("callable", self.callable), ("accepted", self.accepted)) if text}
        return [words.get(key, values.get(key)) for key in HISTORY.keys]


@dataclass(frozen=True, slots=True)
class Past:
    """The lines of a workbook's History, in their order, and the row of the first."""

    lines: tuple[Line, ...]

    @property
    def days(self) -> list[date | None]:
        """The months, in order, the issue first."""
        return list(dict.fromkeys(line.as_of for line in self.lines))

    def of(self, day: date | None, kind: str) -> dict[str, Line]:
        """The lines of one kind in one month, by class or pool."""
        return {line.name: line for line in self.lines if line.as_of == day and line.of == kind}

    @property
    def last(self) -> date | None:
        return self.lines[-1].as_of if self.lines else None


def has_lines(book: Workbook) -> bool:
    """Whether a workbook's History has a line a class; before 0.1.0 it had one line a month, levels in words."""
    return HISTORY.column("name").label in [cell.value for cell in named_cells(book, "History")]


def past_of(book: Workbook) -> Past:
    """What History holds. Raises: InputError for a line that cannot be read, or months out of their order."""
    header = named_cells(book, "History")
    sheet, left = header[0].parent, header[0].column
    lines: list[Line] = []
    for row in sheet.iter_rows(min_row=header[0].row + 1, min_col=left, max_col=left + len(HISTORY.keys) - 1):
        if row[HISTORY.keys.index("of")].value is None:
            break
        lines.append(_line(dict(zip(HISTORY.keys, row, strict=True))))
    past = Past(tuple(lines))
    days = [day for day in (line.as_of for line in lines) if day is not None]
    if days != sorted(days):
        raise InputError(f"{sheet.title}: the months do not stand in order; sort the table by its first column")
    return past


def _line(cells: Mapping[str, SheetCell]) -> Line:
    day = cells["as_of"].value
    figures: dict[str, Decimal] = {}
    for key in FIGURES:
        value = cells[key].value
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            where = f"{cells[key].parent.title}!{cells[key].coordinate}"
            raise InputError(f"{where} holds {value!r} where a number belongs; put it back as it was reported")
        figures[key] = Decimal(repr(value))
    return Line(
        as_of=day.date() if isinstance(day, datetime) else day if isinstance(day, date) else None,
        of=str(cells["of"].value),
        name=str(cells["name"].value),
        figures=figures,
        callable=str(cells["callable"].value or ""),
        accepted=str(cells["accepted"].value or ""),
    )


def issue_lines(deal: Deal, now: Standing) -> list[Line]:
    """The deal at issue: its classes, its pools, all loans."""
    lines = []
    for tranche, level in zip(deal.tranches, now.levels, strict=True):
        figures = {"ending_balance": tranche.class_initial_principal_balance, "factor": Decimal(1), "level": level}
        lines.append(Line(deal.cut_off_date, OF_CLASS, tranche.label, figures))
    for pool in deal.pools:
        balance = pool.aggregate_scheduled_principal_balance
        if pool.id != ALL and balance is not None:
            lines.append(Line(deal.cut_off_date, OF_POOL, pool.id, {"ending_balance": balance}))
    whole = {"ending_balance": now.pool_balance, "factor": now.factor}
    lines.append(Line(deal.cut_off_date, OF_POOL, ALL, whole, callable="yes" if now.callable_now else "no"))
    return lines


class OfMonth(Protocol):
    """What a month that is put in says."""

    @property
    def as_of(self) -> date: ...
    @property
    def balances(self) -> Mapping[str, Decimal]: ...
    @property
    def month(self) -> Month | None: ...
    @property
    def failures(self) -> Sequence[Failure]: ...


def month_lines(
    entry: OfMonth, known: Known, now: Standing, losses: Decimal | None, delinquency: Decimal | None
) -> list[Line]:
    """The lines of one month: classes in the deal's order, parts and pools of a report, then all loans.

    Args:
        known: what was known before the month.
        losses: cumulative realised losses, dollars; with ``delinquency``, a fraction of the pool, of all loans.
    """
    day, month = entry.as_of, entry.month
    lines = []
    for (label, balance), level in zip(entry.balances.items(), now.levels, strict=True):
        row = month.classes.get(label) if month else None
        figures = dict(row.figures) if row else _of_parts(month, known, label)
        figures.setdefault("beginning_balance", known.before[label])
        initial = known.initial[label]
        figures |= {"ending_balance": balance, "level": level, "factor": balance / initial if initial else ZERO}
        lines.append(Line(day, OF_CLASS, label, figures))
    lines += [_line_of(row, OF_PART) for row in (month.classes.values() if month else ()) if row.of in known.parts]
    pools = month.pools if month else {}
    lines += [_line_of(row, OF_POOL) for row in pools.values() if row.of != ALL]
    whole = dict(pools[ALL].figures) if ALL in pools else _added_up(list(pools.values()))
    whole |= {"ending_balance": now.pool_balance, "factor": now.factor}
    whole |= {key: value for key, value in (("losses", losses), ("delinquency", delinquency)) if value is not None}
    lines.append(Line(day, OF_POOL, ALL, whole, callable="yes" if now.callable_now else "no"))
    names = {line.name for line in lines}
    return [_with_failures(line, entry.failures, others=names if line is lines[-1] else None) for line in lines]


def _line_of(row: Row, kind: str) -> Line:
    return Line(row.day, kind, row.of, dict(row.figures))


def _of_parts(month: Month | None, known: Known, label: str) -> dict[str, Decimal]:
    """A class that is reported by its parts: dollars added up, interest that of all parts."""
    of_class = [part for part, whole in known.parts.items() if whole == label]
    parts = [month.classes[part] for part in of_class if part in month.classes] if month else []
    made: dict[str, Decimal] = {}
    for key in ("beginning_balance", "interest", "principal", "loss"):
        rows = [row for row in parts if key == "interest" or row.of not in known.notional]
        if any(key in row.figures for row in rows):
            made[key] = sum((row.flow(key) for row in rows), ZERO)
    return made


def _added_up(pools: Sequence[Row]) -> dict[str, Decimal]:
    """Dollars and loans of all pools together, where every pool has the figure."""
    keys = set.intersection(*(set(row.figures) for row in pools)) if pools else set()
    return {key: sum((row.flow(key) for row in pools), ZERO) for key in keys - {"wac", "wam"}}


def _with_failures(line: Line, failures: Sequence[Failure], others: Collection[str] | None) -> Line:
    """The line with what was accepted in it; the last line also has what is of no one line."""
    own = [one for one in failures if one.of == line.name or (others is not None and one.of not in others)]
    return replace(line, accepted="; ".join(f"{one.name}: {one.says}" for one in own))


def known_of(past: Past, initial: Mapping[str, Decimal]) -> Known:
    """What a workbook knows before the next month; its day is the first of all where the filing has no cut-off date."""
    day = past.last
    if day is None:
        raise InputError(
            "the workbook has no day of its balances (the filing has no cut-off date): no month follows it"
        )
    lines = {**past.of(day, OF_CLASS), **past.of(day, OF_PART)}
    issued = [line.name for line in past.lines if line.as_of == past.days[0] and line.of == OF_POOL]
    now = past.of(day, OF_POOL)
    return Known(
        day=day or date.min,
        initial=initial,
        before={name: line.figures["ending_balance"] for name, line in lines.items()},
        pools={name: _balance(now.get(name)) for name in issued},
        counts={name: line.figures["loan_count"] for name, line in now.items() if "loan_count" in line.figures},
    )


def _balance(line: Line | None) -> Decimal | None:
    return line.figures.get("ending_balance") if line else None
