"""Every way in which this registry answers, and every way in which it does not."""

import asyncio
import json
import socket
import struct
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from pipeline.local_registry.batch import Errors

TRANSPORT = "transport"
"""Where the server puts the connection's transport in the state of a request's scope."""


def answered(text: str) -> Response:
    """200 with a JSON text (contract: 200 for a create too, not 201)."""
    return Response(text, media_type="application/json")


def refused(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """A refusal with a sentence: `{"detail": "…"}`."""
    return Response(
        json.dumps({"detail": detail}, ensure_ascii=False),
        status,
        headers=headers,
        media_type="application/json",
    )


def invalid(errors: Errors) -> Response:
    """A refusal with what is wrong where (contract: FastAPI's 422)."""
    return Response(json.dumps({"detail": errors}), 422, media_type="application/json")


def wrong_value(location: list[str | int], message: str, value: object) -> dict[str, Any]:
    """One entry of a 422."""
    return {"type": "value_error", "loc": location, "msg": f"Value error, {message}", "input": value}


def taken(form: str, reference: str) -> Response:
    """The refusal of a reference that is in use: as 422, 400 or, said in any other way, 409."""
    message = "supplier_reference_id is already in use"
    if form == "422":
        return invalid([wrong_value(["body", "supplier_reference_id"], message, reference)])
    return refused(400 if form == "400" else 409, message)


def web_page(status: int, title: str) -> Response:
    """A page for people, as proxies and captive portals send it."""
    text = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{title}</body></html>"
    return Response(text, status, media_type="text/html")


class Dropped(Response):
    """No answer: the connection closes ("close"), or is reset ("reset").

    Without a connection, when an application is called inside its own process, the caller gets the
    ConnectionAbortedError that stands for it.
    """

    def __init__(self, form: str) -> None:
        super().__init__()
        self._form = form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        transport = _transport(scope)
        if self._form == "reset":
            _close_with_reset(transport)
        transport.abort()
        await _client_gone(receive)


class Unanswered(Response):
    """No answer, and no end either, until the client goes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        await _client_gone(receive)


class Truncated(Response):
    """An answer that ends, with the connection, before its announced length."""

    def __init__(self, whole: Response) -> None:
        super().__init__(whole.body, whole.status_code, media_type=whole.media_type)
        self.raw_headers = whole.raw_headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = _transport(scope)
        half = self.body[: len(self.body) // 2]
        await _send_start(self, send)
        await send({"type": "http.response.body", "body": half, "more_body": True})
        transport.close()
        await _client_gone(receive)


class Overlong(Response):
    """An answer that goes on beyond its announced length."""

    def __init__(self, whole: Response) -> None:
        super().__init__(whole.body, whole.status_code, media_type=whole.media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        transport = _transport(scope)
        head = f"HTTP/1.1 {self.status_code} OK\r\nconnection: close\r\ncontent-length: {len(self.body) // 2}"
        transport.write(f"{head}\r\n\r\n".encode() + self.body)  # the server itself would not send it
        transport.close()
        await _client_gone(receive)


class Dripping(Response):
    """An answer whose bytes are spread over `seconds`."""

    def __init__(self, whole: Response, seconds: float) -> None:
        super().__init__(whole.body, whole.status_code, media_type=whole.media_type)
        self.raw_headers = whole.raw_headers
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        await _send_start(self, send)
        drops = [self.body[place : place + 1] for place in range(len(self.body))]
        for drop in drops:
            await send({"type": "http.response.body", "body": drop, "more_body": True})
            await asyncio.sleep(self._seconds / len(drops))
        await send({"type": "http.response.body", "body": b""})


async def _send_start(response: Response, send: Send) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": response.status_code,
            "headers": response.raw_headers,
        }
    )


async def _client_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _transport(scope: Scope) -> asyncio.Transport:
    transport = scope.get("state", {}).get(TRANSPORT)
    if not isinstance(transport, asyncio.Transport):
        raise ConnectionAbortedError("the answer is lost, as the script says")
    return transport


def _close_with_reset(transport: asyncio.Transport) -> None:
    connection = transport.get_extra_info("socket")
    at_once = struct.pack("ii", 1, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
