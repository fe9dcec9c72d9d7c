"""What Scenarios holds: matrices of speeds and defaults, and behind them the engine's grid and what it was computed from.

A matrix only shows the grid, which is values: one line a scenario, with what its line added up to when computed.
"""

from enum import IntEnum

from .layout import Column, Table
from .results_columns import WHOLE

SHEET = "Scenarios"
GRID_PSA = (0.0, 100.0, 200.0, 300.0, 400.0, 500.0)
GRID_CDR = (0.0, 0.01, 0.03)


class ScenarioRow(IntEnum):
    """Rows of the grid; from ``GRID`` on one scenario each, speeds varying fastest."""

    NUMBER = 8
    """Which row of Results a column of lives is of, from 1."""
    LIVE = 9
    BASE = 10
    DIFFERENCE = 11
    HEADING = 12
    GRID = 13


def _speeds(width: float, number_format: str) -> tuple[Column, ...]:
    return tuple(Column(f"speed_{k}", "", width, "Formula", number_format, "right") for k in range(len(GRID_PSA)))


LIVES = Table(
    SHEET, 9, columns=(
        Column("class", "Class", 13, "Link", text=True), Column("cdr", "CDR", 9, "Formula", "0.0%", "right"), *_speeds(12.0, "0.00"), Column(width=3),
    ),
)  # fmt: skip
"""The lives of each class, a line a default rate."""


def _of_all(key: str, header: int, title: str, number_format: str) -> tuple[str, str, Table]:
    left, first = LIVES.left + len(LIVES.columns), Column("cdr", "CDR", 9, "Formula", "0.0%", "right")
    return key, title, Table(SHEET, header, left=left, columns=(first, *_speeds(12.0, number_format), Column(width=3)))


OF_ALL = (
    _of_all("first_callable", LIVES.header, "First month below the call threshold", "0"),
    _of_all("losses", LIVES.header + len(GRID_CDR) + 3, "Losses, USD", WHOLE),
)
"""Figures of the whole series: column of the grid, title, matrix."""
BESIDE = OF_ALL[0][2]
AGREE = BESIDE.header + 2 * (len(GRID_CDR) + 3)
"""Row of the heading over what the live case and the engine's differ by."""
LARGEST = f"{BESIDE.letter(f'speed_{len(GRID_PSA) - 1}')}{AGREE + 1}"
"""Cell of the largest of these differences, years."""

SCENARIOS = Table(
    SHEET, 7, first=ScenarioRow.GRID, left=BESIDE.left + len(BESIDE.columns), columns=(
        Column("scenario", "Scenario", 24, text=True),
        Column("psa", "PSA", 10, number_format="0"),
        Column("cpr", "CPR", 10, number_format="rate"),
        Column("cdr", "CDR", 10, number_format="rate"),
        Column("sda", "SDA", 10, number_format="0"),
        Column("severity", "Severity", 11, number_format="rate"),
        Column("first_callable", "First callable month", 12, number_format="0"),
        Column("losses", "Losses, USD", 18, number_format="USD"),
        Column("total", "Sum when computed", 18, number_format="USD"),
        Column("apart", "Sum now less that", 12, number_format='0.000000;-0.000000;"-"'),
        Column(width=4),
        Column("life", "", 10, number_format="0.000"),
        Column(width=4),
    ),
)  # fmt: skip
FIGURES = ("psa", "losses")
"""First and last column of what a line adds up, with the lives."""
INPUTS = Table(
    SHEET, 7, left=SCENARIOS.left + len(SCENARIOS.columns), first=ScenarioRow.LIVE, columns=(
        Column("input", "Input", 30, text=True), Column("computed", "when computed", 18), Column("now", "now", 18), Column("changed", "changed", 10), Column("names", "names so far", 40, text=True),
    ),
)  # fmt: skip
"""What the engine's grid was computed from beside what the sheets have now."""


def line(i: int, j: int) -> int:
    """Row of the grid of default rate ``i`` and speed ``j``, from 0."""
    return ScenarioRow.GRID + i * len(GRID_PSA) + j


def of_grid(key: str, i: int, j: int) -> str:
    return f"{SCENARIOS.letter(key)}{line(i, j)}"
