"""Files that claim to be workbooks and are attacks; each with the word that its refusal must hold."""

import io
import random
import struct
import zipfile
from collections.abc import Callable

WORKBOOK = b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
LAUGHS = (
    b"<!DOCTYPE lolz [<!ENTITY a 'ha'>"
    + b"".join(b"<!ENTITY %c '%s'>" % (98 + k, b"&%c;" % (97 + k) * 10) for k in range(9))
    + b"]><x>&j;</x>"
)
SHEET = "xl/worksheets/sheet1.xml"


def package(**parts: bytes) -> bytes:
    """A package with these parts, and with a workbook part unless they hold one."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"xl/workbook.xml": WORKBOOK, **parts}.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def twice() -> bytes:
    """Two parts of one name: which one is read depends on who reads."""
    data = package(**{"xl/styles.xml": b"<a/>", "xl/stylet.xml": b"<b/>"})
    return data.replace(b"xl/stylet.xml", b"xl/styles.xml")


def lying(size: int) -> bytes:
    """A part whose header says that it is small."""
    data = bytearray(package(**{SHEET: b" " * size}))
    return bytes(data.replace(struct.pack("<L", size), struct.pack("<L", 100)))


def overlapping(copies: int) -> bytes:
    """Many entries of the directory that are all the same bytes of the file."""
    names = [f"xl/worksheets/sheet{k:04}.xml" for k in range(copies)]
    data = package(**{names[0]: random.Random(1).randbytes(1 << 16) * 300})
    directory = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    end = data.index(b"PK\x05\x06")
    entry = data[directory:end]
    entries = b"".join(entry.replace(names[0].encode(), name.encode()) for name in names)
    first = data[data.index(b"PK\x01\x02") : directory]
    record = bytearray(data[end:])
    struct.pack_into("<HHL", record, 8, copies + 1, copies + 1, len(first + entries))
    return data[: data.index(b"PK\x01\x02")] + first + entries + bytes(record)


def flagged(flag: int = 0, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Every part marked as encrypted, or as packed by another method."""
    data = bytearray(package(**{SHEET: b"<x/>"}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(mark)
        while start >= 0:
            struct.pack_into("<HH", data, start + at, flag, method)
            start = data.find(mark, start + 4)
    return bytes(data)


def damaged() -> bytes:
    """Bytes of a part changed, its sum not."""
    data = bytearray(package(**{SHEET: random.Random(2).randbytes(4000).hex().encode()}))
    data[1500:1510] = b"0123456789"
    return bytes(data)


ATTACKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "no zip": (lambda: b"text", "no zip"),
    "cut short": (lambda: package(**{SHEET: b"<x/>"})[:-30], "no zip"),
    "no workbook": (lambda: package(**{"xl/workbook.xml": b""}).replace(b"xl/workbook.xml", b"xl/workbonk.xml"), "missing"),
    "macros": (lambda: package(**{"xl/vbaProject.bin": b"x"}), "active"),
    "link to a workbook": (lambda: package(**{"xl/externalLinks/externalLink1.xml": b"<x/>"}), "active"),
    "embedded program": (lambda: package(**{"xl/embeddings/oleObject1.bin": b"MZ"}), "active"),
    "path upwards": (lambda: package(**{"../../etc/passwd": b"x"}), "outside"),
    "path from the root": (lambda: package(**{"/absolute": b"x"}), "outside"),
    "path of another system": (lambda: package(**{"xl\\..\\..\\x": b"x"}), "outside"),
    "two parts of a name": (twice, "two of one name"),
    "many parts": (lambda: package(**{f"xl/{k}.xml": b"" for k in range(3000)}), "too many parts"),
    "entities": (lambda: package(**{SHEET: LAUGHS}), "entities"),
    "entities far behind": (lambda: package(**{SHEET: b"<!--" + b" x" * 40_000 + b"-->" + LAUGHS}), "entities"),
    "entities in UTF-16": (lambda: package(**{SHEET: LAUGHS.decode().encode("utf-16")}), "UTF-8"),
    "entities in UTF-7": (
        lambda: package(**{SHEET: b'<?xml version="1.0" encoding="UTF-7"?>' + LAUGHS.replace(b"<!", b"+ADwAIQ-")}),
        "UTF-8",
    ),
    "encoding far behind": (
        lambda: package(**{SHEET: b'<?xml version="1.0"' + b" " * 70_000 + b'encoding="UTF-7"?>' + LAUGHS[:9]}),
        "UTF-8",
    ),
    "entities in a relation": (lambda: package(**{"xl/_rels/workbook.xml.rels": LAUGHS}), "entities"),
    "bomb": (lambda: package(**{SHEET: b" " * (90 << 20)}), "expands"),
    "bomb with a false size": (lambda: lying(90 << 20), "expands|damaged"),
    "bomb of many parts": (lambda: package(**{f"xl/{k}.xml": b" " * (800 << 10) for k in range(400)}), "expands"),
    "bomb of one part many times": (lambda: overlapping(900), "expands|damaged"),
    "encrypted": (lambda: flagged(flag=1), "damaged"),
    "unknown packing": (lambda: flagged(method=99), "damaged"),
    "damaged": (damaged, "damaged"),
}  # fmt: skip
