"""Calls and answers as xlwings Lite has them, beside the registry's own."""

from math import isclose
from typing import Any

from xlremic.functions.registry import CellError, call

from .golden_calls import Golden
from .lite_stand_in import ERRORS


def as_cells(value: object) -> Any:
    """An argument as Excel hands it over: a table of cells, or nothing."""
    return value if value is None or isinstance(value, list) else [[value]]


def same_as_the_registry(one: Golden, answer: list[list[Any]], *, exactly: bool = False) -> bool:
    """Whether the cells show what the function's body gives: errors as errors, numbers to their last digits.

    Another compiler's mathematics may round the last bit of a power otherwise, so ``exactly`` is for the same one.
    """
    try:
        result = call(one.name, list(one.arguments))
    except CellError as error:
        return answer == [[{"type": "Error", "errorType": ERRORS[error.code]}]]
    rows = result if isinstance(result, list) else [[result]]
    return [len(row) for row in rows] == [len(row) for row in answer] and all(
        _same(known, found, exactly) for known_row, row in zip(rows, answer, strict=True)
        for known, found in zip(known_row, row, strict=True)
    )  # fmt: skip


def _same(known: object, found: object, exactly: bool) -> bool:
    if type(known) is not float or type(found) not in (float, int):
        return known == found and type(known) is type(found)
    return known == found if exactly else isclose(known, float(str(found)), rel_tol=1e-12, abs_tol=1e-6)
