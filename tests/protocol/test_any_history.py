"""Any history of runs: faults, power cuts and other runs in between, chosen by one number.

`pytest tests/protocol/test_any_history.py --first-seed N --seeds 1` makes the history of N again, event by
event: the fake clock, the ledger that is called in turn and the seeded jitter leave nothing to chance.
"""

import random
from collections.abc import Callable
from pathlib import Path

from pipeline.journal_point import POINTS, listen
from pipeline.local_registry.conduct import DUPLICATES, ORDERS, Conduct
from tests.protocol.line import Line
from tests.protocol.network import FAULTS, Network
from tests.protocol.plant import WIRE_POINTS, Power, PowerCutError
from tests.protocol.stop import Stop
from tests.protocol.test_every_event import assert_healed, assert_nothing_false, in_memory

HISTORIES_A_SEED = 75
ROWS = 4
MOST_EVENTS = 150
WHERE_OTHERS_MAY_RUN = [
    point
    for point in (*POINTS, *WIRE_POINTS)
    if point.startswith(
        ("intent.before", "intent.committed", "wire.", "answer.", "outcome.committed", "list.")
    )
]
TWICE_BY_THEMSELVES = ("N32",)
"""Faults that make two batches of one POST, where duplicates are allowed."""


class History:
    """One plant, and all that happens to it."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self._chance = chance
        self._line = Line(folder, f"sqlite:///{folder}/ledger.sqlite3", ROWS)
        self._network = Network(self._line.plant)
        self._conduct = Conduct(
            chance.choice(DUPLICATES), chance.choice(ORDERS), list_lag=chance.choice((0.0, 0.0, 2.0))
        )

    def happens(self) -> None:
        """At most five faults, two power cuts and one other run; then a healthy run."""
        events: list[Callable[[], None]] = [self._cut] * 2 + [self._runs] * 2
        if self._conduct.duplicates != "allow":
            events.append(self._overtaken)
        self._chance.shuffle(events)
        for event in events[: self._chance.randint(1, len(events))]:
            self._strike()
            event()
        self._network.heals()
        self._line.plant.clock.seconds += 60
        assert_healed(self._line, self._line.upload(conduct=self._conduct))

    def _strike(self) -> None:
        """A fault, or none, for some of the next run's POSTs."""
        names = [name for name in FAULTS if not name.startswith(TWICE_BY_THEMSELVES)]
        what = FAULTS[self._chance.choice(names)].what
        struck = set(self._chance.sample(range(1, 2 * ROWS), self._chance.randint(0, 3)))
        self._network.strikes(what, lambda method, posts: method == "POST" and posts in struck)

    def _runs(self) -> None:
        assert_nothing_false(self._line, self._line.upload(conduct=self._conduct))

    def _cut(self) -> None:
        try:
            power = Power(self._chance.randint(1, MOST_EVENTS))
            assert_nothing_false(self._line, self._line.upload(conduct=self._conduct, power=power))
        except PowerCutError:
            return

    def _overtaken(self) -> None:
        """The run is stopped at a point for longer than its lease; another one does its work meanwhile."""
        stop = Stop(
            self._chance.choice(WHERE_OTHERS_MAY_RUN),
            "",
            lambda: assert_nothing_false(self._line, self._line.upload(conduct=self._conduct)),
        )
        stopped = self._line.upload(conduct=self._conduct, power=stop)
        assert_nothing_false(self._line, stopped, beside_another=True)


def traced(folder: Path, seed: int) -> list[tuple[str, str]]:
    """Every point that one history passes, with what each is about."""
    passed: list[tuple[str, str]] = []
    history = History(folder, random.Random(seed))  # noqa: S311
    deaf = listen(lambda point, about: passed.append((point, about)))
    try:
        history.happens()
    finally:
        deaf()
    return passed


def test_one_seed_makes_the_same_history_event_by_event(tmp_path: Path, seed: int) -> None:
    histories = []
    for name in ("once", "again"):
        random.seed(seed)
        (tmp_path / name).mkdir()
        histories.append(traced(tmp_path / name, seed))
    assert histories[0] == histories[1]


def test_nothing_is_lost_doubled_or_false_whatever_happens(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  a seed, not a secret
    random.seed(seed)  # the jitter of the retries
    with in_memory(tmp_path) as folder:
        for number in range(HISTORIES_A_SEED):
            home = folder / f"{number}"
            home.mkdir()
            History(home, chance).happens()
