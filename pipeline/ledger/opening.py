"""Opening a ledger: durable settings asserted, schema made or brought up to date, damage found before use."""

from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING

from sqlalchemy import Engine, Table, insert, select
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DatabaseError

from pipeline.errors import LedgerError, LedgerUnreachableError, LedgerUnusableError
from pipeline.ledger import schema
from pipeline.ledger.failing import explain_failures, may_pass, plainly, remedy

if TYPE_CHECKING:
    from pipeline.ledger import postgresql, sqlite


def opened(url: str, patience: float = 30.0) -> Engine:
    """An engine on a sound ledger. LedgerError says what is wrong with it and what to do.

    `patience` is how many seconds each transaction waits for those of others.
    """
    parts = make_url(url)
    shown = parts.render_as_string(hide_password=True)
    kind = _kind(parts.get_backend_name())
    if kind is None or not parts.database:
        raise LedgerError(
            f"The ledger {shown} is neither a SQLite file nor a PostgreSQL database; write "
            "sqlite:///path/to/ledger.sqlite3 or postgresql+psycopg://USER@HOST/DATABASE."
        )
    try:
        engine: Engine = kind.engine(parts, patience)
        try:
            with kind.alone(parts, patience), engine.begin() as connection:
                kind.assert_sound(connection)
                _bring_up_to_date(connection, shown)
        except BaseException:
            engine.dispose()
            raise
    except (DatabaseError, OSError, UnicodeDecodeError) as error:
        said, backend = plainly(error), parts.get_backend_name()
        kind_of_failure = LedgerUnreachableError if may_pass(backend, said) else LedgerUnusableError
        raise kind_of_failure(
            f"The ledger {shown} cannot be used: {said}. Nothing was sent. {remedy(backend, said)}"
        ) from error
    explain_failures(engine, shown)
    return engine


def upsert(engine: Engine) -> "Callable[[Table], sqlite.Insert | postgresql.Insert]":
    """The engine's own INSERT, which can say what to do about a row that is there already."""
    kind = _kind(engine.dialect.name)
    assert kind  # noqa: S101  the engine was made by one
    insert_of: Callable[[Table], sqlite.Insert | postgresql.Insert] = kind.insert
    return insert_of


def _kind(backend: str) -> ModuleType | None:
    """What knows this kind of database, if anything does. The other kind is not even imported."""
    match backend:
        case "sqlite":
            from pipeline.ledger import sqlite

            return sqlite
        case "postgresql":
            from pipeline.ledger import postgresql

            return postgresql
    return None


def _bring_up_to_date(connection: Connection, shown: str) -> None:
    """Make the schema of a new ledger, or change that of an older one, in this one transaction."""
    schema.stamps.create(connection, checkfirst=True)
    version = select(schema.stamps.c.value).where(schema.stamps.c.name == "schema")
    found = connection.scalar(version)
    if found is None:
        schema.metadata.create_all(connection)
        connection.execute(insert(schema.stamps).values(name="schema", value=schema.VERSION))
    elif found != schema.VERSION and not _migrated(connection, found):
        raise LedgerError(
            f"The ledger {shown} was written by a newer version of this program (schema {found}). "
            "Nothing was sent. Install that version, or name another ledger."
        )


def _migrated(connection: Connection, version: str) -> bool:
    from pipeline.ledger.migrations import migrated

    return migrated(connection, version)
