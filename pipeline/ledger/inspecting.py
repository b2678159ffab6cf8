"""A ledger looked at without changing it: nothing is made, migrated, claimed or locked.

A SQLite ledger that nobody has open is read as a file that stands still, because SQLite would otherwise lay
two files beside it. When a run opened it meanwhile, what was seen may be torn, and it is read once more.
"""

import datetime as dt
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from msgspec.structs import replace
from sqlalchemy import Engine, create_engine, event, func, inspect, select
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from pipeline.diagnose import Claim, Inspection, Sender
from pipeline.errors import LedgerError
from pipeline.ledger import postgresql, schema
from pipeline.ledger.failing import may_pass, plainly, remedy
from pipeline.ledger.migrations import STEPS
from pipeline.ledger.mounts import assert_local
from pipeline.ledger.runs import RunRecord, record_of, whole_of
from pipeline.ledger.schema import attempts, aware, batches, runs, stamps
from pipeline.plan import OPEN

_PATIENCE = 5
"""Seconds that a server or another run's transaction is waited for, and that the check of a file may take."""
_STEPS = 100_000
_TOO_LONG = f"its check took more than {_PATIENCE} seconds and was ended"
Alive = Callable[[RunRecord | None], bool | None]
"""Whether a run is alive; None when nobody here can tell."""


def inspected(url: str, alive: Alive, clock: Callable[[], float]) -> Inspection:
    """What this ledger is, and what it holds; or why it cannot be used.

    `clock` is a monotonic count of seconds, by which the check of a file is ended.
    """
    parts = make_url(url)
    shown = parts.render_as_string(hide_password=True)
    try:
        if parts.get_backend_name() == "sqlite":
            return _file(Path(str(parts.database)), alive, clock)
        return _server(parts, shown, alive)
    except LedgerError as error:
        return Inspection(shown, wrong=str(error))
    except (DatabaseError, sqlite3.Error, OSError, UnicodeDecodeError) as error:
        said, backend = plainly(error), parts.get_backend_name()
        return Inspection(shown, wrong=said, remedy=remedy(backend, said), may_pass=may_pass(backend, said))


def _file(path: Path, alive: Alive, clock: Callable[[], float]) -> Inspection:
    assert_local(path)
    seen = Inspection(str(path))
    if not path.exists():
        return replace(seen, exists=False)
    if not (os.access(path, os.R_OK | os.W_OK) and os.access(path.parent, os.W_OK | os.X_OK)):
        return replace(seen, wrong="this user may not write to it", remedy=remedy("sqlite", "readonly"))
    seen, before = replace(seen, size=path.stat().st_size), path.stat().st_mtime_ns
    if not _in_use(path):
        with suppress(sqlite3.DatabaseError, DatabaseError):
            found = _looked(seen, path, "immutable=1", alive, clock)
            if not _in_use(path) and path.stat().st_mtime_ns == before:
                return found
    return _looked(seen, path, "mode=ro", alive, clock)


def _in_use(path: Path) -> bool:
    """Whether SQLite has files beside it: a run is at work on it, or died."""
    return any(path.with_name(f"{path.name}-{end}").exists() for end in ("wal", "shm"))


def _looked(seen: Inspection, path: Path, how: str, alive: Alive, clock: Callable[[], float]) -> Inspection:
    uri = f"file:{quote(str(path))}?{how}"
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(uri, uri=True, timeout=_PATIENCE),
        poolclass=NullPool,
        hide_parameters=True,
    )
    with closing(sqlite3.connect(uri, uri=True, timeout=_PATIENCE)) as connection:
        damage, unchecked = _checked(connection, clock)
    seen = replace(seen, damage=damage, unchecked=unchecked)
    return seen if damage else _read(engine, seen, alive)


def _checked(connection: sqlite3.Connection, clock: Callable[[], float]) -> tuple[tuple[str, ...], str]:
    """What SQLite's own check says is damaged; and why it could not be made to its end."""
    deadline = clock() + _PATIENCE
    connection.set_progress_handler(lambda: clock() > deadline, _STEPS)
    try:
        found = [str(line) for (line,) in connection.execute("PRAGMA integrity_check(3)")]
    except sqlite3.OperationalError as ended:
        if "interrupted" not in str(ended):
            raise
        return (), _TOO_LONG
    return tuple(" ".join(line.split()) for line in found if line != "ok"), ""


def _server(url: URL, shown: str, alive: Alive) -> Inspection:
    try:
        engine = create_engine(
            url, connect_args={"connect_timeout": _PATIENCE}, poolclass=NullPool, hide_parameters=True
        )
    except ModuleNotFoundError:
        return Inspection(
            shown, wrong="its driver is not installed", remedy="Type: pip install 'psycopg[binary]'"
        )
    event.listen(engine, "connect", _only_to_look)
    with engine.connect() as connection:
        postgresql.assert_sound(connection)
    return _read(engine, Inspection(shown), alive)


def _only_to_look(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("SET synchronous_commit = on")  # as every run does
    cursor.execute("SET default_transaction_read_only = on")
    cursor.execute(f"SET statement_timeout = {_PATIENCE * 1_000}")
    cursor.close()
    connection.commit()


def _read(engine: Engine, seen: Inspection, alive: Alive) -> Inspection:
    with engine.connect() as connection:
        if not inspect(connection).has_table("stamps"):
            return replace(seen, exists=False)
        stamped = {row.name: row.value for row in connection.execute(select(stamps))}
        seen = replace(
            seen,
            version=stamped.pop("schema", "none"),
            newest=schema.VERSION,
            older=tuple(STEPS),
            stamps=stamped,
        )
        if seen.version not in (schema.VERSION, *STEPS):
            return seen
        return replace(
            seen,
            states=_states(connection),
            open_since=_open_since(connection),
            strange=_strange(connection),
            claims=_claims(connection, alive),
            senders=_senders(connection, alive),
        )


def _states(connection: Connection) -> dict[str, int]:
    counted = select(batches.c.state, func.count()).group_by(batches.c.state)
    return {row[0]: row[1] for row in connection.execute(counted)}


def _open_since(connection: Connection) -> dt.datetime | None:
    oldest = connection.scalar(select(func.min(batches.c.updated_at)).where(batches.c.state.in_(OPEN)))
    return aware(oldest) if oldest else None


def _strange(connection: Connection) -> tuple[str, ...]:
    """The references of which the ledger holds another payload than was written."""
    rows = connection.execute(select(batches.c.reference, batches.c.body, batches.c.fingerprint))
    return tuple(row.reference for row in rows if sha256(row.body.encode()).hexdigest() != row.fingerprint)


def _claims(connection: Connection, alive: Alive) -> tuple[Claim, ...]:
    counted = (
        select(batches.c.owner, func.count())
        .where(batches.c.owner != "")
        .group_by(batches.c.owner)
        .order_by(batches.c.owner)
    )
    return tuple(_claim(connection, owner, count, alive) for owner, count in connection.execute(counted))


def _senders(connection: Connection, alive: Alive) -> tuple[Sender, ...]:
    """The runs that made the last intents of what is open; a run's parts count as the run."""
    intents = (
        select(attempts.c.reference, attempts.c.run_id)
        .join(batches, batches.c.reference == attempts.c.reference)
        .where(batches.c.state.in_(OPEN), attempts.c.state == "sending")
        .order_by(attempts.c.id)
    )
    last = {row.reference: whole_of(row.run_id) for row in connection.execute(intents)}
    references: dict[str, list[str]] = {}
    for reference, run_id in sorted(last.items()):
        references.setdefault(run_id, []).append(reference)
    return tuple(_sender(connection, run_id, references[run_id], alive) for run_id in sorted(references))


def _sender(connection: Connection, run_id: str, references: list[str], alive: Alive) -> Sender:
    record = _record(connection, run_id)
    return Sender(run_id, record.command if record else "", tuple(references), alive(record))


def _claim(connection: Connection, owner: str, count: int, alive: Alive) -> Claim:
    record = _record(connection, owner)
    command, started = (record.command, record.started_at) if record else ("", None)
    return Claim(owner, command, started, count, alive(record))


def _record(connection: Connection, run_id: str) -> RunRecord | None:
    columns = [runs.c[name] for name in RunRecord.__struct_fields__]
    row = connection.execute(select(*columns).where(runs.c.id == run_id)).mappings().first()
    return record_of(row) if row else None
