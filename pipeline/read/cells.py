"""A workbook's cell becomes a `Cell`: times to the nearest second, formats as they were."""

import datetime as dt
import math
import re
from functools import lru_cache
from typing import NamedTuple, Protocol

from openpyxl.styles.numbers import STRIP_RE
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from pipeline.read.writing import cell_of_text
from schemas.cell import Broken, Cell, Clock, Moment, Number, Span

DAY_ZERO = {WINDOWS_EPOCH: dt.datetime(1899, 12, 31), MAC_EPOCH: MAC_EPOCH}  # noqa: DTZ001 - a wall clock
OUT_OF_RANGE = Broken("#VALUE!", "error")


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


def _number(value: float, number_format: str) -> Cell:
    return Number(value, number_format) if math.isfinite(value) else Broken(str(value), "error")


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
    zero = DAY_ZERO[epoch]
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
