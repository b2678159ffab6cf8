"""A wire that sees every byte of a POST, and strikes at a chosen moment of the one that it was told."""

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, get_args
from urllib.parse import urlsplit

WirePoint = Literal["wire.connected", "wire.half_sent", "wire.sent"]
WIRE_POINTS: tuple[WirePoint, ...] = get_args(WirePoint)
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


class Relay:
    """Passes requests on to a registry. `strike` is called once, at `point` of the POST for `about`."""

    def __init__(self, registry: str, point: WirePoint, about: str, strike: Callable[[], None]) -> None:
        self._registry = urlsplit(registry)
        self._point, self._about, self._strike = point, about.encode(), strike

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(self._registry.hostname, self._registry.port)
        try:
            while head := await _head(reader):
                length = _length(head)
                half = await reader.readexactly(length // 2)
                body = half + await reader.readexactly(length - length // 2)
                self._passes("wire.connected", body)
                far_writer.write(head + half)
                await far_writer.drain()
                self._passes("wire.half_sent", body)
                far_writer.write(body[len(half) :])
                answer = await _head(far_reader)
                answer += await far_reader.readexactly(_length(answer)) if answer else b""
                if not answer:
                    return
                self._passes("wire.sent", body)
                writer.write(answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            far_writer.close()
            writer.close()

    def _passes(self, point: WirePoint, body: bytes) -> None:
        if point == self._point and b'"%s"' % self._about in body:
            self._strike()
            raise ConnectionAbortedError


@contextmanager
def relayed(relay: Relay) -> Iterator[int]:
    """The relay at work on a port of this machine."""
    ready = threading.Event()
    known: list[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def work() -> None:
        stop = asyncio.Event()
        async with await asyncio.start_server(relay.serve, "127.0.0.1", 0) as server:
            known.append((server.sockets[0].getsockname()[1], asyncio.get_running_loop(), stop))
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=(work(),))
    thread.start()
    assert ready.wait(10)
    port, loop, stop = known[0]
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


def _length(head: bytes) -> int:
    found = _LENGTH.search(head)
    return int(found[1]) if found else 0
