"""Hazard 71: a log in another format than .xlsx is read with the same suspicion, or says how to be saved."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.assemble import assemble
from pipeline.check import check
from pipeline.model import CheckedRow, CheckedTable, Issue, RawTable, Refusal
from pipeline.read import FileRefused, Fits, read, read_apart
from tests.pure.build import KILN, NOW, PLANT, WOOD
from tests.read.make import packed, write
from tests.read.written import WRITERS, biff, ods, written, xlsb
from tests.read.written.page import Error, Page, Shown, Value

HEADER: list[Value] = ["Batch ref", "Facility", "Feedstock", "Start", "End", "Mass (kg)"]
MOMENT = "dd.mm.yyyy hh:mm"
START, END = Shown(46300.25, MOMENT), Shown(46300.75, MOMENT)
OTHERS = ("xls", "xlsb", "ods")


def row(**cells: Value) -> list[Value]:
    """A row in order, but for the named cells."""
    good: dict[str, Value] = {
        "reference": "R1",
        "facility": KILN,
        "feedstock": WOOD,
        "start": START,
        "end": END,
        "mass": 12.5,
    }
    assert cells.keys() <= good.keys()
    return list((good | cells).values())


def raw_of(path: Path) -> RawTable:
    (table,) = read(path, path.name, fits=Fits())[1]
    return table


def judged(folder: Path, kind: str, *rows: Sequence[Value], from_1904: bool = False) -> CheckedTable:
    found = check(raw_of(written(folder, kind, Page([HEADER, *rows]), from_1904=from_1904)), PLANT, NOW)
    assert isinstance(found, CheckedTable), found
    return found


def refusal_of(path: Path) -> Refusal:
    with pytest.raises(FileRefused) as caught:
        read(path, path.name, fits=Fits())
    refusal = caught.value.refusal
    assert path.name in refusal.message
    assert refusal.remedy.endswith(".")
    return refusal


def wrongs(one: CheckedRow) -> list[Issue]:
    assert (one.run is None) == any(issue.severity == "error" for issue in one.issues)
    return [issue for issue in one.issues if issue.severity == "error"]


ROWS = (
    row(),
    row(reference="R2", mass="13.5"),
    row(reference="R3", start="2026-10-05 06:00Z", end="2026-10-05 18:00Z", mass=Shown(1500, "#,##0")),
    row(reference=7),
    row(reference="R5", mass=Shown(0.5, "0%")),
    row(reference="R6", start=Shown(46300, "dd.mm.yyyy")),
    row(reference="R7", start=Shown(1.5, "[h]:mm")),
    row(reference=Error("#N/A"), mass=True),
)


@pytest.mark.parametrize("kind", OTHERS)
def test_hazard_71_the_same_log_gives_the_same_rows_batches_and_problems(tmp_path: Path, kind: str) -> None:
    first, other = judged(tmp_path, "xlsx", *ROWS), judged(tmp_path, kind, *ROWS)
    assert [one.run is None for one in other.rows] == [False] * 4 + [True] * 4
    for expected, found in zip(first.rows, other.rows, strict=True):
        assert found.run == expected.run
        assert [replace(issue, file="") for issue in found.issues] == [
            replace(issue, file="") for issue in expected.issues
        ]
    batches = [assemble([table], PLANT).batches for table in (first, other)]
    assert [batch.body for batch in batches[0]] == [batch.body for batch in batches[1]]


@pytest.mark.parametrize("kind", WRITERS)
def test_hazard_71_a_log_in_any_format_is_read_by_the_child_that_reads_files(
    tmp_path: Path, kind: str
) -> None:
    path = written(tmp_path, kind, Page([HEADER, *ROWS]))
    assert read_apart(path, path.name, fits=Fits()) == read(path, path.name, fits=Fits())


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize(
    ("cells", "code", "cell", "text"),
    [
        ({"reference": Shown(7, "000000")}, "reference_is_number", "A2", "7"),
        ({"reference": START}, "reference_is_date", "A2", "2026-10-05 06:00:00"),
        ({"reference": True}, "not_text", "A2", "TRUE"),
        ({"reference": Error("#REF!")}, "error_cell", "A2", "#REF!"),
        ({"reference": 1234567890123456789}, "reference_rounded", "A2", "1.23456789012346e+18"),
        ({"mass": Shown(0.5, "0%")}, "percentage", "F2", "0.5"),
        ({"mass": True}, "not_a_number", "F2", "TRUE"),
        ({"mass": Error("#DIV/0!")}, "error_cell", "F2", "#DIV/0!"),
        ({"mass": Shown(1.5, '0.0" t"')}, "other_unit", "F2", "1.5"),
        ({"mass": Shown(12_500, "#,##0,")}, "shown_in_thousands", "F2", "12500"),
        ({"mass": START}, "number_is_date", "F2", "2026-10-05 06:00:00"),
        ({"start": 46300.25}, "date_as_number", "D2", "46300.25"),
        ({"start": Shown(46300, "dd.mm.yyyy")}, "time_of_day_missing", "D2", "2026-10-05"),
        ({"start": Shown(0.25, "hh:mm")}, "date_missing", "D2", "06:00:00"),
        ({"start": Shown(1.25, "hh:mm")}, "time_is_duration", "D2", "1 day, 6:00:00"),
        ({"start": Shown(1.5, "[h]:mm")}, "time_is_duration", "D2", "1 day, 12:00:00"),
    ],
)
def test_hazard_71_what_a_format_would_hide_is_refused_at_its_cell(
    tmp_path: Path, kind: str, cells: dict[str, Value], code: str, cell: str, text: str
) -> None:
    (issue,) = wrongs(judged(tmp_path, kind, row(**cells)).rows[0])
    assert (issue.code, issue.cells, issue.found) == (code, (cell,), text)
    assert issue.wanted
    assert issue.remedy.endswith(".")


@pytest.mark.parametrize("kind", WRITERS)
def test_hazard_71_a_number_as_text_and_dates_since_1904_are_read_and_told(tmp_path: Path, kind: str) -> None:
    start, end = (Shown(shown.value - 1_462, MOMENT) for shown in (START, END))
    page = Page([HEADER, row(start=start, end=end, mass="12.50")])
    table = raw_of(written(tmp_path, kind, page, from_1904=True))
    assert table.told == ("dates are counted from 1904, as the workbook says",)
    (one,) = judged(tmp_path, kind, *page.rows[1:], from_1904=True).rows
    assert one.run
    assert one.run.mass == Decimal("12.5")
    assert one.run.started_at == dt.datetime(2026, 10, 5, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize("kind", WRITERS)
def test_hazard_71_hidden_rows_merged_cells_and_hidden_sheets_are_told(tmp_path: Path, kind: str) -> None:
    page = Page(
        [HEADER, row(), row(reference="R2"), row(reference="R3")], hidden=frozenset({3}), merged=["F2:F3"]
    )
    table = raw_of(written(tmp_path, kind, page, Page([HEADER, row()], "Old", visible=False)))
    assert len(table.rows) == 4
    assert table.told == (
        "hidden sheets were not read: “Old”",
        "hidden rows were read too: 3",
    )
    assert table.merged == ("F2:F3",)


def test_hazard_71_a_formula_whose_result_was_not_saved_is_refused_and_never_taken_for_0(
    tmp_path: Path,
) -> None:
    """LibreOffice saves 0 in .xls for every formula that makes a text, such as a reference."""
    titles = [biff.label(0, column, str(title).encode()) for column, title in enumerate(HEADER)]
    texts = [biff.label(1, 1, KILN.encode()), biff.label(1, 2, WOOD.encode())]
    times = [biff.number(1, column, value, 1) for column, value in ((3, 46300.25), (4, 46300.75))]
    cells = (*titles, biff.formula(1, 0, 0.0), *texts, *times, biff.number(1, 5, 12.5))
    path = write(tmp_path, "log.xls", biff.of_95(*cells, formats=[MOMENT]))
    found = check(raw_of(path), PLANT, NOW)
    assert isinstance(found, CheckedTable)
    (issue,) = wrongs(found.rows[0])
    assert (issue.code, issue.cells, issue.found) == ("formula_without_value", ("A2",), "=…")
    assert "save it as .xlsx" in issue.remedy


@pytest.mark.parametrize(
    ("name", "content", "code", "what", "remedy"),
    [
        ("log.numbers", {"Index/Document.iwa": b""}, "file_numbers", "Apple Numbers", "Excel"),
        ("log.gsheet", b'{"url": "https://docs.google.com/open?id=1"}', "file_shortcut", "Google", ".xlsx"),
        ("log.xls", b"<html><table><tr><td>Run ID</td></tr></table>", "file_html", "a web page", ".xlsx"),
        ("log.xls", b"ID;PWXL;N;E\r\n", "file_sylk", "SYLK", ".xlsx"),
        ("log.fods", b"<?xml version='1.0'?><office:document/>", "file_xml", "an XML document", ".xlsx"),
        ("log.docx", {"[Content_Types].xml": b"<a/>"}, "file_not_a_log", "a document", ".xlsx"),
    ],
)  # fmt: skip
def test_hazard_71_what_is_not_read_is_called_what_it_is_and_says_how_to_be_saved(
    tmp_path: Path, name: str, content: bytes | dict[str, bytes], code: str, what: str, remedy: str
) -> None:
    path = tmp_path / name
    if isinstance(content, dict):
        packed(path, content)
    else:
        path.write_bytes(content)
    refusal = refusal_of(path)
    assert refusal.code == code
    assert what in refusal.message
    assert remedy in refusal.remedy


def cut_at(kind: str, last: int) -> bytes:
    """A log of this format whose last row is this one."""
    if kind == "xls":
        return WRITERS[kind](Page([HEADER, *[()] * (last - 2), row()]))
    if kind == "xlsb":
        sheet = xlsb.sheet(
            [
                xlsb.row(
                    1, [xlsb.cell(6, column, 0, xlsb.text(str(title))) for column, title in enumerate(HEADER)]
                ),
                xlsb.row(last, [xlsb.cell(6, 0, 0, xlsb.text("R1"))]),
            ]
        )
        parts = (xlsb.workbook([("Runs", 0)]), [sheet], xlsb.Styles().part(), xlsb.Texts().part())
        return xlsb.zipped(xlsb.package(*parts))
    blank = ods.row([ods.cell()], f' table:number-rows-repeated="{last - 2}"')
    rows = [ods.text_row(*map(str, HEADER)), blank, ods.text_row("R1")]
    return ods.zipped(ods.package(ods.document(ods.table(rows))))


@pytest.mark.parametrize(
    ("kind", "last"),
    [("xls", 65_536), ("xlsb", 65_536), ("xlsb", 1_048_576), ("ods", 65_536), ("ods", 1_048_576)],
)
def test_hazard_63_a_log_that_ends_where_its_format_ends_was_probably_cut(
    tmp_path: Path, kind: str, last: int
) -> None:
    refusal = refusal_of(write(tmp_path, f"log.{kind}", cut_at(kind, last)))
    assert refusal.code == "rows_cut"
    assert f"row {last:,}" in refusal.message


@pytest.mark.parametrize(("kind", "last"), [("xls", 65_535), ("xlsb", 65_535), ("ods", 65_535)])
def test_hazard_63_a_log_that_ends_before_its_format_does_is_read(
    tmp_path: Path, kind: str, last: int
) -> None:
    table = raw_of(write(tmp_path, f"log.{kind}", cut_at(kind, last)))
    assert any(f"row {last} holds something" in told for told in table.told)
