"""The application over HTTP, where the contract leaves room or says little."""

import asyncio
import concurrent.futures
import datetime as dt
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.local_registry.app import build
from pipeline.local_registry.conduct import Conduct
from pipeline.local_registry.faults import parse
from pipeline.local_registry.launch import launched
from pipeline.local_registry.store import Store
from tests.local_registry.calls import (
    HEADERS,
    all_references,
    batch,
    client,
    counts,
    create,
    page,
    references,
    wait_for,
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "registry.sqlite3"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    store = tmp_path_factory.mktemp("registry") / "registry.sqlite3"
    with launched(store) as url, client(url) as one:
        yield one


@pytest.mark.parametrize(
    ("sent", "returned"),
    [
        ("kg", "kilogram"),
        ("t", "tonne"),
        ("g", "gram"),
        ("lb", "pound"),
        ("KG", "KG"),
        ("kilogram", "kilogram"),
    ],
)
def test_a_known_unit_comes_back_by_its_full_name(registry: httpx.Client, sent: str, returned: str) -> None:
    answer = create(registry, f"unit {sent}", mass={"magnitude": 1, "unit": sent})
    assert answer.json()["mass"]["unit"] == returned


@pytest.mark.parametrize(
    ("sent", "returned"),
    [
        ("2026-11-07T05:31:56Z", "2026-11-07T05:31:56.000000Z"),
        ("2026-11-07T05:31:56.1+01:00", "2026-11-07T04:31:56.100000Z"),
        ("2026-11-07t05:31:56.123456789z", "2026-11-07T05:31:56.123456Z"),
    ],
)
def test_an_instant_comes_back_in_utc_with_microseconds(
    registry: httpx.Client, sent: str, returned: str
) -> None:
    answer = create(registry, f"instant {sent}", started_at=sent)
    assert answer.json()["started_at"] == returned


@pytest.mark.parametrize(
    "sent",
    ["2026-11-07", "2026-11-07T05:31:56", "1762493516", "0001-01-01T00:00:00+23:59", "soon"],
)
def test_an_instant_without_an_offset_or_sense_is_refused(registry: httpx.Client, sent: str) -> None:
    answer = create(registry, f"no instant {sent}", started_at=sent)
    assert answer.status_code == 422
    (error,) = answer.json()["detail"]
    assert (error["loc"], error["input"]) == (["body", "started_at"], sent)


def test_a_missing_display_name_is_made_from_the_facility(registry: httpx.Client) -> None:
    assert "fcl_1G8QT5ZAB1S0XSDW" in create(registry, "no name").json()["display_name"]
    assert "fcl_" in create(registry, "null name", display_name=None).json()["display_name"]
    assert create(registry, "named", display_name="Pile 1").json()["display_name"] == "Pile 1"


def test_ids_look_like_the_published_examples(registry: httpx.Client) -> None:
    batch_id = create(registry, "for its id").json()["id"]
    assert re.fullmatch(r"ptb_1[0-9A-HJKMNP-TV-Z]{15}", batch_id)


def test_any_well_formed_feedstock_id_is_taken(registry: httpx.Client) -> None:
    ids = ["ftt_0000000000000000", "ftt_" + "A" * 33]
    assert create(registry, "feedstocks", feedstock_type_ids=ids).status_code == 200


@pytest.mark.parametrize(("body", "kind"), [(b"", "missing"), (b"{", "json_invalid"), (b"[]", "model_type")])
def test_a_body_that_is_no_batch_is_refused(registry: httpx.Client, body: bytes, kind: str) -> None:
    headers = {"content-type": "application/json"}
    answer = registry.post("/production_batches", content=body, headers=headers)
    assert answer.status_code == 422
    (error,) = answer.json()["detail"]
    assert (error["loc"], error["type"]) == (["body"], kind)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_mass_that_is_no_finite_number_is_refused(registry: httpx.Client, number: str) -> None:
    body = json.dumps(batch("infinite")).replace("1520.5", number)
    headers = {"content-type": "application/json"}
    answer = registry.post("/production_batches", content=body, headers=headers)
    assert answer.status_code == 422
    (error,) = answer.json()["detail"]
    assert (error["loc"], error["type"]) == (["body", "mass", "magnitude"], "finite_number")


def test_a_body_that_is_not_called_json_is_refused(registry: httpx.Client) -> None:
    answer = registry.post("/production_batches", data=batch("form"))
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body"]


def test_a_filter_that_the_list_does_not_have_is_ignored(registry: httpx.Client) -> None:
    create(registry, "filter 1")
    create(registry, "filter 2")
    found = references(page(registry, first=50, supplier_reference_id="filter 1"))
    assert {"filter 1", "filter 2"} <= set(found)


@pytest.mark.parametrize(
    ("query", "loc", "kind"),
    [
        ({"first": 0}, ["query", "first"], "greater_than"),
        ({"last": 51}, ["query", "last"], "less_than_equal"),
        ({"first": "ten"}, ["query", "first"], "int_parsing"),
        ({"after": ""}, ["query", "after"], "string_too_short"),
    ],
)
def test_a_bad_page_query_is_refused(
    registry: httpx.Client, query: dict[str, Any], loc: list[str], kind: str
) -> None:
    answer = registry.get("/production_batches", params=query)
    assert answer.status_code == 422
    (error,) = answer.json()["detail"]
    assert (error["loc"], error["type"]) == (loc, kind)


@pytest.mark.parametrize("cursor", ["nonsense", "cG9zaXRpb246MTl4", "YWJj", "é"])
def test_a_cursor_of_ones_own_making_is_refused(registry: httpx.Client, cursor: str) -> None:
    answer = registry.get("/production_batches", params={"after": cursor})
    assert (answer.status_code, answer.json()) == (400, {"detail": "Invalid cursor"})


def test_pages_run_backwards_with_last_and_before(registry: httpx.Client) -> None:
    for number in range(12):
        create(registry, f"backwards {number}")
    everything = all_references(registry)
    end = page(registry, last=5)
    assert references(end) == everything[-5:]
    assert end["page_info"]["has_previous_page"]
    assert not end["page_info"]["has_next_page"]
    before = page(registry, last=5, before=end["page_info"]["start_cursor"])
    assert references(before) == everything[-10:-5]
    assert before["page_info"]["has_next_page"]
    assert len(page(registry)["nodes"]) == 10


def test_feedstock_types_are_listed_and_filtered_by_reference(registry: httpx.Client) -> None:
    every = registry.get("/feedstock_types").json()
    ids = {node["id"] for node in every["nodes"]}
    assert {"ftt_1D7KZ1P761S0G7BN", "ftt_1CSRJN4HHSBXZ3TK"} <= ids
    assert all(node.keys() == {"id", "name", "supplier_reference_id"} for node in every["nodes"])
    wanted = {"supplier_reference_id": "FEEDSTOCK-ALMOND-SHELLS"}
    one = registry.get("/feedstock_types", params=wanted).json()
    assert [node["id"] for node in one["nodes"]] == ["ftt_1CSRJN4HHSBXZ3TK"]
    assert one["total_count"] == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer x"},
        {"x-client-secret": "x"},
        {"Authorization": "Bearer", "x-client-secret": "x"},
        {"Authorization": "Basic x", "x-client-secret": "x"},
        {"Authorization": "Bearer x", "x-client-secret": ""},
    ],
)
def test_credentials_are_asked_for_before_anything_else(
    registry: httpx.Client, headers: dict[str, str]
) -> None:
    for path in ("/production_batches", "/feedstock_types", "/organisation"):
        with httpx.Client(base_url=registry.base_url, trust_env=False) as bare:
            answer = bare.get(path, headers=headers)
        assert answer.status_code == 401
        assert isinstance(answer.json()["detail"], str)


def test_there_is_no_patch_and_no_other_path(registry: httpx.Client) -> None:
    batch_id = create(registry, "no patch").json()["id"]
    answer = registry.patch(f"/production_batches/{batch_id}", json={})
    assert (answer.status_code, answer.json()) == (405, {"detail": "Method Not Allowed"})
    assert registry.get("/facilities").json() == {"detail": "Not Found"}
    assert registry.get("/production_batches/short").json()["detail"][0]["loc"] == ["path", "id"]


@pytest.mark.parametrize(("duplicates", "status"), [("409", 409), ("400", 400)])
def test_a_duplicate_is_refused_with_a_sentence(place: Path, duplicates: Any, status: int) -> None:
    with launched(place, conduct=Conduct(duplicates)) as url, client(url) as registry:
        create(registry, "R")
        answer = create(registry, "R")
        assert answer.status_code == status
        assert "already" in answer.json()["detail"]
        assert all_references(registry) == ["R"]


def test_a_duplicate_may_be_refused_as_a_wrong_value(place: Path) -> None:
    with launched(place, conduct=Conduct("422")) as url, client(url) as registry:
        create(registry, "R")
        answer = create(registry, "R")
        assert answer.status_code == 422
        (error,) = answer.json()["detail"]
        assert error["loc"] == ["body", "supplier_reference_id"]
        assert error["input"] == "R"


def test_a_permissive_registry_holds_duplicates(place: Path) -> None:
    with launched(place, conduct=Conduct("allow")) as url, client(url) as registry:
        assert create(registry, "R").json()["id"] != create(registry, "R").json()["id"]
        assert all_references(registry) == ["R", "R"]


def test_a_reference_of_another_kind_of_resource_is_refused_and_never_listed(place: Path) -> None:
    conduct = Conduct("allow", foreign_references=frozenset({"-1", "Röst 2"}))
    with launched(place, conduct=conduct) as url, client(url) as registry:
        assert create(registry, "-1").status_code == 409
        assert create(registry, "Röst 2").status_code == 409
        assert all_references(registry) == []


def test_the_list_may_run_from_the_newest_on(place: Path) -> None:
    with launched(place, conduct=Conduct(order="descending")) as url, client(url) as registry:
        names = [f"R{number}" for number in range(7)]
        for name in names:
            create(registry, name)
        assert all_references(registry, size=3) == names[::-1]


def test_a_new_batch_may_be_late_in_the_list_and_is_readable_at_once(place: Path) -> None:
    with launched(place, conduct=Conduct(list_lag=1.5)) as url, client(url) as registry:
        batch_id = create(registry, "R").json()["id"]
        assert page(registry)["total_count"] == 0
        assert registry.get(f"/production_batches/{batch_id}").status_code == 200
        assert create(registry, "R").status_code == 409
        wait_for(registry, ["R"])


def test_requests_are_counted_by_endpoint(place: Path) -> None:
    script = "error-503:first=1; slow:nth=2,seconds=0"
    with launched(place, faults=script) as url, client(url) as registry:
        for _ in range(3):
            create(registry, "R")
        all_references(registry)
        registry.get("/production_batches/ptb_00000000000000000")
        assert counts(registry) == {
            "POST /production_batches": 3,
            "GET /production_batches": 1,
            "GET /production_batches/{id}": 1,
            "faults": {"error-503": 1, "slow": 1},
        }


def sent_in_turn(urls: list[str], number: int) -> int:
    with client(urls[number % 2]) as registry:
        return sum(create(registry, f"R{one}").status_code == 200 for one in range(100))


def test_two_servers_on_one_file_hold_each_reference_once(place: Path) -> None:
    with launched(place) as one, launched(place) as two:
        with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
            created = sum(pool.map(lambda number: sent_in_turn([one, two], number), range(4)))
        with client(one) as here, client(two) as there:
            assert created == 100
            assert len(set(all_references(here))) == 100
            assert all_references(there) == all_references(here)
            assert here.get("/organisation").json() == there.get("/organisation").json()


@pytest.mark.parametrize("settings", [{"duplicates": "410"}, {"order": "random"}, {"list_lag": -1.0}])
def test_a_conduct_that_does_not_exist_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(settings))):
        Conduct(**settings)


def test_a_caller_in_the_same_process_gets_answers_and_an_error_for_a_lost_one() -> None:
    statuses = asyncio.run(asked_in_process("slow:nth=1,seconds=0", ["A", "B", "A"]))
    assert statuses == [200, 200, 409]
    with pytest.raises(ConnectionAbortedError):
        asyncio.run(asked_in_process("lose-answer", ["A"]))


async def asked_in_process(script: str, names: list[str]) -> list[int]:
    with closing(Store(":memory:")) as store:
        now = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
        app = build(store, conduct=Conduct(), faults=parse(script), now=lambda: now)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, headers=HEADERS) as caller:
            address = "http://local/mrv/v0/production_batches"
            return [(await caller.post(address, json=batch(name))).status_code for name in names]
