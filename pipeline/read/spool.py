"""A private copy of a file as it is now: what is hashed is what is parsed, whatever becomes of the file."""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple

from pipeline.elsewhere import Nowhere, Place, Remote
from pipeline.read.fetched import fetched
from pipeline.read.refused import FileRefused, changing, not_a_file, too_large
from schemas.run_log.file_names import litter, locked_log

LARGEST = 10**9
_PIECE = 1 << 20


class Spool(NamedTuple):
    """The copy, which has no name and ends with this process; the sha256 and the size of its bytes."""

    file: BinaryIO
    sha256: str
    size: int


@contextmanager
def spooled(place: Place, name: str, *, links: bool = True) -> Iterator[Spool]:
    """The file's content, taken once; `FileRefused` when it cannot be had, or changes meanwhile.

    So nothing that happens to the file later is read, and nothing is read that was not hashed (hazard 68).
    Without `links`, a symbolic link is refused, even one that has just taken a file's place (hazard 77).
    """
    with _copy(name) as copy:
        digest = hashlib.sha256()
        size = 0
        for piece in _content(place, name, links=links):
            digest.update(piece)
            size += len(piece)
            _write(copy, piece, name)
        copy.seek(0)
        yield Spool(copy, digest.hexdigest(), size)


def _content(place: Place, name: str, *, links: bool) -> Iterator[bytes]:
    if isinstance(place, Nowhere):
        raise FileRefused(place.refusal.code, place.refusal.message, place.refusal.remedy)
    _must_not_be_litter(place.name, name)
    return fetched(place, name, LARGEST) if isinstance(place, Remote) else _pieces(place, name, links=links)


def _pieces(path: Path, name: str, *, links: bool) -> Iterator[bytes]:
    try:
        opener = _opener if links else _opener_of_no_link
        with open(path, "rb", opener=opener) as file:
            before = os.fstat(file.fileno())
            _must_be_a_file(before, name)
            while piece := file.read(_PIECE):
                yield piece
            after = os.fstat(file.fileno())
            read = file.tell()
    except FileNotFoundError as error:
        raise FileRefused(
            "file_missing", f"“{name}” does not exist.", "Check the name and the folder."
        ) from error
    except OSError as error:
        raise _not_opened(name, error, links=links) from error
    if (before.st_size, before.st_mtime_ns, read) != (after.st_size, after.st_mtime_ns, before.st_size):
        raise changing(name)


def _opener(path: str, flags: int) -> int:
    """Opens without waiting for the writer of a pipe."""
    return os.open(path, flags | os.O_NONBLOCK)


def _opener_of_no_link(path: str, flags: int) -> int:
    return _opener(path, flags | os.O_NOFOLLOW)


def _must_be_a_file(status: os.stat_result, name: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise not_a_file(name)
    if status.st_size > LARGEST:
        raise too_large(name)


def _not_opened(name: str, error: OSError, *, links: bool) -> FileRefused:
    if isinstance(error, IsADirectoryError):
        return not_a_file(name)
    if error.errno == errno.ELOOP and not links:
        return FileRefused(
            "file_link", f"“{name}” is a link, and none is followed here.", "Drop the file itself."
        )
    return FileRefused(
        "file_unreadable",
        f"“{name}” cannot be read: {error.strerror or error}.",
        "Give this program the right to read it, or copy it elsewhere.",
    )


def _must_not_be_litter(own_name: str, name: str) -> None:
    match litter(own_name):
        case "lock":
            raise FileRefused(
                "file_lock",
                f"“{name}” only marks that somebody has the log open; it holds no rows.",
                f"Name the log itself: {locked_log(own_name)}.",
            )
        case "unfinished":
            raise FileRefused(
                "file_unfinished",
                f"“{name}” has the name of a copy or download that has not ended.",
                "Wait until it has, and name the file that comes of it; or give it a name of its own.",
            )
        case "system":
            raise FileRefused(
                "file_not_a_log",
                f"“{name}” has the name of a file that the system keeps for itself; it holds no rows.",
                "Name the log itself.",
            )


def _copy(name: str) -> BinaryIO:
    try:
        return TemporaryFile()
    except OSError as error:
        raise _not_copied(name, error) from error


def _write(copy: BinaryIO, piece: bytes, name: str) -> None:
    try:
        copy.write(piece)
        copy.flush()
    except OSError as error:
        raise _not_copied(name, error) from error


def _not_copied(name: str, error: OSError) -> FileRefused:
    return FileRefused(
        "file_not_copied",
        f"“{name}” cannot be copied to the folder for temporary files: {error.strerror or error}.",
        "Make room there, or name another folder with TMPDIR, and try again.",
    )
