"""What each command that talks to a registry or a ledger does: settings, run, screen, exit code."""

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pipeline import stopping
from pipeline.cli import comparison
from pipeline.cli.answer import (
    INBOX,
    Show,
    answer,
    nearby,
    print_json,
    screen_for,
    settings_for,
    shown,
    tell_ready,
    watched,
)
from pipeline.cli.listing import listed
from pipeline.errors import Exit, SettingsError
from pipeline.ledger import Ledger
from pipeline.local_registry.conduct import Conduct
from pipeline.local_registry.serve import serve
from pipeline.report import counts
from pipeline.run.comparison import reconcile as reconciled
from pipeline.run.drop import upload_inbox
from pipeline.run.frame import runs_folder
from pipeline.run.logs import retry as retried
from pipeline.run.logs import upload as uploaded
from pipeline.run.recall import report as recalled
from pipeline.settings import Settings
from pipeline.write.comparison import totals
from pipeline.write.summary import facts

_SHOWN_RUNS = 20


def upload(files: Sequence[Path], settings: Settings, show: Show) -> Exit:
    """Register the files, or what is ready in the inbox."""
    confirm_production(settings)
    if files:
        return shown(lambda world: uploaded(files, settings, world), settings, show)
    folder = nearby(settings.home / INBOX)

    def found(ready: Sequence[Path], later: Sequence[tuple[Path, str]]) -> None:
        tell_ready(folder, ready, later, show)

    return shown(lambda world: upload_inbox(folder, settings, world, found), settings, show)


def retry(run_id: str | None, settings: Settings, show: Show) -> Exit:
    """Send again what a run left open."""
    confirm_production(settings)
    return shown(lambda world: retried(run_id, settings, world), settings, show)


def reconcile(files: Sequence[Path], settings: Settings, show: Show) -> Exit:
    """Compare ledger, registry and files; nothing is sent."""
    screen, _, world = watched(settings, show)
    ended, compared = reconciled(files, settings, world)
    folder = nearby(runs_folder(settings) / ended.run_id)
    if show.as_json:
        found = {"findings": compared.findings if compared else None, "folder": str(folder)}
        print_json({**facts(ended), **totals(compared), **found})
    elif show.log_format != "json":
        comparison.show(screen, ended, compared, folder)
    return Exit(ended.exit_code)


def report(run_id: str | None, settings: Settings, show: Show) -> Exit:
    """Write a run's results again; the exit code is that of the writing, not of the run."""
    found, folder = recalled(run_id, settings, show.then)
    answer(found, folder, show, screen_for(show))
    return Exit.OK


def runs(settings: Settings, show: Show) -> Exit:
    """List the latest runs."""
    with Ledger(settings.ledger_url) as ledger:
        latest = ledger.runs.list()[:_SHOWN_RUNS]
        found = [
            (each, counts(kept.rows) if (kept := ledger.runs.report(each.id)) else {}) for each in latest
        ]
    if show.as_json:
        print_json([msgspec.to_builtins(each) | {"outcomes": words} for each, words in found])
    else:
        screen_for(show).show(listed(found))
    return Exit.OK


def registry(port: int, store: Path | None, faults: str, conduct: tuple[str, str, float]) -> Exit:
    """Serve the local registry until it is interrupted."""
    stopping.in_order()
    path = store or settings_for(offline=True).home / ".pipeline" / "local_registry.sqlite3"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    duplicates, order, list_lag = conduct

    def announce(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stderr.write(
            f"The local registry keeps its batches in {path}. Press Ctrl-C to stop it.\n"
            f"Use it with: ISOMETRIC_BASE_URL={msgspec.json.decode(line)['url']} pipeline upload FILES\n"
        )
        sys.stdout.flush()

    try:
        how = Conduct(duplicates=duplicates, order=order, list_lag=list_lag)  # type: ignore[arg-type]
        serve(path, port=port, faults=faults, conduct=how, announce=announce)
    except (ValueError, OverflowError, OSError) as error:
        raise SettingsError(str(error)) from error
    return Exit.OK


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
