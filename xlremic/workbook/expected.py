"""What the engine says that the projection's sheets must show: the classes of Results, every column, every measure.

Plain numbers by sheet, field and copy, and how far apart two computations of one may be.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..engine.books import TrancheFlows
from ..engine.capital import CapitalStructure
from ..engine.measures import ClassMeasures
from ..engine.records import LineFlows, Trace
from ..engine.rep_lines import RepLine
from ..xlsx.calculate import Scalar, same
from ..xlsx.references import column_number
from .class_columns import CHECKS
from .class_months import CLASS
from .layout import MONTHLY
from .results_columns import RESULTS, USD_COLUMNS
from .scenario_columns import SHEET as SCENARIOS
from .setup_columns import CHART
from .tolerances import CENT, LIFE

DUST = 1e-6
"""Dollars. What a point of a chart may be off zero; the figures that it shows are held where they stand."""
REST = 1.0
"""Dollars. Of a series smaller than this the float noise of hundreds of months is a share, and shares decide."""

LINE_FIELDS = tuple(name for name in LineFlows._fields if name != "recoveries")
"""Flows of a line that are a column of Collateral; its recoveries are there for all lines together."""


@dataclass(frozen=True, slots=True)
class ResultClass:
    """A class of Results: the fields of Waterfall that hold it, and its copy among the columns of its kind."""

    label: str
    kind: str
    copy: int
    balance: str
    interest: str
    principal: str
    loss: str
    repaid: str
    cash: str


def result_classes(capital: CapitalStructure, lines: Sequence[RepLine]) -> list[ResultClass]:
    """The classes of Results in order of seniority; PO and IO classes of every pool whose loans can have them."""
    found: list[ResultClass] = []
    cut = 0
    for group in capital.groups:
        for one in group.classes:
            kind = "senior" if one.notional_of is None else "interest only"
            if group.is_cut:
                found.append(ResultClass(one.label, kind, cut, *_fields("class"), "class_repaid", "class_cash"))
                cut += 1
            else:
                found.append(
                    ResultClass(one.label, kind, group.pools[0], *_fields("senior"), "senior_principal", "senior_cash")
                )
    for kind, label, other, fields in (
        ("principal only", "PO", "premium", ("po_balance", "nothing", "po_paid", "po_loss", "po_paid", "po_cash")),
        ("interest only", "IO", "discount", ("io_notional", "io_paid", "nothing", "nothing", "io_repaid", "io_cash")),
    ):
        for p, pool in enumerate(capital.pools):
            if any(line.pool == pool and not line.label.endswith(other) for line in lines):
                found.append(ResultClass(capital.pool_label(label, p), kind, p, *fields))
    for j, label in enumerate(capital.subordinated_labels):
        found.append(
            ResultClass(
                label, "subordinated", j, *_fields("subordinated"), "subordinated_principal", "subordinated_cash"
            )
        )
    return found


def _fields(stem: str) -> tuple[str, str, str, str]:
    return f"{stem}_balance", f"{stem}_interest", f"{stem}_principal", f"{stem}_loss"


def result_numbers(one: ClassMeasures) -> tuple[tuple[str, float | None, float], ...]:
    """What Results shows of a class: column, number in the sheet's unit, and what may differ."""
    rate = None if one.bond_yield is None else one.bond_yield / 100
    return (
        ("wal_month", one.wal_month, LIFE), ("wal_30_360", one.wal_30_360, LIFE),
        ("first_month", one.first_month, 0.0), ("last_month", one.last_month, 0.0),
        ("principal", one.principal, CENT), ("interest", one.interest, CENT), ("loss", one.loss, CENT),
        ("accrued", one.accrued, LIFE), ("yield", rate, LIFE), ("duration", one.modified_duration, 1e-7),
        ("convexity", one.convexity, 1e-5),
    )  # fmt: skip


def pool_balances(flows: TrancheFlows) -> list[float]:
    """Scheduled principal balance of all loans by month, whether called or not."""
    lines = [flows.collateral.balance(i) for i in range(len(flows.collateral.lines))]
    return [sum(cells) for cells in zip(*lines, strict=True)]


def noise(sheet: str, cell: str) -> float:
    """How far apart two computations of a cell may be that should be zero: dollars may end a hair off it."""
    column = cell.rstrip("0123456789")
    if sheet == CHART.sheet and column_number(column) >= CHART.left:
        return DUST  # points of charts, right of all that grows there
    dollars = sheet in (*MONTHLY, CLASS) or (sheet == RESULTS.sheet and column in map(RESULTS.letter, USD_COLUMNS))
    return 1e-3 if dollars else LIFE if sheet in (RESULTS.sheet, SCENARIOS, CHECKS.sheet) else 1e-13


def agree(place: tuple[str, str], shown: Scalar | None, computed: Scalar | None) -> bool:
    """Whether two programs mean one value of a cell: the one tolerance of every comparison; some keep TRUE as 1."""
    if isinstance(shown, bool) != isinstance(computed, bool):
        shown, computed = (float(one) if isinstance(one, bool) else one for one in (shown, computed))
    return same(shown, computed, absolute=noise(*place))


def engine_columns(
    flows: TrancheFlows, classes: Sequence[ResultClass]
) -> Iterator[tuple[str, str, int, Sequence[float]]]:
    """What the engine has for the months of a projection's columns: sheet, field, copy, numbers from month 1.

    Rules' figures end with the call, or when nothing worth a share is left; what the sheet shows then means nothing.
    """
    for i in range(len(flows.collateral.lines)):
        for name in LINE_FIELDS:
            yield "Collateral", name, i, flows.collateral.column(name, i)[1:]
    by_label = {one.label: one for one in flows.classes}
    for place in classes:
        one = by_label.get(place.label)
        nothing = [0.0] * flows.months
        for name, row in (
            (place.balance, one and one.balance), (place.interest, one and one.interest),
            (place.principal, one and one.principal), (place.loss, one and one.loss),
        ):  # fmt: skip
            if name != "nothing":
                yield "Waterfall", name, place.copy, row[1:] if row else nothing
    for p, row in enumerate(flows.components.values()):
        yield "Waterfall", "component", p, row[1:]
    totals = [
        sum(cells) for cells in zip(*(one.balance for one in flows.classes if one.kind != "interest only"), strict=True)
    ]
    last = flows.call_month or next((k for k, total in enumerate(totals) if total < REST), flows.months)
    for name in Trace._fields:
        yield "Waterfall", name, 0, flows.trace[name][1 : last + 1]
