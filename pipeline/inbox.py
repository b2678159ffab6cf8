"""The drop folder: what lies ready in it, who may work on it, and where a file goes afterwards."""

import datetime as dt
import errno
import gzip
import hashlib
import os
import shutil
import stat
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import LockedError, ResultsError, SettingsError
from pipeline.journal_point import journal_point
from schemas.run_log.file_names import litter
from schemas.run_log.packed import GZIP, most_unpacked

SETTLED = 2.0
"""Seconds without a change after which a copy is taken to be complete."""

CLOCK_SKEW = 3_600.0
"""How far in the future a change may lie, by another machine's clock, and still be recent."""

ZIPPED = {".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".ods", ".xls"}
"""Workbooks, most of which are zips; what is called .xls often is one, too, or is space reserved for it."""

GZIPPED = {".gz"}
PIECE = 1 << 20
LONGEST_NAME = 255
"""The bytes that a name may have on every file system that is in use."""

NO_LINK = {
    errno.EXDEV,
    errno.EPERM,
    errno.EACCES,
    errno.EMLINK,
    errno.ENOSYS,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
}


def ready(
    folder: Path, *, now: float, pause: Callable[[float], object] = time.sleep
) -> tuple[list[Path], list[tuple[Path, str]]]:
    """The files to process, by name, and those to leave for later, each with the reason.

    `now` is the time in seconds since the epoch; `pause` waits for some seconds, which is needed only when
    a file has come a moment ago with the date of its original. A folder that does not exist is empty.
    """
    complete: dict[Path, os.stat_result] = {}
    later: list[tuple[Path, str]] = []
    for path, status in _candidates(folder):
        journal_point("file.found", path.name)
        reason = _unready(path, status, now)
        if reason:
            later.append((path, reason))
        else:
            complete[path] = status
    if any(-CLOCK_SKEW < now - status.st_ctime < SETTLED for status in complete.values()):
        pause(SETTLED)
        growing = [path for path, status in complete.items() if _has_changed(path, status)]
        later = sorted([*later, *((path, "it is still being written") for path in growing)])
        complete = {path: status for path, status in complete.items() if path not in growing}
    for path in complete:
        journal_point("file.complete", path.name)
    return list(complete), later


def _has_changed(path: Path, before: os.stat_result) -> bool:
    """Whether it is another file by now; who copies may keep an old date, but not hide a change's own."""
    try:
        after = path.lstat()
    except FileNotFoundError:
        return True
    return (after.st_size, after.st_mtime_ns, after.st_ctime_ns) != (
        before.st_size,
        before.st_mtime_ns,
        before.st_ctime_ns,
    )


def _candidates(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """The files and links that a person may have dropped, each with its own status (hazards 67, 77)."""
    try:
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as failure:
        raise _closed(folder, failure) from failure
    for path in paths:
        if path.name.startswith(".") or litter(path.name):
            continue
        try:
            status = path.lstat()
        except FileNotFoundError:  # taken away in the meantime
            continue
        if stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode):
            yield path, status


def _unready(path: Path, status: os.stat_result, now: float) -> str:
    """Why the file is not to be read, or not yet (hazard 68); nothing when it is."""
    if stat.S_ISLNK(status.st_mode):
        return "it is a link, which is not followed; drop the file itself"
    if -CLOCK_SKEW < now - status.st_mtime < SETTLED:
        return "it was changed a moment ago and may still be being copied"
    if path.suffix.lower() in ZIPPED and _is_half_a_zip(path):
        return "it is not a complete workbook yet; if it stays so, save or copy it again"
    if path.suffix.lower() in GZIPPED and _is_half_a_gzip(path):
        return "it is not a complete gzip archive yet; if it stays so, pack or copy it again"
    return ""


def _is_half_a_zip(path: Path) -> bool:
    """Whether this begins as a workbook (or as space reserved for one) and lacks its directory."""
    try:
        with path.open("rb") as file:
            if not file.read(2).startswith((b"PK", b"\0")):
                return False
        with zipfile.ZipFile(path):
            return False
    except zipfile.BadZipFile:
        return True
    except Exception:  # noqa: BLE001  what is odd about it, reading it will say
        return False


def _is_half_a_gzip(path: Path) -> bool:
    """Whether this begins as gzip (or as space reserved for it) and ends too early.

    Looked through up to what may be unpacked; beyond it, reading refuses the file anyway.
    """
    try:
        with path.open("rb") as file:
            begins = file.peek(2)[:2]
            if begins != GZIP:
                return begins == b"\0\0"
            with gzip.open(file) as packed:
                for _ in range(most_unpacked(path.stat().st_size) // PIECE + 1):
                    if not packed.read(PIECE):
                        return False
    except EOFError:
        return True
    except (OSError, zlib.error):  # reading it will say what is wrong
        return False
    return False


def prepared(folder: Path) -> None:
    """Make the folder, so that something can be dropped there; one that is there stays as it is."""
    folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps other runs off the folder; `LockedError` at once when another run is at work on it.

    The lock belongs to the process: it ends with it, however it dies.
    """
    lock = FileLock(folder / ".lock", timeout=0)
    try:
        prepared(folder)
        lock.acquire()
    except Timeout as error:
        raise LockedError(
            f"Another run is working on {folder}. Wait until it has ended, then try again."
        ) from error
    except OSError as failure:
        raise _closed(folder, failure) from failure
    journal_point("inbox.locked")
    try:
        yield
    finally:
        lock.release()


def _closed(folder: Path, failure: OSError) -> SettingsError:
    return SettingsError(
        f"{folder} cannot be worked in: {failure.strerror or failure}. See that this user may read and "
        "write it. Nothing was read or sent."
    )


def archive(path: Path, folder: Path, *, day: dt.date, sha256: str) -> Path | None:
    """Moves the file into the folder's archive of that day and says where; overwrites nothing.

    None: it was taken away or replaced since it was read (`sha256` is that of what was read), and what
    lies there now waits for the next run. ResultsError when it cannot be moved.

    Killed at any moment, it leaves the whole file in one place or in both, and finishes when called
    again. (Where files cannot be linked, a kill may also leave an empty file of that name behind.)
    """
    try:
        place = _moved(path, folder / "archive" / day.isoformat(), sha256)
    except FileNotFoundError:
        return None
    except OSError as failure:
        raise ResultsError(
            f"{path} cannot be moved to the archive: {failure.strerror or failure}. Its run has ended, and "
            f"nothing is lost. See that {folder / 'archive'} can be written to and has room; the next run "
            "sends nothing of it again, and moves it."
        ) from failure
    if place:
        journal_point("file.archived", path.name)
    return place


def _moved(path: Path, shelf: Path, sha256: str) -> Path | None:
    shelf.mkdir(parents=True, exist_ok=True)
    _sync(path)
    place = next(free for free in _names(shelf, path.name) if _put(path, free))
    if _sha256(place) != sha256:
        place.unlink()
        return None
    for directory in (shelf, shelf.parent, shelf.parent.parent):
        _sync(directory)
    if _still_holds(path, sha256):  # who replaced it meanwhile means the new one to be read
        path.unlink()
    _sync(path.parent)
    return place


def _names(shelf: Path, name: str) -> Iterator[Path]:
    stem, suffix = Path(name).stem, Path(name).suffix
    yield shelf / name
    number = 2
    while True:
        yield shelf / _fitted(stem, f"-{number}{suffix}")
        number += 1


def _fitted(stem: str, ending: str) -> str:
    """A name that folders can hold, with as much of the stem as there is room for (hazard 77)."""
    room = max(0, LONGEST_NAME - len(ending.encode()))
    return (stem.encode()[:room].decode(errors="ignore") + ending)[-LONGEST_NAME:]


def _put(path: Path, place: Path) -> bool:
    """Gives the file this name as well; False when the name belongs to another file."""
    try:
        os.link(path, place)
    except FileExistsError:
        return place.samefile(path)  # linked already, by a run that died before it could unlink
    except OSError as error:
        if error.errno not in NO_LINK:
            raise
        return _put_without_link(path, place)
    return True


def _put_without_link(path: Path, place: Path) -> bool:
    """Reserves the name, then replaces the reservation by the whole file in one step."""
    try:
        place.touch(exist_ok=False)
    except FileExistsError:
        return False
    copy = place.with_name(_fitted(f".{place.name}", ".part"))
    try:
        shutil.copy2(path, copy)
        _sync(copy)
        copy.replace(place)
    except BaseException:
        copy.unlink(missing_ok=True)
        place.unlink(missing_ok=True)
        raise
    return True


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _still_holds(path: Path, sha256: str) -> bool:
    """Whether this is the content, and what was looked at has not lost its name to another meanwhile."""
    with path.open("rb") as file:
        same = hashlib.file_digest(file, "sha256").hexdigest() == sha256
        return same and os.path.samestat(os.fstat(file.fileno()), path.lstat())


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
