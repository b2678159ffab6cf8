"""What stands for a number in a sheet and is none refuses its cell, and nothing else."""

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read import FileRefused
from pipeline.read.frames import send
from pipeline.read.numerals import without_odd_numbers
from pipeline.read.table import Table
from schemas.cell import Broken, Number
from tests.read.make import book_of, saved, table_of, with_sheet

HEAD = '<row r="1"><c t="inlineStr"><is><t>Run ID</t></is></c><c t="inlineStr"><is><t>Mass</t></is></c></row>'


def stored(folder: Path, cell: str, namespace: str = "") -> object:
    """What is read of a second row's cell B2, beside which A2 holds 7."""
    path = saved(book_of(("R1", 5)), folder)
    rows = f'{HEAD}<row r="2"><c r="A2"><v>7</v></c>{cell}</row>'
    table = table_of(with_sheet(path, rows, namespace))
    assert table.rows[1][1][0] == Number(7)
    send(BytesIO(), [Table(table, table.rows)])
    return table.rows[1][1][1]


@pytest.mark.parametrize(
    "text",
    ["NaN", "nan", "-nan", "INF", "-INF", "Infinity", "1.#QNAN", "1e400", "-1e400", "1E+999", "9" * 400],
)
def test_what_a_program_writes_for_a_number_that_is_none_is_an_error_of_that_text(
    text: str, tmp_path: Path
) -> None:
    assert stored(tmp_path, f'<c r="B2"><v>{text}</v></c>') == Broken(text, "error")
    assert stored(tmp_path, f'<c r="B2" s="0" t="n"><f>A1</f><v>{text}</v></c>') == Broken(text, "error")
    assert stored(tmp_path, f"<c t='n' r='B2' ><v >{text}</v ></c>") == Broken(text, "error")


@pytest.mark.parametrize(
    "text", ["1_000", "1_0.5", "1_0e999", "0x10", "1,5", "１２３", "\u0661", "1e", "--1", ".", "TRUE", "12kg"]
)
def test_a_text_that_nothing_writes_for_a_number_refuses_the_file(text: str, tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as caught:
        stored(tmp_path, f'<c r="B2"><v>{text}</v></c>')
    assert caught.value.refusal.code == "file_damaged"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5), ("-5", -5), ("+5", 5), (" 5\n", 5), ("5.", 5.0), (".5", 0.5), ("5E-3", 0.005),
        ("1e300", 1e300), ("1e-400", 0.0), ("0.1000000000000000055511151231257827", 0.1), ("9" * 23, 1e23),
        ("1" * 305, float("1" * 305)),
    ],
)  # fmt: skip
def test_a_number_in_any_usual_spelling_is_that_number(text: str, value: float, tmp_path: Path) -> None:
    assert stored(tmp_path, f'<c r="B2"><v>{text}</v></c>') == Number(value)


def test_a_text_that_a_formula_gave_is_left_as_it_is(tmp_path: Path) -> None:
    assert stored(tmp_path, '<c r="B2" t="str"><f>A1</f><v>NaN</v></c>') == "NaN"
    assert stored(tmp_path, '<c r="B2" t="b"><v>1</v></c>') is True
    assert stored(tmp_path, '<c r="B2" t="e"><v>#N/A</v></c>') == Broken("#N/A", "error")
    assert stored(tmp_path, '<c r="B2"/><c r="C2" t="str"><v>NaN</v></c>') == ""


def test_only_the_cell_with_the_odd_number_is_changed() -> None:
    row = (
        '<row><c r="A1"/><c r="B1"{}><v>1</v></c><x:c t="n" r="C1"><x:v>{}</x:v></x:c>'
        '<c r="D1"><v>2.5</v></c></row>'
    )
    odd, fine = row.format("", "NaN").encode(), row.format(' t="str"', "3").encode()
    assert without_odd_numbers(fine) is fine
    assert (
        without_odd_numbers(fine + odd + fine)
        == fine + odd.replace(b'<x:c t="n" r="C1">', b'<x:c r="C1" t="e">') + fine
    )


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**40), 10**40)))
def test_a_sheet_of_numbers_is_never_changed(numbers: list[float]) -> None:
    xml = "".join(f'<c r="A1" s="1"><v>{number!r}</v></c>' for number in numbers).encode()
    assert without_odd_numbers(xml) == xml
