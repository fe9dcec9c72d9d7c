"""What a recipient of a workbook wants to know at a glance, and what speaks against sending it."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import TypeGuard

from openpyxl import Workbook

from ..errors import InputError, TemplateError
from ..functions.registry import worksheet_functions
from ..xlsx.calculate import calculate, formula_cells
from ..xlsx.charts import stale_points
from ..xlsx.package import Package
from ..xlsx.patch import named_cells, opened
from ..xlsx.preflight import preflight
from .expected import agree
from .ours import recognise

NEEDED = (
    "Classes", "CurrentBalances", "SubordinationLevels", "AsOfDate", "CurrentPoolBalance", "CallThreshold", "Callable",
    "ChecksFailed", "ChecksNotEvaluated", "DealTitle",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """The headline of a workbook as its cached values show it."""

    title: str
    as_of: date
    pool_balance: float
    threshold: float
    callable_now: bool
    checks: str
    classes: tuple[tuple[str, float, float], ...]  # label, current balance in dollars, level as a fraction

    @property
    def subject(self) -> str:
        return f"{self.title}: as of {self._day()}"

    def text(self, remarks: tuple[str, ...] = ()) -> str:
        """The summary for a reader of plain text."""
        rows = [f"{label:<8}{balance:>20,.2f}{level:>12.3%}" for label, balance, level in self.classes]
        lines = [
            self.title,
            f"As of {self._day()}",
            *(f"ATTENTION: {remark}" for remark in remarks),
            "",
            *self._lines(),
            "",
        ]
        return "\n".join([*lines, f"{'Class':<8}{'Current balance':>20}{'Level':>12}", *rows, ""])

    def html(self, remarks: tuple[str, ...] = ()) -> str:
        """The summary for a mail program; styles inline, nothing fetched from anywhere."""
        cell = 'style="padding:2px 12px;text-align:right;border-bottom:1px solid #d9d9d9"'
        rows = "".join(
            f'<tr><td style="padding:2px 12px;border-bottom:1px solid #d9d9d9">{escape(label)}</td>'
            f"<td {cell}>{balance:,.2f}</td><td {cell}>{level:.3%}</td></tr>"
            for label, balance, level in self.classes
        )
        warned = "".join(f'<p style="color:#c00000;font-weight:bold">{escape(remark)}</p>' for remark in remarks)
        facts = "".join(f"<br>{escape(line)}" for line in self._lines())
        return (
            '<html><body style="font-family:Calibri,Arial,sans-serif;font-size:14px">'
            f'<h2 style="color:#1f3864;margin:0">{escape(self.title)}</h2>{warned}<p>As of {self._day()}{facts}</p>'
            '<table style="border-collapse:collapse"><tr style="background:#1f3864;color:#ffffff">'
            '<th style="padding:2px 12px;text-align:left">Class</th><th style="padding:2px 12px">Current balance</th>'
            f'<th style="padding:2px 12px">Subordination level</th></tr>{rows}</table></body></html>'
        )

    def _day(self) -> str:
        return f"{self.as_of.day} {self.as_of:%b %Y}"

    def _lines(self) -> list[str]:
        called = "callable now" if self.callable_now else "not callable"
        return [
            f"Pool balance {self.pool_balance:,.2f}, clean-up call below {self.threshold:,.2f}: {called}",
            f"Checks: {self.checks}",
        ]


def glance_of(data: bytes) -> Glance:
    """The headline of a workbook of ours, from its cached values: what a mail preview shows.

    Raises: InputError if it is refused by the preflight, is not one of ours or has no cached values.
    """
    recognise(preflight(data))
    book = opened(data)
    missing = [name for name in NEEDED if name not in book.defined_names]
    if missing:
        raise InputError(f"this is not a workbook of xlremic: it lacks the names {', '.join(missing)}")
    one = {name: _values(book, name)[0] for name in NEEDED}
    empty = [name for name, value in one.items() if value is None]
    if empty:
        raise InputError(
            f"the workbook shows nothing for {', '.join(empty)}: open and save it in Excel, or build it again"
        )
    labels, balances, levels = (_values(book, name) for name in ("Classes", "CurrentBalances", "SubordinationLevels"))
    failed, not_evaluated = one["ChecksFailed"], one["ChecksNotEvaluated"]
    checks = "all tie" if failed == 0 else f"{failed:g} failed" if _is_number(failed) else f"in error ({failed})"
    day = one["AsOfDate"]
    if not isinstance(day, datetime):
        raise InputError(f"the workbook's AsOfDate is {day!r}, not a date")
    return Glance(
        title=str(one["DealTitle"]),
        as_of=day.date(),
        pool_balance=_number("CurrentPoolBalance", one["CurrentPoolBalance"]),
        threshold=_number("CallThreshold", one["CallThreshold"]),
        callable_now=bool(one["Callable"]),
        checks=checks + (f", {not_evaluated} not evaluated" if not_evaluated else ""),
        classes=tuple(
            (str(label), _number("CurrentBalances", balance), _number("SubordinationLevels", level))
            for label, balance, level in zip(labels, balances, levels, strict=True)
        ),
    )


def faults(data: bytes) -> list[str]:
    """What speaks against sending a workbook: stale or missing values, failing checks."""
    found = []
    package = Package.of(data)
    cached = formula_cells(package).values
    try:
        computed = formula_cells(calculate(package, worksheet_functions())).values
    except TemplateError as error:
        return [str(error)]
    missing = [f"{sheet}!{cell}" for (sheet, cell), value in cached.items() if value is None]
    stale = [
        f"{sheet}!{cell}"
        for (sheet, cell), value in cached.items()
        if value is not None and not agree((sheet, cell), value, computed[sheet, cell])
    ]
    if missing:
        found.append(f"{len(missing)} formulas have no value, {missing[0]} among them")
    if stale:
        found.append(f"{len(stale)} values are stale, {stale[0]} among them")
    if charts := stale_points(package):
        found.append(f"charts show other figures than {len(charts)} ranges have, {charts[0]} among them")
    failed = _values(opened(data), "ChecksFailed")[0]
    if not _is_number(failed):
        found.append(f"the number of failed checks is in error ({failed})")
    elif failed:
        found.append(f"{failed:g} checks fail")
    return found


def safe_name(name: str) -> str:
    """A file name that every mail program takes."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", name.removesuffix(".xlsx")).strip(".-")[:80] or "workbook"
    return f"{stem}.xlsx"


def _number(name: str, value: object) -> float:
    """What a cell of that name shows. Raises: InputError if it is no number, as an error of its formula is not."""
    if not _is_number(value):
        raise InputError(f"the workbook's {name} shows {value!r}, not a number; mend what it is computed from")
    return value


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _values(book: Workbook, name: str) -> list[object]:
    return [cell.value for cell in named_cells(book, name)]
