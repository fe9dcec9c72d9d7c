"""Workbooks of generated deals: every cached value is what LibreOffice computes, and the audit has no complaint."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse
from xlremic.reading.tieout import Status
from xlremic.workbook.audit import audit
from xlremic.workbook.build import build
from xlremic.workbook.expected import noise
from xlremic.workbook.filing_rows import UNDERWRITING, FactRow
from xlremic.workbook.lint import lint
from xlremic.xlsx.calculate import formula_cells, same
from xlremic.xlsx.engines import libreoffice_values
from xlremic.xlsx.libreoffice import libreoffice
from xlremic.xlsx.package import Package

from ..support.dialects import drawn
from ..support.envelopes import Envelope, printed
from ..support.filing_generator import Dialect, written

DEALS = (
    Dialect(seed=1, pools=1, classes=2, capitals=True, adjusted=True, year=1998),
    Dialect(seed=2, pools=2, classes=5, seniors="pools", limits="mixed", sub_pools=False),
    Dialect(seed=4, pools=4, classes=12, seniors="po", limits="list", mezzanine=True),
    Dialect(seed=6, pools=6, classes=7, seniors="numbered", limits="dollars", orders="any"),
)


@pytest.mark.real
@pytest.mark.skipif(libreoffice() is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("dialect", DEALS, ids=lambda dialect: f"{dialect.pools} pools, {dialect.classes} classes")
def test_workbooks_of_generated_deals(dialect: Dialect, tmp_path: Path) -> None:
    reading = parse(filing_of(printed(written(dialect), Envelope()), name="made.txt"))
    built = build(reading, tmp_path / "made.xlsx")
    assert [finding.id for finding in built.findings if finding.status is Status.FAIL] == []
    assert (len(built.deal.pools), len(built.deal.tranches)) == (dialect.pools, dialect.classes)
    data = built.path.read_bytes()
    assert lint(data) == []
    cached, computed = formula_cells(Package.of(data)).values, libreoffice_values(Package.of(data))
    assert computed is not None
    assert [place for place in cached if not same(cached[place], computed[place], absolute=noise(*place))] == []
    assert [finding.says for finding in audit(built.path) if finding.status is Status.FAIL] == []


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
