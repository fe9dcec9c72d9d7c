"""The worksheet functions and the hosts that they run in."""

from .registry import FUNCTIONS, CellError, call

__all__ = ["FUNCTIONS", "CellError", "call"]
