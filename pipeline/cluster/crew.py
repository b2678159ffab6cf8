"""The head: it gives out files and batches, and hears what became of them. What is lost, it does itself."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, nullcontext, suppress
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Self, TypeVar

import msgspec
from distributed import Client, Future, KilledWorker
from msgspec import Struct

from pipeline.cluster.intake import cut_off, taken_in
from pipeline.cluster.line import Stop, heard
from pipeline.cluster.part import Done, Part, Share, Unfit, parts, shares
from pipeline.cluster.watch import DESERTED, NOBODY_LEFT, Watch
from pipeline.cluster.work import deliver_part
from pipeline.deliver.pace import Halt, Pace
from pipeline.elsewhere import Place
from pipeline.ledger.runs import part_of
from pipeline.model import Batch, Issue, Outcome
from pipeline.read import Reader, read_apart, sha256_of
from pipeline.run.company import Look, Looked
from pipeline.run.register import Registering
from pipeline.run.version import version_of
from pipeline.settings import Options, Settings

T = TypeVar("T")
_LOST = (KilledWorker, CancelledError, OSError)
"""How work ends of which nobody can tell anything: with its worker, the scheduler, or the line to them."""
_LOOKS_UP = 0.1
"""How often, in seconds, whoever waits for a worker looks whether it has done its work."""
_SAYS_AGAIN = 0.5


class _Lost(Struct, frozen=True):
    """Nobody knows what became of the part; the ledger does."""


class Hired(Struct, frozen=True):
    """Workers that stand ready, and the name of the line on which they are told things."""

    client: Client
    line: str


class Crew:
    """The company of a run that has a cluster, which is hired when there is something to do.

    `typed` is what counts as typed for its workers: those on this machine are told what the run was.
    """

    def __init__(
        self, hire: Callable[[], AbstractContextManager[Hired]], settings: Settings, typed: Options
    ) -> None:
        self._hire, self._open = hire, ExitStack()
        self._settings, self._typed = settings, typed
        self._lost: list[str] = []
        """Why the cluster is not trusted with more, in the words of what failed."""
        self._shunned: set[str] = set()
        """Workers that left a part because they could not use the ledger, and are given no other."""
        self._unanswered: set[str] = set()
        """The references of parts that never came back."""
        self.under_way: set[str] = set()
        self._numbers = count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @cached_property
    def _hired(self) -> Hired:
        return self._open.enter_context(self._hire())

    def reader(self, read: Reader) -> Reader:
        del read
        return read_apart

    def each(self, look: Look, files: Sequence[Place]) -> Iterator[Looked]:
        """Files are read by the workers; one that is not the same there as here is read here."""
        asked = deque((file, self._hired.client.submit(look, file, pure=False)) for file in files)
        while asked:
            file, future = asked.popleft()
            try:
                looked = self._looked_at(future)
            except _LOST as lost:
                self._lost.append(str(lost) or type(lost).__name__)
                looked = look(file)
            yield looked if _stands(looked, file) else look(file)

    def _looked_at(self, future: "Future[Looked]") -> Looked:
        """What a worker has found, when there is one to find it."""
        last_worker = time.monotonic()
        while not future.done():  # type: ignore[no-untyped-call]
            time.sleep(_LOOKS_UP)
            if self.workers():
                last_worker = time.monotonic()
            elif time.monotonic() - last_worker > DESERTED:
                raise OSError(NOBODY_LEFT)
        return _fetched(future)

    def joined(self, halt: Halt, pace: Pace) -> AbstractContextManager[object]:
        """The head sends nothing while its workers do."""
        del halt, pace
        return nullcontext()

    def notices(self) -> tuple[Issue, ...]:
        told = [
            f"The worker {worker} could not use the ledger and was given nothing more. What it had left was "
            "looked up. See that the ledger can be reached from there"
            for worker in sorted(self._shunned)
        ]
        if self._lost:
            told.append(
                f"The cluster lost work ({self._lost[0]}), and this machine has seen to the rest by itself. "
                "Nothing was sent twice"
            )
        return tuple(
            Issue("notice", "cluster_lost_work", "", "", None, (), "", "", wanted, "") for wanted in told
        )

    async def deliver(self, work: Registering, batches: Sequence[Batch]) -> dict[str, Outcome]:
        """Have the workers deliver. What one left for a reason of its own is missing, and looked at again."""
        workers = 0 if self._lost or not batches else await asyncio.to_thread(self.workers)
        if not workers:
            self._lost += [NOBODY_LEFT] if batches and not self._lost else []
            return await work.delivery.deliver(batches)
        await work.journal.call(work.ledger.release, work.run_id, work.now())
        limits = self._settings.delivery
        given = shares(workers, limits.concurrency, limits.rate_limit)
        waiting = deque(parts(batches, len(given)))
        outcomes: dict[str, Outcome] = {}
        async with self._in_touch(work.halt), self._watched(work):
            with ThreadPoolExecutor(len(given), thread_name_prefix="cluster") as threads:
                try:
                    async with asyncio.TaskGroup() as workers_of_shares:
                        for share in given:
                            workers_of_shares.create_task(
                                self._work_off(waiting, share, work, outcomes, threads)
                            )
                except BaseException:
                    self.under_way.clear()  # nobody waits any more: the threads must not either
                    raise
        if work.halt:
            outcomes |= await cut_off(batches, waiting, self._unanswered, outcomes, work)
        return outcomes

    def workers(self) -> int:
        return len(self._fit())

    def _fit(self) -> list[str]:
        """The workers that may be given work; none, when nobody can be asked."""
        client = self._hired.client
        try:
            known = client.nthreads() if client.status == "running" else {}  # type: ignore[no-untyped-call]
        except _LOST:
            return []
        return list(known.keys() - self._shunned)

    def give_up(self, part: str, why: str) -> None:
        self.under_way.discard(part)
        self._lost.append(why)

    async def _work_off(
        self,
        waiting: deque[tuple[Batch, ...]],
        share: Share,
        work: Registering,
        outcomes: dict[str, Outcome],
        threads: ThreadPoolExecutor,
    ) -> None:
        """Give out one part after the other under this share of the limits, while there are any."""
        while waiting and not work.halt and not self._lost:
            part = self._part(waiting.popleft(), share, work)
            self.under_way.add(part.name)
            work.journal.intended |= {batch.reference for batch in part.batches}
            done_or_not = await asyncio.get_running_loop().run_in_executor(threads, self._result, part)
            self.under_way.discard(part.name)
            match done_or_not:
                case Done() as done:
                    if done.why == "ledger":
                        self._shunned.add(done.worker)
                    outcomes |= await taken_in(done, work)
                case Unfit(reason=reason):
                    work.halt.stop("worker", reason)
                case _Lost():
                    self._unanswered |= {batch.reference for batch in part.batches}

    def _part(self, batches: tuple[Batch, ...], share: Share, work: Registering) -> Part:
        return Part(
            name=part_of(work.run_id, f"{next(self._numbers)}-"),
            run_id=work.run_id,
            version=version_of(),
            environment=self._settings.environment,
            url=work.url,
            batches=batches,
            share=share,
            quiet_seconds=work.quiet_seconds,
            lease=work.vigil.lease,
            errors_left=work.allowance(),
            typed=self._typed,
        )

    def _result(self, part: Part) -> Done | Unfit | _Lost:
        """Wait for a worker, in a thread of its own, for as long as there is hope."""
        try:
            fit = self._fit() if self._shunned else None
            if fit == []:
                raise OSError("no worker could use the ledger")
            future = self._hired.client.submit(deliver_part, part, self._hired.line, pure=False, workers=fit)
            while not future.done():  # type: ignore[no-untyped-call]
                if part.name not in self.under_way:
                    future.cancel()  # type: ignore[no-untyped-call]
                    return _Lost()
                time.sleep(_LOOKS_UP)
            return _fetched(future)
        except _LOST as lost:
            self._lost.append(str(lost) or type(lost).__name__)
            return _Lost()

    @asynccontextmanager
    async def _watched(self, work: Registering) -> AsyncIterator[None]:
        """Have nobody waited for who gives no sign of life."""
        watching = asyncio.create_task(Watch(self, work, time.monotonic).keep())
        try:
            yield
        finally:
            watching.cancel()

    @asynccontextmanager
    async def _in_touch(self, halt: Halt) -> AsyncIterator[None]:
        """Stop when a part says so, and have all of them stop when this run does."""
        loop = asyncio.get_running_loop()
        client, line = self._hired.client, self._hired.line

        def hear(event: tuple[float, object]) -> None:
            news = heard(event)
            if isinstance(news, Stop):
                loop.call_soon_threadsafe(halt.stop, news.why, news.message)

        async def say_why() -> None:
            await halt.stopped()
            while halt.why:  # again and again: a part may only just begin to listen
                stop = msgspec.to_builtins(Stop("", halt.why, halt.message))
                with suppress(*_LOST):
                    await asyncio.to_thread(client.log_event, line, stop)
                await asyncio.sleep(_SAYS_AGAIN)

        saying = loop.create_task(say_why())
        client.subscribe_topic(line, hear)  # type: ignore[no-untyped-call]
        try:
            yield
        finally:
            saying.cancel()
            if client.status == "running":
                client.unsubscribe_topic(line)  # type: ignore[no-untyped-call]


def _fetched(future: "Future[T]") -> T:
    """What a worker has made, now that it is done.

    Without a time limit: a fetch that Dask cuts off begins anew, and takes those of others with it.
    """
    made: T = future.result()
    return made


def _stands(looked: Looked, file: Place) -> bool:
    """Whether this machine, too, would find what a worker has found.

    What lies elsewhere is the same for all; but a worker may lack what it takes to read it.
    """
    if isinstance(file, Path):
        return sha256_of(file) in {"", looked.source.sha256}
    return bool(looked.source.sha256)
