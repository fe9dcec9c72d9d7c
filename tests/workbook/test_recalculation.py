"""The trustee recalculated from a workbook's months: nothing differs, and any error that is planted is found and named."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from xlremic.commands.cli import main
from xlremic.deal import Deal
from xlremic.engine.assumptions import Assumptions
from xlremic.errors import InputError
from xlremic.workbook.entering import Ours
from xlremic.workbook.history import Line, Past
from xlremic.workbook.inputs import deal_and_assumptions
from xlremic.workbook.recalculation import Compared, months_compared
from xlremic.workbook.reporting import Parts, parts_of, report_of, update_from_report

from ..support.sample_deal import sample_deal
from ..support.trustee import random_terms, reported

PLANTED = Decimal("10.00")
"""A cent in each of about a thousand loans."""


@pytest.fixture(scope="module")
def path(projected: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's workbook with three months of its trustee."""
    folder = tmp_path_factory.mktemp("recalculated")
    place = folder / "deal.xlsx"
    place.write_bytes(projected.read_bytes())
    deal = sample_deal()
    (folder / "report.csv").write_text(reported(deal, random_terms(deal, 3, 7, most_cdr=0.02, lag=1), 3).text())
    update_from_report(place, report_of([folder / "report.csv"]))
    return place


@dataclass(frozen=True)
class Known:
    """What a workbook with its months has."""

    past: Past
    deal: Deal
    assumptions: Assumptions
    parts: Parts

    def compared(self, past: Past) -> list[Compared]:
        return months_compared(past, self.deal, self.assumptions, self.parts)


@pytest.fixture(scope="module")
def known(path: Path) -> Known:
    ours = Ours.of(path.read_bytes(), path)
    deal, assumptions = deal_and_assumptions(ours.book)
    return Known(ours.past, deal, assumptions.replace(lag=1), parts_of(ours.book, ours.labels))


def planted(past: Past, at: int, key: str) -> Past:
    line = past.lines[at]
    figures: Mapping[str, Any] = {**line.figures, key: line.figures[key] + PLANTED}
    return Past((*past.lines[:at], replace(line, figures=figures), *past.lines[at + 1 :]))


def test_the_command_says_that_all_agree(path: Path) -> None:
    done = CliRunner().invoke(main, ["recalc", str(path)])
    assert done.exit_code == 0, done.output
    assert done.output.endswith("117 figures of 3 months recalculated, all agree\n")


def test_every_planted_error_of_a_class_is_found_and_named(known: Known) -> None:
    """Every figure that is compared, in three months: interest too, which no identity of a report holds."""
    past = known.past
    compared = known.compared(past)
    assert [one for one in compared if not one.agrees] == []
    for one in compared:
        key = one.item.replace(" ", "_")
        at = next(k for k, line in enumerate(past.lines) if _is_of(line, one.label) and line.as_of == one.day)
        wrong = [other for other in known.compared(planted(past, at, key)) if not other.agrees]
        assert [(other.day, other.label, other.item) for other in wrong] == [(one.day, one.label, one.item)]
        assert wrong[0].difference == pytest.approx(float(PLANTED), abs=wrong[0].tolerance)
        assert wrong[0].rule.startswith("rule")


def _is_of(line: Line, label: str) -> bool:
    return line.name == label and line.of in ("class", "part")


@pytest.mark.parametrize("key", ["scheduled_principal", "prepayments", "liquidations", "loss"])
def test_cash_that_was_not_there_is_missed_by_a_class_in_its_month(known: Known, key: str) -> None:
    past = known.past
    for at, line in enumerate(past.lines):
        if line.of == "pool" and line.name != "all" and key in line.figures:
            wrong = [one for one in known.compared(planted(past, at, key)) if not one.agrees]
            assert wrong and wrong[0].day == line.as_of, (line.as_of, line.name)


def test_months_without_the_cash_of_their_pools_cannot_be_recalculated(
    known: Known,
) -> None:
    past = known.past
    gone = Past(
        tuple(line for line in past.lines if (line.of, line.name) != ("pool", "II") or line.as_of == past.days[0])
    )
    with pytest.raises(InputError, match=r"no scheduled_principal, .* of pool II in November 2004"):
        known.compared(gone)
    hole = Past(tuple(line for line in past.lines if line.as_of != past.days[2]))
    with pytest.raises(InputError, match="lacks the months between November 2004 and January 2005"):
        known.compared(hole)
    with pytest.raises(InputError, match="no month that could be recalculated"):
        known.compared(Past(tuple(line for line in past.lines if line.as_of == past.days[0])))
