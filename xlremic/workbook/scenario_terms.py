"""The scenarios of a workbook: what each makes of the terms that it is built from. All of them are ours.

Base is those terms. Fast doubles the prepayment speed, and calls the deal as soon as it may be; Slow halves the speed.
Stress halves it too, and has three times the defaults (at least 2% a year, or 300% of the SDA curve), losses of at
least half of what defaults, and no call.
"""

from typing import Any

from ..engine.assumptions import SCENARIO_TERMS, TERMS, Assumptions

BASE, FAST, SLOW, STRESS, OWN = SCENARIOS = ("Base", "Fast", "Slow", "Stress", "Own")
"""In the order of the list; Own is the column that a person fills."""
LEAST_STRESS = {"cdr": 0.02, "sda": 300.0, "severity": 0.5}
_SPEEDS, _DEFAULTS = ("psa", "cpr"), ("cdr", "sda")


def scenario_terms(built: Assumptions, scenario: str) -> dict[str, Any]:
    """The terms of a scenario that are one number or word; a term by pool or by month is the same in every scenario."""
    own = {name: getattr(built, name) for name in SCENARIO_TERMS}
    plain = {name: value for name, value in own.items() if isinstance(value, int | float | str) and _one(name, value)}
    if scenario in (BASE, OWN):
        return plain
    found: dict[str, Any] = dict(plain)
    value: Any
    for name, value in plain.items():
        if name in _SPEEDS:
            found[name] = min(TERMS[name].most, value * (2 if scenario == FAST else 0.5))
        elif name in _DEFAULTS and scenario == STRESS:
            found[name] = min(TERMS[name].most, max(3 * value, LEAST_STRESS[name]))
        elif name == "severity" and scenario == STRESS:
            found[name] = max(value, LEAST_STRESS[name])
        elif name == "call" and scenario in (FAST, STRESS):
            found[name] = "first" if scenario == FAST else "never"
    return found


def chosen(built: Assumptions, scenario: str) -> Assumptions:
    """The terms in force when a scenario is chosen in a workbook of those terms."""
    return built if scenario in (BASE, OWN) else built.replace(**scenario_terms(built, scenario))


def _one(name: str, value: Any) -> bool:
    """Whether it is one value: words such as "6 ramp 12 over 30" are a series by month."""
    return not isinstance(value, str) or value in TERMS[name].choices
