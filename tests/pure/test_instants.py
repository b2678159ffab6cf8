"""A start or an end is the instant that the log means, or it is refused."""

import datetime as dt
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.cell import Broken, Cell, Clock, Moment, Number, Span
from schemas.convention import DateOrder
from schemas.run_log.instants import instant, instant_of
from schemas.run_log.parsed import Problem, Tidied
from tests.pure.build import code, value

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Berlin", "Europe/London", "Europe/Dublin", "America/New_York", "America/St_Johns",
        "Asia/Kolkata",
        "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "America/Sao_Paulo",
        "UTC",
    )
]  # fmt: skip
ORDERS: tuple[DateOrder | None, ...] = (None, "DMY", "MDY", "YMD")
NEW_YEAR = dt.datetime(2026, 1, 1)  # noqa: DTZ001  clocks without a zone
HALF_HOURS = [NEW_YEAR + dt.timedelta(minutes=30 * step) for step in range(2 * 24 * 365)]
LOCAL = st.integers(-26 * 365 * 86_400, 11 * 365 * 86_400).map(lambda s: NEW_YEAR + dt.timedelta(seconds=s))
OFFSETS = st.integers(-12 * 4, 14 * 4).map(lambda quarters: dt.timezone(dt.timedelta(minutes=15 * quarters)))


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def moment(text: str, *, has_time: bool = True) -> Moment:
    return Moment(dt.datetime.fromisoformat(text), "yyyy-mm-dd hh:mm", has_time)


def happened(local: dt.datetime, zone: ZoneInfo) -> list[dt.datetime]:
    """Every instant at which the zone's clocks showed that time, found by trying the offsets."""
    at = {local.replace(tzinfo=dt.UTC) - dt.timedelta(minutes=15 * quarter) for quarter in range(-52, 61)}
    return sorted(each for each in at if each.astimezone(zone).replace(tzinfo=None) == local)


@pytest.mark.parametrize(
    ("cell", "order", "meant"),
    [
        ("2026-10-05 14:30", None, "2026-10-05 12:30"),
        ("2026-10-05T14:30", None, "2026-10-05 12:30"),
        ("2026-10-05t14:30:15", None, "2026-10-05 12:30:15"),
        ("  2026-10-05\u00a0 14:30 ", None, "2026-10-05 12:30"),
        ("2026-1-5 1:30", None, "2026-01-05 00:30"),
        ("2026/10/05 14:30", "DMY", "2026-10-05 12:30"),
        ("2026.10.05, 14:30", "MDY", "2026-10-05 12:30"),
        ("2026-10-05 14:30Z", None, "2026-10-05 14:30"),
        ("2026-10-05T14:30:00.000Z", None, "2026-10-05 14:30"),
        ("2026-10-05T14:30+02:00", None, "2026-10-05 12:30"),
        ("2026-10-05 14:30 -0500", None, "2026-10-05 19:30"),
        ("2026-10-05 14:30:00-05", None, "2026-10-05 19:30"),
        ("2026-10-05 14:30+05:45", None, "2026-10-05 08:45"),
        ("2026-10-05 2:30 PM", None, "2026-10-05 12:30"),
        ("2026-10-05 12:30 am", None, "2026-10-04 22:30"),
        ("2026-10-05 12:30pm", None, "2026-10-05 10:30"),
        ("2026-10-05 02:30 pm+02:00", None, "2026-10-05 12:30"),
        ("05.10.2026 14:30", "DMY", "2026-10-05 12:30"),
        ("10/05/2026 14:30", "MDY", "2026-10-05 12:30"),
        ("13.10.2026 14:30", None, "2026-10-13 12:30"),
        ("10/13/2026 14:30", None, "2026-10-13 12:30"),
        ("05.05.2026 14:30", None, "2026-05-05 12:30"),
        ("2026-10-25 02:30+02:00", None, "2026-10-25 00:30"),
        ("2026-10-25 02:30+01:00", None, "2026-10-25 01:30"),
        ("2024-02-29 12:00Z", None, "2024-02-29 12:00"),
        (moment("2026-10-05 14:30"), None, "2026-10-05 12:30"),
        (moment("2026-10-05 00:00"), None, "2026-10-04 22:00"),
    ],
)
def test_an_instant_is_read_in_utc(cell: Cell, order: DateOrder | None, meant: str) -> None:
    assert instant(cell, BERLIN, order) == utc(meant)


@pytest.mark.parametrize(
    ("cell", "order", "why"),
    [
        ("05.10.2026 14:30", None, "date_could_be_two"),
        ("05.10.2026 14:30", "YMD", "not_a_time"),
        ("13.10.2026 14:30", "MDY", "not_a_time"),
        ("10/13/2026 14:30", "DMY", "not_a_time"),
        ("05.10.26 14:30", "DMY", "year_of_two_digits"),
        ("26-10-05 14:30", "YMD", "year_of_two_digits"),
        ("2026-10-05", None, "time_of_day_missing"),
        ("05.10.2026", "DMY", "time_of_day_missing"),
        ("14:30", None, "date_missing"),
        ("2026-10-05 24:00", None, "not_a_time"),
        ("2026-10-05 25:00", None, "not_a_time"),
        ("2026-10-05 14:60", None, "not_a_time"),
        ("2026-10-05 23:59:60", None, "not_a_time"),
        ("2026-10-05 14:30 PM", None, "not_a_time"),
        ("2026-10-05 0:30 AM", None, "not_a_time"),
        ("2026-10-05 13:30 am", None, "not_a_time"),
        ("2026-10-05 14", None, "not_a_time"),
        ("2026-10-05 14.30", None, "not_a_time"),
        ("2026-10-05 1430", None, "not_a_time"),
        ("20261005T1430", None, "not_a_time"),
        ("2026-10-0514:30", None, "not_a_time"),
        ("2026-10/05 14:30", None, "not_a_time"),
        ("2026-02-30 12:00", None, "not_a_time"),
        ("2025-02-29 12:00", None, "not_a_time"),
        ("2026-13-05 12:00", None, "not_a_time"),
        ("0000-10-05 12:00", None, "not_a_time"),
        ("2026-10-05 14:30 CEST", None, "not_a_time"),
        ("2026-10-05 14:30 EST", None, "not_a_time"),
        ("2026-10-05 14:30 UTC+2", None, "not_a_time"),
        ("2026-10-05 14:30+99:00", None, "not_a_time"),
        ("2026-10-05 14:30+15:00", None, "not_a_time"),
        ("2026-10-05 14:30+01:60", None, "not_a_time"),
        ("2026-10-05 14:30+2", None, "not_a_time"),
        ("2026-10-05 14:30 Uhr", None, "not_a_time"),
        ("5 Oct 2026 14:30", None, "not_a_time"),
        ("Oct 5, 2026 2:30 PM", None, "not_a_time"),
        ("٢٠٢٦-10-05 14:30", None, "not_a_time"),
        ("２０２６-10-05 14:30", None, "not_a_time"),
        ("yesterday", None, "not_a_time"),
        ("2026-10-05 14:30 or 15:30", None, "not_a_time"),
        ("9999-12-31 23:59:00-12:00", None, "in_the_future"),
        ("0001-01-01 00:00+14:00", None, "not_a_time"),
        ("2026-10-25 02:30", None, "time_happened_twice"),
        ("2026-10-25 02:00", None, "time_happened_twice"),
        ("2026-03-29 02:30", None, "time_never_happened"),
        ("2026-03-29 02:00", None, "time_never_happened"),
        ("45383", None, "not_a_time"),
        ("45383.604", None, "not_a_time"),
        (Number(45383.604), None, "date_as_number"),
        (Number(20261005), None, "date_as_number"),
        (Span(dt.timedelta(hours=30), "[h]:mm"), None, "time_is_duration"),
        (Clock(dt.time(14, 30), "h:mm"), None, "date_missing"),
        (moment("2026-10-05 00:00", has_time=False), None, "time_of_day_missing"),
        (moment("2026-10-05 14:30", has_time=False), None, "time_of_day_missing"),
        (moment("2026-10-25 02:30"), None, "time_happened_twice"),
        (moment("2026-03-29 02:30"), None, "time_never_happened"),
        (True, None, "not_a_time"),
        (Broken("#REF!", "error"), None, "error_cell"),
        (Broken("=NOW()", "formula"), None, "formula_without_value"),
    ],
)
def test_what_is_not_one_instant_is_refused(cell: Cell, order: DateOrder | None, why: str) -> None:
    assert code(instant(cell, BERLIN, order)) == why


@pytest.mark.parametrize("cell", ["2026-10-05 14:30", "13.10.2026 2:30 pm", moment("2026-10-05 14:30")])
def test_a_local_time_needs_a_zone(cell: Cell) -> None:
    assert code(instant(cell, None, None)) == "timezone_unknown"


def test_a_time_with_an_offset_needs_none() -> None:
    assert instant("2026-10-05 14:30Z", None, None) == utc("2026-10-05 14:30")


@pytest.mark.parametrize("cell", ["", " ", "\u00a0\n"])
def test_an_empty_cell_is_no_instant(cell: str) -> None:
    assert instant(cell, BERLIN, None) is None
    assert instant_of(cell, cell, BERLIN, None) is None


def test_parts_of_a_second_are_left_out_and_told() -> None:
    parsed = instant("2026-10-05 14:30:59,914Z", BERLIN, None)
    assert isinstance(parsed, Tidied)
    assert parsed.value == utc("2026-10-05 14:30:59")


@pytest.mark.parametrize(
    ("date", "time", "meant"),
    [
        ("2026-10-05", "14:30", "2026-10-05 12:30"),
        ("2026-10-05", " 2:30\u202fPM ", "2026-10-05 12:30"),
        ("2026-10-05", "0:00", "2026-10-04 22:00"),
        ("2026-10-25", "02:30+01:00", "2026-10-25 01:30"),
        ("2026-10-05", "14:30Z", "2026-10-05 14:30"),
        ("2026-10-05", "14:30:00-05:00", "2026-10-05 19:30"),
        ("13.10.2026", Clock(dt.time(14, 30, 15), "h:mm"), "2026-10-13 12:30:15"),
        (moment("2026-10-05", has_time=False), Clock(dt.time(), "h:mm"), "2026-10-04 22:00"),
        (moment("2026-10-05"), "14:30", "2026-10-05 12:30"),
    ],
)
def test_a_date_and_a_time_make_an_instant(date: Cell, time: Cell, meant: str) -> None:
    assert instant_of(date, time, BERLIN, None) == utc(meant)


@pytest.mark.parametrize(
    ("date", "time", "why"),
    [
        ("2026-10-05", "", "time_of_day_missing"),
        ("", "14:30", "date_missing"),
        ("05.10.2026", "14:30", "date_could_be_two"),
        ("05.10.26", "14:30", "year_of_two_digits"),
        ("2026-10-05 14:30", "14:30", "time_in_date_column"),
        ("Monday", "14:30", "not_a_date"),
        (moment("2026-10-05 14:30"), "14:30", "time_in_date_column"),
        (moment("2026-10-05 14:30", has_time=False), "14:30", "time_in_date_column"),
        (Clock(dt.time(14), "h"), "14:30", "date_missing"),
        (Number(45383), "14:30", "date_as_number"),
        (Broken("#N/A", "error"), "14:30", "error_cell"),
        ("2026-10-05", "24:00", "not_a_time_of_day"),
        ("2026-10-05", "14", "not_a_time_of_day"),
        ("2026-10-05", "1430", "not_a_time_of_day"),
        ("2026-10-05", "14:30 PM", "not_a_time_of_day"),
        ("2026-10-05", "14:30+15:00", "not_a_time_of_day"),
        ("2026-10-05", "14:30-05:00", "time_is_duration"),
        ("2026-10-05", "١٤:30", "not_a_time_of_day"),
        ("2026-10-05", Number(0.604), "not_a_time_of_day"),
        ("2026-10-05", True, "not_a_time_of_day"),
        (True, "14:30", "not_a_date"),
        ("2026-10-05", Span(dt.timedelta(hours=14), "[h]:mm"), "time_is_duration"),
        ("2026-10-05", moment("2026-10-05 14:30"), "date_in_time_column"),
        ("2026-10-25", "02:30", "time_happened_twice"),
        ("2026-03-29", Clock(dt.time(2, 30), "h:mm"), "time_never_happened"),
    ],
)
def test_a_date_and_a_time_that_do_not_make_one_instant_are_refused(date: Cell, time: Cell, why: str) -> None:
    assert code(instant_of(date, time, BERLIN, None)) == why


@given(LOCAL, OFFSETS, st.sampled_from(("T", " ")), st.sampled_from(ZONES))
def test_an_instant_with_its_offset_is_that_instant(
    local: dt.datetime, offset: dt.timezone, separator: str, zone: ZoneInfo
) -> None:
    meant = local.replace(tzinfo=offset)
    for order in ORDERS:
        assert instant(meant.isoformat(sep=separator), zone, order) == meant


@given(LOCAL, st.sampled_from(ZONES))
def test_a_local_time_is_an_instant_exactly_if_it_happened_once(local: dt.datetime, zone: ZoneInfo) -> None:
    expected = {0: "time_never_happened", 1: "read", 2: "time_happened_twice"}
    found = happened(local, zone)
    for cell in (f"{local}", Moment(local, "yyyy-mm-dd hh:mm:ss", has_time=True)):
        parsed = instant(cell, zone, None)
        assert code(parsed) == expected[len(found)]
        assert isinstance(parsed, Problem) or parsed == found[0]


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_over_a_whole_year_every_local_half_hour_is_judged_as_the_clocks_went(zone: ZoneInfo) -> None:
    last = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    shown = [(last + dt.timedelta(minutes=30 * step)) for step in range(2 * 24 * 365 * 3)]
    instants: dict[dt.datetime, list[dt.datetime]] = {}
    for at in shown:
        instants.setdefault(at.astimezone(zone).replace(tzinfo=None), []).append(at)
    on_the_half_hour = min(instants).minute % 30
    refused = {"time_never_happened": 0, "time_happened_twice": 0}
    for local in HALF_HOURS:
        meant = instants.get(local + dt.timedelta(minutes=on_the_half_hour), [])
        parsed = instant(
            Moment(local + dt.timedelta(minutes=on_the_half_hour), "", has_time=True), zone, None
        )
        if len(meant) == 1:
            assert parsed == meant[0]
        else:
            assert code(parsed) == ("time_happened_twice" if meant else "time_never_happened")
            refused[code(parsed)] += 1
    assert refused["time_never_happened"] == refused["time_happened_twice"] <= 2


@pytest.mark.parametrize("hour", [0, 12, 23])
def test_a_day_that_a_zone_left_out_never_happened(hour: int) -> None:
    assert code(instant(f"2011-12-30 {hour}:00", ZoneInfo("Pacific/Apia"), None)) == "time_never_happened"


@pytest.mark.parametrize("separator", [".", "/", "-"])
def test_a_text_date_needs_no_order_only_if_it_can_be_one_day_only(separator: str) -> None:
    for first, second in product(range(32), repeat=2):
        text = f"{first:02}{separator}{second}{separator}2026 12:00Z"
        days = {
            f"2026-{month:02}-{day:02} 12:00"
            for day, month in ((first, second), (second, first))
            if exists(2026, month, day)
        }
        parsed = instant(text, None, None)
        if len(days) == 1:
            assert parsed == utc(days.pop())
        else:
            assert code(parsed) == ("date_could_be_two" if days else "not_a_time")


@given(LOCAL, st.sampled_from((".", "/", "-")))
def test_a_text_date_in_the_plants_order_is_that_day_and_in_the_other_order_never_another_way(
    local: dt.datetime, separator: str
) -> None:
    day, month = f"{local.day}", f"{local.month:02}"
    meant = local.replace(tzinfo=dt.UTC)
    for order, parts in (("DMY", (day, month)), ("MDY", (month, day))):
        text = f"{separator.join((*parts, str(local.year)))} {local:%I:%M:%S %p}Z"
        assert value(instant(text, None, "DMY" if order == "DMY" else "MDY")) == meant
        unordered = instant(text, None, None)
        assert isinstance(unordered, Problem) or unordered == meant


def exists(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        ("Europe/Berlin", "2026-10-25 02:30+02:00", "2026-10-25 02:30+01:00"),
        ("Europe/London", "2026-10-25 01:30+01:00", "2026-10-25 01:30+00:00"),
    ],
)
def test_both_readings_of_an_hour_that_happened_twice_are_told_as_they_can_be_written(
    zone: str, before: str, after: str
) -> None:
    plant = ZoneInfo(zone)
    refused = instant(before[:16], plant, None)
    assert isinstance(refused, Problem)
    assert f"{before} before the change, {after} after it" in refused.remedy
    first, second = (instant(each, plant, None) for each in (before, after))
    assert isinstance(first, dt.datetime)
    assert second == first + dt.timedelta(hours=1)
