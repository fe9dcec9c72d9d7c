"""The command line: what it prints, its exit codes, and that bad input leaves nothing behind."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from xlremic.text import for_terminal
from xlremic.workbook.class_columns import CALL

from ..conftest import SAMPLE

TEXT = SAMPLE.read_text(encoding="utf-8")


def xlremic(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "xlremic", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(SAMPLE.parent.parent)}
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, check=False)


def test_build_writes_the_workbook_and_one_line(tmp_path: Path) -> None:
    done = xlremic("build", SAMPLE, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("cmsi-2004-8.xlsx: series 2004-8, 3 pools, 7 classes, ")
    assert [path.name for path in tmp_path.iterdir()] == ["cmsi-2004-8.xlsx"]
    assert (
        load_workbook(tmp_path / "cmsi-2004-8.xlsx", data_only=True)["Call"][CALL.cell("value", "threshold")].value
        == 49364137.76
    )


def test_a_failing_check_gives_exit_code_1_and_still_a_workbook(tmp_path: Path) -> None:
    (tmp_path / "wrong.txt").write_text(TEXT.replace("153 and 970", "153 and 971"), encoding="utf-8")
    done = xlremic("build", "wrong.txt", "--no-projection", cwd=tmp_path)
    assert done.returncode == 1
    assert "1 fail" in done.stdout
    assert (tmp_path / "wrong.xlsx").exists()
    checked = xlremic("check", "wrong.txt", cwd=tmp_path)
    assert checked.returncode == 1
    assert "FAILS pools_sum:loan_count" in checked.stderr
    again = xlremic("check", "wrong.xlsx", cwd=tmp_path)
    assert again.returncode == 1
    assert "FAILS pools_sum:loan_count" in again.stderr


def test_check_of_the_sample_and_of_its_workbook(workbook: Path) -> None:
    done = xlremic("check", SAMPLE, "--json")
    assert done.returncode == 0
    checks = json.loads(done.stdout)["checks"]
    assert checks[0] | {"says": ""} == {
        "id": "pools_sum:balance", "status": "pass", "difference": "0", "tolerance": "0", "unit": "USD", "says": "",
    }  # fmt: skip
    done = xlremic("check", workbook, "--json")
    assert done.returncode == 0, done.stderr
    found = {check["id"]: check["status"] for check in json.loads(done.stdout)["checks"]}
    assert found["cached_values:embedded_engine"] == found["lint:conventions"] == found["pools_sum:balance"] == "pass"


def test_parse_as_json_csv_and_table() -> None:
    document = json.loads(xlremic("parse", SAMPLE, "--json").stdout)
    assert document["schema"] == "xlremic.facts/1"
    assert len([check for check in document["checks"] if check["status"] == "pass"]) >= 38
    lines = list(csv.DictReader(io.StringIO(xlremic("parse", SAMPLE, "--csv").stdout)))
    assert len(lines) == len(document["facts"])
    assert [line["value"] for line in lines if line["key"] == "call_threshold"] == ["49364137.76"]
    table = xlremic("parse", SAMPLE)
    assert "call_threshold" in table.stdout
    assert "177 numbers in the filing" in table.stderr


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.txt", None, "does not exist"),
        ("empty.txt", b"", "is empty"),
        ("zip.txt", b"PK\x03\x04", "zip archive"),
        ("binary.txt", b"\x00\x01\x02\xff" * 100, "binary"),
        (
            "report.txt",
            b"FORM 8-K\nAttached as Exhibit I is the monthly servicing report",
            "a monthly servicing report",
        ),
        ("novel.txt", b"It was a dark and stormy night.", "not a form"),
        ("cut.txt", TEXT[:5000].encode(), "needs the classes"),
    ],
)
def test_bad_input_is_one_line_exit_code_2_and_nothing_written(
    name: str, content: bytes | None, words: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    before = sorted(tmp_path.iterdir())
    done = xlremic("build", name, "-o", "out.xlsx", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    *warnings, last = done.stderr.splitlines()
    assert words in last
    assert name in last
    assert all(line.startswith("warning: ") for line in warnings)
    assert "Traceback" not in done.stderr
    assert sorted(tmp_path.iterdir()) == before


def test_unwritable_output_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "taken.xlsx").mkdir()
    for place in ("no/such/folder/x.xlsx", "taken.xlsx"):
        done = xlremic("build", SAMPLE, "--no-projection", "-o", place, cwd=tmp_path)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert "cannot be written" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["taken.xlsx"]


def test_the_filing_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "filing.xlsx").write_text(TEXT, encoding="utf-8")
    done = xlremic("build", "filing.xlsx", cwd=tmp_path)
    assert done.returncode == 2
    assert (tmp_path / "filing.xlsx").read_text(encoding="utf-8") == TEXT


def test_usage_errors_help_and_version() -> None:
    assert xlremic("build").returncode == 2
    assert xlremic("nonsense").returncode == 2
    assert xlremic("parse", SAMPLE, "--json", "--csv").returncode == 2
    assert xlremic("--version").stdout.startswith("xlremic ")
    for command in ("build", "parse", "check"):
        done = xlremic(command, "--help")
        assert done.returncode == 0
        assert f"Example: xlremic {command}" in done.stdout


def test_a_workbook_that_is_not_ours_or_not_a_workbook(tmp_path: Path) -> None:
    (tmp_path / "text.xlsx").write_text("no zip", encoding="utf-8")
    done = xlremic("check", tmp_path / "text.xlsx")
    assert done.returncode == 2
    assert "not an Excel workbook" in done.stderr


def test_control_characters_never_reach_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "escape.txt").write_text(TEXT.replace("Howard Darmstadter\n", "Howard\x1b[31m\x07\n"), encoding="utf-8")
    for arguments in (
        ["parse", "escape.txt"],
        ["parse", "escape.txt", "--csv"],
        ["check", "escape.txt"],
        ["build", "escape.txt", "--no-projection"],
    ):
        done = xlremic(*arguments, cwd=tmp_path)
        assert "\x1b" not in done.stdout + done.stderr
    assert for_terminal("a\x1b[31m\u202eb") == "a�[31m�b"


@pytest.mark.parametrize("command", ["build", "parse", "check", "run", "grid"])
def test_every_command_warns_in_the_same_words(command: str, tmp_path: Path) -> None:
    odd = TEXT.replace("SIGNATURES\n", "The café’s pools number 1234 or “5678”.\n\nSIGNATURES\n", 1)
    (tmp_path / "odd.txt").write_text(odd, encoding="utf-8")
    light = {"build": ["--no-projection"], "grid": ["--psa", "100"]}.get(command, [])
    done = xlremic(command, "odd.txt", *light, cwd=tmp_path)
    warnings = [line for line in done.stderr.splitlines() if line.startswith("warning: ")]
    assert any("café’s" in line and "“5678”" in line for line in warnings), done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device that is always full is of Linux")
@pytest.mark.parametrize("command", [["--help"], ["parse", str(SAMPLE), "--json"], ["check", str(SAMPLE)]])
def test_output_that_cannot_be_written_is_one_line(command: list[str]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(SAMPLE.parent.parent)}
    words = [sys.executable, "-m", "xlremic", *command]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, env=environment, check=False)
    assert done.returncode == 2
    assert "cannot be written: No space left" in done.stderr.splitlines()[-1] and "Traceback" not in done.stderr


def test_letters_that_output_cannot_take_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "deal.txt").write_text(TEXT.replace("Citicorp", "Citicörp"), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(SAMPLE.parent.parent), "PYTHONIOENCODING": "ascii"}
    words = [sys.executable, "-m", "xlremic", "parse", "deal.txt", "--csv"]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, cwd=tmp_path, check=False)
    assert done.returncode == 2 and "takes ascii only" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="limits are POSIX")
def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    code = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000));" + (
        "from xlremic.commands.cli import main; main(sys.argv[1:], prog_name='xlremic')"
    )
    environment = {**os.environ, "PYTHONPATH": str(SAMPLE.parent.parent)}
    words = [sys.executable, "-c", code, "build", str(SAMPLE), "--no-projection", "-o", "deal.xlsx"]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, cwd=tmp_path, check=False)
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1 and done.stderr.startswith("xlremic: ")
    assert list(tmp_path.iterdir()) == []
