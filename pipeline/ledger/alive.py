"""Whether a run is still alive, so that what it has claimed may be taken over or not.

A run holds an operating-system lock for as long as its process lives, which no kill can leave behind.
A run that is stopped beyond its lease counts as dead all the same: the ledger then refuses its writes.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.ledger.runs import RunRecord


def home_id(folder: Path) -> str:
    """The identity of a folder of locks: two machines that share a ledger have two of them."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "home"
    with FileLock(folder / "home.lock"):
        if not file.exists():
            file.write_text(uuid.uuid4().hex)
    return file.read_text()


@contextmanager
def living(run_id: str, folder: Path) -> Iterator[None]:
    """Hold the run's lock; it ends with the block or with the process, whichever comes first."""
    lock = FileLock(_file(run_id, folder))
    with lock.acquire(timeout=0):
        yield
    _file(run_id, folder).unlink(missing_ok=True)


def is_alive(record: RunRecord | None, folder: Path, now: dt.datetime) -> bool:
    """Whether a run may still act on what it claimed. A run of another machine is known by its lease."""
    if record is None or record.finished_at or record.lease_until < now:
        return False
    return record.home != home_id(folder) or _is_locked(_file(record.id, folder))


def _is_locked(file: Path) -> bool:
    if not file.exists():
        return False
    try:
        with FileLock(file).acquire(timeout=0):
            return False
    except Timeout:
        return True


def _file(run_id: str, folder: Path) -> Path:
    return folder / f"{run_id}.lock"
