"""The terms of a projection as options of a command, and what was given as Assumptions."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from ..engine.assumptions import TERMS, Assumptions, read_assumptions
from ..errors import InputError

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
    """An option as a term: a number where it is one, else the words, which Assumptions reads or refuses."""
    if name == "lag" or (name == "call" and text.isdigit()):
        try:
            return int(text)
        except ValueError:
            raise InputError(f"{name} {text!r}: give a whole number of months") from None
    try:
        return float(text)
    except ValueError:
        return text


def given_terms(options: Mapping[str, str | None]) -> dict[str, Any]:
    """The options that were given, as terms."""
    return {name: value_of(name, text) for name, text in options.items() if text is not None}


def assumptions_of(file: Path | None, terms: dict[str, Any]) -> Assumptions:
    """Assumptions from a TOML file and options that override it."""
    return read_assumptions(file, **terms) if file is not None else Assumptions().replace(**terms)
