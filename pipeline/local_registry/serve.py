"""Running the local registry: in this process, or as a child process that ends with its parent."""

import contextlib
import datetime as dt
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

import uvicorn

from pipeline.local_registry.app import PREFIX, build
from pipeline.local_registry.conduct import AS_PUBLISHED, Conduct
from pipeline.local_registry.faults import parse
from pipeline.local_registry.protocol import Protocol
from pipeline.local_registry.store import Store

LOOPBACK = "127.0.0.1"
"""The only address this registry is ever bound to; there is no setting for another."""

_START_SECONDS = 30.0
_STOP_SECONDS = 5.0
_IDLE_SECONDS = 600  # longer than any client keeps a connection, so that no fault comes unscripted


def serve(
    store_path: str | Path,
    *,
    port: int = 0,
    conduct: Conduct = AS_PUBLISHED,
    faults: str = "",
    until_stdin_closes: bool = False,
    announce: Callable[[str], None],
) -> None:
    """Serve what is in `store_path` on the loopback interface until interrupted.

    `announce` gets one line of JSON, {"url": …}, as soon as connections are accepted. With
    `until_stdin_closes` the process ends at once, whatever it is doing, at the end of its standard
    input. Port 0 is any free port. ValueError: `faults` is no script. OSError: the port is taken.
    """
    script = parse(faults)
    with _listening(port) as listener, contextlib.closing(Store(store_path)) as store:
        app = build(store, conduct=conduct, faults=script, now=lambda: dt.datetime.now(dt.UTC))
        line = json.dumps({"url": f"http://{LOOPBACK}:{listener.getsockname()[1]}{PREFIX}"})
        config = uvicorn.Config(
            app,
            loop="asyncio",
            http=Protocol,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=1,
        )
        if until_stdin_closes:
            threading.Thread(target=_end_with_stdin, daemon=True).start()
        with contextlib.suppress(KeyboardInterrupt):
            _Server(config, lambda: announce(line)).run(sockets=[listener])


@contextlib.contextmanager
def launched(
    store_path: str | Path,
    *,
    faults: str = "",
    conduct: Conduct = AS_PUBLISHED,
    port: int = 0,
) -> Iterator[str]:
    """A registry in a child process, for as long as the context lasts; the value is its base URL.

    The child also ends when this process dies in any way. RuntimeError, with what the child said:
    it could not start.
    """
    command = [sys.executable, "-m", "pipeline.local_registry", str(store_path), "--port", str(port)]
    command += ["--until-stdin-closes", "--faults", faults, *_as_options(conduct)]
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(  # noqa: S603 - this very interpreter and package
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints
        ) as child,
    ):
        try:
            yield _announced_url(child, complaints)
        finally:
            _end(child)


def _as_options(conduct: Conduct) -> list[str]:
    options = ["--duplicates", conduct.duplicates, "--order", conduct.order]
    options += ["--list-lag", str(conduct.list_lag)]
    return options + [f"--foreign-reference={one}" for one in sorted(conduct.foreign_references)]


def _announced_url(child: subprocess.Popen[bytes], complaints: IO[bytes]) -> str:
    timer = threading.Timer(_START_SECONDS, child.kill)
    timer.start()
    try:
        line = cast("IO[bytes]", child.stdout).readline()
    finally:
        timer.cancel()
        timer.join()
    if not line:
        code = child.wait()
        complaints.seek(0)
        said = complaints.read().decode(errors="replace").strip()
        raise RuntimeError(f"the local registry did not start (exit code {code}): {said}")
    return str(json.loads(line)["url"])


def _end(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(BrokenPipeError):
        cast("IO[bytes]", child.stdin).close()
    try:
        child.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()


def _listening(port: int) -> socket.socket:
    """Named TCP in so many words: only then does asyncio set TCP_NODELAY on what it accepts."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
    except BaseException:
        listener.close()
        raise
    return listener


def _end_with_stdin() -> None:
    """Not through sys.stdin, whose lock would trouble the end of an interrupted process."""
    while os.read(0, 65536):
        pass
    os._exit(0)


class _Server(uvicorn.Server):
    """uvicorn's own, saying when it listens."""

    def __init__(self, config: uvicorn.Config, listens: Callable[[], None]) -> None:
        super().__init__(config)
        self._listens = listens

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listens()
