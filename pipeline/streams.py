"""Standard input, output and error: they are there, they take every letter, and losing one stops nothing."""

import errno
import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_UNWANTED = (errno.EPIPE, errno.EBADF)
"""The reader has gone, or the stream was closed before the program began."""


def prepare() -> None:
    """Open what is closed, and let what is written neither fail for a letter nor for a reader that has gone.

    Called before anything else is opened: a file that gets the number of a closed stream is taken for it.
    """
    _open_what_is_closed()
    sys.stdin = sys.stdin or open(0, encoding="utf-8")  # noqa: SIM115  it is open as long as the process
    sys.stdout, sys.stderr = _Lasting(1, sys.stdout), _Lasting(2, sys.stderr)


def lost(stream: TextIO) -> str:
    """Why not all that was written there has arrived; empty when nothing is known to be lost."""
    stream.flush()
    return os.strerror(stream.bottom.error) if isinstance(stream, _Lasting) and stream.bottom.error else ""


def complaint(stream: TextIO) -> str:
    """What a person is told of a loss; empty when there is none, or nobody wanted to read on."""
    why = lost(stream)
    if not why or why in map(os.strerror, _UNWANTED):
        return ""
    return f"Standard output could not be written ({why}): what was to be read there is lost.\n"


class _Bottom(io.FileIO):
    """A stream that swallows everything once it cannot be written. `error` is the number of why, else 0."""

    error = 0

    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            return super().write(data)
        except OSError as failure:
            self.error = failure.errno or errno.EIO
            _replace(self.fileno())
            return memoryview(data).nbytes


class _Lasting(io.TextIOWrapper):
    """Text onto a stream that may be lost; as the one that was `made`, which is None when closed."""

    def __init__(self, number: int, made: TextIO | None) -> None:
        self.bottom = _Bottom(number, "w", closefd=False)
        if made is None:
            self.bottom.error = errno.EBADF
        super().__init__(
            io.BufferedWriter(self.bottom),
            encoding=made.encoding if made else "utf-8",
            errors="backslashreplace",
            line_buffering=isinstance(made, io.TextIOWrapper) and (made.line_buffering or made.write_through),
        )


def _open_what_is_closed() -> None:
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)


def _replace(number: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)
