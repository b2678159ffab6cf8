"""Nights that end before their work is done: what heals itself is told from the second night on. Pure."""

import datetime as dt

from msgspec import Struct
from msgspec.structs import replace

from pipeline.outstanding.days import is_another

HEALS = (3, 5, 130, 143)
"""Exit codes of what is likely to have passed by the next night."""
_DONE = (0, 1)
_STEPS = (29, 14, 7, 3, 2, 1, 0)
"""At how many days left an access token is spoken of; once each."""


class Earlier(Struct, frozen=True):
    """What the nights before have left behind. `failed` is the exit code of those that failed, 0 for none.

    `token_told` is the number of days left at which the token was spoken of.
    """

    succeeded_at: dt.datetime | None = None
    failed: int = 0
    nights: int = 0
    day: dt.date | None = None
    token_told: int | None = None


def after(earlier: Earlier, code: int, day: dt.date, at: dt.datetime) -> Earlier:
    """What a night of that day leaves behind, which ended with this exit code at that time."""
    if code in _DONE:
        return replace(earlier, succeeded_at=at, failed=0, nights=0, day=day)
    if not earlier.failed:
        return replace(earlier, failed=code, nights=1, day=day)
    if not is_another(day, earlier.day):
        return replace(earlier, failed=code)
    return replace(earlier, failed=code, nights=earlier.nights + 1, day=day)


def to_be_told(earlier: Earlier, now: Earlier, *, heals: bool) -> bool:
    """Whether a night that failed is told: once a day, and what heals itself not on the first."""
    is_news = (earlier.failed, earlier.day) != (now.failed, now.day)
    return bool(now.failed) and is_news and (not heals or now.nights > 1)


def token_step(days: int) -> int | None:
    """The step that a token with so many days left has reached; None when there is time."""
    return min((step for step in _STEPS if days <= step), default=None)
