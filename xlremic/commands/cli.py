"""The command line: arguments, printing and exit codes; no arithmetic.

Exit codes: 0 done and everything ties; 1 done, but a check failed; 2 bad input or usage, nothing written; 3 an outside
service failed. Data goes to stdout, messages to stderr.
"""

import csv
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import ClusterError, FetchError, InputError, MailError, XlremicError
from ..reading.assemble import assemble
from ..reading.edgar import path_of
from ..reading.facts import COLUMNS, Reading, fact_row
from ..reading.parser import read
from ..reading.tieout import Finding, Status, shown, tie_out
from .projection import assumptions_of, given_terms, term_options

if TYPE_CHECKING:
    pass

FAILED_CHECK, BAD_INPUT, OUTSIDE = 1, 2, 3
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FILING = click.argument("filing", metavar="FILING")


def printable(text: str) -> str:
    """Text from a file without what could move a cursor, change a terminal or reverse what is read."""
    return _CONTROL.sub("�", text).replace("\n", " ")


def printable_lines(text: str) -> str:
    """Text of several lines, each made printable."""
    return "\n".join(map(printable, text.splitlines()))


def say(message: str) -> None:
    click.echo(printable(message), err=True)


_ELSEWHERE = {
    "run": ("projection", "run_command"),
    "grid": ("projection", "grid_command"),
    "batch": ("batch", "batch_command"),
    "addin": ("addin", "addin"),
    "serve": ("serve", "serve_command"),
    "doctor": ("doctor", "doctor_command"),
}
"""Commands of other modules, which are imported when asked for: most calls need none of them."""


class _Group(click.Group):
    """Turns the package's own errors into one line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _ELSEWHERE:
            module, name = _ELSEWHERE[cmd_name]
            command: click.Command = getattr(import_module(f".{module}", __package__), name)
            return command
        return super().get_command(ctx, cmd_name)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, **kwargs)
        except (ClusterError, FetchError, MailError) as error:
            say(f"xlremic: {error}")
            sys.exit(OUTSIDE)
        except XlremicError as error:
            say(f"xlremic: {error}")
            sys.exit(BAD_INPUT)
        except BrokenPipeError:  # the reader of our output has gone; there is nobody to tell
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(BAD_INPUT)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="xlremic", message="%(prog)s %(version)s")
def main() -> None:
    """From the 8-K that describes a REMIC's mortgage pool to a live, checked Excel deal model.

    Example: xlremic build samples/cmsi-2004-8.txt -o cmsi-2004-8.xlsx
    """


class _Steps:
    """Tells the steps and their times when asked to (-v)."""

    def __init__(self, verbose: bool) -> None:
        self.verbose = verbose
        self.since = time.perf_counter()

    def done(self, what: str) -> None:
        now = time.perf_counter()
        if self.verbose:
            say(f"{what}: {1000 * (now - self.since):.0f} ms")
        self.since = now


@main.command()
@_FILING
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Workbook to write; default: the filing's name with .xlsx"
)
@click.option("--template", type=click.Path(path_type=Path), help="A restyled copy of templates/deal.xlsx to fill")
@click.option("--functions", is_flag=True, help="With a sheet that calls every worksheet function (needs an add-in)")
@click.option("--projection/--no-projection", default=True, help="With the live projection, or a light workbook")
@term_options
@click.option("--open", "open_it", is_flag=True, help="Show it in Excel, or in the system's spreadsheet program")
@click.option("-v", "--verbose", is_flag=True, help="Tell steps and times")
def build(
    filing: str,
    output: Path | None,
    template: Path | None,
    projection: bool,
    functions: bool,
    file: Path | None,
    open_it: bool,
    verbose: bool,
    **terms: str | None,
) -> None:
    """Make the live, checked workbook of a filing.

    Example: xlremic build samples/cmsi-2004-8.txt -o cmsi-2004-8.xlsx
    """
    from ..workbook.build import build as build_workbook  # noqa: PLC0415 - the spreadsheet library is heavy

    steps = _Steps(verbose)
    assumptions = assumptions_of(file, given_terms(terms))
    path = path_of(filing)
    reading = read(path)
    steps.done(f"read {len(reading.facts)} facts")
    _warn(reading)
    target = output or Path(path.with_suffix(".xlsx").name)
    if target.exists() and target.samefile(path):
        raise InputError(f"{target} is the filing itself; choose another place with -o")
    if functions and not projection:
        raise click.UsageError("--functions shows the projection's numbers: leave --no-projection out")
    built = build_workbook(
        reading, target, assumptions=assumptions, template=template, projection=projection, functions=functions
    )
    if projection and built.unprojected:
        click.echo(f"warning: no projection: {built.unprojected}", err=True)
    steps.done(f"made {built.formulas} formulas")
    pools = len(built.deal.pools)
    click.echo(
        f"{target}: series {built.deal.series}, {pools} pool{'s' * (pools > 1)}, {len(built.deal.tranches)} classes,"
        f" {built.formulas} live formulas; {_summary(built.findings)}"
    )
    if open_it:
        _show(target)
    _exit(built.findings)


@main.command()
@_FILING
@click.option("--json", "as_json", is_flag=True, help="The document of schema xlremic.facts/1")
@click.option("--csv", "as_csv", is_flag=True, help="One line per fact")
def parse(filing: str, as_json: bool, as_csv: bool) -> None:
    """List the facts of a filing, each with the line that it was read from.

    Example: xlremic parse samples/cmsi-2004-8.txt --json
    """
    if as_json and as_csv:
        raise click.UsageError("choose --json or --csv, not both")
    reading = read(path_of(filing))
    _warn(reading)
    if as_json:
        click.echo(reading.to_json([finding.to_dict() for finding in tie_out(reading, assemble(reading))]))
    elif as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([_for_csv(value) for value in fact_row(fact)] for fact in reading.facts)
    else:
        rows = [fact_row(fact) for fact in reading.facts]
        _table(
            ["key", "scope", "value", "unit", "qualifier", "line"],
            [(*row[:5], str(row[6])) for row in rows],
            right=(2, 5),
        )
        counts = reading.token_counts()
        kinds = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in counts.most_common())
        say(f"{len(reading.facts)} facts; {counts.total()} numbers in the filing: {kinds}")


@main.command()
@click.argument("name", metavar="FILING_OR_WORKBOOK")
@click.option("--json", "as_json", is_flag=True, help="The checks as JSON")
@click.option(
    "--heal",
    "heal_it",
    is_flag=True,
    help="Instead of checking, give calls of REMIC_ functions back their bare names; the old version is kept",
)
def check(name: str, as_json: bool, heal_it: bool) -> None:
    """Tie out a filing, or recalculate and check a workbook of ours.

    Example: xlremic check samples/cmsi-2004-8.txt
    """
    path = path_of(name)
    if heal_it:
        _heal(path, as_json)
        return
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        from ..workbook.audit import audit  # noqa: PLC0415 - the spreadsheet library is heavy

        findings = audit(path)
    else:
        reading = read(path)
        _warn(reading)
        findings = tie_out(reading, assemble(reading))
    if as_json:
        click.echo(json.dumps({"checks": [finding.to_dict() for finding in findings]}, indent=1, ensure_ascii=False))
    else:
        _table(
            ["check", "status", "difference", "tolerance", "unit"],
            [
                (
                    f.id,
                    str(f.status),
                    *("" if x is None else shown(round(x, 17)) for x in (f.difference, f.tolerance)),
                    f.unit,
                )
                for f in findings
            ],
            right=(2, 3),
        )
        for finding in findings:
            if finding.status is Status.FAIL:
                say(f"FAILS {finding.id}: {finding.says}")
    say(_summary(findings))
    _exit(findings)


@main.command()
@click.argument("name", metavar="ACCESSION_OR_URL")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write; default: tell where it is cached")
@click.option("--user-agent", help="'Your Name you@example.org', as EDGAR asks for; default: XLREMIC_USER_AGENT")
@click.option("--cik", type=int, default=811785, show_default=True, help="Registrant of an accession number")
def fetch(name: str, output: Path | None, user_agent: str | None, cik: int) -> None:
    """Download a filing from EDGAR, politely; it is kept, and never fetched twice.

    Example: xlremic fetch 0001141776-04-000244 -o filing.txt
    """
    from ..files import write_whole  # noqa: PLC0415 - only here
    from ..reading.edgar import fetch as fetch_filing  # noqa: PLC0415 - only here

    place = fetch_filing(name, user_agent=user_agent, cik=cik)
    if output:
        write_whole(output, place.read_bytes())
    click.echo(output or place)


@main.command()
@click.argument("workbook", type=click.Path(path_type=Path))
@click.option("--balances", required=True, type=click.Path(path_type=Path), help="CSV: class,current_balance")
@click.option("--as-of", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Day of the balances, YYYY-MM-DD")
@click.option("--pool-balance", metavar="USD", help="Reported pool balance, if it is not the sum of the classes")
@click.option("--cumulative-losses", metavar="USD", help="Realised losses to date, for the history")
@click.option(
    "--delinquency", metavar="FRACTION", help="60 or more days late, a fraction of the pool, for a projection"
)
@click.option("--allow-increase", is_flag=True, help="Let a balance be above its previous one")
def update(
    workbook: Path,
    balances: Path,
    as_of: datetime,
    pool_balance: str | None,
    cumulative_losses: str | None,
    delinquency: str | None,
    allow_increase: bool,
) -> None:
    """Put a month's balances into a workbook, perhaps edited by a person; keep everything else byte for byte.

    Example: xlremic update deal.xlsx --balances balances.csv --as-of 2006-03-25
    """
    from ..workbook.update import Reported, dollars, read_balances  # noqa: PLC0415 - the spreadsheet library is heavy
    from ..workbook.update import update as update_workbook  # noqa: PLC0415

    reported = Reported(
        pool_balance=dollars(pool_balance, "--pool-balance") if pool_balance else None,
        cumulative_losses=dollars(cumulative_losses, "--cumulative-losses") if cumulative_losses else None,
        delinquency=dollars(delinquency, "--delinquency") if delinquency else None,
    )
    done = update_workbook(
        workbook,
        read_balances(balances),
        as_of=as_of.date(),
        reported=reported,
        allow_increase=allow_increase,
    )
    senior, level = next(iter(done.levels.items()))
    click.echo(
        f"{workbook}: as of {done.as_of}, pool balance {done.pool_balance:,.2f},"
        f" class {senior} level {100 * level:.3f}%,"
        f" {'callable' if done.callable_now else 'not callable'}; the previous version is {done.backup}"
    )


@main.command()
@click.argument("workbook", type=click.Path(path_type=Path))
@click.option("--to", "recipients", multiple=True, metavar="ADDRESS", help="Recipient; may be given several times")
@click.option(
    "--from", "sender", envvar="XLREMIC_MAIL_FROM", metavar="ADDRESS", help="Sender; default: XLREMIC_MAIL_FROM"
)
@click.option("--subject", help="Default: the deal and its as-of date")
@click.option("--eml", type=click.Path(path_type=Path), help="Write a draft to open in a mail program; send nothing")
@click.option("--server", envvar="XLREMIC_SMTP_SERVER", metavar="HOST[:PORT]", help="Default: XLREMIC_SMTP_SERVER")
@click.option("--security", type=click.Choice(["starttls", "implicit"]), default="starttls", show_default=True)
@click.option("--certificates", metavar="FILE", help="Authorities to trust beside the system's")
@click.option("--max-mb", type=float, default=20.0, show_default=True, help="Largest workbook to send")
@click.option("--force", is_flag=True, help="Send although values are stale or checks fail; the message says so")
@click.option("--dry-run", is_flag=True, help="Print the message's text; send nothing")
def send(
    workbook: Path,
    recipients: tuple[str, ...],
    sender: str | None,
    subject: str | None,
    eml: Path | None,
    server: str | None,
    security: str,
    certificates: str | None,
    max_mb: float,
    force: bool,
    dry_run: bool,
) -> None:
    """E-mail a workbook, with a summary that a phone can show.

    The login is read from XLREMIC_SMTP_USER and XLREMIC_SMTP_PASSWORD, or from the system's keyring.

    Example: xlremic send deal.xlsx --to trustee@example.org --from me@example.org --eml draft.eml
    """
    from ..files import read_whole, write_whole  # noqa: PLC0415 - only here
    from ..workbook.headline import faults, glance_of, safe_name  # noqa: PLC0415 - the spreadsheet library is heavy
    from .mail import Security, Server, address, deliver, message  # noqa: PLC0415 - only here

    data = read_whole(workbook)
    if len(data) > max_mb * 2**20:
        raise InputError(f"{workbook} has {len(data) / 2**20:.1f} MB, over the limit of {max_mb:g} MB; see --max-mb")
    glance = glance_of(data)
    found = tuple(faults(data))
    if found and not force:
        raise InputError(f"{workbook} is not sent: {'; '.join(found)}; mend it, or say --force")
    if not sender:
        raise InputError("who sends? give --from name@example.org or set XLREMIC_MAIL_FROM")
    made = message(
        sender=sender,
        recipients=[address(one) for one in recipients],
        subject=subject or glance.subject,
        text=glance.text(found),
        html=glance.html(found),
        attachment=data,
        name=safe_name(workbook.name),
        draft=eml is not None,
    )
    if dry_run:
        click.echo(printable_lines(f"To: {made['To']}\nSubject: {made['Subject']}\n\n{glance.text(found)}"))
        return
    if eml is not None:
        write_whole(eml, bytes(made))
        click.echo(f"{eml}: a draft for {made['To']}")
        return
    if not server:
        raise InputError(
            "no mail server: give --server host:587 or set XLREMIC_SMTP_SERVER, or write a draft with --eml"
        )
    host, _, port = server.partition(":")
    user, password = _login(host)
    secured = Security(security)
    usual = 465 if secured is Security.IMPLICIT else 587
    if port and not port.isdigit():
        raise InputError(f"--server {server}: the port must be a number")
    deliver(
        made,
        Server(
            host=host,
            port=int(port) if port else usual,
            security=secured,
            user=user,
            password=password,
            certificates=certificates,
        ),
    )
    click.echo(f"sent {workbook} to {made['To']}, Message-ID {made['Message-ID']}")


def _login(host: str) -> tuple[str, str]:
    """User and password of a mail server, from the environment or the keyring; empty if there is none."""
    user, password = os.environ.get("XLREMIC_SMTP_USER", ""), os.environ.get("XLREMIC_SMTP_PASSWORD", "")
    if user and not password and find_spec("keyring"):
        import keyring  # noqa: PLC0415 - an optional dependency

        password = keyring.get_password(f"xlremic:{host}", user) or ""
    return user, password


def _warn(reading: Reading) -> None:
    for warning in reading.warnings:
        say(f"warning: {reading.source.file}, line {warning.line}: {warning.message}")


def _summary(findings: Sequence[Finding]) -> str:
    counts = Counter(finding.status for finding in findings)
    parts = [f"{counts[Status.PASS]} of {len(findings)} checks tie"]
    if counts[Status.FAIL]:
        parts.append(f"{counts[Status.FAIL]} fail")
    if counts[Status.NOT_EVALUATED]:
        parts.append(f"{counts[Status.NOT_EVALUATED]} not evaluated")
    return ", ".join(parts)


def _exit(findings: Sequence[Finding]) -> None:
    if any(finding.status is Status.FAIL for finding in findings):
        sys.exit(FAILED_CHECK)


def _for_csv(value: str | int) -> str | int:
    """Text without control characters, line ends aside; what a spreadsheet would take for a formula starts with "'"."""
    if not isinstance(value, str):
        return value
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", "�", value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """A table for a person: ruled on a terminal, plain aligned columns in a pipe."""
    cells = [[printable(value) for value in row] for row in rows]
    if sys.stdout.isatty():
        from rich.console import Console  # noqa: PLC0415 - only for a terminal
        from rich.table import Table  # noqa: PLC0415

        table: Table = Table(box=None, header_style="bold", pad_edge=False)
        for i, title in enumerate(header):
            table.add_column(title, justify="right" if i in right else "left", overflow="fold")
        for row in cells:
            table.add_row(*(value.replace("[", "\\[") for value in row))
        Console(highlight=False).print(table)
        return
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
    for row in (list(header), *cells):
        pads: list[Callable[[str, int], str]] = [str.rjust if i in right else str.ljust for i in range(len(row))]
        click.echo("  ".join(pad(value, width) for pad, value, width in zip(pads, row, widths, strict=True)).rstrip())


def _heal(path: Path, as_json: bool) -> None:
    from ..functions.heal import heal  # noqa: PLC0415 - only when asked for

    if as_json:
        raise click.UsageError("--heal makes no checks: leave out --json")
    if path.suffix.lower() != ".xlsx":
        raise InputError(f"{path}: --heal is for workbooks (.xlsx)")
    count, backup = heal(path)
    if backup is None:
        click.echo(f"{path}: every call of our functions has its bare name; nothing is changed")
    else:
        click.echo(f"{path}: {count} call{'s' * (count > 1)} of functions healed; the version before is {backup}")


def _show(path: Path) -> None:
    """Open the workbook in Excel where there is one, else in the program that the system has for it."""
    import subprocess  # noqa: PLC0415 - only here

    if sys.platform in ("win32", "darwin"):
        import xlwings  # noqa: PLC0415 - only where Excel may be

        try:
            xlwings.Book(str(path.resolve()))
            return
        except xlwings.XlwingsError as error:
            say(f"Excel did not open {path}: {error}")
    opener = {"win32": ["cmd", "/c", "start", ""], "darwin": ["open"]}.get(sys.platform, ["xdg-open"])
    try:
        subprocess.run([*opener, str(path.resolve())], check=True)  # noqa: S603 - a path of our own, no shell
    except (OSError, subprocess.CalledProcessError) as error:
        say(f"no program opened {path}: {error}")
