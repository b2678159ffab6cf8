"""`upload` to the local registry, which answers at once or after 20 or 50 ms, beside other clients."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bench import clients
from bench.compare import Comparison, Contender, Desk, Wanted, at_least, given, told
from bench.measure import FailedError, Taken, process, task
from bench.program import AT_ONCE, registry, uploaded

Client = Callable[[str, str], clients.Work]
WHOLE_NAME, DELIVERING_NAME = "rows a second, whole process", "rows a second, delivering"
WHOLE, DELIVERING = told(WHOLE_NAME), told(DELIVERING_NAME)
_SEQUENTIAL_ROWS = 500


def comparisons(desk: Desk) -> Iterator[Comparison]:
    rows, log, unit = desk.scale.uploaded, desk.logs.csv(desk.scale.uploaded), "rows/s"

    def compared(words: str, ours: Contender, others: tuple[Contender, ...], wanted: Wanted) -> Comparison:
        return Comparison(words, ours, others, wanted, unit, rows=rows)

    def of(name: str, client: Client, wait: float = 0, *needs: str, turns: int = 99) -> Contender:
        value = WHOLE if client in (clients.bare_script, clients.pandas_aiohttp) else DELIVERING
        return Contender(name, lambda folder: _by(client, log, rows, wait, folder), value, needs, turns)

    def mine(wait: float, value: Callable[[Taken], float]) -> Contender:
        return Contender("`pipeline upload`", lambda folder: _ours(log, rows, wait, folder), value)

    bare = of("a bare script: pandas, httpx over aiohttp, tenacity", clients.bare_script)
    at_once = (
        bare,
        of("pandas and aiohttp", clients.pandas_aiohttp),
        of("aiohttp alone, delivering: what the local registry can take", clients.with_aiohttp),
        of("httpx over aiohttp, delivering", clients.with_httpx_aiohttp),
        of("httpx's own transport, delivering", clients.with_httpx, turns=1),
        of("one requests.Session, delivering", clients.with_requests, 0, "requests", turns=1),
        of("dlt, custom destination, delivering", clients.with_dlt, 0, "dlt", "requests", turns=1),
    )
    yield compared(
        f"`upload` of {rows:,} rows, answers at once, whole process", mine(0, WHOLE), at_once, at_least(1)
    )
    fifty = (
        given("the ideal, 32 at once every 50 ms", AT_ONCE / 0.05),
        of("aiohttp alone", clients.with_aiohttp, 0.05),
        of("httpx over aiohttp", clients.with_httpx_aiohttp, 0.05),
        of("httpx's own transport", clients.with_httpx, 0.05, turns=1),
    )
    words = f"`upload` of {rows:,} rows, answers after 50 ms, 32 at once, delivering"
    yield compared(words, mine(0.05, DELIVERING), fifty, at_least(0.95))
    few = desk.logs.csv(min(rows, _SEQUENTIAL_ROWS))
    sequential = Contender(
        f"one requests.Session, {_SEQUENTIAL_ROWS} rows",
        lambda folder: _by(clients.with_requests, few, min(rows, _SEQUENTIAL_ROWS), 0.02, folder),
        DELIVERING,
        ("requests",),
        turns=1,
    )
    twenty = (
        Contender("wrk", lambda folder: _wrk(desk.scale.seconds, 0.02, folder), DELIVERING, ("wrk",)),
        of("aiohttp alone", clients.with_aiohttp, 0.02),
        given("the ideal, 32 at once every 20 ms", AT_ONCE / 0.02),
        replace(of("the bare script", clients.bare_script, 0.02), value=WHOLE),
        of("dlt, custom destination", clients.with_dlt, 0.02, "dlt", "requests", turns=1),
        sequential,
    )
    words = f"`upload` of {rows:,} rows, answers after 20 ms, 32 at once"
    yield compared(f"{words}, whole process", mine(0.02, WHOLE), twenty, at_least(0.85))
    yield compared(f"{words}, delivering", mine(0.02, DELIVERING), twenty[:2], at_least(0.85))


def _ours(log: Path, rows: int, wait: float, folder: Path) -> Taken:
    store = folder / "store.sqlite3"
    with registry(store, wait) as url:
        taken = uploaded(log, folder, url)
    return with_rates(taken, store, rows, wait)


def _by(client: Client, log: Path, rows: int, wait: float, folder: Path) -> Taken:
    store = folder / "store.sqlite3"
    with registry(store, wait) as url:
        taken = process(task(clients.__name__, client.__name__, log, url), folder)
    return with_rates(taken, store, rows, wait)


def _wrk(seconds: int, wait: float, folder: Path) -> Taken:
    script = folder / "post.lua"
    script.write_text(clients.wrk_script(), encoding="utf-8")
    with registry(folder / "store.sqlite3", wait) as url:
        command = [
            "wrk",
            "-t1",
            f"-c{AT_ONCE}",
            f"-d{seconds}s",
            "-s",
            str(script),
            f"{url}/production_batches",
        ]
        taken = process(command, folder, read=_rate_of_wrk)
    return Taken(taken.wall, 0, 0, taken.told)  # it runs for so many seconds, however many rows that are


def _rate_of_wrk(said: str) -> dict[str, float]:
    if "Non-2xx" in said:
        raise FailedError("wrk was not answered with 200")
    return {DELIVERING_NAME: float(re.findall(r"Requests/sec: +([0-9.]+)", said)[0])}


def with_rates(taken: Taken, store: Path, rows: int, wait: float) -> Taken:
    """What was taken, with rows a second: of the whole process, and from the first batch stored to the last.

    The registry's own times count, whoever delivered. FailedError when it does not hold every row.
    """
    query = "SELECT count(*), min(uploaded), max(uploaded) FROM resources WHERE kind = 'production_batch'"
    with closing(sqlite3.connect(store)) as database:
        held, first, last = database.execute(query).fetchone()
    if held != rows:
        raise FailedError(f"the registry holds {held} of {rows} rows")
    rates = {DELIVERING_NAME: rows / (last - first + wait), WHOLE_NAME: rows / taken.wall}
    return replace(taken, told={**taken.told, **rates})
