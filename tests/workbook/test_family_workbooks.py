"""Workbooks of generated deals: every cached value is what LibreOffice computes, and the audit has no complaint."""

from pathlib import Path

import pytest

from xlremic.reading.filing import filing_of
from xlremic.reading.parser import parse
from xlremic.reading.tieout import Status
from xlremic.workbook.audit import audit
from xlremic.workbook.build import build
from xlremic.workbook.expected import noise
from xlremic.workbook.lint import lint
from xlremic.xlsx.calculate import formula_cells, same
from xlremic.xlsx.engines import libreoffice_values
from xlremic.xlsx.libreoffice import libreoffice
from xlremic.xlsx.package import Package

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
