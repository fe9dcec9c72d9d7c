"""The sheet Checks: its sections with a line a check, what its lines look at, and the lines read back.

The lines of a section stand below its heading in one block, so headings are lines of it without figures. Inputs have a
section too, but no flags: the master flag counts them for itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.hyperlink import Hyperlink

from ..reading.findings import ACROSS
from ..reading.tieout import Finding, Status
from .class_columns import CHECKS, LEVEL_DIFFERENCE, TRANCHES
from .filing_rows import beside
from .filling import Filling, write_text
from .layout import quoted
from .names import CALL_CHECKS, MODEL_CHECKS, REPORT_CHECKS, ModelCheck
from .setup_rows import OF_PROJECTION
from .term_rows import PAGE, POOL_KEYS, SCHEDULES
from .tolerances import CENT, LEVEL, LIFE

FILING, INPUTS, CLASSES, REPORTS, PROJECTION, ENGINE = HEADINGS = (
    "The filing", "Inputs", "Classes and call", "The trustee's reports", "Projection", "The engine",
)  # fmt: skip
"""Headings of the sections, in order."""
OF_CLASSES = ("classes_sum", "subordination_level", "call_threshold")
"""Families of the checks of classes and call."""
OF_INPUTS = "inputs"
"""Family of the lines about inputs."""
UNITS = {"percent": 100, "USD": 1, "months": 1, "loans": 1, "days": 1, "years": 1, "differences": 1}
"""What a finding's difference is divided by to be what its cell shows."""
_FORMATS = {
    "USD": '#,##0.0000;-#,##0.0000;"-"', "months": '0.000000;-0.000000;"-"', "loans": '0;-0;"-"', "days": '0;-0;"-"',
    "years": '0.00;-0.00;"-"', "differences": '0;-0;"-"', "percent": '0.000000%;-0.000000%;"-"', OF_INPUTS: '0;-0;"-"',
}  # fmt: skip
INPUT_LINES: tuple[tuple[str, str, tuple[str, str]], ...] = (
    ("terms", "no term on Assumptions or Call is refused", PAGE.place("check", PAGE.lines[1])),
    ("balances", "no current balance is refused", TRANCHES.place("current")),
    ("pools", "no term of a single pool is refused", PAGE.place("check", f"pool:{POOL_KEYS[0]}")),
    ("prices", "no price is refused", PAGE.place("check", "prices")),
    ("schedules", "no step of a schedule is refused", PAGE.place("check", SCHEDULES["shift"][0])),
    ("vectors", "no term by month is refused", ("Vectors", "A1")),
    ("asked", "no input is far from what is usual", PAGE.place("check", PAGE.lines[1])),
)
"""What is counted of inputs (a line of the guards on Set-up), what must hold, and where to look."""

Line = Finding | ModelCheck | str
"""A check of the filing, one of the projection, the guard of an input line, or the heading of a section."""


def check_lines(findings: Sequence[Finding], *, projected: bool) -> list[Line]:
    """What stands on Checks below its totals, line by line."""
    of_classes = [finding for finding in findings if finding.family in OF_CLASSES]
    of_filing = [finding for finding in findings if finding.family not in OF_CLASSES]
    guards = [guard for guard, _, _ in INPUT_LINES if projected or guard not in OF_PROJECTION]
    lines: list[Line] = [
        FILING,
        *of_filing,
        INPUTS,
        *guards,
        CLASSES,
        *of_classes,
        *CALL_CHECKS,
        REPORTS,
        *REPORT_CHECKS,
    ]
    if projected:
        of_engine = [check for check in MODEL_CHECKS if check[0].startswith("scenarios:")]
        of_projection = [check for check in MODEL_CHECKS if check not in of_engine]
        lines += [PROJECTION, *of_projection, ENGINE, *of_engine]
    return lines


def fill_checks(book: Filling, lines: Sequence[Line]) -> None:
    """Every line, in its section; computed flags must be what the findings are."""
    for row, line in enumerate(lines, CHECKS.row()):
        cells = {key: book.template.cell(CHECKS.sheet, row, CHECKS.number(key)) for key in CHECKS.keys}
        if isinstance(line, Finding):
            _fill_finding(book, cells, line)
        elif isinstance(line, tuple):
            _fill_model_check(book, cells, line)
        elif line in HEADINGS:
            for cell in cells.values():
                cell.value, cell.style = None, "Section"
            cells["status"].value = line
            book.template.workbook[CHECKS.sheet].row_dimensions[row].height = 24
        else:
            _fill_input_line(book, cells, line)
    failed = sum(finding.status is Status.FAIL for finding in book.findings)
    book.expect(book.template.named("ChecksFailed"), failed, 0)


def _fill_finding(book: Filling, cells: dict[str, Cell], finding: Finding) -> None:
    _say(book, cells, finding.id, finding.says, finding.unit)
    difference, tolerance, flag = cells["difference"], cells["tolerance"], cells["flag"]
    number_format = LEVEL_DIFFERENCE if finding.family == "subordination_level" else _FORMATS[finding.unit]
    difference.number_format = tolerance.number_format = number_format
    home = _home(book, finding)
    _look_at(cells["where"], home.parent.title, home.coordinate)
    if finding.difference is None or finding.tolerance is None:
        difference.value = tolerance.value = flag.value = None
        return
    difference.value = f"={quoted(home.parent.title)}!{home.coordinate}"
    scale = UNITS[finding.unit]
    allowed = float(finding.tolerance / scale)
    tolerance.value = allowed
    home.number_format = within_rounding(home.number_format, allowed)
    noise = LEVEL if finding.unit == "percent" else CENT if finding.unit == "USD" else LIFE
    book.expect(difference, finding.difference / scale, noise)
    book.expect(flag, finding.status is Status.FAIL, 0)


def within_rounding(number_format: str, allowed: float) -> str:
    """The format of a difference that shows words while it is not above what the filing's digits allow.

    >>> within_rounding('0.00;-0.00;"-"', 0.005)
    '[>0.005]0.00;[<-0.005]-0.00;"within rounding"'
    >>> within_rounding('0;-0;"-"', 0)
    '0;-0;"-"'
    """
    if not allowed:
        return number_format
    above = number_format.partition(";")[0]
    bound = format(Decimal(repr(allowed)), "f")
    return f'[>{bound}]{above};[<-{bound}]-{above};"within rounding"'


def _fill_model_check(book: Filling, cells: dict[str, Cell], check: ModelCheck) -> None:
    check_id, says, unit, anchor, allowed = check
    home = book.template.anchor(anchor)
    _say(book, cells, check_id, says, unit)
    _look_at(cells["where"], home.parent.title, home.coordinate)
    cells["difference"].value, cells["tolerance"].value = f"={quoted(home.parent.title)}!{home.coordinate}", allowed
    cells["difference"].number_format = cells["tolerance"].number_format = _FORMATS[unit]
    book.expect(cells["flag"], False, 0)


def _fill_input_line(book: Filling, cells: dict[str, Cell], guard: str) -> None:
    says, place = next((says, place) for key, says, place in INPUT_LINES if key == guard)
    home = book.template.anchor(f"guard.{guard}")
    _say(book, cells, f"{OF_INPUTS}:{guard}", says, OF_INPUTS)
    _look_at(cells["where"], *place)
    cells["difference"].value = f"={quoted(home.parent.title)}!{home.coordinate}"
    cells["difference"].number_format = _FORMATS[OF_INPUTS]
    cells["tolerance"].value = cells["flag"].value = None


def _say(book: Filling, cells: dict[str, Cell], check: str, says: str, unit: str) -> None:
    for key, text in (("check", check), ("says", says), ("unit", unit)):
        write_text(cells[key], text)
    book.fit_height(CHECKS.sheet, cells["says"].row, CHECKS.number("says"))


def _look_at(cell: Cell, sheet: str, place: str) -> None:
    """A link to a cell, under its address."""
    write_text(cell, f"{sheet}!{place}")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{sheet}'!{place}", display=f"{sheet}!{place}")
    cell.style = "Navigation"


def _home(book: Filling, finding: Finding) -> Cell:
    """The cell that computes the difference of a check."""
    name, place = finding.row, finding.column
    if name == "level_difference":
        tranche = next(
            k for k, t in enumerate(book.deal.tranches)
            if t.label == place or (t.rank == 1 and place == "A" and t.subordination_level is not None)
        )  # fmt: skip
        sheet, row, column = book.template.anchors[name]
        return book.template.cell(sheet, row + tranche, column)
    if place == ACROSS:
        return book.template.anchor(name, beside("difference"))
    scopes = [pool.scope for pool in book.deal.pools]
    return book.template.anchor(name, scopes.index(place) if place in scopes else beside("whole") if place else 0)


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A check as a workbook's sheet shows it, with the cell of its difference."""

    cell: str
    finding: Finding


def lines_of(book: Workbook) -> Iterator[CheckLine]:
    """The lines of Checks but those of inputs, by the words of its header: columns once stood in another order."""
    sheet = book[CHECKS.sheet]
    columns = {str(cell.value): cell.column for cell in sheet[CHECKS.header] if cell.value}
    at = {column.key: columns[column.label] for column in CHECKS.columns if column.label in columns}
    for row in range(CHECKS.header + 1, sheet.max_row + 1):
        check_id, says, unit, flag = (sheet.cell(row, at[key]).value for key in ("check", "says", "unit", "flag"))
        if not (check_id and unit) or unit == OF_INPUTS:
            continue
        numbers = [
            Decimal(repr(value)) if isinstance(value, int | float) else None
            for value in (sheet.cell(row, at[key]).value for key in ("difference", "tolerance"))
        ]
        status = Status.NOT_EVALUATED if flag is None else Status.FAIL if flag else Status.PASS
        family, _, measure = str(check_id).partition(":")
        yield CheckLine(
            sheet.cell(row, at["difference"]).coordinate,
            Finding(
                family=family, measure=measure, status=status, difference=numbers[0], tolerance=numbers[1],
                unit="fraction" if unit == "percent" else str(unit), says=str(says),
            ),
        )  # fmt: skip
