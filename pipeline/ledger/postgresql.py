"""A ledger in a PostgreSQL schema, for several machines: durable, one writer at a time.

Every transaction first takes the schema's own lock, so that each rule of this package is a rule about
one transaction after another, as it is with SQLite. A run that is stopped inside a transaction loses
the lock, and the transaction, after a few seconds.
"""

from contextlib import AbstractContextManager, nullcontext
from functools import partial

from sqlalchemy import URL, Engine, create_engine, event, text
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from pipeline.errors import LedgerError

__all__ = ["Insert", "alone", "assert_sound", "engine", "insert"]

_SESSION = (
    "SET synchronous_commit = on",
    "SET idle_in_transaction_session_timeout = '10s'",
    "SET timezone = 'UTC'",
)
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('batch ledger ' || current_schema(), 0))"


def engine(url: URL, patience: float) -> Engine:
    """An engine whose every transaction is durable when it is committed.

    A transaction waits `patience` seconds for another one to end.
    """
    try:
        made = create_engine(url, hide_parameters=True, connect_args=_given_up_after(url, int(patience)))
    except ModuleNotFoundError as missing:
        raise LedgerError(
            "A ledger in PostgreSQL needs its driver; install it with: pip install 'psycopg[binary]'"
        ) from missing
    event.listen(made, "connect", partial(_set_durable, milliseconds=int(patience * 1_000)))
    event.listen(made, "begin", _lock)
    return made


def _given_up_after(url: URL, seconds: int) -> dict[str, int]:
    """How soon a server counts as lost that does not answer at all; what the address says goes before."""
    wanted = {
        "connect_timeout": seconds,
        "tcp_user_timeout": seconds * 1_000,
        "keepalives_idle": seconds,
        "keepalives_interval": 10,
        "keepalives_count": 3,
    }
    return {name: value for name, value in wanted.items() if name not in url.query}


def alone(_: URL, __: float) -> AbstractContextManager[None]:
    """Nothing to do: the schema's lock keeps other runs waiting while it is opened."""
    return nullcontext()


def assert_sound(connection: Connection) -> None:
    """LedgerError when what is committed could be lost."""
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        if (found := connection.scalar(text(f"SHOW {setting}"))) != "on":
            raise LedgerError(
                f"The ledger would not survive a power cut: {setting} is {found} in PostgreSQL. Set it to on."
            )
    if connection.scalar(text("SELECT pg_is_in_recovery()")):
        raise LedgerError("The ledger's PostgreSQL is a read-only standby. Name the primary server.")


def _set_durable(connection: DBAPIConnection, _: ConnectionPoolEntry, *, milliseconds: int) -> None:
    cursor = connection.cursor()
    for statement in (*_SESSION, f"SET lock_timeout = {milliseconds}"):
        cursor.execute(statement)
    cursor.close()
    connection.commit()


def _lock(connection: Connection) -> None:
    connection.exec_driver_sql(_LOCK)
