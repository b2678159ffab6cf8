"""What is told of the machine: versions, time zones, room, folders, and who may read what. Pure."""

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct

from pipeline.diagnose.finding import Finding, ok

Version = tuple[int, ...]
_PYTHON: Version = (3, 11)
_SQLITE: Version = (3, 35)  # the first that says what an UPDATE has changed
_NO_ROOM, _LITTLE_ROOM = 100_000_000, 1_000_000_000


class Place(Struct, frozen=True):
    """A folder that runs write to. `parent` is where it would be made; `wrong` why it cannot be written."""

    name: str
    exists: bool
    wrong: str = ""


class Room(Struct, frozen=True):
    """The disk that holds these folders: its free bytes, and whether it can hold one more file."""

    holds: str
    free: int
    names_left: bool = True


def of_program(version: str, python: Version, sqlite: Version) -> Finding:
    """The versions that everything else depends on."""
    found = f"version {version}, Python {_dotted(python)}, SQLite {_dotted(sqlite)}"
    too_old = [
        f"{name} {_dotted(oldest)}"
        for name, has, oldest in (("Python", python, _PYTHON), ("SQLite", sqlite, _SQLITE))
        if has < oldest
    ]
    if too_old:
        remedy = f"Install {' and '.join(too_old)} or newer, remove .venv, and run make install."
        return Finding("program", "failure", found, remedy)
    return ok("program", found)


def of_zones(tables: str, plant: str, now: dt.datetime) -> Finding:
    """Which tables say what local times mean, and whose are used."""
    whose = f"the plant’s clocks are {plant}" if plant else "no time zone under [log]"
    found = f"tables {tables} (tzdata); {whose}"
    year = tables.partition(".")[0]
    if year.isdigit() and int(year) < now.year - 1:
        remedy = "Renew it (make lock, make install) if your country has changed its clocks since."
        return Finding("time_zones", "warning", found, remedy)
    return ok("time_zones", found)


def of_room(rooms: Sequence[Room]) -> Finding:
    """Whether what a run writes has room."""
    found = "; ".join(f"{room.free / 1_000_000_000:,.1f} GB free for {room.holds}" for room in rooms)
    if full := [room.holds for room in rooms if room.free < _NO_ROOM or not room.names_left]:
        remedy = f"Make room for {', '.join(full)} before the next run."
        return Finding("room", "failure", found, remedy)
    if scarce := [room.holds for room in rooms if room.free < _LITTLE_ROOM]:
        return Finding("room", "warning", found, f"Make room for {', '.join(scarce)} soon.")
    return ok("room", found)


def of_folders(places: Sequence[Place]) -> Finding:
    """Whether a run may write where it has to."""
    if wrong := [place for place in places if place.wrong]:
        found = "; ".join(f"{place.name}: {place.wrong}" for place in wrong)
        remedy = "See that the user who runs this program owns these folders and may write to them."
        return Finding("folders", "failure", found, remedy)
    there = [place.name for place in places if place.exists]
    missing = [place.name for place in places if not place.exists]
    told = [f"{', '.join(there)} can be written"] if there else []
    told += [f"{', '.join(missing)} will be made when needed"] if missing else []
    return ok("folders", "; ".join(told))


def of_modes(open_to_others: Sequence[str]) -> Finding:
    """`open_to_others` are the files and folders, as a shell takes them, that are not their owner's alone."""
    if open_to_others:
        found = f"other users of this machine may read {', '.join(open_to_others)}"
        return Finding("modes", "warning", found, f"Type: chmod go= {' '.join(open_to_others)}")
    return ok("modes", "ledger, results and secrets are their owner’s alone")


def _dotted(version: Version) -> str:
    return ".".join(map(str, version))
