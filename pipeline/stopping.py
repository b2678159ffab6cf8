"""Signals that end the program outside of a run, which has its own way: a sentence and the exit code."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from types import FrameType
from typing import NoReturn

from pipeline.errors import Exit

_ENDS = {"SIGINT": Exit.INTERRUPTED, "SIGTERM": Exit.TERMINATED, "SIGHUP": Exit.TERMINATED}
_SAID = {Exit.INTERRUPTED: "Interrupted.\n", Exit.TERMINATED: "Terminated.\n"}
SIGNALS = {getattr(signal, name): code for name, code in _ENDS.items() if hasattr(signal, name)}
"""Ctrl-C, `kill`, and the terminal that is closed, with their exit codes; the last is not everywhere."""
_A_MOMENT = 0.01
"""In seconds: enough for a finalizer to have ended."""


def at_once() -> None:
    """End without a word to anybody: while modules are imported, an exception may be taken for theirs."""
    let(_end_at_once)


def in_order() -> None:
    """End by an exception, so that what is open is closed."""
    let(_end_in_order)


def no_more() -> None:
    """End nothing any more: the exit code is decided, and an exception among the last of it is nobody's."""
    let(signal.SIG_IGN)


def on_the_main_thread() -> bool:
    """Signals reach the main thread only; a run in another one is ended by whoever started it."""
    return threading.current_thread() is threading.main_thread()


@contextmanager
def as_before() -> Iterator[None]:
    """Whatever the block, or the function, lets signals do, after it they do what they did."""
    before = {number: signal.getsignal(number) for number in heeded()}
    try:
        yield
    finally:
        for number, handler in before.items() if on_the_main_thread() else ():
            signal.signal(number, handler)


def put_off(tell: Callable[[str], None]) -> None:
    """Let a first signal change nothing, but be told; a second one ends the program in order."""

    def wait(number: int, _: FrameType | None) -> None:
        in_order()
        tell(_SAID[SIGNALS[signal.Signals(number)]].rstrip(".\n"))

    let(wait)


def heeded() -> list[signal.Signals]:
    """The signals that are to end this process; `nohup` has one ignored."""
    return [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]


def let(handle: "signal._HANDLER") -> None:
    """Have a signal do this from now on; on another thread than the main one, nothing is changed."""
    for number in heeded() if on_the_main_thread() else ():
        signal.signal(number, handle)


def _end_at_once(number: int, _: FrameType | None) -> NoReturn:
    code = SIGNALS[signal.Signals(number)]
    with suppress(OSError):
        os.write(2, _SAID[code].encode())
    os._exit(code)


def _end_in_order(number: int, _: FrameType | None) -> NoReturn:
    code = SIGNALS[signal.Signals(number)]
    sys.stderr.write(_SAID[code])
    sys.unraisablehook = partial(_once_more, number, code)
    sys.exit(code)


def _once_more(number: int, code: Exit, lost: "sys.UnraisableHookArgs") -> None:
    """End once more, and without a word, where the end was lost: Python drops what finalizers raise."""
    if not isinstance(lost.exc_value, SystemExit):
        sys.__unraisablehook__(lost)
        return
    let(lambda *_: sys.exit(code))
    threading.Timer(_A_MOMENT, signal.pthread_kill, (threading.main_thread().ident, number)).start()
