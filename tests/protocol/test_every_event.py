"""A run dies at its first event, at its second, at its third … until one ends by itself, for every fault.

An event is a statement or a commit of the ledger, a named point of the program, or a moment of a request.
"""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pipeline.ledger import Ledger
from pipeline.local_registry.conduct import Conduct
from pipeline.model import Outcome
from tests.protocol.failures import Failure
from tests.protocol.line import Line
from tests.protocol.network import FAULTS, LIST_FAULTS, Network, once
from tests.protocol.plant import Power, PowerCutError

POSTS = {3: (1, 2, 3), 7: (1, 4, 7)}
"""The first, a middle and the last POST of a log of so many rows."""
NO_FAULT = "none"
LIST = tuple(f"list: {name}" for name in LIST_FAULTS)
EVERY_FAULT = (NO_FAULT, *FAULTS, *LIST)
CONDUCTS = (Conduct("409"), Conduct("422"), Conduct("400"), Conduct("allow"))
BY_CHANCE = re.compile(r"(?:ptb|org)_[0-9A-Z]{16}|\b[0-9a-f]{32}\b|X'[0-9A-F]+'")
MEMORY = Path("/dev/shm")  # noqa: S108  a place, not a file


class Cells:
    """Plants for one fault, each with an empty ledger of its own: copies of one that was made once."""

    def __init__(self, folder: Path, fault: str, rows: int, post: int) -> None:
        self._folder, self._fault, self._rows, self._post = folder, fault, rows, post
        self._conduct = conduct_for(fault, post)
        self._template = folder / "template.sqlite3"
        Ledger(f"sqlite:///{self._template}").__exit__()
        self.killed = 0
        self._healed: set[str] = set()

    def killed_at(self, event: int) -> bool:
        """Whether a run dies at this event; then one healthy run is made, and all must be well.

        Many events leave the same behind. What is the same to the last byte is healed in the same way, and
        is not healed again.
        """
        folder = self._folder / str(event)
        folder.mkdir()
        shutil.copyfile(self._template, folder / "ledger.sqlite3")
        line = Line(folder, f"sqlite:///{folder}/ledger.sqlite3", self._rows)
        network = Network(line.plant)
        script = self._struck(network)
        try:
            ended = line.upload(script, conduct=self._conduct, power=Power(event))
        except PowerCutError:
            self.killed += 1
            network.heals()
            left = left_behind(folder / "ledger.sqlite3", line, network)
            if left not in self._healed:
                assert_healed(line, line.upload(conduct=self._conduct))
                self._healed.add(left)
            return True
        else:
            assert_nothing_false(line, ended)
            return False
        finally:
            shutil.rmtree(folder)

    def _struck(self, network: Network) -> str:
        """Set the fault up; what the local registry itself is to be told."""
        if self._fault in LIST:
            return LIST_FAULTS[self._fault.removeprefix("list: ")] + ",first=1; lose-answer:nth=2"
        if self._fault != NO_FAULT:
            what: Failure | str = FAULTS[self._fault].what
            network.strikes(what, once(self._post))
        return ""


def left_behind(ledger: Path, line: Line, network: Network) -> str:
    """All that outlives a run: the ledger, the registry, what is still on its way, and the time.

    Ids that are made by chance are left out, and the report that is staged, which is always the same.
    """
    with closing(sqlite3.connect(ledger)) as database:
        contents = "\n".join((*database.iterdump(), *line.plant.store._db.iterdump()))
    on_its_way = [(moment, request.content) for moment, request in network._late]
    return f"{BY_CHANCE.sub('', contents)} {on_its_way} {line.plant.clock.seconds}"


def assert_healed(line: Line, outcomes: dict[str, Outcome]) -> None:
    """Nothing is lost, nothing is held twice, nothing is open, and each row has the id that holds it."""
    assert {outcome.word for outcome in outcomes.values()} <= {"created", "already_registered"}
    assert {reference: [outcome.registry_id] for reference, outcome in outcomes.items()} == line.plant.ids()


def assert_nothing_false(line: Line, outcomes: dict[str, Outcome], *, beside_another: bool = False) -> None:
    """What a run says is so. Of what it did not send, another run at work may have made a batch."""
    held = line.plant.ids()
    for reference, outcome in outcomes.items():
        ids = held.get(reference, [])
        match outcome.word:
            case "created" | "already_registered":
                assert ids == [outcome.registry_id]
            case "conflict":
                assert ", ".join(ids) == outcome.registry_id
            case "not_sent" if beside_another:
                assert len(ids) <= 1
            case "rejected" | "not_sent":
                assert not ids
            case word:
                assert word == "unknown"


@contextmanager
def in_memory(tmp_path: Path) -> Iterator[Path]:
    """A folder that costs no disk, where the machine has one."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else tmp_path) as name:
        yield Path(name)


def conduct_for(fault: str, post: int) -> Conduct:
    """One of the ways in which the registry may treat a duplicate, in turn."""
    if fault.startswith("N32"):
        return Conduct("409")  # what a proxy makes twice is held twice where duplicates are allowed
    return CONDUCTS[(EVERY_FAULT.index(fault) + post) % len(CONDUCTS)]


def test_wherever_a_run_dies_the_next_one_heals_it(
    tmp_path: Path, fault: str, rows: int, post: int, every: int
) -> None:
    with in_memory(tmp_path) as folder:
        cells = Cells(folder, fault, rows, post)
        event = 1 + EVERY_FAULT.index(fault) % every
        while cells.killed_at(event):
            event += every
    assert cells.killed * every > 60


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Three rows, each fault on one POST in turn, at every third event in turn; without a fault, at each.

    With --thorough: seven rows, three POSTs for each fault, every event.
    """
    thorough = metafunc.config.getoption("--thorough")
    rows = 7 if thorough else 3
    chosen = [
        (fault, rows, post, 1 if thorough or fault == NO_FAULT else 3)
        for number, fault in enumerate(EVERY_FAULT)
        for post in (POSTS[rows] if thorough else (POSTS[rows][number % 3],))
    ]
    metafunc.parametrize(("fault", "rows", "post", "every"), chosen)
