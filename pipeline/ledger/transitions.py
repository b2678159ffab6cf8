"""The writes that move a batch from state to state, each with its line in `attempts`."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import insert, update
from sqlalchemy.engine import Connection

from pipeline.journal_point import journal_point
from pipeline.ledger.bulk import bulk
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
    if not references:
        return {}
    statements = bulk(connection.dialect.name)
    given = {"given": msgspec.json.encode([[each] for each in references if "\0" not in each]).decode()}
    values = given | {"run": run_id, "at": naive(now)}
    numbers = msgspec.json.decode(connection.scalar(statements.intended, values) or "{}", type=dict[str, int])
    connection.execute(statements.log_intents, values)
    connection.execute(statements.intend, values)
    for reference in numbers:
        journal_point("intent.written", reference)
    return numbers


def apply(connection: Connection, run_id: str, changes: Sequence[Transition], now: dt.datetime) -> set[str]:
    """Carry out each change that is still this run's to make; the references that were changed.

    Of one reference there is one change at a time.
    """
    if not changes:
        return set()
    statements = bulk(connection.dialect.name)
    given = {
        "given": msgspec.json.encode(
            [_given(change) for change in changes if "\0" not in change.reference]
        ).decode()
    }
    values = given | {"run": run_id, "at": naive(now)}
    changed = msgspec.json.decode(connection.scalar(statements.changed, values) or "{}", type=dict[str, int])
    connection.execute(statements.log_changes, values)
    connection.execute(statements.change, values)
    for reference in changed:
        journal_point("outcome.written", reference)
    return set(changed)


def _given(change: Transition) -> tuple[object, ...]:
    """A change as `bulk` takes it. A database's text has no NUL, which a registry's may have."""
    texts = (change.registry_id, change.code, change.message, written(change.reasons), change.answer)
    return (
        change.reference,
        change.attempt,
        change.state,
        change.http_status,
        change.doubts,
        *(text.replace("\0", "\ufffd") for text in texts),
    )


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


def _log(connection: Connection, lines: Sequence[dict[str, object]]) -> None:
    if lines:
        connection.execute(insert(attempts), lines)
