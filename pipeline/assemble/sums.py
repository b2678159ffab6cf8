"""Rows of one batch that are the sum of others, such as a line for the whole batch above its runs. Pure."""

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from pipeline.model import RowKey, Run

_Span = tuple[dt.datetime, dt.datetime]
_ROUNDED = Decimal("1.001")
"""How far a sum may be off because somebody rounded it."""


def sums(runs: Mapping[RowKey, Run]) -> dict[RowKey, list[RowKey]]:
    """Runs that weigh as much as all the shorter ones together, two at least, that lie within their time.

    Each comes with those, in the order of their starts. What lasted just as long is none of them: it may be
    the same run's part of another feedstock.
    """
    shorter = _shorter(list(runs.values()))
    ordered = sorted(runs, key=lambda each: runs[each].started_at)
    starts = [runs[each].started_at for each in ordered]
    found = {}
    for key, run in runs.items():
        mass = shorter[_span(run)]
        if mass <= run.mass * _ROUNDED and run.mass <= mass * _ROUNDED:
            first, end = (bisect_left(starts, at) for at in _span(run))
            found[key] = [each for each in ordered[first:end] if _is_part(runs[each], run)]
    return {key: parts for key, parts in found.items() if len(parts) > 1}


def _span(run: Run) -> _Span:
    return run.started_at, run.ended_at


def _is_part(run: Run, whole: Run) -> bool:
    """Whether a run that begins while another lasts lies within its time, and is shorter."""
    return run.ended_at <= whole.ended_at and _span(run) != _span(whole)


def _shorter(runs: Sequence[Run]) -> dict[_Span, Decimal]:
    """For each span of time in which a run lies, what all the shorter ones within it weigh together.

    Spans that begin late come first, so that those within one are all known when it is looked at.
    """
    of_span: dict[_Span, Decimal] = defaultdict(Decimal)
    for run in runs:
        of_span[_span(run)] += run.mass
    places = {end: place for place, end in enumerate(sorted({run.ended_at for run in runs}), 1)}
    known, found = _Sums(len(places)), dict[_Span, Decimal]()
    spans = sorted(of_span, key=lambda span: (span[0], -places[span[1]]), reverse=True)
    for span in spans:
        found[span] = known.up_to(places[span[1]])
        known.add(places[span[1]], of_span[span])
    return found


class _Sums:
    """Masses at places counted from 1, and the sum of all up to one, in a few steps each (a Fenwick tree)."""

    def __init__(self, places: int) -> None:
        self._parts = [Decimal(0)] * (places + 1)

    def add(self, place: int, mass: Decimal) -> None:
        while place < len(self._parts):
            self._parts[place] += mass
            place += place & -place

    def up_to(self, place: int) -> Decimal:
        mass = Decimal(0)
        while place:
            mass += self._parts[place]
            place -= place & -place
        return mass
