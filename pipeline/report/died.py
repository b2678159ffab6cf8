"""The report of a run that died, from what the ledger knows by now. Pure."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pipeline.errors import Exit
from pipeline.model import REGISTERED_OTHERWISE, UNFINISHED, Outcome, Report, ReportRow
from pipeline.report import traced
from schemas.production_batch import decode, sum_of

_STOPPED = "The run was killed; this is what the ledger knows by now, not what the run knew."


class Known(Struct, frozen=True):
    """What became of a reference by now, and the payload that it stands for by now."""

    outcome: Outcome
    body: str


def told_again(report: Report, known: Mapping[str, Known]) -> Report:
    """The report, with what is known by now of each row that was open when the run died.

    A reference that stands for other values by now is told as a conflict: what became of those is not what
    became of the row.
    """
    together: dict[str, list[ReportRow]] = {}
    for row in report.rows:
        together.setdefault(row.reference, []).append(row)
    outcomes = {
        reference: each.outcome if _asked_for(together[reference], each.body) else _otherwise(each.outcome)
        for reference, each in known.items()
        if reference in together
    }
    rows = (
        traced(replace(row, outcome=outcomes.get(row.reference, row.outcome)), report.tables[row.table])
        if row.outcome.word in UNFINISHED
        else row
        for row in report.rows
    )
    return replace(report, rows=tuple(rows), stopped=_STOPPED, exit_code=Exit.UNFINISHED)


def _asked_for(rows: Sequence[ReportRow], body: str) -> bool:
    """Whether a payload is of these rows, as far as times and mass tell; kept before those were, it is."""
    read = [row.as_read for row in rows if row.as_read]
    if not read or not body:
        return True
    batch = decode(body)
    asked = (
        min(each.started_at for each in read),
        max(each.ended_at for each in read),
        sum_of(each.mass for each in read),
    )
    return asked == (batch.started_at, batch.ended_at, batch.mass.magnitude)


def _otherwise(outcome: Outcome) -> Outcome:
    now = f"it is {outcome.registry_id}, with other values" if outcome.registry_id else "for other values"
    return Outcome(
        "conflict",
        code=REGISTERED_OTHERWISE,
        message=f"The run died before it told what became of this row. The reference was used again: {now}.",
    )
