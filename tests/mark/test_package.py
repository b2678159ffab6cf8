"""A marked copy is the operator's workbook: only what the marks touch has changed."""

import re
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from pipeline.mark.comments import LEAD
from pipeline.mark.package import marked
from pipeline.mark.unmarkable import UnmarkableError
from pipeline.read.parse import parse
from schemas.cell import text_of
from tests.mark.logs import opened, parts_of, replaced, rich_log, runs, spot, with_parts
from tests.read.make import fits

TOUCHED = {
    "[Content_Types].xml",
    "xl/styles.xml",
    "xl/worksheets/sheet1.xml",
    "xl/comments1.xml",
    "xl/drawings/vmlDrawing1.vml",
}
SHEET = "xl/worksheets/sheet1.xml"


def colour_of(book: Workbook, address: str) -> str:
    return str(book["Runs"][address].fill.fgColor.rgb)


def note_of(book: Workbook, address: str) -> str:
    comment = book["Runs"][address].comment
    return comment.text if comment else ""


def test_every_part_that_is_not_touched_is_the_same_to_the_byte() -> None:
    before, after = parts_of(rich_log()), parts_of(marked(rich_log(), runs(spot(2, 2), spot(3, 2))))
    assert list(after) == list(before)
    assert {name for name in before if after[name] != before[name]} == TOUCHED - {"[Content_Types].xml"}
    assert {"xl/charts/chart1.xml", "xl/media/image1.png", "xl/tables/table1.xml"} <= after.keys()


def test_a_touched_sheet_changes_only_in_the_tags_of_the_marked_cells() -> None:
    before, after = parts_of(rich_log())[SHEET], parts_of(marked(rich_log(), runs(spot(3, 2))))[SHEET]
    assert re.sub(rb'(<c r="B3") s="\d+"', rb"\1", after) == before


def test_the_cell_is_coloured_keeps_its_format_and_has_the_note() -> None:
    book = opened(rich_log(), spot(2, 3, "no such day"))
    assert colour_of(book, "C2") == "FFFFC7CE"
    assert book["Runs"]["C2"].number_format == "dd.mm.yyyy"
    assert book["Runs"]["C2"].font.i
    assert note_of(book, "C2") == f"{LEAD}no such day"
    assert colour_of(book, "C3") == "00000000"


def test_colours_of_several_kinds_stand_side_by_side() -> None:
    book = opened(rich_log(), spot(2, 1), spot(2, 2, colour="FFEB9C"), spot(3, 1, colour="FFEB9C"))
    assert [colour_of(book, each) for each in ("A2", "B2", "A3")] == ["FFFFC7CE", "FFFFEB9C", "FFFFEB9C"]


def test_a_cell_that_the_sheet_lacks_is_made_in_its_place_with_the_format_of_its_column() -> None:
    book = opened(rich_log(), spot(2, 4), spot(4, 4), spot(4, 6), spot(4, 9))
    assert [colour_of(book, each) for each in ("D2", "D4", "F4", "I4")] == ["FFFFC7CE"] * 4
    assert book["Runs"]["D4"].number_format == "0.00"
    assert book["Runs"]["E2"].value == "=B2*2"
    letters = re.findall(
        rb'<c r="([A-Z]+)4"', parts_of(marked(rich_log(), runs(spot(4, 9), spot(4, 6))))[SHEET]
    )
    assert letters == sorted(letters)


def test_the_operators_notes_stay_and_ours_comes_below_that_on_the_same_cell() -> None:
    book = opened(rich_log(), spot(3, 2, "not a mass"), spot(4, 2, "nor this"))
    assert note_of(book, "B3") == f"weighed twice\n{LEAD}not a mass"
    assert note_of(book, "B4") == f"{LEAD}nor this"
    untouched = opened(rich_log(), spot(4, 2, "nor this"))
    assert note_of(untouched, "B3") == "weighed twice"
    assert untouched["Runs"]["B3"].comment.author == "Shift lead"


def test_a_workbook_without_notes_gets_them() -> None:
    book = Workbook()
    book.active.title = "Runs"  # type: ignore[union-attr]
    book.active.append(["Run ID", "Mass"])  # type: ignore[union-attr]
    book.active.append(["R1", "abc"])  # type: ignore[union-attr]
    data = BytesIO()
    book.save(data)
    found = opened(data.getvalue(), spot(2, 2, "not a number"))
    assert (colour_of(found, "B2"), note_of(found, "B2")) == ("FFFFC7CE", f"{LEAD}not a number")


def test_values_that_were_calculated_stay() -> None:
    found = load_workbook(BytesIO(marked(rich_log(), runs(spot(2, 5)))), data_only=True)
    assert found["Runs"]["E2"].value == 200


def test_rules_for_cells_stay() -> None:
    sheet = opened(rich_log(), spot(2, 2))["Runs"]
    assert [str(each.sqref) for each in sheet.data_validations.dataValidation] == ["B2:B6"]
    assert [str(each.sqref) for each in sheet.conditional_formatting] == ["B2:B6"]


@pytest.mark.parametrize("said", ["<b>&amp;", "_x0041_", "”ünï 😀", "=1+1", "two\nlines", "bell\x07", "]]>"])
def test_a_note_says_exactly_its_text(said: str) -> None:
    shown = note_of(opened(rich_log(), spot(2, 1, said)), "A2")
    assert shown.replace("_x005F_", "_") == LEAD + said.replace("\x07", "\\u0007")


def test_every_note_has_its_box_and_no_two_have_one_number() -> None:
    spots = [spot(row, column) for row in range(1, 7) for column in range(1, 4)]
    vml = parts_of(marked(rich_log(), runs(*spots)))["xl/drawings/vmlDrawing1.vml"]
    boxes = re.findall(rb"<x:Row>(\d+)</x:Row>\s*<x:Column>(\d+)</x:Column>", vml)
    assert sorted(boxes) == sorted((b"%d" % (each.row - 1), b"%d" % (each.column - 1)) for each in spots)
    numbers = re.findall(rb'<v:shape id="(\w+)"', vml)
    assert len(set(numbers)) == len(numbers) == len(spots)


def test_the_same_marks_give_the_same_bytes() -> None:
    assert marked(rich_log(), runs(spot(2, 2))) == marked(rich_log(), runs(spot(2, 2)))


def test_macros_and_the_kind_of_the_workbook_stay() -> None:
    types = parts_of(rich_log())["[Content_Types].xml"].replace(
        b"sheet.main+xml", b"sheet.macroEnabled.main+xml"
    )
    log = with_parts(rich_log(), {"[Content_Types].xml": types, "xl/vbaProject.bin": b"\0macros"})
    after = parts_of(marked(log, runs(spot(2, 2))))
    assert after["xl/vbaProject.bin"] == b"\0macros"
    assert after["[Content_Types].xml"] == types


def test_a_sheet_with_prefixes_and_extensions_keeps_them() -> None:
    sheet = parts_of(rich_log())[SHEET]
    prefixed = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", sheet).replace(
        b"xmlns=",
        b'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:x14ac='
        b'"urn:later" mc:Ignorable="x14ac" xmlns:x=',
    )
    log = with_parts(rich_log(), {SHEET: prefixed})
    after = parts_of(marked(log, runs(spot(2, 2), spot(4, 9))))[SHEET]
    assert b'mc:Ignorable="x14ac"' in after
    assert (colour_of(opened(log, spot(4, 9)), "I4")) == "FFFFC7CE"


@pytest.mark.parametrize(
    ("part", "old", "new", "why"),
    [
        (SHEET, b"<worksheet", b"<!DOCTYPE x><worksheet", "document type"),
        ("xl/styles.xml", b"<styleSheet", b"<!DOCTYPE x><styleSheet", "document type"),
        ("xl/comments1.xml", b"<comments", b"<!DOCTYPE x><comments", "document type"),
        (SHEET, b"schemas.openxmlformats.org/spread", b"purl.oclc.org/ooxml/spread", "strict"),
        ("xl/workbook.xml", b'name="Runs"', b'name="Other"', "no sheet"),
        ("xl/drawings/vmlDrawing1.vml", b"</xml>", b"</html>", "drawings of its notes"),
    ],
)
def test_what_is_not_as_usual_is_not_marked(part: str, old: bytes, new: bytes, why: str) -> None:
    log = replaced(rich_log(), part, old, new)
    with pytest.raises(UnmarkableError, match=why):
        marked(log, runs(spot(2, 2)))


def test_a_workbook_that_bears_marks_already_is_not_marked_again_whoever_saved_it_since() -> None:
    copy = marked(rich_log(), runs(spot(2, 2)))
    nameless = replaced(copy, "xl/comments1.xml", b"<author>Biochar pipeline</author>", b"<author/>")
    for each in (copy, nameless):
        with pytest.raises(UnmarkableError, match="earlier run"):
            marked(each, runs(spot(3, 2)))


CELLS = st.one_of(
    st.none(),
    st.integers(-9999, 9999),
    st.floats(-1e6, 1e6),
    st.booleans(),
    st.datetimes(),
    st.text("aB1 <&_x€\n", max_size=6),
)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=8)
SPOTS = st.sets(st.tuples(st.integers(1, 10), st.integers(1, 8)), min_size=1, max_size=8)


@given(rows=ROWS, spots=SPOTS)
def test_whatever_is_marked_the_rows_are_read_as_before(
    rows: list[list[object]], spots: set[tuple[int, int]]
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Runs"
    sheet.append(["Run ID", "Mass"])
    for row in rows:
        sheet.append(row)
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    data = BytesIO()
    book.save(data)
    log = data.getvalue()
    copy = marked(log, runs(*(spot(*each) for each in sorted(spots))))
    before, after = (parse(each, "log.xlsx", fits=fits, sheet=None) for each in (log, copy))
    assert [table.rows for table in after] == [table.rows for table in before]
    assert [[text_of(cell) for _, row in table.rows for cell in row] for table in after]
