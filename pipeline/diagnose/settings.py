"""What is told of settings, credentials, the token's time and the way to the registry. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence

from pipeline.diagnose.finding import Finding, ok, skipped

_FIRST = "Correct what is told under Settings and Credentials first."
NOT_KNOWN = f"the settings do not say for certain which one is meant. {_FIRST}"


def of_settings(config: str, problems: Sequence[str]) -> Finding:
    """`config` is the file that was read, empty when there is none."""
    if problems:
        return Finding(
            "settings", "failure", " ".join(problems), "Correct it, and run pipeline doctor again."
        )
    return ok("settings", config or "no settings file here; what is built in is used")


def of_credentials(environment: str, kept: Mapping[str, str], problems: Sequence[str]) -> Finding:
    """`kept` tells where each is; `problems` are those that only credentials and the way there have."""
    if problems:
        remedy = "Correct it, and run pipeline doctor again."
        return Finding("credentials", "failure", " ".join(problems), remedy)
    if not environment:
        return skipped("credentials", NOT_KNOWN)
    if environment == "local":
        return skipped("credentials", "the local registry needs none")
    where = "; ".join(f"{name.replace('_', ' ')}: {place}" for name, place in kept.items())
    return ok("credentials", f"for {environment}: {where}")


def of_token(ends: dt.datetime | None, told: str, refused: str, now: dt.datetime) -> Finding:
    """`told` is what a run would say of the token, `refused` why it would not begin."""
    if refused:
        said, _, remedy = refused.partition("Nothing was sent. ")
        return Finding("token", "failure", said.strip(), remedy or "Make a new one at the registry.")
    if ends is None:
        return ok("token", "it does not say until when it is valid")
    days = (ends - now).days
    until = f"valid until {ends:%Y-%m-%d %H:%M} UTC, {days} more day{'' if days == 1 else 's'}"
    if told:
        return Finding("token", "warning", until, told.rpartition("days. ")[2] or told)
    return ok("token", until)


def of_way(proxy: str, ca_file: str, url: str) -> Finding:
    """Through which proxy, and trusting whom."""
    if not url.startswith("https:"):
        return ok("way", "directly, on this machine")
    way = f"through the proxy {proxy}" if proxy else "directly"
    whom = f"those of SSL_CERT_FILE ({ca_file})" if ca_file else "the usual ones"
    return ok("way", f"{way}; authorities that are trusted: {whom}; TLS 1.2 or newer")


def of_notify(schemes: Sequence[str], bad: Sequence[int]) -> Finding:
    """`bad` are the positions, from 1, of addresses that cannot be used; the addresses are secrets."""
    if not schemes:
        return skipped("notify", "no address under [notify]: nobody is told when a person is needed")
    if bad:
        which = ", ".join(map(str, bad))
        remedy = "Write it as apprise wants it: SCHEME://WHERE, such as mailto://USER:PASSWORD@HOST."
        return Finding("notify", "failure", f"address {which} under [notify] cannot be used", remedy)
    count = f"{len(schemes)} address{'es' if len(schemes) != 1 else ''}"
    return ok("notify", f"{count} ({', '.join(schemes)}); no message was sent to try")
