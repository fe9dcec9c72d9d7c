"""References are read as openpyxl reads them, in every formula of the template too."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.formula.tokenizer import Token, Tokenizer
from openpyxl.utils.cell import column_index_from_string, get_column_letter, range_boundaries

from xlremic.errors import InputError
from xlremic.workbook.template import packaged
from xlremic.xlsx.references import Corner, Reference, below, column_letters, column_number, rewritten

CORNERS = st.builds(
    Corner, st.integers(1, 16_384), st.integers(1, 1_048_576), column_fixed=st.booleans(), row_fixed=st.booleans()
)
SHEETS = st.one_of(st.just(""), st.text("ab'! &.é1", min_size=1).filter(lambda name: name[0] + name[-1] != "''"))


@given(CORNERS, st.none() | CORNERS, SHEETS)
def test_a_reference_is_read_as_it_is_written(first: Corner, last: Corner | None, sheet: str) -> None:
    one = Reference(first, last, sheet)
    assert Reference.of(str(one)) == one
    assert Reference.of(f"'{sheet.replace(chr(39), chr(39) * 2)}'!{first}" if sheet else str(first)).sheet == sheet


@given(CORNERS, CORNERS)
def test_bounds_are_those_of_openpyxl(first: Corner, last: Corner) -> None:
    assert Reference(first, last).bounds == range_boundaries(f"{first}:{last}".replace("$", "")) or first != last
    assert Reference(first).bounds == range_boundaries(str(first))


@given(st.integers(1, 16_384))
def test_columns_are_counted_as_openpyxl_counts_them(number: int) -> None:
    assert column_letters(number) == get_column_letter(number)
    assert column_number(column_letters(number)) == column_index_from_string(column_letters(number)) == number


def found_in(formula: str) -> list[str]:
    found: list[str] = []

    def noted(one: Reference) -> Reference:
        found.append(str(one))
        return one

    rewritten(formula, noted)
    return found


def test_the_references_of_every_formula_of_the_template_are_those_that_openpyxl_finds() -> None:
    book = load_workbook(packaged("templates", "deal.xlsx"))
    formulas = {str(c.value) for page in book.worksheets for row in page.iter_rows() for c in row if c.data_type == "f"}
    assert len(formulas) > 300
    for formula in formulas:
        found = found_in(formula)
        operands = (
            token.value
            for token in Tokenizer(formula).items
            if token.type == Token.OPERAND and token.subtype == Token.RANGE
        )
        assert found == [operand for operand in operands if Reference.parse(operand)], formula


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A",
        "1",
        "A0x",
        "A:A",
        "$1:$1",
        "A1:B2,C3",
        "#REF!",
        "Sheet!#REF!",
        "[1]Sheet!A1",
        "OFFSET(A1,1,1)",
        "AAAA1",
        "PSA",
    ],
)
def test_what_is_no_plain_reference_is_none(text: str) -> None:
    assert Reference.parse(text) is None
    with pytest.raises(InputError, match="no cell"):
        Reference.of(text)


def test_texts_names_and_functions_stay() -> None:
    formula = "LOG10(A1)&\"B2\"&B2_x&Q4&'my B2'!$B$2:B3&[1]Sheet!C3&T1.x"
    moved = rewritten(formula, lambda one: replace(one, first=replace(one.first, column=26)))
    assert moved == "LOG10(Z1)&\"B2\"&B2_x&Z4&'my B2'!$Z$2:B3&[1]Sheet!C3&T1.x"
    assert below("AA9", 2) == "AA11"
