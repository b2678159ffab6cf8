"""What the head sees of its workers while it waits for them, and when it waits no longer.

A worker that hangs, stands still or has lost the ledger says nothing of it. Its lease does.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

from pipeline.errors import LedgerFailedError
from pipeline.ledger.runs import Sign
from pipeline.run.register import Registering

_LOOKS = 1.0
DESERTED = 5.0
"""For how many seconds there may be no worker: one that fell may be raised again."""
NOBODY_LEFT = "no worker is left"
_QUEUED = 5
"""How many leases a part may wait for its turn: others may use the same cluster."""


class Given(Protocol):
    """Parts that were given out and not come back, by name."""

    under_way: set[str]

    def workers(self) -> int:
        """How many there are that may be given work."""

    def give_up(self, part: str, why: str, /) -> None:
        """Wait for this one no longer."""


class Watch:
    """Looks after the parts of a run that are under way, for as long as `keep` runs."""

    def __init__(self, given: Given, work: Registering, clock: Callable[[], float]) -> None:
        self._given, self._work, self._clock = given, work, clock
        self._lease = work.vigil.lease
        self._changed: dict[str, tuple[frozenset[Sign], float]] = {}
        self._last_worker = clock()

    async def keep(self) -> None:
        """Give up what nobody works on any more, until this is cancelled or the ledger has failed."""
        while True:
            await asyncio.sleep(min(_LOOKS, self._lease / 4))
            try:
                signs = await self._work.journal.call(self._work.ledger.runs.signs, self._work.run_id)
            except LedgerFailedError as failure:
                self._work.halt.stop("ledger", str(failure))
                self._give_up(tuple(self._given.under_way), "the ledger failed")
                return
            self._give_up(self._silent(signs), "a worker gave no sign of life for too long")
            if await asyncio.to_thread(self._given.workers):
                self._last_worker = self._clock()
            elif self._clock() - self._last_worker > DESERTED:
                self._give_up(tuple(self._given.under_way), NOBODY_LEFT)

    def _silent(self, signs: Iterable[Sign]) -> list[str]:
        """The parts of which nothing was heard for as long as a lease lasts; longer, if they never began."""
        found = []
        for part in tuple(self._given.under_way):
            of_it = frozenset(sign for sign in signs if sign.run_id.startswith(part))
            before, since = self._changed.get(part, (None, 0.0))
            if of_it != before:
                self._changed[part] = of_it, self._clock()
            elif self._clock() - since > self._lease * (1 if of_it else _QUEUED):
                found.append(part)
        return found

    def _give_up(self, parts: Iterable[str], why: str) -> None:
        for part in parts:
            self._given.give_up(part, why)
