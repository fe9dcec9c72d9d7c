"""Seconds and memory until each attack file of the tests is refused by ``xlremic check``, as a whole process; ``make bench``."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SECONDS, MEGABYTES = 1.0, 100.0
NAMES = "from tests.support.attacks import ATTACKS; print(*ATTACKS, sep='\\n')"
MADE = "import sys; from tests.support.attacks import ATTACKS; open(sys.argv[2], 'wb').write(ATTACKS[sys.argv[1]][0]())"
REFUSED = """
import resource, sys
from xlremic.commands.cli import main
try:
    main(["check", sys.argv[1]])
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def run(code: str, *arguments: str, code_expected: int = 0) -> str:
    """What a Python of its own prints, since memory that another part once had would be counted."""
    command = [sys.executable, "-c", code, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != code_expected:
        raise SystemExit(f"{arguments}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def main() -> None:
    slowest = largest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "attack.xlsx")
        for name in run(NAMES).splitlines():
            run(MADE, name, path)
            start = time.perf_counter()
            memory = int(run(REFUSED, path, code_expected=2).split()[-1]) / 1024
            seconds = time.perf_counter() - start
            slowest, largest = max(slowest, seconds), max(largest, memory)
            print(f"{name:30} {seconds:6.2f} s {memory:6.0f} MB")
    print(f"the worst: {slowest:.2f} s (target {SECONDS:g} s), {largest:.0f} MB (target {MEGABYTES:g} MB)")


if __name__ == "__main__":
    main()
