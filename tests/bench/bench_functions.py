"""How long a warm call of a worksheet function takes at the registry; run with ``make bench``.

Each call differs from the one before, so none is answered from memory; the repeated call, which is, stands beside it.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from tests.functions.test_functions import sample_tables
from tests.support.golden_calls import BALANCES, CLASSES
from tests.support.sample_deal import sample_deal
from xlremic.engine.assumptions import Assumptions
from xlremic.engine.waterfall import run
from xlremic.functions.registry import call


def timed(work: Callable[[int], object], runs: int) -> tuple[float, float]:
    """Best and median milliseconds of one call, after a tenth of them as warm-up."""
    times = []
    for k in range(runs + runs // 10 + 1):
        start = time.perf_counter()
        work(k)
        times.append(1000 * (time.perf_counter() - start))
    return min(times[-runs:]), statistics.median(times[-runs:])


def main() -> None:
    pools, classes, terms = sample_tables()
    fixed = [row for row in terms if row[0] not in ("psa", "cdr", "call", "advancing")]
    deal = sample_deal()

    def subord(k: int) -> object:
        return call("REMIC_SUBORD", ["B-1", CLASSES, [[481_546_830.0 - k], *BALANCES[1:]]])

    def waterfall(k: int) -> object:
        return call("REMIC_WATERFALL", ["balances", pools, classes, [*fixed, ["psa", 100 + k / 100, None]]])

    works: tuple[tuple[str, Callable[[int], object], int, str], ...] = (
        ("REMIC_SUBORD", subord, 2000, "target 1 ms"),
        ("REMIC_SUBORD again", lambda _: call("REMIC_SUBORD", ["B-1", CLASSES, BALANCES]), 2000, "from memory"),
        ("REMIC_WATERFALL", waterfall, 100, "target 10 ms"),
        ("REMIC_WATERFALL again", lambda _: waterfall(0), 100, "from memory"),
        ("the engine alone", lambda k: run(deal, Assumptions(psa=200 + k / 100)), 100, "for comparison"),
    )
    for name, work, runs, note in works:
        best, median = timed(work, runs)
        print(f"{name}: {best:.3f} ms best, {median:.3f} ms median ({note})")


if __name__ == "__main__":
    main()
