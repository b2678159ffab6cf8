"""Whatever use of the ledger fails, and why: no POST without its intent, nothing false, and a rerun heals."""

import json
from collections import Counter
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, text

from pipeline.errors import Exit, LedgerError
from pipeline.local_registry.conduct import Conduct
from pipeline.model import Report
from tests.postgresql import Server
from tests.protocol.failing import (
    FULL,
    LATE,
    READ_ONLY,
    Trouble,
    postgresql_fails,
    sqlite_fails,
)
from tests.protocol.line import Line
from tests.protocol.plant import Plant, Power, PowerCutError
from tests.protocol.truth import assert_healed, assert_nothing_false


class Counted(httpx.AsyncBaseTransport):
    """Counts the POSTs of each reference that reach the registry."""

    def __init__(self, registry: httpx.AsyncBaseTransport, posts: Counter[str]) -> None:
        self._registry, self._posts = registry, posts

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self._posts[json.loads(request.content)["supplier_reference_id"]] += 1
        return await self._registry.handle_async_request(request)


def counting(plant: Plant) -> Counter[str]:
    posts: Counter[str] = Counter()

    def between(registry: httpx.AsyncBaseTransport, _: Conduct) -> httpx.AsyncBaseTransport:
        return Counted(registry, posts)

    plant.between = between
    return posts


def intents(url: str) -> Counter[str]:
    """How many POSTs of each reference the ledger has durably announced."""
    engine = create_engine(url)
    with engine.begin() as connection:
        if not engine.dialect.has_table(connection, "attempts"):
            return Counter()
        lines = connection.execute(text("SELECT reference FROM attempts WHERE state = 'sending'"))
        found = Counter(reference for (reference,) in lines)
    engine.dispose()
    return found


def upload_in(trouble: Trouble, plant: Plant) -> Report | LedgerError:
    """One run with trouble: what it reported, or why it could not begin."""
    try:
        with sqlite_fails(trouble, FULL):
            return plant.upload("lose-answer:nth=1")
    except LedgerError as failure:
        return failure


def assert_true_and_told(ended: Report | LedgerError, plant: Plant, *, failed: bool) -> None:
    """A report that tells of the failure and says nothing false, or a refusal before anything was sent."""
    if isinstance(ended, LedgerError):
        assert plant.held() == {}
        assert "ledger.sqlite3" in str(ended)
        assert "Make room on its disk" in str(ended)
        assert ended.exit_code in {Exit.USAGE, Exit.UNFINISHED}
        return
    assert_nothing_false(ended, plant)
    if failed:
        assert ended.exit_code == Exit.UNFINISHED
        assert "ledger.sqlite3 failed: database or disk is full. Make room on its disk" in ended.stopped


def plant_in(folder: Path) -> Plant:
    folder.mkdir()
    return Plant(folder, rows=2)


def test_whatever_event_the_disk_is_full_at_the_run_tells_it_and_the_next_one_heals_it(
    tmp_path: Path,
) -> None:
    events = 0
    while True:
        events += 2
        plant = plant_in(tmp_path / f"{events}")
        posts, trouble = counting(plant), Trouble(events, stays=False)
        assert_true_and_told(upload_in(trouble, plant), plant, failed=trouble.came)
        if not trouble.came:
            break
        assert posts <= intents(plant.settings().ledger_url)
        assert_healed(plant.upload(), plant)
    assert events > 100


def line_that_fails(line: Line, trouble: Trouble, failing: AbstractContextManager[None]) -> None:
    with failing, suppress(LedgerError):
        line.upload("lose-answer:nth=2")
    if trouble.came:
        line.upload()
    assert line.plant.held() == {f"B-{number:03}": 1 for number in range(1, 3)}


@pytest.mark.parametrize(("said", "stays"), [(LATE, False), (READ_ONLY, True)])
def test_whatever_event_sqlite_fails_at_no_post_leaves_without_its_intent_and_each_batch_is_held_once(
    tmp_path: Path, said: str, *, stays: bool
) -> None:
    events = 0
    while True:
        events += 1
        url = f"sqlite:///{tmp_path}/{events}.sqlite3"
        line, trouble = Line(tmp_path, url, rows=2), Trouble(events, stays=stays)
        posts = counting(line.plant)
        line_that_fails(line, trouble, sqlite_fails(trouble, said))
        assert posts <= intents(url)
        if not trouble.came:
            break
    assert events > 100


def test_whatever_event_postgresql_ends_the_connection_at_no_post_leaves_without_its_intent(
    tmp_path: Path, postgresql: Server
) -> None:
    events = 1
    while True:
        events += 2
        url = postgresql.ledger()
        line, trouble = Line(tmp_path, url, rows=2), Trouble(events, stays=False)
        posts = counting(line.plant)
        line_that_fails(line, trouble, postgresql_fails(trouble, postgresql))
        assert posts <= intents(url)
        if not trouble.came:
            break
    assert events > 80


@pytest.mark.parametrize("event", range(40, 80, 4))
def test_what_an_earlier_run_may_have_sent_is_never_called_unsent_because_the_ledger_failed(
    tmp_path: Path, event: int
) -> None:
    plant = plant_in(tmp_path / "plant")
    with pytest.raises(PowerCutError):
        plant.upload(power=Power(point="wire.sent", about="B-002"))
    trouble = Trouble(event, stays=False)
    assert plant.held()["B-002"] == 1
    with suppress(LedgerError), sqlite_fails(trouble, FULL):
        assert_nothing_false(plant.upload(), plant)
    assert trouble.came
    assert_healed(plant.upload(), plant)
