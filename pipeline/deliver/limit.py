"""How many requests may be under way at once: found out by what the registry does under them. Pure.

Slow start, then additive increase and multiplicative decrease: at first each round of good answers doubles
it, until something says that it is enough; from then on each round adds one, and a push (429, 5xx, no
answer) halves it. What was pushed back once is remembered, and from just under it the way up is slow. Answers
that take longer and longer are a gentle push, long before anything fails; how long they take when all is well
can only be seen while few are under way.
"""

from msgspec import Struct
from msgspec.structs import replace

_AT_FIRST, _FEWEST_ANSWERS = 8, 16
_AFTER_A_PUSH, _WHEN_SLOW = 0.5, 0.8
_CAREFULLY = 0.1
"""How much of a round's one is added, where so many at once were pushed back before."""
_TIMES_SLOWER, _SECONDS_SLOWER = 2.0, 0.1
"""Answers are late when they take both so many times as long as usual, and so much longer."""
_THE_SAME = 0.1
"""Fewer at once have changed nothing when answers take what they took before, but for so much of it."""


class Limit(Struct, frozen=True):
    """So many requests at once are `allowed`, from one to `ceiling`; a fraction counts later.

    `broke_at` is the number that was pushed back last. The limit last fell at `fell_at` (0: never); `since`
    then so many answers have come to requests that left after it. How many seconds an answer takes is
    `recent` of those, `usual` when all is well, and `slow` when the limit fell for it, and it is not known
    yet whether that has helped.
    """

    ceiling: int
    allowed: float
    broke_at: float = float("inf")
    fell_at: float = 0.0
    since: int = 0
    recent: float = 0.0
    usual: float = float("inf")
    slow: float | None = None

    @property
    def at_once(self) -> int:
        """How many may be under way now."""
        return int(self.allowed)


def unproven(ceiling: int) -> Limit:
    """The limit before anything is known: few, and never more than the settings allow."""
    return Limit(ceiling, float(min(ceiling, _AT_FIRST)))


def answered(limit: Limit, left_at: float, now: float) -> Limit:
    """After a good answer to a request that left at that moment of a monotonic clock, in seconds."""
    if left_at >= limit.fell_at:
        limit = _timed(limit, now - left_at)
        if _is_late(limit):
            return _slowed_down(limit, now)
    allowed = min(limit.ceiling, limit.allowed + _more(limit))
    forgotten = float("inf") if allowed > limit.broke_at + 1 else limit.broke_at
    return replace(limit, allowed=allowed, broke_at=forgotten)


def _more(limit: Limit) -> float:
    """What a good answer adds: as many as are allowed answer in one round."""
    if not limit.fell_at:
        return 1.0
    share = 1.0 if limit.allowed + 1 < limit.broke_at else _CAREFULLY
    return share / limit.allowed


def pushed_back(limit: Limit, left_at: float, now: float) -> Limit:
    """After a push; those that left before the limit last fell say nothing new."""
    if left_at < limit.fell_at:
        return limit
    return replace(_fallen(limit, _AFTER_A_PUSH, now), broke_at=limit.allowed)


def _slowed_down(limit: Limit, now: float) -> Limit:
    """With fewer at once; but where that has just been tried in vain, answers are not late because of us."""
    if limit.slow is not None and abs(limit.recent - limit.slow) < limit.slow * _THE_SAME:
        return replace(limit, usual=limit.recent, slow=None)
    return replace(_fallen(limit, _WHEN_SLOW, now), slow=limit.recent)


def _fallen(limit: Limit, to: float, now: float) -> Limit:
    return replace(limit, allowed=max(1.0, limit.allowed * to), fell_at=now, since=0, slow=None)


def _timed(limit: Limit, took: float) -> Limit:
    """With one more answer counted into what they take: the latest round of them, above all."""
    since = limit.since + 1
    weight = max(1 / since, 2 / (_a_round(limit) + 1))
    limit = replace(limit, since=since, recent=limit.recent + (took - limit.recent) * weight)
    if since < _a_round(limit):
        return limit
    limit = replace(limit, usual=min(limit.usual, limit.recent))
    return limit if _is_late(limit) else replace(limit, slow=None)


def _a_round(limit: Limit) -> int:
    """How many answers tell how long they take; before the limit ever fell, it grows with each of them."""
    return max(_FEWEST_ANSWERS, limit.at_once if limit.fell_at else 0)


def _is_late(limit: Limit) -> bool:
    """Whether answers of a whole round since it last fell take far longer than they usually do."""
    slower = limit.recent > max(limit.usual * _TIMES_SLOWER, limit.usual + _SECONDS_SLOWER)
    return slower and limit.since >= _a_round(limit)
