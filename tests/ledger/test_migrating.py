"""A ledger of an older version is brought up to date when it is opened, whole or not at all."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect, text

from pipeline.ledger import Ledger
from pipeline.ledger.opening import opened
from pipeline.ledger.schema import VERSION
from pipeline.model import Earlier, Usual
from pipeline.report import counts
from tests.conftest import NewLedger
from tests.protocol.plant import Plant

DIES_IN_MIGRATION = """
import os, sys
from pipeline.ledger import Ledger, migrations

version = sys.argv[2]
step = migrations.STEPS[version]

def change(operations):
    step.change(operations)
    os.kill(os.getpid(), 9)

migrations.STEPS[version] = step._replace(change=change)
Ledger(sys.argv[1])
"""
VERSION_1 = Path(__file__).with_name("version_1.sql")
ADDED_IN = {
    "4": ("DROP TABLE outstanding",),
    "3": (
        "DROP INDEX batches_by_reference_key",
        "DROP INDEX batches_by_content_key",
        "ALTER TABLE batches DROP COLUMN reference_key",
        "ALTER TABLE batches DROP COLUMN content_key",
        "ALTER TABLE usual_masses DROP COLUMN kilograms_an_hour",
        "DROP TABLE files",
    ),
    "2": (
        "ALTER TABLE batches DROP COLUMN reasons",
        "DROP TABLE listed",
        "DROP TABLE corrections",
    ),
}
"""What each version has added, taken away."""
KEYS = text("SELECT reference, reference_key, content_key FROM batches ORDER BY reference")
FILES = text("SELECT sha256, name, run_id, read_at FROM files ORDER BY sha256")


def of_version_1(file: Path) -> str:
    """A ledger that version 1 wrote: a batch registered, one rejected, one registered after a doubt."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(file)) as database:
        database.executescript(VERSION_1.read_text(encoding="utf-8"))
    return f"sqlite:///{file}"


def put_back(url: str, version: str) -> None:
    """Take away from a ledger what was added after this version."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for added in (each for later, each in ADDED_IN.items() if later > version):
            for statement in added:
                connection.execute(text(statement))
        connection.execute(text("UPDATE stamps SET value = :v WHERE name = 'schema'"), {"v": version})
    engine.dispose()


def contents(url: str, *queries: object) -> list[list[tuple[object, ...]]]:
    engine = opened(url)
    with engine.begin() as connection:
        found = [[tuple(row) for row in connection.execute(query)] for query in queries]  # type: ignore[call-overload]  # texts
    engine.dispose()
    return found


def made_of(url: str) -> dict[str, object]:
    """Every table of an opened ledger with its columns (name, type, whether it may be empty) and indexes."""
    engine: Engine = opened(url)
    found = inspect(engine)
    tables = {
        table: (
            {
                (each["name"], each["type"].compile(engine.dialect), each["nullable"])
                for each in found.get_columns(table)
            },
            {(each["name"], *each["column_names"]) for each in found.get_indexes(table)},
        )
        for table in found.get_table_names()
    }
    engine.dispose()
    return dict(tables)


@pytest.mark.parametrize("version", ["1", "2", "3"])
def test_a_ledger_of_an_older_version_is_migrated_to_the_schema_of_a_new_one(
    new_ledger: NewLedger, version: str
) -> None:
    old, new = new_ledger(), new_ledger()
    made = made_of(new)
    assert made_of(old) == made
    put_back(old, version)
    assert made_of(old) == made
    assert contents(old, text("SELECT value FROM stamps WHERE name = 'schema'")) == [[(VERSION,)]]


def test_the_ledger_that_version_1_wrote_is_migrated_to_the_schema_of_a_new_one(tmp_path: Path) -> None:
    old = of_version_1(tmp_path / "old.sqlite3")
    assert made_of(old) == made_of(f"sqlite:///{tmp_path}/new.sqlite3")
    assert contents(old, text("PRAGMA integrity_check")) == [[("ok",)]]


def test_what_version_1_knew_is_known_after_the_migration(tmp_path: Path) -> None:
    with Ledger(of_version_1(tmp_path / "old.sqlite3")) as ledger:
        records = ledger.records(["B-001", "B-002", "B-003"])
        report = ledger.runs.report("20261101T000004Z-000002")
        assert {key: (record.state, record.doubted) for key, record in records.items()} == {
            "B-001": ("registered", False),
            "B-002": ("rejected", False),
            "B-003": ("registered", True),
        }
        assert report
        assert {word: count for word, count in counts(report.rows).items() if count} == {
            "created": 2,
            "rejected": 1,
        }
        (earlier,) = ledger.memory.files([source.sha256 for source in report.sources]).values()
        first = ledger.runs.get("20261101T000000Z-000001")
        assert first
        assert earlier == Earlier(report.sources[0].file, first.id, first.started_at)
        (usual,) = ledger.memory.usual().values()
        assert usual == Usual(Decimal(102))


@pytest.mark.parametrize("version", ["1", "2", "3"])
def test_a_migration_makes_the_keys_and_the_files_that_a_new_ledger_would_have(
    tmp_path: Path, new_ledger: NewLedger, version: str
) -> None:
    plant = Plant(tmp_path, ledger=new_ledger())
    plant.upload(files=[plant.write({"0042": 1, "RUN-1": 2}, "earlier.csv")])
    plant.upload("reject-422:reference=B-002")
    before = contents(plant.ledger, KEYS, FILES)
    assert [len(found) for found in before] == [9, 2]
    assert all(None not in row for row in before[0])
    put_back(plant.ledger, version)
    assert contents(plant.ledger, KEYS, FILES) == before


def test_after_a_migration_a_copy_of_what_was_registered_before_is_refused(
    tmp_path: Path, new_ledger: NewLedger
) -> None:
    plant = Plant(tmp_path, rows=3, ledger=new_ledger())
    plant.upload()
    put_back(plant.ledger, "2")
    plant.log.write_text(plant.log.read_text().replace("B-002", "X-002").replace("B-003", "B-3"))
    report = plant.upload()
    assert [row.outcome.word for row in report.rows] == ["already_registered", "invalid", "invalid"]


def test_a_batch_or_a_report_that_cannot_be_read_does_not_hold_up_a_migration(
    tmp_path: Path, new_ledger: NewLedger
) -> None:
    plant = Plant(tmp_path, rows=2, ledger=new_ledger())
    plant.upload()
    engine = opened(plant.ledger)
    with engine.begin() as connection:
        connection.execute(text("UPDATE batches SET body = '{' WHERE reference = 'B-001'"))
        connection.execute(text("UPDATE runs SET report = :none"), {"none": b"nothing"})
    engine.dispose()
    put_back(plant.ledger, "2")
    keys, files = contents(plant.ledger, KEYS, FILES)
    assert [(row[0], row[2] is None) for row in keys] == [("B-001", True), ("B-002", False)]
    assert files == []


def test_after_a_migration_what_was_registered_is_not_sent_again(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=3)
    plant.upload("reject-422:reference=B-002")
    put_back(plant.settings().ledger_url, "1")
    report = plant.upload()
    assert [row.outcome.word for row in report.rows] == [
        "already_registered",
        "created",
        "already_registered",
    ]


@pytest.mark.parametrize("version", ["1", "2", "3"])
def test_a_migration_that_dies_leaves_the_older_ledger_as_it_was(
    tmp_path: Path, new_ledger: NewLedger, version: str
) -> None:
    plant = Plant(tmp_path, rows=3, ledger=new_ledger())
    plant.upload()
    put_back(plant.ledger, version)
    before = as_it_is(plant.ledger)
    died = subprocess.run([sys.executable, "-c", DIES_IN_MIGRATION, plant.ledger, version], check=False)
    assert died.returncode == -9
    assert as_it_is(plant.ledger) == before
    assert contents(plant.ledger, text("SELECT value FROM stamps WHERE name = 'schema'")) == [[(VERSION,)]]


def as_it_is(url: str) -> tuple[object, object]:
    """The tables, their columns and the version of a ledger, which is not opened as one."""
    engine = create_engine(url)
    found = inspect(engine)
    tables = {name: {each["name"] for each in found.get_columns(name)} for name in found.get_table_names()}
    with engine.begin() as connection:
        version = connection.scalar(text("SELECT value FROM stamps WHERE name = 'schema'"))
    engine.dispose()
    return tables, version


def test_a_check_of_a_log_asks_a_ledger_of_an_older_version_too(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=3)
    plant.upload()
    put_back(plant.settings().ledger_url, "2")
    plant.log.write_text(plant.log.read_text().replace("B-002", "X-002"))
    words = [row.outcome.word for row in plant.check().rows]
    assert words == ["already_registered", "invalid", "already_registered"]
