"""What is done with logs at the registry: registered, and what a run left open sent again."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from pipeline.correct import wants_amending
from pipeline.elsewhere import Place
from pipeline.journal_point import journal_point
from pipeline.ledger import Ledger
from pipeline.ledger.runs import RunRecord
from pipeline.model import Batch, Outcome, Report, ReportRow, RowKey
from pipeline.report import may_be_retried, reopened
from pipeline.report.asked import asked_otherwise, by_reference, is_asked_for
from pipeline.run.checking import filled
from pipeline.run.frame import NOT_YET, admitted, finished, kept, new_run, published, settled
from pipeline.run.gather import gather
from pipeline.run.recall import OF_A_LOG, assert_none_left_open, report_of
from pipeline.run.remembering import home_of, remember
from pipeline.run.session import session
from pipeline.run.world import World, by_network
from pipeline.settings import Settings
from pipeline.stopping import as_before

_NOT_HELD = Outcome(
    "not_sent", code="not_in_ledger", message="The run died before the ledger held it. Upload the file again."
)


@as_before()
def upload(files: Sequence[Place], settings: Settings, world: World | None = None) -> Report:
    """Register every good row of these files, each reference once, and say what became of each row.

    With `settings.dry_run` the registry is asked what it holds, and nothing is sent. `world` is time, chance
    and who watches; without one, the real ones and nobody. The files of results are written to `runs/`.

    PipelineError (see `pipeline.errors`) when the run cannot begin or its results cannot be written: its
    `exit_code` says what the shell would be told. RuntimeError inside a running event loop. On the main
    thread SIGINT and SIGTERM end sending in order; on another nobody heeds them. Nothing is printed, and
    nobody is asked: a caller that must not send to production sees to `settings.production_confirmed`.
    """
    world = world or World(reach=by_network(settings.route))
    run = admitted(new_run("dry-run" if settings.dry_run else "upload", settings, world), settings)
    with Ledger(settings.ledger_url, world.patience) as ledger:
        before, batches = _read(run, files, ledger, settings, world)
        world.watcher.planned(before)
        return _registered(before, batches, ledger, settings, world)


def _read(
    run: Report, files: Sequence[Place], ledger: Ledger, settings: Settings, world: World
) -> tuple[Report, Sequence[Batch]]:
    """The report with all its rows, and the batches; what they were made from is forgotten."""
    gathered = gather(files, settings.convention, world.now(), ledger.memory, world.read, world.company.each)
    if not settings.dry_run:
        ledger.memory.remember_usual(gathered.usual)
    batches = gathered.assembled.batches
    return filled(run, gathered, {batch.reference: NOT_YET for batch in batches}, batches), batches


@as_before()
def retry(run_id: str | None, settings: Settings, world: World) -> Report:
    """Send again what a run (the last of this home, when none is named) left open, from the ledger alone.

    LeftOpenError when none is named and the last left nothing open, but an earlier one did.
    """
    run = admitted(new_run("retry", settings, world), settings)
    with Ledger(settings.ledger_url, world.patience) as ledger:
        earlier = report_of(ledger, run_id, OF_A_LOG, home_of(settings))
        rows = [row for row in earlier.rows if may_be_retried(row)]
        if not rows and run_id is None:
            assert_none_left_open(ledger, earlier.run_id, settings, run.started_at)
        records = ledger.records({row.reference for row in rows})
        together = by_reference(earlier.rows)
        outcomes = {
            reference: NOT_YET
            if is_asked_for(together[reference], record.fingerprint, record.body)
            else asked_otherwise(record.registry_id)
            for reference, record in records.items()
        }
        batches = [
            Batch(reference, record.body, record.fingerprint, _keys(together[reference]))
            for reference, record in records.items()
            if outcomes[reference] == NOT_YET
        ]
        run = replace(
            run,
            sources=tuple(each for each in earlier.sources if not each.refusal),
            read_by=earlier.read_by or earlier.run_id,
            tables=earlier.tables,
            rows=tuple(reopened(row, outcomes.get(row.reference, _NOT_HELD)) for row in rows),
        )
        world.watcher.planned(run)
        return _registered(run, batches, ledger, settings, world)


def _registered(
    before: Report, batches: Sequence[Batch], ledger: Ledger, settings: Settings, world: World
) -> Report:
    """Carry a run through the registry. Its report is kept in the ledger before, and after.

    The ledger comes before the files: from it they can be written again, but not the other way round.
    """
    if not batches:
        return _without_batches(before, ledger, settings, world)
    with session(before, batches, ledger, settings, world) as work:
        ended = work.register()
        before = replace(before, notices=before.notices + world.company.notices())
        after = finished(settled(before, ended, ended.outcomes), world, ended.exit_code)

        def keep(report: Report) -> None:
            work.release()
            _remember(ledger, batches, ended.outcomes, report)
            work.keep(report)
            remember(report, ledger, settings)
            journal_point("run.closed")

        if not settings.dry_run:
            after = kept(after, keep)
    return published(after, settings, world)


def _without_batches(before: Report, ledger: Ledger, settings: Settings, world: World) -> Report:
    """The end of a run that has nothing to send, and may have found what a person has to see to."""
    after = finished(before, world)

    def keep(report: Report) -> None:
        home, began = home_of(settings), report.started_at
        ledger.runs.begin(RunRecord(report.run_id, report.command, home, began, began, None, None))
        ledger.runs.keep(report)
        remember(report, ledger, settings)

    if not settings.dry_run:
        after = kept(after, keep)
    return published(after, settings, world)


def _remember(ledger: Ledger, batches: Sequence[Batch], outcomes: Mapping[str, Outcome], run: Report) -> None:
    """What the log wants of references that stand for other values, so that amend needs no file."""
    otherwise = [batch for batch in batches if wants_amending(outcomes.get(batch.reference, NOT_YET))]
    ledger.corrections.note(run.run_id, otherwise, run.finished_at or run.started_at)
    settled = {
        reference: outcome.registry_id
        for reference, outcome in outcomes.items()
        if outcome.word in ("created", "already_registered", "rejected")
    }
    by_a_log = run.command == "upload"
    ledger.corrections.settled(settled, run.finished_at or run.started_at, by_a_log=by_a_log)


def _keys(rows: Sequence[ReportRow]) -> tuple[RowKey, ...]:
    return tuple((row.table, row.row) for row in rows if may_be_retried(row))
