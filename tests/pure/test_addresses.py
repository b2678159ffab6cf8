"""Columns and cells by the names that a spreadsheet shows."""

from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.cell import coordinate_to_tuple, get_column_letter

from schemas.cell import address, letters, place

COLUMNS, ROWS = st.integers(0, 16_383), st.integers(1, 1_048_576)


def test_every_column_of_a_sheet_has_the_letters_that_openpyxl_gives_it() -> None:
    assert [letters(column) for column in range(16_384)] == [get_column_letter(n) for n in range(1, 16_385)]


@given(COLUMNS, ROWS)
def test_an_address_names_one_place_and_openpyxl_knows_the_same(column: int, row: int) -> None:
    assert place(address(column, row)) == (column, row)
    assert coordinate_to_tuple(address(column, row)) == (row, column + 1)
