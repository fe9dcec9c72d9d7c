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
    return f"""// Custom functions of xlremic. Generated from its registry.
(function () {{
  "use strict";
  const ENDPOINT = {json.dumps(endpoint)};
  const TOKEN = {json.dumps(token)};
  const WAIT_MS = 5;
  const CODES = {{
    "#VALUE!": "invalidValue", "#N/A": "notAvailable", "#NUM!": "invalidNumber", "#DIV/0!": "divisionByZero",
  }};
  let waiting = [];

  function failure(code, message) {{
    const kind = CODES[code] || "invalidValue";
    const shows = kind === "invalidValue" || kind === "notAvailable";  // the others take no message
    return new CustomFunctions.Error(CustomFunctions.ErrorCode[kind], shows ? message : undefined);
  }}

  function plain(value) {{
    if (Array.isArray(value)) return value.map(plain);
    if (value !== null && typeof value === "object" && typeof value.code === "string") return value.code;
    return value === undefined ? null : value;
  }}

  function send() {{
    const calls = waiting;
    waiting = [];
    fetch(ENDPOINT, {{
      method: "POST",
      headers: {{ "Content-Type": "application/json", {json.dumps(TOKEN_HEADER)}: TOKEN }},
      body: JSON.stringify({{ calls: calls.map((one) => ({{ name: one.name, arguments: one.given }})) }}),
    }})
      .then((response) => {{
        if (!response.ok) throw new Error("it answers " + response.status);
        return response.json();
      }})
      .then((answer) => {{
        calls.forEach((one, i) => {{
          const result = answer.results[i];
          if (result.error) one.reject(failure(result.error, result.message));
          else one.resolve(one.table && !Array.isArray(result.value) ? [[result.value]] : result.value);
        }});
      }})
      .catch((error) => {{
        const message = "xlremic does not answer (" + error.message + "): is 'xlremic serve' running?";
        calls.forEach((one) => one.reject(failure("#N/A", message)));
      }});
  }}

  function register(name, table, count) {{
    CustomFunctions.associate(name, function () {{
      const given = Array.prototype.slice.call(arguments, 0, count).map(plain);
      return new Promise((resolve, reject) => {{
        if (waiting.length === 0) setTimeout(send, WAIT_MS);
        waiting.push({{ name, given, table, resolve, reject }});
      }});
    }});
  }}

{wrappers}
}})();
"""


def functions_page() -> str:
    """The page that Excel loads the script with, and what a person sees who opens it."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>xlremic functions</title>
<script src="{OFFICE_SCRIPT}"></script>
<script src="functions.js"></script>
</head>
<body>
<p>The REMIC functions of xlremic are served here. Add <a href="manifest.xml">manifest.xml</a> to Excel.</p>
</body>
</html>
"""


def manifest(base: str) -> str:
    """The manifest of the add-in that is served at ``base``, such as https://localhost:8643."""
    base = escape(base, {'"': "&quot;"})
    version = ".".join([*package.version("xlremic").split("."), "0", "0", "0"][:4])
    return f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<OfficeApp xmlns="http://schemas.microsoft.com/office/appforoffice/1.1"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:bt="http://schemas.microsoft.com/office/officeappbasictypes/1.0" xsi:type="TaskPaneApp">
  <Id>{uuid5(NAMESPACE_URL, base)}</Id>
  <Version>{version}</Version>
  <ProviderName>xlremic</ProviderName>
  <DefaultLocale>en-US</DefaultLocale>
  <DisplayName DefaultValue="xlremic"/>
  <Description DefaultValue="REMIC worksheet functions, computed on this computer"/>
  <IconUrl DefaultValue="{base}/icon-32.png"/>
  <HighResolutionIconUrl DefaultValue="{base}/icon-64.png"/>
  <SupportUrl DefaultValue="{base}/functions.html"/>
  <Hosts><Host Name="Workbook"/></Hosts>
  <Requirements>
    <Sets DefaultMinVersion="1.1"><Set Name="CustomFunctionsRuntime" MinVersion="1.1"/></Sets>
  </Requirements>
  <DefaultSettings><SourceLocation DefaultValue="{base}/functions.html"/></DefaultSettings>
  <Permissions>ReadDocument</Permissions>
  <VersionOverrides xmlns="http://schemas.microsoft.com/office/taskpaneappversionoverrides"
    xsi:type="VersionOverridesV1_0">
    <Hosts>
      <Host xsi:type="Workbook">
        <AllFormFactors>
          <ExtensionPoint xsi:type="CustomFunctions">
            <Script><SourceLocation resid="Functions.Script"/></Script>
            <Page><SourceLocation resid="Functions.Page"/></Page>
            <Metadata><SourceLocation resid="Functions.Metadata"/></Metadata>
          </ExtensionPoint>
        </AllFormFactors>
      </Host>
    </Hosts>
    <Resources>
      <bt:Urls>
        <bt:Url id="Functions.Script" DefaultValue="{base}/functions.js"/>
        <bt:Url id="Functions.Page" DefaultValue="{base}/functions.html"/>
        <bt:Url id="Functions.Metadata" DefaultValue="{base}/functions.json"/>
      </bt:Urls>
    </Resources>
  </VersionOverrides>
</OfficeApp>
"""


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
