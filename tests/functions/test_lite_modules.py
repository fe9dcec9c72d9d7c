"""The functions for xlwings come from one module; what it needs is light, and of every Python that Excel may bring."""

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import xlremic
from xlremic.functions.hosts.bundle import bundled_files
from xlremic.functions.registry import FUNCTIONS

from ..support.golden_calls import ALL
from ..support.lite_answers import as_cells, same_as_the_registry

PACKAGE = Path(xlremic.__file__).parent
START = "functions/hosts/xlwings_udfs.py"
NEEDED = {
    "errors.py", "deal.py", "structure.py", "subordination.py",
    *(f"engine/{name}.py" for name in (
        "__init__", "assumptions", "books", "capital", "classes", "compiled", "collateral", "distribution", "measures", "records", "rep_lines",
        "scenario_measures", "shifting", "speeds", "strips", "structures", "termination", "terms", "waterfall",
    )),
    *(f"functions/{name}.py" for name in ("__init__", "bodies", "cells", "registry", "tables")),
    *(f"functions/hosts/{name}.py" for name in ("__init__", "failures", "xlwings_udfs")),
}  # fmt: skip
OLDEST, NEWEST = (3, 11), (3, 14)

IN_LITE = """
import json, sys
from tests.support import lite_stand_in
sys.platform = "emscripten"
sys.path[:0] = [sys.argv[1]]
print(lite_stand_in.run("from xlremic.functions.hosts.xlwings_udfs import *", json.load(sys.stdin)))
"""


def test_the_modules_that_the_functions_need_are_these() -> None:
    assert set(bundled_files(PACKAGE, START)) == NEEDED


def test_what_they_import_at_once_is_the_standard_library_and_xlwings() -> None:
    outside = set()
    for name in NEEDED:
        for node in ast.parse((PACKAGE / name).read_text(encoding="utf-8")).body:
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            outside |= {one.partition(".")[0] for one in names} - sys.stdlib_module_names
    assert outside == {"xlwings"}


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_their_syntax_is_of_every_python_from_the_oldest(version: tuple[int, int]) -> None:
    for name in NEEDED:
        ast.parse((PACKAGE / name).read_text(encoding="utf-8"), feature_version=version)
    with pytest.raises(SyntaxError):
        ast.parse("type Newer = int", feature_version=OLDEST)


BROKEN = {"type": "Error", "basicValue": "#DIV/0!"}
DIV0: list[list[Any]] = [[{"type": "Error", "errorType": "Div0"}]]
HANDED_OVER: list[tuple[str, list[Any], list[list[Any]]]] = [
    ("REMIC_PRICE", [[[0.1]], [[100], [BROKEN]]], DIV0),
    ("REMIC_PRICE", [[[BROKEN]], [[100], [100]]], DIV0),
    ("REMIC_PRICE", [[[0.1]], [[0, 0, 0, 0, 0, 105]]], [[100]]),
    ("REMIC_PRICE", [[[0.1]], [[""], [None], [0], [0], [0], [105]]], [[100]]),
    ("REMIC_SUBORD", [[["A"]], [["A", "B-1"]], [[96, 4]]], [[0.04]]),
]
"""Cells as Excel hands them over in other shapes than the golden calls: errors, rows, empty texts; and what is shown."""


def test_called_as_xlwings_lite_calls_them_they_answer_as_the_registry() -> None:
    calls: list[tuple[str, list[Any]]] = [(one.name, [as_cells(value) for value in one.arguments]) for one in ALL]
    calls += [(name, given) for name, given, _ in HANDED_OVER]
    done = subprocess.run(
        [sys.executable, "-c", IN_LITE, str(PACKAGE.parent)], input=json.dumps(calls), cwd=Path(__file__).parents[2],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert list(said["functions"]) == [one.name for one in FUNCTIONS]
    for function in FUNCTIONS:
        described = said["functions"][function.name]
        assert described["doc"] == function.help
        assert [one["doc"] for one in described["args"].values()] == [one.help for one in function.arguments]
    for one, answer in zip(ALL, said["answers"][: len(ALL)], strict=True):
        assert same_as_the_registry(one, answer, exactly=True), (one.label, answer)
    assert said["heavy"] == []
    for (name, _, shown), answer in zip(HANDED_OVER, said["answers"][len(ALL) :], strict=True):
        same = answer == shown if shown is DIV0 else abs(answer[0][0] - shown[0][0]) < 1e-9
        assert same, (name, answer)
