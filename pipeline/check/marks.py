"""Numbers typed in two notations: what 1.234 means is in doubt where 12,5 stands too (hazard 21)."""

from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct

from schemas.run_log.numbers import DECIMAL_MARKS, DecimalMark, mark_of
from schemas.run_log.parsed import Problem

Written: TypeAlias = tuple[str, str]
"""A typed number: the address of its cell, and its text."""


class Mixed(Struct, frozen=True):
    """A log that writes both marks: what to say of it, and the numbers that may mean something else.

    `at` are cells of either notation, of `count` in all; `doubtful` holds the addresses of what was read
    and must not be.
    """

    at: tuple[str, str]
    count: int
    told: str
    doubtful: frozenset[str]
    problem: Problem


def mixed(numbers: Sequence[Written], mark: DecimalMark | None) -> Mixed | None:
    """Judge all the typed numbers of a log together; None when they do not contradict each other.

    `mark` is the plant's decimal mark, None when it has not said: then a point is read as one, unless
    most of the log says otherwise.
    """
    marks = {address: found for address, text in numbers if (found := mark_of(text))}
    by = {each: [address for address, found in marks.items() if found == each] for each in DECIMAL_MARKS}
    own: DecimalMark = mark or "."
    other: DecimalMark = "," if own == "." else "."
    if not by[other] or not (by[own] or "either" in marks.values()):
        return None
    outvoted = by[own] if mark is None and len(by[other]) > len(by[own]) else []
    example = next(f"{address} “{text}”" for address, text in numbers if address == by[other][0])
    return Mixed(
        at=((by[own] or [a for a, found in marks.items() if found == "either"])[0], by[other][0]),
        count=len(by[own]) + len(by[other]),
        told=f"numbers are written in two notations: “{own}” is the decimal mark in {_cells(by[own])}, "
        f"“{other}” in {_cells(by[other])}",
        doubtful=frozenset({address for address, found in marks.items() if found == "either"} | {*outvoted}),
        problem=Problem(
            "notation_mixed",
            f"a number that can be read in one way only; {example} has another decimal mark",
            'Write all alike, and name the mark: decimal = "," (or ".") under [log] in pipeline.toml.',
        ),
    )


def _cells(addresses: Sequence[str]) -> str:
    return f"{len(addresses):,} cell{'' if len(addresses) == 1 else 's'}"
