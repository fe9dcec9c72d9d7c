"""What a person, a paste or a program may put into an input, and whether the engine would take it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from xlremic.engine.assumptions import Assumptions
from xlremic.engine.terms import Kind, Term
from xlremic.errors import InputError
from xlremic.workbook.scenario_terms import SCENARIOS
from xlremic.workbook.term_rows import ELSEWHERE, INPUTS, bounds, rival

KINDS: Mapping[str, Any] = {
    "text": "abc", "empty": None, "blank": " ", "negative": -1, "zero": 0, "one": 1, "half": 0.5, "billion": 1e9,
    "largest": 1e300, "per cent as number": 6, "number as per cent": 0.00002, "fraction of a whole": 2.5,
    "date as text": "2004-10-25", "date": 38_285, "yes": "yes", "Yes": "Yes", "no": "no", "NO": "NO", "text TRUE": "TRUE",
    "true": True, "false": False, "error": "=1/0",
}  # fmt: skip
"""Twenty-two kinds; ``of`` adds what is at the bounds and just outside."""
FEW = ("text", "empty", "negative", "largest", "true", "error")
LOWEST_RATE = 0.04375
"""Of the loans of ``short_deal``: the engine refuses a fee above it."""
_EPOCH = date(1899, 12, 30)


def of(name: str) -> dict[str, Any]:
    """Every value that is tried in an input."""
    if name == "scenario":
        return {**KINDS, **{scenario: scenario for scenario in SCENARIOS}, "lower case": "fast"}
    least, most = bounds(INPUTS[name])
    step = 1 if INPUTS[name].kind in (Kind.WHOLE, Kind.DATE) else 1e-6
    return {**KINDS, "least": least, "most": most, "below least": least - step, "above most": most * (1 + 1e-9) + step}


def is_refused(name: str, value: Any, cut_off: date, longest: float) -> bool:
    """Whether the engine, or the rule of an input that is none of its terms, refuses a value."""
    if value is None:
        return False
    if name == "scenario":
        return str(value).lower() not in [one.lower() for one in SCENARIOS]
    term = INPUTS[name]
    if term.kind is Kind.YES_NO:
        return not (isinstance(value, bool) or value in (0, 1) or str(value).lower() in ("yes", "no", "true", "false"))
    if isinstance(value, bool):
        return True
    if isinstance(value, str):
        return value not in term.choices
    if name in ELSEWHERE and term.kind is not Kind.DATE:
        return not 0 <= value <= bounds(term)[1]
    if name == "servicing_fee_rate" and value > LOWEST_RATE:
        return True
    if term.kind is Kind.DATE:
        return _no_day(name, value, cut_off, longest)
    if rival(name) and term.instead_of and value > 0:
        return True  # its rival is given in the workbook
    return _engine_refuses(term, value)


def _engine_refuses(term: Term, value: float) -> bool:
    if term.kind is Kind.WHOLE and value == int(value):
        value = int(value)
    terms: dict[str, Any] = {"psa": None, "cdr": None} if rival(term.name) else {}
    return _raises({**terms, term.name: value})


def _raises(terms: dict[str, Any]) -> bool:
    try:
        Assumptions(**terms)
    except InputError:
        return True
    return False


def _no_day(name: str, value: float, cut_off: date, longest: float) -> bool:
    if value != int(value) or not 61 <= value <= 109_575:
        return True
    day = _EPOCH + timedelta(days=int(value))
    if name == "as_of_date":
        return day < cut_off or 12 * (day.year - cut_off.year) + day.month - cut_off.month > longest
    return _raises({name: day})
