"""The sheet Class: one class, chosen from a list, month by month, in formulas that an investor can follow and copy.

Each figure is taken from the class's own column of Waterfall, whose number a table above knows for every class.
"""

from .layout import Column, Table
from .results_columns import RESULTS

CLASS = "Class"
HEADER = 12
START, MONTH = HEADER + 1, HEADER + 2
"""Rows of the start and of the first month."""
FIELDS = ("balance", "interest", "principal", "loss")
CHOICE, NUMBER = "B6", "E6"
"""The class that is chosen, and its row of Results."""
COLUMN_CELLS = {field: f"E{7 + k}" for k, field in enumerate(FIELDS)}
"""Number of the class's column on Waterfall, for each of its fields."""
OF_CLASS = Table(
    CLASS, 5, left=10, columns=(Column("field", "Columns of Waterfall", 22, text=True), Column("of", "", 9)),
)  # fmt: skip
"""A column a class: its number, its label and the numbers of its columns, downwards."""
NUMBER_ROW, LABEL_ROW = 5, 6
FIELD_ROW = {field: 7 + k for k, field in enumerate(FIELDS)}


def _of_results(key: str) -> str:
    return f"INDEX({RESULTS.absolute(key)},${NUMBER[0]}${NUMBER[1:]})"


ABOUT = (
    ("kind", "Kind", _of_results("kind"), ""),
    ("life", "Life, years", _of_results("wal_month"), "0.00"),
    ("first", "First and last payment", _of_results("first_date"), "date"),
    ("yield", "Yield", _of_results("yield"), "0.000%"),
)
"""What Results has of the class: key, label, formula, number format."""
LAST_DATE = _of_results("last_date")

CLASS_MONTHS = Table(
    CLASS, HEADER, first=MONTH, columns=(
        Column("month", "Month", 27, number_format="0", align="left", text=True),
        Column("date", "Date", 16, number_format="date", align="right"),
        Column("beginning", "Beginning balance, USD", 19, number_format="USD"),
        Column("interest", "Interest, USD", 19, number_format="USD"),
        Column("principal", "Principal, USD", 19, number_format="USD"),
        Column("loss", "Loss, USD", 16, number_format="USD"),
        Column("ending", "Ending balance, USD", 19, number_format="USD"),
        Column("rate", "Rate a year", 12, number_format="0.0000%"),
        Column(width=3),
    ),
)  # fmt: skip
