"""Where a deal stands on a day, for building, updating and checking a workbook alike: levels, total, factor, call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from openpyxl import Workbook

from ..subordination import call_threshold, is_callable, subordination_levels
from ..xlsx.patch import named_cells
from . import tolerances

CENT, LEVEL = Decimal(str(tolerances.CENT)), Decimal(str(tolerances.LEVEL))

Entry = tuple[date | float | str | None, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Subordination levels in order of seniority, pool balance and call threshold in dollars, pool factor."""

    levels: Sequence[Decimal]
    pool_balance: Decimal
    factor: Decimal
    threshold: Decimal

    @property
    def callable_now(self) -> bool:
        return is_callable(self.pool_balance, self.threshold)


def standing(
    balances: Sequence[Decimal],
    ranks: Sequence[int],
    cut_off_balance: Decimal,
    call_percent: Decimal,
    pool_balance: Decimal | None = None,
) -> Standing:
    """Where classes of these balances (dollars) stand; ``pool_balance`` is their sum unless a report says otherwise."""
    total = sum(balances, Decimal(0)) if pool_balance is None else pool_balance
    return Standing(
        levels=levels_of(balances, ranks),
        pool_balance=total,
        factor=total / cut_off_balance if cut_off_balance else Decimal(0),
        threshold=call_threshold(cut_off_balance, call_percent),
    )


def levels_of(balances: Sequence[Decimal], ranks: Sequence[int]) -> list[Decimal]:
    """Subordination levels; zero throughout once every class is retired."""
    return subordination_levels(balances, ranks) if any(balances) else [Decimal(0)] * len(balances)


def ranks_of(book: Workbook) -> list[int]:
    """Ranks of the classes of a workbook; one that lacks the name ``ClassRanks`` has them beside its ``Classes``."""
    if "ClassRanks" in book.defined_names:
        cells = named_cells(book, "ClassRanks")
    else:
        cells = [cell.offset(0, 1) for cell in named_cells(book, "Classes")]
    return [int(cell.value) for cell in cells]


def history_entry_in_words(
    as_of: date | None, labels: Sequence[str], now: Standing, cumulative_losses: Decimal | None = None
) -> Entry:
    """The line of workbooks that keep the levels as a text: date, pool balance (dollars), factor, levels in words,
    senior level, callable in words, losses (dollars)."""
    words = ", ".join(f"{label} {100 * level:.3f}%" for label, level in zip(labels, now.levels, strict=True))
    losses = None if cumulative_losses is None else float(cumulative_losses)
    senior = float(now.levels[0]) if now.levels else 0.0
    called = "yes" if now.callable_now else "no"
    return as_of, float(now.pool_balance), float(now.factor), words, senior, called, losses
