"""The three-way check: one reading of the registry's list against the ledger and the files.

It changes nothing at the registry. What the reading proves is made known to the ledger: open batches
are settled, and what the ledger calls registered and the registry does not hold like that becomes a
conflict, so that no later run says of it that it is registered.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pipeline.deliver.asking import ask_all
from pipeline.deliver.reading import Listing
from pipeline.ledger import Ledger, Transition
from pipeline.model import Batch
from pipeline.plan import Record
from pipeline.reconcile import Compared, Lesson, Log, findings, lesson
from pipeline.registry import Gone, Stored
from pipeline.run.gather import Gathered
from pipeline.run.register import Registering
from schemas.production_batch import HeldBatch

Held = Mapping[str, Sequence[HeldBatch]]


class Comparing(Struct):
    """One comparison. `compared` stays None when the registry could not be read to its end."""

    ledger: Ledger
    log: Log | None
    rows_left_out: int
    concurrency: int
    compared: Compared | None = None

    async def compare(self, registering: Registering) -> None:
        """The list, then the ledger, then every batch that the ledger has and the list has not.

        The ledger is read after the list, so that a batch which another run registers meanwhile is
        known to it; and it is asked for by its id, since the list may lag.
        """
        listing = await registering.settle_all()
        if listing is None:
            return
        records = await registering.journal.call(self.ledger.all_records)
        held = await self._held(registering, listing, records)
        if registering.halt:
            return
        records = await self._taught(registering, records, held)
        found = findings(records, held, self.log)
        self.compared = Compared(tuple(found), listing.nameless, self.rows_left_out)

    async def _held(self, registering: Registering, listing: Listing, records: Mapping[str, Record]) -> Held:
        """The list, with what it did not show yet."""
        listed = {each.id for batches in listing.held.values() for each in batches}
        registered = [record for record in records.values() if record.state == "registered"]
        missing = [record.registry_id for record in registered if record.registry_id not in listed]
        answers = await ask_all(registering.registry, missing, registering.halt, self.concurrency)
        held = {reference: list(batches) for reference, batches in listing.held.items()}
        for record in registered:
            answer: Stored | Gone | None = answers.get(record.registry_id)
            if isinstance(answer, Stored) and answer.held.supplier_reference_id == record.reference:
                held.setdefault(record.reference, []).append(answer.held)
        return held

    async def _taught(
        self, registering: Registering, records: dict[str, Record], held: Held
    ) -> dict[str, Record]:
        """Let the ledger learn; the records as they were, but for those that are now known as registered."""
        lessons = {
            reference: taught
            for reference, record in records.items()
            if (taught := lesson(record, held.get(reference, ())))
        }
        ours = await registering.journal.call(self.ledger.take, registering.run_id, list(lessons))
        await registering.journal.call(
            self.ledger.corrections.note_if_none,
            registering.run_id,
            [
                Batch(record.reference, record.body, record.fingerprint, ())
                for record in ours.values()
                if record.state == "registered" and lessons[record.reference].state == "conflict"
            ],
            registering.now(),
        )
        known = dict(records)
        for reference, record in ours.items():
            if (record.state, record.registry_id) != _standing(records[reference]):
                continue
            learnt = await registering.journal.record(_transition(record, lessons[reference]))
            if learnt and record.state != "registered":
                known[reference] = replace(
                    record, state="registered", registry_id=lessons[reference].registry_id
                )
        return known


def log_of(gathered: Gathered) -> tuple[Log, int]:
    """What the files say, and how many of their rows name no reference."""
    assembled = gathered.assembled
    batches: dict[str, Batch] = {batch.reference: batch for batch in assembled.batches}
    rows = [
        row
        for index, table in enumerate(assembled.tables)
        for row in table.rows
        if (index, row.row) in assembled.decided
    ]
    named = frozenset(row.reference for row in rows if row.reference)
    return Log(batches, named), sum(not row.reference for row in rows)


def _standing(record: Record) -> tuple[str, str]:
    return record.state, record.registry_id


def _transition(record: Record, taught: Lesson) -> Transition:
    return Transition(
        record.reference,
        record.attempts,
        taught.state,
        taught.registry_id,
        code=taught.code,
        message=taught.message,
        answer="the registry's whole list was read",
    )
