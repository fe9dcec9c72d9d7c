"""The portable copy: a workbook whose functions are LAMBDA names of its own, so that it needs no add-in.

Only functions with a closed form can be such names; the rest need an add-in. A LAMBDA name and an add-in's function of
the same name disturb each other, so the names go into a copy, and never into a workbook that calls an add-in. The copy
is the workbook byte for byte, but for its list of names and one sheet more, Functions, that explains them.
"""

import re
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from ...errors import InputError
from ...xlsx.active import CODE_PARTS
from ...xlsx.measure import MAX_AREA
from ...xlsx.package import BOOK, MAIN, OFFICE, RELATIONS, STYLES, TYPES, Package
from ...xlsx.preflight import preflight
from ...xlsx.references import Reference
from ..registry import FUNCTIONS, CellError, Function, Scalar, call
from .texts import filled

SHEET = "Functions"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_CALLS = re.compile(rb"<(?:\w+:)?f\b[^>]*>[^<]*\bREMIC_[A-Z_]+\(|<(?:\w+:)?f\b[^>]*>[^<]*_xldudf_", re.IGNORECASE)
_AFTER_SHEETS = ("sheets", "functionGroups", "externalReferences")
_COLUMNS = (
    ("Function", 26),
    ("What it gives", 70),
    ("Arguments, all of them needed", 70),
    ("Example", 62),
    ("Result", 20),
)


def lambda_text(function: Function) -> str:
    """A function's closed form as the text of a defined name, as workbooks store it: new words have prefixes.

    Raises: InputError if the function has no closed form.
    """
    if function.closed_form is None:
        raise InputError(f"{function.name} has no closed form: it needs an add-in")
    # A parameter spelled like a name of the workbook (classes, Classes; cpr, CPR) could be taken for it.
    parameters = [f"_xlpm.{argument.name}_" for argument in function.arguments]
    return f"_xlfn.LAMBDA({','.join(parameters)},{with_arguments(function, parameters)})"


def with_arguments(function: Function, texts: Sequence[str]) -> str:
    """A function's closed form over other texts in place of its arguments' names; words in quotes stay."""
    given = dict(zip((argument.name for argument in function.arguments), texts, strict=True))
    pattern = re.compile(rf'"[^"]*"|\b(?P<name>{"|".join(given)})\b')
    return pattern.sub(lambda found: given[found["name"]] if found["name"] else found[0], function.closed_form or "")


def portable(data: bytes) -> bytes:
    """A copy of a workbook with the LAMBDA names and the sheet that explains them.

    Raises: InputError if it is no plain workbook, calls functions of an add-in, or has these names or that sheet.
    """
    package = preflight(data, code=True)
    if any(part in package.parts for part in CODE_PARTS):
        raise InputError(
            "the workbook holds active content, code for xlwings Lite, whose functions LAMBDA names of their spelling"
            " would stop: make the portable copy of a workbook without code"
        )
    if not package.sheets:
        raise InputError("the workbook has no sheets")
    if any(_CALLS.search(package[part]) for part in package.worksheets):
        raise InputError("the workbook calls functions of an add-in; make the portable copy of one that calls none")
    new_part = f"xl/worksheets/{SHEET.lower()}.xml"
    lists = {BOOK: _with_names(package[BOOK]), RELATIONS: _with_relation(package[RELATIONS], new_part)}
    types = {TYPES: _with_type(package[TYPES], new_part)}
    return package.edited({**lists, **types, new_part: _functions_sheet(package)}).to_bytes()


def _with_names(part: bytes) -> bytes:
    book = etree.fromstring(part)
    sheets = book.find(f"{MAIN}sheets")
    if sheets is None:
        raise InputError("the workbook has no sheets")
    names = book.find(f"{MAIN}definedNames")
    if names is None:
        names = etree.Element(f"{MAIN}definedNames")
        before = [i for i, child in enumerate(book) if etree.QName(child).localname in _AFTER_SHEETS]
        book.insert(before[-1] + 1, names)
    taken = {str(name.get("name")).upper() for name in names} | {str(sheet.get("name")).upper() for sheet in sheets}
    again = [f.name for f in FUNCTIONS if f.name in taken] + ([SHEET] if SHEET.upper() in taken else [])
    if again:
        raise InputError(f"the workbook has {', '.join(again)} already; make the portable copy of the original")
    for function in FUNCTIONS:
        if function.closed_form is not None:
            etree.SubElement(names, f"{MAIN}definedName", name=function.name).text = lambda_text(function)
    highest = max(int(sheet.get("sheetId", "0")) for sheet in sheets)
    # Some readers look for the relation under no other prefix than r.
    sheet = etree.SubElement(sheets, f"{MAIN}sheet", {"name": SHEET, "sheetId": str(highest + 1)}, {"r": OFFICE})
    sheet.set(f"{{{OFFICE}}}id", f"rId{SHEET}")
    return etree.tostring(book, xml_declaration=True, encoding="UTF-8", standalone=True)


def _with_relation(part: bytes, target: str) -> bytes:
    relations = etree.fromstring(part)
    etree.SubElement(
        relations,
        f"{{{_PACKAGE}/relationships}}Relationship",
        Id=f"rId{SHEET}",
        Type=f"{OFFICE}/worksheet",
        Target=f"/{target}",
    )
    return etree.tostring(relations, xml_declaration=True, encoding="UTF-8", standalone=True)


def _with_type(part: bytes, target: str) -> bytes:
    types = etree.fromstring(part)
    tag = f"{{{_PACKAGE}/content-types}}Override"
    etree.SubElement(types, tag, PartName=f"/{target}", ContentType=_SHEET_TYPE)
    return etree.tostring(types, xml_declaration=True, encoding="UTF-8", standalone=True)


def _functions_sheet(package: Package) -> bytes:
    """One row per function: what it gives, its arguments, an example to type and its live result."""
    look = _looks(package.parts.get(STYLES, b"<none/>"))
    rows = [
        [("Functions", look["title"])],
        [("Formulas in this workbook's own names: nothing to install, but they need Excel 365 or Excel 2024.", "")],
        [],
        [(title, look["header"]) for title, _ in _COLUMNS],
    ]
    lines = [
        _row(i, [_text(i, c, text, style) for c, (text, style) in enumerate(row)]) for i, row in enumerate(rows, 1)
    ]
    named = _named_values(package)
    for i, function in enumerate((f for f in FUNCTIONS if f.closed_form is not None), len(rows) + 1):
        arguments = "; ".join(f"{a.name}: {a.help}{f', {a.unit}' if a.unit else ''}" for a in function.arguments)
        texts = [function.name, function.help, arguments, function.example]
        cells = [_text(i, c, text, look["note"] if 0 < c < 3 else "") for c, text in enumerate(texts)]
        lines.append(_row(i, [*cells, _result(i, function, named)]))
    last = len(lines) + 2
    missing = ", ".join(f.name for f in FUNCTIONS if f.closed_form is None)
    lines.append(_row(last, [_text(last, 0, f"Not in this copy, as they need the add-in: {missing}", "")]))
    columns = "".join(
        f'<col min="{i}" max="{i}" width="{width}" customWidth="1"/>' for i, (_, width) in enumerate(_COLUMNS, 1)
    )
    made = filled(
        "functions_sheet.xml",
        header=str(len(rows)),
        first=str(len(rows) + 1),
        columns=columns,
        rows="".join(lines),
    )
    return made.removesuffix("\n").encode()


def _looks(styles: bytes) -> dict[str, str]:
    """Looks of the workbook's own named styles, by number: title, header, and text that wraps."""
    book = etree.fromstring(styles)
    named = {style.get("name"): style.get("xfId") for style in book.iter(f"{MAIN}cellStyle")}
    looks = list(book.iterfind(f"{MAIN}cellXfs/{MAIN}xf"))

    def look(name: str, *, wraps: bool = False) -> str:
        """The first look of a style; nothing if there is none."""
        found = (
            str(number)
            for number, one in enumerate(looks)
            if name in named
            and one.get("xfId") == named[name]
            and (not wraps or one.find(f"{MAIN}alignment[@wrapText='1']") is not None)
        )
        return next(found, "")

    # A workbook of before has words that wrap in another style.
    note = look("Label", wraps=True) or look("Unit", wraps=True)
    return {"title": look("Title"), "header": look("Band"), "note": note}


def _row(number: int, cells: Sequence[str]) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def _text(row: int, column: int, text: str, style: str) -> str:
    look = f' s="{style}"' if style else ""
    place = f"{'ABCDE'[column]}{row}"
    return f'<c r="{place}"{look} t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _result(row: int, function: Function, named: dict[str, Any]) -> str:
    """The example as a live formula with its value beside it; nothing if the workbook lacks a name that it uses."""
    formula = function.example.removeprefix("=")
    words = formula[formula.index("(") + 1 : -1].split(",")
    if any(word[0].isalpha() and word not in named and word not in ("TRUE", "FALSE") for word in words):
        return ""
    try:
        value: Any = call(function.name, [_value(word, named) for word in words])
        kind, shown = _shown(value)
    except CellError as error:
        kind, shown = "e", str(error.code)
    return f'<c r="E{row}" t="{kind}"><f>{escape(formula)}</f><v>{escape(shown)}</v></c>'


def _value(word: str, named: dict[str, Any]) -> object:
    if word in named:
        return named[word]
    if word in ("TRUE", "FALSE"):
        return word == "TRUE"
    return word.strip('"') if word.startswith('"') else float(word)


def _shown(value: Scalar) -> tuple[str, str]:
    if isinstance(value, bool):
        return "b", str(int(value))
    return ("str", value) if isinstance(value, str) else ("n", repr(value))


def _named_values(package: Package) -> dict[str, Any]:
    """What the workbook's names hold, as saved: one value or a table of them; of names for plain cells only."""
    from ...xlsx.patch import opened  # noqa: PLC0415 - heavy, and only this copy needs it

    book = opened(package.to_bytes(packed=False))
    values: dict[str, Any] = {}
    for name, local, text in package.names:
        cells = Reference.parse(text)
        if not local and cells and cells.sheet in book.sheetnames and cells.size <= MAX_AREA:
            left, top, right, bottom = cells.bounds
            rows = [list(row) for row in book[cells.sheet].iter_rows(top, bottom, left, right, values_only=True)]
            values[name] = rows if cells.last else rows[0][0]
    return values
