import datetime as dt
from contextlib import suppress
from io import StringIO
from pathlib import Path
from struct import pack

import pytest
import xlwt  # type: ignore[import-untyped]
from xlrd.compdoc import CompDoc

from pipeline.read import FileRefused, read
from schemas.cell import Broken, Cell, Moment, Number
from tests.read.make import HEADER, fits, refusal_of, table_of, tables_of, write
from tests.read.written import biff, written
from tests.read.written.page import Page
from tests.read.written.xls import as_xls, saved

HEAD = (biff.label(0, 0, b"Run ID"), biff.label(0, 1, b"Mass"))
HEAD_OF_2 = (biff.cell_of_2(4, 0, 0, b"\x06Run ID"), biff.cell_of_2(4, 0, 1, b"\x04Mass"))
UNSAVED = Broken("=…", "formula")
EXCEL, ANOTHER, NOBODY = b"Microsoft Excel\0", b"Somebody\0", b""


def stream_of(file: bytes) -> bytes:
    """The records without their container; they are an old workbook by themselves."""
    content, start, size = CompDoc(file, logfile=StringIO()).locate_named_stream("Workbook")
    assert content
    return bytes(content[start : start + size])


def row_of(folder: Path, content: bytes) -> tuple[Cell, ...]:
    ((_, _), (_, cells)) = table_of(write(folder, "log.xls", content)).rows
    return cells


def test_a_formula_that_a_library_did_not_calculate_has_no_value(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Runs")
    for column, title in enumerate(HEADER):
        sheet.write(0, column, title)
    sheet.write(1, 0, xlwt.Formula('"R"&1'))
    sheet.write(1, 1, xlwt.Formula("2*3"))
    assert row_of(tmp_path, saved(book)) == (UNSAVED, UNSAVED)


@pytest.mark.parametrize(
    ("result", "flags", "saved_by", "cell"),
    [
        (0.0, 0, EXCEL, Number(0)),
        (0.0, 1, EXCEL, Number(0)),  # to be calculated always, as TODAY() is
        (0.0, 2, EXCEL, UNSAVED),  # a library has changed a file of Excel's
        (0.0, 3, EXCEL, UNSAVED),
        (0.0, 0, ANOTHER, UNSAVED),  # as LibreOffice saves a formula that makes a text
        (0.0, 0, NOBODY, UNSAVED),
        (-0.0, 0, NOBODY, UNSAVED),
        (biff.NO_TEXT, 0, EXCEL, ""),
        (biff.NO_TEXT, 0, ANOTHER, ""),
        (biff.NO_TEXT, 2, EXCEL, UNSAVED),
        (biff.NO_TEXT, 0, NOBODY, UNSAVED),
        (5.5, 3, NOBODY, Number(5.5)),
    ],
)
def test_a_saved_nothing_is_a_result_only_of_who_calculates(
    tmp_path: Path, result: float | bytes, flags: int, saved_by: bytes, cell: Cell
) -> None:
    records = biff.of_95(*HEAD, biff.formula(1, 0, result, flags), biff.label(1, 1, b"x"))
    summary = {"\x05SummaryInformation": saved_by} if saved_by else {}
    assert row_of(tmp_path, biff.compound({"Book": records, **summary}))[0] == cell


@pytest.mark.parametrize(
    ("records", "cell"),
    [
        ((biff.formula(1, 0, 5.5, 3),), Number(5.5)),
        ((biff.formula(1, 0, biff.TEXT_FOLLOWS), biff.text_result(b"R1")), "R1"),
        ((biff.formula(1, 0, b"\x01\0\x01\0\0\0\xff\xff"),), True),
        ((biff.formula(1, 0, b"\x02\0\x07\0\0\0\xff\xff"),), Broken("#DIV/0!", "error")),
        ((biff.formula(1, 0, b"\x02\0\x99\0\0\0\xff\xff"),), Broken("#ERROR!", "error")),
    ],
)
def test_a_formula_with_a_saved_result_is_that_result(
    tmp_path: Path, records: tuple[bytes, ...], cell: Cell
) -> None:
    assert row_of(tmp_path, biff.of_95(*HEAD, *records, biff.label(1, 1, b"x"))) == (cell, "x")


@pytest.mark.parametrize(
    ("by_hand", "formula", "told"),
    [(True, True, 1), (True, False, 0), (False, True, 0)],
)
def test_formulas_are_told_to_be_out_of_date_where_they_are_calculated_by_hand(
    tmp_path: Path, by_hand: bool, formula: bool, told: int
) -> None:
    mode = biff.record(0x0D, pack("<H", 0 if by_hand else 1))
    cell = biff.formula(1, 1, 5.0) if formula else biff.number(1, 1, 5.0)
    table = table_of(write(tmp_path, "log.xls", biff.of_95(mode, *HEAD, cell)))
    assert len([one for one in table.told if "out of date" in one]) == told


def test_a_workbook_of_excel_95_is_read(tmp_path: Path) -> None:
    records = biff.of_95(
        *HEAD, biff.label(1, 0, b"N\xe4 1"), biff.number(1, 1, 46300.25, 1), formats=["dd.mm.yyyy hh:mm"]
    )
    assert row_of(tmp_path, records) == (
        "N\u00e4 1",
        Moment(dt.datetime(2026, 10, 5, 6), "dd.mm.yyyy hh:mm", has_time=True),  # noqa: DTZ001 - a wall clock
    )


def test_a_workbook_of_excel_2_as_recorders_write_it_is_read(tmp_path: Path) -> None:
    records = biff.of_2(
        *HEAD_OF_2,
        biff.cell_of_2(4, 1, 0, b"\x02R1"),
        biff.cell_of_2(3, 1, 1, pack("<d", 0.5), shown=1),
        biff.cell_of_2(2, 1, 2, pack("<H", 7)),
        biff.cell_of_2(5, 1, 3, b"\x01\0"),
        biff.cell_of_2(5, 1, 4, b"\x07\1"),
        formats=["General", "0%"],
    )  # fmt: skip
    assert row_of(tmp_path, records) == (
        "R1", Number(0.5, "0%"), Number(7), True, Broken("#DIV/0!", "error"),
    )  # fmt: skip


def test_a_formula_of_excel_2_without_a_result_has_no_value(tmp_path: Path) -> None:
    result = biff.cell_of_2(6, 1, 1, bytes(8) + b"\x02\x03\x1e\1\0")
    assert row_of(tmp_path, biff.of_2(*HEAD_OF_2, result)) == ("", UNSAVED)


def test_a_workbook_of_excel_4_with_several_sheets_says_how_to_be_saved(tmp_path: Path) -> None:
    records = biff.record(0x0409, pack("<HHH", 0, 0x0100, 0)) + biff.record(biff.EOF)
    refusal = refusal_of(write(tmp_path, "log.xls", records))
    assert refusal.code == "file_old_excel"
    assert ".xlsx" in refusal.remedy


def test_a_workbook_that_does_not_say_its_code_page_is_told(tmp_path: Path) -> None:
    records = biff.of_95(*HEAD, biff.label(1, 0, b"N\xe4"), code_page=None)
    table = table_of(write(tmp_path, "log.xls", records))
    assert table.rows[1] == (2, ("N\u00e4",))
    assert table.told == ("text was read as ISO 8859-1, because the workbook does not say what it is",)


@pytest.mark.parametrize("key", [27, 31, 57])
def test_a_date_of_another_language_is_no_number(tmp_path: Path, key: int) -> None:
    style = biff.record(0xE0, pack("<HH", 0, key), bytes(12))
    records = biff.of_95(*HEAD, biff.number(1, 1, 46300, 1), style=style)
    assert isinstance(row_of(tmp_path, records)[1], Moment)


def test_a_workbook_with_a_password_asks_for_a_save_without_it(tmp_path: Path) -> None:
    plain = stream_of(as_xls(Page([HEADER, ["R1", 5]])))
    content = biff.inserted(plain, biff.record(biff.FILE_PASSWORD, bytes(6)))
    refusal = refusal_of(write(tmp_path, "log.xls", content))
    assert refusal.code == "file_encrypted"
    assert "without a password" in refusal.remedy


def test_a_workbook_without_its_container_is_read_too(tmp_path: Path) -> None:
    assert row_of(tmp_path, stream_of(as_xls(Page([HEADER, ["R1", 5]])))) == ("R1", Number(5))


def test_a_cell_that_is_there_twice_refuses_the_file(tmp_path: Path) -> None:
    records = biff.of_95(*HEAD, biff.number(1, 1, 5), biff.number(1, 1, 6))
    refusal = refusal_of(write(tmp_path, "log.xls", records))
    assert refusal.code == "file_damaged"
    assert "twice" in refusal.message


def test_rows_in_any_order_are_read_in_theirs(tmp_path: Path) -> None:
    records = biff.of_95(biff.number(2, 1, 6), biff.number(1, 1, 5), *reversed(HEAD))
    table = table_of(write(tmp_path, "log.xls", records))
    assert [number for number, _ in table.rows] == [1, 2, 3]


@pytest.mark.parametrize(("before_97", "last"), [(True, 16_384), (False, 65_536)])
def test_a_sheet_that_ends_where_old_spreadsheets_end_was_probably_cut(
    tmp_path: Path, before_97: bool, last: int
) -> None:
    if before_97:
        content = biff.of_95(*HEAD, biff.number(last - 1, 1, 5))
    else:
        content = as_xls(Page([HEADER, *[()] * (last - 2), ["R1", 5]]))
    refusal = refusal_of(write(tmp_path, "log.xls", content))
    assert refusal.code == "rows_cut"
    assert f"{last:,}" in refusal.message


def test_rows_that_are_only_formatted_are_not_rows(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Runs")
    for column, title in enumerate(HEADER):
        sheet.write(0, column, title)
    filled = xlwt.easyxf("pattern: pattern solid")
    for row in range(1, 5_000):
        sheet.write(row, 0, None, filled)
    table = table_of(write(tmp_path, "log.xls", saved(book)))
    assert table.rows == [(1, ("Run ID", "Mass"))]
    assert table.told == ()


def test_a_document_of_another_program_is_no_log_though_it_holds_a_workbook(tmp_path: Path) -> None:
    content = biff.compound({"WordDocument": "Workbook\0".encode("utf-16-le")})
    assert refusal_of(write(tmp_path, "log.xls", content)).code == "file_not_a_log"


def test_macros_and_links_are_told(tmp_path: Path) -> None:
    other = biff.record(0x1AE, pack("<HH", 1, 5), b"\0Other")
    records = biff.of_95(*HEAD, link=other)
    content = biff.compound({"Book": records, "_VBA_PROJECT_CUR": b""})
    assert [told.split()[0] for told in table_of(write(tmp_path, "log.xls", content)).told] == [
        "macros",
        "links",
    ]


def test_corrections_that_were_saved_as_xls_are_known(tmp_path: Path) -> None:
    stream = stream_of(as_xls(Page([HEADER, ["R1", 5]]), Page([HEADER, ["R2", 6]], "Second")))
    path = write(tmp_path, "log.xls", biff.compound({"Workbook": stream}))
    assert refusal_of(path).code == "two_headers"
    said = {"\x05DocumentSummaryInformation": b"pipeline:to-fix\0"}
    (first, second) = tables_of(write(tmp_path, "log.xls", biff.compound({"Workbook": stream, **said})))
    assert (first.sheet, second.sheet) == ("Runs", "Second")


def test_rows_that_are_hidden_unless_they_say_otherwise_are_told(tmp_path: Path) -> None:
    hidden_by_default = biff.record(0x225, pack("<HH", 2, 255))
    records = biff.of_95(hidden_by_default, *HEAD, biff.number(1, 1, 5))
    table = table_of(write(tmp_path, "log.xls", records))
    assert table.told == ("hidden rows were read too: 1–2",)


@pytest.mark.parametrize("step", [97, 101])
def test_a_broken_workbook_is_refused_and_never_a_crash(tmp_path: Path, step: int) -> None:
    path = written(tmp_path, "xls", Page([HEADER, *((f"R{number}", number) for number in range(50))]))
    content = path.read_bytes()
    for position in range(0, len(content), step):
        changed = bytearray(content)
        changed[position] ^= 0xFF
        path.write_bytes(changed)
        with suppress(FileRefused):
            read(path, path.name, fits=fits)


def test_a_workbook_over_the_size_limit_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "xls", Page([HEADER, ["R1", 5]]))
    with path.open("ab") as file:
        file.truncate(50_000_001)
    assert refusal_of(path).code == "file_too_large"
