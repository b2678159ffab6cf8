"""One file, read once: its bytes are hashed and those same bytes are parsed."""

import hashlib
import stat
from pathlib import Path

from pipeline.journal_point import journal_point
from pipeline.model import RawTable
from pipeline.read.parse import parse
from pipeline.read.refused import FileRefused, Fits

TEXT_LIMIT = 10**9


def read(path: Path, name: str, *, fits: Fits, sheet: str | None = None) -> tuple[str, list[RawTable]]:
    """The sha256 of the file's bytes, and its tables; `FileRefused` when it is no log.

    `name` is what messages and tables call the file. `sheet` is the one sheet to read; without it,
    the one visible sheet that has a header.
    """
    data = _bytes_of(path, name)
    digest = hashlib.sha256(data).hexdigest()
    journal_point("file.hashed", name)
    try:
        return digest, parse(data, name, fits=fits, sheet=sheet)
    except FileRefused as refused:
        refused.sha256 = digest
        raise


def _bytes_of(path: Path, name: str) -> bytes:
    try:
        _must_be_a_file(path, name)
        with path.open("rb") as file:
            before = path.stat()
            data = file.read(TEXT_LIMIT + 1)
            after = path.stat()
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
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise FileRefused(
            "file_changing",
            f"“{name}” was written to while it was read.",
            "Wait until the copy is complete or the file is closed, then try again.",
        )
    if len(data) > TEXT_LIMIT:
        raise FileRefused(
            "file_too_large", f"“{name}” is larger than 1 GB.", "Save the log in smaller parts."
        )
    return data


def _must_be_a_file(path: Path, name: str) -> None:
    if not stat.S_ISREG(path.stat().st_mode):
        raise FileRefused("not_a_file", f"“{name}” is not a file.", "Name the log itself, not its folder.")
    if path.name.startswith(("~$", ".~lock.")):
        raise FileRefused(
            "file_lock",
            f"“{name}” only marks that somebody has the log open; it holds no rows.",
            f"Name the log itself: {path.name.removeprefix('~$').removeprefix('.~lock.')}.",
        )
