"""The README is true: its Python session runs. Its commands are run in test_transcripts, its links in test_docs."""

import doctest
from importlib import import_module

import pytest

from .conftest import SAMPLE

ROOT = SAMPLE.parent.parent


def test_the_python_session_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert doctest.testfile(str(ROOT / "README.md"), module_relative=False).failed == 0


def test_doctests_of_the_package() -> None:
    for path in sorted((ROOT / "xlremic").rglob("*.py")):
        if ">>>" in path.read_text(encoding="utf-8"):
            module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            assert doctest.testmod(module).failed == 0, path.name
