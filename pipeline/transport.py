"""How requests leave and answers come in: verified, never unpacked, with no credential in what is kept."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Generator, Mapping
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Protocol

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from pipeline.journal_point import journal_point
from pipeline.redact import Redaction

FAILURES = (httpx.HTTPError, aiohttp.ClientError, TimeoutError, OSError)
"""All that a request is known to fail with."""
_LARGEST_ANSWER = 1_000_000
TOTAL_SECONDS = 60.0
"""How long an answer may take from the request to its last byte."""
_IDLE_SECONDS = 5.0
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)


class Hidden(Protocol):
    """A text that has to be asked for."""

    def reveal(self) -> str:
        """What is behind it."""


class Credentials(httpx.Auth):
    """Both headers, set on each request as it leaves. Until then nothing holds them in clear."""

    def __init__(self, access_token: Hidden, client_secret: Hidden) -> None:
        self._access_token, self._client_secret = access_token, client_secret

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["authorization"] = f"Bearer {self._access_token.reveal()}"
        request.headers["x-client-secret"] = self._client_secret.reveal()
        yield request


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


@asynccontextmanager
async def client(
    base_url: str, auth: httpx.Auth, transport: httpx.AsyncBaseTransport
) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client that follows nothing and believes nothing around it."""
    async with httpx.AsyncClient(
        base_url=base_url,
        auth=auth,
        headers={"accept": "application/json", "accept-encoding": "identity"},
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        transport=transport,
        timeout=_TIMEOUT,
        follow_redirects=False,
        trust_env=False,
    ) as made:
        yield made


async def fetched(  # noqa: PLR0913  a request has as many parts
    client: httpx.AsyncClient,
    redact: Redaction,
    method: str,
    path: str,
    *,
    params: Mapping[str, str] | None = None,
    content: bytes | None = None,
    patience: float = TOTAL_SECONDS,
) -> httpx.Response:
    """One request, read to its end within `patience` seconds, whatever it drips.

    The answer is as `_taken` leaves it.

    Beside FAILURES, an exception that nobody foresaw goes on without the frames of the libraries, which
    hold the credentials among their locals.
    """
    headers = {"content-type": "application/json"} if content else {}
    try:
        async with (
            asyncio.timeout(patience),
            client.stream(method, path, params=params, content=content, headers=headers) as answer,
        ):
            journal_point("answer.begun", method)
            return await _taken(answer, redact)
    except FAILURES:
        raise
    except Exception as error:  # noqa: BLE001  raised again, without what it would show
        raise error.with_traceback(None) from None


async def _taken(answer: httpx.Response, redact: Redaction) -> httpx.Response:
    """An answer of bounded size, not unpacked, in which the credentials no longer stand.

    A body that was compressed unasked for is not read: a few bytes of it may stand for gigabytes.
    What is no success is only ever shown, so it is masked like all that is shown.
    """
    body = bytearray()
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        body += b"(a compressed answer, which was not asked for)"
    else:
        async for chunk in answer.aiter_raw():
            body += chunk
            if len(body) > _LARGEST_ANSWER:
                body[:] = b"(an answer of more than a million bytes)"
                break
    masked = redact.content(bytes(body), tails=answer.status_code != 200)
    headers = {name: redact(answer.headers.get(name, "")) for name in ("location", "retry-after", "date")}
    return httpx.Response(answer.status_code, headers=headers, content=masked)
