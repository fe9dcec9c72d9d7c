"""Flows as tables: one report as columns and rows."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .books import TrancheFlows

Table = tuple[list[str], list[list[Any]]]
REPORTS = ("summary", "balances", "principal", "interest", "losses", "cash", "decrement")
BY_MONTH = {"balances": "balance", "principal": "principal", "interest": "interest", "losses": "loss"}


def report_table(flows: "TrancheFlows", report: str) -> Table:
    """One report as columns and rows, numbers unrounded.

    ``balances``, ``principal``, ``interest`` and ``losses`` have one row per month and one column per class, balances
    from month 0; ``cash`` one row per month and class; ``decrement`` one row per year, per cent of the issue.
    """
    days = [day.isoformat() for day in flows.dates] or [""] * (flows.months + 1)
    labels = [one.label for one in flows.classes]
    if report == "summary":
        rows = [one.as_row() for one in flows.class_measures()]
        return list(rows[0]), [list(row.values()) for row in rows]
    if report == "cash":
        columns = ["month", "date", "class", "beginning_balance", "interest", "principal", "loss", "ending_balance"]
        return columns, [
            [k, days[k], c.label, c.balance[k - 1], c.interest[k], c.principal[k], c.loss[k], c.balance[k]]
            for k in range(1, flows.months + 1)
            for c in flows.classes
        ]
    if report == "decrement":
        from .measures import decrement  # noqa: PLC0415 - beside its only use, as the engine is imported late

        percents = [decrement(one.balance) for one in flows.classes]
        return ["year", "date", *labels], [
            [year, days[12 * year], *(column[year] for column in percents)] for year in range(len(percents[0]))
        ]
    name = BY_MONTH[report]
    first = 0 if report == "balances" else 1
    return ["month", "date", *labels], [
        [k, days[k], *(getattr(one, name)[k] for one in flows.classes)] for k in range(first, flows.months + 1)
    ]
