"""How long reading and building take, beside what they cannot do without. Prints ratios; run with ``make bench``.

Whole processes are timed in turn, several times, and the medians compared, since machines drift.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from xlremic.reading.assemble import assemble
from xlremic.reading.filing import read_filing
from xlremic.reading.parser import parse
from xlremic.reading.tieout import tie_out
from xlremic.workbook.build import build

SAMPLE = Path(__file__).parent.parent.parent / "samples" / "cmsi-2004-8.txt"
RUNS = 2


def whole_process(*command: str) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def paired(first: Sequence[str], second: Sequence[str]) -> tuple[float, float]:
    """Median seconds of two commands run in turn, after one warm-up each."""
    times = [(whole_process(*first), whole_process(*second)) for _ in range(RUNS + 1)]
    return statistics.median(t[0] for t in times[1:]), statistics.median(t[1] for t in times[1:])


def main() -> None:
    times = []
    for _ in range(31):
        start = time.perf_counter()
        parse(read_filing(SAMPLE))
        times.append(time.perf_counter() - start)
    print(
        f"read the sample, in process: {1000 * min(times):.1f} ms best, {1000 * statistics.median(times):.1f} ms median"
    )
    start, number = time.perf_counter(), 0
    while time.perf_counter() - start < 5:
        reading = parse(read_filing(SAMPLE))
        tie_out(reading, assemble(reading))
        number += 1
    print(f"filings parsed and tied out on one core: {number / (time.perf_counter() - start):.1f} per second")
    with tempfile.TemporaryDirectory() as folder:
        finished = str(build(parse(read_filing(SAMPLE)), Path(folder) / "finished.xlsx").path)
        again = "import sys, openpyxl; openpyxl.load_workbook(sys.argv[1]).save(sys.argv[2])"
        ours, floor = paired(
            [sys.executable, "-m", "xlremic", "build", str(SAMPLE), "-o", f"{folder}/out.xlsx"],
            [sys.executable, "-c", again, finished, f"{folder}/copy.xlsx"],
        )
        print(
            f"build, whole process: {ours:.3f} s, {ours / floor:.2f} x openpyxl loading and saving it ({floor:.3f} s)"
        )
        ours, floor = paired(
            [sys.executable, "-m", "xlremic", "parse", str(SAMPLE), "--json"],
            [sys.executable, "-c", "import re, json, decimal"],
        )
        print(f"parse, whole process: {ours:.3f} s; starting Python with re, json, decimal: {floor:.3f} s")


if __name__ == "__main__":
    main()
