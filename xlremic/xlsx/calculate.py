"""Computed values beside the formulas of a saved workbook: zip parts and cells, nothing of deals.

Mail previews and Protected View never calculate, so every formula cell must carry its value. The embedded engine
writes only those values and leaves every other byte of the package alone. Anything it cannot compute is refused:
a workbook with a missing or an error value is never handed on.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import formualizer
from lxml import etree

from ..errors import InputError, TemplateError

Scalar = float | str | bool
Values = dict[tuple[str, str], Scalar]  # (sheet, cell) -> value

MAX_TOTAL, MAX_PART, MAX_RATIO, MAX_PARTS = 200 << 20, 100 << 20, 200, 2_000
_ACTIVE = ("vbaProject", "externalLinks/", "embeddings/", "activeX/", "connections.xml", "macrosheets/", "customUI")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CLOCK = datetime(2000, 1, 1, tzinfo=UTC)  # no formula of ours reads the clock; a fixed one makes that certain
RELATIVE_TOLERANCE = 1e-9
MOST_FORMULAS = 100_000
"""What the embedded engine's own writer takes."""
_DIMENSION = re.compile(r'<dimension ref="(?:[A-Z]+\d+:)?([A-Z]+)(\d+)"/>')
_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
_FORMULA_CELL = re.compile(
    r'<c r="([A-Z]+)(\d+)"([^>]*)>(<f(?: [^>]*)?(?:/>|>[^<]*</f>))(?:<v>([^<]*)</v>|<v ?/>)?</c>'
)


@dataclass(frozen=True, slots=True)
class Cells:
    """The formula cells of a workbook: their cached values (``None`` where there is none) and their formulas."""

    values: Mapping[tuple[str, str], Scalar | None]
    formulas: Mapping[tuple[str, str], str]


def preflight(data: bytes, *, links: bool = False) -> None:
    """Refuse packages that are not a plain workbook before any spreadsheet reader sees them.

    ``links`` lets links to other workbooks pass: an add-in's function that a program stored by its file has one.

    Raises: InputError for bombs, unsafe paths, DTDs, macros, external links and other active content.
    """
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise InputError("this is not an Excel workbook (.xlsx): it is no zip package") from None
    with package:
        parts = package.infolist()
        names = [part.filename for part in parts]
        if len(names) > MAX_PARTS or len(set(names)) != len(names):
            raise InputError("the workbook is refused: it has too many parts, or two of one name")
        for name in names:
            if name.startswith("/") or ".." in name.split("/") or "\\" in name:
                raise InputError(f"the workbook is refused: part {name!r} points outside the package")
            if any(active in name for active in _ACTIVE if not (links and active == "externalLinks/")):
                raise InputError(f"the workbook is refused: it holds active or external content ({name})")
        if "xl/workbook.xml" not in names:
            raise InputError("this is not an Excel workbook (.xlsx): xl/workbook.xml is missing")
        total = 0
        for part in parts:
            try:
                total += _inspected(package, part, MAX_TOTAL - total)
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
                raise InputError(f"the workbook is refused: {part.filename} is damaged or encrypted: {error}") from None


def _inspected(package: zipfile.ZipFile, part: zipfile.ZipInfo, room: int) -> int:
    """Size of a part, read piece by piece, since headers lie. Raises InputError for what no parser should see."""
    size, behind = 0, b""
    xml = part.filename.lower().endswith((".xml", ".rels", ".vml"))
    with package.open(part) as stream:
        while chunk := stream.read(1 << 16):
            if xml and size == 0 and not _is_utf8(chunk):
                raise InputError(f"the workbook is refused: {part.filename} is not in UTF-8")
            size += len(chunk)
            if size > MAX_PART or size > room or size > MAX_RATIO * max(part.compress_size, 4096):
                raise InputError(f"the workbook is refused: {part.filename} expands beyond every measure")
            if b"<!DOCTYPE" in (seen := behind + chunk) or b"<!ENTITY" in seen:
                raise InputError(f"the workbook is refused: {part.filename} declares entities")
            behind = chunk[-8:]
    return size


def _is_utf8(start: bytes) -> bool:
    """Whether XML is in the one encoding that spreadsheet programs write, so that its text can be searched."""
    declared = _ENCODING.match(start)
    if b"\0" in start[:4] or (b"<?xml" in start[:64] and b"?>" not in start):
        return False
    return declared is None or declared[1].lower() in (b"utf-8", b"us-ascii", b"ascii")


def calculate(data: bytes, functions: Mapping[str, Callable[..., object]] | None = None) -> bytes:
    """The workbook with the computed value beside every formula.

    ``functions`` are worksheet functions that no spreadsheet engine knows, by name; a call of one takes numbers, texts,
    truths and lists of rows, and gives one of them.

    Raises: TemplateError if a formula gives an error, uses an unknown function or cannot be computed.
    """
    count, called = _formulas_of(data, functions or {})
    if count > MOST_FORMULAS or called:
        return _calculated_whole(data, called)
    try:
        result = formualizer.recalculate_xlsx_bytes(data, deterministic_timestamp_utc=_CLOCK)
    except (OSError, RuntimeError, ValueError) as error:
        raise TemplateError(f"the workbook cannot be calculated: {error}") from error
    summary = result["summary"]
    if summary["unknown_functions"]:
        raise TemplateError(f"the workbook uses functions that nobody knows: {summary['unknown_functions']}")
    if summary["errors"] or summary["total_errors"]:
        places = "; ".join(
            f"{kind} in {', '.join(details.get('locations', []))}"
            for kind, details in summary.get("error_summary", {}).items()
        )
        raise TemplateError(f"{summary['total_errors']} formulas give an error: {places}")
    calculated: bytes = result["bytes"]
    return calculated


def _formulas_of(
    data: bytes, functions: Mapping[str, Callable[..., object]]
) -> tuple[int, dict[str, Callable[..., object]]]:
    """How many formulas a workbook has, and which of the functions they call."""
    count = 0
    called: dict[str, Callable[..., object]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for _, part in sheet_parts(package):
            xml = package.read(part)
            count += xml.count(b"</f>")
            called |= {name: body for name, body in functions.items() if f"{name}(".encode() in xml}
    return count, called


def _calculated_whole(data: bytes, functions: Mapping[str, Callable[..., object]]) -> bytes:
    """``calculate`` where the engine's own writer does not reach: its values, written here."""
    try:
        model = formualizer.load_workbook_bytes(data)
        for name, body in functions.items():
            model.register_function(name, body)
        model.set_temporal_egress("serial")
        model.set_deterministic_clock(_CLOCK)
        model.evaluate_all()
    except (OSError, RuntimeError, ValueError) as error:
        raise TemplateError(f"the workbook cannot be calculated: {error}") from error
    errors: list[str] = []
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheets = {part: sheet for sheet, part in sheet_parts(package)}

    def valued(part: str, xml: bytes) -> bytes:
        text, sheet = xml.decode(), sheets[part]
        area = _DIMENSION.search(text)
        if area is None or "</f>" not in text:
            return xml
        last_row, last_column = int(area[2]), column_number(area[1])
        grid = model.sheet(sheet).get_values(formualizer.RangeAddress(sheet, 1, 1, last_row, last_column))
        columns: dict[str, int] = {}

        def cell(match: re.Match[str]) -> str:
            letters, row, attributes, formula, old = match.groups()
            column = columns.get(letters)
            if column is None:
                column = columns[letters] = column_number(letters) - 1
            value = grid[int(row) - 1][column]
            if " t=" in attributes:
                if old == value and ' t="str"' in attributes:
                    return match[0]
                attributes = re.sub(r' t="[^"]*"', "", attributes)
            elif old and type(value) is float and float(old) == value:
                return match[0]  # as it was written before
            if type(value) is float:
                shown = repr(value)
                return f'<c r="{letters}{row}"{attributes}>{formula}<v>{shown.removesuffix(".0")}</v></c>'
            if isinstance(value, bool):
                return f'<c r="{letters}{row}"{attributes} t="b">{formula}<v>{int(value)}</v></c>'
            if isinstance(value, str):
                return f'<c r="{letters}{row}"{attributes} t="str">{formula}<v>{escape(value)}</v></c>'
            if not isinstance(value, int | float):
                errors.append(f"{sheet}!{letters}{row}")
            return f'<c r="{letters}{row}"{attributes}>{formula}<v>{value}</v></c>'

        return _FORMULA_CELL.sub(cell, text).encode()

    calculated = _rewritten(data, valued)
    if errors:
        raise TemplateError(f"{len(errors)} formulas give an error: {', '.join(errors[:10])}")
    return calculated


def column_number(letters: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


def formula_cells(data: bytes) -> Cells:
    """Every formula cell of a saved workbook with its cached value; dates are serial numbers."""
    values: dict[tuple[str, str], Scalar | None] = {}
    formulas: dict[tuple[str, str], str] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        strings = None
        for sheet, part in sheet_parts(package):
            for _, cell in etree.iterparse(io.BytesIO(package.read(part)), tag=f"{_MAIN}c", resolve_entities=False):
                formula = cell.find(f"{_MAIN}f")
                if formula is not None:
                    place = sheet, cell.get("r", "")
                    formulas[place] = formula.text or ""
                    value = cell.find(f"{_MAIN}v")
                    if value is None or value.text is None:
                        values[place] = "" if cell.get("t") == "str" and value is not None else None
                    elif cell.get("t") == "s":
                        strings = strings if strings is not None else shared_strings(package)
                        values[place] = strings[int(value.text)]
                    else:
                        values[place] = _scalar(value.text, cell.get("t", "n"))
                cell.clear()
    return Cells(values, formulas)


def without_values(data: bytes) -> bytes:
    """The workbook with no cached value left, so that whoever opens it must calculate."""
    return _rewritten(data, lambda _, xml: re.sub(rb"(</f>|<f\b[^<>]*/>)<v>[^<]*</v>", rb"\1", xml))


def with_empty_cells_untyped(data: bytes) -> bytes:
    """The workbook with no number type on empty cells, which IronCalc takes for zeros."""
    return _rewritten(data, lambda _, xml: re.sub(rb'(<c\b[^<>]*?) t="n"((?: [^<>]*)?(?:/>|></c>))', rb"\1\2", xml))


def sheet_parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Names of the sheets and of their parts, in the workbook's order."""
    book = etree.fromstring(package.read("xl/workbook.xml"))
    relations = etree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for sheet in book.iter(f"{_MAIN}sheet"):
        target = targets[sheet.get(_RELATION)]
        if "chartsheets" not in target:
            yield sheet.get("name", ""), target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def same(
    first: Scalar | None, second: Scalar | None, relative: float = RELATIVE_TOLERANCE, absolute: float = 1e-13
) -> bool:
    """Whether two engines mean one value; differences of nearly equal figures are noise below ``absolute``."""
    if isinstance(first, bool) or isinstance(second, bool) or isinstance(first, str) or isinstance(second, str):
        return first == second
    if first is None or second is None:
        return first is second
    return abs(first - second) <= max(absolute, relative * max(abs(first), abs(second)))


def _rewritten(data: bytes, edit: Callable[[str, bytes], bytes]) -> bytes:
    """The package with each sheet edited, (part, content) to content; not packed, since more is to be done to it."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(output, "w") as copy:
        for part in package.infolist():
            content = package.read(part)
            edits = part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml")
            copy.writestr(part, edit(part.filename, content) if edits else content, zipfile.ZIP_STORED)
    return output.getvalue()


def shared_strings(package: zipfile.ZipFile) -> list[str]:
    table = etree.fromstring(package.read("xl/sharedStrings.xml"))
    return ["".join(text.text or "" for text in item.iter(f"{_MAIN}t")) for item in table]


def _scalar(text: str, kind: str) -> Scalar:
    if kind == "b":
        return text == "1"
    return float(text) if kind == "n" else text
