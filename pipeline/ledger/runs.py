"""Who ran when, and what each run reported."""

import datetime as dt
import zlib

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, RowMapping, insert, select, update

from pipeline.ledger.opening import upsert
from pipeline.ledger.schema import aware, files, naive, runs
from pipeline.model import Report

PART = "part"
"""The command of a run that delivers a part of another one, whose id begins its own."""


def part_of(run_id: str, unique: str) -> str:
    """The id of a part of a run."""
    return f"{run_id}.{unique}"


def whole_of(run_id: str) -> str:
    """The id of the run that this one is a part of, or its own."""
    return run_id.partition(".")[0]


class RunRecord(Struct, frozen=True):
    """A run as the ledger knows it. `exit_code` is None while it runs, or if it was killed."""

    id: str
    command: str
    home: str
    started_at: dt.datetime
    lease_until: dt.datetime
    finished_at: dt.datetime | None
    exit_code: int | None


class Sign(Struct, frozen=True):
    """A sign of life of a part: it changes for as long as somebody works on it."""

    run_id: str
    lease_until: dt.datetime
    finished_at: dt.datetime | None


class Runs:
    """The runs of one ledger. Times are aware, in UTC."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, record: RunRecord) -> None:
        values = {name: getattr(record, name) for name in RunRecord.__struct_fields__}
        times = {name: naive(values[name]) for name in ("started_at", "lease_until")}
        with self._engine.begin() as connection:
            connection.execute(insert(runs).values({**values, **times}))

    def prolong(self, run_id: str, until: dt.datetime) -> None:
        """Say that the run is alive: its claims are its own until then."""
        with self._engine.begin() as connection:
            connection.execute(update(runs).where(runs.c.id == run_id).values(lease_until=naive(until)))

    def keep(self, report: Report) -> None:
        """Keep a run's report: a first one before anything is sent, and the last when it has ended."""
        ended = report.finished_at
        values: dict[str, object] = {"report": zlib.compress(msgspec.json.encode(report), 1)}
        if ended:
            values |= {"finished_at": naive(ended), "exit_code": report.exit_code}
        with self._engine.begin() as connection:
            connection.execute(update(runs).where(runs.c.id == report.run_id).values(values))
            if not ended and report.command == "upload":
                self._note_files(connection, report)

    def _note_files(self, connection: Connection, report: Report) -> None:
        """Remember the contents that this run is the first to have read."""
        read = [
            {
                "sha256": source.sha256,
                "name": source.file,
                "run_id": report.run_id,
                "read_at": naive(report.started_at),
            }
            for source in report.sources
            if source.rows and not source.refusal
        ]
        if read:
            connection.execute(upsert(self._engine)(files).on_conflict_do_nothing(), read)

    def get(self, run_id: str) -> RunRecord | None:
        """One run, or None."""
        with self._engine.begin() as connection:
            found = connection.execute(select(runs).where(runs.c.id == run_id)).mappings().first()
        return record_of(found) if found else None

    def signs(self, run_id: str) -> "set[Sign]":
        """What the parts of a run have last said of themselves."""
        columns = (runs.c.id, runs.c.lease_until, runs.c.finished_at)
        with self._engine.begin() as connection:
            found = connection.execute(select(*columns).where(runs.c.id.startswith(part_of(run_id, ""))))
            return {Sign(*row) for row in found}

    def list(self) -> "list[RunRecord]":
        """Every run, the latest first; their parts are none."""
        whole = select(runs).where(runs.c.command != PART)
        with self._engine.begin() as connection:
            found = connection.execute(whole.order_by(runs.c.started_at.desc(), runs.c.id.desc()))
            return [record_of(row) for row in found.mappings()]

    def report(self, run_id: str) -> Report | None:
        """What a run reported; None when there is no such run, or it died before it had read a file."""
        with self._engine.begin() as connection:
            kept = connection.scalar(select(runs.c.report).where(runs.c.id == run_id))
        return msgspec.json.decode(zlib.decompress(kept), type=Report) if kept else None


def record_of(row: RowMapping) -> RunRecord:
    """A row of `runs` as a value."""
    return RunRecord(
        id=row["id"],
        command=row["command"],
        home=row["home"],
        started_at=aware(row["started_at"]),
        lease_until=aware(row["lease_until"]),
        finished_at=aware(row["finished_at"]) if row["finished_at"] else None,
        exit_code=row["exit_code"],
    )
