"""Every command that README and the documentation show runs as shown, and prints what is shown below it.

A reader's folder is made: the samples, workbooks, a month's balances, a filing fetched before. What would change the
reader's own programs, never ends or needs another month is run as ``VARIANTS`` says; what is for other systems only is listed in ``NOT_RUN``.
"""

import csv
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from xlremic.deal import Deal

from .conftest import SAMPLE

ROOT = SAMPLE.parent.parent
LAST = "commands.md"
"""It shows a line for every command, of workbooks that the other pages make."""
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md"), key=lambda page: (page.name == LAST, page.name)),
    ROOT / "SECURITY.md",
]
PYTHON = r"C:\Python312\pythonw.exe"
VARIANTS = {
    "xlremic addin excel --install": f"xlremic addin excel -o xlremic.xlam --interpreter '{PYTHON}'",
    "xlremic recalc deal.xlsx": "xlremic recalc reported.xlsx",
    "xlremic update deal.xlsx --report report.csv": (
        "xlremic update functions.xlsx --report samples/cmsi-2004-8-report.csv"
    ),
    "xlremic addin libreoffice -o xlremic.oxt --install": "xlremic addin libreoffice -o xlremic.oxt",
}
ENDLESS = {"xlremic serve": "http://localhost:"}
"""Commands that run until interrupted, and what they say when they are ready."""
NOT_RUN = r"make |(\.venv\\Scripts\\)?(python|xlremic|pip) .*|pip install .*|xlremic doctor"
"""Make's targets are looked up; installing is tried in a clean place by other tests; what doctor finds is the reader's."""


def shown() -> Iterator[tuple[str, str, list[str]]]:
    """Page, command and printed lines of every command in a block that is not the text of something else."""
    for page in PAGES:
        for kind, block in re.findall(r"^```(\w*)\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S):
            if kind not in ("", "console"):
                continue
            command, printed = "", list[str]()
            for line in [*block.splitlines(), "$ "]:
                if line.startswith(("$ ", "xlremic ", "pip ")):
                    if command:
                        yield page.name, command, printed
                    command, printed = line.removeprefix("$ ").strip(), []
                elif line.strip():
                    printed.append(line)


WITH_PARTS = ("README.md", "tour.md")
"""Pages that show a part of what a command prints."""
COMMANDS = {command: printed for _, command, printed in reversed(list(shown()))}
ORDER = list(dict.fromkeys(command for _, command, _ in shown()))
RUN = [command for command in ORDER if command.startswith("xlremic ") and command != "xlremic doctor"]


@pytest.fixture(scope="module")
def folder(workbook: Path, deal: Deal, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a reader who has followed the pages so far."""
    place = tmp_path_factory.mktemp("reader")
    shutil.copytree(ROOT / "samples", place / "samples")
    for name in ("deal.xlsx", "cmsi-2004-8.xlsx"):
        shutil.copy(workbook, place / name)
    with (place / "balances.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["class", "current_balance"])
        rows.writerows([t.label, t.class_initial_principal_balance / 2] for t in deal.tranches)
    kept = place / "cache" / "0001141776-04-000244"
    kept.mkdir(parents=True)
    shutil.copy(SAMPLE, kept / "0001141776-04-000244.txt")
    return place


def environment(folder: Path) -> dict[str, str]:
    own = {"HOME": str(folder), "XLREMIC_CACHE": str(folder / "cache"), "XLREMIC_STATE": str(folder / "state")}
    return {**os.environ, **own, "PYTHONPATH": str(ROOT)}


def parts() -> dict[str, list[str]]:
    """Lines that a page shows of what a command prints: in a block of text after it, up to the next command."""
    found: dict[str, list[str]] = {}
    for name in WITH_PARTS:
        command = ""
        text = next(page for page in PAGES if page.name == name).read_text(encoding="utf-8")
        for kind, block in re.findall(r"^```(\w*)\n(.*?)^```|^#", text, re.M | re.S):
            if kind == "console":
                command = [line for line in block.splitlines() if line.startswith("$ ")][-1].removeprefix("$ ")
            elif kind == "text" and command:
                found.setdefault(command, []).extend(block.splitlines())
            else:
                command = ""
    return found


PARTS = parts()


@pytest.mark.parametrize("command", RUN)
def test_commands_run_and_print_what_is_shown(command: str, folder: Path) -> None:
    words = [sys.executable, "-m", "xlremic", *shlex.split(VARIANTS.get(command, command))[1:]]
    if command in ENDLESS:
        with subprocess.Popen(words, cwd=folder, env=environment(folder), stderr=subprocess.PIPE, text=True) as running:
            assert running.stderr is not None
            said = running.stderr.readline()
            running.terminate()
        assert ENDLESS[command] in said
        return
    done = subprocess.run(words, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip()
    if COMMANDS[command]:
        assert done.stdout.splitlines() == COMMANDS[command]
    assert [line for line in PARTS.get(command, []) if line not in done.stdout.splitlines()] == []


def test_no_other_command_is_shown() -> None:
    for page, command, _ in shown():
        assert command in RUN or re.match(NOT_RUN, command), f"{page}: {command}"
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    for text in PAGES:
        for target in re.findall(r"(?:\$ |`)make (\w+)", text.read_text(encoding="utf-8")):
            assert target in targets, f"{text.name}: make {target}"
