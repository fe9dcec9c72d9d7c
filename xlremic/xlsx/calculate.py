"""Computed values beside the formulas of a saved workbook. Nothing of deals.

Mail previews and Protected View never calculate, so every formula cell must carry its value. The embedded engine
computes them; only they are written, by it or, where its writer stops, here, and every other byte of the package stays.
Anything it cannot compute is refused: a workbook with a missing or an error value is never handed on.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import formualizer
from lxml import etree

from ..errors import InputError, TemplateError
from .package import MAIN, Package
from .references import Corner, column_number

Scalar = float | str | bool
Values = dict[tuple[str, str], Scalar]  # (sheet, cell) -> value

_CLOCK = datetime(2000, 1, 1, tzinfo=UTC)  # no formula of ours reads the clock; a fixed one makes that certain
RELATIVE_TOLERANCE = 1e-9
MOST_FORMULAS, MOST_COLUMNS = 100_000, 256
"""What the embedded engine's own writer takes: formulas of a workbook, columns of a sheet."""
MOST_CELLS = 4_000_000
"""Of the range of a sheet's formulas: as many values are looked up at once."""
_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"')
_WITH_FORMULA = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*><f')
_FORMULA_CELL = re.compile(
    r'<c r="([A-Z]+)(\d+)"([^>]*)>(<f(?: [^>]*)?(?:/>|>[^<]*</f>))(?:<v>([^<]*)</v>|<v ?/>)?</c>'
)


@dataclass(frozen=True, slots=True)
class Cells:
    """The formula cells of a workbook: their cached values (``None`` where there is none) and their formulas."""

    values: Mapping[tuple[str, str], Scalar | None]
    formulas: Mapping[tuple[str, str], str]


def calculate(package: Package, functions: Mapping[str, Callable[..., object]] | None = None) -> Package:
    """The workbook with the computed value beside every formula.

    ``functions`` are worksheet functions that no spreadsheet engine knows, by name; a call of one takes numbers, texts,
    truths and lists of rows, and gives one of them.

    Raises: TemplateError if a formula gives an error, uses an unknown function or cannot be computed.
    """
    called = _called(package, functions or {})
    data = package.to_bytes(packed=False)
    if called or not _is_written_by_the_engine(package):
        return _calculated_whole(package, data, called)
    try:
        result = formualizer.recalculate_xlsx_bytes(data, deterministic_timestamp_utc=_CLOCK)
    except (OSError, RuntimeError, ValueError):  # its writer wants what a program may leave out, as a count of tables
        return _calculated_whole(package, data, called)
    summary = result["summary"]
    if summary["unknown_functions"]:
        raise TemplateError(f"the workbook uses functions that nobody knows: {summary['unknown_functions']}")
    if summary["errors"] or summary["total_errors"]:
        places = "; ".join(
            f"{kind} in {', '.join(details.get('locations', []))}"
            for kind, details in summary.get("error_summary", {}).items()
        )
        raise TemplateError(f"{summary['total_errors']} formulas give an error: {places}")
    return Package.of(result["bytes"])


def _called(package: Package, functions: Mapping[str, Callable[..., object]]) -> dict[str, Callable[..., object]]:
    """Which of the functions the formulas of a workbook call."""
    sheets = [package[part] for part in package.sheets.values()]
    return {name: body for name, body in functions.items() if any(f"{name}(".encode() in xml for xml in sheets)}


def _is_written_by_the_engine(package: Package) -> bool:
    """Whether the embedded engine's own writer takes a workbook: not too many formulas, and no sheet too wide."""
    sheets = [package[part] for part in package.sheets.values()]
    return (
        sum(xml.count(b"</f>") for xml in sheets) <= MOST_FORMULAS
        and max((_last(_CELL, xml).column for xml in sheets), default=0) <= MOST_COLUMNS
    )


def _last(cells: re.Pattern[bytes], xml: bytes) -> Corner:
    """The last column and row in which a sheet has such a cell, whatever it states; 0 if it has none."""
    found = cells.findall(xml)
    columns = {column_number(letters.decode()) for letters in {letters for letters, _ in found}}
    return Corner(max(columns, default=0), max((int(row) for _, row in found), default=0))


def _calculated_whole(package: Package, data: bytes, functions: Mapping[str, Callable[..., object]]) -> Package:
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

    def valued(sheet: str, xml: bytes) -> bytes:
        last = _last(_WITH_FORMULA, xml)
        if last.row == 0:
            return xml
        if last.row * last.column > MOST_CELLS:
            raise TemplateError(f"the workbook cannot be calculated: {sheet} has formulas too far apart, in {last}")
        grid = model.sheet(sheet).get_values(formualizer.RangeAddress(sheet, 1, 1, last.row, last.column))
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

        return _FORMULA_CELL.sub(cell, xml.decode()).encode()

    calculated = package.edited({part: valued(sheet, package[part]) for sheet, part in package.sheets.items()})
    if errors:
        raise TemplateError(f"{len(errors)} formulas give an error: {', '.join(errors[:10])}")
    return calculated


def formula_cells(package: Package) -> Cells:
    """Every formula cell of a saved workbook with its cached value; dates are serial numbers.

    Raises: InputError for a sheet that cannot be read.
    """
    values: dict[tuple[str, str], Scalar | None] = {}
    formulas: dict[tuple[str, str], str] = {}
    for sheet, part in package.sheets.items():
        for formula in package.tree(part).iter(f"{MAIN}f"):
            cell = formula.getparent()
            if cell is not None and cell.tag == f"{MAIN}c":
                place = sheet, cell.get("r", "")
                formulas[place] = formula.text or ""
                values[place] = _value(cell, package)
    return Cells(values, formulas)


def _value(cell: etree._Element, package: Package) -> Scalar | None:
    value = cell.find(f"{MAIN}v")
    if value is None or value.text is None:
        return "" if cell.get("t") == "str" and value is not None else None
    return package.string(value.text) if cell.get("t") == "s" else _scalar(value.text, cell.get("t", "n"))


def without_values(package: Package) -> Package:
    """The workbook with no cached value left, so that whoever opens it must calculate."""
    return package.edited_sheets(lambda xml: re.sub(rb"(</f>|<f\b[^<>]*/>)<v>[^<]*</v>", rb"\1", xml))


def with_empty_cells_untyped(package: Package) -> Package:
    """The workbook with no number type on empty cells, which IronCalc takes for zeros."""
    return package.edited_sheets(lambda xml: re.sub(rb'(<c\b[^<>]*?) t="n"((?: [^<>]*)?(?:/>|></c>))', rb"\1\2", xml))


def same(
    first: Scalar | None, second: Scalar | None, relative: float = RELATIVE_TOLERANCE, absolute: float = 1e-13
) -> bool:
    """Whether two engines mean one value; differences of nearly equal figures are noise below ``absolute``."""
    if isinstance(first, bool) or isinstance(second, bool) or isinstance(first, str) or isinstance(second, str):
        return first == second
    if first is None or second is None:
        return first is second
    return abs(first - second) <= max(absolute, relative * max(abs(first), abs(second)))


def _scalar(text: str, kind: str) -> Scalar:
    if kind == "b":
        return text == "1"
    if kind != "n":
        return text
    try:
        return float(text)
    except ValueError:
        raise InputError(f"the workbook is damaged: {text[:20]!r} stands where a number belongs") from None
