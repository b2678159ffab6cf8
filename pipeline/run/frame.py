"""A run's report from its beginning to its end: who runs what, what became of it, where it is written."""

import asyncio
from collections.abc import Callable, Mapping

import msgspec
from msgspec.structs import replace

from pipeline.errors import Exit, LedgerFailedError, ResultsError
from pipeline.mark import mark_copies
from pipeline.model import UNFINISHED, Issue, Origin, Outcome, Report, ReportRow, Target
from pipeline.report import ONLY_LOOKS, exit_code, traced
from pipeline.run.ended import Ended
from pipeline.run.results import put_elsewhere, results_place, runs_folder
from pipeline.run.version import version_of
from pipeline.run.world import World
from pipeline.settings import Settings
from pipeline.stopping import as_before, put_off
from schemas.convention import Convention

_SENT_AGAIN = UNFINISHED | {"rejected"}
_NOT_TIMED = ("reconcile", "amend")
"""The commands that have no `--max-duration`."""
NOT_YET = Outcome("not_sent", code="not_sent", message="The run ended before it was this row's turn.")


def new_run(command: str, settings: Settings, world: World) -> Report:
    """The report of a run that begins. RuntimeError inside a running event loop: a run has one of its own."""
    assert_no_loop()
    now = world.now()
    return Report(
        run_id=f"{now:%Y%m%dT%H%M%SZ}-{world.short_id()}",
        command=command,
        target=Target(
            settings.environment,
            settings.base_url or "the embedded local registry",
            proxy=settings.route.proxy,
        ),
        started_at=now,
        finished_at=None,
        sources=(),
        tables=(),
        rows=(),
        notices=(),
        requests={},
        exit_code=0,
        origin=Origin(world.who(), version_of(), _plain(settings.convention)),
    )


def assert_no_loop() -> None:
    """RuntimeError when this thread is running an event loop; nothing has been read or sent then."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError(
        "A run cannot begin inside a running event loop, for it has one of its own. Call it in a thread: "
        "await asyncio.to_thread(upload, files, settings). Nothing was sent."
    )


def _plain(convention: Convention) -> dict[str, object]:
    """What the plant has said of its logs, as values that JSON has."""
    said: dict[str, object] = msgspec.to_builtins(convention)
    return said


def admitted(run: Report, settings: Settings) -> Report:
    """The run, with a notice when its token expires soon; refused when the token is no good for it."""
    ended_by = "max_duration under [delivery]" if run.command in _NOT_TIMED else "--max-duration"
    told = settings.admitted(run.started_at, ended_by)
    notice = Issue("notice", "token_expires", "", "", None, (), "", "", told.rstrip("."), "")
    return replace(run, notices=(notice,)) if told else run


def settled(before: Report, ended: Ended, outcomes: Mapping[str, Outcome]) -> Report:
    rows = (traced(_with_outcome(row, outcomes), before.tables[row.table]) for row in before.rows)
    return replace(
        before,
        rows=tuple(rows),
        target=ended.target,
        requests=ended.requests,
        stopped=ended.stopped,
        tempo=ended.tempo,
    )


def _with_outcome(row: ReportRow, outcomes: Mapping[str, Outcome]) -> ReportRow:
    """What a row asks for is kept as long as it may be sent again: of 100,000 rows, it takes 5 MB."""
    if row.outcome != NOT_YET:
        return row
    outcome = outcomes.get(row.reference, NOT_YET)
    asked_for = row.fingerprint if outcome.word in _SENT_AGAIN else ""
    return replace(row, outcome=outcome, fingerprint=asked_for)


def concluded(run: Report, settings: Settings, world: World) -> Report:
    """The end of a run that the ledger does not remember."""
    return published(finished(run, world), settings, world)


def finished(run: Report, world: World, stopped: Exit | None = None) -> Report:
    return replace(run, finished_at=world.now(), exit_code=exit_code(run, stopped=stopped))


def kept(run: Report, keep: Callable[[Report], None]) -> Report:
    """Let the ledger keep a finished run's report. If it fails, the report that is still written says so."""
    try:
        keep(run)
    except LedgerFailedError as failure:
        outranks = run.exit_code in (Exit.INTERRUPTED, Exit.TERMINATED)
        code = run.exit_code if outranks else Exit.UNFINISHED
        return replace(run, stopped=run.stopped or str(failure), exit_code=code)
    return run


@as_before()
def published(run: Report, settings: Settings, world: World) -> Report:
    """Write a finished run's results and the marked copies of its workbooks, also when it is interrupted.

    A copy goes where the settings say. ResultsError says how to have the results when they cannot be written.
    """
    folder = runs_folder(settings) / run.run_id
    put_off(world.watcher.stopping)
    try:
        run = mark_copies(run, folder)
        world.write(run, folder, world.then(run, results_place(settings, run.run_id)))
    except ResultsError as failure:
        raise ResultsError(f"{failure} {_instead(run)}") from failure
    finally:
        put_off(_unsaid)  # its log, which the watcher closes, goes elsewhere with the others
        world.watcher.ended(run)
    put_elsewhere(run, settings)
    return run


def _unsaid(why: str) -> None:
    """All is told by now."""


def _instead(run: Report) -> str:
    """How the results can be had that could not be written."""
    if run.command in ONLY_LOOKS:
        return "Nothing was sent. Run the same again."
    if run.stopped:
        return f"The run had been stopped: {run.stopped} Run the same again."
    return f"Nothing is lost: the ledger holds the results. Write them with: pipeline report {run.run_id}"
