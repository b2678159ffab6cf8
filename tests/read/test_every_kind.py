"""What is true of a workbook is true in whatever format it was saved."""

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from python_calamine import CalamineWorkbook

from pipeline.model import RawTable
from schemas.cell import Broken, Cell, Clock, Moment, Number, Span
from tests.read.make import HEADER, refusal_of, table_of
from tests.read.written import WRITERS, written
from tests.read.written.ods import FORMATS
from tests.read.written.page import ERRORS, Error, Page, Shown, Value

OTHERS = ("xls", "xlsb", "ods")
STALE = "formulas were read as last saved"


def of_any_format(cell: Cell) -> Cell:
    """The cell without the ways in which programs quote a format's words, with the 15 digits they share."""
    if isinstance(cell, str | bool | Broken):
        return cell
    shown = re.sub(r'["\\]', "", cell.format)
    if isinstance(cell, Number):
        return Number(float(f"{cell.value:.15g}"), shown)
    return replace(cell, format=shown)


def cells_of(table: RawTable) -> list[tuple[int, list[Cell]]]:
    return [(number, [of_any_format(cell) for cell in cells]) for number, cells in table.rows]


def read(folder: Path, kind: str, *rows: Sequence[Value], from_1904: bool = False) -> list[tuple[Cell, ...]]:
    table = table_of(written(folder, kind, Page([HEADER, *rows]), from_1904=from_1904))
    return [cells for _, cells in table.rows[1:]]


def wall(*parts: int) -> dt.datetime:
    return dt.datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - a wall clock


SIX = wall(2026, 10, 5, 6)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "xlsb"])
def test_the_general_format_has_one_name(tmp_path: Path, kind: str) -> None:
    assert read(tmp_path, kind, ["R1", Shown(812.5, "GENERAL")]) == [("R1", Number(812.5, "General"))]


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("R1", "R1"),
        ("007", "007"),
        (" a  b\nc ", " a  b\nc "),
        ("\u00e4\u20ac\U0001f600", "\u00e4\u20ac\U0001f600"),
        (True, True),
        (False, False),
        (5, Number(5)),
        (12.5, Number(12.5)),
        (-0.25, Number(-0.25)),
        (Shown(7, "000000"), Number(7, "000000")),
        (Shown(0.5, "0%"), Number(0.5, "0%")),
        (Shown(1.5, '0.0" t"'), Number(1.5, "0.0 t")),
        (Shown(12_500, "#,##0,"), Number(12_500, "#,##0,")),
        (Shown(7, "@"), Number(7, "@")),
        (Error("#REF!"), Broken("#REF!", "error")),
        (Error("#DIV/0!"), Broken("#DIV/0!", "error")),
        (Shown(46300, "dd.mm.yyyy"), Moment(wall(2026, 10, 5), "dd.mm.yyyy", has_time=False)),
        (Shown(46300.75, "dd.mm.yyyy"), Moment(wall(2026, 10, 5, 18), "dd.mm.yyyy", has_time=False)),
        (Shown(46300.25, "dd.mm.yyyy hh:mm"), Moment(SIX, "dd.mm.yyyy hh:mm", has_time=True)),
        (Shown(46300.25, "hh:mm"), Moment(SIX, "hh:mm", has_time=True)),
        (Shown(0.25, "hh:mm"), Clock(dt.time(6), "hh:mm")),
        (Shown(1.25, "hh:mm"), Span(dt.timedelta(hours=30), "hh:mm")),
        (Shown(1.5, "[h]:mm"), Span(dt.timedelta(hours=36), "[h]:mm")),
    ],
)
def test_a_cell_is_the_same_cell_in_every_format(tmp_path: Path, kind: str, value: Value, cell: Cell) -> None:
    ((read_back, _),) = read(tmp_path, kind, [value, "x"])
    assert of_any_format(read_back) == cell


SEEN = st.characters(min_codepoint=0x20, max_codepoint=0x2FFF, exclude_categories=("Cs", "Cc", "Cn"))
OF_A_DAY, OF_DAYS = st.integers(0, 23), st.integers(61 * 24, 60_000 * 24)
"""Hours since day 0, without the days of early 1900, which Excel and LibreOffice count differently."""

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.text(SEEN, min_size=1, max_size=9),
    st.integers(-(10**9), 10**9),
    st.integers(-(10**9), 10**9).map(lambda number: number / 64),
    st.sampled_from([Error(text) for text in ERRORS]),
    st.builds(Shown, (OF_A_DAY | OF_DAYS).map(lambda hours: hours / 24), st.sampled_from(list(FORMATS))),
    st.builds(Shown, st.integers(0, 99).map(lambda hours: hours / 24), st.sampled_from(["hh:mm", "[h]:mm"])),
)


@pytest.mark.parametrize("kind", OTHERS)
@given(
    rows=st.lists(st.lists(VALUES, max_size=6), max_size=8),
    hidden=st.frozensets(st.integers(2, 9)),
    from_1904=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_the_same_log_gives_the_same_cells_and_notices_in_every_format(
    kind: str, rows: list[list[Value]], hidden: frozenset[int], from_1904: bool
) -> None:
    page = Page([[*HEADER, None], *rows], hidden=hidden, merged=("C1:C2",))
    pages = (page, Page([["Old"]], "Old", visible=False), Page([["remember"]], "Notes"))
    with TemporaryDirectory() as folder:
        first = table_of(written(Path(folder), "xlsx", *pages, from_1904=from_1904))
        other = table_of(written(Path(folder), kind, *pages, from_1904=from_1904))
    assert cells_of(other) == cells_of(first)
    assert other.merged == first.merged
    assert other.told == tuple(told for told in first.told if not told.startswith(STALE))


def plain(value: object) -> object:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


PLAIN = st.one_of(
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.text(st.characters(codec="ascii", min_codepoint=33), max_size=9),
)


@pytest.mark.parametrize("kind", OTHERS)
@given(st.lists(st.lists(PLAIN, min_size=1, max_size=5), min_size=1, max_size=6))
@settings(max_examples=30, deadline=None)
def test_another_reader_finds_the_same_values(kind: str, rows: list[list[Value]]) -> None:
    with TemporaryDirectory() as folder:
        path = written(Path(folder), kind, Page([HEADER, *rows]))
        table = table_of(path)
        witness = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    for number, cells in table.rows:
        values = [plain(cell.value if isinstance(cell, Number) else cell) for cell in cells]
        found = [plain(value) for value in witness[number - 1]]
        assert found == values + [""] * (len(found) - len(values))


@pytest.mark.parametrize("kind", OTHERS)
def test_a_right_name_is_not_told_and_a_wrong_one_is(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, kind, Page([HEADER, ["R1", 5]]))
    assert table_of(path).told == ()
    (told,) = table_of(path.rename(tmp_path / "log.xlsx")).told
    assert "named .xlsx, but read as the" in told
    assert f"(.{kind})" in told


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize(("blank", "rows"), [(999, 3), (1_000, 2)])
def test_reading_stops_after_a_thousand_blank_rows_and_says_so(
    tmp_path: Path, kind: str, blank: int, rows: int
) -> None:
    table = table_of(written(tmp_path, kind, Page([HEADER, ["R1", 5], *[[]] * blank, ["R2", 6]])))
    assert len(table.rows) == rows
    assert bool(table.told) == (rows == 2)
    assert all(f"row {3 + blank} holds something" in told for told in table.told)


@pytest.mark.parametrize("kind", OTHERS)
def test_blank_rows_and_columns_keep_the_true_addresses(tmp_path: Path, kind: str) -> None:
    page = Page([[], [], [None, "Run ID", None, "Mass"], [], [], [], [None, None, None, 5]])
    assert table_of(written(tmp_path, kind, page)).rows == [
        (3, ("", "Run ID", "", "Mass")),
        (7, ("", "", "", Number(5))),
    ]


@pytest.mark.parametrize("kind", OTHERS)
def test_hidden_sheets_are_read_only_when_named(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, kind, Page([HEADER]), Page([HEADER, ["R9", 9]], "Old", visible=False))
    assert table_of(path).sheet == "Runs"
    assert table_of(path).told == ("hidden sheets were not read: “Old”",)
    assert table_of(path, "old").rows[1] == (2, ("R9", Number(9)))


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize(
    ("pages", "sheet", "code"),
    [
        ([Page([["Total", 5]], "Summary"), Page([HEADER], visible=False)], None, "no_header"),
        ([Page([HEADER]), Page([HEADER], "Runs 2")], None, "two_headers"),
        ([Page([HEADER, ["R1", 5], HEADER])], None, "two_headers"),
        ([Page([["Run ID"]])], None, "no_header"),
        ([Page([[]])], None, "file_empty"),
        ([Page([HEADER])], "Rums", "sheet_missing"),
        ([Page([HEADER]), Page([["remember"]], "Notes")], "Notes", "no_header"),
    ],
)
def test_a_workbook_is_refused_for_the_same_reasons_in_every_format(
    tmp_path: Path, kind: str, pages: list[Page], sheet: str | None, code: str
) -> None:
    refusal = refusal_of(written(tmp_path, kind, *pages), sheet)
    as_xlsx = refusal_of(written(tmp_path, "xlsx", *pages), sheet)
    assert refusal.code == code
    assert refusal.message.replace(f".{kind}”", ".xlsx”") == as_xlsx.message
    assert refusal.remedy == as_xlsx.remedy


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("kept", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_workbook_that_is_cut_short_is_refused_or_whole(tmp_path: Path, kind: str, kept: float) -> None:
    path = written(tmp_path, kind, Page([HEADER, *((f"R{number}", number) for number in range(300))]))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    assert refusal_of(path).code in {"file_damaged", "file_not_a_log"}
