"""The code itself changed in one small way at a time, and whether a test notices: run ``make mutants``.

A mutant is one operator, comparison, constant or condition of a module replaced. It is killed if a test of its module
fails, or never ends; else it has survived, and is printed with its line. ``python -m tests.attack.mutants --count 200
--seed 7`` takes the same mutants on every machine. Nothing is written: the module is changed as it is loaded.
"""

import argparse
import ast
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
COUNT, SEED = 60, 7
SECONDS = 600
"""After which a run of the tests counts as one that never ends."""
_ENGINE = ("tests/engine/test_collateral.py", "tests/engine/test_measures.py", "tests/engine/test_waterfall.py")
TESTS = {
    "xlremic.subordination": ("tests/test_subordination.py",),
    "xlremic.engine.strips": _ENGINE,
    "xlremic.engine.collateral": _ENGINE,
    "xlremic.engine.shifting": _ENGINE,
    "xlremic.engine.distribution": _ENGINE,
    "xlremic.engine.speeds": ("tests/engine/test_speeds.py", *_ENGINE),
    "xlremic.engine.measures": ("tests/engine/test_measures.py", "tests/commands/test_run.py"),
    "xlremic.reading.tieout": ("tests/reading/test_tieout.py",),
    "xlremic.reading.identities": ("tests/reading/test_tieout.py",),
    "xlremic.reading.findings": ("tests/reading/test_tieout.py",),
    "xlremic.workbook.input_checks": ("tests/workbook/test_guards.py",),
}
"""Modules whose mutants are made, each with the tests that must notice, those first that are quick."""
SLOW = "not changed_digit_in_any_balance"
"""What is left out: it tries every digit of the sample, and takes minutes."""
SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module and the number of the place in it that is changed."""

    module: str
    place: int


def source_of(module: str) -> str:
    return (ROOT / Path(*module.split("."))).with_suffix(".py").read_text(encoding="utf-8")


def places(tree: ast.AST) -> list[ast.AST]:
    """What can be changed, in the order of the text: no annotation, no docstring, no message."""
    return [node for node in _within(tree) if _change(deepcopy(node)) is not None]


def _within(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes whose change can change what is computed."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list") or isinstance(
            node, ast.Raise | ast.JoinedStr | ast.Import
        ):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child
                yield from _within(child)


def _change(node: ast.AST) -> str | None:
    """Changes a node in place; says how, or None if it is left."""
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in SWAPS:
        old, node.op = type(node.op), SWAPS[type(node.op)]()  # type: ignore[assignment]  # an operator for an operator
        return f"{old.__name__} becomes {type(node.op).__name__}"
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        old_op, node.ops[0] = type(node.ops[0]), SWAPS[type(node.ops[0])]()  # type: ignore[call-overload]  # as above
        return f"{old_op.__name__} becomes {type(node.ops[0]).__name__}"
    if isinstance(node, ast.BoolOp):
        old_bool, node.op = type(node.op), SWAPS[type(node.op)]()  # type: ignore[assignment]  # as above
        return f"{old_bool.__name__} becomes {type(node.op).__name__}"
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        old_value, node.value = node.value, node.value + 1
        return f"{old_value} becomes {node.value}"
    if isinstance(node, ast.Name) and node.id in ("min", "max"):
        old_name, node.id = node.id, "max" if node.id == "min" else "min"
        return f"{old_name} becomes {node.id}"
    return None


def mutated(mutant: Mutant) -> tuple[ast.Module, str]:
    """The tree of the changed module, and what was changed where."""
    tree = ast.parse(source_of(mutant.module))
    node = places(tree)[mutant.place]
    line = getattr(node, "lineno", 0)
    how = _change(node)
    return tree, f"{mutant.module}, line {line}: {how} in {source_of(mutant.module).splitlines()[line - 1].strip()!r}"


class _Finder(MetaPathFinder, Loader):
    """Gives the changed module where the module is asked for."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self.mutant.module:
            return None
        found = PathFinder.find_spec(fullname, path)
        if found is not None:
            found.loader = self
        return found

    def exec_module(self, module: ModuleType) -> None:
        tree, _ = mutated(self.mutant)
        exec(compile(tree, str(module.__file__), "exec"), module.__dict__)  # noqa: S102 - our own source, changed


def tested(mutant: Mutant | None, module: str) -> int:
    """Runs the module's tests in this process; returns pytest's exit code."""
    import pytest  # noqa: PLC0415 - after the finder is in its place

    if mutant is not None:
        sys.meta_path.insert(0, _Finder(mutant))
    options = ["-q", "-x", "-n", "0", "-p", "no:cacheprovider", "-p", "no:randomly", "-k", SLOW]
    return int(pytest.main([*options, *TESTS[module]]))


def killed(mutant: Mutant) -> bool:
    """Whether a test of its module notices a mutant, or never ends; compiled code of it is kept nowhere."""
    command = [sys.executable, "-m", "tests.attack.mutants", "--run", mutant.module, str(mutant.place)]
    with tempfile.TemporaryDirectory() as kept:
        surroundings = {**os.environ, "NUMBA_CACHE_DIR": kept, "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            done: Any = subprocess.run(
                command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return True
    return bool(done.returncode)


def drawn(count: int, seed: int) -> list[Mutant]:
    """So many mutants of all modules, at random."""
    every = [Mutant(module, k) for module in TESTS for k in range(len(places(ast.parse(source_of(module)))))]
    return random.Random(seed).sample(every, min(count, len(every)))


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--count", type=int, default=COUNT)
    reader.add_argument("--seed", type=int, default=SEED)
    reader.add_argument("--run", nargs=2, metavar=("MODULE", "PLACE"), help="run the tests of one mutant here")
    given = reader.parse_args()
    if given.run:
        sys.exit(tested(Mutant(given.run[0], int(given.run[1])), given.run[0]))
    told: Counter[str] = Counter()
    for mutant in drawn(given.count, given.seed):
        outcome = "killed" if killed(mutant) else "survived"
        told[outcome] += 1
        print(f"{outcome}: {mutated(mutant)[1]}", flush=True)
    print(f"{told['killed']} of {told.total()} mutants killed: {told['killed'] / max(told.total(), 1):.0%}")


if __name__ == "__main__":
    main()
