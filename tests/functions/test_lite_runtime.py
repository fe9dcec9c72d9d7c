"""The code that a workbook carries for xlwings Lite, run in a real runtime: CPython compiled for browsers, in Node.

Only the calling protocol is a stand-in, of our own. The wheel of this checkout is installed there too, for the form
that names the package. Where npm and the network are, ``make node`` puts the runtime where these tests look for it.
"""

import json
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from packaging.requirements import Requirement

from xlremic.functions.hosts.lite import Form, texts
from xlremic.functions.registry import FUNCTIONS, CellErrorCode
from xlremic.workbook.build import build

from ..support.golden_calls import ALL
from ..support.lite_answers import as_cells, same_as_the_registry
from ..support.projection_cases import reading_of

ROOT, SUPPORT = Path(__file__).parents[2], Path(__file__).parents[1] / "support"
NODE = ROOT / ".ci" / "node" / "node_modules"
RUNTIME, WHEELS = NODE / "pyodide", NODE / "wheels"
KNOWN = json.loads((RUNTIME / "pyodide-lock.json").read_bytes())["packages"] if RUNTIME.exists() else {}
"""Packages that the runtime brings, by name."""
PURE = {"defusedxml", "openpyxl"}
"""Packages that we need and that the runtime does not bring: their wheels run everywhere."""
LITES_OWN = {"xlwings"}
"""What xlwings Lite itself brings."""
RUN = """
import importlib.metadata, json, sys
exec(compile(given["stand_in"], "lite_stand_in.py", "exec"))
calls = json.loads(given["calls"])
embedded = json.loads(run(given["embedded"], calls))
for name in [one for one in sys.modules if one.partition(".")[0] == "xlremic"]:
    del sys.modules[name]
sys.path[:] = [place for place in sys.path if "xlremic-" not in place]
sys.path.insert(0, given["installer"])
import micropip
await micropip.install(given["wheel"], deps=False)
named = json.loads(run(given["named"], calls))
answer = json.dumps({"embedded": embedded, "named": named, "version": importlib.metadata.version("xlremic")})
"""


@pytest.fixture(scope="module")
def carrying(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook as build --functions lite makes it."""
    path = tmp_path_factory.mktemp("lite") / "deal.xlsx"
    return build(reading_of("one pool"), path, functions=True, lite=True).path


def carried(path: Path) -> dict[str, str]:
    """The texts in the part where Lite keeps them."""
    with zipfile.ZipFile(path) as package:
        part = etree.fromstring(package.read("xl/webextensions/webextension1.xml"))
    found = [one for one in part.iter() if one.get("value") is not None]
    return {one.get("name", ""): json.loads(one.get("value", "")) for one in found}


@pytest.fixture(scope="module")
def told(carrying: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the runtime says of every golden call, by the code of the workbook and by the installed wheel."""
    node = shutil.which("node")
    if node is None or not KNOWN or not WHEELS.exists():
        pytest.skip("Node or the npm package pyodide is missing: make node")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,), (installer,) = folder.glob("*.whl"), WHEELS.glob("micropip-*.whl")
    assert installer.name.split("-")[1] == KNOWN["micropip"]["version"]
    given = {
        "stand_in": (SUPPORT / "lite_stand_in.py").read_text(encoding="utf-8"),
        "calls": json.dumps([(one.name, [as_cells(value) for value in one.arguments]) for one in ALL]),
        "embedded": carried(carrying)["main.py"],
        "named": texts(Form.PACKAGE)["main.py"],
        "wheel": f"emfs:/wheel/{wheel.name}",
        "installer": f"/wheels/{installer.name}",
    }
    asked = {"pyodide": str(RUNTIME), "folders": {"/wheel": str(folder), "/wheels": str(WHEELS)}}
    done = subprocess.run(
        [node, str(SUPPORT / "lite_in_node.mjs")], input=json.dumps({**asked, "given": given, "run": RUN}),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout.splitlines()[-1])
    return {"started": said["started"], **json.loads(said["answer"])}


@pytest.mark.real
def test_the_workbooks_own_bytes_answer_every_golden_call_as_the_functions_bodies_do(told: dict[str, Any]) -> None:
    ran = told["embedded"]
    assert list(ran["functions"]) == [one.name for one in FUNCTIONS]
    wrong = [
        (one.label, answer) for one, answer in zip(ALL, ran["answers"], strict=True)
        if not same_as_the_registry(one, answer)
    ]  # fmt: skip
    assert wrong == [] and ran["heavy"] == []
    exact = sum(
        same_as_the_registry(one, answer, exactly=True) for one, answer in zip(ALL, ran["answers"], strict=True)
    )
    print(
        f"\nPython {ran['version']} starts in {told['started']:.1f} s, main.py in {1000 * ran['loaded']:.0f} ms;"
        f" {len(ALL)} calls in {1000 * sum(ran['seconds']):.0f} ms, the slowest in {1000 * max(ran['seconds']):.0f} ms;"
        f" {exact} of them to the last bit"
    )


@pytest.mark.real
def test_errors_are_error_values_there_and_no_texts(told: dict[str, Any]) -> None:
    wrong = [one for one in ALL if isinstance(one.expected, CellErrorCode)]
    answers = dict(zip((one.label for one in ALL), told["embedded"]["answers"], strict=True))
    assert len(wrong) > 20 and all(answers[one.label][0][0]["type"] == "Error" for one in wrong)


@pytest.mark.real
def test_the_wheel_installs_there_and_answers_the_same(told: dict[str, Any]) -> None:
    assert told["version"] == metadata.version("xlremic")
    assert told["named"]["answers"] == told["embedded"]["answers"]


@pytest.mark.real
def test_whatever_the_package_requires_there_is_to_be_had_there() -> None:
    if not KNOWN:
        pytest.skip("the npm package pyodide is missing: make node")
    place = {"sys_platform": "emscripten", "platform_system": "Emscripten", "python_version": "3.14", "extra": ""}
    written = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    needed = [Requirement(one) for one in written]
    names = {one.name for one in needed if one.marker is None or one.marker.evaluate(place)}
    assert names - set(KNOWN) == PURE | LITES_OWN
    for name in PURE:
        assert "py3-none-any" in (metadata.distribution(name).read_text("WHEEL") or "")
