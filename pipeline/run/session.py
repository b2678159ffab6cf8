"""One run's use of ledger and registry: claimed, alive while it works, released when it ends."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager, suppress
from pathlib import Path

from pipeline.deliver import Delivery
from pipeline.deliver.journal import Journal, journal
from pipeline.deliver.pace import Breaker, Budget, Halt, Pace, Why
from pipeline.deliver.sending import Sender
from pipeline.errors import Exit, LedgerFailedError
from pipeline.journal_point import journal_point
from pipeline.ledger import Ledger
from pipeline.ledger.alive import Vigil, forgotten, home_id, living
from pipeline.ledger.runs import PART, RunRecord
from pipeline.local_registry.launch import launched
from pipeline.model import UNFINISHED, Batch, Outcome, Report
from pipeline.plan import SENDABLE, plan
from pipeline.registry import Registry
from pipeline.report import errors
from pipeline.report.tempo import Tally
from pipeline.run.ended import Ended
from pipeline.run.identify import identify
from pipeline.run.reach import reached
from pipeline.run.register import AtFirst, Registering
from pipeline.run.signals import stop_on_signals
from pipeline.run.world import World
from pipeline.settings import Settings
from pipeline.stopping import put_off

_FEWEST_FAILURES_TO_STOP = 10
_IN_VAIN: frozenset[Why] = frozenset(("unreachable", "duration", "interrupted", "terminated"))
"""What changes nothing of a run in which everything is settled when it comes."""
_UNTOLD = Outcome("not_sent")
Task = Callable[[Registering], Awaitable[None]]
"""What a run does between its beginning and its end."""


@contextmanager
def session(
    before: Report, batches: Sequence[Batch], ledger: Ledger, settings: Settings, world: World
) -> Iterator["Work"]:
    """Begin a run in the ledger, with all that it is about to send, and give up its claims at the end.

    A ledger that belongs to another registry is refused before the run has left a trace in it.
    """
    locks = settings.home / ".pipeline" / "alive"
    work = Work(before, batches, ledger, settings, world, locks)
    if settings.dry_run:
        yield work
        return
    ledger.stamp(before.target)
    now = world.now()
    record = RunRecord(before.run_id, before.command, home_id(locks), now, now + world.lease, None, None)
    with living(before.run_id, locks):
        ledger.runs.begin(record)
        journal_point("run.begun")
        work.claim(now)
        journal_point("lease.claimed")
        ledger.runs.keep(before)
        journal_point("run.staged")
        try:
            yield work
        finally:
            with suppress(LedgerFailedError):  # the next run takes over what stays claimed
                work.release()
    if work.is_over:
        forgotten(before.run_id, locks)


class Work:
    """Registering the batches of one run, and the many ways in which that can be cut short."""

    def __init__(
        self,
        before: Report,
        batches: Sequence[Batch],
        ledger: Ledger,
        settings: Settings,
        world: World,
        locks: Path,
    ) -> None:
        self._before, self._batches = before, batches
        self._ledger, self._settings = ledger, settings
        self._world, self._locks = world, locks
        self._rows = {batch.reference: len(batch.rows) for batch in batches}
        self._errors = errors(before.rows)
        self._told: dict[str, Outcome] = {}
        self._at_first = AtFirst({}, 0)
        self._known: Callable[[], Mapping[str, Outcome]] = dict
        self._intended: set[str] = set()
        self._holds = True
        self.is_over = False
        """Whether the ledger knows that the run has ended."""
        self._target = before.target
        self._requests: dict[str, int] = {}
        self._tally = Tally(world.clock)
        self._url = ""

    def claim(self, now: dt.datetime) -> None:
        """Claim what may be sent; the rest only reads what the ledger knows of it."""
        self._look()
        records = self._at_first.records
        wanted = [
            b for b in self._batches if b.reference not in records or records[b.reference].state in SENDABLE
        ]
        self._ledger.claim(self._before.run_id, wanted, now, looked_up=False)

    def register(self) -> Ended:
        """The outcome of each batch, however the run ends."""
        if self._settings.dry_run:
            self._look()
        self._known = lambda: plan(self._batches, self._at_first.records, None).settled
        return self.carry_out(self._register)

    def _look(self) -> None:
        steps = self._ledger.steps()  # before the records: what changes between the two is read again
        self._at_first = AtFirst(self._ledger.records([batch.reference for batch in self._batches]), steps)

    @property
    def _is_part(self) -> bool:
        return self._before.command == PART

    def release(self) -> None:
        """Give up what this run has claimed; a second time, it does nothing."""
        if self._holds and not self._settings.dry_run:
            self._ledger.release(self._before.run_id, self._world.now())
        self._holds = False

    def keep(self, report: Report) -> None:
        """Let the ledger keep the report of the run, which has ended."""
        self._ledger.runs.keep(report)
        self.is_over = True

    def carry_out(self, task: Task) -> Ended:
        """Do a run's work with everything that it needs open; what is known when it ends, however.

        Signals are put off from then on: `stopping.as_before` is for whoever writes the results.
        """
        halt = Halt(self._world.sleep)
        with ExitStack() as stack:
            url = self._settings.base_url or stack.enter_context(
                launched(self._settings.home / ".pipeline" / "local_registry.sqlite3")
            )
            try:
                asyncio.run(self._in_loop(url, halt, task))
            except asyncio.CancelledError:
                return self._cut_short("Interrupted twice: stopped at once.", Exit.INTERRUPTED, halt.why)
            except (LedgerFailedError, ExceptionGroup) as failure:
                return self._cut_short(_ledger_failure_in(failure), Exit.UNFINISHED, "ledger")
        nothing_lost = bool(self._rows) and not any(
            self._told.get(key, _UNTOLD).word in UNFINISHED for key in self._rows
        )
        if nothing_lost and halt.why in _IN_VAIN:
            return self._ended(self._told, "", None, halt.why)
        return self._ended(self._told, halt.message, self._exit_code(halt), halt.why)

    async def _in_loop(self, url: str, halt: Halt, task: Task) -> None:
        settings, now, stopping = self._settings, self._world.now, self._world.watcher.stopping
        async with AsyncExitStack() as stack:
            stack.callback(put_off, stopping)  # last of all, while the loop still does what it was told
            stop_on_signals(halt, stopping)
            self._tally = Tally(self._world.clock)
            self._url = url
            registry = await stack.enter_async_context(
                reached(url, settings, self._world, self._tally.answered)
            )
            self._requests = registry.requests
            unsent = "Nothing of a part" if self._is_part else "Nothing"
            self._target = await identify(registry, self._before.target, halt, unsent)
            if not settings.dry_run:
                self._ledger.stamp(self._target)
            self._world.watcher.talking_to(self._target)
            written = await stack.enter_async_context(
                journal(self._ledger, self._before.run_id, now, self._world.aside(), self._world.sleep)
            )
            pace = Pace(settings.delivery.concurrency, settings.delivery.rate_limit, self._world.clock, halt)
            stack.enter_context(self._world.company.joined(halt, pace))
            registering = self._registering(registry, written, halt, pace)
            background = [asyncio.create_task(self._stay_alive(written, halt))]
            if settings.delivery.max_duration:
                background.append(
                    asyncio.create_task(self._out_of_time(halt, settings.delivery.max_duration))
                )
            try:
                await task(registering)
            finally:
                for each in background:
                    each.cancel()

    async def _register(self, registering: Registering) -> None:
        if self._settings.dry_run:
            for reference, outcome in (await registering.look(self._batches)).settled.items():
                self._tell(reference, outcome)
            return
        self._check_limit(registering.halt)
        await registering.register(self._batches)

    def _registering(self, registry: Registry, written: Journal, halt: Halt, pace: Pace) -> Registering:
        delivery = self._settings.delivery
        sender = Sender(
            registry,
            written,
            pace,
            Budget(),
            Breaker(max(delivery.concurrency, _FEWEST_FAILURES_TO_STOP)),
            halt,
            self._world.clock,
            self._world.lease.total_seconds() / 3,
        )

        def told(reference: str, outcome: Outcome) -> None:
            self._tell(reference, outcome)
            self._check_limit(halt)

        self._intended = written.intended
        return Registering(
            self._before.run_id,
            self._ledger,
            written,
            registry,
            Delivery(sender, registry, written, halt, delivery.concurrency, delivery.quiet_seconds, told),
            halt,
            Vigil(self._locks, self._world.clock, self._world.lease.total_seconds()),
            delivery.quiet_seconds,
            self._world.now,
            told,
            self._url,
            self._allowance,
            self._tally,
            self._world.company,
            self._is_part,
            self._at_first,
        )

    def _tell(self, reference: str, outcome: Outcome) -> None:
        if outcome.word not in UNFINISHED and self._told.get(reference, _UNTOLD).word in UNFINISHED:
            self._tally.settled()
        if outcome.word in ("conflict", "rejected") and reference not in self._told:
            self._errors += self._rows[reference]
        self._told[reference] = outcome
        self._world.watcher.told(reference, outcome)

    def _allowance(self) -> int | None:
        """How many more rows may need a person before the run is stopped; None: any number."""
        limit = self._settings.max_errors
        return limit.allows(len(self._before.rows)) - self._errors if limit else None

    def _check_limit(self, halt: Halt) -> None:
        left = self._allowance()
        if left is not None and left < 0:
            many = "More rows need a person" if self._is_part else f"{self._errors} rows need a person, more"
            halt.stop("errors", f"{many} than --max-errors allows.")

    async def _stay_alive(self, written: Journal, halt: Halt) -> None:
        while True:
            until = self._world.now() + self._world.lease
            try:
                await written.call(self._ledger.runs.prolong, self._before.run_id, until)
            except LedgerFailedError as failure:
                halt.stop("ledger", str(failure))
                return
            journal_point("lease.prolonged")
            await self._world.beside(self._world.lease.total_seconds() / 4)

    async def _out_of_time(self, halt: Halt, seconds: float) -> None:
        await self._world.beside(seconds)
        halt.stop("duration", "The time that --max-duration allows is over. Run again to go on.")

    def _ended(self, outcomes: dict[str, Outcome], stopped: str, code: Exit | None, why: Why | None) -> Ended:
        tally = self._tally
        return Ended(
            outcomes, self._target, self._requests, stopped, code, tally.tempo(), dict(tally.answers), why
        )

    def _cut_short(self, stopped: str, code: Exit, why: Why | None) -> Ended:
        """What is known although the run could not end in order: a sent row without news is unknown.

        So is one that an earlier run left open, and what it settled stays settled.
        """
        message = "The run was cut short while this was being sent. The next run asks before it sends."
        in_flight = Outcome("unknown", code="interrupted", message=message)
        outcomes = {**self._known(), **dict.fromkeys(self._intended, in_flight), **self._told}
        return self._ended(outcomes, stopped, code, why)

    def _exit_code(self, halt: Halt) -> Exit | None:
        match halt.why:
            case "interrupted":
                return Exit.INTERRUPTED
            case "terminated":
                return Exit.TERMINATED
            case "errors":
                return Exit.ERROR_LIMIT
            case "ledger":
                return Exit.UNFINISHED
            case "denied" if not self._intended:
                return Exit.USAGE
        return None


def _ledger_failure_in(failure: LedgerFailedError | ExceptionGroup[Exception]) -> str:
    """What the run died of when the ledger failed; any other reason is a bug."""
    if isinstance(failure, LedgerFailedError):
        return str(failure)
    ledger, others = failure.split(LedgerFailedError)
    if ledger is None or others is not None:
        raise failure
    return str(ledger.exceptions[0])
