"""Whatever the instant, the notation and the zone: it is read back as it was written, or refused."""

import datetime as dt
import tempfile
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.convention import Convention, DateOrder
from schemas.zones import zone, zone_names
from tests.hazards.timed import starts_of, text_log, workbook_log

FIRST = dt.datetime(2000, 1, 2, tzinfo=dt.UTC)
SECONDS = int((dt.datetime(2026, 11, 23, tzinfo=dt.UTC) - FIRST).total_seconds())
QUARTER = dt.timedelta(minutes=15)
INSTANTS = st.integers(0, SECONDS).map(lambda second: FIRST + dt.timedelta(seconds=second))
ZONES = st.sampled_from(sorted(zone_names())).map(zone)
ORDERS: dict[DateOrder, str] = {"DMY": "%d/%m/%Y", "MDY": "%m/%d/%Y", "YMD": "%Y/%m/%d"}
OFFSETS = st.integers(-12 * 4, 14 * 4).map(lambda quarters: dt.timezone(quarters * QUARTER))
thorough = settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],  # a zone's changes are looked for when it is drawn
)


def happened(local: dt.datetime, place: ZoneInfo) -> list[dt.datetime]:
    """Every instant at which the clocks there showed that time, found by trying every offset there is."""
    tried = (local.replace(tzinfo=dt.UTC) - quarter * QUARTER for quarter in range(-13 * 4, 15 * 4))
    return [at for at in tried if at.astimezone(place).replace(tzinfo=None) == local]


def expected(local: dt.datetime, place: ZoneInfo) -> dt.datetime | str:
    found = happened(local, place)
    if len(found) == 1:
        return found[0]
    return "time_happened_twice" if found else "time_never_happened"


@lru_cache(maxsize=600)
def changes(place: ZoneInfo) -> list[dt.datetime]:
    """The instants, to the next quarter of an hour, at which the clocks of a place were changed."""
    week, found = dt.timedelta(days=7), []
    for at in (FIRST + number * week for number in range(SECONDS // (7 * 86400))):
        if offset(at, place) != offset(at + week, place):
            quarters = (at + quarter * QUARTER for quarter in range(7 * 96 + 1))
            found.append(next(then for then in quarters if offset(then, place) != offset(at, place)))
    return found


def offset(at: dt.datetime, place: ZoneInfo) -> dt.timedelta:
    found = at.astimezone(place).utcoffset()
    assert found is not None
    return found


@thorough
@given(
    st.lists(st.tuples(INSTANTS, OFFSETS), min_size=1, max_size=20),
    st.sampled_from((" ", "T")),
    st.booleans(),
)
def test_an_instant_written_with_an_offset_is_that_instant_in_every_kind_of_file(
    instants: list[tuple[dt.datetime, dt.timezone]], between: str, zulu: bool
) -> None:
    texts = [
        at.isoformat(between).replace("+00:00", "Z") if zulu else at.astimezone(where).isoformat(between)
        for at, where in instants
    ]
    meant = [at for at, _ in instants]
    with tempfile.TemporaryDirectory() as folder:
        for path in (text_log(Path(folder), *texts), workbook_log(Path(folder), *texts)):
            assert starts_of(path, Convention()) == meant


@thorough
@given(st.lists(INSTANTS, min_size=1, max_size=20), ZONES, st.sampled_from(sorted(ORDERS)), st.booleans())
def test_a_text_in_the_plants_order_and_zone_is_that_instant_or_refused(
    instants: list[dt.datetime], place: ZoneInfo, order: DateOrder, half: bool
) -> None:
    locals_ = [at.astimezone(place).replace(tzinfo=None) for at in instants]
    form = f"{ORDERS[order]} {'%I:%M:%S %p' if half else '%H:%M:%S'}"
    with tempfile.TemporaryDirectory() as folder:
        path = text_log(Path(folder), *(local.strftime(form) for local in locals_))
        found = starts_of(path, Convention(timezone=place.key, date_order=order))
    assert found == [expected(local, place) for local in locals_]


@thorough
@given(st.lists(INSTANTS, min_size=1, max_size=20), ZONES, st.booleans())
def test_a_workbooks_date_is_that_instant_or_refused_in_both_date_systems(
    instants: list[dt.datetime], place: ZoneInfo, date_1904: bool
) -> None:
    locals_ = [at.astimezone(place).replace(tzinfo=None) for at in instants]
    with tempfile.TemporaryDirectory() as folder:
        path = workbook_log(Path(folder), *locals_, date_1904=date_1904)
        assert starts_of(path, Convention(timezone=place.key)) == [expected(each, place) for each in locals_]


@settings(thorough, max_examples=20)
@given(ZONES.filter(changes), st.data())
def test_around_every_change_of_the_clocks_a_local_time_is_read_or_refused_as_the_clocks_went(
    place: ZoneInfo, data: st.DataObject
) -> None:
    """Every quarter of an hour from three hours before to three hours after, on either side's clock."""
    change = data.draw(st.sampled_from(changes(place)))
    shown = {
        (change + step * QUARTER).astimezone(side).replace(tzinfo=None)
        for side in (dt.timezone(offset(change - QUARTER, place)), dt.timezone(offset(change, place)))
        for step in range(-12, 13)
    }
    locals_ = sorted(shown)
    with tempfile.TemporaryDirectory() as folder:
        path = workbook_log(Path(folder), *locals_)
        found = starts_of(path, Convention(timezone=place.key))
    assert found == [expected(local, place) for local in locals_]
    assert any(isinstance(each, str) for each in found)
