"""The cable between one machine and the ledger's server, which can be cut."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

Cut = Literal["refused", "broken", "silent"]
"""After it, connections are closed and refused; or closed once; or they stay open, and nothing passes."""


class Cable:
    """From a port of this machine to PostgreSQL's socket."""

    def __init__(self, sockets: Path) -> None:
        self._socket = sockets / ".s.PGSQL.5432"
        self._whole, self._ended = asyncio.Event(), asyncio.Event()
        self._ends: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def serve(self, ready: threading.Event) -> None:
        """Pass on what comes, until the end."""
        self._loop = asyncio.get_running_loop()
        self._whole.set()
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        ready.set()
        await self._ended.wait()
        self._server.close()
        self._break()

    def cut(self, how: Cut) -> None:
        if how != "broken":
            self._loop.call_soon_threadsafe(self._whole.clear)
        if how == "refused":
            self._loop.call_soon_threadsafe(self._server.close)
        if how != "silent":
            self._loop.call_soon_threadsafe(self._break)

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)

    def _break(self) -> None:
        for end in self._ends:
            end.transport.abort()

    async def _connected(self, near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
        self._ends.add(to_near)
        await self._whole.wait()
        far, to_far = await asyncio.open_unix_connection(self._socket)
        self._ends.add(to_far)
        async with asyncio.TaskGroup() as both:
            both.create_task(self._passed_on(near, to_far))
            both.create_task(self._passed_on(far, to_near))

    async def _passed_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while some := await source.read(65536):
                await self._whole.wait()
                target.write(some)
                await target.drain()
        target.close()


@contextmanager
def cable(sockets: Path) -> Iterator[Cable]:
    """A whole cable, for the length of the block."""
    made, ready = Cable(sockets), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(made.serve(ready)))
    thread.start()
    assert ready.wait(10)
    try:
        yield made
    finally:
        made.end()
        thread.join()
