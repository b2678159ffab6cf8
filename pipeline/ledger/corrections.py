"""What the ledger remembers of batches that are to be replaced, because the registry cannot change one.

The intent to delete is committed before the request leaves, and that the batch is gone before the new
one is planned, so that whoever comes after a crash knows which of the two is the truth. Each step is
also a line of `attempts`; a run takes a step only with a batch that it owns.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.engine import Connection, RowMapping
from sqlalchemy.exc import IntegrityError

from pipeline.ledger.schema import attempts, batches, corrections, naive
from pipeline.ledger.transitions import chunks, keys
from pipeline.model import REGISTERED_OTHERWISE, Batch
from pipeline.plan import CORRECTING, OPEN, Correction, Record, Step

_UNDER_WAY = ("deleting", "deleted")


class Approved(Struct, frozen=True):
    """What a person has approved: this batch of the registry goes, and this one takes its place."""

    batch: Batch
    held_id: str
    held_body: str


class Corrections:
    """The corrections of one ledger. Times are aware, in UTC."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, references: Sequence[str]) -> dict[str, Correction]:
        """What is wanted of these references, or has been done."""
        found: dict[str, Correction] = {}
        with self._engine.begin() as connection:
            for chunk in chunks(references):
                rows = connection.execute(select(corrections).where(corrections.c.reference.in_(chunk)))
                found |= {row["reference"]: _correction(row) for row in rows.mappings()}
        return found

    def without_successor(self) -> dict[str, str]:
        """The references whose approved values were refused when their batch was gone; the id it had."""
        refused = select(corrections.c.reference, corrections.c.held_id)
        refused = refused.where((corrections.c.state == "done") & (corrections.c.new_id == ""))
        with self._engine.begin() as connection:
            return {row.reference: row.held_id for row in connection.execute(refused)}

    def note(self, run_id: str, wanted: Iterable[Batch], now: dt.datetime) -> None:
        """Remember what a log wants of references that are registered otherwise; the latest log counts.

        A correction that is under way keeps the values that were approved.
        """
        self._note(run_id, wanted, now, instead_of=("wanted", "done"))

    def note_if_none(self, run_id: str, wanted: Iterable[Batch], now: dt.datetime) -> None:
        """The same, of references for which no log has asked for anything else."""
        self._note(run_id, wanted, now, instead_of=("done",))

    def _note(
        self, run_id: str, wanted: Iterable[Batch], now: dt.datetime, *, instead_of: Sequence[Step]
    ) -> None:
        with self._engine.begin() as connection:
            for batch in wanted:
                values: dict[str, object] = {"state": "wanted", "body": batch.body}
                values |= {
                    "fingerprint": batch.fingerprint,
                    "run_id": run_id,
                    "new_id": "",
                    "held_id": "",
                    "held_body": "",
                }
                values |= dict.fromkeys(("approved_at", "deleted_at", "done_at"))
                free = (corrections.c.reference == batch.reference) & corrections.c.state.in_(instead_of)
                statement = update(corrections).where(free)
                changed = connection.execute(statement.values(noted_at=naive(now), **values))
                if not changed.rowcount:
                    _add(connection, {**values, "reference": batch.reference, "noted_at": naive(now)})

    def settled(self, new_ids: Mapping[str, str], now: dt.datetime, *, by_a_log: bool) -> None:
        """These references are registered under these ids: what was deleted for them has its successor.

        No id: the registry has refused the approved values, and a log may come with better ones.
        What an earlier log wanted is forgotten when the latest one (`by_a_log`) asked for what is held.
        """
        waiting = select(corrections.c.reference, corrections.c.state)
        waiting = waiting.where(corrections.c.state.in_(("deleted", "wanted")))
        with self._engine.begin() as connection:
            for reference, state in connection.execute(waiting).all():
                if reference in new_ids and state == "deleted":
                    _done(connection, reference, new_ids[reference], now)
                elif reference in new_ids and by_a_log:
                    connection.execute(delete(corrections).where(corrections.c.reference == reference))

    def begin(self, run_id: str, approved: Approved, now: dt.datetime) -> bool:
        """Commit that a batch is about to be deleted; False when it is not this run's to do."""
        batch, held = approved.batch, {"held_id": approved.held_id, "held_body": approved.held_body}
        message = f"The batch {approved.held_id} is being replaced. Finish it with pipeline amend."
        values = {"state": "conflict", "code": CORRECTING, "message": message}
        ours = corrections.c.reference == batch.reference
        with self._engine.begin() as connection:
            wanted = connection.scalar(select(corrections.c.fingerprint).where(ours))
            if wanted != batch.fingerprint:
                return False
            if not _changed(connection, run_id, batch.reference, now, registry_id=approved.held_id, **values):
                return False
            step = {"state": "deleting", "run_id": run_id, "approved_at": naive(now), **held}
            of_an_earlier_one = {"new_id": "", "deleted_at": None, "done_at": None}
            connection.execute(update(corrections).where(ours).values(**step, **of_an_earlier_one))
            answer = f"{approved.held_id} {approved.held_body}".strip()
            _log(connection, run_id, batch.reference, now, state="deleting", answer=answer)
            return True

    def give_up(self, run_id: str, reference: str, now: dt.datetime, message: str) -> bool:
        """The batch was not deleted, and will not be: it is in conflict, as it was."""
        with self._engine.begin() as connection:
            values = {"state": "conflict", "code": REGISTERED_OTHERWISE, "message": message}
            if not _changed(connection, run_id, reference, now, **values):
                return False
            step = update(corrections).where(corrections.c.reference == reference)
            connection.execute(step.values(state="wanted"))
            _log(connection, run_id, reference, now, state="conflict", answer=message)
            return True

    def gone(self, run_id: str, batch: Batch, now: dt.datetime, status: int | None, answer: str) -> bool:
        """The old batch is proven to be gone: the new one is planned, in the same commit."""
        with self._engine.begin() as connection:
            nothing = {"registry_id": "", "code": "", "message": "", "http_status": None, "doubted": False}
            body = {"body": batch.body, "fingerprint": batch.fingerprint, **keys(batch)}
            if not _changed(connection, run_id, batch.reference, now, state="planned", **nothing, **body):
                return False
            step = update(corrections).where(corrections.c.reference == batch.reference)
            connection.execute(step.values(state="deleted", deleted_at=naive(now)))
            _log(connection, run_id, batch.reference, now, state="deleted", status=status, answer=answer)
            return True

    def adopt(self, run_id: str, batch: Batch, registry_id: str, now: dt.datetime) -> bool:
        """The registry holds the wanted values already, under this id.

        When this ledger has had no batch deleted for it, it names none as the one before.
        """
        with self._engine.begin() as connection:
            values = {"registry_id": registry_id, "code": "", "message": "", "http_status": None}
            body = {"body": batch.body, "fingerprint": batch.fingerprint, **keys(batch)}
            if not _changed(connection, run_id, batch.reference, now, state="registered", **values, **body):
                return False
            _forget_the_old(connection, batch.reference, registry_id)
            _done(connection, batch.reference, registry_id, now)
            answer = "the registry holds the wanted values"
            _log(connection, run_id, batch.reference, now, state="registered", answer=answer)
            return True


def with_corrections(connection: Connection, records: dict[str, Record]) -> dict[str, Record]:
    """The records, each with the correction that is under way for it."""
    under_way = select(corrections).where(corrections.c.state.in_(_UNDER_WAY))
    for row in connection.execute(under_way).mappings():
        if record := records.get(row["reference"]):
            records[record.reference] = replace(record, correction=_correction(row))
    return records


def _correction(row: RowMapping) -> Correction:
    return Correction(**{name: row[name] for name in Correction.__struct_fields__})


def _add(connection: Connection, values: Mapping[str, object]) -> None:
    """A new line, unless there is one that must stay, or another run was quicker."""
    try:
        with connection.begin_nested():
            connection.execute(insert(corrections).values(values))
    except IntegrityError:
        return


def _changed(connection: Connection, run_id: str, reference: str, now: dt.datetime, **values: object) -> bool:
    """Change a batch that this run owns and that is not open; whether there was one."""
    ours = (batches.c.reference == reference) & (batches.c.owner == run_id) & batches.c.state.not_in(OPEN)
    changed = connection.execute(update(batches).where(ours).values(updated_at=naive(now), **values))
    return bool(changed.rowcount)


def _forget_the_old(connection: Connection, reference: str, new_id: str) -> None:
    """Forget which batch went, unless it was for this new one."""
    made_by_others = (corrections.c.state == "wanted") | corrections.c.new_id.not_in(("", new_id))
    nothing = {"held_id": "", "held_body": "", "approved_at": None, "deleted_at": None}
    step = update(corrections).where((corrections.c.reference == reference) & made_by_others)
    connection.execute(step.values(nothing))


def _done(connection: Connection, reference: str, new_id: str, now: dt.datetime) -> None:
    step = update(corrections).where(corrections.c.reference == reference)
    connection.execute(step.values(state="done", new_id=new_id, done_at=naive(now)))


def _log(  # noqa: PLR0913  each is a column
    connection: Connection,
    run_id: str,
    reference: str,
    now: dt.datetime,
    *,
    state: str,
    answer: str,
    status: int | None = None,
) -> None:
    of = select(batches.c.attempts, batches.c.fingerprint).where(batches.c.reference == reference)
    number, fingerprint = connection.execute(of).one()
    connection.execute(
        insert(attempts).values(
            reference=reference,
            run_id=run_id,
            at=naive(now),
            number=number,
            fingerprint=fingerprint,
            state=state,
            http_status=status,
            answer=answer,
        )
    )
