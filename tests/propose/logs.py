"""Logs in a few words, and what is proposed for them."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.model import RawTable
from pipeline.propose import Answers, Known, Log, Proposal, propose, understood, written
from pipeline.propose.writing import Setting
from pipeline.settings import Options, Settings, load
from schemas.cell import Cell
from tests.pure.build import KILN, NOW, WOOD

HEADER = ("Batch ref", "Kiln", "Feedstock", "Start", "End", "Biochar (kg)")
NOTHING_SAID = Answers()


def row(number: int, **cells: Cell) -> tuple[Cell, ...]:
    """A run in order, on a day of its own, but for the named cells."""
    day = f"{number:02}"
    usual: dict[str, Cell] = {
        "ref": f"B-{number:03}",
        "kiln": "North kiln",
        "feedstock": "Spruce bark",
        "start": f"2026-10-{day} 06:00",
        "end": f"2026-10-{day} 18:00",
        "mass": f"{500 + number}.5",
    }
    assert cells.keys() <= usual.keys()
    return tuple((usual | cells).values())


def log(*rows: tuple[Cell, ...], header: Sequence[Cell] = HEADER, sheets: Sequence[str] = ()) -> Log:
    """A log whose header is row 1; without rows, one of ten in order."""
    of = rows or tuple(row(number) for number in range(1, 11))
    table = RawTable("log.csv", sheets[0] if sheets else "", list(enumerate((tuple(header), *of), 1)))
    return understood(table, 1, sheets)


def proposed(
    of: Log, said: Answers = NOTHING_SAID, known: Sequence[Known] = (), told: Sequence[str] = ()
) -> Proposal:
    return propose(of, said, known, told, NOW)


def setting(of: Log, key: str, said: Answers = NOTHING_SAID) -> Setting:
    (found,) = [each for each in proposed(of, said).settings if each.key == key]
    return found


def loaded(text: str, folder: Path) -> Settings:
    """The settings as the program loads them."""
    (folder / "pipeline.toml").write_text(text, encoding="utf-8")
    return load(folder=folder, environ={}, options=Options(), offline=True)


def toml_of(of: Log, **more: Any) -> dict[str, Any]:
    return tomllib.loads(written(proposed(of, **more)))


__all__ = ["HEADER", "KILN", "WOOD", "loaded", "log", "proposed", "row", "setting", "toml_of"]
