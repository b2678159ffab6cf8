"""The way to the registry, who it is, its clock, and the ids it knows."""

from collections.abc import Iterator, Sequence

from pipeline import diagnose
from pipeline.diagnose import Finding, Met, Name, skipped
from pipeline.diagnose.settings import NOT_KNOWN
from pipeline.run.doctor.asking import Asked, asked
from pipeline.run.doctor.check import found
from pipeline.run.world import World
from pipeline.settings import Settings

EMBEDDED = "the embedded local registry"
_ALL: Sequence[Name] = ("way", "registry", "clock", "facilities", "feedstocks")


def ask(settings: Settings | None, world: World) -> Asked | None:
    """What the registry says; None when it cannot be asked for want of settings or credentials."""
    if settings is None:
        return None
    try:
        return asked(settings, world)
    except Exception as error:  # noqa: BLE001  whatever it is, the other checks are still wanted
        return Asked(Met(why=f"asking it failed ({type(error).__name__})", lasting=True))


def checks(settings: Settings | None, sure: Settings | None, said: Asked | None) -> Iterator[Finding]:
    """`settings` hold credentials; `sure` may lack them, and say only which registry is meant."""
    if settings is None or said is None:
        why = NOT_KNOWN if sure is None else "there are no credentials to ask it with"
        yield from (skipped(name, why) for name in _ALL)
        return
    address, convention = settings.base_url or "", settings.convention
    way = settings.route
    yield found("way", lambda: diagnose.of_way(way.proxy, str(way.ca_file or ""), address))
    yield found("registry", lambda: diagnose.of_registry(settings.environment, address or EMBEDDED, said.met))
    yield found("clock", lambda: diagnose.of_clock(said.met))
    yield found("facilities", lambda: diagnose.of_facilities(convention.facilities))
    known, why = said.feedstocks, said.why
    if settings.environment == "local":
        yield skipped("feedstocks", "the local registry takes every id that is well formed")
        return
    yield found("feedstocks", lambda: diagnose.of_feedstocks(convention.feedstocks, known, why))
