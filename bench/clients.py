"""Other clients that post the same batches: loops around an HTTP library, and scripts as people write them.

Each is a task (see `bench.task`): it gets the log and the registry's URL. None keeps a ledger or a report.
"""

import asyncio
import datetime as dt
import json
import os
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

from bench.data import posted
from bench.program import AT_ONCE

if TYPE_CHECKING:
    import httpx

Work = Callable[[], object]
Post = Callable[[bytes], Awaitable[object]]
HEADERS = {"authorization": "Bearer local", "x-client-secret": "local", "content-type": "application/json"}


def with_aiohttp(log: str, url: str) -> Work:
    """A bare loop: nothing but the bodies, made beforehand, and one session."""
    import aiohttp

    found = bodies(log)

    async def post_all() -> None:
        connector = aiohttp.TCPConnector(limit=AT_ONCE)
        async with aiohttp.ClientSession(connector=connector, headers=HEADERS) as session:

            async def post(body: bytes) -> None:
                async with session.post(f"{url}/production_batches", data=body) as answer:
                    answer.raise_for_status()
                    await answer.read()

            await _at_once(found, post)

    return lambda: asyncio.run(post_all())


def with_httpx(log: str, url: str) -> Work:
    """By httpx and its own transport."""
    found = bodies(log)
    return lambda: asyncio.run(_by_httpx(found, url, None))


def with_httpx_aiohttp(log: str, url: str) -> Work:
    from httpx_aiohttp import AiohttpTransport

    found = bodies(log)
    return lambda: asyncio.run(_by_httpx(found, url, AiohttpTransport(limits=_limits())))


def bare_script(log: str, url: str) -> Work:
    """A whole script: pandas, httpx over aiohttp, tenacity; everything from reading on is its work."""

    def work() -> None:
        from httpx_aiohttp import AiohttpTransport
        from tenacity import retry, stop_after_attempt, wait_random_exponential

        again = retry(stop=stop_after_attempt(5), wait=wait_random_exponential())
        asyncio.run(_by_httpx(bodies(log), url, AiohttpTransport(limits=_limits()), again))

    return work


def pandas_aiohttp(log: str, url: str) -> Work:
    """A script: it reads the log and posts it, and all of that is its work."""

    def work() -> None:
        with_aiohttp(log, url)()

    return work


def with_requests(log: str, url: str) -> Work:
    """One session, one request after the other."""
    import requests

    found = bodies(log)

    def post_all() -> None:
        with requests.Session() as session:
            session.headers.update(HEADERS)
            for body in found:
                session.post(f"{url}/production_batches", data=body).raise_for_status()

    return post_all


def with_dlt(log: str, url: str) -> Work:
    """By dlt with a custom destination: 32 load jobs at once, a session each, as many files as jobs."""
    found = [json.loads(body) for body in bodies(log)]
    os.environ |= {
        "LOAD__WORKERS": str(AT_ONCE),
        "DATA_WRITER__FILE_MAX_ITEMS": str(max(1, len(found) // AT_ONCE)),
        "DLT_DATA_DIR": "dlt",
    }
    import dlt
    import requests

    def posted(items: Iterable[dict[str, object]], table: object) -> None:  # noqa: ARG001  dlt's own names
        with requests.Session() as session:
            session.headers.update(HEADERS)
            for item in items:
                body = json.dumps({name: item[name] for name in found[0]}, default=dt.datetime.isoformat)
                session.post(f"{url}/production_batches", data=body).raise_for_status()

    def load() -> None:
        registry = dlt.destination(
            posted, batch_size=500, skip_dlt_columns_and_tables=True, max_parallel_load_jobs=AT_ONCE
        )
        batches = dlt.resource(found, name="batches", max_table_nesting=0)
        dlt.pipeline("bench", destination=registry, pipelines_dir="dlt").run(batches)

    return load


def list_with_aiohttp(url: str) -> Work:
    """The whole list, page after page, each asked for with the cursor of the one before."""
    import aiohttp

    async def pages() -> None:
        async with aiohttp.ClientSession(headers=HEADERS) as session:
            query, more = {"first": "50"}, True
            while more:
                async with session.get(f"{url}/production_batches", params=query) as answer:
                    page = (await answer.json())["page_info"]
                query, more = {"first": "50", "after": page["end_cursor"]}, page["has_next_page"]

    return lambda: asyncio.run(pages())


def bodies(log: str) -> list[bytes]:
    """The payloads of a log, as a script makes them."""
    import pandas as pd

    frame = pd.read_csv(log, dtype=str)
    columns = ["reference", "facility", "feedstock", "start", "end", "mass (kg)"]
    return [_body(*row) for row in frame[columns].itertuples(index=False, name=None)]


def _body(*values: str) -> bytes:
    reference, facility, feedstock, start, end, mass = values
    return json.dumps(posted(reference, facility, feedstock, start, end, float(mass))).encode()


async def _at_once(found: Iterable[bytes], post: Post) -> None:
    waiting = iter(found)

    async def one_after_the_other() -> None:
        for body in waiting:
            await post(body)

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))


async def _by_httpx(
    found: Iterable[bytes],
    url: str,
    transport: "httpx.AsyncBaseTransport | None",
    wrapped: Callable[[Post], Post] = lambda post: post,
) -> None:
    import httpx

    async with httpx.AsyncClient(transport=transport, limits=_limits(), headers=HEADERS) as client:

        @wrapped
        async def post(body: bytes) -> None:
            answer = await client.post(f"{url}/production_batches", content=body)
            answer.raise_for_status()

        await _at_once(found, post)


def _limits() -> "httpx.Limits":
    import httpx

    return httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)


def wrk_script() -> str:
    """What wrk sends: the same body, each time under a new reference."""
    headers = "\n".join(f'wrk.headers["{name}"] = "{value}"' for name, value in HEADERS.items())
    before, after = _body("@", "fcl_1G8QT5ZAB1S0XSDW", "ftt_1D7KZ1P761S0G7BN", *_TIMES, "400").split(b"@")
    return f"""\
wrk.method = "POST"
{headers}
local number = 0
request = function()
  number = number + 1
  return wrk.format(nil, nil, nil, '{before.decode()}W-' .. number .. '{after.decode()}')
end
"""


_TIMES = ("2025-06-01T06:00:00Z", "2025-06-01T10:00:00Z")
