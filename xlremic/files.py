"""Files that are whole at every moment, the old version or the new one, and one writer of a file at a time.

What is written goes to a temporary file first, locked while its process lives: whoever writes into the folder next
takes away those that no process holds. Only regular files are replaced; no device, pipe or folder ever is.
"""

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from .errors import InputError

LARGEST = 100 << 20
"""Bytes: no workbook of ours, whatever a person has put in, comes near."""
TEMPORARY = (".xlremic-", ".tmp")
"""How the name of a temporary file begins and ends."""
_KINDS = {
    stat.S_IFDIR: "folder",
    stat.S_IFIFO: "pipe",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
}

if sys.platform == "win32":  # where a file that is open can be neither moved nor taken away

    def _hold(handle: int) -> None:
        """Being open is enough."""

    def _take_away(name: str) -> None:
        Path(name).unlink()
else:
    import fcntl

    def _hold(handle: int) -> None:
        """Lock an open file until its process closes it, or dies. Raises: BlockingIOError if another has it."""
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _take_away(name: str) -> None:
        handle = os.open(name, os.O_RDWR | os.O_NOFOLLOW)
        try:
            _hold(handle)
            Path(name).unlink()
        finally:
            os.close(handle)


def read_whole(path: Path) -> bytes:
    """The bytes of a file. Raises: InputError if it cannot be read or is too large."""
    try:
        if (size := path.stat().st_size) > LARGEST:
            raise InputError(f"{path} has {size / 2**20:,.0f} MB, over the limit of {LARGEST >> 20} MB")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {_why(error)}") from error


def write_whole(path: Path, data: bytes, *, mode: int | None = None) -> None:
    """Write a file all at once: to a temporary file beside it, then in its place, or where its link leads.

    Args:
        mode: permissions of the file; left out, those of the file that it replaces, or that the system gives a new one.
    Raises: InputError if the place is no regular file, or cannot be written (no such folder, no permission, full,
        open in a spreadsheet program).
    """
    try:
        place = Path(os.path.realpath(path))
        before = place.stat().st_mode if place.exists() else stat.S_IFREG | 0o666 & ~_mask()
        if place.is_symlink():
            raise InputError(f"{path} is a link that leads back to itself; give the name of a file")
        if kind := _KINDS.get(stat.S_IFMT(before)):
            raise InputError(f"{path} is a {kind}; give the name of a file")
        take_away_left(place.parent)
        with _temporary(place.parent) as (handle, temporary):
            with os.fdopen(os.dup(handle), "wb") as file:
                file.write(data)
            temporary.chmod(stat.S_IMODE(before) if mode is None else mode)
            if sys.platform == "win32":
                os.close(handle)
            temporary.replace(place)
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be written: {_why(error)}; choose another place with -o") from error


def keep(path: Path, data: bytes) -> Path:
    """Keep the version before of a file beside it; no older one is overwritten.

    Returns: where it is: deal.backup.xlsx, deal.backup2.xlsx ...
    Raises: InputError if it cannot be written.
    """
    number = 1
    while True:
        backup = path.with_name(f"{path.stem}.backup{number if number > 1 else ''}{path.suffix}")
        if not os.path.lexists(backup):
            write_whole(backup, data)
            return backup
        if backup.is_file() and backup.stat().st_size == len(data) and backup.read_bytes() == data:
            return backup  # of a run that was cut off before it changed anything
        number += 1


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a file against other runs that would change it; the system lets it go even if this process is killed.

    Raises: InputError if another run holds it, or it cannot be changed.
    """
    try:
        handle = _held(path)
    except (BlockingIOError, FileExistsError):
        raise InputError(f"another update of {path} is under way; try again when it has ended") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be changed: {_why(error)}") from error
    try:
        yield
    finally:
        os.close(handle)


def _held(path: Path) -> int:
    """A locked handle on what stands at the path now, and not on what another run has just replaced."""
    if sys.platform == "win32":  # what is open cannot be replaced: a file beside it that goes when it is closed
        return os.open(path.with_name(f"{TEMPORARY[0]}{path.name}.lock"), os.O_CREAT | os.O_EXCL | os.O_TEMPORARY)
    while True:
        handle = os.open(path, os.O_RDWR)
        try:
            _hold(handle)
            if os.path.samestat(os.fstat(handle), os.stat(path)):  # noqa: PTH116 - as the handle's
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


@contextmanager
def _temporary(folder: Path) -> Iterator[tuple[int, Path]]:
    """A new file in a folder, locked, as handle and path; taken away again unless it was moved."""
    while True:
        handle, name = tempfile.mkstemp(prefix=TEMPORARY[0], suffix=TEMPORARY[1], dir=folder)
        with suppress(OSError):  # not every file system has locks
            _hold(handle)
        if Path(name).exists():  # else another run took it for one that was left, before it was locked
            break
        os.close(handle)
    try:
        yield handle, Path(name)
    finally:
        with suppress(OSError):
            os.close(handle)
        Path(name).unlink(missing_ok=True)


@cache
def take_away_left(folder: Path) -> None:
    """Take away the temporary files of processes that have died, once for each folder and process."""
    names: list[str] = []
    with suppress(PermissionError), os.scandir(folder) as entries:  # a folder may let one write and not look
        names += (one.path for one in entries if one.name.startswith(TEMPORARY[0]) and one.name.endswith(TEMPORARY[1]))
    for name in names:
        with suppress(OSError):  # held by a process that lives, or of another user
            _take_away(name)


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, PermissionError) and sys.platform == "win32":
        return "it may be open in a spreadsheet program, or you may not change it"
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
