"""A private copy of a file as it is now: what is hashed is what is parsed, whatever becomes of the file."""

import hashlib
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple

from pipeline.read.refused import FileRefused

LARGEST = 10**9
_PIECE = 1 << 20


class Spool(NamedTuple):
    """The copy, which has no name and ends with this process; the sha256 and the size of its bytes."""

    file: BinaryIO
    sha256: str
    size: int


@contextmanager
def spooled(path: Path, name: str) -> Iterator[Spool]:
    """The file's content, taken once; `FileRefused` when it cannot be had, or changes meanwhile.

    So nothing that happens to the file later is read, and nothing is read that was not hashed (hazard 68).
    """
    with _copy(name) as copy:
        digest = hashlib.sha256()
        size = 0
        for piece in _pieces(path, name):
            digest.update(piece)
            size += len(piece)
            _write(copy, piece, name)
        copy.seek(0)
        yield Spool(copy, digest.hexdigest(), size)


def _pieces(path: Path, name: str) -> Iterator[bytes]:
    try:
        _must_be_a_file(path, name)
        with path.open("rb") as file:
            before = path.stat()
            if before.st_size > LARGEST:
                raise FileRefused(
                    "file_too_large", f"“{name}” is larger than 1 GB.", "Save the log in smaller parts."
                )
            while piece := file.read(_PIECE):
                yield piece
            after = path.stat()
            read = file.tell()
    except FileNotFoundError as error:
        raise FileRefused(
            "file_missing", f"“{name}” does not exist.", "Check the name and the folder."
        ) from error
    except OSError as error:
        raise FileRefused(
            "file_unreadable",
            f"“{name}” cannot be read: {error.strerror or error}.",
            "Give this program the right to read it, or copy it elsewhere.",
        ) from error
    if (before.st_size, before.st_mtime_ns, read) != (after.st_size, after.st_mtime_ns, before.st_size):
        raise FileRefused(
            "file_changing",
            f"“{name}” was written to while it was read.",
            "Wait until the copy is complete or the file is closed, then try again.",
        )


def _must_be_a_file(path: Path, name: str) -> None:
    if not stat.S_ISREG(path.stat().st_mode):
        raise FileRefused("not_a_file", f"“{name}” is not a file.", "Name the log itself, not its folder.")
    if path.name.startswith(("~$", ".~lock.")):
        raise FileRefused(
            "file_lock",
            f"“{name}” only marks that somebody has the log open; it holds no rows.",
            f"Name the log itself: {path.name.removeprefix('~$').removeprefix('.~lock.')}.",
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
