"""Statements that each write for many batches at once, which are handed over as one text of JSON.

One statement for each row would cost most where it is least seen: at every step of a statement the thread of
the ledger gives up the interpreter, and asks for it back from the thread that sends. Each is made once, for
each kind of database.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Insert,
    Integer,
    Select,
    String,
    Text,
    Update,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal,
    literal_column,
    null,
    select,
    type_coerce,
    update,
)
from sqlalchemy.types import TypeEngine

from pipeline.ledger.schema import attempts, batches

Field = Callable[[int, type[TypeEngine[Any]]], ColumnElement[Any]]
"""The value at a place of what is given about a batch, as that type."""
AsObject = Callable[[ColumnElement[Any], ColumnElement[Any]], ColumnElement[str]]
"""JSON of all rows: a name and a value of each."""
_LOG = ("reference", "run_id", "at", "number", "fingerprint", "state", "http_status", "answer")


class Bulk(Struct, frozen=True):
    """Intents and changes; `given`, `run` and `at` are the parameters of each statement.

    The first of each three says which batches it is about, as JSON of references and attempts, the second
    adds their lines to `attempts`, the third changes them. Whose a batch must be is said once for the three.
    """

    intended: Select[str]
    log_intents: Insert
    intend: Update
    changed: Select[str]
    log_changes: Insert
    change: Update


def _sqlite() -> tuple[FromClause, Field, AsObject]:
    given = func.json_each(bindparam("given", type_=Text)).table_valued("value", name="given")

    def field(place: int, kind: type[TypeEngine[Any]]) -> ColumnElement[Any]:
        return type_coerce(func.json_extract(given.c.value, literal_column(f"'$[{place}]'")), kind)

    return given, field, func.json_group_object


def _postgresql() -> tuple[FromClause, Field, AsObject]:
    from sqlalchemy.dialects.postgresql import JSONB

    given = func.jsonb_array_elements(cast(bindparam("given", type_=Text), JSONB)).table_valued(
        column("value", JSONB), name="given"
    )

    def field(place: int, kind: type[TypeEngine[Any]]) -> ColumnElement[Any]:
        return cast(given.c.value[place].astext, kind)

    return given, field, lambda name, value: cast(func.json_object_agg(name, value), Text)


@cache
def bulk(database: str) -> Bulk:
    """The statements for a kind of database."""
    given, field, as_object = _postgresql() if database == "postgresql" else _sqlite()
    run, at = bindparam("run", type_=String), bindparam("at", type_=attempts.c.at.type)
    ours = (batches.c.reference == field(0, String)) & (unsought(batches.c.owner) == run)
    planned = ours & (unsought(batches.c.state) == "planned")
    attempted = ours & (batches.c.attempts == field(1, Integer))
    number = batches.c.attempts + 1
    told = (batches.c.reference, run, at)
    line = (batches.c.attempts, batches.c.fingerprint, field(2, String), field(3, Integer), field(9, Text))
    return Bulk(
        intended=select(as_object(batches.c.reference, number)).select_from(given).where(planned),
        log_intents=insert(attempts).from_select(
            _LOG,
            select(*told, number, batches.c.fingerprint, literal("sending"), null(), literal(""))
            .select_from(given)
            .where(planned),
        ),
        intend=update(batches).where(planned).values(state="sending", attempts=number, updated_at=at),
        changed=select(as_object(batches.c.reference, batches.c.attempts))
        .select_from(given)
        .where(attempted),
        log_changes=insert(attempts).from_select(
            _LOG, select(*told, *line).select_from(given).where(attempted)
        ),
        change=update(batches)
        .where(attempted)
        .values(
            state=field(2, String),
            http_status=field(3, Integer),
            doubted=batches.c.doubted | field(4, Boolean),
            registry_id=field(5, Text),
            code=field(6, String),
            message=field(7, Text),
            reasons=field(8, Text),
            updated_at=at,
        ),
    )


def unsought(column: ColumnElement[str]) -> ColumnElement[str]:
    """A column by which no rows are sought.

    Beside a few references, SQLite would rather look through all that a run owns, so that a log of twice the
    length took four times as long.
    """
    return column.concat("")
