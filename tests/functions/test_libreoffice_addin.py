"""The LibreOffice add-in: what it holds, and the same values as the functions themselves from a real LibreOffice.

LibreOffice's extension manager refuses to run as root, so there the tests run it as the user nobody. Another release
than the installed one is tested when ``XLREMIC_OTHER_LIBREOFFICE`` names its program folder (an unpacked package
needs BRAND_BASE_DIR in its fundamentalrc set to where it is, and its Python bridge beside its programs).
"""

import ast
import csv
import io
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from math import nan
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula

from xlremic.commands.cli import main
from xlremic.functions.hosts import libreoffice
from xlremic.functions.registry import FUNCTIONS, CellErrorCode, call

from ..support.golden_calls import ALL, BALANCES, CLASSES, TEXTBOOK_CLASSES, TEXTBOOK_POOLS, TEXTBOOK_TERMS, Golden

PROGRAMS = {
    "installed": Path(os.path.realpath(shutil.which("soffice") or "/nowhere/soffice")).parent,
    "other": Path(os.environ.get("XLREMIC_OTHER_LIBREOFFICE", "/nowhere")),
}
STORED = ("REMIC_SMM", "remic_smm", "_xldudf_REMIC_SMM", "_xldudf_XLREMIC_REMIC_SMM", "_xll.REMIC_SMM",
          "_xludf.REMIC_SMM", "XLREMIC.REMIC_SMM", "[1]!REMIC_SMM", "'xlremic.xlam'!REMIC_SMM")  # fmt: skip


class Office:
    """A LibreOffice with the add-in in a profile of its own, run by a user who may install extensions."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program, self.folder = program, folder
        self.environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "LD_LIBRARY_PATH": str(program),
        }
        bridge = next(iter(sorted(program.parent.parent.glob("python3/dist-packages"))), None)
        if bridge is not None and program != PROGRAMS["installed"]:
            self.environment["PYTHONPATH"] = str(bridge)
        (folder / "xlremic.oxt").write_bytes(libreoffice.addin_bytes())
        self.run("unopkg", "add", "--force", str(folder / "xlremic.oxt"))

    def run(self, program: str, *arguments: str) -> None:
        for path in (self.folder, *self.folder.rglob("*")):
            if os.geteuid() == 0:
                shutil.chown(path, "nobody")
            path.chmod(stat.S_IRWXU)
        user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
        profile = f"-env:UserInstallation={(self.folder / 'profile').as_uri()}"
        done = subprocess.run(
            [*user, str(self.program / program), *arguments, profile],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode in (0, 81), done.stderr  # 81: a fresh profile was set up, start again
        if done.returncode == 81:
            self.run(program, *arguments)

    def calculated(self, workbook: Workbook) -> dict[str, list[list[str]]]:
        """What the sheets show after a load and a conversion, by sheet."""
        path = self.folder / "calls.xlsx"
        workbook.save(path)
        text = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
        self.run("soffice.bin", "--headless", "--convert-to", text, "--outdir", str(self.folder), str(path))
        sheets = {}
        for sheet in workbook.sheetnames:
            shown = (self.folder / f"calls-{sheet}.csv").read_text(encoding="utf-8")
            sheets[sheet] = list(csv.reader(io.StringIO(shown)))
        return sheets


@pytest.fixture(scope="module", params=[pytest.param("installed", marks=pytest.mark.real), "other"])
def office(request: pytest.FixtureRequest) -> Iterator[Office]:
    program = PROGRAMS[request.param]
    if not (program / "soffice.bin").exists() or not (program / "unopkg").exists():
        pytest.skip(f"the {request.param} LibreOffice is missing: {program}")
    if not (program / "pythonloader.py").exists():
        pytest.skip(f"{program} has no Python (on Debian: apt-get install python3-uno)")
    folder = Path(tempfile.mkdtemp(prefix="xlremic-office-"))
    try:
        yield Office(program, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _argument(data: object, sheet: str, book: Workbook) -> str:
    """An argument as formula text; a range is written to a sheet of its own."""
    if data is None:
        return ""
    if isinstance(data, bool):
        return str(data).upper()
    if isinstance(data, list):
        page = book.create_sheet(sheet)
        for row in data:
            page.append(row)
        return f"{sheet}!A1:{get_column_letter(len(data[0]))}{len(data)}"
    return f'"{data}"' if isinstance(data, str) else repr(data)


def _formula(golden: Golden, number: int, book: Workbook) -> str:
    arguments = [_argument(one, f"r{number}x{i}", book) for i, one in enumerate(golden.arguments)]
    call_text = f"{golden.name}({','.join(arguments)})"
    if isinstance(call(golden.name, golden.arguments) if golden.expected not in set(CellErrorCode) else None, list):
        return f"=INDEX({call_text},{golden.at[0]},{golden.at[1]})"
    return f"={call_text}"


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return nan


def test_golden_calls_in_libreoffice(office: Office) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "calls"
    for number, golden in enumerate(ALL, 1):
        sheet.cell(number, 1, _formula(golden, number, book))
    shown = office.calculated(book)["calls"]
    wrong = []
    for golden, (text,) in zip(ALL, shown, strict=True):
        if isinstance(golden.expected, CellErrorCode | str):
            right = text == str(golden.expected)
        else:
            found = {"TRUE": 1.0, "FALSE": 0.0}.get(text) or _number(text)
            # A number is shown with fifteen digits.
            right = abs(found - golden.expected) <= golden.tolerance + 1e-14 * abs(golden.expected)
        if not right:
            wrong.append(f"{golden.label}: {text}, expected {golden.expected}")
    assert not wrong, "\n".join(wrong)


def test_every_stored_name_and_every_place_binds(office: Office) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "calls"
    for number, name in enumerate(STORED, 1):
        sheet.cell(number, 1, f"={name}(0.06)")
    sheet["B1"] = '=IFERROR(REMIC_SMM(0.06),"not there")*100'
    sheet["B2"] = "=SUM(REMIC_DECREMENT(,pools!A1:G2,classes!A1:C5,terms!A1:B5))"
    sheet["B3"] = '=IFERROR(remic_smm(6),"caught")'
    sheet["B4"] = '=ISNA(REMIC_SUBORD("Q",levels!A1:A7,levels!B1:B7))'
    sheet["B5"] = '="REMIC_SMM("&_xll.REMIC_SMM(1)&")"'
    sheet["B6"] = "=REMIC_SMM(NA())"
    sheet["B7"] = "=REMIC_SUBORD()"
    sheet["B8"] = '=INDEX(REMIC_WATERFALL("A",pools!A1:G2,classes!A1:C5,gaps!A1:B7),20,5)'
    sheet["C1"] = ArrayFormula("C1:C7", "=REMIC_SUBORD(,levels!A1:A7,levels!B1:B7)")
    sheet["D1"] = ArrayFormula("D1:D7", "=_xldudf_REMIC_SUBORD(,levels!A1:A7,levels!B1:B7)")
    gaps: list[list[object]] = [*TEXTBOOK_TERMS, ["cdr", 0.02], ["severity", None]]
    tables = {"pools": TEXTBOOK_POOLS, "classes": TEXTBOOK_CLASSES, "terms": TEXTBOOK_TERMS, "gaps": gaps}
    levels: list[list[object]] = [[label, balance] for (label,), (balance,) in zip(CLASSES, BALANCES, strict=True)]
    for title, rows in {**tables, "levels": levels}.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    shown = office.calculated(book)["calls"]
    smm, expected = call("REMIC_SMM", [0.06]), call("REMIC_SUBORD", [None, CLASSES, BALANCES])
    table = call("REMIC_DECREMENT", [None, TEXTBOOK_POOLS, TEXTBOOK_CLASSES, TEXTBOOK_TERMS])
    assert isinstance(smm, float) and isinstance(expected, list) and isinstance(table, list)
    assert [float(row[0]) for row in shown] == pytest.approx([smm] * len(STORED), rel=1e-12)
    total = sum(one for row in table for one in row if isinstance(one, float))
    assert [float(shown[k][1]) for k in (0, 1)] == pytest.approx([smm * 100, total], rel=1e-12)
    assert [row[1] for row in shown[2:7]] == ["caught", "TRUE", "REMIC_SMM(1)", "#N/A", "#VALUE!"]
    lossy = call("REMIC_WATERFALL", ["A", TEXTBOOK_POOLS, TEXTBOOK_CLASSES, gaps])
    assert isinstance(lossy, list) and lossy[19][4] != 0.0  # an empty cell is the default severity, not zero
    assert float(shown[7][1]) == pytest.approx(lossy[19][4], rel=1e-12)
    for column in (2, 3):
        assert [float(row[column]) for row in shown[:7]] == pytest.approx([row[0] for row in expected], abs=1e-15)


def _property(value: etree._Element) -> str:
    above = value.getparent()
    assert above is not None
    return above.get("{http://openoffice.org/2001/registry}name", "")


def test_the_extension_is_whole_and_the_same_every_time() -> None:
    data = libreoffice.addin_bytes()
    assert data == libreoffice.addin_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = package.namelist()
        listed = etree.fromstring(package.read("META-INF/manifest.xml"))
        assert {entry.get(f"{{{entry.nsmap['manifest']}}}full-path") for entry in listed} <= set(names)
        addins = etree.fromstring(package.read("CalcAddIns.xcu"))
        values = list(addins.iter("value"))
        stored = {value.text for value in values if _property(value) == "CompatibilityName"}
        assert stored == {prefix + f.name for f in FUNCTIONS for prefix in ("", "_xldudf_")}
        help_texts = {value.text for value in values if _property(value) == "Description"}
        assert all(f.help in help_texts and {a.help for a in f.arguments} <= help_texts for f in FUNCTIONS)
        idl = package.read("XFunctions.idl").decode()
        for name in (name for name in names if name.endswith(".py")):
            ast.parse(package.read(name), name)
    assert all(f" {f.name}(" in idl for f in FUNCTIONS)


@pytest.mark.parametrize(
    "older", ["", "import enum, typing; del enum.StrEnum, typing.Self; sys.modules['tomllib'] = None;"]
)
def test_bundled_code_runs_alone_and_on_an_older_python(tmp_path: Path, older: str) -> None:
    with zipfile.ZipFile(io.BytesIO(libreoffice.addin_bytes())) as package:
        package.extractall(tmp_path)
        for name in (name for name in package.namelist() if name.endswith(".py")):
            ast.parse(package.read(name), name, feature_version=(3, 10))
    tables = [TEXTBOOK_POOLS, TEXTBOOK_CLASSES, TEXTBOOK_TERMS]
    program = (
        f"import sys; {older} sys.path.insert(0, {str(tmp_path / 'pythonpath')!r});"
        "from xlremic_functions.functions import call;"
        "print(call('REMIC_WATERFALL', ['balances', *eval(input())])[1])"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], input=repr(tables), capture_output=True, text=True, check=False
    )
    expected = call("REMIC_WATERFALL", ["balances", *tables])
    assert isinstance(expected, list) and done.stdout.strip() == str(expected[1]), done.stderr


def test_install_asks_libreoffices_own_manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "xlremic.oxt"
    monkeypatch.setenv("PATH", str(tmp_path))
    missing = CliRunner().invoke(main, ["addin", "libreoffice", "-o", str(target), "--install"])
    assert missing.exit_code == 2 and "open" in missing.output and target.exists()
    manager = tmp_path / "unopkg"
    manager.write_text(f'#!/bin/sh\necho "$@" > {tmp_path / "asked"}\n')
    manager.chmod(0o755)
    assert CliRunner().invoke(main, ["addin", "libreoffice", "-o", str(target), "--install"]).exit_code == 0
    assert (tmp_path / "asked").read_text().split() == ["add", "--force", str(target)]
    manager.write_text("#!/bin/sh\necho it is running >&2\nexit 1\n")
    refused = CliRunner().invoke(main, ["addin", "libreoffice", "-o", str(target), "--install"])
    assert refused.exit_code == 2 and "it is running" in refused.output


def test_command_writes_the_extension(tmp_path: Path) -> None:
    target = tmp_path / "functions.oxt"
    done = CliRunner().invoke(main, ["addin", "libreoffice", "-o", str(target)])
    assert done.exit_code == 0 and str(target) in done.output
    assert target.read_bytes() == libreoffice.addin_bytes()
    refused = CliRunner().invoke(main, ["addin", "libreoffice", "-o", str(tmp_path / "no" / "such.oxt")])
    assert refused.exit_code == 2 and "choose another place with -o" in refused.output
