"""A run's report from its beginning to its end: who runs what, what became of it, where it is written."""

from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from pipeline.errors import Exit
from pipeline.model import Issue, Outcome, Report, ReportRow, Target
from pipeline.report import exit_code, traced
from pipeline.run.session import Ended
from pipeline.run.world import World
from pipeline.settings import Settings
from pipeline.write import write_results

NOT_YET = Outcome("not_sent", code="not_sent", message="The run ended before it was this row's turn.")


def runs_folder(settings: Settings) -> Path:
    """Where the folders of the runs lie."""
    return settings.home / "runs"


def new_run(command: str, settings: Settings, world: World) -> Report:
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
    )


def admitted(run: Report, settings: Settings) -> Report:
    """The run, with a notice when its token expires soon; refused when the token is no good for it."""
    told = settings.admitted(run.started_at)
    notice = Issue("notice", "token_expires", "", "", None, (), "", "", told.rstrip("."), "")
    return replace(run, notices=(notice,)) if told else run


def settled(before: Report, ended: Ended, outcomes: Mapping[str, Outcome]) -> Report:
    rows = (traced(_with_outcome(row, outcomes), before.tables[row.table]) for row in before.rows)
    return replace(
        before, rows=tuple(rows), target=ended.target, requests=ended.requests, stopped=ended.stopped
    )


def _with_outcome(row: ReportRow, outcomes: Mapping[str, Outcome]) -> ReportRow:
    return row if row.outcome != NOT_YET else replace(row, outcome=outcomes.get(row.reference, NOT_YET))


def concluded(run: Report, settings: Settings, world: World, stopped: Exit | None = None) -> Report:
    finished = replace(run, finished_at=world.now(), exit_code=exit_code(run, stopped=stopped))
    write_results(finished, runs_folder(settings) / run.run_id)
    world.watcher.ended(finished)
    return finished
