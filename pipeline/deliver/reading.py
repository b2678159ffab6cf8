"""One reading of the registry's whole list, which answers every open question of a run at once."""

from msgspec import Struct
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_result,
    stop_after_attempt,
    wait_random_exponential,
)

from pipeline.deliver.pace import LONGEST_WAIT, Halt
from pipeline.journal_point import journal_point
from pipeline.registry import Page, Registry, Unreadable
from schemas.production_batch import HeldBatch

_TRIES_A_PAGE = 5
_READINGS = 3
_backoff = wait_random_exponential(multiplier=0.5, max=10)


class Listing(Struct, frozen=True):
    """The list by reference, as it was read, and the registry's own count of it, or as many as it showed.

    `moved` when fewer batches were found than the registry counted at the start or at the end. Not
    `complete` when fewer were found than at the start: then nothing may be concluded to be missing.
    What was added while it was read may be missing, but no question is as young as that; the `total` leaves
    it out too, so that the next run reads the list again. `nameless` are the ids of batches that have no
    reference.
    """

    held: dict[str, list[HeldBatch]]
    total: int
    complete: bool
    moved: bool = False
    nameless: tuple[str, ...] = ()


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
    after = ""
    journal_point("list.before")
    while after or not totals:
        if after:
            journal_point("list.between_pages", after)
        page = await _page(registry, after, halt)
        if isinstance(page, Unreadable):
            return page
        found |= {held.id: held for held in page.held}
        totals.append(page.total)
        after = page.after
    journal_point("list.read")
    return _by_reference(found, totals)


async def _page(registry: Registry, after: str, halt: Halt) -> Page | Unreadable:
    """One page, asked for until it comes or there is no sense in asking again."""

    def worth_another(page: Page | Unreadable) -> bool:
        return isinstance(page, Unreadable) and not (page.denied or page.expired or page.hopeless or halt)

    patiently = AsyncRetrying(
        retry=retry_if_result(worth_another),
        wait=_wait,
        stop=stop_after_attempt(_TRIES_A_PAGE),
        sleep=halt.sleep,
        retry_error_callback=lambda state: state.outcome and state.outcome.result(),
    )
    page: Page | Unreadable = await patiently(registry.page, after)
    return page


def _wait(state: RetryCallState) -> float:
    """As long as the registry asks for, within reason, or a little longer each time."""
    page = state.outcome.result() if state.outcome else None
    told = page.retry_after if isinstance(page, Unreadable) else None
    return _backoff(state) if told is None else min(told, LONGEST_WAIT)


def _by_reference(found: dict[str, HeldBatch], totals: list[int]) -> Listing:
    held: dict[str, list[HeldBatch]] = {}
    for batch in found.values():
        if batch.supplier_reference_id:
            held.setdefault(batch.supplier_reference_id, []).append(batch)
    nameless = tuple(batch.id for batch in found.values() if not batch.supplier_reference_id)
    start, end = totals[0], totals[-1]
    total, moved = min(end, len(found)), len(found) < max(start, end)
    return Listing(held, total, len(found) >= start, moved, nameless)
