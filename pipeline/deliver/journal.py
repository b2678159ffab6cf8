"""Group commit: the intents and outcomes of many senders in one durable transaction.

A sender waits until its own line is on disk; all the lines that came meanwhile share the next commit,
so that a run costs a few commits a second however many rows it sends, and still no POST leaves
before its intent (point 2).
"""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from typing import TypeVar

from pipeline.ledger import Ledger, Transition

T = TypeVar("T")
Line = tuple[str | Transition, "asyncio.Future[int | bool]"]


class Journal:
    """The ledger as the senders of one run write to it."""

    def __init__(self, ledger: Ledger, run_id: str, now: Callable[[], dt.datetime], aside: Executor) -> None:
        self._ledger, self._run_id, self._now, self._aside = ledger, run_id, now, aside
        self._lines: asyncio.Queue[Line] = asyncio.Queue()
        self.intended: set[str] = set()
        """Every reference for which an intent was ever handed in."""
        self._failure: BaseException | None = None

    async def intend(self, reference: str) -> int | None:
        """Commit that a POST is about to leave; its attempt number, or None if it is not ours to send."""
        self.intended.add(reference)
        return await self._committed(reference) or None

    async def record(self, transition: Transition) -> bool:
        """Commit what became of an attempt; False when another run has taken the batch over."""
        return bool(await self._committed(transition))

    async def call(self, function: Callable[..., T], *arguments: object) -> T:
        """Any other use of the ledger, aside, in turn."""
        return await asyncio.get_running_loop().run_in_executor(self._aside, function, *arguments)

    async def _committed(self, line: str | Transition) -> int | bool:
        if self._failure:
            raise self._failure
        done: asyncio.Future[int | bool] = asyncio.get_running_loop().create_future()
        self._lines.put_nowait((line, done))
        return await done

    async def write(self) -> None:
        """Commit lines for ever, all that wait at once. After one failure nobody may write again."""
        while True:
            lines = [await self._lines.get()]
            while not self._lines.empty():
                lines.append(self._lines.get_nowait())
            try:
                answers = await self._commit([line for line, _ in lines])
            except BaseException as error:
                self._failure = error
                while not self._lines.empty():
                    lines.append(self._lines.get_nowait())
                for _, done in lines:
                    if not done.done():
                        done.set_exception(error)
                raise
            for (_, done), answer in zip(lines, answers, strict=True):
                if not done.done():
                    done.set_result(answer)

    async def _commit(self, lines: Sequence[str | Transition]) -> list[int | bool]:
        intents = [line for line in lines if isinstance(line, str)]
        changes = [line for line in lines if isinstance(line, Transition)]
        numbers, changed = await self.call(self._ledger.commit, self._run_id, intents, changes, self._now())
        return [
            numbers.get(line, 0) if isinstance(line, str) else line.reference in changed for line in lines
        ]


@asynccontextmanager
async def journal(
    ledger: Ledger, run_id: str, now: Callable[[], dt.datetime], aside: Executor
) -> AsyncIterator[Journal]:
    """A journal with its writer at work; what was handed over before the end is committed.

    `aside` is where the ledger is called, one call after the other, while requests go on.
    """
    made = Journal(ledger, run_id, now, aside)
    writer = asyncio.create_task(made.write())
    try:
        yield made
    finally:
        writer.cancel()
        await asyncio.wait([writer])
        aside.shutdown()
