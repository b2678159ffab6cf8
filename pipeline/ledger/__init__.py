"""What was sent, by whom, and what became of it: the memory that outlives every crash.

Rules of writing: an intent is committed before its POST leaves; a transition changes a batch and is
added to `attempts` in one transaction; a run changes only batches that it owns, at the attempt that
it made, so that a run which was stopped and taken over changes nothing when it wakes.
"""

import datetime as dt
from collections.abc import Container, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Self

from sqlalchemy import ColumnElement, Engine, delete, func, insert, or_, select, update
from sqlalchemy.engine import Connection, make_url

from pipeline.errors import LedgerDamagedError, LedgerError
from pipeline.ledger.bulk import unsought
from pipeline.ledger.corrections import Corrections, with_corrections
from pipeline.ledger.memory import Memory
from pipeline.ledger.opening import opened, upsert
from pipeline.ledger.outstanding import Outstanding
from pipeline.ledger.runs import Runs, part_of
from pipeline.ledger.schema import attempts, aware, batches, listed, naive, stamps
from pipeline.ledger.trail import Trail
from pipeline.ledger.transitions import Transition, apply, chunks, intend, keys, read, release
from pipeline.model import Batch, Target
from pipeline.plan import CORRECTING, DELETED, OPEN, SENDABLE, Record

__all__ = ["Ledger", "Transition"]


class Ledger:
    """One ledger, opened. Times are naive UTC inside the database and aware outside of it."""

    def __init__(self, url: str, patience: float = 30.0) -> None:
        """`patience` is how many seconds each transaction waits for those of other runs."""
        self.url = url
        self._engine: Engine = opened(url, patience)
        self.runs = Runs(self._engine)
        self.corrections = Corrections(self._engine)
        self.memory = Memory(self._engine)
        self.outstanding = Outstanding(self._engine)
        self.trail = Trail(self._engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    def stamp(self, target: Target) -> None:
        """Bind the ledger to a registry for ever, or refuse one that it was not made for (point 8)."""
        wanted = {"environment": target.environment, "registry": _host(target)}
        if target.organisation:
            wanted["organisation"] = target.organisation
        with self._engine.begin() as connection:
            found = _stamps(connection)
            for name, value in wanted.items():
                if found.setdefault(name, value) != value:
                    raise LedgerError(
                        f"The ledger {make_url(self.url)!r} belongs to {name} {found[name]}, not {value}. "
                        "Nothing was sent. Give each registry a ledger of its own: set url under "
                        "[ledger] in pipeline.toml, or PIPELINE_LEDGER_URL."
                    )
                _set_stamp(connection, name, value)

    def expected_total(self) -> int | None:
        """How many batches the registry should count; None until its list was read once."""
        with self._engine.begin() as connection:
            beyond = _stamps(connection).get("registered_elsewhere")
            return None if beyond is None else int(beyond) + _registered(connection)

    def note_list(self, total: int, times_held: Mapping[str, int]) -> None:
        """Remember the registry's own count, and what it held besides our own, once its list was read.

        Only a list that holds each registered reference just once explains the count; after any other,
        the count stays unexpected, and the next run reads the list again.
        """
        with self._engine.begin() as connection:
            registered = select(batches.c.reference).where(batches.c.state == "registered")
            ours = set(connection.scalars(registered))
            if all(times_held.get(reference) == 1 for reference in ours):
                _set_stamp(connection, "registered_elsewhere", str(total - len(ours)))
                connection.execute(delete(listed))
                others = [{"reference": reference} for reference in sorted(times_held.keys() - ours)]
                if others:
                    connection.execute(insert(listed), others)

    def are_listed(self, references: Sequence[str]) -> bool:
        """Whether the registry's list, when it was last read, held one of these that is not ours."""
        with self._engine.begin() as connection:
            return any(
                connection.scalar(select(func.count()).where(listed.c.reference.in_(chunk)))
                for chunk in chunks(references)
            )

    def may_send(self) -> bool:
        """Whether it holds any batch that may have to be sent yet, or again."""
        unsettled = select(batches.c.reference).where(batches.c.state.in_((*OPEN, *SENDABLE)))
        with self._engine.begin() as connection:
            return connection.scalar(unsettled.limit(1)) is not None

    def owners(self) -> set[str]:
        """The runs that have claimed a batch and not given it up."""
        with self._engine.begin() as connection:
            claimed = select(batches.c.owner).where(batches.c.owner != "").distinct()
            return set(connection.scalars(claimed))

    def release(self, run_id: str, now: dt.datetime) -> None:
        """Give up every claim of a run that has ended or died (point 7).

        What it was sending may have arrived, so it becomes unknown, never planned.
        """
        with self._engine.begin() as connection:
            release(connection, run_id, now)

    def records(self, references: Iterable[str]) -> dict[str, Record]:
        """What is known of these references."""
        with self._engine.begin() as connection:
            found: dict[str, Record] = {}
            for chunk in chunks(list(references)):
                found |= _records(connection.execute(_RECORDS.where(batches.c.reference.in_(chunk))))
            return with_corrections(connection, found)

    def steps(self) -> int:
        """A count that grows with each change of what became of a batch, whoever made it."""
        with self._engine.begin() as connection:
            return connection.scalar(select(func.max(attempts.c.id))) or 0

    def all_records(self) -> dict[str, Record]:
        """What is known of every reference there is."""
        with self._engine.begin() as connection:
            return with_corrections(connection, _records(connection.execute(_RECORDS)))

    def take(self, run_id: str, references: Sequence[str]) -> dict[str, Record]:
        """Claim batches as they are, without planning them; those that this run now owns.

        What another living run has claimed stays with it; what is open is for `open_records`.
        """
        found: dict[str, Record] = {}
        with self._engine.begin() as connection:
            for chunk in chunks(references):
                free = batches.c.reference.in_(chunk) & unsought(batches.c.owner).in_(("", run_id))
                free &= batches.c.state.not_in(OPEN)
                connection.execute(update(batches).where(free).values(owner=run_id))
                mine = free & (unsought(batches.c.owner) == run_id)
                found |= _records(connection.execute(_RECORDS.where(mine)))
            return with_corrections(connection, found)

    def open_records(self, run_id: str) -> list[Record]:
        """Claim every open batch that nobody else has claimed, to be settled by this run (point 6)."""
        with self._engine.begin() as connection:
            free = batches.c.state.in_(OPEN) & batches.c.owner.in_(("", run_id))
            connection.execute(update(batches).where(free).values(owner=run_id))
            return list(map(_record, connection.execute(_RECORDS.where(free).order_by(batches.c.reference))))

    def claim(self, run_id: str, wanted: Sequence[Batch], now: dt.datetime, *, looked_up: bool) -> set[str]:
        """Plan these batches for this run; the references that it now owns.

        A reference keeps its fingerprint once a POST for it went unanswered (point 1); a batch that
        another living run has claimed stays with it; and what was found in conflict is planned again
        only when it was `looked_up` in the registry's list. What was deleted there, or is being
        corrected, never is.
        """
        releasable = (*SENDABLE, "conflict") if looked_up else SENDABLE
        new = upsert(self._engine)(batches)
        kept = ~batches.c.doubted | (batches.c.fingerprint == new.excluded.fingerprint)
        free = _any(batches.c.state, releasable) & _any(batches.c.owner, ("", run_id)) & kept
        free &= ~_any(batches.c.code, (DELETED, CORRECTING))
        statement = new.on_conflict_do_update(
            index_elements=["reference"],
            set_={
                name: new.excluded[name]
                for name in _planned(Batch("", "", "", ()), run_id, now)
                if name != "reference"
            },
            where=free,
        )
        with self._engine.begin() as connection:
            as_they_are = _as_they_are(connection, run_id, wanted, releasable)
            if rest := [batch for batch in wanted if batch.reference not in as_they_are]:
                connection.execute(statement, [_planned(batch, run_id, now) for batch in rest])
            mine = select(batches.c.reference).where(batches.c.owner == run_id)
            return set(connection.scalars(mine)) & {batch.reference for batch in wanted}

    def sent_by(self, run_id: str, among: Iterable[str]) -> set[str]:
        """Those of these references for which a run, or a part of it, made the last intent.

        Whoever made a later one has seen that the earlier ones had not arrived.
        """
        intents = select(attempts.c.reference, attempts.c.run_id).where(attempts.c.state == "sending")
        with self._engine.begin() as connection:
            last: dict[str, str] = {}
            for chunk in chunks(list(among)):
                of_these = intents.where(attempts.c.reference.in_(chunk)).order_by(attempts.c.number)
                last |= {row.reference: row.run_id for row in connection.execute(of_these)}
        return {each for each, owner in last.items() if f"{owner}.".startswith(part_of(run_id, ""))}

    def commit(
        self, run_id: str, intents: Sequence[str], transitions: Sequence[Transition], now: dt.datetime
    ) -> tuple[dict[str, int], set[str]]:
        """One durable transaction: the attempt number of each intent, the references changed.

        An intent or a transition that is missing from the answer was not this run's to make any more.
        """
        with self._engine.begin() as connection:
            return intend(connection, run_id, intents, now), apply(connection, run_id, transitions, now)


def _any(column: ColumnElement[str], values: Iterable[str]) -> ColumnElement[bool]:
    """`column IN values`, in the form that a statement for many rows can have."""
    return or_(*(column == value for value in values))


def _as_they_are(
    connection: Connection, run_id: str, wanted: Sequence[Batch], releasable: Container[str]
) -> set[str]:
    """Those that planning would not change: their state forbids it, or this run has planned them already."""
    fingerprints = {batch.reference: batch.fingerprint for batch in wanted}
    return {
        row.reference
        for chunk in chunks(list(fingerprints))
        for row in connection.execute(_STANDING.where(batches.c.reference.in_(chunk)))
        if row.state not in releasable
        or (
            (row.state, row.owner, row.code) == ("planned", run_id, "")
            and row.fingerprint == fingerprints[row.reference]
        )
    }


def _planned(batch: Batch, run_id: str, now: dt.datetime) -> dict[str, object]:
    return {
        "reference": batch.reference,
        "fingerprint": batch.fingerprint,
        "body": batch.body,
        "state": "planned",
        "owner": run_id,
        "code": "",
        "message": "",
        "reasons": "",
        "updated_at": naive(now),
        **keys(batch),
    }


_STANDING = select(*(batches.c[name] for name in ("reference", "state", "owner", "code", "fingerprint")))
_KNOWN = tuple(batches.c[name] for name in Record.__struct_fields__ if name in batches.c)
_RECORDS = select(*_KNOWN)
"""What a record is made of, in the order of its fields."""


def _records(rows: Iterable[Sequence[Any]]) -> dict[str, Record]:
    return {record.reference: record for record in map(_record, rows)}


def _record(row: Sequence[Any]) -> Record:
    reference, fingerprint, body, *others, reasons, updated_at = row
    if sha256(body.encode()).hexdigest() != fingerprint:
        raise LedgerDamagedError(reference)
    values = (reference, fingerprint, body, *others, read(reasons), aware(updated_at))
    return Record(*values)


def _host(target: Target) -> str:
    """The local registry is the same one on whichever port it answers; its organisation tells it."""
    return "local" if target.environment == "local" else target.url


def _stamps(connection: Connection) -> dict[str, str]:
    return {row.name: row.value for row in connection.execute(select(stamps))}


def _set_stamp(connection: Connection, name: str, value: str) -> None:
    connection.execute(delete(stamps).where(stamps.c.name == name))
    connection.execute(insert(stamps).values(name=name, value=value))


def _registered(connection: Connection) -> int:
    counted = select(func.count()).select_from(batches).where(batches.c.state == "registered")
    return connection.scalar(counted) or 0
