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
