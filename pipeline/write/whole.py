"""A file that appears whole or not at all, readable by its owner only."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import ResultsError
from pipeline.journal_point import journal_point


@contextmanager
def whole(path: Path, mode: int = 0o600) -> Iterator[BinaryIO]:
    """Yield a file to write into; it gets its name when the block ends well, and goes if not.

    `mode` is for what others on this machine may read; what is in it is no secret then.

    What a killed run left half-written is thrown away; what stood under the name before stays until
    the moment it is replaced.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        with _exclusive(part, mode) as file:
            journal_point("report.opened", path.name)
            yield file
            journal_point("report.half_written", path.name)
            file.flush()
            os.fsync(file.fileno())
        journal_point("report.synced", path.name)
        part.replace(path)
        sync(path.parent)
        journal_point("report.named", path.name)
    except BaseException as failure:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        if isinstance(failure, OSError):
            raise _explained(path, failure) from failure
        raise


def gone(path: Path) -> None:
    """Take away what an earlier writing left under the name."""
    try:
        path.unlink(missing_ok=True)
    except OSError as failure:
        raise _explained(path, failure) from failure


def private_folder(folder: Path) -> None:
    """Make the folder if it is missing, and close it to everybody but its owner."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        sync(folder.parent)
    except OSError as failure:
        raise _explained(folder, failure) from failure


def sync(folder: Path) -> None:
    """Make the names in a folder survive a power cut, where the system can do that."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _exclusive(part: Path, mode: int = 0o600) -> BinaryIO:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    file = os.fdopen(os.open(part, flags, 0o600), "w+b")
    try:
        part.chmod(mode)  # the umask may have taken the owner's access away
    except BaseException:
        file.close()
        raise
    return file


def _explained(path: Path, failure: OSError) -> ResultsError:
    if isinstance(failure, PermissionError):
        return ResultsError(
            f"{path} cannot be replaced: access was denied. Close it if it is open in Excel or"
            " another program, and see that its folder may be written to."
        )
    return ResultsError(f"{path} cannot be written: {failure.strerror or failure}.")
