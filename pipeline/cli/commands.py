"""What each command does: settings, run, screen, exit code."""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console

from pipeline import inbox, run, stopping
from pipeline.cli.last_resort import redaction, said
from pipeline.cli.screen import Screen, Show, printable
from pipeline.errors import Exit, SettingsError
from pipeline.ledger import Ledger
from pipeline.local_registry.conduct import Conduct
from pipeline.local_registry.serve import serve
from pipeline.model import Report
from pipeline.report import counts, next_command, problems
from pipeline.run.drop import upload_inbox
from pipeline.run.log import RunLog
from pipeline.run.world import Several, World
from pipeline.settings import Options, Settings, load
from pipeline.transport import over_the_network
from pipeline.write.comparison import totals
from pipeline.write.summary import facts

__all__ = [
    "Show",
    "again",
    "check",
    "confirm_production",
    "print_json",
    "reconcile",
    "registry",
    "report",
    "retry",
    "runs",
    "screen_for",
    "settings_for",
    "shown",
    "upload",
]

_INBOX = "inbox"
_SHOWN_RUNS = 20
_LONGEST_TEXT = 2000


def again(settings: Settings, target: str | None) -> tuple[str, ...]:
    """The options that a following command must repeat to mean the same registry and plant."""
    elsewhere = settings.config if settings.config and settings.config.parent != Path.cwd() else None
    named = ("--config", str(_nearby(elsewhere))) if elsewhere else ()
    return named + (("--target", target) if target else ())


def settings_for(*, offline: bool = False, **options: object) -> Settings:
    """The settings of this folder, this environment and these options."""
    stopping.in_order()  # all that is slow is imported by now
    settings = load(
        folder=Path.cwd(),
        environ=os.environ,
        options=msgspec.convert(options, Options),
        offline=offline,
    )
    redaction.learn(*(secret.reveal() for secret in settings.secrets))
    return settings


def upload(files: Sequence[Path], settings: Settings, show: Show) -> Exit:
    """Register the files, or what is ready in the inbox."""
    confirm_production(settings)
    if files:
        return shown(lambda world: run.upload(files, settings, world), settings, show)
    folder = _nearby(settings.home / _INBOX)

    def found(ready: Sequence[Path], later: Sequence[tuple[Path, str]]) -> None:
        _tell_ready(folder, ready, later, show)

    return shown(lambda world: upload_inbox(folder, settings, world, found), settings, show)


def check(files: Sequence[Path], settings: Settings, show: Show) -> Exit:
    """Judge the files, or what is ready in the inbox, and leave them where they are."""
    chosen = files
    if not files:
        folder = _nearby(settings.home / _INBOX)
        chosen, later = inbox.ready(folder, now=time.time())
        _tell_ready(folder, chosen, later, show)
    if not chosen:
        return Exit.OK
    return shown(lambda world: run.check(chosen, settings, world), settings, show)


def retry(run_id: str | None, settings: Settings, show: Show) -> Exit:
    """Send again what a run left open."""
    confirm_production(settings)
    return shown(lambda world: run.retry(run_id, settings, world), settings, show)


def reconcile(files: Sequence[Path], settings: Settings, show: Show) -> Exit:
    """Compare ledger, registry and files; nothing is sent."""
    screen, _, world = _watched(settings, show)
    ended, compared = run.reconcile(files, settings, world)
    folder = _nearby(run.runs_folder(settings) / ended.run_id)
    if show.as_json:
        found = {"findings": compared.findings if compared else None, "folder": str(folder)}
        print_json({**facts(ended), **totals(compared), **found})
    elif show.log_format != "json":
        screen.comparison(ended, compared, folder)
    return Exit(ended.exit_code)


def report(run_id: str | None, settings: Settings, show: Show) -> Exit:
    """Write a run's results again; the exit code is that of the writing, not of the run."""
    found, folder = run.report(run_id, settings)
    _answer(found, _nearby(folder), show, screen_for(show))
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
        screen_for(show).runs(found)
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


def shown(
    work: Callable[[World], Report | None],
    settings: Settings,
    show: Show,
) -> Exit:
    """Do the work before the screen and the log, and end with the summary, if there was work to do."""
    screen, log, world = _watched(settings, show)
    try:
        ended = work(world)
    finally:
        screen.stop()
        if log.incomplete:
            sys.stderr.write(f"{said(log.incomplete)}\n")
    if ended is None:
        return Exit.OK
    _answer(ended, _nearby(run.runs_folder(settings) / ended.run_id), show, screen)
    return Exit(ended.exit_code)


def _watched(settings: Settings, show: Show) -> tuple[Screen, RunLog, World]:
    """A screen, and a world that it and the run's log watch."""
    screen = screen_for(show)
    folder = run.runs_folder(settings)
    log = RunLog(lambda run_id: folder / run_id, redaction, also_to_stderr=show.log_format == "json")
    way = settings.route
    reach = partial(over_the_network, proxy=way.proxy, login=way.login, ca_file=way.ca_file)
    return screen, log, World(reach=reach, watcher=Several(screen, log))


def _answer(ended: Report, folder: Path, show: Show, screen: Screen) -> None:
    following = next_command(ended, folder, by_make="MAKELEVEL" in os.environ, options=show.again)
    if show.as_json:
        issues = [issue for row in ended.rows for issue in row.issues]
        about = _cut(msgspec.to_builtins({"problems": problems(ended), "issues": issues}))
        by_reference = {row.reference: row.outcome for row in ended.rows}
        amended = {"amended": by_reference} if ended.command == "amend" else {}
        print_json({**facts(ended), "next": following, "folder": str(folder), **about, **amended})
    elif show.log_format != "json":
        screen.summary(ended, folder, following)


def screen_for(show: Show) -> Screen:
    """People's words go to standard error when standard output belongs to a machine."""
    console = Console(stderr=not show.for_people, highlight=False)
    return Screen(console, quiet=show.quiet or not show.for_people, verbose=show.verbose)


def print_json(result: object) -> None:
    """In ASCII, so that no text of a log or the registry can drive the terminal it is shown on."""
    text = json.dumps(msgspec.to_builtins(result), indent=2).replace("\x7f", "\\u007f")
    sys.stdout.write(f"{text}\n")


def _cut(value: Any) -> Any:
    """What is said about cells, each text at a length to be read; the results hold the whole."""
    match value:
        case str() if len(value) > _LONGEST_TEXT:
            return f"{value[:_LONGEST_TEXT]}…"
        case dict():
            return {name: _cut(each) for name, each in value.items()}
        case list() | tuple():
            return [_cut(each) for each in value]
    return value


def _nearby(path: Path) -> Path:
    """The path as a person would type it from here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _tell_ready(folder: Path, ready: Sequence[Path], later: Sequence[tuple[Path, str]], show: Show) -> None:
    """What is left for later; when nothing is ready, that is the whole answer."""
    waiting = [f"{printable(path.name)} is left for the next run: {reason}." for path, reason in later]
    if show.for_people and not show.quiet:
        nothing = [f"Nothing is ready in {printable(str(folder))}: drop a log there, or name FILES."]
        sys.stdout.writelines(f"{line}\n" for line in (waiting if ready else [*waiting, *nothing]))
    elif show.as_json and not ready:
        print_json({"rows": 0, "outcomes": counts(()), "exit_code": 0, "waiting": waiting})


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
