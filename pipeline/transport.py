"""How requests leave and answers come in: verified, never unpacked, with no credential in what is kept."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol, cast

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from msgspec import Struct

from pipeline.journal_point import journal_point
from pipeline.redact import Redaction

FAILURES = (httpx.HTTPError, aiohttp.ClientError, TimeoutError, OSError)
"""All that a request is known to fail with."""
_LARGEST_ANSWER = 1_000_000
TOTAL_SECONDS = 60.0
"""How long an answer may take from the request to its last byte."""
_IDLE_SECONDS = 5.0
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_ASKED_FOR = (("accept", "application/json"), ("accept-encoding", "identity"))
_JSON = (("content-type", "application/json"),)
_KEPT = ("location", "retry-after", "date")


class Hidden(Protocol):
    """A text that has to be asked for."""

    def reveal(self) -> str:
        """What is behind it."""


class Credentials:
    """Both headers, put on each request as it leaves. Until then nothing holds them in clear."""

    def __init__(self, access_token: Hidden, client_secret: Hidden) -> None:
        self._access_token, self._client_secret = access_token, client_secret

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Both, in clear."""
        return (
            ("authorization", f"Bearer {self._access_token.reveal()}"),
            ("x-client-secret", self._client_secret.reveal()),
        )


def over_the_network(
    connections: int, *, proxy: str = "", login: Hidden | None = None, ca_file: Path | None = None
) -> httpx.AsyncBaseTransport:
    """Aiohttp's transport, an eighth of the work of httpx's own with many connections (make bench).

    It keeps no cookies, and asks neither the environment nor a netrc. Certificates are always verified;
    `ca_file` only says by which authorities. `login` is the proxy's `user:password`.
    """
    context = trusting(ca_file)

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=connections, keepalive_timeout=_IDLE_SECONDS, ssl=context)
        return aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
        )

    return AiohttpTransport(
        verify=context,
        trust_env=False,
        proxy=through(proxy, login),
        client=session,
    )


def trusting(ca_file: Path | None) -> ssl.SSLContext:
    """TLS 1.2 or newer, with the certificate and the host's name verified; there is no other way."""
    if ca_file is None:
        context = httpx.create_ssl_context(verify=True, trust_env=False)
    else:
        context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def through(proxy: str, login: Hidden | None) -> httpx.Proxy | None:
    """The proxy on the way; None when there is none. `login` is its `user:password`."""
    return httpx.Proxy(proxy, headers=_login(login)) if proxy else None


def _login(login: Hidden | None) -> dict[str, str]:
    if login is None:
        return {}
    return {"proxy-authorization": f"Basic {base64.b64encode(login.reveal().encode()).decode()}"}


class Received(Struct, frozen=True):
    """An answer of bounded size, not unpacked, in which the credentials no longer stand.

    `headers` are a few, by their names in small letters. `is_free` when no text that is read out of the
    content can hold a part of a credential, so that none has to be looked through again.
    """

    status: int
    headers: Mapping[str, str] = {}
    content: bytes = b""
    is_free: bool = False


class Connection:
    """The way to one registry, which follows nothing and believes nothing around it.

    A request is made once and goes straight to the transport: httpx's client would merge addresses, headers
    and cookies anew for each, which is half of the work of a POST (290 µs of CPU, 145 without it).
    """

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        transport: httpx.AsyncBaseTransport,
        redact: Redaction,
        patience: float = TOTAL_SECONDS,
        timeout: httpx.Timeout = _TIMEOUT,
    ) -> None:
        """An answer may take `patience` seconds, whatever it drips; `timeout` is for each of its steps."""
        self._extensions = {"timeout": timeout.as_dict()}
        self._base_url, self._credentials = base_url.rstrip("/"), credentials
        self._transport, self._redact, self._patience = transport, redact, patience

    def address(self, path: str, params: Mapping[str, str] | None = None) -> httpx.URL:
        """Where a path of the registry is."""
        return httpx.URL(self._base_url + path, **({"params": params} if params else {}))

    async def fetched(self, method: str, url: httpx.URL, content: bytes | None = None) -> Received:
        """One request, and its answer read to the end.

        Beside FAILURES, an exception that nobody foresaw goes on without the frames of the libraries, which
        hold the credentials among their locals.
        """
        try:
            async with asyncio.timeout(self._patience):
                return await self._exchanged(method, url, content)
        except FAILURES:
            raise
        except Exception as error:  # noqa: BLE001  raised again, without what it would show
            raise error.with_traceback(None) from None

    async def _exchanged(self, method: str, url: httpx.URL, content: bytes | None) -> Received:
        headers = [*_ASKED_FOR, *self._credentials.headers(), *(_JSON if content else ())]
        request = httpx.Request(method, url, headers=headers, content=content, extensions=self._extensions)
        answer = await self._transport.handle_async_request(request)
        try:
            journal_point("answer.begun", method)
            return await _taken(answer, self._redact)
        finally:
            await answer.aclose()


@asynccontextmanager
async def connected_to(
    base_url: str,
    credentials: Credentials,
    transport: httpx.AsyncBaseTransport,
    redact: Redaction,
) -> AsyncIterator[Connection]:
    """A connection, with its transport open for as long as the block lasts."""
    async with transport:
        yield Connection(base_url, credentials, transport, redact)


async def _taken(answer: httpx.Response, redact: Redaction) -> Received:
    """An answer as it may be kept.

    A body that was compressed unasked for is not read: a few bytes of it may stand for gigabytes.
    What is no success is only ever shown, so it is masked like all that is shown.
    """
    headers = _headers(answer.headers.raw)
    body = bytearray()
    if headers.get("content-encoding", "identity").lower() != "identity":
        body += b"(a compressed answer, which was not asked for)"
    else:
        async for chunk in cast("httpx.AsyncByteStream", answer.stream):
            body += chunk
            if len(body) > _LARGEST_ANSWER:
                body[:] = b"(an answer of more than a million bytes)"
                break
    content = bytes(body)
    kept = {name: redact(headers[name]) for name in _KEPT if name in headers}
    if redact.is_none_in(content):
        return Received(answer.status_code, kept, content, is_free=True)
    masked = redact.content(content, tails=answer.status_code != 200)
    return Received(answer.status_code, kept, masked)


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by their names in small letters; what stands several times, with commas."""
    found: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("utf-8", "replace")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found
