"""What the registry holds: one SQLite file that several server processes may share."""

import contextlib
import datetime as dt
import json
import math
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.local_registry.batch import new_id

ResourceKind = Literal["production_batch", "feedstock_type"]

FEEDSTOCK_TYPES = (
    ("ftt_1D7KZ1P761S0G7BN", "Wood chips", "FEEDSTOCK-WOOD-CHIPS"),
    ("ftt_1CSRJN4HHSBXZ3TK", "Almond shells", "FEEDSTOCK-ALMOND-SHELLS"),
    ("ftt_1E5V2M8QKABX04WD", "Rice husks", None),
)
"""id, name, supplier_reference_id. The first two ids are the published schema's examples."""

_LARGEST = 2**63 - 1
_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS resources (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        id TEXT NOT NULL UNIQUE,
        reference TEXT,
        uploaded REAL NOT NULL,
        body TEXT NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS by_reference ON resources (kind, reference)",
    "CREATE INDEX IF NOT EXISTS by_upload ON resources (kind, uploaded, reference)",
    """CREATE TABLE IF NOT EXISTS organisation (
        only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
        id TEXT NOT NULL,
        name TEXT NOT NULL
    )""",
)
_ADD = "INSERT INTO resources (kind, id, reference, uploaded, body) VALUES (?, ?, ?, ?, ?)"
_TAKEN = "SELECT 1 FROM resources WHERE kind = ? AND reference = ? LIMIT 1"
_UPWARDS = """SELECT seq, body FROM resources NOT INDEXED
    WHERE seq > :low AND seq < :high AND kind = :kind AND uploaded <= :until
    AND (:reference IS NULL OR reference = :reference) ORDER BY seq LIMIT :limit"""
_DOWNWARDS = """SELECT seq, body FROM resources NOT INDEXED
    WHERE seq > :low AND seq < :high AND kind = :kind AND uploaded <= :until
    AND (:reference IS NULL OR reference = :reference) ORDER BY seq DESC LIMIT :limit"""
_COUNT = """SELECT count(*) FROM resources WHERE kind = :kind AND uploaded <= :until
    AND (:reference IS NULL OR reference = :reference)"""


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of which list is wanted. `after` and `before` are positions, both excluded."""

    kind: ResourceKind
    limit: int
    after: int | None = None
    before: int | None = None
    backward: bool = False
    descending: bool = False
    until: float = math.inf
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The JSON of its rows in the order of the list, and the positions of the outermost two.

    `total` counts the whole list.
    """

    nodes: tuple[str, ...]
    start: int | None
    end: int | None
    total: int
    has_previous: bool
    has_next: bool


class Store:
    """The registry's holdings. `Store(":memory:")` keeps them for as long as the process lives.

    A commit survives the death of the process, not that of the machine (synchronous=NORMAL): this
    is a stand-in, and the client's ledger is what must survive.
    """

    def __init__(self, path: str | Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(
            path, timeout=30, isolation_level=None, check_same_thread=False, cached_statements=32
        )
        try:
            _use_wal(self._db)
            with self._writing():
                self._prepare()
        except sqlite3.Error:
            self._db.close()
            raise

    def close(self) -> None:
        self._db.close()

    def organisation(self) -> tuple[str, str]:
        """Id and name; the same for the life of the file."""
        with self._lock:
            row: tuple[str, str] = self._db.execute("SELECT id, name FROM organisation").fetchone()
        return row

    def add_batch(
        self, batch_id: str, reference: str, body: str, *, uploaded: float, unique: bool = True
    ) -> bool:
        """Hold a batch; False, and nothing held, when `unique` and its reference is taken."""
        with self._writing():
            if unique and self._db.execute(_TAKEN, ("production_batch", reference)).fetchone():
                return False
            self._db.execute(_ADD, ("production_batch", batch_id, reference, uploaded, body))
            return True

    def batch(self, batch_id: str) -> str | None:
        """The JSON of a batch, or None."""
        sql = "SELECT body FROM resources WHERE id = ? AND kind = 'production_batch'"
        with self._lock:
            row = self._db.execute(sql, (batch_id,)).fetchone()
        return None if row is None else str(row[0])

    def delete_batch(self, batch_id: str) -> bool:
        """Whether there was such a batch; there is none afterwards."""
        sql = "DELETE FROM resources WHERE id = ? AND kind = 'production_batch'"
        with self._writing():
            return self._db.execute(sql, (batch_id,)).rowcount == 1

    def page(self, window: Window) -> Page:
        """One page of a list, by position: no row twice and none missed while others are added."""
        first, last = window.after, window.before
        low, high = (last, first) if window.descending else (first, last)
        values = {
            "low": 0 if low is None else low,
            "high": _LARGEST if high is None else high,
            "kind": window.kind,
            "until": window.until,
            "reference": window.reference,
            "limit": window.limit + 1,
        }
        upwards = window.backward == window.descending
        with self._lock:
            rows = self._db.execute(_UPWARDS if upwards else _DOWNWARDS, values).fetchall()
            (total,) = self._db.execute(_COUNT, values).fetchone()
        return _as_page(window, rows, total)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _prepare(self) -> None:
        for statement in _SCHEMA:
            self._db.execute(statement)
        organisation_id = new_id("org", dt.datetime.now(dt.UTC))
        self._db.execute(
            "INSERT OR IGNORE INTO organisation VALUES (1, ?, 'Local trial organisation')",
            (organisation_id,),
        )
        for type_id, name, reference in FEEDSTOCK_TYPES:
            body = {"id": type_id, "name": name, "supplier_reference_id": reference}
            self._db.execute(
                _ADD.replace("INSERT", "INSERT OR IGNORE", 1),
                ("feedstock_type", type_id, reference, 0.0, json.dumps(body)),
            )


def _as_page(window: Window, rows: list[tuple[int, str]], total: int) -> Page:
    """The rows found, of which one more was asked for than fits, so as to know whether it exists."""
    more, shown = len(rows) > window.limit, rows[: window.limit]
    if window.backward:
        shown.reverse()
    return Page(
        nodes=tuple(body for _, body in shown),
        start=shown[0][0] if shown else None,
        end=shown[-1][0] if shown else None,
        total=total,
        has_previous=more if window.backward else window.after is not None,
        has_next=window.before is not None if window.backward else more,
    )


def _use_wal(db: sqlite3.Connection) -> None:
    """Switch to write-ahead logging; SQLite does not wait for another process that is switching."""
    deadline = time.monotonic() + 10
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
