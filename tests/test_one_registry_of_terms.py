"""A term of a projection is said once: a field added to a copy of ``Assumptions`` is found wherever terms are listed."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
FIELD = """\
    hold_back: float = field(default=0.0, metadata=_ours(
        kind=Kind.NUMBER, most=0.2, by_pool=True,
        unit="fraction of interest", help="interest that the trustee holds back",
        label="Interest held back", section=Section.SERVICING, cell="HoldBack", format="rate",
        option="interest held back, a fraction (0.01)",
    ))  # fmt: skip
"""
COMMANDS = ("build", "run", "grid", "explain")
BEFORE = "    settlement: date | None"
LOOK = """
import json, sys
from pathlib import Path
sys.path[:0] = ["templates", "docs"]
import make_deal
make_deal.make(Path("templates/deal.xlsx"))
import make
from openpyxl import load_workbook
from xlremic import read
from xlremic.engine.assumptions import Assumptions, read_assumptions
from xlremic.errors import InputError
from xlremic.functions import tables
from xlremic.workbook import build as building

Path("a.toml").write_text("[hold_back]\\nI = 0.05\\nall = 0.01\\n")
try:
    Assumptions(hold_back=0.3)
    refused = ""
except InputError as error:
    refused = str(error)
given = read_assumptions("a.toml")
building.build(read("samples/cmsi-2004-8.txt"), "out.xlsx", assumptions=given)
book = load_workbook("out.xlsx")
sheet, place = next(book.defined_names["HoldBack"].destinations)
header = next(k for k, row in enumerate(book["Set-up"].iter_rows(values_only=True), 1) if "loan_age" in row)
pools = [str(cell.value) for cell in book["Set-up"][header]]
print(json.dumps({
    "toml": given.hold_back,
    "refused": refused,
    "value": book[sheet][place.replace("$", "")].value,
    "rows": [[str(cell.value) for cell in row] for row in book["Assumptions"]["A7:I50"]],
    "columns": pools,
    "function": tables._terms((("name", "value"), ("hold_back", 0.02))),
    "own": list(tables.OWN_TERMS),
    "pages": make.pages(),
}))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's files with one term more."""
    place = tmp_path_factory.mktemp("copy")
    for folder in ("xlremic", "templates", "docs", "samples"):
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__"))
    home = place / "xlremic" / "engine" / "assumptions.py"
    source = home.read_text(encoding="utf-8")
    assert source.count(BEFORE) == 1
    home.write_text(source.replace(BEFORE, FIELD + BEFORE), encoding="utf-8")
    return place


def ran(place: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=place, env={"PYTHONPATH": str(place), "NUMBA_DISABLE_JIT": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def found(copy: Path) -> Mapping[str, Any]:
    seen: Mapping[str, Any] = json.loads(ran(copy, "-c", LOOK).splitlines()[-1])
    return seen


def test_a_new_term_is_an_option_of_every_command_that_projects(copy: Path) -> None:
    for command in COMMANDS:
        said = " ".join(ran(copy, "-m", "xlremic", command, "--help").split())
        assert "--hold-back VALUE interest held back, a fraction (0.01)" in said
    printed = ran(copy, "-m", "xlremic", "run", "samples/cmsi-2004-8.txt", "--hold-back", "0.01")
    assert "hold_back" in printed


def test_a_new_term_is_a_key_of_the_file_with_its_bounds(found: Mapping[str, Any]) -> None:
    assert found["toml"] == {"I": 0.05, "all": 0.01}
    assert "hold_back 0.3: give a number from zero to 0.2, a fraction of one" in found["refused"]


def test_a_new_term_is_a_row_and_a_name_of_the_sheet_and_a_column_of_its_pools(found: Mapping[str, Any]) -> None:
    row = next(row for row in found["rows"] if row[1] == "hold_back")
    assert [*row[:4], *row[7:]] == ["Interest held back", "hold_back", "0.01", "% of interest", "0", "0.2"]
    assert found["value"] == 0.01
    assert "hold_back" in found["columns"]


def test_a_new_term_is_known_to_the_tables_of_the_functions(found: Mapping[str, Any]) -> None:
    assert found["function"] == {"hold_back": 0.02}
    assert "hold_back" in found["own"]


def test_a_new_term_is_in_the_documentation(found: Mapping[str, Any]) -> None:
    row = "| `hold_back` | 0.0 | fraction of interest | interest that the trustee holds back |"
    assert row in found["pages"]["limits.md"]
    assert found["pages"]["commands.md"].count("`--hold-back VALUE`") == len(COMMANDS)
