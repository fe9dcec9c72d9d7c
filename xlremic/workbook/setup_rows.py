"""Tables of Set-up beside the terms: scenarios and guards below them; to the right pools, classes, prices and steps."""

from .layout import SETUP, Column, Table
from .names import DEAL_POOLS
from .scenario_terms import SCENARIOS
from .term_rows import POOL_KEYS, TERMS_TABLE

SCENARIO_LIST = Table(
    SETUP, TERMS_TABLE.row(len(TERMS_TABLE.lines)) + 3, lines=SCENARIOS, columns=(Column("name", "scenario", text=True), Column("number", "number")),
)  # fmt: skip
GUARDS = Table(
    SETUP, SCENARIO_LIST.row(len(SCENARIOS)) + 3, lines=(
        "terms", "balances", "pools", "prices", "schedules", "vectors", "refused", "asked", "look", "words", "call", "errors",
    ), columns=(Column("name", "what is counted", text=True), Column("value", "count")),
)  # fmt: skip
"""What the master flag counts."""
OF_PROJECTION = ("prices", "schedules", "vectors", "errors")
"""Lines of ``GUARDS`` that a workbook without projection has nothing for."""
POOLS = Table(
    SETUP, TERMS_TABLE.header, left=TERMS_TABLE.number("remark") + 2, columns=(
        Column("no", "no.", 6), Column("pool", "pool", 9), *(Column(header, header, 16) for header, _, _ in DEAL_POOLS),
        *(Column(f"own_{key}", key if key != "target_rate" else "own target rate", 11) for key in POOL_KEYS), Column(width=4),
    ),
)  # fmt: skip
CLASSES = Table(
    SETUP, TERMS_TABLE.header, left=POOLS.left + len(POOLS.columns), columns=(
        Column("class", "class", 10), Column("rank", "rank", 8), Column("balance", "balance", 18), Column("current_balance", "current_balance", 18),
        Column("start", "projected from", 18), Column(width=4),
    ),
)  # fmt: skip


def _steps(left: int, title: str, unit: str) -> Table:
    return Table(SETUP, TERMS_TABLE.header, left=left, columns=(
        Column("no", "no.", 5), Column("day", "from day", 9), Column("share", unit, 13), Column("day_given", "day given", 10),
        Column("share_given", "part given", 10), Column("refused", "refused", 8), Column(width=4),
    ))  # fmt: skip


_SHIFT = _steps(CLASSES.left + len(CLASSES.columns), "Shift schedule", "part to class A")
_LIMIT = _steps(_SHIFT.left + len(_SHIFT.columns), "Loss limits", "of initial subordination")
PRICES = Table(SETUP, TERMS_TABLE.header, left=_LIMIT.left + len(_LIMIT.columns), columns=(
    Column("class", "class", 10, text=True), Column("price", "% of balance or notional", 14), Column("no", "no.", 5), Column("default", "default", 10),
    Column("refused", "refused", 8), Column(width=4),
))  # fmt: skip
STEPS = {"shift": _SHIFT, "limit": _LIMIT, "prices": PRICES}
"""What the formulas read of schedules and prices, from the first one on only with a projection."""
AFTER = PRICES.left + len(PRICES.columns)
"""The first column behind these tables."""
