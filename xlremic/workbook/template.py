"""The template and how it grows: from one pool, one class and one check to as many as a deal has.

A prototype is a range with a block name (``block.Pools``). Its copies stand to the right or below; then every range
that spans the prototype and ends with it (in formulas, names, formats, print areas, charts) spans all copies too.
Nothing is ever inserted, so nothing else moves, but for charts below a block, which stay below it. Columns of the
projection are repeated by ``xlsx.growth``; its prototype month (``months.Waterfall``) only reserves its rows here, for
``xlsx.rows`` to write.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.chart import AreaChart
from openpyxl.chart._chart import ChartBase
from openpyxl.formula.tokenizer import Token, Tokenizer
from openpyxl.formula.translate import Translator
from openpyxl.worksheet.worksheet import Worksheet

from ..errors import InputError, TemplateError
from ..xlsx.growth import series_of, spread
from ..xlsx.preflight import preflight
from ..xlsx.references import Reference, column_letters, rewritten
from .filing_rows import SHEETS, rows
from .names import PUBLIC

Bounds = tuple[int, int, int, int]  # left, top, right, bottom


def packaged(folder: str, name: str) -> Path:
    """A file of ``templates`` or ``samples``, in an installed package and in a checkout alike."""
    here = Path(__file__).parent.parent
    for place in (here / folder / name, here.parent / folder / name):
        if place.is_file():
            return place
    raise TemplateError(f"{folder}/{name} is missing from this installation; install xlremic again")


def bounds_of(reference: str) -> Bounds:
    return Reference.of(reference).bounds


@dataclass(frozen=True, slots=True)
class Block:
    """A prototype range of one sheet and the range that it makes together with its copies."""

    sheet: str
    first: Bounds
    grown: Bounds
    reserved: bool = False


class Template:
    """A loaded template: its named places, and the growth of its blocks.

    Raises: InputError if the file cannot be read; TemplateError if it lacks a name that a deal needs.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        place = packaged("templates", "deal.xlsx") if path is None else Path(path)
        try:
            data = place.read_bytes()
        except OSError as error:
            raise InputError(f"template {place} cannot be read: {error.strerror or error}") from error
        preflight(data)
        self.workbook: Workbook = load_workbook(io.BytesIO(data))
        for sheet in self.workbook.worksheets:
            for chart in sheet._charts:
                _mended(chart)
        self._sheets = {sheet.title: sheet for sheet in self.workbook.worksheets}
        self.anchors: dict[str, tuple[str, int, int]] = {}
        self._find_anchors()
        wanted = {row.anchor.removeprefix("row.") for title in SHEETS for row in rows(title)}
        missing = sorted(wanted - set(self.anchors)) + [
            name for name in PUBLIC if name not in self.workbook.defined_names
        ]
        if missing:
            raise TemplateError(
                f"template {place} lacks the names {', '.join(missing)}; start again from templates/deal.xlsx"
            )

    def _find_anchors(self) -> None:
        for name in self.workbook.defined_names:
            if name.startswith("row."):
                sheet, (column, row, _, _) = self.place(name)
                self.anchors[name.removeprefix("row.")] = sheet, row, column

    def place(self, name: str) -> tuple[str, Bounds]:
        """Sheet and bounds of a defined name."""
        defined = self.workbook.defined_names.get(name)
        if defined is None:
            raise TemplateError(f"the template lacks the name {name}; start again from templates/deal.xlsx")
        sheet, _, reference = str(defined.attr_text).rpartition("!")
        return sheet.strip("'"), bounds_of(reference)

    def cell(self, sheet: str, row: int, column: int) -> Cell:
        return cast(Cell, self._sheets[sheet].cell(row, column))

    def anchor(self, name: str, along: int = 0) -> Cell:
        """The prototype cell of a row, or the cell that many columns beside it."""
        sheet, row, column = self.anchors[name]
        return self.cell(sheet, row, column + along)

    def named(self, name: str) -> Cell:
        sheet, (column, row, _, _) = self.place(name)
        return self.cell(sheet, row, column)

    def range(self, name: str) -> list[list[Cell]]:
        """The cells of a defined name, row by row."""
        sheet, (left, top, right, bottom) = self.place(name)
        return [[self.cell(sheet, row, column) for column in range(left, right + 1)] for row in range(top, bottom + 1)]

    def spread(self, counts: Mapping[str, int]) -> None:
        """Repeat the columns of each kind (pool, line, senior, subordinated, result, year), before anything else."""
        spread(self.workbook, counts)
        self._find_anchors()

    def grow(self, copies: Iterable[tuple[str, int, bool]], months: int = 0) -> None:
        """Grow blocks: (name, how many in all, to the right rather than downwards); reserve the rows of the months."""
        blocks: list[Block] = []
        for name, count, across in copies:
            blocks.append(self._copied(name, count, across, blocks))
        for name in self.workbook.defined_names:
            if name.startswith("months."):
                title, (left, top, right, bottom) = self.place(name)
                grown = (left, top, right, bottom + max(months, 1) - 1)
                blocks.append(Block(title, (left, top, right, bottom), grown, reserved=True))
        self._stretch(blocks)

    def drop_anchors(self) -> None:
        """Remove the names that only code needs."""
        for name in list(self.workbook.defined_names):
            if name.startswith(("row.", "block.", "below.", "months.", "projected.")):
                del self.workbook.defined_names[name]

    def lower(self, name: str, rows: int) -> None:
        """Move the range ``below.NAME`` down, to make room for the copies of the block NAME above it.

        Every reference to it follows, but for those in charts, which draw nothing there.
        """
        title, (left, top, right, bottom) = self.place(f"below.{name}")
        sheet = self.workbook[title]

        def lowered(formula: str, home: str) -> str:
            def follow(found: Reference) -> Reference:
                if (found.sheet or home) != title or found.first.row < top:
                    return found
                last = found.last and replace(found.last, row=found.last.row + rows)
                return replace(found, first=replace(found.first, row=found.first.row + rows), last=last)

            return rewritten(formula, follow)

        for page in self.workbook.worksheets:
            for row in page.iter_rows():
                for cell in row:
                    if cell.data_type == "f" and (page is sheet or title in str(cell.value)):
                        cell.value = lowered(str(cell.value), page.title)
        for defined in self.workbook.defined_names.values():
            defined.attr_text = lowered("=" + str(defined.attr_text), "")[1:]
        seen = {
            row: copy(sheet.row_dimensions.pop(row)) for row in range(top, bottom + 1) if row in sheet.row_dimensions
        }
        sheet.move_range(f"{column_letters(left)}{top}:{column_letters(right)}{bottom}", rows=rows)
        for row, dimension in seen.items():
            dimension.index = row + rows
            sheet.row_dimensions[row + rows] = dimension
        self._find_anchors()

    def _copied(self, name: str, count: int, across: bool, before: Sequence[Block]) -> Block:
        """A block with its copies; what an earlier one added to its right is copied with it."""
        title, bounds = self.place(f"block.{name}")
        if not across:
            left, top, right, bottom = bounds
            cells = f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
            bounds = bounds_of(stretched_range(cells, title, before))
        sheet = self.workbook[title]
        left, top, right, bottom = bounds
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                prototype = sheet.cell(row, column)
                formula = prototype.data_type == "f"
                translated = Translator(str(prototype.value), prototype.coordinate) if formula else None
                for k in range(1, count):
                    twin = sheet.cell(row + (0 if across else k), column + (k if across else 0))
                    twin._style = copy(prototype._style)  # the public way copies each part of a style
                    twin.value = translated.translate_formula(twin.coordinate) if translated else prototype.value
        for k in range(1, count if across else 1):
            width = sheet.column_dimensions[column_letters(left)].width
            sheet.column_dimensions[column_letters(left + k)].width = width
        more = max(count, 1) - 1
        return Block(title, bounds, (left, top, right + more * across, bottom + more * (not across)))

    def _stretch(self, blocks: Sequence[Block]) -> None:
        growing = [block for block in blocks if not block.reserved]
        months = {block.sheet: block.first[1] for block in blocks if block.reserved}
        for sheet in self.workbook.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        of_a_month = cell.row == months.get(sheet.title)
                        cell.value = stretched(str(cell.value), sheet.title, growing if of_a_month else blocks)
            for block in blocks:
                if block.sheet == sheet.title:
                    _stretch_print_area(sheet, block)
                    _move_charts(sheet, block)
            _stretch_formats(sheet, blocks)
            for chart in sheet._charts:
                for series in series_of(chart):
                    for part in (
                        series.val and series.val.numRef,
                        series.cat and (series.cat.strRef or series.cat.numRef),
                    ):
                        if part:
                            part.f = stretched("=" + part.f, sheet.title, blocks)[1:]
        for defined in self.workbook.defined_names.values():
            if not defined.name.startswith(("row.", "block.", "below.", "months.")):
                defined.attr_text = stretched("=" + str(defined.attr_text), "", blocks)[1:]


def _mended(chart: ChartBase) -> None:
    """Areas with the axes of what stands beside them: openpyxl loads them without any."""
    for other in chart._charts:
        if not isinstance(other, AreaChart):
            for area in chart._charts:
                if isinstance(area, AreaChart):
                    area.x_axis, area.y_axis = other.x_axis, other.y_axis


def _stretch_print_area(sheet: Worksheet, block: Block) -> None:
    left, top, right, bottom = bounds_of(str(sheet.print_area).rpartition("!")[2])
    if left <= block.first[0] <= right:
        last = column_letters(max(right, block.grown[2]) if block.first[2] <= right else right)
        below = bottom - block.first[3]  # what stands under the block, charts, moves down
        sheet.print_area = f"{column_letters(left)}{top}:{last}{block.grown[3] + max(below, 0)}"


def _move_charts(sheet: Worksheet, block: Block) -> None:
    """Charts below a block that grows downwards stay below it."""
    more = block.grown[3] - block.first[3]
    for chart in sheet._charts:
        if more and chart.anchor._from.row >= block.first[3]:
            chart.anchor._from.row += more
            if hasattr(chart.anchor, "to"):
                chart.anchor.to.row += more


def _stretch_formats(sheet: Worksheet, blocks: Sequence[Block]) -> None:
    formats = sheet.conditional_formatting
    for ranges in list(formats):
        grown = stretched_range(str(ranges.sqref), sheet.title, blocks)
        if grown != str(ranges.sqref):
            for rule in formats._cf_rules.pop(ranges):
                formats.add(grown, rule)


def stretched(formula: str, home: str, blocks: Iterable[Block]) -> str:
    """The formula, on sheet ``home``, with every range that spans a prototype exactly stretched over its copies."""
    if ":" not in formula:
        return formula
    tokens = Tokenizer(formula)
    for token in tokens.items:
        if token.type == Token.OPERAND and token.subtype == Token.RANGE and ":" in token.value:
            sheet, mark, reference = token.value.rpartition("!")
            token.value = f"{sheet}{mark}{stretched_range(reference, sheet.strip(chr(39)) or home, blocks)}"
    return str(tokens.render())


def stretched_range(reference: str, sheet: str, blocks: Iterable[Block]) -> str:
    found = Reference.parse(reference)
    if found is None or found.last is None:
        return reference
    left, top, right, bottom = found.bounds
    for block in blocks:
        first_left, first_top, first_right, first_bottom = block.first
        if block.sheet != sheet:
            continue
        if left <= first_left and right == first_right and first_top <= top and bottom <= first_bottom:
            right = block.grown[2]
        if top <= first_top and bottom == first_bottom and first_left <= left and right <= first_right:
            bottom = block.grown[3]
    return str(replace(found, last=replace(found.last, column=right, row=bottom)))
