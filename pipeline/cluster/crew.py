"""The head: it gives out files and batches, and hears what became of them. What is lost, it does itself."""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, nullcontext, suppress
from functools import cached_property
from pathlib import Path
from typing import Self

import msgspec
from distributed import Client, KilledWorker
from msgspec import Struct
from msgspec.structs import replace

from pipeline.cluster.line import Stop, heard
from pipeline.cluster.part import Done, Part, Share, Unfit, parts, shares
from pipeline.cluster.work import deliver_part
from pipeline.deliver.pace import Halt, Pace
from pipeline.elsewhere import Place
from pipeline.model import UNFINISHED, Batch, Issue, Outcome
from pipeline.plan import outcome_of_record
from pipeline.read import Reader, read_apart
from pipeline.run.company import Look, Looked
from pipeline.run.register import Registering
from pipeline.run.version import version_of
from pipeline.settings import Settings

_LOST = (KilledWorker, CancelledError, OSError)
"""How work ends of which nobody can tell anything: with its worker, the scheduler, or the line to them."""
_OWN_AFFAIRS = ("ledger", "lost")
"""What may stop one worker and no other: the run looks again at what it left, and goes on."""
_LOOKS_UP = 0.5
"""How often, in seconds, whoever waits for a worker looks whether the run still does."""


class _Lost(Struct, frozen=True):
    """Nobody knows what became of the part; the ledger does."""


class Hired(Struct, frozen=True):
    """Workers that stand ready, and the name of the line on which they are told things."""

    client: Client
    line: str


class Crew:
    """The company of a run that has a cluster, which is hired when there is something to do.

    `config` names the settings for workers on this machine.
    """

    def __init__(
        self, hire: Callable[[], AbstractContextManager[Hired]], settings: Settings, config: Path | None
    ) -> None:
        self._hire, self._open = hire, ExitStack()
        self._settings, self._config = settings, config
        self._lost: list[str] = []
        """Why the cluster is not trusted with more, in the words of what failed."""
        self._abandoned = False

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
                looked: Looked = future.result()
            except _LOST as lost:
                self._lost.append(str(lost) or type(lost).__name__)
                looked = look(file)
            yield looked if _stands(looked, file) else look(file)

    def joined(self, halt: Halt, pace: Pace) -> AbstractContextManager[object]:
        """The head sends nothing while its workers do."""
        del halt, pace
        return nullcontext()

    def notices(self) -> tuple[Issue, ...]:
        if not self._lost:
            return ()
        wanted = (
            f"The cluster lost work ({self._lost[0]}), and this machine has seen to the rest by itself. "
            "Nothing was sent twice"
        )
        return (Issue("notice", "cluster_lost_work", "", "", None, (), "", "", wanted, ""),)

    async def deliver(self, work: Registering, batches: Sequence[Batch]) -> dict[str, Outcome]:
        """Have the workers deliver. What one left for a reason of its own is missing, and looked at again."""
        workers = 0 if self._lost or not batches else await asyncio.to_thread(self._workers)
        if not workers:
            return await work.delivery.deliver(batches)
        await work.journal.call(work.ledger.release, work.run_id, work.now())
        limits = self._settings.delivery
        given = shares(workers, limits.concurrency, limits.rate_limit)
        waiting = deque(parts(batches, len(given)))
        outcomes: dict[str, Outcome] = {}
        async with self._in_touch(work.halt):
            with ThreadPoolExecutor(len(given), thread_name_prefix="cluster") as threads:
                try:
                    async with asyncio.TaskGroup() as workers_of_shares:
                        for share in given:
                            workers_of_shares.create_task(
                                self._work_off(waiting, share, work, outcomes, threads)
                            )
                except BaseException:
                    self._abandoned = True  # nobody waits any more: the threads must not either
                    raise
        if work.halt:
            outcomes |= await self._cut_off(batches, waiting, outcomes, work)
        return outcomes

    def _workers(self) -> int:
        return len(self._hired.client.nthreads())  # type: ignore[no-untyped-call]

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
            work.journal.intended |= {batch.reference for batch in part.batches}
            match await asyncio.get_running_loop().run_in_executor(threads, self._result, part):
                case Done() as done:
                    outcomes |= await _taken_in(done, work)
                case Unfit(reason=reason):
                    work.halt.stop("worker", reason)

    def _part(self, batches: tuple[Batch, ...], share: Share, work: Registering) -> Part:
        return Part(
            run_id=work.run_id,
            version=version_of(),
            environment=self._settings.environment,
            url=work.url,
            batches=batches,
            share=share,
            quiet_seconds=work.quiet_seconds,
            errors_left=work.allowance(),
            config=self._config,
        )

    def _result(self, part: Part) -> Done | Unfit | _Lost:
        """Wait for a worker, in a thread of its own."""
        try:
            future = self._hired.client.submit(deliver_part, part, self._hired.line, pure=False)
            while True:
                with suppress(TimeoutError):
                    done: Done | Unfit = future.result(_LOOKS_UP)
                    return done
                if self._abandoned:
                    return _Lost()
        except _LOST as lost:
            self._lost.append(str(lost) or type(lost).__name__)
            return _Lost()

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
                await asyncio.sleep(_LOOKS_UP)

        saying = loop.create_task(say_why())
        client.subscribe_topic(line, hear)  # type: ignore[no-untyped-call]
        try:
            yield
        finally:
            saying.cancel()

    async def _cut_off(
        self,
        batches: Sequence[Batch],
        waiting: Iterable[tuple[Batch, ...]],
        outcomes: dict[str, Outcome],
        work: Registering,
    ) -> dict[str, Outcome]:
        """What is left when the run is stopped: what nobody was given, and the rest as the ledger has it."""
        never = {batch.reference for part in waiting for batch in part}
        rest = {batch.reference: batch for batch in batches if batch.reference not in outcomes}
        given = list(rest.keys() - never)
        records = await work.journal.call(work.ledger.records, given)
        sent = await work.journal.call(work.ledger.sent_by, work.run_id, given)
        found = {
            reference: work.delivery.left_over(batch)
            if reference in never or (record := records[reference]).state == "planned"
            else outcome_of_record(record, sent=reference in sent)
            for reference, batch in rest.items()
        }
        for reference, outcome in found.items():
            work.told(reference, outcome)
        return found


async def _taken_in(done: Done, work: Registering) -> dict[str, Outcome]:
    """The outcomes of a part, as those of the run. What stopped the part may stop the run."""
    for what, times in done.requests.items():
        work.registry.requests[what] = work.registry.requests.get(what, 0) + times
    for status, times in done.answers.items():
        for _ in range(times):
            work.tally.answered(status)
    on_its_own = done.why in _OWN_AFFAIRS
    outcomes = {
        reference: outcome
        for reference, outcome in done.outcomes.items()
        if not (on_its_own and outcome.word in UNFINISHED)
    }
    outcomes |= await _made_before(outcomes, work)
    for reference, outcome in outcomes.items():
        work.told(reference, outcome)
    if done.why and not on_its_own:
        work.halt.stop(done.why, done.message)
    return outcomes


async def _made_before(outcomes: dict[str, Outcome], work: Registering) -> dict[str, Outcome]:
    """What this run made by a part that was lost, and that a later one found registered."""
    already = [each for each, outcome in outcomes.items() if outcome.word == "already_registered"]
    made = await work.journal.call(work.ledger.sent_by, work.run_id, already) if already else set()
    return {reference: replace(outcomes[reference], word="created") for reference in made}


def _stands(looked: Looked, file: Place) -> bool:
    """Whether this machine, too, would find what a worker has found.

    What lies elsewhere is the same for all; but a worker may lack what it takes to read it.
    """
    if isinstance(file, Path):
        return _sha256_of(file) in {"", looked.source.sha256}
    return bool(looked.source.sha256)


def _sha256_of(file: Path) -> str:
    """What this machine has under that name; nothing, when it has nothing."""
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return ""
