"""From the 8-K that describes a REMIC's mortgage pool to a live, checked Excel deal model."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .engine.assumptions import Assumptions
    from .engine.grid import grid
    from .engine.waterfall import run
    from .reading.assemble import assemble
    from .reading.deal_file import read_deal
    from .reading.parser import read
    from .reading.tieout import tie_out
    from .workbook.build import build

__all__ = ["Assumptions", "assemble", "build", "grid", "read", "read_deal", "run", "tie_out"]

_LATER = {
    "Assumptions": "engine.assumptions",
    "assemble": "reading.assemble",
    "build": "workbook.build",
    "grid": "engine.grid",
    "read": "reading.parser",
    "read_deal": "reading.deal_file",
    "run": "engine.waterfall",
    "tie_out": "reading.tieout",
}
"""Where names come from on first use: a help text needs no reader, and reading needs no engine."""


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(f".{_LATER[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
