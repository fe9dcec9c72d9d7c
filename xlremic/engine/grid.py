"""Many scenarios at once: the measures of every class for every combination of assumptions.

The pipeline is that of a single run: its kernels compiled by numba where it is installed, as plain Python where it is
not, with results equal to a millionth of a dollar.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from itertools import product
from math import isnan
from typing import TYPE_CHECKING, Any

from ..deal import Deal
from ..errors import ClusterError, InputError
from ..workers import Lost, spread
from .assumptions import RATES, RIVALS, TERMS, Assumptions
from .books import ClassFlows, accrued_days, class_prices, distribution_dates, settlement_of
from .compiled import PLAIN, compiled_kernels
from .measures import HALF_CENT, accrued_interest, payment_times
from .records import Speeds
from .waterfall import Setup

if TYPE_CHECKING:
    import pandas as pd

PREPAYMENT, DEFAULT = RIVALS
PARTS = 64
"""Parts of a grid that a cluster shares out."""
MEASURES = ("wal", "first_month", "last_month", "principal", "interest", "loss", "yield")


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

    for name, values in axes.items():
        if name not in TERMS:
            raise InputError(f"{name!r} is no assumption: an axis is one of {', '.join(sorted(TERMS))}")
        if isinstance(values, str) or not isinstance(values, Sequence) or not values:
            raise InputError(f"axis {name}: give a list of values")
    base = assumptions or Assumptions()
    _understood(deal, base, axes)
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


def _understood(deal: Deal, base: Assumptions, axes: Mapping[str, Sequence[Any]]) -> None:
    """Every value of an axis, before the first scenario is computed. Raises: InputError."""
    setup = Setup(deal, base)
    of_term = {name: build for terms, build in _builders(setup) for name in terms}
    for name, values in axes.items():
        for value in values:
            terms = base.replace(**{name: value})
            if name in of_term and isinstance(value, str):  # the months of a vector are read when its rates are made
                of_term[name](terms)


def _builders(setup: Setup) -> tuple[tuple[tuple[str, ...], Callable[[Assumptions], Any]], ...]:
    """Terms that a table of monthly rates is made from, and what makes it."""
    return (PREPAYMENT, setup.prepayment), (DEFAULT, setup.default), (("severity",), setup.severity)


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
        for terms, build in _builders(setup):
            varied = {name: combination[name] for name in terms if name in combination}
            key = (terms, *(repr(value) for value in varied.values()))
            if key not in tables:
                tables[key] = build(setup.assumptions.replace(**varied))
            rates.append(tables[key])
        given = tuple(combination.values())
        yield [given + row for row in measured(setup, Speeds(*rates), yields=yields)]


def measured(setup: Setup, speeds: Speeds, *, yields: bool = False) -> list[tuple[Any, ...]]:
    """Label and ``MEASURES`` of every class in one scenario, the yield if asked for."""
    kernels = setup.kernels
    classes = setup.class_flows(speeds)
    rows: list[tuple[Any, ...]] = []
    for one in classes:
        # Months in which an accrual class takes on more than it is paid count for nothing, as negative principal does.
        flows = (one.balance, one.interest, one.principal, one.loss, one.principal)
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
        if one.balance[0] < HALF_CENT:
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
