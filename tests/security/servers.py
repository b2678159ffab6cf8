"""Real servers on this machine's loopback: a registry that answers what a test says, and a proxy."""

import datetime as dt
import json
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import NamedTuple

from pipeline.local_registry.batch import new_id

ORGANISATION = "org_1NG9P9KPC72D4VPN"


class Asked(NamedTuple):
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """A response as it will leave."""

    status: int
    body: bytes
    headers: Mapping[str, str] = MappingProxyType({})

    @property
    def sent(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} Said", f"content-length: {len(self.body)}", "connection: close"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + self.body


Answering = Callable[[Asked], Answer]


class Server(NamedTuple):
    """Where it listens, and all that it was asked. `connections` counts what never became a request, too."""

    port: int
    asked: list[Asked]
    connections: list[object]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mrv/v0"


def answered(value: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"content-type": "application/json"})


def registered(asked: Asked, **changes: object) -> Answer:
    """What the contract promises: an organisation, an empty list, and each batch as it was sent."""
    if asked.path.endswith("/organisation"):
        return answered({"id": ORGANISATION, "name": "Kilns", **changes})
    if asked.method == "GET":
        page = {"has_next_page": False, "has_previous_page": False, "start_cursor": None, "end_cursor": None}
        return answered({"nodes": [], "page_info": page, "total_count": 0})
    batch = {"id": new_id("ptb", dt.datetime.now(dt.UTC)), "display_name": "made up"}
    return answered({**batch, **json.loads(asked.body), **changes})


@contextmanager
def serving(answer: Answering, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server that lives as long as the context."""
    made = Server(0, [], [])

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            made.connections.append(self.client_address)
            with suppress(OSError):  # a client may go away, and one that trusts nobody does
                talk = tls.wrap_socket(self.request, server_side=True) if tls else self.request
                with talk, talk.makefile("rb") as stream:
                    if request := _read(stream.readline, stream.read):
                        made.asked.append(request)
                        talk.sendall(answer(request).sent)

    with listening(Handler) as port:
        yield made._replace(port=port)


@contextmanager
def proxying(refusal: bytes = b"", *, leads_to: int = 0) -> Iterator[Server]:
    """A CONNECT proxy, which leads every name to this machine; or refuses with a status line.

    `leads_to` is a port to lead to in place of the one that is asked for.
    """
    made = Server(0, [], [])

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            made.connections.append(self.client_address)
            with suppress(OSError), self.request.makefile("rb", buffering=0) as stream:
                request = _read(stream.readline, stream.read)
                if request is None:
                    return
                made.asked.append(request)
                if refusal:
                    self.request.sendall(refusal + b"\r\ncontent-length: 0\r\n\r\n")
                    return
                port = leads_to or int(request.path.rpartition(":")[2])
                with socket.create_connection(("127.0.0.1", port)) as there:
                    self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                    back = threading.Thread(target=_pump, args=(there, self.request))
                    back.start()
                    _pump(self.request, there)
                    back.join()

    with listening(Handler) as port:
        yield made._replace(port=port)


@contextmanager
def listening(handler: type[socketserver.BaseRequestHandler]) -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def _read(line: Callable[[], bytes], read: Callable[[int], bytes]) -> Asked | None:
    first = line().decode("latin-1").split()
    if len(first) != 3:
        return None
    headers: dict[str, str] = {}
    while text := line().decode("latin-1").rstrip("\r\n"):
        name, _, value = text.partition(":")
        headers[name.lower()] = value.strip()
    return Asked(first[0], first[1], headers, read(int(headers.get("content-length", 0))))


def _pump(source: socket.socket, drain: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            drain.sendall(data)
    with suppress(OSError):
        drain.shutdown(socket.SHUT_RDWR)
