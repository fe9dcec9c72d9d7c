"""Files that are whole at every moment: the old version or the new one, never half of either."""

import os
import tempfile
from pathlib import Path

from .errors import InputError

LARGEST = 100 << 20
"""Bytes: no workbook of ours, whatever a person has put in, comes near."""


def read_whole(path: Path) -> bytes:
    """The bytes of a file. Raises: InputError if it cannot be read or is beyond every measure."""
    try:
        if (size := path.stat().st_size) > LARGEST:
            raise InputError(f"{path} has {size / 2**20:,.0f} MB, over the limit of {LARGEST >> 20} MB")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error


def write_whole(path: Path, data: bytes) -> None:
    """Write a file all at once: to a temporary file beside it, then in its place.

    Raises: InputError if the place cannot be written (no such folder, no permission, open in a spreadsheet program).
    """
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror or error}; choose another place with -o"
        ) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        mask = os.umask(0)
        os.umask(mask)
        Path(temporary).chmod(0o666 & ~mask)
        Path(temporary).replace(path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        reason = "it may be open in a spreadsheet program" if isinstance(error, PermissionError) else error.strerror
        raise InputError(f"{path} cannot be written: {reason}; close it or choose another place with -o") from error
