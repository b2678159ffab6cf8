"""What the status of an answer to a POST proves, and above all what it does not."""

import asyncio
import datetime as dt

import httpx
import pytest
from msgspec.structs import replace
from starlette.responses import JSONResponse

from pipeline.redact import Redaction
from pipeline.registry import Answer, Busy, Denied, Doubtful, Redirected, Refused, Reply, connected
from pipeline.registry.meaning import not_created
from pipeline.settings import Secret
from pipeline.transport import Credentials, Received
from tests.local_registry.calls import batch
from tests.protocol.plant import URL

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize("status", [201, 202, 204, 408, 500, 501, 502, 503, 504, 507, 520, 599])
def test_an_answer_behind_which_the_batch_may_be_stored_is_a_doubt(status: int) -> None:
    assert isinstance(not_created(Received(status), NOW), Doubtful)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, Refused) for status in (400, 404, 409, 410, 422)),
        *((status, Denied) for status in (401, 403)),
        *((status, Redirected) for status in (301, 302, 307, 308)),
        (429, Busy),
    ],
)
def test_an_answer_that_says_what_it_means_is_taken_at_its_word(status: int, kind: type[Reply]) -> None:
    assert isinstance(not_created(Received(status), NOW), kind)


def test_an_answer_about_another_batch_is_a_doubt_whatever_was_asked() -> None:
    async def ask() -> list[Answer]:
        about_another = httpx.ASGITransport(JSONResponse(batch("OTHER") | {"id": "ptb_other"}))
        anybody = Credentials(Secret("local"), Secret("local"))
        async with connected(URL, anybody, about_another, lambda: NOW, Redaction()) as registry:
            return [await registry.create("B-001", "{}"), await registry.get("ptb_ours")]

    doubt = Doubtful("an answer about another batch", 200)
    assert asyncio.run(ask()) == [replace(doubt, named="ptb_other"), doubt]
