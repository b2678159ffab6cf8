"""What is done with logs: checked, registered, and what a run left open sent again."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy.engine import make_url

from pipeline.correct import wants_amending
from pipeline.journal_point import journal_point
from pipeline.ledger import Ledger
from pipeline.model import Batch, Outcome, Report, ReportRow, RowKey
from pipeline.plan import plan
from pipeline.report import headings, may_be_retried, rows_of
from pipeline.run.frame import NOT_YET, admitted, concluded, finished, kept, new_run, published, settled
from pipeline.run.gather import Gathered, gather
from pipeline.run.recall import OF_A_LOG, report_of
from pipeline.run.session import session
from pipeline.run.world import World
from pipeline.settings import Settings

_WOULD_BE_SENT = Outcome("not_sent", code="checked", message="In order; nothing was sent, as was asked.")
_NOT_HELD = Outcome(
    "not_sent", code="not_in_ledger", message="The run died before the ledger held it. Upload the file again."
)


def check(files: Sequence[Path], settings: Settings, world: World) -> Report:
    """Say everything that is wrong with these files, and what would be sent. No network at all.

    A ledger file that exists is asked what it knows, so that a reference that is registered with other
    values is found at the desk; nothing is written to it.
    """
    run = new_run("check", settings, world)
    with ExitStack() as stack:
        ledger = (
            stack.enter_context(Ledger(settings.ledger_url, world.patience))
            if _has_ledger(settings)
            else None
        )
        usual = ledger.usual_masses() if ledger else {}
        gathered = gather(files, settings.convention, world.now(), usual, world.read)
        batches = gathered.assembled.batches
        records = ledger.records([batch.reference for batch in batches]) if ledger else {}
    settled = plan(batches, records, None).settled
    outcomes = {batch.reference: settled.get(batch.reference, _WOULD_BE_SENT) for batch in batches}
    checked = filled(run, gathered, outcomes)
    world.watcher.planned(checked)
    return concluded(checked, settings, world)


def upload(files: Sequence[Path], settings: Settings, world: World) -> Report:
    """Register every good row of these files, each reference once, and say what became of each row.

    With `settings.dry_run` the registry is asked what it holds, and nothing is sent.
    """
    run = admitted(new_run("dry-run" if settings.dry_run else "upload", settings, world), settings)
    with Ledger(settings.ledger_url, world.patience) as ledger:
        gathered = gather(files, settings.convention, world.now(), ledger.usual_masses(), world.read)
        if not settings.dry_run:
            ledger.remember_usual_masses(gathered.usual_masses)
        batches = gathered.assembled.batches
        before = filled(run, gathered, {batch.reference: NOT_YET for batch in batches})
        world.watcher.planned(before)
        return _registered(before, batches, ledger, settings, world)


def retry(run_id: str | None, settings: Settings, world: World) -> Report:
    """Send again what a run (the last, when none is named) left open, from the ledger alone."""
    run = admitted(new_run("retry", settings, world), settings)
    with Ledger(settings.ledger_url, world.patience) as ledger:
        earlier = report_of(ledger, run_id, OF_A_LOG)
        rows = [row for row in earlier.rows if may_be_retried(row)]
        records = ledger.records({row.reference for row in rows})
        batches = [
            Batch(record.reference, record.body, record.fingerprint, _keys(rows, record.reference))
            for record in records.values()
        ]
        run = replace(
            run,
            sources=earlier.sources,
            tables=earlier.tables,
            rows=tuple(
                replace(row, outcome=NOT_YET if row.reference in records else _NOT_HELD) for row in rows
            ),
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
        return concluded(before, settings, world)
    with session(before, batches, ledger, settings, world) as work:
        ended = work.register()
        after = finished(settled(before, ended, ended.outcomes), world, ended.exit_code)

        def keep(report: Report) -> None:
            work.release()
            _remember(ledger, batches, ended.outcomes, report)
            ledger.runs.keep(report)
            journal_point("run.closed")

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


def filled(run: Report, gathered: Gathered, outcomes: Mapping[str, Outcome]) -> Report:
    assembled = gathered.assembled
    of_rows = dict(assembled.decided)
    for batch in assembled.batches:
        of_rows |= dict.fromkeys(batch.rows, outcomes[batch.reference])
    return replace(
        run,
        sources=gathered.sources,
        tables=headings(assembled.tables),
        rows=rows_of(assembled.tables, of_rows),
        notices=run.notices + gathered.notices,
    )


def _has_ledger(settings: Settings) -> bool:
    """Whether there is a ledger on this machine: a check makes none, and reaches for no server."""
    url = make_url(settings.ledger_url)
    return url.get_backend_name() == "sqlite" and Path(str(url.database)).exists()


def _keys(rows: Sequence[ReportRow], reference: str) -> tuple[RowKey, ...]:
    return tuple((row.table, row.row) for row in rows if row.reference == reference)
