"""One reading of the registry's whole list, which answers every open question of a run at once."""

from msgspec import Struct
from tenacity import AsyncRetrying, retry_if_result, stop_after_attempt, wait_random_exponential

from pipeline.deliver.pace import Halt
from pipeline.registry import Page, Registry, Unreadable
from schemas.production_batch import HeldBatch

_TRIES_A_PAGE = 5
_READINGS = 3


class Listing(Struct, frozen=True):
    """The list by reference, as it was read, and the registry's own count of it.

    `complete` is False when fewer batches were found than the registry counts, because it changed
    while it was read: then nothing may be concluded to be missing from it. `nameless` are the ids of
    batches that have no reference.
    """

    held: dict[str, list[HeldBatch]]
    total: int
    complete: bool
    nameless: tuple[str, ...] = ()


async def read_list(registry: Registry, halt: Halt) -> Listing | Unreadable:
    """Read every page, ⌈n/50⌉ requests; again from the start when the list moved meanwhile."""
    listing: Listing | Unreadable = Unreadable("the run was stopped")
    for _ in range(_READINGS):
        if halt:
            break
        listing = await _read_once(registry, halt)
        if isinstance(listing, Unreadable) or listing.complete:
            break
    return listing


async def _read_once(registry: Registry, halt: Halt) -> Listing | Unreadable:
    patiently = AsyncRetrying(
        retry=retry_if_result(lambda page: isinstance(page, Unreadable) and not page.denied and not halt),
        wait=wait_random_exponential(multiplier=0.5, max=10),
        stop=stop_after_attempt(_TRIES_A_PAGE),
        sleep=halt.sleep,
        retry_error_callback=lambda state: state.outcome and state.outcome.result(),
    )
    found: dict[str, HeldBatch] = {}
    after = ""
    while True:
        page: Page | Unreadable = await patiently(registry.page, after)
        if isinstance(page, Unreadable):
            return page
        found |= {held.id: held for held in page.held}
        if not page.after:
            return _by_reference(found, page.total)
        after = page.after


def _by_reference(found: dict[str, HeldBatch], total: int) -> Listing:
    held: dict[str, list[HeldBatch]] = {}
    for batch in found.values():
        if batch.supplier_reference_id:
            held.setdefault(batch.supplier_reference_id, []).append(batch)
    nameless = tuple(batch.id for batch in found.values() if not batch.supplier_reference_id)
    return Listing(held, total, len(found) >= total, nameless)
