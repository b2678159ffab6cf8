"""Batches + what ledger and registry hold -> what to send, and what is settled without sending.

Pure: every doubtful question of the protocol is decided here, from values to values, and the shell
only carries it out. The eight points of the promise are told in docs/architecture.md.
"""

import datetime as dt
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from pipeline.model import (
    REGISTERED_OTHERWISE,
    REGISTERED_TWICE,
    STORED_OTHERWISE,
    Batch,
    Difference,
    Outcome,
    Reasons,
    Word,
)
from schemas.production_batch import HeldBatch, decode, differences

State = Literal["planned", "sending", "unknown", "registered", "rejected", "conflict"]
OPEN: frozenset[State] = frozenset(("sending", "unknown"))
"""States in which a POST may have been stored without anybody knowing."""
SENDABLE: tuple[State, ...] = ("planned", "rejected")
"""States in which nothing forbids a POST, and nothing has to be looked up before one."""
DELETED = "deleted_at_registry"
"""The code of a conflict: registered once, and no longer held. Only a person has it made again."""
CORRECTING = "being_corrected"
"""The code of a conflict: its batch is about to be deleted, or may be already, for a correction."""
Step = Literal["wanted", "deleting", "deleted", "done"]


class Correction(Struct, frozen=True):
    """Other values that a reference shall stand for, and how far its batch has been replaced.

    wanted: a log asked for them. deleting: a person approved it, and the batch `held_id` may be gone.
    deleted: it is gone. done: `new_id` has taken its place. `held_body` is the old batch as JSON.
    """

    reference: str
    state: Step
    body: str
    fingerprint: str
    held_id: str = ""
    held_body: str = ""
    new_id: str = ""


class Record(Struct, frozen=True):
    """What the ledger knows of a reference.

    `doubted` stays True once a POST for it went unanswered: from then on the reference belongs to
    this fingerprint, until its batch is deleted. `owner` is the run that has claimed it, or empty.
    `correction` is the one that is under way: deleting or deleted.
    """

    reference: str
    fingerprint: str
    body: str
    state: State
    registry_id: str = ""
    attempts: int = 0
    doubted: bool = False
    owner: str = ""
    http_status: int | None = None
    code: str = ""
    message: str = ""
    reasons: Reasons = ()
    updated_at: dt.datetime = dt.datetime.min.replace(tzinfo=dt.UTC)
    correction: Correction | None = None

    @property
    def registry_ids(self) -> list[str]:
        """The registry's ids of it: none, one, or several when it was found more than once."""
        return self.registry_id.split(", ") if self.registry_id else []


Held = Mapping[str, Sequence[HeldBatch]]
"""The registry's whole list, by reference. A reference that is not a key is not registered."""


class Plan(Struct, frozen=True):
    """What to do: `create` in the order of the log, and the outcomes of all the other batches."""

    create: list[Batch]
    settled: dict[str, Outcome]


def plan(batches: Iterable[Batch], records: Mapping[str, Record], held: Held | None) -> Plan:
    """Decide for every batch. `held` is None when the registry's list was not needed or not read."""
    create, settled = [], {}
    for batch in batches:
        outcome = decide(batch, records.get(batch.reference), held)
        if outcome is None:
            create.append(batch)
        else:
            settled[batch.reference] = outcome
    return Plan(create, settled)


def decide(batch: Batch, record: Record | None, held: Held | None) -> Outcome | None:
    """The outcome of a batch that needs no POST, or None when one may be sent."""
    if record and record.correction and _is_held_back(batch, record, record.correction):
        return _waits_for_amend(batch, record.correction)
    if record and record.state in OPEN:
        return _still_open(batch, record)
    found = look_up(batch, held) if held is not None else None
    if record and record.code == DELETED and record.state == "conflict" and not found:
        return outcome_of_record(record, sent=False)
    if found and (found.word == "conflict" or not record or record.state != "registered"):
        return found
    if record and record.state == "registered":
        return _known(batch, record)
    if record and record.doubted and record.fingerprint != batch.fingerprint:
        return _conflict(
            "sent_with_other_values",
            "This reference was sent before with other values and got no answer, so that the registry "
            "may yet show it. Restore the earlier values, or give this batch a reference of its own.",
            batch,
            record.body,
        )
    if record and record.state == "conflict" and held is None:
        return Outcome("conflict", record.registry_id, code=record.code, message=record.message)
    return None


def look_up(batch: Batch, held: Held) -> Outcome | None:
    """What the registry's list says of a batch: the same, different, twice; None: it is not there."""
    found = held.get(batch.reference, ())
    if not found:
        return None
    ids = ", ".join(each.id for each in found)
    if len(found) > 1:
        message = (
            f"The registry holds this reference {len(found)} times: {ids}. Ask it to remove the wrong one."
        )
        return Outcome("conflict", ids, code=REGISTERED_TWICE, message=message)
    wanted = decode(batch.body)
    if not (differing := differences(wanted, found[0])):
        return Outcome("already_registered", found[0].id)
    return Outcome(
        "conflict",
        found[0].id,
        code=REGISTERED_OTHERWISE,
        message=_holds_otherwise(batch, found[0].id, found[0].supplier_reference_id or "none"),
        differences=tuple(Difference(*each) for each in differing),
    )


def created(batch: Batch, held: HeldBatch, attempts: int, status: int) -> Outcome:
    """What the registry's own answer says of a batch that it has just stored."""
    differing = differences(decode(batch.body), held)
    if not differing:
        return Outcome("created", held.id, attempts, status)
    return Outcome(
        "conflict",
        held.id,
        attempts,
        status,
        STORED_OTHERWISE,
        stored_otherwise(held.id),
        tuple(Difference(*each) for each in differing),
    )


def stored_otherwise(batch_id: str) -> str:
    """What is said of a batch that the registry has stored, and not as it was sent."""
    return f"The registry stored it as {batch_id}, but with other values than were sent."


def outcome_of_record(record: Record, *, sent: bool) -> Outcome:
    """What the ledger alone says of a batch; `sent` when the run in question made an attempt at it."""
    made: Word = "created" if sent else "already_registered"
    words: dict[State, Word] = {
        "planned": "not_sent",
        "sending": "unknown",
        "unknown": "unknown",
        "registered": made,
        "rejected": "rejected",
        "conflict": "conflict",
    }
    return Outcome(
        words[record.state],
        record.registry_id,
        record.attempts,
        record.http_status,
        record.code,
        record.message,
        reasons=record.reasons if record.state == "rejected" else (),
    )


def _is_held_back(batch: Batch, record: Record, correction: Correction) -> bool:
    """Whether a correction under way forbids this batch: only what was approved takes the old one's place.

    Once the registry has refused the approved values, the log may come with better ones.
    """
    if correction.state == "deleting":
        return True
    return batch.fingerprint != correction.fingerprint and record.state not in ("registered", "rejected")


def _waits_for_amend(batch: Batch, correction: Correction) -> Outcome:
    gone = "was deleted" if correction.state == "deleted" else "is being deleted, or is gone already,"
    differing = differences(decode(correction.body), decode(batch.body))
    return Outcome(
        "conflict",
        code=CORRECTING,
        message=f"The batch {correction.held_id} {gone} to be made again with other values, as was approved. "
        f"Nothing was sent. “pipeline amend {shlex.quote(batch.reference)}” finishes it.",
        differences=tuple(Difference(field, ours, theirs) for field, theirs, ours in differing),
    )


def _known(batch: Batch, record: Record) -> Outcome:
    same = Outcome("already_registered", record.registry_id, record.attempts)
    if record.fingerprint == batch.fingerprint:
        return same
    outcome = _conflict(
        REGISTERED_OTHERWISE,
        _holds_otherwise(batch, record.registry_id, batch.reference),
        batch,
        record.body,
    )
    return replace(outcome, registry_id=record.registry_id) if outcome.differences else same


def _holds_otherwise(batch: Batch, registry_id: str, under: str) -> str:
    holds = (
        f"this reference as {registry_id} with other values"
        if under == batch.reference
        else f"its batch {registry_id} under another reference, “{under}”"
    )
    return (
        f"The registry holds {holds}. Nothing was sent. If the log is right, "
        f"“pipeline amend {shlex.quote(batch.reference)}” has it deleted and made again."
    )


def _still_open(batch: Batch, record: Record) -> Outcome:
    if record.fingerprint != batch.fingerprint:
        return _conflict(
            "sent_with_other_values",
            "This reference was sent before with other values, and what became of that is not known yet. "
            "Run again to settle it.",
            batch,
            record.body,
        )
    return Outcome(
        "unknown",
        attempts=record.attempts,
        http_status=record.http_status,
        code=record.code or "not_settled",
        message="It was sent before, and the registry could not be asked yet. Run again to settle it.",
    )


def _conflict(code: str, message: str, batch: Batch, body: str) -> Outcome:
    differing = differences(decode(batch.body), decode(body))
    return Outcome(
        "conflict", code=code, message=message, differences=tuple(Difference(*each) for each in differing)
    )
