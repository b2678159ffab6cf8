"""The registry over HTTP. Every answer and every failure becomes a Reply; nothing is retried here."""

import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar
from urllib.parse import quote

import httpx
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from pipeline.journal_point import journal_point
from pipeline.redact import Redaction
from pipeline.registry.meaning import (
    UNREADABLE,
    failed,
    gone,
    moment_of,
    not_created,
    shown,
    wait_asked,
)
from pipeline.registry.replies import (
    Answer,
    Busy,
    Denied,
    Doubtful,
    FeedstockType,
    Gone,
    NeverLeft,
    Page,
    Reason,
    Redirected,
    Refused,
    Reply,
    Stored,
    Types,
    Unreadable,
)
from pipeline.transport import FAILURES, Connection, Credentials, Received, connected_to
from schemas.production_batch import HeldBatch, decode_held

__all__ = [
    "Answer",
    "Busy",
    "Denied",
    "Doubtful",
    "FeedstockType",
    "Gone",
    "Heard",
    "NeverLeft",
    "Page",
    "Reason",
    "Redirected",
    "Refused",
    "Registry",
    "Reply",
    "Stored",
    "Types",
    "Unreadable",
    "connected",
    "moment_of",
    "unheard",
]

Node = TypeVar("Node")
Heard = Callable[[int | None], object]
"""Who is told the status of each answer, or None when none came."""
_BATCHES, _ORGANISATION = "/production_batches", "/organisation"
PAGE = 50
"""The most that a page of the list can hold (contract)."""


def unheard(status: int | None) -> None:
    """Nobody is told."""


class _PageInfo(Struct, frozen=True):
    has_next_page: bool
    end_cursor: str | None


class _Nodes(Struct, Generic[Node], frozen=True):
    nodes: list[Node]
    total_count: int
    page_info: _PageInfo


class _Named(Struct, frozen=True):
    id: str
    name: str


class Registry:
    """The endpoints that this program uses. `requests` counts what was sent, by method and path.

    `date` is the header of that name in the latest answer: the registry's own clock, or nothing.
    """

    def __init__(
        self,
        connection: Connection,
        now: Callable[[], dt.datetime],
        redact: Redaction,
        heard: Heard = unheard,
    ) -> None:
        self._connection = connection
        self._now = now
        self._redact = redact
        self._heard = heard
        self._batches = connection.address(_BATCHES)
        self.requests: dict[str, int] = {}
        self.date = ""

    async def create(self, reference: str, body: str) -> Reply:
        """Post one batch, once. `body` is its canonical JSON."""
        try:
            answer = await self._send("POST", self._batches, f"POST {_BATCHES}", body.encode())
        except FAILURES as failure:
            return failed(failure)
        journal_point("answer.read", reference)
        return self._created(answer, reference)

    async def get(self, batch_id: str) -> Answer:
        """One batch by its id: Stored, or Gone."""
        try:
            answer = await self._send_about("GET", batch_id)
        except FAILURES as failure:
            return failed(failure)
        if answer.status != 200:
            return gone(answer) or not_created(answer, self._now())
        try:
            held = decode_held(answer.content)
        except UNREADABLE:
            return Doubtful("an answer that is not a production batch", 200)
        if held.id != batch_id:
            return Doubtful("an answer about another batch", 200)
        return self._stored(held, answer)

    async def delete(self, batch_id: str) -> Answer:
        """Ask for a batch to be deleted, once. Gone is proof; of a 2xx that is no 204 nothing follows."""
        try:
            answer = await self._send_about("DELETE", batch_id)
        except FAILURES as failure:
            return failed(failure)
        if answer.status == 204:
            return Gone(204)
        return gone(answer) or not_created(answer, self._now())

    async def organisation(self) -> Reply | str:
        """The id of the organisation that the credentials belong to, or why it is not known."""
        try:
            address = self._connection.address(_ORGANISATION)
            answer = await self._send("GET", address, f"GET {_ORGANISATION}")
        except FAILURES as failure:
            return failed(failure)
        if answer.status == 200:
            try:
                return self._redact(msgspec.json.decode(answer.content, type=_Named).id)
            except UNREADABLE:
                return Doubtful("an answer that is not an organisation", 200)
        return not_created(answer, self._now())

    async def page(self, after: str, size: int = PAGE) -> Page | Unreadable:
        """A page of the list behind the cursor `after`; an empty cursor is the beginning."""
        found = await self._listed(_BATCHES, after, size, _Nodes[HeldBatch])
        if isinstance(found, Unreadable):
            return found
        nodes, cursor, is_free = found
        held = nodes.nodes if is_free else [self._masked(each) for each in nodes.nodes]
        return Page(held, nodes.total_count, cursor)

    async def feedstock_types(self, after: str) -> Types | Unreadable:
        """A page of the feedstock types behind the cursor `after`, with their names."""
        found = await self._listed("/feedstock_types", after, PAGE, _Nodes[FeedstockType])
        if isinstance(found, Unreadable):
            return found
        nodes, cursor, _ = found
        return Types([FeedstockType(self._redact(e.id), self._redact(e.name)) for e in nodes.nodes], cursor)

    async def _listed(
        self, path: str, after: str, size: int, shape: type[_Nodes[Node]]
    ) -> tuple[_Nodes[Node], str, bool] | Unreadable:
        """A page of a list, the cursor behind it, empty on the last, and whether no credential is in it."""
        query = {"first": str(size)} | ({"after": after} if after else {})
        try:
            answer = await self._send("GET", self._connection.address(path, query), f"GET {path}")
        except FAILURES as failure:
            lost = failed(failure)
            return Unreadable(lost.reason, hopeless=isinstance(lost, NeverLeft) and lost.hopeless)
        if answer.status != 200:
            reply = not_created(answer, self._now())
            reason = f"the registry answered {answer.status} to its list"
            wait = wait_asked(answer, self._now())
            expired = bool(after) and isinstance(reply, Refused)
            return Unreadable(reason, isinstance(reply, Denied), wait, expired)
        try:
            nodes = msgspec.json.decode(answer.content, type=shape, strict=False)
        except UNREADABLE as error:
            return Unreadable(f"the registry's list is not as published: {error}")
        cursor = nodes.page_info.end_cursor or "" if nodes.page_info.has_next_page else ""
        if nodes.page_info.has_next_page and cursor in ("", after):
            return Unreadable("the registry's list does not go on from its own cursor")
        return nodes, cursor, answer.is_free

    async def _send_about(self, method: str, batch_id: str) -> Received:
        path = f"{_BATCHES}/{quote(batch_id, safe='').replace('.', '%2E')}"
        return await self._send(method, self._connection.address(path), f"{method} {_BATCHES}/{{id}}")

    async def _send(
        self, method: str, address: httpx.URL, counted: str, content: bytes | None = None
    ) -> Received:
        """One request, counted. The answer is bounded, and holds no credential."""
        self.requests[counted] = self.requests.get(counted, 0) + 1
        try:
            answer = await self._connection.fetched(method, address, content)
        except FAILURES:
            self._heard(None)
            raise
        self._heard(answer.status)
        self.date = answer.headers.get("date", "")
        return answer

    def _created(self, answer: Received, reference: str) -> Reply:
        """Only a 200 whose body names our reference and an id is a registered batch."""
        if answer.status != 200:
            return not_created(answer, self._now())
        try:
            held = decode_held(answer.content)
        except UNREADABLE:
            return Doubtful("an answer that is not a production batch", 200)
        if held.supplier_reference_id != reference or not held.id:
            return Doubtful("an answer about another batch", 200, named=self._redact(held.id))
        return self._stored(held, answer)

    def _stored(self, held: HeldBatch, answer: Received) -> Stored:
        if answer.is_free:
            return Stored(held, 200, shown(answer))
        return Stored(self._masked(held), 200, self._redact(shown(answer)))

    def _masked(self, held: HeldBatch) -> HeldBatch:
        """The batch with its texts fit to be shown beside a log's; its reference is the log's own."""
        names = ("id", "facility_id", "kind", "display_name")
        texts = {name: self._redact(text) for name in names if (text := getattr(held, name))}
        feedstock = tuple(map(self._redact, held.feedstock_type_ids))
        mass = replace(held.mass, unit=self._redact(held.mass.unit))
        return replace(held, feedstock_type_ids=feedstock, mass=mass, **texts)


@asynccontextmanager
async def connected(
    base_url: str,
    credentials: Credentials,
    transport: httpx.AsyncBaseTransport,
    now: Callable[[], dt.datetime],
    redact: Redaction,
    heard: Heard = unheard,
) -> AsyncIterator[Registry]:
    """A registry client. The credentials are put on each request, `redact` takes them out of answers."""
    async with connected_to(base_url, credentials, transport, redact) as connection:
        yield Registry(connection, now, redact, heard=heard)
