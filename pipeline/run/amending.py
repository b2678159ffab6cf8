"""The guarded correction: a registered batch is deleted and made again with the values that a log wants.

One reference after the other: intent to delete, DELETE, proof, the new batch planned, then the ordinary
way of every batch. When one does not end well, nothing more is deleted.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from pipeline.correct import Proposal, after_deletion, propose, same_as_approved
from pipeline.deliver import Delivery
from pipeline.deliver.asking import ask_all
from pipeline.deliver.deleting import delete
from pipeline.deliver.reading import Listing
from pipeline.deliver.sending import told as reasons_of
from pipeline.ledger import Ledger
from pipeline.ledger.corrections import Approved
from pipeline.model import Batch, Outcome
from pipeline.plan import Correction, Record, Step
from pipeline.registry import Busy, Denied, Doubtful, Gone, NeverLeft, Refused, Stored
from pipeline.run.register import Registering
from schemas.production_batch import HeldBatch

WELL = ("created", "already_registered")
_WAITINGS = 20
_ELSEWHERE = Outcome("not_sent", code="busy_elsewhere", message="Another run is working on this batch.")
_CHANGED = Outcome(
    "conflict",
    code="changed_meanwhile",
    message="The registry holds other values than those that were shown. Nothing was changed; run it again.",
)

Proposals = Mapping[str, Proposal | Outcome]


class Looking(Struct):
    """What could be done, found out without changing anything. None: the registry could not be read."""

    ledger: Ledger
    references: Sequence[str]
    found: Proposals | None = None

    async def look(self, registering: Registering) -> None:
        listing = await registering.delivery.read()
        if isinstance(listing, Listing) and listing.complete:
            self.found = await proposals(self.ledger, self.references, registering, listing)


async def proposals(
    ledger: Ledger, references: Sequence[str], registering: Registering, listing: Listing
) -> Proposals | None:
    """What to do about each reference; None when the registry could not say what it holds.

    The list tells which ids there are; what is under each is asked by the id, the truth of now.
    """
    records = await registering.journal.call(ledger.records, references)
    corrections = await registering.journal.call(ledger.corrections.get, references)
    ids = {
        reference: _ids(
            listing.held.get(reference, ()), records.get(reference), corrections[reference].held_id
        )
        for reference in references
        if reference in corrections
    }
    every = dict.fromkeys(each for some in ids.values() for each in some)
    answers = await ask_all(registering.registry, every, registering.halt, 4)
    if len(answers) < len(every):
        return None
    return {
        reference: propose(
            corrections[reference],
            records[reference].registry_id if reference in records else "",
            _there(reference, [answers[each] for each in some]),
        )
        for reference, some in ids.items()
    }


class Amending(Struct):
    """The corrections of one run, in the order in which they were asked for.

    `begun` holds how far each has come, for whoever has to tell it without the ledger.
    """

    ledger: Ledger
    batches: Sequence[Batch]
    approved: Proposals
    begun: dict[str, Correction]
    registering: Registering | None = None

    async def amend(self, registering: Registering) -> None:
        """Carry out what was approved; every outcome is told."""
        listing = await self._claimed(registering)
        if listing is None:
            return
        references = [batch.reference for batch in self.batches]
        found = await proposals(self.ledger, references, registering, listing)
        if found is None:
            return
        failed = ""
        for reference, proposal in found.items():
            if failed or registering.halt:
                outcome = _left_alone(failed or registering.halt.message)
            elif isinstance(proposal, Outcome):
                outcome = await self._nothing_to_do(registering, reference, proposal)
            else:
                outcome = await self._replaced(registering, reference, proposal)
            registering.told(reference, outcome)
            failed = failed or ("" if outcome.word in WELL else f"{reference} did not end well")

    async def _claimed(self, registering: Registering) -> Listing | None:
        """Make all the batches this run's, waiting for living runs that have some of them."""
        references = [batch.reference for batch in self.batches]
        for _ in range(_WAITINGS):
            listing = await registering.settle_all()
            if listing is None:
                return None
            ours = await registering.journal.call(self.ledger.take, registering.run_id, references)
            if ours.keys() == set(references):
                return listing
            # Whoever waits holds nothing, or two amends could wait for each other for ever.
            await registering.journal.call(self.ledger.release, registering.run_id, registering.now())
            await registering.until_free(self.batches)
        for reference in references:
            registering.told(reference, _ELSEWHERE)
        return None

    async def _nothing_to_do(self, registering: Registering, reference: str, outcome: Outcome) -> Outcome:
        """Already as wanted, which the ledger learns; or held twice, which a person must look at."""
        if outcome.word != "already_registered":
            return outcome
        batch = next(each for each in self.batches if each.reference == reference)
        adopted = await registering.journal.call(
            self.ledger.corrections.adopt, registering.run_id, batch, outcome.registry_id, registering.now()
        )
        return outcome if adopted else _ELSEWHERE

    async def _replaced(self, registering: Registering, reference: str, proposal: Proposal) -> Outcome:
        seen = self.approved.get(reference)
        if not same_as_approved(proposal, seen if isinstance(seen, Proposal) else None):
            return replace(_CHANGED, registry_id=proposal.old_id, differences=proposal.differences)
        kept = await self._gone(registering, proposal)
        return kept or await self._made(registering, proposal)

    async def _gone(self, registering: Registering, proposal: Proposal) -> Outcome | None:
        """Delete what is held, with proof, and plan the new batch; an outcome when that was not to be."""
        call, corrections, now = registering.journal.call, self.ledger.corrections, registering.now
        held = msgspec.json.encode(proposal.held).decode() if proposal.held else ""
        approved = Approved(proposal.batch, proposal.old_id, held)
        self._has_come(proposal, "deleting")
        if not await call(corrections.begin, registering.run_id, approved, now()):
            return _ELSEWHERE
        answer = Gone(404, "not held any more")
        if proposal.held:
            reply = await delete(
                registering.registry, proposal.held.id, registering.halt, registering.quiet_seconds
            )
            if not isinstance(reply, Gone):
                return await self._still_there(registering, proposal, reply)
            answer = reply
        gone = await call(
            corrections.gone, registering.run_id, proposal.batch, now(), answer.status, answer.text
        )
        self._has_come(proposal, "deleted")
        return None if gone else _ELSEWHERE

    def _has_come(self, proposal: Proposal, step: Step) -> None:
        reference = proposal.batch.reference
        self.begun[reference] = replace(self.begun[reference], state=step, held_id=proposal.old_id)

    async def _still_there(
        self,
        registering: Registering,
        proposal: Proposal,
        reply: Refused | Denied | Busy | NeverLeft | Doubtful,
    ) -> Outcome:
        """What was not done is given up; but not what an earlier run may have done, or this one."""
        outcome = _not_deleted(proposal, reply)
        if isinstance(reply, Doubtful) or (proposal.approved and not isinstance(reply, Refused)):
            return outcome
        await registering.journal.call(
            self.ledger.corrections.give_up,
            registering.run_id,
            proposal.batch.reference,
            registering.now(),
            outcome.message,
        )
        return outcome

    async def _made(self, registering: Registering, proposal: Proposal) -> Outcome:
        """Create the new batch on the ordinary way, and tell what became of the old one with it."""
        reference = proposal.batch.reference
        delivery: Delivery = replace(registering.delivery, told=lambda _reference, _outcome: None)
        outcome = (await delivery.deliver([proposal.batch]))[reference]
        if outcome.word in (*WELL, "rejected"):
            new = {reference: outcome.registry_id}
            await registering.journal.call(
                lambda: self.ledger.corrections.settled(new, registering.now(), by_a_log=False)
            )
        return after_deletion(proposal.old_id, outcome, proposal.differences)


def _ids(held: Sequence[HeldBatch], record: Record | None, correcting: str) -> list[str]:
    """Every id that a reference may be registered under, each once."""
    known = record.registry_ids if record else []
    return [each for each in dict.fromkeys((*(one.id for one in held), *known, correcting)) if each]


def _there(reference: str, answers: Iterable[Stored | Gone]) -> list[HeldBatch]:
    """What is held under a reference; when that is nothing, what its ids stand for under another one."""
    held = [answer.held for answer in answers if isinstance(answer, Stored)]
    return [each for each in held if each.supplier_reference_id == reference] or held


def _not_deleted(proposal: Proposal, reply: Refused | Denied | Busy | NeverLeft | Doubtful) -> Outcome:
    """The outcome when the old batch is not proven to be gone."""
    old, differing = proposal.old_id, proposal.differences
    match reply:
        case Refused(status=status):
            message = f"The registry refused to delete {old}: {reasons_of(reply)}. Nothing was changed."
            return Outcome("conflict", old, 0, status, "deletion_refused", message, differing)
        case Denied(status=status):
            message = f"The registry refused the credentials; {old} was not deleted. Nothing was changed."
            return Outcome("conflict", old, 0, status, "denied", message, differing)
        case Busy() | NeverLeft():
            message = f"The registry could not be asked to delete {old}. Nothing was changed; run it again."
            return Outcome("not_sent", old, code="never_left", message=message)
    message = (
        f"The registry was asked to delete {old}, and no proof came that it is gone or not: {reply.reason}. "
        "Run the same amend again; nothing else is sent for this reference before."
    )
    return Outcome("unknown", old, 0, reply.status, "deletion_unknown", message)


def _left_alone(why: str) -> Outcome:
    return Outcome("not_sent", code="not_sent", message=f"Nothing was deleted or sent for it: {why}")
