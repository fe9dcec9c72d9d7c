"""Sums that tell whether an input of the grid on Scenarios has changed since the engine computed it.

Each is said twice in one line: as a formula of the sheet, and as what the engine took. The sheet compares the two.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from ..engine.rep_lines import RepLine
from ..reading.tieout import CALL_PERCENT
from ..subordination import call_threshold
from .projection import Projection


@dataclass(frozen=True, slots=True)
class InputSum:
    """A sum of inputs: its label, its formula in fields of ``projection_columns``, and the engine's number for it."""

    label: str
    formula: str
    of_flows: Callable[[Projection], float]


def _balances_times(label: str, field: str, of_line: Callable[[RepLine], float]) -> InputSum:
    """Sum over the rep lines of balance times one of their fields."""
    return InputSum(
        f"balance x {label}",
        f"SUMPRODUCT({{L.balance*}},{{L.{field}*}})",
        lambda projection: sum(line.balance * of_line(line) for line in projection.flows.collateral.lines),
    )


def _of_pools(label: str, term: str) -> InputSum:
    """Sum over the pools of a speed or severity that is one number, not a series."""

    def of_flows(projection: Projection) -> float:
        values = [projection.assumptions.of_pool(term, pool) for pool in projection.capital.pools]
        return sum(float(value) for value in values if isinstance(value, int | float))

    return InputSum(f"{label} of the pools", f"SUM({{P.{term}*}})", of_flows)


def _first_months(projection: Projection) -> float:
    lines = projection.flows.collateral.lines
    return sum(next(line.first_month for line in lines if line.pool == pool) for pool in projection.capital.pools)


def _by_month(projection: Projection) -> float:
    return sum(value for values in projection.vectors().values() for value in values if value is not None)


def _threshold(projection: Projection) -> float:
    balance = projection.deal.all.aggregate_scheduled_principal_balance or Decimal(0)
    return float(call_threshold(balance, CALL_PERCENT))


INPUT_SUMS = (
    InputSum("current balances", "SUM({classes.start*})",
             lambda p: float(sum(tranche.class_initial_principal_balance for tranche in p.deal.tranches))),
    _balances_times("coupon", "gross_rate", lambda line: line.gross_rate),
    _balances_times("term", "term", lambda line: line.term),
    _balances_times("PO fraction", "po_fraction", lambda line: line.po_fraction),
    _balances_times("IO rate", "io_rate", lambda line: line.io_rate),
    _balances_times("lag", "lag", lambda line: line.lag),
    InputSum("months of age", "SUM({P.first_month*})", _first_months),
    _of_pools("PSA", "psa"),
    _of_pools("CPR", "cpr"),
    _of_pools("CDR", "cdr"),
    _of_pools("SDA", "sda"),
    _of_pools("severity", "severity"),
    InputSum("shift schedule", "SUMPRODUCT({shift_day},{shift_share})",
             lambda p: sum(day * share for day, share in p.assumptions.shift_schedule)),
    InputSum("loss limits", "SUMPRODUCT({limit_day},{limit_share})",
             lambda p: sum(day * share for day, share in p.assumptions.loss_limits)),
    InputSum("terms by month", 'SUMIF({terms_by_month},">0")', _by_month),
    InputSum("losses to date", "{start.losses}", lambda p: 0.0),
    InputSum("call threshold", "CallThreshold", _threshold),
)  # fmt: skip
