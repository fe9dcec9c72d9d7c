"""No dead end: from what a filing does not tell a reader, by a person's facts, to a workbook whose checks tie."""

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from xlremic.reading.asking import as_csv
from xlremic.reading.facts import Reading
from xlremic.reading.filing import filing_of
from xlremic.reading.told import parse_told
from xlremic.workbook.class_columns import SOURCE
from xlremic.workbook.filing_rows import measure_cell
from xlremic.workbook.filling import BY_HAND
from xlremic.workbook.lint import lint

from ..conftest import SAMPLE
from ..reading.test_by_hand import deal_by_hand, filled
from ..support.dialects import drawn
from .test_cli import xlremic


def test_a_filing_that_hardly_is_read_becomes_a_workbook_whose_checks_tie(tmp_path: Path) -> None:
    """The template of ``parse --unread`` goes straight back once a person has filled it."""
    told = drawn("groups", 0)
    text, number = re.subn(r"of(\s+)all\s+mortgage\s+loans,", r"for\1everything,", told.text)  # in nobody's words
    assert number == 1
    filing = replace(told, text=text)
    path = tmp_path / "filing.txt"
    path.write_text(filing.text, encoding="utf-8")
    short = xlremic("build", path, "--no-projection", "-o", tmp_path / "short.xlsx")
    asked = xlremic("parse", path, "--unread")
    assert asked.returncode == 0
    rows = list(csv.DictReader(io.StringIO(asked.stdout)))
    assert "not understood" in short.stdout + short.stderr, (short.stdout, short.stderr)
    assert any(row["key"] and not row["value"] for row in rows)
    assert any(row["value"] and row["note"] and row["line"] and not row["key"] for row in rows)

    reading = parse_told(filing_of(filing.text.encode(), name=path.name), ())
    facts = tmp_path / "facts.csv"
    facts.write_text(filled(reading, filing), encoding="utf-8")
    built = xlremic("build", path, "--facts", facts, "-o", tmp_path / "whole.xlsx")
    assert built.returncode == 0, built.stderr
    assert "no projection" not in built.stderr and "fail" not in built.stdout
    checked = xlremic("check", path, "--facts", facts, "--json")
    checks = {one["id"]: one["status"] for one in json.loads(checked.stdout)["checks"]}
    assert checked.returncode == 0
    assert checks["classes_sum:balance"] == "pass" and "fail" not in checks.values()
    assert lint((tmp_path / "whole.xlsx").read_bytes()) == []

    given = facts.read_text(encoding="utf-8")
    damaged = re.sub(r"^(weighted_average_coupon,all,)\d", r"\g<1>9", given, flags=re.M)
    assert damaged != given
    facts.write_text(damaged, encoding="utf-8")
    failing = xlremic("check", path, "--facts", facts)
    assert failing.returncode == 1 and "FAILS pools_weighted:weighted_average_coupon" in failing.stderr
    assert "weighted_average_coupon of all is 9" in failing.stderr and "by hand (facts.csv, line " in failing.stderr


def test_a_figure_by_hand_is_marked_wherever_it_stands(tmp_path: Path) -> None:
    facts = tmp_path / "facts.csv"
    facts.write_text("key,scope,value,line,note\nloan_count,pool:I,664,90,counted\n", encoding="utf-8")
    target = tmp_path / "deal.xlsx"
    built = xlremic("build", SAMPLE, "--facts", facts, "-o", target, "--no-projection")
    assert built.returncode == 1 and "loan_count of pool:I is 664 by hand" in built.stderr
    book = load_workbook(target)
    sheet, cell = measure_cell("loan_count")
    figure = book[sheet][cell]
    assert (figure.value, figure.font.italic, figure.fill.fgColor.rgb) == (664, True, BY_HAND)
    assert "by hand (facts.csv, line 2): counted; instead of 663" in figure.hyperlink.tooltip
    other = book[sheet][measure_cell("loan_count", pool=1)[1]]
    assert not other.font.italic and other.fill.fgColor.rgb != BY_HAND
    column = SOURCE.number("value")
    marked = [
        row[column - 1].value for row in book["Source"].iter_rows() if row[column - 1].fill.fgColor.rgb == BY_HAND
    ]
    assert marked == [664]
    texts = [str(cell.value) for page in ("Source", "Summary") for row in book[page].iter_rows() for cell in row]
    assert sum("1 fact by hand, in italics on orange, from facts.csv" in text for text in texts) == 2
    says = " ".join(str(cell.value) for row in book["Checks"].iter_rows() for cell in row)
    assert "loan_count of pool:I is 664 by hand (facts.csv, line 2), instead of 663" in says


def test_a_bad_file_of_facts_writes_nothing(tmp_path: Path) -> None:
    facts = tmp_path / "facts.csv"
    facts.write_text("key,scope,value\nloan_cuont,all,3\n", encoding="utf-8")
    for command in (("parse",), ("check",), ("build", "-o", tmp_path / "deal.xlsx")):
        done = xlremic(*command, SAMPLE, "--facts", facts)
        assert (done.returncode, done.stdout) == (2, "")
        assert "facts.csv, line 2: there is no key 'loan_cuont'; the nearest are loan_count" in done.stderr
        assert "Traceback" not in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["facts.csv"]


@pytest.mark.parametrize(("name", "options"), [("deal.csv", ()), ("deal.toml", ("--no-projection",))])
def test_a_deal_of_another_shelf_is_made_without_a_filing(
    name: str, options: tuple[str, ...], tmp_path: Path, reading: Reading
) -> None:
    made = xlremic("new", name, "--pools", "I,II,III", "--classes", "A,B-1,B-2,B-3,B-4,B-5,B-6", cwd=tmp_path)
    assert made.returncode == 0 and "then: xlremic build --facts" in made.stdout
    assert (tmp_path / name).read_bytes().count(b"weighted_average_coupon") == 4
    again = xlremic("new", name, cwd=tmp_path)
    assert again.returncode == 2 and "is there already" in again.stderr
    empty = xlremic("build", "--facts", name, cwd=tmp_path)
    assert empty.returncode == 2 and "no row has a key and a value" in empty.stderr
    (tmp_path / name).write_bytes(deal_by_hand(reading, name))
    built = xlremic("build", "--facts", name, *options, cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    assert built.stdout.startswith("deal.xlsx: series 2004-8, 3 pools, 7 classes")
    assert "no projection" not in built.stderr
    assert lint((tmp_path / "deal.xlsx").read_bytes()) == []


def test_what_is_no_filing_of_the_shelf_can_be_filled_in(tmp_path: Path, reading: Reading) -> None:
    """Its numbers are listed like any, and with facts by hand it has a workbook."""
    other = tmp_path / "other.txt"
    other.write_text("The pool of another issuer has 970 loans of $493,641,377.57 in all.\n", encoding="utf-8")
    asked = xlremic("parse", other, "--unread")
    assert asked.returncode == 0
    rows = list(csv.DictReader(io.StringIO(asked.stdout)))
    assert [row["value"] for row in rows if not row["key"]] == ["970", "493641377.57"]
    facts = tmp_path / "facts.csv"
    facts.write_bytes(deal_by_hand(reading, "facts.csv"))
    built = xlremic("build", other, "--facts", facts, "--no-projection", "-o", tmp_path / "deal.xlsx")
    assert built.returncode == 0, built.stderr
    assert xlremic("build", other, cwd=tmp_path).returncode == 2


def test_the_template_of_a_filing_that_is_read_whole_asks_for_nothing() -> None:
    done = xlremic("parse", SAMPLE, "--unread")
    assert done.stdout == as_csv([])


@pytest.mark.parametrize(
    "arguments",
    [
        ("build",), ("check",), ("parse",), ("parse", "--unread"), ("parse", SAMPLE, "--unread", "--json"),
        ("check", "deal.xlsx", "--facts", "f.csv"), ("new", "x.csv", "--pools", "I,I"), ("new", "x.csv", "--pools", "IL4"),
        ("new", "x.csv", "--classes", "Q-9"), ("new", "x.csv", "--classes", ","), ("parse", "--facts", "missing.csv"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(arguments: tuple[str | Path, ...], tmp_path: Path) -> None:
    done = xlremic(*arguments, cwd=tmp_path)
    assert done.returncode == 2 and done.stderr and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_batch_takes_facts_for_each_filing_by_its_name(tmp_path: Path) -> None:
    text = SAMPLE.read_text(encoding="utf-8").replace("153 and 970", "153 and 971")
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    facts = tmp_path / "facts.csv"
    batch = ("batch", "one.txt", "two.txt", "-o", "deals", "--facts", "facts.csv", "--no-workbooks", "--workers", "1")
    for row, found in (
        ("loan_count,all,970,", "names no filing"), ("loan_count,all,970,six.txt", "is for 'six.txt'"),
        ("loan_count,all,-1,one.txt", "found '-1'"),
    ):  # fmt: skip
        facts.write_text(f"key,scope,value,filing\n{row}\n", encoding="utf-8")
        done = xlremic(*batch, cwd=tmp_path)
        assert done.returncode == 2 and found in done.stderr and not (tmp_path / "deals").exists()
    facts.write_text("key,scope,value,filing\nloan_count,all,970,one.txt\n", encoding="utf-8")
    assert xlremic(*batch, cwd=tmp_path).returncode == 1
    facts.write_text(
        "key,scope,value,filing\nloan_count,all,970,one.txt\nloan_count,all,970,two.txt\n", encoding="utf-8"
    )
    again = xlremic(*batch, cwd=tmp_path)  # what was done with other facts is done anew
    assert (again.returncode, "ties 2" in again.stdout) == (0, True), again.stderr
