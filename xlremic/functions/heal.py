"""Function calls given back their bare names: what spreadsheet programs put before them is taken off again.

Each program stores a call of an add-in's function in its own way (``_xldudf_REMIC_SUBORD``, ``[1]!REMIC_SUBORD``), and
the next one does not know it. Only calls of our own functions are touched, in the formulas of sheets, and there only
what stands before the name; every other byte of every part stays.
"""

import re
from pathlib import Path

from ..files import alone, keep, read_whole, write_whole
from ..xlsx.preflight import preflight
from .registry import FUNCTIONS

_FORMULA = re.compile(rb"(?P<open><(?:\w+:)?(?:f|formula[12]?)(?:\s[^<>]*)?(?<!/)>)(?P<text>[^<]*)(?=</)")
_NAMES = "|".join(function.name for function in FUNCTIONS).encode()
_CALL = re.compile(
    rb"""(?P<text>"[^"]*"|&quot;.*?&quot;)|(?<![\w.\]])"""
    rb"""(?:(?:'|&apos;)[^'&]*\.xlam(?:'|&apos;)!|\[\d+\]!|XLREMIC\.|_xll\.|_xludf\.|_xlfn\.|_xldudf_(?:XLREMIC_)?)+"""
    rb"(?P<name>" + _NAMES + rb")(?=\()",
    re.IGNORECASE,
)


def healed(data: bytes) -> tuple[bytes, int]:
    """A workbook with bare function names, and how many calls that changed; the very same bytes if none.

    Raises: InputError for what is no plain workbook.
    """
    package = preflight(data, links=True)
    changed: dict[str, bytes] = {}
    count = 0
    for part in package.worksheets:
        xml, calls = _bare(package[part])
        if calls:
            changed[part] = xml
            count += calls
    return (package.edited(changed).to_bytes() if changed else data), count


def heal(path: Path) -> tuple[int, Path | None]:
    """Heal a workbook in its place; the previous version is kept beside it.

    Returns: the number of calls changed, and where the previous version is; 0 and ``None`` if nothing was to be done.
    Raises: InputError if the file cannot be read or written, or is no plain workbook.
    """
    with alone(path):
        data = read_whole(path)
        result, count = healed(data)
        if not count:
            return 0, None
        backup = keep(path, data)
        write_whole(path, result)
    return count, backup


def _bare(xml: bytes) -> tuple[bytes, int]:
    count = 0

    def call(found: re.Match[bytes]) -> bytes:
        nonlocal count
        if found["text"] is not None:
            return found["text"]
        count += 1
        return found["name"].upper()

    return _FORMULA.sub(lambda found: found["open"] + _CALL.sub(call, found["text"]), xml), count
