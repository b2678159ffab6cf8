"""Whether a lock file is held, and by which process, found out without taking the lock.

A lock that is taken to look would end a run that begins at that very moment.
"""

import os
from contextlib import suppress
from pathlib import Path

_LOCKS = Path("/proc/locks")


def holder(file: Path) -> str:
    """Who holds the lock of this file, such as "process 4711"; empty when nobody does.

    A system without such locks says nothing, and nobody is then said to hold it.
    """
    try:
        handle = os.open(file, os.O_RDONLY)
    except OSError:
        return ""
    try:
        return _named(os.fstat(handle).st_ino) or ("another process" if _is_held(handle) else "")
    finally:
        os.close(handle)


def _named(inode: int) -> str:
    """The process that the system lists for it: "1: FLOCK ADVISORY WRITE 4711 08:02:1234 0 EOF"."""
    with suppress(OSError):
        for line in _LOCKS.read_text(encoding="ascii").splitlines():
            fields = line.split()
            if "->" not in fields and len(fields) > 5 and fields[5].rpartition(":")[2] == str(inode):
                return f"process {fields[4]}"
    return ""


def _is_held(handle: int) -> bool:
    """Asked for a lock that goes beside every other one that only looks."""
    try:
        import fcntl  # noqa: PLC0415  there is none on Windows
    except ImportError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    return False
