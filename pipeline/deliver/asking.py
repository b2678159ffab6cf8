"""Batches asked for by their ids: the proof that one is there or gone, which no list can give.

A list may show a batch a little after it was stored; what is read by its id is there or is not.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from pipeline.deliver.pace import Halt
from pipeline.deliver.patience import patiently, stop_if_turned_away
from pipeline.registry import Answer, Busy, Doubtful, Gone, NeverLeft, Registry, Stored


async def ask(registry: Registry, batch_id: str, halt: Halt) -> Answer:
    """What the registry holds under an id; asked again until it says so, a few times."""
    return await heeded(partial(registry.get, batch_id), halt, (NeverLeft, Busy, Doubtful))


async def heeded(
    request: Callable[[], Awaitable[Answer]], halt: Halt, passing: tuple[type[Answer], ...]
) -> Answer:
    """Repeat a request while its answers are of the passing kinds; 401, 403 and 3xx stop the run."""

    def worth_another(answer: Answer) -> bool:
        return isinstance(answer, passing) and not (isinstance(answer, NeverLeft) and answer.hopeless)

    answer = await patiently(request, worth_another, halt)
    stop_if_turned_away(answer, halt)
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
