"""The registry over HTTP. Every answer and every failure becomes a Reply; nothing is retried here.

The one question that matters of a failed POST is whether a byte of it may have arrived. httpx's
exceptions do not tell when the aiohttp transport is used: it reports a connection that was lost after
the body had left as `ConnectTimeout`. So the cause underneath is asked (see `_never_left`).
"""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from typing import TypeAlias
from urllib.parse import quote

import aiohttp
import httpx
import msgspec
from httpx_aiohttp import AiohttpTransport
from msgspec import Struct

from schemas.production_batch import HeldBatch, decode_held

PAGE = 50
"""The most that a page of the list can hold (contract)."""
_LARGEST_ANSWER = 1_000_000
_TOTAL_SECONDS = 60.0
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_SHOWN = 500


class Stored(Struct, frozen=True):
    """The registry answered 200 with the right reference and an id: the batch is registered."""

    held: HeldBatch
    status: int
    text: str


class Reason(Struct, frozen=True):
    """One reason of a refusal: the path of the field in the body, and what is wrong with it."""

    field: str
    message: str


class Refused(Struct, frozen=True):
    """The registry read the request and said no: any 4xx that has no class of its own."""

    status: int
    reasons: tuple[Reason, ...]
    text: str


class Denied(Struct, frozen=True):
    """401 or 403: no request with these credentials will do better."""

    status: int
    text: str


class Busy(Struct, frozen=True):
    """429: not done, ask again, not before `retry_after` seconds when the registry says so."""

    retry_after: float | None
    status: int = 429


class NeverLeft(Struct, frozen=True):
    """The request failed before its first byte was sent: it may be sent again.

    `hopeless` when trying again cannot help: the registry's certificate is not to be trusted.
    """

    reason: str
    hopeless: bool = False


class Redirected(Struct, frozen=True):
    """A 3xx. Redirects are never followed: the credentials would travel along."""

    status: int
    location: str


class Doubtful(Struct, frozen=True):
    """Anything else: it may have been stored or not, and only the list can tell."""

    reason: str
    status: int | None = None


Reply: TypeAlias = Stored | Refused | Denied | Busy | NeverLeft | Redirected | Doubtful


class Gone(Struct, frozen=True):
    """The registry has no batch under that id: it answered 404, or 204 to a request to delete it."""

    status: int
    text: str = ""


Answer: TypeAlias = Reply | Gone
"""What is said of one batch that was asked for, or asked to be deleted, by its id."""


class Page(Struct, frozen=True):
    """One page of the list. `after` is the cursor of the next one, empty on the last."""

    held: list[HeldBatch]
    total: int
    after: str


class Unreadable(Struct, frozen=True):
    """The list could not be read; nothing follows about what it holds."""

    reason: str
    denied: bool = False


class _PageInfo(Struct, frozen=True):
    has_next_page: bool
    end_cursor: str | None


class _Nodes(Struct, frozen=True):
    nodes: list[HeldBatch]
    total_count: int
    page_info: _PageInfo


class _Named(Struct, frozen=True):
    id: str
    name: str


class _Detail(Struct, frozen=True):
    msg: str
    loc: list[str | int] = []


class _Validation(Struct, frozen=True):
    detail: list[_Detail]


class Registry:
    """The endpoints that this program uses. `requests` counts what was sent, by method and path."""

    def __init__(self, client: httpx.AsyncClient, now: Callable[[], dt.datetime]) -> None:
        self._client = client
        self._now = now
        self.requests: dict[str, int] = {}

    async def create(self, reference: str, body: str) -> Reply:
        """Post one batch, once. `body` is its canonical JSON."""
        try:
            answer = await self._send("POST", "/production_batches", content=body.encode())
        except _FAILURES as failure:
            return _failed(failure)
        return self._created(answer, reference)

    async def get(self, batch_id: str) -> Answer:
        """One batch by its id: Stored, or Gone."""
        try:
            answer = await self._send_about("GET", batch_id)
        except _FAILURES as failure:
            return _failed(failure)
        if answer.status_code != 200:
            return self._gone(answer) or self._not_created(answer)
        try:
            held = decode_held(answer.content)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return Doubtful("an answer that is not a production batch", 200)
        return Stored(held, 200, _shown(answer)) if held.id == batch_id else Doubtful("another batch", 200)

    async def delete(self, batch_id: str) -> Answer:
        """Ask for a batch to be deleted, once. Gone is proof; of a 2xx that is no 204 nothing follows."""
        try:
            answer = await self._send_about("DELETE", batch_id)
        except _FAILURES as failure:
            return _failed(failure)
        if answer.status_code == 204:
            return Gone(204)
        return self._gone(answer) or self._not_created(answer)

    async def organisation(self) -> Reply | str:
        """The id of the organisation that the credentials belong to, or why it is not known."""
        try:
            answer = await self._send("GET", "/organisation")
        except _FAILURES as failure:
            return _failed(failure)
        if answer.status_code == 200:
            try:
                return msgspec.json.decode(answer.content, type=_Named).id
            except msgspec.DecodeError:
                return Doubtful("an answer that is not an organisation", 200)
        return self._not_created(answer)

    async def page(self, after: str, size: int = PAGE) -> Page | Unreadable:
        """A page of the list behind the cursor `after`; an empty cursor is the beginning."""
        query = {"first": str(size)} | ({"after": after} if after else {})
        try:
            answer = await self._send("GET", "/production_batches", params=query)
        except _FAILURES as failure:
            return Unreadable(_failed(failure).reason)
        if answer.status_code != 200:
            denied = answer.status_code in (401, 403)
            return Unreadable(f"the registry answered {answer.status_code} to its list", denied)
        try:
            nodes = msgspec.json.decode(answer.content, type=_Nodes, strict=False)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return Unreadable(f"the registry's list is not as published: {error}")
        cursor = nodes.page_info.end_cursor or "" if nodes.page_info.has_next_page else ""
        if nodes.page_info.has_next_page and cursor in ("", after):
            return Unreadable("the registry's list does not go on from its own cursor")
        return Page(nodes.nodes, nodes.total_count, cursor)

    async def _send_about(self, method: str, batch_id: str) -> httpx.Response:
        path = f"/production_batches/{quote(batch_id, safe='').replace('.', '%2E')}"
        return await self._send(method, path, counted="/production_batches/{id}")

    async def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        counted: str = "",
    ) -> httpx.Response:
        """One request, read to its end within a minute, whatever it drips; never a redirect."""
        name = f"{method} {counted or path}"
        self.requests[name] = self.requests.get(name, 0) + 1
        headers = {"content-type": "application/json"} if content else {}
        async with (
            asyncio.timeout(_TOTAL_SECONDS),
            self._client.stream(method, path, params=params, content=content, headers=headers) as answer,
        ):
            body = bytearray()
            async for chunk in answer.aiter_raw():
                body += chunk
                if len(body) > _LARGEST_ANSWER:
                    raise httpx.DecodingError("an answer of more than a million bytes")
            return httpx.Response(answer.status_code, headers=answer.headers, content=bytes(body))

    def _created(self, answer: httpx.Response, reference: str) -> Reply:
        """Only a 200 whose body names our reference and an id is a registered batch."""
        if answer.status_code != 200:
            return self._not_created(answer)
        try:
            held = decode_held(answer.content)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return Doubtful("an answer that is not a production batch", 200)
        if held.supplier_reference_id != reference or not held.id:
            return Doubtful("an answer about another batch", 200)
        return Stored(held, 200, _shown(answer))

    def _gone(self, answer: httpx.Response) -> Gone | Doubtful | None:
        """What a 404 proves: nothing, unless it is the registry's own and not a proxy's page."""
        if answer.status_code != 404:
            return None
        try:
            msgspec.json.decode(answer.content)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return Doubtful("a 404 that is not the registry's", 404)
        return Gone(404, _shown(answer))

    def _not_created(self, answer: httpx.Response) -> Reply:
        status = answer.status_code
        if status == 429:
            return Busy(_retry_after(answer.headers.get("retry-after", ""), self._now()))
        if status in (401, 403):
            return Denied(status, _shown(answer))
        if 300 <= status < 400:
            return Redirected(status, _host(answer.headers.get("location", "")))
        if 400 <= status < 500 and status != 408:
            return Refused(status, _reasons(answer), _shown(answer))
        return Doubtful(f"the registry answered {status}", status)


def over_the_network(connections: int) -> httpx.AsyncBaseTransport:
    """Aiohttp's transport, an eighth of the work of httpx's own with many connections (make bench)."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return AiohttpTransport(limits=limits)


@asynccontextmanager
async def connected(
    base_url: str,
    headers: Mapping[str, str],
    transport: httpx.AsyncBaseTransport,
    now: Callable[[], dt.datetime],
) -> AsyncIterator[Registry]:
    """A registry client. `headers` carry the credentials."""
    async with httpx.AsyncClient(
        base_url=base_url,
        headers={**headers, "accept": "application/json", "accept-encoding": "identity"},
        transport=transport,
        timeout=_TIMEOUT,
        follow_redirects=False,
        trust_env=False,
    ) as client:
        yield Registry(client, now)


_FAILURES = (httpx.HTTPError, aiohttp.ClientError, TimeoutError, OSError)


def _failed(failure: Exception) -> NeverLeft | Doubtful:
    cause = failure.__cause__ or failure
    what = type(cause).__name__
    if isinstance(cause, aiohttp.ClientConnectorCertificateError):
        return NeverLeft("the registry's certificate cannot be trusted", hopeless=True)
    if _never_left(cause):
        return NeverLeft(f"the registry could not be reached ({what})")
    return Doubtful(f"the connection failed before an answer came ({what})")


def _never_left(cause: BaseException) -> bool:
    """Whether no byte of the request can have been sent: no connection was ever made for it."""
    return isinstance(cause, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)


def _reasons(answer: httpx.Response) -> tuple[Reason, ...]:
    """A refusal's reasons from any of the shapes that were seen (contract, "Observed")."""
    try:
        found = msgspec.json.decode(answer.content, type=_Validation).detail
    except (msgspec.DecodeError, UnicodeDecodeError):
        return (Reason("", _plain_reason(answer)),)
    paths = [".".join(str(part) for part in each.loc if part != "body") for each in found]
    return tuple(Reason(path, each.msg) for path, each in zip(paths, found, strict=True))


def _plain_reason(answer: httpx.Response) -> str:
    try:
        body = msgspec.json.decode(answer.content, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return f"the answer was not JSON but began: {_shown(answer)[:80]}"
    said = body.get("detail") or body.get("message") or body.get("error")
    return str(said) if said else _shown(answer)


def _retry_after(text: str, now: dt.datetime) -> float | None:
    """Seconds from either form of Retry-After; None when there is none or it makes no sense."""
    if text.strip().isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or dt.UTC) - now).total_seconds())


def _shown(answer: httpx.Response) -> str:
    return answer.content[:_SHOWN].decode("utf-8", "replace")


def _host(location: str) -> str:
    try:
        return httpx.URL(location).host
    except httpx.InvalidURL:
        return "an address that is not one"
