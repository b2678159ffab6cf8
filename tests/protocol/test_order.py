"""What is on disk first: nothing leaves, and nothing is told, before the ledger can prove it."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from pipeline import run
from pipeline.errors import LedgerError
from pipeline.ledger import Ledger
from pipeline.local_registry.conduct import AS_PUBLISHED
from pipeline.local_registry.store import Store
from pipeline.model import Outcome
from pipeline.run.world import Several
from tests.conftest import NewLedger
from tests.protocol.plant import Plant, Power
from tests.protocol.test_amend import conflicting


class Watched(httpx.AsyncBaseTransport):
    """The way to the registry, with somebody who sees each request before it leaves."""

    def __init__(self, registry: httpx.AsyncBaseTransport, sees: Callable[[httpx.Request], None]) -> None:
        self._registry, self._sees = registry, sees

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._sees(request)
        return await self._registry.handle_async_request(request)


@contextmanager
def watched(plant: Plant, sees: Callable[[httpx.Request], None]) -> Iterator[None]:
    plant.between = lambda registry, _: Watched(registry, sees)
    yield
    plant.between = lambda registry, _: registry


class Listener(Several):
    """Is told of every outcome as soon as the run knows it."""

    def __init__(self, hears: Callable[[str, Outcome], None]) -> None:
        super().__init__()
        self._hears = hears

    def told(self, reference: str, outcome: Outcome) -> None:
        self._hears(reference, outcome)


def test_no_request_leaves_before_everybody_can_read_its_intent(
    tmp_path: Path, new_ledger: NewLedger
) -> None:
    plant = Plant(tmp_path, ledger=new_ledger())
    seen = []
    with Ledger(plant.ledger) as other:

        def sees(request: httpx.Request) -> None:
            if request.method == "POST":
                reference = json.loads(request.content)["supplier_reference_id"]
                record = other.records([reference])[reference]
                seen.append((record.state, record.attempts))

        with watched(plant, sees):
            plant.upload("error-500:nth=2")
    assert seen == [("sending", 1)] * 7 + [("sending", 2)]


def test_nothing_is_told_before_everybody_can_read_it(tmp_path: Path, new_ledger: NewLedger) -> None:
    plant = Plant(tmp_path, ledger=new_ledger())
    heard = []
    with Ledger(plant.ledger) as other:

        def hears(reference: str, outcome: Outcome) -> None:
            record = other.records([reference])[reference]
            heard.append((outcome.word, record.state, record.registry_id == outcome.registry_id))

        world = replace(plant.world("reject-422:nth=2", AS_PUBLISHED, Power()), watcher=Listener(hears))
        run.upload([plant.log], plant.settings(concurrency=3), world)
    assert sorted(heard) == [("created", "registered", True)] * 6 + [("rejected", "rejected", True)]


class Counted(httpx.AsyncBaseTransport):
    """The way to the registry, on which the POSTs that are under way at once are counted."""

    def __init__(self, registry: httpx.AsyncBaseTransport) -> None:
        self._registry = registry
        self.now = self.most = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(0.01)
            return await self._registry.handle_async_request(request)
        finally:
            self.now -= 1


def test_as_many_requests_are_under_way_at_once_as_is_allowed_and_no_more(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=40)
    counted = []

    def counting(registry: httpx.AsyncBaseTransport, _: object) -> Counted:
        counted.append(Counted(registry))
        return counted[-1]

    plant.between, plant.concurrency = counting, 5
    plant.upload()
    assert counted[-1].most == 5


def test_no_deletion_leaves_before_everybody_can_read_its_intent(tmp_path: Path) -> None:
    plant, _ = conflicting(tmp_path)
    seen = []
    with Ledger(plant.settings().ledger_url) as other:

        def sees(request: httpx.Request) -> None:
            if request.method == "DELETE":
                seen.append(other.corrections.get(["B-002"])["B-002"].state)

        with watched(plant, sees):
            plant.amend("B-002")
    assert seen == ["deleting"]


def test_a_ledger_that_belongs_to_another_registry_is_refused_before_anything_is_sent(
    tmp_path: Path, new_ledger: NewLedger
) -> None:
    plant = Plant(tmp_path, rows=3, ledger=new_ledger())
    plant.upload()
    plant.store = Store(":memory:")
    more = plant.write({"C-001": 1}, "more.csv")
    with pytest.raises(LedgerError, match="belongs to organisation"):
        plant.upload(files=[more])
    assert not plant.held()


def test_a_file_of_which_a_row_is_not_settled_stays_in_the_inbox(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=3)
    plant.drop()
    plant.upload_inbox("error-500:on=post; error-500:on=list,from=2")
    assert [path.name for path in (tmp_path / "inbox").glob("*.csv")] == ["log.csv"]
    plant.upload_inbox()
    assert not list((tmp_path / "inbox").glob("*.csv"))
