"""What became of the parts, as outcomes of the run: of those that came back, and of those that did not."""

from collections.abc import Container, Iterable, Sequence

from pipeline.cluster.line import OWN_AFFAIRS
from pipeline.cluster.part import Done
from pipeline.model import UNFINISHED, Batch, Outcome
from pipeline.plan import Record, outcome_of_record
from pipeline.run.register import UNDER_WAY, Registering


async def taken_in(done: Done, work: Registering) -> dict[str, Outcome]:
    """The outcomes of a part, as those of the run. What stopped the part may stop the run."""
    for what, times in done.requests.items():
        work.registry.requests[what] = work.registry.requests.get(what, 0) + times
    for status, times in done.answers.items():
        for _ in range(times):
            work.tally.answered(status)
    on_its_own = done.why in OWN_AFFAIRS
    outcomes = {
        reference: outcome
        for reference, outcome in done.outcomes.items()
        if not (on_its_own and outcome.word in UNFINISHED)
    }
    outcomes |= await work.made_before(outcomes)
    for reference, outcome in outcomes.items():
        work.told(reference, outcome)
    if done.why and not on_its_own:
        work.halt.stop(done.why, done.message)
    return outcomes


async def cut_off(
    batches: Sequence[Batch],
    waiting: Iterable[tuple[Batch, ...]],
    unanswered: Container[str],
    outcomes: dict[str, Outcome],
    work: Registering,
) -> dict[str, Outcome]:
    """What is left when the run is stopped: what nobody was given, and the rest as the ledger has it.

    `unanswered` are the references of parts that never came back: somebody may only just begin with them.
    """
    never = {batch.reference for part in waiting for batch in part}
    rest = {batch.reference: batch for batch in batches if batch.reference not in outcomes}
    given = list(rest.keys() - never)
    await work.journal.call(work.take_over)
    records = await work.journal.call(work.ledger.records, given)
    sent = await work.journal.call(work.ledger.sent_by, work.run_id, given)
    found = {
        reference: work.delivery.left_over(batch)
        if reference in never
        else _left(records[reference], sent=reference in sent, in_hand=reference in unanswered)
        or work.delivery.left_over(batch)
        for reference, batch in rest.items()
    }
    for reference, outcome in found.items():
        work.told(reference, outcome)
    return found


def _left(record: Record, *, sent: bool, in_hand: bool) -> Outcome | None:
    """The outcome of a batch that was given out, as the ledger tells; None when nobody can send it now."""
    if record.state != "planned":
        return outcome_of_record(record, sent=sent)
    return UNDER_WAY if record.owner or in_hand else None
