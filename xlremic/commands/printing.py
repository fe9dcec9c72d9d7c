"""What the commands print: text that no file can turn into something else, tables for people, cells for programs."""

import re
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ..engine.reports import Table
    from ..reading.facts import Reading

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """Text from a file without what could move a cursor, change a terminal or reverse what is read."""
    return _CONTROL.sub("�", text).replace("\n", " ")


def printable_lines(text: str) -> str:
    """Text of several lines, each made printable."""
    return "\n".join(map(printable, text.splitlines()))


def say(message: str) -> None:
    click.echo(printable(message), err=True)


def warn_of(reading: "Reading") -> None:
    for warning in reading.warnings:
        say(f"warning: {reading.source.file}, line {warning.line}: {warning.message}")


def for_csv(value: str | int) -> str | int:
    """Text without control characters, line ends aside; what a spreadsheet would take for a formula starts with "'"."""
    if not isinstance(value, str):
        return value
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", "�", value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def ruled(header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """A table for a person: ruled on a terminal, plain aligned columns in a pipe."""
    cells = [[printable(value) for value in row] for row in rows]
    if sys.stdout.isatty():
        from rich.console import Console  # noqa: PLC0415 - only for a terminal
        from rich.table import Table as Ruled  # noqa: PLC0415

        table = Ruled(box=None, header_style="bold", pad_edge=False)
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
