"""Starts and ends: the physical instant that a cell, or a date and a time beside it, means.

Never inferred, never decided by the neighbours: the order of day and month, the zone, and which of
two equal clock times was meant must be said by the log or the settings (hazards 33 to 46).
"""

import datetime as dt
import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from schemas.cell import Broken, Cell, Clock, Moment, Number, Span
from schemas.convention import DateOrder
from schemas.run_log.formats import shown_date
from schemas.run_log.nearly import plainer
from schemas.run_log.offsets import OFFSET, clocks_showed, offset_of, span_in
from schemas.run_log.parsed import Parsed, Problem, Tidying, told
from schemas.run_log.placing import NOT_A_TIME, in_utc, placed
from schemas.run_log.texts import broken

_CLOCK = r"(?P<h>\d{1,2}):(?P<m>\d\d)(?::(?P<s>\d\d)(?:[.,](?P<f>\d{1,9}))?)?\s*(?P<half>[AaPp][Mm])?"
_INSTANT = re.compile(
    r"(?P<a>\d{1,4})(?P<sep>[-./])(?P<b>\d{1,2})(?P=sep)(?P<c>\d{1,4})"
    rf"(?:(?:\s*[Tt]\s*|,?\s+){_CLOCK}\s*{OFFSET}?)?",
    re.ASCII,
)
_TIME = re.compile(rf"{_CLOCK}\s*{OFFSET}?", re.ASCII)
_PLAIN_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_PLAIN = re.compile(
    "20[0-9]{2}-[01][0-9]-[0-3][0-9]"
    f"(?:[T ]{_PLAIN_CLOCK}(?::[0-5][0-9])?(?:Z|[+](?:0[0-9]|1[0-3]):(?:00|15|30|45))?"
    f"|(?:T{_PLAIN_CLOCK}(?::[0-5][0-9])?| {_PLAIN_CLOCK}:[0-5][0-9])-(?:0[0-9]|1[01]):(?:00|15|30|45))"
)
_PLAIN_YEARS = range(2000, 2100)
_OF_A_TIME = re.compile("[0-9][-./:][0-9]")

_AMBIGUOUS_DATE = Problem(
    "date_could_be_two",
    "a date that can be read in one way only",
    'Say how this plant writes dates: date_order = "DMY" (or "MDY") under [log] in pipeline.toml.',
    healed_in="settings",
)
_NOT_A_DATE = Problem("not_a_date", "a date, such as 2026-10-05", "Type the date in full.")
_NOT_A_CLOCK = Problem("not_a_time_of_day", "a time of day, such as 14:30", "Type hours and minutes.")
_TIME_BY_A_DATE = Problem(
    "time_in_date_column",
    "a date only; the time stands in its own column",
    "Leave the time out of this cell.",
)
_NO_TIME = Problem(
    "time_of_day_missing",
    "a date and a time; this is a date only",
    "Add the time of day, in the same cell or in a column of its own.",
    cell=1,
)
_NO_DATE = Problem("date_missing", "a date beside the time of day", "Add the date.")
AS_TEXT = Problem(
    "date_as_text",
    "a date like the others in this column; this one is text, which the spreadsheet did not take for a date",
    "Type it again as a date, and check that the dates beside it show the right day and month.",
)
"""A text date in a column of real dates (hazard 34)."""
_NO_DAY = Problem(
    "day_not_shown",
    "a date that shows its day; this cell shows none, and a spreadsheet that is given none takes the first",
    "Format the cell as a full date and check that it shows the right day.",
)
_SERIAL = Problem(
    "date_as_number",
    "a date; this is a plain number",
    "Format the cell as a date and check that it shows the right day.",
)


def plain_instant(cell: Cell, zone: ZoneInfo | None) -> dt.datetime | None:
    """What `instant` says of a cell that is written in full, as in ISO 8601; of any other, nothing.

    It takes a fifth of the time, and most cells are like that.
    """
    if isinstance(cell, Moment):
        plain = cell.has_time and not cell.rounded and cell.value.year in _PLAIN_YEARS
        local = cell.value if plain and all(shown_date(cell.format)) else None
    else:
        local = _in_full(cell) if isinstance(cell, str) and _PLAIN.fullmatch(cell) else None
    if local is None or local.tzinfo:
        return local and local.astimezone(dt.UTC)
    placed = in_utc(local, zone)
    return placed if isinstance(placed, dt.datetime) else None


def _in_full(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def instant(cell: Cell, zone: ZoneInfo | None, order: DateOrder | None) -> Parsed[dt.datetime]:
    """The instant in one cell, in UTC, to the second. A local time is read in the plant's `zone`."""
    match cell:
        case str():
            return _from_text(" ".join(cell.split()), zone, order)
        case Moment(value=value, has_time=True, format=shown):
            seen = shown_date(shown)
            return _NO_DAY if seen.any and not seen.day else _told(placed(value, zone), cell)
        case Moment():
            return _NO_TIME
        case Clock():
            return _NO_DATE
        case _:
            return _no_instant(cell)


def instant_of(date: Cell, time: Cell, zone: ZoneInfo | None, order: DateOrder | None) -> Parsed[dt.datetime]:
    """The instant that a date cell and a time cell mean together, in UTC, to the second."""
    day, clock = _day(date, order), _clock(time)
    if isinstance(day, Problem):
        return day
    if isinstance(clock, Problem):
        return replace(clock, cell=1)
    if day is None:
        return None if clock is None else _NO_DATE
    if clock is None:
        return _NO_TIME
    local = dt.datetime.combine(day, clock)
    span = span_in(time) if isinstance(time, str) else None
    if span and not (zone and clocks_showed(local, zone)):
        return replace(span, cell=1)
    found = placed(local, zone)
    if isinstance(found, Problem):
        return replace(found, remedy=found.remedy.replace(f"{day} ", ""))  # the day has a cell of its own
    return _told(found, date, time, cut=bool(clock.microsecond))


def says_a_time(text: str) -> bool:
    """Whether a text may well be a date or a time, of whatever kind: a header never looks like that."""
    return _OF_A_TIME.search(text) is not None


def _from_text(text: str, zone: ZoneInfo | None, order: DateOrder | None) -> Parsed[dt.datetime]:
    if not text:
        return None
    found, span = _INSTANT.fullmatch(text), span_in(text)
    if not found:
        return span or (_NO_DATE if _time_in(text) else plainer(NOT_A_TIME, text))
    day = _date(found, order)
    if isinstance(day, Problem):
        return day
    if found["h"] is None:
        return _NO_TIME
    clock = _time(found)
    if clock is None:
        return plainer(NOT_A_TIME, text)
    local = dt.datetime.combine(day, clock)
    if span and zone and not clocks_showed(local, zone):
        return span
    return _told(placed(local, zone), cut=bool(clock.microsecond))


def _told(result: dt.datetime | Problem, *cells: Cell, cut: bool = False) -> Parsed[dt.datetime]:
    """The instant, with what there is to tell of the cells that it was read from."""
    if isinstance(result, Problem):
        return result
    tidyings = [tidying for cell in cells for tidying in _tidyings(cell)]
    if cut:
        tidyings.append(Tidying("seconds_cut", "parts of a second were left out"))
    return told(result, tuple(tidyings))


def _tidyings(cell: Cell) -> Iterator[Tidying]:
    """What a spreadsheet stores is off by less than a millisecond; more than that is told (hazard 43)."""
    if isinstance(cell, Moment | Clock) and cell.rounded:
        yield Tidying("seconds_rounded", "parts of a second were rounded to the nearest second")
    if isinstance(cell, Moment) and not shown_date(cell.format).year:
        how = "read with the year, or the whole date, that the sheet does not show"
        yield Tidying("date_not_shown", how, f"{cell.value:%Y-%m-%d}")


def _date(found: re.Match[str], order: DateOrder | None) -> dt.date | Problem:
    first, second, third = (int(found[part]) for part in "abc")
    if len(found["a"]) == 4:
        readings = [(first, second, third)]
    elif len(found["c"]) == 4:
        both = {"DMY": (third, second, first), "MDY": (third, first, second)}
        readings = [both[order]] if order in both else list(both.values()) if order is None else []
    else:
        return Problem(
            "year_of_two_digits",
            "a date with all four digits of its year",
            "Write the year in full.",
        )
    days = {day for reading in readings if (day := _day_of(*reading))}
    if len(days) > 1:
        return _AMBIGUOUS_DATE
    return days.pop() if days else NOT_A_TIME


def _day_of(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _time_in(text: str) -> dt.time | None:
    found = _TIME.fullmatch(text)
    return _time(found) if found else None


def _time(found: re.Match[str]) -> dt.time | None:
    hour, minute, second = int(found["h"]), int(found["m"]), int(found["s"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"].casefold() == "pm" else 0)
    parts = int((found["f"] or "").ljust(6, "0")[:6])
    try:
        return dt.time(hour, minute, second, parts, offset_of(found["offset"]) if found["offset"] else None)
    except ValueError:
        return None


def _day(cell: Cell, order: DateOrder | None) -> dt.date | Problem | None:
    match cell:
        case Moment(value=value, rounded=False) if value.time() == dt.time():
            return value.date() if shown_date(cell.format).day else _NO_DAY
        case Moment():
            return _TIME_BY_A_DATE
        case str():
            return _day_from_text(cell.strip(), order)
        case bool():
            return _NOT_A_DATE
        case Clock():
            return _NO_DATE
        case _:
            return _no_instant(cell)


def _day_from_text(text: str, order: DateOrder | None) -> dt.date | Problem | None:
    if not text:
        return None
    found = _INSTANT.fullmatch(text)
    if not found:
        return plainer(_NOT_A_DATE, text)
    return _date(found, order) if found["h"] is None else _TIME_BY_A_DATE


def _clock(cell: Cell) -> dt.time | Problem | None:
    match cell:
        case Clock(value=value):
            return value.replace(microsecond=0)
        case str():
            text = " ".join(cell.split())
            return (_time_in(text) or span_in(text) or plainer(_NOT_A_CLOCK, text)) if text else None
        case Moment():
            return Problem(
                "date_in_time_column",
                "a time of day only; the date stands in its own column",
                "Leave the date out of this cell.",
            )
        case Number():
            return Problem(
                _NOT_A_CLOCK.code,
                f"{_NOT_A_CLOCK.wanted}; this is a plain number",
                "Format the cell as a time and check that it shows the right hour, or type it again.",
            )
        case bool():
            return _NOT_A_CLOCK
        case _:
            return _no_instant(cell)


def _no_instant(cell: Cell) -> Problem:
    match cell:
        case Number():
            return _SERIAL
        case Span(value=value):
            midnight = " Midnight is 00:00 of the next day." if value == dt.timedelta(days=1) else ""
            return Problem(
                "time_is_duration",
                "a point in time; this cell holds a length of time",
                f"Type it as a date or a time of day.{midnight}",
            )
        case Broken(why="error"):
            return Problem(
                "error_cell",
                "a value; the cell holds an error, or a number that is no date",
                "Correct the formula, or type it again.",
            )
        case Broken():
            return broken(cell)
        case _:
            return NOT_A_TIME
