"""What the commands print: messages to stderr, tables for people, nothing that could change a terminal."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from ..text import for_terminal

if TYPE_CHECKING:
    from ..engine.reports import Table
    from ..reading.facts import Reading


def say(message: str) -> None:
    click.echo(for_terminal(message), err=True)


def warn_of(reading: "Reading") -> None:
    for warning in reading.warnings:
        line = f", line {warning.line}" if warning.line or warning.code != "by_hand" else ""
        say(f"warning: {reading.source.file}{line}: {warning.message}")


def ruled(header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """A table for a person: aligned columns, on a terminal with their heads bold above a rule."""
    cells = [list(header), *([for_terminal(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(
            value.rjust(width) if i in right else value.ljust(width)
            for i, (value, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
    if sys.stdout.isatty():
        lines[:1] = [click.style(lines[0], bold=True), "  ".join("-" * width for width in widths)]
    click.echo("\n".join(lines))


def aligned(table: "Table") -> str:
    """Columns of text, numbers to the right."""
    columns, rows = table
    cells = [[_text(cell) for cell in row] for row in rows]
    widths = [max(len(name), *(len(row[i]) for row in cells), 0) for i, name in enumerate(columns)]
    right = [all(_is_number(row[i]) for row in cells) for i in range(len(columns))]

    def lined(row: Sequence[str]) -> str:
        padded = (
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        )
        return "  ".join(padded).rstrip()

    return "\n".join([lined(columns), lined(["-" * width for width in widths]), *map(lined, cells)])


def _is_number(cell: str) -> bool:
    return not cell or cell == "*" or cell.replace(",", "").replace(".", "").replace("-", "").isdigit()


def _text(cell: Any) -> str:
    return "" if cell is None else f"{cell:,.2f}" if isinstance(cell, float) else str(cell)
