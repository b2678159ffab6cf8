"""What each command that talks to a registry does: settings, run, screen, exit code."""

import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.cli import comparison
from pipeline.cli.answer import (
    INBOX,
    Show,
    nearby,
    print_json,
    shown,
    tell_ready,
    told_as,
    watched,
)
from pipeline.cli.sharing import company
from pipeline.elsewhere import places
from pipeline.errors import Exit, LeftOpenError, PipelineError, SettingsError
from pipeline.report import retry_of
from pipeline.run.company import Company
from pipeline.run.comparison import reconcile as reconciled
from pipeline.run.drop import upload_inbox
from pipeline.run.logs import retry as retried
from pipeline.run.logs import upload as uploaded
from pipeline.run.results import results_place
from pipeline.settings import Settings
from pipeline.write.comparison import totals
from pipeline.write.summary import facts


def upload(files: Sequence[str], settings: Settings, show: Show, cluster: str | None = None) -> Exit:
    """Register the files, or what is ready in the inbox."""
    confirm_production(settings)
    with company(cluster, settings) as workers:
        if files:
            named = places(files)
            return shown(lambda world: uploaded(named, settings, world.with_company(workers)), settings, show)
        return _upload_inbox(settings, show, workers)


def _upload_inbox(settings: Settings, show: Show, workers: Company) -> Exit:
    folder = nearby(settings.home / INBOX)

    def found(ready: Sequence[Path], later: Sequence[tuple[Path, str]]) -> None:
        tell_ready(folder, ready, later, show)

    return shown(
        lambda world: upload_inbox(folder, settings, world.with_company(workers), found), settings, show
    )


def retry(run_id: str | None, settings: Settings, show: Show, cluster: str | None = None) -> Exit:
    """Send again what a run left open."""
    confirm_production(settings)
    with company(cluster, settings) as workers:
        try:
            return shown(lambda world: retried(run_id, settings, world.with_company(workers)), settings, show)
        except LeftOpenError as earlier:
            raise PipelineError(f"{earlier} Type: {retry_of(earlier.run_id, show.again)}") from earlier


def reconcile(files: Sequence[str], settings: Settings, show: Show) -> Exit:
    """Compare ledger, registry and files; nothing is sent."""
    screen, _, world = watched(settings, show)
    ended, compared = reconciled(places(files), settings, world)
    folder = told_as(results_place(settings, ended.run_id))
    if show.as_json:
        found = {"findings": compared.findings if compared else None, "folder": str(folder)}
        print_json({**facts(ended), **totals(compared), **found})
    elif show.log_format != "json":
        comparison.show(screen, ended, compared, folder)
    return Exit(ended.exit_code)


def confirm_production(settings: Settings) -> None:
    if settings.production_confirmed or settings.dry_run:
        return
    if not sys.stdin.isatty():
        raise SettingsError(
            "This would send to PRODUCTION. Add --yes, or set production = true under [delivery]."
        )
    sys.stderr.write("This sends to PRODUCTION: what is registered becomes carbon credits. Type yes: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() != "yes":
        raise SettingsError("Nothing was sent.")
