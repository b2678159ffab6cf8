"""A ledger in one SQLite file: durable, private, one writer at a time."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile

from filelock import FileLock, Timeout
from sqlalchemy import URL, Engine, create_engine, event, text
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from pipeline.errors import LedgerError
from pipeline.ledger.mounts import assert_local

__all__ = ["Insert", "alone", "assert_sound", "engine", "insert"]

_FULL = 2
_ROOM = 100_000
"""Bytes that a new ledger needs at least, with the two files beside it."""


def engine(url: URL, patience: float) -> Engine:
    """An engine whose every transaction is durable when it is committed. OSError when there is no place.

    A transaction waits `patience` seconds for another one to end.
    """
    path = _path(url)
    assert_local(path)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    made = create_engine(url, hide_parameters=True)
    event.listen(made, "connect", partial(_set_durable, milliseconds=int(patience * 1_000)))
    event.listen(made, "begin", _begin_immediate)
    return made


@contextmanager
def alone(url: URL, patience: float) -> Iterator[None]:
    """Keep other runs from opening it: changing to write-ahead logging does not wait its turn."""
    lock = FileLock(f"{_path(url)}.lock", timeout=patience)
    try:
        lock.acquire()
    except Timeout as busy:
        raise LedgerError(
            f"The ledger {_path(url)} is being opened by another program, and has been for {patience:g} "
            "seconds. Nothing was sent. Let that program end, then run the same again."
        ) from busy
    try:
        yield
    finally:
        lock.release()


def assert_sound(connection: Connection) -> None:
    """LedgerError when it would not survive a power cut, or is damaged already; OSError on a full disk."""
    if connection.scalar(text("PRAGMA journal_mode")) != "wal":
        _assert_room(_path(connection.engine.url).parent)
        raise LedgerError(
            "The ledger's file system does not do write-ahead logging; keep it on a local disk."
        )
    if connection.scalar(text("PRAGMA synchronous")) != _FULL:
        raise LedgerError("The ledger would not survive a power cut: synchronous is not FULL.")
    if (found := connection.scalar(text("PRAGMA quick_check"))) != "ok":
        raise LedgerError(f"The ledger is damaged ({found}). Restore it from a backup, or move it away.")


def _assert_room(folder: Path) -> None:
    """OSError when there is none; SQLite does not say so, and keeps another journal."""
    with TemporaryFile(dir=folder) as probe:
        probe.write(bytes(_ROOM))
        probe.flush()


def _path(url: URL) -> Path:
    return Path(str(url.database))


def _set_durable(connection: DBAPIConnection, _: ConnectionPoolEntry, *, milliseconds: int) -> None:
    connection.isolation_level = None  # we begin, not the driver
    with closing(connection.cursor()) as cursor:
        cursor.execute(f"PRAGMA busy_timeout={milliseconds}")
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
