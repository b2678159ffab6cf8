"""What a worker does: it delivers a part as a run of its own, against the ledger that all share."""

import datetime as dt
import os
import secrets
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

from distributed import get_client, get_worker
from msgspec.structs import replace

from pipeline.cluster.line import Hand, Line
from pipeline.cluster.part import Done, Part, Share, Unfit
from pipeline.errors import LedgerFailedError, LedgerUnusableError, PipelineError, SettingsError
from pipeline.ledger import Ledger
from pipeline.ledger.runs import PART
from pipeline.run.ended import Ended
from pipeline.run.frame import finished, new_run
from pipeline.run.session import session
from pipeline.run.version import version_of
from pipeline.run.world import World, by_network
from pipeline.settings import ErrorLimit, Settings, load
from pipeline.settings.address import registry_url


def deliver_part(part: Part, line_name: str) -> Done | Unfit:
    """Deliver a part, each time as a run of its own, with the settings and credentials of this worker."""
    worker, client = get_worker(), get_client()
    line = worker.plugins.get(line_name)
    try:
        if not isinstance(line, Line):
            raise SettingsError("it was not told of this run. Start it again.")
        settings = _settings(part)
        own_id = f"{part.name}{secrets.token_hex(4)}"
        with Ledger(settings.ledger_url) as ledger:
            _must_know_the_run(ledger, part)
            ended = _delivered(part, own_id, ledger, settings, Hand(line, client, own_id, _rest(part.share)))
            return _done(ended, worker.address)
    except (LedgerFailedError, LedgerUnusableError) as failure:
        return Done(worker.address, {}, {}, {}, "ledger", str(failure))
    except PipelineError as unfit:
        return Unfit(f"The worker {worker.address} cannot take part: {unfit}")


def _settings(part: Part) -> Settings:
    """The worker's settings, as far as they decide where things go, and what it was given of the limits."""
    if part.version != version_of():
        raise SettingsError(f"it is version {version_of()} of this program, and the run is {part.version}.")
    own = load(folder=Path.cwd(), environ=os.environ, options=part.typed)
    if own.environment != part.environment:
        raise SettingsError(f"it is set up for {own.environment}, and the run is for {part.environment}.")
    if own.base_url not in {None, part.url}:
        raise SettingsError("its ISOMETRIC_BASE_URL is another registry than that of the run.")
    limits = {
        "concurrency": part.share.concurrency,
        "rate_limit": part.share.rate_limit,
        "quiet_seconds": part.quiet_seconds,
        "max_duration": None,
        "max_errors": None if part.errors_left is None else ErrorLimit(Decimal(part.errors_left)),
    }
    return replace(
        own,
        base_url=registry_url(part.url, part.environment),
        delivery=own.delivery.model_copy(update=limits),
        dry_run=False,
    )


def _must_know_the_run(ledger: Ledger, part: Part) -> None:
    """A ledger that does not know of the run is another one: what it says of a batch would prove nothing."""
    found = ledger.runs.get(part.run_id)
    if found is None:
        raise SettingsError(
            "its ledger is not that of the run. Give all the same PIPELINE_LEDGER_URL; nothing is lost."
        )
    if found.finished_at:
        raise SettingsError("its run has ended, and would not hear of what it sends.")


def _delivered(part: Part, own_id: str, ledger: Ledger, settings: Settings, company: Hand) -> Ended:
    lease = dt.timedelta(seconds=part.lease)
    world = World(reach=by_network(settings.route), company=company, lease=lease)
    before = replace(new_run(PART, settings, world), run_id=own_id)
    with session(before, part.batches, ledger, settings, world) as work:
        ended = work.register()
        after = replace(before, target=ended.target, requests=ended.requests, stopped=ended.stopped)
        with suppress(LedgerFailedError):  # what is known of the part is no less true
            work.release()
            work.keep(finished(after, world, ended.exit_code))
    return ended


def _rest(share: Share) -> float:
    return 1 / share.rate_limit if share.rate_limit else 0.0


def _done(ended: Ended, worker: str) -> Done:
    return Done(worker, ended.outcomes, ended.requests, ended.answers, ended.why, ended.stopped)
