"""The commands ``run`` and ``grid``: projected class cash flows and measures of a filing, without a workbook.

Arguments in, tables out, no arithmetic of its own. Every table for a person has the assumptions above it, each marked
as one; data for programs (CSV, JSON, Parquet) has one row per month or scenario and class, dollars to six decimals.
"""

import csv
import io
import json
import sys
from collections.abc import Callable, Sequence
from datetime import date
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..deal import Deal
from ..engine.assumptions import Assumptions
from ..engine.reports import REPORTS, Table, report_table
from ..errors import InputError
from ..files import write_whole
from ..reading.assemble import assemble
from ..reading.deal_file import is_deal_file, read_deal, with_structure
from . import FAILED_CHECK
from .facts import facts_option, path_given, reading_of
from .printing import aligned
from .progress import Progress, tell_of_cluster
from .terms import assumptions_of, given_terms, term_options, values_of

if TYPE_CHECKING:
    import pandas as pd

    from ..engine.books import TrancheFlows
    from ..engine.measures import ClassMeasures

F = TypeVar("F", bound=Callable[..., Any])
MOST_SCENARIOS = 1_000_000


def deal_of(filing: str | None, structure: Path | None = None, facts: Path | None = None) -> Deal:
    """The deal of a filing (a path, an accession number or an address), of facts by hand, or of a deal file.

    A file of classes and steps may cut the class A of a filing.
    """
    if filing is not None and is_deal_file(filing):
        if structure is not None or facts is not None:
            raise click.UsageError("a deal file is whole: leave --facts and --structure out")
        return read_deal(filing)
    deal = assemble(reading_of(path_given(filing, facts), facts))
    return deal if structure is None else with_structure(deal, structure)


def structure_option(command: F) -> F:
    """Gives a command ``--structure``."""
    return click.option(
        "--structure", "structure_file", type=click.Path(path_type=Path),
        help="TOML file of classes and steps into which the filing's class A is cut.",
    )(command)  # fmt: skip


def _output_options(command: F) -> F:
    command = click.option("--parquet", type=click.Path(path_type=Path), help="Write a Parquet file.")(command)
    command = click.option("--json", "as_json", is_flag=True, help="JSON to standard output.")(command)
    return click.option("--csv", "as_csv", is_flag=True, help="CSV to standard output.")(command)


@click.command("run")
@click.argument("filing", metavar="FILING_OR_DEAL", required=False)
@facts_option
@term_options
@structure_option
@click.option("--report", type=click.Choice(REPORTS), default="summary", show_default=True)
@_output_options
@click.pass_context
def run_command(
    context: click.Context,
    /,
    filing: str | None,
    facts: Path | None,
    file: Path | None,
    structure_file: Path | None,
    report: str,
    as_csv: bool,
    as_json: bool,
    parquet: Path | None,
    **terms: str | None,
) -> None:
    """Project the classes of a filing, or of a deal file (.toml), month by month and measure them.

    Numbers take no thousands separator: 1500, not 1,500. Values by month are words with spaces, '100 ramp 300 over 12'.

    \b
    Example: xlremic run samples/cmsi-2004-8.txt --psa 300 --cdr 0.002 --report cash --csv
    """
    from ..engine.waterfall import run  # noqa: PLC0415 - the engine, only when it runs

    _one_format(as_csv, as_json, parquet)
    assumptions = assumptions_of(file, given_terms(terms))
    deal = deal_of(filing, structure_file, facts)
    flows = run(deal, assumptions)
    table = report_table(flows, report)
    if parquet is not None:
        _write_parquet(_frame(table), parquet)
    elif as_json:
        click.echo(_json(deal, assumptions, {"report": report}, table))
    elif as_csv:
        _write_csv(table)
    else:
        click.echo(printed_run(flows, report))
    lost = flows.principal_difference()
    if abs(lost) >= 0.01:
        click.echo(f"principal paid and collected differ by {lost:,.2f} dollars", err=True)
        context.exit(FAILED_CHECK)


@click.command("grid")
@click.argument("filing", metavar="FILING_OR_DEAL", required=False)
@click.option(
    "--into", type=click.Path(path_type=Path), help="Compute the grid of this workbook anew, from its inputs."
)
@facts_option
@term_options
@structure_option
@click.option("--yields", is_flag=True, help="Solve the yield of every class too.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Number of processes.")
@click.option("--cluster", metavar="ADDRESS", help="Dask scheduler whose workers do it, such as tcp://host:8786.")
@_output_options
def grid_command(
    filing: str | None,
    into: Path | None,
    facts: Path | None,
    file: Path | None,
    yields: bool,
    workers: int,
    cluster: str | None,
    parquet: Path | None,
    **given: Any,
) -> None:
    """Measure the classes of a filing, or of a deal file (.toml), for every combination of comma-separated values.

    With --into a workbook of ours has its sheet Scenarios computed anew; the version before is kept.

    Numbers take no thousands separator; 1,500 might be one or two, so write 1500, or 1, 500 with a space.

    \b
    Example: xlremic grid samples/cmsi-2004-8.txt --psa 0,100,200,300,400,500 --cdr 0,0.01
    """
    from ..engine.grid import grid  # noqa: PLC0415 - the engine, only when it runs

    if into is not None:
        if filing or facts or file or yields or workers > 1 or cluster or parquet or any(given.values()):
            raise click.UsageError("--into takes all from the workbook: leave everything else out")
        _regrid(into)
        return
    if filing is None and facts is None:
        raise click.UsageError("give a filing or a deal file, facts by hand with --facts, or a workbook with --into")
    as_csv, as_json, structure = given.pop("as_csv"), given.pop("as_json"), given.pop("structure_file")
    terms: dict[str, str | None] = given
    _one_format(as_csv, as_json, parquet)
    axes: dict[str, Any] = {name: values_of(name, text) for name, text in terms.items() if text is not None}
    if (scenarios := prod(map(len, axes.values()))) > MOST_SCENARIOS:
        raise InputError(f"{scenarios:,} scenarios are asked for; {MOST_SCENARIOS:,} is the most")
    single = {name: values[0] for name, values in axes.items() if len(values) == 1}
    assumptions = assumptions_of(file, single)
    deal = deal_of(filing, structure, facts)
    tell_of_cluster(cluster)
    with Progress("scenarios", at_least=100) as progress:
        frame = grid(deal, assumptions, yields=yields, workers=workers, cluster=cluster, progress=progress.told, **axes)
    if parquet is not None:
        _write_parquet(frame, parquet)
        return
    table: Table = (list(frame.columns), frame.astype(object).where(frame.notna(), None).to_numpy().tolist())
    if as_json:
        click.echo(_json(deal, assumptions, {"axes": axes}, table))
    elif as_csv:
        _write_csv(table)
    else:
        fixed = [row for row in assumptions.described() if row[0] not in axes]
        click.echo(f"Series {deal.series}\n\n{printed_assumptions(fixed)}\n\n{aligned(table)}")


def _regrid(path: Path) -> None:
    from ..workbook.regrid import regrid  # noqa: PLC0415 - the spreadsheet library is heavy

    done = regrid(path)
    click.echo(f"{path}: {done.scenarios} scenarios computed anew; the previous version is {done.backup}")


def printed_run(flows: "TrancheFlows", report: str) -> str:
    """A report for a person: the deal, the assumptions, the table."""
    head = f"Series {flows.deal.series}\n\n{printed_assumptions(flows.assumptions.described())}"
    if report == "summary":
        return f"{head}\n\n{_printed_summary(flows)}"
    columns, rows = report_table(flows, report)
    if report == "decrement":
        from ..engine.measures import printed_percent  # noqa: PLC0415 - as above

        rows = [[*row[:2], *(printed_percent(cell) for cell in row[2:])] for row in rows]
    return f"{head}\n\n{aligned((columns, rows))}"


def _day(flows: "TrancheFlows") -> int:
    """Day of the month on which classes are paid."""
    return flows.dates[1].day if flows.dates[1:] else flows.assumptions.payment_day


def _printed_summary(flows: "TrancheFlows") -> str:
    """Measures of every class, to maturity and, where the filing allows a clean-up call, to the first eligible day."""
    from ..engine.measures import HALF_CENT  # noqa: PLC0415 - the engine, only when it runs

    measures = flows.class_measures()
    called: dict[str, ClassMeasures] = {}
    notes = [
        f"Average lives in years: month/12, and 30/360 from settlement to the {_day(flows)}th.",
        "Balance of an IO class: its notional. Prices are placeholders unless given: an assumption each.",
    ]
    columns = ["class", "balance", "life", "30/360", "window", "interest", "loss", "price", "yield", "duration"]
    if flows.assumptions.call == "never" and flows.deal.rules.call_threshold is not None:
        from ..engine.waterfall import run  # noqa: PLC0415 - the engine, only when it runs

        other = run(flows.deal, flows.assumptions.replace(call="first"))
        called = {one.label: one for one in other.class_measures()}
        columns += ["life to call", "yield to call"]
        notes.append(f"To call: the clean-up call on its first eligible day, month {other.call_month}.")
    elif flows.call_month is not None:
        notes.append(f"The clean-up call is used in month {flows.call_month}.")
    rows = []
    for one in measures:
        window = "" if one.first_month is None else f"{one.first_month}-{one.last_month}"
        row: list[Any] = [
            one.label,
            f"{one.balance:,.2f}",
            _cell(one.wal_month, 2),
            _cell(one.wal_30_360, 2),
            window,
            f"{one.interest:,.2f}",
            f"{abs(one.loss) if abs(one.loss) < HALF_CENT else one.loss:,.2f}",
            f"{one.price:g}",
            _cell(one.bond_yield, 3),
            _cell(one.modified_duration, 2),
        ]
        if called:
            row += [_cell(called[one.label].wal_month, 2), _cell(called[one.label].bond_yield, 3)]
        rows.append(row)
    return aligned((columns, rows)) + "\n\n" + "\n".join(notes)


def printed_assumptions(described: Sequence[tuple[str, str, str, str, str]]) -> str:
    """The terms in force, one a line, each with its value, unit and source."""
    return aligned((["assumption", "value", "unit", "source"], [list(row[:4]) for row in described]))


def _cell(number: float | None, decimals: int) -> str:
    return "" if number is None else f"{number:.{decimals}f}"


def _plain(cell: Any) -> Any:
    """A cell as data: dollars to a millionth, so that the dust of floats is not printed."""
    return round(cell, 6) + 0.0 if isinstance(cell, float) else cell


def _one_format(as_csv: bool, as_json: bool, parquet: Path | None) -> None:
    if as_csv + as_json + (parquet is not None) > 1:
        raise click.UsageError("choose one of --csv, --json and --parquet")


def _write_csv(table: Table) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(table[0])
    writer.writerows([_plain(cell) for cell in row] for row in table[1])


def _json(deal: Deal, assumptions: Assumptions, what: dict[str, Any], table: Table) -> str:
    columns, rows = table
    described = [
        {"name": name, "value": value, "unit": unit, "source": source, "meaning": meaning}
        for name, value, unit, source, meaning in assumptions.described()
    ]
    body = {
        "schema": "xlremic.projection/1",
        "series": deal.series,
        **what,
        "assumptions": described,
        "rows": [dict(zip(columns, map(_plain, row), strict=True)) for row in rows],
    }
    return json.dumps(body, indent=1)


def _frame(table: Table) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415 - only Parquet needs it here

    frame = pd.DataFrame(table[1], columns=table[0])
    if "date" in frame:
        frame["date"] = [date.fromisoformat(day) if day else None for day in frame["date"]]
    return frame


def _write_parquet(frame: "pd.DataFrame", path: Path) -> None:
    data = io.BytesIO()
    try:
        frame.to_parquet(data, index=False)
    except ImportError as error:
        raise InputError("writing Parquet needs pyarrow: pip install pyarrow") from error
    write_whole(path, data.getvalue())
