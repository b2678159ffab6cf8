"""Whatever a registry answers is a reply, never an exception, and proves nothing that it does not say."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response

from pipeline.redact import Redaction
from pipeline.registry import Busy, Denied, Doubtful, Gone, Refused, Registry, Unreadable, connected
from pipeline.registry.meaning import moment_of
from pipeline.settings import Secret
from pipeline.transport import Credentials
from tests.protocol.plant import URL

Ask = Callable[[Registry], Awaitable[object]]
ANYBODY = Credentials(Secret("local"), Secret("local"))
ASKS: tuple[Ask, ...] = (
    lambda registry: registry.create("R", "{}"),
    lambda registry: registry.get("ptb_0000000000000000"),
    lambda registry: registry.delete("ptb_0000000000000000"),
    lambda registry: registry.page(""),
    lambda registry: registry.feedstock_types(""),
    lambda registry: registry.organisation(),
)
NESTED = b'{"id":"a","nodes":' + b"[" * 100_000
ODD_DATES = (
    "Mon, 01 Jan 99999999999999999999 00:00:00 +0000",
    "Fri, 31 Dec 9999 23:59:59 -1200",
    "9" * 5_000,
    "-1",
    "soon",
)
bodies = st.one_of(
    st.binary(max_size=40), st.sampled_from([b'{"id":"org_\xff1"}', NESTED, b"null", b"{}", b""])
)


def asked(ask: Ask, status: int, body: bytes, waits: str) -> object:
    async def answer(scope: object, receive: object, send: object) -> None:
        response = Response(body, status, {"retry-after": waits, "date": waits})
        await response(scope, receive, send)  # type: ignore[arg-type]

    async def once() -> object:
        transport = httpx.ASGITransport(answer)
        now = lambda: dt.datetime(2026, 10, 5, tzinfo=dt.UTC)  # noqa: E731
        async with connected(URL, ANYBODY, transport, now, Redaction()) as registry:
            return await ask(registry)

    return asyncio.run(once())


@given(
    st.sampled_from(ASKS),
    st.sampled_from([200, 204, 400, 422, 429, 500, 503]),
    bodies,
    st.sampled_from(ODD_DATES),
)
def test_any_answer_to_any_request_is_a_reply(ask: Ask, status: int, body: bytes, waits: str) -> None:
    reply = asked(ask, status, body, waits)
    assert isinstance(reply, Busy | Denied | Doubtful | Gone | Refused | Unreadable)
    assert isinstance(reply, Gone) <= (status == 204)


@pytest.mark.parametrize("header", ODD_DATES)
def test_a_date_that_no_calendar_has_is_none(header: str) -> None:
    assert moment_of(header) is None


@given(st.integers(0, 32_000_000_000))
def test_a_date_of_a_header_is_read_in_utc(seconds: int) -> None:
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    assert moment_of(f"{moment:%a, %d %b %Y %H:%M:%S} GMT") == moment
