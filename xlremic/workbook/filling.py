"""A workbook while it is filled: the template, what is put into it, and what its cells must come to."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from importlib import metadata

from openpyxl.cell import Cell
from openpyxl.styles import PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink

from ..deal import Deal, Pool
from ..engine.assumptions import Assumptions
from ..reading.facts import Fact, Reading, printed
from ..reading.tieout import Finding
from ..text import for_cell, without_controls
from ..xlsx.references import column_letters
from .scenario_terms import OWN, chosen
from .template import Template

PROGRAM = f"xlremic {metadata.version('xlremic')}"

BY_HAND = "FFFCE4D6"
"""The ground of a figure that a person gave: a light orange, which no style of the template has."""


def write_text(cell: Cell, text: str) -> None:
    """Text from a filing as text: it can never become a formula, and holds no control characters."""
    cell.value, cell.quotePrefix = for_cell(text)
    cell.data_type = "s"


def mark_by_hand(cell: Cell, fact: Fact) -> None:
    """A figure that a person gave stands in italics on a ground of its own, wherever it is shown."""
    if fact.by_hand:
        font = copy(cell.font)
        font.italic = True
        cell.font = font
        cell.fill = PatternFill("solid", fgColor=BY_HAND)


@dataclass(slots=True)
class Filling:
    """The workbook while it is filled, and what its computed cells must come to."""

    template: Template
    reading: Reading
    deal: Deal
    findings: Sequence[Finding]
    given: Assumptions
    """The terms of the column Own and of Base."""
    scenario: str = OWN
    assumptions: Assumptions = field(init=False)
    """The terms in force: of the chosen scenario."""
    expected: dict[tuple[str, str], tuple[float | bool, float]] = field(default_factory=dict)
    source_rows: dict[int, int] = field(default_factory=dict)
    """The row of Source of every fact, by its identity."""

    def __post_init__(self) -> None:
        self.assumptions = chosen(self.given, self.scenario)

    def expect(self, cell: Cell, value: float | Decimal | bool, tolerance: float) -> None:
        known = value if isinstance(value, bool) else float(value)
        self.expected[cell.parent.title, cell.coordinate] = known, tolerance

    def put_fact(self, cell: Cell, fact: Fact | None, value: Decimal | date | None = None) -> None:
        """A fact's value, with a link to the row of Source that tells where it was read."""
        if fact is None:
            cell.value = None
            cell.style = "Label"  # nothing is stated, so nothing is asked for
            return
        if value is not None:
            cell.value = float(value) if isinstance(value, Decimal) else value
        elif isinstance(fact.value, Decimal | date):
            cell.value = float(fact.value) if isinstance(fact.value, Decimal) else fact.value
        else:
            write_text(cell, printed(fact.value))
        mark_by_hand(cell, fact)
        self.link_to_source(cell, fact)

    def link_to_source(self, cell: Cell, fact: Fact) -> None:
        line = f"line {fact.provenance.line}: " if fact.provenance.line else ""
        tip = line + fact.provenance.sentence
        cell.hyperlink = Hyperlink(
            ref=cell.coordinate,
            location=f"'Source'!A{self.source_rows[id(fact)]}",
            tooltip=without_controls(tip)[:250],
        )

    def fit_height(self, sheet: str, row: int, column: int) -> None:
        """Height for wrapped text, since no spreadsheet program fits rows when it opens a file."""
        width = self.template.workbook[sheet].column_dimensions[column_letters(column)].width
        lines = -(-len(str(self.template.cell(sheet, row, column).value or "")) // int(width * 1.2))
        self.template.workbook[sheet].row_dimensions[row].height = min(409, 13.5 * max(1, lines))

    def lacks(self, pool: Pool, need: str) -> bool:
        if need == "cut_off_date":
            return self.deal.cut_off_date is None
        part, _, name = need.rpartition(".")
        holder = self.deal.all if part == "all" else getattr(pool, part) if part else pool
        return holder is None or getattr(holder, name) is None
