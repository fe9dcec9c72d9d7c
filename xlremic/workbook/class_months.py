"""The sheet Class: one class, chosen from a list, month by month, in formulas that an investor can follow and copy.

Each figure is taken from the class's own column of Waterfall, whose number Set-up knows for every class.
"""

from .layout import Column, Table
from .results_columns import RESULTS
from .setup_columns import FIELDS, YIELDS

CLASS = "Class"
HEADER = 12
START, MONTH = HEADER + 1, HEADER + 2
"""Rows of the start and of the first month."""
CHOICE = "B6"
"""The class that is chosen."""
NUMBER_ROW = HEADER - 1
"""Row of the numbers by which the months find the class: its line of Results, its columns of Waterfall."""
NUMBER = f"B{NUMBER_ROW}"
"""The line of Results of the class, from 1."""


def _of_results(key: str) -> str:
    return f"INDEX({RESULTS.absolute(key)},${NUMBER[0]}${NUMBER[1:]})"


ABOUT: tuple[tuple[str, str, str, str, str], ...] = (
    ("A7", "B7", "Kind", _of_results("kind"), "General"),
    ("A8", "B8", "Balance or notional, USD", _of_results("balance"), "USD"),
    ("A9", "B9", "First paid", _of_results("first_date"), "date"),
    ("A10", "B10", "Last paid", _of_results("last_date"), "date"),
    ("D6", "E6", "Average life, years", _of_results("wal_month"), "0.00"),
    ("D7", "E7", "Price, %", _of_results("price"), "0.000"),
    ("D8", "E8", "Yield", _of_results("yield"), "0.000%"),
    ("D9", "E9", "Modified duration, years", _of_results("duration"), "0.00"),
    ("D10", "E10", "Convexity, years squared", _of_results("convexity"), "0.0"),
    ("F6", "G6", "All interest, USD", _of_results("interest"), "USD"),
    ("F7", "G7", "All principal, USD", _of_results("principal"), "USD"),
    ("F8", "G8", "All losses, USD", _of_results("loss"), "USD"),
)
"""What Results has of the class: cells of label and figure, label, formula, number format."""

CLASS_MONTHS = Table(
    CLASS, HEADER, first=MONTH, columns=(
        Column("month", "Month", 22, number_format="0", align="left", text=True),
        Column("date", "Date", 17, number_format="date", align="right"),
        Column("beginning", "Beginning balance, USD", 17, number_format="USD"),
        Column("interest", "Interest, USD", 22, number_format="USD"),
        Column("principal", "Principal, USD", 17, number_format="USD"),
        Column("loss", "Loss, USD", 18, number_format="USD"),
        Column("ending", "Ending balance, USD", 17, number_format="USD"),
        Column("rate", "Rate a year", 10, number_format="0.0000%"),
        Column(width=3),
    ),
)  # fmt: skip
_COLUMN_OF = dict(zip(FIELDS, ("ending", "interest", "principal", "loss"), strict=True))
COLUMN_CELLS = {field: f"{CLASS_MONTHS.letter(key)}{NUMBER_ROW}" for field, key in _COLUMN_OF.items()}
"""Number of the class's column on Waterfall, for each of its fields, above its months."""
COLUMN_NUMBERS = {field: YIELDS.absolute(f"column_{field}") for field in FIELDS}


def from_start(key: str) -> str:
    """The start and all months of a column of the sheet, as other sheets take them."""
    letter = CLASS_MONTHS.letter(key)
    return f"{CLASS}!${letter}${START}:${letter}${MONTH}"


def months(key: str) -> str:
    """All months of a column of the sheet, as other sheets take them."""
    letter = CLASS_MONTHS.letter(key)
    return f"{CLASS}!${letter}${MONTH}:${letter}${MONTH}"
