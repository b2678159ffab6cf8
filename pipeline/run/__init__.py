"""The stages in order, for each command. Everything that is opened here is closed here.

Time, chance and the person at the screen come in: see `World` and `Watcher`.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy.engine import make_url

from pipeline.correct import TABLE, at_the_end, row, wants_amending
from pipeline.errors import Exit, PipelineError, RegistryError, SettingsError
from pipeline.ledger import Ledger
from pipeline.model import Batch, Outcome, Report, ReportRow, RowKey, Target
from pipeline.plan import Correction, outcome_of_record, plan
from pipeline.reconcile import Compared
from pipeline.reconcile import exit_code as compared_code
from pipeline.report import exit_code, headings, may_be_retried, refreshed, rows_of, traced
from pipeline.run.amend import Amending, Looking, Proposals
from pipeline.run.gather import Gathered, gather
from pipeline.run.reconcile import Comparing, log_of
from pipeline.run.session import Ended, session
from pipeline.run.world import Watcher, World
from pipeline.settings import Settings
from pipeline.write import write_comparison, write_results

__all__ = [
    "Proposals",
    "Watcher",
    "World",
    "amend",
    "check",
    "proposals",
    "reconcile",
    "report",
    "retry",
    "runs_folder",
    "upload",
]

_WOULD_BE_SENT = Outcome("not_sent", code="checked", message="In order; nothing was sent, as was asked.")
_NOT_HELD = Outcome(
    "not_sent", code="not_in_ledger", message="The run died before the ledger held it. Upload the file again."
)
_OF_A_LOG = ("upload", "retry")
_WITH_ROWS = (*_OF_A_LOG, "amend")
_INSTEAD = {
    "reconcile": "its results stand in its folder; run it again for new ones.",
    "amend": "to finish it, run the same pipeline amend again.",
}
_NOT_YET = Outcome("not_sent", code="not_sent", message="The run ended before it was this row's turn.")


def check(files: Sequence[Path], settings: Settings, world: World) -> Report:
    """Say everything that is wrong with these files, and what would be sent. No network at all.

    A ledger that exists is asked what it knows, so that a reference that is registered with other
    values is found at the desk; nothing is written to it.
    """
    run = _new_run("check", settings, world)
    with ExitStack() as stack:
        ledger = stack.enter_context(Ledger(settings.ledger_url)) if _has_ledger(settings) else None
        usual = ledger.usual_masses() if ledger else {}
        gathered = gather(files, settings.convention, world.now(), usual)
        batches = gathered.assembled.batches
        records = ledger.records([batch.reference for batch in batches]) if ledger else {}
    settled = plan(batches, records, None).settled
    outcomes = {batch.reference: settled.get(batch.reference, _WOULD_BE_SENT) for batch in batches}
    checked = _filled(run, gathered, outcomes)
    world.watcher.planned(checked)
    return _ended(checked, settings, world)


def upload(files: Sequence[Path], settings: Settings, world: World) -> Report:
    """Register every good row of these files, each reference once, and say what became of each row.

    With `settings.dry_run` the registry is asked what it holds, and nothing is sent.
    """
    run = _new_run("dry-run" if settings.dry_run else "upload", settings, world)
    with Ledger(settings.ledger_url) as ledger:
        gathered = gather(files, settings.convention, world.now(), ledger.usual_masses())
        if not settings.dry_run:
            ledger.remember_usual_masses(gathered.usual_masses)
        batches = gathered.assembled.batches
        before = _filled(run, gathered, {batch.reference: _NOT_YET for batch in batches})
        world.watcher.planned(before)
        return _registered(before, batches, ledger, settings, world)


def retry(run_id: str | None, settings: Settings, world: World) -> Report:
    """Send again what a run (the last, when none is named) left open, from the ledger alone."""
    with Ledger(settings.ledger_url) as ledger:
        earlier = _report_of(ledger, run_id, _OF_A_LOG)
        rows = [row for row in earlier.rows if may_be_retried(row)]
        records = ledger.records({row.reference for row in rows})
        batches = [
            Batch(record.reference, record.body, record.fingerprint, _keys(rows, record.reference))
            for record in records.values()
        ]
        run = replace(
            _new_run("retry", settings, world),
            sources=earlier.sources,
            tables=earlier.tables,
            rows=tuple(
                replace(row, outcome=_NOT_YET if row.reference in records else _NOT_HELD) for row in rows
            ),
        )
        world.watcher.planned(run)
        return _registered(run, batches, ledger, settings, world)


def proposals(references: Sequence[str], settings: Settings, world: World) -> Proposals:
    """What amending these references would replace by what; nothing is changed.

    PipelineError when nothing else is wanted of one of them; RegistryError when the registry cannot be read.
    """
    run = _new_run("amend", replace(settings, dry_run=True), world)
    with Ledger(settings.ledger_url) as ledger:
        _corrections(ledger, references)
        looking = Looking(ledger, references)
        with session(run, [], ledger, replace(settings, dry_run=True), world) as work:
            ended = work.carry_out(looking.look)
    if looking.found is None:
        failure = SettingsError if ended.exit_code == Exit.USAGE else RegistryError
        raise failure(ended.stopped or "The registry's list changed while it was read. Nothing was changed.")
    return looking.found


def amend(references: Sequence[str], approved: Proposals, settings: Settings, world: World) -> Report:
    """Have registered batches deleted and made again, as approved; say what became of each reference."""
    with Ledger(settings.ledger_url) as ledger:
        wanted = _corrections(ledger, references)
        batches = [
            Batch(each.reference, each.body, each.fingerprint, ((0, number),))
            for number, each in enumerate(wanted, 1)
        ]
        rows = tuple(row(number, batch, _NOT_YET) for number, batch in enumerate(batches, 1))
        before = replace(_new_run("amend", settings, world), tables=(TABLE,), rows=rows)
        world.watcher.planned(before)
        with session(before, batches, ledger, settings, world) as work:
            ended = work.carry_out(Amending(ledger, batches, approved).amend)
            under_way = ledger.corrections.get(references)
            outcomes = {
                reference: at_the_end(ended.outcomes.get(reference, _NOT_YET), correction)
                for reference, correction in under_way.items()
            }
            after = _ended(_settled(before, ended, outcomes), settings, world, ended.exit_code)
            ledger.runs.keep(after)
    return after


def reconcile(files: Sequence[Path], settings: Settings, world: World) -> tuple[Report, Compared | None]:
    """Compare ledger, registry and these files, reference by reference; nothing is sent.

    None: the registry could not be read to its end, and nothing is known.
    """
    run = _new_run("reconcile", settings, world)
    with Ledger(settings.ledger_url) as ledger:
        gathered = gather(files, settings.convention, world.now(), ledger.usual_masses())
        before = replace(run, sources=gathered.sources, notices=gathered.notices)
        world.watcher.planned(before)
        log, rows_left_out = log_of(gathered) if files else (None, 0)
        work = Comparing(ledger, log, rows_left_out, settings.delivery.concurrency)
        with session(before, [], ledger, settings, world) as opened:
            ended = opened.carry_out(work.compare)
            refused = any(source.refusal for source in before.sources)
            after = replace(
                before,
                target=ended.target,
                requests=ended.requests,
                stopped=ended.stopped,
                finished_at=world.now(),
                exit_code=ended.exit_code or compared_code(work.compared, refused=refused),
            )
            write_comparison(after, work.compared, runs_folder(settings) / run.run_id)
            ledger.runs.keep(after)
    world.watcher.ended(after)
    return after, work.compared


def report(run_id: str | None, settings: Settings) -> tuple[Report, Path]:
    """Write a run's report again from the ledger; the report, and the folder it was written to."""
    with Ledger(settings.ledger_url) as ledger:
        found = _report_of(ledger, run_id, _WITH_ROWS)
    folder = runs_folder(settings) / found.run_id
    write_results(found, folder)
    return found, folder


def runs_folder(settings: Settings) -> Path:
    """Where the folders of the runs lie."""
    return settings.home / "runs"


def _registered(
    before: Report, batches: Sequence[Batch], ledger: Ledger, settings: Settings, world: World
) -> Report:
    """Carry a run through the registry. Its report is kept in the ledger before and after."""
    if not batches:
        return _ended(before, settings, world)
    with session(before, batches, ledger, settings, world) as work:
        ended = work.register()
        after = _ended(_settled(before, ended, ended.outcomes), settings, world, ended.exit_code)
        if not settings.dry_run:
            _remember(ledger, batches, ended.outcomes, after)
            ledger.runs.keep(after)
    return after


def _settled(before: Report, ended: Ended, outcomes: Mapping[str, Outcome]) -> Report:
    rows = (traced(_with_outcome(row, outcomes), before.tables[row.table]) for row in before.rows)
    return replace(
        before, rows=tuple(rows), target=ended.target, requests=ended.requests, stopped=ended.stopped
    )


def _remember(ledger: Ledger, batches: Sequence[Batch], outcomes: Mapping[str, Outcome], run: Report) -> None:
    """What the log wants of references that stand for other values, so that amend needs no file."""
    otherwise = [batch for batch in batches if wants_amending(outcomes.get(batch.reference, _NOT_YET))]
    ledger.corrections.note(run.run_id, otherwise, run.finished_at or run.started_at)
    settled = {
        reference: outcome.registry_id
        for reference, outcome in outcomes.items()
        if outcome.word in ("created", "already_registered", "rejected")
    }
    by_a_log = run.command == "upload"
    ledger.corrections.settled(settled, run.finished_at or run.started_at, by_a_log=by_a_log)


def _corrections(ledger: Ledger, references: Sequence[str]) -> list[Correction]:
    """What is wanted of each reference, in their order, each once."""
    found = ledger.corrections.get(references)
    if unknown := [reference for reference in dict.fromkeys(references) if reference not in found]:
        raise PipelineError(
            f"No log has asked for other values of {', '.join(unknown)}. Correct the log and upload it: "
            "the reference then ends as a conflict, which this command can resolve. Nothing was changed."
        )
    return [found[reference] for reference in dict.fromkeys(references)]


def _with_outcome(row: ReportRow, outcomes: Mapping[str, Outcome]) -> ReportRow:
    return row if row.outcome != _NOT_YET else replace(row, outcome=outcomes.get(row.reference, _NOT_YET))


def _new_run(command: str, settings: Settings, world: World) -> Report:
    now = world.now()
    return Report(
        run_id=f"{now:%Y%m%dT%H%M%SZ}-{world.short_id()}",
        command=command,
        target=Target(settings.environment, settings.base_url or "the embedded local registry"),
        started_at=now,
        finished_at=None,
        sources=(),
        tables=(),
        rows=(),
        notices=(),
        requests={},
        exit_code=0,
    )


def _filled(run: Report, gathered: Gathered, outcomes: Mapping[str, Outcome]) -> Report:
    assembled = gathered.assembled
    of_rows = dict(assembled.decided)
    for batch in assembled.batches:
        of_rows |= dict.fromkeys(batch.rows, outcomes[batch.reference])
    return replace(
        run,
        sources=gathered.sources,
        tables=headings(assembled.tables),
        rows=rows_of(assembled.tables, of_rows),
        notices=gathered.notices,
    )


def _ended(run: Report, settings: Settings, world: World, stopped: Exit | None = None) -> Report:
    finished = replace(run, finished_at=world.now(), exit_code=exit_code(run, stopped=stopped))
    write_results(finished, runs_folder(settings) / run.run_id)
    world.watcher.ended(finished)
    return finished


def _has_ledger(settings: Settings) -> bool:
    """Whether there is a ledger; a check does not make one."""
    path = make_url(settings.ledger_url).database
    return bool(path) and Path(str(path)).exists()


def _report_of(ledger: Ledger, run_id: str | None, of: Sequence[str]) -> Report:
    """The report of a run, or of the last of these commands.

    Of one that died, with what the ledger has learnt of its rows since.
    """
    runs = ledger.runs.list()
    if not any(run.command in of for run in runs):
        raise PipelineError("The ledger knows of no run yet. Start with: pipeline upload FILES")
    wanted = next((run for run in runs if run.id == run_id or (run_id is None and run.command in of)), None)
    if wanted and wanted.command not in of:
        raise PipelineError(f"The run {wanted.id} was {wanted.command}; {_INSTEAD[wanted.command]}")
    found = ledger.runs.report(wanted.id) if wanted else None
    if found is None:
        raise PipelineError(f"There is no run {run_id} in the ledger. List them with: pipeline runs")
    if found.finished_at:
        return found
    records = ledger.records({row.reference for row in found.rows})
    sent = ledger.sent_by(found.run_id)
    died = replace(
        found, stopped="The run was killed; this is what the ledger knows.", exit_code=Exit.UNFINISHED
    )
    return refreshed(
        died, {key: outcome_of_record(record, sent=key in sent) for key, record in records.items()}
    )


def _keys(rows: Sequence[ReportRow], reference: str) -> tuple[RowKey, ...]:
    return tuple((row.table, row.row) for row in rows if row.reference == reference)
