"""The machine as it is: versions, room, folders, modes, the inbox. Nothing is changed."""

import os
import shlex
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline import diagnose, inbox
from pipeline.diagnose import Drop, Finding, Place, Room, skipped
from pipeline.diagnose.settings import NOT_KNOWN
from pipeline.run.doctor.check import found
from pipeline.run.doctor.ledger import file_of
from pipeline.run.doctor.locks import holder
from pipeline.run.version import version_of
from pipeline.run.world import World
from pipeline.settings import Settings

_OTHERS = 0o077
FOLDERS = (".pipeline", "runs", "inbox", "archive")


def checks(settings: Settings | None, home: Path, world: World) -> Iterator[Finding]:
    """What can be said of the machine; of the ledger's place, when the settings name it for certain."""
    plant = settings.convention.timezone or "" if settings else ""
    ledger = file_of(settings) if settings else None
    yield found("time_zones", lambda: diagnose.of_zones(version_of("tzdata"), plant, world.now()))
    yield found("room", lambda: diagnose.of_room(rooms(home, ledger)))
    yield found("folders", lambda: diagnose.of_folders(places(home)))
    yield found("inbox", lambda: diagnose.of_inbox(drop(home / "inbox", world.now().timestamp())))
    if settings is None:
        yield skipped("modes", NOT_KNOWN)
    else:
        yield found("modes", lambda: diagnose.of_modes(open_to_others(settings, ledger)))


def python() -> tuple[int, ...]:
    return tuple(sys.version_info[:3])


def sqlite() -> tuple[int, ...]:
    return sqlite3.sqlite_version_info


def places(home: Path) -> list[Place]:
    """The folders that runs write to, and whether this user can."""
    return [_place(home / name, name) for name in FOLDERS]


def _place(folder: Path, name: str) -> Place:
    exists = folder.exists()
    if exists and not folder.is_dir():
        return Place(name, exists=True, wrong="it is a file, and has to be a folder")
    return Place(name, exists, _unwritable(folder if exists else folder.parent))


def _unwritable(folder: Path) -> str:
    """Why no file can be made in a folder; one without a name is, and goes at once."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"room?")
    except OSError as error:
        return f"no file can be made there ({error.strerror or error})"
    return ""


def rooms(home: Path, ledger: Path | None) -> list[Room]:
    """The disks that a run writes to, each once."""
    wanted = {"runs and inbox": home} | ({"the ledger": _there(ledger)} if ledger else {})
    by_disk: dict[int, list[str]] = {}
    for name, path in wanted.items():
        by_disk.setdefault(path.stat().st_dev, []).append(name)
    return [_room(" and ".join(reversed(names)), wanted[names[0]]) for names in by_disk.values()]


def _there(path: Path) -> Path:
    """The nearest folder above a path that exists."""
    return next(each for each in path.parents if each.is_dir())


def _room(holds: str, folder: Path) -> Room:
    names = os.statvfs(folder) if hasattr(os, "statvfs") else None
    full = bool(names and names.f_files and not names.f_favail)
    return Room(holds, shutil.disk_usage(folder).free, names_left=not full)


def open_to_others(settings: Settings, ledger: Path | None) -> list[str]:
    """What other users of this machine may read and should not, as a shell takes it."""
    if os.name != "posix":
        return []
    home = settings.home
    wanted: list[Path] = [home / ".pipeline", home / "runs", *_with_secrets(settings)]
    wanted += [ledger] if ledger else []
    return [shlex.quote(str(path)) for path in wanted if path.exists() and path.stat().st_mode & _OTHERS]


def _with_secrets(settings: Settings) -> list[Path]:
    """The settings file, when an address in it holds a password."""
    text = settings.config.read_text(encoding="utf-8-sig") if settings.config else ""
    held = (secret.reveal() for secret in settings.secrets)
    return [settings.config] if settings.config and any(each in text for each in held) else []


def drop(folder: Path, now: float) -> Drop:
    """The drop folder as the next run would find it."""
    ready, later = inbox.ready(folder, now=now)
    return Drop(
        str(folder.name),
        folder.is_dir(),
        _names(ready),
        tuple((path.name, reason) for path, reason in later),
        holder(folder / ".lock"),
    )


def _names(paths: Sequence[Path]) -> tuple[str, ...]:
    return tuple(path.name for path in paths)
