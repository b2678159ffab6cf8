"""What the ledger remembers of what waits for a person. The rules are in `pipeline.outstanding`."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.engine import Connection, RowMapping

from pipeline.ledger.schema import aware, naive, outstanding
from pipeline.ledger.transitions import chunks
from pipeline.outstanding import Changes, Entry, changed, counted

_TIMES = ("first_at", "last_at")


class Outstanding:
    """What waits for a person, home by home. Times are aware, in UTC."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, home: str) -> list[Entry]:
        """All that waits there, the oldest first."""
        with self._engine.begin() as connection:
            return _all(connection, home)

    def change(
        self, home: str, rule: Callable[[Sequence[Entry]], Changes], elsewhere: Callable[[Entry], bool]
    ) -> None:
        """Carry out what a rule makes of all that waits there, in one transaction.

        Of what waits in the other homes that share the ledger, that goes which is done with `elsewhere`.
        """
        with self._engine.begin() as connection:
            _put(connection, home, rule(_all(connection, home)))
            homes = select(outstanding.c.home).where(outstanding.c.home != home).distinct()
            for other in connection.scalars(homes).all():
                gone = frozenset(each.key for each in _all(connection, other) if elsewhere(each))
                _put(connection, other, Changes(gone))

    def night(
        self, home: str, day: dt.date, rule: Callable[[Sequence[Entry]], Changes]
    ) -> tuple[list[Entry], bool]:
        """The same, and count a night of that day; what waits then, and whether some of it is told anew."""
        with self._engine.begin() as connection:
            known = _all(connection, home)
            changes = rule(known)
            before = changed(known, changes)
            after = counted(before, day)
            older = tuple(new for old, new in zip(before, after, strict=True) if new != old)
            put = {each.key: each for each in (*changes.put, *older)}
            _put(connection, home, Changes(changes.gone, tuple(put.values())))
            return after, bool(older)

    def forget(self, home: str, keys: Iterable[str]) -> None:
        """Let these wait no longer. What a later run meets again is entered anew."""
        with self._engine.begin() as connection:
            _put(connection, home, Changes(frozenset(keys)))


def _all(connection: Connection, home: str) -> list[Entry]:
    rows = connection.execute(select(outstanding).where(outstanding.c.home == home)).mappings()
    return changed(map(_entry, rows), Changes())


def _put(connection: Connection, home: str, changes: Changes) -> None:
    keys = [*changes.gone, *(each.key for each in changes.put)]
    for chunk in chunks(keys):
        these = (outstanding.c.home == home) & outstanding.c.key.in_(chunk)
        connection.execute(delete(outstanding).where(these))
    if changes.put:
        connection.execute(insert(outstanding), [_values(each, home) for each in changes.put])


def _values(entry: Entry, home: str) -> dict[str, object]:
    values = {name: _storable(getattr(entry, name)) for name in Entry.__struct_fields__}
    times = {name: naive(getattr(entry, name)) for name in _TIMES}
    return {**values, **times, "home": home}


def _storable(value: object) -> object:
    """Without what no database keeps as text: a NUL, half a character of a file's name."""
    if not isinstance(value, str):
        return value
    return value.encode(errors="backslashreplace").decode().replace("\0", "\\u0000")


def _entry(row: RowMapping) -> Entry:
    values = {name: row[name] for name in Entry.__struct_fields__}
    return Entry(**{**values, **{name: aware(values[name]) for name in _TIMES}})
