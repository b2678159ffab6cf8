"""Rows of one batch that may be one run, or the sum of others: added up, its mass would count twice. Pure."""

from collections.abc import Mapping, Sequence
from typing import Literal

from pipeline.assemble.group import Group
from pipeline.issues import COPY_NOT_REFUSED, DELETE_SUM, IF_BOTH_ARE_RIGHT, SUM_NOT_REFUSED, source_of
from pipeline.model import Issue, RowKey, Run, Severity
from pipeline.sums import sums
from pipeline.sums import wanted as no_sum
from schemas.run_log.parsed import Problem

_LEAVE_ONE = (
    "Leave one of the two rows, with the feedstocks of both; if each was weighed by itself, with the sum of "
    "their masses."
)
_DELETE_ONE = f"Delete one of the two rows, or correct its times or its mass. {IF_BOTH_ARE_RIGHT}"


def copies(group: Group, copied_runs: Literal["refuse", "warn"]) -> dict[RowKey, Issue]:
    """The rows of a batch that may repeat a run of it, each with the row that it repeats.

    An error means that the batch must not be registered. Where copies may only be told (`copied_runs`), the
    very same run is refused all the same.
    """
    runs = dict(zip(group.rows, group.runs, strict=True))
    alike, twins = _overlapping(runs), _same(runs)
    severity: Severity = "error" if copied_runs == "refuse" else "warning"
    remedy, of_sum = (
        (_DELETE_ONE, DELETE_SUM) if copied_runs == "refuse" else (COPY_NOT_REFUSED, SUM_NOT_REFUSED)
    )
    at_once = "has the same mass at the same time"
    return {
        **{key: _sum(group, key, parts, of_sum, severity) for key, parts in sums(runs).items()},
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
    problem = Problem("run_twice", no_sum(parts, group.tables), remedy)
    return group.issue(key, "supplier_reference_id", problem, severity)


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
