"""A night: the inbox is uploaded, and what came of it is told to whom it may concern.

What is told outside (a heartbeat, a message, figures, a log) may fail; that is said, and changes nothing.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from pipeline.errors import Exit, LedgerError, PipelineError, SettingsError
from pipeline.ledger import Ledger
from pipeline.model import Report
from pipeline.outstanding import Changes, Entry, Message, Night, of_files, told
from pipeline.outstanding.failing import HEALS, Earlier, after, to_be_told, token_step
from pipeline.redact import Redaction
from pipeline.report import NOTHING, Again, counts, following, typed
from pipeline.run.drop import upload_inbox
from pipeline.run.frame import assert_no_loop
from pipeline.run.left import NotArchivedError
from pipeline.run.log import RunLog
from pipeline.run.night_log import NightLog
from pipeline.run.night_state import earlier, leave
from pipeline.run.remembering import home_of
from pipeline.run.results import results_place, runs_folder
from pipeline.run.world import Several, World, by_network
from pipeline.settings import Settings
from pipeline.tell.heartbeat import BEGIN, beat, ending
from pipeline.tell.message import send
from pipeline.tell.metrics import Figures, exposed
from pipeline.write.whole import whole

INBOX = "inbox"
_TO_PRODUCTION = "This would send to PRODUCTION. Add --yes, or set production = true under [delivery]."


class Ended(Struct, frozen=True):
    """How a night ended. `report` is None when nothing was ready, or the run did not get so far.

    `failure` says why then, empty when nothing failed. `message` is what a person was told, None when nobody
    had to be. `complaints` are sentences about what could not be told, logged or archived. `waiting` is all
    that waits for a person now.
    """

    exit_code: int
    report: Report | None = None
    failure: str = ""
    message: Message | None = None
    complaints: tuple[str, ...] = ()
    waiting: tuple[Entry, ...] = ()


class _Tonight(Struct):
    """What is known while the night goes on. `later` are the files that were not read, with the reason."""

    settings: Settings
    world: World
    again: Again
    log: NightLog
    started: dt.datetime
    before: Earlier
    complaints: list[str] = []
    found: int | None = None
    later: Sequence[tuple[Path, str]] = ()
    report: Report | None = None

    def begin(self, ready: Sequence[Path], later: Sequence[tuple[Path, str]]) -> None:
        """The inbox is this night's alone: only now it has begun."""
        self.found, self.later = len(ready), later
        self.log.say("night", ready=len(ready), waiting=[f"{path.name}: {why}" for path, why in later])
        self.heartbeat(BEGIN)

    def heartbeat(self, suffix: str) -> None:
        nightly = self.settings.nightly
        if nightly.heartbeat_url:
            way = nightly.route
            self.complain(
                beat(nightly.heartbeat_url, suffix, proxy=way.proxy, login=way.login, ca_file=way.ca_file)
            )

    def complain(self, *sentences: str) -> None:
        for sentence in filter(None, sentences):
            self.complaints.append(sentence)
            self.log.say("not told", wrong=True, why=sentence)

    def attempt(self, work: Callable[[], None]) -> None:
        """Do what may fail without any harm to what was registered."""
        try:
            work()
        except (PipelineError, OSError) as failure:
            self.complain(str(failure))


def nightly(settings: Settings, world: World | None = None, again: Again = NOTHING) -> Ended:
    """Upload what is ready in the inbox, and tell heartbeat, people and collector what came of it.

    Load the settings with `Options(nightly=True)`, so that the night has an end. Nothing is printed and
    nothing is asked; production needs `yes` or `production = true`. What stops a run is in the answer
    (`failure`), and not raised; only a bug is, and the signal that ends the process.
    """
    world = world or World(reach=by_network(settings.route))
    assert_no_loop()
    redact = Redaction(*(secret.reveal() for secret in settings.secrets))
    log = NightLog(settings.nightly, redact, world.now)
    tonight = _Tonight(settings, world, again, log, world.now(), earlier(settings.home))
    try:
        code, failure = _worked(tonight, redact)
    except BaseException as error:
        _concluded(tonight, _code_of(error), f"{type(error).__name__} ended the program.")
        raise
    return _concluded(tonight, code, failure)


def _worked(tonight: _Tonight, redact: Redaction) -> tuple[int, str]:
    """The run itself: its exit code, and why it did not come to its end."""
    settings = tonight.settings
    folder = runs_folder(settings)
    world = tonight.world
    log = RunLog(lambda run_id: folder / run_id, redact, world.now, world.clock, also=tonight.log.handler)
    world = replace(world, watcher=Several(world.watcher, log))
    try:
        if not settings.production_confirmed:
            raise SettingsError(_TO_PRODUCTION)
        settings.admitted(tonight.started)
        tonight.report = upload_inbox(_nearby(settings.home / INBOX), settings, world, tonight.begin)
    except NotArchivedError as error:
        tonight.report = error.report
        if error.exit_code != NotArchivedError.exit_code:  # then people are told of something else
            tonight.complain(str(error))
        return error.exit_code, str(error)
    except PipelineError as error:
        return error.exit_code, str(error)
    finally:
        tonight.complain(log.incomplete)
    ended = tonight.report
    return (ended.exit_code, ended.stopped) if ended else (Exit.OK, "")


def _concluded(tonight: _Tonight, code: int, failure: str) -> Ended:
    """The end of a night: counted, told, and left to the next."""
    settings, now = tonight.settings, tonight.world.now()
    day = now.astimezone().date()
    known, news = _waiting(tonight, day, now)
    entries = known or []
    if known is None and code == Exit.OK:
        code, failure = Exit.USAGE, "The ledger cannot be used."
    state = after(tonight.before, code, day, now)
    state = replace(state, token_told=_token_step(settings, now))
    message = told(_night(tonight, code, failure, entries, news, state))
    failed = send(settings.notify.urls, message.subject, message.body) if message else []
    tonight.complain(*failed)
    if failed or code == Exit.USAGE:  # what nobody was told is told at the next night
        state = replace(state, token_told=tonight.before.token_told)
    tonight.attempt(lambda: leave(state, settings.home))
    if code != Exit.LOCKED:  # the night that holds the lock tells how it ends
        figures = _figures(tonight, code, known, state, now)
        tonight.attempt(lambda: _written(figures, settings.nightly.metrics_file))
        tonight.heartbeat(ending(code))
    facts = {"exit_code": int(code), "failure": failure, "waiting": len(entries)}
    tonight.log.say("night ended", wrong=bool(code), told=message.subject if message else "", **facts)
    incomplete = tonight.log.close()
    complaints = (*tonight.complaints, *([incomplete] if incomplete else []))
    return Ended(int(code), tonight.report, failure, message, complaints, tuple(entries))


def _waiting(tonight: _Tonight, day: dt.date, now: dt.datetime) -> tuple[list[Entry] | None, bool]:
    """All that waits for a person, a night older (None: nobody knows); and whether some is told anew."""
    report = tonight.report
    looked = tonight.found == 0 or report is not None

    def rule(known: Sequence[Entry]) -> Changes:
        if not looked:
            return Changes()
        refused = [each for each in report.sources if each.refusal] if report else []
        later = [(path.name, why) for path, why in tonight.later]
        return of_files(known, refused, later, now, report.run_id if report else "")

    try:
        with Ledger(tonight.settings.ledger_url, tonight.world.patience) as ledger:
            if tonight.found is None:
                return ledger.outstanding.of(home_of(tonight.settings)), False
            return ledger.outstanding.night(home_of(tonight.settings), day, rule)
    except (LedgerError, OSError) as failure:
        tonight.complain(f"What waits for a person is not known: {failure}")
        return None, False


def _token_step(settings: Settings, now: dt.datetime) -> int | None:
    """The step that the token has reached in its last days."""
    expires = settings.token_expires
    return token_step((expires - now).days) if expires else None


def _of_token(tonight: _Tonight, step: int | None) -> str:
    """What to say of the token, once at each step."""
    told_at = tonight.before.token_told
    if step is None or (told_at is not None and step >= told_at):
        return ""
    try:
        return tonight.settings.admitted(tonight.started)
    except SettingsError as refused:
        return str(refused)


def _night(
    tonight: _Tonight, code: int, failure: str, entries: Sequence[Entry], news: bool, state: Earlier
) -> Night:
    settings, report = tonight.settings, tonight.report
    denied = report is not None and any(row.outcome.code == "denied" for row in report.rows)
    heals = code in HEALS and not denied
    again = replace(tonight.again, by_make=False)
    place = results_place(settings, report.run_id) if report else None
    folder = _nearby(place) if isinstance(place, Path) else place
    then = following(report, folder, again).command if report and folder else ""
    return Night(
        settings.home.name,
        int(code),
        tuple(entries),
        news,
        failure or f"Its results are in {settings.results or runs_folder(settings)}.",
        state.nights,
        to_be_told=to_be_told(tonight.before, state, heals=heals),
        token="" if code == Exit.USAGE else _of_token(tonight, state.token_told),
        next_command=then,
        forget=f"{typed('nightly', [], again)} --forget",
    )


def _figures(
    tonight: _Tonight, code: int, known: Sequence[Entry] | None, state: Earlier, now: dt.datetime
) -> Figures:
    rows = [each for each in known or () if not each.is_file]
    report = tonight.report
    return Figures(
        tonight.settings.home.name,
        now,
        state.succeeded_at,
        (now - tonight.started).total_seconds(),
        int(code),
        {str(word): count for word, count in counts(report.rows if report else ()).items()},
        sum(report.requests.values()) if report else 0,
        None if known is None else sum(each.rows for each in rows),
        None if known is None else len(known) - len(rows),
        min((each.first_at for each in rows), default=None),
        tonight.settings.token_expires,
    )


def _written(figures: Figures, path: Path | None) -> None:
    """Whole or not at all, and open to the collector, which is another user."""
    if path:
        with whole(path, 0o644) as file:
            file.write(exposed(figures))


def _code_of(error: BaseException) -> int:
    match error:
        case SystemExit(code=int(code)):
            return code
        case KeyboardInterrupt():
            return Exit.INTERRUPTED
    return Exit.BUG


def _nearby(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
