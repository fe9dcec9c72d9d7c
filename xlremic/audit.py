"""An existing workbook of ours, perhaps edited by a person: does it still compute what it shows, and what Python says?

Every formula is computed anew by each engine at hand and compared with its cached value; levels, shares and the call
are computed in Python from the workbook's own inputs; the conventions are held against it.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import cast

from openpyxl import Workbook

from .cached_values import Cells, Scalar, Values, calculate, formula_cells, preflight, same
from .engines import ironcalc_values, libreoffice_values
from .errors import InputError, TemplateError
from .lint import lint
from .names import PUBLIC
from .patch import named_cells, opened
from .subordination import call_threshold, is_callable, subordination_levels
from .tieout import Finding, Status
from .wholefile import read_whole

CENT = Decimal("0.005")
LEVEL = Decimal("1e-12")


def audit(path: str | Path) -> tuple[Finding, ...]:
    """Findings about a workbook: cached values, engines, Python's own numbers, conventions, then its Checks sheet.

    Raises: InputError if the file cannot be read, is no plain workbook, or is not one of ours.
    """
    path = Path(path)
    data = read_whole(path)
    preflight(data)
    cached = formula_cells(data)
    try:
        calculated = calculate(data)
    except TemplateError as error:
        return (_finding("formulas:computable", 1, Decimal(0), "cells", f"every formula can be computed: {error}"),)
    book = opened(calculated)
    missing = [name for name in PUBLIC if name not in book.defined_names]
    if missing:
        raise InputError(f"{path} is not a workbook of xlremic: it lacks the names {', '.join(missing)}")
    embedded = {place: value for place, value in formula_cells(calculated).values.items() if value is not None}
    findings = [_compared("cached_values:embedded_engine", cached, embedded, "the embedded engine")]
    for name, values in (
        ("ironcalc", ironcalc_values(data, embedded)),
        ("libreoffice", libreoffice_values(data)),
    ):
        if values is not None:
            findings.append(_compared(f"cached_values:{name}", cached, values, name))
    findings += _python(book)
    complaints = lint(data)
    says = "the workbook keeps the conventions" + "".join(f"; {complaint}" for complaint in complaints[:5])
    findings.append(_finding("lint:conventions", len(complaints), Decimal(0), "complaints", says))
    return (*findings, *_checks_sheet(book))


def _finding(check_id: str, difference: float | Decimal, tolerance: Decimal, unit: str, says: str) -> Finding:
    known = Decimal(repr(difference)) if isinstance(difference, float) else Decimal(difference)
    status = Status.PASS if abs(known) <= tolerance else Status.FAIL
    return Finding(id=check_id, status=status, difference=known, tolerance=tolerance, unit=unit, says=says)


def _compared(check_id: str, cached: Cells, values: Values, engine: str) -> Finding:
    differing = [
        f"{sheet}!{cell} shows {value!r}, computes {values.get((sheet, cell))!r}"
        for (sheet, cell), value in cached.values.items()
        if not same(value, _alike(values.get((sheet, cell)), value))
    ]
    says = f"every cached value is what {engine} computes" + "".join(f"; {cell}" for cell in differing[:5])
    return _finding(check_id, len(differing), Decimal(0), "cells", says)


def _alike(value: Scalar | None, like: Scalar | None) -> Scalar | None:
    """Some engines keep TRUE as 1."""
    return bool(value) if isinstance(like, bool) and isinstance(value, float | int) else value


def _numbers(book: Workbook, name: str) -> list[Decimal]:
    values = [cell.value for cell in named_cells(book, name)]
    if not all(isinstance(value, int | float) for value in values):
        raise InputError(f"the workbook's {name} must be numbers, found {values!r}")
    return [Decimal(repr(value)) for value in values]


def _python(book: Workbook) -> Iterator[Finding]:
    """Levels and call from the workbook's own inputs."""
    ranks = [int(cast(float, cell.offset(0, 1).value)) for cell in named_cells(book, "Classes")]
    for balances, levels in (
        ("InitialBalances", "SubordinationLevelsAtIssue"),
        ("CurrentBalances", "SubordinationLevels"),
    ):
        inputs = _numbers(book, balances)
        known = subordination_levels(inputs, ranks) if any(inputs) else [Decimal(0)] * len(inputs)
        worst = max(abs(a - b) for a, b in zip(_numbers(book, levels), known, strict=True))
        yield _finding(
            f"python:{levels}", worst, LEVEL, "fraction", f"{levels} are what Python computes from {balances}"
        )
    (cut_off,), (percent,), (threshold,), (current,) = (
        _numbers(book, name) for name in ("CutOffBalance", "CallPercent", "CallThreshold", "CurrentPoolBalance")
    )
    says = "CallThreshold is what Python computes from CutOffBalance and CallPercent"
    yield _finding("python:CallThreshold", threshold - call_threshold(cut_off, percent), CENT, "USD", says)
    shown = bool(named_cells(book, "Callable")[0].value)
    differs = shown is not is_callable(current, threshold)
    yield _finding("python:Callable", int(differs), Decimal(0), "differences", "Callable is what Python finds")


def _checks_sheet(book: Workbook) -> Iterator[Finding]:
    for row in book["Checks"].iter_rows(min_row=9, max_col=7, values_only=True):
        check_id, says, unit, difference, tolerance, flag, _ = row
        if check_id is None:
            continue
        numbers = [
            Decimal(repr(value)) if isinstance(value, int | float) else None for value in (difference, tolerance)
        ]
        status = Status.NOT_EVALUATED if flag is None else Status.FAIL if flag else Status.PASS
        yield Finding(
            id=str(check_id), status=status, difference=numbers[0], tolerance=numbers[1],
            unit="fraction" if unit == "percent" else str(unit), says=str(says),
        )  # fmt: skip
