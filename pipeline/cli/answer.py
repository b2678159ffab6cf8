"""How a command answers: settings in, then a screen, a log or JSON, and the exit code."""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from rich.console import Console

from pipeline import stopping, streams
from pipeline.cli.last_resort import redaction, said
from pipeline.cli.screen import Screen, printable
from pipeline.elsewhere import Remote
from pipeline.errors import Exit, UnheardError
from pipeline.model import Report
from pipeline.read import read_apart
from pipeline.report import NOTHING, Again, Following, counts, following, notices, problems, to_do
from pipeline.run.left import NotArchivedError
from pipeline.run.log import RunLog
from pipeline.run.results import results_place, runs_folder
from pipeline.run.world import Several, World, by_network
from pipeline.settings import Options, Settings, load
from pipeline.settings.document import NAME
from pipeline.write.summary import facts

INBOX = "inbox"
_LONGEST_TEXT = 2000


class Show(Struct, frozen=True):
    """How a command answers: for people or for machines, and how much."""

    as_json: bool = False
    quiet: bool = False
    verbose: bool = False
    log_format: str | None = None
    again: Again = NOTHING

    @property
    def for_people(self) -> bool:
        return not self.as_json and self.log_format != "json"

    def then(self, report: Report, folder: Path | Remote) -> Following:
        """What follows a run, as it is typed from here: the same on the screen and in the files."""
        return following(report, told_as(folder), self.again)


def again(settings: Settings, target: str | None = None, cluster: str | None = None) -> Again:
    """How a following command is typed to mean the same registry and plant."""
    usual = settings.config in {None, Path.cwd() / NAME}
    named = () if usual else ("--config", str(nearby(settings.config or Path())))
    return Again(
        (*named, *(("--target", target) if target else ()), *(("--cluster", cluster) if cluster else ())),
        by_make="MAKELEVEL" in os.environ,
        settings=str(nearby(settings.config or Path.cwd() / NAME)),
        configured=settings.config is not None,
    )


def settings_for(
    *, offline: bool = False, environ: Mapping[str, str] | None = None, **options: object
) -> Settings:
    """The settings of this folder, this environment and these options."""
    stopping.in_order()  # all that is slow is imported by now
    settings = load(
        folder=Path.cwd(),
        environ=os.environ if environ is None else environ,
        options=msgspec.convert(options, Options),
        offline=offline,
    )
    redaction.learn(*(secret.reveal() for secret in settings.secrets))
    return settings


def shown(
    work: Callable[[World], Report | None],
    settings: Settings,
    show: Show,
) -> Exit:
    """Do the work before the screen and the log, and end with the summary, if there was work to do.

    NotArchivedError comes after the summary of the run that has ended.
    """
    screen, log, world = watched(settings, show)
    left: NotArchivedError | None = None
    try:
        ended = work(world)
    except NotArchivedError as error:
        left, ended = error, error.report
    finally:
        screen.stop()
        if log.incomplete:
            sys.stderr.write(f"{said(log.incomplete)}\n")
    if ended is None:
        return Exit.OK
    answer(ended, results_place(settings, ended.run_id), show, screen)
    if left:
        raise left
    return Exit(ended.exit_code)


def watched(settings: Settings, show: Show) -> tuple[Screen, RunLog, World]:
    """A screen, and a world that it and the run's log watch."""
    screen = screen_for(show)
    folder = runs_folder(settings)
    world = World(reach=by_network(settings.route), read=screen.reading(read_apart), then=show.then)
    to_stderr = show.log_format == "json"
    log = RunLog(lambda run_id: folder / run_id, redaction, world.now, world.clock, also_to_stderr=to_stderr)
    return screen, log, replace(world, watcher=Several(screen, log))


def answer(ended: Report, folder: Path | Remote, show: Show, screen: Screen) -> None:
    """Say how a run ended, to a person or to a machine."""
    then, folder = show.then(ended, folder), told_as(folder)
    if show.as_json:
        print_json(as_object(ended, folder, then))
    elif show.log_format != "json":
        screen.summary(ended, folder, then)


def as_object(ended: Report, folder: Path | Remote, then: Following) -> dict[str, object]:
    """What `--json` prints of a run: docs/json.md has every key."""
    issues = [issue for row in ended.rows for issue in row.issues]
    told = {"problems": problems(ended), "notices": notices(ended), "issues": issues}
    by_reference = {row.reference: row.outcome for row in ended.rows}
    amended = {"amended": by_reference} if ended.command == "amend" else {}
    ends = {"to_do": "; ".join(to_do(ended, then)), "next": then.command, "folder": str(folder)}
    return {**facts(ended), **ends, **_cut(msgspec.to_builtins(told)), **amended}


def screen_for(show: Show) -> Screen:
    """People's words go to standard error when standard output belongs to a machine."""
    console = Console(stderr=not show.for_people, highlight=False)
    return Screen(console, quiet=show.quiet or not show.for_people, verbose=show.verbose)


def print_json(result: object) -> None:
    """In ASCII, so that no text of a log or the registry can drive the terminal it is shown on.

    UnheardError when it does not arrive: a program that reads nothing must not take it for a success.
    """
    text = json.dumps(msgspec.to_builtins(result), indent=2).replace("\x7f", "\\u007f")
    sys.stdout.write(f"{text}\n")
    if why := streams.lost(sys.stdout):
        raise UnheardError(
            f"The answer could not be written to standard output ({why}). What was done is done, and the "
            "ledger knows it. Run the same again to have an answer: nothing is sent twice."
        )


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


def nearby(path: Path) -> Path:
    """The path as a person would type it from here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def told_as(folder: Path | Remote) -> Path | Remote:
    """A folder of results as a person would type it from here."""
    return nearby(folder) if isinstance(folder, Path) else folder


def tell_ready(folder: Path, ready: Sequence[Path], later: Sequence[tuple[Path, str]], show: Show) -> None:
    """What is left for later; when nothing is ready, that is the whole answer."""
    waiting = [f"{printable(path.name)} is left for the next run: {reason}." for path, reason in later]
    if show.for_people and not show.quiet:
        ready_in = f"{'else ' if later else ''}is ready in {printable(str(folder))}"
        nothing = [f"Nothing {ready_in}: drop a log there, or name FILES."]
        sys.stdout.writelines(f"{line}\n" for line in (waiting if ready else [*waiting, *nothing]))
    elif show.as_json and not ready:
        nothing_told: dict[str, list[object]] = {"files": [], "problems": [], "notices": [], "issues": []}
        ends = {"to_do": "", "next": "", "exit_code": 0, "waiting": waiting}
        print_json({"rows": 0, "outcomes": counts(()), **nothing_told, **ends})
