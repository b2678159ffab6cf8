"""The three-way check: one reading of the registry's list against the ledger and the files.

It changes nothing at the registry. What the reading proves is made known to the ledger: open batches
are settled, and what the ledger calls registered and the registry does not hold like that becomes a
conflict, so that no later run says of it that it is registered.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from pipeline.ledger import Ledger
from pipeline.model import Batch
from pipeline.reconcile import Compared, Log, findings
from pipeline.run.gather import Gathered
from pipeline.run.register import Registering
from schemas.production_batch import HeldBatch

Held = Mapping[str, Sequence[HeldBatch]]


class Comparing(Struct):
    """One comparison. `compared` stays None when the registry could not be read to its end."""

    ledger: Ledger
    log: Log | None
    rows_left_out: int
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
        held = await registering.learning.held(listing, records)
        if registering.halt:
            return
        records = await registering.learning.taught(records, held)
        deleted = await registering.journal.call(self.ledger.corrections.without_successor)
        found = findings(records, held, self.log, deleted)
        self.compared = Compared(
            tuple(found), tuple(each.id for each in listing.nameless), self.rows_left_out
        )


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
