"""How the cost of a `check` grows with its rows: time and memory, from ten rows to a million."""

from collections.abc import Iterator
from pathlib import Path

from bench.compare import NOTHING, Comparison, Contender, Desk, peak, within
from bench.measure import process, task
from bench.program import checked
from bench.reading import pandas_csv

_LARGE = 1_000_000
_MOST = within(500, "MB")


def comparisons(desk: Desk) -> Iterator[Comparison]:
    for rows in desk.scale.growth:
        log = desk.logs.csv(rows)
        wanted, turns = (_MOST, 1) if rows == _LARGE else (NOTHING, 3)
        words = f"`check` of a CSV of {rows:,} rows: peak of memory"
        yield Comparison(words, _ours(log), (_pandas(log),), wanted, "MB", turns, rows)


def _ours(log: Path) -> Contender:
    return Contender("`pipeline check`", lambda folder: checked(log, folder), peak)


def _pandas(log: Path) -> Contender:
    command = task(pandas_csv.__module__, pandas_csv.__name__, log)
    return Contender("pandas.read_csv(dtype=str)", lambda folder: process(command, folder), peak)
