"""A log, a ledger and a registry that a cluster works on, and whether what was reported of them is true.

The truth is read from the registry's own file and from the ledger's tables, not asked of the program.
"""

import csv
import random
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text

from pipeline.local_registry.conduct import Conduct
from pipeline.local_registry.launch import launched
from tests.program.shell import Ran, Shell, payloads, poll

HEADER = "Batch ref,Facility,Feedstock,Start,End,Mass (kg)\n"
TOML = "[delivery]\nquiet_seconds = 0.1\nconcurrency = 6\n"
ROUGH = "slow:every=2,seconds=0.1,on=post; lose-answer:share=0.05,seed=3; error-500:share=0.04,seed=4"
STRICT = Conduct(duplicates="allow")
"""A second POST would make a second batch."""
WELL = {"created", "already_registered"}


class Scene:
    """One plant with one log. What it shares with others is the ledger and the registry."""

    def __init__(self, folder: Path, url: str, store: Path, ledger: str, rows: int) -> None:
        self.url, self.store, self.ledger, self.rows = url, store, ledger, rows
        self.shell = self.place(folder / "plant")
        lines = (_row(number) for number in range(rows))
        (self.shell.folder / "log.csv").write_text(HEADER + "".join(lines))
        self._told: Counter[str] = Counter()

    def place(self, folder: Path, **environment: str) -> Shell:
        """A folder with the same settings, for another machine."""
        common = {"ISOMETRIC_BASE_URL": self.url, "PIPELINE_LEDGER_URL": self.ledger}
        made = Shell(folder, **{**common, **environment})
        (made.folder / "pipeline.toml").write_text(TOML)
        return made

    def begun(self, address: str, *options: str, own_group: bool = False) -> subprocess.Popen[str]:
        words = ("upload", "--json", "--cluster", address, *options, "log.csv")
        return self.shell.start(*words, own_group=own_group)

    def upload(self, *options: str) -> Ran:
        return self.shell.run("upload", "--json", *options, "log.csv")

    @property
    def held(self) -> dict[str, list[str]]:
        """The ids of the batches that the registry holds, by reference."""
        found: dict[str, list[str]] = {}
        for each in payloads(self.store):
            found.setdefault(each["supplier_reference_id"], []).append(each["id"])
        return found

    def assert_true(self, ran: Ran) -> dict[str, str]:
        """Nothing that a run has reported is false; its outcomes by reference."""
        held = self.held
        found = self._results(ran)
        assert len(found) == self.rows
        assert Counter(word for word, _ in found.values()) == Counter(ran.outcomes)
        for reference, (word, registry_id) in found.items():
            ids = held.get(reference, [])
            if word in WELL:
                assert ids == [registry_id], (reference, word, registry_id, ids)
            else:
                assert word in {"unknown", "not_sent"}, (reference, word)
                assert len(ids) <= (word == "unknown"), (reference, word, ids)
            self._told[reference] += word == "created"
        open_rows = any(word not in WELL for word, _ in found.values())
        assert ran.code in ({3, 130, 143} if open_rows else {0, 3, 130, 143}), ran.screen
        assert max(self._told.values()) <= 1, "two runs claim to have made the same batch"
        return {reference: word for reference, (word, _) in found.items()}

    def assert_healed(self, ran: Ran) -> None:
        """After a healthy run nothing is lost, nothing doubled, and nothing open."""
        words = self.assert_true(ran)
        assert set(words.values()) <= WELL, ran.screen
        assert ran.code == 0, ran.screen
        assert Counter(map(len, self.held.values())) == {1: self.rows}
        assert not self.asked("SELECT reference FROM batches WHERE state <> 'registered' OR owner <> ''")

    def asked(self, statement: str) -> list[str]:
        """The first column of what a statement finds in the ledger."""
        with create_engine(self.ledger, poolclass=NullPool).begin() as connection:
            return list(connection.scalars(text(statement)))

    def _results(self, ran: Ran) -> dict[str, tuple[str, str]]:
        with (self.shell.folder / ran.json["folder"] / "results.csv").open(
            encoding="utf-8-sig", newline=""
        ) as file:
            return {
                line["_supplier_reference_id"]: (line["_outcome"], line["_registry_id"])
                for line in csv.DictReader(file)
            }


@contextmanager
def scene(
    folder: Path, ledger: str, *, rows: int = 240, faults: str = ROUGH, conduct: Conduct = STRICT
) -> Iterator[Scene]:
    """The registry at work, and a plant with a log of so many rows."""
    store = folder / "registry.sqlite3"
    with launched(store, faults=faults, conduct=conduct) as url:
        yield Scene(folder, url, store, ledger, rows)


def when_held(made: Scene, batches: int, process: subprocess.Popen[str]) -> None:
    """Wait until the registry holds so many, which must be before the run's end."""
    poll(lambda: len(made.held) >= batches or process.poll() is not None)
    assert process.poll() is None, f"it ended before it could be struck: {process.communicate()}"


def sending(made: Scene, address: str, *, when: int) -> subprocess.Popen[str]:
    """A run that workers share, begun, and gone on with until so many batches are held."""
    run = made.begun(address)
    when_held(made, when, run)
    return run


def settled(made: Scene) -> None:
    """Wait until nobody sends any more: what was begun without a head goes on to its end."""
    seen, since = -1, time.monotonic()

    def quiet() -> bool:
        nonlocal seen, since
        if (now := len(made.held)) != seen:
            seen, since = now, time.monotonic()
        return time.monotonic() - since > 1

    poll(quiet)


def chance_of(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  a seed, not a secret


def _row(number: int) -> str:
    day, hour = divmod(number, 20)
    day_of = f"2026-{1 + day // 28:02}-{1 + day % 28:02}"
    return (
        f"R-{number},fcl_1G8QT5ZAB1S0XSDW,ftt_1D7KZ1P761S0G7BN,"
        f"{day_of}T{hour:02}:00:00Z,{day_of}T{hour:02}:50:00Z,40\n"
    )
