"""Every sheet has the same frame, and each departure from it is told by its rule."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.styles import Font
from openpyxl.workbook import Workbook

from xlremic.workbook.layout import SHEETS
from xlremic.xlsx.described import descriptions
from xlremic.xlsx.package import Package

from ..support.used import damaged


def paler(book: Workbook) -> None:
    style = next(style for style in book._named_styles if style.name == "Note")
    style.font = Font(name=style.font.name, size=style.font.sz, italic=True, color="FF9F9F9F")


def wider(book: Workbook) -> None:
    book["Call"].column_dimensions["B"].width = 250


def put(sheet: str, cell: str, value: object) -> Callable[[Workbook], None]:
    def damage(book: Workbook) -> None:
        book[sheet][cell] = value

    return damage


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (put("Pools", "A1", None), "frame: Pools!A1"),
        (put("Call", "B1", "All checks tie"), "frame: Call!B1"),
        (put("History", "A2", None), "frame: History!A2"),
        (put("Source", "A3", None), "frame: Source!A3"),
        (put("Tranches", "A4", "Results"), "links: Tranches"),
        (paler, "contrast: style Note"),
        (wider, "view: Call!C4: a link beyond the window"),
    ],
)
def test_a_departure_from_the_frame_is_told(workbook: Path, damage: Callable[[Workbook], None], complaint: str) -> None:
    assert [one for one in damaged(workbook, damage) if one.startswith(complaint)]


def test_a_chart_without_words_is_told(workbook: Path) -> None:
    """openpyxl drops the descriptions, which is the damage."""
    assert any("a chart without a description" in one for one in damaged(workbook, lambda book: None))


def test_every_chart_is_described_and_the_document_has_a_title(workbook: Path) -> None:
    words = [text for texts in descriptions(Package.of(workbook.read_bytes())).values() for text in texts]
    assert words
    assert all(words)
    properties = load_workbook(workbook).properties
    assert properties.title
    assert properties.subject


def test_a_sheet_of_a_workbook_is_a_record_and_stands_in_its_order(workbook: Path) -> None:
    titles = load_workbook(workbook).sheetnames
    assert titles == [title for title in SHEETS if title in titles]
