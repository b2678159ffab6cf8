"""Rows of the logs that may be one run, though their references differ."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.model import CheckedTable, RowKey, Run
from schemas.keys import plain


class _Window(NamedTuple):
    starts: dt.datetime
    ends: dt.datetime
    reference: str
    key: RowKey


def suspects(tables: Sequence[CheckedTable]) -> dict[RowKey, Run]:
    """The runs that may have kin, and all that they may be kin of: in most logs there are none.

    These are of facilities that did two runs at once, or have references that are spelt in several ways.
    """
    windows: dict[str, list[tuple[dt.datetime, dt.datetime]]] = defaultdict(list)
    spelt: dict[str, str] = {}
    several: set[str] = set()
    for run in (row.run for table in tables for row in table.rows if row.run):
        windows[run.facility_id].append((run.started_at, run.ended_at))
        if spelt.setdefault(plain(run.reference), run.reference) != run.reference:
            several.add(plain(run.reference))
    crowded = {facility_id for facility_id, times in windows.items() if _two_at_once(times)}
    return {
        (index, row.row): row.run
        for index, table in enumerate(tables if crowded or several else ())
        for row in table.rows
        if row.run and (row.run.facility_id in crowded or plain(row.run.reference) in several)
    }


def _two_at_once(windows: list[tuple[dt.datetime, dt.datetime]]) -> bool:
    """Whether any two of these overlap; then two that begin one after the other do."""
    windows.sort()
    return any(later[0] < earlier[1] for earlier, later in pairwise(windows))


def copies(runs: Mapping[RowKey, Run]) -> dict[RowKey, RowKey]:
    """Rows of the same facility and mass at overlapping times, each with one under another reference.

    Times that only touch do not overlap. Sorting is the dearest of it.
    """
    alike: dict[object, list[_Window]] = defaultdict(list)
    for key, run in runs.items():
        window = _Window(run.started_at, run.ended_at, run.reference, key)
        alike[run.facility_id, run.mass].append(window)
    found: dict[RowKey, RowKey] = {}
    for windows in alike.values():
        if len(windows) > 1:
            windows.sort()
            found |= dict(_overlapping_later(windows[::-1]))
            found |= dict(_overlapping_earlier(windows))
    return found


def _overlapping_earlier(windows: Sequence[_Window]) -> Iterator[tuple[RowKey, RowKey]]:
    """Of windows by their starts, those that begin before an earlier one has ended.

    It is enough to know the one that ends last, and the one that does so of all other references.
    """
    last: _Window | None = None
    second: _Window | None = None
    for window in windows:
        other = last if last is None or last.reference != window.reference else second
        if other and other.ends > window.starts:
            yield window.key, other.key
        if last is None or (window.reference == last.reference and window.ends > last.ends):
            last = window
        elif window.reference != last.reference:
            if window.ends > last.ends:
                last, second = window, last
            elif second is None or window.ends > second.ends:
                second = window


def _overlapping_later(windows: Sequence[_Window]) -> Iterator[tuple[RowKey, RowKey]]:
    """Of windows by their starts, the latest first, those that end after a later one has begun."""
    next_one: _Window | None = None
    of_another: _Window | None = None
    for window in windows:
        other = next_one if next_one is None or next_one.reference != window.reference else of_another
        if other and other.starts < window.ends:
            yield window.key, other.key
        if next_one and next_one.reference != window.reference:
            of_another = next_one
        next_one = window


def twins(runs: Mapping[RowKey, Run]) -> dict[RowKey, RowKey]:
    """Rows whose references are spellings of one another, each with the first row of another spelling."""
    spelt: dict[str, dict[str, RowKey]] = defaultdict(dict)
    for key, run in runs.items():
        spelt[plain(run.reference)].setdefault(run.reference, key)
    several = {each for each, spellings in spelt.items() if len(spellings) > 1}
    return {
        key: next(first for spelling, first in spelt[each].items() if spelling != run.reference)
        for key, run in (runs.items() if several else ())
        if (each := plain(run.reference)) in several
    }


def mangled(runs: Mapping[RowKey, Run], twin: Mapping[RowKey, RowKey]) -> dict[RowKey, RowKey]:
    """Of the twins, those of one facility, start and end, each with one of another spelling."""
    at_once: dict[object, dict[str, RowKey]] = defaultdict(dict)
    for key in twin:
        at_once[_occasion(runs[key])].setdefault(runs[key].reference, key)
    return {
        key: other
        for key in twin
        for other in [_of_another(at_once[_occasion(runs[key])], runs[key].reference)]
        if other
    }


def _occasion(run: Run) -> tuple[object, ...]:
    return plain(run.reference), run.facility_id, run.started_at, run.ended_at


def _of_another(spellings: Mapping[str, RowKey], reference: str) -> RowKey | None:
    return next((key for spelling, key in spellings.items() if spelling != reference), None)
