"""A workbook is marked in a process of its own: the program neither dies nor hangs of what it holds."""

from contextlib import suppress
from tempfile import TemporaryFile

import msgspec
from msgspec import Struct

from pipeline.mark.marks import Spots
from pipeline.mark.unmarkable import UnmarkableError
from pipeline.read.apart import child
from pipeline.read.limits import Limits, limits_for
from pipeline.read.spool import Spool


class Request(Struct, frozen=True):
    """What a child is asked: to mark these cells, within these limits."""

    spots: Spots
    limits: Limits


class Answer(Struct, frozen=True):
    """The marked copy, or why there is none; neither when the file is not of the kind that is marked."""

    copy: bytes = b""
    why: str = ""


def mark_apart(spool: Spool, spots: Spots, limits: Limits | None = None) -> bytes:
    """The marked copy of a workbook, made by a child within `limits`; empty when it is of another kind.

    `UnmarkableError` when there is none, whatever the child died of.
    """
    request = Request(spots, limits or limits_for(spool.size))
    with TemporaryFile() as complaints:
        with child("pipeline.mark", spool.file.fileno(), complaints) as (process, asked, told):
            with suppress(BrokenPipeError):  # a child that is dead already does not listen
                asked.write(msgspec.msgpack.encode(request))
                asked.close()
            found = told.read()
        if process.returncode:
            raise UnmarkableError("that takes too much time or memory, or it is damaged")
    answer = msgspec.msgpack.decode(found, type=Answer)
    if answer.why:
        raise UnmarkableError(answer.why)
    return answer.copy
