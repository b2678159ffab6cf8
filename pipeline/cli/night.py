"""The night at the screen, which stays dark: a sentence on standard error when a person is needed."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline import stopping
from pipeline.cli.answer import Show, as_object, print_json, settings_for, told_as
from pipeline.cli.last_resort import redaction, said
from pipeline.cli.screen import printable
from pipeline.cli.sharing import company
from pipeline.errors import Exit, SettingsError
from pipeline.outstanding import Entry, age
from pipeline.report import following
from pipeline.run.forgetting import forget as forgotten
from pipeline.run.forgetting import named_as
from pipeline.run.night import Ended, nightly
from pipeline.run.results import results_place
from pipeline.run.world import World, by_network
from pipeline.settings import Settings, telling
from pipeline.tell.message import send
from pipeline.write.summary import zulu

_LONGEST = 600
_NOWHERE = (
    "There is no pipeline.toml here, and nothing else says which registry is meant: the night would register "
    "its logs with the local registry, which is for trying things out. Start it in the plant's folder, or "
    "name --config, or --target local if that is meant."
)


def configured(config: Path | None, **options: Any) -> Settings:
    """The settings of the night. When they are wrong, whoever can be told is told, and SettingsError."""
    try:
        return _certain(settings_for(config=config, nightly=True, **options))
    except SettingsError as wrong:
        found = telling(folder=Path.cwd(), environ=os.environ, config=config)
        if found:
            notify, home = found
            redaction.learn(*(url.reveal() for url in notify.urls))
            subject = f"{home.name}: the night did not begin, because its settings are wrong."
            for failed in send(notify.urls, printable(subject, _LONGEST), said(str(wrong))):
                _say(failed)
        raise


def _certain(settings: Settings) -> Settings:
    """The settings, when somebody has said which registry is meant; nobody sees the night's screen."""
    if not settings.is_said:
        raise SettingsError(_NOWHERE)
    return settings


def night(settings: Settings, show: Show, cluster: str | None = None) -> Exit:
    """Upload the inbox, in silence when nobody is needed."""
    stopping.in_order()
    with company(cluster, settings) as workers:
        world = World(reach=by_network(settings.route), company=workers, then=show.then)
        ended = nightly(settings, world, again=show.again)
    if ended.message:
        _say(ended.message.subject)
    for complaint in dict.fromkeys(ended.complaints):
        _say(complaint)
    if show.as_json:
        print_json(_as_object(ended, settings, show))
    return Exit(ended.exit_code)


def forget(words: Sequence[str], settings: Settings, show: Show) -> Exit:
    """Let what waits for a person wait no longer."""
    gone, left = forgotten(words, settings)
    if show.as_json:
        print_json({"forgotten": list(map(_facts, gone)), "waiting": list(map(_facts, left))})
        return Exit.OK
    for each in gone:
        _out(f"Forgotten: {_named(each)}")
    _out(f"{len(left)} still wait for a person." if left else "Nothing waits for a person any more.")
    return Exit.OK


def _as_object(ended: Ended, settings: Settings, show: Show) -> dict[str, object]:
    report = ended.report
    folder = told_as(results_place(settings, report.run_id)) if report else None
    run = as_object(report, folder, following(report, folder, show.again)) if report and folder else None
    return {
        "exit_code": ended.exit_code,
        "failure": ended.failure,
        "run": run,
        "message": ended.message,
        "waiting": list(map(_facts, ended.waiting)),
        "complaints": ended.complaints,
    }


_SHOWN = (
    "file", "sheet", "row", "cells", "reference", "word", "codes", "message", "run_id", "rows", "nights",
)  # fmt: skip


def _facts(entry: Entry) -> dict[str, object]:
    since = {"first_at": zulu(entry.first_at), "last_at": zulu(entry.last_at)}
    return {"id": entry.id, **{name: getattr(entry, name) for name in _SHOWN}, **since}


def _named(entry: Entry) -> str:
    return f"{entry.id}  {named_as(entry)}: {entry.word}, {age(entry)}"


def _out(line: str) -> None:
    sys.stdout.write(f"{printable(said(line), _LONGEST)}\n")


def _say(sentence: str) -> None:
    sys.stderr.write(f"{printable(said(sentence), _LONGEST)}\n")
