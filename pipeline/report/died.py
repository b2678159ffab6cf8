"""The report of a run that died, from what the ledger knows by now. Pure."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from pipeline.errors import Exit
from pipeline.model import UNFINISHED, Outcome, Report
from pipeline.report import traced
from pipeline.report.asked import asked_otherwise, by_reference, is_asked_for

_STOPPED = "The run was killed; this is what the ledger knows by now, not what the run knew."


class Known(Struct, frozen=True):
    """What became of a reference by now, and the payload that it stands for by now, with its fingerprint."""

    outcome: Outcome
    body: str
    fingerprint: str = ""


def told_again(report: Report, known: Mapping[str, Known]) -> Report:
    """The report, with what is known by now of each row that was open when the run died.

    A reference that stands for other values by now is told as a conflict: what became of those is not what
    became of the row.
    """
    together = by_reference(report.rows)
    outcomes = {
        reference: each.outcome
        if is_asked_for(together[reference], each.fingerprint, each.body)
        else asked_otherwise(each.outcome.registry_id)
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
