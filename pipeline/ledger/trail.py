"""All that a ledger has kept of one reference, read as it was written."""

import re
import zlib
from collections.abc import Iterator

import msgspec
from msgspec.structs import replace
from sqlalchemy import Engine, select
from sqlalchemy.engine import Connection, Row

from pipeline.evidence import Attempt, Known, Ran, Replacement
from pipeline.ledger.schema import attempts, aware, batches, corrections, files, runs, stamps
from pipeline.model import Report
from pipeline.plan import Record

_SHA256 = re.compile(rb'"sha256":"([0-9a-f]{64})"')


class Trail:
    """The memory of one ledger, for who verifies. Times are aware, in UTC."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def stamps(self) -> dict[str, str]:
        """Which registry the ledger serves."""
        with self._engine.begin() as connection:
            return {row.name: row.value for row in connection.execute(select(stamps))}

    def contents(self) -> set[str]:
        """The sha256 of every content that a run has read, also of those that it refused."""
        with self._engine.begin() as connection:
            found = set(connection.scalars(select(files.c.sha256)))
        for row in self._runs():
            if row.report:
                found |= {each.decode() for each in _SHA256.findall(zlib.decompress(row.report))}
        return found

    def named(self, registry_id: str) -> list[str]:
        """The references that have this id at the registry, or had it before a correction."""
        kept = (batches.c.registry_id, corrections.c.held_id, corrections.c.new_id)
        with self._engine.begin() as connection:
            found: dict[str, None] = {}
            for column in kept:
                of = select(column.table.c.reference, column).where(
                    column.contains(registry_id, autoescape=True)
                )
                rows = connection.execute(of.order_by(column.table.c.reference)).all()
                found |= {reference: None for reference, ids in rows if registry_id in ids.split(", ")}
            return list(found)

    def references(self) -> list[str]:
        """Every reference that is known, those that were never sent last."""
        with self._engine.begin() as connection:
            found = dict.fromkeys(
                connection.scalars(select(batches.c.reference).order_by(batches.c.reference))
            )
        for row in self._runs():
            rows = _decoded(row.report).rows if row.report else ()
            found |= dict.fromkeys(each.reference for each in rows if each.reference)
        return list(found)

    def known(self, reference: str, record: Record | None) -> Known:
        """What became of a reference, and the runs that had to do with it, the first one first."""
        with self._engine.begin() as connection:
            tried = tuple(_attempts(connection, reference))
            replacement = _replacement(connection, reference)
        changed = {each.run_id for each in tried}
        ran = (_ran(row, reference, changed=row.id in changed) for row in self._runs())
        return Known(reference, record, tried, tuple(filter(None, ran)), replacement)

    def _runs(self) -> Iterator[Row[tuple[object, ...]]]:
        """Every run, the first one first, each read by itself: nobody who writes has to wait for all."""
        with self._engine.begin() as connection:
            ids = connection.scalars(select(runs.c.id).order_by(runs.c.started_at, runs.c.id)).all()
        for run_id in ids:
            with self._engine.begin() as connection:
                row = connection.execute(select(runs).where(runs.c.id == run_id)).first()
            if row:
                yield row


def _attempts(connection: Connection, reference: str) -> Iterator[Attempt]:
    of = select(attempts).where(attempts.c.reference == reference).order_by(attempts.c.id)
    for row in connection.execute(of):
        yield Attempt(
            aware(row.at), row.run_id, row.number, row.fingerprint, row.state, row.http_status, row.answer
        )


def _ran(row: Row[tuple[object, ...]], reference: str, *, changed: bool) -> Ran | None:
    """A run that changed the reference or has rows of it, with these rows only; None when it is another."""
    if not changed and not (row.report and _may_name(row.report, reference)):
        return None
    report = _decoded(row.report) if row.report else None
    if report:
        report = replace(report, rows=tuple(each for each in report.rows if each.reference == reference))
    if not changed and not (report and report.rows):
        return None
    finished = aware(row.finished_at) if row.finished_at else None
    return Ran(row.id, row.command, row.home, aware(row.started_at), finished, row.exit_code, report)


def _may_name(kept: bytes, reference: str) -> bool:
    """Whether it is worth while to decode a report: its text holds the reference's."""
    return msgspec.json.encode(reference) in zlib.decompress(kept)


def _replacement(connection: Connection, reference: str) -> Replacement | None:
    row = connection.execute(select(corrections).where(corrections.c.reference == reference)).first()
    if row is None:
        return None
    times = (row.approved_at, row.deleted_at, row.done_at)
    approved, deleted, done = (aware(each) if each else None for each in times)
    noted = aware(row.noted_at)
    ids = (row.held_id, row.held_body, row.new_id)
    return Replacement(row.state, row.run_id, noted, approved, deleted, done, *ids, row.body)


def _decoded(kept: bytes) -> Report:
    return msgspec.json.decode(zlib.decompress(kept), type=Report)
