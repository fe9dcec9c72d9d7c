"""A LibreOffice driven from tests as a person drives it: load, type, recalculate, save, all in one process.

LibreOffice's own Python (the system's, with python3-uno) runs this file as a script and is told what to do line by line,
so nothing is read between an edit and its recalculation unless the test asks for it. Another release than the installed
one is driven when ``XLREMIC_OTHER_LIBREOFFICE`` names its program folder.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Self

PROGRAMS = {
    "installed": Path(os.path.realpath(shutil.which("soffice") or "/nowhere/soffice")).parent,
    "other": Path(os.environ.get("XLREMIC_OTHER_LIBREOFFICE", "/nowhere")),
}
PYTHON = "/usr/bin/python3"
START_SECONDS, END_SECONDS = 60, 20
RECALCULATIONS = (("calculate",), ("calculateAll",), ("calculate", "calculateAll"))
"""What a program may do after an edit: what has changed, everything (Ctrl+Shift+F9), one after the other."""


def missing(name: str) -> str:
    """What that LibreOffice lacks to be driven; nothing if it is whole."""
    program = PROGRAMS[name]
    if not (program / "soffice.bin").exists():
        return f"the {name} LibreOffice is missing: {program}"
    if not (program / "pythonloader.py").exists():
        return f"{program} has no Python (on Debian: apt-get install python3-uno)"
    return ""


class Office:
    """One LibreOffice with one workbook at a time; a context manager that ends the process."""

    def __init__(self, name: str) -> None:
        program = PROGRAMS[name]
        self.folder = Path(tempfile.mkdtemp(prefix="xlremic-office-"))
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
        if name == "other":
            bridge = program.parent.parent / "python3" / "dist-packages"
            environment |= {"LD_LIBRARY_PATH": str(program), "PYTHONPATH": f"{program}:{bridge}"}
        self.loaded = 0
        pipe = f"xlremic{os.getpid()}x{id(self)}"
        command = [
            str(program / "soffice.bin"), f"-env:UserInstallation={(self.folder / 'profile').as_uri()}",
            "--headless", "--norestore", "--nologo", "--nodefault",
        ]  # fmt: skip
        quiet: dict[str, Any] = {
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
            "env": environment,
            "cwd": self.folder,
        }
        # A fresh profile is set up by a first start, which ends with 81: start again.
        subprocess.run([*command, "--terminate_after_init"], timeout=START_SECONDS, check=False, **quiet)
        self.office = subprocess.Popen([*command, f"--accept=pipe,name={pipe};urp;"], **quiet)
        self.script = subprocess.Popen(
            [PYTHON, __file__, pipe],
            env=environment, cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in (self.script, self.office):
            process.terminate()
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for stream in (self.script.stdin, self.script.stdout):
            assert stream is not None
            stream.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _told(self, step: str, *arguments: object) -> Any:
        assert self.script.stdin is not None and self.script.stdout is not None
        self.script.stdin.write(json.dumps([step, *arguments]) + "\n")
        self.script.stdin.flush()
        answer = self.script.stdout.readline()
        assert answer, f"LibreOffice ended at {step} {arguments}"
        return json.loads(answer)

    def load(self, path: Path) -> None:
        """Open a copy of a workbook, and close the one before."""
        copy = self.folder / f"{self.loaded}.xlsx"
        self.loaded += 1
        shutil.copy(path, copy)
        self._told("load", copy.as_uri())

    def put(self, values: dict[str, float | str | None]) -> None:
        """Type into cells, each named by a defined name or as Sheet!A1; nothing empties the cell, = begins a formula."""
        self._told("put", values)

    def recalculate(self, *ways: str) -> None:
        for way in ways:
            self._told(way)

    def read(self, *places: str) -> list[float | str]:
        """The numbers or texts that cells show; an error as its name."""
        found: list[float | str] = self._told("read", places)
        return found

    def sheet_of(self, place: str) -> str:
        """The sheet of a place."""
        found: str = self._told("sheet_of", place)
        return found

    def errors(self) -> dict[str, int]:
        """How many cells of each sheet show an error."""
        found: dict[str, int] = self._told("errors")
        return found

    def save(self, path: Path) -> Path:
        """Save as .xlsx, as a person does who keeps the format."""
        self._told("save", path.as_uri())
        return path


# --- what LibreOffice's Python runs -------------------------------------------------------------------------------


def _served(pipe: str) -> None:
    """Do what stands on each line of standard input and answer with a line."""
    import uno  # noqa: PLC0415 - only the system's Python has it

    resolver = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            break
        except Exception:  # the bridge has a class of its own for "not yet"
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    steps = _Steps(desktop, uno)
    for line in sys.stdin:
        step, *arguments = json.loads(line)
        print(json.dumps(getattr(steps, step)(*arguments)), flush=True)


class _Steps:
    def __init__(self, desktop: Any, uno: Any) -> None:
        self.desktop, self.uno = desktop, uno
        self.book: Any = None

    def _property(self, name: str, value: object) -> Any:
        made = self.uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        made.Name, made.Value = name, value
        return made

    def _cell(self, place: str) -> Any:
        if "!" not in place:
            place = self.book.NamedRanges.getByName(place).Content.replace("$", "").replace(".", "!")
        sheet, _, cell = place.partition("!")
        return self.book.Sheets.getByName(sheet.strip("'")).getCellRangeByName(cell).getCellByPosition(0, 0)

    def sheet_of(self, place: str) -> str:
        return str(self._cell(place).Spreadsheet.Name)

    def load(self, url: str) -> None:
        if self.book is not None:
            self.book.close(True)
        self.book = self.desktop.loadComponentFromURL(url, "_blank", 0, (self._property("Hidden", True),))

    def put(self, values: dict[str, Any]) -> None:
        for place, value in values.items():
            cell = self._cell(place)
            if isinstance(value, bool) or str(value).startswith("="):
                cell.Formula = str(value).upper()
            elif isinstance(value, float | int):
                cell.Value = value
            else:
                cell.String = value or ""

    def calculate(self) -> None:
        self.book.calculate()

    def calculateAll(self) -> None:  # noqa: N802 - as LibreOffice calls it
        self.book.calculateAll()

    def read(self, places: list[str]) -> list[Any]:
        found = []
        for place in places:
            cell = self._cell(place)
            kind = cell.Type.value
            text = kind in ("TEXT", "EMPTY") or (
                kind == "FORMULA" and (cell.getError() or cell.FormulaResultType2 == 2)
            )
            found.append(cell.String if text else cell.Value)
        return found

    def errors(self) -> dict[str, int]:
        found = {}
        for sheet in self.book.Sheets:
            count = 0
            ranges = sheet.queryFormulaCells(4)  # 4: those with an error
            for one in ranges.RangeAddresses:
                count += (one.EndColumn - one.StartColumn + 1) * (one.EndRow - one.StartRow + 1)
            if count:
                found[sheet.Name] = count
        return found

    def save(self, url: str) -> None:
        self.book.storeToURL(url, (self._property("FilterName", "Calc MS Excel 2007 XML"),))


if __name__ == "__main__":
    _served(sys.argv[1])
