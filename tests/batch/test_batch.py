"""Many filings at once: every one is accounted for, what is finished is not done again, and a dead worker costs nothing."""

import csv
import json
import os
import signal
import struct
import subprocess
import sys
import time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from xlremic.batch import storage
from xlremic.batch.comparison import comparison
from xlremic.batch.filings import batch
from xlremic.batch.outcome import COLUMNS, Kind, as_text, from_text
from xlremic.errors import InputError
from xlremic.workbook.class_columns import CALL
from xlremic.workers import Lost, spread

from ..commands.test_cli import xlremic
from ..conftest import SAMPLE
from ..support.many_filings import fill

TEXT = SAMPLE.read_text(encoding="utf-8")
WRONG = TEXT.replace("153 and 970", "153 and 971")
NUMBER = int(os.environ.get("XLREMIC_FILINGS", "60"))


def index(folder: Path) -> list[dict[str, str]]:
    with (folder / "index.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_filing_is_accounted_for_by_what_its_deal_is_known_to_be(tmp_path: Path) -> None:
    documents = fill(tmp_path / "in", NUMBER)
    for name, content in (("junk.txt", "junk"), ("wrong.txt", WRONG), ("empty.htm", "")):
        (tmp_path / "in" / name).write_text(content, encoding="utf-8")
    (tmp_path / "in" / ".hidden").write_text("not ours")
    (tmp_path / "in" / "picture.png").write_bytes(b"not a filing")
    rows = batch([str(tmp_path / "in")], tmp_path / "out", workers=2, workbooks=False)
    assert [Path(str(row["path"])).name for row in rows] == sorted([*documents, "junk.txt", "wrong.txt", "empty.htm"])
    by_name = {Path(row["path"]).name: row for row in index(tmp_path / "out")}
    for name, document in documents.items():
        known = {(fact.key, fact.scope): fact.value for fact in document.facts}
        assert by_name[name]["status"] == "ties"
        for key in ("loan_count", "aggregate_scheduled_principal_balance", "weighted_average_remaining_term"):
            assert by_name[name][key] == known[key, "all"]
        coupon = Decimal(known["weighted_average_coupon", "all"])
        assert Decimal(by_name[name]["weighted_average_coupon"]) == coupon / 100
    assert by_name["junk.txt"]["status"] == by_name["empty.htm"]["status"] == "refused"
    assert "is empty" in by_name["empty.htm"]["reason"]
    assert by_name["wrong.txt"]["status"] == "check fails"
    assert "pools_sum:loan_count" in by_name["wrong.txt"]["reason"]


def test_a_list_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"a.txt\n\xff\xfe\x00")
    done = xlremic("batch", "--list", "list", "-o", "out", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "xlremic: --list list: not a text in UTF-8 (invalid start byte)\n"
    assert not (tmp_path / "out").exists()


def test_the_command_leaves_workbooks_index_and_comparison(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "deal.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b" / "deal.txt").write_text(WRONG, encoding="utf-8")
    (tmp_path / "list").write_text("# more\n\nb/deal.txt\nmissing.txt\n", encoding="utf-8")
    done = xlremic("batch", "a/*.txt", "--list", "list", "-o", "out", "--workers", "1", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == "out: 3 filings; ties 1, check fails 1, refused 1; see Comparison.xlsx\n"
    assert "missing.txt cannot be read" in done.stderr
    good, wrong, missing = index(tmp_path / "out")
    assert (good["path"], good["status"], good["series"]) == ("a/deal.txt", "ties", "2004-8")
    assert (wrong["status"], missing["status"], missing["workbook"]) == ("check fails", "refused", "")
    assert good["workbook"] != wrong["workbook"]
    for row in (good, wrong):
        assert (
            load_workbook(tmp_path / "out" / row["workbook"], data_only=True)["Call"][
                CALL.cell("value", "threshold")
            ].value
            == 49364137.76
        )
    table = pq.read_table(tmp_path / "out" / "index.parquet").to_pylist()
    assert [row["status"] for row in table] == ["ties", "check fails", "refused"]
    assert table[0]["aggregate_scheduled_principal_balance"] == Decimal("493641377.57")
    book = load_workbook(tmp_path / "out" / "Comparison.xlsx")
    assert book["Deals"].tables["Deals_table"].ref.endswith("4")
    assert book["Deals"]["C2"].hyperlink.target == good["workbook"]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        ".xlremic", "index.csv", "index.parquet", "Comparison.xlsx", good["workbook"], wrong["workbook"],
    }  # fmt: skip


def test_all_that_tie_give_exit_code_0_and_nothing_to_do_is_refused(tmp_path: Path) -> None:
    done = xlremic("batch", SAMPLE, "-o", tmp_path / "out", "--no-workbooks", "--workers", "1")
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / "nothing").mkdir()
    for names in ([], [str(tmp_path / "nothing")], ["*.none"]):
        with pytest.raises(InputError, match="no filings"):
            batch(names, tmp_path / "out")
    (tmp_path / "file").write_text("in the way")
    done = xlremic("batch", SAMPLE, "-o", tmp_path / "file")
    assert done.returncode == 2 and "Traceback" not in done.stderr


def test_averages_of_the_comparison_are_weighted_by_balance(tmp_path: Path) -> None:
    fill(tmp_path / "in", 12)
    (tmp_path / "in" / "junk.txt").write_text("junk")
    rows = batch([str(tmp_path / "in")], tmp_path / "out", workbooks=False)
    book = load_workbook(tmp_path / "out" / "Comparison.xlsx", data_only=True)
    shown = {
        label: value for label, value in book["Summary"].iter_rows(min_row=3, max_col=2, values_only=True) if label
    }
    deals = [row for row in rows if row["status"] == "ties"]
    weights = [Fraction(str(row["aggregate_scheduled_principal_balance"])) for row in deals]
    assert (shown["Filings"], shown["of which: ties"], shown["of which: refused"]) == (13, 12, 1)
    assert shown["Balance, all deals"] == pytest.approx(float(sum(weights)), rel=1e-14)
    for label, key in (("WAC, by balance", "weighted_average_coupon"), ("LTV, by balance", "weighted_average_ltv")):
        values = [Fraction(str(row[key])) for row in deals]
        average = sum(w * v for w, v in zip(weights, values, strict=True)) / sum(weights)
        assert shown[label] == pytest.approx(float(average), rel=1e-12)


def test_a_comparison_of_nothing_but_refusals_can_be_made() -> None:
    row = dict.fromkeys(COLUMNS) | {"path": "=1+1.txt", "status": "refused", "reason": "=cmd"}
    book = load_workbook(__import__("io").BytesIO(comparison([row])))
    cells = [cell for cell in book["Deals"][2] if cell.value]
    assert {cell.value for cell in cells} == {"=1+1.txt", "refused", "=cmd"}
    assert all(cell.data_type == "s" for cell in cells)


def test_a_row_survives_its_text() -> None:
    (row,) = [dict.fromkeys(COLUMNS)]
    assert from_text(as_text(row)) == row
    with pytest.raises(ValueError, match="columns"):
        from_text({"path": "x"})
    assert set(COLUMNS.values()) == set(Kind)


def test_what_is_finished_is_not_done_again_until_bytes_or_way_change(tmp_path: Path) -> None:
    filing = tmp_path / "deal.txt"
    filing.write_text(TEXT, encoding="utf-8")
    made = tmp_path / "out" / "deal.xlsx"
    record = tmp_path / "out" / ".xlremic" / "deal.json"

    def run(**options: bool) -> int:
        batch([str(filing)], tmp_path / "out", projection=False, **options)  # type: ignore[arg-type]
        return record.stat().st_mtime_ns

    first = run()
    data = made.read_bytes()
    assert run() == first and made.read_bytes() == data
    assert run(again=True) > first
    made.unlink()
    assert run() > first and made.exists()
    since = record.stat().st_mtime_ns
    filing.write_text(WRONG, encoding="utf-8")
    assert run() > since
    assert index(tmp_path / "out")[0]["status"] == "check fails"
    for content in ("", "[]", "{}", '{"way": 1, "row": {}}', json.dumps({"row": {"path": 1}})):
        record.write_text(content)
        run()
        assert index(tmp_path / "out")[0]["status"] == "check fails"
    since = record.stat().st_mtime_ns
    record.write_text(record.read_text().replace('"version": "', '"version": "9'))
    assert run() > since


def test_a_run_that_was_killed_goes_on_and_ends_as_one_that_was_not(tmp_path: Path) -> None:
    fill(tmp_path / "in", 40)
    command = [sys.executable, "-m", "xlremic", "batch", "in", "-o", "out", "--no-workbooks", "--workers", "2"]
    environment = {**os.environ, "PYTHONPATH": str(SAMPLE.parent.parent)}
    records = tmp_path / "out" / ".xlremic"
    with subprocess.Popen(command, cwd=tmp_path, env=environment) as running:
        while len(list(records.glob("*.json"))) < 5:
            assert running.poll() is None
            time.sleep(0.005)
        running.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    assert not (tmp_path / "out" / "index.csv").exists()
    time.sleep(0.5)  # its workers end with it
    finished = {path: path.stat().st_mtime_ns for path in records.glob("*.json")}
    assert 5 <= len(finished) < 40
    time.sleep(0.5)
    assert len(list(records.glob("*.json"))) == len(finished)
    assert xlremic(*command[3:], cwd=tmp_path).returncode == 0
    assert {path: path.stat().st_mtime_ns for path in finished} == finished
    other = xlremic("batch", "in", "-o", "whole", "--no-workbooks", "--workers", "1", cwd=tmp_path)
    assert other.returncode == 0
    assert index(tmp_path / "out") == index(tmp_path / "whole")


def _deadly(item: int) -> int:
    if item % 10 == 3:
        os._exit(1)
    return item * item


def _deadly_once(marks: tuple[str, int]) -> int:
    folder, item = marks
    mark = Path(folder) / str(item)
    if item % 10 == 3 and not mark.exists():
        mark.touch()
        os._exit(1)
    return item * item


def test_a_process_that_dies_costs_its_own_item_only(tmp_path: Path) -> None:
    found = dict(spread(_deadly, range(15), workers=2))
    assert {k for k, value in found.items() if isinstance(value, Lost)} == {3, 13}
    assert {k: value for k, value in found.items() if not isinstance(value, Lost)} == {
        k: k * k for k in range(15) if k % 10 != 3
    }
    items = [(str(tmp_path), k) for k in range(15)]
    assert dict(spread(_deadly_once, items, workers=2)) == {k: k * k for k in range(15)}


def test_an_error_of_the_function_is_the_callers() -> None:
    for workers in (1, 2):
        with pytest.raises(ZeroDivisionError):
            list(spread(_inverse, [2, 1, 0, 1], workers=workers))


def _inverse(item: int) -> float:
    return 1 / item


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "large.txt").open("wb") as file:
        file.truncate(26 * 2**20)
    (row,) = batch([str(tmp_path / "large.txt")], tmp_path / "out", workbooks=False)
    assert row["status"] == "refused" and "over the limit" in str(row["reason"])
    with pytest.raises(InputError, match="over the limit"):
        storage.read((tmp_path / "large.txt").as_uri(), 2**20)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow no such names")
def test_a_file_may_have_any_name(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    names = [
        "a\x01\x1b[2Jb.txt",
        os.fsdecode(b"not\xffutf8.txt"),
        "=1+1.txt",
        "new\nline.txt",
        "Comparison.txt",
        "ü & <é>.txt",
    ]
    for name in names:
        (tmp_path / "in" / name).write_text(TEXT, encoding="utf-8")
    rows = batch([str(tmp_path / "in")], tmp_path / "out", projection=False)
    assert [row["status"] for row in rows] == ["ties"] * len(names)
    assert all((tmp_path / "out" / str(row["workbook"])).exists() for row in rows)
    assert len(load_workbook(tmp_path / "out" / "Comparison.xlsx")["Deals"]["A"]) == len(names) + 1


def _endless_once(marks: tuple[str, int]) -> int:
    folder, item = marks
    mark = Path(folder) / str(item)
    if item == 3 and not mark.exists():
        mark.touch()
        time.sleep(600)
    return item * item


def test_a_process_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xlremic.workers.LONGEST", 15.0)
    items = [(str(tmp_path), k) for k in range(6)]
    assert dict(spread(_endless_once, items, workers=2)) == {k: k * k for k in range(6)}


def _half_an_answer_once(marks: tuple[str, int]) -> int:
    folder, item = marks
    mark = Path(folder) / str(item)
    if item == 3 and not mark.exists():
        mark.touch()
        pipe = sys._getframe(1).f_locals["pipe"]
        os.write(pipe.fileno(), struct.pack("!i", 1000) + b"half")  # the length, and less than that
        os._exit(1)
    return item * item


def test_a_process_that_dies_in_the_midst_of_its_answer_stops_nobody(tmp_path: Path) -> None:
    items = [(str(tmp_path), k) for k in range(8)]
    assert dict(spread(_half_an_answer_once, items, workers=2)) == {k: k * k for k in range(8)}
