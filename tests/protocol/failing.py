"""Ledgers that fail at the event of a number: a statement, or a commit. Once, or from then on.

SQLite fails in its driver, so that all above it is the program's own; PostgreSQL fails for real: the
server ends the connection just before the statement reaches it.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, Self

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import Dialect

from tests.postgresql import Server

FULL = "database or disk is full"
READ_ONLY = "attempt to write a readonly database"
LATE = "late: disk I/O error"
"""The commit is made and then reported as failed, as when the answer to it is lost."""


class Trouble:
    """Counts a ledger's events, and makes the one of that number fail, and all after it if it stays."""

    def __init__(self, at: int, *, stays: bool) -> None:
        self.events = 0
        self._at, self._stays = at, stays

    @property
    def came(self) -> bool:
        return self.events >= self._at

    def comes_now(self) -> bool:
        self.events += 1
        return self.events == self._at or (self._stays and self.came)


def _connection_that_fails(
    trouble: Trouble, said: str, made: list[sqlite3.Connection]
) -> type[sqlite3.Connection]:
    def fail() -> None:
        if trouble.comes_now():
            raise sqlite3.OperationalError(said.removeprefix("late: "))

    class FailingCursor(sqlite3.Cursor):
        def execute(self, sql: str, parameters: Any = ()) -> Self:
            fail()
            return super().execute(sql, parameters)

        def executemany(self, sql: str, parameters: Any) -> Self:
            fail()
            return super().executemany(sql, parameters)

    class FailingConnection(sqlite3.Connection):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            made.append(self)

        def cursor(self, *_: Any) -> Any:
            return FailingCursor(self)

        def commit(self) -> None:
            if said == LATE:
                super().commit()
            fail()
            super().commit()

    return FailingConnection


@contextmanager
def sqlite_fails(trouble: Trouble, said: str) -> Iterator[None]:
    """Every SQLite ledger that is opened meanwhile has this trouble, and says so."""
    made: list[sqlite3.Connection] = []
    factory = _connection_that_fails(trouble, said, made)

    def connect(_: Dialect, __: object, ___: Sequence[object], options: dict[str, object]) -> None:
        options["factory"] = factory

    with _listening("do_connect", connect):
        try:
            yield
        finally:  # as the end of the process would
            for connection in made:
                connection.close()


@contextmanager
def postgresql_fails(trouble: Trouble, server: Server) -> Iterator[None]:
    """The server ends the connection of every ledger that reaches the event, before it is carried out."""

    def end(connection: Any, *_: object) -> None:
        if trouble.comes_now():
            backend = connection.connection.driver_connection.info.backend_pid
            with closing(server.connect()) as admin:
                admin.execute("SELECT pg_terminate_backend(%s, 5000)", (backend,))

    with _listening("before_cursor_execute", end), _listening("commit", end):
        yield


@contextmanager
def _listening(name: str, listener: Callable[..., object]) -> Iterator[None]:
    event.listen(Engine, name, listener)
    try:
        yield
    finally:
        event.remove(Engine, name, listener)
