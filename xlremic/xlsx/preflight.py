"""What no spreadsheet reader should see is refused before one does."""

import io
import re
import zipfile
import zlib

from ..errors import InputError
from .package import BOOK, Package

MAX_TOTAL, MAX_PART, MAX_RATIO, MAX_PARTS = 200 << 20, 100 << 20, 200, 2_000
_ACTIVE = ("vbaProject", "externalLinks/", "embeddings/", "activeX/", "connections.xml", "macrosheets/", "customUI")
_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")


def preflight(data: bytes, *, links: bool = False) -> Package:
    """The package of a stranger's workbook, if it is a plain workbook.

    ``links`` lets links to other workbooks pass: an add-in's function that a program stored by its file has one.

    Raises: InputError for bombs, unsafe paths, DTDs, macros, external links and other active content.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise InputError("this is not an Excel workbook (.xlsx): it is no zip package") from None
    with archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
        if len(entries) > MAX_PARTS or len(entries) != len(archive.infolist()):
            raise InputError("the workbook is refused: it has too many parts, or two of one name")
        for name in entries:
            if name.startswith("/") or ".." in name.split("/") or "\\" in name:
                raise InputError(f"the workbook is refused: part {name!r} points outside the package")
            if any(active in name for active in _ACTIVE if not (links and active == "externalLinks/")):
                raise InputError(f"the workbook is refused: it holds active or external content ({name})")
        if BOOK not in entries:
            raise InputError(f"this is not an Excel workbook (.xlsx): {BOOK} is missing")
        parts: dict[str, bytes] = {}
        room = MAX_TOTAL
        for name, entry in entries.items():
            try:
                parts[name] = _inspected(archive, entry, room)
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
                raise InputError(f"the workbook is refused: {name} is damaged or encrypted: {error}") from None
            room -= len(parts[name])
    return Package(parts, entries)


def _inspected(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> bytes:
    """A part, read piece by piece, since headers lie. Raises: InputError for what no parser should see."""
    pieces, size, behind = [], 0, b""
    xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    with archive.open(entry) as stream:
        while piece := stream.read(1 << 16):
            if xml and size == 0 and not _is_utf8(piece):
                raise InputError(f"the workbook is refused: {entry.filename} is not in UTF-8")
            size += len(piece)
            if size > MAX_PART or size > room or size > MAX_RATIO * max(entry.compress_size, 4096):
                raise InputError(f"the workbook is refused: {entry.filename} expands beyond every measure")
            if b"<!DOCTYPE" in (seen := behind + piece) or b"<!ENTITY" in seen:
                raise InputError(f"the workbook is refused: {entry.filename} declares entities")
            behind = piece[-8:]
            pieces.append(piece)
    return b"".join(pieces)


def _is_utf8(start: bytes) -> bool:
    """Whether XML is in the one encoding that spreadsheet programs write, so that its text can be searched."""
    declared = _ENCODING.match(start)
    if b"\0" in start[:4] or (b"<?xml" in start[:64] and b"?>" not in start):
        return False
    return declared is None or declared[1].lower() in (b"utf-8", b"us-ascii", b"ascii")
