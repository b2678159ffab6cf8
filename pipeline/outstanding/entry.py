"""One thing that waits for a person, and how it grows old. Times are aware, in UTC; days are the plant's."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace

from pipeline.model import Source
from pipeline.outstanding.days import is_another

REFUSED, WAITING = "refused", "waiting"
"""The words of files: one that was refused, and one that has not been read yet."""
_FILES = (REFUSED, WAITING)
_ID_LENGTH = 8


class Entry(Struct, frozen=True):
    """A row, or a file, that a person has to see to.

    `key` tells it from all others. `mark` and `rest` are fingerprints by which the row is known when it
    comes back: of what `to_fix.xlsx` says about it, and of its cells that were not wrong. `rows` is how many
    rows share the reference. `nights` counts the days on which a night found it, `last_night` the last.
    """

    key: str
    file: str
    sheet: str
    row: int | None
    cells: str
    reference: str
    word: str
    codes: str
    message: str
    run_id: str
    first_at: dt.datetime
    last_at: dt.datetime
    mark: str = ""
    rest: str = ""
    rows: int = 1
    nights: int = 0
    last_night: dt.date | None = None

    @property
    def id(self) -> str:
        """What a person types to have it forgotten."""
        return self.key[:_ID_LENGTH]

    @property
    def is_file(self) -> bool:
        return self.word in _FILES


class Changes(Struct, frozen=True):
    """What a run changes: the keys that are done with, then the entries that are new or other."""

    gone: frozenset[str] = frozenset()
    put: tuple[Entry, ...] = ()


def key_of(*parts: str) -> str:
    """One key for one thing; no two lists of parts have the same."""
    return sha256("".join(f"{len(part)}:{part}" for part in parts).encode(errors="replace")).hexdigest()


def changed(known: Iterable[Entry], changes: Changes) -> list[Entry]:
    """What waits after the changes, the oldest first."""
    left = {each.key: each for each in known if each.key not in changes.gone}
    left |= {each.key: each for each in changes.put}
    return sorted(left.values(), key=lambda each: (each.first_at, each.file, each.row or 0, each.key))


def of_files(
    known: Sequence[Entry],
    refused: Iterable[Source],
    waiting: Iterable[tuple[str, str]],
    now: dt.datetime,
    run_id: str,
) -> Changes:
    """The files of the inbox that a night could not read. What no longer lies there is done with.

    `waiting` are the names of files that were left for later, each with the reason.
    """
    found = [_of_refused(each, now, run_id) for each in refused if each.refusal]
    found += [_of_waiting(name, why, now, run_id) for name, why in waiting]
    before = {each.key: each for each in known if each.is_file}
    return Changes(
        frozenset(before.keys() - {each.key for each in found}),
        tuple(as_old_as(each, before.get(each.key)) for each in found),
    )


def counted(entries: Sequence[Entry], day: dt.date) -> list[Entry]:
    """The entries after a night of that day, which counts once however often it is run."""
    return [
        replace(each, nights=each.nights + 1, last_night=day) if is_another(day, each.last_night) else each
        for each in entries
    ]


def as_old_as(entry: Entry, *earlier: Entry | None) -> Entry:
    """The entry with the age of the oldest that it takes the place of."""
    olds = [each for each in earlier if each]
    if not olds:
        return entry
    oldest = min(olds, key=lambda each: each.first_at)
    nights = max(each.nights for each in olds)
    days = [each.last_night for each in olds if each.last_night]
    return replace(entry, first_at=oldest.first_at, nights=nights, last_night=max(days, default=None))


def by_mark(entries: Iterable[Entry]) -> Mapping[str, list[Entry]]:
    """The entries of rows, by what `to_fix.xlsx` said about them."""
    found: dict[str, list[Entry]] = {}
    for each in entries:
        if each.mark:
            found.setdefault(each.mark, []).append(each)
    return found


def _of_refused(source: Source, now: dt.datetime, run_id: str) -> Entry:
    refusal = source.refusal
    message = f"{refusal.message} {refusal.remedy}" if refusal else ""
    code = refusal.code if refusal else ""
    key = key_of("file", PurePath(source.file).name)
    return Entry(key, source.file, "", None, "", "", REFUSED, code, message, run_id, now, now)


def _of_waiting(name: str, why: str, now: dt.datetime, run_id: str) -> Entry:
    message = f"It has not been read: {why}."
    return Entry(
        key_of("file", PurePath(name).name), name, "", None, "", "", WAITING, "", message, run_id, now, now
    )
