"""What a projection supposes, in the words of a message."""

from collections.abc import Mapping

from .assumptions import RIVALS, TERMS, Assumptions

PREPAYMENT, DEFAULT = RIVALS


def speed_in_words(assumptions: Assumptions) -> str:
    """The prepayment speed.

    >>> speed_in_words(Assumptions(cpr=0.06))
    '6% CPR'
    """
    return _given(assumptions, PREPAYMENT)


def terms_in_words(assumptions: Assumptions) -> str:
    """Speed, defaults and call.

    >>> terms_in_words(Assumptions())
    'At 300 PSA, no defaults, never called'
    >>> terms_in_words(Assumptions(psa="100 ramp 300 over 12", cdr={"I": 0.02, "all": 0.01}, call=36))
    'At PSA by month, CDR by pool with 30% severity, called from month 36 on'
    """
    defaults = _given(assumptions, DEFAULT)
    if defaults:
        defaults += f" with {_said(assumptions.severity, 'severity')}"
    call = assumptions.call
    called = {"never": "never called", "first": "called once allowed"}.get(str(call), f"called from month {call} on")
    return f"At {speed_in_words(assumptions)}, {defaults or 'no defaults'}, {called}"


def _given(assumptions: Assumptions, rivals: tuple[str, str]) -> str:
    """The one of two terms that is given, nothing if there are no defaults."""
    name = next((name for name in rivals if getattr(assumptions, name) is not None), rivals[0])
    value = getattr(assumptions, name)
    if rivals == DEFAULT and _single(value) == 0:
        return ""
    return _said(value, name.upper(), per_cent=TERMS[name].per_cent)


def _said(value: object, name: str, *, per_cent: bool = False) -> str:
    """A speed, rate or severity and its name; ``per_cent`` if it is in per cent already, as a speed of a curve is."""
    single = _single(value)
    if isinstance(single, int | float):
        return f"{single:g} {name}" if per_cent else f"{100 * single:g}% {name}"
    return f"{name} by {'pool' if isinstance(value, Mapping) else 'month'}"


def _single(value: object) -> object:
    """The value that all pools have, or the value itself."""
    values = set(value.values()) if isinstance(value, Mapping) else {value}
    return values.pop() if len(values) == 1 else value
