"""What is told of a registry that was asked who it is, of its clock, and of the ids it knows. Pure."""

import datetime as dt
from collections.abc import Mapping

from msgspec import Struct

from pipeline.diagnose.finding import Finding, ok, skipped

TOLERANCE = dt.timedelta(seconds=60)
_WRONG = dt.timedelta(hours=1)


class Met(Struct, frozen=True):
    """What came of asking a registry who it is: an organisation, or why there is none.

    `denied`: it refused the credentials. `lasting`: asking again will bring nothing else. `date` is its own
    clock, in UTC; `asked` and `answered` are this machine's, before and after. `new`: the local registry
    holds nothing yet, and the first run will make another organisation.
    """

    organisation: str = ""
    why: str = ""
    denied: bool = False
    lasting: bool = False
    date: dt.datetime | None = None
    asked: dt.datetime | None = None
    answered: dt.datetime | None = None
    new: bool = False


def of_registry(environment: str, url: str, met: Met) -> Finding:
    """Whether it can be reached, and whose it is."""
    what = f"{environment.upper()}, {url}"
    if met.organisation and met.new:
        return ok("registry", f"{what}: it can be started here; the first run makes it")
    if met.organisation:
        return ok("registry", f"{what}, organisation {met.organisation}")
    if met.denied:
        return Finding(
            "registry",
            "failure",
            f"{what}: it refused the credentials ({met.why})",
            f"See that token and secret are those of {environment}, and make new ones if they have expired.",
        )
    remedy = "See that this machine is on the network and may reach it (firewall, proxy), then try again."
    if met.lasting:
        remedy = "Correct the way to it: HTTPS_PROXY, SSL_CERT_FILE, ISOMETRIC_BASE_URL."
    return Finding("registry", "failure", f"{what}: {met.why}", remedy, may_pass=not met.lasting)


def of_clock(met: Met) -> Finding:
    """The clock of this machine beside the registry's; the time that the answer took is taken off."""
    if not (met.date and met.asked and met.answered):
        return skipped("clock", "the registry did not say what time it is")
    early = met.date - met.answered
    late = met.asked - met.date
    off = max(early, late, dt.timedelta(0))
    if off <= TOLERANCE:
        return ok(
            "clock", f"{met.answered:%Y-%m-%d %H:%M:%S} UTC, as the registry's to {TOLERANCE.seconds} seconds"
        )
    which = "behind" if early > late else "ahead of"
    found = f"{met.answered:%Y-%m-%d %H:%M:%S} UTC, {_long(off)} {which} the registry's clock"
    remedy = "Set the clock, or let it be set by the network (NTP): the times of runs are judged by it."
    return Finding("clock", "failure" if off > _WRONG else "warning", found, remedy)


def of_feedstocks(wanted: Mapping[str, str], known: frozenset[str] | None, why: str) -> Finding:
    """The ids of [feedstocks] beside those that the registry has; `known` is None when it did not say."""
    if not wanted:
        return skipped("feedstocks", "none are named under [feedstocks]; logs hold ids, then")
    if known is None:
        return skipped("feedstocks", f"the registry did not say which it knows: {why}")
    strange = [f"“{name}” ({each})" for name, each in wanted.items() if each not in known]
    if strange:
        return Finding(
            "feedstocks",
            "failure",
            f"the registry does not know {', '.join(strange)}",
            "Copy the id from the registry’s web page into [feedstocks]; each registry has ids of its own.",
        )
    return ok("feedstocks", f"the registry knows all {len(wanted)} of [feedstocks]")


def of_facilities(wanted: Mapping[str, str]) -> Finding:
    """The registry has no way to ask for facilities (contract, "Endpoints that matter")."""
    if not wanted:
        return skipped("facilities", "none are named under [facilities]; logs hold ids, then")
    return skipped(
        "facilities",
        f"{len(wanted)} under [facilities]; the registry cannot be asked whether it knows them",
    )


def _long(time: dt.timedelta) -> str:
    seconds = int(time.total_seconds())
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}s"
    return f"{seconds} seconds"
