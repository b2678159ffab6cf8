"""What is to be replaced by what: the registry's truth of now against the values that a log wants. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from pipeline.model import (
    NEEDS_A_PERSON,
    REGISTERED_OTHERWISE,
    REGISTERED_TWICE,
    AsRead,
    Batch,
    Difference,
    Outcome,
    ReportRow,
    ReportTable,
)
from pipeline.plan import DELETED, Correction, Record, look_up
from schemas.cell import Cell
from schemas.production_batch import HeldBatch, ProductionBatch, decode

_HEADER = (
    "supplier_reference_id",
    "facility",
    "feedstock",
    "started_at",
    "ended_at",
    "mass (kg)",
    "mass_standard_deviation",
    "display_name",
)
TABLE = ReportTable("the ledger", "", _HEADER, {name.split(" ")[0]: (n,) for n, name in enumerate(_HEADER)})
"""Where the rows of an amend come from: no file, but what the ledger remembers of one."""


class Proposal(Struct, frozen=True):
    """One batch goes, and another takes its place. `held` is None when there is none any more.

    `approved` tells that a person has approved exactly this before, in a run that could not end it.
    """

    batch: Batch
    held: HeldBatch | None
    old_id: str
    differences: tuple[Difference, ...]
    approved: bool


def is_superseded(correction: Correction, record: Record | None) -> bool:
    """Whether a correction that is done counts no more: the reference stands for other values since.

    So it is when the registry refused what had been approved, and a later log came with better values.
    """
    stands_for = record.fingerprint if record else correction.fingerprint
    return correction.state == "done" and stands_for != correction.fingerprint


def is_begun(correction: Correction) -> bool:
    """Whether the old batch may be gone, and nothing may be in its place."""
    refused = correction.state == "done" and not correction.new_id
    return refused or correction.state in ("deleting", "deleted")


def propose(correction: Correction, known_id: str, found: Sequence[HeldBatch]) -> Proposal | Outcome:
    """What to do about a reference, or its outcome when there is nothing to do or a person must look.

    `found` is what the registry holds under it now; `known_id` the ledger's last id of it, which
    is empty when that batch was deleted and has no successor yet.
    """
    batch = Batch(correction.reference, correction.body, correction.fingerprint, ())
    outcome = look_up(batch, {correction.reference: found} if found else {})
    if outcome and outcome.word == "already_registered":
        message = f"The registry holds the wanted values as {outcome.registry_id}. Nothing was deleted."
        return replace(outcome, message=message)
    if outcome and outcome.code == REGISTERED_TWICE:
        return outcome
    held = found[0] if found else None
    return Proposal(
        batch,
        held,
        held.id if held else known_id or correction.held_id,
        outcome.differences if outcome else (),
        _covers(correction, held),
    )


def same_as_approved(proposal: Proposal, approved: Proposal | None) -> bool:
    """Whether what is proposed now is what the person has seen: the same batch goes for the same values."""
    if proposal.approved or approved is None:
        return proposal.approved
    return (proposal.batch.fingerprint, proposal.held) == (approved.batch.fingerprint, approved.held)


def after_deletion(old_id: str, outcome: Outcome, differences: Sequence[Difference] = ()) -> Outcome:
    """The outcome of the new batch, told together with what became of the old one.

    The registry's reasons are told in its words alone: at the cells, they would leave out the old batch.
    """
    old = f"The batch {old_id} was deleted" if old_id else "The old batch is gone"
    if outcome.word in ("created", "already_registered"):
        changed = "; ".join(f"{each.field} was “{each.held}”, is “{each.wanted}”" for each in differences)
        told = f"{old}, and this one is in its place{': ' + changed if changed else ''}."
        return replace(outcome, message=told)
    again = "Run the same amend again."
    if outcome.word in NEEDS_A_PERSON:
        again = "When the reason is gone, run the same amend again, or upload a corrected log."
    place = {
        "unknown": "whether the new one is registered in its place is not known yet",
        "conflict": "the new one is not registered as it is wanted",
    }.get(outcome.word, "nothing is registered in its place")
    why = f"{outcome.message.rstrip('.')}. " if outcome.message else ""
    return replace(outcome, message=f"{old}, and {place}. {why}{again}", reasons=())


def at_the_end(outcome: Outcome, correction: Correction) -> Outcome:
    """The outcome of a run that ended before it could tell, from how far the correction has come."""
    if outcome.code != "not_sent" or correction.state not in ("deleting", "deleted"):
        return outcome
    again = "Run the same amend again."
    if correction.state == "deleted":
        message = (
            f"The batch {correction.held_id} was deleted, and nothing is registered in its place. {again}"
        )
        return Outcome("not_sent", code="not_sent", message=message)
    message = f"The batch {correction.held_id} may have been deleted, or not: the run ended before. {again}"
    return Outcome("unknown", correction.held_id, code="deletion_unknown", message=message)


def wants_amending(outcome: Outcome) -> bool:
    """Whether a batch of a log is one that amend can put in the place of what is registered."""
    return outcome.word == "conflict" and outcome.code in (REGISTERED_OTHERWISE, DELETED)


def row(number: int, batch: Batch, outcome: Outcome) -> ReportRow:
    """A reference as a row of the report, with the values that are wanted for it."""
    wanted = decode(batch.body)
    as_read = AsRead(wanted.started_at, wanted.ended_at, wanted.mass.magnitude)
    return ReportRow(0, number, _cells(wanted), batch.reference, outcome, (), as_read, batch.fingerprint)


def _covers(correction: Correction, held: HeldBatch | None) -> bool:
    """Whether an approval of before is for this: the same batch is still there, or it is gone."""
    if correction.state == "deleting":
        return held is None or held.id == correction.held_id
    return correction.state == "deleted" and held is None


def _cells(wanted: ProductionBatch) -> tuple[Cell, ...]:
    deviation = wanted.mass.standard_deviation
    return (
        wanted.supplier_reference_id,
        wanted.facility_id,
        "; ".join(wanted.feedstock_type_ids),
        f"{wanted.started_at:%Y-%m-%dT%H:%M:%S.%fZ}".replace(".000000", ""),
        f"{wanted.ended_at:%Y-%m-%dT%H:%M:%S.%fZ}".replace(".000000", ""),
        f"{wanted.mass.magnitude:f}",
        f"{deviation:f}" if isinstance(deviation, Decimal) else "",
        wanted.display_name or "",
    )
