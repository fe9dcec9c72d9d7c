"""The terms of a projection as options of a command, and what was given as Assumptions.

One grammar of numbers: digits with a decimal point, perhaps an exponent. Thousands separators, underscores, digits of
other scripts, nan and inf are refused, since a slip must not become another number in silence.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from ..engine.assumptions import TERMS, Assumptions, read_assumptions
from ..engine.speeds import NO_COMMAS, plain_number
from ..engine.terms import Kind, in_bounds
from ..errors import InputError, shown

F = TypeVar("F", bound=Callable[..., Any])


def term_options(command: F) -> F:
    """Gives a command an option for each usual term, and ``--assumptions``."""
    for name, term in reversed(TERMS.items()):
        if term.option:
            command = click.option(term.flag, name, metavar="VALUE", help=term.option)(command)
    return click.option(
        "--assumptions", "file", type=click.Path(path_type=Path), help="TOML file of terms; options override it."
    )(command)


def value_of(name: str, text: str) -> Any:
    """An option as a term: a number, a choice, or words by month. Raises: InputError for what could be read twice."""
    term, text = TERMS[name], text.strip()
    number = plain_number(text)
    if text in term.choices:
        return text
    if number is not None and in_bounds(number, term.least, term.most):
        return int(number) if term.kind is Kind.WHOLE and number == int(number) else number
    if term.kind is Kind.YES_NO and text in ("true", "false"):
        return text == "true"
    if term.kind is Kind.DATE and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise term.refusal(text) from None
    if term.by_month and number is None and re.search("[^0-9,.]", text):
        return text
    if re.search("[0-9],[0-9]", text):
        raise InputError(f"{name} {shown(text)}: {NO_COMMAS}")
    raise term.refusal(text if number is None else number)


def values_of(name: str, text: str) -> list[Any]:
    """An option of comma-separated values as terms.

    Raises: InputError for values that could be one number with a thousands separator: 1,500 but not 100,200, where the
        term may be 1,500 but not 100,200.
    """
    for one, three in re.findall(r"(?<![0-9.])(?=([1-9][0-9]{0,2}),([0-9]{3})(?![0-9]))", text):
        if int(one + three) <= TERMS[name].most:
            raise InputError(
                f"{name} {shown(text)}: {one},{three} may be two values or one: put a space after the comma for"
                f" two, write {one}{three} for one"
            )
    return [value_of(name, value) for value in text.split(",")]


def given_terms(options: Mapping[str, str | None]) -> dict[str, Any]:
    """The options that were given, as terms."""
    return {name: value_of(name, text) for name, text in options.items() if text is not None}


def assumptions_of(file: Path | None, terms: dict[str, Any]) -> Assumptions:
    """Assumptions from a TOML file and options that override it."""
    return read_assumptions(file, **terms) if file is not None else Assumptions().replace(**terms)
