"""Signals that end the program outside of a run, which has its own way: a sentence and the exit code."""

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from pipeline.errors import Exit

_ENDS = {"SIGINT": Exit.INTERRUPTED, "SIGTERM": Exit.TERMINATED, "SIGHUP": Exit.TERMINATED}
_SAID = {Exit.INTERRUPTED: "Interrupted.\n", Exit.TERMINATED: "Terminated.\n"}
SIGNALS = {getattr(signal, name): code for name, code in _ENDS.items() if hasattr(signal, name)}
"""Ctrl-C, `kill`, and the terminal that is closed, with their exit codes; the last is not everywhere."""


def at_once() -> None:
    """End without a word to anybody: while modules are imported, an exception may be taken for theirs."""
    _let(_end_at_once)


def in_order() -> None:
    """End by an exception, so that what is open is closed."""
    _let(_end_in_order)


def heeded() -> list[signal.Signals]:
    """The signals that are to end this process; `nohup` has one ignored."""
    return [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]


def _let(handle: "signal._HANDLER") -> None:
    for number in heeded():
        signal.signal(number, handle)


def _end_at_once(number: int, _: FrameType | None) -> NoReturn:
    code = SIGNALS[signal.Signals(number)]
    os.write(2, _SAID[code].encode())
    os._exit(code)


def _end_in_order(number: int, _: FrameType | None) -> NoReturn:
    code = SIGNALS[signal.Signals(number)]
    sys.stderr.write(_SAID[code])
    sys.exit(code)
