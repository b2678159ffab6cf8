"""One batch to the registry: intent first, then the POST, then what the reply means for the ledger."""

from collections.abc import Callable

from msgspec import Struct
from tenacity import AsyncRetrying, RetryCallState, retry_if_result, wait_random_exponential

from pipeline.deliver.journal import Journal
from pipeline.deliver.pace import Breaker, Budget, Halt, Pace
from pipeline.deliver.patience import stop_if_turned_away
from pipeline.journal_point import journal_point
from pipeline.ledger import Transition
from pipeline.model import Batch, Outcome, Reasons
from pipeline.plan import State, created
from pipeline.registry import Busy, Denied, Doubtful, NeverLeft, Redirected, Refused, Registry, Reply, Stored

_backoff = wait_random_exponential(multiplier=0.5, max=30)


class HeldBack(Struct, frozen=True):
    """Its intent was made, but it must not leave now: somebody was told to wait or to stop meanwhile."""

    reason: str


_PASSING = (HeldBack, NeverLeft, Busy)
"""What may be better next time, and has not arrived."""


class Attempt(Struct, frozen=True):
    """What became of one POST. `reply` is None when it was not sent: the run stops, or it was lost.

    `number` is the attempt's number in the ledger; 0 when no intent was made. `made` is the outcome of what
    the registry has stored.
    """

    batch: Batch
    number: int = 0
    reply: Reply | HeldBack | None = None
    lost: bool = False
    made: Outcome | None = None


class Sender(Struct):
    """What sending needs. One serves all the workers of a run.

    `longest_pause` is the age in seconds at which an intent is too old to be sent on: the run may have
    been stopped meanwhile, and taken over.
    """

    registry: Registry
    journal: Journal
    pace: Pace
    budget: Budget
    breaker: Breaker
    halt: Halt
    clock: Callable[[], float]
    longest_pause: float

    async def send(self, batch: Batch) -> Attempt:
        """Post a batch until there is an answer or a doubt.

        Sent again is only what cannot have arrived or was told to come back (point 3). What is needed to try
        again is made only then.
        """
        attempt = await self._once(batch)
        return await self._repeated(attempt) if isinstance(attempt.reply, _PASSING) else attempt

    async def _repeated(self, first: Attempt) -> Attempt:
        """Try again after a first attempt that may be repeated, for as long as there is sense in it."""
        waiting = [first]

        async def once() -> Attempt:
            return waiting.pop() if waiting else await self._once(first.batch)

        repeatedly = AsyncRetrying(
            retry=retry_if_result(self._may_be_repeated),
            wait=self._wait,
            sleep=self.halt.sleep,
        )
        attempt: Attempt = await repeatedly(once)
        return attempt

    @property
    def stopped(self) -> bool:
        return bool(self.halt) or self.breaker.is_open

    async def _once(self, batch: Batch) -> Attempt:
        async with self.pace.intents:
            await self.pace.turn()
            if self.stopped:
                return Attempt(batch)
            began = self.clock()
            journal_point("intent.before", batch.reference)
            number = await self.journal.intend(batch.reference)
            if number is None:
                return Attempt(batch, lost=True)
            journal_point("intent.committed", batch.reference)
            async with self.pace.requests:
                reply = await self._posted(batch, began)
        change, made = _became(batch, number, reply)
        kept = await self.journal.record(change)
        journal_point("outcome.committed", batch.reference)
        return Attempt(batch, number, reply, lost=not kept, made=made)

    async def _posted(self, batch: Batch, began: float) -> Reply | HeldBack:
        """What the others have learnt while the intent was committed holds for this request too."""
        if self.stopped:
            return HeldBack("the run was stopped between its intent and the request")
        if self.pace.must_wait or self.clock() - began > self.longest_pause:
            return HeldBack("too much time passed between its intent and the request")
        left_at = self.clock()
        reply = await self.registry.create(batch.reference, batch.body)
        self._learn(reply, left_at)
        return reply

    def _learn(self, reply: Reply, left_at: float) -> None:
        match reply:
            case Stored() | Refused():
                self.budget.earn()
                self.breaker.answered()
                self.pace.answered(left_at)
            case Busy(retry_after=seconds):
                self.pace.pushed_back(left_at, seconds or 0.0)
                self.breaker.answered()
            case Denied() | Redirected():
                stop_if_turned_away(reply, self.halt)
            case NeverLeft(hopeless=True, reason=reason):
                self.halt.stop("unreachable", f"Nothing more was sent: {reason}.")
            case NeverLeft():
                self.pace.pushed_back(left_at, 0.0)
                self.breaker.failed()
            case Doubtful(retry_after=seconds):
                self.pace.pushed_back(left_at, seconds or 0.0)
                self.breaker.failed()

    def _may_be_repeated(self, attempt: Attempt) -> bool:
        if attempt.lost or self.stopped:
            return False
        match attempt.reply:
            case HeldBack():
                return True
            case NeverLeft():
                return self.budget.spend()
            case Busy(status=status):
                if not self.budget.spend():
                    self.halt.stop("unreachable", f"The registry keeps asking to come back later ({status}).")
                return not self.stopped
        return False

    def _wait(self, state: RetryCallState) -> float:
        attempt: Attempt | None = state.outcome.result() if state.outcome else None
        match attempt and attempt.reply:
            case HeldBack() | Busy(retry_after=float()):
                return 0.0
        return _backoff(state)


def _became(batch: Batch, number: int, reply: Reply | HeldBack) -> tuple[Transition, Outcome | None]:
    """What a reply makes of a batch in the ledger, and the outcome when it is stored."""
    if not isinstance(reply, Stored):
        return _not_stored(batch.reference, number, reply), None
    made = created(batch, reply.held, number, reply.status)
    state: State = "registered" if made.word == "created" else "conflict"
    stored = Transition(
        batch.reference, number, state, made.registry_id, reply.status, made.code, made.message, reply.text
    )
    return stored, made


def _not_stored(
    reference: str, number: int, reply: Refused | Denied | Busy | NeverLeft | HeldBack | Redirected | Doubtful
) -> Transition:
    match reply:
        case Refused(status=status, text=text):
            return Transition(
                reference, number, "unknown", "", status, "refused", told(reply), text,
                reasons=reasons_of(reply),
            )  # fmt: skip
        case Denied(status=status, text=text):
            return Transition(reference, number, "planned", "", status, "denied", answer=text)
        case Busy(status=status):
            return Transition(reference, number, "planned", "", status, "busy")
        case NeverLeft(reason=reason) | HeldBack(reason=reason):
            return Transition(reference, number, "planned", code="never_left", message=reason, answer=reason)
        case Redirected(status=status, location=host):
            return Transition(
                reference, number, "unknown", "", status, "redirected", answer=f"to {host}", doubts=True
            )
        case Doubtful(reason=reason, status=status):
            return Transition(
                reference, number, "unknown", "", status, "no_answer", reason, reason, doubts=True
            )


def reasons_of(refusal: Refused) -> Reasons:
    return tuple((reason.field, reason.message) for reason in refusal.reasons)


def told(refusal: Refused) -> str:
    """The registry's reasons in one line."""
    parts = (f"{each.field}: {each.message}" if each.field else each.message for each in refusal.reasons)
    return "; ".join(parts)
