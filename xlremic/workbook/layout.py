"""Where everything stands on the sheets, and what it is called there: rows, columns and tables as data.

Template, fillers, comparers, conventions, documentation and tests ask a table here, or one made of the same parts
beside its formulas; none of them knows a letter, a number or an address of its own. A formula names columns instead of
cells; in the formula of a table's line,

    {x}   column x in this line     {x*}  all lines, fixed downwards     {x:}  all lines
    {x^}  in the line of totals, or else the header
    {x$}  column x in this line, fixed sideways
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, IntEnum

from ..xlsx.references import column_letters


class Role(Enum):
    """What a sheet is for, with the colour of its tab."""

    OUTPUT = "1F3864"
    INPUT = "BF9000"
    CALCULATION = "548235"
    CHECKS = "C00000"
    DOCUMENT = "595959"


class Part(Enum):
    """Which workbooks have a sheet: all, those with a projection, those that call the worksheet functions."""

    ALWAYS = "always"
    PROJECTION = "projection"
    FUNCTIONS = "functions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet: what it is for, what a person does there, and how it is seen and printed.

    ``frozen`` is the first cell that scrolls; ``pages`` how many pages it is printed on, one below the other;
    ``upright`` whether they stand upright; ``repeated`` the rows that every page begins with.
    """

    title: str
    role: Role
    purpose: str
    action: str
    frozen: str
    part: Part = Part.ALWAYS
    pages: int = 1
    upright: bool = False
    repeated: str = ""


_SHEETS = (
    Sheet(
        title="Cover", role=Role.DOCUMENT, frozen="A5",
        purpose="What this workbook is, whether it is well, and how to work with it.",
        action="Start here: look at the status, then follow a link.",
    ),
    Sheet(
        title="Summary", role=Role.OUTPUT, frozen="A6", upright=True,
        purpose="What the deal is, where it stands now, and whether everything ties.",
        action="Read where the deal stands. Blue figures are inputs, black ones formulas, green ones links.",
    ),
    Sheet(
        title="Pools", role=Role.INPUT, frozen="B7", repeated="6:6",
        purpose="The mortgage pools as the filing states them.",
        action="Click a blue figure to see the sentence that it was read from.",
    ),
    Sheet(
        title="Tranches", role=Role.INPUT, frozen="B7", repeated="6:6",
        purpose="The classes in order of seniority, with their balances and levels.",
        action="Put current balances into the yellow column; levels, factors and the call follow.",
    ),
    Sheet(
        title="Underwriting", role=Role.INPUT, frozen="B7", repeated="6:6",
        purpose="How the loans were underwritten, as the filing bounds it, and what that is in dollars.",
        action="Click a blue figure to see the sentence that it was read from.",
    ),
    Sheet(
        title="Call", role=Role.CALCULATION, frozen="B7", repeated="6:6",
        purpose="The clean-up call: allowed when the pool balance is strictly less than the threshold.",
        action="Set the as-of date with the balances; a pool balance here is used instead of the classes' sum.",
    ),
    Sheet(
        title="History", role=Role.CALCULATION, frozen="D9", repeated="8:8",
        purpose="Every month that was put in: a line a class and a line a pool, as the trustee reports them.",
        action="Read only: update adds a month, and takes the last one back with --undo.",
    ),
    Sheet(
        title="Assumptions", role=Role.INPUT, frozen="C7", repeated="6:6",
        purpose="What a projection needs and the filing does not state, each with its unit and its bounds.",
        action="Type into a yellow cell: formulas read Used, Check says what became of it; 0.2% is typed 0.2%.",
    ),
    Sheet(
        title="Vectors", role=Role.INPUT, frozen="C11", repeated="5:10", part=Part.PROJECTION,
        purpose="Terms month by month, if they have any.",
        action="A figure takes the place of the term on Assumptions in its month; fill a column from month 1 on.",
    ),
    Sheet(
        title="Set-up", role=Role.CALCULATION, frozen="B7", upright=True, repeated="6:6",
        purpose="What stands between the inputs and the months: terms as they are read, pools, classes, rep lines.",
        action="Read what the formulas take. Nothing here is typed, but for the cut of class A.",
    ),
    Sheet(
        title="Collateral", role=Role.CALCULATION, frozen="C11", repeated="5:9", part=Part.PROJECTION,
        purpose="The loans month by month: speeds, defaults, liquidations and principal, by the industry's formulas.",
        action="Open a group of columns with the + above it; each column names the rule that it follows.",
    ),
    Sheet(
        title="Waterfall", role=Role.CALCULATION, frozen="C11", repeated="5:9", part=Part.PROJECTION,
        purpose="The distributions month by month: strips, shifting interest, losses, the call, every class.",
        action="Open a group of columns with the + above it; each column names the rule that it follows.",
    ),
    Sheet(
        title="Class", role=Role.OUTPUT, frozen="C13", repeated="12:12", part=Part.PROJECTION,
        purpose="One class, chosen from a list, month by month.",
        action="Choose a class in the yellow cell, then copy its months; every figure is a plain formula.",
    ),
    Sheet(
        title="Results", role=Role.OUTPUT, frozen="B5", pages=2, part=Part.PROJECTION,
        purpose="What the projection comes to for each class.",
        action="Read lives, windows, prices and yields; charts and the decrement table are below.",
    ),
    Sheet(
        title="Scenarios", role=Role.OUTPUT, frozen="A10", part=Part.PROJECTION,
        purpose="The engine's figures at many speeds and losses, beside the live case of this workbook.",
        action="Compare speeds and losses: figures of the engine, which xlremic grid --into computes anew.",
    ),
    Sheet(
        title="Functions", role=Role.OUTPUT, frozen="B13", repeated="12:12", part=Part.FUNCTIONS,
        purpose="Every worksheet function at work on this deal, beside the same number from plain formulas.",
        action="Copy a formula from the last column; the functions come with the add-in.",
    ),
    Sheet(
        title="Checks", role=Role.CHECKS, frozen="B7", pages=2, upright=True, repeated="6:6",
        purpose="Everything that can be tied out, with its tolerance; a flag of 1 is a check that fails.",
        action="Look at lines in red first. Each tolerance follows from the digits that the filing prints.",
    ),
    Sheet(
        title="Source", role=Role.DOCUMENT, frozen="B9", pages=2, upright=True, repeated="8:8",
        purpose="Every fact with the line and the sentence that it was read from.",
        action="Filter or search for a figure; its sentence stands behind, one line long: click it to read it whole.",
    ),
)  # fmt: skip
SHEETS = {sheet.title: sheet for sheet in _SHEETS}
"""Every sheet by its title, in the workbook's order."""
PAGES_AT_MOST = 21
"""Pages of "print all", of the fullest workbook."""
LINKS = ("Cover", "Summary", "Tranches", "Call", "Assumptions", "Class", "Results", "Checks")
"""Where row 4 of every sheet leads."""
FIRST = next(iter(SHEETS))
MONTHLY = ("Vectors", "Collateral", "Waterfall")
"""Sheets with one row a month."""
NUMBERS_AS_TEXT = {"Source": "A1:I2000", "Summary": "A30:J150", "Cover": "A1:L80"}
"""Cells that keep what a filing prints, numbers too, as text: no program is to mark them."""
SETUP = "Set-up"
"""Sheet of what stands between the inputs and the months: the terms in force, pools, classes, lines."""


def quoted(sheet: str) -> str:
    """A sheet as a formula names it.

    >>> quoted("Call"), quoted("Set-up")
    ('Call', "'Set-up'")
    """
    return sheet if sheet.isidentifier() else f"'{sheet}'"


def sheets_of(part: Part) -> tuple[str, ...]:
    """Titles of the sheets of some workbooks, in order."""
    return tuple(title for title, sheet in SHEETS.items() if sheet.part is part)


class FrameRow(IntEnum):
    """Rows that every sheet begins with: title and flag, deal and day, what to do here, links."""

    TITLE = 1
    SUBTITLE = 2
    ACTION = 3
    NAVIGATION = 4
    NOTE = 5


FLAG = f"B{FrameRow.TITLE}"
"""Cell of the checks' outcome on every sheet."""


class MonthlyRow(IntEnum):
    """Rows of Collateral and Waterfall, whose rows from ``MONTH`` on are months."""

    OWNER = 5
    """The pool, line or class that a column is of."""
    FIELD = 6
    UNIT = 7
    RULE = 8
    NUMBER = 9
    """Which of its kind the owner is, from 1."""
    START = 10
    MONTH = 11


_MARKED = re.compile(r"\{([A-Za-z_.0-9]*[A-Za-z_])([-*<#01|~:^$]*)\}")


def resolved(formula: str, reference: Callable[[str, str], str]) -> str:
    """The formula with an equals sign and with every marked field as its cells, by field and marks."""
    return "=" + _MARKED.sub(lambda match: reference(match[1], match[2]), formula).removeprefix("=")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: what it is, how its first line looks, and what that computes (without the equals sign).

    A column without a key is a gap. ``value`` is what the first line holds instead of a formula; ``total`` the formula
    above all lines; ``name`` the defined name of all lines.
    """

    key: str = ""
    label: str = ""
    width: float = 0
    style: str = ""
    number_format: str = ""
    align: str = ""
    formula: str = ""
    value: object = None
    total: str = ""
    total_format: str = ""
    name: str = ""
    text: bool = False
    """Whether it holds text, under a header on the left."""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns side by side on a sheet: a header row, perhaps a line of totals, and lines from ``first`` down."""

    sheet: str
    header: int
    columns: tuple[Column, ...]
    first: int = 0
    left: int = 1
    totals: int = 0
    lines: tuple[str, ...] = ()
    """Keys of its lines, where these are fixed."""

    @property
    def keys(self) -> list[str]:
        return [column.key for column in self.columns]

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    def number(self, key: str) -> int:
        """Column number on the sheet, from 1."""
        return self.left + self.keys.index(key)

    def letter(self, key: str) -> str:
        return column_letters(self.number(key))

    @property
    def letters(self) -> list[str]:
        return [column_letters(self.left + k) for k in range(len(self.columns))]

    @property
    def labels(self) -> dict[str, str]:
        """Header of each column that is no gap, by letter."""
        pairs = zip(self.letters, self.columns, strict=True)
        return {letter: column.label for letter, column in pairs if column.key}

    @property
    def widths(self) -> dict[str, float]:
        pairs = zip(self.letters, self.columns, strict=True)
        return {letter: column.width for letter, column in pairs if column.width}

    @property
    def texts(self) -> list[str]:
        """Letters of its columns of text."""
        return [letter for letter, column in zip(self.letters, self.columns, strict=True) if column.text]

    def row(self, line: int | str = 0) -> int:
        """Row of a line, by its number from 0 or its key."""
        return (self.first or self.header + 1) + (self.lines.index(line) if isinstance(line, str) else line)

    def cell(self, key: str, line: int | str = 0) -> str:
        return f"{self.letter(key)}{self.row(line)}"

    def place(self, key: str, line: int | str = 0) -> tuple[str, str]:
        """Sheet and cell."""
        return self.sheet, self.cell(key, line)

    def span(self, first: str = "", last: str = "") -> str:
        """The cells of its fixed lines, or of its first, from one column to another; of all columns if not told."""
        left = self.letter(first) if first else self.letters[0]
        right = self.letter(last or first) if first else self.letters[-1]
        return f"{left}{self.row()}:{right}{self.row(max(len(self.lines), 1) - 1)}"

    def absolute(self, key: str) -> str:
        """All lines of a column as other sheets take it: a range of the first line, which growth stretches."""
        letter, row = self.letter(key), self.row()
        return f"{quoted(self.sheet)}!${letter}${row}:${letter}${row}"

    def formula(self, text: str, row: int, elsewhere: Callable[[str, str], str] | None = None) -> str:
        """A formula in one row of the table; ``elsewhere`` knows the fields that are no columns of it."""
        keys = set(self.keys)

        def reference(field: str, marks: str) -> str:
            if field in self.lines:
                return f"{self.letter('value')}{self.row(field)}"
            if field not in keys:
                if elsewhere is None:
                    raise KeyError(f"{self.sheet} {text}: no field {field}")
                return elsewhere(field, marks)
            letter = self.letter(field)
            return {
                "": f"{letter}{row}",
                "$": f"${letter}{row}",
                "^": f"{letter}${self.totals or self.header}",
                ":": f"{letter}{self.row()}:{letter}{self.row()}",
                "*": f"{letter}${self.row()}:{letter}${self.row()}",
            }[marks]

        return resolved(text, reference)
