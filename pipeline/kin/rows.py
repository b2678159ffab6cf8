"""Rows of the logs that may be one run, though their references differ."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from pipeline.model import RowKey, Run
from schemas.keys import plain


class _Window(NamedTuple):
    starts: dt.datetime
    ends: dt.datetime
    reference: str
    key: RowKey


def copies(runs: Mapping[RowKey, Run]) -> dict[RowKey, RowKey]:
    """Rows of the same facility and mass at overlapping times, each with one under another reference.

    Times that only touch do not overlap. That a facility never did two runs at once is seen at a glance.
    """
    of_facility: dict[str, list[RowKey]] = defaultdict(list)
    for key, run in runs.items():
        of_facility[run.facility_id].append(key)
    found: dict[RowKey, RowKey] = {}
    for keys in of_facility.values():
        if _two_at_once([runs[key] for key in keys]):
            found |= _copies_among({key: runs[key] for key in keys})
    return found


def _two_at_once(runs: Iterable[Run]) -> bool:
    """Whether any two of these overlap; then two that begin one after the other do."""
    windows = sorted([(run.started_at, run.ended_at) for run in runs])
    return any(later[0] < earlier[1] for earlier, later in pairwise(windows))


def _copies_among(runs: Mapping[RowKey, Run]) -> dict[RowKey, RowKey]:
    """The copies among runs of one facility; sorting is the dearest of it."""
    alike: dict[Decimal, list[_Window]] = defaultdict(list)
    for key, run in runs.items():
        alike[run.mass].append(_Window(run.started_at, run.ended_at, run.reference, key))
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
    several = _spelt_in_several_ways(run.reference for run in runs.values())
    if not several:
        return {}
    of_twins = {key: run.reference for key, run in runs.items() if plain(run.reference) in several}
    spelt: dict[str, dict[str, RowKey]] = defaultdict(dict)
    for key, reference in of_twins.items():
        spelt[plain(reference)].setdefault(reference, key)
    return {
        key: next(first for spelling, first in spelt[plain(reference)].items() if spelling != reference)
        for key, reference in of_twins.items()
    }


def _spelt_in_several_ways(references: Iterable[str]) -> set[str]:
    """Of references without what is mistaken in them, those that stand there in more than one spelling."""
    first: dict[str, str] = {}
    return {
        each for reference in references if first.setdefault(each := plain(reference), reference) != reference
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
