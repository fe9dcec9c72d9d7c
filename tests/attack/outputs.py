"""Outputs that cannot be written, or only just: python -m tests.attack.outputs --cases 400 --seed 7.

Full disks, read-only folders, devices, pipes, folders and links as output, names of every kind, readers that go away, no
home, other locales, an installation that nobody may write to. A command ends well, or says one line and ends with 2;
nothing is left behind, and what was there before is there still.
"""

import argparse
import csv
import ctypes
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from xlremic.files import TEMPORARY
from xlremic.reading.assemble import assemble
from xlremic.reading.parser import read
from xlremic.workbook.build import build

from ..conftest import SAMPLE
from ..functions.test_heal import STORED, book_of

DROP, OVERRIDE = 24, 1
"""What takes from root, in Linux's numbers, the right to write where its owner may not."""
SMALL = 2000
"""Bytes that a file may have where the disk is full."""
ACCESSION = "0001141776-04-000244"
DEAL = ("deal.xlsx", "--balances", "balances.csv", "--as-of", "2006-03-25")
MAIL = ("deal.xlsx", "--to", "a@example.org", "--from", "b@example.org")

WRITERS: Mapping[str, tuple[str, ...]] = {
    "build": ("build", str(SAMPLE), "--no-projection", "-o"),
    "portable": ("addin", "portable", "deal.xlsx", "-o"),
    "excel add-in": ("addin", "excel", "--interpreter", r"C:\Python312\pythonw.exe", "-o"),
    "libreoffice add-in": ("addin", "libreoffice", "-o"),
    "draft": ("send", *MAIL, "--eml"),
    "parquet": ("run", str(SAMPLE), "--psa", "300", "--parquet"),
    "fetch": ("fetch", ACCESSION, "-o"),
}
"""Commands that write one file, whose name comes last."""
PRINTERS: Mapping[str, tuple[str, ...]] = {
    "help": ("--help",),
    "facts": ("parse", str(SAMPLE), "--json"),
    "table of facts": ("parse", str(SAMPLE)),
    "checks": ("check", str(SAMPLE)),
    "cash": ("run", str(SAMPLE), "--report", "cash", "--csv"),
    "grid": ("grid", str(SAMPLE), "--psa", "100,200", "--csv"),
}
NAMES = (
    "ä € ✓.xlsx",
    "new\nline.xlsx",
    "'; rm -rf $HOME.xlsx",
    '"*[a]?.xlsx',
    "./-o.xlsx",
    "a" * 250 + ".xls",
    "\udcff.xlsx",
)
FORBIDDEN = ("a" * 300, "no/such/folder.xlsx", "deal.xlsx/under.xlsx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One run: the command, what is done to the folder before, and how it should end."""

    name: str
    command: tuple[str, ...]
    codes: tuple[int, ...]
    made: str = ""
    """The file that it makes, if it ends with 0."""
    before: Callable[[Path], None] = lambda folder: None
    environment: Mapping[str, str | None] = field(default_factory=dict)
    full: bool = False
    read_only: bool = False
    output: str = "read"
    """What becomes of standard output: read, closed, after one line closed, or a full device."""


def _link(target: str) -> Callable[[Path], None]:
    return lambda folder: (folder / "out").symlink_to(target)


def writers() -> Iterator[Case]:
    for what, words in WRITERS.items():
        command = (*words, "out")
        yield Case(name=f"{what}: a new file", command=command, codes=(0,), made="out")
        old = lambda folder: (folder / "out").write_bytes(b"old") and None  # noqa: E731
        yield Case(name=f"{what}: over an old file", command=command, codes=(0,), made="out", before=old)
        yield Case(name=f"{what}: a link", command=command, codes=(0,), made="far", before=_link("far"))
        for device in ("/dev/null", "/dev/full"):
            yield Case(name=f"{what}: {device}", command=command, codes=(2,), before=_link(device))
        yield Case(name=f"{what}: a link to itself", command=command, codes=(2,), before=_link("out"))
        yield Case(name=f"{what}: a pipe", command=command, codes=(2,), before=lambda folder: os.mkfifo(folder / "out"))
        yield Case(
            name=f"{what}: a folder", command=command, codes=(2,), before=lambda folder: (folder / "out").mkdir()
        )
        yield Case(name=f"{what}: a full disk", command=command, codes=(2,), full=True)
        yield Case(name=f"{what}: a read-only folder", command=command, codes=(2,), read_only=True)
        for name in NAMES:
            yield Case(
                name=f"{what}: {ascii(name)[:40]}, {len(name)} letters", command=(*words, name), codes=(0,), made=name
            )
        for name in FORBIDDEN:
            yield Case(name=f"{what}: {ascii(name)[:40]}, {len(name)} letters", command=(*words, name), codes=(2,))


def changers() -> Iterator[Case]:
    for what, command in (("update", ("update", *DEAL)), ("heal", ("heal", "stored.xlsx"))):
        yield Case(name=what, command=command, codes=(0,))
        yield Case(name=f"{what}: a full disk", command=command, codes=(2,), full=True)
        yield Case(name=f"{what}: a read-only folder", command=command, codes=(2,), read_only=True)
    batch = ("batch", str(SAMPLE), "-o", "out", "--no-projection", "--workers", "1")
    yield Case(name="batch: a read-only folder", command=batch, codes=(2,), read_only=True)
    yield Case(name="batch: a file", command=batch, codes=(2,), before=lambda folder: (folder / "out").touch())
    yield Case(name="batch: a device", command=batch, codes=(2,), before=_link("/dev/null"))
    yield Case(name="batch: a full disk", command=batch, codes=(2,), full=True)


def printers() -> Iterator[Case]:
    surroundings: tuple[tuple[str, dict[str, str | None]], ...] = (
        ("no home", {"HOME": None, "XDG_CACHE_HOME": None}),
        ("a home that is not there", {"HOME": "/nowhere/at/all", "XDG_CACHE_HOME": None}),
        ("LANG=C", {"LANG": "C", "LC_ALL": "C"}),
        ("POSIX without UTF-8", {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
        ("a narrow terminal", {"COLUMNS": "20"}),
    )
    for what, command in PRINTERS.items():
        for said, environment in surroundings:
            yield Case(name=f"{what}: {said}", command=command, codes=(0,), environment=environment)
        ascii_only: dict[str, str | None] = {"PYTHONIOENCODING": "ascii"}
        yield Case(name=f"{what}: ASCII only", command=command, codes=(0, 2), environment=ascii_only)
        yield Case(name=f"{what}: an installation of others", command=command, codes=(0,), read_only=True,
                   environment={"HOME": None})  # fmt: skip
        yield Case(name=f"{what}: head -1", command=command, codes=(0, 2), output="after one line closed")
        yield Case(name=f"{what}: closed", command=command, codes=(0, 2), output="closed")
        yield Case(name=f"{what}: full", command=command, codes=(2,), output="full")


def every_case() -> list[Case]:
    return [*writers(), *changers(), *printers()]


def fill(folder: Path, kept: Mapping[str, bytes]) -> None:
    for name, data in kept.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def lock(folder: Path, folders: int, files: int) -> None:
    """Give a folder and all that is in it these permissions."""
    for place in (folder, *folder.rglob("*")):
        if not place.is_symlink():
            place.chmod(folders if place.is_dir() else files)


def kept_files() -> dict[str, bytes]:
    """What every folder starts with: a workbook, one to heal, balances, and a filing that was fetched before."""
    with tempfile.TemporaryDirectory() as name:
        reading = read(SAMPLE)
        book = build(reading, Path(name) / "deal.xlsx", projection=False).path.read_bytes()
        with (Path(name) / "balances.csv").open("w", newline="", encoding="utf-8") as file:
            rows = [(one.label, one.class_initial_principal_balance) for one in assemble(reading).tranches]
            csv.writer(file).writerows([("class", "current_balance"), *rows])
        balances = (Path(name) / "balances.csv").read_bytes()
    cached = f"cache/{ACCESSION}/{ACCESSION}.txt"
    stored = book_of(list(STORED))
    return {"deal.xlsx": book, "stored.xlsx": stored, "balances.csv": balances, cached: SAMPLE.read_bytes()}


def done(case: Case, folder: Path, installation: Path) -> tuple[int, str]:
    """Exit code and messages of a run."""
    environment = {**os.environ, "PYTHONPATH": str(installation), "XLREMIC_CACHE": str(folder / "cache")}
    for name, value in case.environment.items():
        environment.pop(name, None)
        if value is not None:
            environment[name] = value

    def limited() -> None:
        if case.read_only and os.getuid() == 0:
            ctypes.CDLL(None).prctl(DROP, OVERRIDE, 0, 0, 0)
        if case.full:
            resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, SMALL))
        if case.output == "closed":
            os.close(1)

    words = [sys.executable, "-m", "xlremic", *case.command]
    with Path("/dev/full").open("wb") as full:
        output = full if case.output == "full" else subprocess.PIPE
        process = subprocess.Popen(
            words,
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.PIPE,
            preexec_fn=limited,  # noqa: PLW1509
        )
    if case.output == "after one line closed" and process.stdout is not None:
        process.stdout.readline()
        process.stdout.close()
        process.stdout = None
    _, said = process.communicate(timeout=300)
    return process.returncode, said.decode(errors="replace")


def problems(case: Case, kept: Mapping[str, bytes], installation: Path) -> Iterator[str]:
    """What is wrong with one run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder, kept)
        case.before(folder)
        if case.read_only:
            lock(folder, 0o555, 0o444)
        code, said = done(case, folder, installation)
        lines = [line for line in said.splitlines() if not line.startswith(("warning", "index.parquet"))]
        if code not in case.codes:
            yield f"ends with {code}: {said[-300:]}"
        if "Traceback" in said or "Exception ignored" in said:
            yield f"a traceback: {said[-300:]}"
        if code == 2 and case.output == "read" and len(lines) != 1:
            yield f"not one line: {said[-300:]}"
        if code == 0 and case.made and not (folder / case.made).stat().st_size:
            yield "nothing was made"
        if code == 2:
            changed = [one for one, data in kept.items() if (folder / one).read_bytes() != data]
            yield from (f"{one} is another than before" for one in changed)
        yield from (
            f"{one.name} is left" for one in folder.rglob("*") if one.name.startswith(TEMPORARY[0]) and one.is_file()
        )
        if case.read_only:
            lock(folder, 0o755, 0o644)


def attack(cases: int, number: int) -> tuple[Counter[str], list[str]]:
    """Run so many cases, drawn from a seed; how they should end, and what went wrong."""
    chosen = every_case()
    random.Random(number).shuffle(chosen)
    kept = kept_files()
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        installation = Path(name) / "installed"
        for part in ("xlremic", "templates"):
            unbuilt = shutil.ignore_patterns("__pycache__")
            shutil.copytree(SAMPLE.parent.parent / part, installation / part, ignore=unbuilt)
        lock(installation, 0o555, 0o444)
        for case in chosen[:cases]:
            counts[" or ".join(map(str, case.codes))] += 1
            wrong += [f"{case.name}: {one}" for one in problems(case, kept, installation)]
        lock(installation, 0o755, 0o644)
    return counts, wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=len(every_case()))
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    counts, wrong = attack(given.cases, given.seed)
    for codes, number in sorted(counts.items()):
        print(f"{number:4} runs that should end with {codes}")
    print(f"{counts.total():4} runs; {len(wrong)} wrong")
    print(*wrong, sep="\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
