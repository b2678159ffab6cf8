"""`make bench`: how many requests a second each transport manages, and what a whole upload adds.

One run measures everything side by side against the same local registry, so that only the ratios mean
something. Nothing here is a test: a slow machine is not a failure.
"""

import asyncio
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from pipeline import run
from pipeline.local_registry.serve import launched
from pipeline.run.world import World
from pipeline.settings import Options, load

REQUESTS, CONNECTIONS, REPEATS = 2_000, 32, 3
HEADERS = {"authorization": "Bearer local", "x-client-secret": "local", "content-type": "application/json"}


def body(number: int, label: str) -> bytes:
    return (
        '{"supplier_reference_id":"%s-%d","facility_id":"fcl_1G8QT5ZAB1S0XSDW",'
        '"feedstock_type_ids":["ftt_1D7KZ1P761S0G7BN"],"kind":"biochar",'
        '"started_at":"2025-06-01T06:00:00Z","ended_at":"2025-06-01T10:00:00Z",'
        '"mass":{"magnitude":400,"unit":"kg"}}' % (label, number)
    ).encode()


async def all_of(post: Callable[[int], Awaitable[object]]) -> None:
    numbers = iter(range(REQUESTS))

    async def work() -> None:
        for number in numbers:
            await post(number)

    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))


async def with_httpx(url: str, transport: httpx.AsyncBaseTransport | None, label: str) -> None:
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    async with httpx.AsyncClient(transport=transport, limits=limits, headers=HEADERS) as client:

        async def post(number: int) -> None:
            answer = await client.post(f"{url}/production_batches", content=body(number, label))
            answer.raise_for_status()

        await all_of(post)


async def with_aiohttp(url: str, label: str) -> None:
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector, headers=HEADERS) as client:

        async def post(number: int) -> None:
            async with client.post(f"{url}/production_batches", data=body(number, label)) as answer:
                answer.raise_for_status()
                await answer.read()

        await all_of(post)


def whole_upload(url: str, label: str) -> None:
    """The whole program: read, check, durable intents, deliver, results in every format."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = (
            f"{label}-{number},fcl_1G8QT5ZAB1S0XSDW,ftt_1D7KZ1P761S0G7BN,"
            "2025-06-01T06:00:00Z,2025-06-01T10:00:00Z,400"
            for number in range(REQUESTS)
        )
        log = folder / "log.csv"
        log.write_text("reference,facility,feedstock,start,end,mass (kg)\n" + "\n".join(rows))
        settings = load(
            folder=folder, environ={"ISOMETRIC_BASE_URL": url}, options=Options(concurrency=CONNECTIONS)
        )
        run.upload([log], settings, World())


def measured(work: Callable[[str, str], None], name: str) -> tuple[float, float]:
    """Requests a second: the median of the repeats, and their spread."""
    rates = []
    for repeat in range(REPEATS):
        with tempfile.TemporaryDirectory() as folder, launched(Path(folder) / "store.sqlite3") as url:
            start = time.perf_counter()
            work(url, f"{name}{repeat}".replace(" ", ""))
            rates.append(REQUESTS / (time.perf_counter() - start))
    return statistics.median(rates), max(rates) - min(rates)


def main() -> None:
    transport = AiohttpTransport
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    yardsticks: dict[str, Callable[[str, str], None]] = {
        "aiohttp alone": lambda url, label: asyncio.run(with_aiohttp(url, label)),
        "httpx, aiohttp transport": lambda url, label: asyncio.run(
            with_httpx(url, transport(limits=limits), label)
        ),
        "httpx, its own transport": lambda url, label: asyncio.run(with_httpx(url, None, label)),
        "whole upload": whole_upload,
    }
    print(f"{REQUESTS:,} batches, {CONNECTIONS} at once, median of {REPEATS}, {platform.platform()}")
    print(f"Python {sys.version.split()[0]}; client and local registry share the machine\n")
    print(f"{'':<26} {'per second':>10} {'spread':>8} {'ratio':>6}")
    first = 0.0
    for name, work in yardsticks.items():
        rate, spread = measured(work, name)
        first = first or rate
        print(f"{name:<26} {rate:>10,.0f} {spread:>8,.0f} {rate / first:>6.2f}")


if __name__ == "__main__":
    main()
