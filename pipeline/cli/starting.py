"""Init at the screen: what the log leaves open is asked on a terminal, then the settings are written."""

import os
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

from msgspec.structs import fields, replace
from tzlocal import get_localzone_name

from pipeline import inbox, stopping
from pipeline.cli.answer import INBOX, Show, nearby, screen_for, settings_for
from pipeline.cli.screen import Screen, printable
from pipeline.cli.wrong import Line
from pipeline.elsewhere import place_of
from pipeline.errors import Exit, SettingsError
from pipeline.model import Refusal
from pipeline.propose import Answers, Known, Proposal, Setting, template, to_do, written
from pipeline.propose.toml import quoted
from pipeline.read import FileRefused
from pipeline.report import Again, typed
from pipeline.run.init import exists, proposed, write
from pipeline.run.world import World, by_network
from pipeline.settings import place, unusable

_BY_HAND = "Copy the ids from its web page."
_ASKED = frozenset(each.name for each in fields(Answers))
_LEAVE = "-"


def init(file: str | None, timezone: str | None, config: Path | None, target: str | None) -> Exit:
    """Write a settings file: proposed from a log, or else every setting explained."""
    stopping.in_order()
    path = nearby(place(folder=Path.cwd(), environ=os.environ, named=config))
    if path.exists():
        raise exists(path)
    if timezone and (wrong := unusable("timezone", timezone)):
        raise SettingsError(f"--timezone {wrong}")
    screen = screen_for(Show())
    again = Again(("--config", str(config)) if config else (), by_make="MAKELEVEL" in os.environ)
    if file is None:
        write(template(), path)
        screen.line(f"Wrote {path}: every setting is explained, and none is set.")
        screen.line(
            f"Next: say in {path} how the plant writes its logs, then: {typed('check', ['FILES'], again)}"
        )
        return Exit.OK
    ask, look_up = partial(_answered, Answers(timezone=timezone)), partial(_looked_up, target)
    try:
        proposal = proposed(place_of(file), World(), Answers(timezone=timezone), ask, look_up)
    except FileRefused as refused:
        return _refused(refused.refusal, screen)
    write(written(proposal), path)
    inbox.prepared(path.parent / INBOX)
    _tell(proposal, path, screen)
    first = "fill in" if to_do(proposal) else "read through"
    screen.line(f"Next: {first} {path}, then: {typed('check', [file], again)}")
    return Exit.OK


def _refused(refusal: Refusal, screen: Screen) -> Exit:
    screen.line(refusal.message, "red")
    screen.lines([Line(refusal.remedy), Line("Nothing was written.", 0)])
    return Exit.USAGE if refusal.code == "file_missing" else Exit.NEEDS_A_PERSON


def _tell(proposal: Proposal, path: Path, screen: Screen) -> None:
    log = proposal.log
    sheet = f", sheet {quoted(log.table.sheet)}" if log.table.sheet else ""
    found = f"{proposal.rows:,} rows under the header in row {log.header_row}"
    screen.line(f"Wrote {path}, proposed from {log.table.file}{sheet}: {found}.")
    screen.lines(_guesses(proposal))
    if asked := to_do(proposal):
        screen.lines([Line("To fill in:", 0, "bold"), *map(Line, asked)])
    else:
        screen.line("Nothing has to be filled in.")


def _guesses(proposal: Proposal) -> Iterator[Line]:
    """What is in force although it was not said: a person has to see it."""
    settings = [each for each in proposal.settings if each.value is not None]
    guessed = [
        *(
            f"{quoted(each.column.header)} is {each.field}: {each.reason}."
            for each in proposal.log.matched.sure
        ),
        *(f"{each.key} is {quoted(each.value or '')}. {each.says}" for each in settings),
    ]
    if guessed:
        yield Line("Proposed, with the reason:", 0, "bold")
        yield from map(Line, guessed)


def _answered(said: Answers, questions: Sequence[Setting]) -> Answers:
    """What a person answers; nobody is asked where nobody sits."""
    asked = [each for each in questions if each.key in _ASKED]
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return said
    return replace(said, **{each.key: _answer_to(each) for each in asked})


def _answer_to(question: Setting) -> str | None:
    """A value that can be used; None when the question is left open."""
    default = _zone_of_this_machine() if question.key == "timezone" else None
    offered = f"{' or '.join(map(quoted, question.choices))}; " if question.choices else ""
    taken = f"Enter takes {default}, {_LEAVE} leaves it open" if default else "Enter leaves it open"
    while True:
        sys.stderr.write(f"{printable(question.asks, 500)} ({offered}{taken}): ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        typed_in = line.strip().strip("\"'") or (default if line else None)
        if not typed_in or typed_in == _LEAVE:
            return None
        value = next((each for each in question.choices if each.casefold() == typed_in.casefold()), typed_in)
        wrong = unusable(question.key, value)
        if not wrong:
            return value
        sys.stderr.write(f"{printable(f'{question.key} {wrong}', 500)}\n")


def _zone_of_this_machine() -> str | None:
    try:
        name = get_localzone_name()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    named_after_a_place = name and "/" in name and not name.startswith("Etc/")
    return name if named_after_a_place and not unusable("timezone", name) else None


def _looked_up(target: str | None) -> tuple[Sequence[Known], str]:
    """The registry's feedstock types, where there are credentials for it; and what came of asking."""
    environ = {name: value for name, value in os.environ.items() if name != "PIPELINE_CONFIG"}
    try:
        settings = settings_for(environ=environ, target=target)
    except SettingsError as error:
        return (), f"No registry was asked for its feedstock types. {' '.join(str(error).split())} {_BY_HAND}"
    if settings.base_url is None:
        return (), f"No registry was asked for its feedstock types, for want of credentials. {_BY_HAND}"
    from pipeline.run.feedstocks import feedstock_types

    known, why = feedstock_types(settings.base_url, settings, World(reach=by_network(settings.route)))
    whose = f"The {settings.environment} registry"
    if why:
        return (), f"{whose} could not be asked for its feedstock types: {why}. {_BY_HAND}"
    return known, f"{whose} was asked for its {len(known)} feedstock types: the same name has the same id."
