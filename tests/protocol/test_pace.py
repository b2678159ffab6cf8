"""How much a run may try again, how long it waits, and what it is told when it is stopped."""

import asyncio
import time

from pipeline.deliver.pace import Breaker, Budget, Halt, Pace
from tests.protocol.plant import Clock


def test_a_budget_is_spent_one_repeat_at_a_time_and_then_there_is_none() -> None:
    budget = Budget(3)
    assert [budget.spend() for _ in range(5)] == [True, True, True, False, False]


def test_ten_good_answers_earn_one_repeat() -> None:
    budget = Budget(0)
    for _ in range(11):
        budget.earn()
    assert [budget.spend() for _ in range(2)] == [True, False]


def test_a_breaker_opens_after_so_many_failures_in_a_row_and_one_answer_closes_it() -> None:
    breaker = Breaker(2)
    breaker.failed()
    breaker.answered()
    breaker.failed()
    assert not breaker.is_open
    breaker.failed()
    assert breaker.is_open
    breaker.answered()
    assert not breaker.is_open


def test_who_waits_for_a_turn_under_a_rate_limit_waits_no_longer_than_the_run() -> None:
    async def wait() -> None:
        halt = Halt()
        pace = Pace(16, 0.01, time.monotonic, halt)
        waiting = [asyncio.create_task(pace.turn()) for _ in range(16)]
        await asyncio.sleep(0)
        halt.stop("terminated", "Terminated.")
        async with asyncio.timeout(5):
            await asyncio.gather(*waiting)

    asyncio.run(wait())


def test_a_shorter_wait_does_not_end_a_longer_one() -> None:
    clock = Clock()
    pace = Pace(1, None, clock.monotonic, Halt(clock.sleep))
    pace.hold(40)
    pace.hold(0)
    clock.seconds = 39
    assert pace.must_wait
    clock.seconds = 40
    assert not pace.must_wait


def test_the_first_reason_to_stop_is_the_one_that_is_told() -> None:
    halt = Halt()
    halt.stop("denied", "Renew them.")
    halt.stop("unreachable", "Nobody answers.")
    assert (halt.why, halt.message) == ("denied", "Renew them.")
