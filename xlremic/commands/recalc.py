"""The command ``recalc``: the trustee's months against the rules."""

import sys
from pathlib import Path

import click

from . import FAILED_CHECK
from .printing import ruled


@click.command("recalc")
@click.argument("workbook", type=click.Path(path_type=Path))
@click.option("--all", "every", is_flag=True, help="Print every figure, not only those that differ")
def recalc_command(workbook: Path, every: bool) -> None:
    """Distribute the reported cash of every month by the rules, and compare with what was reported of each class.

    It needs a report of classes and pools for every month from the first.

    Example: xlremic recalc deal.xlsx
    """
    from ..workbook.recalculation import recalculation  # noqa: PLC0415 - the spreadsheet library is heavy

    compared = recalculation(workbook)
    differing = [one for one in compared if not one.agrees]
    shown = compared if every else differing
    if shown:
        rows = [
            (
                one.day.isoformat(), one.label, one.item, *(f"{x:,.2f}" for x in (one.reported, one.computed)),
                f"{one.difference:,.4f}", f"{one.tolerance:,.4f}", one.rule,
            )
            for one in shown
        ]  # fmt: skip
        header = ["month", "class", "figure", "reported", "computed", "difference", "tolerance", "decided by"]
        ruled(header, rows, right=(3, 4, 5, 6))
    months = len({one.day for one in compared})
    said = f"{len(differing)} differ" if differing else "all agree"
    click.echo(f"{workbook}: {len(compared)} figures of {months} month{'s' * (months > 1)} recalculated, {said}")
    if differing:
        sys.exit(FAILED_CHECK)
