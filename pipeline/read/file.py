"""One file, read once: its bytes are hashed and those same bytes are parsed."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from pipeline.elsewhere import Place
from pipeline.journal_point import journal_point
from pipeline.model import RawTable
from pipeline.read.apart import parse_apart
from pipeline.read.refused import FileRefused, Fits
from pipeline.read.spool import Spool, spooled

Tables = list[RawTable]


class Reader(Protocol):
    """Reads a file: the sha256 of its bytes, and its tables; `FileRefused` when it is no log."""

    def __call__(
        self, place: Place, name: str, *, fits: Fits, sheet: str | None = None, links: bool = True
    ) -> tuple[str, Tables]: ...


def read_apart(
    place: Place, name: str, *, fits: Fits, sheet: str | None = None, links: bool = True
) -> tuple[str, Tables]:
    """The sha256 of the file's bytes, and its tables, read by a child process with limits.

    `place` is a path of this machine, or an address. `name` is what messages and tables call the file.
    `sheet` is the one sheet to read; without it, the one visible sheet that has a header. `FileRefused`
    when it is no log, whatever it holds instead, and without `links` also when it is a link to one.
    """
    with _copied(place, name, links=links) as spool:
        return spool.sha256, parse_apart(spool, name, fits=fits, sheet=sheet)


def read(
    place: Place, name: str, *, fits: Fits, sheet: str | None = None, links: bool = True
) -> tuple[str, Tables]:
    """As `read_apart`, without its protection: in this process, for files that one has made oneself."""
    from pipeline.read.parse import parse

    with _copied(place, name, links=links) as spool:
        return spool.sha256, parse(spool.file.read(), name, fits=fits, sheet=sheet)


@contextmanager
def _copied(place: Place, name: str, *, links: bool) -> Iterator[Spool]:
    """A copy to be parsed; what is refused meanwhile is known by its hash."""
    with spooled(place, name, links=links) as spool:
        journal_point("file.hashed", name)
        try:
            yield spool
        except FileRefused as refused:
            refused.sha256 = spool.sha256
            raise


def sha256_of(path: Path) -> str:
    """The hash of what a file holds now; empty when it is not there or cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return ""
