import csv
import datetime as dt
import io

import pytest

from pipeline.model import Difference, Outcome
from pipeline.write.delimited import field, write_delimited
from pipeline.write.lines import OWN
from schemas.cell import Broken, Cell, Clock, Moment, Number, Span
from tests.write.build import issue, lines_of, records_of, report, row, table

SIX = dt.datetime(2025, 3, 1, 6, 30, tzinfo=dt.UTC).replace(tzinfo=None)


def test_excel_is_told_the_encoding_and_every_field_is_quoted() -> None:
    file = io.BytesIO()
    write_delimited(report(row(('ä"b', Number(5)), "created")), file)
    raw = file.getvalue()
    assert raw.startswith(b'\xef\xbb\xbf"Batch ref","Biochar mass (kg)","_file",')
    assert raw.count(b"\r\n") == 2
    assert '\r\n"ä""b","5","log.xlsx",'.encode() in raw


def test_the_logs_columns_come_first_and_then_ours() -> None:
    assert lines_of(report(row()))[0] == ["Batch ref", "Biochar mass (kg)", *OWN]


def test_a_row_is_followed_by_what_became_of_it() -> None:
    made = report(row(("RUN-1", Number(5)), Outcome("created", "prb_1", 2, 200)))
    assert lines_of(made)[1] == [
        *("RUN-1", "5", "log.xlsx", "Runs", "22", "RUN-1", "created", "prb_1", "2", "200"),
        *("", "", ""),
        *("", "", "", "", ""),
    ]


def test_each_row_has_one_line_in_the_reports_order() -> None:
    made = report(*(row((f"R{number}",), number=number) for number in (9, 3, 7)))
    assert [record["_row"] for record in records_of(made)] == ["9", "3", "7"]


def test_tables_share_the_columns_they_both_have() -> None:
    made = report(
        row(("RUN-1", "a"), place=0),
        row(("b", "RUN-2"), place=1),
        tables=[table(("Ref", "Kiln")), table(("Note", "Ref"))],
    )
    assert lines_of(made)[0][:3] == ["Ref", "Kiln", "Note"]
    assert [line[:3] for line in lines_of(made)[1:]] == [["RUN-1", "a", ""], ["RUN-2", "", "b"]]


def test_a_column_without_header_goes_by_its_letter() -> None:
    made = report(row(("a", "b", "c", "d", "")), tables=[table(("Ref", "", " "))])
    assert lines_of(made)[0][:4] == ["Ref", "(column B)", "(column C)", "(column D)"]
    assert lines_of(made)[1][:4] == ["a", "b", "c", "d"]
    assert lines_of(made)[0][4] == "_file"


def test_a_header_that_looks_like_our_name_for_a_blank_one_hides_nothing() -> None:
    made = report(row(("a", "b")), tables=[table(("(column B)", ""))])
    assert lines_of(made)[0][:2] == ["(column B)", "(column B) (column B)"]
    assert lines_of(made)[1][:2] == ["a", "b"]


def test_a_row_shorter_than_the_header_is_filled_up() -> None:
    assert records_of(report(row(("RUN-1",))))[0]["Biochar mass (kg)"] == ""


def test_our_columns_of_a_file_dropped_again_are_left_out() -> None:
    made = report(row(("RUN-1", "old", "5")), tables=[table(("Ref", "_Message ", "Mass"))])
    assert lines_of(made)[0][:3] == ["Ref", "Mass", "_file"]
    assert lines_of(made)[1][:2] == ["RUN-1", "5"]


def test_issues_are_told_with_their_cells_the_gravest_first() -> None:
    notice = issue("A22", severity="notice", code="trimmed")
    warning = issue("C22", severity="warning", code="large")
    made = report(row(("RUN-1",), "invalid", notice, warning, issue("B22", "A22")))
    (record,) = records_of(made)
    said = "found “abc”, wanted a mass is a number. Write digits only."
    assert record["_cell"] == "B22 A22 C22"
    assert record["_code"] == "mass-text"
    assert record["_message"] == f"B22: {said} warning, C22: {said} notice, A22: {said}"


def test_the_outcomes_own_code_and_message_come_last_and_only_once() -> None:
    rejected = Outcome("rejected", code="http-422", message="The registry refused it.")
    (record,) = records_of(report(row(("R",), rejected, issue("B22"))))
    assert record["_code"] == "mass-text http-422"
    assert record["_message"].endswith("Write digits only. The registry refused it.")
    again = Outcome("invalid", code="mass-text", message="a mass is a number")
    (record,) = records_of(report(row(("R",), again, issue("B22"))))
    assert record["_code"] == "mass-text"
    assert record["_message"].count("a mass is a number") == 1


def test_a_conflict_shows_every_differing_field() -> None:
    differences = (Difference("mass", "12", "13"), Difference("started_at", "a", "b"))
    conflict = Outcome("conflict", differences=differences)
    (record,) = records_of(report(row(("R",), conflict)))
    assert record["_message"] == (
        "mass: the log says “12”, held is “13”. started_at: the log says “a”, held is “b”."
    )


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("", ""),
        ("000001", "000001"),
        (True, "TRUE"),
        (Number(5), "5"),
        (Number(-12.5), "-12.5"),
        (Number(-1e-7), "-1e-07"),
        (Number(0.1 + 0.2), "0.30000000000000004"),
        (Moment(SIX, "dd.mm.yyyy hh:mm", has_time=True), "2025-03-01T06:30:00"),
        (Moment(SIX, "dd.mm.yyyy", has_time=False), "2025-03-01T06:30:00"),
        (Moment(SIX.replace(hour=0, minute=0), "dd.mm.yyyy", has_time=False), "2025-03-01"),
        (Clock(SIX.time(), "hh:mm"), "06:30:00"),
        (Span(dt.timedelta(hours=30), "[h]:mm"), "1 day, 6:00:00"),
        (Span(dt.timedelta(hours=-1), "[h]:mm"), "'-1 day, 23:00:00"),
        (Broken("#REF!", "error"), "#REF!"),
        (Broken("=A1", "formula"), "'=A1"),
    ],
)
def test_a_cell_becomes_text(cell: Cell, text: str) -> None:
    assert field(cell) == text


def test_numbers_that_are_equal_are_still_written_each_in_its_own_way() -> None:
    assert lines_of(report(row((Number(1), Number(1.0), True, "1"))))[1][:4] == ["1", "1.0", "TRUE", "1"]


def test_a_line_is_as_the_library_writes_it() -> None:
    cells: tuple[Cell, ...] = ('a"b', '"', "", " x ", "two\r\nlines", "ä,;", Number(2), "=1", 'a"b')
    file, expected = io.BytesIO(), io.StringIO(newline="")
    write_delimited(report(row(cells)), file)
    csv.writer(expected, quoting=csv.QUOTE_ALL).writerow(map(field, cells))
    line = file.getvalue().decode("utf-8-sig").partition('"_mass_kg"\r\n')[2]
    assert line.startswith(expected.getvalue().removesuffix("\r\n"))
