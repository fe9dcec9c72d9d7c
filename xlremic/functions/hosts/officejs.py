"""Excel's custom functions on Mac, Windows and the web: metadata, JavaScript and manifest, made from the registry.

The JavaScript computes nothing: it gathers the calls of a few milliseconds and posts them together. What it posts to
is ``answer``; what carries it is not this module's concern.
"""

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from importlib import metadata as package
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape

from ...errors import InputError
from ..registry import FUNCTIONS, CellError, Function, call
from .texts import filled

TOKEN_HEADER = "X-Xlremic-Token"  # noqa: S105 - the name of a header
RESULT_TYPES = {"number": "number", "boolean": "boolean", "text": "any", "table": "any"}
OFFICE_SCRIPT = "https://appsforoffice.microsoft.com/lib/1/hosted/office.js"


def metadata() -> dict[str, object]:
    """What Excel must know of the functions. Arguments are of any type, so that our own checks speak, not Excel's."""
    return {"functions": [_described(function) for function in FUNCTIONS]}


def _described(function: Function) -> dict[str, object]:
    parameters = []
    for one in function.arguments:
        parameter: dict[str, object] = {"name": one.name, "description": one.help, "type": "any"}
        if one.is_range:
            parameter["dimensionality"] = "matrix"
        if one.optional:
            parameter["optional"] = True
        parameters.append(parameter)
    result: dict[str, object] = {"type": RESULT_TYPES[function.returns]}
    if function.returns == "table":
        result["dimensionality"] = "matrix"
    return {
        "id": function.name,
        "name": function.name,
        "description": function.help,
        "parameters": parameters,
        "result": result,
    }


def functions_js(endpoint: str, token: str) -> str:
    """The script that Excel loads: one function per registry entry, and the queue that sends their calls."""
    wrappers = "\n".join(
        f"  register({json.dumps(one.name)}, {json.dumps(one.returns == 'table')}, {len(one.arguments)});"
        for one in FUNCTIONS
    )
    return filled(
        "functions.js",
        endpoint=json.dumps(endpoint),
        token=json.dumps(token),
        header=json.dumps(TOKEN_HEADER),
        functions=wrappers,
    )


def functions_page() -> str:
    """The page that Excel loads the script with, and what a person sees who opens it."""
    return filled("functions.html", office_script=OFFICE_SCRIPT)


def manifest(base: str) -> str:
    """The manifest of the add-in that is served at ``base``, such as https://localhost:8643."""
    base = escape(base, {'"': "&quot;"})
    version = ".".join([*package.version("xlremic").split("."), "0", "0", "0"][:4])
    return filled("office_manifest.xml", base=base, id=str(uuid5(NAMESPACE_URL, base)), version=version)


def icon(size: int) -> bytes:
    """A plain square as PNG: Excel asks for a picture."""

    def part(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    pixels = zlib.compress((b"\0" + b"\x1f\x4e\x79" * size) * size)
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", pixels) + part(b"IEND", b"")


def answer(question: object) -> dict[str, object]:
    """The results of a batch of calls, in their order.

    Args:
        question: {"calls": [{"name": ..., "arguments": [...]}, ...]} as the script posts it.
    Returns: {"results": [{"value": ...} or {"error": code, "message": reason}, ...]}
    Raises: InputError for anything else.
    """
    calls = question.get("calls") if isinstance(question, Mapping) else None
    if not isinstance(calls, Sequence) or isinstance(calls, str):
        raise InputError('give {"calls": [{"name": ..., "arguments": [...]}]}')
    return {"results": [_one(one) for one in calls]}


def _one(asked: object) -> dict[str, object]:
    name = asked.get("name") if isinstance(asked, Mapping) else None
    given = asked.get("arguments") if isinstance(asked, Mapping) else None
    if not isinstance(name, str) or not isinstance(given, list):
        raise InputError("each call needs a name and a list of arguments")
    try:
        return {"value": call(name, given)}
    except CellError as error:
        return {"error": str(error.code), "message": error.reason}
