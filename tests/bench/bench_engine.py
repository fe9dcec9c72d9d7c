"""How fast the engine is, as ratios against things run in the same minute: python tests/bench/bench_engine.py.

Nothing here asserts: times depend on the machine. The plain loop is the arithmetic of one level-payment loan, the
least any projection does; QuantLib, where installed, builds the sample's seven classes as bonds from notionals given
to it and solves their yields, without any waterfall.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.sample_deal import sample_deal
from xlremic.engine.assumptions import Assumptions
from xlremic.engine.books import TrancheFlows
from xlremic.engine.compiled import PLAIN, compiled_kernels
from xlremic.engine.grid import grid, measured
from xlremic.engine.records import Speeds
from xlremic.engine.waterfall import Setup, run
from xlremic.reading.deal_file import read_deal

SCENARIO = Assumptions(psa=300, cdr=0.002, severity=0.3, lag=12)
LOANS = 1_000
SPEEDS, RATES = [float(20 * x) for x in range(40)], [x / 1000 for x in range(25)]


def best(task: Callable[[], Any], times: int) -> float:
    """Shortest of several runs, in seconds."""
    shortest = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        task()
        shortest = min(shortest, time.perf_counter() - start)
    return shortest


def one_loan() -> float:
    """357 months of one level-payment loan in the plainest loop."""
    balance, rate, paid = 400e6, 0.08125 / 12, 0.0
    for k in range(357):
        scheduled = balance * rate / ((1 + rate) ** (357 - k) - 1)
        prepaid = (balance - scheduled) * 0.008
        balance -= scheduled + prepaid
        paid += scheduled + prepaid
    return paid


def quantlib_classes(flows: TrancheFlows) -> Callable[[], list[float]]:
    """Seven classes built and yielded by QuantLib from the notionals that our waterfall found."""
    ql = import_module("QuantLib")

    wanted = [one for one in flows.classes if one.label in ("A-I", "B-1", "B-2", "B-3", "B-4", "B-5", "B-6")]
    start = ql.Date(1, 10, 2004)
    ql.Settings.instance().evaluationDate = ql.Date(28, 10, 2004)
    count = ql.Thirty360(ql.Thirty360.BondBasis)

    def build() -> list[float]:
        yields = []
        for one in wanted:
            notionals = [x for x in one.balance[:-1] if x > 0.01]
            schedule = ql.Schedule(
                start,
                start + ql.Period(len(notionals), ql.Months),
                ql.Period(ql.Monthly),
                ql.NullCalendar(),
                ql.Unadjusted,
                ql.Unadjusted,
                ql.DateGeneration.Forward,
                False,
            )
            bond = ql.AmortizingFixedRateBond(0, notionals, schedule, [0.0534], count)
            for flow in bond.cashflows():
                flow.amount()
            price = ql.BondPrice(100.0, ql.BondPrice.Clean)
            yields.append(bond.bondYield(price, count, ql.Compounded, ql.Semiannual))
        return yields

    return build


def bench_deal_files(sample: float) -> None:
    """The published group of fifteen classes beside the sample's scenario, and a tape of a thousand loans."""
    group = read_deal(Path(__file__).parents[2] / "samples" / "fnma-2006-18-group1.toml")
    loan, each = group.loans[0], sum((one.balance for one in group.loans), Decimal(0)) / LOANS
    rates = [Decimal(one % 97) / 10_000 for one in range(LOANS)]
    tape = tuple(
        replace(
            loan, label=str(k), balance=each, rate=loan.net_rate + rate, remaining_term=Decimal(330 + k % 30),
            age=Decimal(1 + k % 30),
        )
        for k, rate in enumerate(rates)
    )  # fmt: skip
    for name, deal in (("15 classes", group), (f"{LOANS:,} loans", replace(group, loans=tape))):
        setup = Setup(deal, SCENARIO, compiled_kernels())

        def scenario(setup: Setup = setup) -> object:
            return setup.class_flows(
                Speeds(setup.prepayment(SCENARIO), setup.default(SCENARIO), setup.severity(SCENARIO))
            )

        scenario()
        speeds = Speeds(setup.prepayment(SCENARIO), setup.default(SCENARIO), setup.severity(SCENARIO))
        took, whole = best(partial(setup.class_flows, speeds), 20), best(scenario, 5)
        print(
            f"deal file, {name}: flows{'':{19 - len(name)}}{1e3 * took:11.3f} ms   {took / sample:8.1f} x the sample's"
        )
        print(f"deal file, {name}: and its rates{'':{11 - len(name)}}{1e3 * whole:11.3f} ms")


def main() -> None:
    """Print the table."""
    deal = sample_deal()
    loan = best(one_loan, 50)
    print(f"one loan, 357 months, plain loop            {1e3 * loan:9.3f} ms")
    single = best(lambda: run(deal, SCENARIO), 100)
    print(f"one scenario, plain Python                  {1e3 * single:9.3f} ms   {single / loan:8.1f} x the loan")
    plain = best(lambda: grid(deal, SCENARIO, psa=SPEEDS[:10], cdr=RATES[:5], compiled=False), 1)
    print(
        f"50 scenarios, plain Python                  {1e3 * plain:9.3f} ms   {plain / 50 / loan:8.1f} x the loan each"
    )
    if find_spec("numba") is None:
        print("numba is not installed: the compiled half is left out")
        return
    setup = Setup(deal, SCENARIO, compiled_kernels())
    rates = Speeds(setup.prepayment(SCENARIO), setup.default(SCENARIO), setup.severity(SCENARIO))
    measured(setup, rates, yields=True)
    flows = best(lambda: setup.class_flows(rates), 300)
    print(
        f"one scenario, numba: flows                  {1e3 * flows:9.3f} ms   {single / flows:8.1f} x faster than plain"
    )
    kept = best(lambda: measured(setup, rates), 300)
    print(f"one scenario, numba: flows and measures     {1e3 * kept:9.3f} ms")
    valued = best(lambda: measured(setup, rates, yields=True), 100)
    print(f"one scenario, numba: and 15 yields          {1e3 * valued:9.3f} ms")
    table = best(lambda: grid(deal, SCENARIO, psa=SPEEDS, cdr=RATES, compiled=True), 5)
    print(
        f"1,000 scenarios, numba, one core            {1e3 * table:9.3f} ms   {1000 * plain / 50 / table:8.1f} x faster"
    )
    bench_deal_files(flows)
    if find_spec("QuantLib") is None:
        print("QuantLib is not installed: no comparison")
        return
    bonds = best(quantlib_classes(Setup(deal, SCENARIO, PLAIN).flows(SCENARIO)), 10)
    print(
        f"QuantLib, 7 classes from given notionals    {1e3 * bonds:9.3f} ms   {bonds / valued:8.1f} x ours with yields"
    )


if __name__ == "__main__":
    main()
