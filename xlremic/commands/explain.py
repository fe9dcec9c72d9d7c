"""The command ``explain``: a class's figures of one month step by step, from a workbook or a filing."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..engine.rules import RULES, together
from ..errors import DealError
from ..reading.edgar import path_of
from ..reading.parser import read
from ..text import for_terminal
from .printing import say, warn_of
from .terms import assumptions_of, given_terms, term_options

if TYPE_CHECKING:
    from ..workbook.explanation import Explanation, Given, Step
    from ..xlsx.arithmetic import Condition
    from ..xlsx.package import Package

FIGURES = ("interest", "principal", "loss", "balance")
GIVEN = {
    "filing": "From the filing",
    "assumption": "Assumptions",
    "input": "Inputs of the workbook",
    "constant": "Constants",
    "another month": "From other months",
}
"""Headings over what a month does not compute, by its kind."""


@click.command("explain")
@click.argument("label", metavar="CLASS")
@click.argument("month", metavar="MONTH")
@click.argument("name", metavar="WORKBOOK_OR_FILING")
@click.option("--figure", type=click.Choice(FIGURES), help="One figure; left out, all that the class has")
@click.option("--json", "as_json", is_flag=True, help="JSON to standard output")
@term_options
def explain_command(
    label: str, month: str, name: str, figure: str | None, as_json: bool, file: Path | None, **terms: str | None
) -> None:
    """Show step by step how a class's figures of one month are computed.

    Each step is a cell of the workbook: its rule, its formula, the numbers put in, and the result. MONTH is YYYY-MM or
    a number from 1. For a filing, the workbook is built first, with the terms given.

    \b
    Example: xlremic explain B-1 2006-03 cmsi-2004-8.xlsx --figure principal
    """
    from ..workbook.explanation import Explained  # noqa: PLC0415 - the spreadsheet library is heavy

    path = Path(name)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        if file is not None or any(terms.values()):
            raise click.UsageError("a workbook has its own terms: leave the options out, or give the filing")
        package = _opened(path)
    else:
        package = _built(name, file, terms)
    found = Explained(package).explain(label, month, figure or "")
    if as_json:
        click.echo(json.dumps(as_data(found), indent=1, ensure_ascii=False))
    else:
        click.echo("\n".join(map(for_terminal, printed(found))))


def _opened(path: Path) -> "Package":
    from ..files import read_whole  # noqa: PLC0415 - as above
    from ..functions.hosts.lite import admitted  # noqa: PLC0415 - as above
    from ..workbook.ours import recognise, refuse_stranger  # noqa: PLC0415 - as above

    package = admitted(read_whole(path))
    refuse_stranger(package)
    recognise(package)
    return package


def _built(name: str, file: Path | None, terms: dict[str, str | None]) -> "Package":
    from ..workbook.build import build  # noqa: PLC0415 - as above
    from ..xlsx.package import Package  # noqa: PLC0415 - as above

    assumptions = assumptions_of(file, given_terms(terms))
    reading = read(path_of(name, say))
    warn_of(reading)
    with tempfile.TemporaryDirectory() as folder:
        built = build(reading, Path(folder) / "explained.xlsx", assumptions=assumptions)
        if built.unprojected:
            raise DealError(built.unprojected)
        return Package.of(built.path.read_bytes())


def printed(found: "Explanation") -> Iterator[str]:
    """The explanation for a person, line by line: the figures, what is given, the steps, the words of the rules."""
    yield found.deal
    day = f", {found.day:%Y-%m-%d}" if found.day else ""
    yield f"Class {found.class_label}, month {found.month}{day}"
    yield ""
    width = max(map(len, found.figures))
    for kind, step in found.figures.items():
        yield f"{kind:<{width}}  {step.value:>18,.2f}  {_place(step)}"
    for kind, heading in GIVEN.items():
        given = [one for one in found.given if one.kind == kind]
        if given:
            yield f"\n{heading}"
            for one in given:
                yield from _printed_given(one)
    yield "\nSteps"
    for k, step in enumerate(found.steps, 1):
        yield from _printed_step(found, k, step)
    if found.rules:
        yield "\nRules"
        for rule in found.rules:
            yield f"  {rule}, {RULES[rule].title}: {RULES[rule].says}"


def _printed_given(one: "Given") -> Iterator[str]:
    from ..workbook.explanation import figure  # noqa: PLC0415 - as above

    yield f"  {one.label} = {figure(one.value)}{f' {one.unit}' if one.unit else ''}  [{_place(one)}]"
    if one.fact is not None:
        yield f"      line {one.fact.line}: {one.fact.sentence}"


def _printed_step(found: "Explanation", number: int, step: "Step") -> Iterator[str]:
    from ..workbook.explanation import figure  # noqa: PLC0415 - as above

    rules = f", {together(*step.rules)}" if step.rules else ""
    yield f"  {number}. {step.label}{f', {step.unit}' if step.unit else ''}  [{_place(step)}{rules}]"
    for one in step.conditions:
        yield f"      {_condition(found, one)}"
    if step.term is None:
        yield f"      {step.formula}"
    else:
        names, numbers = found.in_names(step.term), found.in_numbers(step.term)
        if names != numbers:
            yield f"      = {names}"
        if numbers != figure(step.value):
            yield f"      = {numbers}"
    yield f"      = {figure(step.value)}"


def _condition(found: "Explanation", one: "Condition") -> str:
    names, numbers = (f"{said(one.left)} {one.sign} {said(one.right)}" for said in (found.in_names, found.in_numbers))
    return f"since {names}{'' if one.held else ' does not hold'} ({numbers})"


def _place(one: "Step | Given") -> str:
    return "{}!{}".format(*one.place)


def as_data(found: "Explanation") -> dict[str, Any]:
    """The explanation for a program."""
    return {
        "schema": "xlremic.explanation/1",
        "deal": found.deal,
        "class": found.class_label,
        "month": found.month,
        "date": found.day.isoformat() if found.day else None,
        "figures": {kind: {"value": step.value, "cell": _place(step)} for kind, step in found.figures.items()},
        "given": [
            {
                "label": one.label,
                "cell": _place(one),
                "kind": one.kind,
                "value": one.value,
                "unit": one.unit,
                "fact": None
                if one.fact is None
                else {
                    "key": one.fact.key,
                    "scope": one.fact.scope,
                    "line": one.fact.line,
                    "sentence": one.fact.sentence,
                },
            }
            for one in found.given
        ],
        "steps": [
            {
                "label": step.label,
                "cell": _place(step),
                "unit": step.unit,
                "rules": [rule.value for rule in step.rules],
                "conditions": [_condition(found, one) for one in step.conditions],
                "formula": step.formula,
                "in_names": found.in_names(step.term) if step.term else None,
                "in_numbers": found.in_numbers(step.term) if step.term else None,
                "value": step.value,
            }
            for step in found.steps
        ],
        "rules": {str(rule.value): {"title": RULES[rule].title, "says": RULES[rule].says} for rule in found.rules},
    }
