"""Group commit: the intents and outcomes of many senders in one durable transaction.

A sender waits until its own line is on disk; all the lines that came meanwhile share the next commit,
so that a run costs a few commits a second however many rows it sends, and still no POST leaves
before its intent (point 2). A commit of one line costs nearly as much as one of twenty, so while many send,
a few milliseconds are waited for more.
"""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

from pipeline.ledger import Ledger, Transition

T = TypeVar("T")
_GATHERING = 0.01
"""How many seconds a commit waits for more lines at most."""
_MOST_LINES = 1000
"""How many lines one commit takes: other runs wait for it."""
Line = tuple[str | Transition, "asyncio.Future[int | bool]"]


class Journal:
    """The ledger as the senders of one run write to it."""

    def __init__(
        self,
        ledger: Ledger,
        run_id: str,
        now: Callable[[], dt.datetime],
        aside: Executor,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._ledger, self._run_id, self._now, self._aside = ledger, run_id, now, aside
        self._sleep = sleep
        self._lines: list[Line] = []
        self._some, self._enough = asyncio.Event(), asyncio.Event()
        self._senders = 1
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

    async def record_all(self, transitions: Sequence[Transition]) -> list[bool]:
        """Commit what became of many; False for each that another run has taken over."""
        waiting = [self._handed_in(transition) for transition in transitions]
        return [bool(answer) for answer in await asyncio.gather(*waiting)]

    @contextmanager
    def used_by(self, senders: int) -> Iterator[None]:
        """For as long as so many write at the same time, half of them are worth waiting for."""
        self._senders = senders
        try:
            yield
        finally:
            self._senders = 1

    async def call(self, function: Callable[..., T], *arguments: object) -> T:
        """Any other use of the ledger, aside, in turn."""
        return await asyncio.get_running_loop().run_in_executor(self._aside, function, *arguments)

    async def _committed(self, line: str | Transition) -> int | bool:
        return await self._handed_in(line)

    def _handed_in(self, line: str | Transition) -> "asyncio.Future[int | bool]":
        if self._failure:
            raise self._failure
        done: asyncio.Future[int | bool] = asyncio.get_running_loop().create_future()
        self._lines.append((line, done))
        self._some.set()
        if len(self._lines) >= self._senders // 2:
            self._enough.set()
        return done

    async def write(self) -> None:
        """Commit lines for ever, all that wait at once. After one failure nobody may write again."""
        while True:
            lines = await self._gathered()
            try:
                answers = await self._commit([line for line, _ in lines])
            except BaseException as error:
                self._failure = error
                for _, done in (*lines, *self._lines):
                    if not done.done():
                        done.set_exception(error)
                raise
            for (_, done), answer in zip(lines, answers, strict=True):
                if not done.done():
                    done.set_result(answer)

    async def _gathered(self) -> list[Line]:
        """The lines of the next commit, in the order in which they were handed in."""
        await self._some.wait()
        if not self._enough.is_set():
            waits = [asyncio.ensure_future(each) for each in (self._sleep(_GATHERING), self._enough.wait())]
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in waits:
                    each.cancel()
        lines, self._lines = self._lines[:_MOST_LINES], self._lines[_MOST_LINES:]
        if not self._lines:
            self._some.clear()
            self._enough.clear()
        return lines

    async def _commit(self, lines: Sequence[str | Transition]) -> list[int | bool]:
        intents = [line for line in lines if isinstance(line, str)]
        changes = [line for line in lines if isinstance(line, Transition)]
        numbers, changed = await self.call(self._ledger.commit, self._run_id, intents, changes, self._now())
        return [
            numbers.get(line, 0) if isinstance(line, str) else line.reference in changed for line in lines
        ]


@asynccontextmanager
async def journal(
    ledger: Ledger,
    run_id: str,
    now: Callable[[], dt.datetime],
    aside: Executor,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> AsyncIterator[Journal]:
    """A journal with its writer at work; what was handed over before the end is committed.

    `aside` is where the ledger is called, one call after the other, while requests go on; `sleep` waits.
    """
    made = Journal(ledger, run_id, now, aside, sleep)
    writer = asyncio.create_task(made.write())
    try:
        yield made
    finally:
        writer.cancel()
        await asyncio.wait([writer])
        aside.shutdown()
