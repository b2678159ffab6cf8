"""What the pinned transport raises when things fail, measured with real sockets.

The tests of the protocol raise the same; if a new version of aiohttp or httpx-aiohttp changes it, these
fail first. That a byte may have left is the one thing that must never be missed.
"""

import asyncio
import contextlib
import datetime as dt
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import aiohttp
import httpx
import pytest

from pipeline.redact import Redaction
from pipeline.registry import Doubtful, NeverLeft, Registry
from pipeline.settings import Secret
from pipeline.transport import Connection, Credentials, over_the_network
from tests.protocol import failures
from tests.protocol.failures import Failure

PATIENCE = 0.5
FAILURES = (httpx.HTTPError, aiohttp.ClientError, TimeoutError)
HALF_AN_ANSWER = b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"id":'
OVERLONG = b'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n{"id": "ptb_1"}'
Server = Callable[[socket.socket], None]


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def read_request(connection: socket.socket) -> None:
    head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)


def reset_in_the_head(connection: socket.socket) -> None:
    connection.recv(20)
    reset(connection)


def reset_after_the_body(connection: socket.socket) -> None:
    read_request(connection)
    reset(connection)


def close_after_the_body(connection: socket.socket) -> None:
    read_request(connection)
    connection.close()


def say_nothing(connection: socket.socket) -> None:
    read_request(connection)
    with contextlib.suppress(ConnectionError):
        connection.recv(1)


def answer_by_half(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(HALF_AN_ANSWER)
    connection.close()


def stop_in_the_answer(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(HALF_AN_ANSWER)
    with contextlib.suppress(ConnectionError):
        connection.recv(1)


def say_too_much(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(OVERLONG)
    connection.close()


def drip(connection: socket.socket) -> None:
    read_request(connection)
    with contextlib.suppress(ConnectionError):
        connection.sendall(HALF_AN_ANSWER)
        while True:
            threading.Event().wait(PATIENCE / 5)
            connection.sendall(b" ")


def speak_tls(connection: socket.socket) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).with_name("untrusted.pem"))
    with contextlib.suppress(ssl.SSLError), context.wrap_socket(connection, server_side=True) as secure:
        secure.recv(1)


def speak_no_tls(connection: socket.socket) -> None:
    connection.recv(100)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    connection.close()


NEVER_LEFT: dict[str, tuple[str, Server | None, Callable[[], Exception]]] = {
    "no such name": ("http", None, failures.no_such_name),
    "nobody listens": ("http", None, failures.refused),
    "no connection in time": ("http", None, failures.no_connection_in_time),
    "untrusted certificate": ("https", speak_tls, failures.untrusted_certificate),
    "reset in the handshake": ("https", reset_in_the_head, failures.tls_reset),
    "no TLS there": ("https", speak_no_tls, failures.no_tls),
}
MAY_HAVE_ARRIVED: dict[str, tuple[Server, Failure]] = {
    "reset in the head": (reset_in_the_head, Failure(failures.reset)),
    "reset after the body": (reset_after_the_body, Failure(failures.reset)),
    "closed after the body": (close_after_the_body, Failure(failures.closed)),
    "silence": (say_nothing, Failure(failures.silence)),
    "half an answer": (answer_by_half, Failure(failures.cut_short)),
    "silence in the answer": (stop_in_the_answer, Failure(failures.silence)),
    "too long an answer": (say_too_much, Failure(failures.misread)),
    "out of patience": (drip, Failure(failures.out_of_patience)),
}


@contextlib.contextmanager
def served(serve: Server) -> Iterator[int]:
    """A port where every connection is served in this way."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve_all() -> None:
            with contextlib.suppress(OSError):
                while True:
                    with listener.accept()[0] as connection:
                        serve(connection)

        server = threading.Thread(target=serve_all, daemon=True)
        server.start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)
        server.join()


@contextlib.contextmanager
def nobody() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    yield port


@contextlib.contextmanager
def full() -> Iterator[int]:
    """A port that takes no more connections: those that wait fill its queue."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(listener.getsockname())
        yield int(listener.getsockname()[1])


def raised_by(failure: Failure) -> tuple[type, type]:
    """What the tests of the protocol raise in its place."""
    with pytest.raises(FAILURES) as raised:
        failure.happen()
    return type(raised.value), type(raised.value.__cause__)


async def measured(url: str) -> tuple[tuple[type, type], NeverLeft | Doubtful]:
    """What a POST raises, bare, and what the registry client makes of the next one."""
    anybody = Credentials(Secret("local"), Secret("local"))
    timeout = httpx.Timeout(PATIENCE, connect=PATIENCE)
    async with over_the_network(1) as transport:
        connection = Connection(url, anybody, transport, Redaction(), 2 * PATIENCE, timeout)
        registry = Registry(connection, lambda: dt.datetime.now(dt.UTC), Redaction())
        with pytest.raises(FAILURES) as raised:
            await connection.fetched("POST", connection.address("/production_batches"), b"{}")
        reply = await registry.create("B-001", "{}")
    assert isinstance(reply, NeverLeft | Doubtful)
    return (type(raised.value), type(raised.value.__cause__)), reply


@pytest.mark.parametrize("name", NEVER_LEFT)
def test_a_request_that_never_left_is_known_as_such(name: str) -> None:
    scheme, server, failure = NEVER_LEFT[name]
    host = "nowhere.invalid" if name == "no such name" else "127.0.0.1"
    somewhere = served(server) if server else full() if name == "no connection in time" else nobody()
    with somewhere as port:
        raised, reply = asyncio.run(measured(f"{scheme}://{host}:{port}"))
    assert raised == raised_by(Failure(failure))
    assert isinstance(reply, NeverLeft)
    assert reply.hopeless == (name == "untrusted certificate")


@pytest.mark.parametrize("name", MAY_HAVE_ARRIVED)
def test_a_request_of_which_a_byte_may_have_arrived_is_in_doubt(name: str) -> None:
    server, failure = MAY_HAVE_ARRIVED[name]
    with served(server) as port:
        raised, reply = asyncio.run(measured(f"http://127.0.0.1:{port}"))
    assert raised == raised_by(failure)
    assert isinstance(reply, Doubtful)
