"""Where everything stands on the sheets, and what it is called there: rows, tables and their columns as data.

Template, fillers, comparers, conventions, documentation and tests ask here; none of them knows a letter, a number or an
address of its own. What the columns of a sheet compute stands with the columns.
"""

from enum import IntEnum

MONTHLY = ("Collateral", "Waterfall")
"""Sheets with one row a month."""


class FrameRow(IntEnum):
    """Rows that every sheet begins with."""

    TITLE = 1
    SUBTITLE = 2
    PURPOSE = 3
    NAVIGATION = 4


class MonthlyRow(IntEnum):
    """Rows of Collateral and Waterfall, whose rows from ``MONTH`` on are months."""

    OWNER = 5
    """The pool, line or class that a column is of."""
    FIELD = 6
    UNIT = 7
    RULE = 8
    NUMBER = 9
    """Which of its kind the owner is, from 1."""
    START = 10
    MONTH = 11
