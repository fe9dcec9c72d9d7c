"""The add-in for Excel on Windows: xlwings' own add-in file with our functions in it, assembled without Excel."""

import io
import os
import re
import struct
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path, PureWindowsPath

from ...errors import InputError, TemplateError
from .ole import Streams, compress, decompress, read_container, write_container
from .vba import MODULE, functions_module, workbook_module, xlwings_module

PROJECT = "xlremic"
FILE_NAME = "xlremic.xlam"
_DLL = re.compile(r"xlwings(?:32|64)-([\w.]+)\.dll")
_CODEC = "cp1252"
_MODULE_COUNT, _MODULE_NAME, _DIR_END = 0x0F, 0x19, 0x10
_PROJECT_NAME, _PROJECT_VERSION = 0x04, 0x09
_CLASS_KIND, _PLAIN_KIND = 0x22, 0x21


@dataclass(frozen=True, slots=True)
class Module:
    """A module of a VBA project: its text, and whether it belongs to a document or class."""

    name: str
    text: str
    plain: bool


def build_addin(interpreter: str) -> bytes:
    """The add-in file.

    Args:
        interpreter: the Python that Excel starts, as Windows writes its path.
    Raises: TemplateError if the installed xlwings is not of the kind that this was written for, InputError for an
        interpreter that cannot be pinned.
    """
    version = metadata.version("xlwings")
    with zipfile.ZipFile(_quickstart()) as given:
        parts = {name: given.read(name) for name in given.namelist()}
    parts["xl/vbaProject.bin"] = write_container(
        _project(read_container(parts["xl/vbaProject.bin"]), interpreter, version)
    )
    parts["xl/worksheets/sheet1.xml"] = re.sub(
        rb"<sheetData>.*</sheetData>", b"<sheetData/>", parts["xl/worksheets/sheet1.xml"], flags=re.S
    )
    book = re.sub(rb"<mc:AlternateContent.*?</mc:AlternateContent>", b"", parts["xl/workbook.xml"], flags=re.S)
    parts["xl/workbook.xml"] = book.replace(b'name="_myaddin.conf"', b'name="xlremic"')
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _quickstart() -> Path:
    """The add-in that xlwings ships, found without importing xlwings."""
    spec = find_spec("xlwings")
    place = Path((spec.origin if spec else None) or "").parent / "quickstart_addin.xlam"
    if not place.is_file():
        raise TemplateError("xlwings' own add-in file is missing; install xlwings again")
    return place


def _project(streams: Streams, interpreter: str, version: str) -> Streams:
    directory = decompress(streams["VBA", "dir"])
    offsets = _text_offsets(directory)
    texts = {
        name: decompress(streams["VBA", name][offset:]).decode(_CODEC).replace("\r\n", "\n")
        for name, offset in offsets.items()
    }
    if not {"ThisWorkbook", "xlwings"} <= texts.keys():
        raise TemplateError("the xlwings add-in lacks a module; use another version of xlwings")
    named = set(_DLL.findall(texts["xlwings"]))
    if named != {version}:
        raise TemplateError(f"xlwings {version} ships an add-in for {', '.join(sorted(named))}; install xlwings again")
    documents = re.findall(r"^Document=(\w+)/", streams["PROJECT",].decode(_CODEC), re.M)
    modules = [
        Module(name, workbook_module(texts[name]) if name == "ThisWorkbook" else texts[name], plain=False)
        for name in documents
    ]
    modules += [
        Module("xlwings", xlwings_module(texts["xlwings"], interpreter), plain=True),
        Module(MODULE, functions_module(), plain=True),
    ]
    made: Streams = {
        ("PROJECT",): _project_text(streams["PROJECT",].decode(_CODEC), modules).encode(_CODEC),
        ("PROJECTwm",): b"".join(one.name.encode(_CODEC) + b"\0" + _wide(one.name) + b"\0\0" for one in modules)
        + b"\0\0",
        ("VBA", "_VBA_PROJECT"): bytes.fromhex("cc61ffff000000"),  # no cache of compiled code: Excel compiles the text
        ("VBA", "dir"): compress(_directory(directory, modules)),
    }
    for one in modules:
        made["VBA", one.name] = compress(one.text.replace("\n", "\r\n").encode(_CODEC))
    return made


def _records(directory: bytes) -> list[tuple[int, int, int]]:
    """Kind, start and end of each record of a project's directory; the size field of one of them is not its size."""
    found, at = [], 0
    while at + 6 <= len(directory):
        kind, size = struct.unpack_from("<HI", directory, at)
        end = at + 6 + (6 if kind == _PROJECT_VERSION else size)
        found.append((kind, at, end))
        at = end
    return found


def _text_offsets(directory: bytes) -> dict[str, int]:
    """Where the packed text begins in each module's stream."""
    found, name = {}, ""
    for kind, start, end in _records(directory):
        if kind == _MODULE_NAME:
            name = directory[start + 6 : end].decode(_CODEC)
        elif kind == 0x31:
            found[name] = struct.unpack_from("<I", directory, start + 6)[0]
    return found


def _directory(original: bytes, modules: list[Module]) -> bytes:
    """The directory with our project name and modules; code page, versions and references stay as they are."""
    made = bytearray()
    for kind, start, end in _records(original):
        if kind == _MODULE_COUNT:
            break
        made += _record(kind, PROJECT.encode(_CODEC)) if kind == _PROJECT_NAME else original[start:end]
    made += _record(_MODULE_COUNT, struct.pack("<H", len(modules))) + _record(0x13, b"\xff\xff")
    for one in modules:
        name, wide = one.name.encode(_CODEC), _wide(one.name)
        made += _record(_MODULE_NAME, name) + _record(0x47, wide) + _record(0x1A, name) + _record(0x32, wide)
        made += _record(0x1C, b"") + _record(0x48, b"")
        made += _record(0x31, bytes(4)) + _record(0x1E, bytes(4)) + _record(0x2C, b"\xff\xff")
        made += _record(_PLAIN_KIND if one.plain else _CLASS_KIND, b"") + _record(0x2B, b"")
    return bytes(made + _record(_DIR_END, b""))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HI", kind, len(content)) + content


def _wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def _project_text(original: str, modules: list[Module]) -> str:
    """The project's list of modules; who may see it, and its identity, stay as they are."""
    lines = []
    for line in original.splitlines():
        key = line.partition("=")[0]
        if key == "Name":
            lines += [f"Module={one.name}" for one in modules if one.plain]
            lines.append(f'Name="{PROJECT}"')
        elif key not in ("Module", "Class", "BaseClass", "Package"):
            lines.append(line)
        if line == "[Workspace]":
            break
    lines += [f"{one.name}=0, 0, 0, 0, C" for one in modules]
    return "\r\n".join(lines) + "\r\n"


def pinned_interpreter(given: str | None = None, executable: str = sys.executable) -> str:
    """The Python that Excel is to start: the one that runs, in its variant without a console window.

    >>> pinned_interpreter("C:\\\\Python312\\\\python.exe")
    'C:\\\\Python312\\\\python.exe'
    """
    if given:
        return given
    if sys.platform != "win32":
        raise InputError("Excel starts Python on Windows only: name that machine's Python with --interpreter")
    windowless = PureWindowsPath(executable).with_name("pythonw.exe")
    return str(windowless if Path(windowless).is_file() else executable)


def start_folder(environment: Mapping[str, str] = os.environ) -> PureWindowsPath:
    """The folder from which Excel loads the user's add-ins at every start, and which it trusts.

    >>> str(start_folder({"APPDATA": "C:\\\\Users\\\\ann\\\\AppData\\\\Roaming"}))
    'C:\\\\Users\\\\ann\\\\AppData\\\\Roaming\\\\Microsoft\\\\Excel\\\\XLSTART'
    """
    if not environment.get("APPDATA"):
        raise InputError(
            "there is no APPDATA folder: the add-in is installed on Windows only; write it with -o instead"
        )
    return PureWindowsPath(environment["APPDATA"], "Microsoft", "Excel", "XLSTART")


def pinned_in(content: bytes) -> tuple[str, str]:
    """The version of xlwings that an add-in file of ours needs, and the Python that it starts.

    Raises: TemplateError if it is none of ours.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as given:
            text = decompress(read_container(given.read("xl/vbaProject.bin"))["VBA", "xlwings"]).decode(_CODEC)
    except (KeyError, zipfile.BadZipFile, struct.error) as error:
        raise TemplateError("this is not an add-in of xlremic") from error
    version, pinned = _DLL.search(text), re.search(r'Case "INTERPRETER_WIN": GetConfig = (.*)', text)
    if not version or not pinned:
        raise TemplateError("this is not an add-in of xlremic")
    parts = re.findall(r'"((?:[^"]|"")*)"|ChrW\((\d+)\)', pinned[1])
    return version[1], "".join(chr(int(code)) if code else plain for plain, code in parts)
