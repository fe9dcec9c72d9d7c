"""Many filings to workbooks, an index and a comparison, on one computer or on a cluster.

Every input has one row, whatever becomes of it; a bad one stops nothing. What is finished is kept, so that a run that
was cut off goes on where it was.
"""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

from ..errors import FetchError, InputError, shown
from ..reading.byhand import Given, read_given
from ..reading.edgar import fetch, is_remote
from ..text import for_csv, without_hidden
from ..workers import Lost, spread
from . import storage
from .outcome import COLUMNS, RECORDS, Job, Kind, Row, Value, as_text, file_name, outcome, refused

INDEX, PARQUET, COMPARISON = "index.csv", "index.parquet", "Comparison.xlsx"


def batch(
    names: Sequence[str],
    folder: str | Path,
    *,
    workers: int = 1,
    cluster: str | None = None,
    workbooks: bool = True,
    projection: bool = True,
    again: bool = False,
    facts: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Row]:
    """Do every filing and leave workbooks, index.csv, index.parquet and Comparison.xlsx in a folder.

    Args:
        names: files, folders, patterns, URLs (s3://, file:// ...), EDGAR accession numbers.
        folder: path or URL; made if it is not there.
        workers: processes of this computer.
        cluster: address of a Dask scheduler to work instead; its workers must see the same places.
        workbooks: leave them out to have the index and the comparison only.
        projection: make light workbooks if false.
        again: do finished filings again too.
        facts: a file of facts by hand, whose rows name their filings.
        progress: called with filings done and their number.
    Returns: one row per filing, in the order given, with the columns of ``outcome.COLUMNS``.
    Raises: InputError if there is nothing to do, or no place for the results; ClusterError if the cluster is lost.
    """
    inputs = _inputs(names)
    given = _given(facts, inputs) if facts else {}
    target = storage.absolute(str(folder))
    storage.make_folder(storage.under(target, RECORDS))
    rows: dict[int, Row] = {}
    numbers: list[int] = []

    def finished(number: int, row: Row) -> None:
        rows[number] = {
            name: without_hidden(value, " ") if isinstance(value, str) else value for name, value in row.items()
        }
        if progress is not None:
            progress(len(rows), len(inputs))

    def jobs() -> Iterator[Job]:
        """What there is to do; a filing that cannot be fetched is a row at once."""
        for number, (path, name) in enumerate(zip(inputs, workbook_names(inputs), strict=True)):
            try:
                data = fetch(path).read_bytes() if _is_fetched(path) else None
            except (FetchError, InputError) as error:
                finished(number, refused(path, str(error)))
                continue
            numbers.append(number)
            place = storage.absolute(path) if data is None else path
            yield Job(
                path=path,
                place=place,
                name=name,
                folder=target,
                workbooks=workbooks,
                projection=projection,
                again=again,
                data=data,
                facts=given.get(file_name(path)),
            )

    for k, result in spread(outcome, jobs(), workers=min(workers, len(inputs)), cluster=cluster):
        number = numbers[k]
        finished(number, refused(inputs[number], result.reason) if isinstance(result, Lost) else result)
    for left in (target, storage.under(target, RECORDS)):
        storage.take_away_left(left)
    ordered = [rows[number] for number in range(len(inputs))]
    _write(target, ordered)
    return ordered


def _inputs(names: Iterable[str]) -> list[str]:
    """The filings meant, each once, in order."""
    found = [one for name in names for one in ([name] if _is_fetched(name) else storage.meant(name))]
    if not found:
        raise InputError("no filings are given: name files, folders, patterns, or a list with --list")
    return list({one if _is_fetched(one) else storage.absolute(one): one for one in found}.values())


def _given(facts: Path, inputs: Sequence[str]) -> dict[str, tuple[Given, ...]]:
    """The facts by hand of each filing, by the name of its file. Raises: InputError for rows that are for none."""
    names = list(map(file_name, inputs))
    found: dict[str, tuple[Given, ...]] = {}
    for one in read_given(facts):
        name = one.filing or (names[0] if len(names) == 1 else "")
        if names.count(name) != 1:
            what = f"is for {shown(name)}" if name else "names no filing"
            raise InputError(f"{one.place}: {one.key} {what}; the column filing needs the name of one of the inputs")
        found[name] = (*found.get(name, ()), one)
    return found


def _is_fetched(name: str) -> bool:
    return is_remote(name) and not Path(name).exists()


def workbook_names(inputs: Sequence[str]) -> list[str]:
    """A name for the workbook of each input: its own, with a mark of its place where two are alike.

    >>> workbook_names(["a/deal.txt", "b/other.htm"])
    ['deal', 'other']
    >>> [len(name) for name in workbook_names(["a/deal.txt", "b/Deal.txt"])]
    [13, 13]
    """
    stems = [re.sub(r"[^\w. -]", "_", Path(path.replace("\\", "/").rpartition("/")[2]).stem)[:80] for path in inputs]
    number = Counter(stem.lower() for stem in stems) + Counter((Path(COMPARISON).stem.lower(), ""))
    return [
        stem if number[stem.lower()] == 1 else f"{stem}-{hashlib.sha256(path.encode()).hexdigest()[:8]}"
        for stem, path in zip(stems, inputs, strict=True)
    ]


def _write(folder: str, rows: Sequence[Row]) -> None:
    from .comparison import comparison  # noqa: PLC0415 - the spreadsheet library is heavy

    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(COLUMNS), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: for_csv(cell) for name, cell in as_text(row).items()} for row in rows)
    storage.write(storage.under(folder, INDEX), text.getvalue().encode())
    if find_spec("pyarrow"):
        storage.write(storage.under(folder, PARQUET), parquet(rows))
    storage.write(storage.under(folder, COMPARISON), comparison(rows))


def parquet(rows: Sequence[Row]) -> bytes:
    """The rows as Parquet: money exact to the cent, fractions and months as floats."""
    import pyarrow as pa  # noqa: PLC0415 - an extra
    import pyarrow.parquet as pq  # noqa: PLC0415

    kinds = {
        Kind.TEXT: pa.string(),
        Kind.DATE: pa.date32(),
        Kind.COUNT: pa.int32(),
        Kind.MONEY: pa.decimal128(18, 2),
        Kind.FRACTION: pa.float64(),
        Kind.NUMBER: pa.float64(),
    }
    floats = (Kind.FRACTION, Kind.NUMBER)

    def cell(value: Value, kind: Kind) -> Value | float:
        return float(value) if kind in floats and isinstance(value, Decimal | int) else value

    columns = {
        name: pa.array([cell(row[name], kind) for row in rows], type=kinds[kind]) for name, kind in COLUMNS.items()
    }
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()
