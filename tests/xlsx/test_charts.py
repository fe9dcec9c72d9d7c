"""Charts keep what their cells show, in every workbook that we make or change; read here by other readers."""

import io
import shutil
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from defusedxml.ElementTree import fromstring
from openpyxl import load_workbook
from openpyxl.utils.cell import range_to_tuple

from xlremic.batch.filings import batch
from xlremic.deal import Deal
from xlremic.workbook.audit import audit
from xlremic.workbook.headline import faults
from xlremic.workbook.update import update
from xlremic.xlsx.calculate import formula_cells
from xlremic.xlsx.charts import stale_points, with_points
from xlremic.xlsx.package import Package

from ..conftest import SAMPLE

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
EPOCH = datetime(1899, 12, 30, tzinfo=UTC)


def drawn(data: bytes) -> int:
    """Compare every point that any chart keeps with the cell that it is of; how many there are."""
    book = load_workbook(io.BytesIO(data), data_only=True)
    count = 0
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            if not name.startswith("xl/charts/chart"):
                continue
            root = fromstring(package.read(name))
            for kind in ("num", "str"):
                for reference in root.iter(f"{CHART}{kind}Ref"):
                    formula = reference.findtext(f"{CHART}f", "")
                    sheet, (left, top, right, bottom) = range_to_tuple(formula)
                    cells = [cell.value for row in book[sheet].iter_rows(top, bottom, left, right) for cell in row]
                    cache = reference.find(f"{CHART}{kind}Cache")
                    assert cache is not None, formula
                    size = cache.find(f"{CHART}ptCount")
                    assert size is not None and int(size.get("val", "")) == len(cells), formula
                    kept = {int(pt.get("idx", "")): pt.findtext(f"{CHART}v") for pt in cache.iter(f"{CHART}pt")}
                    assert kind == "str" or kept, f"a chart draws nothing of {formula}"
                    for k, value in enumerate(cells):
                        if kind == "str":
                            assert (kept.get(k) or None) == (None if value is None else str(value)), (formula, k)
                        elif isinstance(value, datetime):
                            assert float(kept[k] or "") == (value.replace(tzinfo=UTC) - EPOCH).days, (formula, k)
                        elif isinstance(value, int | float):
                            assert float(kept[k] or "") == value, (formula, k)
                        else:
                            assert k not in kept, (formula, k)
                    count += len(kept)
    return count


def later(path: Path, deal: Deal) -> None:
    balances = {
        tranche.label: tranche.class_initial_principal_balance * (1 if tranche.rank > 1 else Decimal("0.5"))
        for tranche in deal.tranches
    }
    update(path, balances, as_of=date(2006, 3, 25))


@pytest.mark.parametrize("made", ["workbook", "projected"])
def test_points_of_charts_are_their_cells_after_build_and_update(
    made: str, deal: Deal, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path = tmp_path / "deal.xlsx"
    shutil.copy(request.getfixturevalue(made), path)
    before = path.read_bytes()
    points = drawn(before)
    assert points > (1000 if made == "projected" else 20)
    later(path, deal)
    assert drawn(path.read_bytes()) > points / 2
    with zipfile.ZipFile(path) as new, zipfile.ZipFile(io.BytesIO(before)) as old:
        charts = [name for name in new.namelist() if name.startswith("xl/charts/chart")]
        assert any(new.read(name) != old.read(name) for name in charts)


def test_points_of_the_comparisons_charts_are_its_cells(tmp_path: Path) -> None:
    batch([str(SAMPLE)], tmp_path, workbooks=False)
    assert drawn((tmp_path / "Comparison.xlsx").read_bytes()) > 0


def persons(path: Path) -> bytes:
    """Charts as spreadsheet programs write them: prefixed names, formats, points; one is of several ranges."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("My 'own' & sheet")
        sheet.write_column("A1", ["a", "b & c", None, "d"])
        sheet.write_column("B1", [1, 2.5, None, 4])
        sheet.write_formula("B5", "=SUM(B1:B4)", None, 7.5)
        quoted = "'My ''own'' & sheet'"
        chart = book.add_chart({"type": "column"})
        chart.add_series({"categories": f"={quoted}!$A$1:$A$4", "values": f"={quoted}!$B$1:$B$4"})
        chart.add_series({"values": f"=({quoted}!$B$1:$B$2,{quoted}!$B$4)"})
        chart.add_series({"values": f"={quoted}!$B$5"})
        sheet.insert_chart("D2", chart)
    return path.read_bytes()


def test_a_persons_charts_follow_and_one_that_is_right_keeps_its_bytes(tmp_path: Path) -> None:
    once = with_points(Package.of(persons(tmp_path / "own.xlsx")))
    assert with_points(once).parts == once.parts and stale_points(once) == []
    parts = once.parts
    chart = parts["xl/charts/chart1.xml"]
    assert b"<c:v>b &amp; c</c:v>" in chart and b'<c:pt idx="2">' not in chart
    sheet = "xl/worksheets/sheet1.xml"
    changed = once.edited({sheet: parts[sheet].replace(b"<v>2.5</v>", b"<v>9.25</v>")})
    assert stale_points(changed) == ["'My ''own'' & sheet'!$B$1:$B$4"]
    followed = dict(with_points(changed).parts)
    assert followed.pop("xl/charts/chart1.xml") == chart.replace(b"<c:v>2.5</c:v>", b"<c:v>9.25</c:v>", 1)
    assert followed == {name: content for name, content in changed.parts.items() if name != "xl/charts/chart1.xml"}


def test_a_chart_that_shows_old_figures_fails_the_check_and_is_not_sent(workbook: Path, tmp_path: Path) -> None:
    path = tmp_path / "deal.xlsx"
    with zipfile.ZipFile(workbook) as package, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as copy:
        for part in package.infolist():
            content = package.read(part)
            if part.filename.startswith("xl/charts/chart"):
                content = content.replace(b"<v>0.0245", b"<v>0.0345", 1)
            copy.writestr(part, content)
    assert formula_cells(Package.of(path.read_bytes())) == formula_cells(Package.of(workbook.read_bytes()))
    (finding,) = (one for one in audit(path) if one.id == "cached_values:charts")
    assert (finding.status, finding.difference) == ("fail", Decimal(1))
    assert any("charts show other figures" in fault for fault in faults(path.read_bytes()))
    assert faults(workbook.read_bytes()) == []
