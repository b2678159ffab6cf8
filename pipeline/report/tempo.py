"""How fast a run goes: batches settled and answers by status, counted in few stretches of time. Pure."""

from collections import Counter
from collections.abc import Callable

from pipeline.model import Tempo

MOST_STRETCHES = 60
SHORTEST_SECONDS = 10
"""Of a shorter run there is nothing to see."""
NO_ANSWER = "none"
_MOST_STATUSES = 12
_OTHERS = "other"


class Tally:
    """Counts by time, in stretches that grow with the run, so that it needs the same room however long it is.

    `clock` is a monotonic count of seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._began = clock, clock()
        self._seconds = 1
        self._settled = [0]
        self._answers: dict[str, list[int]] = {}
        self.answers: Counter[int | None] = Counter()
        """All of them, by status; None: no answer."""

    def settled(self) -> None:
        """One batch is settled."""
        place = self._place()
        self._settled[place] += 1

    def answered(self, status: int | None) -> None:
        """The registry has answered, or, with None, has not."""
        self.answers[status] += 1
        place = self._place()
        name = NO_ANSWER if status is None else str(status)
        if name not in self._answers and len(self._answers) >= _MOST_STATUSES:
            name = _OTHERS
        self._answers.setdefault(name, [0] * len(self._settled))[place] += 1

    def tempo(self) -> Tempo | None:
        """What was counted until now; None when the run is too short to show."""
        if self._clock() - self._began < SHORTEST_SECONDS:
            return None
        self._place()
        answers = {status: tuple(found) for status, found in sorted(self._answers.items())}
        return Tempo(self._seconds, tuple(self._settled), answers)

    def _place(self) -> int:
        elapsed = max(0.0, self._clock() - self._began)
        while elapsed >= self._seconds * MOST_STRETCHES:
            self._seconds *= 2
            self._settled = _halved(self._settled)
            self._answers = {status: _halved(found) for status, found in self._answers.items()}
        place = int(elapsed / self._seconds)
        if missing := place + 1 - len(self._settled):  # all of them are as long as one another
            for each in (self._settled, *self._answers.values()):
                each.extend([0] * missing)
        return place


def _halved(found: list[int]) -> list[int]:
    """Each two stretches as one."""
    return [sum(found[start : start + 2]) for start in range(0, len(found), 2)]
