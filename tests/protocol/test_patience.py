"""How requests that may arrive twice are repeated, whatever they ask for."""

import asyncio
from collections.abc import Sequence

import pytest

from pipeline.deliver.pace import Halt
from pipeline.deliver.patience import patiently, stop_if_turned_away
from pipeline.registry import Busy, Denied, Doubtful, Redirected, Refused, Unreadable


def asked(answers: Sequence[object], until_stopped: int = 99) -> tuple[object, list[float]]:
    """The answer that is taken, and the waits before it; after so many of these the run is stopped."""
    waits: list[float] = []
    coming = iter(answers)

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == until_stopped:
            halt.stop("interrupted", "Interrupted.")

    async def request() -> object:
        return next(coming)

    halt = Halt(sleep)
    return asyncio.run(patiently(request, lambda answer: answer != "well", halt)), waits


def test_a_repeated_request_waits_as_long_as_the_registry_asks_for_within_reason() -> None:
    """Not after the last one: there is nothing to wait for."""
    pushing = [Busy(40.0), Doubtful("", 503, 4000.0), Unreadable("", retry_after=7.0), Busy(40.0), Busy(50.0)]
    assert asked([*pushing, "well"]) == (Busy(50.0), [40, 300, 7, 40])
    assert asked([Busy(40.0), "well"]) == ("well", [40])


def test_without_a_word_of_the_registry_it_waits_a_little_longer_each_time() -> None:
    answer, waits = asked([Busy(None)] * 4 + ["well"])
    assert answer == "well"
    assert all(wait <= 0.5 * 2**number for number, wait in enumerate(waits))


def test_a_run_that_is_stopped_asks_no_more() -> None:
    assert asked([Busy(1.0), Busy(2.0), "well"], until_stopped=1) == (Busy(2.0), [1])


@pytest.mark.parametrize(
    ("answer", "why"), [(Denied(401, ""), "denied"), (Redirected(307, "else.example"), "redirected")]
)
def test_what_no_other_request_would_fare_better_with_stops_the_run(answer: object, why: str) -> None:
    halt = Halt()
    stop_if_turned_away(Refused(422, (), ""), halt)
    assert not halt
    stop_if_turned_away(answer, halt)
    assert halt.why == why
    assert str(getattr(answer, "status", "")) in halt.message
