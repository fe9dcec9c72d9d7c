"""A package is what a zip reader finds, and an edit changes the parts that it names and nothing else."""

import io
import zipfile
from pathlib import Path

import pytest

from xlremic.xlsx.package import BOOK, Package, stated_range, widened
from xlremic.xlsx.preflight import preflight
from xlremic.xlsx.references import Reference


def test_an_edit_leaves_every_other_part_and_its_place_in_the_file(workbook: Path) -> None:
    data = workbook.read_bytes()
    package = Package.of(data)
    edited = package.edited({BOOK: b"<x/>", "xl/new.xml": b"<y/>"})
    assert package[BOOK] != b"<x/>"
    for packed in (True, False):
        with zipfile.ZipFile(io.BytesIO(edited.to_bytes(packed=packed))) as new, zipfile.ZipFile(workbook) as old:
            assert new.testzip() is None
            assert new.namelist() == [*old.namelist(), "xl/new.xml"]
            assert new.read(BOOK) == b"<x/>" and new.read("xl/new.xml") == b"<y/>"
            assert all(new.read(name) == old.read(name) for name in old.namelist() if name != BOOK)
            assert {entry.compress_type for entry in new.infolist()} == {8 if packed else 0}
    assert Package.of(data).to_bytes() == package.to_bytes()


def test_what_was_inspected_is_what_is_used(workbook: Path) -> None:
    assert preflight(workbook.read_bytes()).parts == Package.of(workbook.read_bytes()).parts


@pytest.mark.parametrize(
    ("stated", "cell", "wide"),
    [("A1", "B2", "A1:B2"), ("B2:C3", "A9", "A2:C9"), ("A1:C3", "B2", "A1:C3"), ("A:A", "B2", "A:A")],
)
def test_the_stated_range_holds_what_is_put_in(stated: str, cell: str, wide: str) -> None:
    sheet = f'<worksheet><dimension ref="{stated}"/><sheetData/></worksheet>'.encode()
    assert widened(sheet, Reference.of(cell)) == sheet.replace(stated.encode(), wide.encode())
    assert stated_range(b"<worksheet/>") is None and widened(b"<worksheet/>", Reference.of(cell)) == b"<worksheet/>"
