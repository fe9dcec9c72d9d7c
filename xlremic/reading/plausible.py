"""Bounds outside which a printed number cannot be what its words say: it is then not read, and a warning says so."""

from datetime import date
from decimal import Decimal

from .facts import Unit, Value

BY_KEY: dict[str, tuple[int, int]] = {
    "weighted_average_coupon": (2, 20),
    "weighted_average_net_rate": (2, 20),
    "net_loan_rate": (2, 20),
    "weighted_average_ltv": (20, 100),
    "weighted_average_fico": (300, 850),
    "weighted_average_remaining_term": (12, 480),
    "weighted_average_original_term": (60, 480),
    "original_term_years": (5, 40),
    "max_ltv": (50, 100),
    "high_ltv_threshold": (50, 100),
    "primary_mortgage_insurance_ltv_threshold": (50, 100),
}
"""Percents, months, years or points: what a mortgage loan of these decades can have, with room on both sides."""
BY_UNIT: dict[Unit, tuple[int, int]] = {Unit.PERCENT: (0, 100), Unit.MONTHS: (0, 480), Unit.YEARS: (0, 40)}
FIRST_YEAR, LAST_YEAR = 1970, 2060


def implausible(key: str, value: Value, unit: Unit) -> str:
    """What is wrong with the value, or nothing."""
    if isinstance(value, date):
        return "" if FIRST_YEAR <= value.year <= LAST_YEAR else f"is not between {FIRST_YEAR} and {LAST_YEAR}"
    limits = BY_KEY.get(key) or BY_UNIT.get(unit)
    if limits and isinstance(value, Decimal) and not limits[0] <= value <= limits[1]:
        return f"is not between {limits[0]} and {limits[1]} {unit}"
    return ""
