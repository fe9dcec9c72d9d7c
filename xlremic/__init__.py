"""From the 8-K that describes a REMIC's mortgage pool to a live, checked Excel deal model."""

from typing import TYPE_CHECKING, Any

from .assemble import assemble
from .parser import read
from .tieout import tie_out

if TYPE_CHECKING:
    from .workbook import build

__all__ = ["assemble", "build", "read", "tie_out"]


def __getattr__(name: str) -> Any:
    """``build`` on first use, since reading a filing needs no spreadsheet library."""
    if name == "build":
        from .workbook import build  # noqa: PLC0415

        return build
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
