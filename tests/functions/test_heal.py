"""Healing: calls of our functions get their bare names back, and nothing else in the file changes."""

import io
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from xlremic.commands.cli import main
from xlremic.errors import InputError
from xlremic.functions.heal import healed

# As Excel's web add-in, an .xll, an .xlam and LibreOffice store a call.
STORED = {
    "=_xldudf_REMIC_SMM(0.06)": "=REMIC_SMM(0.06)",
    "=_xldudf_XLREMIC_REMIC_SMM(0.06)": "=REMIC_SMM(0.06)",
    "=1+_xll.REMIC_SMM(_xll.REMIC_CPR(0.1))": "=1+REMIC_SMM(REMIC_CPR(0.1))",
    "=_xludf.REMIC_SMM(0.06)": "=REMIC_SMM(0.06)",
    "=[1]!REMIC_SMM(0.06)": "=REMIC_SMM(0.06)",
    "=[2]!_xldudf_REMIC_SMM(0.06)": "=REMIC_SMM(0.06)",
    "=XLREMIC.REMIC_SMM(0.06)": "=REMIC_SMM(0.06)",
    "='C:\\add-ins\\xlremic.xlam'!REMIC_SMM(0.06)": "=REMIC_SMM(0.06)",
    '=IF(A1<1,"_xll.REMIC_SMM(",_xll.remic_smm(0.06))': '=IF(A1<1,"_xll.REMIC_SMM(",REMIC_SMM(0.06))',
}
LEFT = (
    "=REMIC_SMM(0.06)",
    "=remic_smm(0.06)",
    "=_xldudf_OTHER(1)",
    "=_xlfn.XLOOKUP(1,A1:A2,A1:A2)",
    "=[1]Sheet1!A1",
    "=MY_xll.REMIC_SMM(1)",
    '="_xldudf_REMIC_SMM("&A1',
)


def book_of(formulas: list[str], *, extra: tuple[str, bytes] | None = None) -> bytes:
    book = Workbook()
    for row, formula in enumerate(formulas, 1):
        book.active.cell(row, 1, formula)
    book.active["C1"] = "_xldudf_REMIC_SMM(0.06) is a text"
    book.active["C2"] = ArrayFormula("C2:C4", "=_xll.REMIC_SUBORD(,A1:A3,B1:B3)" if formulas[0] in STORED else "=A2:A4")
    buffer = io.BytesIO()
    book.save(buffer)
    if extra:
        with zipfile.ZipFile(buffer, "a") as package:
            package.writestr(*extra)
    return buffer.getvalue()


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_prefixes_go_and_every_other_byte_stays() -> None:
    data = book_of(list(STORED))
    result, count = healed(data)
    assert count == len(STORED) + 2  # one formula has two calls, and there is an array formula
    sheet, before = "xl/worksheets/sheet1.xml", parts(data)
    assert {name: part for name, part in parts(result).items() if name != sheet} == {
        name: part for name, part in before.items() if name != sheet
    }
    wanted = book_of(list(STORED.values()))
    expected = parts(wanted)[sheet].replace(b"A2:A4</f>", b"REMIC_SUBORD(,A1:A3,B1:B3)</f>")
    assert parts(result)[sheet] == expected


def test_what_is_not_ours_or_has_no_prefix_is_the_same_file() -> None:
    data = book_of(list(LEFT))
    assert healed(data) == (data, 0)


def test_healing_twice_changes_nothing_more() -> None:
    once, _ = healed(book_of(list(STORED)))
    assert healed(once) == (once, 0)


def test_a_link_to_an_add_in_passes_but_macros_do_not() -> None:
    linked = book_of(list(STORED), extra=("xl/externalLinks/externalLink1.xml", b"<externalLink/>"))
    result, count = healed(linked)
    assert count and parts(result)["xl/externalLinks/externalLink1.xml"] == b"<externalLink/>"
    with pytest.raises(InputError, match="active or external"):
        healed(book_of(list(STORED), extra=("xl/vbaProject.bin", b"")))


def test_command_heals_in_place_and_keeps_what_was(tmp_path: Path) -> None:
    path = tmp_path / "deal.xlsx"
    data = book_of(list(STORED))
    path.write_bytes(data)
    (tmp_path / "deal.backup.xlsx").write_text("an older one")
    done = CliRunner().invoke(main, ["heal", str(path)])
    assert done.exit_code == 0 and "11 calls of functions healed" in done.output
    assert path.read_bytes() == healed(data)[0]
    assert (tmp_path / "deal.backup2.xlsx").read_bytes() == data
    again = CliRunner().invoke(main, ["heal", str(path)])
    assert again.exit_code == 0 and "nothing is changed" in again.output
    assert sorted(one.name for one in tmp_path.iterdir()) == ["deal.backup.xlsx", "deal.backup2.xlsx", "deal.xlsx"]


def test_the_old_name_of_the_command_heals_too_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "deal.xlsx"
    path.write_bytes(book_of(list(STORED)))
    done = CliRunner().invoke(main, ["check", str(path), "--heal"])
    assert done.exit_code == 0 and "now the command heal" in done.stderr
    assert "11 calls of functions healed" in done.stdout


def test_command_refuses_what_is_no_workbook(tmp_path: Path) -> None:
    text = tmp_path / "filing.txt"
    text.write_text("no workbook")
    assert CliRunner().invoke(main, ["heal", str(text)]).exit_code == 2
    broken = tmp_path / "broken.xlsx"
    broken.write_text("no workbook")
    assert CliRunner().invoke(main, ["heal", str(broken)]).exit_code == 2
    assert CliRunner().invoke(main, ["check", str(broken), "--heal", "--json"]).exit_code == 2
