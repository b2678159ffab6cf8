"""Running the local registry in this process."""

import contextlib
import datetime as dt
import json
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import uvicorn

from pipeline.local_registry.app import PREFIX, build
from pipeline.local_registry.conduct import AS_PUBLISHED, Conduct
from pipeline.local_registry.faults import parse
from pipeline.local_registry.protocol import Protocol
from pipeline.local_registry.store import Store

LOOPBACK = "127.0.0.1"
"""The only address this registry is ever bound to; there is no setting for another."""

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
