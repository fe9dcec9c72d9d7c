"""What the add-in for Excel on Windows calls, through the COM server of xlwings' open-source part.

One Python function per worksheet function. Arguments come as the add-in's own VBA read them from the cells, results
go back untouched; a failure goes back as a marked text, which that VBA turns into a true error value.
"""

from collections.abc import Callable
from inspect import Parameter, Signature

import xlwings

from ..registry import FUNCTIONS, CellError, Function, Table, call
from .vba import FAILURE


def _worksheet_function(function: Function) -> Callable[..., Table]:
    def answer(*arguments: object) -> Table:
        try:
            result = call(function.name, arguments)
        except CellError as error:
            return [[f"{FAILURE}{error.code} {error.reason}"]]
        return result if isinstance(result, list) else [[result]]

    answer.__name__ = answer.__qualname__ = function.name
    answer.__doc__ = function.help
    answer.__signature__ = Signature(  # type: ignore[attr-defined]  # xlwings reads it
        [Parameter(one.name, Parameter.POSITIONAL_OR_KEYWORD, default=None) for one in function.arguments]
    )
    made: Callable[..., Table] = xlwings.ret("raw")(answer)
    for one in function.arguments:
        made = xlwings.arg(one.name, "raw", doc=one.help)(made)
    return xlwings.func(category="REMIC")(made)


WORKSHEET_FUNCTIONS = {function.name: _worksheet_function(function) for function in FUNCTIONS}
globals().update(WORKSHEET_FUNCTIONS)
