"""The commands ``parse`` and ``fetch``: a filing's facts, and a filing from EDGAR."""

import csv
import sys
from pathlib import Path

import click

from ..files import write_whole
from ..reading.assemble import assemble
from ..reading.edgar import SHELF_CIK, fetch, path_of
from ..reading.facts import COLUMNS, fact_row
from ..reading.parser import read
from ..reading.tieout import tie_out
from ..text import for_csv
from .printing import ruled, say, warn_of


@click.command("parse")
@click.argument("filing", metavar="FILING")
@click.option("--json", "as_json", is_flag=True, help="The document of schema xlremic.facts/1")
@click.option("--csv", "as_csv", is_flag=True, help="One line per fact")
def parse_command(filing: str, as_json: bool, as_csv: bool) -> None:
    """List the facts of a filing, each with the line that it was read from.

    Example: xlremic parse samples/cmsi-2004-8.txt --json
    """
    if as_json and as_csv:
        raise click.UsageError("choose --json or --csv, not both")
    reading = read(path_of(filing, say))
    warn_of(reading)
    if as_json:
        click.echo(reading.to_json([finding.to_dict() for finding in tie_out(reading, assemble(reading))]))
    elif as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([for_csv(str(value)) for value in fact_row(fact)] for fact in reading.facts)
    else:
        rows = [fact_row(fact) for fact in reading.facts]
        ruled(
            ["key", "scope", "value", "unit", "qualifier", "line"],
            [(*row[:5], str(row[6])) for row in rows],
            right=(2, 5),
        )
        counts = reading.token_counts()
        kinds = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in counts.most_common())
        say(f"{len(reading.facts)} facts; {counts.total()} numbers in the filing: {kinds}")


@click.command("fetch")
@click.argument("name", metavar="ACCESSION_OR_URL")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write; default: tell where it is cached")
@click.option("--user-agent", help="'Your Name you@example.org', as EDGAR asks for; default: XLREMIC_USER_AGENT")
@click.option("--cik", type=int, default=SHELF_CIK, show_default=True, help="Registrant of an accession number")
def fetch_command(name: str, output: Path | None, user_agent: str | None, cik: int) -> None:
    """Download a filing from EDGAR, politely; it is kept, and never fetched twice.

    Example: xlremic fetch 0001141776-04-000244 -o filing.txt
    """
    place = fetch(name, user_agent=user_agent, cik=cik, tell=say)
    if output:
        write_whole(output, place.read_bytes())
    click.echo(output or place)
