"""The doctor names each fault of a set-up, also those of systems that this is not, and says how to mend it."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from xlremic.commands import doctor
from xlremic.commands.cli import main
from xlremic.commands.doctor import EXTRAS, State, Surroundings, diagnose
from xlremic.functions.hosts.xlam import build_addin
from xlremic.xlsx.libreoffice import FOLDERS, libreoffice

PYTHON = r"C:\Python312\pythonw.exe"
ADDIN = r"C:\Users\ann\AppData\Roaming\Microsoft\Excel\XLSTART\xlremic.xlam"
VERSION = doctor.here().xlwings_version
LIBRARY = rf"C:\Python312\xlwings64-{VERSION}.dll"
FILES: dict[str, bytes] = {PYTHON: b"", LIBRARY: b"", ADDIN: build_addin(PYTHON)}


def windows(files: Mapping[str, bytes] = FILES, *, missing: tuple[str, ...] = ()) -> Surroundings:
    """A Windows on which all is well, but for what a test takes away."""
    return Surroundings(
        platform="win32",
        executable=r"C:\Python312\python.exe",
        prefix=r"C:\Python312",
        environment={"APPDATA": r"C:\Users\ann\AppData\Roaming"},
        has_module=lambda name: name not in missing,
        xlwings_version=VERSION,
        excel=r"C:\Program Files\Microsoft Office\Root\Office16\EXCEL.EXE",
        command=lambda name: None,
        exists=lambda place: place in files,
        content=files.get,
    )


def faults(around: Surroundings) -> dict[str, tuple[str, str]]:
    return {one.what: (one.says, one.mend) for one in diagnose(around) if one.state is State.FAULT}


def test_a_sound_windows_has_no_fault() -> None:
    assert faults(windows()) == {}
    states = {one.what: one.state for one in diagnose(windows())}
    assert states["add-in"] is states["Excel"] is states["pywin32"] is State.GOOD
    assert states["LibreOffice"] is State.OPEN


@pytest.mark.parametrize(
    ("around", "what", "says", "mend"),
    [
        (
            replace(windows(), executable=r"C:\Users\ann\AppData\Local\Microsoft\WindowsApps\python.exe"),
            "Python", "Microsoft Store", "python.org",
        ),
        (
            replace(windows(), excel=r"C:\Program Files\WindowsApps\Microsoft.Office.Desktop.Excel\EXCEL.EXE"),
            "Excel", "Microsoft Store", "office.com",
        ),
        (windows(missing=("pythoncom", "win32com")), "pywin32", "pythoncom, win32com", "pip install pywin32"),
        (windows({**FILES, f"{ADDIN}:Zone.Identifier": b"ZoneId=3"}), "add-in", "Excel blocks it", "Unblock-File"),
        (windows({**FILES, ADDIN: b"?"}), "add-in", "damaged", "xlremic addin excel --install"),
        (windows({**FILES, ADDIN: build_addin(r"C:\gone\python.exe")}), "add-in", "is gone", "--install"),
        (windows({PYTHON: b""}), "xlwings", "xlwings64-", "pip install --force-reinstall xlwings=="),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_its_remedy(around: Surroundings, what: str, says: str, mend: str) -> None:
    found = faults(around)
    assert set(found) == {what}
    assert says in found[what][0] and mend in found[what][1]


def test_an_add_in_for_another_xlwings_is_to_be_made_again() -> None:
    around = replace(windows(FILES | {r"C:\Python312\xlwings64-9.9.dll": b""}), xlwings_version="9.9")
    assert faults(around) == {
        "add-in": (f"it is for xlwings {VERSION}, and 9.9 is installed", "xlremic addin excel --install")
    }


def test_what_may_be_added_is_no_fault() -> None:
    around = windows({PYTHON: b"", LIBRARY: b""}, missing=("numba", "uvicorn"))
    assert faults(around) == {}
    told = {one.what: one for one in diagnose(around) if one.state is State.OPEN}
    assert set(told) == {"add-in", "LibreOffice", "extra fast", "extra serve"}
    assert told["extra serve"].says == "uvicorn not installed" and "xlremic[serve]" in told["extra serve"].mend


def test_other_systems_are_asked_other_things() -> None:
    mac = replace(windows({"/Applications/Microsoft Excel.app": b""}), platform="darwin", excel=None)
    assert {one.what for one in diagnose(mac)} == {
        "Python",
        "Excel",
        "LibreOffice",
        *(f"extra {one}" for one in EXTRAS),
    }
    assert "xlremic serve" in next(one.says for one in diagnose(mac) if one.what == "Excel")
    linux = replace(windows({}), platform="linux", excel=None)
    assert set(faults(linux)) == {"spreadsheet"}
    assert faults(replace(linux, command={"soffice": "/usr/bin/soffice"}.get)) == {}


def test_the_command_tells_every_finding_and_fails_on_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    for around, code in ((windows(), 0), (windows(missing=("win32com",)), 1)):
        monkeypatch.setattr(doctor, "here", lambda around=around: around)
        done = CliRunner().invoke(main, ["doctor"])
        assert done.exit_code == code
        assert len(done.output.splitlines()) == len(diagnose(around))
    assert "fault  pywin32" in done.output and "-> pip install pywin32" in done.output


def test_this_computer_can_be_looked_at() -> None:
    assert {one.what for one in diagnose(doctor.here())} >= {"Python", "Excel", "LibreOffice"}


def test_every_extra_of_the_package_is_looked_for() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(EXTRAS) == set(project["optional-dependencies"]) - {"test"}


@pytest.mark.parametrize("place", [folder + names["soffice"] for folder, names in FOLDERS])
def test_doctor_finds_libreoffice_wherever_check_looks_for_it(place: str) -> None:
    around = replace(windows(), exists=lambda one: one == place)
    (found,) = doctor.libreoffice(around)
    assert (found.state, found.says) == (State.GOOD, place)
    assert libreoffice(which=lambda name: None, exists=lambda one: one == place) == place
