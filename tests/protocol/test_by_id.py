"""One batch by its id: what each answer to a GET and a DELETE proves, and what it does not."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable

import httpx
import pytest
from starlette.responses import HTMLResponse

from pipeline.deliver import deleting
from pipeline.deliver.pace import Halt
from pipeline.local_registry.app import build
from pipeline.local_registry.conduct import AS_PUBLISHED
from pipeline.local_registry.faults import parse
from pipeline.local_registry.store import Store
from pipeline.redact import Redaction
from pipeline.registry import Answer, Denied, Doubtful, Gone, Redirected, Refused, Registry, Stored, connected
from pipeline.settings import Secret
from pipeline.transport import Credentials
from tests.local_registry.calls import HEADERS, batch
from tests.protocol.plant import URL

UNKNOWN = "ptb_0000000000000000"

ANYBODY = Credentials(Secret("local"), Secret("local"))


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def asked(faults: str, ask: Callable[[Registry, str], Awaitable[Answer]]) -> tuple[Answer, bool]:
    """The answer about a batch that is held when it is asked, and whether it is held afterwards."""
    store = Store(":memory:")
    app = build(store, conduct=AS_PUBLISHED, faults=parse(faults), now=now)

    async def made_and_asked() -> tuple[Answer, bool]:
        transport = httpx.ASGITransport(app)
        async with (
            httpx.AsyncClient(base_url=URL, headers=HEADERS, transport=transport) as plain,
            connected(URL, ANYBODY, transport, now, Redaction()) as registry,
        ):
            made = (await plain.post("/production_batches", json=batch("R"))).json()["id"]
            answer = await ask(registry, made)
            return answer, (await plain.get(f"/production_batches/{made}")).status_code == 200

    return asyncio.run(made_and_asked())


def get(registry: Registry, batch_id: str) -> Awaitable[Answer]:
    return registry.get(batch_id)


def delete(registry: Registry, batch_id: str) -> Awaitable[Answer]:
    return registry.delete(batch_id)


def test_a_batch_is_read_by_its_id() -> None:
    answer, _ = asked("", get)
    assert isinstance(answer, Stored)
    assert answer.held.supplier_reference_id == "R"


def test_a_batch_is_deleted_by_its_id() -> None:
    assert asked("", delete) == (Gone(204), False)


@pytest.mark.parametrize("method", ["get", "delete"])
def test_an_id_that_is_not_there_is_gone(method: str) -> None:
    answer, _ = asked("", lambda registry, _: getattr(registry, method)(UNKNOWN))
    assert isinstance(answer, Gone)
    assert answer.status == 404


def test_requests_are_counted_without_their_ids() -> None:
    async def both(registry: Registry, batch_id: str) -> Answer:
        await registry.get(batch_id)
        answer = await registry.delete(batch_id)
        assert registry.requests == {
            "GET /production_batches/{id}": 1,
            "DELETE /production_batches/{id}": 1,
        }
        return answer

    asked("", both)


@pytest.mark.parametrize(
    ("fault", "kind", "still_held"),
    [
        ("lose-answer", Doubtful, False),
        ("drop-before", Doubtful, True),
        ("error-500", Doubtful, True),
        ("error-500-after", Doubtful, False),
        ("html-200-after", Doubtful, False),
        ("html-200", Doubtful, True),
        ("reject-409", Refused, True),
        ("401", Denied, True),
        ("redirect", Redirected, True),
    ],
)
def test_only_a_204_or_a_404_proves_a_deletion(fault: str, kind: type[Answer], still_held: bool) -> None:
    answer, held = asked(f"{fault}:on=delete", delete)
    assert isinstance(answer, kind)
    assert held == still_held


@pytest.mark.parametrize("page", ["<html>Not Found</html>", ""])
def test_a_404_of_a_proxy_proves_nothing(page: str) -> None:
    async def ask() -> list[Answer]:
        proxy = httpx.ASGITransport(HTMLResponse(page, 404))
        async with connected(URL, ANYBODY, proxy, now, Redaction()) as registry:
            return [await registry.get(UNKNOWN), await registry.delete(UNKNOWN)]

    assert all(isinstance(answer, Doubtful) for answer in asyncio.run(ask()))


@pytest.mark.parametrize("then", ["401", "429:form=none", "reject-409"])
@pytest.mark.parametrize("asked_for", ["", "; error-500:on=get,from=2"])
def test_once_a_deletion_may_be_under_way_no_later_answer_says_that_nothing_was_changed(
    then: str, asked_for: str
) -> None:
    async def at_once(_: float) -> None:
        return

    def deleted(registry: Registry, batch_id: str) -> Awaitable[Answer]:
        return deleting.delete(registry, batch_id, Halt(at_once), 5)

    option = "," if ":" in then else ":"
    script = f"drop-before:on=delete,nth=1; {then}{option}on=delete,from=2{asked_for}"
    answer, _ = asked(script, deleted)
    refused_and_there = then == "reject-409" and not asked_for
    assert isinstance(answer, Refused if refused_and_there else Doubtful)
