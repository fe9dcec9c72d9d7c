"""The commands ``parse``, ``new`` and ``fetch``: a filing's facts, an empty file of facts, a filing from EDGAR."""

import csv
import sys
from pathlib import Path

import click

from ..errors import InputError
from ..files import write_whole
from ..reading.asking import USUAL_CLASSES, as_toml, blank, template
from ..reading.asking import as_csv as csv_of
from ..reading.assemble import assemble
from ..reading.byhand import read_given
from ..reading.edgar import SHELF_CIK, fetch
from ..reading.facts import COLUMNS, fact_row
from ..reading.filing import read_filing
from ..reading.tieout import tie_out
from ..reading.told import parse_told
from ..text import for_csv
from .facts import facts_option, path_given, reading_of
from .printing import ruled, say


@click.command("parse")
@click.argument("filing", metavar="FILING", required=False)
@facts_option
@click.option("--json", "as_json", is_flag=True, help="The document of schema xlremic.facts/1")
@click.option("--csv", "as_csv", is_flag=True, help="One line per fact")
@click.option("--unread", is_flag=True, help="What is missing and every number not understood, as a CSV for --facts")
def parse_command(filing: str | None, facts: Path | None, as_json: bool, as_csv: bool, unread: bool) -> None:
    """List the facts of a filing, each with the line that it was read from.

    With --unread it writes a CSV that a person fills in: rows of the essential facts that are missing, and of every
    number that was not understood, with its sentence. Filled, it is a file for --facts; rows left open are passed over.

    Example: xlremic parse samples/cmsi-2004-8.txt --json
    """
    if as_json + as_csv + unread > 1:
        raise click.UsageError("choose one of --json, --csv and --unread")
    path = path_given(filing, facts)
    if unread:
        if path is None:
            raise click.UsageError("--unread lists the numbers of a filing: give one")
        filing_read = read_filing(path)
        given = read_given(facts) if facts else ()
        click.echo(template(parse_told(filing_read, given)), nl=False)
        return
    reading = reading_of(path, facts)
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


@click.command("new")
@click.argument("facts", metavar="FACTS", type=click.Path(path_type=Path))
@click.option("--pools", metavar="NAMES", default="", help="Such as I,II; default: one pool, the mortgage loans")
@click.option(
    "--classes", metavar="NAMES", default=",".join(USUAL_CLASSES), show_default=True, help="Of the certificates"
)
def new_command(facts: Path, pools: str, classes: str) -> None:
    """Make an empty file of facts for a deal of another shelf, as TOML if its name ends so, else as CSV.

    Fill in its values and make the workbook with: xlremic build --facts FACTS

    Example: xlremic new deal.csv --pools I,II --classes A,B-1,B-2
    """
    rows = blank(*([name.strip() for name in names.split(",") if name.strip()] for names in (pools, classes)))
    if facts.exists():
        raise InputError(f"{facts} is there already; give another name, so that nothing filled in is lost")
    write_whole(facts, (as_toml if facts.suffix.lower() == ".toml" else csv_of)(rows).encode())
    click.echo(f"{facts}: {len(rows)} facts to fill in; then: xlremic build --facts {facts}")


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
