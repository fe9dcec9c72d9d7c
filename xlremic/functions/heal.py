"""Function calls given back their bare names: what spreadsheet programs put before them is taken off again.

Each program stores a call of an add-in's function in its own way (``_xldudf_REMIC_SUBORD``, ``[1]!REMIC_SUBORD``), and
the next one does not know it. Code of this version for xlwings Lite is taken out too; every other byte of every part
stays.
"""

from pathlib import Path
from typing import NamedTuple

from ..files import alone, keep, read_whole, write_whole
from .calls import bare
from .hosts.lite import admitted, code_of, without_code


class Healed(NamedTuple):
    """What was done: calls changed, where the version before is if anything was done, and the code taken out."""

    calls: int
    backup: Path | None
    code: str = ""


def healed(data: bytes) -> tuple[bytes, int]:
    """A workbook with bare function names and no code, and how many calls that changed; the very same bytes if nothing.

    Raises: InputError for what is no plain workbook.
    """
    package = admitted(data, links=True)
    sheets = {part: bare(package[part]) for part in package.worksheets}
    count = sum(calls for _, calls in sheets.values())
    left = without_code(package)
    if left is package and not count:
        return data, 0
    return left.edited({part: xml for part, (xml, calls) in sheets.items() if calls}).to_bytes(), count


def heal(path: Path) -> Healed:
    """Heal a workbook in its place; the previous version is kept beside it.

    Raises: InputError if the file cannot be read or written, or is no plain workbook.
    """
    with alone(path):
        data = read_whole(path)
        result, count = healed(data)
        if result == data:
            return Healed(0, None)
        code = code_of(admitted(data, links=True))
        backup = keep(path, data)
        write_whole(path, result)
    return Healed(count, backup, str(code or ""))
