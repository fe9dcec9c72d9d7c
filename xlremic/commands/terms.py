"""The terms of a projection as options of a command, and what was given as Assumptions."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from ..engine.assumptions import Assumptions, read_assumptions
from ..errors import InputError

F = TypeVar("F", bound=Callable[..., Any])

TERMS = (
    ("psa", "prepayment speed, per cent of the PSA curve: 300, or '100 ramp 300 over 12'"),
    ("cpr", "prepayment rate a year, a fraction (0.06), or '6 ramp 12 over 30' in per cent"),
    ("cdr", "default rate a year, a fraction (0.002), or words in per cent"),
    ("sda", "default speed, per cent of the SDA curve"),
    ("severity", "loss on liquidation, a fraction (0.3), or words in per cent"),
    ("lag", "months from default to liquidation"),
    ("servicing_fee_rate", "servicing, master servicing and trustee fee a year, a fraction (0.0025)"),
    ("call", "clean-up call: never, first, or the first month it may be used"),
)


def term_options(command: F) -> F:
    """Gives a command an option for each usual term, and ``--assumptions``."""
    for name, meaning in reversed(TERMS):
        command = click.option(f"--{name.replace('_', '-')}", name, metavar="VALUE", help=meaning)(command)
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
