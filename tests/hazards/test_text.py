"""Hazards 81 to 86: CSV in every dialect that spreadsheets, scales and people write."""

import csv
from io import StringIO
from pathlib import Path

import pytest

from pipeline.model import Issue
from schemas.cell import Broken
from tests.hazards.raw import (
    HEADER,
    accepted,
    dropped,
    judged,
    line,
    refused,
    table_of,
    text,
    wrong,
)


def told(path: Path) -> tuple[str, ...]:
    return table_of(path).told


def noticed(path: Path) -> tuple[Issue, ...]:
    """What is told of the cells; that the log has columns of its own is told of every log here."""
    return tuple(notice for notice in judged(path).notices if notice.code != "unknown_columns")


# 81: delimiters


@pytest.mark.parametrize("delimiter", ",;\t|")
@pytest.mark.parametrize("declared", [False, True])
def test_hazard_81_the_delimiter_is_the_one_under_which_the_header_appears(
    tmp_path: Path, delimiter: str, *, declared: bool
) -> None:
    content = text(line("A1", note="x")).replace(";", delimiter)
    path = dropped(tmp_path, (f"sep={delimiter}\r\n" if declared else "") + content)
    assert [run.reference for run in accepted(path)] == ["A1"]
    assert [number for number, _ in table_of(path).rows] == [1, 2]


def test_hazard_81_other_delimiters_inside_of_cells_and_above_the_header_do_no_harm(tmp_path: Path) -> None:
    content = f"Kilns, north, 2026|10\r\n\r\n{text(line('A1', mass='12,5', note='a,b|c,d'))}"
    (run,) = accepted(dropped(tmp_path, content))
    assert run.mass.as_tuple()[1:] == ((1, 2, 5), -1)


def test_hazard_81_a_header_in_quotes_is_one_too(tmp_path: Path) -> None:
    quoted = ";".join(f'"{name}"' for name in HEADER.split(";"))
    assert [run.reference for run in accepted(dropped(tmp_path, text(line("A1"), header=quoted)))] == ["A1"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("Batch ref\r\nA1\r\n", "no_header"),
        ("sep=,\r\n" + text(line()), "no_header"),
        (text(line()).replace(";", "  "), "no_header"),
        (text(line()) + text(line()).replace(";", ","), "two_delimiters"),
        (text(line(), HEADER, line()), "two_headers"),
    ],
    ids=["a single column", "another is declared", "spaces", "two tables", "one table twice"],
)
def test_hazard_81_a_header_under_no_delimiter_or_two_refuses_the_file(
    tmp_path: Path, content: str, code: str
) -> None:
    assert refused(dropped(tmp_path, content)).code == code


# 82: quotes


def test_hazard_82_quoted_line_breaks_delimiters_and_doubled_quotes_are_part_of_their_cell(
    tmp_path: Path,
) -> None:
    note = 'a;\r\n"b"\nc,;'
    path = dropped(tmp_path, text(line("A1", note='"' + note.replace('"', '""') + '"'), line("A2")))
    assert [row[1][-1] for row in table_of(path).rows] == ["Note", note, ""]
    assert [(row.row, row.reference) for row in judged(path).rows] == [(2, "A1"), (3, "A2")]


@pytest.mark.parametrize(
    ("cells", "code", "cell", "found"),
    [
        ({"reference": ' "A1"'}, "stray_quote", "A2", '"A1"'),
        ({"reference": 'A1"'}, "stray_quote", "A2", 'A1"'),
        ({"facility": 'No"rth'}, "stray_quote", "B2", 'No"rth'),
        ({"feedstock": ' "Wood"'}, "stray_quote", "C2", '"Wood"'),
        ({"mass": '100"'}, "stray_quote", "F2", '100"'),
        ({"name": ' "Autumn"'}, "stray_quote", "G2", '"Autumn"'),
    ],
)
def test_hazard_82_a_stray_quote_in_a_field_of_the_log_refuses_its_row(
    tmp_path: Path, cells: dict[str, str], code: str, cell: str, found: str
) -> None:
    path = dropped(tmp_path, text(line(**cells), line("A2", note='"5"" pipe"')))
    assert wrong(path) == [(code, cell, found)]
    assert [row.run is None for row in judged(path).rows] == [True, False]


def test_hazard_82_a_stray_quote_in_a_column_of_the_plant_s_own_is_kept_as_it_is(tmp_path: Path) -> None:
    path = dropped(tmp_path, text(line("A1", note='5" pipe, "new"'), line("A2")))
    assert [run.reference for run in accepted(path)] == ["A1", "A2"]
    assert table_of(path).rows[1][1][-1] == Broken('5" pipe, "new"', "quote")


@pytest.mark.parametrize(
    ("lines", "opened"),
    [
        ([line("A1", note='"open'), line("A2")], "line 2"),
        ([line("A1"), line("A2", note='"a\r\nb"'), line("A3", name='"open'), line("A4")], "line 5"),
        ([line("A1", note='"open'), line("A2", note='"closed"')], "line 2"),
        ([line("A1", note='"said \\"no\\""'), line("A2")], "line 2"),
    ],
    ids=["to the end", "further down", "to the next quote", "backslashes"],
)
def test_hazard_82_a_quote_that_is_not_closed_refuses_the_file_with_the_line_that_opens_it(
    tmp_path: Path, lines: list[str], opened: str
) -> None:
    refusal = refused(dropped(tmp_path, text(*lines)))
    assert refusal.code == "quote_not_closed"
    assert f"in {opened} that" in refusal.message


def test_hazard_82_text_after_a_closing_quote_refuses_the_file_because_where_its_row_ends_is_in_doubt(
    tmp_path: Path,
) -> None:
    refusal = refused(dropped(tmp_path, text(line("A1", note='"a" b'), line("A2"))))
    assert (refusal.code, "line 2" in refusal.message) == ("quote_not_closed", True)


@pytest.mark.parametrize("column", ["facility", "feedstock", "name", "note"])
def test_hazard_82_quotes_of_two_rows_that_take_in_what_stands_between_them_refuse_the_file(
    tmp_path: Path, column: str
) -> None:
    ditto = {column: '"'}
    path = dropped(tmp_path, text(line("A1"), line("A2", **ditto), line("A3", mass="999", **ditto)))
    assert [len(row) for row in csv.reader(StringIO(path.read_bytes().decode()), delimiter=";")] == [8, 8, 8]
    refusal = refused(path)
    assert (refusal.code, "the row of line 3" in refusal.message) == ("rows_in_quotes", True)


def test_hazard_82_a_quote_that_the_next_one_closes_in_another_column_refuses_the_file_too(
    tmp_path: Path,
) -> None:
    path = dropped(tmp_path, text(line("A1", name='"'), line("A2"), line("A3", note='"')))
    assert refused(path).code == "rows_in_quotes"


def test_hazard_82_notes_of_many_lines_and_delimiters_are_not_taken_for_rows(tmp_path: Path) -> None:
    notes = ["a;b\n;;;;;c", ";;;;;;;\n;", "\n;;;;;;;;", "one\ntwo\nthree;;;;;;"]
    path = dropped(tmp_path, text(*(line(f"A{n}", note=f'"{note}"') for n, note in enumerate(notes))))
    assert [cells[-1] for _, cells in table_of(path).rows[1:]] == notes


# 83: NUL and control characters


def test_hazard_83_a_nul_byte_refuses_the_file_with_its_line(tmp_path: Path) -> None:
    refusal = refused(dropped(tmp_path, text(line("A1"), line("A2", note="x\0y"))))
    assert (refusal.code, "line 3" in refusal.message) == ("file_binary", True)


@pytest.mark.parametrize("sign", ["\x01", "\x0b", "\x1b", "\x1f", "\x7f", "\x85", "\x9b"])
@pytest.mark.parametrize("side", ["before", "within", "after"])
@pytest.mark.parametrize(
    ("field", "cell", "written"),
    [
        ("reference", "A2", "A1"),
        ("facility", "B2", "North"),
        ("feedstock", "C2", "Wood"),
        ("mass", "F2", "100"),
        ("name", "G2", "Autumn"),
    ],
)
def test_hazard_83_a_control_character_in_a_field_of_the_log_refuses_its_row(
    tmp_path: Path, sign: str, side: str, field: str, cell: str, written: str
) -> None:
    middle = len(written) // 2
    spoilt = {
        "before": sign + written,
        "within": written[:middle] + sign + written[middle:],
        "after": written + sign,
    }[side]
    ((code, where, _),) = wrong(dropped(tmp_path, text(line(**{field: spoilt}), line("A2", note=sign))))
    assert (code, where) == ("invisible_character", cell)


def test_hazard_83_the_sign_by_which_old_systems_end_a_file_is_no_row_and_told(tmp_path: Path) -> None:
    path = dropped(tmp_path, text(line("A1")) + "\x1a")
    assert [run.reference for run in accepted(path)] == ["A1"]
    assert told(path) == ("the sign at its end by which old systems end a file was left out",)


# 84: ragged rows


@pytest.mark.parametrize("ragged", ["A2;North", line("A2") + ";", line("A2") + ";x", line("A2")[:-1]])
def test_hazard_84_a_row_of_another_width_than_the_header_is_refused_and_no_other(
    tmp_path: Path, ragged: str
) -> None:
    path = dropped(tmp_path, text(line("A1"), ragged, line("A3")))
    assert wrong(path) == [("ragged_row", "row 3", "")]
    assert [row.run is None for row in judged(path).rows] == [False, True, False]


def test_hazard_84_a_doubled_delimiter_before_empty_cells_is_not_taken_for_the_end_of_the_row(
    tmp_path: Path,
) -> None:
    header = HEADER.replace("Name", "Std dev")
    shifted = line("A2").removesuffix(";;") + ";;5;"
    path = dropped(tmp_path, text(line("A1"), shifted, header=header))
    assert wrong(path) == [("ragged_row", "row 3", "")]


@pytest.mark.parametrize("more", [";", ";x"])
def test_hazard_84_a_file_whose_every_row_is_longer_than_its_header_is_refused(
    tmp_path: Path, more: str
) -> None:
    refusal = refused(dropped(tmp_path, text(line("A1") + more, line("A2") + more)))
    assert refusal.code == "ragged_rows"


# 85: line ends, ends of files and rows, huge fields


@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r", "\r\n|\n|\r"])
@pytest.mark.parametrize("last", [True, False])
def test_hazard_85_lines_may_end_in_every_way_and_the_last_in_none(
    tmp_path: Path, ends: str, *, last: bool
) -> None:
    lines = [HEADER, line("A1"), line("A2"), line("A3")]
    among = ends.split("|")
    content = "".join(one + among[number % len(among)] for number, one in enumerate(lines))
    path = dropped(tmp_path, content if last else content.rstrip("\r\n"))
    assert [(row.row, row.reference) for row in judged(path).rows] == [(2, "A1"), (3, "A2"), (4, "A3")]
    assert len(accepted(path)) == 3


@pytest.mark.parametrize("sign", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_hazard_85_nothing_else_ends_a_line(tmp_path: Path, sign: str) -> None:
    path = dropped(tmp_path, text(line("A1", note=f"a{sign}b"), line("A2")))
    assert [(row.row, row.reference) for row in judged(path).rows] == [(2, "A1"), (3, "A2")]


def test_hazard_85_delimiters_at_the_end_of_every_row_and_the_header_do_no_harm(tmp_path: Path) -> None:
    path = dropped(tmp_path, text(line("A1") + ";;", line("A2") + ";;", header=HEADER + ";;"))
    assert [run.reference for run in accepted(path)] == ["A1", "A2"]


@pytest.mark.parametrize(("field", "cell"), [("reference", "A2"), ("mass", "F2"), ("note", "H2")])
@pytest.mark.parametrize("quote", ["", '"'])
def test_hazard_85_a_huge_field_refuses_its_row_and_no_other(
    tmp_path: Path, field: str, cell: str, quote: str
) -> None:
    path = dropped(tmp_path, text(line(**{field: f"{quote}{'x' * 131_073}{quote}"}), line("A2")))
    ((code, where, found),) = wrong(path)
    assert (code, where) == ("cell_too_long", cell)
    assert len(found) < 200
    assert [row.run is None for row in judged(path).rows] == [True, False]


def test_hazard_85_a_field_as_long_as_a_spreadsheet_s_cell_is_read(tmp_path: Path) -> None:
    path = dropped(tmp_path, text(line("A1", note="x" * 32_767)))
    assert [run.reference for run in accepted(path)] == ["A1"]


@pytest.mark.parametrize("where", ["header", "row"])
def test_hazard_85_a_line_of_thousands_of_cells_refuses_the_file(tmp_path: Path, where: str) -> None:
    wide = ";" * 20_000
    content = text(line() + wide, header=HEADER + (wide if where == "header" else ""))
    assert refused(dropped(tmp_path, content)).code == "too_many_columns"


# 86: text that looks like a formula


@pytest.mark.parametrize("reference", ["=1+1", "@x", "+7", "-A1", "=A1+B1", "'007"])
def test_hazard_86_text_that_looks_like_a_formula_is_text(tmp_path: Path, reference: str) -> None:
    path = dropped(tmp_path, text(line(reference, name=reference, note=reference)))
    (run,) = accepted(path)
    assert (run.reference, run.display_name) == (reference, reference)
    assert noticed(path) == ()


@pytest.mark.parametrize("written", ['="{}"', '"=""{}"""'])
@pytest.mark.parametrize(
    ("field", "inner"),
    [("reference", "007"), ("facility", "North"), ("feedstock", "Wood"), ("mass", "100"), ("name", "5")],
)
def test_hazard_86_a_text_that_is_forced_by_a_formula_is_that_text_and_told(
    tmp_path: Path, written: str, field: str, inner: str
) -> None:
    usual = {"reference": "A1"}
    path = dropped(tmp_path, text(line(**{**usual, field: written.format(inner)})))
    assert accepted(path) == accepted(dropped(tmp_path, text(line(**{**usual, field: inner})), "plain.csv"))
    (notice,) = noticed(path)
    assert len(notice.cells) == 1
    assert notice.wanted.count("(1 cell")


def test_hazard_86_a_time_that_is_forced_by_a_formula_is_that_time_and_told(tmp_path: Path) -> None:
    plain = text(line("A1"))
    forced = plain.replace("2026-10-01 06:00", '="2026-10-01 06:00"')
    path = dropped(tmp_path, forced)
    assert accepted(path) == accepted(dropped(tmp_path, plain, "plain.csv"))
    assert [notice.cells for notice in noticed(path)] == [("D2",)]


def test_hazard_86_a_formula_that_is_more_than_a_text_is_no_number(tmp_path: Path) -> None:
    path = dropped(tmp_path, text(line("A1", mass="=100"), line("A2", mass='="10"&"0"')))
    assert [(code, cell) for code, cell, _ in wrong(path)] == [("not_a_number", "F2"), ("stray_quote", "F3")]
