"""What the ledger remembers of earlier runs: their list, and the results of one, written again."""

import msgspec

from pipeline.cli.answer import Show, answer, print_json, screen_for
from pipeline.cli.listing import listed
from pipeline.errors import Exit
from pipeline.ledger import Ledger
from pipeline.ledger.runs import RunRecord
from pipeline.model import Word
from pipeline.report import counts
from pipeline.run.recall import report as recalled
from pipeline.settings import Settings

_SHOWN_RUNS = 20


def report(run_id: str | None, settings: Settings, show: Show) -> Exit:
    """Write a run's results again; the exit code is that of the writing, not of the run."""
    found, folder = recalled(run_id, settings, show.then)
    answer(found, folder, show, screen_for(show))
    return Exit.OK


def _counted(ledger: Ledger, run: RunRecord) -> dict[Word, int]:
    """How many rows had each outcome; nothing of a run without an end, which has left only its plan."""
    kept = ledger.runs.report(run.id) if run.finished_at else None
    return counts(kept.rows) if kept else {}


def runs(settings: Settings, show: Show) -> Exit:
    """List the latest runs."""
    with Ledger(settings.ledger_url) as ledger:
        latest = ledger.runs.list()[:_SHOWN_RUNS]
        found = [(each, _counted(ledger, each)) for each in latest]
    if show.as_json:
        print_json([msgspec.to_builtins(each) | {"outcomes": words} for each, words in found])
    else:
        screen_for(show).show(listed(found))
    return Exit.OK
