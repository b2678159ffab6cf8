"""What a night is told from outside: whom to tell, where to leave its signs."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from pipeline.settings import shape
from pipeline.settings.route import DIRECT, Route, route
from pipeline.settings.secret import Secret

LONGEST_NIGHT = 4 * 3600.0
"""Seconds after which a night stops sending when nothing else is said."""


class Notify(Struct, frozen=True):
    """Where a message goes when a person is needed. Such an address holds a password."""

    urls: tuple[Secret, ...] = ()


class Nightly(Struct, frozen=True):
    """Where the signs of a night go. Who knows the heartbeat's address can fake it, so it is a secret.

    `route` is the way to the heartbeat's service, `keep_logs` how many full logs are kept beside the present.
    """

    heartbeat_url: Secret | None = None
    route: Route = DIRECT
    metrics_file: Path | None = None
    log_file: Path = Path(".pipeline/nightly.log.jsonl")
    keep_logs: int = 10

    @property
    def secrets(self) -> tuple[Secret, ...]:
        return (*([self.heartbeat_url] if self.heartbeat_url else []), *self.route.secrets)


def nightly(written: shape.Nightly, home: Path, given: Mapping[str, str]) -> Nightly:
    """The settings of the night; SettingsError when there is no way to the heartbeat's service."""
    url = written.heartbeat_url
    return Nightly(
        Secret(url) if url else None,
        route(url, given) if url else DIRECT,
        home / written.metrics_file if written.metrics_file else None,
        home / written.log_file,
        written.keep_logs,
    )
