"""A workbook's cell becomes a `Cell`: times to the nearest second, formats as they were."""

import datetime as dt
import math
import re
from collections.abc import Iterable
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, Protocol

from openpyxl.styles.numbers import STRIP_RE, builtin_format_code, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from pipeline.read.writing import cell_of_text
from schemas.cell import Broken, Cell, Clock, Moment, Number, Span

DAY_ZERO = {WINDOWS_EPOCH: dt.datetime(1899, 12, 31), MAC_EPOCH: MAC_EPOCH}  # noqa: DTZ001 - a wall clock
OUT_OF_RANGE = Broken("#VALUE!", "error")
EXACT = 10**15
"""Whole numbers below this have all of their digits."""

ASIAN_FORMATS = MappingProxyType(
    {
        **dict.fromkeys((30, 31, 71, 72, 81), "yyyy/mm/dd"),
        **dict.fromkeys((28, 29, 51, 54, 58, 73), "mm/dd"),
        **dict.fromkeys((27, 34, 35, 36, 50, 52, 53, 55, 56, 57, 74), "yyyy/mm"),
        **dict.fromkeys((32, 33, 75, 76, 78, 80), "hh:mm:ss"),
        77: "yyyy/mm/dd hh:mm",
    }
)
"""By number: what Excel shows of a date in each of the languages in which it has a format of this number."""
_MILLISECOND = dt.timedelta(milliseconds=1)
"""What a serial can tell apart."""
_DAY = 86_400_000
"""Milliseconds."""
_FIRST_DAY, _LAST_DAY = 61, 2_900_000
"""From March 1900 nothing is odd about the days that are counted, and until the year 9839 they all exist."""


class Found(Protocol):
    """What is used of a cell that openpyxl read."""

    value: object
    row: int
    coordinate: str
    data_type: str
    number_format: str
    _style_id: int


class Shows(NamedTuple):
    """What a number format lets one see."""

    date: bool
    time: bool


class Temporal(NamedTuple):
    """Whether a number format makes a date or time of a number, and whether one of elapsed hours."""

    any: bool
    elapsed: bool


@lru_cache(maxsize=1024)
def temporal(number_format: str) -> Temporal:
    return Temporal(is_date_format(number_format), is_timedelta_format(number_format))


@lru_cache(maxsize=256)
def shows(number_format: str) -> Shows:
    code = STRIP_RE.sub("", number_format.split(";", maxsplit=1)[0])
    code = re.sub(r"[\\_].", "", code).lower()
    time = any(letter in code for letter in "hs")
    return Shows(date="d" in code or "y" in code or not time, time=time)


def cell_of(found: Found, epoch: dt.datetime) -> Cell:
    value = found.value
    if value is None:
        return OUT_OF_RANGE if found.data_type == "e" else ""
    if isinstance(value, str):
        return Broken(value, "error") if found.data_type == "e" else cell_of_text(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return _number(value, found.number_format)
    try:
        return _temporal(value, found.number_format, epoch)
    except OverflowError:
        return OUT_OF_RANGE


def built_in_format(number: int) -> str:
    """The format that a workbook refers to by number only."""
    code: str | None = builtin_format_code(number)
    return code or ASIAN_FORMATS.get(number, "General")


def general(number_format: str) -> str:
    """The format, by the name that Excel has for the general one; LibreOffice, too, has called it GENERAL."""
    return "General" if number_format.lower() == "general" else number_format


def number_cell(value: float, number_format: str, epoch: dt.datetime) -> Cell:
    """A stored number as its format shows it: a number, a moment, a time of day or elapsed time.

    `epoch` is the day that counts as 0. This is what openpyxl makes of a cell of an .xlsx file, by its
    own functions, for the formats that it does not read.
    """
    made = temporal(number_format)
    if not made.any:
        return _number(_whole(value), number_format)
    try:
        found = from_excel(value, epoch, timedelta=made.elapsed)
        return _temporal(found, number_format, epoch)
    except (OverflowError, ValueError):
        return OUT_OF_RANGE


def number_cells(values: Iterable[float], number_format: str, epoch: dt.datetime) -> list[Cell]:
    """Numbers of a format that makes dates of them, as `number_cell` has them, but many at once."""
    shown, elapsed = shows(number_format), temporal(number_format).elapsed
    has_time = shown.time or number_format == "General"
    cells: list[Cell] = []
    for value in values:
        if elapsed or not _FIRST_DAY <= value < _LAST_DAY:
            cells.append(number_cell(value, number_format, epoch))
            continue
        day, fraction = divmod(value, 1)
        second, beyond = divmod(int(day) * _DAY + round(fraction * 86_400 * 1_000) + 500, 1_000)
        moment = epoch + dt.timedelta(seconds=second)
        cells.append(Moment(moment, number_format, has_time, beyond != 500))
    return cells


def date_cell(value: dt.datetime, number_format: str, epoch: dt.datetime) -> Cell:
    """A date that is stored as such, judged as the number would be that counts the days to it."""
    since = value - epoch
    if since < dt.timedelta(days=1):
        return number_cell(since / dt.timedelta(days=1), number_format, epoch)
    try:
        return _temporal(epoch + _MILLISECOND * round(since / _MILLISECOND), number_format, epoch)
    except OverflowError:
        return OUT_OF_RANGE


def _whole(value: float) -> float:
    """Whole numbers are stored as floats where there are no others; text says 5 for both."""
    return int(value) if abs(value) < EXACT and float(value).is_integer() else value


def _number(value: float, number_format: str) -> Cell:
    """A number as a spreadsheet holds it: beyond 64 bits, no whole number has all of its digits."""
    if not math.isfinite(value):
        return Broken(str(value), "error")
    return Number(value if abs(value) < 1 << 63 else float(value), number_format)


def _temporal(value: object, number_format: str, epoch: dt.datetime) -> Cell:
    if isinstance(value, dt.timedelta):
        return Span(_to_second(value), number_format)
    if isinstance(value, dt.datetime):
        return _moment(value, number_format, epoch)
    if isinstance(value, dt.date):
        return Moment(dt.datetime(value.year, value.month, value.day), number_format, has_time=False)  # noqa: DTZ001 - a wall clock
    if isinstance(value, dt.time):
        return _clock(value, number_format)
    return Broken(str(value), "error")


def _moment(value: dt.datetime, number_format: str, epoch: dt.datetime) -> Cell:
    """A date, or a time that openpyxl took for one because it is 24 hours or more."""
    zero = DAY_ZERO.get(epoch, epoch)
    if value < zero:
        return OUT_OF_RANGE
    shown = shows(number_format)
    if not shown.date and value < zero + dt.timedelta(days=31):
        return Span(_to_second(value - zero), number_format)
    whole = zero + _to_second(value - zero)
    # Only a date written as ISO 8601 can have no format of its own, and then nothing hides its time.
    has_time = shown.time or number_format == "General"
    return Moment(whole, number_format, has_time, rounded=whole != value)


def _clock(value: dt.time, number_format: str) -> Cell:
    stored = dt.datetime.combine(MAC_EPOCH, value)
    whole = MAC_EPOCH + _to_second(stored - MAC_EPOCH)
    if whole.date() > MAC_EPOCH.date():
        return Span(whole - MAC_EPOCH, number_format)
    return Clock(whole.time(), number_format, rounded=whole != stored)


def _to_second(span: dt.timedelta) -> dt.timedelta:
    return dt.timedelta(seconds=math.floor(span / dt.timedelta(seconds=1) + 0.5))
