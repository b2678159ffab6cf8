"""From the schema of every version that was ever released to the present one, step by step.

A step is written once and never changed: ledgers that it made are in use. It works on the database as it
was then, so it names columns itself and imports none of the present tables.
"""

from collections.abc import Callable
from typing import NamedTuple

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, Column, DateTime, String, Text, text
from sqlalchemy.engine import Connection

from pipeline.ledger.schema import VERSION


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


STEPS: dict[str, Step] = {"1": Step("2", _remember_more)}


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
