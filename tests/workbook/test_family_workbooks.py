"""Workbooks of generated deals: every cached value is what LibreOffice computes, and the audit has no complaint."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from xlremic.engine.assumptions import Assumptions
from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse
from xlremic.reading.tieout import Status
from xlremic.workbook.audit import audit
from xlremic.workbook.build import build
from xlremic.workbook.filing_rows import UNDERWRITING, FactRow
from xlremic.workbook.lint import lint
from xlremic.xlsx.libreoffice import libreoffice

from ..support.dialects import drawn
from ..support.envelopes import Envelope, printed
from ..support.filing_generator import Dialect, written
from ..support.short_deal import AGE, shortened

DEALS = (
    Dialect(seed=1, pools=1, classes=2, capitals=True, adjusted=True, year=1998),
    Dialect(seed=2, pools=2, classes=5, seniors="pools", limits="mixed", sub_pools=False),
    Dialect(seed=4, pools=4, classes=12, seniors="po", limits="list", mezzanine=True),
    Dialect(seed=6, pools=6, classes=7, seniors="numbered", limits="dollars", orders="any"),
)


def named(dialect: Dialect) -> str:
    return f"{dialect.pools} pools, {dialect.classes} classes"


def assert_every_value_is_computed(text: str, terms: Mapping[str, Any], dialect: Dialect, path: Path) -> None:
    """By the embedded engine, IronCalc and LibreOffice, as the audit compares them."""
    reading = parse(filing_of(text.encode(), name="made.txt"))
    built = build(reading, path, assumptions=Assumptions(**terms))
    assert built.unprojected == "" or "rates of its loans adjust" in built.unprojected
    assert [finding.id for finding in built.findings if finding.status is Status.FAIL] == []
    assert (len(built.deal.pools), len(built.deal.tranches)) == (dialect.pools, dialect.classes)
    assert lint(path.read_bytes()) == []
    findings = {finding.id: finding for finding in audit(path)}
    assert [finding.says for finding in findings.values() if finding.status is Status.FAIL] == []
    engines = {name for name in findings if name.startswith("cached_values:")}
    assert engines >= {f"cached_values:{engine}" for engine in ("embedded_engine", "ironcalc", "libreoffice")}


@pytest.mark.real
@pytest.mark.skipif(libreoffice() is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("dialect", DEALS, ids=named)
def test_workbooks_of_generated_deals(dialect: Dialect, tmp_path: Path) -> None:
    """With shorter loans than most deals have."""
    text = shortened(printed(written(dialect), Envelope()).decode())
    assert_every_value_is_computed(text, AGE, dialect, tmp_path / "made.xlsx")


@pytest.mark.nightly
@pytest.mark.real
@pytest.mark.parametrize("dialect", DEALS, ids=named)
def test_workbooks_of_generated_deals_with_long_loans(dialect: Dialect, tmp_path: Path) -> None:
    text = printed(written(dialect), Envelope()).decode()
    assert_every_value_is_computed(text, {}, dialect, tmp_path / "made.xlsx")


PURPOSES = ("second_home_percent", "refinancing_percent", "buydown_percent", "weighted_average_fico")


@pytest.mark.parametrize("lawyer", ["lettered pools", "trust of 2006"])
def test_facts_of_occupancy_and_purpose_stand_on_underwriting(lawyer: str, tmp_path: Path) -> None:
    filing = drawn(lawyer, 0)
    reading = parse(filing_of(filing.text.encode(), name="made.txt"))
    book = load_workbook(build(reading, tmp_path / "made.xlsx", projection=False).path, data_only=True)
    label = {row.name: row.label for _, rows in UNDERWRITING for row in rows if isinstance(row, FactRow)}
    shown = {row[0].value: [cell.value for cell in row] for row in book["Underwriting"].iter_rows()}
    stated = [
        fact for fact in filing.truth if fact.key in PURPOSES and fact.scope.startswith("pool:") and fact.value != "0"
    ]
    assert len(stated) >= 4
    for fact in stated:
        value = float(fact.value) / (1 if fact.key == "weighted_average_fico" else 100)
        cells = [cell for cell in shown[label[fact.key]] if isinstance(cell, int | float)]
        assert any(abs(cell - value) < 1e-12 for cell in cells), (fact, cells)
