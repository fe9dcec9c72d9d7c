"""What Cover says: purpose, filing, status, contents, legend, how to work here, limits and the log of changes.

Two blocks stand side by side; the log of changes is last, since every update adds a line to it.
"""

from calendar import month_abbr

from ..xlsx.references import cell_name
from .class_columns import Line
from .layout import SHEETS, Column, Table

COVER = "Cover"
LEFT, RIGHT = 1, 8
"""Columns where the blocks begin."""
WIDTHS = {"A": 24.0, **dict.fromkeys("BCDEF", 14.0), "G": 3.0, "H": 24.0, **dict.fromkeys("IJKL", 14.0)}

PURPOSE = (
    "The pool description that was filed for one series of mortgage certificates, as a live model that is checked:"
    " every figure with its sentence,",
    "every class with its balance and subordination level, the clean-up call, and the cash that each class can expect."
    " Change a blue figure and every sheet follows.",
)

_MONTHS = ",".join(f'"{month_abbr[k]}"' for k in range(1, 13))
HEADING = (
    'DealTitle&IF(UsedAsOfDate>0,", as of "&DAY(UsedAsOfDate)&" "'
    f'&CHOOSE(MONTH(UsedAsOfDate),{_MONTHS})&" "&YEAR(UsedAsOfDate),"")'
)
"""Deal and as-of date, the second row of every sheet; in words that no locale changes."""

ABOUT = (
    Line("deal", "Deal", "Label", name="DealTitle"),
    Line("cover_series", "Series", "Label", name="row.about_series"),
    Line("cover_filing", "Filing", "Label", name="row.about_filing"),
    Line("cover_hash", "Its hash (sha256)", "Label", name="row.about_hash"),
    Line("cover_program", "Version", "Label", name="row.about_program"),
    Line("cover_made", "Made on", "Label", name="row.about_made"),
)
STATUS = (
    Line("checks", "Checks", "Flag", formula="ChecksStatus"),
    Line(
        "callable",
        "Clean-up call",
        "Formula",
        formula='IF(ISNUMBER(CurrentPoolBalance),IF(Callable,"callable","not callable"),"input in error")',
    ),
)
GRID_STATUS = Line("grid", "Grid of scenarios", "Link", formula="GridStatus")

LEGEND = (
    ("Fact", "input", "from the filing, or a current balance: yours to change"),
    ("Assumption", "assumption", "ours, not in the filing: yours to change"),
    ("Formula", "formula", "computed: leave it alone"),
    ("Link", "link", "a figure of another sheet"),
    ("Total", "total", "a total"),
)
SIGNS = (
    "All flows are positive: interest, principal and losses alike. Dollars are USD, in brackets below zero.",
    "Rates are a year unless the column says otherwise; levels and factors are shares of one.",
)
HOW = (
    ("Enter a month", "Current balances on Tranches, the as-of date on Call; or run update."),
    ("Change a speed", "PSA, default rate and severity on Assumptions; all sheets follow."),
    ("Use the call", "On Assumptions: never, first, or a month. Call says when it is allowed."),
    ("See one class", "Choose it from the list on Class and copy its months."),
)
LIMITS = (
    "Checks show that the filing agrees with itself, not that the filing is right.",
    "Speeds, losses, fee and prices are assumptions: the filing states none of them.",
    "Loans are modelled as a few average loans a pool, not one by one.",
    "The rules of distribution are this shelf's usual ones; a series' own agreement may differ.",
    "Nothing here is advice. Yields hold for the prices and speeds shown, and for no others.",
)

_ROW = 6
ABOUT_ROW = _ROW + 4
STATUS_ROW = ABOUT_ROW + len(ABOUT) + 2
CONTENTS_ROW = STATUS_ROW + len(STATUS) + 3
LOG_ROW = CONTENTS_ROW + len(SHEETS) + 2
LEGEND_ROW = ABOUT_ROW
HOW_ROW = LEGEND_ROW + len(LEGEND) + len(SIGNS) + 2
LIMITS_ROW = HOW_ROW + len(HOW) + 2
CONTENTS = tuple((title, sheet.purpose) for title, sheet in SHEETS.items() if title != COVER)

CHANGE_LOG = Table(
    COVER, LOG_ROW + 1, columns=(
        Column("when", "When", style="Constant", number_format="date", align="left", text=True),
        Column("as_of", "Balances of", style="Constant", number_format="date", align="left", text=True),
        Column("what", "What changed", style="Label", text=True),
    ),
)  # fmt: skip
"""One line a change, oldest first; ``update`` adds to it."""


def about_cell(k: int) -> str:
    """Cell of the value of a line about the filing."""
    return cell_name(ABOUT_ROW + 1 + k, LEFT + 1)
