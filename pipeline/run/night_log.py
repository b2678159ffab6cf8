"""The log of all nights in one place: JSON lines, in files that are put aside when they are full."""

import logging
import os
import sys
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from pipeline.redact import Redaction
from pipeline.run.log import Now, one_line
from pipeline.settings import Nightly

FULL = 2_000_000
"""Bytes after which a new file is begun."""


class _Rotating(RotatingFileHandler):
    """It is for its owner only, and is allowed to fail."""

    failure = ""

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)

        def private(name: str, flags: int) -> int:
            return os.open(name, flags, 0o600)

        return open(path, "a", encoding=self.encoding, opener=private)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802  as logging calls it
        self.failure = self.failure or str(sys.exception())


class NightLog:
    """What a night says to machines. `handler` takes the lines of its run as well."""

    def __init__(self, nightly: Nightly, redact: Redaction, now: Now, full: int = FULL) -> None:
        self.handler = _Rotating(
            nightly.log_file, maxBytes=full, backupCount=nightly.keep_logs, encoding="utf-8", delay=True
        )
        self.handler.setLevel(logging.INFO)
        self.handler.setFormatter(one_line(redact, now))
        self._log = logging.Logger("pipeline.nightly", logging.INFO)  # noqa: LOG001  one for each night
        self._log.addHandler(self.handler)

    def say(self, event: str, *, wrong: bool = False, **facts: object) -> None:
        """One line. What is wrong stands out by its level."""
        self._log.log(logging.WARNING if wrong else logging.INFO, event, extra=facts)

    def close(self) -> str:
        """Close it; a sentence when lines of it are missing."""
        self.handler.close()
        if not self.handler.failure:
            return ""
        return f"The log {self.handler.baseFilename} is not complete: {self.handler.failure}."
