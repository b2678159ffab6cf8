"""A long list of registered batches, read to settle what an earlier run left open."""

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from bench import clients
from bench.compare import NOTHING, Comparison, Contender, Desk, Wanted, given, told, work
from bench.measure import FailedError, Taken, process, task
from bench.program import registry, summary, uploaded

PAGE = 50
REQUESTS = "requests for the list"
_LOST = "lose-answer:on=post,every=2;error-503:on=list,from=2"
"""Every second batch is stored and its answer lost, and the list can be counted, but not read."""
LIST, STORE = "GET /production_batches", "store.sqlite3"


def comparisons(desk: Desk) -> Iterator[Comparison]:
    number, opened = desk.scale.listed, desk.scale.opened
    others, log = desk.logs.csv(number - 2 * opened), desk.logs.csv(2 * opened, first=number)
    least = number // PAGE
    with ExitStack() as stack:
        done = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        port = _left_open(log, opened, others, done)
        mine = Contender("`pipeline upload`", lambda folder: _settled(log, opened, port, done, folder))
        words = f"reading a list of {number:,} to settle {opened} open rows"
        fewest = given("the least possible", least)
        limit = Wanted(f"≤ {least + 1:,} requests", lambda ours, _: ours <= least + 1)
        yield Comparison(
            f"{words}: requests", replace(mine, value=told(REQUESTS)), (fewest,), limit, "requests", turns=1
        )
        reader = Contender("aiohttp, page after page", lambda folder: _listed(port, done, folder), work)
        yield Comparison(f"{words}: whole process", mine, (reader,), NOTHING, turns=1)


def _left_open(log: Path, opened: int, others: Path, folder: Path) -> int:
    """A run that loses every second answer, and a registry that others fill up meanwhile; its port."""
    store = folder / STORE
    with registry(store, faults=_LOST) as url:
        uploaded(log, folder, url, fine=(3,))
    outcomes = summary(folder)["outcomes"]
    if outcomes["unknown"] != opened:
        raise FailedError(f"not {opened} rows were left open: {outcomes}")
    _filled(store, others)
    return urlsplit(url).port or 0


def _filled(store: Path, log: Path) -> None:
    """The batches of others, put into the registry's own store: posting them would take a minute."""
    from pipeline.local_registry.batch import CreateProductionBatch, held, new_id
    from pipeline.local_registry.store import Store

    now = dt.datetime.now(dt.UTC)
    with closing(Store(store)) as filled:
        for body in clients.bodies(str(log)):
            batch = CreateProductionBatch.model_validate_json(body)
            batch_id = new_id("ptb", now)
            text = held(batch, batch_id, now)
            filled.add_batch(batch_id, batch.supplier_reference_id, text, uploaded=now.timestamp())


def _settled(log: Path, opened: int, port: int, done: Path, folder: Path) -> Taken:
    shutil.copytree(done, folder, dirs_exist_ok=True)
    with registry(folder / STORE, port=port) as url:
        taken = uploaded(log, folder, url)
    found = summary(folder)
    settled = found["outcomes"]["already_registered"] + found["outcomes"]["created"]
    if settled != 2 * opened or "POST /production_batches" in found["requests"]:
        raise FailedError(f"not settled by reading alone: {found['outcomes']}, {found['requests']}")
    return replace(taken, told={REQUESTS: found["requests"][LIST]})


def _listed(port: int, done: Path, folder: Path) -> Taken:
    shutil.copytree(done, folder, dirs_exist_ok=True)
    with registry(folder / STORE, port=port) as url:
        return process(task(clients.__name__, clients.list_with_aiohttp.__name__, url), folder)
