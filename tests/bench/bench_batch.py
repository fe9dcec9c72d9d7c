"""How many filings a second are read and tied out, what a second worker gains, and what memory does meanwhile.

Run with ``make bench``. The gain of two workers is printed beside that of two processes of plain arithmetic in the same
minute, which is all that the machine has to give. Filings are generated; their number may be given (default 100).
"""

import resource
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.support.many_filings import fill
from xlremic.batch.filings import batch
from xlremic.batch.outcome import Job, outcome
from xlremic.workers import spread


def burn(_: int) -> int:
    """A quarter of a second of arithmetic or so."""
    return sum(i * i for i in range(4_000_000))


def seconds_burnt(workers: int, items: int = 8) -> float:
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        list(pool.map(burn, range(workers)))  # starts the processes
        start = time.perf_counter()
        list(pool.map(burn, range(items)))
        return time.perf_counter() - start


def seconds_read(jobs: list[Job], workers: int) -> float:
    """From the first result to the last, so that the start of processes is left out."""
    start = 0.0
    for done, _ in enumerate(spread(outcome, jobs, workers=workers)):
        if done == workers * 4:
            start, first = time.perf_counter(), done
    return (time.perf_counter() - start) * len(jobs) / (len(jobs) - first - 1)


def peak_mb(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


def main(number: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder / "in", number)
        jobs = [
            Job(path=path.name, place=str(path), name=path.stem, folder=name, workbooks=False, again=True)
            for path in sorted((folder / "in").iterdir())[:number]
        ]
        (folder / ".xlremic").mkdir()
        one, two = seconds_read(jobs, 1), seconds_read(jobs, 2)
        gain, ceiling = one / two, seconds_burnt(1) / seconds_burnt(2)
        print(f"read and tied out, one row each: {len(jobs) / one:.1f} filings per second and core")
        print(f"two workers: {gain:.2f} x one; two processes of plain arithmetic: {ceiling:.2f} x one")
        marks: list[float] = []

        def progress(done: int, _: int) -> None:
            if done % max(1, number // 4) == 0:
                marks.append(peak_mb(resource.RUSAGE_SELF))

        start = time.perf_counter()
        rows = batch([str(folder / "in")], folder / "out", workers=1, workbooks=False, again=True, progress=progress)
        spent = time.perf_counter() - start
        statuses = ", ".join(f"{status} {count:,}" for status, count in Counter(row["status"] for row in rows).items())
        print(f"batch of {number:,} filings without workbooks, one worker: {spent:.1f} s; {statuses}")
        print("peak memory after each quarter: " + ", ".join(f"{mark:.0f} MB" for mark in marks))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
