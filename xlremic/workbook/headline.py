"""What a recipient of a workbook wants to know at a glance, and what speaks against sending it."""

import re
from calendar import month_abbr
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeGuard

from openpyxl import Workbook

from ..engine.in_words import speed_in_words, terms_in_words
from ..errors import DealError, InputError, TemplateError
from ..functions.cells import CellError
from ..functions.hosts.lite import admitted
from ..functions.registry import worksheet_functions
from ..reading.trustee import ALL
from ..xlsx.calculate import calculate, formula_cells
from ..xlsx.charts import stale_points
from ..xlsx.package import Package
from ..xlsx.patch import named_cells, opened
from .expected import agree
from .history import has_lines, past_of
from .history_columns import HISTORY, OF_POOL
from .inputs import deal_and_assumptions, has_projection
from .ours import recognise

NEEDED = (
    "Classes", "CurrentBalances", "InitialBalances", "SubordinationLevels", "AsOfDate", "CurrentPoolBalance",
    "CutOffBalance", "CallThreshold", "Callable", "ChecksFailed", "ChecksStatus", "DealTitle", "History",
)  # fmt: skip
COUNTED = {"ModelErrors": "errors in the model", "InputsToLookAt": "inputs to look at"}
"""Names whose figure speaks against sending if it is not zero; a workbook may lack them."""
LOSSES = HISTORY.column("losses").label.partition(",")[0]
"""How the header of losses begins, then as now."""


CALLED, NOT_CALLED = "callable", "not callable"
ISSUER = re.compile(r"(?P<issuer>.+?),? (?:REMIC\b.*|Series) (?P<series>\S+)\Z")


@dataclass(frozen=True, slots=True)
class ClassNow:
    """A class today: balances in dollars, level as a fraction."""

    label: str
    balance: float
    initial: float
    level: float


@dataclass(frozen=True, slots=True)
class Month:
    """A line of the history: pool balance and, if known, cumulative losses, in dollars."""

    as_of: date
    pool_balance: float
    losses: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """The headline of a workbook as its cached values show it: dollars, and the factor as a part of one.

    ``checks`` are the words of the sheet's own flag; ``last`` is the month before, if there is one; ``speed``,
    ``terms`` and ``first_callable`` are words about the projection, empty if there is none.
    """

    title: str
    as_of: date
    pool_balance: float
    factor: float
    threshold: float
    callable_now: bool
    checks: str
    classes: tuple[ClassNow, ...]
    last: Month | None = None
    losses: float | None = None
    speed: str = ""
    terms: str = ""
    first_callable: str = ""

    @property
    def short_title(self) -> str:
        """The issuer's initials and the series, where the title has both.

        >>> title = "Citicorp Mortgage Securities, Inc., REMIC Pass-Through Certificates, Series 2004-8"
        >>> ISSUER.match(title)["issuer"]
        'Citicorp Mortgage Securities, Inc.'
        """
        found = ISSUER.match(self.title)
        initials = "".join(re.findall(r"\b[A-Z]", found["issuer"])) if found else ""
        return f"{initials} {found['series']}" if found and len(initials) > 2 else self.title

    @property
    def called(self) -> str:
        return CALLED if self.callable_now else NOT_CALLED


def day_in_words(day: date) -> str:
    """Such as 25 Mar 2006."""
    return f"{day.day} {month_abbr[day.month]} {day.year}"


def headline_book(data: bytes) -> Workbook:
    """The cached values of a workbook of ours. Raises: InputError if the preflight refuses it or it is not ours."""
    recognise(admitted(data))
    book = opened(data)
    missing = [name for name in NEEDED if name not in book.defined_names]
    if missing:
        raise InputError(f"this is not a workbook of xlremic: it lacks the names {', '.join(missing)}")
    return book


def glance_of(book: Workbook) -> Glance:
    """The headline of a workbook, from its cached values: what a mail preview shows.

    Raises: InputError if it has no cached values, or an error among them.
    """
    one = {name: _values(book, name)[0] for name in NEEDED}
    empty = [name for name, value in one.items() if value is None]
    if empty:
        raise InputError(
            f"the workbook shows nothing for {', '.join(empty)}: open and save it in Excel, or build it again"
        )
    day = one["AsOfDate"]
    if not isinstance(day, datetime):
        raise InputError(f"the workbook's AsOfDate is {day!r}, not a date")
    failed = one["ChecksFailed"]
    pool_balance, cut_off = (_number(name, one[name]) for name in ("CurrentPoolBalance", "CutOffBalance"))
    months = _history(book, day.date())
    speed, terms = _terms(book)
    columns = ("CurrentBalances", "InitialBalances", "SubordinationLevels")
    figures = ([_number(name, value) for value in _values(book, name)] for name in columns)
    losses = _values(book, "CumulativeLosses")[0]
    return Glance(
        title=str(one["DealTitle"]),
        as_of=day.date(),
        pool_balance=pool_balance,
        factor=pool_balance / cut_off if cut_off else 0.0,
        threshold=_number("CallThreshold", one["CallThreshold"]),
        callable_now=bool(one["Callable"]),
        checks=str(one["ChecksStatus"]) if _is_number(failed) else f"Checks in error ({failed})",
        classes=tuple(
            ClassNow(str(label), *of_class) for label, *of_class in zip(_values(book, "Classes"), *figures, strict=True)
        ),
        last=months[-1] if months else None,
        losses=losses if _is_number(losses) else None,
        speed=speed,
        terms=terms,
        first_callable=_first_callable(book) if terms else "",
    )


def _history(book: Workbook, before: date) -> list[Month]:
    """The months before a day, oldest first."""
    months = _in_lines(book) if has_lines(book) else _in_words(book)
    return sorted((month for month in months if month.as_of < before), key=lambda month: month.as_of)


def _in_lines(book: Workbook) -> Iterator[Month]:
    for line in past_of(book).lines:
        if line.as_of is not None and (line.of, line.name) == (OF_POOL, ALL):
            losses = line.figures.get("losses")
            yield Month(line.as_of, float(line.figures["ending_balance"]), None if losses is None else float(losses))


def _in_words(book: Workbook) -> Iterator[Month]:
    """Of a workbook of before 0.1.0: date and pool balance stand first in a line, losses under their label."""
    header = named_cells(book, "History")
    losses = next((k for k, cell in enumerate(header) if str(cell.value).startswith(LOSSES)), None)
    for row in header[0].parent.iter_rows(min_row=header[0].row + 1, min_col=header[0].column):
        day, balance = row[0].value, row[1].value
        if not isinstance(day, datetime) or not _is_number(balance):
            break
        lost = None if losses is None else row[losses].value
        yield Month(day.date(), balance, lost if _is_number(lost) else None)


def _terms(book: Workbook) -> tuple[str, str]:
    """Speed and terms of the projection in words; empty without a projection, or if the engine refuses its inputs."""
    if not has_projection(book):
        return "", ""
    try:
        _, assumptions = deal_and_assumptions(book)
    except (InputError, DealError, CellError):
        return "", ""
    return speed_in_words(assumptions), terms_in_words(assumptions)


def _first_callable(book: Workbook) -> str:
    if "FirstCallableDate" not in book.defined_names:
        return ""
    value = _values(book, "FirstCallableDate")[0]
    return day_in_words(value) if isinstance(value, datetime) else "never" if value == "none" else str(value or "")


def faults(data: bytes, book: Workbook | None = None) -> list[str]:
    """What speaks against sending a workbook: inputs to look at, failing checks, stale or missing values.

    ``book`` has the cached values that ``data`` holds, where they are at hand.
    """
    found = [*_flagged(opened(data) if book is None else book)]
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
    return found


def _flagged(book: Workbook) -> Iterator[str]:
    """What the workbook's own flag counts."""
    for name, what in {**COUNTED, "ChecksFailed": "checks fail"}.items():
        if name not in book.defined_names:
            continue
        count = _values(book, name)[0]
        if not _is_number(count):
            yield f"the workbook's {name} is in error ({count})"
        elif count:
            yield f"{count:g} {what}"


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
