"""Conventions that a damaged workbook breaks: how many pages it prints, and truths that are compared with numbers."""

import io
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.styles.colors import Color
from openpyxl.workbook import Workbook

from xlremic.functions.registry import worksheet_functions
from xlremic.workbook.frame_lint import shown_color
from xlremic.workbook.layout import PAGES_AT_MOST, SHEETS
from xlremic.workbook.lint import lint
from xlremic.workbook.truth_lint import Kinds, compared_truths
from xlremic.xlsx.calculate import calculate
from xlremic.xlsx.libreoffice import libreoffice
from xlremic.xlsx.package import Package

from ..support.used import damaged


def higher(book: Workbook) -> None:
    book["Pools"].page_setup.fitToHeight = 2


def as_many_as_it_takes(book: Workbook) -> None:
    book["Source"].page_setup.fitToHeight = 0


def upright(book: Workbook) -> None:
    book["Pools"].page_setup.orientation = "portrait"


def without_area(book: Workbook) -> None:
    book["Call"].print_area = None


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (higher, "print: Pools: must fit one page across and 1 down"),
        (as_many_as_it_takes, "print: Source: must fit"),
        (upright, "print: Pools: portrait where landscape is needed"),
        (without_area, "print: Call: no print area"),
    ],
)
def test_a_sheet_that_prints_otherwise_is_told(
    workbook: Path, damage: Callable[[Workbook], None], complaint: str
) -> None:
    assert [one for one in damaged(workbook, damage) if one.startswith(complaint)]


def test_all_sheets_together_are_few_pages() -> None:
    assert sum(sheet.pages for sheet in SHEETS.values()) <= PAGES_AT_MOST


@pytest.mark.real
@pytest.mark.skipif(libreoffice() is None, reason="LibreOffice is not here")
def test_print_all_takes_the_pages_that_the_sheets_say(projected: Path, tmp_path: Path) -> None:
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        libreoffice(),
        profile,
        "--headless",
        "--norestore",
        "--convert-to",
        "pdf",
        "--outdir",
        tmp_path,
        projected,
    ]
    subprocess.run([str(part) for part in command], check=True, capture_output=True)
    document = (tmp_path / projected.with_suffix(".pdf").name).read_bytes()
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", document))
    assert pages == sum(SHEETS[title].pages for title in load_workbook(projected, read_only=True).sheetnames)


def kinds_of_a_small_book() -> Kinds:
    book = Workbook()
    book.active.title = "S"
    book["S"]["A1"], book["S"]["A2"], book["S"]["A3"] = True, 1, "=A2>0"
    return Kinds(book, {("S", "A3"): True})


@pytest.mark.parametrize(
    "formula",
    [
        "=IF(A1=1,2,3)",
        "=(A2=3)=1",
        "=1<>ISNUMBER(A2)",
        "=IF(A2,A3=A2,0)",
        "=TRUE=0",
        "=((A2>1))>=0",
        "=SUM(NOT(A1)=1,2)",
    ],
)
def test_a_truth_that_is_compared_with_a_number_is_told(formula: str) -> None:
    assert list(compared_truths(formula, "S", kinds_of_a_small_book()))


@pytest.mark.parametrize(
    "formula",
    [
        "=IF(A1,2,3)",
        "=A2=3",
        "=ISNUMBER(A2)-ISLOGICAL(A2)>0",
        "=A1=A3",
        "=(A2=3)*1=1",
        "=IF(A2>0,A1,0)",
        "=SUM(A2,1)=2",
    ],
)
def test_what_every_program_computes_alike_is_not_told(formula: str) -> None:
    assert not list(compared_truths(formula, "S", kinds_of_a_small_book()))


def test_a_workbook_with_such_a_comparison_is_told(workbook: Path) -> None:
    book = load_workbook(workbook)
    book["Call"]["B12"] = "=IF(Callable=1,1,0)"
    buffer = io.BytesIO()
    book.save(buffer)
    complaints = lint(calculate(Package.of(buffer.getvalue()), worksheet_functions()).to_bytes())
    assert "truth: Call!B12: Callable=1 compares a truth with a number" in complaints


def test_a_colour_of_the_theme_is_seen_as_it_is_shown() -> None:
    theme = ["FFFFFF", "000000", "F2F5FA", "1F3864"]
    assert shown_color(Color(theme=3), theme) == "1F3864"
    assert shown_color(Color(theme=1, tint=0x59 / 0xFF), theme) == "595959"
    assert shown_color(Color(theme=9), theme) == ""


def test_a_pale_theme_is_told(workbook: Path) -> None:
    def pale(book: Workbook) -> None:
        book.loaded_theme = book.loaded_theme.replace(b"1F3864", b"C0C0C0")

    assert [one for one in damaged(workbook, pale) if one.startswith("contrast: style Section")]
