"""Writes the tables of verification.md: run ``make verification``.

No figure is typed: the comparisons of the tests themselves are run and counted here, filings are damaged and fuzzed,
and the benchmarks print their ratios. ``--published`` prints the first table alone, which is the same on every machine;
a test compares it with the page.
"""

import argparse
import json
import os
import platform
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE), str(ROOT)]

from make import filled, table  # noqa: E402

from tests.attack import engine, kills, server, terms, workbooks  # noqa: E402
from tests.attack.mutations import Outcome, attacked  # noqa: E402
from tests.attack.reasons import reason  # noqa: E402
from tests.reading.test_dialects import BY_HAND, scores  # noqa: E402
from tests.support import damage, fuzz_reader  # noqa: E402
from tests.support.dialects import LAWYERS  # noqa: E402
from tests.support.projection_cases import DOZEN  # noqa: E402

PAGE = HERE / "verification.md"
PUBLISHED: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Cash Flow A, 360 months", "sifma_cashflow_a_derived", ("collateral::cash_flow_a_in_all_360_months",)),
    (
        "Cumulative defaults",
        "bma_cumulative_default_matrix",
        ("collateral::cumulative_defaults_of_every_pair_of_speeds",),
    ),
    (
        "Examples of the Standard Formulas",
        "bma_examples",
        (
            "collateral::first_month_of_a_pass_through_is_the_printed_one",
            "speeds::month_of_a_seasoned_pool_gives_the_printed_smm_cpr_and_psa",
            "speeds::average_speeds_of_two_pools_are_the_printed_ones",
            "speeds::absolute_prepayment_speed_is_the_printed_smm",
            "measures::yield_and_its_relatives_of_the_printed_example",
            "measures::seven_days_of_accrued_interest",
            "measures::average_life_of_an_accrual_instrument_both_ways",
        ),
    ),
    ("PSA curve, eight speeds", "psa_curve", ("speeds::psa_curve_at_every_month_and_speed",)),
    ("SDA curve", "sda_curve", ("speeds::sda_curve_at_every_month",)),
    (
        "Pass-through of a textbook",
        "fabozzi_cashflows",
        (
            "collateral::a_textbooks_pass_through_to_the_cent",
            "waterfall::textbooks_walk_through_of_single_months",
        ),
    ),
    (
        "Sequential, accrual and planned classes",
        "fabozzi_average_life",
        (
            "waterfall::textbooks_sequential_classes_without_and_with_an_accrual_class",
            "waterfall::textbooks_planned_class",
        ),
    ),
    (
        "Decrement table and average lives of an agency group",
        "fnma_2019_2_group3_decrement",
        ("waterfall::agency_groups_decrement_table_and_average_lives",),
    ),
    (
        "Planned balances",
        "matlab_cmosched_pac_balance",
        ("collateral::planned_balances_of_two_speeds_are_the_published_ones",),
    ),
    ("Two sequential classes", "matlab_cmoseqcf_example", ("waterfall::two_sequential_classes_of_a_vendors_example",)),
    (
        "Ratio strips of the sample",
        "cmsi_2004_8_pools",
        ("collateral::strips_of_the_sample_are_those_of_its_sub_pools",),
    ),
    ("Shift schedule", "shifting_interest_schedule", ("waterfall::shift_schedule_is_the_shelfs",)),
    (
        "Worked examples of the agreements",
        "cmsi_worked_examples",
        (
            "waterfall::a_loss_writes_down_from_the_bottom_and_resets_the_components",
            "waterfall::an_impaired_class_and_those_above_it_are_paid_first",
        ),
    ),
)
"""What is reproduced, the table in tests/support/published, and the tests that compare with it."""
INSIDE = (
    ("Compiled and plain engine", "scenarios::compiled_and_plain_flows_agree_to_a_millionth_of_a_dollar"),
    ("Engine and slow waterfall", "waterfall::kernel_and_slow_waterfall_agree_on_the_sample"),
)
FUZZED = 1000
END = "<!-- end -->"
BENCHES = ("bench_reading", "bench_engine", "bench_functions")


@dataclass(slots=True)
class Tally:
    """Figures that a test compared: how many, the largest difference, and the same as a share of what is allowed."""

    figures: int = 0
    largest: float = 0.0
    share: float = 0.0

    def note(self, computed: Any, expected: Any, allowed: float) -> None:
        self.figures += 1
        if expected is None or isinstance(expected, str):
            return
        difference = abs(float(computed) - float(expected))
        self.largest = max(self.largest, difference)
        self.share = max(self.share, difference / allowed if allowed else 0.0)


class Counting:
    """Plugin of pytest that counts what its tests compare: by ``pytest.approx``, and by ``same`` between engines."""

    def __init__(self) -> None:
        self.approximate: dict[str, Tally] = defaultdict(Tally)
        self.between_engines: dict[str, Tally] = defaultdict(Tally)
        self.test = ""
        self.failed: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        self.test = item.nodeid.rpartition("/")[2]
        approx, module = pytest.approx, getattr(item, "module", None)
        same: Callable[..., bool] | None = getattr(module, "same", None)
        pytest.approx = self.counted(approx)
        if same is not None:
            vars(module)["same"] = self.compared(same)
        try:
            yield
        finally:
            pytest.approx = approx
            if same is not None:
                vars(module)["same"] = same

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed or report.skipped:
            self.failed.append(f"{report.nodeid} {report.outcome}")

    def counted(self, approx: Callable[..., Any]) -> Callable[..., Any]:
        counting = self

        class Approximately:
            def __init__(self, expected: Any, rel: float | None = None, abs: float | None = None) -> None:  # noqa: A002
                self.expected, self.rel, self.abs = expected, rel, abs

            __hash__ = None  # type: ignore[assignment]

            def __eq__(self, computed: object) -> bool:
                several = isinstance(self.expected, (list, tuple))
                pairs = zip(computed, self.expected, strict=True) if several else [(computed, self.expected)]  # type: ignore[call-overload]
                for one, other in pairs:
                    relative = (1e-6 if self.rel is None and self.abs is None else self.rel or 0.0) * abs(float(other))
                    counting.approximate[counting.test].note(one, other, max(self.abs or 1e-12, relative))
                return bool(computed == approx(self.expected, rel=self.rel, abs=self.abs))

        return Approximately

    def compared(self, same: Callable[..., bool]) -> Callable[..., bool]:
        def counts(first: Any, second: Any, *rest: Any, **more: Any) -> bool:
            number = not isinstance(first, (str, bool)) and first is not None and second is not None
            self.between_engines[self.test].note(
                second, first if number else None, max(1.0, abs(first)) if number else 1.0
            )
            return same(first, second, *rest, **more)

        return counts


def counted(tests: Sequence[str]) -> Counting:
    """Run tests, named as ``module::words``, and count their comparisons. Stops if one fails or is skipped."""
    counting = Counting()
    nodes = []
    for one in tests:
        module, _, words = one.partition("::")
        (file,) = (ROOT / "tests").rglob(f"test_{module}.py")
        nodes.append(f"{file}::test_{words}")
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        with redirect_stdout(StringIO()):
            # Modules that the attacks on the server import are there before pytest, which says so.
            quiet = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
            code = pytest.main(["-q", "-p", "no:cacheprovider", *quiet, *nodes], plugins=[counting])
    finally:
        os.chdir(here)
    if code != 0 or counting.failed:
        raise SystemExit(f"not verified: {', '.join(counting.failed) or code}")
    return counting


def of_tests(tallies: dict[str, Tally], tests: Sequence[str]) -> Tally:
    """The tallies of some tests as one."""
    names = [f"test_{one.replace('::', '.py::test_')}" for one in tests]
    mine = [tally for test, tally in tallies.items() if any(test.partition("[")[0] == name for name in names)]
    return Tally(sum(t.figures for t in mine), max(t.largest for t in mine), max(t.share for t in mine))


def percent(share: float) -> str:
    """A share of what is allowed, rounded up to whole per cent."""
    return f"{(Decimal(share) * 100).quantize(Decimal(1), ROUND_CEILING)}%" if share >= 1e-4 else "under 0.01%"


def shown(difference: float) -> str:
    return f"{difference:.1e}" if difference else "none"


def source(name: str) -> str:
    first = (ROOT / "tests" / "support" / "published" / f"{name}.csv").read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("# source: ")


def published() -> str:
    """Tables of others that the engine reproduces."""
    tallies = counted([test for _, _, tests in PUBLISHED for test in tests]).approximate
    rows = []
    for title, name, tests in PUBLISHED:
        tally = of_tests(tallies, tests)
        rows.append([title, source(name), f"{tally.figures:,}", percent(tally.share)])
    return table(
        ("what", "published in", "figures compared", "largest difference, of what the printed digits allow"), rows
    )


def engines() -> str:
    """The workbook's projection in every engine, case by case."""
    test = "projection_sheets::every_computation_agrees"
    counting = counted([test])
    rows = []
    for case in DOZEN:
        name = f"test_{test.replace('::', '.py::test_')}[{case}]"
        engine, others = counting.approximate[name], counting.between_engines[name]
        rows.append(
            [case, f"{engine.figures:,}", f"{shown(engine.largest)}", f"{others.figures:,}", f"{shown(others.share)}"]
        )
    header = (
        "case", "figures of sheet and engine", "largest difference, USD or years",
        "formula cells in IronCalc and LibreOffice", "largest difference, relative",
    )  # fmt: skip
    return table(header, rows)


def inside() -> str:
    """Ways of computing one thing in Python."""
    tallies = counted([test for _, test in INSIDE]).approximate
    rows = []
    for title, test in INSIDE:
        tally = of_tests(tallies, [test])
        rows.append([title, f"{tally.figures:,}", f"{shown(tally.largest)}"])
    return table(("what", "figures compared", "largest difference, USD"), rows)


def damaged() -> str:
    """How often one wrong digit in a filing is noticed, by what the number says."""
    rng, total = random.Random(1), defaultdict[damage.Kind, damage.Tally](damage.Tally)
    for text in damage.filings():
        for kind, tally in damage.tallied(text, rng, 3).items():
            mine = total[kind]
            mine.leading, mine.leading_found = mine.leading + tally.leading, mine.leading_found + tally.leading_found
            mine.other, mine.other_found = mine.other + tally.other, mine.other_found + tally.other_found

    def row(what: str, tallies: Sequence[damage.Tally]) -> list[str]:
        shares = [
            f"{sum(found) / sum(tried):.0%} of {sum(tried)}" if sum(tried) else ""
            for tried, found in (
                ([t.leading for t in tallies], [t.leading_found for t in tallies]),
                ([t.other for t in tallies], [t.other_found for t in tallies]),
            )
        ]
        return [what, *shares]

    rows = [row(f"`{key}` of {scope}", [tally]) for (key, scope), tally in sorted(total.items())]
    return table(
        ("number", "leading digit wrong: noticed", "another digit: noticed"), [row("all", [*total.values()]), *rows]
    )


def fuzzed() -> str:
    """A thousand mutated filings."""
    originals, read = fuzz_reader.seeds(random.Random(0)), 0
    for number in range(FUZZED):
        rng = random.Random(number)
        read += fuzz_reader.try_one(fuzz_reader.mutated(rng.choice(originals), rng))
    return table(
        ("mutated filings", "read, every fact at its place", "refused by an error of our own"),
        [[f"{FUZZED:,}", f"{read:,}", f"{FUZZED - read:,}"]],
    )


def mutated() -> str:
    """Thousands of small damages to the sample: what became of them, and each class that nothing told of."""
    score = attacked()
    header = (*(str(outcome) for outcome in Outcome), "silent share")
    counts = [f"{score.outcomes[outcome]:,}" for outcome in Outcome]
    parts = [table(header, [[*counts, f"{score.share(Outcome.SILENT):.1%}"]])]
    for outcome, classes in score.classes.items():
        rows = [
            [kind, f"`{key}`", str(count), reason(kind, key) or "open"]
            for (kind, key), count in sorted(classes.items(), key=lambda item: (-item[1], item[0]))
        ]
        parts.append(table((f"{outcome}: kind of mutation", "fact", "times", "why nothing can catch it"), rows))
    return "\n\n".join(parts)


def workbooks_in_a_small_process(cases: int, seed: int) -> workbooks.Tally:
    """A child's memory counts that of the process that it comes from, so this large one is not its parent."""
    script = [sys.executable, "-m", "tests.attack.workbooks", "--json", "--cases", str(cases), "--seed", str(seed)]
    done = subprocess.run(script, check=False, capture_output=True, text=True, cwd=ROOT)  # noqa: S603 - a script of our own
    return workbooks.Tally(**json.loads(done.stdout))


def hostile() -> str:
    """What strangers, broken terms and kills came to: an hour of work."""
    seed = 7
    of_terms = terms.attack(10_000, seed)
    engine.attack(10_000, seed)  # it ends with the first case that goes wrong
    of_workbooks = workbooks_in_a_small_process(300, seed)
    requests = server.attack(5_000, seed)
    killed, wrong = kills.attack(300, seed)
    rows = [
        (
            "files of terms and command lines", sum(of_terms.outcomes.values()), len(of_terms.faults),
            f"{of_terms.slowest:.1f} s",
        ),
        ("random deals under random assumptions", 10_000, 0, ""),
        (
            "commands on strangers' workbooks", sum(of_workbooks.said.values()), len(of_workbooks.faults),
            f"{of_workbooks.seconds:.1f} s, {of_workbooks.megabytes:.0f} MB",
        ),
        (
            "requests to the server", sum(requests.answers.values()), len(requests.faults),
            f"{requests.slowest:.1f} s, {requests.megabytes:.0f} MB",
        ),
        ("kills of commands and of workers of batch", killed.total(), len(wrong), ""),
    ]  # fmt: skip
    for fault in (*of_terms.faults, *of_workbooks.faults, *requests.faults, *wrong):
        print(fault, file=sys.stderr)
    return table(
        ("attack", "times", "faults", "at most"),
        [[what, f"{times:,}", str(bad), most] for what, times, bad, most in rows],
    )


def worded() -> str:
    """Filings in other lawyers' words: what is read of each voice."""
    rows = []
    for voice in (*LAWYERS, *BY_HAND):
        found = scores(voice)
        right, missing = sum(score.right for score in found), sum(len(score.missing) for score in found)
        lost, wrong = sum(len(score.lost) for score in found), sum(len(score.wrong) for score in found)
        counts = (
            f"{right + missing:,}",
            f"{right / (right + missing):.0%}",
            f"{missing - lost:,}",
            str(lost),
            str(wrong),
        )
        rows.append([voice, str(len(found)), *counts])
    header = (
        "voice", "filings", "facts", "read", "not read, listed as unread", "not read, not listed",
        "read, but not what the filing states",
    )  # fmt: skip
    return table(header, rows)


def speed() -> str:
    """What the benchmarks print here and now."""
    told = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    parts = [told]
    for name in BENCHES:
        script = ROOT / "tests" / "bench" / f"{name}.py"
        done = subprocess.run(  # noqa: S603 - a script of our own
            [sys.executable, str(script)], check=True, capture_output=True, text=True, env=environment
        )
        parts.append(f"```text\n{done.stdout.rstrip()}\n```")
    return "\n\n".join(parts)


def versions() -> str:
    packages = ("numpy", "numba", "openpyxl", "formualizer", "ironcalc")
    office = subprocess.run(["soffice", "--version"], check=True, capture_output=True, text=True).stdout.split()  # noqa: S607
    return ", ".join([*(f"{name} {version(name)}" for name in packages), f"LibreOffice {office[1]}"])


PARTS = {
    "published": published,
    "engines": engines,
    "inside": inside,
    "damaged": damaged,
    "fuzzed": fuzzed,
    "mutated": mutated,
    "hostile": hostile,
    "worded": worded,
    "speed": speed,
    "versions": versions,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--published", action="store_true", help="print the table of published figures, write nothing")
    parser.add_argument("--only", choices=PARTS, help="write this table alone anew")
    given = parser.parse_args()
    if given.published:
        print(published())
        return
    text = PAGE.read_text(encoding="utf-8")
    start = text.index(f"<!-- made: {given.only} -->") if given.only else 0
    end = text.index(END, start) + len(END) if given.only else len(text)
    text = text[:start] + filled(text[start:end], PARTS) + text[end:]
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
