"""Calls that every host must answer as the registry does, error values included."""

from typing import Any

CLASSES = [["IA-1"], ["B-1"], ["B-2"]]
BALANCES = [[96.0], [3.0], [1.0]]
FACTS = [["key", "scope", "value"], ["loan_count", "pool:I", 421.0]]

CALLS: tuple[tuple[str, list[Any]], ...] = (
    ("REMIC_SUBORD", ["IA-1", CLASSES, BALANCES]),
    ("REMIC_SUBORD", ["B-1", CLASSES, BALANCES]),
    ("REMIC_SUBORD", [None, CLASSES, BALANCES]),
    ("REMIC_SUBORD", ["B-9", CLASSES, BALANCES]),
    ("REMIC_SUBORD", ["B-1", CLASSES, [[1.0], [2.0]]]),
    ("REMIC_SUBORD", []),
    ("REMIC_CALL_THRESHOLD", [417_913_312.0, 0.1]),
    ("REMIC_CALLABLE", [1.0, 417_913_312.0, 0.1]),
    ("REMIC_SMM", [0.06]),
    ("REMIC_SMM", [1.5]),
    ("REMIC_SMM", ["six"]),
    ("REMIC_SMM", ["#N/A"]),
    ("REMIC_PSA", [300.0, 12.0]),
    ("REMIC_SHIFT", [61.0, 0.9, 0.9755, True, False]),
    ("REMIC_COLLATERAL", [1_000_000.0, 0.06, 36.0]),
    ("REMIC_PRICE", [0.06, [[10.0], [1010.0]]]),
    ("REMIC_FACT", ["loan_count", "pool:I", FACTS]),
    ("REMIC_FACT", ["no_such", "pool:I", FACTS]),
)
