"""From the schema of every version that was ever released to the present one, step by step.

A step is written once and never changed: ledgers that it made are in use. It works on the database as it
was then, so it names columns itself and imports none of the present tables. The keys are made as they are
today: when they are made otherwise one day, that is a step of its own, which makes all of them again.
"""

import zlib
from collections.abc import Callable
from typing import NamedTuple

import msgspec
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from msgspec import Struct
from sqlalchemy import BigInteger, CheckConstraint, Column, Date, DateTime, Integer, String, Text, text
from sqlalchemy.engine import Connection

from pipeline.ledger.schema import VERSION
from schemas.keys import content_key, reference_key


class Step(NamedTuple):
    """What changes a ledger of one version into the next."""

    next_version: str
    change: Callable[[Operations], None]


def _remember_more(operations: Operations) -> None:
    """A refusal's reasons, the corrections, and what the registry's list held besides our own."""
    operations.add_column("batches", Column("reasons", Text, nullable=False, server_default=""))
    operations.create_table("listed", Column("reference", String(100), primary_key=True))
    operations.create_table(
        "corrections",
        Column("reference", String(100), primary_key=True),
        Column("state", String(12), nullable=False),
        Column("body", Text, nullable=False),
        Column("fingerprint", String(64), nullable=False),
        Column("held_id", Text, nullable=False),
        Column("held_body", Text, nullable=False),
        Column("new_id", Text, nullable=False),
        Column("run_id", String(40), nullable=False),
        Column("noted_at", DateTime, nullable=False),
        Column("approved_at", DateTime),
        Column("deleted_at", DateTime),
        Column("done_at", DateTime),
        CheckConstraint("state IN ('wanted', 'deleting', 'deleted', 'done')", name="known_step"),
        CheckConstraint("state <> 'deleting' OR approved_at IS NOT NULL", name="deleting_was_approved"),
    )


def _know_kin(operations: Operations) -> None:
    """The keys of every batch that was ever planned, what an hour makes, and which files were read."""
    operations.add_column("batches", Column("reference_key", BigInteger))
    operations.add_column("batches", Column("content_key", BigInteger))
    operations.add_column("usual_masses", Column("kilograms_an_hour", String(40)))
    operations.create_table(
        "files",
        Column("sha256", String(64), primary_key=True),
        Column("name", Text, nullable=False),
        Column("run_id", String(40), nullable=False),
        Column("read_at", DateTime, nullable=False),
    )
    _fill_keys(operations.get_bind())
    _fill_files(operations.get_bind())
    operations.create_index("batches_by_reference_key", "batches", ["reference_key"])
    operations.create_index("batches_by_content_key", "batches", ["content_key"])


def _fill_keys(connection: Connection) -> None:
    """Piece by piece: PostgreSQL ends a transaction that is silent for long."""
    following = text(
        "SELECT reference, body FROM batches WHERE reference > :last ORDER BY reference LIMIT 5000"
    )
    change = text("UPDATE batches SET reference_key = :r, content_key = :c WHERE reference = :reference")
    last = ""
    while rows := connection.execute(following, {"last": last}).all():
        found = [
            {"reference": reference, "r": reference_key(reference), "c": content_key(body)}
            for reference, body in rows
        ]
        connection.execute(change, found)
        last = rows[-1].reference


def _remember_what_waits(operations: Operations) -> None:
    """What waits for a person. What waited before is not known: it is entered when it is met again."""
    operations.create_table(
        "outstanding",
        Column("home", String(64), primary_key=True),
        Column("key", String(64), primary_key=True),
        Column("file", Text, nullable=False),
        Column("sheet", Text, nullable=False),
        Column("row", Integer),
        Column("cells", Text, nullable=False),
        Column("reference", Text, nullable=False),
        Column("word", String(20), nullable=False),
        Column("codes", Text, nullable=False),
        Column("message", Text, nullable=False),
        Column("run_id", String(40), nullable=False),
        Column("first_at", DateTime, nullable=False),
        Column("last_at", DateTime, nullable=False),
        Column("mark", String(64), nullable=False),
        Column("rest", String(64), nullable=False),
        Column("rows", Integer, nullable=False),
        Column("nights", Integer, nullable=False),
        Column("last_night", Date),
    )


class _Source(Struct):
    file: str
    sha256: str
    rows: int


class _Report(Struct):
    sources: tuple[_Source, ...]


def _sources(report: bytes) -> tuple[_Source, ...]:
    """The files of a report that was kept; one that cannot be read is no reason to refuse the ledger."""
    try:
        return msgspec.json.decode(zlib.decompress(report), type=_Report).sources
    except (zlib.error, msgspec.DecodeError):
        return ()


def _fill_files(connection: Connection) -> None:
    """The files of every run's report, the first reading of each."""
    runs = connection.execute(
        text("SELECT id FROM runs WHERE command = 'upload' AND report IS NOT NULL ORDER BY started_at, id")
    )
    of_run = text("SELECT id, started_at, report FROM runs WHERE id = :id")
    add = text("INSERT INTO files (sha256, name, run_id, read_at) VALUES (:sha256, :name, :run_id, :read_at)")
    seen = set()
    for (run_id,) in runs.all():
        row = connection.execute(of_run, {"id": run_id}).one()
        for source in _sources(row.report):
            if source.rows and source.sha256 not in seen:
                seen.add(source.sha256)
                values = {"sha256": source.sha256, "name": source.file, "run_id": run_id}
                connection.execute(add, {**values, "read_at": row.started_at})


STEPS: dict[str, Step] = {
    "1": Step("2", _remember_more),
    "2": Step("3", _know_kin),
    "3": Step("4", _remember_what_waits),
}


def migrated(connection: Connection, version: str) -> bool:
    """Bring a ledger of this version up to the present one; False when the version is not known."""
    operations = Operations(MigrationContext.configure(connection))
    while version != VERSION:
        if version not in STEPS:
            return False
        version, change = STEPS[version]
        change(operations)
    connection.execute(text("UPDATE stamps SET value = :version WHERE name = 'schema'"), {"version": version})
    return True
