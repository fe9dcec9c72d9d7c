"""A trustee's report into a workbook: what is put in, refused, accepted and taken back."""

import lzma
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from openpyxl import Workbook

from xlremic.engine.assumptions import Assumptions
from xlremic.reading.assemble import assemble
from xlremic.reading.tieout import Status
from xlremic.workbook.audit import audit
from xlremic.workbook.build import build
from xlremic.workbook.headline import faults
from xlremic.workbook.history import past_of
from xlremic.workbook.history_columns import HISTORY, OF_CLASS, OF_PART, OF_POOL, TABLE_NAME
from xlremic.workbook.reporting import ReportError, report_of, undo, update_from_report
from xlremic.xlsx.package import Package
from xlremic.xlsx.patch import named_cells, opened, patched

from ..support.sample_deal import sample_deal
from ..support.short_deal import short_reading
from ..support.trustee import CLASS_COLUMNS, Printed, random_terms, reported, written
from ..support.used import told
from .test_workbooks_before import OLD


@cache
def three_months() -> Printed:
    """By the classes of the filing, which a light workbook has."""
    deal = sample_deal()
    return reported(deal, random_terms(deal, 3, 7, most_cdr=0.02, lag=1), 3).by_filing(deal)


@pytest.fixture
def light(workbook: Path, tmp_path: Path) -> Path:
    path = tmp_path / "light.xlsx"
    path.write_bytes(workbook.read_bytes())
    return path


def file_of(printed: Printed, folder: Path, name: str = "report.csv") -> Path:
    path = folder / name
    path.write_text(printed.text())
    return path


def cells_of(path: Path) -> dict[tuple[str, str], object]:
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in opened(path.read_bytes()).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def current_of(book: Workbook) -> dict[str, Decimal]:
    labels, now = (named_cells(book, name) for name in ("Classes", "CurrentBalances"))
    return {str(label.value): Decimal(repr(cell.value)) for label, cell in zip(labels, now, strict=True)}


def flag_of(book: Workbook) -> tuple[object, object]:
    failed, status = (named_cells(book, name)[0].value for name in ("ChecksFailed", "ChecksStatus"))
    return failed, status


def test_month_by_month_and_in_one_go_give_the_same_workbook(light: Path, tmp_path: Path) -> None:
    at_once = tmp_path / "once.xlsx"
    at_once.write_bytes(light.read_bytes())
    done = told("update", at_once, "--report", file_of(three_months(), tmp_path))
    assert done.exit_code == 0 and done.output.startswith("3 months put in\n"), done.output
    for month in range(1, 4):
        update_from_report(light, report_of([file_of(three_months().of(month, month), tmp_path)]))
    assert cells_of(light) == cells_of(at_once)
    book = opened(light.read_bytes())
    last = three_months().of(3, 3)
    assert current_of(book) == {row["class"]: Decimal(row["ending_balance"]) for row in last.classes}
    past = past_of(book)
    assert len(past.days) == 4
    assert past.of(past.last, OF_CLASS)["B-6"].figures["loss"] == Decimal(last.classes[-1]["loss"])
    pools = past.of(past.last, OF_POOL)
    assert list(pools) == ["I", "II", "III", "all"]
    lost = sum(Decimal(row["loss"]) for row in three_months().pools)
    assert pools["all"].figures["losses"] == lost > 0
    assert Decimal(repr(named_cells(book, "CumulativeLosses")[0].value)) == lost
    assert book[HISTORY.sheet].tables[TABLE_NAME].ref.endswith(str(HISTORY.row(len(past.lines) - 1)))
    assert {finding.id for finding in audit(light) if finding.status is Status.FAIL} == set()


def test_undo_gives_every_cell_back_as_it_was_but_for_the_log(light: Path, tmp_path: Path) -> None:
    first, both = (report_of([file_of(three_months().of(1, k), tmp_path, f"{k}.csv")]) for k in (1, 2))
    update_from_report(light, first)
    wanted = cells_of(light)
    other = tmp_path / "both.xlsx"
    other.write_bytes(light.read_bytes())
    update_from_report(other, type(both)(both.months[1:], ()))
    assert told("update", other, "--undo").exit_code == 0
    found = cells_of(other)
    assert {place for place in {**found, **wanted} if found.get(place) != wanted.get(place)} == {
        place for place in found if place[0] == "Cover" and place not in wanted
    }
    undo(other)
    assert current_of(opened(other.read_bytes())) == {
        tranche.label: tranche.class_initial_principal_balance for tranche in sample_deal().tranches
    }
    refused = told("update", other, "--undo")
    assert refused.exit_code == 2 and "no month that could be taken back" in refused.output


def edited(month: int, label: str, column: str, change: Callable[[Decimal], Decimal]) -> Printed:
    tables = three_months().of(month, month)
    rows = [dict(row) for row in tables.classes]
    row = next(row for row in rows if row["class"] == label)
    row[column] = str(change(Decimal(row[column])))
    return Printed(rows, tables.pools)


def test_what_fails_is_refused_and_once_accepted_said_for_ever(light: Path, tmp_path: Path) -> None:
    before = light.read_bytes()
    wrong = edited(1, "B-2", "principal", lambda amount: amount + 10)
    path = file_of(wrong, tmp_path)
    refused = told("update", light, "--report", path)
    assert refused.exit_code == 2
    assert "FAILS ending:2004-11:B-2: " in refused.output and "row 4, class B-2, columns" in refused.output
    assert "FAILS total:2004-11:principal: " in refused.output
    assert light.read_bytes() == before and not list(tmp_path.glob("*.backup*"))
    one = told("update", light, "--report", path, "--accept", "ending:2004-11:B-2")
    assert one.exit_code == 2 and light.read_bytes() == before
    both = told("update", light, "--report", path, "--accept", "ending", "--accept", "total:2004-11")
    assert both.exit_code == 1, both.output
    told("update", light, "--report", file_of(three_months().of(2, 2), tmp_path))
    book = opened(light.read_bytes())
    lines = [line for line in past_of(book).lines if line.accepted]
    assert [line.name for line in lines] == ["B-2", "all"]
    assert lines[0].accepted.startswith("ending:2004-11:B-2: beginning 2,469,000.00 less principal")
    assert flag_of(book) == (1, "1 check fails")
    undo(light)
    undo(light)
    assert flag_of(opened(light.read_bytes())) == (0, "All checks tie")


def test_a_report_and_other_ways_are_not_mixed(light: Path, tmp_path: Path) -> None:
    path = file_of(three_months(), tmp_path)
    for words, says in (
        ((), "say what to put in"),
        (("--report", path, "--undo"), "say what to put in"),
        (("--report", path, "--as-of", "2004-11-25"), "a report has its own dates"),
        (("--report", path, "--cumulative-losses", "5"), "--cumulative-losses goes with --balances"),
        (("--undo", "--accept", "x"), "--accept goes with --report"),
    ):
        done = told("update", light, *words)
        assert done.exit_code == 2 and says in done.output, (words, done.output)


def test_a_month_that_is_in_is_not_put_in_twice(light: Path, tmp_path: Path) -> None:
    report = report_of([file_of(three_months().of(1, 1), tmp_path)])
    update_from_report(light, report)
    done = told("update", light, "--report", file_of(three_months().of(1, 1), tmp_path))
    assert done.exit_code == 2 and "2004-11-25 is not after 2004-11-25" in done.output
    assert "--undo" in done.output


def test_what_a_person_wrote_below_the_table_is_not_written_over(light: Path, tmp_path: Path) -> None:
    below = HISTORY.row(len(past_of(opened(light.read_bytes())).lines))
    noted = patched(Package.of(light.read_bytes()), {(HISTORY.sheet, f"C{below + 3}"): "a note"})
    light.write_bytes(noted.to_bytes())
    report = file_of(three_months().of(1, 1), tmp_path)
    done = told("update", light, "--report", report)
    assert done.exit_code == 2 and f"{HISTORY.sheet}!C{below + 3} holds something" in done.output
    beside = patched(noted, {(HISTORY.sheet, f"C{below + 3}"): None, (HISTORY.sheet, f"AF{below}"): "beside"})
    light.write_bytes(beside.to_bytes())
    assert told("update", light, "--report", report).exit_code == 0
    undo(light)
    assert opened(light.read_bytes())[HISTORY.sheet][f"AF{below}"].value == "beside"


def test_a_workbook_of_before_takes_a_report_as_balances(tmp_path: Path) -> None:
    old = tmp_path / "old.xlsx"
    old.write_bytes(lzma.decompress((OLD / "light-0.1.xlsx.xz").read_bytes()))
    done = told("update", old, "--report", file_of(three_months(), tmp_path))
    assert done.exit_code == 0, done.output
    book = opened(old.read_bytes())
    header = named_cells(book, "History")
    assert [header[0].offset(k).value is not None for k in range(1, 6)] == [True] * 4 + [False]
    assert current_of(book)["B-6"] == Decimal(three_months().classes[-1]["ending_balance"])
    wrong = edited(3, "B-2", "principal", lambda amount: amount + 10)
    late = Printed([{**row, "date": "2005-02-25"} for row in wrong.classes])
    refused = told("update", old, "--report", file_of(late, tmp_path), "--accept", "opening", "--accept", "ending")
    assert refused.exit_code == 2 and "cannot keep what is accepted" in refused.output
    assert "keeps no lines of its months" in told("update", old, "--undo").output


def test_the_classes_of_the_projection_add_up_to_class_a(tmp_path: Path) -> None:
    """A report by the model's own classes, in a workbook with its projection, which goes on from the new balances."""
    reading = short_reading()
    deal = assemble(reading)
    path = build(reading, tmp_path / "short.xlsx", assumptions=Assumptions(loan_age=3)).path
    terms = random_terms(deal, 3, 5)
    printed = reported(deal, terms, 3)
    update_from_report(path, report_of([file_of(printed, tmp_path)]))
    book = opened(path.read_bytes())
    junior = {tranche.label for tranche in deal.tranches[1:]}
    last = [row for row in printed.of(3, 3).classes if not row["class"].startswith("IO")]
    senior = sum(Decimal(row["ending_balance"]) for row in last if row["class"] not in junior)
    assert current_of(book)[deal.tranches[0].label] == senior
    past = past_of(book)
    assert set(past.of(past.last, OF_PART)) == {"A without PO", "PO", "IO"}
    assert faults(path.read_bytes()) == []


def test_an_error_carries_every_failure(light: Path, tmp_path: Path) -> None:
    wrong = edited(1, "A", "ending_balance", lambda amount: amount - Decimal("1.00"))
    with pytest.raises(ReportError) as caught:
        update_from_report(light, report_of([file_of(wrong, tmp_path)]))
    assert [one.name for one in caught.value.found] == ["ending:2004-11:A", "total:2004-11:ending_balance"]


def test_classes_alone_are_a_report_too(light: Path, tmp_path: Path) -> None:
    path = tmp_path / "classes.csv"
    path.write_text(written(CLASS_COLUMNS, three_months().of(1, 1).classes))
    assert told("update", light, "--report", path).exit_code == 0
    past = past_of(opened(light.read_bytes()))
    assert list(past.of(past.last, OF_POOL)) == ["all"]
