import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from pipeline.read.cells import ASIAN_FORMATS, built_in_format, date_cell, number_cell, number_cells
from pipeline.read.workbook import read_workbook
from pipeline.read.xlsx import open_xlsx
from schemas.cell import Broken, Cell, Clock, Number
from tests.read.make import HEADER, fits

FORMATS = (
    "General", "0", "000000", "0%", "0.0", '0.0 "t"', "#,##0,", "@", "dd.mm.yyyy", "dd.mm.yyyy hh:mm", "mmm",
    "hh:mm", "h:mm AM/PM", "mm:ss", "[h]:mm", "[mm]:ss", '[$-407]d" hrs "mmm', "0.0;[Red](0.0)",
)  # fmt: skip
SERIALS = st.one_of(
    st.integers(-2, 70_000),
    st.floats(-2, 62, allow_nan=False),
    st.floats(30_000, 60_000, allow_nan=False),
    st.floats(-1e16, 1e16, allow_nan=False),
)


def written(folder: Path, cells: Sequence[tuple[float, str | int]], *, from_1904: bool) -> bytes:
    path = folder / "log.xlsx"
    book = xlsxwriter.Workbook(path, {"date_1904": from_1904})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    for row, (serial, number_format) in enumerate(cells, 1):
        sheet.write_number(row, 0, serial, book.add_format({"num_format": number_format}))
    book.close()
    return path.read_bytes()


def read_from(content: bytes, *, careful: bool) -> list[Cell]:
    with open_xlsx(content, "log.xlsx", careful=careful) as book:
        (table,) = read_workbook(book, "log.xlsx", fits=fits, sheet=None, told=())
    return [row[0] for _, row in table.rows[1:]]


@given(st.lists(st.tuples(SERIALS, st.sampled_from(FORMATS)), min_size=20, max_size=60), st.booleans())
@settings(max_examples=25, deadline=None)
def test_a_serial_and_its_format_give_the_cell_that_an_xlsx_file_gives(
    cells: list[tuple[float, str]], from_1904: bool
) -> None:
    epoch = MAC_EPOCH if from_1904 else WINDOWS_EPOCH
    with TemporaryDirectory() as folder:
        content = written(Path(folder), cells, from_1904=from_1904)
    serials = [float(f"{serial:.16G}") for serial, _ in cells]  # as xlsxwriter writes it
    expected = [number_cell(serial, shown, epoch) for serial, (_, shown) in zip(serials, cells, strict=True)]
    assert read_from(content, careful=True) == expected
    assert read_from(content, careful=False) == expected


@pytest.mark.parametrize("epoch", [WINDOWS_EPOCH, MAC_EPOCH])
@given(
    st.integers(61 * 86_400, 60_000 * 86_400),  # Excel takes 1900 for a leap year
    st.sampled_from(("dd.mm.yyyy", "dd.mm.yyyy hh:mm", "hh:mm")),
)
def test_a_date_is_the_cell_that_its_serial_is(epoch: dt.datetime, seconds: int, shown: str) -> None:
    value = epoch + dt.timedelta(seconds=seconds)
    assert date_cell(value, shown, epoch) == number_cell(seconds / 86_400, shown, epoch)


@pytest.mark.parametrize("epoch", [WINDOWS_EPOCH, MAC_EPOCH])
@given(st.integers(-86_400, 86_399))
def test_a_date_before_the_first_is_a_time_of_day_or_an_error(epoch: dt.datetime, seconds: int) -> None:
    cell = date_cell(epoch + dt.timedelta(seconds=seconds), "dd.mm.yyyy hh:mm", epoch)
    assert isinstance(cell, Broken if seconds < 0 else Clock)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("shown", FORMATS)
def test_what_is_no_number_is_an_error_in_every_format(value: float, shown: str) -> None:
    assert isinstance(number_cell(value, shown, WINDOWS_EPOCH), Broken)


MILLISECONDS = st.integers(0, 1 << 48).map(lambda number: number / 86_400_000)


@given(
    st.lists(SERIALS | MILLISECONDS | st.floats(-10, 3e6)),
    st.sampled_from(["yyyy-mm-dd", "dd.mm.yyyy hh:mm", "hh:mm:ss", "[h]:mm", "mmm"]),
    st.sampled_from([WINDOWS_EPOCH, MAC_EPOCH]),
)
def test_many_dates_at_once_are_those_that_each_number_makes(
    values: list[float], number_format: str, epoch: dt.datetime
) -> None:
    assert number_cells(values, number_format, epoch) == [
        number_cell(value, number_format, epoch) for value in values
    ]


@pytest.mark.parametrize("careful", [False, True])
def test_a_format_that_only_excel_in_asia_has_makes_dates_in_every_kind_of_file(
    tmp_path: Path, careful: bool
) -> None:
    cells = [(serial, number) for number in sorted(ASIAN_FORMATS) for serial in (45935, 45935.25, 0.25)]
    read = read_from(written(tmp_path, cells, from_1904=False), careful=careful)
    assert read == [number_cell(serial, built_in_format(number), WINDOWS_EPOCH) for serial, number in cells]
    assert not any(isinstance(cell, Number) for cell in read)


@pytest.mark.parametrize("careful", [False, True])
@pytest.mark.parametrize("name", ["GENERAL", "general"])
def test_the_general_format_is_known_in_any_case(tmp_path: Path, name: str, careful: bool) -> None:
    assert read_from(written(tmp_path, [(42, name), (812.5, name)], from_1904=False), careful=careful) == [
        Number(42),
        Number(812.5),
    ]
