"""The limits of the house: what a person can read in one go. Exceptions are listed, and the lists only get shorter."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = sorted(path for folder in ("xlremic", "templates") for path in (ROOT / folder).rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION, MOST_PARAMETERS = 450, 80, 10

LONG_FILES: set[str] = set()
LONG_FUNCTIONS: set[str] = set()
MANY_PARAMETERS: set[str] = set()


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(ROOT).as_posix()}:{node.name}", node


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The named ones, of a method without itself."""
    names = function.args
    return sum(one.arg not in ("self", "cls") for one in (*names.posonlyargs, *names.args, *names.kwonlyargs))


def test_no_file_is_longer_than_a_person_can_hold() -> None:
    long = {
        path.relative_to(ROOT).as_posix()
        for path in FILES
        if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE
    }
    assert long == LONG_FILES


def test_no_function_is_longer_than_a_page() -> None:
    long = {name for name, one in functions() if (one.end_lineno or 0) - one.lineno + 1 > LONGEST_FUNCTION}
    assert long == LONG_FUNCTIONS


def test_no_list_of_parameters_is_longer_than_ten() -> None:
    assert {name for name, one in functions() if parameters(one) > MOST_PARAMETERS} == MANY_PARAMETERS


def test_half_a_cent_stands_in_one_place() -> None:
    """In the engine, from which the tolerance of a workbook's dollars is taken."""
    homes = [
        path.relative_to(ROOT).as_posix()
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in (0.005, "0.005")
    ]
    assert homes == ["xlremic/engine/measures.py"]


def test_a_type_that_is_ignored_says_why() -> None:
    """After the code of the rule stands a reason, ``# type: ignore[code]  # reason``."""
    for path in FILES:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if "type: ignore" in line:
                assert re.search(r"# type: ignore\[[a-z-, ]+\]  # \w.*", line), f"{path.name}, line {number}: no reason"
