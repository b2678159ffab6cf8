"""One file, read once: its bytes are hashed and those same bytes are parsed."""

from pathlib import Path
from typing import Protocol

from pipeline.journal_point import journal_point
from pipeline.model import RawTable
from pipeline.read.apart import parse_apart
from pipeline.read.parse import parse
from pipeline.read.refused import FileRefused, Fits
from pipeline.read.spool import Spool, spooled

Tables = list[RawTable]


class Reader(Protocol):
    """Reads a file: the sha256 of its bytes, and its tables; `FileRefused` when it is no log."""

    def __call__(
        self, path: Path, name: str, *, fits: Fits, sheet: str | None = None
    ) -> tuple[str, Tables]: ...


class _Parser(Protocol):
    def __call__(self, spool: Spool, name: str, *, fits: Fits, sheet: str | None) -> Tables: ...


def read_apart(path: Path, name: str, *, fits: Fits, sheet: str | None = None) -> tuple[str, Tables]:
    """The sha256 of the file's bytes, and its tables, read by a child process with limits.

    `name` is what messages and tables call the file. `sheet` is the one sheet to read; without it, the
    one visible sheet that has a header. `FileRefused` when it is no log, whatever it holds instead.
    """
    return _read(path, name, parse_apart, fits=fits, sheet=sheet)


def read(path: Path, name: str, *, fits: Fits, sheet: str | None = None) -> tuple[str, Tables]:
    """As `read_apart`, without its protection: in this process, for files that one has made oneself."""
    return _read(path, name, _parse_here, fits=fits, sheet=sheet)


def _parse_here(spool: Spool, name: str, *, fits: Fits, sheet: str | None) -> Tables:
    return parse(spool.file.read(), name, fits=fits, sheet=sheet)


def _read(path: Path, name: str, parser: _Parser, *, fits: Fits, sheet: str | None) -> tuple[str, Tables]:
    with spooled(path, name) as spool:
        journal_point("file.hashed", name)
        try:
            return spool.sha256, parser(spool, name, fits=fits, sheet=sheet)
        except FileRefused as refused:
            refused.sha256 = spool.sha256
            raise
