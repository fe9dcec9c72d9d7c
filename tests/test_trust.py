"""What a cautious user asks: does it install clean, build the same twice, stay off the network, and who wrote the rest?"""

import os
import re
import runpy
import shutil
import socket
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from .conftest import SAMPLE

ROOT = SAMPLE.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = ROOT / ".ci" / "requirements.lock"


def sources(folder: Path) -> Path:
    """A copy of the project as a fresh checkout would have it, with other times and permissions."""
    left_out = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", ".hypothesis", "dist", "build")
    shutil.copytree(ROOT, folder, ignore=left_out)
    for path in folder.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    return folder


def built(folder: Path, kind: str) -> Path:
    """The wheel or sdist of a checkout."""
    command: list[Path | str] = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", folder / "dist"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (made,) = (folder / "dist").glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return made


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sources(tmp_path_factory.mktemp("checkout") / "xlremic")


@pytest.fixture(scope="module")
def wheel(checkout: Path) -> Path:
    return built(checkout, "wheel")


def test_a_wheel_built_twice_is_the_same(wheel: Path, tmp_path: Path) -> None:
    again = sources(tmp_path / "elsewhere")
    for path in (again / "xlremic").rglob("*.py"):
        os.utime(path)
    assert built(again, "wheel").read_bytes() == wheel.read_bytes()


def test_a_wheel_holds_types_template_and_sample_and_nothing_else_of_the_repository(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as package:
        names = set(package.namelist())
    assert {f"xlremic/{name}" for name in ("py.typed", "templates/deal.xlsx", "samples/cmsi-2004-8.txt")} <= names
    files = (path for path in (ROOT / "xlremic").rglob("*") if path.is_file() and path.parent.name != "__pycache__")
    assert {path.relative_to(ROOT).as_posix() for path in files} <= names
    assert {name.partition("/")[0] for name in names} == {"xlremic", f"xlremic-{PROJECT['version']}.dist-info"}


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_installed_in_a_clean_place_it_builds_the_sample(
    kind: str, checkout: Path, wheel: Path, tmp_path: Path
) -> None:
    package = wheel if kind == "wheel" else built(checkout, "sdist")
    venv.create(tmp_path / "clean", with_pip=False, symlinks=os.name != "nt")
    scripts = tmp_path / "clean" / ("Scripts" if os.name == "nt" else "bin")
    # The dependencies of the tests' own environment, but not the project: a plain path runs no .pth of an editable one.
    (place,) = (tmp_path / "clean").rglob("site-packages")
    (place / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    install: list[Path | str] = [
        scripts / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
    ]
    environment |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run([*install, "--ignore-installed", package], check=True, env=environment, cwd=tmp_path)
    command: list[Path | str] = [scripts / "python", "-c", "import xlremic; print(xlremic.__file__)"]
    found = subprocess.run(command, check=True, env=environment, cwd=tmp_path, capture_output=True, text=True).stdout
    assert Path(found.strip()).is_relative_to(place)
    sample = place / "xlremic" / "samples" / SAMPLE.name
    command = [
        scripts / "xlremic",
        "build",
        sample,
        "-o",
        "out.xlsx",
        *(["--no-projection"] if kind == "sdist" else []),
    ]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert re.search(r"(\d+) of \1 checks tie", done.stdout)
    assert zipfile.is_zipfile(tmp_path / "out.xlsx")


OFFLINE = """
import sys

def refuse(event, arguments):
    if event.startswith("socket.") and event not in ("socket.gethostname",):
        raise PermissionError(event)

sys.addaudithook(refuse)
from xlremic.commands.cli import main
main(sys.argv[1:], standalone_mode=False)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ("parse", str(SAMPLE)),
        ("check", str(SAMPLE)),
        ("build", str(SAMPLE), "-o", "light.xlsx", "--no-projection"),
        ("run", str(SAMPLE)),
    ],
    ids=lambda arguments: arguments[0],
)
def test_commands_on_local_files_open_no_socket(arguments: tuple[str, ...], tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", OFFLINE, *arguments]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_tests_cannot_leave_this_computer() -> None:
    with pytest.raises(PermissionError, match="looks up"):
        socket.create_connection(("example.org", 443), 1)
    with socket.socket() as one, pytest.raises(PermissionError, match="connects"):
        one.connect(("192.0.2.1", 9))


def test_every_dependency_states_a_licence_that_asks_for_nothing_back() -> None:
    licences = runpy.run_path(str(ROOT / "docs" / "licences.py"))
    packages = licences["needed"](PROJECT["dependencies"])
    assert {re.split(r"[^\w-]", one)[0] for one in PROJECT["dependencies"]} <= {name.lower() for name in packages}
    for name, package in packages.items():
        said = licences["licence"](package)
        assert said != "not stated", name
        assert "GPL" not in said and "General Public" not in said, (name, said)


def test_the_lock_pins_all_that_the_tests_install_with_hashes() -> None:
    text = LOCK.read_text(encoding="utf-8")
    pinned = {re.sub(r"[-_.]+", "-", name).lower() for name in re.findall(r"^([\w.-]+)(?:\[.*?\])?==", text, re.M)}
    entries = [entry for entry in re.split(r"\n(?=\S)", text) if not entry.startswith("#")]
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)
    extras = PROJECT["optional-dependencies"]
    for extra in ("edgar", "fast", "parquet", "serve", "verify", "test"):
        for requirement in extras[extra]:
            name = re.split(r"[^\w-]", requirement)[0].lower()
            assert name == "xlremic" or name in pinned, requirement
    for requirement in PROJECT["dependencies"]:
        assert re.split(r"[^\w-]", requirement)[0].lower() in pinned, requirement


def test_every_test_that_the_security_page_names_is_there() -> None:
    named = re.findall(r"\| `(\S+\.py)` \| `(test_\w+)` \|", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    assert len(named) > 20
    for file, test in named:
        assert f"\ndef {test}(" in (ROOT / "tests" / file).read_text(encoding="utf-8"), (file, test)
