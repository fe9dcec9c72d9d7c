"""The commands ``build``, ``check`` and ``heal``: a workbook of ours made and checked."""

import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import InputError
from ..reading.assemble import assemble
from ..reading.deal_file import is_deal_file, read_deal
from ..reading.tieout import Finding, Status, shown, tie_out
from ..reading.verdict import Outcome, Verdict, verdict
from . import FAILED_CHECK
from .facts import facts_option, path_given, reading_of
from .printing import ruled, say
from .terms import assumptions_of, given_terms, term_options

if TYPE_CHECKING:
    from ..workbook.audit import Audit

HOW_IT_IS_MADE = ("template", "projection", "functions", "scenario", "protected")
"""Options of ``build`` that its function has by the same name."""
INPUT, CACHED = "input", "cached_values"
TO_DO = {
    INPUT: "mend the cell, and what follows from it mends itself",
    "formulas": "mend that formula, or build the workbook again",
    CACHED: "save it in Excel or LibreOffice, which computes it anew",
    "python": "a formula was changed: build the workbook again and put the inputs in",
    "lint": "put the cell back as it was, or build the workbook again",
    "projection": "look at the inputs of Assumptions",
    "reports": "look at the red lines of History; update --undo takes the last month back",
    "scenarios": "compute the grid anew: xlremic grid --into WORKBOOK",
}
"""What a person does about a failing check of a workbook, by its family."""
TIE = "compare the cell with the filing's sentence on Source"


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


_FUNCTIONS = ("sheet", "lite")


class _Build(click.Command):
    """``--functions`` may stand alone, also before the filing: then it means the sheet."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given = [
            "--functions=sheet" if one == "--functions" and after not in _FUNCTIONS else one
            for one, after in zip_longest(args, args[1:], fillvalue="")
        ]
        return super().parse_args(ctx, given)


@click.command("build", cls=_Build)
@click.argument("filing", metavar="FILING", required=False)
@facts_option
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Workbook to write; default: the filing's name with .xlsx"
)
@click.option("--template", type=click.Path(path_type=Path), help="A restyled copy of templates/deal.xlsx to fill")
@click.option(
    "--functions",
    type=click.Choice(_FUNCTIONS),
    help="With a sheet that calls every worksheet function (needs an add-in); lite: and with the functions themselves,"
    " for xlwings Lite",
)
@click.option("--projection/--no-projection", default=True, help="With the live projection, or a light workbook")
@click.option(
    "--scenario", metavar="NAME", default="Own", help="The scenario in force: Base, Fast, Slow, Stress or Own"
)
@click.option("--protect", "protected", is_flag=True, help="Lock the formulas, without a password; inputs stay open")
@term_options
@click.option("--open", "open_it", is_flag=True, help="Show it in Excel, or in the system's spreadsheet program")
@click.option("-v", "--verbose", is_flag=True, help="Tell steps and times")
def build_command(
    filing: str | None,
    facts: Path | None,
    output: Path | None,
    file: Path | None,
    open_it: bool,
    verbose: bool,
    **given: Any,
) -> None:
    """Make the live, checked workbook of a filing, or of facts by hand alone: xlremic build --facts FACTS.

    Example: xlremic build samples/cmsi-2004-8.txt -o cmsi-2004-8.xlsx
    """
    from ..workbook.build import build  # noqa: PLC0415 - the spreadsheet library is heavy

    steps = _Steps(verbose)
    made = {name: given.pop(name) for name in HOW_IT_IS_MADE}
    assumptions = assumptions_of(file, given_terms(given))
    path = path_given(filing, facts)
    reading = reading_of(path, facts)
    steps.done(f"read {len(reading.facts)} facts")
    target = output or Path(Path(reading.source.file).with_suffix(".xlsx").name)
    for source, name in ((path, "the filing"), (facts, "the file of facts")):
        if source and target.exists() and target.samefile(source):
            raise InputError(f"{target} is {name} itself; choose another place with -o")
    if made["functions"] and not made["projection"]:
        raise click.UsageError("--functions shows the projection's numbers: leave --no-projection out")
    functions = made["functions"]
    made |= {"functions": functions is not None, "lite": functions == "lite", "scenario": made["scenario"].capitalize()}
    built = build(reading, target, assumptions=assumptions, **made)
    if made["projection"] and built.unprojected:
        click.echo(f"warning: no projection: {built.unprojected}", err=True)
    steps.done(f"made {built.formulas} formulas")
    pools = len(built.deal.pools)
    found = verdict(reading, built.deal, built.findings)
    told = _summary(built.findings) if found.outcome is Outcome.TIES else f"{found}; {_summary(built.findings)}"
    click.echo(
        f"{target}: series {built.deal.series}, {pools} pool{'s' * (pools > 1)}, {len(built.deal.tranches)} classes,"
        f" {built.formulas} live formulas; {told}"
    )
    if open_it:
        _show(target)
    _exit(built.findings, found)


@click.command("check")
@click.argument("name", metavar="FILING_OR_WORKBOOK", required=False)
@facts_option
@click.option("--json", "as_json", is_flag=True, help="The checks as JSON")
@click.option("--heal", "heal_it", is_flag=True, help="Heals instead of checking: the old name of xlremic heal")
def check_command(name: str | None, facts: Path | None, as_json: bool, heal_it: bool) -> None:
    """Tie out a filing or a deal file (.toml), or recalculate and check a workbook of ours.

    Example: xlremic check samples/cmsi-2004-8.txt
    """
    if name is not None and is_deal_file(name):
        _check_deal_file(name, as_json=as_json, alone=not (facts or heal_it))
        return
    path = path_given(name, facts)
    if heal_it:
        if as_json or path is None:
            raise click.UsageError("--heal makes no checks: give a workbook, and leave out --json and --facts")
        say("note: check --heal is now the command heal, and ends with the next version")
        _heal(path)
        return
    if path and path.suffix.lower() in (".xlsx", ".xlsm"):
        if facts:
            raise click.UsageError("--facts goes with a filing; a workbook has its facts in it")
        from ..workbook.audit import examine  # noqa: PLC0415 - the spreadsheet library is heavy

        audited = examine(path)
        _print(audited.findings, as_json=as_json)
        _tell_what_to_do(path, audited)
        _exit(audited.findings, None)
        return
    reading = reading_of(path, facts)
    deal = assemble(reading)
    findings = tie_out(reading, deal)
    found = verdict(reading, deal, findings)
    _print(findings, as_json=as_json)
    if not as_json:
        for finding in findings:
            if finding.status is Status.FAIL:
                say(f"FAILS {finding.id}: {finding.says}")
    say(f"{found}: {_summary(findings)}")
    _exit(findings, found)


def _check_deal_file(name: str, *, as_json: bool, alone: bool) -> None:
    from .deal_check import deal_findings  # noqa: PLC0415 - the engine, only when it runs

    if not alone:
        raise click.UsageError("a deal file is checked as it stands: leave --facts and --heal out")
    findings = deal_findings(read_deal(name))
    _print(findings, as_json=as_json)
    say(f"{name}: {_summary(findings)}")
    _exit(findings, None)


def _print(findings: Sequence[Finding], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"checks": [finding.to_dict() for finding in findings]}, indent=1, ensure_ascii=False))
        return
    rows = []
    for one in findings:
        figures = ("" if x is None else shown(round(x, 17)) for x in (one.difference, one.tolerance))
        rows.append((one.id, str(one.status), *figures, one.unit))
    ruled(["check", "status", "difference", "tolerance", "unit"], rows, right=(2, 3))


def _tell_what_to_do(path: Path, found: "Audit") -> None:
    """What is wrong with a workbook: inputs, what follows on its sheets, then the file; last, its own flag's words."""
    failed = [finding for finding in found.findings if finding.status is Status.FAIL]
    failed.sort(key=lambda finding: (finding.family != INPUT, finding.id not in found.places))
    told = set()
    for finding in failed:
        if finding.family == CACHED and finding.family in told:
            continue  # the next engine says what the one before has said
        told.add(finding.family)
        place = found.places.get(finding.id)
        where = f"{place}: " if place else ""
        say(f"FAILS {finding.id}: {finding.says}\n    {where}{TO_DO.get(finding.family, TIE)}")
    of_file = sum(finding.id not in found.places for finding in failed)
    besides = f"; besides, {of_file} of the checks of the file itself fail" if of_file else ""
    say(f"{path}: {found.status or 'it cannot be computed'}{besides}")


@click.command("heal")
@click.argument("workbook", type=click.Path(path_type=Path))
def heal_command(workbook: Path) -> None:
    """Give calls of REMIC_ functions in a workbook their bare names back, where a program has stored them otherwise.

    The version before is kept beside it.

    Example: xlremic heal deal.xlsx
    """
    _heal(workbook)


def _heal(path: Path) -> None:
    from ..functions.heal import heal  # noqa: PLC0415 - most calls heal nothing

    if path.suffix.lower() != ".xlsx":
        raise InputError(f"{path}: what can be healed is a workbook (.xlsx)")
    done = heal(path)
    if done.backup is None:
        click.echo(f"{path}: every call of our functions has its bare name; nothing is changed")
        return
    taken = f"; taken out: {done.code}" if done.code else ""
    calls = f"{done.calls} call{'s' * (done.calls > 1)} of functions healed"
    click.echo(f"{path}: {calls}{taken}; the version before is {done.backup}")


def _summary(findings: Sequence[Finding]) -> str:
    counts = Counter(finding.status for finding in findings)
    parts = [f"{counts[Status.PASS]} of {len(findings)} checks tie"]
    if counts[Status.FAIL]:
        parts.append(f"{counts[Status.FAIL]} fail")
    if counts[Status.NOT_EVALUATED]:
        parts.append(f"{counts[Status.NOT_EVALUATED]} not evaluated")
    return ", ".join(parts)


def _exit(findings: Sequence[Finding], found: Verdict | None) -> None:
    enough = found is None or found.outcome is not Outcome.NOT_ENOUGH
    if not enough or any(finding.status is Status.FAIL for finding in findings):
        sys.exit(FAILED_CHECK)


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
