"""Batches asked for by their ids: the proof that one is there or gone, which no list can give.

A list may show a batch a little after it was stored; what is read by its id is there or is not.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from tenacity import AsyncRetrying, retry_if_result, stop_after_attempt, wait_random_exponential

from pipeline.deliver.pace import LONGEST_WAIT, Halt
from pipeline.registry import Answer, Busy, Denied, Doubtful, Gone, NeverLeft, Redirected, Registry, Stored

_TRIES = 5


async def ask(registry: Registry, batch_id: str, halt: Halt) -> Answer:
    """What the registry holds under an id; asked again until it says so, a few times."""
    return await patiently(partial(registry.get, batch_id), halt, (NeverLeft, Busy, Doubtful))


async def patiently(
    request: Callable[[], Awaitable[Answer]], halt: Halt, passing: tuple[type[Answer], ...]
) -> Answer:
    """Repeat a request while its answers are of the passing kinds; 401, 403 and 3xx stop the run."""

    async def once() -> Answer:
        answer = await request()
        if isinstance(answer, Busy):
            await halt.sleep(min(answer.retry_after or 0.0, LONGEST_WAIT))
        return answer

    repeatedly = AsyncRetrying(
        retry=retry_if_result(lambda answer: isinstance(answer, passing) and not halt),
        wait=wait_random_exponential(multiplier=0.5, max=10),
        stop=stop_after_attempt(_TRIES),
        sleep=halt.sleep,
        retry_error_callback=lambda state: state.outcome and state.outcome.result(),
    )
    answer: Answer = await repeatedly(once)
    if isinstance(answer, Denied):
        halt.stop("denied", f"The registry refused the credentials ({answer.status}). Renew them.")
    if isinstance(answer, Redirected):
        halt.stop("redirected", f"The registry answered with a redirect ({answer.status}).")
    return answer


async def ask_all(
    registry: Registry, ids: Iterable[str], halt: Halt, concurrency: int
) -> dict[str, Stored | Gone]:
    """What is held under each id. Without an answer about one the run is stopped."""
    waiting = iter(ids)
    found: dict[str, Stored | Gone] = {}

    async def work() -> None:
        for batch_id in waiting:
            if halt:
                return
            answer = await ask(registry, batch_id, halt)
            if isinstance(answer, Stored | Gone):
                found[batch_id] = answer
            else:
                halt.stop("unreachable", f"The registry could not say whether it holds {batch_id}.")

    async with asyncio.TaskGroup() as workers:
        for _ in range(concurrency):
            workers.create_task(work())
    return found
