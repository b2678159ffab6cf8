"""What the ledger remembers that a log is judged by: what is usual, what was sent, which files were read."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal

import msgspec
from msgspec import Struct
from sqlalchemy import JSON, ColumnElement, Engine, case, cast, delete, insert, or_, select, type_coerce
from sqlalchemy.engine import Connection, Row

from pipeline.kin.known import Known, Relative, Standing
from pipeline.ledger.schema import aware, batches, files, usual_masses
from pipeline.ledger.transitions import chunks
from pipeline.model import Batch, Earlier, Usual
from pipeline.plan import State
from schemas.keys import content_key, reference_key

_STANDING: Mapping[State, Standing] = {
    "registered": "registered",
    "sending": "open",
    "unknown": "open",
    "planned": "planned",
}
"""What became of a batch, where it may be registered yet or is; what was refused or deleted is no kin."""
_SETTLED: tuple[State, ...] = ("registered", "sending", "unknown")
_DAY = dt.timedelta(days=1)
_LONGEST = 31 * _DAY
"""No batch is longer (contract, "Domain rules"), or it is refused or told."""
_RELATIVE = select(
    batches.c.reference,
    batches.c.body,
    batches.c.state,
    batches.c.updated_at,
    batches.c.reference_key,
    batches.c.content_key,
)


class _Occasion(Struct, frozen=True):
    """Where and when a batch was made, read from its body at a third of the cost of all of it."""

    facility_id: str
    started_at: dt.datetime
    ended_at: dt.datetime


_occasion = msgspec.json.Decoder(_Occasion)


class Memory:
    """The memory of one ledger. Times are aware, in UTC."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def usual(self) -> dict[str, Usual]:
        """What each facility usually makes, as earlier logs have told."""
        with self._engine.begin() as connection:
            return {row.facility_id: _usual(row) for row in connection.execute(select(usual_masses))}

    def remember_usual(self, found: Mapping[str, Usual]) -> None:
        """Let later logs be compared with what this one has told."""
        with self._engine.begin() as connection:
            for facility_id, usual in found.items():
                if usual.mass is not None:
                    connection.execute(delete(usual_masses).where(usual_masses.c.facility_id == facility_id))
                    hourly = None if usual.throughput is None else str(usual.throughput)
                    values = {"kilograms": str(usual.mass), "kilograms_an_hour": hourly}
                    connection.execute(insert(usual_masses).values(facility_id=facility_id, **values))

    def known(self, wanted: Sequence[Batch]) -> Known:
        """What is known of the batches of a log, and of those that may be the same."""
        with self._engine.begin() as connection:
            settled = frozenset(_settled(connection, wanted))
            rest = [batch for batch in wanted if batch.reference not in settled]
            wanted_references = {batch.reference for batch in wanted}
            return Known(settled, _relatives(connection, rest), _near(connection, rest, wanted_references))

    def files(self, sha256s: Iterable[str]) -> dict[str, Earlier]:
        """The first reading of each of these contents that there was."""
        found: dict[str, Earlier] = {}
        with self._engine.begin() as connection:
            for chunk in chunks(list(sha256s)):
                rows = connection.execute(select(files).where(files.c.sha256.in_(chunk)))
                found |= {row.sha256: Earlier(row.name, row.run_id, aware(row.read_at)) for row in rows}
        return found


def _usual(row: Row[tuple[str, str, str | None]]) -> Usual:
    hourly = row.kilograms_an_hour
    return Usual(Decimal(row.kilograms), None if hourly is None else Decimal(hourly))


def _settled(connection: Connection, wanted: Sequence[Batch]) -> Iterable[str]:
    """The references that stand for these very values, and for which a POST has left at least."""
    fingerprints = {batch.reference: batch.fingerprint for batch in wanted}
    what = select(batches.c.reference, batches.c.fingerprint, batches.c.state)
    for chunk in chunks(list(fingerprints)):
        # Without the state, or SQLite looks for all of that state instead.
        for reference, fingerprint, state in connection.execute(what.where(batches.c.reference.in_(chunk))):
            if fingerprint == fingerprints[reference] and state in _SETTLED:
                yield reference


def _relatives(connection: Connection, wanted: Sequence[Batch]) -> dict[str, list[Relative]]:
    """For each reference, the batches under another one that share a key with it, and are not refused."""
    found: dict[str, list[Relative]] = defaultdict(list)
    for chunk in chunks(wanted):
        by_reference, by_content = _keyed(chunk)
        alike = or_(batches.c.reference_key.in_(by_reference), batches.c.content_key.in_(by_content))
        for row in connection.execute(_RELATIVE.where(alike).order_by(batches.c.reference)):
            ours = [*by_reference.get(row.reference_key, ()), *by_content.get(row.content_key, ())]
            for reference in dict.fromkeys(ours):
                if reference != row.reference and (standing := _STANDING.get(row.state)):
                    since = aware(row.updated_at)
                    found[reference].append(Relative(row.reference, row.body, standing, since))
    return dict(found)


def _near(connection: Connection, rest: Sequence[Batch], known: Collection[str]) -> list[Relative]:
    """Batches under other references of which these may be parts, or that may be parts of these.

    They are of the same facilities, and begin within the length of a batch from these.
    """
    asked = list(_occasions(rest))
    if not asked:
        return []
    first = min(each.started_at for each in asked) - _LONGEST
    last = max(each.ended_at for each in asked) + _LONGEST
    field = _of_body(connection.dialect.name)
    about = _RELATIVE.where(
        batches.c.state.in_(_STANDING),
        field("facility_id").in_({each.facility_id for each in asked}),
        field("started_at") >= first.date().isoformat(),
        field("started_at") < (last + _DAY).date().isoformat(),
    )
    return [
        Relative(row.reference, row.body, _STANDING[row.state], aware(row.updated_at))
        for row in connection.execute(about.order_by(batches.c.reference))
        if row.reference not in known
    ]


def _occasions(wanted: Sequence[Batch]) -> Iterator[_Occasion]:
    for batch in wanted:
        with suppress(msgspec.DecodeError):
            yield _occasion.decode(batch.body)


def _of_body(database: str) -> Callable[[str], ColumnElement[str]]:
    """A field of a batch's body; where that is no batch, NULL."""
    as_json = cast(batches.c.body, JSON) if database == "postgresql" else type_coerce(batches.c.body, JSON)
    return lambda name: case((batches.c.content_key.is_not(None), as_json[name].as_string()))


def _keyed(wanted: Iterable[Batch]) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """References by their own key, and by that of what they stand for."""
    by_reference: dict[int, list[str]] = defaultdict(list)
    by_content: dict[int, list[str]] = defaultdict(list)
    for batch in wanted:
        by_reference[reference_key(batch.reference)].append(batch.reference)
        if (content := content_key(batch.body)) is not None:
            by_content[content].append(batch.reference)
    return by_reference, by_content
