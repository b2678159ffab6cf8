"""The three-way check as a command."""

from collections.abc import Sequence

from msgspec.structs import replace

from pipeline.elsewhere import Place
from pipeline.ledger import Ledger
from pipeline.model import Report
from pipeline.reconcile import Compared, exit_code
from pipeline.run.comparing import Comparing, log_of
from pipeline.run.frame import admitted, kept, new_run
from pipeline.run.gather import gather
from pipeline.run.results import put_elsewhere, runs_folder
from pipeline.run.session import session
from pipeline.run.world import World
from pipeline.settings import Settings
from pipeline.stopping import as_before
from pipeline.write import write_comparison


@as_before()
def reconcile(files: Sequence[Place], settings: Settings, world: World) -> tuple[Report, Compared | None]:
    """Compare ledger, registry and these files, reference by reference; nothing is sent.

    None: the registry could not be read to its end, and nothing is known.
    """
    run = admitted(new_run("reconcile", settings, world), settings)
    with Ledger(settings.ledger_url, world.patience) as ledger:
        gathered = gather(files, settings.convention, world.now(), ledger.memory, world.read)
        before = replace(run, sources=gathered.sources, notices=run.notices + gathered.notices)
        world.watcher.planned(before)
        log, rows_left_out = log_of(gathered) if files else (None, 0)
        work = Comparing(ledger, log, rows_left_out)
        with session(before, [], ledger, settings, world) as opened:
            ended = opened.carry_out(work.compare)
            refused = any(source.refusal for source in before.sources)
            after = replace(
                before,
                target=ended.target,
                requests=ended.requests,
                stopped=ended.stopped,
                finished_at=world.now(),
                exit_code=ended.exit_code or exit_code(work.compared, refused=refused),
            )
            after = kept(after, opened.keep)
    try:
        write_comparison(after, work.compared, runs_folder(settings) / run.run_id)
    finally:
        world.watcher.ended(after)
    put_elsewhere(after, settings)
    return after, work.compared
