"""Offsets from UTC behind a time of day, and spans of time that look like them: 22:00-06:00 (hazard 42)."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from schemas.run_log.parsed import Problem

_QUARTERS = "(?::?(?:00|15|30|45))?"
OFFSET = rf"(?P<offset>[Zz]|[+-](?:0\d|1[01]){_QUARTERS}|\+1[23]{_QUARTERS}|(?:-12|\+14)(?::?00)?)"
"""As a pattern: any that a place on Earth has, from -12:00 to +14:00."""

_OFFSET = re.compile(OFFSET, re.ASCII)
_SPAN = re.compile(
    r"(?:\A|[\s,])(\d{1,2}:\d\d(?: ?[AaPp][Mm])? ?[-\u2010-\u2015] ?(\d{1,2}(?::\d\d)?)(?: ?[AaPp][Mm])?)\Z",
    re.ASCII,
)
"""A time without seconds and another one. Behind a "T" nobody writes a span, only what follows ISO 8601."""


def offset_of(text: str) -> dt.timezone:
    """What `OFFSET` has found, as a zone."""
    if text in "Zz":
        return dt.UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    size = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return dt.timezone(-size if text[0] == "-" else size)


def span_in(text: str) -> Problem | None:
    """Why a text is no point in time, where it ends with what looks like a span of time."""
    found = _SPAN.search(" ".join(text.split()))
    if not found:
        return None
    offset = f"-{found[2]}"
    if_meant = f" If {offset} is an offset from UTC, write the time before it with its seconds."
    return Problem(
        "time_is_duration",
        f"one point in time; “{found[1]}” looks like a span of time",
        f"Write the start and the end each into its own cell.{if_meant if _OFFSET.fullmatch(offset) else ''}",
    )


def clocks_showed(local: dt.datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks of a place had the offset that this time of day is written with, on that day."""
    return local.utcoffset() in [local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)]
