"""A clock's time as an instant: by the offset that it has, or in the plant's zone (hazards 39 to 41)."""

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

from schemas.run_log.nearly import other_calendar
from schemas.run_log.parsed import Problem

NOT_A_TIME = Problem(
    "not_a_time", "a date and a time, such as 2026-10-05 14:30", "Type the date and time in full."
)
_NO_ZONE = Problem(
    "timezone_unknown",
    "a time whose zone is known",
    'Name the plant\'s zone: timezone = "Europe/Berlin" (for instance) under [log] in pipeline.toml.',
    healed_in="settings",
)
_NEVER = Problem(
    "time_never_happened",
    "a time that happened; the clocks went forward that night and skipped this hour",
    "Correct the time.",
    cell=1,
)


def placed(local: dt.datetime, zone: ZoneInfo | None) -> dt.datetime | Problem:
    """A clock's time as an instant, by the offset that it has or in the plant's zone."""
    wrong = other_calendar(local.year)
    if wrong:
        return wrong
    return _to_utc(local) if local.tzinfo else in_utc(local, zone)


def in_utc(local: dt.datetime, zone: ZoneInfo | None) -> dt.datetime | Problem:
    """A wall-clock time of the plant as an instant, unless the clocks made it none or two."""
    if zone is None:
        return _NO_ZONE
    steady = _steady_offset(local.date(), zone)
    if steady is not None:
        return (local - steady).replace(microsecond=0, tzinfo=dt.UTC)
    early, late = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    instant = _to_utc(early)
    if early.utcoffset() == late.utcoffset():
        return instant
    back = instant.astimezone(zone).replace(tzinfo=None) if isinstance(instant, dt.datetime) else None
    return _twice(early, late) if back == local else _NEVER


@lru_cache(maxsize=4096)
def _steady_offset(day: dt.date, zone: ZoneInfo) -> dt.timedelta | None:
    """How far a zone's clocks are from UTC on a day on which nobody touches them, nor an hour around it."""
    if not dt.date.min < day < dt.date.max:
        return None
    midnight = dt.datetime.combine(day, dt.time(), zone)
    offsets = {
        (midnight + dt.timedelta(hours=hour)).replace(fold=fold).utcoffset()
        for hour in range(-1, 26)
        for fold in (0, 1)
    }
    return offsets.pop() if len(offsets) == 1 else None


def _twice(early: dt.datetime, late: dt.datetime) -> Problem:
    before, after = (each.isoformat(" ", "minutes") for each in (early, late))
    return Problem(
        "time_happened_twice",
        "a time that happened once; the clocks went back that night and this hour happened twice",
        f"Write it with its offset: {before} before the change, {after} after it.",
        cell=1,
    )


def _to_utc(moment: dt.datetime) -> dt.datetime | Problem:
    try:
        return moment.astimezone(dt.UTC).replace(microsecond=0)
    except OverflowError:
        return NOT_A_TIME
