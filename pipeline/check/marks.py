"""Numbers typed in two notations: what 1.234 means is in doubt where 12,5 stands too (hazard 21)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from msgspec import Struct

from schemas.cell import Row, address
from schemas.run_log.numbers import DECIMAL_MARKS, DecimalMark, is_pointed, mark_of
from schemas.run_log.parsed import Problem


class Mixed(Struct, frozen=True):
    """A log that writes both marks: what to say of it, and the numbers that may mean something else.

    `at` are cells of either notation, of `count` in all; `doubtful` holds the texts that are read as numbers
    and must not be.
    """

    at: tuple[str, str]
    count: int
    told: str
    doubtful: frozenset[str]
    problem: Problem


def mixed(rows: Sequence[Row], columns: Sequence[int], mark: DecimalMark | None) -> Mixed | None:
    """Judge all the typed numbers in these columns together; None when they do not contradict each other.

    `mark` is the plant's decimal mark, None when it has not said: then a point is read as one, unless
    most of the log says otherwise.
    """
    times = Counter(chain.from_iterable([cells[column] for _, cells in rows] for column in columns))
    texts = [text for text in times if isinstance(text, str)]
    own: DecimalMark = mark or "."
    if own == "." and all(is_pointed(text) or mark_of(text) != "," for text in texts):
        return None
    marks = {text: found for text in texts if (found := mark_of(text))}
    other: DecimalMark = "," if own == "." else "."
    if other not in marks.values() or not {own, "either"}.intersection(marks.values()):
        return None
    by = {each: sum(times[text] for text, found in marks.items() if found == each) for each in DECIMAL_MARKS}
    outvoted = mark is None and by[other] > by[own]
    mine, (theirs, example) = (
        _first(rows, columns, marks, own if by[own] else "either"), _first(rows, columns, marks, other)
    )  # fmt: skip
    return Mixed(
        at=(mine[0], theirs),
        count=by[own] + by[other],
        told=f"numbers are written in two notations: “{own}” is the decimal mark in {_cells(by[own])}, "
        f"“{other}” in {_cells(by[other])}",
        doubtful=frozenset(
            text for text, found in marks.items() if found == "either" or (outvoted and found == own)
        ),
        problem=Problem(
            "notation_mixed",
            f"a number that can be read in one way only; {theirs} “{example}” has another decimal mark",
            'Write all alike, and name the mark: decimal = "," (or ".") under [log] in pipeline.toml.',
        ),
    )


def _typed(rows: Sequence[Row], columns: Sequence[int]) -> Iterator[tuple[int, int, str]]:
    """Every typed number: its column, its row, and its text."""
    for number, cells in rows:
        for column in columns:
            if isinstance(text := cells[column], str):
                yield column, number, text


def _first(
    rows: Sequence[Row], columns: Sequence[int], marks: Mapping[str, str], mark: str
) -> tuple[str, str]:
    """The address of the first number with this mark, and its text."""
    return next(
        (address(column, row), text) for column, row, text in _typed(rows, columns) if marks.get(text) == mark
    )


def _cells(count: int) -> str:
    return f"{count:,} cell{'' if count == 1 else 's'}"
