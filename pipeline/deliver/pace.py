"""How fast a run may send, how often it may try again, and when it must stop."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

from aiolimiter import AsyncLimiter

from pipeline.deliver.limit import Limit, answered, pushed_back, unproven

Why = Literal[
    "interrupted",
    "terminated",
    "denied",
    "redirected",
    "unreachable",
    "duration",
    "errors",
    "lost",
    "ledger",
    "worker",
]
Sleep = Callable[[float], Awaitable[object]]
LONGEST_WAIT = 300.0
"""The most that a Retry-After can make a run wait, in seconds."""


class Halt:
    """The one reason to send nothing more; the first one given stays. All waiting is done here."""

    def __init__(self, sleep: Sleep = asyncio.sleep) -> None:
        self.why: Why | None = None
        self.message = ""
        self._sleep = sleep
        self._event = asyncio.Event()

    def __bool__(self) -> bool:
        return self.why is not None

    def stop(self, why: Why, message: str) -> None:
        if self.why is None:
            self.why, self.message = why, message
            self._event.set()

    async def stopped(self) -> None:
        """Wait until the run is stopped."""
        await self._event.wait()

    async def sleep(self, seconds: float) -> None:
        """Wait, but not longer than until the run is stopped."""
        if not self and seconds > 0:
            await self.unless_stopped(self._sleep(seconds))

    async def unless_stopped(self, waiting: Awaitable[object]) -> None:
        """Wait for something else, but not longer than until the run is stopped."""
        waits = {asyncio.ensure_future(waiting), asyncio.ensure_future(self._event.wait())}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()


class Gate:
    """Lets so many be inside at once, until it is told another number. First come, first served."""

    def __init__(self, width: int) -> None:
        self._width = self._wanted = width
        self._places = asyncio.Semaphore(width)

    async def __aenter__(self) -> None:
        await self._places.acquire()

    async def __aexit__(self, *_: object) -> None:
        if self._width > self._wanted:
            self._width -= 1
        else:
            self._places.release()

    def resize(self, width: int) -> None:
        """To so many; when it is fewer, nobody who is inside is called back."""
        self._wanted = width
        while self._width < width:
            self._width += 1
            self._places.release()


def _nobody(seconds: float) -> None:
    """Nobody else sends to this account."""


_SAME_PUSH = 1.0
"""Pushes that are so many seconds apart say the same: every sender hears of those of all the others."""
_AHEAD = 3


def senders(at_once: int) -> int:
    """How many batches may have their intents or outcomes written while so many requests are under way.

    One at a time means one after the other: its outcome is written, and told, before the next one is sent.
    """
    return 1 if at_once == 1 else _AHEAD * at_once


class Pace:
    """A ceiling on requests a second and at once, and a hold for everybody when the registry asks for one.

    How many at once it finds out (see `limit`). More may have their intents made, so that no request waits
    for the disk.
    """

    def __init__(
        self, at_once: int, per_second: float | None, clock: Callable[[], float], halt: Halt
    ) -> None:
        self._limit = unproven(at_once)
        self.tell: Callable[[float], object] = _nobody
        """Who else is told that the registry pushes back: for how many seconds it wants to be left alone."""
        self.intents, self.requests = Gate(senders(at_once)), Gate(at_once)
        self._limiter = AsyncLimiter(1, 1 / per_second) if per_second else None
        self._clock, self._halt = clock, halt
        self._held_until = 0.0
        self._one_waits = asyncio.Lock()  # for all

    async def turn(self) -> None:
        """Wait until one more request may be sent, or the run is stopped."""
        if self.must_wait:
            async with self._one_waits:
                while not self._halt and (left := self._held_until - self._clock()) > 0:
                    await self._halt.sleep(left)
        if self._limiter and not self._halt:
            await self._halt.unless_stopped(self._limiter.acquire())

    @property
    def must_wait(self) -> bool:
        return self._held_until > self._clock()

    def answered(self, left_at: float) -> None:
        """The registry did what it was asked for by a request that left then."""
        self._keep(answered(self._limit, left_at, self._clock()))

    def pushed_back(self, left_at: float, seconds: float) -> None:
        """It did not, or nobody knows; it wants to be left alone for so long (Retry-After), or 0."""
        self._keep(pushed_back(self._limit, left_at, self._clock()))
        self.hold(seconds)
        self.tell(seconds)

    def heard(self, seconds: float) -> None:
        """Somebody else who sends to the same account was pushed back, maybe at the same time as this one."""
        self._keep(pushed_back(self._limit, self._clock() - _SAME_PUSH, self._clock()))
        self.hold(seconds)

    def _keep(self, limit: Limit) -> None:
        if limit.at_once != self._limit.at_once:
            self.intents.resize(senders(limit.at_once))
            self.requests.resize(limit.at_once)
        self._limit = limit

    def hold(self, seconds: float) -> None:
        """Let nobody send for so long (Retry-After)."""
        self._held_until = max(self._held_until, self._clock() + min(seconds, LONGEST_WAIT))


class Budget:
    """How many repeats a run may still make: a hundred, and one more for every ten that went well."""

    def __init__(self, tokens: float = 100.0) -> None:
        self._tokens = tokens

    def earn(self) -> None:
        self._tokens += 0.1

    def spend(self) -> bool:
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Breaker:
    """Opens when so many requests in a row brought no answer that sending more would be blind."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._in_a_row = 0

    @property
    def is_open(self) -> bool:
        return self._in_a_row >= self._limit

    def answered(self) -> None:
        self._in_a_row = 0

    def failed(self) -> None:
        self._in_a_row += 1
