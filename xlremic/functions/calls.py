"""How formulas call our functions: by their bare names, or as a spreadsheet program stores the call of an add-in.

Only calls of our own functions are touched, in formulas, and there only what stands before the name.
"""

import re

from .registry import FUNCTIONS, STORED

_FORMULA = re.compile(rb"(?P<open><(?:\w+:)?(?:f|formula[12]?)(?:\s[^<>]*)?(?<!/)>)(?P<text>[^<]*)(?=</)")
_TEXT = rb"""(?P<text>"[^"]*"|&quot;.*?&quot;)|(?<![\w.\]])"""
_PREFIX = (
    rb"""(?:(?:'|&apos;)[^'&]*\.xlam(?:'|&apos;)!|\[\d+\]!|XLREMIC\.|_xll\.|_xludf\.|_xlfn\.|"""
    + STORED.encode()
    + rb"(?:XLREMIC_)?)"
)
_NAME = rb"(?P<name>" + "|".join(function.name for function in FUNCTIONS).encode() + rb")(?=\()"
_PREFIXED = re.compile(_TEXT + _PREFIX + rb"+" + _NAME, re.IGNORECASE)
_CALL = re.compile(_TEXT + _PREFIX + rb"*" + _NAME, re.IGNORECASE)


def bare(xml: bytes) -> tuple[bytes, int]:
    """A sheet whose calls have their bare names, and how many had not."""
    return _called(xml, _PREFIXED, b"")


def stored(xml: bytes) -> tuple[bytes, int]:
    """A sheet whose calls are stored as Excel stores those of a web add-in, and how many calls it has.

    >>> stored(b'<f>REMIC_SMM(0.06)*2</f>')
    (b'<f>_xldudf_REMIC_SMM(0.06)*2</f>', 1)
    """
    return _called(xml, _CALL, STORED.encode())


def _called(xml: bytes, pattern: re.Pattern[bytes], prefix: bytes) -> tuple[bytes, int]:
    count = 0

    def call(found: re.Match[bytes]) -> bytes:
        nonlocal count
        if found["text"] is not None:
            return found["text"]
        count += 1
        return prefix + found["name"].upper()

    return _FORMULA.sub(lambda found: found["open"] + pattern.sub(call, found["text"]), xml), count
