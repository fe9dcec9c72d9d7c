"""The part of the LibreOffice add-in that runs inside LibreOffice: the functions, and a job that binds them at load.

It is packed into the .oxt beside a copy of the registry and all it needs (``xlremic_functions``), so that a document
is calculated by the code that the add-in was made of, whatever else is installed.
"""

import re
import struct
from collections.abc import Callable
from typing import Any

import uno
import unohelper
from com.sun.star.lang import XServiceInfo
from com.sun.star.task import XJob
from org.xlremic import XFunctions
from xlremic_functions.functions.registry import FUNCTIONS, CellError, CellErrorCode, Result, call

SERVICE, REBIND = "XLREMIC", "org.xlremic.Rebind"
ALIAS = "XLDUDF_"
_FORMULA_ERRORS = {
    CellErrorCode.VALUE: 519,
    CellErrorCode.NA: 32767,
    CellErrorCode.NUM: 503,
    CellErrorCode.DIV0: 532,
}
_FORMULA_CELLS = uno.getConstantByName("com.sun.star.sheet.CellFlags.FORMULA")
_NAMES = "|".join(function.name for function in FUNCTIONS)
_CALL = re.compile(
    r"""(?P<quoted>"[^"]*")|(?<![\w.])(?:'[^']*'!|\[\d+\]!|XLREMIC\.|_xll\.|_xludf\.|_xlfn\.|_xldudf_(?:XLREMIC_)?)*"""
    rf"(?P<name>{_NAMES})(?=\()",
    re.IGNORECASE,
)


def error_value(code: CellErrorCode) -> float:
    """An error value as Calc holds it in a number: a NaN whose lower half is the error's code."""
    number: float = struct.unpack("<d", struct.pack("<Q", 0x7FF8_0000_0000_0000 | _FORMULA_ERRORS[code]))[0]
    return number


def plain_calls(formula: str) -> str:
    """A formula with every call of ours by its bare name, whatever a host has put before it."""
    return _CALL.sub(lambda found: found["quoted"] or found["name"].upper(), formula)


class Functions(unohelper.Base, XFunctions, XServiceInfo):  # type: ignore[misc]  # UNO has no types
    """The service whose methods are the functions; they are added below, one for each of the registry."""

    def __init__(self, context: object) -> None:
        self.context = context

    def getImplementationName(self) -> str:  # noqa: N802 - UNO's names
        return SERVICE

    def supportsService(self, name: str) -> bool:  # noqa: N802
        return name == SERVICE

    def getSupportedServiceNames(self) -> tuple[str, ...]:  # noqa: N802
        return (SERVICE,)


def _method(name: str, is_table: bool) -> Callable[..., Any]:
    def method(self: Functions, *given: object) -> object:
        result: Result
        try:
            result = call(name, given)
        except CellError as error:
            result = error_value(error.code)
        rows = result if isinstance(result, list) else [[result]]
        # Calc has no truth values, only the numbers 1 and 0 that are shown as TRUE and FALSE.
        cells = tuple(tuple(float(cell) if isinstance(cell, bool) else cell for cell in row) for row in rows)
        return cells if is_table else cells[0][0]

    return method


for _one in FUNCTIONS:
    for _prefix in ("", ALIAS):
        setattr(Functions, _prefix + _one.name, _method(_one.name, _one.returns == "table"))


class Rebind(unohelper.Base, XJob, XServiceInfo):  # type: ignore[misc]  # as above
    """Enters again the formulas that call our functions, after a document is loaded.

    LibreOffice before 24 looks add-in functions of an .xlsx up by another name than theirs, and every version leaves
    the prefixes of other hosts unbound; a formula entered again binds.
    """

    def __init__(self, context: object) -> None:
        self.context = context

    def execute(self, arguments: Any) -> None:
        for argument in arguments:
            if argument.Name == "Environment":
                for entry in argument.Value:
                    if entry.Name == "Model" and entry.Value is not None:
                        rebind(entry.Value)

    def getImplementationName(self) -> str:  # noqa: N802
        return REBIND

    def supportsService(self, name: str) -> bool:  # noqa: N802
        return name == REBIND

    def getSupportedServiceNames(self) -> tuple[str, ...]:  # noqa: N802
        return (REBIND,)


def rebind(document: Any) -> None:
    """Enter the formulas of ours again in every sheet of a spreadsheet document; that alone is nothing to save."""
    if not document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
        return
    modified = document.isModified()
    for sheet in document.Sheets:
        for block in sheet.queryContentCells(_FORMULA_CELLS):
            for r, row in enumerate(block.getFormulaArray()):
                for c, formula in enumerate(row):
                    if formula.startswith(("=", "{=")) and (plain := plain_calls(formula)) != formula:
                        _enter(sheet, block.getCellByPosition(c, r), plain)
    document.setModified(modified)


def _enter(sheet: Any, cell: Any, formula: str) -> None:
    array = sheet.createCursorByRange(cell)
    array.collapseToCurrentArray()
    if array.getArrayFormula():
        array.setArrayFormula(formula.strip("{}"))
    else:
        cell.setFormula(formula)


g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816 - the loader looks for this name
g_ImplementationHelper.addImplementation(Functions, SERVICE, (SERVICE,))
g_ImplementationHelper.addImplementation(Rebind, REBIND, (REBIND,))
