"""The settings file of a new plant: its log is read, a file is proposed, and written where there is none."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.elsewhere import Place
from pipeline.errors import SettingsError
from pipeline.model import RawTable
from pipeline.propose import (
    Answers,
    Known,
    Log,
    Proposal,
    Setting,
    Top,
    likely_header,
    propose,
    same_header,
    understood,
)
from pipeline.read import FileRefused, Fits
from pipeline.run.world import World
from schemas.cell import text_of
from schemas.run_log.columns import REQUIRED
from schemas.run_log.spelling import folded

Ask = Callable[[Sequence[Setting]], Answers]
"""Asks a person what the log leaves open; without one, the answers that are there already."""
LookUp = Callable[[], tuple[Sequence[Known], str]]
"""The registry's feedstock types, and a sentence about who was asked for them."""
_MODE = 0o644


def proposed(place: Place, world: World, said: Answers, ask: Ask, look_up: LookUp) -> Proposal:
    """What a settings file for this log would say. FileRefused when it is no log.

    Feedstocks are looked up only where the log has names of them.
    """
    log = _log(place, world)
    first = propose(log, said, (), (), world.now())
    answers = ask(first.questions)
    known, told = look_up() if first.feedstocks else ((), "")
    return propose(log, answers, known, (told,) if told else (), world.now())


def write(text: str, path: Path) -> None:
    """Write a new settings file that all may read, as it holds no secret. SettingsError if it is there."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
        path.chmod(_MODE)
    except FileExistsError:
        raise exists(path) from None
    except OSError as failure:
        raise SettingsError(f"{path} cannot be written: {failure.strerror or failure}.") from failure


def exists(path: Path) -> SettingsError:
    return SettingsError(
        f"{path} is there already, and nothing was changed. Name another file: pipeline init --config FILE"
    )


def _log(place: Place, world: World) -> Log:
    """The log, with the row that heads it: by what is built in, or else the likeliest."""
    name, fits, sheets = str(place), Fits(), [""]
    try:
        _, tables = world.read(place, name, fits=fits)
    except FileRefused as refused:
        if refused.sheets:
            sheets = list(refused.sheets)
        else:
            rows = [Top(line.number, line.texts, line.sheet) for line in refused.head]
            header = likely_header(rows)
            if header is None:
                raise
            fits, sheets = _only(header.texts), same_header(rows, header)
        _, tables = world.read(place, name, fits=fits, sheet=sheets[0] or None)
    return understood(tables[0], _header_row(tables[0], fits), sheets)


def _only(texts: Sequence[str]) -> Fits:
    """Fits a row that has these labels, whatever they mean."""
    labels = {folded(text): text for text in texts if folded(text)}
    columns = dict(zip(labels.values(), REQUIRED, strict=False))
    return Fits(columns, tuple(columns.values()))


def _header_row(table: RawTable, fits: Fits) -> int:
    fitting = (number for number, cells in table.rows if fits([text_of(cell) for cell in cells]))
    return next(fitting, table.rows[0][0])
