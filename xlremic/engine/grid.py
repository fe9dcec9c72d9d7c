"""Many scenarios at once: the measures of every class for every combination of assumptions.

What a speed, a default rate or a severity changes is three tables of monthly rates; everything else of a deal is set
up once for all scenarios that share it. The kernels are those of a single run: compiled by numba where it is
installed, as plain Python where it is not, with results equal to a millionth of a dollar.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, partial
from importlib.util import find_spec
from itertools import product
from math import isnan
from typing import TYPE_CHECKING, Any, cast

from ..deal import Deal
from ..errors import ClusterError, InputError
from ..workers import Lost, spread
from .assumptions import Assumptions
from .capital import capital_structure
from .collateral import (
    LINE_COLUMNS,
    CollateralFlows,
    amortisation_rates,
    mdr_curve,
    project_lines,
    rep_lines,
    smm_curve,
    survival,
)
from .distribution import Books, distribute, rule_terms, zeros
from .measures import NOTHING, accrued_interest, monthly_yield, payment_times
from .strips import STRIP_COLUMNS, strip_lines
from .waterfall import (
    ClassFlows,
    TrancheFlows,
    accrued_days,
    class_flows,
    class_prices,
    distribution_dates,
    line_terms,
    settlement_of,
    tranche_flows,
)

if TYPE_CHECKING:
    import pandas as pd

PREPAYMENT = ("psa", "cpr")
DEFAULT = ("cdr", "sda")
RATES = (*PREPAYMENT, *DEFAULT, "severity")
PARTS = 64
"""Parts of a grid that a cluster shares out."""
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
    reuses: bool


def _same(row: Sequence[float]) -> Sequence[float]:
    return row


PLAIN = Kernels(project_lines, strip_lines, distribute, summarise, monthly_yield, zeros, list, list, _same, False)


@cache
def compiled_kernels() -> Kernels:
    """The same loops compiled by numba over arrays; the first call of a process loads or compiles them.

    Raises: InputError if numba is not installed.
    """
    if find_spec("numba") is None:
        raise InputError("numba is not installed: pip install 'xlremic[fast]', or leave compiled out")
    import numba  # noqa: PLC0415 - optional, and slow to import
    import numpy as np  # noqa: PLC0415 - only the compiled kernels need arrays

    def fast(kernel: Callable[..., Any]) -> Callable[..., Any]:
        try:
            return cast(Callable[..., Any], numba.njit(cache=True)(kernel))
        except RuntimeError:
            # Nowhere to keep compiled code: neither beside the package nor in the user's cache.
            return cast(Callable[..., Any], numba.njit(kernel))

    def matrix(rows: Sequence[Sequence[float]]) -> Any:
        # Lines of one age share one curve: turn each into an array once.
        arrays = {id(row): np.array(row) for row in rows}
        return np.array([arrays[id(row)] for row in rows])

    return Kernels(
        fast(project_lines),
        fast(strip_lines),
        fast(distribute),
        fast(summarise),
        fast(monthly_yield),
        lambda rows, months: np.zeros((rows, months + 1)),
        np.array,
        matrix,
        np.asarray,
        True,
    )


class Block:
    """Rows of arrays cut from one block, which one call clears for the next scenario."""

    def __init__(self, rows: int, months: int) -> None:
        import numpy as np  # noqa: PLC0415 - only the compiled kernels need arrays

        self.rows, self.cut = np.zeros((rows, months + 1)), 0

    def empty(self, rows: int, months: int) -> Any:
        """The next rows of the block."""
        self.cut += rows
        return self.rows[self.cut - rows : self.cut]

    def clear(self) -> None:
        """All rows zero again."""
        self.rows.fill(0.0)


@dataclass(frozen=True, slots=True)
class Sheets:
    """The rows of one scenario: of the lines, of the strips, and the books; and the classes that look at them."""

    columns: tuple[Any, ...]
    strips: list[Any]
    unsupported: Any
    books: Books

    @classmethod
    def blank(cls, setup: "Setup", empty: Callable[[int, int], Any]) -> "Sheets":
        """Rows of zeros."""
        months, pools = setup.months, len(setup.capital.pools)
        return cls(
            tuple(empty(len(setup.lines), months) for _ in LINE_COLUMNS),
            [empty(pools, months) for _ in STRIP_COLUMNS],
            empty(1, months)[0],
            Books.blank(setup.capital, months, empty),
        )


class Setup:
    """One deal under one set of assumptions, ready to be run at any monthly rates."""

    def __init__(self, deal: Deal, assumptions: Assumptions, kernels: Kernels) -> None:
        self.deal, self.assumptions, self.kernels = deal, assumptions, kernels
        self.lines = lines = rep_lines(deal, assumptions)
        self.months = max(line.months for line in lines)
        self.capital = capital_structure(deal, assumptions, lines)
        self.terms = rule_terms(deal, assumptions, self.capital, self.months).over(kernels.vector)
        amortisation = [amortisation_rates(line.gross_rate, line.term, self.months) for line in lines]
        self.line_inputs = (
            kernels.vector([line.balance for line in lines]),
            kernels.vector([line.months for line in lines]),
            kernels.vector([line.lag for line in lines]),
            assumptions.advancing,
            kernels.matrix(amortisation),
            kernels.matrix([survival(rates) for rates in amortisation]),
        )
        self.strip_inputs = line_terms(self.capital, assumptions, lines, kernels.vector)
        self.block: Block | None = None
        self.sheets: Sheets | None = None
        self.classes: list[ClassFlows] = []

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

    def run(self, sheets: Sheets, smm: Any, mdr: Any, severity: Any) -> int:
        """Project and distribute one scenario over blank sheets; returns the month of the call, or 0."""
        self.kernels.project(*self.line_inputs, smm, mdr, severity, *sheets.columns)
        self.kernels.strip(*self.strip_inputs, *sheets.columns, *sheets.strips, sheets.unsupported)
        return sheets.books.fill(
            self.capital, sheets.strips, sheets.unsupported, self.terms, self.kernels.distribute, self.kernels.vector
        )

    def class_flows(self, smm: Any, mdr: Any, severity: Any) -> list[ClassFlows]:
        """Flows by class of one scenario; over arrays they last until the next scenario is run."""
        if not self.kernels.reuses:
            sheets = Sheets.blank(self, self.kernels.empty)
            self.run(sheets, smm, mdr, severity)
            return class_flows(self.capital, sheets.books, sheets.strips, self.months)[0]
        if self.block is None or self.sheets is None:
            self.block = Block(self._rows_needed(), self.months)
            self.sheets = Sheets.blank(self, self.block.empty)
        self.block.clear()
        self.run(self.sheets, smm, mdr, severity)
        if not self.classes or any(group.is_cut for group in self.capital.groups):
            self.classes = class_flows(self.capital, self.sheets.books, self.sheets.strips, self.months)[0]
        return self.classes

    def _rows_needed(self) -> int:
        needed = 0

        def counted(rows: int, months: int) -> list[list[float]]:
            nonlocal needed
            needed += rows
            return zeros(rows, 0)

        Sheets.blank(self, counted)
        return needed

    def flows(self, assumptions: Assumptions) -> TrancheFlows:
        """The full flows of one scenario, as ``waterfall.run`` gives them."""
        smm, mdr = self.prepayment(assumptions), self.default(assumptions)
        sheets = Sheets.blank(self, self.kernels.empty)
        call_month = self.run(sheets, smm, mdr, self.severity(assumptions))
        collateral = CollateralFlows(
            lines=self.lines,
            pools=self.capital.pools,
            months=self.months,
            advancing=assumptions.advancing,
            shortfall_days=assumptions.prepayment_shortfall_days,
            compensation_cap=assumptions.compensation_cap,
            smm=smm,
            mdr=mdr,
            columns=sheets.columns,
        )
        return tranche_flows(self.deal, assumptions, collateral, self.capital, sheets.books, sheets.strips, call_month)


def grid(
    deal: Deal,
    assumptions: Assumptions | None = None,
    *,
    yields: bool = False,
    compiled: bool | None = None,
    workers: int = 1,
    cluster: str | None = None,
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
        cluster: address of a Dask scheduler to work instead.
        progress: called with scenarios done and their number.
        axes: term of ``Assumptions`` -> values, such as psa=[0, 100, 300], cdr=[0, 0.01].
    Raises: InputError for an axis that is no term, or without values; ClusterError if the cluster is lost.
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
    for done, found in enumerate(_swept(deal, base, combinations, yields, use_numba, workers, cluster), start=1):
        rows += found
        if progress is not None:
            progress(done, number)
    measured_as = ["class", *(name for name in MEASURES if yields or name != "yield")]
    columns = dict(zip([*names, *measured_as], zip(*rows, strict=True), strict=True))
    return pd.DataFrame({name: columns[name] for name in (*axes, *measured_as)})


def _swept(
    deal: Deal,
    base: Assumptions,
    combinations: Sequence[Mapping[str, Any]],
    yields: bool,
    compiled: bool,
    workers: int,
    cluster: str | None,
) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of each combination, in their order."""
    if cluster is None and (workers <= 1 or len(combinations) <= 1):
        yield from _sweep(deal, base, combinations, yields, compiled)
        return
    size = -(-len(combinations) // (PARTS if cluster else 4 * workers))
    parts = [combinations[start : start + size] for start in range(0, len(combinations), size)]
    swept: dict[int, list[list[tuple[Any, ...]]]] = {}
    following = 0
    sweep_part = partial(_sweep_all, deal, base, yields=yields, compiled=compiled)
    for number, found in spread(sweep_part, parts, workers=workers, cluster=cluster):
        if isinstance(found, Lost):
            raise ClusterError(f"scenarios have no result: {found.reason}")
        swept[number] = found
        while following in swept:
            yield from swept.pop(following)
            following += 1


def _sweep_all(
    deal: Deal, base: Assumptions, combinations: Sequence[Mapping[str, Any]], *, yields: bool, compiled: bool
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
            setup, made = Setup(deal, base.replace(**slow), kernels), slow
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
    classes = setup.class_flows(smm, mdr, severity)
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
            setup.kernels.as_row(one.interest),
            setup.kernels.as_row(one.principal),
            first,
            (prices[one.label] + accrued) / 100 * one.balance[0],
        )
        yield None if isnan(found) else found
