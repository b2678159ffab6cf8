from collections.abc import Iterable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from pipeline.read import FileRefused, read
from pipeline.read.binary_workbook.records import records, rk
from schemas.cell import Broken, Cell, Moment, Number
from tests.read.make import HEADER, fits, refusal_of, table_of, tables_of, write
from tests.read.written import xlsb

CALCULATION = pack("<IIIdI", 0, 1, 100, 0.001, 1)


def head(number: int = 1) -> bytes:
    return xlsb.row(
        number, [xlsb.cell(6, column, 0, xlsb.text(title)) for column, title in enumerate(HEADER)]
    )


def parts_with(
    rows: Iterable[bytes], book: bytes = b"", styles: bytes = b"", texts: Iterable[str] = ()
) -> dict[str, bytes]:
    shared = xlsb.Texts()
    shared.known.extend(texts)
    return xlsb.package(
        book or xlsb.workbook([("Runs", 0)]),
        [xlsb.sheet(rows)],
        styles or xlsb.Styles().part(),
        shared.part(),
    )


def saved(folder: Path, parts: dict[str, bytes]) -> Path:
    return write(folder, "log.xlsb", xlsb.zipped(parts))


def row_of(folder: Path, *cells: bytes, book: bytes = b"", texts: Iterable[str] = ()) -> tuple[Cell, ...]:
    parts = parts_with([head(), xlsb.row(2, cells)], book, texts=texts)
    return table_of(saved(folder, parts)).rows[1][1]


def rk_of(value: int, *, integer: bool, hundredths: bool) -> bytes:
    raw = value << 2 if integer else value & ~3
    return pack("<I", (raw | integer << 1 | hundredths) & 0xFFFFFFFF)


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (rk_of(5, integer=True, hundredths=False), 5),
        (rk_of(-5, integer=True, hundredths=False), -5),
        (rk_of(1234, integer=True, hundredths=True), 12.34),
        (rk_of(0x3FF80000, integer=False, hundredths=False), 1.5),
        (rk_of(0x40590000, integer=False, hundredths=True), 1.0),
    ],
)
def test_numbers_in_four_bytes_are_those_that_another_reader_finds(
    tmp_path: Path, content: bytes, value: float
) -> None:
    path = saved(tmp_path, parts_with([head(), xlsb.row(2, [xlsb.cell(2, 0, 0, content)])]))
    assert table_of(path).rows[1] == (2, (Number(value),))
    assert CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1][0] == value


@given(st.binary(min_size=4, max_size=4))
def test_every_number_in_four_bytes_is_the_one_that_another_reader_finds(content: bytes) -> None:
    parts = parts_with([head(), xlsb.row(2, [xlsb.cell(2, 0, 0, content)])])
    (found,) = (
        CalamineWorkbook.from_filelike(BytesIO(xlsb.zipped(parts))).get_sheet_by_index(0).to_python()[1][:1]
    )
    value = rk(content, 0)
    assert found == value or (value != value and found != found)  # noqa: PLR0124 - NaN is not itself


@pytest.mark.parametrize(
    ("cell", "read_as"),
    [
        (xlsb.cell(6, 0, 0, xlsb.text("R1")), "R1"),
        (xlsb.cell(7, 0, 0, pack("<I", 1)), "007"),
        (xlsb.cell(62, 0, 0, b"\1" + xlsb.text("bold") + pack("<IHH", 1, 0, 0)), "bold"),
        (xlsb.cell(8, 0, 0, xlsb.text("R1") + xlsb.NO_FORMULA), "R1"),
        (xlsb.cell(8, 0, 0, xlsb.text("") + xlsb.NO_FORMULA), ""),
        (xlsb.cell(9, 0, 0, pack("<d", 5.5) + xlsb.NO_FORMULA), Number(5.5)),
        (xlsb.cell(9, 0, 0, pack("<d", 0.0) + xlsb.NO_FORMULA), Number(0)),
        (xlsb.cell(10, 0, 0, b"\1" + xlsb.NO_FORMULA), True),
        (xlsb.cell(11, 0, 0, b"\x2a" + xlsb.NO_FORMULA), Broken("#N/A", "error")),
        (xlsb.cell(3, 0, 0, b"\x07"), Broken("#DIV/0!", "error")),
        (xlsb.cell(3, 0, 0, b"\x99"), Broken("#ERROR!", "error")),
        (xlsb.cell(4, 0, 0, b"\0"), False),
        (xlsb.cell(5, 0, 0, pack("<d", float("nan"))), Broken("nan", "error")),
    ],
)
def test_each_kind_of_cell_is_read_as_what_it_is(tmp_path: Path, cell: bytes, read_as: Cell) -> None:
    beside = xlsb.cell(6, 1, 0, xlsb.text("x"))
    assert row_of(tmp_path, cell, beside, texts=["006", "007"]) == (read_as, "x")


def test_a_zero_that_waits_to_be_calculated_is_no_result(tmp_path: Path) -> None:
    cell = xlsb.cell(9, 0, 0, pack("<d", 0.0) + xlsb.NO_FORMULA)
    waiting = xlsb.record(157, CALCULATION, pack("<H", 1))
    book = xlsb.workbook([("Runs", 0)], calculation=waiting)
    assert row_of(tmp_path, cell, book=book) == (Broken("=…", "formula"),)


@pytest.mark.parametrize(("mode", "flags", "told"), [(1, 0, 0), (0, 0, 1), (1, 1, 1), (2, 0x6A, 0)])
def test_formulas_are_told_to_be_out_of_date_where_the_workbook_says_so(
    tmp_path: Path, mode: int, flags: int, told: int
) -> None:
    calculation = xlsb.record(157, pack("<IIIdIH", 0, mode, 100, 0.001, 1, flags))
    book = xlsb.workbook([("Runs", 0)], calculation=calculation)
    cell = xlsb.cell(9, 0, 0, pack("<d", 5.0) + xlsb.NO_FORMULA)
    table = table_of(saved(tmp_path, parts_with([head(), xlsb.row(2, [cell])], book)))
    assert len(table.told) == told


def test_very_hidden_sheets_and_charts_are_not_read(tmp_path: Path) -> None:
    parts = parts_with([head()], xlsb.workbook([("Runs", 0), ("Old", 2), ("Chart", 0)]))
    relations = parts["xl/_rels/workbook.bin.rels"].replace(b"rId2", b"rId8").replace(b"rId3", b"rId9")
    parts["xl/_rels/workbook.bin.rels"] = relations.replace(
        b"</Relationships>",
        xlsb.relation("rId2", "/xl/worksheets/sheet2.bin", "worksheet")
        + xlsb.relation("rId3", "chartsheets/sheet1.bin", "chartsheet")
        + b"</Relationships>",
    )
    parts["xl/worksheets/sheet2.bin"] = xlsb.sheet([head()])
    assert table_of(saved(tmp_path, parts)).told == ("hidden sheets were not read: “Old”",)


def test_built_in_formats_are_known_by_their_number(tmp_path: Path) -> None:
    styles = xlsb.Styles()
    styles.formats = ["0%", "date", "date of Japan"]
    part = styles.part()
    for own, built_in in ((164, 9), (165, 22), (166, 31)):
        part = part.replace(pack("<HHHH", 0, own, 0, 0), pack("<HHHH", 0, built_in, 0, 0))
    values = [xlsb.cell(5, column, style, pack("<d", 46300.25)) for column, style in enumerate((1, 2, 3))]
    (_, cells) = table_of(saved(tmp_path, parts_with([head(), xlsb.row(2, values)], styles=part))).rows[1]
    assert [type(cell) for cell in cells] == [Number, Moment, Moment]
    assert cells[0] == Number(46300.25, "0%")


NUMBER = pack("<d", 5.0)


@pytest.mark.parametrize(
    "rows",
    [
        [xlsb.row(3, [xlsb.cell(5, 0, 0, NUMBER)]), xlsb.row(2, [xlsb.cell(5, 0, 0, NUMBER)])],
        [xlsb.row(2, [xlsb.cell(5, 0, 0, NUMBER)]), xlsb.row(2, [xlsb.cell(5, 0, 0, NUMBER)])],
        [xlsb.row(2, [xlsb.cell(5, 1, 0, NUMBER), xlsb.cell(5, 0, 0, NUMBER)])],
        [xlsb.row(2, [xlsb.cell(5, 0, 0, NUMBER), xlsb.cell(5, 0, 0, NUMBER)])],
        [xlsb.row(2, [xlsb.cell(5, 16_384, 0, NUMBER)])],
    ],
)
def test_rows_or_cells_out_of_order_refuse_the_file_rather_than_vanish(
    tmp_path: Path, rows: list[bytes]
) -> None:
    refusal = refusal_of(saved(tmp_path, parts_with([head(), *rows])))
    assert refusal.code == "file_damaged"
    assert "out of order" in refusal.message


@pytest.mark.parametrize(
    "cell",
    [
        xlsb.cell(7, 0, 0, pack("<I", 99)),  # a text that is not there
        xlsb.cell(5, 0, 99, NUMBER),  # a style that is not there
        xlsb.cell(5, 0, 0, NUMBER[:4]),
        xlsb.cell(6, 0, 0, pack("<I", 99) + b"R\0"),
        xlsb.cell(6, 0, 0, pack("<I", 1) + b"\0\xd8"),  # half a character
        xlsb.record(17, pack("<I", 0), xlsb.text("R1")),  # a cell without its column
    ],
)
def test_a_broken_cell_is_damage_and_no_crash(tmp_path: Path, cell: bytes) -> None:
    assert refusal_of(saved(tmp_path, parts_with([head(), xlsb.row(2, [cell])]))).code == "file_damaged"


def test_a_record_that_goes_beyond_its_part_is_an_error() -> None:
    with pytest.raises(ValueError, match="beyond"):
        list(records(xlsb.record(7, bytes(20))[:-1]))


@pytest.mark.parametrize("part", ["workbook", "worksheets/sheet1", "styles", "sharedStrings"])
def test_a_part_that_ends_between_two_records_is_cut_off(tmp_path: Path, part: str) -> None:
    parts = parts_with([head(), xlsb.row(2, [xlsb.cell(7, 0, 0, pack("<I", 0))])], texts=["R1"])
    name = f"xl/{part}.bin"
    *_, (code, content) = records(parts[name])
    parts[name] = parts[name].removesuffix(xlsb.record(code, content))
    assert refusal_of(saved(tmp_path, parts)).code == "file_damaged"


@pytest.mark.parametrize("last", [65_536, 1_048_576])
def test_a_sheet_that_ends_where_spreadsheets_end_was_probably_cut(tmp_path: Path, last: int) -> None:
    rows = [head(), xlsb.row(last, [xlsb.cell(5, 0, 0, NUMBER)])]
    assert refusal_of(saved(tmp_path, parts_with(rows))).code == "rows_cut"


def test_rows_and_columns_that_are_only_formatted_do_not_count(tmp_path: Path) -> None:
    blank = [xlsb.cell(1, 16_383, 0, b"")]
    rows = [
        head(),
        xlsb.row(2, [xlsb.cell(5, 0, 0, NUMBER), *blank]),
        xlsb.row(1_048_576, blank, hidden=True),
    ]
    table = table_of(saved(tmp_path, parts_with(rows)))
    assert table.rows[1:] == [(2, (Number(5),))]
    assert table.told == ()


def test_a_sheet_of_more_cells_than_a_log_needs_is_refused(tmp_path: Path) -> None:
    blank = [xlsb.cell(5, 0, 0, NUMBER), xlsb.cell(1, 16_383, 0, b"")]
    rows = [head(), *(xlsb.row(number, blank) for number in range(2, 3_100))]
    assert refusal_of(saved(tmp_path, parts_with(rows))).code == "file_too_large"


def test_corrections_that_were_saved_as_xlsb_are_known(tmp_path: Path) -> None:
    parts = parts_with([head()], xlsb.workbook([("Runs", 0), ("Second", 0)]))
    parts["xl/_rels/workbook.bin.rels"] = parts["xl/_rels/workbook.bin.rels"].replace(
        b"</Relationships>", xlsb.relation("rId8", "worksheets/sheet1.bin", "worksheet") + b"</Relationships>"
    )
    parts["xl/workbook.bin"] = parts["xl/workbook.bin"].replace(xlsb.text("rId2"), xlsb.text("rId8"))
    assert refusal_of(saved(tmp_path, parts)).code == "two_headers"
    said = b"<cp:coreProperties xmlns:cp='x'><cp:category>pipeline:to-fix</cp:category></cp:coreProperties>"
    found = tables_of(saved(tmp_path, parts | {"docProps/core.xml": said}))
    assert [table.sheet for table in found] == ["Runs", "Second"]


def test_macros_and_links_are_told(tmp_path: Path) -> None:
    extra = {"xl/vbaProject.bin": b"\xd0\xcf", "xl/externalLinks/externalLink1.bin": b"\0"}
    told = table_of(saved(tmp_path, parts_with([head()]) | extra)).told
    assert [one.split()[0] for one in told] == ["macros", "links"]


def test_a_document_type_in_any_part_is_unsafe(tmp_path: Path) -> None:
    parts = parts_with([head()])
    relations = parts["xl/_rels/workbook.bin.rels"]
    parts["xl/_rels/workbook.bin.rels"] = relations.replace(b"<Relationships", b"<!DOCTYPE a><Relationships")
    assert refusal_of(saved(tmp_path, parts)).code == "file_unsafe"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.bin", "xl/styles.bin", "xl/_rels/workbook.bin.rels"])
def test_a_workbook_without_a_part_that_it_needs_is_damaged(tmp_path: Path, part: str) -> None:
    parts = parts_with([head()])
    del parts[part]
    assert refusal_of(saved(tmp_path, parts)).code == "file_damaged"


def test_a_sheet_with_a_flipped_byte_is_refused_or_read_and_never_a_crash(tmp_path: Path) -> None:
    parts = parts_with([head(), xlsb.row(2, [xlsb.cell(5, 0, 0, NUMBER)])])
    sheet = parts["xl/worksheets/sheet1.bin"]
    for position in range(len(sheet)):
        changed = bytearray(sheet)
        changed[position] ^= 0x55
        path = saved(tmp_path, parts | {"xl/worksheets/sheet1.bin": bytes(changed)})
        with suppress(FileRefused):
            read(path, path.name, fits=fits)
