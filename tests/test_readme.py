"""The README is true: its Python session runs, its commands exist and print what it shows."""

import doctest
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import SAMPLE

ROOT = SAMPLE.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_session_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert doctest.testfile(str(ROOT / "README.md"), module_relative=False).failed == 0


def test_the_command_line_session_prints_what_it_shows(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    session = next(block for block in re.findall(r"```console\n(.*?)```", README, re.S) if "xlremic parse" in block)
    lines = session.splitlines()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for i, line in enumerate(lines):
        if line.startswith("$ xlremic "):
            command = [sys.executable, "-m", "xlremic", *line.split()[2:]]
            done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)
            assert done.returncode == 0, done.stderr
            if i + 1 < len(lines) and not lines[i + 1].startswith("$"):
                assert done.stdout.splitlines() == [lines[i + 1]]


def test_pictures_and_files_that_it_names_are_there() -> None:
    for place in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / place).is_file(), place
    for target in re.findall(r"\$ make (\w+)", README):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)


def test_doctests_of_the_package() -> None:
    for path in sorted((ROOT / "xlremic").glob("*.py")):
        if ">>>" in path.read_text(encoding="utf-8"):
            module = __import__(f"xlremic.{path.stem}", fromlist=["_"])
            assert doctest.testmod(module).failed == 0, path.name
