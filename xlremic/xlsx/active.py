"""What a plain workbook has none of: programs, and whatever reaches out of the file when it is opened or calculated."""

import re
from collections.abc import Mapping

from ..errors import InputError
from .package import BOOK

_PARTS = (
    "vbaproject", "vbadata", "externallinks/", "embeddings/", "activex/", "ctrlprops/", "connections.xml",
    "macrosheets/", "dialogsheets/", "customui", "querytables/", "webextensions/", "volatiledependencies", "xmlmaps",
    "rdrichvaluewebimage", "xl/model/", "customdata/",
)  # fmt: skip
_RELATIONS = (
    "vbaproject", "oleobject", "package", "control", "ctrlprop", "connections", "querytable", "xlmacrosheet",
    "xlintlmacrosheet", "dialogsheet", "webextension", "webextensiontaskpanes", "extensibility", "attachedtoolbars",
    "xmlmaps", "volatiledependencies", "rdrichvaluewebimage", "powerpivotdata", "frame", "subdocument",
)  # fmt: skip
"""Last words of the types of relations."""
_LINKS = ("externallinks/", "externallink", "externallinkpath", "externallinklongpath", "xlpathmissing")
"""What a link to another workbook needs."""
CODE_PARTS = (
    "xl/webextensions/taskpanes.xml",
    "xl/webextensions/webextension1.xml",
    "xl/webextensions/_rels/taskpanes.xml.rels",
)
"""Where an add-in of the store keeps what it stores in a workbook: its pane, itself, and the relation of the two."""
_CODE_RELATIONS = {
    ("_rels/.rels", "webextensiontaskpanes"): CODE_PARTS[0],
    (CODE_PARTS[2], "webextension"): CODE_PARTS[1],
}
_TYPES = (
    "macroenabled",
    "macrosheet",
    "dialogsheet",
    "vbaproject",
    "activex",
    "oleobject",
    "connections",
    "webextension",
)
_MAIN_TYPE = "sheet.main+xml"
_ADDRESSES = ("http://", "https://", "mailto:")
"""What a person may link a cell to; a file or another computer would be asked for by the mere click."""
_FORMULAS = re.compile(rb"<(?:[\w.-]+:)?(?:f|formula[12]?|definedName)(?:\s[^<>]*)?>([^<]+)<")
_NUMBERED = re.compile(rb"&#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}));")
_FUNCTIONS = (
    b"WEBSERVICE RTD DDE CALL REGISTER REGISTER.ID EXEC IMAGE SQL.REQUEST INITIATE POKE FOPEN STOCKHISTORY".split()
)
_CALLED = re.compile(rb"(?<![\w.])(?:_XL\w+\.)*(?:" + b"|".join(map(re.escape, _FUNCTIONS)) + rb")\s*\(")
_OTHER_PROGRAM = re.compile(rb"\|")
_OTHER_FILE = re.compile(rb"\[\d+\]|'[^']*\[[^\]']*\][^']*'!|\[[^\]\[]*\.\w{2,5}\]|&APOS;[^&]*\[")
_REASONS = (
    (_CALLED, "reaches outside it"),
    (_OTHER_PROGRAM, "starts another program"),
    (_OTHER_FILE, "links to another file"),
)
_TEXTS = re.compile(rb'"[^"]*"|&QUOT;.*?&QUOT;', re.DOTALL)
_RUN = re.compile(r"(?:_xlnm\.)?auto_\w+", re.IGNORECASE)


def refuse_active_part(name: str, *, links: bool, code: bool = False) -> None:
    """Raises: InputError for a part that is active or external by its name."""
    found = next((word for word in _PARTS if word in name.lower()), "")
    if found and not (links and found in _LINKS) and not (code and name in CODE_PARTS):
        raise InputError(f"the workbook is refused: it holds active or external content ({name})")


def refuse_relation(part: str, relation: Mapping[str, str], *, links: bool, code: bool = False) -> None:
    """Raises: InputError for a relation to what is active, or outside the workbook."""
    kind = relation.get("Type", "").rpartition("/")[2].lower()
    target = relation.get("Target", "")
    if links and kind in _LINKS:
        return
    if code and relation.get("TargetMode", "Internal") == "Internal" and _is_code(part, kind, target):
        return
    if kind in _RELATIONS or kind in _LINKS:
        raise InputError(f"the workbook is refused: it holds active or external content ({part}: {kind} {target})")
    outside = relation.get("TargetMode", "").lower() == "external"
    if outside and not (kind == "hyperlink" and target.lower().startswith(_ADDRESSES)):
        raise InputError(f"the workbook is refused: it reaches outside itself ({part}: {kind} {target})")
    if kind == "officedocument" and target.removeprefix("/") != BOOK:
        raise InputError(f"the workbook is refused: its book is not where it belongs ({target})")


def _is_code(part: str, kind: str, target: str) -> bool:
    """Whether a relation leads to the part where an add-in keeps its code, from where it is expected."""
    expected = _CODE_RELATIONS.get((part, kind))
    return expected is not None and target in (expected, f"/{expected}", expected.rpartition("/")[2])


def refuse_type(entry: Mapping[str, str], *, code: bool = False) -> None:
    """Raises: InputError for a declared type of content that is active, or a second book."""
    kind, part = entry.get("ContentType", "").lower(), entry.get("PartName", "")
    if code and part.removeprefix("/") in CODE_PARTS and "webextension" in kind:
        return
    if any(word in kind for word in _TYPES):
        raise InputError(f"the workbook is refused: it holds active or external content ({part or kind})")
    if kind.endswith(_MAIN_TYPE) and part.removeprefix("/") != BOOK:
        raise InputError(f"the workbook is refused: its book is not where it belongs ({part or kind})")


def refuse_sheet(sheet: Mapping[str, str]) -> None:
    """Raises: InputError for a sheet that is hidden beyond a person's reach."""
    if sheet.get("state", "").lower() == "veryhidden":
        raise InputError(f"the workbook is refused: no menu shows its sheet {sheet.get('name')!r}")


def refuse_name(name: Mapping[str, str]) -> None:
    """Raises: InputError for a name that a program runs by."""
    runs = any(name.get(kind, "").lower() in ("1", "true") for kind in ("xlm", "vbProcedure"))
    if runs or _RUN.match(name.get("name", "")):
        raise InputError(f"the workbook is refused: it names a macro to run ({name.get('name')!r})")


def refuse_active_formulas(part: str, content: bytes, *, links: bool) -> None:
    """Raises: InputError for formulas that reach out of the workbook."""
    formulas = b"\n".join(_FORMULAS.findall(content)).upper()
    if b"&#" in formulas:
        formulas = _NUMBERED.sub(_letter, formulas).upper()
    for pattern, reason in _REASONS[: 2 if links else 3]:
        if pattern.search(formulas) and (found := pattern.search(_TEXTS.sub(b'""', formulas))):
            what = found[0].decode(errors="replace")[:60]
            raise InputError(f"the workbook is refused: a formula of {part} {reason} ({what})")


def _letter(found: re.Match[bytes]) -> bytes:
    number = int(found[1], 16) if found[1] else int(found[2])
    return chr(number).encode() if 0 < number < 0xD800 else b" "
