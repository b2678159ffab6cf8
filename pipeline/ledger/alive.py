"""Whether a run is still alive, so that what it has claimed may be taken over or not.

A run holds an operating-system lock for as long as its process lives, which no kill can leave behind. That
nobody holds it says that the run is dead only where it is the very lock that the run took: a copy of the
folder has only a copy of it, and a machine that shares the folder's disk may not see that it is held.

A run that is stopped beyond its lease counts as dead all the same: the ledger then refuses its writes.
Whether a lease is prolonged is watched by the watcher's own monotonic clock, because wall clocks jump, and
two machines never have the same one.
"""

import datetime as dt
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import LedgerFailedError
from pipeline.ledger.runs import RunRecord

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def home_id(folder: Path) -> str:
    """The identity of a plant's folder, which goes along when it is moved or copied.

    LedgerFailedError when it cannot be read or made.
    """
    try:
        return _home_id(folder)
    except OSError as failure:
        raise _unusable(folder, failure) from failure


def _home_id(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "home"
    with FileLock(folder / "home.lock"):
        if not file.exists() or not file.read_text():
            part = folder / "home.part"
            part.write_text(uuid.uuid4().hex)
            part.replace(file)  # whole or not at all: on a full disk, two homes must not both be ""
    return file.read_text()


@contextmanager
def living(run_id: str, folder: Path) -> Iterator[None]:
    """Hold the run's lock; it ends with the block or with the process, whichever comes first.

    Its file stays, for whoever wants to know, until it is `forgotten`. LedgerFailedError when there is no
    place for it.
    """
    file = _file(run_id, folder)
    try:
        file.touch()
        file.write_text(_which(file), encoding="ascii")
        held = FileLock(file).acquire(timeout=0)
    except OSError as failure:
        raise _unusable(folder, failure) from failure
    with held:
        yield


def forgotten(run_id: str, folder: Path) -> None:
    """Remove the lock of a run that the ledger knows to have ended."""
    _file(run_id, folder).unlink(missing_ok=True)


def lock_of(run_id: str, folder: Path) -> Path | None:
    """The file that this run has locked, if that is here; None for a copy of it, or after another start."""
    file = _file(run_id, folder)
    try:
        says = file.read_text(encoding="ascii", errors="replace")
        return file if says == _which(file) else None
    except FileNotFoundError:
        return None
    except OSError as failure:
        raise _unusable(folder, failure) from failure


def seems_at_work(record: RunRecord, folder: Path, now: dt.datetime) -> bool:
    """Whether a run may be going on, for whoever only tells: by its lock, or elsewhere by its lease."""
    if record.finished_at:
        return False
    if lock := lock_of(record.id, folder):
        return _is_locked(lock)
    return record.lease_until > now


class Vigil:
    """Which other runs are alive, as one run sees it that watches them for as long as it works.

    A run whose lock is in this folder is dead when nobody holds it. One that lives, or of which only the
    lease is known, is dead when it was not seen to prolong its lease for as long as a lease lasts.
    """

    def __init__(self, folder: Path, clock: Callable[[], float], lease: float) -> None:
        self._folder, self._clock, self.lease = folder, clock, lease
        self._seen: dict[str, tuple[dt.datetime, float]] = {}

    def seems_alive(self, record: RunRecord | None, now: dt.datetime) -> bool:
        """The same at a glance, for whoever takes nothing over."""
        return record is not None and seems_at_work(record, self._folder, now)

    def sees_alive(self, record: RunRecord | None) -> bool:
        """Whether a run may still act on what it claimed."""
        if record is None or record.finished_at:
            return False
        if (lock := lock_of(record.id, self._folder)) and not _is_locked(lock):
            return False
        now = self._clock()
        lease, since = self._seen.get(record.id, (None, now))
        if lease != record.lease_until:
            since = now
        self._seen[record.id] = (record.lease_until, since)
        return now - since <= self.lease


def _which(file: Path) -> str:
    """Which file this is, and since when the system runs that keeps its locks.

    A copy is another file. A machine that was copied with its disk, or that shares it, was started by itself.
    """
    try:
        started = _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        started = socket.gethostname()
    seen = file.stat()
    return f"{started} {seen.st_dev} {seen.st_ino}"


def _is_locked(file: Path) -> bool:
    try:
        with FileLock(file).acquire(timeout=0):
            return False
    except Timeout:
        return True


def _unusable(folder: Path, failure: OSError) -> LedgerFailedError:
    return LedgerFailedError(
        f"{folder}, where runs see which others are at work, cannot be used: {failure.strerror or failure}. "
        "See that this user may write there and that its disk has room, then run the same again: nothing is "
        "sent twice."
    )


def _file(run_id: str, folder: Path) -> Path:
    return folder / f"{run_id}.lock"
