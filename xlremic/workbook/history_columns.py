"""What History holds: one line a class and month, one a pool and month, as a table that grows with every update."""

from .layout import Column, Table

_USD = ("Constant", "USD")
FACTOR = "0.00000000"
LATE = ("delinquent_30", "delinquent_60", "delinquent_90", "foreclosure", "reo")

HISTORY = Table(
    "History", 8, columns=(
        Column("as_of", "As of", 16, "Constant", "date", "left", text=True),
        Column("of", "Line of", 9, "Constant", text=True),
        Column("name", "Class or pool", 13, "Constant", text=True),
        Column("beginning_balance", "Beginning balance, USD", 18, *_USD),
        Column("interest", "Interest, USD", 16, *_USD),
        Column("principal", "Principal, USD", 16, *_USD),
        Column("loss", "Loss, USD", 15, *_USD),
        Column("ending_balance", "Ending balance, USD", 18, *_USD),
        Column("factor", "Factor", 12, "Constant", FACTOR),
        Column("level", "Level", 10, "Constant", "0.000%"),
        Column("rate", "Rate", 10, "Constant", "0.0000%"),
        Column("shortfall", "Shortfall, USD", 13, *_USD),
        Column("accretion", "Accretion, USD", 13, *_USD),
        Column("scheduled_principal", "Scheduled principal, USD", 17, *_USD),
        Column("prepayments", "Prepayments, USD", 17, *_USD),
        Column("liquidations", "Liquidations, USD", 16, *_USD),
        Column("loan_count", "Loans", 9, "Constant", "loans"),
        Column("wac", "WAC", 10, "Constant", "0.0000%"),
        Column("wam", "WAM, months", 10, "Constant", "months"),
        Column("delinquent_30", "30 days late, USD", 16, *_USD),
        Column("delinquent_60", "60 days late, USD", 16, *_USD),
        Column("delinquent_90", "90 days late, USD", 16, *_USD),
        Column("foreclosure", "Foreclosure, USD", 16, *_USD),
        Column("reo", "REO, USD", 16, *_USD),
        Column("delinquency", "60 days or more, of the pool", 12, "Constant", "0.000%"),
        Column("callable", "Callable", 10, "Constant", "text", "center"),
        Column("losses", "Cumulative losses, USD", 18, *_USD),
        Column("accepted", "Accepted although it fails", 60, "Constant", "text", text=True),
        Column("key", "Key", 20, "Key", text=True),
    ),
)  # fmt: skip
"""The fields of ``history.Line``; figures of a report have the keys that its rows have."""
TABLE_NAME = "ReportedMonths"
"""Name of the spreadsheet's own table; names of cells and of tables are of one kind, so it cannot be ``History``."""
OF_CLASS, OF_PART, OF_POOL = "class", "part", "pool"
"""What a line is of. A part is what the model cuts class A into, where a report has such rows."""
ACCEPTED_ROW = HISTORY.header - 2
MOST_LINES = 12_000
"""Formulas of other sheets look that far down: forty years of twenty-five lines."""


def every(key: str) -> str:
    """All lines of a column, with room for those to come, as other sheets take it."""
    letter = HISTORY.letter(key)
    return f"{HISTORY.sheet}!${letter}${HISTORY.row()}:${letter}${MOST_LINES}"


def one(key: str, of: str, name: str, day: str) -> str:
    """A figure of one line, as a formula; ``name`` and ``day`` are cells. Zero where there is no such line."""
    return f'SUMIF({every("key")},"{of} "&{name}&" "&{day},{every(key)})'


ACCEPTED = f'COUNTIF({HISTORY.letter("accepted")}{HISTORY.row()}:{HISTORY.letter("accepted")}{MOST_LINES},"?*")'
"""How many lines were put in although they fail."""
