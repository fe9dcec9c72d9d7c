"""Workbooks that version 0.1.0 built, before its sheets were made anew, are still checked, updated and sent."""

import lzma
from pathlib import Path

import pytest

from xlremic.xlsx.package import Package
from xlremic.xlsx.patch import named_cells, opened, patched

from ..support.used import told

OLD = Path(__file__).parent / "old"
"""The sample, built without (light) and with (full) its projection, kept unpacked within xz."""
TO = ("--to", "a@example.org", "--from", "b@example.org", "--dry-run")


@pytest.fixture(params=["light", "full"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"{request.param}.xlsx"
    path.write_bytes(lzma.decompress((OLD / f"{request.param}-0.1.xlsx.xz").read_bytes()))
    return path


def test_a_workbook_of_before_is_checked_updated_and_sent(old: Path, tmp_path: Path) -> None:
    checked = told("check", old)
    assert checked.exit_code == 0 and checked.stderr.endswith(f"{old}: All checks tie\n"), checked.output
    sent = told("send", old, *TO)
    assert sent.exit_code == 0 and "Subject: CMSI 2004-8, 1 Oct 2004: all checks tie, not callable" in sent.output
    assert ("At 300 PSA, no defaults, never called" in sent.output) is (old.stem == "full")
    book = opened(old.read_bytes())
    labels, current = (named_cells(book, name) for name in ("Classes", "CurrentBalances"))
    lines = [f"{label.value},{0.9 * float(now.value):.2f}" for label, now in zip(labels, current, strict=True)]
    balances = tmp_path / "balances.csv"
    balances.write_text("\n".join(["class,current_balance", *lines]))
    updated = told("update", old, "--balances", balances, "--as-of", "2005-03-25")
    assert updated.exit_code == 0, updated.output
    history = named_cells(opened(old.read_bytes()), "History")
    assert history[1].offset(2).value == pytest.approx(0.9 * 493641377.57, abs=0.05)
    again = told("send", old, *TO)
    assert again.exit_code == 0 and "Subject: CMSI 2004-8, 25 Mar 2005: all checks tie, not callable" in again.output
    assert "down USD 49,364,137." in again.output


def test_a_damaged_workbook_of_before_is_not_sent(old: Path) -> None:
    data = old.read_bytes()
    (cell, *_) = named_cells(opened(data), "InitialBalances")
    old.write_bytes(patched(Package.of(data), {(cell.parent.title, cell.coordinate): 1.0}).to_bytes())
    if old.stem == "light":
        checked = told("check", old)
        assert checked.exit_code == 1 and f"{old}: 7 failed; besides, " in checked.stderr
        assert "Checks!D28 (Tranches!C8)" in checked.stderr
    sent = told("send", old, *TO)
    assert sent.exit_code == 2 and "values are stale" in sent.output
