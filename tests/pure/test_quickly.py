"""What is read at a glance is what is read with care; what is not plain is left to care."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.cell import Cell, Moment, Number
from schemas.convention import DateOrder
from schemas.run_log.instants import instant, plain_instant
from schemas.run_log.numbers import is_pointed, mark_of
from schemas.run_log.texts import plain_reference, reference
from schemas.run_log.words import said_by, says_total
from schemas.zones import zone
from tests.pure.build import GOOD, HEADER, checked, good

ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu"]
)
ORDERS = st.sampled_from([None, "DMY", "MDY", "YMD"])
WRITTEN = st.from_regex(
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}[ T]?[0-9]{2}:[0-9]{2}(:[0-9]{2})?(\.[0-9]{1,3})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?",
    fullmatch=True,
)
TIMES = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2110, 1, 1))  # noqa: DTZ001  what clocks show
MOMENTS = st.builds(Moment, TIMES, st.just("yyyy-mm-dd hh:mm"), st.booleans(), st.booleans())
LIKELY = st.builds(lambda when, form: when.strftime(form), TIMES, st.sampled_from(
    ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%MZ", "%Y-%m-%d %H:%M:%S-03:30", "%d.%m.%Y %H:%M"]
))  # fmt: skip
REFERENCES = st.from_regex(r"[A-Za-z]{0,4}[-._/ #:]?[0-9A-Za-z]{0,6}[-._/]?[0-9]{0,16}", fullmatch=True)


@given(WRITTEN | LIKELY | MOMENTS | st.text(max_size=30), ZONES, ORDERS)
def test_an_instant_that_is_seen_at_a_glance_is_the_instant_read_with_care(
    cell: Cell, name: str, order: DateOrder | None
) -> None:
    seen = plain_instant(cell, zone(name))
    assert seen is None or instant(cell, zone(name), order) == seen


@pytest.mark.parametrize("written", ["2025-06-01T06:00:00Z", "2025-06-01 06:00", "2025-06-01 06:00:00+02:00"])
def test_a_time_in_full_is_seen_at_a_glance(written: str) -> None:
    assert plain_instant(written, zone("Europe/Berlin")) is not None


@pytest.mark.parametrize(
    "written",
    [
        "2025-03-30 02:30",
        "2025-10-26 02:30",
        "2025-10-26 02:00",
        "2025-06-01 24:00",
        "2025-06-31 10:00",
        "2568-06-01 10:00",
    ],
)
def test_a_time_in_doubt_is_left_to_care(written: str) -> None:
    assert plain_instant(written, zone("Europe/Berlin")) is None


@given(TIMES, ZONES)
def test_a_local_time_comes_back_from_its_instant(local: dt.datetime, name: str) -> None:
    """Also on the days on which clocks are changed, of which nothing is remembered."""
    found = instant(Moment(local.replace(microsecond=0), "", has_time=True), zone(name), None)
    assert not isinstance(found, dt.datetime) or found.astimezone(zone(name)).replace(
        tzinfo=None
    ) == local.replace(microsecond=0)


@given(REFERENCES | st.text(max_size=20))
def test_a_reference_that_is_seen_at_a_glance_is_taken_as_it_stands(text: str) -> None:
    assert plain_reference(text) is None or reference(text) == text


@given(REFERENCES | st.text(max_size=20) | st.sampled_from(["Sum-3", "Total 2025", "kg1", "t-2"]))
def test_a_row_whose_reference_is_seen_at_a_glance_is_no_total_and_says_something(text: str) -> None:
    assert plain_reference(text) is None or (text.strip() and not says_total(text))


@pytest.mark.parametrize("text", ["RUN-0001", "PW-2026/0001", "A1"])
def test_a_usual_reference_is_seen_at_a_glance(text: str) -> None:
    assert plain_reference(text) == text


@pytest.mark.parametrize(
    "text", ["Jan-25", "1E+5", "45123", "RUN-1 ", "", "TRUE", "n/a", "err:502", "R\u00dc1"]
)
def test_a_reference_in_doubt_is_left_to_care(text: str) -> None:
    assert plain_reference(text) is None


@pytest.mark.parametrize("text", ["err:502", "#DIV/0!", "n/a", "k.A."])
def test_digits_hide_no_word_that_says_that_there_is_nothing(text: str) -> None:
    assert said_by(text)


@pytest.mark.parametrize("text", ["Total (2025)", "Summe [kg]", "total kg", "SUM:"])
def test_digits_hide_no_total(text: str) -> None:
    assert says_total(text)


@given(st.from_regex(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20}|\.[0-9]{3})?", fullmatch=True) | st.text(max_size=9))
def test_no_comma_is_the_mark_of_a_number_that_is_seen_to_have_a_point(text: str) -> None:
    assert not is_pointed(text) or mark_of(text) != ","


def test_the_same_number_in_two_units_is_two_masses() -> None:
    header = (*HEADER[:5], "Mass", "Unit")
    rows = checked(
        (*GOOD[:5], Number(4), "kg"), (*good(reference="B")[:5], Number(4), "t"), header=header
    ).rows
    assert [row.run and row.run.mass for row in rows] == [Decimal(4), Decimal(4000)]
