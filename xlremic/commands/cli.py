"""The group of commands: each is imported when it is asked for, and an error of ours is one line and an exit code."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from ..errors import ClusterError, FetchError, InputError, MailError, XlremicError
from . import BAD_INPUT, OUTSIDE

COMMANDS = {
    "addin": ("addin", "Make or install the REMIC worksheet functions for a spreadsheet program."),
    "batch": ("batch", "Make the workbooks and the comparison of many filings."),
    "build": ("workbooks", "Make the live, checked workbook of a filing."),
    "check": ("workbooks", "Tie out a filing, or recalculate and check a workbook of ours."),
    "doctor": ("doctor", "Tell what of Excel, LibreOffice and Python works here, and how to mend what does not."),
    "explain": ("explain", "Show step by step how a class's figures of one month are computed."),
    "fetch": ("filings", "Download a filing from EDGAR, politely; it is kept, and never fetched twice."),
    "grid": ("run", "Measure the classes in many scenarios."),
    "heal": ("workbooks", "Give calls of REMIC_ functions in a workbook their bare names back."),
    "new": ("filings", "Make an empty file of facts for a deal of another shelf."),
    "parse": ("filings", "List the facts of a filing, each with the line that it was read from."),
    "recalc": (
        "recalc",
        "Distribute reported cash by the rules, and compare with what each class got.",
    ),
    "run": ("run", "Project class cash flows and measures."),
    "send": ("send", "E-mail a workbook, with a summary that a phone can show."),
    "serve": ("serve", "Serve a page to drop a filing on, and the worksheet functions to Excel on Mac and the web."),
    "update": ("months", "Put a month's balances or a trustee's report into a workbook, or take a month back."),
}
"""Each command's module, where it is ``NAME_command``, and what ``--help`` says of it, which imports none of them."""


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_OF_OUTPUT = (errno.EIO, errno.EBADF)
"""Errors without a file's name that come of writing to standard output."""


class _Group(click.Group):
    """Imports a command when it is called; turns the package's own errors into one line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, says = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f".{module}", __package__), f"{cmd_name}_command")
        command.short_help = says
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> None:
        with _output():
            super().invoke(ctx)
            sys.stdout.flush()

    def main(self, *args: Any, **kwargs: Any) -> Any:
        if sys.stdout is None:  # it was closed before we began
            sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - as long as this process lives
        try:
            with _output():  # of help, which is printed before a command is invoked
                return super().main(*args, **kwargs)
        except (ClusterError, FetchError, MailError) as error:
            _tell(error)
            sys.exit(OUTSIDE)
        except XlremicError as error:
            _tell(error)
            sys.exit(BAD_INPUT)


@contextmanager
def _output() -> Iterator[None]:
    """Ends when the reader of our output has gone. Raises: InputError if standard output cannot take it."""
    try:
        yield
    except BrokenPipeError:
        _forget_output()
        sys.exit(BAD_INPUT)  # there is nobody to tell
    except UnicodeEncodeError as error:
        letter = ascii(error.object[error.start])
        raise InputError(
            f"standard output takes {error.encoding} only, and not {letter}: set PYTHONIOENCODING=utf-8"
        ) from error
    except OSError as error:
        if error.errno not in _FULL and (error.filename is not None or error.errno not in _OF_OUTPUT):
            raise
        if error.filename is None:
            _forget_output()
        raise InputError(f"{error.filename or 'standard output'} cannot be written: {error.strerror}") from error


def _forget_output() -> None:
    """Let what was not written go, and all that follows, so that nothing fails again at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(error: XlremicError) -> None:
    from .printing import say  # noqa: PLC0415 - only for errors

    say(f"xlremic: {error}")


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="xlremic", message="%(prog)s %(version)s")
def main() -> None:
    """From the 8-K that describes a REMIC's mortgage pool to a live, checked Excel deal model.

    Example: xlremic build samples/cmsi-2004-8.txt -o cmsi-2004-8.xlsx
    """
