"""What the page needs to let a person tell facts: unread numbers, what is missing, the vocabulary, rows by hand."""

from typing import Any

from ..errors import InputError, shown
from ..reading.asking import USUAL_CLASSES, missing, unread_rows
from ..reading.facts import Reading, Unit, printed
from ..reading.keys import KEYS

FACTS = "facts.csv"
"""What the page calls the file of facts that it makes."""


def parted(body: bytes, size: str | None) -> tuple[bytes, bytes | None]:
    """A filing and the file of facts that follows it; ``size`` is how many bytes of the body the latter has.

    Raises: InputError for a size that is no whole number, or larger than the body.
    """
    if size is None:
        return body, None
    if not (size.isascii() and size.isdigit() and len(size) < 10 and int(size) <= len(body)):
        raise InputError(f"facts {shown(size)} is not how many bytes of what was sent are facts")
    cut = len(body) - int(size)
    return body[:cut], body[cut:]


def to_tell(reading: Reading) -> dict[str, Any]:
    """Unread numbers in the order of their places, what is missing, the facts by hand, and what each key may have."""
    pools = reading.scopes("pool:")
    parts = [f"{scope}:{part}" for scope in pools or ["all"] for part in ("discount", "premium")]
    classes = reading.scopes("class:") or [f"class:{label}" for label in USUAL_CLASSES]
    scopes = ["filing", "all", *(pools or ["pool:I"]), *parts, *classes]
    return {
        "unread": unread_rows(reading),
        "missing": missing(reading),
        "by_hand": [
            {
                "key": fact.key,
                "scope": fact.scope,
                "value": printed(fact.value),
                "replaced": fact.by_hand.replaced,
            }
            for fact in reading.facts
            if fact.by_hand
        ],
        "keys": [
            {
                "key": key.name,
                "unit": str(key.unit) if key.unit is not Unit.TEXT else "",
                "scopes": [scope for scope in scopes if key.allows(scope)],
                "qualifiers": [str(one) for one in key.qualifiers if one != "none"],
                "sides": key.sides,
            }
            for key in KEYS.values()
        ],
    }
