"""How many requests may be under way at once: found out by what the registry does under them. Pure.

Additive increase, multiplicative decrease: each round of good answers adds one, and a push (429, 5xx, no
answer) halves it. What was pushed back once is remembered, and from just under it the way up is slow. Answers
that take longer and longer are a gentle push, long before anything fails.
"""

from msgspec import Struct
from msgspec.structs import replace

_AFTER_A_PUSH, _WHEN_SLOW = 0.5, 0.8
_CAREFULLY = 0.1
"""How much of a round's one is added, where so many at once were pushed back before."""
_TIMES_SLOWER, _SECONDS_SLOWER = 2.0, 0.1
"""Answers are late when they take both so many times as long as usual, and so much longer."""
_DRIFT = 0.002
"""How much of a lasting slowness each answer makes usual: others may load a registry, too."""
_FEWEST_ANSWERS = 8


class Limit(Struct, frozen=True):
    """So many requests at once are `allowed`, from one to `ceiling`; a fraction counts later.

    `broke_at` is the number that was pushed back last. The limit last fell at `fell_at` (0: never), so many
    answers ago as `since` says. `recent` and `usual` are how many seconds an answer takes: of late, and when
    all is well.
    """

    ceiling: int
    allowed: float
    broke_at: float = float("inf")
    fell_at: float = 0.0
    since: int = 0
    recent: float | None = None
    usual: float | None = None

    @property
    def at_once(self) -> int:
        """How many may be under way now."""
        return int(self.allowed)


def unproven(ceiling: int) -> Limit:
    """The limit before anything is known: what the settings allow."""
    return Limit(ceiling, float(ceiling))


def answered(limit: Limit, left_at: float, now: float) -> Limit:
    """After a good answer to a request that left at that moment of a monotonic clock, in seconds."""
    limit = _timed(limit, now - left_at)
    if _is_late(limit):
        return _fallen(limit, _WHEN_SLOW, now)
    share = 1.0 if limit.allowed + 1 < limit.broke_at else _CAREFULLY
    allowed = min(limit.ceiling, limit.allowed + share / limit.allowed)
    forgotten = float("inf") if allowed > limit.broke_at + 1 else limit.broke_at
    return replace(limit, allowed=allowed, broke_at=forgotten)


def pushed_back(limit: Limit, left_at: float, now: float) -> Limit:
    """After a push; those that left before the limit last fell say nothing new."""
    if left_at < limit.fell_at:
        return limit
    return replace(_fallen(limit, _AFTER_A_PUSH, now), broke_at=limit.allowed)


def _fallen(limit: Limit, to: float, now: float) -> Limit:
    return replace(limit, allowed=max(1.0, limit.allowed * to), fell_at=now, since=0)


def _timed(limit: Limit, took: float) -> Limit:
    """With one more answer counted into what they take: the latest round of them, above all."""
    if limit.recent is None or limit.usual is None:
        return replace(limit, since=limit.since + 1, recent=took, usual=took)
    weight = 2 / (max(_FEWEST_ANSWERS, limit.at_once) + 1)
    recent = limit.recent + (took - limit.recent) * weight
    usual = min(recent, limit.usual + (recent - limit.usual) * _DRIFT)
    return replace(limit, since=limit.since + 1, recent=recent, usual=usual)


def _is_late(limit: Limit) -> bool:
    """Whether answers of a whole round since it last fell take far longer than they usually do."""
    if limit.recent is None or limit.usual is None or limit.since < max(_FEWEST_ANSWERS, limit.at_once):
        return False
    return limit.recent > limit.usual * _TIMES_SLOWER and limit.recent > limit.usual + _SECONDS_SLOWER
