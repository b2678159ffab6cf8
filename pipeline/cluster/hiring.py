"""A cluster, found or made: `local:4` is four processes on this machine, an address that of a scheduler."""

import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

from distributed import Client, LocalCluster, Security

from pipeline.cluster.crew import Crew, Hired
from pipeline.cluster.line import Line
from pipeline.errors import SettingsError
from pipeline.run.version import version_of
from pipeline.settings import Options, Settings

_LOCAL = re.compile(r"local:([1-9][0-9]{0,2})", re.ASCII)
_SCHEDULER = re.compile(r"(?:tcp|tls)://[^\s/@]+:[0-9]{1,5}", re.ASCII)
_SECONDS_TO_MEET, _SECONDS_TO_PART = 30, 5
_UNHEARD = logging.CRITICAL + 1
"""Even what Dask calls critical: its scheduler does so, with a traceback, of a client that has just gone."""


def crew(address: str, settings: Settings) -> Crew:
    """The workers at an address, hired when they are needed. SettingsError when there can be none."""
    if local := _LOCAL.fullmatch(address):
        typed = Options(config=settings.config, target=settings.environment)
        return Crew(partial(_made_here, int(local[1])), settings, typed)
    if not _SCHEDULER.fullmatch(address):
        raise SettingsError(
            f"--cluster {address!r} is no cluster. Write local:4 for four processes on this machine, or the "
            "address of a Dask scheduler: tcp://HOST:8786, or tls://HOST:8786."
        )
    if settings.ledger_url.startswith("sqlite"):
        raise SettingsError(
            "Several machines need a ledger that all can reach, and this one is a file here. Set "
            "PIPELINE_LEDGER_URL to a PostgreSQL: postgresql+psycopg://USER@HOST/DATABASE. Nothing was sent."
        )
    return Crew(partial(_found_at, address), settings, Options())


@contextmanager
def _made_here(workers: int) -> Iterator[Hired]:
    """Processes of this machine. They speak to one another encrypted, by certificates that end with them.

    So nobody else here can give them work.
    """
    _in_silence()
    with (
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            security=True,
            dashboard_address="127.0.0.1:0",  # any port: one that is taken is complained of
            silence_logs=_UNHEARD,
        ) as cluster,
        Client(cluster, set_as_default=False) as client,  # type: ignore[no-untyped-call]
        _hired(client, here=True) as hired,
    ):
        yield hired


@contextmanager
def _found_at(address: str) -> Iterator[Hired]:
    """The workers of a scheduler. SettingsError when it, or they, cannot be found."""
    _in_silence()
    _must_have_certificates(address)
    try:
        client = Client(address, timeout=_SECONDS_TO_MEET, set_as_default=False)  # type: ignore[no-untyped-call]
    except OSError as failure:
        raise SettingsError(
            f"There is no scheduler at {address}. Start one with: dask scheduler. Nothing was sent."
        ) from failure
    try:
        _wait_for_workers(client, address)
        with _hired(client, here=False) as hired:
            yield hired
    finally:
        with suppress(TimeoutError):  # by itself Dask would wait for twice the time to meet
            client.close(timeout=_SECONDS_TO_PART)  # type: ignore[no-untyped-call]


def _wait_for_workers(client: Client, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_SECONDS_TO_MEET)
    except TimeoutError as failure:
        raise SettingsError(
            f"The scheduler at {address} has no workers. Start some with: dask worker {address} "
            "--nthreads 1. Nothing was sent."
        ) from failure


def _must_have_certificates(address: str) -> None:
    """SettingsError when Dask could not even call there: what it raises itself takes a minute to end."""
    asked = Security().get_connection_args("client")  # type: ignore[no-untyped-call]
    certified, encrypted = bool(asked.get("ssl_context")), address.startswith("tls:")
    if encrypted and not certified:
        raise SettingsError(
            f"Dask has no certificates for {address}. Name those of the cluster in its settings, "
            "distributed.comm.tls (docs/scale.md). Nothing was sent."
        )
    if asked.get("require_encryption") and not encrypted:
        raise SettingsError(
            f"Dask's settings ask for encryption, and {address} has none. Write tls://. Nothing was sent."
        )


def _in_silence() -> None:
    """What fails in a cluster, a run says in its own words."""
    for name in ("distributed", "tornado", *logging.root.manager.loggerDict):
        if name.startswith(("distributed", "tornado")):  # Dask gives many of them a level of their own
            logging.getLogger(name).setLevel(_UNHEARD)


def _assert_same_version(client: Client) -> None:
    """SettingsError for a worker that would read a log by other rules, or has not this program at all."""
    found: dict[str, object] = client.run(version_of, on_error="return")
    for worker, version in sorted(found.items()):
        if isinstance(version, OSError) or version == version_of():  # one that has just ended is no trouble
            continue
        what = f"It is version {version} of" if isinstance(version, str) else "It has not"
        raise SettingsError(
            f"The worker {worker} cannot take part. {what} this program, and the run is version "
            f"{version_of()}. Install that version there and start it again. Nothing was sent."
        )


@contextmanager
def _hired(client: Client, *, here: bool) -> Iterator[Hired]:
    """The workers with a line of this run's own, which goes with it: a scheduler outlives many runs."""
    _assert_same_version(client)
    line = Line(f"line-{secrets.token_hex(4)}", at_terminal=here)
    client.register_plugin(line, name=line.name)
    try:
        yield Hired(client, line.name)
    finally:
        scheduler = client.scheduler if client.status == "running" else None
        if scheduler:
            with suppress(OSError):  # TimeoutError, too: a worker that stands still holds it up
                client.sync(  # type: ignore[no-untyped-call]
                    scheduler.unregister_worker_plugin, name=line.name, callback_timeout=_SECONDS_TO_PART
                )
