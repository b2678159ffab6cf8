"""The child that reads one file: its argument is the file's descriptor, its standard input says what it is.

It has no environment, no credentials and no network to reach for; what a file makes of its reader stays here.
"""

import gc
import os
import sys
from typing import BinaryIO

# openpyxl takes numpy along when it is there, which costs a third of this process's start and memory.
sys.modules["numpy"] = None  # type: ignore[assignment]

import msgspec  # noqa: E402

from pipeline.read.frames import Request, send, send_refusal  # noqa: E402
from pipeline.read.parse import opened  # noqa: E402
from pipeline.read.refused import FileRefused, out_of_memory, unreadable  # noqa: E402


def main(descriptor: int) -> None:
    """Answer one request on what was standard output; whatever a library prints goes nowhere."""
    gc.disable()  # it looks through millions of cells, again and again, for cycles that are not there
    request = msgspec.json.decode(sys.stdin.buffer.read(), type=Request)
    with os.fdopen(os.dup(1), "wb") as answer, os.fdopen(descriptor, "rb") as file:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        request.limits.hold()
        _answer(request, file, answer)


def _answer(request: Request, file: BinaryIO, answer: BinaryIO) -> None:
    try:
        send(answer, opened(file.read(), request.name, fits=request.fits, sheet=request.sheet))
    except FileRefused as refused:
        send_refusal(answer, refused)
    except MemoryError:
        send_refusal(answer, out_of_memory(request.name, request.limits.memory))
    except BaseException as failure:  # noqa: BLE001  a reader in Rust panics past Exception
        send_refusal(answer, unreadable(request.name, type(failure).__name__))


if __name__ == "__main__":
    main(int(sys.argv[1]))
    os._exit(0)  # without giving back every cell
