"""What others learn while an intent is being committed holds for its request too; and what is repeated."""

import asyncio
import datetime as dt
from collections.abc import Callable

import httpx
import pytest

from pipeline.deliver.journal import Journal
from pipeline.deliver.pace import Breaker, Budget, Halt, Pace
from pipeline.deliver.sending import Attempt, Sender
from pipeline.ledger import Transition
from pipeline.local_registry.app import build
from pipeline.local_registry.conduct import AS_PUBLISHED
from pipeline.local_registry.faults import parse
from pipeline.local_registry.store import Store
from pipeline.model import Batch
from pipeline.redact import Redaction
from pipeline.registry import NeverLeft, Refused, connected
from pipeline.settings import Secret
from pipeline.transport import Credentials
from tests.protocol import failures
from tests.protocol.failures import Failure
from tests.protocol.plant import URL, Clock

LONGEST_PAUSE = 20.0
BATCH = Batch("B-001", "{}", "", ())
Meanwhile = Callable[[Clock, Pace, Halt], object]


class Slow(Journal):
    """A ledger that takes its time over the first intent, in which other things happen."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self._meanwhile, self._number = meanwhile, 0

    async def intend(self, _: str) -> int | None:
        self._number += 1
        if self._number == 1:
            self._meanwhile()
        return self._number

    async def record(self, _: Transition) -> bool:
        return True


class Counting(httpx.ASGITransport):
    """The way to a registry that refuses everything, and when it was taken."""

    def __init__(self, clock: Clock) -> None:
        faults = parse("reject-400:on=all")
        super().__init__(build(Store(":memory:"), conduct=AS_PUBLISHED, faults=faults, now=clock.now))
        self._clock = clock
        self.times: list[float] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.times.append(self._clock.seconds)
        return await super().handle_async_request(request)


class Unreached(Counting):
    """The same way, on which the first ten requests find nobody."""

    cause = staticmethod(failures.refused)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        if len(self.times) <= 10:
            Failure(self.cause).happen()
        return answer


class Untrusted(Unreached):
    """The same way, on which somebody else stands first."""

    cause = staticmethod(failures.untrusted_certificate)


class TakenOver(Slow):
    """A ledger in which another run takes the batch over, before its first intent or in its first attempt."""

    def __init__(self, before: bool) -> None:
        super().__init__(lambda: None)
        self._before = before

    async def intend(self, reference: str) -> int | None:
        return None if self._before else await super().intend(reference)

    async def record(self, _: Transition) -> bool:
        return False


def sent_while(
    meanwhile: Meanwhile,
    way: type[Counting] = Counting,
    *,
    repeats: int = 0,
    in_vain: int = 1,
    journal: Journal | None = None,
) -> tuple[list[float], Attempt, Breaker]:
    """When the POST left, if ever; what came of it. The breaker opens after so many sent `in_vain`."""
    clock = Clock()
    counting = way(clock)

    async def send() -> tuple[Attempt, Breaker]:
        halt, breaker = Halt(clock.sleep), Breaker(in_vain)
        pace = Pace(1, None, clock.monotonic, halt)
        anybody = Credentials(Secret("local"), Secret("local"))
        async with connected(
            URL, anybody, counting, lambda: dt.datetime.now(dt.UTC), Redaction()
        ) as registry:
            written = journal or Slow(lambda: meanwhile(clock, pace, halt))
            budget = Budget(repeats)
            sender = Sender(registry, written, pace, budget, breaker, halt, clock.monotonic, LONGEST_PAUSE)
            return await sender.send(BATCH), breaker

    return counting.times, *asyncio.run(send())


def pass_time(clock: Clock, _: Pace, __: Halt) -> None:
    clock.seconds += LONGEST_PAUSE + 1


@pytest.mark.parametrize(
    ("meanwhile", "leaves_at"),
    [(lambda _clock, pace, _halt: pace.hold(40), 40), (pass_time, LONGEST_PAUSE + 1)],
    ids=["told to wait", "stopped for a while"],
)
def test_a_request_whose_time_has_passed_is_made_anew(meanwhile: Meanwhile, leaves_at: float) -> None:
    times, attempt, breaker = sent_while(meanwhile)
    assert times == [leaves_at]
    assert attempt.number == 2
    assert not breaker.is_open


def test_a_request_does_not_leave_once_the_run_is_stopped() -> None:
    times, attempt, _ = sent_while(lambda _clock, _pace, halt: halt.stop("denied", "Renew them."))
    assert times == []
    assert attempt.number == 1


@pytest.mark.parametrize(
    ("repeats", "in_vain", "posts", "end"),
    [(0, 99, 1, NeverLeft), (3, 99, 4, NeverLeft), (99, 5, 5, NeverLeft), (99, 99, 11, Refused)],
)
def test_what_never_left_is_sent_again_until_it_arrives_the_repeats_are_spent_or_nobody_answers(
    repeats: int, in_vain: int, posts: int, end: type
) -> None:
    times, attempt, _ = sent_while(lambda *_: None, Unreached, repeats=repeats, in_vain=in_vain)
    assert (len(times), attempt.number) == (posts, posts)
    assert isinstance(attempt.reply, end)


def test_a_registry_that_cannot_be_trusted_is_not_tried_again() -> None:
    times, attempt, _ = sent_while(lambda *_: None, Untrusted, repeats=99, in_vain=99)
    assert len(times) == 1
    assert isinstance(attempt.reply, NeverLeft)


@pytest.mark.parametrize(("before", "posts"), [(True, 0), (False, 1)])
def test_what_another_run_takes_over_is_lost_to_this_one_and_not_sent_again(before: bool, posts: int) -> None:
    times, attempt, _ = sent_while(
        lambda *_: None, Unreached, repeats=99, in_vain=99, journal=TakenOver(before)
    )
    assert (len(times), attempt.lost) == (posts, True)
