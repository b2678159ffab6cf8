"""Cells become XML quickly where that is safe, and always the same as with every care."""

import datetime as dt
import string

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl.utils.datetime import from_excel

from pipeline.write.kept import Kept
from pipeline.write.pen import PLAIN, Look, Pen, days, in_xml, in_xml_plainly, row_in_xml
from pipeline.write.safe import dangerous, fitted
from schemas.cell import Cell, Number
from tests.write.test_injection import TEXTS, patient

ASCII = st.text(string.printable, max_size=12)
RED = Look(fill="#FF0000")


def styles(look: Look, shown: str, *, quote: bool = False) -> str:
    """Every style is told apart."""
    return f' s="{look.fill} {shown.encode().hex()} {quote}"'


def pen(look: Look = PLAIN) -> Pen:
    return Pen(0, look, styles)


@patient
@given(ASCII | TEXTS)
@example("a_x0041_")
@example("a ")
@example("a" * 20_000)
def test_a_text_that_is_taken_for_plain_is_written_as_with_every_care(text: str) -> None:
    quick = in_xml_plainly(text)
    assert quick in ("", in_xml(text))
    if quick:
        assert not dangerous(text)
        assert fitted(text) == text


def test_a_reference_is_plain() -> None:
    assert in_xml_plainly("RUN-2025_07 (a), 12.5 %")


@patient
@given(st.lists(ASCII | TEXTS, min_size=1), st.sampled_from([PLAIN, RED]))
def test_what_a_pen_remembers_is_what_it_would_draw_again(texts: list[str], look: Look) -> None:
    old = pen(look)
    for text in (*texts, *texts):
        assert old[text] == pen(look)[text]


@patient
@given(st.lists(TEXTS, max_size=4))
def test_a_row_is_whole_xml_whatever_stands_in_it(texts: list[str]) -> None:
    row = fromstring(row_in_xml(7, texts, [Pen(column, PLAIN, styles) for column in range(4)], None))
    kept = [(column, fitted(text)) for column, text in enumerate(texts) if text]
    assert [cell.get("r") for cell in row] == [f"{'ABCD'[column]}7" for column, _ in kept]
    assert ["".join(cell.itertext()) for cell in row] == [text for _, text in kept]


def test_numbers_that_are_equal_are_still_written_each_in_its_own_way() -> None:
    cells: list[Cell] = [Number(1), Number(1.0), True, "1"]
    same = pen()
    assert len({same.drawn(cell) for cell in cells}) == 4


def test_an_empty_cell_is_drawn_only_where_it_shows() -> None:
    looks = (PLAIN, Look(top=True), RED, Look(format="@"), Look(always=True))
    assert [bool(pen(look)[""]) for look in looks] == [False, False, True, True, True]


@given(st.datetimes(dt.datetime.fromisoformat("1900-01-01"), dt.datetime.fromisoformat("9999-12-31")))
@example(dt.datetime.fromisoformat("1900-02-28 12:00:00"))
@example(dt.datetime.fromisoformat("1900-03-01"))
def test_a_time_is_counted_so_that_it_comes_back(at: dt.datetime) -> None:
    assert from_excel(days(at.replace(microsecond=0))) == at.replace(microsecond=0)


def test_what_is_kept_is_bounded_in_number_and_length() -> None:
    kept = Kept(str.upper)
    assert [kept[f"a{number}"] for number in range(5_000)] == [f"A{number}" for number in range(5_000)]
    assert 0 < len(kept) <= 1_000
    assert kept["b" * 1_000] == "B" * 1_000
    assert "b" * 1_000 not in kept


@pytest.mark.parametrize(
    ("at", "counted"),
    [
        ("1900-01-01 00:00", 1),
        ("1900-02-28 12:00", 59.5),
        ("1900-03-01 00:00", 61),
        ("2026-10-05 18:00", 46_300.75),
    ],
)
def test_the_leap_day_that_1900_never_had_is_counted(at: str, counted: float) -> None:
    assert days(dt.datetime.fromisoformat(at)) == counted
