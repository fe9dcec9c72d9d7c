"""The worksheet functions for xlwings, on Windows and in xlwings Lite: one Python function for each, from the registry.

On Windows the COM server of xlwings' open-source part calls them. Arguments come as the add-in's own VBA read them
from the cells, results go back untouched; a failure goes back as a marked text, of which that VBA makes a true error
value. xlwings Lite calls the same functions in its own Python. It hands ranges over as rows, errors in them as texts,
and makes a true error value of a text such as "#NUM!".
"""

import sys
from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any

from xlwings import arg, func, ret

from ..registry import FUNCTIONS, CellError, Function, Table, call
from .failures import FAILURE

IN_LITE = sys.platform == "emscripten"
_READ: dict[str, Any] = {"ndim": 2, "err_to_str": True} if IN_LITE else {"convert": "raw"}
_WRITTEN: dict[str, Any] = {} if IN_LITE else {"convert": "raw"}


def failed(error: CellError) -> str:
    """A failure as this host makes an error value of it."""
    return str(error.code) if IN_LITE else f"{FAILURE}{error.code} {error.reason}"


def _worksheet_function(function: Function) -> Callable[..., Table]:
    def answer(*arguments: object) -> Table:
        try:
            result = call(function.name, arguments)
        except CellError as error:
            return [[failed(error)]]
        return result if isinstance(result, list) else [[result]]

    answer.__name__ = answer.__qualname__ = function.name
    answer.__doc__ = function.help
    answer.__signature__ = Signature(  # type: ignore[attr-defined]  # xlwings reads it
        [Parameter(one.name, Parameter.POSITIONAL_OR_KEYWORD, default=None) for one in function.arguments]
    )
    made: Callable[..., Table] = ret(**_WRITTEN)(answer)
    for one in function.arguments:
        made = arg(one.name, doc=one.help, **_READ)(made)
    return func(category="REMIC")(made)


WORKSHEET_FUNCTIONS = {function.name: _worksheet_function(function) for function in FUNCTIONS}
globals().update(WORKSHEET_FUNCTIONS)
