"""Logs as bytes written by hand, and what reading and checking makes of them."""

import os
from pathlib import Path

from pipeline import inbox
from pipeline.check import check
from pipeline.model import CheckedTable, Issue, RawTable, Refusal, Run
from pipeline.read import FileRefused, Fits, read
from schemas.convention import Convention
from tests.pure import build
from tests.pure.build import KILN, WOOD
from tests.read.make import write

NOW = 1_790_000_000.0
"""The time in the inbox, in seconds since the epoch."""

HEADER = "Batch ref;Facility;Feedstock;Start;End;Mass (kg);Name;Note"
PLANT = Convention(
    timezone="Europe/Berlin",
    decimal=",",
    columns={"Name": "display_name"},
    facilities={"North": KILN, "Süd": KILN},
    feedstocks={"Wood": WOOD, "Grünschnitt": WOOD},
)
"""A plant that writes its names in German."""


def line(
    reference: str = "A1",
    facility: str = "North",
    feedstock: str = "Wood",
    mass: str = "100",
    name: str = "",
    note: str = "",
) -> str:
    """A row in order, but for the named cells."""
    return f"{reference};{facility};{feedstock};2026-10-01 06:00;2026-10-01 18:00;{mass};{name};{note}"


def text(*lines: str, header: str = HEADER, end: str = "\r\n") -> str:
    """The text of a log: its header and these lines, each ended."""
    return "".join(f"{each}{end}" for each in (header, *lines))


def dropped(folder: Path, content: str | bytes, name: str = "log.csv") -> Path:
    return write(folder, name, content)


def settled(path: Path, age: float = 60) -> Path:
    """The file as it is when nobody has written to it for a while."""
    os.utime(path, (NOW - age, NOW - age))
    return path


def ready(folder: Path) -> list[str]:
    """The names of what lies ready in an inbox."""
    return [path.name for path in inbox.ready(folder, now=NOW)[0]]


def table_of(path: Path, plant: Convention = PLANT) -> RawTable:
    """The log's one table as it was read."""
    (table,) = read(path, path.name, fits=Fits(plant.columns), sheet=plant.sheet)[1]
    return table


def judged(path: Path, plant: Convention = PLANT) -> CheckedTable:
    """The log's one table, read and checked."""
    found = check(table_of(path, plant), plant, build.NOW)
    assert isinstance(found, CheckedTable), found
    return found


def accepted(path: Path, plant: Convention = PLANT) -> list[Run]:
    """The runs of a log in which every row is in order."""
    rows = judged(path, plant).rows
    assert [row.issues for row in rows if row.run is None] == []
    return [row.run for row in rows if row.run]


def wrong(path: Path, plant: Convention = PLANT) -> list[tuple[str, str, str]]:
    """Everything wrong with the log's rows: code, cells (or the row) and the text that was found."""
    issues = [issue for row in judged(path, plant).rows for issue in row.issues]
    return [(_helpful(each).code, "/".join(each.cells) or f"row {each.row}", each.found) for each in issues]


def refused(path: Path, plant: Convention = PLANT) -> Refusal:
    """Why the whole log was refused, by the reading or by the check."""
    try:
        found = check(table_of(path, plant), plant, build.NOW)
    except FileRefused as caught:
        found = caught.refusal
    assert isinstance(found, Refusal), found
    assert path.name in found.message
    assert found.message.endswith(".")
    assert found.remedy.endswith(".")
    return found


def _helpful(issue: Issue) -> Issue:
    assert issue.severity == "error"
    assert issue.wanted
    assert not issue.wanted.endswith(".")
    assert issue.remedy.endswith((".", "?"))
    return issue
