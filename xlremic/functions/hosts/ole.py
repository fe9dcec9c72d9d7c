"""The container of a VBA project: OLE compound files of 512-byte sectors, and the compression of VBA source.

Just enough of [MS-CFB] and [MS-OVBA] to take a small project apart and put it together again: no deep allocation
tables, and no stream that was not asked for.
"""

import struct
from dataclasses import dataclass, field

from ...errors import TemplateError

SECTOR, MINI, CUTOFF = 512, 64, 4096
FREE, END, FAT_SECTOR, NO_STREAM = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_CHUNK = 4096

Streams = dict[tuple[str, ...], bytes]
"""Contents by path, such as ("VBA", "dir")."""


def read_container(content: bytes) -> Streams:
    """Every stream of a compound file. Raises: TemplateError if it is not one of the simple kind."""
    if content[:8] != _MAGIC or struct.unpack_from("<H", content, 30)[0] != 9:
        raise TemplateError("the VBA project is not a compound file of 512-byte sectors")
    fat_count, first_entry = struct.unpack_from("<I", content, 44)[0], struct.unpack_from("<I", content, 48)[0]
    if fat_count > 109:
        raise TemplateError("the VBA project is too large for this reader")
    fat: list[int] = []
    for sector in struct.unpack_from(f"<{fat_count}I", content, 76):
        fat += struct.unpack_from("<128I", content, SECTOR * (sector + 1))

    def chain(start: int, table: list[int]) -> list[int]:
        found: list[int] = []
        while start != END:
            if start >= len(table) or len(found) > len(table):
                raise TemplateError("the VBA project's allocation table is damaged")
            found.append(start)
            start = table[start]
        return found

    def big(start: int) -> bytes:
        return b"".join(content[SECTOR * (one + 1) : SECTOR * (one + 2)] for one in chain(start, fat))

    entries = big(first_entry)
    root_start, mini_fat_start = struct.unpack_from("<I", entries, 116)[0], struct.unpack_from("<I", content, 60)[0]
    pool = big(root_start)
    mini_fat = [one[0] for one in struct.iter_unpack("<I", big(mini_fat_start))]
    found: Streams = {}

    def walk(index: int, path: tuple[str, ...]) -> None:
        if index == NO_STREAM:
            return
        entry = entries[128 * index : 128 * index + 128]
        length, kind = struct.unpack_from("<HB", entry, 64)
        left, right, child = struct.unpack_from("<III", entry, 68)
        start, size = struct.unpack_from("<II", entry, 116)
        here = (*path, entry[: length - 2].decode("utf-16-le"))
        walk(left, path)
        walk(right, path)
        if kind == _STORAGE:
            walk(child, here)
        elif size >= CUTOFF:
            found[here] = big(start)[:size]
        else:
            found[here] = b"".join(pool[MINI * one : MINI * one + MINI] for one in chain(start, mini_fat))[:size]

    walk(struct.unpack_from("<I", entries, 76)[0], ())
    return found


@dataclass(eq=False)
class _Entry:
    name: str
    kind: int
    content: bytes = b""
    children: list["_Entry"] = field(default_factory=list)
    black: bool = True
    left: int = NO_STREAM
    right: int = NO_STREAM
    child: int = NO_STREAM
    start: int = 0

    def packed(self) -> bytes:
        name = (self.name + "\0").encode("utf-16-le")
        return (
            name.ljust(64, b"\0")
            + struct.pack("<HBB", len(name), self.kind, self.black)
            + struct.pack("<III", self.left, self.right, self.child)
            + bytes(36)
            + struct.pack("<IQ", self.start, len(self.content))
        )


def write_container(streams: Streams) -> bytes:
    """A compound file of exactly these streams, all its time stamps empty."""
    root = _Entry("Root Entry", _ROOT)
    for path, content in streams.items():
        place = root
        for name in path[:-1]:
            inner = next((one for one in place.children if one.name == name), None)
            if inner is None:
                place.children.append(inner := _Entry(name, _STORAGE))
            place = inner
        place.children.append(_Entry(path[-1], _STREAM, content))
    entries = [root]
    _number(root, entries)

    sectors: list[bytes] = []
    fat: list[int] = []

    def place_in_file(content: bytes) -> int:
        if not content:
            return END
        start, count = len(sectors), -(-len(content) // SECTOR)
        padded = content.ljust(count * SECTOR, b"\0")
        sectors.extend(padded[SECTOR * i : SECTOR * i + SECTOR] for i in range(count))
        fat.extend([*range(start + 1, start + count), END])
        return start

    pool = bytearray()
    mini_fat: list[int] = []
    for entry in entries:
        if entry.kind == _STREAM and len(entry.content) >= CUTOFF:
            entry.start = place_in_file(entry.content)
        elif entry.kind == _STREAM:
            entry.start = len(mini_fat) if entry.content else END
            count = -(-len(entry.content) // MINI)
            pool += entry.content.ljust(count * MINI, b"\0")
            mini_fat += [*range(entry.start + 1, entry.start + count), END] if count else []
    root.content = bytes(pool)
    root.start = place_in_file(root.content)
    mini_table = b"".join(struct.pack("<I", one) for one in mini_fat)
    mini_table = mini_table.ljust(-(-len(mini_table) // SECTOR) * SECTOR, b"\xff")
    mini_start = place_in_file(mini_table)
    empty = b"\0" * 68 + struct.pack("<III", NO_STREAM, NO_STREAM, NO_STREAM) + bytes(48)
    directory = b"".join(entry.packed() for entry in entries) + empty * (-len(entries) % 4)
    directory_start = place_in_file(directory)

    count = 1
    while count * 128 < len(fat) + count:
        count += 1
    if count > 109:
        raise TemplateError("the VBA project is too large for this writer")
    places = list(range(len(fat), len(fat) + count))
    table = [*fat, *[FAT_SECTOR] * count]
    table += [FREE] * (count * 128 - len(table))
    header = (
        _MAGIC
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
        + struct.pack("<II", 0, count)
        + struct.pack("<IIIII", directory_start, 0, CUTOFF, mini_start, len(mini_table) // SECTOR)
        + struct.pack("<II", END, 0)
        + struct.pack("<109I", *places, *[FREE] * (109 - count))
    )
    return header + b"".join(sectors) + struct.pack(f"<{len(table)}I", *table)


def _number(storage: _Entry, entries: list[_Entry]) -> None:
    """Give the children of a storage their numbers and link them as the red-black tree that the format asks for."""
    ordered = sorted(storage.children, key=lambda one: (len(one.name), one.name.upper()))
    first = len(entries)
    entries.extend(ordered)
    depth = len(ordered).bit_length()  # levels of a tree split at its middle; only the last may be incomplete

    def middle(low: int, high: int, level: int) -> int:
        if low >= high:
            return NO_STREAM
        at = (low + high) // 2
        one = ordered[at]
        one.left, one.right = middle(low, at, level + 1), middle(at + 1, high, level + 1)
        one.black = level < depth or depth == 1
        return first + at

    storage.child = middle(0, len(ordered), 1)
    for one in ordered:
        if one.kind == _STORAGE:
            _number(one, entries)


def compress(content: bytes) -> bytes:
    """Text of a VBA stream as [MS-OVBA] 2.4.1 packs it.

    Raises: TemplateError for what does not get shorter; source text always does.

    >>> decompress(compress(b"Sub A()" + bytes(200) + b"Sub A()")) == b"Sub A()" + bytes(200) + b"Sub A()"
    True
    """
    packed = bytearray(b"\x01")
    for start in range(0, len(content), _CHUNK):
        chunk = _compress_chunk(content[start : start + _CHUNK])
        if len(chunk) > _CHUNK:
            raise TemplateError("this text cannot be packed into a VBA stream")
        packed += struct.pack("<H", 0xB000 | (len(chunk) - 1)) + chunk
    return bytes(packed)


def _compress_chunk(chunk: bytes) -> bytes:
    packed = bytearray()
    seen: dict[bytes, list[int]] = {}
    at = 0
    while at < len(chunk):
        flags_at = len(packed)
        packed.append(0)
        for bit in range(8):
            if at >= len(chunk):
                break
            bits = _offset_bits(at)
            longest = min((0xFFFF >> bits) + 3, len(chunk) - at)
            best, distance = 0, 0
            for candidate in reversed(seen.get(chunk[at : at + 3], ())):
                length = 3
                while length < longest and chunk[candidate + length] == chunk[at + length]:
                    length += 1
                if length > best and longest >= 3:
                    best, distance = length, at - candidate
            if best:
                packed[flags_at] |= 1 << bit
                packed += struct.pack("<H", ((distance - 1) << (16 - bits)) | (best - 3))
            else:
                packed.append(chunk[at])
            for done in range(at, at + max(best, 1)):
                seen.setdefault(chunk[done : done + 3], []).append(done)
            at += max(best, 1)
    return bytes(packed)


def decompress(packed: bytes) -> bytes:
    """The reverse of ``compress``, also for what another program packed."""
    if packed[:1] != b"\x01":
        raise TemplateError("this is not a packed VBA stream")
    content, at = bytearray(), 1
    while at + 2 <= len(packed):
        head = struct.unpack_from("<H", packed, at)[0]
        end, at, start = at + (head & 0xFFF) + 3, at + 2, len(content)
        if not head & 0x8000:
            content += packed[at:end]
            at = end
            continue
        while at < min(end, len(packed)):
            flags, at = packed[at], at + 1
            for bit in range(8):
                if at >= min(end, len(packed)):
                    break
                if flags >> bit & 1:
                    token, at = struct.unpack_from("<H", packed, at)[0], at + 2
                    bits = _offset_bits(len(content) - start)
                    distance, length = (token >> (16 - bits)) + 1, (token & (0xFFFF >> bits)) + 3
                    for _ in range(length):
                        content.append(content[-distance])
                else:
                    content.append(packed[at])
                    at += 1
    return bytes(content)


def _offset_bits(position: int) -> int:
    """How many bits of a copy token tell the distance, at a position in its chunk."""
    return max(4, (position - 1).bit_length() if position else 4)
