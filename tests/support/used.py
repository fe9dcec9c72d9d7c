"""The product as its user has it: a command from the command line, a workbook changed and held to the conventions."""

import io
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result
from openpyxl import Workbook, load_workbook

from xlremic.commands.cli import main
from xlremic.workbook.lint import lint


def told(*words: object) -> Result:
    """What a command says, in this process."""
    return CliRunner().invoke(main, [str(word) for word in words])


def damaged(path: Path, damage: Callable[[Workbook], None]) -> list[str]:
    """The complaints about a workbook after a change of it."""
    book = load_workbook(path)
    damage(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return lint(buffer.getvalue())
