"""The portable copy: its names give the functions' own values, in IronCalc as names and in LibreOffice as formulas."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from xlremic.commands.cli import main
from xlremic.errors import InputError
from xlremic.functions.hosts.lambda_names import lambda_text, portable, with_arguments
from xlremic.functions.registry import FUNCTIONS, CellErrorCode, by_name
from xlremic.workbook.frame_lint import shown_color, theme_colors
from xlremic.xlsx.calculate import Scalar, same
from xlremic.xlsx.engines import ironcalc_values, libreoffice_values
from xlremic.xlsx.package import Package

from ..support.golden_calls import ALL, Golden

CLOSED = {function.name for function in FUNCTIONS if function.closed_form is not None}
# A closed form takes every argument and cannot tell a text from a number out of range; pools' own classes it refuses.
CALLS = [
    golden
    for golden in ALL
    if golden.name in CLOSED
    and None not in golden.arguments
    and len(golden.arguments) == len(by_name(golden.name).arguments)
    and "text" not in golden.source
    and "truth" not in golden.source
]


def book_of(calls: list[Golden], text: Callable[[Golden, list[str]], str]) -> bytes:
    """A workbook with one call in each row of column A, ranges on sheets of their own."""
    book = Workbook()
    for i, golden in enumerate(calls, 1):
        texts = []
        for j, argument in enumerate(golden.arguments):
            if isinstance(argument, list):
                page = book.create_sheet(f"r{i}x{j}")
                for row in argument:
                    page.append(row)
                texts.append(f"r{i}x{j}!$A$1:${get_column_letter(len(argument[0]))}${len(argument)}")
            elif isinstance(argument, str):
                texts.append(f'"{argument}"')
            else:
                texts.append(str(argument).upper())
        book.active.cell(i, 1, f"={text(golden, texts)}")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def check(calls: list[Golden], values: dict[tuple[str, str], Scalar]) -> None:
    wrong = []
    for i, golden in enumerate(calls, 1):
        value = values["Sheet", f"A{i}"]
        if isinstance(golden.expected, CellErrorCode):
            right = value == str(golden.expected)
        else:
            right = same(value, golden.expected, absolute=golden.tolerance)
        if not right:
            wrong.append(f"{golden.label}: {value}, expected {golden.expected}")
    assert not wrong, "\n".join(wrong)


def test_every_closed_form_is_tried() -> None:
    assert {golden.name for golden in CALLS} == CLOSED
    assert {"REMIC_SUBORD", "REMIC_CALL_THRESHOLD", "REMIC_PSA", "REMIC_SHIFT"} <= CLOSED


@pytest.mark.real
def test_names_in_ironcalc_are_the_functions() -> None:
    plain = book_of(CALLS, lambda golden, _: "1")
    named = zipfile.ZipFile(io.BytesIO(portable(plain))).read("xl/workbook.xml")
    calls = book_of(CALLS, lambda golden, texts: f"{golden.name}({','.join(texts)})")
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(calls)) as package, zipfile.ZipFile(buffer, "w") as copy:
        names = etree.tostring(next(etree.fromstring(named).iter("{*}definedNames")))
        for part in package.infolist():
            content = package.read(part)
            if part.filename == "xl/workbook.xml":
                content = content.replace(b"<definedNames/>", names).replace(b"<definedNames />", names)
                assert b"LAMBDA" in content
            copy.writestr(part, content)
    values = ironcalc_values(Package.of(buffer.getvalue()), [("Sheet", f"A{i}") for i in range(1, len(CALLS) + 1)])
    if values is None:
        pytest.skip("IronCalc is not installed")
    check(CALLS, values)


@pytest.mark.real
def test_closed_forms_in_libreoffice_are_the_functions() -> None:
    values = libreoffice_values(
        Package.of(book_of(CALLS, lambda golden, texts: with_arguments(by_name(golden.name), texts)))
    )
    if values is None:
        pytest.skip("LibreOffice is not installed")
    check(CALLS, values)


@pytest.mark.real
def test_examples_of_a_real_copy_compute_what_they_show(workbook: Path) -> None:
    data = portable(workbook.read_bytes())
    sheet = load_workbook(io.BytesIO(data), data_only=True)["Functions"]
    shown = {("Functions", f"E{row}"): sheet.cell(row, 5).value for row in range(5, 5 + len(CLOSED))}
    assert [sheet.cell(row, 1).value for row in range(5, 5 + len(CLOSED))] == [
        f.name for f in FUNCTIONS if f.closed_form
    ]
    assert all(value is not None for value in shown.values())
    values = ironcalc_values(Package.of(data), shown)
    if values is None:
        pytest.skip("IronCalc is not installed")
    for place, value in shown.items():
        assert same(values[place], value), place


def test_copy_keeps_every_other_part_byte_for_byte(workbook: Path) -> None:
    data = workbook.read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(io.BytesIO(portable(data))) as new:
        lists = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"}
        assert set(new.namelist()) - set(old.namelist()) == {"xl/worksheets/functions.xml"}
        assert all(old.read(name) == new.read(name) for name in set(old.namelist()) - lists)


@pytest.mark.parametrize("made", ["workbook", "projected"])
def test_the_sheet_looks_like_the_workbooks_own(made: str, request: pytest.FixtureRequest) -> None:
    path: Path = request.getfixturevalue(made)
    data = portable(path.read_bytes())
    sheet = load_workbook(io.BytesIO(data))["Functions"]
    assert [sheet[cell].style for cell in ("A1", "A4", "E4")] == ["Title", "Band", "Band"]
    assert (
        sheet["A1"].font.size == 16
        and shown_color(sheet["A4"].fill.fgColor, theme_colors(Package.of(data))) == "1F3864"
    )
    notes = [cell for row in sheet["B5:C9"] for cell in row]
    assert {(cell.style, cell.alignment.wrap_text, cell.alignment.vertical) for cell in notes} == {
        ("Label", True, "center")
    }


def test_the_sheet_is_related_as_every_reader_expects(workbook: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(portable(workbook.read_bytes()))) as package:
        assert b'name="Functions"' in package.read("xl/workbook.xml")
        assert b'r:id="rIdFunctions"' in package.read("xl/workbook.xml")


def test_new_words_are_prefixed_and_nothing_else() -> None:
    text = lambda_text(by_name("REMIC_CPR"))
    assert text == "_xlfn.LAMBDA(_xlpm.smm_,IF(OR(_xlpm.smm_<0,_xlpm.smm_>1),EXP(9999),1-(1-_xlpm.smm_)^12))"
    with pytest.raises(InputError, match="needs an add-in"):
        lambda_text(by_name("REMIC_WATERFALL"))


def test_a_workbook_that_calls_an_add_in_or_has_the_names_is_refused(workbook: Path) -> None:
    copy = portable(workbook.read_bytes())
    with pytest.raises(InputError, match="calls functions of an add-in"):
        portable(copy)
    book = Workbook()
    book.active["A1"] = "=_xldudf_REMIC_SMM(0.06)"
    buffer = io.BytesIO()
    book.save(buffer)
    with pytest.raises(InputError, match="calls functions of an add-in"):
        portable(buffer.getvalue())
    other = Workbook()
    other.active.title = "Functions"
    buffer = io.BytesIO()
    other.save(buffer)
    with pytest.raises(InputError, match="has Functions already"):
        portable(buffer.getvalue())


def test_command_writes_a_copy_beside_the_workbook(workbook: Path, tmp_path: Path) -> None:
    original = tmp_path / "deal.xlsx"
    original.write_bytes(workbook.read_bytes())
    done = CliRunner().invoke(main, ["addin", "portable", str(original)])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "deal-portable.xlsx").read_bytes() == portable(workbook.read_bytes())
    assert original.read_bytes() == workbook.read_bytes()
    for arguments in (["-o", str(original)], ["-o", str(tmp_path / "no" / "such.xlsx")]):
        assert CliRunner().invoke(main, ["addin", "portable", str(original), *arguments]).exit_code == 2
    assert CliRunner().invoke(main, ["addin", "portable", str(tmp_path / "none.xlsx")]).exit_code == 2
