import datetime as dt
import io
import math

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.model import WORDS, Outcome, Report
from pipeline.write.delimited import field
from pipeline.write.lines import OWN
from pipeline.write.marks import FILLS, MOST_NOTES
from pipeline.write.workbook import write_workbook
from schemas.cell import Broken, Cell, Clock, Moment, Number, Span
from tests.write.build import issue, lines_of, report, results_of, row, table

SIX = dt.datetime(2025, 3, 1, 6, 30, tzinfo=dt.UTC).replace(tzinfo=None)


def sheet_of(made: Report, name: str = "results") -> Worksheet:
    sheet = results_of(made)[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def test_it_has_the_columns_and_lines_of_the_csv() -> None:
    made = report(row(("RUN-1", Number(5)), Outcome("created", "prb_1", 2, 200)), row(("B", "x"), number=23))
    values = sheet_of(made).iter_rows(values_only=True)
    assert [["" if value is None else str(value) for value in line] for line in values] == lines_of(made)


def test_numbers_of_ours_are_numbers() -> None:
    line = sheet_of(report(row(outcome=Outcome("created", "prb_1", 2, 200))))[2]
    found = dict(zip(OWN, [cell.value for cell in line[2:]], strict=True))
    assert (found["_row"], found["_attempts"], found["_http_status"]) == (22, 2, 200)


@pytest.mark.parametrize(
    ("cell", "value", "shown"),
    [
        ("000001", "000001", "General"),
        (True, True, "General"),
        (Number(5), 5, "General"),
        (Number(1.0, "0.0"), 1.0, "0.0"),
        (Number(0.1 + 0.2), 0.1 + 0.2, "General"),
        (Number(12345678901234567890), 12345678901234567890, "General"),
        (Number(math.inf), "inf", "General"),
        (Number(math.nan), "nan", "General"),
        (Number(10**400), str(10**400), "General"),
        (Moment(SIX, "dd.mm.yyyy hh:mm", has_time=True), SIX, "dd.mm.yyyy hh:mm"),
        (Moment(SIX.replace(year=1899), "yyyy", has_time=True), "1899-03-01 06:30:00", "General"),
        (Clock(SIX.time(), "h:mm"), SIX.time(), "h:mm"),
        (Span(dt.timedelta(hours=30), "[h]:mm"), dt.timedelta(hours=30), "[h]:mm"),
        (Broken("#REF!", "error"), "#REF!", "General"),
    ],
)
def test_a_cell_keeps_its_type_and_format(cell: Cell, value: object, shown: str) -> None:
    found = sheet_of(report(row((cell,))))["A2"]
    assert (found.value, found.number_format) == (value, shown)
    assert type(found.value) is type(value)
    assert found.data_type != "e"


def test_the_header_is_bold_stays_in_sight_and_can_be_filtered() -> None:
    sheet = sheet_of(report(row(), row(number=23)))
    assert all(cell.font.b for cell in sheet[1])
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:R3"


def test_every_outcome_has_its_colour() -> None:
    rows = (row(outcome=word, number=number) for number, word in enumerate(WORDS, 2))
    sheet = sheet_of(report(*rows))
    column = 2 + OWN.index("_outcome")
    found = {line[column].value: line[column].fill.fgColor.rgb for line in sheet.iter_rows(min_row=2)}
    assert found == {word: f"FF{fill[1:]}" for word, fill in FILLS.items()}
    assert sheet["A2"].fill.fgColor.rgb == "00000000"


def test_a_wrong_cell_of_the_log_is_coloured_and_a_note_says_what_to_do() -> None:
    wrong = row(("RUN-1", "abc"), "invalid", issue("B22"), issue("A22", severity="warning"))
    sheet = sheet_of(report(wrong, row(outcome="created", number=23)))
    assert [cell.fill.fgColor.rgb for cell in sheet[2][:2]] == ["FFFFEB9C", "FFFFC7CE"]
    assert [cell.comment.text for cell in sheet[2][:2] if cell.comment] == [issue("B22").sentence] * 2
    assert not [cell for cell in sheet[3] if cell.comment]


def test_a_wrong_cell_is_found_again_where_the_columns_of_several_logs_are_put_together() -> None:
    tables = [table(("Other", "Batch ref")), table(("Biochar mass (kg)", "Batch ref"))]
    sheet = sheet_of(report(row(place=0), row(("abc", "R"), "invalid", issue("A22"), place=1), tables=tables))
    assert [cell.coordinate for cell in sheet[3] if cell.comment] == ["C3"]
    assert sheet["C3"].value == "abc"


def test_there_are_only_so_many_notes_and_the_last_says_where_the_rest_is() -> None:
    rows = [row(("R", "x"), "invalid", issue(f"B{each}"), number=each) for each in range(2, MOST_NOTES + 4)]
    notes = [line[1].comment for line in sheet_of(report(*rows)).iter_rows(min_row=2)]
    assert all(notes[:MOST_NOTES])
    assert not any(notes[MOST_NOTES:])
    assert "_message" in notes[MOST_NOTES - 1].text  # type: ignore[union-attr] # it is there


def test_the_headers_of_the_log_and_ours_are_told_apart() -> None:
    header = sheet_of(report(row()))[1]
    assert len({cell.fill.fgColor.rgb for cell in header[:2]}) == 1
    assert {cell.fill.fgColor.rgb for cell in header[2:]}.isdisjoint({header[0].fill.fgColor.rgb})


def test_a_column_of_the_log_that_is_called_like_one_of_ours_stays_beside_it() -> None:
    made = report(row(("R", "x")), tables=[table(("Batch ref", "_row"))])
    values = list(sheet_of(made).values)
    found = dict(zip(values[0], values[1], strict=True))
    assert (found["_row (column B)"], found["_row"]) == ("x", 22)


def test_the_summary_says_what_each_outcome_and_colour_means() -> None:
    lines = list(results_of(report(row()))["summary"].iter_rows(values_only=True))
    means = {line[0]: line[2] for line in lines}
    assert means["invalid"] == "Failed the checks; nothing was sent."
    assert all(means[word] for word in (*WORDS, "wrong cell", "doubtful cell"))


def test_columns_are_as_wide_as_what_they_hold_within_reason() -> None:
    sheet = sheet_of(report(row(("R" * 30, "x" * 500))))
    assert 30 < sheet.column_dimensions["A"].width < 40
    assert sheet.column_dimensions["B"].width < 70


def test_the_summary_sheet_names_the_registry_the_files_and_the_totals() -> None:
    book = results_of(report(row(), row(number=23), row(outcome="created", number=24)))
    assert book.sheetnames == ["results", "summary"]
    lines = list(book["summary"].iter_rows(values_only=True))
    found = {line[0]: line[1] for line in lines}
    assert found["Run"] == "20250301T063000Z-ab12"
    assert found["Registry"] == "sandbox"
    assert found["Registry's address"] == "https://api.sandbox.example"
    assert found["Organisation"] == "Plant Ltd"
    assert found["Started (UTC)"] == "2025-03-01T06:30:00Z"
    assert lines[-1] == ("log.xlsx", 3, None, "0" * 64)
    assert found["Rows"] == 3
    assert [found[word] for word in WORDS] == [1, 0, 0, 2, 0, 0, 0]


def test_more_rows_than_a_sheet_holds_go_on_in_the_next() -> None:
    made = report(*(row((f"R{number}",), number=number) for number in range(2, 9)))
    file = io.BytesIO()
    assert write_workbook(made, file, rows_per_sheet=3).total() == 7
    book = load_workbook(file)
    assert book.sheetnames == ["results", "results-2", "results-3", "summary"]
    found = [line[0] for name in book.sheetnames[:3] for line in book[name].values]
    head = "Batch ref"
    assert found == [head, "R2", "R3", "R4", head, "R5", "R6", "R7", head, "R8"]


def test_columns_of_a_log_beyond_what_a_sheet_holds_give_way_to_ours() -> None:
    header = tuple(f"c{number}" for number in range(16_400))
    sheet = sheet_of(report(row(header), tables=[table(header)]))
    assert [cell.value for cell in sheet[1]][-len(OWN) :] == list(OWN)
    assert sheet.max_column == 16_384


def test_a_workbook_and_a_csv_of_no_rows_have_their_header() -> None:
    assert [cell.value for cell in sheet_of(report())[1]] == lines_of(report())[0]


def test_text_too_long_for_a_cell_is_cut_with_a_mark_and_whole_in_the_csv() -> None:
    long = "😀" * 20_000
    found = sheet_of(report(row((long,))))["A2"].value
    assert isinstance(found, str)
    assert found.endswith("😀… [cut]")
    assert len(found.encode("utf-16-le")) // 2 in (32_766, 32_767)
    assert field(long) == long
    fits = "x" * 32_767
    assert sheet_of(report(row((fits,))))["A2"].value == fits
