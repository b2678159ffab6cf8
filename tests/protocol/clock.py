"""Time in which several can wait at once, for tests that ask when something happened."""

import asyncio
import itertools

from tests.protocol.plant import Clock

_WORK = 0.002


class SharedClock(Clock):
    """Time that jumps to the next who waits, once everybody who could work had some real time to.

    With `Clock` the waits of several senders add up, which is right for none of them.
    """

    def __init__(self) -> None:
        super().__init__()
        self._number = itertools.count()
        self._waiting: list[tuple[float, int]] = []

    async def sleep(self, seconds: float) -> None:
        mine = (self.seconds + seconds, next(self._number))
        self._waiting.append(mine)
        try:
            await asyncio.sleep(_WORK)
            while min(self._waiting) != mine:  # noqa: ASYNC110  whose turn it is changes with every wait
                await asyncio.sleep(_WORK)
            self.seconds = max(self.seconds, mine[0])
        finally:
            self._waiting.remove(mine)
