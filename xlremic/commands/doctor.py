"""The command ``doctor``: what of Excel, LibreOffice and Python works together here, and how to mend what does not.

Every check is a function of ``Surroundings``, so that the faults of one system can be told on another.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path, PureWindowsPath

import click

from ..errors import TemplateError
from ..xlsx import libreoffice as places
from . import FAILED_CHECK

EXTRAS = {
    "cluster": ("distributed", "fsspec", "pyarrow", "s3fs"),
    "docs": ("mkdocs", "material"),
    "edgar": ("httpx",),
    "fast": ("numba",),
    "keyring": ("keyring",),
    "parquet": ("pyarrow",),
    "serve": ("cryptography", "starlette", "uvicorn"),
    "verify": ("ironcalc", "python_calamine"),
}
_STORE = "\\windowsapps\\"
_OFFICE_MAC = "/Applications/Microsoft Excel.app"


class State(StrEnum):
    """GOOD works, OPEN may be added and is not needed, FAULT needs mending."""

    GOOD = "good"
    OPEN = "open"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found, and what to do about it."""

    what: str
    state: State
    says: str
    mend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """All that the checks look at."""

    platform: str
    executable: str
    prefix: str
    environment: Mapping[str, str]
    has_module: Callable[[str], bool]
    xlwings_version: str
    excel: str | None
    """Path of Excel as the registry of Windows has it."""
    command: Callable[[str], str | None]
    exists: Callable[[str], bool]
    content: Callable[[str], bytes | None]


def here() -> Surroundings:
    """This computer."""
    from importlib import metadata  # noqa: PLC0415 - keeps other commands quick

    return Surroundings(
        platform=sys.platform,
        executable=sys.executable,
        prefix=sys.prefix,
        environment=os.environ,
        has_module=lambda name: find_spec(name) is not None,
        xlwings_version=metadata.version("xlwings"),
        excel=_registered_excel(),
        command=shutil.which,
        exists=lambda place: Path(place).exists(),
        content=lambda place: Path(place).read_bytes() if Path(place).is_file() else None,
    )


def _registered_excel() -> str | None:
    if sys.platform == "win32":
        import winreg  # noqa: PLC0415 - Windows only

        try:
            place = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
            return winreg.QueryValue(winreg.HKEY_LOCAL_MACHINE, place)
        except OSError:  # that key is how Windows says that there is no Excel
            return None
    return None


def python(around: Surroundings) -> Iterator[Diagnosis]:
    if around.platform == "win32" and _STORE in around.executable.lower():
        yield Diagnosis(
            "Python", State.FAULT, f"{around.executable} is of the Microsoft Store, which keeps Excel from starting it",
            "install Python from python.org, xlremic with that, and make the add-in again",
        )  # fmt: skip
    else:
        yield Diagnosis("Python", State.GOOD, around.executable)


def excel(around: Surroundings) -> Iterator[Diagnosis]:
    if around.platform == "darwin" and around.exists(_OFFICE_MAC):
        yield Diagnosis("Excel", State.GOOD, f"{_OFFICE_MAC}: use its functions through xlremic serve")
    elif around.platform != "win32" or not around.excel:
        yield Diagnosis(
            "Excel", State.OPEN, "none found here", "use LibreOffice, or Excel on the web with xlremic serve"
        )
    elif _STORE in around.excel.lower():
        yield Diagnosis(
            "Excel", State.FAULT, f"{around.excel} is of the Microsoft Store, which keeps Python from reaching it",
            "install Office from office.com instead, or use xlremic serve",
        )  # fmt: skip
    else:
        yield Diagnosis("Excel", State.GOOD, around.excel)


def com_server(around: Surroundings) -> Iterator[Diagnosis]:
    """What Excel on Windows needs of this Python."""
    if around.platform != "win32":
        return
    missing = [name for name in ("pythoncom", "win32com") if not around.has_module(name)]
    if missing:
        yield Diagnosis("pywin32", State.FAULT, f"{', '.join(missing)} cannot be imported", "pip install pywin32")
    else:
        yield Diagnosis("pywin32", State.GOOD, "installed")
    library = f"xlwings64-{around.xlwings_version}.dll"
    place = str(PureWindowsPath(around.prefix, library))
    if around.exists(place):
        yield Diagnosis("xlwings", State.GOOD, place)
    else:
        yield Diagnosis(
            "xlwings",
            State.FAULT,
            f"{place} is missing",
            f"pip install --force-reinstall xlwings=={around.xlwings_version}",
        )


def add_in(around: Surroundings) -> Iterator[Diagnosis]:
    """The add-in file that Excel on Windows loads."""
    from ..functions.hosts.xlam import FILE_NAME, pinned_in, start_folder  # noqa: PLC0415 - keeps other commands quick

    if around.platform != "win32" or not around.environment.get("APPDATA"):
        return
    place = str(start_folder(around.environment) / FILE_NAME)
    again = "xlremic addin excel --install"
    content = around.content(place)
    if content is None:
        yield Diagnosis("add-in", State.OPEN, f"{place} is not there", again)
        return
    try:
        version, interpreter = pinned_in(content)
    except TemplateError:
        yield Diagnosis("add-in", State.FAULT, f"{place} is damaged, or not ours", again)
        return
    faults = []
    if around.content(f"{place}:Zone.Identifier") is not None:
        says = f"{place} is marked as coming from the internet, so Excel blocks it"
        faults.append(Diagnosis("add-in", State.FAULT, says, f'Unblock-File "{place}" in PowerShell'))
    if version != around.xlwings_version:
        says = f"it is for xlwings {version}, and {around.xlwings_version} is installed"
        faults.append(Diagnosis("add-in", State.FAULT, says, again))
    if not around.exists(interpreter):
        faults.append(Diagnosis("add-in", State.FAULT, f"it starts {interpreter}, which is gone", again))
    yield from faults or [Diagnosis("add-in", State.GOOD, place)]


def libreoffice(around: Surroundings) -> Iterator[Diagnosis]:
    found = places.libreoffice(which=around.command, exists=around.exists)
    if found:
        yield Diagnosis("LibreOffice", State.GOOD, found)
    else:
        yield Diagnosis("LibreOffice", State.OPEN, "none found here", "install it from libreoffice.org")


def extras(around: Surroundings) -> Iterator[Diagnosis]:
    for extra, modules in EXTRAS.items():
        missing = [name for name in modules if not around.has_module(name)]
        if missing:
            mend = f"pip install 'xlremic[{extra}]'"
            yield Diagnosis(f"extra {extra}", State.OPEN, f"{', '.join(missing)} not installed", mend)
        else:
            yield Diagnosis(f"extra {extra}", State.GOOD, "installed")


CHECKS = (python, excel, com_server, add_in, libreoffice, extras)


def diagnose(around: Surroundings) -> list[Diagnosis]:
    """Every check, and one more: whether any spreadsheet program is there at all."""
    found = [one for check in CHECKS for one in check(around)]
    if all(one.state is State.OPEN for one in found if one.what in ("Excel", "LibreOffice")):
        says = "no spreadsheet program was found to open the workbooks with"
        found.append(Diagnosis("spreadsheet", State.FAULT, says, "install Excel or LibreOffice"))
    return found


@click.command("doctor")
def doctor_command() -> None:
    """Tell what of Excel, LibreOffice and Python works here, and how to mend what does not.

    \b
    Example: xlremic doctor
    """
    found = diagnose(here())
    wide = max(len(one.what) for one in found)
    for one in found:
        click.echo(f"{one.state:<5}  {one.what:<{wide}}  {one.says}" + (f" -> {one.mend}" if one.mend else ""))
    if any(one.state is State.FAULT for one in found):
        sys.exit(FAILED_CHECK)
