"""The registry's whole list and its count: when a run reads them, and what its ledger keeps of them."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from pipeline.deliver import Delivery
from pipeline.deliver.journal import Journal
from pipeline.deliver.pace import Halt
from pipeline.deliver.reading import Listing
from pipeline.ledger import Ledger
from pipeline.model import Batch
from pipeline.plan import Record
from pipeline.registry import Page, Registry, Unreadable


class WholeList(Struct, frozen=True):
    """One run's ledger and registry, for the list. `is_part` as in `Registering`."""

    ledger: Ledger
    journal: Journal
    registry: Registry
    delivery: Delivery
    halt: Halt
    quiet_seconds: float
    is_part: bool

    async def if_needed(
        self, batches: Sequence[Batch], records: Mapping[str, Record], left_open: Sequence[Record]
    ) -> Listing | None:
        """The registry's list, when something is open or the ledger may not know all that it holds.

        The ledger does not when it is new or lost, when the registry's own count is another than the
        ledger's, or when a list that was read earlier held one of these; then what is not in the list is
        sent, and nothing before (point 6).
        """
        ours = {record.reference for record in records.values() if record.state == "registered"}
        others = [batch.reference for batch in batches if batch.reference not in ours]
        doubtful = left_open or any(record.state == "conflict" for record in records.values())
        doubtful = doubtful or await self.journal.call(self.ledger.are_listed, others)
        if self.halt or not (doubtful or batches):
            return None
        if not doubtful and (self.is_part or await self._counts_as_expected()):
            return None
        return await self.complete(left_open)

    async def complete(self, left_open: Sequence[Record]) -> Listing | None:
        """The whole list, when what is doubtful has been left alone for long enough."""
        if left_open:  # in full: how long ago it was sent, only a clock could say that may have been set
            await self.halt.sleep(self.quiet_seconds)
        listing = await self.delivery.read()
        if isinstance(listing, Unreadable):
            return None
        if not listing.complete:
            self.halt.stop("unreachable", "The registry's list changed while it was read. Run again.")
            return None
        return listing

    async def note(self, listing: Listing) -> None:
        """Let the ledger keep how much is held, and which references."""
        times = {reference: len(held) for reference, held in listing.held.items()}
        await self.journal.call(self.ledger.note_list, listing.total, times)

    async def holds_more_than_expected(self) -> bool:
        """Whether the registry counts more than the ledger; asked again later when it counts less yet."""
        expected = await self.journal.call(self.ledger.expected_total)
        page = await self.registry.page("", 1)
        if isinstance(page, Page) and expected is not None and page.total < expected:
            await self.halt.sleep(self.quiet_seconds)
            page = await self.registry.page("", 1)
        return isinstance(page, Page) and expected is not None and page.total > expected

    async def _counts_as_expected(self) -> bool:
        expected = await self.journal.call(self.ledger.expected_total)
        if expected is None:
            return False
        page = await self.registry.page("", 1)
        return not isinstance(page, Unreadable) and page.total == expected
