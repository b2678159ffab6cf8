"""Runs that stand in the logs twice, and references that are easily taken for one another.

Pure: tables, their batches and what the ledger knows -> issues. A run that was copied under another
reference would become credits twice, and so would one whose reference a spreadsheet or a person has changed
(hazards 15, 17, 44), or a line that is the sum of others (hazard 50).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal

from pipeline.issues import (
    COPY_NOT_REFUSED,
    IF_BOTH_ARE_RIGHT,
    SUM_NOT_REFUSED,
    Issues,
    issue_at,
    source_of,
)
from pipeline.kin.known import Known, Relative
from pipeline.kin.rows import copies, mangled, suspects, twins
from pipeline.kin.totals import beside_held, of_totals
from pipeline.model import Batch, CheckedRow, CheckedTable, Issue, Outcome, RowKey, Run, Severity
from schemas.convention import Convention
from schemas.keys import plain
from schemas.production_batch import ProductionBatch, decode
from schemas.run_log.parsed import Problem

Kind = Literal["run_copied", "reference_mangled", "reference_twin"]
"""The same run; the same facility, start and end under another spelling; only another spelling."""
_IF_ANOTHER = "If this is another run, give it a reference that is not mistaken for that one."
_WRITE_THE_SAME = f"Write the reference the same in both, or delete one of the two. {_IF_ANOTHER}"
_ALIKE = "differs from it only in zeros, capitals, separators or characters that look alike"


def kin(
    tables: Sequence[CheckedTable],
    batches: Sequence[Batch],
    decided: Mapping[RowKey, Outcome],
    known: Known,
    convention: Convention,
) -> Issues:
    """What there is to say of every row that has kin: in the logs, then in the ledger.

    `decided` are the outcomes of rows that are in no batch. An error means that the row must not be
    registered; a row of which nothing is sent anyway gets a warning in its place, so that its outcome
    stays what it is.
    """
    runs = suspects(tables)
    if not (runs or known.relatives or known.near):
        return {}
    stays = {key for key in runs if runs[key].reference in known.settled or _is_conflict(decided.get(key))}
    said = list(_alike(tables, runs, stays, convention))
    copied = {key for key, _, severity in said if severity == "error"}
    severity: Severity = "error" if convention.copied_runs == "refuse" else "warning"
    for key, problem in of_totals(
        tables, runs, copied | decided.keys(), known.settled, refuse=severity == "error"
    ):
        said.append((key, problem, "warning" if key in stays else severity))
    told = {(key, problem.code) for key, problem, _ in said}
    for of_batch in (
        _in_the_ledger(batches, known, convention),
        beside_held(batches, known, {runs[key].reference for key in copied}, severity),
    ):
        for batch, problem, gravity in of_batch:
            news = [key for key in batch.rows if (key, problem.code) not in told]
            said += [(key, problem, gravity) for key in news]
            told |= {(key, problem.code) for key in news}
    return _issues(tables, said)


def _issues(tables: Sequence[CheckedTable], said: Sequence[tuple[RowKey, Problem, Severity]]) -> Issues:
    of_rows = {key for key, _, _ in said}
    rows = {
        (index, row.row): row
        for index, table in enumerate(tables if of_rows else ())
        for row in table.rows
        if (index, row.row) in of_rows
    }
    found: dict[RowKey, tuple[Issue, ...]] = defaultdict(tuple)
    for key, problem, severity in said:
        found[key] += (_issue(tables, key, rows[key], problem, severity),)
    return dict(found)


def _order(convention: Convention) -> tuple[Kind, ...]:
    """The kinds, the gravest first; what is refused under one name need not be told under another."""
    if convention.copied_runs == "refuse":
        return "run_copied", "reference_mangled", "reference_twin"
    return "reference_mangled", "run_copied", "reference_twin"


def _gravity(kind: Kind, convention: Convention, *, spared: bool) -> Severity:
    may_pass = kind == "reference_twin" or (kind == "run_copied" and convention.copied_runs == "warn")
    return "warning" if may_pass or spared else "error"


def _alike(
    tables: Sequence[CheckedTable],
    runs: Mapping[RowKey, Run],
    stays: Collection[RowKey],
    convention: Convention,
) -> Iterator[tuple[RowKey, Problem, Severity]]:
    """What there is to say of rows that are the same run as another, or may be mistaken for it."""
    for key, related in _in_the_logs(runs, convention).items():
        for kind, other in related:
            severity = _gravity(kind, convention, spared=key in stays)
            yield key, _beside(kind, tables, other, (runs[key], runs[other])), severity


def _in_the_logs(
    runs: Mapping[RowKey, Run], convention: Convention
) -> dict[RowKey, list[tuple[Kind, RowKey]]]:
    """For each row with kin, how it is related to which other rows; to one reference in one way only."""
    spelt = twins(runs)
    of_kind = {"run_copied": copies(runs), "reference_mangled": mangled(runs, spelt), "reference_twin": spelt}
    found: dict[RowKey, list[tuple[Kind, RowKey]]] = {}
    for kind in _order(convention):
        for key, other in of_kind[kind].items():
            related = found.setdefault(key, [])
            if runs[other].reference not in [runs[each].reference for _, each in related]:
                related.append((kind, other))
    return dict(sorted(found.items()))


def _in_the_ledger(
    batches: Sequence[Batch], known: Known, convention: Convention
) -> Iterator[tuple[Batch, Problem, Severity]]:
    for batch in batches if known.relatives else ():
        for relative in known.relatives.get(batch.reference, ()):
            ours, theirs = decode(batch.body), decode(relative.body)
            if kind := _kind(ours, theirs):
                elsewhere = kind == "reference_twin" and ours.facility_id != theirs.facility_id
                severity = "notice" if elsewhere else _gravity(kind, convention, spared=False)
                yield batch, _held(kind, relative), severity


def _kind(ours: ProductionBatch, theirs: ProductionBatch) -> Kind | None:
    """How two batches are related, the gravest that fits; those whose keys agree by chance are not."""
    alike = plain(ours.supplier_reference_id) == plain(theirs.supplier_reference_id)
    occasions = [(each.facility_id, each.started_at, each.ended_at) for each in (ours, theirs)]
    if occasions[0] != occasions[1]:
        return "reference_twin" if alike else None
    if alike:
        return "reference_mangled"
    masses = [(each.mass.magnitude, each.mass.unit) for each in (ours, theirs)]
    return "run_copied" if masses[0] == masses[1] else None


def _is_conflict(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.word == "conflict"


def _issue(
    tables: Sequence[CheckedTable], key: RowKey, row: CheckedRow, problem: Problem, severity: Severity
) -> Issue:
    if severity != "error" and problem.code != "reference_twin":
        remedy = SUM_NOT_REFUSED if problem.code == "run_summed" else COPY_NOT_REFUSED
        problem = Problem(problem.code, problem.wanted, remedy)
    return issue_at(tables[key[0]], row, ("supplier_reference_id",), problem, severity)


def _beside(kind: Kind, tables: Sequence[CheckedTable], other: RowKey, both: tuple[Run, Run]) -> Problem:
    """What is wanted of a row with kin in the logs, and what to do."""
    place, (ours, theirs) = f"row {other[1]} of {source_of(tables[other[0]])}", both
    reference = theirs.reference
    match kind:
        case "run_copied":
            wanted = f"every run once; {place} has the same facility and mass at the same time"
            delete = f"Delete one of the two, or correct its times or its mass. {IF_BOTH_ARE_RIGHT}"
            alike = plain(ours.reference) == plain(reference)
            return Problem("run_copied", f"{wanted}, as “{reference}”", _WRITE_THE_SAME if alike else delete)
        case "reference_mangled":
            wanted = f"one reference for one run; {place} has the same facility, start and end"
            return Problem("reference_mangled", f"{wanted}, as “{reference}”", _WRITE_THE_SAME)
        case "reference_twin":
            wanted = f"a reference that is not mistaken for another; “{reference}” in {place} {_ALIKE}"
            return Problem("reference_twin", wanted, "If both are one batch, write it the same in both.")


def _held(kind: Kind, relative: Relative) -> Problem:
    """What is wanted of a row with kin in the ledger, and what to do."""
    stands = relative.stands
    match kind:
        case "run_copied":
            wanted = f"every run once; the same run {stands}"
            return Problem(
                "run_copied", wanted, f"Write that reference, or delete the row. {IF_BOTH_ARE_RIGHT}"
            )
        case "reference_mangled":
            wanted = (
                f"the reference as it was written first; the run of this facility, start and end {stands}"
            )
            return Problem("reference_mangled", wanted, f"Write that reference. {_IF_ANOTHER}")
        case "reference_twin":
            wanted = f"a reference that is not mistaken for another; a batch {stands}, which {_ALIKE}"
            return Problem("reference_twin", wanted, "If this is the same batch, write that reference.")
