"""One reading of the registry's whole list, which answers every open question of a run at once."""

from functools import cached_property, partial
from itertools import chain

from msgspec import Struct

from pipeline.deliver.pace import Halt
from pipeline.deliver.patience import patiently
from pipeline.journal_point import journal_point
from pipeline.registry import Page, Registry, Unreadable
from schemas.production_batch import HeldBatch

_READINGS = 3
_PAGES_IN_VAIN = 10
"""How many pages one after the other may bring no batch that was not read already."""


class Listing(Struct, frozen=True, dict=True):
    """The list by reference, as it was read, and the registry's own count of it, or as many as it showed.

    `moved` when fewer batches were found than the registry counted at the start or at the end. Not
    `complete` when fewer were found than at the start: then nothing may be concluded to be missing.
    What was added while it was read may be missing, but no question is as young as that; the `total` leaves
    it out too, so that the next run reads the list again. `nameless` are the batches that have no reference.
    """

    held: dict[str, list[HeldBatch]]
    total: int
    complete: bool
    moved: bool = False
    nameless: tuple[HeldBatch, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, HeldBatch]:
        """Each batch by its id, whatever its reference; made when it is first asked for."""
        return {each.id: each for each in chain(self.nameless, *self.held.values())}


async def read_list(registry: Registry, halt: Halt) -> Listing | Unreadable:
    """Read every page, ⌈n/50⌉ requests; again from the start when it moved or a cursor expired."""
    listing: Listing | Unreadable = Unreadable("the run was stopped")
    for _ in range(_READINGS):
        if halt:
            break
        listing = await _read_once(registry, halt)
        if not (listing.moved if isinstance(listing, Listing) else listing.expired):
            break
    return listing


async def _read_once(registry: Registry, halt: Halt) -> Listing | Unreadable:
    found: dict[str, HeldBatch] = {}
    totals: list[int] = []
    after, in_vain = "", 0
    journal_point("list.before")
    while after or not totals:
        if after:
            journal_point("list.between_pages", after)
            if halt:
                return Unreadable("the run was stopped")
        page = await _page(registry, after, halt)
        if isinstance(page, Unreadable):
            return page
        in_vain = 0 if any(held.id not in found for held in page.held) else in_vain + 1
        if in_vain == _PAGES_IN_VAIN:
            return Unreadable(f"its pages do not end, and {in_vain} in a row brought nothing new")
        found |= {held.id: held for held in page.held}
        totals.append(page.total)
        after = page.after
    journal_point("list.read")
    return _by_reference(found, totals)


async def _page(registry: Registry, after: str, halt: Halt) -> Page | Unreadable:
    """One page, asked for until it comes or there is no sense in asking again."""

    def worth_another(page: Page | Unreadable) -> bool:
        return isinstance(page, Unreadable) and not (page.denied or page.expired or page.hopeless)

    return await patiently(partial(registry.page, after), worth_another, halt)


def _by_reference(found: dict[str, HeldBatch], totals: list[int]) -> Listing:
    held: dict[str, list[HeldBatch]] = {}
    for batch in found.values():
        if batch.supplier_reference_id:
            held.setdefault(batch.supplier_reference_id, []).append(batch)
    nameless = tuple(batch for batch in found.values() if not batch.supplier_reference_id)
    start, end = totals[0], totals[-1]
    total, moved = min(end, len(found)), len(found) < max(start, end)
    return Listing(held, total, len(found) >= start, moved, nameless)
