import datetime as dt
import io
import zipfile

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.model import WORDS, Difference, Outcome, Report
from pipeline.write.to_fix import write_to_fix
from schemas.cell import Broken, Cell, Clock, Moment, Number, Span
from tests.write.build import issue, report, row, table, to_fix_of

SIX = dt.datetime(2025, 3, 1, 6, 30, 15, tzinfo=dt.UTC).replace(tzinfo=None)
SAID = "found “abc”, wanted a mass is a number. Write digits only."
LIGHT_RED = "FFFFC7CE"


def sheet_of(made: Report, name: str = "Runs") -> Worksheet:
    sheet = to_fix_of(made)[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def values_of(sheet: Worksheet) -> list[list[object]]:
    return [list(line) for line in sheet.iter_rows(values_only=True)]


def test_only_rows_that_need_a_person_are_in_it() -> None:
    made = report(*(row((word,), word, number=number) for number, word in enumerate(WORDS, 2)))
    found = [line[0] for line in values_of(sheet_of(made))]
    assert found == ["Batch ref", "conflict", "invalid", "rejected"]


def test_the_reader_can_know_it_by_its_category() -> None:
    assert to_fix_of(report(row())).properties.category == "pipeline:to-fix"


def test_headers_are_the_logs_own_with_the_message_last() -> None:
    made = report(row(("a", "b", "c", "d")), tables=[table(("Ref ", "", "Biochar\nmass"))])
    header, line = values_of(sheet_of(made))
    assert header == ["Ref ", None, "Biochar\nmass", None, "_message"]
    assert line[:4] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("cell", "value", "shown"),
    [
        ("North kiln", "North kiln", "General"),
        ("000001", "000001", "@"),
        ("1E5", "1E5", "@"),
        ("1 long note " * 30, "1 long note " * 30, "General"),
        ("01/02/2025", "01/02/2025", "@"),
        (" padded ", " padded ", "General"),
        ("two\nlines", "two\nlines", "General"),
        ("carriage\r\nreturn", "carriage\r\nreturn", "General"),
        ("<r><t>&amp;</t></r>", "<r><t>&amp;</t></r>", "General"),
        ("_x0041_ x005F_", "_x0041_ x005F_", "@"),
        (True, True, "General"),
        (Number(5, "0.00"), 5, "0.00"),
        (Number(0.1 + 0.2), 0.1 + 0.2, "General"),
        (Number(1234567.0000000001), 1234567.0000000001, "General"),
        (Moment(SIX, "dd.mm.yyyy", has_time=False), SIX, "dd.mm.yyyy"),
        (Clock(SIX.time(), "hh:mm"), SIX.time(), "hh:mm"),
        (Span(dt.timedelta(hours=30), "[h]:mm"), dt.timedelta(hours=30), "[h]:mm"),
        (Broken("#DIV/0!", "error"), "#DIV/0!", "General"),
        (Broken("=A1*2", "formula"), "=A1*2", "General"),
    ],
)
def test_a_cell_is_as_the_operator_wrote_it(cell: Cell, value: object, shown: str) -> None:
    found = sheet_of(report(row(("R", cell))))["B2"]
    assert (found.value, found.number_format) == (value, shown)
    assert type(found.value) is type(value)
    assert found.data_type not in ("e", "f")


def test_a_wrong_cell_is_red_and_a_note_says_what_to_do() -> None:
    sheet = sheet_of(report(row(("RUN-1", "abc"), "invalid", issue("B22"))))
    assert sheet["B2"].fill.fgColor.rgb == LIGHT_RED
    assert sheet["B2"].comment is not None
    assert sheet["B2"].comment.text == SAID
    assert sheet["A2"].fill.fgColor.rgb == "00000000"
    assert sheet["A2"].comment is None


def test_a_wrong_cell_that_is_empty_or_a_date_is_red_too() -> None:
    date = Moment(SIX, "dd.mm.yyyy", has_time=False)
    sheet = sheet_of(report(row(("", date), "invalid", issue("A22", "B22"))))
    assert [cell.fill.fgColor.rgb for cell in sheet[2][:2]] == [LIGHT_RED, LIGHT_RED]
    assert sheet["A2"].value is None
    assert sheet["B2"].number_format == "dd.mm.yyyy"


def test_cells_of_other_rows_and_of_warnings_are_not_coloured() -> None:
    warning = issue("B22", severity="warning")
    sheet = sheet_of(report(row(("RUN-1", "12"), "invalid", issue("A22", "B30"), warning)))
    assert [cell.fill.fgColor.rgb for cell in sheet[2][:2]] == [LIGHT_RED, "00000000"]
    assert "B2" not in [cell.coordinate for cell in sheet[2] if cell.comment]


@pytest.mark.parametrize("code", ["merged_cell", "struck_through", "raised_digits"])
def test_a_value_that_would_be_right_in_a_plain_cell_is_left_out_and_told(code: str) -> None:
    sheet = sheet_of(report(row(("RUN-1", "100"), "invalid", issue("B22", code=code))))
    assert sheet["A2"].value == "RUN-1"
    assert sheet["B2"].value is None
    assert sheet["B2"].fill.fgColor.rgb == LIGHT_RED
    assert sheet["B2"].comment is not None
    assert "found “abc”" in sheet["B2"].comment.text


def test_two_faults_of_one_cell_share_its_note() -> None:
    sheet = sheet_of(report(row(("R", "abc"), "invalid", issue("B22"), issue("B22"))))
    assert sheet["B2"].comment is not None
    assert sheet["B2"].comment.text == f"{SAID}\n{SAID}"


def test_what_is_typed_over_a_wrong_mass_may_become_a_number_and_over_a_reference_may_not() -> None:
    sheet = sheet_of(report(row(("1", "12,5O"), "invalid", issue("A22", "B22"))))
    assert (sheet["A2"].number_format, sheet["B2"].number_format) == ("@", "General")
    empty = sheet_of(report(row(("", "12,5O"), "invalid", issue("A22"))))
    assert empty["A2"].number_format == "@"


def test_the_message_says_where_the_row_stood_and_everything_wrong_with_it() -> None:
    rejected = Outcome("rejected", message="The registry refused it.")
    sheet = sheet_of(report(row(("R", "abc"), rejected, issue("B22"), issue("A22"))))
    assert sheet["C2"].value == (
        f"log.xlsx, sheet Runs, row 22, B22: {SAID}\nrow 22, A22: {SAID}\nThe registry refused it."
    )
    assert sheet["C2"].alignment.wrap_text


def test_an_issue_without_a_cell_and_an_outcome_without_words_are_told_as_well() -> None:
    made = report(
        row(("R",), "invalid", issue()),
        row(("S",), Outcome("rejected", http_status=400), number=23),
        row(("T",), Outcome("conflict", message="Another run holds it."), number=24),
        tables=[table(file="log.csv", sheet="")],
    )
    assert [line[2] for line in values_of(sheet_of(made, "log"))][1:] == [
        f"log.csv, row 22, {SAID}",
        "log.csv, row 23: rejected (HTTP 400), and no reason was given.",
        "log.csv, row 24: Another run holds it.",
    ]


def test_a_conflict_shows_the_fields_that_differ() -> None:
    conflict = Outcome("conflict", differences=(Difference("mass", "12", "13"),))
    found = sheet_of(report(row(outcome=conflict)))["C2"].value
    assert found == "log.xlsx, sheet Runs, row 22: mass: the log says “12”, held is “13”."


def test_our_columns_of_a_file_dropped_again_are_not_repeated_and_colours_follow() -> None:
    made = report(
        row(("old", "RUN-1", "abc"), "invalid", issue("C22")),
        tables=[table(("_message", "Ref", "Mass"))],
    )
    sheet = sheet_of(made)
    assert values_of(sheet)[0] == ["Ref", "Mass", "_message"]
    assert values_of(sheet)[1][:2] == ["RUN-1", "abc"]
    assert sheet["B2"].fill.fgColor.rgb == LIGHT_RED
    assert sheet["B2"].comment is not None


def test_a_row_that_something_stands_against_is_marked_at_its_reference() -> None:
    conflict = Outcome("conflict", message="Another run holds it.")
    sheet = sheet_of(report(row(outcome=conflict)))
    assert sheet["A2"].fill.fgColor.rgb == "FFFFD699"
    assert sheet["A2"].comment is not None
    assert sheet["A2"].comment.text == "Another run holds it."


def test_a_column_of_the_log_that_is_called_like_one_of_the_results_stays() -> None:
    sheet = sheet_of(report(row(("R", "x")), tables=[table(("Batch ref", "_row"))]))
    assert values_of(sheet)[0] == ["Batch ref", "_row", "_message"]


def test_a_file_dropped_twice_keeps_its_columns() -> None:
    first = sheet_of(report(row(("RUN-1", "abc"), "invalid", issue("B22"))))
    header, line = values_of(first)
    again = report(
        row([str(value) for value in line], "invalid", issue("B2"), number=2),
        tables=[table([str(name) for name in header])],
    )
    assert values_of(sheet_of(again))[0] == header
    assert values_of(sheet_of(again))[1][:2] == line[:2]


def test_each_table_has_its_sheet_with_a_name_excel_accepts() -> None:
    sheets = [
        "Runs",
        "runs",
        "",
        "a/b:c*d?[e]\\",
        "'quoted'",
        "History",
        "x" * 40,
        "x" * 40,
        "😀" * 20,
        "\u202e",
    ]
    made = report(
        *(row(place=place) for place in range(len(sheets))),
        tables=[table(sheet=sheet) for sheet in sheets],
    )
    assert to_fix_of(made).sheetnames == [
        "Runs",
        "runs (2)",
        "log",
        "a_b_c_d__e__",
        "quoted",
        "History_",
        "x" * 31,
        f"{'x' * 27} (2)",
        "😀" * 15,
        "_",
    ]


def test_a_table_without_anything_to_fix_has_no_sheet() -> None:
    made = report(row(outcome="created"), row(place=1), tables=[table(sheet="One"), table(sheet="Two")])
    assert to_fix_of(made).sheetnames == ["Two"]


def test_the_header_stays_in_sight_and_filters() -> None:
    sheet = sheet_of(report(row(), row(number=23)))
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:C3"
    assert all(cell.font.b for cell in sheet[1])


def test_more_rows_than_a_sheet_holds_go_on_in_the_next() -> None:
    made = report(*(row((f"R{number}",), number=number) for number in range(2, 7)))
    file = io.BytesIO()
    assert write_to_fix(made, file, rows_per_sheet=2).total() == 5
    book = load_workbook(file)
    assert book.sheetnames == ["Runs", "Runs (2)", "Runs (3)"]
    assert [sheet.max_row for sheet in book.worksheets] == [3, 3, 2]


def test_no_sheet_ends_where_a_spreadsheet_would_have_cut_it_off() -> None:
    made = report(*(row(("R",), number=number) for number in range(2, 65_537)), tables=[table(("Ref",))])
    file = io.BytesIO()
    write_to_fix(made, file)
    with zipfile.ZipFile(file) as parts:
        sheets = [parts.read(f"xl/worksheets/sheet{number}.xml") for number in (1, 2)]
    assert [sheet.count(b"<row ") for sheet in sheets] == [50_001, 15_536]


def test_a_log_as_wide_as_a_sheet_gives_way_to_the_message() -> None:
    header = tuple(f"c{number}" for number in range(16_384))
    sheet = sheet_of(report(row(header), tables=[table(header)]))
    assert [cell.value for cell in sheet[1]][-2:] == ["c16382", "_message"]
