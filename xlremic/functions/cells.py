"""Worksheet functions as data, and what passes between a cell and Python: numbers, words, ranges and error values.

Every spreadsheet program hands values over in its own way; here they become one: a number is a finite ``float``, an
empty cell is ``None``, a range is a tuple of rows, an error value in an argument is that same error of the function.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from math import isfinite
from numbers import Real
from typing import Any, Literal

Scalar = float | str | bool
Table = list[list[Scalar]]
Result = Scalar | Table
Cell = Scalar | None
Cells = tuple[tuple[Cell, ...], ...]
Kind = Literal["number", "text", "boolean", "any"]

_ERROR_VALUE = re.compile(r"#(?:N/A|VALUE!|NUM!|DIV/0!|REF!|NAME\?|NULL!|SPILL!|CALC!|GETTING_DATA|BUSY!|FIELD!)\Z")
_EPOCH = date(1899, 12, 30)


class CellErrorCode(StrEnum):
    """The error values that a function of ours may give."""

    VALUE = "#VALUE!"
    NA = "#N/A"
    NUM = "#NUM!"
    DIV0 = "#DIV/0!"


class CellError(Exception):
    """What a function gives instead of a result: an error value of the host, and one sentence that says why."""

    def __init__(self, code: CellErrorCode, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a worksheet function; ``workbook_name`` is the name that a workbook of ours has for it."""

    name: str
    kind: Kind
    help: str
    optional: bool = False
    is_range: bool = False
    unit: str = ""
    workbook_name: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """One worksheet function.

    ``closed_form`` is the same in a spreadsheet's own functions, over the arguments' names, all of them given; it is
    ``None`` for what only a program can compute. A function that ``returns`` a table may give one value instead.
    """

    name: str
    help: str
    arguments: tuple[Argument, ...]
    returns: Literal["number", "text", "boolean", "table"]
    body: Callable[..., Result]
    example: str
    closed_form: str | None = None


def value_error(reason: str) -> CellError:
    return CellError(CellErrorCode.VALUE, reason)


def not_available(reason: str) -> CellError:
    return CellError(CellErrorCode.NA, reason)


def number_error(reason: str) -> CellError:
    return CellError(CellErrorCode.NUM, reason)


def arguments_of(function: Function, given: Sequence[object]) -> tuple[Any, ...]:
    """What a host hands over as the arguments of a function's body: scalars of their kind, ranges as tuples of rows.

    Raises: CellError for a missing or wrong argument, or one that is itself an error value.
    """
    if len(given) > len(function.arguments):
        raise value_error(f"{function.name} takes {len(function.arguments)} arguments, not {len(given)}")
    filled = [*given, *[None] * (len(function.arguments) - len(given))]
    return tuple(_argument(function, one, value) for one, value in zip(function.arguments, filled, strict=True))


def serial(day: date) -> float:
    """A date as the number that a cell holds (1900 date system)."""
    return float((day - _EPOCH).days)


def day_of(number: float, name: str) -> date:
    """The date that a cell's number stands for."""
    if number != int(number) or not 61 <= number <= 2_958_465:
        raise value_error(f"{name} {number:g}: give a date")
    return date.fromordinal(_EPOCH.toordinal() + int(number))


def whole(number: float, name: str) -> int:
    """A number that must be whole."""
    if number != int(number):
        raise number_error(f"{name} {number:g}: give a whole number")
    return int(number)


def fraction(number: float, name: str) -> float:
    """A rate or share, from zero to one."""
    if not 0 <= number <= 1:
        raise number_error(f"{name} {number:g}: give a fraction of one, such as 0.06 for 6%")
    return number


def _argument(function: Function, argument: Argument, given: object) -> Any:
    rows = _rows(given)
    if argument.is_range:
        cells = tuple(tuple(_cell(value, argument) for value in row) for row in rows)
        if len({len(row) for row in cells}) > 1:
            raise value_error(f"{argument.name}: the rows of a range must be equally long")
        value: Any = cells if any(cell is not None for row in cells for cell in row) else None
    elif len(rows) != 1 or len(rows[0]) != 1:
        raise value_error(f"{argument.name}: give one cell, not a range")
    else:
        value = _of_kind(_cell(rows[0][0], argument), argument)
    if value is None and not argument.optional:
        raise value_error(f"{function.name} needs {argument.name}: {argument.help}")
    return value


def _rows(given: object) -> Sequence[Sequence[object]]:
    """Anything as rows of cells; a flat list is a column."""
    if not isinstance(given, list | tuple):
        return ((given,),)
    return [row if isinstance(row, list | tuple) else (row,) for row in given] or ((None,),)


def _cell(given: object, argument: Argument) -> Cell:
    """One cell's value; an error value is raised, an empty text counts as an empty cell."""
    if given is None or isinstance(given, bool):
        return given
    if isinstance(given, str):
        text = given.strip()
        if _ERROR_VALUE.match(text):
            known = text in set(CellErrorCode)
            raise CellError(CellErrorCode(text) if known else CellErrorCode.VALUE, f"{argument.name} holds {text}")
        return text or None
    if isinstance(given, datetime):
        return serial(given.date()) + (given.hour * 3600 + given.minute * 60 + given.second) / 86_400
    if isinstance(given, date):
        return serial(given)
    if isinstance(given, Real | Decimal):
        number = float(given)
        if not isfinite(number):
            raise number_error(f"{argument.name}: {given} is not a finite number")
        return number
    raise value_error(f"{argument.name}: a cell cannot hold a {type(given).__name__}")


def _of_kind(cell: Cell, argument: Argument) -> Cell:
    """A scalar of the argument's kind; text is never taken for a number. Some hosts hand TRUE over as 1."""
    if cell is None or argument.kind == "any":
        return cell
    if argument.kind == "text":
        return label_of(cell)
    if argument.kind == "boolean":
        if isinstance(cell, str) or cell not in (0, 1):
            raise value_error(f"{argument.name} {cell!r}: give TRUE or FALSE")
        return bool(cell)
    if isinstance(cell, str | bool):
        raise value_error(f"{argument.name} {cell!r}: give a number{f' of {argument.unit}' if argument.unit else ''}")
    return cell


def label_of(cell: Scalar) -> str:
    """A cell as a label: a class or pool called 1 is the text 1."""
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell)
