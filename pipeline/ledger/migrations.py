"""From the schema of every version that was ever released to the present one, step by step.

A step is written once and never changed: ledgers that it made are in use. It works on the database as it
was then, so it names columns itself and imports none of the present tables.
"""

from collections.abc import Callable
from typing import NamedTuple

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Text, text
from sqlalchemy.engine import Connection

from pipeline.ledger.schema import VERSION


class Step(NamedTuple):
    """What changes a ledger of one version into the next."""

    next_version: str
    change: Callable[[Operations], None]


def _keep_reasons(operations: Operations) -> None:
    """A refusal's reasons outlive the run that was refused."""
    operations.add_column("batches", Column("reasons", Text, nullable=False, server_default=""))


STEPS: dict[str, Step] = {"1": Step("2", _keep_reasons)}


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
