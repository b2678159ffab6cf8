"""What a reading of the registry's list teaches the ledger of batches that it calls registered.

Nothing that is learnt here makes a batch free to be sent.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pipeline.deliver.asking import ask_all
from pipeline.deliver.journal import Journal
from pipeline.deliver.pace import Halt
from pipeline.deliver.questions import answer, change, question_from
from pipeline.deliver.reading import Listing
from pipeline.ledger import Ledger, Transition
from pipeline.model import Batch
from pipeline.plan import Held, Record
from pipeline.reconcile import Lesson, lesson
from pipeline.registry import Registry, Stored
from schemas.production_batch import HeldBatch


class Learning(Struct, frozen=True):
    """One run's ledger and registry, for learning."""

    run_id: str
    ledger: Ledger
    journal: Journal
    registry: Registry
    halt: Halt
    now: Callable[[], dt.datetime]
    concurrency: int

    async def held(self, listing: Listing, records: Mapping[str, Record]) -> Held:
        """The list, with the batches of these records that it did not show and that are there all the same.

        A list may lag, so whatever the ledger knows an id of is asked for by it, settled or in conflict.
        Without an answer about one of them the run is stopped, and nothing may be concluded. To a reference
        under which nothing is held belongs the batch of its id, whatever that one's reference is by now.
        """
        missing = {
            id_: reference
            for reference, record in records.items()
            for id_ in _ids(record)
            if id_ not in listing.by_id
        }
        answers = await ask_all(self.registry, missing, self.halt, self.concurrency)
        there = {id_: answer.held for id_, answer in answers.items() if isinstance(answer, Stored)}
        known = listing.by_id | there
        held = {reference: list(batches) for reference, batches in listing.held.items()}
        elsewhere: dict[str, list[HeldBatch]] = {}
        for reference, record in records.items():
            for id_ in _ids(record):
                batch = known.get(id_)
                if batch and batch.supplier_reference_id != reference:
                    elsewhere.setdefault(reference, []).append(batch)
                elif batch and id_ in missing:
                    held.setdefault(reference, []).append(batch)
        return elsewhere | held

    async def taught(self, records: Mapping[str, Record], held: Held) -> dict[str, Record]:
        """Let the ledger learn; the records as they were, but for those that are now known as registered."""
        lessons = {
            reference: taught
            for reference, record in records.items()
            if (taught := lesson(record, held.get(reference, ())))
        }
        ours = await self.journal.call(self.ledger.take, self.run_id, list(lessons))
        still = [
            record for reference, record in ours.items() if _standing(record) == _standing(records[reference])
        ]
        await self._note_wanted(still, lessons)
        learnt = await self.journal.record_all(
            [_transition(record, lessons[record.reference]) for record in still]
        )
        return dict(records) | {
            record.reference: replace(
                record, state="registered", registry_id=lessons[record.reference].registry_id
            )
            for record, kept in zip(still, learnt, strict=True)
            if kept and record.state != "registered"
        }

    async def _note_wanted(self, ours: Sequence[Record], lessons: Mapping[str, Lesson]) -> None:
        """Remember what was registered and is not held like that, so that amend can make it again."""
        gone: Sequence[Batch] = [
            Batch(record.reference, record.body, record.fingerprint, ())
            for record in ours
            if lessons[record.reference].state == "conflict"
        ]
        await self.journal.call(self.ledger.corrections.note_if_none, self.run_id, gone, self.now())


def _ids(record: Record) -> list[str]:
    """Those under which the registry has answered for it; several, when it holds the reference twice."""
    return record.registry_ids if record.state in ("registered", "conflict") else []


def settled_by(listing: Listing, left_open: Sequence[Record]) -> dict[str, Record]:
    """What would be known of records that dead runs left open, once the list has settled them."""
    released = map(_released, left_open)
    questions = [(record, question_from(record)) for record in released]
    return {
        record.reference: _changed(record, change(question, answer(question, listing)))
        for record, question in questions
    }


def taught_by(held: Held, records: Mapping[str, Record]) -> dict[str, Record]:
    """What would be known of registered records that are held otherwise, once the ledger has learnt it."""
    return {
        reference: _changed(record, _transition(record, taught))
        for reference, record in records.items()
        if record.state == "registered" and (taught := lesson(record, held.get(reference, ())))
    }


def _released(record: Record) -> Record:
    """As `Ledger.release` leaves it."""
    if record.state != "sending":
        return record
    return replace(record, state="unknown", doubted=True, code="interrupted")


def _changed(record: Record, by: Transition) -> Record:
    return replace(
        record,
        state=by.state,
        registry_id=by.registry_id,
        http_status=by.http_status,
        code=by.code,
        message=by.message,
        reasons=by.reasons,
    )


def _standing(record: Record) -> tuple[str, str, str]:
    return record.state, record.registry_id, record.fingerprint


def _transition(record: Record, taught: Lesson) -> Transition:
    return Transition(
        record.reference,
        record.attempts,
        taught.state,
        taught.registry_id,
        code=taught.code,
        message=taught.message,
        answer=f"the registry's whole list was read: {taught.registry_id or 'not held'}",
    )
