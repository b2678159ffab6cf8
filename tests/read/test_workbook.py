import datetime as dt
import warnings
import zipfile
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from openpyxl import Workbook
from openpyxl.chart import BarChart

from schemas.cell import Broken, Cell, Clock, Moment, Number, Span
from tests.read.make import (
    HEADER,
    book_of,
    edited,
    refusal_of,
    saved,
    table_of,
    tables_of,
    text_row,
    with_sheet,
)


def cell_of(folder: Path, value: object, number_format: str = "General", **options: object) -> Cell:
    """What is read where xlsxwriter wrote this value in this format."""
    path = folder / "log.xlsx"
    book = xlsxwriter.Workbook(path, options)
    sheet = book.add_worksheet("Runs")
    sheet.write_row(0, 0, HEADER)
    sheet.write(1, 0, value, book.add_format({"num_format": number_format}))
    book.close()
    (_, cells) = table_of(path).rows[1]
    return cells[0]


def wall(*parts: int) -> dt.datetime:
    return dt.datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - a wall clock


@pytest.mark.parametrize(
    ("serial", "number_format", "cell"),
    [
        (0.7229166666666667, "hh:mm", Clock(dt.time(17, 21), "hh:mm")),
        (0, "hh:mm", Clock(dt.time(0, 0), "hh:mm")),
        (0.25, "h:mm AM/PM", Clock(dt.time(6, 0), "h:mm AM/PM")),
        (0.25, "dd.mm.yyyy hh:mm", Clock(dt.time(6, 0), "dd.mm.yyyy hh:mm")),
        (0.0035300926, "mm:ss", Clock(dt.time(0, 5, 5), "mm:ss")),
        (1, "hh:mm", Span(dt.timedelta(days=1), "hh:mm")),
        (0.999999999999, "hh:mm", Span(dt.timedelta(days=1), "hh:mm")),
        (0.999996, "hh:mm", Span(dt.timedelta(days=1), "hh:mm")),
        (1.25, "hh:mm", Span(dt.timedelta(hours=30), "hh:mm")),
        (46300.25, "hh:mm", Moment(wall(2026, 10, 5, 6), "hh:mm", has_time=True)),
        (46300, "dd.mm.yyyy", Moment(wall(2026, 10, 5), "dd.mm.yyyy", has_time=False)),
        (5, "dd.mm.yyyy", Moment(wall(1900, 1, 5), "dd.mm.yyyy", has_time=False)),
        (46300.75, "dd.mm.yyyy", Moment(wall(2026, 10, 5, 18), "dd.mm.yyyy", has_time=False)),
        (46300.75, "d mmm yy h:mm", Moment(wall(2026, 10, 5, 18), "d mmm yy h:mm", has_time=True)),
        (46300, "mmm", Moment(wall(2026, 10, 5), "mmm", has_time=False)),
        (46300, '[$-407]d" hrs "mmm', Moment(wall(2026, 10, 5), '[$-407]d" hrs "mmm', has_time=False)),
        (46300.999999, "d/m/yy h:mm", Moment(wall(2026, 10, 6), "d/m/yy h:mm", has_time=True, rounded=True)),
        (46300.2500021, "d/m/yy h:mm", Moment(wall(2026, 10, 5, 6), "d/m/yy h:mm", True, rounded=True)),
        (46300.250000001, "d/m/yy h:mm", Moment(wall(2026, 10, 5, 6), "d/m/yy h:mm", has_time=True)),
        (0.250002, "h:mm", Clock(dt.time(6, 0), "h:mm", rounded=True)),
        (1.5, "[h]:mm", Span(dt.timedelta(hours=36), "[h]:mm")),
        (1 / 3, "[h]:mm:ss", Span(dt.timedelta(hours=8), "[h]:mm:ss")),
        (0, "[h]:mm", Span(dt.timedelta(0), "[h]:mm")),
        (-1, "dd.mm.yyyy", Broken("#VALUE!", "error")),
        (-0.5, "hh:mm", Broken("#VALUE!", "error")),
        (2958466, "dd.mm.yyyy", Broken("#VALUE!", "error")),
        (2958465.999999, "dd.mm.yyyy", Broken("#VALUE!", "error")),
        (1e300, "[h]:mm", Broken("#VALUE!", "error")),
        (46300, "General", Number(46300, "General")),
        (12.5, '0.0 "kg dry"', Number(12.5, '0.0 "kg dry"')),
        (0.5, "0%", Number(0.5, "0%")),
        (7, "000000", Number(7, "000000")),
        (0.1 + 0.2, "0.0", Number(0.3, "0.0")),
    ],
)  # fmt: skip
def test_a_number_is_read_as_its_format_shows_it(
    tmp_path: Path, serial: float, number_format: str, cell: Cell
) -> None:
    assert cell_of(tmp_path, serial, number_format) == cell


@pytest.mark.parametrize("minutes", range(0, 1440, 7))
def test_every_minute_of_the_day_comes_back_whole(tmp_path: Path, minutes: int) -> None:
    clock = cell_of(tmp_path, minutes / 1440, "hh:mm")
    assert clock == Clock(dt.time(minutes // 60, minutes % 60), "hh:mm")


@pytest.mark.parametrize(
    "value", [" 007", "R-1\u00a0", "a\nb", "a\rb", "=1+1", "RUN_x0041_1", "_x000D_", "_x005F_", "x005F_1"]
)
def test_texts_are_exactly_what_was_typed(tmp_path: Path, value: str) -> None:
    path = tmp_path / "log.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    sheet.write_string(1, 0, value)
    book.close()
    assert table_of(path).rows[1][1][0] == value


def test_booleans_and_errors_stay_what_they_are(tmp_path: Path) -> None:
    path = saved(book_of([True, "#REF!"], [False, "#DIV/0!"], ["R3", "#N/A"]), tmp_path)
    assert [cells for _, cells in table_of(path).rows[1:]] == [
        (True, Broken("#REF!", "error")),
        (False, Broken("#DIV/0!", "error")),
        ("R3", Broken("#N/A", "error")),
    ]


def test_dates_count_from_1904_when_the_workbook_says_so(tmp_path: Path) -> None:
    cell = cell_of(tmp_path, wall(2026, 10, 5, 6), "d/m/yy h:mm", date_1904=True)
    assert cell == Moment(wall(2026, 10, 5, 6), "d/m/yy h:mm", has_time=True)
    assert any("1904" in told for told in table_of(tmp_path / "log.xlsx").told)


@pytest.mark.parametrize(
    ("serial", "cell"),
    [
        (0.25, Clock(dt.time(6, 0), "h:mm")),
        (1, Span(dt.timedelta(days=1), "h:mm")),
        (-1, Broken("#VALUE!", "error")),
    ],
)
def test_times_are_the_same_in_both_date_systems(tmp_path: Path, serial: float, cell: Cell) -> None:
    assert cell_of(tmp_path, serial, "h:mm", date_1904=True) == cell


def test_iso_dates_are_dates(tmp_path: Path) -> None:
    book = Workbook()
    book.iso_dates = True
    assert book.active is not None
    book.active.append(HEADER)
    book.active.append([wall(2026, 10, 5, 6, 30), dt.date(2026, 10, 5), dt.time(6, 30)])
    (_, cells) = table_of(saved(book, tmp_path)).rows[1]
    assert [type(cell) for cell in cells] == [Moment, Moment, Clock]
    assert cells[0] == Moment(wall(2026, 10, 5, 6, 30), "yyyy-mm-dd h:mm:ss", has_time=True)


def test_a_formula_with_a_saved_result_is_that_result(tmp_path: Path) -> None:
    path = tmp_path / "log.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    for row, result in enumerate(["R1", 5, True, "#REF!"], 1):
        sheet.write_formula(row, 0, "=A9", value=result)
        sheet.write_string(row, 1, "x")
    book.close()
    table = table_of(path)
    assert [cells[0] for _, cells in table.rows[1:]] == [
        "R1", Number(5), True, Broken("#REF!", "error"),
    ]  # fmt: skip
    assert any("out of date" in told for told in table.told)


def test_a_formula_whose_saved_result_is_no_text_is_an_empty_cell(tmp_path: Path) -> None:
    formula = '<row r="2"><c r="A2" t="str"><f>IF(B2="","","x")</f><v></v></c><c r="B2"><v>5</v></c></row>'
    path = with_sheet(saved(book_of(), tmp_path), text_row(1, *HEADER) + formula)
    assert table_of(path).rows[1] == (2, ("", Number(5)))


def test_a_formula_never_calculated_is_broken_and_quoted(tmp_path: Path) -> None:
    path = saved(book_of(["R1", "=A1&B1"], ["R2", None]), tmp_path)
    assert table_of(path).rows[1:] == [
        (2, ("R1", Broken("=A1&B1", "formula"))),
        (3, ("R2",)),
    ]


def test_a_shared_formula_never_calculated_is_quoted_for_its_own_row(tmp_path: Path) -> None:
    path = with_sheet(
        saved(book_of(), tmp_path),
        text_row(1, *HEADER)
        + '<row r="2"><c r="A2"><f t="shared" ref="A2:A3" si="0">B2&amp;"a"</f></c></row>'
        + '<row r="3"><c r="A3"><f t="shared" si="0"/><v></v></c></row>',
    )
    assert table_of(path).rows[1:] == [
        (2, (Broken('=B2&"a"', "formula"),)),
        (3, (Broken('=B3&"a"', "formula"),)),
    ]


def test_cells_and_rows_without_references_are_counted(tmp_path: Path) -> None:
    rows = text_row(1, *HEADER).replace(' r="1"', "") + "<row><c><f>1+1</f></c><c><v>5</v></c></row>"
    path = with_sheet(saved(book_of(), tmp_path), rows)
    assert table_of(path).rows[1] == (2, (Broken("=1+1", "formula"), Number(5)))


@pytest.mark.parametrize("dimension", ["A1", "A1:A1", "A5:B6", "A1:XFD1048576"])
def test_a_wrong_dimension_tag_does_not_matter(tmp_path: Path, dimension: str) -> None:
    path = saved(book_of(["R1", 5], ["R2", 6]), tmp_path)
    edited(path, "xl/worksheets/sheet1.xml", 'ref="A1:B3"', f'ref="{dimension}"')
    assert [(row, len(cells)) for row, cells in table_of(path).rows] == [(1, 2), (2, 2), (3, 2)]


def test_blank_rows_and_columns_keep_the_true_addresses(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    book.active["B3"], book.active["D3"], book.active["D7"] = "Run ID", "Mass", 5
    book.active["A9"] = ""
    assert table_of(saved(book, tmp_path)).rows == [
        (3, ("", "Run ID", "", "Mass")),
        (7, ("", "", "", Number(5))),
    ]


def test_rows_that_are_only_formatted_are_not_rows(tmp_path: Path) -> None:
    rows = text_row(1, *HEADER) + "".join(
        f'<row r="{number}" ht="20"><c r="A{number}" s="0"/></row>' for number in range(2, 5_000)
    )
    table = table_of(with_sheet(saved(book_of(), tmp_path), rows))
    assert table.rows == [(1, ("Run ID", "Mass"))]
    assert table.told == ()


@pytest.mark.parametrize(("blank", "read"), [(999, 3), (1_000, 2)])
def test_reading_stops_after_a_thousand_blank_rows_and_says_so(tmp_path: Path, blank: int, read: int) -> None:
    last = 3 + blank
    rows = text_row(1, *HEADER) + text_row(2, "R1", "5") + text_row(last, "R2", "6")
    table = table_of(with_sheet(saved(book_of(), tmp_path), rows))
    assert len(table.rows) == read
    assert bool(table.told) == (read == 2)
    assert all(f"row {last} holds something" in told for told in table.told)


@pytest.mark.parametrize("last", [65_536, 1_048_576])
def test_a_sheet_that_ends_where_spreadsheets_end_was_probably_cut(tmp_path: Path, last: int) -> None:
    path = with_sheet(saved(book_of(), tmp_path), text_row(1, *HEADER) + text_row(last, "R1", "5"))
    assert refusal_of(path).code == "rows_cut"


@pytest.mark.parametrize(
    "rows",
    [
        text_row(3, "R2", "6") + text_row(2, "R1", "5"),
        text_row(2, "R1", "5") + text_row(2, "R2", "6"),
        '<row r="2"><c r="B2"><v>5</v></c><c r="A2"><v>1</v></c></row>',
        '<row r="2"><c r="A2"><v>5</v></c><c r="A2"><v>1</v></c></row>',
    ],
)
def test_rows_out_of_order_refuse_the_file_rather_than_vanish(tmp_path: Path, rows: str) -> None:
    path = with_sheet(saved(book_of(), tmp_path), text_row(1, *HEADER) + rows)
    refusal = refusal_of(path)
    assert refusal.code == "file_damaged"
    assert "out of order" in refusal.message


@pytest.mark.parametrize(
    "row",
    [
        '<row r="2"><c r="A2" t="s"><v>99</v></c></row>',
        '<row r="2"><c r="A2" s="999"><v>1</v></c></row>',
        '<row r="two"><c r="A2"><v>1</v></c></row>',
    ],
)
def test_a_broken_cell_is_damage_and_no_crash(tmp_path: Path, row: str) -> None:
    path = with_sheet(saved(book_of(), tmp_path), text_row(1, *HEADER) + row)
    assert refusal_of(path).code == "file_damaged"


def test_a_damaged_row_far_down_refuses_the_whole_file(tmp_path: Path) -> None:
    rows = "".join(text_row(number, f"R{number}", "5") for number in range(2, 200))
    broken = '<row r="200"><c r="A200" t="s"><v>99</v></c></row>'
    path = with_sheet(saved(book_of(), tmp_path), text_row(1, *HEADER) + rows + broken)
    assert refusal_of(path).code == "file_damaged"


def test_hidden_rows_are_read_and_told(tmp_path: Path) -> None:
    book = book_of(*(["R", number] for number in range(2, 9)))
    assert book.active is not None
    for row in (3, 5, 6, 7, 40):
        book.active.row_dimensions[row].hidden = True
    table = table_of(saved(book, tmp_path))
    assert len(table.rows) == 8
    assert table.told == ("hidden rows were read too: 3, 5–7",)


def test_merged_cells_are_named(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    for row in (["Log", None], HEADER, ["R1", 5], ["R2", None]):
        book.active.append(row)
    book.active.merge_cells("A1:B1")
    book.active.merge_cells("B3:B4")
    table = table_of(saved(book, tmp_path))
    assert table.rows[-1] == (4, ("R2",))
    assert sorted(table.merged) == ["A1:B1", "B3:B4"]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheets_are_read_only_when_named(tmp_path: Path, state: str) -> None:
    book = book_of(["R1", 5])
    other = book.create_sheet("Old")
    other.append(HEADER)
    other.sheet_state = state
    path = saved(book, tmp_path)
    assert table_of(path).sheet == "Runs"
    assert table_of(path).told == ("hidden sheets were not read: “Old”",)
    assert table_of(path, "old").sheet == "Old"


def test_a_header_only_on_a_hidden_sheet_is_pointed_out(tmp_path: Path) -> None:
    book = book_of(["R1", 5])
    book.create_sheet("Summary").append(["Total", 5])
    book["Runs"].sheet_state = "hidden"
    refusal = refusal_of(saved(book, tmp_path))
    assert refusal.code == "no_header"
    assert "row 1 of sheet “Summary” comes nearest and has “Total”, “5”" in refusal.message
    assert "“Runs”" in refusal.remedy


def test_other_sheets_are_told_only_when_they_hold_something(tmp_path: Path) -> None:
    book = book_of(["R1", 5])
    book.create_sheet("Notes").append(["remember"])
    book.create_sheet("Sheet3")
    assert table_of(saved(book, tmp_path)).told == ("other sheets were not read: “Notes”",)


def test_two_sheets_with_a_header_are_refused_by_name(tmp_path: Path) -> None:
    book = book_of(["R1", 5])
    book.create_sheet("Runs 2").append(HEADER)
    path = saved(book, tmp_path)
    refusal = refusal_of(path)
    assert refusal.code == "two_headers"
    assert "“Runs”, “Runs 2”" in refusal.message
    assert table_of(path, "Runs 2").sheet == "Runs 2"


def test_two_header_rows_in_one_sheet_are_refused_by_number(tmp_path: Path) -> None:
    refusal = refusal_of(saved(book_of(["R1", 5], [None], HEADER), tmp_path))
    assert refusal.code == "two_headers"
    assert "rows 1 and 4 of sheet “Runs”" in refusal.message


def test_a_header_row_below_the_first_50_is_data(tmp_path: Path) -> None:
    book = book_of(*(["R", number] for number in range(49)), HEADER)
    assert table_of(saved(book, tmp_path)).rows[-1] == (51, ("Run ID", "Mass"))


def test_a_missing_sheet_is_refused_with_the_names_there_are(tmp_path: Path) -> None:
    book = book_of(["R1", 5])
    book.create_sheet("Notes")
    refusal = refusal_of(saved(book, tmp_path), "Rums")
    assert refusal.code == "sheet_missing"
    assert "“Runs”, “Notes”" in refusal.message
    assert refusal.remedy.startswith("Did you mean “Runs”?")


def test_a_named_sheet_without_a_header_is_refused(tmp_path: Path) -> None:
    book = book_of(["R1", 5])
    book.create_sheet("Notes").append(["remember"])
    assert refusal_of(saved(book, tmp_path), "Notes").code == "no_header"


def test_a_workbook_without_a_value_is_empty(tmp_path: Path) -> None:
    assert refusal_of(saved(Workbook(), tmp_path)).code == "file_empty"


def test_chart_sheets_are_no_sheets(tmp_path: Path) -> None:
    book = book_of(["R1", 5])
    book.create_chartsheet("Chart").add_chart(BarChart())
    assert table_of(saved(book, tmp_path)).told == ()


def test_macros_are_ignored_and_told(tmp_path: Path) -> None:
    path = saved(book_of(["R1", 5]), tmp_path, "log.xlsm")
    edited(
        path,
        "[Content_Types].xml",
        "openxmlformats-officedocument.spreadsheetml.sheet.main",
        "ms-excel.sheet.macroEnabled.main",
    )
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf")
    assert table_of(path).told == ("macros were not run",)


def test_a_workbook_of_corrections_gives_every_visible_sheet_that_fits(tmp_path: Path) -> None:
    book = book_of(["R1", 5])
    book.properties.category = "pipeline:to-fix"
    for title in ("Second", "Notes", "Hidden"):
        book.create_sheet(title).append(["hello"] if title == "Notes" else HEADER)
    book["Hidden"].sheet_state = "hidden"
    path = saved(book, tmp_path)
    assert [table.sheet for table in tables_of(path)] == ["Runs", "Second"]
    assert [table.sheet for table in tables_of(path, "Notes")] == ["Runs", "Second"]


def test_another_category_changes_nothing(tmp_path: Path) -> None:
    book = book_of(["R1", 5])
    book.properties.category = "pipeline"
    book.create_sheet("Second").append(HEADER)
    assert refusal_of(saved(book, tmp_path)).code == "two_headers"


def test_a_protected_sheet_is_read(tmp_path: Path) -> None:
    book = book_of(["R1", 5])
    book["Runs"].protection.set_password("secret")
    assert len(table_of(saved(book, tmp_path)).rows) == 2


def test_what_openpyxl_warns_about_is_no_trouble(tmp_path: Path) -> None:
    """Excel writes data validations as extensions; openpyxl warns of each."""
    path = saved(book_of(["R1", 5]), tmp_path)
    ext = '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'
    edited(path, "xl/worksheets/sheet1.xml", "</worksheet>", ext)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(table_of(path).rows) == 2


def test_very_wide_sheets_of_formats_do_not_widen_rows(tmp_path: Path) -> None:
    rows = text_row(1, *HEADER) + '<row r="2"><c r="A2"><v>1</v></c><c r="XFD2" s="0"/></row>'
    path = with_sheet(saved(book_of(), tmp_path), rows)
    assert table_of(path).rows[1] == (2, (Number(1),))
