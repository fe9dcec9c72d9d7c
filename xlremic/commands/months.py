"""The command ``update``: a workbook kept current, month by month."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..text import for_terminal
from . import FAILED_CHECK
from .printing import say

if TYPE_CHECKING:
    from ..workbook.entering import Updated


@click.command("update")
@click.argument("workbook", type=click.Path(path_type=Path))
@click.option("--balances", type=click.Path(path_type=Path), help="CSV: class,current_balance")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day of the balances, YYYY-MM-DD")
@click.option("--pool-balance", metavar="USD", help="Reported pool balance, if it is not the sum of the classes")
@click.option("--cumulative-losses", metavar="USD", help="Realised losses to date, for the history")
@click.option(
    "--delinquency", metavar="FRACTION", help="60 or more days late, a fraction of the pool, for a projection"
)
@click.option("--allow-increase", is_flag=True, help="Let a balance be above its previous one")
@click.option(
    "--report", multiple=True, type=click.Path(path_type=Path),
    help="A trustee's report in rows of classes and pools, one or many months: CSV, XLSX, XLS or Parquet; may be given"
    " several times",
)  # fmt: skip
@click.option("--accept", multiple=True, metavar="NAME", help="Put this failure of the report in all the same")
@click.option("--undo", is_flag=True, help="Take the last month back")
def update_command(
    workbook: Path,
    balances: Path | None,
    as_of: datetime | None,
    report: tuple[Path, ...],
    accept: tuple[str, ...],
    undo: bool,
    allow_increase: bool,
    **said: str | None,
) -> None:
    """Put a month's balances, or a trustee's report, into a workbook, perhaps edited by a person.

    Everything else is kept byte for byte.

    Example: xlremic update deal.xlsx --report report.csv
    """
    ways = sum((balances is not None, bool(report), undo))
    if ways != 1:
        raise click.UsageError("say what to put in: --balances with --as-of, or --report; or --undo, alone")
    if (as_of is None) != (balances is None):
        raise click.UsageError("--balances and --as-of go together; a report has its own dates")
    more = [name for name, value in {**said, "allow_increase": allow_increase or None}.items() if value is not None]
    if balances is None and more:
        raise click.UsageError(f"--{more[0].replace('_', '-')} goes with --balances")
    if accept and not report:
        raise click.UsageError("--accept goes with --report")
    if undo:
        from ..workbook.reporting import undo as take_back  # noqa: PLC0415 - the spreadsheet library is heavy

        _told(workbook, take_back(workbook))
    elif report:
        _put_report(workbook, report, accept)
    elif balances is not None and as_of is not None:
        _put_balances(workbook, balances, as_of, said, allow_increase=allow_increase)


def _put_balances(
    workbook: Path, balances: Path, as_of: datetime, said: dict[str, str | None], *, allow_increase: bool
) -> None:
    from ..workbook.entering import Reported  # noqa: PLC0415 - the spreadsheet library is heavy
    from ..workbook.update import dollars, read_balances, update  # noqa: PLC0415 - as above

    reported = Reported(
        **{name: dollars(text, f"--{name.replace('_', '-')}") if text else None for name, text in said.items()}
    )
    done = update(
        workbook, read_balances(balances), as_of=as_of.date(), reported=reported, allow_increase=allow_increase
    )
    _told(workbook, done)


def _put_report(workbook: Path, files: tuple[Path, ...], accept: tuple[str, ...]) -> None:
    from ..workbook.reporting import ReportError, report_of, update_from_report  # noqa: PLC0415 - as above

    try:
        put = update_from_report(workbook, report_of(files), accept=accept)
    except ReportError as error:
        for one in error.found:
            say(f"FAILS {one.name}: {one.place}: {one.says}")
        raise
    for header in put.unknown:
        say(f"note: a column that is left alone, {for_terminal(header)}")
    for one in put.accepted:
        say(f"accepted {one.name}: {one.place}: {one.says}")
    click.echo(f"{put.months} month{'s' * (put.months > 1)} put in")
    _told(workbook, put.updated)
    if put.accepted:
        sys.exit(FAILED_CHECK)


def _told(workbook: Path, done: "Updated") -> None:
    senior, level = next(iter(done.levels.items()))
    click.echo(
        f"{workbook}: as of {done.as_of}, pool balance {done.pool_balance:,.2f},"
        f" class {senior} level {100 * level:.3f}%,"
        f" {'callable' if done.callable_now else 'not callable'}; the previous version is {done.backup}"
    )
