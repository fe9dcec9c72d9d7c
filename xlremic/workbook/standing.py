"""One line of a workbook's history: where a deal stood on a day."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

Entry = tuple[date | None, float, float, str, float, str, float | None]


def history_entry(
    as_of: date | None,
    pool_balance: Decimal,
    factor: Decimal,
    labels: Sequence[str],
    levels: Sequence[Decimal],
    callable_now: bool,
    cumulative_losses: Decimal | None = None,
) -> Entry:
    """Date, pool balance (dollars), factor, levels in words, senior level, callable in words, losses (dollars)."""
    words = ", ".join(f"{label} {100 * level:.3f}%" for label, level in zip(labels, levels, strict=True))
    losses = None if cumulative_losses is None else float(cumulative_losses)
    senior = float(levels[0]) if levels else 0.0
    return as_of, float(pool_balance), float(factor), words, senior, "yes" if callable_now else "no", losses
