"""Loan tapes: one row a loan, as CSV or Parquet, in the columns of a deal file's loans."""

from collections.abc import Sequence
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .deal_entries import Entry, csv_rows, decimal_of

SPLIT = "split"
"""Optional column that says ``discount`` or ``premium``: below, or at and above, the pool's target rate."""
SPLITS = ("discount", "premium")
MOST_LOANS = 20_000
"""More would take gigabytes, month by month."""


def tape_rows(entry: Entry, path: Path, target: Decimal | None, keys: Sequence[str]) -> list[Entry]:
    """A tape's rows as tables of loans, each with its row's number.

    Raises: InputError that names the deal file, the pool, the tape and its row.
    """
    needed = [key for key in keys if key not in ("net_rate", "servicing_fee")]
    rows = _parquet(entry, path, needed) if path.suffix.lower() == ".parquet" else csv_rows(entry, "tape", path, needed)
    if len(rows) > MOST_LOANS:
        raise entry.refused("tape", f"{path.name} has {len(rows):,} loans", f"give {MOST_LOANS:,} at most")
    loans = []
    for place, row in enumerate(rows, 2):
        where = f"{entry.name}, tape {path.name}, row {place}"
        content = {key: _cell(row[key]) for key in keys if row.get(key) not in (None, "")}
        loan = Entry(entry.file, where, content, keys)
        _check_split(loan, row.get(SPLIT), target)
        loans.append(loan)
    return loans


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        number = decimal_of(value)
        return value if number is None else number
    return Decimal(repr(value)) if isinstance(value, float) else value


def _check_split(loan: Entry, split: Any, target: Decimal | None) -> None:
    """A row that says which side of the target rate it is on must be there."""
    if split in (None, ""):
        return
    if split not in SPLITS:
        raise loan.refused(SPLIT, f"found {split}", f"give {' or '.join(SPLITS)}, or leave it empty")
    if target is None:
        raise loan.refused(SPLIT, f"found {split}", "give the pool a target_rate, or leave it empty")
    numbers = [loan.content.get(key) for key in ("rate", "net_rate", "servicing_fee")]
    rate, net, fee = (one if isinstance(one, Decimal | int) else None for one in numbers)
    if net is None and rate is not None and fee is not None:
        net = rate - fee
    if net is not None and (net < target) != (split == SPLITS[0]):
        raise loan.refused(SPLIT, f"found {split} of a net rate of {net}", f"the pool's target rate is {target}")


def _parquet(entry: Entry, path: Path, needed: Sequence[str]) -> list[dict[str, Any]]:
    if find_spec("pyarrow") is None:
        raise entry.refused("tape", f"{path.name} needs pyarrow", "pip install pyarrow, or give a CSV file")
    import pyarrow as arrow  # noqa: PLC0415 - optional, and only for such a file
    from pyarrow import parquet  # noqa: PLC0415 - as above

    try:
        table = parquet.read_table(path)
    except (OSError, arrow.ArrowException) as error:
        raise entry.refused("tape", f"{path.name} cannot be read ({error})", "give a Parquet or CSV file") from error
    missing = [column for column in needed if column not in table.column_names]
    if missing or not table.num_rows:
        found = f"{path.name} lacks {', '.join(missing)}" if missing else f"{path.name} has no rows"
        raise entry.refused("tape", found, f"give the columns {', '.join(needed)} and rows")
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows
