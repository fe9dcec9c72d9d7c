"""A trustee made of the slow waterfall: its months printed to the cent, as a report's tidy rows.

Run as ``python -m tests.support.trustee`` it writes the sample report of 24 months in ``samples``.
"""

import csv
import io
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path

from xlremic.deal import Deal
from xlremic.engine.assumptions import Assumptions

from .slow_waterfall import ZERO, Class, Month, Series

CENT = Decimal("0.01")
CLASS_COLUMNS = ("date", "class", "beginning_balance", "interest", "principal", "loss", "ending_balance")
POOL_COLUMNS = ("date", "pool", "scheduled_principal", "prepayments", "liquidations", "loss", "ending_balance")
SAMPLE = Path(__file__).parent.parent.parent / "samples"


@dataclass
class Printed:
    """Rows of classes and of pools, figures as text."""

    classes: list[dict[str, str]] = field(default_factory=list)
    pools: list[dict[str, str]] = field(default_factory=list)

    def text(self) -> str:
        """Both kinds of rows as one CSV."""
        return written(
            (*CLASS_COLUMNS[:2], "pool", *CLASS_COLUMNS[2:], *POOL_COLUMNS[2:5]), [*self.classes, *self.pools]
        )

    def of(self, first: int, last: int) -> "Printed":
        """The months from one number to another."""
        days = sorted({row["date"] for row in self.classes})[first - 1 : last]
        return Printed(*([row for row in rows if row["date"] in days] for rows in (self.classes, self.pools)))

    def by_filing(self, deal: Deal) -> "Printed":
        """The same with the classes of the filing only: the parts of class A added up."""
        junior = {tranche.label for tranche in deal.tranches[1:]}
        rows = []
        for day in sorted({row["date"] for row in self.classes}):
            of_day = [row for row in self.classes if row["date"] == day]
            parts = [row for row in of_day if row["class"] not in junior]
            whole = {"date": day, "class": deal.tranches[0].label}
            for column in CLASS_COLUMNS[2:]:
                added = [row for row in parts if column == "interest" or not row["class"].startswith("IO")]
                whole[column] = str(sum((Decimal(row[column]) for row in added), ZERO))
            rows += [whole, *(row for row in of_day if row["class"] in junior)]
        return Printed(rows, self.pools)


def written(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def random_terms(deal: Deal, months: int, seed: int, *, most_cdr: float = 0.006, lag: int = 6) -> Assumptions:
    """Prepayments, defaults and severities at random, by pool and by month."""
    draw = random.Random(seed)

    def by_pool(least: float, most: float) -> dict[str, tuple[float, ...]]:
        return {pool.id: tuple(round(draw.uniform(least, most), 4) for _ in range(months)) for pool in deal.pools}

    return Assumptions(
        psa=None, cpr=by_pool(0.02, 0.4), cdr=by_pool(0.0, most_cdr), severity=by_pool(0.1, 0.6), lag=lag
    )


def distribution_day(deal: Deal, k: int) -> date:
    assert deal.cut_off_date is not None
    count = 12 * deal.cut_off_date.year + deal.cut_off_date.month - 1 + k
    return date(count // 12, count % 12 + 1, 25)


def reported(deal: Deal, terms: Assumptions, months: int) -> Printed:
    """The first months of a deal as its trustee prints them."""
    with localcontext() as context:
        context.prec = 40
        series = Series(deal, terms, months)
        classes = series.distribute()
        printed = Printed()
        for k in range(1, months + 1):
            day = distribution_day(deal, k).isoformat()
            printed.classes += [_class_row(day, one, k) for one in classes.values()]
            by_pool = {pool: [m[k] for _, m in series.flows[pool]] for pool in series.pools}
            printed.pools += [_pool_row(day, pool, ours) for pool, ours in by_pool.items()]
    return printed


def _class_row(day: str, one: Class, k: int) -> dict[str, str]:
    figures = (one.balances[k - 1], one.interest[k], one.principal[k], one.loss[k], one.balances[k])
    return dict(zip(CLASS_COLUMNS, (day, one.label, *map(cents, figures)), strict=True))


def _pool_row(day: str, pool: str, loans: Sequence[Month]) -> dict[str, str]:
    def of(amount: str) -> Decimal:
        return sum((getattr(one, amount) for one in loans), ZERO)

    figures = (of("scheduled"), of("prepaid"), of("unscheduled") - of("prepaid"), of("loss"), of("end"))
    return dict(zip(POOL_COLUMNS, (day, pool, *map(cents, figures)), strict=True))


def cents(amount: Decimal) -> str:
    return str(amount.quantize(CENT, ROUND_HALF_UP) + 0)


if __name__ == "__main__":
    from .sample_deal import sample_deal

    sample = sample_deal()
    report = reported(sample, random_terms(sample, 24, 2004), 24)
    (SAMPLE / "cmsi-2004-8-report.csv").write_text(report.text())
