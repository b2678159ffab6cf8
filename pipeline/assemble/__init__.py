"""CheckedTables -> Batches: one payload for one reference, and the rows it was made from.

Pure. A log writes one batch in a row, or several runs of one batch in rows that share a reference:
then the batch starts at the first start, ends at the last end and weighs their sum (contract,
"Domain rules"). One bad run makes its whole batch invalid, and each of its rows says why.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from msgspec import UNSET, Struct
from msgspec.structs import replace

from pipeline.assemble.copies import copies
from pipeline.assemble.disagreeing import disagreement
from pipeline.assemble.group import Group
from pipeline.issues import Issues, source_of, with_issues
from pipeline.model import Batch, CheckedRow, CheckedTable, Issue, Outcome, RowKey, Run
from schemas.convention import Convention
from schemas.production_batch import (
    KIND,
    Mass,
    ProductionBatch,
    canonical,
    differences,
    fingerprint,
    root_of_squares,
    sum_of,
)
from schemas.run_log.parsed import Problem

_INVALID = Outcome("invalid")


class Draft(Struct, frozen=True):
    """A batch not written as JSON yet: its run, of several their sum, and the rows it was made from."""

    run: Run
    rows: tuple[RowKey, ...]

    @property
    def reference(self) -> str:
        return self.run.reference


class Assembled(Struct, frozen=True, dict=True):
    """The tables with what was found on the way, the batches, and every row that is in none.

    `decided` holds the outcomes of those rows: `invalid`, or `conflict` where the log disagrees.
    """

    tables: list[CheckedTable]
    drafts: list[Draft]
    decided: dict[RowKey, Outcome]

    @cached_property
    def batches(self) -> list[Batch]:
        """The drafts as they are posted, made when they are first asked for: a check may need none."""
        return [_batch_of(draft) for draft in self.drafts]


class _Verdict(Struct, frozen=True):
    """What became of the rows of one reference: a batch, or an outcome; and what to tell each row."""

    draft: Draft | None = None
    outcome: Outcome | None = None
    issues: Issues = {}


def assemble(tables: Sequence[CheckedTable], convention: Convention) -> Assembled:
    """Make the batches of a run from all the tables of all its files."""
    strays = _strays(tables) if convention.one_batch_per == "reference" else {}
    decided: dict[RowKey, Outcome] = {}
    issues: dict[RowKey, tuple[Issue, ...]] = {}
    longest = dt.timedelta(days=convention.max_batch_days)
    drafts = []
    for reference, rows in _by_reference(tables):
        if reference not in strays and (draft := _alone(rows, longest)):
            drafts.append(draft)
            continue
        group = Group(tables, rows, [row.run for row in rows.values() if row.run])
        verdict = _judged(group, strays.get(group.reference), convention)
        issues |= verdict.issues
        if verdict.draft:
            drafts.append(verdict.draft)
        else:
            decided |= dict.fromkeys(group.rows, verdict.outcome or _INVALID)
    return Assembled(with_issues(tables, issues), drafts, decided)


def _by_reference(tables: Sequence[CheckedTable]) -> Iterator[tuple[str, dict[RowKey, CheckedRow]]]:
    """Each reference with its rows, in the order of their first row; a row without one stands alone."""
    times = Counter(row.reference for table in tables for row in table.rows)
    together: dict[str, dict[RowKey, CheckedRow]] = {
        reference: {} for reference, count in times.items() if reference and count > 1
    }
    for key, row in _keyed(tables) if together else ():
        if row.reference in together:
            together[row.reference][key] = row
    for key, row in _keyed(tables):
        if row.reference not in together:
            yield row.reference, {key: row}
        elif rows := together[row.reference]:
            together[row.reference] = {}
            yield row.reference, rows


def _keyed(tables: Sequence[CheckedTable]) -> Iterator[tuple[RowKey, CheckedRow]]:
    return (((index, row.row), row) for index, table in enumerate(tables) for row in table.rows)


def _alone(rows: Mapping[RowKey, CheckedRow], longest: dt.timedelta) -> Draft | None:
    """What `_judged` makes of most rows, seen at a glance: one in order, and not too long, is its batch."""
    if len(rows) > 1:
        return None
    ((key, row),) = rows.items()
    run = row.run
    if run is None or run.ended_at - run.started_at > longest:
        return None
    return Draft(run, (key,))


def _strays(tables: Sequence[CheckedTable]) -> dict[str, tuple[RowKey, CheckedRow]]:
    """For each reference, a row next to its own that has none, and so may be one of its runs.

    A reference in merged cells, or written once above its runs, is read in the first row only
    (hazard 49): without the others the batch would weigh too little.
    """
    found: dict[str, tuple[RowKey, CheckedRow]] = {}
    for index, table in enumerate(tables):
        for rows in (table.rows, table.rows[::-1]):
            nearest = ""
            for row in rows:
                if row.reference:
                    nearest = row.reference
                elif nearest:
                    found.setdefault(nearest, ((index, row.row), row))
    return found


def _judged(group: Group, bad: tuple[RowKey, CheckedRow] | None, convention: Convention) -> _Verdict:
    if len(group.runs) < len(group.rows):
        bad = next((key, row) for key, row in group.rows.items() if row.run is None)
    if bad:
        return _Verdict(outcome=_INVALID, issues=_each(_blame(group, *bad)))
    added_up = convention.one_batch_per == "reference" and len(group.rows) > 1
    verdict = _added_up(group, convention) if added_up else _same_in_every_row(group)
    return _of_fair_length(group, verdict, convention)


def _same_in_every_row(group: Group) -> _Verdict:
    """Rows that repeat a reference with the same values are one batch; others disagree (16, 17)."""
    (first, asked), *others = zip(group.rows, map(_payload_of, group.runs), strict=True)
    for other, asked_there in others:
        if differing := differences(asked, asked_there):
            return _Verdict(outcome=disagreement(group, (first, other), differing))
    return _Verdict(draft=Draft(group.runs[0], tuple(group.rows)), issues=_each(_repeats(group)))


def _added_up(group: Group, convention: Convention) -> _Verdict:
    """Several runs of one batch, summed; the same run twice would be summed twice, so it is refused."""
    (first, run), *others = zip(group.rows, group.runs, strict=True)
    for other, beside in others:
        for field in ("facility_id", "display_name"):
            values = getattr(run, field) or "", getattr(beside, field) or ""
            if values[0] != values[1]:
                return _Verdict(outcome=disagreement(group, (first, other), [(field, *values)]))
    told = copies(group, convention.copied_runs)
    refused = {key: issue for key, issue in told.items() if issue.severity == "error"}
    if refused:
        key = min(refused)
        blame = _blame(group, key, replace(group.rows[key], issues=(refused[key],)))
        return _Verdict(outcome=_INVALID, issues=_each(blame | refused))
    return _Verdict(draft=Draft(_summed(group.runs), tuple(group.rows)), issues=_each(told))


def _of_fair_length(group: Group, verdict: _Verdict, convention: Convention) -> _Verdict:
    """A batch covers less than a month of production (contract): a warning, or a refusal."""
    if not verdict.draft:
        return verdict
    length = max(run.ended_at for run in group.runs) - min(run.started_at for run in group.runs)
    if length <= dt.timedelta(days=convention.max_batch_days):
        return verdict
    refused = convention.long_batches == "refuse"
    problem = Problem(
        "batch_too_long",
        f"a batch of at most {convention.max_batch_days} days; this one reaches into day "
        f"{-(-length // dt.timedelta(days=1))}",
        "Check the dates, or split the batch.",
    )
    issues = {
        key: (
            group.issue(key, "ended_at", problem, "error" if refused else "warning"),
            *verdict.issues.get(key, ()),
        )
        for key in group.rows
    }
    return _Verdict(outcome=_INVALID, issues=issues) if refused else _Verdict(verdict.draft, None, issues)


def _blame(group: Group, bad: RowKey, row: CheckedRow) -> dict[RowKey, Issue]:
    """For each good row of a batch with a bad one: which row and cell hold it back."""
    index, number = bad
    at = next((issue.cells[0] for issue in row.issues if issue.cells), f"row {number}")
    file = group.tables[index].file
    problem = Problem(
        "batch_has_bad_row",
        f"every row of batch {group.reference} in order; row {number} of {file} is not ({at})",
        f"Correct {at}; this row waits for it.",
    )
    return {key: group.issue(key, "", problem) for key, good in group.rows.items() if good.run}


def _repeats(group: Group) -> dict[RowKey, Issue]:
    """For each row of a batch that stands in several: where it stands, too (16)."""
    if len(group.rows) == 1:
        return {}
    first, second, *more = group.rows
    told = {key: _repeat_of(group, second if key == first else first, len(more)) for key in group.rows}
    return {
        key: group.issue(key, "supplier_reference_id", problem, "notice") for key, problem in told.items()
    }


def _repeat_of(group: Group, other: RowKey, more: int) -> Problem:
    index, row = other
    others = f", and {more} more row{'s' if more > 1 else ''} do" if more else ""
    return Problem(
        "row_repeated",
        f"each batch in one row; row {row} of {source_of(group.tables[index])} says the same of it{others}",
        "They were taken for one batch.",
    )


def _summed(runs: Sequence[Run]) -> Run:
    """Several runs as one batch: first start, last end, sum of masses, union of feedstocks.

    The deviation of the sum is known only when that of every run is.
    """
    deviations = [run.deviation for run in runs if run.deviation is not None]
    complete = len(deviations) == len(runs)
    return replace(
        runs[0],
        feedstock_type_ids=tuple({each for run in runs for each in run.feedstock_type_ids}),
        started_at=min(run.started_at for run in runs),
        ended_at=max(run.ended_at for run in runs),
        mass=sum_of(run.mass for run in runs),
        deviation=root_of_squares(deviations) if complete else None,
    )


def _payload_of(run: Run) -> ProductionBatch:
    return ProductionBatch(
        supplier_reference_id=run.reference,
        facility_id=run.facility_id,
        feedstock_type_ids=tuple(sorted(set(run.feedstock_type_ids))),
        kind=KIND,
        started_at=run.started_at,
        ended_at=run.ended_at,
        mass=Mass(run.mass, "kg", run.deviation or UNSET),
        display_name=run.display_name or UNSET,
    )


def _batch_of(draft: Draft) -> Batch:
    body = canonical(_payload_of(draft.run))
    return Batch(draft.reference, body, fingerprint(body), draft.rows)


def _each(issues: Mapping[RowKey, Issue]) -> Issues:
    return {key: (issue,) for key, issue in issues.items()}
