"""The child that marks one workbook: its argument is the file's descriptor, its input says what to mark.

As the one that reads (`pipeline.read`), it has no environment, and limits on memory and time.
"""

import os
import sys

import msgspec

from pipeline.mark.apart import Answer, Request
from pipeline.mark.package import marked
from pipeline.mark.unmarkable import UnmarkableError
from pipeline.read.container import kind_of


def main(descriptor: int) -> None:
    """Answer one request on standard output."""
    request = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Request)
    with os.fdopen(descriptor, "rb") as file:
        request.limits.hold()
        sys.stdout.buffer.write(msgspec.msgpack.encode(_answer(request, file.read())))


def _answer(request: Request, data: bytes) -> Answer:
    if kind_of(data, "") != "workbook":
        return Answer()
    try:
        return Answer(marked(data, request.spots))
    except UnmarkableError as why:
        return Answer(why=str(why))
    except MemoryError:
        return Answer(why="that takes too much memory")
    except Exception as failure:  # noqa: BLE001  a broken part is met with any exception
        return Answer(why=f"one of its parts is not as expected ({type(failure).__name__})")


if __name__ == "__main__":
    main(int(sys.argv[1]))
