"""What a child sends is what its parent gets: every row, cell and type, and what recurs only once."""

import datetime as dt
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import RawTable
from pipeline.read.frames import received, send
from pipeline.read.table import Table
from schemas.cell import Broken, Cell, Clock, Moment, Number, Row, Span

FORMATS = st.sampled_from(["General", "0.0", "yyyy-mm-dd"])
SECONDS = st.integers(0, 6 << 30).map(lambda second: dt.datetime(1900, 1, 1) + dt.timedelta(seconds=second))  # noqa: DTZ001  a wall clock
NUMBERS = st.integers(-(1 << 63), (1 << 63) - 1) | st.floats(allow_nan=False, allow_infinity=False)
CELLS = st.one_of(
    st.text(max_size=3),
    st.booleans(),
    st.builds(Number, NUMBERS, FORMATS),
    st.builds(Number, st.sampled_from([0, 0.0, -0.0, 1, 1.0])),
    st.builds(Moment, SECONDS, FORMATS, st.booleans(), st.booleans()),
    st.builds(Clock, st.times().map(lambda time: time.replace(fold=0)), FORMATS, st.booleans()),
    st.builds(Span, st.timedeltas(dt.timedelta(0), dt.timedelta(days=99)), FORMATS),
    st.builds(Broken, st.text(max_size=3), st.sampled_from(["error", "quote"])),
)
ALIKE = st.sampled_from(
    [
        st.just("ok"),
        st.text(),
        st.builds(Number, NUMBERS),
        st.builds(Moment, SECONDS, st.just("d"), st.just(value=True)),
        CELLS,
    ]
)


@st.composite
def rows_of_columns(draw: st.DrawFn) -> list[Row]:
    """Rows whose columns mostly hold cells of one kind; some rows are shorter than others."""
    columns = draw(st.lists(ALIKE, min_size=0, max_size=4))
    cells = draw(st.lists(st.tuples(*columns), max_size=12))
    width = st.integers(draw(st.integers(0, len(columns))), len(columns))
    return [(number, row[: draw(width)]) for number, row in enumerate(cells, 1)]


def sent(rows: list[Row]) -> list[Row]:
    stream = BytesIO()
    send(stream, [Table(RawTable("log.csv", "", []), rows)])
    stream.seek(0)
    tables = received(stream)
    assert tables
    return tables[0].rows


@given(
    rows_of_columns() | st.lists(st.tuples(st.integers(1, 1 << 20), st.lists(CELLS, max_size=4).map(tuple)))
)
def test_rows_of_any_cells_arrive_as_they_were_sent(rows: list[Row]) -> None:
    assert repr(sent(rows)) == repr(rows)  # to which 1 is not 1.0, nor 0.0 -0.0


def test_many_rows_arrive_in_their_order() -> None:
    rows: list[Row] = [(number, (f"R-{number}", "Anna", Number(number))) for number in range(2, 12_003)]
    assert sent(rows) == rows


def test_a_text_that_recurs_in_a_column_is_kept_once() -> None:
    rows: list[Row] = [(number, (f"R-{number}", f"fcl_{number - number}")) for number in range(1, 4_000)]
    kept: set[int] = {id(cells[1]) for _, cells in sent(rows)}
    assert len(kept) == 1


def test_few_kinds_of_texts_and_many_are_told_apart() -> None:
    for different in (128, 129, 255, 256, 257):
        cells: list[Cell] = [str(number % different) for number in range(1_000)]
        rows: list[Row] = [(number, (cell,)) for number, cell in enumerate(cells, 1)]
        assert sent(rows) == rows
