"""Commands and workers killed at random moments: python -m tests.attack.kills --kills 300 --seed 7.

No file is ever torn, a run whose worker is killed ends, a run that goes on accounts for every filing, and the run after
a killed one leaves nothing behind but what it was asked for.
"""

import argparse
import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from xlremic.deal import Deal
from xlremic.files import TEMPORARY
from xlremic.reading.assemble import assemble
from xlremic.reading.parser import read
from xlremic.workbook.build import build

from ..conftest import SAMPLE
from ..functions.test_heal import STORED, book_of
from ..support.many_filings import fill

IN_A_ROW = 5
"""Kills at most before a run that may end, whose leavings are looked at."""
PATIENCE = 300.0
"""Seconds in which a run must end, also on a machine that has much else to do."""
FILINGS = 8
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SAMPLE.parent.parent)}


def prepared(folder: Path) -> dict[str, list[str]]:
    """The commands to kill, by name, and in the folder what they start from."""
    reading = read(SAMPLE)
    deal: Deal = assemble(reading)
    (folder / "kept").mkdir()
    build(reading, folder / "kept" / "deal.xlsx", projection=False)
    (folder / "kept" / "stored.xlsx").write_bytes(book_of(list(STORED)))
    with (folder / "balances.csv").open("w", newline="", encoding="utf-8") as file:
        rows = [(tranche.label, tranche.class_initial_principal_balance) for tranche in deal.tranches]
        csv.writer(file).writerows([("class", "current_balance"), *rows])
    fill(folder / "filings", FILINGS)
    batch = ["batch", "filings", "-o", "deals", "--workers", "2"]
    return {
        "build": ["build", str(SAMPLE), "--no-projection", "-o", "deal.xlsx"],
        "update": ["update", "deal.xlsx", "--balances", "balances.csv", "--as-of", "2006-03-25"],
        "portable": ["addin", "portable", "deal.xlsx", "-o", "portable.xlsx"],
        "heal": ["heal", "stored.xlsx"],
        "batch": [*batch, "--no-workbooks", "--again"],
        "batch with workbooks": [*batch, "--no-projection"],
        "a worker of batch": [*batch, "--no-workbooks", "--again"],
    }


def start(command: list[str], folder: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "xlremic", *command]
    return subprocess.Popen(
        words, cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    except OSError:
        return []


def torn(folder: Path) -> Iterator[str]:
    """Files that are not whole."""
    for path in folder.rglob("*"):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as package:
                if package.testzip() is not None or "xl/workbook.xml" not in package.namelist():
                    yield path.name
        elif path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))


def left(folder: Path) -> list[str]:
    """What no run should leave."""
    return [one.name for one in folder.rglob("*") if one.name.startswith(TEMPORARY[0]) or one.suffix == ".lock"]


def killed_run(command: list[str], folder: Path, moment: float) -> None:
    """Start a command and kill it at that moment, if it has not ended by then."""
    process = start(command, folder)
    try:
        process.wait(moment)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    process.communicate()


def bereft_run(command: list[str], folder: Path, moments: list[float]) -> tuple[int, str]:
    """Run a command to its end, and at those moments kill a process that works for it; its exit code and messages."""
    process, since = start(command, folder), time.monotonic()
    for moment in sorted(moments):
        time.sleep(max(0.0, since + moment - time.monotonic()))
        for victim in children(process.pid)[-1:]:
            os.kill(victim, signal.SIGKILL)
    try:
        _, said = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return -1, "did not end"
    return process.returncode, said


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "deals" / "index.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def problems_after(name: str, command: list[str], folder: Path) -> Iterator[str]:
    """What is wrong when the command runs once more and may end."""
    code, said = bereft_run(command, folder, [])
    if code not in (0, 1) or "Traceback" in said:
        yield f"the run after it ends with {code}: {said[-300:]}"
    elif "batch" in name and (number := len(rows_of(folder))) != FILINGS:
        yield f"{number} of {FILINGS} filings are in the index"
    for one in left(folder):
        yield f"{one} is left"


def attack(kills: int, number: int) -> tuple[Counter[str], list[str]]:
    """Kill so many times, drawn from a seed; the kills by command, and what went wrong."""
    draw = random.Random(number)
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        commands = prepared(folder)
        in_a_row = min(IN_A_ROW, max(1, kills // len(commands)))
        lasts: dict[str, float] = {}
        while counts.total() < kills:
            for what, command in commands.items():
                if counts.total() >= kills:
                    break
                for one in (folder / "kept").iterdir():
                    shutil.copy(one, folder)
                if what not in lasts:
                    since = time.monotonic()
                    wrong += [f"{what}: {one}" for one in problems_after(what, command, folder)]
                    lasts[what] = time.monotonic() - since
                times = [draw.uniform(0.0, 1.05 * lasts[what]) for _ in range(min(in_a_row, kills - counts.total()))]
                if what == "a worker of batch":
                    code, said = bereft_run(command, folder, times)
                    if code not in (0, 1) or "Traceback" in said:
                        wrong.append(f"{what}: ends with {code}: {said[-300:]}")
                else:
                    for moment in times:
                        killed_run(command, folder, moment)
                        wrong += [f"{what}: {one} is torn" for one in torn(folder)]
                counts[what] += len(times)
                wrong += [f"{what}: {one}" for one in problems_after(what, command, folder)]
                wrong += [f"{what}: {one} is torn" for one in torn(folder)]
                for one in folder.glob("*.backup*"):
                    one.unlink()
    return counts, wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    counts, wrong = attack(given.kills, given.seed)
    for what, number in counts.items():
        print(f"{number:4} kills of {what}")
    print(f"{counts.total():4} kills; {len(wrong)} wrong")
    print(*wrong, sep="\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
