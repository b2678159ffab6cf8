"""The list of batches: long, moving, lagging, wrong; and never a wrong conclusion from it."""

import asyncio
import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from math import ceil
from pathlib import Path

import httpx
import pytest
from starlette.responses import JSONResponse

from pipeline.deliver.pace import Halt
from pipeline.deliver.reading import read_list
from pipeline.journal_point import listen
from pipeline.ledger import Ledger
from pipeline.local_registry.conduct import ORDERS, Conduct, Order
from pipeline.redact import Redaction
from pipeline.registry import Unreadable, connected
from pipeline.settings import Secret
from pipeline.transport import Credentials
from tests.protocol import failures
from tests.protocol.failures import Failure
from tests.protocol.network import LIST_FAULTS, Network, everything_from, in_turn, once
from tests.protocol.plant import URL, Plant
from tests.protocol.stop import Stop
from tests.protocol.truth import WELL, assert_nothing_false

LOST = Failure(failures.reset, "at once")
NEVER_STORED = Failure(failures.reset)
ODD = (
    '{{"id":"ptb_odd{0}","supplier_reference_id":{1},"facility_id":"fcl_1","feedstock_type_ids":[],'
    '"kind":"of another day","started_at":"2026-01-01T00:00:00+05:30","ended_at":"2026-01-02T00:00:00Z",'
    '"mass":{{"magnitude":1e3,"unit":"bushel","basis":"wet"}},"status":"PENDING_REVIEW"}}'
)


def add_others(plant: Plant, count: int, name: str = "other") -> None:
    """Batches that somebody else has registered, unlike ours in all that may differ."""
    for number in range(count):
        reference = "null" if number % 10 == 0 else f'"{name}-{number}"'
        body = ODD.format(f"{name}{number}", reference)
        plant.store.add_batch(f"ptb_odd{name}{number}", reference.strip('"'), body, uploaded=0, unique=False)


@pytest.mark.parametrize(
    ("others", "order"), [(1000, "ascending"), (1000, "descending"), (10_000, "descending")]
)
def test_one_reading_of_the_whole_list_settles_all_that_is_open(
    tmp_path: Path, others: int, order: Order
) -> None:
    plant = Plant(tmp_path, rows=9)
    plant.upload(files=[plant.write({"Z-1": 1}, "earlier.csv")])
    network = Network(plant)
    network.strikes(LOST, everything_from(1))
    conduct = Conduct(order=order)
    assert {row.outcome.word for row in plant.upload(conduct=conduct).rows} == {"unknown"}
    add_others(plant, others)
    network.heals()
    report = plant.upload(conduct=conduct)
    assert_nothing_false(report, plant)
    assert {row.outcome.word for row in report.rows} == {"already_registered"}
    pages = [path for _, _, path in network.sent if path.endswith("/production_batches")]
    assert len(pages) <= ceil((others + 10) / 50) + 1
    assert network.posts == 0


@pytest.mark.parametrize("fault", LIST_FAULTS)
@pytest.mark.parametrize("selector", [",first=1", ",nth=3", ""])
@pytest.mark.parametrize("conduct", [Conduct("409", "ascending"), Conduct("allow", "descending")])
def test_a_list_that_is_wrong_leads_to_no_wrong_conclusion(
    tmp_path: Path, fault: str, selector: str, conduct: Conduct
) -> None:
    if fault == "stale":
        conduct = replace(
            conduct, duplicates="422"
        )  # what cannot be promised with a registry that allows them
    plant = Plant(tmp_path, rows=3)
    add_others(plant, 120)
    plant.upload(files=[plant.write({"Z-1": 1}, "earlier.csv")])
    network = Network(plant)
    network.strikes_as(in_turn(LOST, NEVER_STORED, None))
    assert_nothing_false(plant.upload(LIST_FAULTS[fault] + selector, conduct=conduct), plant)
    plant.clock.seconds += 60
    network.heals()
    report = plant.upload(conduct=conduct)
    assert_nothing_false(report, plant)
    assert {row.outcome.word for row in report.rows} <= WELL
    assert report.exit_code == 0


@pytest.mark.parametrize("order", ORDERS)
def test_batches_that_others_add_while_the_list_is_read_hide_none(tmp_path: Path, order: Order) -> None:
    plant = Plant(tmp_path, rows=3)
    add_others(plant, 120)
    network = Network(plant)
    pages = 0

    def add_between_pages(method: str, posts: int) -> Failure | None:
        nonlocal pages
        pages += 1
        add_others(plant, 7, f"late{pages}-")
        return LOST if once(1)(method, posts) else None

    network.strikes_as(add_between_pages)
    conduct = Conduct(order=order)
    report = plant.upload(conduct=conduct)
    assert_nothing_false(report, plant)
    assert {row.outcome.word for row in report.rows} == {"created"}
    assert network.posts == 3


def test_what_another_ledger_registers_while_the_list_is_read_is_not_registered_again(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=1)
    add_others(plant, 60)
    (tmp_path / "elsewhere").mkdir()
    elsewhere = Plant(tmp_path / "elsewhere", rows=1, store=plant.store)
    newest_first = Conduct("allow", "descending")
    network = Network(plant)
    report = plant.upload(conduct=newest_first, power=Stop("list.between_pages", "", elsewhere.upload))
    assert_nothing_false(report, plant)
    assert [row.outcome.word for row in report.rows] == ["already_registered"]
    assert network.posts == 0


def test_what_a_list_that_grew_at_each_reading_has_not_shown_is_looked_up_by_the_next_run(
    tmp_path: Path,
) -> None:
    plant = Plant(tmp_path, rows=1)
    later = plant.write({"late2-1": 1}, "later.csv")
    add_others(plant, 60)
    newest_first = Conduct("allow", "descending")
    numbers = iter(range(3))

    def grow(point: str, _: str) -> None:
        if point == "list.between_pages" and (number := next(numbers, None)) is not None:
            add_others(plant, 2, f"late{number}")

    deaf = listen(grow)
    try:
        plant.upload(conduct=newest_first)
    finally:
        deaf()
    network = Network(plant)
    report = plant.upload(conduct=newest_first, files=[later])
    assert [row.outcome.code for row in report.rows] == ["registered_with_other_values"]
    assert network.posts == 0


@pytest.mark.parametrize(("selector", "word"), [(",first=1", "created"), ("", "unknown")])
def test_a_batch_that_slips_through_between_two_pages_is_not_taken_for_missing(
    tmp_path: Path, selector: str, word: str
) -> None:
    plant = Plant(tmp_path, rows=1)
    add_others(plant, 49)
    plant.upload(files=[plant.write({"Z-1": 1}, "earlier.csv")])
    network = Network(plant)
    network.strikes(LOST, once(1))
    report = plant.upload("skip-rows:on=list" + selector, conduct=Conduct("allow"))
    assert_nothing_false(report, plant)
    assert [row.outcome.word for row in report.rows] == [word]
    assert network.posts == 1


def test_a_cursor_that_expires_once_is_read_past_from_the_beginning(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=1)
    add_others(plant, 60)
    report = plant.upload("cursor-expired:on=list,first=1")
    assert_nothing_false(report, plant)
    assert [row.outcome.word for row in report.rows] == ["created"]


def test_a_conflict_that_was_put_right_at_the_registry_is_noticed_though_the_count_is_the_same(
    tmp_path: Path,
) -> None:
    plant = Plant(tmp_path, rows=3)
    plant.upload("heavier:on=post,nth=2")
    plant.upload()
    plant.store._db.execute(
        "UPDATE resources SET body = replace(body, '204', '102') WHERE reference = 'B-002'"
    )
    report = plant.upload()
    assert_nothing_false(report, plant)
    assert {row.outcome.word for row in report.rows} == {"already_registered"}


def test_what_a_list_left_out_is_not_forgotten_when_it_was_read_after_sending(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=1)
    plant.upload()
    add_others(plant, 60)
    plant.upload()
    plant.write({"B-001": 1, "B-002": 2})
    meanwhile = Stop("intent.committed", "B-002", lambda: add_others(plant, 1, "late"))
    report = plant.upload("skip-rows:on=list", power=meanwhile)
    assert report.requests["GET /production_batches"] > 2
    with Ledger(plant.settings().ledger_url) as ledger:
        assert ledger.are_listed(["other-49"])  # the first of the second page


def test_a_list_that_asks_to_come_back_later_is_left_alone_until_then(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=1)
    network = Network(plant)
    report = plant.upload("429:on=list,first=1,retry_after=100")
    assert_nothing_false(report, plant)
    first, second = [at for at, _, path in network.sent if path.endswith("/production_batches")][:2]
    assert second - first >= 100


@pytest.mark.parametrize(("others", "fault"), [(50, "skip-rows"), (49, "shuffle")])
def test_with_a_new_ledger_a_wrong_list_leads_to_nothing_being_sent_twice(
    tmp_path: Path, others: int, fault: str
) -> None:
    # Ours is the one row that the list leaves out, or shows on two pages.
    plant = Plant(tmp_path, rows=1)
    add_others(plant, others)
    plant.upload()
    add_others(plant, 5, "later")
    (tmp_path / ".pipeline" / "ledger.sqlite3").unlink()
    network = Network(plant)
    report = plant.upload(f"{fault}:on=list", conduct=Conduct("allow"))
    words = {"skip-rows": "not_sent", "shuffle": "already_registered"}
    assert [row.outcome.word for row in report.rows] == [words[fault]]
    assert network.posts == 0


def pages_asked_for(halt: Halt, cursor: Callable[[int], str], *, with_news: bool) -> int:
    """How many pages are read of a list that never ends; a run that is not stopped by then never is."""
    asked = 0

    async def page(scope: object, receive: object, send: object) -> None:
        nonlocal asked
        asked += 1
        assert asked < 50, "it would be read for ever"
        if asked == 20:
            halt.stop("terminated", "Terminated.")
        node = json.loads(ODD.format(asked if with_news else 1, "null"))
        info = {"has_next_page": True, "end_cursor": cursor(asked)}
        response = JSONResponse({"nodes": [node], "total_count": 1, "page_info": info})
        await response(scope, receive, send)  # type: ignore[arg-type]

    async def read() -> object:
        anybody = Credentials(Secret("local"), Secret("local"))
        now = lambda: dt.datetime(2026, 10, 5, tzinfo=dt.UTC)  # noqa: E731
        async with connected(URL, anybody, httpx.ASGITransport(page), now, Redaction()) as registry:
            return await read_list(registry, halt)

    assert isinstance(asyncio.run(read()), Unreadable)
    return asked


@pytest.mark.parametrize("cursor", [lambda asked: f"c{asked}", lambda asked: "ab"[asked % 2]])
def test_a_list_that_goes_on_for_ever_without_news_is_given_up(cursor: Callable[[int], str]) -> None:
    assert pages_asked_for(Halt(), cursor, with_news=False) < 20


def test_a_run_that_is_stopped_asks_for_no_more_pages() -> None:
    assert pages_asked_for(Halt(), lambda asked: f"c{asked}", with_news=True) == 20
