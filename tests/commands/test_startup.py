"""What each command imports: most need neither a spreadsheet nor an array library, and start quickly for it."""

import os
import subprocess
import sys

import click
import pytest

from xlremic.commands.cli import COMMANDS, main

from ..conftest import SAMPLE

LISTED = """
import sys
before = set(sys.modules)
from xlremic.commands.cli import main
try:
    main(sys.argv[1:], prog_name="xlremic")
finally:
    own = sys.stdlib_module_names | {"xlremic", "__main__", "__mp_main__"}
    print("imported", *sorted({name.partition(".")[0] for name in set(sys.modules) - before} - own), file=sys.stderr)
"""
FILING = str(SAMPLE)


@pytest.mark.parametrize(
    ("command", "allowed"),
    [
        (["--help"], "click"),
        (["--version"], "click"),
        (["build", "--help"], "click"),
        (["run", "--help"], "click"),
        (["addin", "excel", "--help"], "click"),
        (["serve", "--help"], "click"),
        (["parse", FILING], "click"),
        (["parse", FILING, "--json"], "click"),
        (["parse", FILING, "--csv"], "click"),
        (["check", FILING], "click"),
        (["check", FILING, "--json"], "click"),
        (["run", FILING, "--psa", "300"], "click"),
        (["run", FILING, "--report", "cash", "--csv"], "click"),
    ],
    ids=lambda value: " ".join(value).replace(FILING, "FILING") if isinstance(value, list) else None,
)
def test_a_command_imports_no_more_than_it_needs(command: list[str], allowed: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(SAMPLE.parent.parent)}
    words = [sys.executable, "-c", LISTED, *command]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    (imported,) = (line.split()[1:] for line in done.stderr.splitlines() if line.startswith("imported"))
    assert set(imported) == set(allowed.split())


def test_building_imports_neither_pandas_nor_xlwings(tmp_path: os.PathLike[str]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(SAMPLE.parent.parent)}
    words = [sys.executable, "-c", LISTED, "build", FILING, "-o", "light.xlsx", "--no-projection"]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, cwd=tmp_path, check=True)
    assert not {"pandas", "xlwings", "numba", "httpx", "starlette"} & set(done.stderr.split())


def test_help_imports_no_command() -> None:
    code = "import sys; from xlremic.commands.cli import main; main(['--help'], standalone_mode=False);" + (
        "print('loaded', *(name for name in sys.modules if name.startswith('xlremic.')))"
    )
    environment = {**os.environ, "PYTHONPATH": str(SAMPLE.parent.parent)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    loaded = set(done.stdout.splitlines()[-1].split()[1:])
    assert loaded == {"xlremic.commands", "xlremic.commands.cli", "xlremic.errors"}


def test_every_command_is_where_the_table_says() -> None:
    context = click.Context(main)
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        assert command.name == name
