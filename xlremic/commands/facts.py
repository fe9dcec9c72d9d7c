"""The option ``--facts``: what a person adds to a filing or corrects in it, and a deal without a filing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ..errors import InputError
from ..reading.deal_file import is_deal_file
from ..reading.edgar import path_of
from ..reading.facts import Reading
from ..reading.told import read_told
from .printing import say, warn_of

F = TypeVar("F", bound=Callable[..., Any])


def facts_option(command: F) -> F:
    """Gives a command ``--facts``; its filing may then be left out."""
    return click.option(
        "--facts", type=click.Path(path_type=Path), help="CSV or TOML of facts by hand, added or in place of those read"
    )(command)


def path_given(filing: str | None, facts: Path | None) -> Path | None:
    """The filing's path, fetched if need be; ``None`` where the facts by hand are all there is."""
    if filing is None and facts is None:
        raise click.UsageError("give a filing, or facts by hand with --facts")
    if filing is not None and is_deal_file(filing):
        raise InputError(f"{filing} is a deal file: xlremic run and xlremic grid project it; it has no workbook yet")
    return None if filing is None else path_of(filing, say)


def reading_of(path: Path | None, facts: Path | None) -> Reading:
    """What the filing says with the facts by hand; the warnings are told."""
    reading = read_told(path, facts)
    warn_of(reading)
    return reading
