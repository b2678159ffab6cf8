"""What a reading child tells its parent: tables in pieces, or why there are none."""

import gc
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import IO

from msgspec import Struct, msgpack

from pipeline.model import RawTable, Refusal
from pipeline.read.columns import Rows, by_column, by_row
from pipeline.read.limits import Limits
from pipeline.read.refused import FileRefused, Fits, Line
from pipeline.read.table import Table

_LENGTH = struct.Struct(">I")
_ROWS = 5_000


class Request(Struct, frozen=True):
    """What a child is asked: to read a file of this name like this, within these limits."""

    name: str
    fits: Fits
    sheet: str | None
    limits: Limits


class Begun(Struct, frozen=True, tag=True):
    """A table, without its rows."""

    table: RawTable


class Refused(Struct, frozen=True, tag=True):
    """There are no tables."""

    refusal: Refusal
    head: list[Line]
    sheets: list[str]


class Ended(Struct, frozen=True, tag=True):
    """There are no more tables."""


Frame = Begun | Rows | Refused | Ended
_encode = msgpack.Encoder().encode
_decode = msgpack.Decoder(Frame).decode


def send(stream: IO[bytes], tables: Iterable[Table]) -> None:
    """Write tables to a stream, piece by piece. Any row may raise `FileRefused`, for `send_refusal`."""
    for head, rows in tables:
        _put(stream, Begun(head))
        rest = iter(rows)
        while some := list(islice(rest, _ROWS)):
            _put(stream, by_column(some))
    _put(stream, Ended())


def send_refusal(stream: IO[bytes], refused: FileRefused) -> None:
    """Write to a stream why there are no tables."""
    _put(stream, Refused(refused.refusal, list(refused.head), list(refused.sheets)))


def received(stream: IO[bytes]) -> list[RawTable] | None:
    """The tables that a stream holds; None when it ends too early. `FileRefused` when it says so."""
    with _without_collecting():
        return _received(stream)


def _received(stream: IO[bytes]) -> list[RawTable] | None:
    tables: list[RawTable] = []
    for frame in _frames(stream):
        match frame:
            case Begun(table=table):
                tables.append(table)
            case Rows():  # the next of the table that was begun last
                tables[-1].rows.extend(by_row(frame))
            case Refused(refusal=refusal, head=head, sheets=sheets):
                refused = FileRefused(refusal.code, refusal.message, refusal.remedy)
                refused.head, refused.sheets = head, sheets
                raise refused
            case Ended():
                return tables
    return None


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Rows are in no cycles, and to look for some while they come in takes a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _put(stream: IO[bytes], frame: Frame) -> None:
    content = _encode(frame)
    stream.write(_LENGTH.pack(len(content)) + content)


def _frames(stream: IO[bytes]) -> Iterator[Frame]:
    while len(head := stream.read(_LENGTH.size)) == _LENGTH.size:
        (length,) = _LENGTH.unpack(head)
        content = stream.read(length)
        if len(content) < length:
            return
        yield _decode(content)
