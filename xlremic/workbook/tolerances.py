"""What a cell may differ from Python's own number for it."""

from ..engine.measures import HALF_CENT

CENT = HALF_CENT
"""Dollars."""
LEVEL = 1e-12
"""Of one: the last digit of a level."""
LIFE = 1e-9
"""Of a year, or of one."""
