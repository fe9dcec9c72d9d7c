"""The VBA text of the add-in for Excel on Windows, made from the registry.

The worksheet functions are ours. Of xlwings' module only what starts and finds its COM server stays; what it would
read from the active workbook, its folder or a settings file is not there, so that no workbook chooses what runs.
"""

import re
from collections.abc import Sequence

from ...errors import InputError, TemplateError
from ..registry import FUNCTIONS, Argument, Function
from .failures import FAILURE
from .texts import filled

MODULE = "RemicFunctions"
UDF_MODULE = f"{__package__}.xlwings_udfs"
HELP_LENGTH = 255
_KEPT = ("XLPyLoadDLL", "XLPy", "ParentFolder")
"""The procedures of xlwings that a call needs."""

_ERROR_CONSTANTS = {"#N/A": "xlErrNA", "#NUM!": "xlErrNum", "#DIV/0!": "xlErrDiv0", "#VALUE!": "xlErrValue"}


def vba_text(text: str) -> str:
    """A text as a VBA expression.

    >>> vba_text('a "b" \\u0416')
    '"a ""b"" " & ChrW(1046)'
    """
    parts = [
        '"' + piece.replace('"', '""') + '"' if " " <= piece[0] <= "~" else f"ChrW({ord(piece)})"
        for piece in re.findall(r"[ -~]+|[^ -~]", text)
    ]
    return " & ".join(parts) or '""'


def functions_module(functions: Sequence[Function] = FUNCTIONS) -> str:
    """The module of the worksheet functions."""
    cases = (
        f"        Case {vba_text(code)}: ErrorValue = CVErr({constant})"
        for code, constant in _ERROR_CONSTANTS.items()
        if code != "#VALUE!"
    )
    return filled(
        "functions.bas",
        module=MODULE,
        failure=vba_text(FAILURE),
        udf_module=vba_text(UDF_MODULE),
        cases="\n".join(cases),
        functions="\n".join(map(_function, functions)),
        help="".join(map(_help, functions)).removesuffix("\n"),
    )


def _function(function: Function) -> str:
    left_out = (
        f"    If IsMissing({one.name}) Then {one.name} = "
        + (f"OwnName({vba_text(one.workbook_name)})\n" if one.workbook_name else "Empty\n")
        for one in function.arguments
        if one.optional
    )
    return filled(
        "function.bas",
        name=function.name,
        quoted=vba_text(function.name),
        parameters=", ".join(map(_parameter, function.arguments)),
        left_out="".join(left_out),
        arguments=", ".join(one.name for one in function.arguments),
    )


def _parameter(argument: Argument) -> str:
    return f"{'Optional ' if argument.optional else ''}ByVal {argument.name} As Variant"


def argument_help(argument: Argument) -> str:
    """What the function wizard says of an argument, within the length that it shows."""
    text = argument.help + (f" ({argument.unit})" if argument.unit else "")
    return text if len(text) <= HELP_LENGTH else text[: HELP_LENGTH - 3] + "..."


def _help(function: Function) -> str:
    return filled(
        "help.bas",
        name=function.name,
        description=vba_text(function.help[:HELP_LENGTH]),
        arguments=", _\n            ".join(vba_text(argument_help(one)) for one in function.arguments),
    )


def workbook_module(attributes: str) -> str:
    """The add-in's own workbook module; ``attributes`` are the lines that Excel keeps at its top."""
    return attributes + filled("workbook.cls")


def xlwings_module(original: str, interpreter: str) -> str:
    """xlwings' module reduced to what a call needs, with its configuration pinned.

    Args:
        original: text of the module ``xlwings`` in xlwings' custom add-in.
        interpreter: path of the Python that Excel starts, as Windows writes it.
    Raises: InputError for an interpreter that cannot be pinned, TemplateError for a module of another kind.
    """
    if '"' in interpreter or "$(" in interpreter or not re.match(r"[A-Za-z]:\\|\\\\", interpreter):
        raise InputError(
            f"{interpreter}: give the full Windows path of a python.exe, such as C:\\Python312\\python.exe"
        )
    original = original.replace("\r\n", "\n")
    head, found, _ = original.partition("\nPublic Function RunPython(")
    kept = [re.search(rf"^(?:Private )?(Function|Sub) {name}\(.*?^End \1\n", original, re.M | re.S) for name in _KEPT]
    if not found or not all(kept):
        raise TemplateError("the xlwings add-in is not built as expected; use another version of xlwings")
    pinned = filled("configuration.bas", interpreter=vba_text(interpreter))
    return "\n".join([head, "", pinned, *(one[0] for one in kept if one)])
