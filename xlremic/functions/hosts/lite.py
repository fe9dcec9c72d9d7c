"""A workbook that carries its functions to Windows, Mac and the web, for xlwings Lite, an add-in of Microsoft's store.

Lite keeps its Python in the workbook's web extension parts. The text that goes there, ``main.py``, either holds the
modules that the functions need, packed, or names this package for Lite to install. The workbook is otherwise as it
was, but for its calls: Excel stores a web add-in's with a prefix. Code that is found in a workbook is only ever
compared as text with what this version would write, never run.
"""

import base64
import bz2
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import metadata
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import quoteattr

from lxml import etree

from ...errors import InputError
from ...xlsx.active import CODE_PARTS
from ...xlsx.package import TYPES, Package
from ...xlsx.preflight import preflight
from ..calls import bare, stored
from ..registry import FUNCTIONS, STORED
from .bundle import bundled_files
from .texts import filled

TASKPANES, EXTENSION, PANE_RELATIONS = CODE_PARTS
ROOT_RELATIONS = "_rels/.rels"
STORE_ID, STORE_TYPE = "wa200008175", "OMEX"
MAIN, REQUIREMENTS, SETTINGS = "main.py", "requirements.txt", "xlwingsSettingsWorkbook"
_LITES_OWN = ("pyodideVersion", "addinVersion", "xlwingsWorkbookId", SETTINGS)
"""What Lite keeps beside the code; it writes them when it saves."""
_NAMESPACE = "{http://schemas.microsoft.com/office/webextensions/webextension/2010/11}"
_RELATION_TYPE = "http://schemas.microsoft.com/office/2011/relationships/webextensiontaskpanes"
_TYPE = "application/vnd.ms-office.webextension"
_RELATION_ID = "rIdXlwingsLite"
_OUR_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^<>]*webextensiontaskpanes[^<>]*/>")
_OUR_TYPES = re.compile(rb"<(?:\w+:)?Override\b[^<>]*vnd\.ms-office\.webextension[^<>]*/>")
_CLAIM = re.compile(r"^# Made by xlremic (\S+)", re.M)
_LINE = 100
_START = "functions/hosts/xlwings_udfs.py"
_CURE = "xlremic addin lite --remove takes it out"


class Form(StrEnum):
    """How the functions get to the recipient: inside the workbook, or from the index that Lite installs from."""

    EMBED = "embed"
    PACKAGE = "package"


@dataclass(frozen=True, slots=True)
class Code:
    """The code that a workbook carries: its texts, and what add-in it is for."""

    texts: Mapping[str, str]
    form: Form | None
    """Of which form it is this version's own, byte for byte; nothing if it is not."""

    def __str__(self) -> str:
        sizes = " and ".join(f"{name} of {len(text):,} characters" for name, text in self.texts.items())
        claim = _CLAIM.search(self.texts.get(MAIN, ""))
        says = f", by its own word of xlremic {claim[1]}" if claim and self.form is None else ""
        return f"xlwings Lite: {sizes or 'no text'}{says}"


@cache
def texts(form: Form) -> Mapping[str, str]:
    """The texts of a form by their names in Lite's editor, the same on every machine for the same package."""
    names = [function.name for function in FUNCTIONS]
    imports = "".join(f"    {name},\n" for name in names)
    version = metadata.version("xlremic")
    head = {"first": names[0], "others": str(len(names) - 1), "version": version}
    if form is Form.PACKAGE:
        return {MAIN: filled("lite_package.txt", imports=imports, **head), REQUIREMENTS: f"xlremic=={version}\n"}
    package = Path(__file__).parent.parent.parent
    files = ["__init__.py", *bundled_files(package, _START)]
    sources = {f"xlremic/{name}": (package / name).read_text(encoding="utf-8") for name in files}
    # bzip2 packs to the same bytes everywhere; zlib does not.
    packed = base64.b64encode(bz2.compress(json.dumps(sources, ensure_ascii=False).encode())).decode()
    lines = "".join(f"{packed[i : i + _LINE]}\n" for i in range(0, len(packed), _LINE))
    body = filled("lite_body.txt", sources=lines, imports=imports)
    digest = hashlib.sha256(body.encode()).hexdigest()
    needed = next(one for one in metadata.requires("xlremic") or () if one.startswith("xlwings"))
    return {
        MAIN: filled("lite_head.txt", digest=digest, count=str(len(files)), **head) + body,
        REQUIREMENTS: f"{needed}\n",
    }


def with_code(package: Package, form: Form = Form.EMBED, *, open_pane: bool = False) -> Package:
    """The package with the code's parts, and its calls stored as Excel stores those of a web add-in.

    Args:
        package: of a workbook that may carry code.
        form: how the functions get to the recipient.
        open_pane: whether Lite and its pane start with the workbook.
    Raises: InputError if it carries code already, calls none of our functions, or has LAMBDA names of their spelling.
    """
    found = code_of(package)
    if found is not None:
        other = "of another version" if found.form is None else "this version's"
        raise InputError(f"the workbook carries code already, {other} ({found}); {_CURE}")
    taken = [name for name, _, _ in package.names if name.upper() in {function.name for function in FUNCTIONS}]
    if taken:
        raise InputError(
            f"this is a portable copy: beside its LAMBDA name {taken[0]} no Python function of the workbook would run;"
            " take the workbook that it was made of"
        )
    sheets = {name: stored(package[name]) for name in package.worksheets}
    if not sum(calls for _, calls in sheets.values()):
        raise InputError("the workbook calls no REMIC function: build it with --functions lite, or type a call first")
    return package.edited({
        **{name: xml for name, (xml, calls) in sheets.items() if calls},
        ROOT_RELATIONS: _before(package[ROOT_RELATIONS], "</Relationships>", _relation()),
        TYPES: _before(package[TYPES], "</Types>", _overrides()),
        TASKPANES: filled("lite_taskpanes.xml", visible=str(int(open_pane))).encode(),
        PANE_RELATIONS: filled("lite_taskpanes.rels", extension=EXTENSION.rpartition("/")[2]).encode(),
        EXTENSION: _extension(form, open_pane=open_pane).encode(),
    })  # fmt: skip


def without_code(package: Package) -> Package:
    """The package without any code for xlwings Lite, and with bare calls; the very same package if it carries none."""
    if code_of(package) is None:
        return package
    left = package.without(CODE_PARTS)
    sheets = {name: bare(left[name]) for name in left.worksheets}
    return left.edited({
        **{name: xml for name, (xml, calls) in sheets.items() if calls},
        ROOT_RELATIONS: _OUR_RELATION.sub(b"", left[ROOT_RELATIONS]),
        TYPES: _OUR_TYPES.sub(b"", left[TYPES]),
    })  # fmt: skip


def admitted(data: bytes, *, links: bool = False) -> Package:
    """The package of a stranger's workbook with no code, or this version's own. Raises as ``preflight`` does."""
    package = preflight(data, links=links, code=True)
    found = code_of(package)
    if found is not None and found.form is None:
        raise InputError(
            f"the workbook is refused: it carries active content that is not this version's ({found}); {_CURE}"
        )
    return package


def code_of(package: Package) -> Code | None:
    """What code a package carries, if any.

    Raises: InputError if it carries an add-in that is not xlwings Lite of Microsoft's store, or more than code.
    """
    there = [name for name in CODE_PARTS if name in package.parts]
    if not there:
        return None
    if len(there) < len(CODE_PARTS):
        raise InputError(f"the workbook is refused: it holds a part of an add-in's active content ({there[0]})")
    root = etree.fromstring(package[EXTENSION])
    for reference in root.iter(f"{_NAMESPACE}reference"):
        kind = reference.get("id", ""), reference.get("storeType", "")
        if kind[0].lower() != STORE_ID or kind[1].upper() != STORE_TYPE:
            raise InputError(
                f"the workbook is refused: it holds active content, an add-in that is not xlwings Lite {kind}"
            )
    values = {one.get("name", ""): one.get("value", "") for one in root.iter(f"{_NAMESPACE}property")}
    kept = {name: _text(value) for name, value in values.items() if name not in _LITES_OWN}
    form = next((form for form in Form if texts(form) == kept), None)
    return Code(kept, form if root.find(f".//{_NAMESPACE}reference") is not None else None)


def _text(value: str) -> str:
    """A property's text. Lite keeps it as JSON; what is no such text stays as it is, and is no code of ours."""
    try:
        return str(json.loads(value))
    except ValueError:
        return value


def _extension(form: Form, *, open_pane: bool) -> str:
    kept = {name: json.dumps(text) for name, text in texts(form).items()}
    if open_pane:
        kept[SETTINGS] = json.dumps({"startupBehavior": "taskpane"})
    return filled(
        "lite_webextension.xml",
        instance=f"{{{str(uuid5(NAMESPACE_URL, STORE_ID)).upper()}}}",
        store=STORE_ID,
        kind=STORE_TYPE,
        properties="".join(
            f"<we:property name={quoteattr(name)} value={quoteattr(text)}/>" for name, text in kept.items()
        ),
        functions="".join(
            f"<we:customFunctionIds>{STORED}{function.name}</we:customFunctionIds>" for function in FUNCTIONS
        ),
    )


def _relation() -> str:
    return f'<Relationship Id="{_RELATION_ID}" Type="{_RELATION_TYPE}" Target="{TASKPANES}"/>'


def _overrides() -> str:
    kinds = {TASKPANES: f"{_TYPE}taskpanes+xml", EXTENSION: f"{_TYPE}+xml"}
    return "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in kinds.items())


def _before(part: bytes, end: str, added: str) -> bytes:
    """A list with something more at its end. Raises: InputError if it is not written as spreadsheet programs do."""
    head, found, tail = part.rpartition(end.encode())
    if not found:
        raise InputError(
            "the workbook's lists of parts are not as spreadsheet programs write them: save it in Excel first"
        )
    return head + added.encode() + found + tail
