"""Checks: status first, a section a subject, on every line a link to where to look; and what Tranches shows beside."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from shutil import copy

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from xlremic.reading.tieout import Finding
from xlremic.workbook.checks_sheet import CLASSES, FILING, HEADINGS, INPUTS, REPORTS, lines_of, within_rounding
from xlremic.workbook.class_columns import BEHIND, CHECKS, TRANCHES
from xlremic.workbook.names import CALL_CHECKS, REPORT_CHECKS
from xlremic.workbook.update import update

from ..support.iron import Iron


def column(sheet: Worksheet, key: str) -> list[object]:
    return [sheet.cell(row, CHECKS.number(key)).value for row in range(CHECKS.row(), sheet.max_row + 1)]


def line_of(path: Path, check: str) -> int:
    """The row of a check."""
    return CHECKS.row() + column(load_workbook(path)[CHECKS.sheet], "check").index(check)


def test_the_status_stands_first_and_sections_follow(workbook: Path, findings: tuple[Finding, ...]) -> None:
    sheet = load_workbook(workbook, data_only=True)[CHECKS.sheet]
    assert sheet.cell(CHECKS.totals, 1).value == "All checks tie"
    status = column(sheet, "status")
    headings = [one for one in status if one in HEADINGS]
    assert headings == [FILING, INPUTS, CLASSES, REPORTS]
    assert status.count("ties") == len(findings) + len(REPORT_CHECKS) + len(CALL_CHECKS)
    assert {one for one in status if one not in headings} == {"ties", "ok"}


def test_a_projection_has_sections_of_its_own(projected: Path) -> None:
    status = column(load_workbook(projected, data_only=True)[CHECKS.sheet], "status")
    assert [one for one in status if one in HEADINGS] == list(HEADINGS)


def test_every_line_links_to_the_cell_that_computes_its_difference(workbook: Path) -> None:
    sheet = load_workbook(workbook)[CHECKS.sheet]
    lines = [row for row in sheet.iter_rows(min_row=CHECKS.row()) if row[CHECKS.number("check") - 1].value]
    assert len(lines) > 90
    for line in lines:
        where, difference, flag = (line[CHECKS.number(key) - 1] for key in ("where", "difference", "flag"))
        sheet_name, _, cell = str(where.value).partition("!")
        assert where.hyperlink.location == f"'{sheet_name}'!{cell}"
        assert flag.value is None or difference.value.replace("'", "") == f"={where.value}"


def test_a_refused_input_is_told_in_its_section_and_fails_no_check(workbook: Path) -> None:
    iron = Iron(workbook)
    status = f"{CHECKS.sheet}!{CHECKS.cell('status')[0]}{line_of(workbook, 'inputs:balances')}"
    iron.put({"CurrentBalances": -1})
    iron.recalculate()
    assert iron.read(status, "ChecksStatus", "ChecksFailed") == ["look", "1 input to look at", 0]
    iron.put({"CurrentBalances": 481_546_830.0})
    iron.recalculate()
    assert iron.read(status, "ChecksStatus") == ["ok", "All checks tie"]


def test_a_figure_that_does_not_tie_fails_on_its_line(workbook: Path) -> None:
    iron = Iron(workbook)
    status = f"{CHECKS.sheet}!{CHECKS.cell('status')[0]}{line_of(workbook, 'classes_sum:balance')}"
    assert iron.read(status) == ["ties"]
    iron.put({"InitialBalances": 481_546_830.5})
    iron.recalculate()
    assert iron.read(status) == ["FAILS"]


def test_lines_are_read_by_the_words_of_the_header(workbook: Path, findings: tuple[Finding, ...]) -> None:
    book = load_workbook(workbook, data_only=True)
    lines = list(lines_of(book))
    assert [line.finding.id for line in lines if line.finding.family not in ("classes_sum", "reports", "termination")] == [
        finding.id for finding in sorted(findings, key=lambda one: one.family in ("subordination_level", "call_threshold"))
        if finding.family != "classes_sum"
    ]  # fmt: skip
    sheet = book[CHECKS.sheet]
    moved = CHECKS.number("tolerance")
    sheet.insert_cols(moved)
    assert [line.finding for line in lines_of(book)] == [line.finding for line in lines]


def test_words_stand_for_a_difference_only_within_its_tolerance(workbook: Path) -> None:
    assert within_rounding('0.0;-0.0;"-"', 0.00001) == '[>0.00001]0.0;[<-0.00001]-0.0;"within rounding"'
    book = load_workbook(workbook)
    sheet = book[CHECKS.sheet]
    row = line_of(workbook, "pools_weighted:weighted_average_coupon")
    home = str(sheet.cell(row, CHECKS.number("where")).value).split("!")
    tolerance = sheet.cell(row, CHECKS.number("tolerance")).value
    assert book[home[0]][home[1]].number_format.startswith(f"[>{format(Decimal(repr(tolerance)), 'f')}]")


def test_what_a_class_was_paid_is_its_balance_of_the_month_before_less_the_present_one(
    workbook: Path, tmp_path: Path
) -> None:
    path = Path(copy(workbook, tmp_path / "deal.xlsx"))
    sheet = load_workbook(path, data_only=True)[TRANCHES.sheet]
    classes = [str(sheet[TRANCHES.cell("class", k)].value) for k in range(7)]
    before = [Decimal(repr(sheet[TRANCHES.cell("current", k)].value)) for k in range(7)]
    assert [sheet[TRANCHES.cell("paid", k)].value for k in range(7)] == [0] * 7
    for month, part in ((3, Decimal("0.9")), (4, Decimal("0.7"))):
        now = [round(part * one, 2) for one in before]
        update(path, dict(zip(classes, now, strict=True)), as_of=date(2005, month, 25))
    sheet = load_workbook(path, data_only=True)[TRANCHES.sheet]
    paid = [sheet[TRANCHES.cell("paid", k)].value for k in range(7)]
    assert paid == pytest.approx(
        [float(round(Decimal("0.9") * one, 2) - round(Decimal("0.7") * one, 2)) for one in before]
    )
    assert sheet[TRANCHES.letter("paid") + str(TRANCHES.totals)].value == pytest.approx(sum(paid))


def test_levels_in_full_stand_in_a_closed_group(workbook: Path) -> None:
    sheet = load_workbook(workbook)[TRANCHES.sheet]
    first, last = map(TRANCHES.number, BEHIND)
    for key in TRANCHES.keys:
        dimension = sheet.column_dimensions[TRANCHES.letter(key)]
        assert (dimension.outlineLevel, dimension.hidden) == (
            (1, True) if first <= TRANCHES.number(key) <= last else (0, False)
        )
    assert first <= TRANCHES.number("stated_level") <= last
