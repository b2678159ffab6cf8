"""A file is read in a process of its own: whatever it holds, the program neither dies nor hangs of it."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import msgspec

from pipeline.model import RawTable
from pipeline.read.frames import Request, received
from pipeline.read.limits import Limits, limits_for
from pipeline.read.refused import FileRefused, Fits, out_of_memory, too_slow, unreadable
from pipeline.read.spool import Spool
from pipeline.read.unpacked import size_unpacked

_ROOT = Path(__file__).parents[2]
_TIME_IS_UP = (signal.SIGALRM, signal.SIGXCPU)


def parse_apart(
    spool: Spool, name: str, *, fits: Fits, sheet: str | None, limits: Limits | None = None
) -> list[RawTable]:
    """The tables in a file, read by a child within `limits`, by default those for the file's size.

    `FileRefused` when it holds none, or the child died of it; RuntimeError when the child could not even
    begin, which is not the file's fault.
    """
    request = Request(name, fits, sheet, limits or limits_for(size_unpacked(spool.file, spool.size)))
    with TemporaryFile() as complaints:
        with child("pipeline.read", spool.file.fileno(), complaints) as (process, asked, answer):
            with suppress(BrokenPipeError):  # a child that is dead already does not listen
                asked.write(msgspec.json.encode(request))
                asked.close()
            tables = received(answer)
        if process.returncode > 0:
            complaints.seek(0)
            told = complaints.read().decode(errors="replace")
            raise RuntimeError(f"The process that reads files ended with {process.returncode}: {told}")
    if tables is None:
        raise _died(signal.Signals(-process.returncode), request)
    return tables


@contextmanager
def child(
    module: str, descriptor: int, complaints: IO[bytes]
) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]]]:
    """A child that runs this module and gets the file, its standard input and output, and nothing else.

    It has no environment, and no terminal to interrupt it from.
    """
    process = subprocess.Popen(  # noqa: S603  this very interpreter, a module of ours, and a number
        [sys.executable, "-P", "-m", module, str(descriptor)],
        env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=complaints,
        pass_fds=(descriptor,),
        start_new_session=True,
    )
    with process:
        try:
            assert process.stdin  # noqa: S101  both were asked for as pipes
            assert process.stdout  # noqa: S101
            yield process, process.stdin, process.stdout
        except BaseException:
            process.kill()
            raise


def _died(of: signal.Signals, request: Request) -> FileRefused:
    """Why the answer broke off: the child's limits, or something that its reader did not survive."""
    if of in _TIME_IS_UP:
        return too_slow(request.name, request.limits.seconds)
    if of is signal.SIGKILL:  # the machine was short of memory
        return out_of_memory(request.name, request.limits.memory)
    return unreadable(request.name, of.name)
