"""How many requests may be under way at once, for whatever a registry does under them."""

import asyncio
from collections.abc import Callable
from heapq import heappop, heappush

from hypothesis import given
from hypothesis import strategies as st

from pipeline.deliver.limit import Limit, answered, pushed_back, unproven
from pipeline.deliver.pace import Gate

Event = tuple[bool, float]
ceilings = st.integers(1, 64)
events = st.lists(st.tuples(st.booleans(), st.floats(0.0, 100.0)), max_size=200)
"""Whether the registry did what it was asked for, and after how many seconds."""


def after(limit: Limit, happened: list[Event]) -> tuple[Limit, float]:
    """The limit after one answer after the other, and the time then."""
    now = 1.0
    for well, seconds in happened:
        now += seconds
        limit = (answered if well else pushed_back)(limit, now - seconds, now)
    return limit, now


def answers_in(
    seconds: Callable[[int], float], ceiling: int, answers: int = 3_000
) -> tuple[float, list[int]]:
    """How long a registry took for so many answers, each by how many were under way, and the limits then."""
    limit, now = unproven(ceiling), 1.0
    under_way: list[tuple[float, float]] = []
    limits: list[int] = []
    while len(limits) < answers:
        while len(under_way) < limit.at_once:
            heappush(under_way, (now + seconds(len(under_way) + 1), now))
        now, left_at = heappop(under_way)
        limit = answered(limit, left_at, now)
        limits.append(limit.at_once)
    return now - 1.0, limits


def after_many(limit: Limit, answers: int, seconds: float, now: float) -> Limit:
    for _ in range(answers):
        now += seconds
        limit = answered(limit, now - seconds, now)
    return limit


@given(ceilings, events)
def test_the_limit_is_never_above_its_ceiling_nor_below_one(ceiling: int, happened: list[Event]) -> None:
    limit, _ = after(unproven(ceiling), happened)
    assert 1 <= limit.at_once <= ceiling


@given(ceilings, events)
def test_the_limit_falls_by_half_when_the_registry_pushes_back(ceiling: int, happened: list[Event]) -> None:
    before, now = after(unproven(ceiling), happened)
    assert pushed_back(before, now, now + 1).allowed == max(1.0, before.allowed / 2)


@given(ceilings, st.integers(1, 64))
def test_requests_that_left_before_the_limit_fell_do_not_make_it_fall_again(
    ceiling: int, others: int
) -> None:
    once = pushed_back(unproven(ceiling), 10.0, 11.0)
    again = once
    for _ in range(others):
        again = pushed_back(again, 10.5, 11.5)
    assert again == once


@given(ceilings, events)
def test_the_limit_recovers_whatever_happened_when_the_registry_does_well_again(
    ceiling: int, happened: list[Event]
) -> None:
    limit, now = after(unproven(ceiling), happened)
    assert after_many(limit, 40 * ceiling * ceiling + 4_000, 0.05, now).at_once == ceiling


def test_just_under_what_was_pushed_back_the_way_up_is_slow() -> None:
    fallen = pushed_back(after_many(unproven(32), 32, 0.05, 1.0), 10.0, 11.0)
    assert fallen.at_once == 16
    soon = after_many(fallen, 400, 0.05, 11.0)
    assert 30 <= soon.allowed < 32


def test_answers_that_take_longer_and_longer_make_the_limit_fall_before_anything_fails() -> None:
    well = after_many(unproven(32), 200, 0.2, 1.0)
    assert well.at_once == 32
    assert after_many(well, 100, 0.9, 41.0).at_once < 32


def test_a_registry_that_is_buried_by_too_many_at_once_is_sent_fewer_from_the_start() -> None:
    took, limits = answers_in(lambda under_way: 0.05 * max(1.0, under_way / 8) ** 2, 64)
    assert max(limits) < 48
    assert max(limits[500:]) <= 16
    assert took < 2.5 * 3_000 * 0.05 / 8


def test_answers_that_are_as_late_with_fewer_at_once_take_no_more_of_them_away() -> None:
    well = after_many(unproven(32), 200, 0.05, 1.0)
    late = after_many(well, 2_000, 0.9, 41.0)
    assert late.at_once == 32


@given(ceilings, st.floats(0.001, 2.0))
def test_at_first_few_are_sent_at_once_and_soon_as_many_as_may_be(ceiling: int, seconds: float) -> None:
    _, limits = answers_in(lambda _: seconds, ceiling, 64)
    assert limits[0] <= 9
    assert limits[-1] == ceiling


def test_answers_that_are_late_by_little_are_no_sign() -> None:
    well = after_many(unproven(32), 200, 0.005, 1.0)
    assert after_many(well, 200, 0.08, 2.0).at_once == 32


@given(st.integers(1, 8), st.lists(st.integers(1, 8), max_size=6))
def test_a_gate_lets_through_no_more_than_it_was_told_last_once_the_others_are_out(
    width: int, widths: list[int]
) -> None:
    async def most() -> tuple[int, int]:
        gate, inside, seen, done = Gate(width), 0, 0, 0

        async def pass_through() -> None:
            nonlocal inside, seen, done
            async with gate:
                inside += 1
                seen = max(seen, inside)
                await asyncio.sleep(0)
                inside -= 1
                done += 1

        await asyncio.gather(*(pass_through() for _ in range(20)))
        for each in widths:
            gate.resize(each)
            await asyncio.gather(*(pass_through() for _ in range(20)))
            seen, inside = 0, 0
        seen = 0
        await asyncio.gather(*(pass_through() for _ in range(20)))
        return seen, done

    seen, done = asyncio.run(most())
    assert seen == min(20, widths[-1] if widths else width)
    assert done == 20 * (len(widths) + 2)


@given(st.integers(2, 64), st.integers(2, 64))
def test_what_a_registry_takes_at_once_is_found_and_seldom_exceeded(takes: int, ceiling: int) -> None:
    """In rounds: of those that leave together, what the registry does not take is pushed back."""
    limit, now = unproven(ceiling), 1.0
    sent: list[int] = []
    for _ in range(400):
        left_at, at_once = now, limit.at_once
        now += 0.05
        for number in range(at_once):
            limit = (answered if number < takes else pushed_back)(limit, left_at, now)
        sent.append(at_once)
    settled = sent[10:]
    assert sum(max(0, each - takes) for each in settled) <= 0.05 * sum(settled)
    assert sum(settled) >= 0.7 * min(takes, ceiling) * len(settled)
