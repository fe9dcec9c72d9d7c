"""A stand-in for the way that xlwings Lite finds and calls Python functions, written for these tests.

It knows nothing of xlremic and needs nothing but Python, so that it runs in Node as it runs here. What stands for
xlwings describes functions instead of registering them; a cell comes in as a table of one, an empty one as null, and
an error value as an object; a result goes out as a table in which a text such as "#NUM!" has become such an object.
"""

import inspect
import json
import sys
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

ERRORS = {"#DIV/0!": "Div0", "#N/A": "NotAvailable", "#NUM!": "Num", "#REF!": "Ref", "#VALUE!": "Value"}


def _described(function: Any) -> dict[str, Any]:
    if not hasattr(function, "__xlfunc__"):
        names = list(inspect.signature(function).parameters)
        function.__xlfunc__ = {"doc": function.__doc__, "args": {name: {} for name in names}, "ret": {}}
    known: dict[str, Any] = function.__xlfunc__
    return known


def func(**_: object) -> Callable[[Any], Any]:
    return lambda function: (_described(function), function)[1]


def arg(name: str, **options: object) -> Callable[[Any], Any]:
    return lambda function: (_described(function)["args"][name].update(options), function)[1]


def ret(**options: object) -> Callable[[Any], Any]:
    return lambda function: (_described(function)["ret"].update(options), function)[1]


def _handed_over(given: Any, options: dict[str, Any]) -> Any:
    while isinstance(given, list) and len(given) == 1:  # a table of one row or cell arrives without its brackets
        given = given[0]
    if given is None or options.get("convert") == "raw":
        return given
    rows = given if isinstance(given, list) else [given]
    rows = rows if isinstance(rows[0], list) else [rows]

    def cell(value: Any) -> Any:
        if isinstance(value, dict):
            return value["basicValue"] if options.get("err_to_str") else None
        return None if value == "" else value

    rows = [[cell(value) for value in row] for row in rows]
    return rows if options.get("ndim") == 2 or len(rows) > 1 else rows[0]


def _shown(value: Any) -> Any:
    known = isinstance(value, str) and value in ERRORS
    return {"type": "Error", "errorType": ERRORS[value]} if known else "" if value is None else value


def call(module: dict[str, Any], name: str, given: list[Any]) -> list[list[Any]]:
    """What the cell shows of a call whose arguments are tables of cells."""
    described = module[name].__xlfunc__
    result = module[name](*map(_handed_over, given, described["args"].values()))
    return result if described["ret"].get("convert") == "raw" else [[_shown(value) for value in row] for row in result]


def run(main: str, calls: list[tuple[str, list[Any]]]) -> str:
    """Loads the text of a main.py as Lite does, makes every call, and tells as JSON what came of it."""
    sys.modules["xlwings"] = ModuleType("xlwings")
    vars(sys.modules["xlwings"]).update(func=func, arg=arg, ret=ret)
    module: dict[str, Any] = {"__name__": "main"}
    since = time.perf_counter()
    exec(compile(main, "main.py", "exec"), module)  # noqa: S102 - the text is what is tried
    loaded, answers, seconds = time.perf_counter() - since, [], []
    for name, given in calls:
        since = time.perf_counter()
        answers.append(call(module, name, given))
        seconds.append(time.perf_counter() - since)
    functions = {name: one.__xlfunc__ for name, one in module.items() if hasattr(one, "__xlfunc__")}
    heavy = sorted({"numpy", "pandas", "lxml", "openpyxl", "click"} & set(sys.modules))
    told = {"loaded": loaded, "answers": answers, "seconds": seconds, "functions": functions, "heavy": heavy}
    return json.dumps({**told, "version": sys.version.split()[0]})
