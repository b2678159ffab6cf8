"""A run's log for machines: one JSON object a line, with what happened and when, and no secret."""

import datetime as dt
import json
import logging
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from pythonjsonlogger.json import JsonFormatter

from pipeline.errors import ResultsError
from pipeline.model import Outcome, Report, Target
from pipeline.redact import Redaction
from pipeline.report import counts

Now = Callable[[], dt.datetime]
_LONGEST = 1000
_LATE = 0.1
"""For how many seconds a line may wait for others: a hundred thousand writes would take half a second."""


class _OneLine(JsonFormatter):
    """A record as one line of ASCII, without a credential in it, its texts cut."""

    def __init__(self, redact: Redaction, now: Now, *fields: str, **options: Any) -> None:
        super().__init__(*fields, **options)
        self._redact, self._now = redact, now

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {name: _cut(value) for name, value in log_data.items()} | self._at()

    def format(self, record: logging.LogRecord) -> str:
        return self._safe(super().format(record))

    def plainly(self, event: str, level: str, facts: Mapping[str, str | int | None]) -> str | None:
        """The line that `format` makes, for a third of the work; None when a text may have to be cut."""
        line = json.dumps({"event": event, "level": level, **self.static_fields, **facts, **self._at()})
        return self._safe(line) if len(line) <= _LONGEST else None

    def _at(self) -> dict[str, str]:
        return {"at": self._now().isoformat()}

    def _safe(self, line: str) -> str:
        return self._redact(line).replace("\x7f", "\\u007f")


def one_line(redact: Redaction, now: Now, **always: str) -> _OneLine:
    """How a line of a log looks; `always` stands in each, and the time in UTC that `now` tells."""
    return _OneLine(
        redact,
        now,
        "%(message)s %(levelname)s",
        rename_fields={"message": "event", "levelname": "level"},
        static_fields=always,
    )


def _of_run(run_id: str, record: logging.LogRecord) -> bool:
    record.run_id = run_id
    return True


def _cut(value: object) -> object:
    match value:
        case str() if len(value) > _LONGEST:
            return f"{value[:_LONGEST]}…"
        case list() | tuple():
            return [_cut(each) for each in value]
    return value


class _Lines(logging.FileHandler):
    """A file of lines that is allowed to fail: what is logged is no reason to end a run."""

    failure = ""
    _flushed = float("-inf")

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        super().__init__(path, encoding="utf-8")
        self._clock = clock

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802  as logging calls it
        self._failed()

    def put(self, line: str) -> None:
        """Write a line without a record around it. Of many at once, a reader may see the last ones later."""
        try:
            (self.stream or self._open()).write(line + self.terminator)
            if (now := self._clock()) - self._flushed >= _LATE:
                self._flushed = now
                self.flush()
        except (OSError, ValueError):
            self._failed()

    def _failed(self) -> None:
        self.failure = self.failure or str(sys.exception())


class _Screen(logging.StreamHandler[TextIO]):
    """Standard error, which may be closed by now."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Nobody is there to be told."""


class RunLog:
    """A watcher that writes `run.log.jsonl` beside the run's results, and to standard error if asked.

    A line a row is written at level DEBUG for those that went well, INFO or WARNING for the others.
    """

    def __init__(
        self,
        folder_of: Callable[[str], Path],
        redact: Redaction,
        now: Now,
        clock: Callable[[], float],
        *,
        also_to_stderr: bool = False,
        also: logging.Handler | None = None,
    ) -> None:
        """`now` and `clock` as in `World`. `also` is a handler with its own formatter, which stays open."""
        self._folder_of, self._redact, self._also_to_stderr = folder_of, redact, also_to_stderr
        self._now, self._clock = now, clock
        self._also = also
        self._file: _Lines | None = None
        self._one_line = one_line(redact, now)
        self._notices_told = 0
        self._log = logging.Logger("pipeline.run", logging.DEBUG)  # noqa: LOG001  one for each run, not for the process

    def planned(self, report: Report) -> None:
        self._open(report)
        self._log.info("planned", extra={"command": report.command, "outcomes": counts(report.rows)})
        self._notices(report)
        for source in report.sources:
            facts = {"file": source.file, "sha256": source.sha256, "rows": source.rows}
            if source.refusal:
                why = {"code": source.refusal.code, "reason": source.refusal.message}
                self._log.warning("file refused", extra=facts | why)
            else:
                self._log.info("file read", extra=facts | {"told": source.told})

    def talking_to(self, target: Target) -> None:
        facts = {"environment": target.environment, "url": target.url, "organisation": target.organisation}
        self._log.info("registry", extra=facts | ({"proxy": target.proxy} if target.proxy else {}))

    def told(self, reference: str, outcome: Outcome) -> None:
        well = outcome.word in ("created", "already_registered")
        facts: dict[str, str | int | None] = {
            "reference": reference,
            "outcome": outcome.word,
            "registry_id": outcome.registry_id,
            "attempts": outcome.attempts,
            "http_status": outcome.http_status,
            "code": outcome.code,
        }
        if (
            well
            and self._file
            and not self._also
            and (line := self._one_line.plainly("outcome", "DEBUG", facts))
        ):
            self._file.put(line)
        else:
            self._log.log(logging.DEBUG if well else logging.WARNING, "outcome", extra=facts)

    def stopping(self, why: str) -> None:
        self._log.warning("stopping", extra={"reason": why})

    def ended(self, report: Report) -> None:
        self._notices(report)
        facts = {
            "outcomes": counts(report.rows),
            "requests": report.requests,
            "exit_code": int(report.exit_code),
            "stopped": report.stopped,
        }
        self._log.info("ended", extra=facts)
        for handler in self._log.handlers:
            if handler is self._also:
                continue
            with suppress(OSError):
                handler.close()

    def _notices(self, report: Report) -> None:
        """The notices that were not told yet; at its end, a run may have more than at its beginning."""
        for notice in report.notices[self._notices_told :]:
            self._log.warning("notice", extra={"code": notice.code, "told": notice.wanted})
        self._notices_told = len(report.notices)

    @property
    def incomplete(self) -> str:
        """What is said when lines of the log could not be written; nothing when all were."""
        if self._file is None or not self._file.failure:
            return ""
        return (
            f"The log {self._file.baseFilename} is not complete: {self._file.failure}. "
            "Make room for it; ledger and results do not depend on it."
        )

    def _open(self, report: Report) -> None:
        folder = self._folder_of(report.run_id)
        path = folder / "run.log.jsonl"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            self._file = _Lines(path, self._clock)
        except OSError as failure:
            raise ResultsError(
                f"{path} cannot be written: {failure.strerror or failure}. Nothing was sent. See that its "
                "folder may be written to and has room, and run the same again."
            ) from failure
        handlers: list[logging.Handler] = [self._file]
        if self._also_to_stderr:
            handlers.append(_Screen(sys.stderr))
            handlers[-1].setLevel(logging.INFO)
        self._one_line = one_line(self._redact, self._now, run_id=report.run_id)
        for handler in handlers:
            handler.setFormatter(self._one_line)
            self._log.addHandler(handler)
        if self._also:
            self._log.addFilter(partial(_of_run, report.run_id))
            self._log.addHandler(self._also)
