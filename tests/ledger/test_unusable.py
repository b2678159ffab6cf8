"""A ledger that cannot be used is told in a sentence; nothing is sent, and nothing in it is changed."""

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline import run
from pipeline.errors import LedgerError, LedgerFailedError
from pipeline.local_registry.conduct import AS_PUBLISHED
from pipeline.report import counts
from tests.protocol.plant import Plant, Power


def plant_with_history(folder: Path) -> tuple[Plant, Path]:
    """Three batches are registered, and the log that is dropped next has a new one."""
    plant = Plant(folder, rows=3)
    plant.upload()
    plant.log = plant.write({"B-001": 1, "B-002": 2, "B-003": 3, "B-NEW": 4})
    return plant, folder / ".pipeline" / "ledger.sqlite3"


def refused(plant: Plant, patience: float = 30.0) -> str:
    """What an upload says that is not to send anything."""
    world = replace(plant.world("", AS_PUBLISHED, Power()), patience=patience)
    with pytest.raises(LedgerError) as told:
        run.upload([plant.log], plant.settings(), world)
    assert "B-NEW" not in plant.held()
    return str(told.value)


@contextmanager
def held_by_another_process(file: Path) -> Iterator[None]:
    script = (
        "import sqlite3, sys; held = sqlite3.connect(sys.argv[1], isolation_level=None); "
        "held.execute('BEGIN IMMEDIATE'); print(flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", script, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        yield
        process.communicate()


def test_a_ledger_that_another_process_never_lets_go_is_told(tmp_path: Path) -> None:
    plant, file = plant_with_history(tmp_path)
    with held_by_another_process(file):
        said = refused(plant, patience=0.2)
    assert "database is locked. Nothing was sent. Another program is using it" in said
    assert counts(plant.upload().rows)["created"] == 1


def test_a_ledger_that_another_process_opens_for_ever_is_told(tmp_path: Path) -> None:
    plant, file = plant_with_history(tmp_path)
    script = (
        "import sys; from filelock import FileLock; held = FileLock(sys.argv[1]); held.acquire(); "
        "print(flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", script, f"{file}.lock"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        assert "is being opened by another program" in refused(plant, patience=0.2)
        process.communicate()


def test_a_ledger_that_is_a_folder_is_told_and_left(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=3)
    (tmp_path / ".pipeline" / "ledger.sqlite3").mkdir(parents=True)
    assert "unable to open database file. Nothing was sent. See that this user may" in refused(plant)


@pytest.mark.parametrize(
    "what", [Path(), Path("home.lock"), Path("home"), Path("20261101T000000Z-000001.lock")]
)
def test_locks_of_runs_that_cannot_be_taken_are_told_before_anything_is_sent(
    tmp_path: Path, what: Path
) -> None:
    plant = Plant(tmp_path, rows=1)
    in_the_way = tmp_path / ".pipeline" / "alive" / what
    in_the_way.parent.mkdir(parents=True)
    (in_the_way.touch if what == Path() else in_the_way.mkdir)()
    with pytest.raises(LedgerFailedError, match=r"alive, where runs see .* cannot be used"):
        plant.upload()
    assert not plant.ids()


def test_a_file_that_is_no_ledger_is_told_and_left(tmp_path: Path) -> None:
    plant, file = plant_with_history(tmp_path)
    file.write_bytes(b"a letter to my aunt\n" * 1_000)
    assert "file is not a database. Nothing was sent. Restore it from a backup" in refused(plant)
    assert file.read_bytes() == b"a letter to my aunt\n" * 1_000


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_ledger_that_was_cut_short_is_told_and_left(tmp_path: Path, kept: float) -> None:
    plant, file = plant_with_history(tmp_path)
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * kept)])
    assert "malformed" in refused(plant)
    assert file.read_bytes() == content[: int(len(content) * kept)]


def test_an_empty_file_is_a_new_ledger_that_asks_the_registry_first(tmp_path: Path) -> None:
    plant, file = plant_with_history(tmp_path)
    file.write_bytes(b"")
    assert [row.outcome.word for row in plant.upload().rows] == [*["already_registered"] * 3, "created"]
    assert set(plant.held().values()) == {1}


@pytest.mark.parametrize("where", range(25))
def test_random_damage_is_told_or_changes_nothing_that_is_sent(tmp_path: Path, where: int) -> None:
    plant, file = plant_with_history(tmp_path)
    before = plant.ids()
    chance = random.Random(where)  # noqa: S311  a seed, not a secret
    content = bytearray(file.read_bytes())
    for _ in range(chance.randint(1, 8)):
        start = chance.randrange(100, len(content) - 64)
        content[start : start + 64] = chance.randbytes(64)
    file.write_bytes(content)
    try:
        plant.upload()
    except LedgerError:
        assert plant.ids() == before
    assert set(plant.held().values()) == {1}


def test_a_body_that_is_not_what_was_written_is_told_and_not_sent(tmp_path: Path) -> None:
    plant, file = plant_with_history(tmp_path)
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE batches SET body = replace(body, '101', '901')")
        database.commit()
    assert "what it holds of B-001 is not what was written" in refused(plant)


def test_damage_to_the_log_of_writes_loses_what_was_in_it_and_nothing_is_sent_twice(tmp_path: Path) -> None:
    plant, file = plant_with_history(tmp_path)
    with closing(sqlite3.connect(file)) as keeps_the_log_open:
        keeps_the_log_open.execute("SELECT count(*) FROM batches").fetchall()
        plant.upload()
        log = file.with_name("ledger.sqlite3-wal")
        content, wal = file.read_bytes(), log.read_bytes()
    file.write_bytes(content)
    log.write_bytes(wal[: len(wal) // 2] + os.urandom(len(wal) - len(wal) // 2))
    assert {row.outcome.word for row in plant.upload().rows} <= {"created", "already_registered"}
    assert plant.held() == {"B-001": 1, "B-002": 1, "B-003": 1, "B-NEW": 1}
