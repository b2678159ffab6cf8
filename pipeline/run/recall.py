"""What the ledger remembers of a run, told again."""

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec.structs import replace

from pipeline.correct import after_deletion, at_the_end, is_superseded
from pipeline.elsewhere import Remote
from pipeline.errors import Exit, LeftOpenError, PipelineError
from pipeline.ledger import Ledger
from pipeline.ledger.alive import seems_at_work
from pipeline.ledger.runs import RunRecord
from pipeline.mark import mark_copies
from pipeline.model import Outcome, Report
from pipeline.plan import Correction, Record, outcome_of_record
from pipeline.report import Following, following, may_be_retried
from pipeline.report.asked import by_reference, is_asked_for
from pipeline.report.died import Known, told_again
from pipeline.run.frame import NOT_YET
from pipeline.run.remembering import home_of
from pipeline.run.results import put_elsewhere, results_place, runs_folder
from pipeline.settings import Settings
from pipeline.write import write_results

OF_A_LOG = ("upload", "retry")
_WITH_ROWS = (*OF_A_LOG, "amend")
_INSTEAD = {
    "reconcile": "its results stand in its folder; run it again for new ones.",
    "amend": "to finish it, run the same pipeline amend again.",
}


def report(
    run_id: str | None,
    settings: Settings,
    then: Callable[[Report, Path | Remote], Following] = following,
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> tuple[Report, Path | Remote]:
    """Write a run's report again from the ledger, and put a copy where the settings say.

    The report, and where it is to be looked for. ResultsError when the copy could not be put there;
    PipelineError when the run goes on, for it is about to write its own.
    """
    with Ledger(settings.ledger_url) as ledger:
        found = report_of(ledger, run_id, _WITH_ROWS, home_of(settings))
        record = ledger.runs.get(found.run_id)
    locks = settings.home / ".pipeline" / "alive"
    if record and not found.finished_at and (record.finished_at or seems_at_work(record, locks, now())):
        raise PipelineError(
            f"The run {found.run_id} was still going on. Its results are there when it has ended."
        )
    folder = runs_folder(settings) / found.run_id
    found = mark_copies(found, folder)
    place = results_place(settings, found.run_id)
    write_results(found, folder, then(found, place))
    put_elsewhere(found, settings, anew=True)
    return found, place


def report_of(ledger: Ledger, run_id: str | None, of: Sequence[str], home: str) -> Report:
    """The report of a run, or of the last of these commands in this home.

    Of one that died, with what the ledger has learnt of its rows since.
    """
    candidates = _candidates(ledger.runs.list(), run_id, of, home)
    found = next(filter(None, (ledger.runs.report(run.id) for run in candidates)), None)
    if found is None:
        raise PipelineError(
            f"The run {candidates[0].id} ended before the ledger had taken in its rows: nothing was sent, "
            "and there is no report. Run the same again."
        )
    if found.finished_at:
        return found
    records = ledger.records({row.reference for row in found.rows})
    sent = ledger.sent_by(found.run_id, records)
    corrections = ledger.corrections.get(list(records)) if found.command == "amend" else {}
    known = {key: _known(record, corrections.get(key), sent=key in sent) for key, record in records.items()}
    return told_again(found, known)


def assert_none_left_open(ledger: Ledger, last: str, settings: Settings, now: dt.datetime) -> None:
    """LeftOpenError when a run of this home before the `last` one has left open what is not settled since.

    It is not sent unasked: a later log may have brought the same in another way.
    """
    locks, home = settings.home / ".pipeline" / "alive", home_of(settings)
    for run in ledger.runs.list() if ledger.may_send() else ():
        is_candidate = run.command in OF_A_LOG and run.home == home and run.exit_code != Exit.OK
        if not is_candidate or seems_at_work(run, locks, now) or not (kept := ledger.runs.report(run.id)):
            continue
        if count := _still_open(kept, ledger):
            rows = f"{count:,} row{'s' if count > 1 else ''}"
            raise LeftOpenError(
                f"The run {last}, this folder's last, left nothing open. The run {run.id} did: {rows} of it "
                f"{'are' if count > 1 else 'is'} not settled yet. Name the run to have that sent.",
                run.id,
            )


def _still_open(report: Report, ledger: Ledger) -> int:
    """How many of its rows `retry` would send again, by what the ledger knows of them now."""
    left_open = {row.reference for row in report.rows if may_be_retried(row)}
    together = by_reference(row for row in report.rows if row.reference in left_open)
    return sum(
        may_be_retried(replace(row, outcome=outcome_of_record(record, sent=False)))
        for reference, record in ledger.records(left_open).items()
        if is_asked_for(together[reference], record.fingerprint, record.body)
        for row in together[reference]
    )


def _known(record: Record, correction: Correction | None, *, sent: bool) -> Known:
    """What is known of a reference; `correction` is how far an amend came with it, if it was one."""
    outcome = outcome_of_record(record, sent=sent)
    is_over = correction and correction.state == "wanted" and sent
    if correction is None or is_over or is_superseded(correction, record):
        return Known(outcome, record.body, record.fingerprint)
    return Known(_amended(outcome, correction), correction.body, correction.fingerprint)


def _amended(outcome: Outcome, correction: Correction) -> Outcome:
    """What became of the values that were wanted; `outcome` is that of the reference's batch of now."""
    if correction.state == "done" and not correction.held_id:
        return outcome
    if correction.state in ("wanted", "deleting") or outcome.word == "not_sent":
        return at_the_end(NOT_YET, correction)
    return after_deletion(correction.held_id, outcome)


def _candidates(
    runs: Sequence[RunRecord], run_id: str | None, of: Sequence[str], home: str
) -> Sequence[RunRecord]:
    """The run that is named, or those that may be the last one; PipelineError when there is none."""
    if not any(run.command in of for run in runs):
        raise PipelineError("The ledger knows of no run yet. Start with: pipeline upload FILES")
    if run_id is None:
        if ours := [run for run in runs if run.command in of and run.home == home]:
            return ours
        raise PipelineError("The ledger knows of no run of this folder. Name one that pipeline runs lists.")
    wanted = next((run for run in runs if run.id == run_id), None)
    if wanted is None:
        raise PipelineError(f"There is no run {run_id} in the ledger. List them with: pipeline runs")
    if wanted.command not in of:
        raise PipelineError(f"The run {wanted.id} was {wanted.command}; {_INSTEAD[wanted.command]}")
    return [wanted]
