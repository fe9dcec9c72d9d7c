"""What became of one filing: read, checked, written; one row, whatever happens.

A row is kept beside the workbook, so that the next run knows what is finished: a filing of the same bytes, done by the
same version in the same way, is not done again.
"""

import hashlib
import json
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from importlib import metadata
from typing import Any

from ..deal import Deal
from ..errors import InputError, XlremicError
from ..reading.assemble import assemble
from ..reading.byhand import Given
from ..reading.facts import Reading
from ..reading.filing import SIZE_LIMIT, filing_of
from ..reading.tieout import Finding, Status, tie_out
from ..reading.told import parse_told
from ..reading.verdict import verdict
from . import storage

VERSION = metadata.version("xlremic")
RECORDS = ".xlremic"
"""Folder of the kept rows, in the folder of the workbooks."""


class Outcome(StrEnum):
    """What the checks come to (see ``verdict``). REFUSED: there is no deal, or no workbook, for the reason given."""

    TIES = "ties"
    TIES_IN_PART = "ties, but numbers were not understood"
    FAILS = "check fails"
    NOT_ENOUGH = "not enough read"
    REFUSED = "refused"


GOOD = frozenset((Outcome.TIES, Outcome.TIES_IN_PART))
"""A filing of these did not fail."""


class Kind(StrEnum):
    """What a column holds: fractions are of one, money is dollars, numbers are months."""

    TEXT = "text"
    DATE = "date"
    COUNT = "count"
    MONEY = "money"
    FRACTION = "fraction"
    NUMBER = "number"


_OF_THE_POOL = (
    ("loan_count", Kind.COUNT),
    ("aggregate_scheduled_principal_balance", Kind.MONEY),
    ("weighted_average_coupon", Kind.FRACTION),
    ("weighted_average_remaining_term", Kind.NUMBER),
    ("weighted_average_original_term", Kind.NUMBER),
    ("weighted_average_ltv", Kind.FRACTION),
    ("documentation_full_percent", Kind.FRACTION),
    ("documentation_no_asset_verification_percent", Kind.FRACTION),
    ("documentation_no_income_verification_percent", Kind.FRACTION),
    ("documentation_streamlined_percent", Kind.FRACTION),
    ("primary_residence_percent", Kind.FRACTION),
)
COLUMNS: dict[str, Kind] = dict((
    ("path", Kind.TEXT),
    ("status", Kind.TEXT),
    ("reason", Kind.TEXT),
    ("series", Kind.TEXT),
    ("workbook", Kind.TEXT),
    ("closing_date", Kind.DATE),
    ("cut_off_date", Kind.DATE),
    ("pools", Kind.COUNT),
    ("classes", Kind.COUNT),
    *_OF_THE_POOL,
    ("class_balance", Kind.MONEY),
    ("senior_subordination_level", Kind.FRACTION),
    ("subordination_levels", Kind.TEXT),
    ("call_threshold", Kind.MONEY),
    ("checks", Kind.COUNT),
    ("checks_failed", Kind.COUNT),
    ("checks_not_evaluated", Kind.COUNT),
    ("warnings", Kind.COUNT),
    ("unread", Kind.COUNT),
    ("sha256", Kind.TEXT),
    ("version", Kind.TEXT),
))  # fmt: skip
"""One row per filing. What a filing does not state, or a refused one cannot tell, is empty."""

Value = str | int | Decimal | date | None
Row = dict[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One filing to do.

    ``path`` is as it was given, ``place`` where any worker finds it; ``data`` are its bytes where they were fetched
    already; ``again`` does what is finished too. ``facts`` are the facts by hand for this filing, if there are any.
    """

    path: str
    place: str
    name: str
    folder: str
    workbooks: bool = True
    projection: bool = True
    again: bool = False
    data: bytes | None = None
    facts: tuple[Given, ...] | None = None
    version: str = VERSION

    @property
    def way(self) -> dict[str, Any]:
        """What besides the bytes decides the result."""
        way = {"version": self.version, "workbooks": self.workbooks, "projection": self.projection}
        given = {"facts": hashlib.sha256(repr(self.facts).encode()).hexdigest()} if self.facts else {}
        return way | given


def file_name(path: str) -> str:
    """The name of a filing's file, whatever its place is written like."""
    return path.replace("\\", "/").rpartition("/")[2]


def refused(path: str, reason: str, **known: Value) -> Row:
    """The row of a filing that came to nothing."""
    return {**dict.fromkeys(COLUMNS), "path": path, "status": Outcome.REFUSED.value, "reason": reason, **known}


def outcome(job: Job) -> Row:
    """The row of one filing, done now or before; its workbook is in the folder if it has one. Raises nothing."""
    try:
        if job.version != VERSION:
            return refused(job.path, f"this worker has xlremic {VERSION}, not {job.version}: install the same version")
        data = storage.read(job.place, SIZE_LIMIT) if job.data is None else job.data
        digest = hashlib.sha256(data).hexdigest()
        if not job.again and (kept := _kept(job, digest)):
            return kept
        try:
            row, workbook = _made(job, data)
        except XlremicError as error:
            row, workbook = refused(job.path, str(error)), None
        row |= {"sha256": digest, "version": VERSION}
        if workbook is not None:
            storage.write(storage.under(job.folder, str(row["workbook"])), workbook)
        storage.write(_record(job), json.dumps({"way": job.way, "row": as_text(row)}, indent=1).encode())
    except InputError as error:  # what cannot be read or written may be so the next time: it is not kept
        return refused(job.path, str(error))
    except Exception as error:  # noqa: BLE001 - a mistake of ours costs one row, which says so
        where = traceback.extract_tb(error.__traceback__)[-1]
        return refused(
            job.path, f"mistake in xlremic ({where.name}: {type(error).__name__}: {error}); please report it"
        )
    return row


def _made(job: Job, data: bytes) -> tuple[Row, bytes | None]:
    reading = parse_told(filing_of(data, name=file_name(job.path)), job.facts)
    deal = assemble(reading)
    findings = tie_out(reading, deal)
    row = row_of(job.path, reading, deal, findings)
    if not job.workbooks:
        return row, None
    from ..workbook.build import workbook_bytes  # noqa: PLC0415 - the spreadsheet library is heavy

    workbook, _ = workbook_bytes(reading, deal, findings, projection=job.projection)
    return row | {"workbook": f"{job.name}.xlsx"}, workbook


def row_of(path: str, reading: Reading, deal: Deal, findings: tuple[Finding, ...]) -> Row:
    """What a filing says of its deal, and whether it ties."""
    failed = [finding for finding in findings if finding.status is Status.FAIL]
    found = verdict(reading, deal, findings)
    outcome = Outcome[found.outcome.name]
    why = "; ".join(f"{finding.id}: {finding.says}" for finding in failed)
    balances = [tranche.class_initial_principal_balance for tranche in deal.tranches]
    levels = {t.label: t.subordination_level for t in deal.tranches if t.subordination_level is not None}
    pool: dict[str, Value] = {name: getattr(deal.all, name) for name, _ in _OF_THE_POOL}
    return {
        **dict.fromkeys(COLUMNS),
        **pool,
        "path": path,
        "status": outcome.value,
        "reason": why or (None if outcome is Outcome.TIES else str(found)),
        "series": deal.series,
        "closing_date": deal.closing_date,
        "cut_off_date": deal.cut_off_date,
        "pools": len(deal.pools),
        "classes": len(deal.tranches),
        "loan_count": None if deal.all.loan_count is None else int(deal.all.loan_count),
        "class_balance": sum(balances, Decimal(0)) if balances else None,
        "senior_subordination_level": deal.tranches[0].subordination_level if deal.tranches else None,
        "subordination_levels": "; ".join(f"{label} {level}" for label, level in levels.items()) or None,
        "call_threshold": deal.rules.call_threshold,
        "checks": len(findings),
        "checks_failed": len(failed),
        "checks_not_evaluated": sum(finding.status is Status.NOT_EVALUATED for finding in findings),
        "warnings": len(reading.warnings),
        "unread": len(reading.unread),
    }


def as_text(row: Row) -> dict[str, str]:
    """A row as it stands in a CSV: figures as printed, dates as ISO, nothing where there is nothing.

    >>> as_text({"pools": 3, "series": None})
    {'pools': '3', 'series': ''}
    """
    return {
        name: "" if value is None else format(value, "f") if isinstance(value, Decimal) else str(value)
        for name, value in row.items()
    }


def from_text(cells: Mapping[str, str]) -> Row:
    """The row that :func:`as_text` gave. Raises: ValueError or ArithmeticError for what is none."""
    if cells.keys() != COLUMNS.keys():
        raise ValueError("these are not the columns of a row")
    return {name: _value(COLUMNS[name], text) for name, text in cells.items()}


def _value(kind: Kind, text: str) -> Value:
    if kind is Kind.TEXT:
        return text or None
    if not text:
        return None
    if kind is Kind.DATE:
        return date.fromisoformat(text)
    return int(text) if kind is Kind.COUNT else Decimal(text)


def _record(job: Job) -> str:
    return storage.under(storage.under(job.folder, RECORDS), f"{job.name}.json")


def _kept(job: Job, digest: str) -> Row | None:
    """The row of the same bytes done before in the same way, if its workbook is still there."""
    place = _record(job)
    if not storage.exists(place):
        return None
    try:
        record = json.loads(storage.read(place, SIZE_LIMIT))
        row = from_text(record["row"])
    except (ValueError, ArithmeticError, KeyError, TypeError, AttributeError):
        return None  # written by something else: the filing is done again
    if record["way"] != job.way or row["sha256"] != digest:
        return None
    if row["workbook"] and not storage.exists(storage.under(job.folder, str(row["workbook"]))):
        return None
    return row | {"path": job.path}
