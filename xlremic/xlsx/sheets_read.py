"""Rows of a file of tables as they stand: CSV, XLSX, XLS, ODS or Parquet. Nothing of deals.

What is too large is refused before it is read. The libraries behind XLS and Parquet are wanted only when such a file
comes.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

from ..errors import InputError, shown
from ..files import read_whole

MOST_BYTES, MOST_ROWS, MOST_COLUMNS = 16 << 20, 100_000, 200
"""Of a file of tables: forty years of sixty classes are 29,000 rows and 3 MB."""
MOST_UNPACKED = 64 << 20
"""Bytes that a packed file may hold in all."""
Value = str | float | Decimal | date | None
_OLE = b"\xd0\xcf\x11\xe0"
_BLANKS = ("", " ", "\t")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows that are not empty, each with its number as a person counts; ``name`` says which file and sheet."""

    name: str
    rows: tuple[tuple[int, tuple[Value, ...]], ...]


def sheets_of(path: str | Path) -> list[Sheet]:
    """The sheets of a file of tables.

    Raises: InputError for a file that cannot be read, is none of these, or is too large, and for a library that is
        missing.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if size > MOST_BYTES:
        raise InputError(f"{path} has {size / 2**20:,.0f} MB, over the limit of {MOST_BYTES >> 20} MB for a table")
    data = read_whole(path)
    if data.startswith(b"PAR1"):
        return [_parquet(data, path)]
    if data.startswith((b"PK", _OLE)):
        return _workbook(data, path)
    return [_csv(data, path)]


def _csv(data: bytes, path: Path) -> Sheet:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} cannot be read as CSV in UTF-8: {error}") from error
    first = text.partition("\n")[0]
    mark = max((",", ";", "\t"), key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=mark, skipinitialspace=True)
    try:
        return Sheet(str(path), tuple(_counted(((lines.line_num, row) for row in lines), str(path), "line")))
    except csv.Error as error:
        raise InputError(f"{path}, line {lines.line_num}: {error}") from error


def _workbook(data: bytes, path: Path) -> list[Sheet]:
    if data.startswith(b"PK"):
        _refuse_large(data, path)
    calamine: Any = _library("python_calamine", "verify", path)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        read = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except Exception as error:  # of a stranger's workbook: it says what is wrong in many ways, all of them its own
        raise InputError(f"{path} cannot be read as a workbook: {type(error).__name__}: {error}"[:300]) from error
    return [
        Sheet(where, tuple(_counted(enumerate(rows, 1), where, "row")))
        for where, rows in ((f"{path}, sheet {name}", rows) for name, rows in read.items())
    ]


def _refuse_large(data: bytes, path: Path) -> None:
    """What unpacks to more than a table is: counted while it is unpacked, whatever the package says of itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            room = MOST_UNPACKED
            for entry in archive.infolist():
                with archive.open(entry) as part:
                    while chunk := part.read(1 << 20):
                        room -= len(chunk)
                        if room < 0:
                            raise InputError(f"{path} unpacks to more than {MOST_UNPACKED >> 20} MB; a table is less")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path} is damaged: {error}") from error


def _parquet(data: bytes, path: Path) -> Sheet:
    parquet: Any = _library("pyarrow.parquet", "parquet", path)
    try:
        file = parquet.ParquetFile(io.BytesIO(data))
        about = file.metadata
        size = sum(about.row_group(k).total_byte_size for k in range(about.num_row_groups))
        if about.num_rows > MOST_ROWS or about.num_columns > MOST_COLUMNS or size > MOST_UNPACKED:
            raise _too_many(str(path))
        table = file.read().to_pydict()
    except InputError:
        raise
    except Exception as error:  # of a stranger's file, as above
        raise InputError(f"{path} cannot be read as Parquet: {type(error).__name__}: {error}"[:300]) from error
    rows = [tuple(table), *zip(*table.values(), strict=True)]
    return Sheet(str(path), tuple(_counted(enumerate(rows), str(path), "row")))


def _library(name: str, extra: str, path: Path) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise InputError(
            f'{path} needs {name.partition(".")[0]}: pip install "xlremic[{extra}]", or give the table as CSV'
        ) from error


def _counted(rows: Any, where: str, word: str) -> Iterator[tuple[int, tuple[Value, ...]]]:
    count = 0
    for number, row in rows:
        cells = tuple(_plain(cell, f"{where}, {word} {number}") for cell in row)
        if all(cell is None for cell in cells):
            continue
        count += 1
        if count > MOST_ROWS or len(cells) > MOST_COLUMNS:
            raise _too_many(where)
        yield number, cells


def _too_many(where: str) -> InputError:
    return InputError(f"{where} has more than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns; give fewer months at once")


def _plain(cell: object, where: str) -> Value:
    """A cell as one of few kinds; whatever else a library has is none of a table's."""
    if cell is None or (isinstance(cell, float) and cell != cell):  # noqa: PLR0124 - not a number
        return None
    if isinstance(cell, str):
        text = cell.replace("\xa0", " ").strip()
        return None if text in _BLANKS else text
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, int):
        return Decimal(cell)
    if isinstance(cell, float | Decimal | date):
        return cell
    raise InputError(f"{where}: {shown(cell)} is no number, text or date")
