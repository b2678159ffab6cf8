"""Opening a ledger: durable settings asserted, schema made or checked, damage found before any use."""

from pathlib import Path

from filelock import FileLock
from sqlalchemy import Engine, create_engine, event, insert, select, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from pipeline.errors import LedgerError
from pipeline.ledger import schema

_BUSY_MILLISECONDS = 30_000
_FULL = 2


def opened(url: str) -> Engine:
    """An engine on a sound ledger. LedgerError says what is wrong with it and what to do."""
    parts = make_url(url)
    shown = parts.render_as_string(hide_password=True)
    if parts.get_backend_name() != "sqlite" or not parts.database:
        raise LedgerError(f"The ledger {shown} is not a SQLite file; write sqlite:///path/to/ledger.sqlite3.")
    try:
        path = Path(parts.database)
        _make_private(path)
        engine = create_engine(url, hide_parameters=True)
        event.listen(engine, "connect", _set_durable)
        event.listen(engine, "begin", _begin_immediate)
        # Two runs that make a ledger at once: changing to write-ahead logging does not wait its turn.
        with FileLock(f"{path}.lock"), engine.begin() as connection:
            _assert_durable(connection)
            schema.metadata.create_all(connection)
            _assert_version(connection, shown)
    except (DatabaseError, OSError) as error:
        raise LedgerError(
            f"The ledger {shown} cannot be used: {_plainly(error)}. Nothing was sent. "
            "Make room or restore it from a backup; a new, empty ledger is safe too: "
            "the registry is then asked what it holds before anything is sent."
        ) from error
    return engine


def _make_private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)


def _set_durable(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we begin, not the driver
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _assert_durable(connection: Connection) -> None:
    if connection.scalar(text("PRAGMA journal_mode")) != "wal":
        raise LedgerError(
            "The ledger's file system does not do write-ahead logging; keep it on a local disk."
        )
    if connection.scalar(text("PRAGMA synchronous")) != _FULL:
        raise LedgerError("The ledger would not survive a power cut: synchronous is not FULL.")
    if (found := connection.scalar(text("PRAGMA quick_check"))) != "ok":
        raise LedgerError(f"The ledger is damaged ({found}). Restore it from a backup, or move it away.")


def _assert_version(connection: Connection, shown: str) -> None:
    version = select(schema.stamps.c.value).where(schema.stamps.c.name == "schema")
    found = connection.scalar(version)
    if found is None:
        connection.execute(insert(schema.stamps).values(name="schema", value=schema.VERSION))
    elif found != schema.VERSION:
        raise LedgerError(f"The ledger {shown} was written by another version ({found}); install that one.")


def _plainly(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error)
