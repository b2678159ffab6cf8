"""What a process does for its secrets before it does anything else, and what it says when all else failed.

Nothing here shows the locals of a frame: tracebacks are places and messages, and messages are masked.
"""

import datetime as dt
import logging
import os
import sys
import threading
import traceback
import unicodedata
import warnings
from pathlib import Path
from types import TracebackType
from typing import TextIO

from pipeline.redact import Redaction

redaction = Redaction()
"""All credentials that this process has learnt of. One, because an exception may end up anywhere."""


def prepare() -> None:
    """Close what is written to others, keep memory out of core files, and mask every way to the screen."""
    os.umask(0o077)
    _no_core_files()
    sys.excepthook = _uncaught
    sys.unraisablehook = _unraisable
    threading.excepthook = _in_thread
    warnings.showwarning = _warned
    if logging.lastResort:
        logging.lastResort.setFormatter(Masked())


def said(message: str) -> str:
    """A message for the screen: no credential in it, and nothing that drives a terminal but line breaks."""
    masked = redaction(message)
    return "".join(
        char if char == "\n" or unicodedata.category(char)[0] != "C" else f"\\u{ord(char):04x}"
        for char in masked
    )


_LAST = 1_000
"""Letters of a traceback that are shown when it cannot be kept."""


def kept(details: str, now: dt.datetime) -> str:
    """Write a bug's traceback to a file of its own; the sentence that names it, or quotes its end."""
    folder = Path(".pipeline")
    path = folder / f"bug-{now:%Y%m%dT%H%M%S%fZ}.log"
    told = (
        "This is a bug in the program, not in your log. Nothing that was sent is lost: run again to "
        "settle it. Please report it with"
    )
    try:
        folder.mkdir(exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(redaction(details))
    except OSError as failure:
        return (
            f"{told} this, for {path} cannot be written ({failure.strerror}): {redaction(details)[-_LAST:]}"
        )
    return f"{told} {path}"


class Masked(logging.Formatter):
    """A log record of a library, on its way to the screen."""

    def format(self, record: logging.LogRecord) -> str:
        return said(super().format(record))


def _no_core_files() -> None:
    try:
        import resource  # noqa: PLC0415  there is none on Windows
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def _say(error: BaseException) -> None:
    sys.stderr.write(said("".join(traceback.format_exception(error))))


def _uncaught(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
    _say(error)


def _unraisable(found: "sys.UnraisableHookArgs") -> None:
    if found.exc_value:
        _say(found.exc_value)


def _in_thread(found: threading.ExceptHookArgs) -> None:
    if found.exc_value:
        _say(found.exc_value)


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    (file or sys.stderr).write(said(warnings.formatwarning(message, category, filename, lineno, line)))
