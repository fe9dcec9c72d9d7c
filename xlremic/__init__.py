"""From the 8-K that describes a REMIC's mortgage pool to a live, checked Excel deal model."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .assemble import assemble
from .parser import read
from .tieout import tie_out

if TYPE_CHECKING:
    from .assumptions import Assumptions
    from .scenarios import grid
    from .waterfall import run
    from .workbook import build

__all__ = ["Assumptions", "assemble", "build", "grid", "read", "run", "tie_out"]

_LATER = {"Assumptions": "assumptions", "build": "workbook", "grid": "scenarios", "run": "waterfall"}
"""Where names come from on first use: reading a filing needs no engine and no spreadsheet library."""


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(f".{_LATER[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
