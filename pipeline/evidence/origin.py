"""From which rows a payload was made: those of the run that read the same times and mass."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from pipeline.evidence.known import Known, Ran
from pipeline.evidence.recovered import payloads
from pipeline.evidence.rows import NO_LOG
from pipeline.model import AsRead, Report, ReportRow
from schemas.production_batch import ProductionBatch, decode, sum_of

_REGISTERED = ("created", "already_registered")


class Rows(Struct, frozen=True):
    """The rows of the reference in one run's log, and as what they were read. `by` is user@machine."""

    run_id: str
    by: str
    report: Report
    rows: tuple[ReportRow, ...]
    read: tuple[AsRead, ...]

    @property
    def registered(self) -> bool:
        """Whether the run itself says that these rows are what is registered."""
        return all(row.outcome.word in _REGISTERED for row in self.rows)


def made_from(known: Known) -> Rows | None:
    """The rows that the present payload says the same as, of the first run that read them."""
    if known.record is None:
        return None
    payload = decode(known.record.body)
    return next((each for each in readings(known) if says_the_same(each.read, payload)), None)


def contradicting(known: Known) -> Rows | None:
    """Rows that are said to be what is registered, and are no payload that ever stood for the reference.

    None when a payload of before is not known any more: then they may be of that one.
    """
    every = payloads(known)
    if any(each.fingerprint not in every for each in known.attempts):
        return None
    bodies = [decode(body) for body in every.values()]
    told = (each for each in readings(known) if each.registered)
    return next((each for each in told if not any(says_the_same(each.read, body) for body in bodies)), None)


def readings(known: Known) -> Iterator[Rows]:
    """The rows of the reference, run for run, where all of them were read as a run."""
    for ran in known.runs:
        if (found := _rows(known, ran)) and len(found.read) == len(found.rows):
            yield found


def _rows(known: Known, ran: Ran) -> Rows | None:
    report = ran.report
    if report is None or report.command in NO_LOG or report.read_by:
        return None
    rows = tuple(row for row in report.rows if row.reference == known.reference)
    read = tuple(row.as_read for row in rows if row.as_read)
    return Rows(ran.id, report.origin.by if report.origin else "", report, rows, read) if rows else None


def says_the_same(read: Sequence[AsRead], payload: ProductionBatch) -> bool:
    """Whether rows give a payload: each of them alone, or all of them added up."""
    wanted = (payload.started_at, payload.ended_at, payload.mass.magnitude)
    return all(_span([each]) == wanted for each in read) or _span(read) == wanted


def _span(read: Sequence[AsRead]) -> tuple[object, ...]:
    return (
        min(each.started_at for each in read),
        max(each.ended_at for each in read),
        sum_of(each.mass for each in read),
    )
