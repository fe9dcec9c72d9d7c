"""Packages that are refused before any spreadsheet reader sees them, and values beside formulas."""

import io

import pytest
from openpyxl import Workbook

from xlremic.errors import InputError, TemplateError
from xlremic.xlsx.calculate import calculate, formula_cells, same, without_values
from xlremic.xlsx.package import Package
from xlremic.xlsx.preflight import preflight

from ..support.attacks import ATTACKS


def book(**cells: object) -> Package:
    workbook = Workbook()
    for name, value in cells.items():
        workbook.active[name] = value
    buffer = io.BytesIO()
    workbook.save(buffer)
    return Package.of(buffer.getvalue())


@pytest.mark.parametrize("name", ATTACKS)
def test_hostile_packages_are_refused(name: str) -> None:
    made, words = ATTACKS[name]
    with pytest.raises(InputError, match=words):
        preflight(made())


def test_values_stand_beside_formulas_and_only_there() -> None:
    data = calculate(book(A1=7, A2="=A1/2", A3='=IF(A1>2,"a<b","")', A4="=A1>2", A5='=""'))
    cells = formula_cells(data)
    assert cells.values == {("Sheet", "A2"): 3.5, ("Sheet", "A3"): "a<b", ("Sheet", "A4"): True, ("Sheet", "A5"): ""}
    assert cells.formulas["Sheet", "A2"] == "A1/2"
    bare = formula_cells(without_values(data))
    assert set(bare.values.values()) == {None}
    assert bare.formulas == cells.formulas


def test_a_sheet_wider_than_the_engines_own_writer_takes_is_calculated() -> None:
    for letters in ("IV", "IW", "ALM"):  # columns 256, 257 and 1,001
        data = calculate(book(A1=7, **{f"{letters}3": "=A1/2", f"{letters}4": f"={letters}3>2"}))
        assert formula_cells(data).values == {("Sheet", f"{letters}3"): 3.5, ("Sheet", f"{letters}4"): True}


def test_formulas_too_far_apart_are_refused() -> None:
    with pytest.raises(TemplateError, match="too far apart, in XFD1048576"):
        calculate(book(A1=7, XFD1048576="=A1/2"))


@pytest.mark.parametrize("formula", ["=1/0", "=NOSUCH(1)", "=A1+nowhere"])
def test_errors_are_refused(formula: str) -> None:
    with pytest.raises(TemplateError):
        calculate(book(A1=1, A2=formula))


def test_same_is_about_values() -> None:
    assert same(1.0, 1.0 + 1e-12)
    assert not same(1.0, 1.0001)
    assert not same(1.0, "1.0")
    assert not same(None, 0.0)
    assert same("x", "x")
