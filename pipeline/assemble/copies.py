"""Rows of one batch that may be one run, or the sum of others: added up, its mass would count twice. Pure."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal

from pipeline.assemble.group import Group
from pipeline.issues import COPY_NOT_REFUSED, IF_BOTH_ARE_RIGHT, source_of
from pipeline.model import Issue, RowKey, Run, Severity
from schemas.run_log.parsed import Problem

_LEAVE_ONE = (
    "Leave one of the two rows, with the feedstocks of both; if each was weighed by itself, with the sum of "
    "their masses."
)
_DELETE_ONE = f"Delete one of the two rows, or correct its times or its mass. {IF_BOTH_ARE_RIGHT}"
_DELETE_SUM = f"Delete it if it is their sum, or correct its times or its mass. {IF_BOTH_ARE_RIGHT}"
_ROUNDED = Decimal("1.001")
"""How far a sum may be off because somebody rounded it."""


def copies(group: Group, copied_runs: Literal["refuse", "warn"]) -> dict[RowKey, Issue]:
    """The rows of a batch that may repeat a run of it, each with the row that it repeats.

    An error means that the batch must not be registered. Where copies may only be told (`copied_runs`), the
    very same run is refused all the same.
    """
    runs = dict(zip(group.rows, group.runs, strict=True))
    alike, twins = _overlapping(runs), _same(runs)
    severity: Severity = "error" if copied_runs == "refuse" else "warning"
    remedy, of_sum = (
        (_DELETE_ONE, _DELETE_SUM) if copied_runs == "refuse" else (COPY_NOT_REFUSED, COPY_NOT_REFUSED)
    )
    at_once = "has the same mass at the same time"
    return {
        **{key: _sum(group, key, parts, of_sum, severity) for key, parts in _sums(runs).items()},
        **{key: _copy(group, key, twin, at_once, remedy, severity) for key, twin in alike.items()},
        **{key: _copy(group, key, twin, "is the same run", _LEAVE_ONE) for key, twin in twins.items()},
    }


def _copy(
    group: Group, key: RowKey, twin: RowKey, how: str, remedy: str, severity: Severity = "error"
) -> Issue:
    table, row = twin
    wanted = f"every run once; row {row} of {source_of(group.tables[table])} {how}"
    return group.issue(key, "supplier_reference_id", Problem("run_twice", wanted, remedy), severity)


def _sum(group: Group, key: RowKey, parts: Sequence[RowKey], remedy: str, severity: Severity) -> Issue:
    table, row = parts[0]
    wanted = (
        f"every run once; this row weighs as much as {len(parts)} others together that lie within its time, "
        f"the first of them row {row} of {source_of(group.tables[table])}"
    )
    return group.issue(key, "supplier_reference_id", Problem("run_twice", wanted, remedy), severity)


def _same(runs: Mapping[RowKey, Run]) -> dict[RowKey, RowKey]:
    """Of the runs of one facility, those of the same start, end and mass, each with another such."""
    first: dict[object, RowKey] = {}
    found: dict[RowKey, RowKey] = {}
    for key, run in runs.items():
        twin = first.setdefault((run.started_at, run.ended_at, run.mass), key)
        if twin != key:
            found[key] = twin
            found.setdefault(twin, key)
    return found


def _overlapping(runs: Mapping[RowKey, Run]) -> dict[RowKey, RowKey]:
    """Of the runs of one facility, those of the same mass at overlapping times, each with another such.

    Times that only touch do not overlap. Of all that began before a run, the one that ends last tells.
    """
    found: dict[RowKey, RowKey] = {}
    latest: dict[object, RowKey] = {}
    for key in sorted(runs, key=lambda each: (runs[each].started_at, runs[each].ended_at)):
        last = latest.setdefault(runs[key].mass, key)
        if last != key and runs[key].started_at < runs[last].ended_at:
            found[key] = last
            found.setdefault(last, key)
        if runs[key].ended_at > runs[last].ended_at:
            latest[runs[key].mass] = key
    return found


def _sums(runs: Mapping[RowKey, Run]) -> dict[RowKey, list[RowKey]]:
    """Runs that weigh as much as all the shorter ones together, two at least, that lie within their time.

    What lasted just as long may be the same run's part of another feedstock.
    """
    ordered = sorted(runs, key=lambda each: runs[each].started_at)
    starts = [runs[each].started_at for each in ordered]
    first = {start: bisect_left(starts, start) for start in starts}
    parts = {key: _parts(run, ordered, first[run.started_at], runs) for key, run in runs.items()}
    return {key: found for key, found in parts.items() if len(found) > 1}


def _parts(whole: Run, ordered: Sequence[RowKey], first: int, runs: Mapping[RowKey, Run]) -> list[RowKey]:
    """The shorter runs within the time of one, from the first place on; none unless they weigh the same."""
    found, mass = [], Decimal(0)
    for key in map(ordered.__getitem__, range(first, len(ordered))):
        run = runs[key]
        if run.started_at >= whole.ended_at or mass > whole.mass * _ROUNDED:
            break
        is_shorter = run.started_at > whole.started_at or run.ended_at < whole.ended_at
        if is_shorter and run.ended_at <= whole.ended_at:
            found.append(key)
            mass += run.mass
    return found if mass <= whole.mass * _ROUNDED and whole.mass <= mass * _ROUNDED else []
