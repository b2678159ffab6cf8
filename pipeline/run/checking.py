"""A check: everything that is wrong with a log, found at the desk, without what talks to a registry."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from pipeline.elsewhere import Place
from pipeline.model import Batch, Outcome, Report
from pipeline.plan import plan
from pipeline.report import headings, rows_of
from pipeline.run.frame import concluded, new_run
from pipeline.run.gather import Gathered, gather
from pipeline.run.world import World
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.ledger import Ledger

_WOULD_BE_SENT = Outcome("not_sent", code="checked", message="In order; nothing was sent, as was asked.")


def check(files: Sequence[Place], settings: Settings, world: World) -> Report:
    """Say everything that is wrong with these files, and what would be sent. No registry is asked.

    A ledger file that exists is asked what it knows, so that a reference that is registered with other
    values is found at the desk. One of an older version is brought up to date; nothing else is written to it.
    """
    checked = _judged(new_run("check", settings, world), files, settings, world)
    world.watcher.planned(checked)
    return concluded(checked, settings, world)


def _judged(run: Report, files: Sequence[Place], settings: Settings, world: World) -> Report:
    """The report with all its rows; what they were made from can be forgotten before it is written."""
    with ExitStack() as stack:
        found = _ledger(settings, world.patience)
        ledger = stack.enter_context(found) if found else None
        memory = ledger.memory if ledger else None
        gathered = gather(files, settings.convention, world.now(), memory, world.read, world.company.each)
        references = [draft.reference for draft in gathered.assembled.drafts]
        records = ledger.records(references) if ledger else {}
    settled = plan(gathered.assembled.batches, records, None).settled if records else {}
    outcomes = {reference: settled.get(reference, _WOULD_BE_SENT) for reference in references}
    return filled(run, gathered, outcomes)


def filled(
    run: Report, gathered: Gathered, outcomes: Mapping[str, Outcome], to_send: Sequence[Batch] = ()
) -> Report:
    """The report with all its rows, by the outcomes of batches; what those `to_send` ask for is kept."""
    assembled = gathered.assembled
    of_rows = dict(assembled.decided)
    for draft in assembled.drafts:
        of_rows |= dict.fromkeys(draft.rows, outcomes[draft.reference])
    return replace(
        run,
        sources=gathered.sources,
        tables=headings(assembled.tables),
        rows=rows_of(assembled.tables, of_rows, {each.reference: each.fingerprint for each in to_send}),
        notices=run.notices + gathered.notices,
    )


def _ledger(settings: Settings, patience: float) -> "Ledger | None":
    """The ledger on this machine, if there is one: a check makes none, and reaches for no server."""
    path = settings.ledger_url.removeprefix("sqlite:///")
    if path == settings.ledger_url or not Path(path).exists():
        return None
    from pipeline.ledger import Ledger

    return Ledger(settings.ledger_url, patience)
