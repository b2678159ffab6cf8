"""The names of facilities and feedstocks in a log, and the registry's ids of those that it knows. Pure."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from msgspec import Struct

from pipeline.propose.column import is_id, value_of
from pipeline.propose.log import Log
from pipeline.propose.toml import quoted
from schemas.cell import Cell
from schemas.run_log import texts
from schemas.run_log.spelling import folded

_NEAR = 0.85
_SELDOM = 10
_IDS = {"facility": is_id("fcl"), "feedstock": is_id("ftt")}


class Known(Struct, frozen=True):
    """A feedstock type of the registry."""

    id: str
    name: str


class Name(Struct, frozen=True):
    """A name in the log, its id if it is known, and what to say of it.

    One that is `doubtful` is probably none: a misspelt name, or two names that a comma parts.
    """

    text: str
    id: str = ""
    says: str = ""
    doubtful: bool = False


def names_of(log: Log, field: str, known: Sequence[Known] = ()) -> list[Name]:
    """The names of a field, in the order of the log. What is an id already is none."""
    places: dict[str, list[str]] = defaultdict(list)
    cut_from: dict[str, set[str]] = defaultdict(set)
    bits_of: dict[str, list[str]] = {}
    for found in log.cells(field):
        for part in _parts(found.cells[0], field):
            bits = [bit.strip() for bit in part.split(",") if bit.strip()] if field == "feedstock" else [part]
            for name in bits:
                places[name].append(found.place)
                cut_from[name].add(part)
            if len(bits) > 1:
                bits_of[part] = bits
    ids = _by_name(known)
    counts = {name: len(found) for name, found in places.items()}
    named = [_named(name, found, counts, ids) for name, found in places.items()]
    ours = {name for name in ids if len(ids[name]) == 1}
    whole = [
        _whole(part, ids)
        for part, bits in bits_of.items()
        if all(cut_from[bit] == {part} for bit in bits) and not {*map(folded, bits)} <= ours
    ]
    return [*named, *whole]


def _parts(cell: Cell, field: str) -> list[str]:
    """The names in a cell, parted at semicolons and line breaks where several may be."""
    raw = re.sub(r"[\r\n]+", ";", cell) if isinstance(cell, str) and field == "feedstock" else cell
    text = value_of(texts.text(raw))
    parts = text.split(";") if isinstance(text, str) and field == "feedstock" else [text]
    return [
        part.strip() for part in parts if isinstance(part, str) and part.strip() and not _IDS[field](part)
    ]


def _named(
    name: str, places: Sequence[str], counts: Mapping[str, int], ids: Mapping[str, list[Known]]
) -> Name:
    rows = f"{len(places):,} row{'s' if len(places) > 1 else ''}, the first {places[0]}"
    same = ids.get(folded(name), [])
    if len(same) == 1:
        return Name(name, same[0].id, f"{rows}; the registry calls it {quoted(same[0].name)}")
    often = [each for each, count in counts.items() if count >= _SELDOM * len(places)]
    if meant := get_close_matches(name, often, n=1, cutoff=_NEAR):
        return Name(
            name, says=f"{rows}: misspelt for {quoted(meant[0])}? Then correct the cell", doubtful=True
        )
    if same:
        rows += f"; the registry has {len(same)} of this name: {', '.join(each.id for each in same)}"
    elif near := get_close_matches(folded(name), ids, n=1, cutoff=_NEAR):
        rows += f"; the registry has {quoted(ids[near[0]][0].name)}, {ids[near[0]][0].id}: is it the same?"
    return Name(name, says=rows)


def _whole(cell: str, ids: Mapping[str, list[Known]]) -> Name:
    """A cell with a comma whose parts stand nowhere else: it may be one name."""
    same = ids.get(folded(cell), [])
    if len(same) == 1:
        return Name(cell, same[0].id, f"the registry calls it {quoted(same[0].name)}")
    return Name(cell, says="if this is one name, say this in place of its parts", doubtful=True)


def _by_name(known: Sequence[Known]) -> dict[str, list[Known]]:
    found: dict[str, list[Known]] = {}
    for each in known:
        if _IDS["feedstock"](each.id):
            found.setdefault(folded(each.name), []).append(each)
    return found
