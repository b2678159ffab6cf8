import csv
from io import StringIO
from pathlib import Path

import pytest

from tests.read.make import HEADER, refusal_of, table_of, write


def rows_of(folder: Path, content: bytes | str) -> list[tuple[int, tuple[object, ...]]]:
    return table_of(write(folder, "log.csv", content)).rows  # type: ignore[return-value]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-8"])
def test_a_byte_order_mark_says_the_encoding_and_never_sticks_to_the_header(
    tmp_path: Path, encoding: str
) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    content = mark + "Run ID;Mass\nGrünschnitt №5;1\n".encode(encoding)
    table = table_of(write(tmp_path, "log.csv", content))
    assert table.rows == [(1, ("Run ID", "Mass")), (2, ("Grünschnitt №5", "1"))]
    assert table.told == ()


def test_windows_text_is_read_and_told(tmp_path: Path) -> None:
    table = table_of(write(tmp_path, "log.csv", "Run ID;Mass\nMüller – 5 €;1\n".encode("cp1252")))
    assert table.rows[1][1][0] == "Müller – 5 €"
    assert table.told == ("read as Windows-1252, because it is not UTF-8",)


@pytest.mark.parametrize(
    ("content", "offset"),
    [
        (b"Run ID;Mass\nM\x81;1\n", "byte 13"),
        ("Run ID;Mass\nMüller;1\n".encode() + "Weiß;2\n".encode("cp1252"), "byte 25"),
        (b"\xef\xbb\xbfRun ID;Mass\nM\xfc;1\n", "byte 16"),
        ("Run ID;Mass\n".encode("utf-16") + b"x", "byte 26"),
    ],
)
def test_what_cannot_be_decoded_is_refused_with_the_byte(tmp_path: Path, content: bytes, offset: str) -> None:
    refusal = refusal_of(write(tmp_path, "log.csv", content))
    assert refusal.code == "file_encoding"
    assert offset in refusal.message


def test_a_nul_byte_is_refused_with_its_line(tmp_path: Path) -> None:
    refusal = refusal_of(write(tmp_path, "log.csv", "Run ID;Mass\r\nR1;1\r\nR\0;2\r\n"))
    assert refusal.code == "file_binary"
    assert "line 3" in refusal.message


def test_utf_16_without_a_mark_is_refused_when_no_header_shows_that_it_is(tmp_path: Path) -> None:
    content = "Kind;Weight\nR1;1\n".encode("utf-16-le")
    refusal = refusal_of(write(tmp_path, "log.csv", content))
    assert refusal.code == "file_binary"
    assert "line 1" in refusal.message


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_under_which_the_header_appears(tmp_path: Path, delimiter: str) -> None:
    content = f"Run ID{delimiter}Mass\nR1{delimiter}x, y; z | w\tv\n"
    rows = rows_of(tmp_path, content)
    assert rows[0] == (1, ("Run ID", "Mass"))
    assert rows[1][1][0] == "R1"


def test_decimal_commas_do_not_split_a_semicolon_file(tmp_path: Path) -> None:
    assert rows_of(tmp_path, "Run ID;Mass\nR1;1,648\n")[1] == (2, ("R1", "1,648"))


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"', "sep=;  "])
def test_a_declared_delimiter_is_obeyed_and_its_line_is_no_row(tmp_path: Path, first: str) -> None:
    """A spreadsheet does not show that line, and rows are named as it numbers them."""
    rows = rows_of(tmp_path, f"{first}\r\nRun ID;Mass\r\nR1;1\r\n")
    assert rows == [(1, ("Run ID", "Mass")), (2, ("R1", "1"))]


def test_a_declared_delimiter_may_be_an_unusual_one(tmp_path: Path) -> None:
    assert rows_of(tmp_path, "sep=^\nRun ID^Mass\nR1^1\n")[1] == (2, ("R1", "1"))


def test_a_header_under_two_delimiters_is_refused(tmp_path: Path) -> None:
    content = "Run ID;Mass\nR1;1\nRun ID,Mass\n"
    refusal = refusal_of(write(tmp_path, "log.csv", content))
    assert refusal.code == "two_delimiters"
    assert "comma and semicolon" in refusal.message


def test_two_header_rows_are_refused_with_their_numbers(tmp_path: Path) -> None:
    refusal = refusal_of(write(tmp_path, "log.csv", "Run ID,Mass\nR1,1\n\nRun ID,Mass\nR1,1\n"))
    assert refusal.code == "two_headers"
    assert "rows 1 and 4" in refusal.message


def test_a_header_below_the_first_50_rows_is_not_looked_for(tmp_path: Path) -> None:
    assert rows_of(tmp_path, "\n" * 49 + "Run ID,Mass\n") == [(50, ("Run ID", "Mass"))]
    content = "Plant log\n" + "\n" * 49 + "Run ID,Mass\n"
    assert refusal_of(write(tmp_path, "log.csv", content)).code == "no_header"


def test_a_file_without_a_header_says_what_was_seen_instead(tmp_path: Path) -> None:
    content = "My plant\nFiring;Weight;Kiln\n1;2;3\n"
    refusal = refusal_of(write(tmp_path, "log.csv", content))
    assert refusal.code == "no_header"
    assert "row 2 comes nearest and has “Firing”, “Weight”, “Kiln”" in refusal.message


def test_title_rows_and_all_other_rows_stay_with_their_numbers(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, "My plant\n\nRun ID,Mass\n\n,\nR1,1")
    assert rows == [(1, ("My plant",)), (3, ("Run ID", "Mass")), (6, ("R1", "1"))]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_the_same(tmp_path: Path, end: str) -> None:
    rows = rows_of(tmp_path, end.join(["Run ID,Mass", "R1,1", "R2,2"]))
    assert rows == [(1, ("Run ID", "Mass")), (2, ("R1", "1")), (3, ("R2", "2"))]


def test_line_ends_may_be_mixed(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, "Run ID,Mass\rR1,1\r\nR2,2\nR3,3")
    assert [number for number, _ in rows] == [1, 2, 3, 4]


def test_a_quoted_line_break_stays_in_its_cell_and_counts_one_row(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, 'Run ID,Mass\r\n"a\r\nb\n""c""",1\r\nR2,2\r\n')
    assert rows[1:] == [(2, ('a\r\nb\n"c"', "1")), (3, ("R2", "2"))]


def test_cells_are_exactly_what_was_written(tmp_path: Path) -> None:
    cells = (" 007", "=1+1", '="007"', "a\u00a0", "\\n", "5\u2033 pipe", "NA", "")
    stream = StringIO(newline="")
    csv.writer(stream).writerows([[*HEADER], cells])
    assert rows_of(tmp_path, stream.getvalue())[1] == (2, cells)


def test_ragged_rows_are_kept_as_they_are(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, "Run ID,Mass\nR1\nR2,1,,\n")
    assert rows[1:] == [(2, ("R1",)), (3, ("R2", "1", "", ""))]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('Run ID,Mass\nR1,"1\nR2,2\n', "line 2"),
        ('Run ID,Mass\n"a\nb","1\nR2,2\n', "line 3"),
        ('Run ID,Mass\nR1,"bad\nR2,"good",4\n', "line 2"),
        ('Run ID,Mass\nR1,1\nR2,"a"b\n', "line 3"),
        ('Run ID,Mass\nR1,"' + "x,1\n" * 60_000, "line 2"),
        ('Run ID,"Mass\nR1,1\n', "line 1"),
    ],
)
def test_a_quote_that_is_not_closed_is_refused_with_the_line_that_opened_it(
    tmp_path: Path, content: str, line: str
) -> None:
    refusal = refusal_of(write(tmp_path, "log.csv", content))
    assert refusal.code == "quote_not_closed"
    assert f"in {line} that" in refusal.message


@pytest.mark.parametrize("field", ["x" * 200_000, f'"{"x" * 200_000}"'])
def test_a_field_of_any_length_is_read(tmp_path: Path, field: str) -> None:
    rows = rows_of(tmp_path, f"Run ID,Mass\nR1,{field}\n")
    assert rows[1] == (2, ("R1", "x" * 200_000))


def test_a_file_that_ends_where_old_excel_ends_was_probably_cut(tmp_path: Path) -> None:
    content = "Run ID,Mass\n" + "R,1\n" * 65_535
    assert refusal_of(write(tmp_path, "log.csv", content)).code == "rows_cut"
    assert len(rows_of(tmp_path, content + "R,1\n")) == 65_537


def test_a_header_without_rows_is_a_table_with_one_row(tmp_path: Path) -> None:
    assert rows_of(tmp_path, "Run ID,Mass\n") == [(1, ("Run ID", "Mass"))]
