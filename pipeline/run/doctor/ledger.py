"""The ledger of the settings, and the runs that hold batches in it."""

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from sqlalchemy import make_url

from pipeline import diagnose
from pipeline.diagnose import Finding, Inspection, Name, skipped
from pipeline.diagnose.settings import NOT_KNOWN
from pipeline.ledger.alive import lock_of
from pipeline.ledger.inspecting import inspected
from pipeline.ledger.runs import RunRecord
from pipeline.report import Again
from pipeline.run.doctor.asking import Asked
from pipeline.run.doctor.check import found
from pipeline.run.doctor.locks import holder
from pipeline.run.world import World
from pipeline.settings import Settings

_ALL: Sequence[Name] = ("ledger", "open_rows", "claims")


def checks(settings: Settings | None, said: Asked | None, again: Again, world: World) -> Iterator[Finding]:
    """`said` is what the registry told of itself; `again` how what settles it is typed."""
    if settings is None:
        yield from (skipped(name, NOT_KNOWN) for name in _ALL)
        return
    seen: list[Inspection] = []

    def ledger() -> Finding:
        alive = partial(_is_alive, home=settings.home, world=world)
        seen.append(inspected(settings.ledger_url, alive, world.clock))
        return diagnose.of_ledger(seen[0], _stamps(settings, said))

    yield found("ledger", ledger)
    inspection = seen[0] if seen else Inspection("", wrong="it could not be looked at")
    yield found("open_rows", lambda: diagnose.of_open_rows(inspection, again))
    yield found("claims", lambda: diagnose.of_claims(inspection))


def file_of(settings: Settings) -> Path | None:
    """The ledger's file; None when it is on a server."""
    url = make_url(settings.ledger_url)
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def _stamps(settings: Settings, said: Asked | None) -> dict[str, str]:
    """What a run would stamp into it, as far as it is known."""
    local = settings.environment == "local"
    registry = "local" if local else settings.base_url or ""
    organisation = said.met.organisation if said else ""
    return {"environment": settings.environment, "registry": registry, "organisation": organisation}


def _is_alive(record: RunRecord | None, home: Path, world: World) -> bool | None:
    """By its lock, where that is in this folder, else by its lease.

    None: its lease is over, but clocks of two machines differ, and only a run that watches it may decide.
    """
    if record is None or record.finished_at:
        return False
    if lock := lock_of(record.id, home / ".pipeline" / "alive"):
        return bool(holder(lock))
    return True if world.now() - record.lease_until <= dt.timedelta(0) else None
