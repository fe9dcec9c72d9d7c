"""Runs calls from standard input through xlwings' own ``call_udf``, with Windows' modules replaced by empty ones.

A script of its own, because it must come before xlwings does. Missing arguments are what Excel makes of them here:
nothing. What is replaced is Excel's part; arguments and results take the way of the real code.
"""

import json
import sys
import time
from types import ModuleType, SimpleNamespace
from typing import Any


def _module(name: str, **members: Any) -> ModuleType:
    module = ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module
    return module


_module("pythoncom", CoInitialize=lambda: None)
_module("pywintypes")
_module("win32com")
_module("win32com.client", Dispatch=lambda given, **_: given)

import xlwings  # noqa: E402
import xlwings.udfs  # noqa: E402

_module("xlwings.com_server", loop=None)
_windows = SimpleNamespace(Range=lambda xl: SimpleNamespace(xl=xl), is_range_instance=lambda given: False)
_engine: Any = SimpleNamespace(name="excel", impl=None)
vars(xlwings).update(
    _xlwindows=_windows, func=xlwings.udfs.xlfunc, arg=xlwings.udfs.xlarg, ret=xlwings.udfs.xlret
)  # fmt: skip
xlwings.engines.add(_engine)
call_udf: Any = xlwings.udfs.call_udf

MODULE = "xlremic.functions.hosts.xlwings_udfs"


def _as_excel_hands_it(value: Any) -> Any:
    return tuple(map(tuple, value)) if isinstance(value, list) else value


def main() -> None:
    calls = [(name, tuple(map(_as_excel_hands_it, given))) for name, given in json.load(sys.stdin)]
    answers = [call_udf(MODULE, name, given) for name, given in calls]
    since = time.perf_counter()
    for name, given in calls * 10:
        call_udf(MODULE, name, given)
    each = (time.perf_counter() - since) / (10 * len(calls))
    module = sys.modules[MODULE]
    described = {
        name: getattr(module, name).__xlfunc__["category"] for name in dir(module) if name.startswith("REMIC_")
    }
    json.dump({"answers": answers, "seconds": each, "described": described}, sys.stdout)


main()
