"""The writes that move a batch from state to state, each with its line in `attempts`."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, bindparam, insert, select, update
from sqlalchemy.engine import Connection, Row

from pipeline.journal_point import journal_point
from pipeline.ledger.schema import attempts, batches, naive
from pipeline.model import Batch, Reasons
from pipeline.plan import State
from schemas.keys import content_key, reference_key

_CHUNK = 500
T = TypeVar("T")


class Transition(Struct, frozen=True):
    """A change of one batch, and the answer that caused it. `attempt` is the one it belongs to.

    `reasons` are those of a refusal, kept so that a later run can still say which cells they are about.

    `doubts` says that the attempt may have been stored without an answer, which is never forgotten.
    """

    reference: str
    attempt: int
    state: State
    registry_id: str = ""
    http_status: int | None = None
    code: str = ""
    message: str = ""
    answer: str = ""
    doubts: bool = False
    reasons: Reasons = ()


def intend(
    connection: Connection, run_id: str, references: Sequence[str], now: dt.datetime
) -> dict[str, int]:
    """Make planned batches `sending`; the attempt number of each that this run still owns."""
    started: list[Row[tuple[str, int, str]]] = []
    for chunk in chunks(references):
        wanted = {"references": chunk, "o": run_id, "at": naive(now)}
        started += connection.execute(_INTEND, wanted).all()
    _log(connection, [
        {"reference": reference, "run_id": run_id, "at": naive(now), "number": number,
         "fingerprint": fingerprint, "state": "sending", "http_status": None, "answer": ""}
        for reference, number, fingerprint in started
    ])  # fmt: skip
    for reference, _, _ in started:
        journal_point("intent.written", reference)
    return {reference: number for reference, number, _ in started}


def apply(connection: Connection, run_id: str, changes: Sequence[Transition], now: dt.datetime) -> set[str]:
    """Carry out each change that is still this run's to make; the references that were changed.

    Of one reference there is one change at a time.
    """
    if not changes:
        return set()
    connection.execute(_CHANGE, [_values(change, run_id, now) for change in changes])
    fingerprints = _changed(connection, run_id, changes)
    _log(connection, [
        {"reference": change.reference, "run_id": run_id, "at": naive(now),
         "number": change.attempt, "fingerprint": fingerprints[change.reference], "state": change.state,
         "http_status": change.http_status, "answer": change.answer}
        for change in changes if change.reference in fingerprints
    ])  # fmt: skip
    for reference in fingerprints:
        journal_point("outcome.written", reference)
    return set(fingerprints)


def _values(change: Transition, run_id: str, now: dt.datetime) -> dict[str, object]:
    return {
        "r": change.reference,
        "o": run_id,
        "n": change.attempt,
        "new_state": change.state,
        "new_id": change.registry_id,
        "new_status": change.http_status,
        "new_code": change.code,
        "new_message": change.message,
        "new_reasons": written(change.reasons),
        "doubts": change.doubts,
        "at": naive(now),
    }


def _changed(connection: Connection, run_id: str, changes: Sequence[Transition]) -> dict[str, str]:
    """The fingerprint of each that `_CHANGE` has found: it changes neither the owner nor the attempt."""
    attempted = {change.reference: change.attempt for change in changes}
    return {
        reference: fingerprint
        for chunk in chunks(list(attempted))
        for reference, number, fingerprint in connection.execute(_OURS, {"references": chunk, "o": run_id})
        if number == attempted[reference]
    }


def release(connection: Connection, owner: str, now: dt.datetime) -> None:
    """Take every claim from a run; what it was sending may have arrived, so it becomes unknown."""
    ours = batches.c.owner == owner
    statement = (
        update(batches)
        .where(ours & (batches.c.state == "sending"))
        .values(state="unknown", doubted=True, code="interrupted", updated_at=naive(now))
        .returning(batches.c.reference, batches.c.attempts, batches.c.fingerprint)
    )
    doubted = connection.execute(statement).all()
    _log(connection, [
        {"reference": reference, "run_id": owner, "at": naive(now), "number": number,
         "fingerprint": fingerprint, "state": "unknown", "http_status": None, "answer": "interrupted"}
        for reference, number, fingerprint in doubted
    ])  # fmt: skip
    connection.execute(update(batches).where(ours).values(owner=""))


def keys(batch: Batch) -> dict[str, int | None]:
    """The columns by which a batch is found under another reference, or in another spelling."""
    return {"reference_key": reference_key(batch.reference), "content_key": content_key(batch.body)}


def written(reasons: Reasons) -> str:
    """The reasons of a refusal as the ledger keeps them; no text when there are none."""
    return msgspec.json.encode(reasons).decode() if reasons else ""


def read(kept: str) -> Reasons:
    """The reasons that were kept."""
    return msgspec.json.decode(kept, type=Reasons) if kept else ()


def chunks(wanted: Sequence[T]) -> Iterator[Sequence[T]]:
    """Pieces short enough for one statement's parameters."""
    return (wanted[start : start + _CHUNK] for start in range(0, len(wanted), _CHUNK))


def unsought(column: ColumnElement[str]) -> ColumnElement[str]:
    """A column by which the rows are not to be sought: beside a few references, SQLite would rather look
    through all that a run owns, so that a log of twice the length took four times as long."""
    return column.concat("")


_INTEND = (
    update(batches)
    .where(
        batches.c.reference.in_(bindparam("references", expanding=True)),
        unsought(batches.c.owner) == bindparam("o"),
        unsought(batches.c.state) == "planned",
    )
    .values(state="sending", attempts=batches.c.attempts + 1, updated_at=bindparam("at"))
    .returning(batches.c.reference, batches.c.attempts, batches.c.fingerprint)
)
_CHANGE = (
    update(batches)
    .where(
        batches.c.reference == bindparam("r"),
        batches.c.owner == bindparam("o"),
        batches.c.attempts == bindparam("n"),
    )
    .values(
        state=bindparam("new_state"),
        registry_id=bindparam("new_id"),
        http_status=bindparam("new_status"),
        code=bindparam("new_code"),
        message=bindparam("new_message"),
        reasons=bindparam("new_reasons"),
        doubted=batches.c.doubted | bindparam("doubts"),
        updated_at=bindparam("at"),
    )
)
_OURS = select(batches.c.reference, batches.c.attempts, batches.c.fingerprint).where(
    batches.c.reference.in_(bindparam("references", expanding=True)),
    unsought(batches.c.owner) == bindparam("o"),
)
_LOG = insert(attempts)


def _log(connection: Connection, lines: Sequence[dict[str, object]]) -> None:
    if lines:
        connection.execute(_LOG, lines)
