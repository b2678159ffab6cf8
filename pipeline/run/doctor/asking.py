"""The registry, asked who it is and which feedstocks it knows. Only what reads is asked; nothing is sent."""

import asyncio
import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from pipeline.diagnose import Met
from pipeline.local_registry.launch import launched
from pipeline.registry import Busy, Denied, Doubtful, NeverLeft, Redirected, Refused, Registry, moment_of
from pipeline.run.feedstocks import all_types
from pipeline.run.reach import reached
from pipeline.run.world import World
from pipeline.settings import Settings

STORE = "local_registry.sqlite3"
_PATIENCE = 10.0
"""Seconds that the registry has for all that it is asked."""


class Asked(Struct, frozen=True):
    """What the registry said. `feedstocks` are ids; None when it did not say, and `why`."""

    met: Met
    feedstocks: frozenset[str] | None = None
    why: str = "it could not be asked"


def asked(settings: Settings, world: World) -> Asked:
    """Ask the registry of the settings; the local one on this machine, when they name no other."""
    new = settings.base_url is None and not (settings.home / ".pipeline" / STORE).exists()
    with _address(settings) as url:
        found = asyncio.run(_all_asked(url, settings, world))
    return replace(found, met=replace(found.met, new=new))


@contextmanager
def _address(settings: Settings) -> Iterator[str]:
    """Where the registry is. The embedded one is started on a copy of what it holds."""
    if settings.base_url:
        yield settings.base_url
        return
    with tempfile.TemporaryDirectory() as folder:
        store = settings.home / ".pipeline" / STORE
        for name in (STORE, f"{STORE}-wal"):
            if store.with_name(name).exists():
                shutil.copyfile(store.with_name(name), Path(folder) / name)
        with launched(Path(folder) / STORE) as url:
            yield url


async def _all_asked(url: str, settings: Settings, world: World) -> Asked:
    before = world.now()
    try:
        async with asyncio.timeout(_PATIENCE), reached(url, settings, world) as registry:
            met = await _met(registry, before, world)
            if not met.organisation or not settings.convention.feedstocks:
                return Asked(met)
            return await _feedstocks(registry, met)
    except TimeoutError:
        return Asked(Met(why=f"no answer came within {_PATIENCE:g} seconds"))


async def _met(registry: Registry, before: dt.datetime, world: World) -> Met:
    reply = await registry.organisation()
    met = Met(date=moment_of(registry.date), asked=before, answered=world.now())
    match reply:
        case str() as organisation:
            return replace(met, organisation=organisation)
        case Denied(status=status):
            return replace(met, why=f"answer {status}", denied=True)
        case NeverLeft(reason=reason, hopeless=hopeless):
            return replace(met, why=reason, lasting=hopeless)
        case Doubtful(reason=reason):
            return replace(met, why=reason)
        case Redirected(status=status, location=host):
            return replace(met, why=f"it answers with a redirect ({status}) to {host}", lasting=True)
        case Busy(status=status):
            return replace(met, why=f"it is busy ({status})")
        case Refused(status=status):
            return replace(met, why=f"it does not say whose it is ({status})", lasting=True)
    return replace(met, why="it does not say whose it is")


async def _feedstocks(registry: Registry, met: Met) -> Asked:
    try:
        async with asyncio.timeout(_PATIENCE / 2):
            found, why = await all_types(registry)
    except TimeoutError:
        return Asked(met, why="no answer came in time")
    return Asked(met, None, why) if why else Asked(met, frozenset(each.id for each in found))
