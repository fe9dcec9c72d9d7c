"""Files and folders, on this computer or by URL (s3://, gs://, file:// ...): list, read, write whole.

A URL other than file:// goes to fsspec, which takes credentials and endpoints from its own settings and those of the
store (such as AWS_ENDPOINT_URL). An object of a store is replaced at once; a file here, by one written beside it.
"""

import glob
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from .. import files
from ..errors import InputError
from ..files import read_whole, write_whole

KINDS = (".txt", ".htm", ".html", "")
"""Suffixes of the files of a folder that are taken for filings."""
_MAGIC = ("*", "?", "[")


def is_url(place: str) -> bool:
    """Whether a place is a URL for fsspec."""
    return "://" in place and not place.startswith("file://")


def local(place: str) -> Path:
    """The path of a place on this computer."""
    return Path(url2pathname(urlsplit(place).path)) if place.startswith("file://") else Path(place)


def absolute(place: str) -> str:
    """The place as another process finds it."""
    return place if is_url(place) else str(local(place).resolve())


def under(folder: str, name: str) -> str:
    """The place of a name in a folder."""
    return f"{folder.rstrip('/')}/{name}" if is_url(folder) else str(local(folder) / name)


def read(place: str, limit: int) -> bytes:
    """The bytes that stand there. Raises: InputError if they cannot be read, or are more than ``limit``."""
    if is_url(place):
        store, path = _store(place)
        try:
            size = store.size(path)
            data: bytes = store.cat_file(path) if size is None or size <= limit else b""
        except _FAILURES as error:
            raise InputError(f"{place} cannot be read: {_why(error)}") from error
    else:
        file = local(place)
        size = file.stat().st_size if file.is_file() else 0
        data = read_whole(file) if size <= limit else b""
    size = size or len(data)
    if size > limit:
        raise InputError(f"{place} has {size:,} bytes, over the limit of {limit:,}")
    return data


def write(place: str, data: bytes) -> None:
    """Put bytes there, all at once. Raises: InputError if they cannot be put."""
    if not is_url(place):
        write_whole(local(place), data)
        return
    store, path = _store(place)
    try:
        store.pipe_file(path, data)
    except _FAILURES as error:
        raise InputError(f"{place} cannot be written: {_why(error)}") from error


def take_away_left(folder: str) -> None:
    """Take away what dead processes left in a folder of this computer; a store never has half of an object."""
    if not is_url(folder):
        files.take_away_left(local(folder))


def exists(place: str) -> bool:
    """Whether there is a file. Raises: InputError if the store does not answer."""
    if not is_url(place):
        return local(place).is_file()
    store, path = _store(place)
    try:
        return bool(store.exists(path))
    except _FAILURES as error:
        raise InputError(f"{place} cannot be looked at: {_why(error)}") from error


def make_folder(place: str) -> None:
    """Make a folder of this computer; stores have none. Raises: InputError if it cannot be made."""
    if is_url(place):
        _store(place)
        return
    try:
        local(place).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{place} cannot be made: {error.strerror or error}; choose another folder with -o") from error


def meant(name: str) -> Iterator[str]:
    """The files that a folder, with what is under it, a pattern or a plain name means, in order.

    Raises: InputError for a pattern or folder without filings, or a store that does not answer.
    """
    if is_url(name):
        yield from _meant_in_store(name)
        return
    path = local(name)
    if path.is_dir():
        found = sorted(str(one) for one in path.rglob("*") if one.is_file() and _is_filing(one.relative_to(path)))
    elif any(mark in name for mark in _MAGIC) and not path.exists():
        found = sorted(one for one in glob.glob(str(path), recursive=True) if Path(one).is_file())  # noqa: PTH207
    else:
        yield name
        return
    if not found:
        raise InputError(f"{name}: no filings there; a folder's filings end in .txt, .htm, .html or have no suffix")
    yield from found


def _meant_in_store(name: str) -> Iterator[str]:
    store, path = _store(name)
    try:
        if any(mark in path for mark in _MAGIC):
            found = [one for one in store.glob(path) if store.isfile(one)]
        elif name.endswith("/") or store.isdir(path):
            found = [one for one in store.find(path) if _is_filing(Path(one[len(path) :].lstrip("/")))]
        else:
            found = [path]
    except _FAILURES as error:
        raise InputError(f"{name} cannot be listed: {_why(error)}") from error
    if not found:
        raise InputError(f"{name}: no filings there; a folder's filings end in .txt, .htm, .html or have no suffix")
    yield from (store.unstrip_protocol(one) for one in sorted(found))


def _is_filing(path: Path) -> bool:
    return path.suffix.lower() in KINDS and not any(part.startswith(".") for part in path.parts)


_FAILURES = (OSError, ValueError, ImportError)


def _why(error: Exception) -> str:
    text = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    return text or type(error).__name__


def _store(place: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs  # noqa: PLC0415 - an extra
    except ImportError:
        raise InputError(f"{place}: URLs need more libraries: pip install 'xlremic[cluster]'") from None
    try:
        store, path = url_to_fs(place)
    except _FAILURES as error:
        raise InputError(f"{place} cannot be reached: {_why(error)}") from error
    return store, path
