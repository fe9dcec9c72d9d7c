"""A workbook as the package that it is: its parts, read once, edited in memory, packed once. Nothing of deals."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Self

from lxml import etree

from ..errors import InputError
from .references import Reference

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOOK, RELATIONS, TYPES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
STRINGS, STYLES, PROPERTIES = "xl/sharedStrings.xml", "xl/styles.xml", "docProps/core.xml"
DAY_ZERO = date(1899, 12, 30)
"""Days of a cell's number are counted from here (1900 date system, from March 1900 on)."""
_MODIFIED = re.compile(rb"(<dcterms:modified\b[^>]*>)[^<]*")
_STATED = re.compile(rb'<dimension ref="([^"]*)"')


@dataclass(frozen=True)
class Package:
    """The parts of a workbook by name. An edit gives another package, which shares whatever is as it was."""

    parts: Mapping[str, bytes]
    entries: Mapping[str, zipfile.ZipInfo]
    """How each part was kept, in the order of the file."""

    @classmethod
    def of(cls, data: bytes) -> Self:
        """The package in the bytes of a workbook of ours; those of a stranger go through ``preflight``."""
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            return cls({name: archive.read(entry) for name, entry in entries.items()}, entries)

    def __getitem__(self, part: str) -> bytes:
        return self.parts[part]

    def edited(self, parts: Mapping[str, bytes]) -> Self:
        """The package with these parts in place of its own; new ones stand at its end, dated as its first."""
        dated = next(iter(self.entries.values())).date_time
        new = {name: zipfile.ZipInfo(name, dated) for name in parts if name not in self.entries}
        return type(self)({**self.parts, **parts}, {**self.entries, **new})

    def dated(self, at: datetime) -> Self:
        """The package as if it had been written at that time: in each entry, and in the document's properties."""
        moment = at.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
        parts = {**self.parts, PROPERTIES: _MODIFIED.sub(rb"\g<1>" + moment, self.parts[PROPERTIES])}
        entries = {name: copy(entry) for name, entry in self.entries.items()}
        for entry in entries.values():
            entry.date_time = max((1980, 1, 1, 0, 0, 0), at.timetuple()[:6])
        return type(self)(parts, entries)

    def without(self, parts: Iterable[str]) -> Self:
        """The package without these parts; what names them is not looked for."""
        gone = set(parts)
        return type(self)(
            {name: content for name, content in self.parts.items() if name not in gone},
            {name: entry for name, entry in self.entries.items() if name not in gone},
        )

    def edited_sheets(self, edit: Callable[[bytes], bytes]) -> Self:
        """The package with every sheet as ``edit`` gives its XML back."""
        return self.edited({name: edit(self[name]) for name in self.worksheets})

    def tree(self, part: str) -> etree._Element:
        """The elements of a part. Raises: InputError if it is no XML."""
        try:
            return etree.fromstring(self[part], etree.XMLParser(resolve_entities=False))
        except etree.XMLSyntaxError as error:
            raise InputError(f"the workbook is damaged: {part} cannot be read: {error}") from None

    @property
    def worksheets(self) -> list[str]:
        """Parts of cells, whether the workbook lists them or not."""
        return [name for name in self.parts if name.startswith("xl/worksheets/") and name.endswith(".xml")]

    @property
    def charts(self) -> list[str]:
        return [name for name in self.parts if name.startswith("xl/charts/chart") and name.endswith(".xml")]

    @cached_property
    def sheets(self) -> Mapping[str, str]:
        """Part of each sheet by the sheet's name, in the workbook's order; sheets that are charts are left out."""
        if RELATIONS not in self.parts:
            raise InputError(f"this is not an Excel workbook (.xlsx): {RELATIONS} is missing")
        relations = self.tree(RELATIONS)
        targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
        found: dict[str, str] = {}
        for sheet in self.tree(BOOK).iter(f"{MAIN}sheet"):
            name, target = sheet.get("name", ""), targets.get(sheet.get(f"{{{OFFICE}}}id"), "")
            if "chartsheets" not in target:
                part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
                if part not in self.parts or name in found or part in found.values():
                    raise InputError(f"the workbook is damaged: sheet {name} has no part of its own")
                found[name] = part
        return found

    @cached_property
    def names(self) -> list[tuple[str, bool, str]]:
        """Each defined name, whether it is of one sheet only, and what it refers to."""
        return [
            (name.get("name", ""), name.get("localSheetId") is not None, name.text or "")
            for name in self.tree(BOOK).iter(f"{MAIN}definedName")
        ]

    def string(self, number: str) -> str:
        """A text that cells share. Raises: InputError if there is none of that number."""
        if not number.strip().isdecimal() or int(number) >= len(self._strings):
            raise InputError(f"the workbook is damaged: no shared text has the number {number[:20]}")
        return self._strings[int(number)]

    @cached_property
    def _strings(self) -> list[str]:
        if STRINGS not in self.parts:
            return []
        return ["".join(text.text or "" for text in item.iter(f"{MAIN}t")) for item in self.tree(STRINGS)]

    @cached_property
    def styles(self) -> Mapping[int, str]:
        """Name of each named style by its number, which other programs put in an order of their own.

        LibreOffice has a style Note itself and keeps another one of that name as "Note 1".
        """
        kept = self.tree(STYLES).iter(f"{MAIN}cellStyle")
        return {int(style.get("xfId", "0")): style.get("name", "").removesuffix(" 1") for style in kept}

    def to_bytes(self, *, packed: bool = True) -> bytes:
        """The workbook as a file has it; not packed for who unpacks it at once."""
        method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        output = io.BytesIO()
        with zipfile.ZipFile(output, "w", method) as archive:
            for name, entry in self.entries.items():
                archive.writestr(copy(entry), self.parts[name], method)
        return output.getvalue()


def stated_range(sheet: bytes) -> Reference | None:
    """The range that a sheet says that it fills."""
    stated = _STATED.search(sheet)
    return Reference.parse(stated[1].decode()) if stated else None


def widened(sheet: bytes, cells: Reference) -> bytes:
    """The sheet with its stated range wide enough for these cells; a sheet that states none stays."""
    stated, known = _STATED.search(sheet), stated_range(sheet)
    if stated is None or known is None or (wide := known.holding(cells)).bounds == known.bounds:
        return sheet
    return sheet[: stated.start(1)] + str(wide).encode() + sheet[stated.end(1) :]
