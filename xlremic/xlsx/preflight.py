"""What no spreadsheet reader should see is refused before one does.

Parts, sizes and names first; then every part of XML is parsed once by a reader that keeps nothing, and counted: what is
not well-formed, too large, active, or points out of the workbook goes no further.
"""

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from xml.parsers import expat

from ..errors import InputError
from .active import (
    refuse_active_formulas,
    refuse_active_part,
    refuse_name,
    refuse_relation,
    refuse_sheet,
    refuse_type,
)
from .measure import Measure
from .package import BOOK, MAIN, TYPES, Package

MAX_TOTAL, MAX_PART, MAX_RATIO, MAX_PARTS = 64 << 20, 48 << 20, 200, 2_000
"""Bytes unpacked in all and in one part (a deal of 92,000 cells has 16 MB), unpacked by packed, and parts."""
_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
_NOT_XML = (".png", ".jpeg", ".jpg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf")
_CELL = f"{MAIN[1:-1]} c"
_LOOSE = ".vml"
"""Old drawings of comments, which Excel itself writes as XML that is not well-formed."""


def preflight(data: bytes, *, links: bool = False, code: bool = False) -> Package:
    """The package of a stranger's workbook, if it is a plain workbook.

    ``links`` lets links to other workbooks pass: an add-in's function that a program stored by its file has one.
    ``code`` lets the parts pass in which an add-in of the store keeps its code, for who looks at that code next.

    Raises: InputError for bombs, unsafe paths, DTDs, macros, external links and other active content, and for what is
        not well-formed or too much to read.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise InputError("this is not an Excel workbook (.xlsx): it is no zip package") from None
    with archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
        if len(entries) > MAX_PARTS or len({name.lower() for name in entries}) != len(archive.infolist()):
            raise InputError("the workbook is refused: it has too many parts, or two of one name")
        for name in entries:
            if name.startswith("/") or ".." in name.split("/") or "\\" in name:
                raise InputError(f"the workbook is refused: part {name!r} points outside the package")
            refuse_active_part(name, links=links, code=code)
        if BOOK not in entries:
            raise InputError(f"this is not an Excel workbook (.xlsx): {BOOK} is missing")
        parts: dict[str, bytes] = {}
        room = MAX_TOTAL
        for name, entry in entries.items():
            try:
                parts[name] = _unpacked(archive, entry, room)
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
                raise InputError(f"the workbook is refused: {name} is damaged or encrypted: {error}") from None
            room -= len(parts[name])
    measure = Measure()
    for name, content in parts.items():
        if is_xml(name):
            _parsed(name, content, measure, links=links, code=code)
    return Package(parts, entries)


def is_xml(name: str) -> bool:
    """Whether a part must be XML: all are, but for pictures, settings of printers and old drawings."""
    ending = name[name.rfind(".") :].lower()
    return not (name.endswith("/") or ending in (*_NOT_XML, _LOOSE) or "printerSettings/" in name)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> bytes:
    """A part, read piece by piece, since headers lie. Raises: InputError for what no parser should see."""
    pieces, size, behind = [], 0, b""
    xml = is_xml(entry.filename) or entry.filename.lower().endswith(_LOOSE)
    with archive.open(entry) as stream:
        while piece := stream.read(1 << 16):
            if xml and size == 0 and not _is_utf8(piece):
                raise InputError(f"the workbook is refused: {entry.filename} is not in UTF-8")
            size += len(piece)
            if size > MAX_PART or size > room or size > MAX_RATIO * max(entry.compress_size, 4096):
                raise InputError(f"the workbook is refused: {entry.filename} expands to more than a workbook needs")
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


def _parsed(name: str, content: bytes, measure: Measure, *, links: bool, code: bool) -> None:
    """Look at every element of a part. Raises: InputError for what is not well-formed, too much, active or external."""
    measure.begin(name, content)
    looks: dict[str, Callable[[Mapping[str, str]], None]] = {}
    if name.endswith(".rels"):
        looks = {"Relationship": lambda found: refuse_relation(name, found, links=links, code=code)}
    elif name == TYPES:
        looks = dict.fromkeys(("Override", "Default"), partial(refuse_type, code=code))
    elif name == BOOK:
        looks = {"sheet": refuse_sheet, "definedName": refuse_name}
    counts: dict[str, int] = {}
    cells: list[str] = []

    def element(tag: str, attributes: dict[str, str]) -> None:
        counts[tag] = counts.get(tag, 0) + 1
        if tag == _CELL:
            cells.append(attributes.get("r", ""))
        elif attributes:
            kind = tag.rpartition(" ")[2]
            measure.range(kind, attributes)
            if kind in looks:
                looks[kind](attributes)
            if attributes.get("macro"):
                raise InputError(f"the workbook is refused: {name} names a macro to run ({attributes['macro'][:60]!r})")

    def hidden(*_: object) -> None:
        if counts and name.startswith("xl/"):
            raise InputError(f"the workbook is refused: {name} hides text from readers as no spreadsheet program does")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = element
    parser.CommentHandler = parser.StartCdataSectionHandler = hidden
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise InputError(f"the workbook is refused: {name} is not well-formed XML: {error}") from None
    of_kind: Counter[str] = Counter()
    for tag, count in counts.items():
        of_kind[tag.rpartition(" ")[2]] += count
    measure.end(of_kind, cells)
    refuse_active_formulas(name, content, links=links)
