"""From the 8-K that describes a REMIC's mortgage pool to a live, checked Excel deal model."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .reading.assemble import assemble
from .reading.parser import read
from .reading.tieout import tie_out

if TYPE_CHECKING:
    from .engine.assumptions import Assumptions
    from .engine.grid import grid
    from .engine.waterfall import run
    from .workbook.build import build

__all__ = ["Assumptions", "assemble", "build", "grid", "read", "run", "tie_out"]

_LATER = {
    "Assumptions": "engine.assumptions",
    "build": "workbook.build",
    "grid": "engine.grid",
    "run": "engine.waterfall",
}
"""Where names come from on first use: reading a filing needs no engine and no spreadsheet library."""


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(f".{_LATER[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
