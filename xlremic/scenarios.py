"""Many scenarios at once: the measures of every class for every combination of assumptions.

What a speed, a default rate or a severity changes is three tables of monthly rates; everything else of a deal is set
up once for all scenarios that share it. The kernels are those of a single run: compiled by numba where it is
installed, as plain Python where it is not, with results equal to a millionth of a dollar.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from functools import cache
from importlib.util import find_spec
from itertools import product
from math import isnan
from typing import TYPE_CHECKING, Any

from xlremic.assumptions import Assumptions
from xlremic.capital import CapitalStructure, capital_structure
from xlremic.collateral import (
    LINE_COLUMNS,
    CollateralFlows,
    RepLine,
    amortisation_rates,
    mdr_curve,
    project_lines,
    rep_lines,
    smm_curve,
    strip_lines,
    survival,
)
from xlremic.deal import Deal
from xlremic.errors import InputError
from xlremic.measures import NOTHING, accrued_interest, monthly_yield, payment_times
from xlremic.waterfall import (
    Books,
    ClassFlows,
    RuleTerms,
    TrancheFlows,
    accrued_days,
    class_flows,
    class_prices,
    distribute,
    distribution_dates,
    line_terms,
    rule_terms,
    settlement_of,
    strip,
    tranche_flows,
    zeros,
)

if TYPE_CHECKING:
    import pandas as pd

PREPAYMENT = ("psa", "cpr")
DEFAULT = ("cdr", "sda")
RATES = (*PREPAYMENT, *DEFAULT, "severity")
MEASURES = ("wal", "first_month", "last_month", "principal", "interest", "loss", "yield")


def summarise(
    balance: Sequence[float],
    interest: Sequence[float],
    principal: Sequence[float],
    loss: Sequence[float],
    repayments: Sequence[float],
    io: bool,
) -> tuple[float, float, float, float, float, float]:
    """Average life (month/12), first and last month of principal, and totals of one class, in one pass.

    An average life of not a number, and months of zero, say that no principal is paid. An IO class is measured by the
    fall of its notional.

    >>> summarise([10.0, 4.0, 0.0], [0.0, 0.5, 0.25], [0.0, 6.0, 4.0], [0.0] * 3, [0.0, 6.0, 4.0], False)[1:]
    (1.0, 2.0, 10.0, 0.75, 0.0)
    """
    weighted, repaid, paid, earned, lost, first, last = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(1, len(balance)):
        falls = balance[k - 1] - balance[k] if io else repayments[k]
        earned += interest[k]
        paid += principal[k]
        lost += loss[k]
        if falls > 0.0:
            weighted += k * falls
            repaid += falls
            if falls >= 0.005:
                last = float(k)
                if first == 0.0:
                    first = float(k)
    return (weighted / repaid / 12 if repaid >= 0.005 else float("nan")), first, last, paid, earned, lost


@dataclass(frozen=True, slots=True)
class Kernels:
    """The loops of a projection and the containers they run over."""

    project: Callable[..., None]
    strip: Callable[..., None]
    distribute: Callable[..., int]
    summarise: Callable[..., tuple[float, ...]]
    monthly_yield: Callable[..., float]
    empty: Callable[[int, int], Any]
    vector: Callable[[Sequence[float]], Any]
    matrix: Callable[[Sequence[Sequence[float]]], Any]
    as_row: Callable[[Sequence[float]], Any]


def _same(row: Sequence[float]) -> Sequence[float]:
    return row


PLAIN = Kernels(project_lines, strip_lines, distribute, summarise, monthly_yield, zeros, list, list, _same)


@cache
def compiled_kernels() -> Kernels:
    """The same loops compiled by numba over arrays; the first call of a process loads or compiles them.

    Raises: InputError if numba is not installed.
    """
    if find_spec("numba") is None:
        raise InputError("numba is not installed: pip install 'xlremic[fast]', or leave compiled out")
    import numba  # noqa: PLC0415 - optional, and slow to import
    import numpy as np  # noqa: PLC0415 - only the compiled kernels need arrays

    fast: Callable[[Any], Any] = numba.njit(cache=True)
    return Kernels(
        fast(project_lines),
        fast(strip_lines),
        fast(distribute),
        fast(summarise),
        fast(monthly_yield),
        lambda rows, months: np.zeros((rows, months + 1)),
        np.array,
        np.array,
        np.asarray,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """One deal under one set of assumptions, ready to be run at any monthly rates."""

    deal: Deal
    assumptions: Assumptions
    kernels: Kernels
    lines: tuple[RepLine, ...]
    capital: CapitalStructure
    terms: RuleTerms
    months: int
    amortisation: Any
    factor: Any
    starts: tuple[Any, ...]
    line_terms: tuple[Any, ...]

    @classmethod
    def of(cls, deal: Deal, assumptions: Assumptions, kernels: Kernels) -> "Setup":
        """Everything of a scenario that does not depend on speeds, default rates and severities."""
        lines = rep_lines(deal, assumptions)
        months = max(line.months for line in lines)
        capital = capital_structure(deal, assumptions, lines)
        amortisation = [amortisation_rates(line.gross_rate, line.term, months) for line in lines]
        return cls(
            deal=deal,
            assumptions=assumptions,
            kernels=kernels,
            lines=lines,
            capital=capital,
            terms=rule_terms(deal, assumptions, capital, months).over(kernels.vector),
            months=months,
            amortisation=kernels.matrix(amortisation),
            factor=kernels.matrix([survival(rates) for rates in amortisation]),
            starts=(
                kernels.vector([line.balance for line in lines]),
                kernels.vector([line.months for line in lines]),
                kernels.vector([line.lag for line in lines]),
            ),
            line_terms=line_terms(capital, lines, kernels.vector),
        )

    def prepayment(self, assumptions: Assumptions) -> Any:
        """SMM by line and month."""
        return self.kernels.matrix([smm_curve(line, assumptions, self.months) for line in self.lines])

    def default(self, assumptions: Assumptions) -> Any:
        """MDR by line and month."""
        return self.kernels.matrix([mdr_curve(line, assumptions, self.months) for line in self.lines])

    def severity(self, assumptions: Assumptions) -> Any:
        """Severity by line and month."""
        return self.kernels.matrix(
            [assumptions.by_month("severity", line.pool, self.months) or () for line in self.lines]
        )

    def run(self, smm: Any, mdr: Any, severity: Any) -> tuple[CollateralFlows, Books]:
        """Project and distribute one scenario."""
        kernels, lines = self.kernels, self.lines
        columns = tuple(kernels.empty(len(lines), self.months) for _ in LINE_COLUMNS)
        kernels.project(
            *self.starts,
            self.assumptions.advancing,
            self.amortisation,
            self.factor,
            smm,
            mdr,
            severity,
            *columns,
        )
        collateral = CollateralFlows(
            lines=lines,
            pools=self.capital.pools,
            months=self.months,
            advancing=self.assumptions.advancing,
            shortfall_days=self.assumptions.prepayment_shortfall_days,
            compensation_cap=self.assumptions.compensation_cap,
            smm=smm,
            mdr=mdr,
            columns=columns,
        )
        strips, unsupported = strip(self.capital, collateral, self.line_terms, kernels.strip, kernels.empty)
        books = Books.of(
            self.capital, strips, unsupported, self.terms, kernels.distribute, kernels.empty, kernels.vector
        )
        return collateral, books

    def flows(self, assumptions: Assumptions) -> TrancheFlows:
        """The full flows of one scenario, as ``waterfall.run`` gives them."""
        collateral, books = self.run(
            self.prepayment(assumptions), self.default(assumptions), self.severity(assumptions)
        )
        return tranche_flows(self.deal, assumptions, collateral, self.capital, books)


def grid(
    deal: Deal,
    assumptions: Assumptions | None = None,
    *,
    yields: bool = False,
    compiled: bool | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
    **axes: Sequence[Any],
) -> "pd.DataFrame":
    """Measures of every class for every combination of the values given, one row each.

    Columns: the axes, class, then ``wal`` (month/12, years), ``first_month``, ``last_month``, ``principal``,
    ``interest``, ``loss`` (dollars), and ``yield`` (per cent, at the assumptions' prices) if asked for.

    Args:
        deal: what the filing states.
        assumptions: everything that no axis varies; all defaults if left out.
        yields: solve the yield of every class too.
        compiled: use numba; left out, use it if it is installed.
        workers: number of processes; one stays in this process.
        progress: called with scenarios done and their number.
        axes: term of ``Assumptions`` -> values, such as psa=[0, 100, 300], cdr=[0, 0.01].
    Raises: InputError for an axis that is no term, or without values.
    """
    import pandas as pd  # noqa: PLC0415 - a table is made only here

    known = {term.name for term in fields(Assumptions)}
    for name, values in axes.items():
        if name not in known:
            raise InputError(f"{name!r} is no assumption: an axis is one of {', '.join(sorted(known))}")
        if isinstance(values, str) or not isinstance(values, Sequence) or not values:
            raise InputError(f"axis {name}: give a list of values")
    base = assumptions or Assumptions()
    use_numba = find_spec("numba") is not None if compiled is None else compiled
    # Terms that need a new setup vary slowest, so that a setup serves a run of scenarios.
    names = sorted(axes, key=lambda name: name in RATES)
    number = 1
    for values in axes.values():
        number *= len(values)
    combinations = [dict(zip(names, values, strict=True)) for values in product(*(axes[name] for name in names))]
    rows: list[tuple[Any, ...]] = []
    for done, found in enumerate(_swept(deal, base, combinations, yields, use_numba, workers), start=1):
        rows += found
        if progress is not None:
            progress(done, number)
    measured_as = ["class", *(name for name in MEASURES if yields or name != "yield")]
    return pd.DataFrame(rows, columns=[*names, *measured_as])[[*axes, *measured_as]]


def _swept(
    deal: Deal,
    base: Assumptions,
    combinations: Sequence[Mapping[str, Any]],
    yields: bool,
    compiled: bool,
    workers: int,
) -> Iterator[list[tuple[Any, ...]]]:
    if workers <= 1 or len(combinations) <= 1:
        yield from _sweep(deal, base, combinations, yields, compiled)
        return
    size = -(-len(combinations) // (4 * workers))
    parts = [combinations[start : start + size] for start in range(0, len(combinations), size)]
    with ProcessPoolExecutor(workers) as pool:
        for found in pool.map(_sweep_all, *zip(*((deal, base, part, yields, compiled) for part in parts), strict=True)):
            yield from found


def _sweep_all(
    deal: Deal, base: Assumptions, combinations: Sequence[Mapping[str, Any]], yields: bool, compiled: bool
) -> list[list[tuple[Any, ...]]]:
    return list(_sweep(deal, base, combinations, yields, compiled))


def _sweep(
    deal: Deal, base: Assumptions, combinations: Sequence[Mapping[str, Any]], yields: bool, compiled: bool
) -> Iterator[list[tuple[Any, ...]]]:
    """Run scenarios one after the other; a setup, and a table of rates, serve as long as their terms stay the same."""
    kernels = compiled_kernels() if compiled else PLAIN
    setup: Setup | None = None
    made: dict[str, Any] = {}
    tables: dict[tuple[Any, ...], Any] = {}
    for combination in combinations:
        slow = {name: value for name, value in combination.items() if name not in RATES}
        if setup is None or slow != made:
            setup, made = Setup.of(deal, base.replace(**slow), kernels), slow
            tables.clear()
        rates = []
        for terms, build in (
            (PREPAYMENT, setup.prepayment),
            (DEFAULT, setup.default),
            (("severity",), setup.severity),
        ):
            varied = {name: combination[name] for name in terms if name in combination}
            key = (terms, *(repr(value) for value in varied.values()))
            if key not in tables:
                tables[key] = build(setup.assumptions.replace(**varied))
            rates.append(tables[key])
        given = tuple(combination.values())
        yield [given + row for row in measured(setup, *rates, yields=yields)]


def measured(setup: Setup, smm: Any, mdr: Any, severity: Any, *, yields: bool = False) -> list[tuple[Any, ...]]:
    """Label and ``MEASURES`` of every class in one scenario, the yield if asked for."""
    kernels = setup.kernels
    classes, _ = class_flows(setup.capital, setup.run(smm, mdr, severity)[1], setup.months)
    rows: list[tuple[Any, ...]] = []
    for one in classes:
        repayments = one.principal if one.accretion is None else one.repayments
        flows = (one.balance, one.interest, one.principal, one.loss, repayments)
        wal, first, last, paid, earned, lost = kernels.summarise(
            *map(kernels.as_row, flows), one.kind == "interest only"
        )
        rows.append((one.label, None if isnan(wal) else wal, int(first) or None, int(last) or None, paid, earned, lost))
    return [(*row, found) for row, found in zip(rows, _yields(setup, classes), strict=True)] if yields else rows


def _yields(setup: Setup, classes: Sequence[ClassFlows]) -> Iterator[float | None]:
    settle, days = settlement_of(setup.deal, setup.assumptions), distribution_dates(setup.deal, setup.assumptions, 1)
    first = payment_times(1, settle, days[1] if days else None)[1]
    prices = class_prices(classes, setup.assumptions)
    for one in classes:
        if one.balance[0] < NOTHING:
            yield None
            continue
        accrued = accrued_interest(100.0, 12 * one.interest[1] / one.balance[0], accrued_days(settle))
        found = setup.kernels.monthly_yield(
            setup.kernels.vector([i + p for i, p in zip(one.interest, one.principal, strict=True)]),
            first,
            (prices[one.label] + accrued) / 100 * one.balance[0],
        )
        yield None if isnan(found) else found
