"""Runs that are the sum of others, such as a line for a whole day above its shifts. Pure."""

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from pipeline.issues import source_of
from pipeline.model import CheckedTable, RowKey, Run

K = TypeVar("K")
_Span = tuple[dt.datetime, dt.datetime]
_ROUNDED = Decimal("1.001")
"""How far a sum may be off because somebody rounded it."""


def sums(runs: Mapping[K, Run], *, beside: bool = False) -> dict[K, list[K]]:
    """Of the runs of one facility, those that weigh as much as all that lie within their time, two at least.

    Each comes with those, in the order of their starts; a sum is no part of another. What lasted just as long
    is none of them, because it may be the same run's part of another feedstock; or, `beside`, it is, where
    all of them together weigh exactly as much.
    """
    of_span: dict[_Span, list[K]] = defaultdict(list)
    for key, run in runs.items():
        of_span[_span(run)].append(key)
    ends = {end: place for place, end in enumerate(sorted({run.ended_at for run in runs.values()}), 1)}
    known, found = _Within(len(ends)), dict[K, bool]()
    # Spans that begin late come first, so that those within one are all known when it is looked at.
    for span in sorted(of_span, key=lambda span: (span[0], -ends[span[1]]), reverse=True):
        weighed = {key: runs[key].mass for key in of_span[span]}
        shorter, number = known.up_to(ends[span[1]])
        together = shorter + sum(weighed.values())
        for key, mass in weighed.items():
            if number > 1 and _about(shorter, mass):
                found[key] = False
            elif beside and number + len(weighed) > 2 and mass * 2 == together:
                found[key] = True
        rest = [mass for key, mass in weighed.items() if key not in found]
        known.add(ends[span[1]], sum(rest, Decimal(0)), len(rest))
    return _with_parts(runs, found) if found else {}


def wanted(parts: Sequence[RowKey], tables: Sequence[CheckedTable]) -> str:
    """What is wanted of a row that is the sum of these, as a message says it."""
    table, row = parts[0]
    return f"{as_much_as(parts)}, the first of them row {row} of {source_of(tables[table])}"


def as_much_as(parts: Sequence[object]) -> str:
    """The beginning of it, without where the parts are."""
    number = len(parts)
    return f"every run once; this row weighs as much as {number} others together that lie within its time"


def _span(run: Run) -> _Span:
    return run.started_at, run.ended_at


def _about(one: Decimal, other: Decimal) -> bool:
    return one <= other * _ROUNDED and other <= one * _ROUNDED


def _with_parts(runs: Mapping[K, Run], found: Mapping[K, bool]) -> dict[K, list[K]]:
    """The sums that were found, each with its parts; and whether what lasted just as long is among them."""
    ordered = sorted((each for each in runs if each not in found), key=lambda each: runs[each].started_at)
    starts = [runs[each].started_at for each in ordered]

    def parts(whole: K, *, beside: bool) -> list[K]:
        span = _span(runs[whole])
        first, end = (bisect_left(starts, at) for at in span)
        within = [each for each in ordered[first:end] if runs[each].ended_at <= span[1]]
        return [each for each in within if beside or _span(runs[each]) != span]

    return {key: parts(key, beside=beside) for key, beside in found.items()}


class _Within:
    """Masses at places counted from 1: what all up to one weigh, and how many they are (a Fenwick tree)."""

    def __init__(self, places: int) -> None:
        self._masses = [Decimal(0)] * (places + 1)
        self._numbers = [0] * (places + 1)

    def add(self, place: int, mass: Decimal, number: int) -> None:
        while place < len(self._masses):
            self._masses[place] += mass
            self._numbers[place] += number
            place += place & -place

    def up_to(self, place: int) -> tuple[Decimal, int]:
        mass, number = Decimal(0), 0
        while place:
            mass += self._masses[place]
            number += self._numbers[place]
            place -= place & -place
        return mass, number
