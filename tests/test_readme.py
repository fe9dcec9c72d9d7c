"""The README is true: its Python session runs. Its commands are run in test_transcripts, its links in test_docs."""

import doctest
from importlib import import_module

import pytest

from .conftest import SAMPLE

ROOT = SAMPLE.parent.parent
NEEDS_UNO = "libreoffice_component"
"""Only LibreOffice's own Python has the bridge that it imports, so no example of it can run here."""


def test_the_python_session_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert doctest.testfile(str(ROOT / "README.md"), module_relative=False).failed == 0


def test_doctests_of_the_package() -> None:
    """Every example of every module, the hosts' too; none is where doctest does not find it."""
    tried = set()
    for path in sorted((ROOT / "xlremic").rglob("*.py")):
        examples = path.read_text(encoding="utf-8").count(">>> ")
        if path.stem == NEEDS_UNO:
            assert examples == 0
        elif examples:
            module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            done = doctest.testmod(module)
            assert (done.failed, done.attempted) == (0, examples), path.name
            tried.add(path.parent.name)
    assert {"xlremic", "engine", "functions", "hosts", "xlsx", "batch"} <= tried
