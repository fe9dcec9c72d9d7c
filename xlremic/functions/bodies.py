"""Bodies of the REMIC functions: scalars, words and ranges in, a number or a table out; they read nothing else.

Each takes its arguments in the registry's order, already of their kinds, ``None`` for what is left out. The engine is
imported where it runs, so that a small function does not wait for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from ..engine.assumptions import Assumptions
from ..engine.measures import (
    convexity,
    decrement,
    modified_duration,
    payment_times,
    price,
    weighted_average_life,
    window,
    yield_to_price,
)
from ..engine.shifting import senior_share
from ..engine.speeds import LONGEST, psa_cpr, realised_cdr, realised_cpr, sda_cdr, seasoned_month
from ..engine.strips import io_rate, po_fraction
from ..engine.termination import ONE_MONTH, termination_price
from ..errors import InputError
from ..subordination import call_threshold, is_callable, seniority, subordination_levels
from .cells import (
    Cell,
    CellError,
    CellErrorCode,
    Cells,
    Result,
    Scalar,
    Table,
    day_of,
    fraction,
    label_of,
    not_available,
    number_error,
    value_error,
    whole,
)
from .tables import class_of, project, records

if TYPE_CHECKING:
    from ..engine.books import ClassFlows

T = TypeVar("T")
_REPORTS: Mapping[str, str] = {
    "balances": "balance",
    "principal": "principal",
    "interest": "interest",
    "losses": "loss",
}
_FLOWS = ("beginning_balance", "interest", "principal", "loss", "ending_balance")
_BASES = ("month", "30/360")


def subord_body(tranche: str | None, classes: Cells | None, balances: Cells | None) -> Result:
    labels, dollars = _classes(classes, balances)
    try:
        places = [seniority(label) for label in labels]
    except InputError as error:
        raise value_error(str(error)) from error
    order = {place: rank for rank, place in enumerate(sorted(set(places)), 1)}
    if not any(dollars):
        raise CellError(CellErrorCode.DIV0, "the class balances add up to zero: there is nothing to take a share of")
    levels = subordination_levels(dollars, [order[place] for place in places])
    if tranche is None:
        return [[level] for level in levels]
    for label, level in zip(labels, levels, strict=True):
        if label.casefold() == tranche.casefold():
            return level
    raise not_available(f"there is no class {tranche}: the classes are {', '.join(labels)}")


def _classes(classes: Cells | None, balances: Cells | None) -> tuple[list[str], list[float]]:
    """Labels and balances of two ranges of one length; places empty in both are skipped."""
    labels, dollars = _line(_needed(classes, "classes"), "classes"), _line(_needed(balances, "balances"), "balances")
    if len(labels) != len(dollars):
        raise value_error(f"classes has {len(labels)} cells but balances {len(dollars)}: give ranges of one length")
    pairs = [(label, cell) for label, cell in zip(labels, dollars, strict=True) if label is not None or cell]
    for label, cell in pairs:
        if label is None or cell is None or isinstance(cell, str | bool):
            raise value_error(f"class {label or '(none)'}: its balance {cell!r} is not a number")
    return [label_of(label) for label, _ in pairs if label is not None], [
        cell for _, cell in pairs if isinstance(cell, float)
    ]


def call_threshold_body(cut_off_balance: float | None, percent: float | None) -> Result:
    return call_threshold(_needed(cut_off_balance, "cut_off_balance"), _needed(percent, "percent"))


def callable_body(current_balance: float | None, cut_off_balance: float | None, percent: float | None) -> Result:
    balance = _needed(current_balance, "current_balance")
    if balance < 0:
        raise number_error(f"current_balance {balance:g}: give dollars, zero or more")
    threshold = call_threshold(_needed(cut_off_balance, "cut_off_balance"), _needed(percent, "percent"))
    return is_callable(balance, threshold)


def psa_body(speed: float, age: float) -> Result:
    return psa_cpr(speed, whole(age, "age"))


def sda_body(speed: float, age: float) -> Result:
    return sda_cdr(speed, whole(age, "age"))


def cpr_actual_body(opening: float, scheduled: float, ending: float, months: float | None) -> Result:
    return realised_cpr(opening, scheduled, ending, whole(1.0 if months is None else months, "months"))


def cdr_actual_body(opening: float, defaulted: float, months: float | None) -> Result:
    return realised_cdr(opening, defaulted, whole(1.0 if months is None else months, "months"))


def call_price_body(
    net_rate: float,
    balance: float | None,
    days: float | None,
    forborne: float | None,
    reo: float | None,
    advances: float | None,
    with_forborne: bool | None,
) -> Result:
    if balance is None:
        raise value_error("balance: give the unpaid principal balance of the loans")
    return termination_price(
        balance, net_rate, days=ONE_MONTH if days is None else days, forborne=forborne or 0.0, reo=reo or 0.0,
        advances=advances or 0.0, with_forborne=with_forborne is not False,
    )  # fmt: skip


def po_fraction_body(net_rate: float, target_rate: float) -> Result:
    return po_fraction(fraction(net_rate, "net_rate"), fraction(target_rate, "target_rate"))


def io_rate_body(net_rate: float, target_rate: float) -> Result:
    return io_rate(fraction(net_rate, "net_rate"), fraction(target_rate, "target_rate"))


def shift_body(
    distribution_day: float,
    senior_percent: float,
    initial_senior_percent: float,
    loss_test: bool | None,
    delinquency_test: bool | None,
) -> Result:
    """A failed test refuses the step down that the day falls in: the step before it holds."""
    day = whole(distribution_day, "distribution_day")
    if day < 1:
        raise number_error(f"distribution_day {day}: the first is 1")
    steps = [share for first, share in Assumptions().shift_schedule if first <= day]
    passed = loss_test is not False and delinquency_test is not False
    shift = steps[-1] if passed or len(steps) == 1 else steps[-2]
    percents = fraction(senior_percent, "senior_percent"), fraction(initial_senior_percent, "initial_senior_percent")
    return senior_share(*percents, shift)


_COLLATERAL = (
    "beginning_balance", "scheduled_principal", "prepayments", "new_defaults", "recoveries", "losses", "net_interest",
    "ending_balance",
)  # fmt: skip


def collateral_body(
    balance: float,
    wac: float,
    remaining_term: float,
    age: float | None,
    fee: float | None,
    psa: float | None,
    cdr: float | None,
    severity: float | None,
    lag: float | None,
) -> Result:
    from ..engine.collateral import project_rep_lines  # noqa: PLC0415 - small functions must not wait for the engine
    from ..engine.rep_lines import RepLine  # noqa: PLC0415 - as above

    given = {"servicing_fee_rate": fee, "psa": psa, "cdr": cdr, "severity": severity}
    terms = Assumptions(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]  # checked there
    rate, servicing = fraction(wac, "wac"), float(terms.of_pool("servicing_fee_rate", "all"))
    if not 0 < remaining_term <= LONGEST:
        raise number_error(f"remaining_term {remaining_term:g}: give months above zero, at most {LONGEST}")
    if balance <= 0 or rate < servicing:
        raise number_error("balance must be above zero, and the servicing fee no more than the gross rate")
    months_late = int(terms.of_pool("lag", "all")) if lag is None else whole(lag, "lag")
    if months_late < 0:
        raise number_error(f"lag {months_late}: give months, zero or more")
    loans = RepLine(
        pool="all",
        label="all",
        balance=balance,
        gross_rate=rate,
        servicing_fee_rate=servicing,
        target_rate=rate - servicing,
        term=remaining_term,
        first_month=seasoned_month(age or 0.0),
        lag=months_late,
    )
    flows = project_rep_lines([loans], terms)
    table = flows.line_table(0)
    rows = ([float(k), *(table[name][k] for name in _COLLATERAL)] for k in range(1, flows.months + 1))
    return _table(["month", *_COLLATERAL], rows)


def waterfall_body(report: str | None, pools: Cells | None, classes: Cells | None, assumptions: Cells | None) -> Result:
    flows = project(_needed(pools, "pools"), _needed(classes, "classes"), assumptions)
    asked, months = (report or "cash").lower(), range(1, flows.months + 1)
    if asked in _REPORTS:
        first = 0 if asked == "balances" else 1
        columns = [getattr(one, _REPORTS[asked]) for one in flows.classes]
        header = ["month", *(one.label for one in flows.classes)]
        return _table(
            header, zip(map(float, range(first, flows.months + 1)), *(c[first:] for c in columns), strict=True)
        )
    if asked == "cash":
        return _table(
            ["month", "class", *_FLOWS], ([float(k), c.label, *_flows(c, k)] for k in months for c in flows.classes)
        )
    one = class_of(flows, report or "")
    return _table(["month", *_FLOWS], ([float(k), *_flows(one, k)] for k in months))


def _flows(one: "ClassFlows", k: int) -> tuple[float, ...]:
    return one.balance[k - 1], one.interest[k], one.principal[k], one.loss[k], one.balance[k]


def _table(header: Sequence[Scalar], rows: Iterable[Sequence[Scalar]]) -> Table:
    """A table for cells: a header row, then the rows."""
    return [list(header), *map(list, rows)]


def wal_body(
    tranche: str | None, pools: Cells | None, classes: Cells | None, assumptions: Cells | None, basis: str | None
) -> Result:
    if (basis or "month") not in _BASES:
        raise value_error(f"basis {basis!r}: say {' or '.join(_BASES)}")
    flows = project(_needed(pools, "pools"), _needed(classes, "classes"), assumptions)
    times = None
    if basis == "30/360":
        from ..engine.books import settlement_of  # noqa: PLC0415 - as in tables

        settle = settlement_of(flows.deal, flows.assumptions)
        if settle is None or not flows.dates:
            raise value_error("basis 30/360 needs closing_date and cut_off_date among the assumptions")
        times = payment_times(flows.months, settle, flows.dates[1])
    lives = {one.label: weighted_average_life(one.repayments, times) for one in flows.classes}
    if tranche is None:
        return _table(["class", "average_life"], ([label, "" if x is None else x] for label, x in lives.items()))
    life = lives[class_of(flows, tranche).label]
    if life is None:
        raise not_available(f"class {tranche} is paid no principal")
    return life


def window_body(tranche: str | None, pools: Cells | None, classes: Cells | None, assumptions: Cells | None) -> Result:
    flows = project(_needed(pools, "pools"), _needed(classes, "classes"), assumptions)
    if tranche is None:
        windows = [(one.label, window(one.repayments)) for one in flows.classes]
        return _table(["class", "first_month", "last_month"], ([label, *_months(months)] for label, months in windows))
    months = window(class_of(flows, tranche).repayments)
    if months is None:
        raise not_available(f"class {tranche} is paid no principal")
    return [_months(months)]


def _months(months: tuple[int, int] | None) -> list[Scalar]:
    return ["", ""] if months is None else [float(month) for month in months]


def decrement_body(
    tranche: str | None, pools: Cells | None, classes: Cells | None, assumptions: Cells | None
) -> Result:
    flows = project(_needed(pools, "pools"), _needed(classes, "classes"), assumptions)
    chosen = [class_of(flows, tranche)] if tranche is not None else [c for c in flows.classes if c.balance[0] > 0]
    columns = [decrement(one.balance) for one in chosen]
    rows = ([float(year), *(column[year] / 100 for column in columns)] for year in range(len(columns[0])))
    return _table(["year", *(one.label for one in chosen)], rows)


def _cash(
    flows: Cells, settlement: float | None, first_payment: float | None, delay: float | None
) -> tuple[list[float], list[float]]:
    """Cash by month, entry 0 zero, and years from settlement to each payment."""
    cash = [0.0]
    for cell in _line(flows, "flows"):
        if isinstance(cell, str | bool):
            raise value_error(f"flows: {cell!r} is not a number")
        cash.append(cell or 0.0)
    if (settlement is None) != (first_payment is None):
        raise value_error("settlement and first_payment: give both, or neither")
    days = None
    if settlement is not None and first_payment is not None:
        days = day_of(settlement, "settlement"), day_of(first_payment, "first_payment")
        if days[1] < days[0]:
            raise number_error("first_payment is before settlement")
    late = whole(delay or 0.0, "delay")
    if late < 0:
        raise number_error(f"delay {late}: give days, zero or more")
    return cash, [0.0, *(t + late / 360 for t in payment_times(len(cash) - 1, *(days or ()))[1:])]


def price_body(
    bond_yield: float, flows: Cells, settlement: float | None, first_payment: float | None, delay: float | None
) -> Result:
    return price(*_cash(flows, settlement, first_payment, delay), _per_cent(bond_yield))


def yield_body(
    full_price: float, flows: Cells, settlement: float | None, first_payment: float | None, delay: float | None
) -> Result:
    found = yield_to_price(*_cash(flows, settlement, first_payment, delay), full_price)
    if found is None:
        raise number_error(f"no yield gives these cash flows a price of {full_price:g}")
    return found / 100


def duration_body(
    bond_yield: float, flows: Cells, settlement: float | None, first_payment: float | None, delay: float | None
) -> Result:
    return modified_duration(*_cash(flows, settlement, first_payment, delay), _per_cent(bond_yield))


def convexity_body(
    bond_yield: float, flows: Cells, settlement: float | None, first_payment: float | None, delay: float | None
) -> Result:
    return convexity(*_cash(flows, settlement, first_payment, delay), _per_cent(bond_yield))


def _per_cent(bond_yield: float) -> float:
    """A bond-equivalent yield as it is quoted."""
    if bond_yield <= -2:
        raise number_error(f"bond_yield {bond_yield:g}: must be above -2, that is -200%")
    return 100 * bond_yield


def fact_body(key: str, scope: str, facts: Cells | None) -> Result:
    found: list[Cell] = []
    for row in records(_needed(facts, "facts"), "facts", ("fact", "scope")):
        value = row.get("value", row.get("value_as_printed"))
        qualifier = row.get("qualifier")
        names = {row["fact"]} | ({f"{row['fact']}_{str(qualifier).replace(' ', '_')}"} if qualifier else set())
        if key in names and row["scope"] == scope and value is not None and value not in found:
            found.append(value)
    if not found:
        raise not_available(f"there is no fact {key} of {scope}")
    if len(found) > 1 or found[0] is None:
        raise value_error(f"{key} of {scope} has {len(found)} values: add its qualifier, such as {key}_at_least")
    return found[0]


def _line(cells: Cells, name: str) -> list[Cell]:
    """The cells of one row or one column."""
    if len(cells) > 1 and len(cells[0]) > 1:
        raise value_error(f"{name}: give one row or one column of cells")
    return [cell for row in cells for cell in row]


def _needed(value: T | None, name: str) -> T:
    if value is None:
        raise value_error(f"{name} is missing: give the range, or its name in the workbook")
    return value
