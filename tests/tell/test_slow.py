"""Whoever is told takes no longer than a night can wait, however slowly an answer drips in."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pipeline.settings import Secret
from pipeline.tell.heartbeat import beat
from pipeline.tell.message import send


@contextmanager
def dripping() -> Iterator[int]:
    """A server that sends a letter of its answer now and then, and never ends."""
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while not over.wait(0.1):
                connection.sendall(b"X")

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=drip, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()


def test_a_heartbeat_without_an_end_is_given_up() -> None:
    with dripping() as port:
        told = beat(Secret(f"http://127.0.0.1:{port}/ping"), "", longest=0.5)
    assert "no answer within 0.5 seconds" in told
    assert str(port) not in told


def test_a_message_without_an_end_is_given_up() -> None:
    with dripping() as port:
        told = send([Secret(f"json://127.0.0.1:{port}/")], "subject", "body", longest=4)
    assert told == ["The message could not be sent within 4 seconds: see urls under [notify]."]


def test_an_address_that_no_parser_takes_is_a_sentence_without_its_password() -> None:
    (told,) = send([Secret("json://user:pa[TOPSECRET]ss@127.0.0.1:1/x")], "subject", "body")
    assert "entry 1 (json://…)" in told
    assert "TOPSECRET" not in told
