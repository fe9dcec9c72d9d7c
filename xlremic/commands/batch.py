"""The command ``batch``: the workbooks and the comparison of many filings."""

import os
from collections import Counter
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO

import click

from ..batch.filings import COMPARISON, INDEX, batch
from ..batch.outcome import GOOD, Outcome
from ..errors import InputError
from . import FAILED_CHECK
from .progress import Progress, tell_of_cluster

SHOWN = 20
"""Bad filings told on the terminal; the index has them all."""


@click.command("batch")
@click.argument("paths", nargs=-1)
@click.option("-o", "--output", "folder", required=True, metavar="DIR", help="Folder or URL for what is made")
@click.option(
    "--list", "listed", type=click.File(encoding="utf-8"), help="File with more paths, one a line; - is input"
)
@click.option("--workers", type=click.IntRange(1), default=None, help="Number of processes; default: one per core")
@click.option("--cluster", metavar="ADDRESS", help="Dask scheduler whose workers do it, such as tcp://host:8786")
@click.option("--workbooks/--no-workbooks", default=True, help="Make the workbooks, or the index and comparison only")
@click.option("--projection/--no-projection", default=True, help="With the live projection, or light workbooks")
@click.option("--facts", type=click.Path(path_type=Path), help="CSV or TOML of facts by hand, each with its filing")
@click.option("--again", is_flag=True, help="Do finished filings again too")
@click.pass_context
def batch_command(
    context: click.Context,
    /,
    paths: tuple[str, ...],
    folder: str,
    listed: TextIO | None,
    workers: int | None,
    cluster: str | None,
    workbooks: bool,
    projection: bool,
    facts: Path | None,
    again: bool,
) -> None:
    """Make workbooks, index.csv, index.parquet and Comparison.xlsx of many filings.

    PATHS are files, folders, patterns, URLs (s3://, file:// ...) or EDGAR accession numbers. A bad filing is a row with
    its reason. Run it again to go on after an interruption: finished filings are skipped.

    Exit code: 0 if every filing ties, 1 if a check fails, or a filing is refused or not read far enough.

    \b
    Example: xlremic batch samples -o deals
    """
    try:
        more = [line.strip() for line in listed or () if line.strip() and not line.startswith("#")]
    except UnicodeDecodeError as error:
        raise InputError(f"--list {getattr(listed, 'name', '')}: not a text in UTF-8 ({error.reason})") from error
    names = [*paths, *more]
    if not find_spec("pyarrow"):
        click.echo("index.parquet is left out, since pyarrow is missing: pip install 'xlremic[parquet]'", err=True)
    tell_of_cluster(cluster)
    do = partial(batch, names, folder, workers=workers or os.cpu_count() or 1, cluster=cluster)
    with Progress("filings") as progress:
        rows = do(workbooks=workbooks, projection=projection, again=again, facts=facts, progress=progress.told)
    bad = [row for row in rows if row["status"] not in GOOD]
    for row in bad[:SHOWN]:
        click.echo(f"{row['path']}: {row['reason']}", err=True)
    if len(bad) > SHOWN:
        click.echo(f"and {len(bad) - SHOWN:,} more: see {INDEX}", err=True)
    counts = Counter(row["status"] for row in rows)
    always = (Outcome.TIES, Outcome.FAILS, Outcome.REFUSED)
    told = ", ".join(f"{one} {counts[one]:,}" for one in Outcome if counts[one] or one in always)
    click.echo(f"{folder}: {len(rows):,} filing{'s' * (len(rows) != 1)}; {told}; see {COMPARISON}")
    if bad:
        context.exit(FAILED_CHECK)
