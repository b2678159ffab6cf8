"""Batches -> Outcomes against a registry: the order in which ledger and registry are asked.

take over the dead -> what is open -> is the list needed -> settle -> plan -> claim -> deliver
-> once more for what another living run was holding
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pipeline.deliver import Delivery, Told
from pipeline.deliver.journal import Journal
from pipeline.deliver.pace import Halt
from pipeline.deliver.reading import Listing, read_list
from pipeline.journal_point import journal_point
from pipeline.ledger import Ledger, Transition
from pipeline.ledger.alive import Vigil
from pipeline.model import Batch, Outcome, Word
from pipeline.plan import OPEN, Held, Plan, Record, State, look_up, plan
from pipeline.registry import Registry, Unreadable
from pipeline.report.tempo import Tally
from pipeline.run.company import Company
from pipeline.run.learning import Learning, settled_by, taught_by
from pipeline.run.whole_list import WholeList

_POLL_SECONDS = 0.5
_ADOPTED: dict[Word, State] = {"already_registered": "registered", "conflict": "conflict"}
UNDER_WAY = Outcome(
    "unknown",
    code="interrupted",
    message="The run was cut short while a worker had this. The next run asks before it sends.",
)
_BUSY = Outcome("not_sent", code="busy_elsewhere", message="Another run is working on this batch.")
_BUSY_SENDING = replace(_BUSY, word="unknown")
_KEPT_BACK = (
    "The ledger does not let it be sent, although no other run is at work on it. Run again; if that says the "
    "same, keep the ledger as it is and report a bug in this program."
)


class AtFirst(Struct, frozen=True):
    """What the ledger knew of the batches before the run claimed them, and the steps it counted by then."""

    records: dict[str, Record]
    steps: int


class Registering(Struct):
    """One run's way through ledger and registry.

    `url` is the registry's, `allowance` says how many more rows may need a person, None: any number. A part
    (`is_part`) is given what its run has looked up already, and the run looks over what all parts have done.
    `at_first` is None once it was used.
    """

    run_id: str
    ledger: Ledger
    journal: Journal
    registry: Registry
    delivery: Delivery
    halt: Halt
    vigil: Vigil
    quiet_seconds: float
    now: Callable[[], dt.datetime]
    told: Told
    url: str
    allowance: Callable[[], int | None]
    tally: Tally
    company: Company
    is_part: bool
    at_first: AtFirst | None

    async def register(self, batches: Sequence[Batch]) -> dict[str, Outcome]:
        """The outcome of every batch, by reference; each is sent by one run at a time."""
        outcomes: dict[str, Outcome] = {}
        todo = list(batches)
        while True:
            settled, busy = await self._pass(todo)
            outcomes |= settled
            if not busy:
                return outcomes
            todo = busy
            # Whoever waits holds nothing, or two runs could wait for each other for ever.
            await self.journal.call(self.ledger.release, self.run_id, self.now())
            await self.until_free(busy)
            if self.halt:
                return {batch.reference: self._busy(batch) for batch in busy} | outcomes

    async def look(self, batches: Sequence[Batch]) -> Plan:
        """The plan that `register` would make of the list, with nothing claimed, sent or written."""
        records = self.ledger.records([batch.reference for batch in batches])
        are_open = [record for record in records.values() if record.state in OPEN]
        busy = {record.reference for record in are_open if self._seems_alive(record.owner)}
        left_open = [record for record in are_open if record.reference not in busy]
        listing = await self.whole_list.complete(left_open)
        held = await self.learning.held(listing, records) if listing else None
        if self.halt:
            held = None
        if listing and held is not None:
            records |= settled_by(listing, left_open) | taught_by(held, records)
        decided = plan([batch for batch in batches if batch.reference not in busy], records, held)
        return replace(decided, settled=decided.settled | dict.fromkeys(busy, _BUSY_SENDING))

    async def settle_all(self) -> Listing | None:
        """Settle whatever is open (point 6) by one complete reading of the list, which is returned.

        None: it could not be read, and the run is stopped.
        """
        await self.journal.call(self.take_over)
        left_open = await self.journal.call(self.ledger.open_records, self.run_id)
        listing = await self.whole_list.complete(left_open)
        if listing:
            await self.delivery.settle_open(left_open, listing)
        return listing

    async def _pass(self, batches: Sequence[Batch]) -> tuple[dict[str, Outcome], list[Batch]]:
        await self.journal.call(self.take_over)
        left_open = await self.journal.call(self.ledger.open_records, self.run_id)
        records = await self._records_at_first(batches, left_open)
        listing = await self.whole_list.if_needed(batches, records, left_open)
        held: Held | None = listing.held if listing else None
        if listing:
            await self.delivery.settle_open(left_open, listing)
        if listing and records:
            held = await self._learnt(listing, await self._records(batches))
            records = await self._records(batches)
        decided = plan(batches, records, held)
        await self._adopt(batches, decided, records)
        mine = await self._claim(decided.create, looked_up=held is not None)
        refused = [batch for batch in decided.create if batch.reference not in mine]
        if listing:
            await self.whole_list.note(listing)
        settled = decided.settled | await self.made_before(decided.settled)
        settled |= await self._kept_back(refused, records)
        for reference, outcome in settled.items():
            self.told(reference, outcome)
        sent = await self.company.deliver(self, [b for b in decided.create if b.reference in mine])
        sent |= await self._doubled([b for b in decided.create if b.reference in sent], sent)
        elsewhere = {
            record.reference
            for record in records.values()
            if record.state in OPEN and record.owner not in ("", self.run_id)
        }
        elsewhere |= {batch.reference for batch in decided.create} - sent.keys() - settled.keys()
        return settled | sent, [batch for batch in batches if batch.reference in elsewhere]

    @property
    def whole_list(self) -> WholeList:
        """The registry's list, for this run."""
        return WholeList(
            self.ledger,
            self.journal,
            self.registry,
            self.delivery,
            self.halt,
            self.quiet_seconds,
            self.is_part,
        )

    @property
    def learning(self) -> Learning:
        """What this run reads, made known to its ledger."""
        return Learning(
            self.run_id,
            self.ledger,
            self.journal,
            self.registry,
            self.halt,
            self.now,
            self.delivery.concurrency,
        )

    async def _learnt(self, listing: Listing, records: Mapping[str, Record]) -> Held | None:
        """What is held of these records, once the ledger knows which of them are not held any more.

        None: the registry did not say it of all of them, and the run is stopped.
        """
        held = await self.learning.held(listing, records)
        if self.halt:
            return None
        ours = {key: record for key, record in records.items() if record.state == "registered"}
        await self.learning.taught(ours, held)
        return held

    async def _doubled(self, batches: Sequence[Batch], sent: dict[str, Outcome]) -> dict[str, Outcome]:
        """What the registry holds twice after all, when it counts more than this run has made (point 4).

        So a POST that was repeated on its way, or that was stored after the list was read, is found.
        """
        created = [batch for batch in batches if sent[batch.reference].word == "created"]
        if self.is_part or not created or self.halt or not await self.whole_list.holds_more_than_expected():
            return {}
        listing = await read_list(self.registry, self.halt)
        if isinstance(listing, Unreadable):
            return {}
        found = {}
        wrong = {b.reference: seen for b in created if (seen := _conflict(b, listing.held))}
        await self.journal.call(self.ledger.take, self.run_id, list(wrong))
        for batch in created:
            if seen := wrong.get(batch.reference):
                made = sent[batch.reference]
                outcome = replace(seen, attempts=made.attempts, http_status=made.http_status)
                found[batch.reference] = outcome
                await self.journal.record(_adoption(outcome, batch, made.attempts))
                self.told(batch.reference, outcome)
        if listing.complete:
            await self.whole_list.note(listing)
        return found

    async def _adopt(self, batches: Sequence[Batch], decided: Plan, records: dict[str, Record]) -> None:
        """Let the ledger know what the list has shown of batches that it did not know."""
        found = [
            batch
            for batch in batches
            if (outcome := decided.settled.get(batch.reference))
            and outcome.registry_id
            and _is_news(records.get(batch.reference))
        ]
        mine = await self._claim(found, looked_up=True)
        attempts = {reference: record.attempts for reference, record in records.items()}
        await self.journal.record_all(
            [
                _adoption(decided.settled[batch.reference], batch, attempts.get(batch.reference, 0))
                for batch in found
                if batch.reference in mine
            ]
        )

    async def made_before(self, outcomes: Mapping[str, Outcome]) -> dict[str, Outcome]:
        """What this run made by a part that was lost: whoever looks later finds it registered."""
        already = [each for each, outcome in outcomes.items() if outcome.word == "already_registered"]
        given = self.journal.intended.intersection(already)
        made = await self.journal.call(self.ledger.sent_by, self.run_id, given) if given else set()
        return {reference: replace(outcomes[reference], word="created") for reference in made}

    async def _kept_back(self, refused: Sequence[Batch], before: Mapping[str, Record]) -> dict[str, Outcome]:
        """Those that the ledger would refuse for ever: nobody has them, and they are as they were."""
        now = await self._records(refused) if refused else {}
        return {
            batch.reference: self._busy(batch, self.delivery.left_over(batch, _KEPT_BACK))
            for batch in refused
            if (record := now.get(batch.reference))
            and record == before.get(batch.reference)
            and record.owner in ("", self.run_id)
        }

    def _busy(self, batch: Batch, otherwise: Outcome = _BUSY) -> Outcome:
        """The outcome of a batch that this run may not send; maybe a part of its own is about to."""
        if batch.reference not in self.journal.intended:
            return otherwise
        self.told(batch.reference, UNDER_WAY)
        return UNDER_WAY

    async def _claim(self, batches: Sequence[Batch], *, looked_up: bool) -> set[str]:
        return await self.journal.call(
            lambda: self.ledger.claim(self.run_id, batches, self.now(), looked_up=looked_up)
        )

    async def _records(self, batches: Sequence[Batch]) -> dict[str, Record]:
        return await self.journal.call(self.ledger.records, [batch.reference for batch in batches])

    async def _records_at_first(
        self, batches: Sequence[Batch], left_open: Sequence[Record]
    ) -> dict[str, Record]:
        """What the ledger knows of these; not asked again where nothing was in doubt and nothing changed."""
        known, self.at_first = self.at_first, None
        if left_open or known is None or any(record.state in OPEN for record in known.records.values()):
            return await self._records(batches)
        if await self.journal.call(self.ledger.steps) != known.steps:
            return await self._records(batches)
        return known.records

    async def until_free(self, batches: Sequence[Batch]) -> None:
        """Wait until no living run holds any of these batches, or this run is stopped."""
        while not self.halt:
            owners = {record.owner for record in (await self._records(batches)).values()} - {"", self.run_id}
            if not any(self._is_alive(owner) for owner in owners):
                return
            await self.halt.sleep(_POLL_SECONDS)

    def take_over(self) -> None:
        """Release what dead runs have claimed (point 7)."""
        for owner in self.ledger.owners() - {self.run_id}:
            if not self._is_alive(owner):
                self.ledger.release(owner, self.now())
                journal_point("lease.taken_over", owner)

    def _seems_alive(self, run_id: str) -> bool:
        """By its lease, where `_is_alive` would first have to watch it for as long as that lasts."""
        return self.vigil.seems_alive(self.ledger.runs.get(run_id), self.now())

    def _is_alive(self, run_id: str) -> bool:
        return self.vigil.sees_alive(self.ledger.runs.get(run_id))


def _adoption(outcome: Outcome, batch: Batch, attempt: int) -> Transition:
    return Transition(
        batch.reference,
        attempt,
        _ADOPTED[outcome.word],
        outcome.registry_id,
        code=outcome.code,
        message=outcome.message,
        answer="found in the registry's list",
    )


def _conflict(batch: Batch, held: Held) -> Outcome | None:
    """What the list shows of a batch, when that is not what was wanted."""
    seen = look_up(batch, held)
    return seen if seen and seen.word == "conflict" else None


def _is_news(record: Record | None) -> bool:
    return record is None or record.state not in ("registered", "sending", "unknown")
