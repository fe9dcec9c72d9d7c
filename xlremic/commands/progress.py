"""A progress bar on standard error, on a terminal only."""

import sys
from types import TracebackType
from typing import Any, Self

import click

from .printing import say


def tell_of_cluster(address: str | None) -> None:
    """Say whose answer is waited for, and how long."""
    if address is not None:
        from ..workers import PATIENCE  # noqa: PLC0415 - only here

        say(f"asking the Dask scheduler at {address}: {PATIENCE} s to answer, and as many to have a worker")


class Progress:
    """Told how much is done of how much; shows a bar where there is enough to wait for."""

    def __init__(self, label: str, *, at_least: int = 1) -> None:
        self.label, self.at_least = label, at_least
        self.bar: Any = None

    def told(self, done: int, number: int) -> None:
        """``done`` of ``number`` are done."""
        if self.bar is None and number >= self.at_least and sys.stderr.isatty():
            self.bar = click.progressbar(length=number, label=self.label, file=sys.stderr, show_pos=True).__enter__()
        if self.bar is not None:
            self.bar.update(done - self.bar.pos)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar is not None:
            self.bar.render_finish()
