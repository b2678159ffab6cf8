"""What the registry must be like for the program to work with it, asked of real HTTP.

Always asked of a local registry. With `ISOMETRIC_ENVIRONMENT=sandbox`, `ISOMETRIC_ACCESS_TOKEN`,
`ISOMETRIC_CLIENT_SECRET` and `CONTRACT_FACILITY_ID` (a facility of that organisation, which no
endpoint tells) in the environment also of the sandbox, under references of its own, and what was
created there is deleted. The two are asked the same questions, so that they cannot drift apart
unseen.
"""

import datetime as dt
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.local_registry.launch import launched

SANDBOX = "https://api.sandbox.isometric.com/mrv/v0"
NEEDED = ("ISOMETRIC_ACCESS_TOKEN", "ISOMETRIC_CLIENT_SECRET", "CONTRACT_FACILITY_ID")
BATCH_FIELDS = {
    "display_name",
    "ended_at",
    "facility_id",
    "feedstock_type_ids",
    "id",
    "kind",
    "mass",
    "started_at",
    "supplier_reference_id",
    "uploaded_at",
}
PAGE_FIELDS = {"nodes", "page_info", "total_count"}
PAGE_INFO_FIELDS = {"has_next_page", "has_previous_page", "start_cursor", "end_cursor"}
ERROR_FIELDS = {"loc", "msg", "type"}
SENT_MASS = {"magnitude": 1520.25, "unit": "kg"}
UNKNOWN_ID = "ptb_0000000000000000"


def sandbox_wanted() -> bool:
    environment = os.environ.get("ISOMETRIC_ENVIRONMENT") == "sandbox"
    return environment and all(os.environ.get(name) for name in NEEDED)


@dataclass(frozen=True)
class Registry:
    """A registry under test, and what a batch of its organisation may name."""

    http: httpx.Client
    facility_id: str
    feedstock_type_id: str
    created: list[str] = field(default_factory=list)

    def body(self, **changes: object) -> dict[str, Any]:
        """A body in order, under a reference that nobody used before."""
        return {
            "supplier_reference_id": f"contract-{uuid.uuid4()}",
            "facility_id": self.facility_id,
            "feedstock_type_ids": [self.feedstock_type_id],
            "kind": "biochar",
            "started_at": "2026-11-07T05:31:56Z",
            "ended_at": "2026-11-09T17:00:00Z",
            "mass": SENT_MASS,
            **changes,
        }

    def post(self, body: object) -> httpx.Response:
        """A create; what it made is deleted after the test."""
        answer = self.http.post("/production_batches", json=body)
        if answer.status_code == 200:
            self.created.append(answer.json()["id"])
        return answer

    def create(self, **changes: object) -> Any:
        answer = self.post(self.body(**changes))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def forget_all(self) -> None:
        for batch_id in self.created:
            self.http.delete(f"/production_batches/{batch_id}")


@contextmanager
def local_registry(folder: Path) -> Iterator[Registry]:
    headers = {"Authorization": "Bearer header.payload.signature", "x-client-secret": "secret"}
    with (
        launched(folder / "registry.sqlite3") as url,
        httpx.Client(base_url=url, headers=headers, trust_env=False) as http,
    ):
        yield Registry(http, "fcl_1G8QT5ZAB1S0XSDW", "ftt_1D7KZ1P761S0G7BN")


@contextmanager
def sandbox_registry() -> Iterator[Registry]:
    token, secret, facility_id = (os.environ[name] for name in NEEDED)
    headers = {"Authorization": f"Bearer {token}", "x-client-secret": secret}
    with httpx.Client(base_url=SANDBOX, headers=headers, timeout=30) as http:
        types = http.get("/feedstock_types", params={"first": 1}).raise_for_status().json()
        yield Registry(http, facility_id, types["nodes"][0]["id"])


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with local_registry(tmp_path_factory.mktemp("local")) as one:
        yield one


@pytest.fixture(scope="module", params=["local", *(["sandbox"] if sandbox_wanted() else [])])
def registry(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    folder = tmp_path_factory.mktemp("registry")
    with local_registry(folder) if request.param == "local" else sandbox_registry() as one:
        yield one
        one.forget_all()


def instant(text: str) -> dt.datetime:
    found = dt.datetime.fromisoformat(text)
    assert found.tzinfo is not None
    return found


def assert_is_batch(batch: dict[str, Any]) -> None:
    assert batch.keys() >= BATCH_FIELDS
    assert batch["id"].startswith("ptb_")
    assert 20 <= len(batch["id"]) <= 37
    assert batch["kind"] == "biochar"
    assert len(batch["display_name"]) >= 1
    assert batch["mass"].keys() >= {"magnitude", "unit"}
    for name in ("started_at", "ended_at", "uploaded_at"):
        instant(batch[name])


def whole_list(registry: Registry) -> list[dict[str, Any]]:
    """Every batch, read at 50 a page."""
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"first": 50}
    while True:
        page = registry.http.get("/production_batches", params=query).raise_for_status().json()
        assert page.keys() >= PAGE_FIELDS
        assert page["page_info"].keys() >= PAGE_INFO_FIELDS
        assert len(page["nodes"]) <= 50
        found += page["nodes"]
        if not page["page_info"]["has_next_page"]:
            return found
        query["after"] = page["page_info"]["end_cursor"]


def test_a_create_answers_200_with_an_id_and_the_values_that_were_sent(registry: Registry) -> None:
    sent = registry.body(display_name="Contract pile")
    answer = registry.post(sent)
    assert answer.status_code == 200, answer.text
    held = answer.json()
    assert_is_batch(held)
    for name in ("supplier_reference_id", "facility_id", "feedstock_type_ids", "display_name"):
        assert held[name] == sent[name]
    for name in ("started_at", "ended_at"):
        assert instant(held[name]) == instant(sent[name])
    assert held["mass"]["magnitude"] == SENT_MASS["magnitude"]


def test_a_unit_comes_back_as_sent_or_by_its_full_name(registry: Registry) -> None:
    assert registry.create()["mass"]["unit"] in {"kg", "kilogram"}


def test_a_standard_deviation_comes_back_and_stays_absent_when_none_was_sent(
    registry: Registry,
) -> None:
    with_one = registry.create(mass={**SENT_MASS, "standard_deviation": 2.5})
    assert with_one["mass"]["standard_deviation"] == 2.5
    assert registry.create()["mass"].get("standard_deviation") is None


def test_a_display_name_is_made_up_when_none_was_sent(registry: Registry) -> None:
    assert registry.create()["display_name"].strip()


def test_an_instant_with_an_offset_means_the_same_instant(registry: Registry) -> None:
    sent = "2026-11-07T06:31:56.250+01:00"
    assert instant(registry.create(started_at=sent)["started_at"]) == instant(sent)


def test_a_batch_can_be_read_by_its_id(registry: Registry) -> None:
    held = registry.create()
    assert registry.http.get(f"/production_batches/{held['id']}").json() == held


def test_every_batch_is_found_exactly_once_by_paging_the_whole_list(registry: Registry) -> None:
    made = {registry.create()["id"] for _ in range(52)}
    listed = whole_list(registry)
    ids = [batch["id"] for batch in listed]
    assert made <= set(ids)
    assert len(ids) == len(set(ids))
    for batch in listed:
        assert_is_batch(batch)


def test_a_page_has_ten_batches_unless_said(registry: Registry) -> None:
    for _ in range(11):
        registry.create()
    page = registry.http.get("/production_batches").json()
    assert len(page["nodes"]) == 10
    assert page["total_count"] >= 11
    assert page["page_info"]["has_next_page"] is True
    assert page["page_info"]["has_previous_page"] is False


@pytest.mark.parametrize("size", [0, 51])
def test_a_page_of_none_or_more_than_fifty_is_refused(registry: Registry, size: int) -> None:
    answer = registry.http.get("/production_batches", params={"first": size})
    assert answer.status_code == 422
    (error,) = answer.json()["detail"]
    assert error.keys() >= ERROR_FIELDS
    assert error["loc"] == ["query", "first"]


@pytest.mark.parametrize(
    ("changes", "loc"),
    [
        ({"supplier_reference_id": ""}, ["supplier_reference_id"]),
        ({"supplier_reference_id": "x" * 101}, ["supplier_reference_id"]),
        ({"supplier_reference_id": None}, ["supplier_reference_id"]),
        ({"display_name": ""}, ["display_name"]),
        ({"display_name": "x" * 101}, ["display_name"]),
        ({"facility_id": "fcl_short"}, ["facility_id"]),
        ({"facility_id": "fcl_" + "A" * 34}, ["facility_id"]),
        ({"feedstock_type_ids": "ftt_1D7KZ1P761S0G7BN"}, ["feedstock_type_ids"]),
        ({"feedstock_type_ids": ["ftt_short"]}, ["feedstock_type_ids", 0]),
        ({"kind": "charcoal"}, ["kind"]),
        ({"started_at": "yesterday"}, ["started_at"]),
        ({"ended_at": None}, ["ended_at"]),
        ({"mass": 12}, ["mass"]),
        ({"mass": {"magnitude": "much", "unit": "kg"}}, ["mass", "magnitude"]),
        ({"mass": {"magnitude": 12, "unit": ""}}, ["mass", "unit"]),
        ({"mass": {"magnitude": 12}}, ["mass", "unit"]),
        (
            {"mass": {**SENT_MASS, "standard_deviation": "some"}},
            ["mass", "standard_deviation"],
        ),
    ],
)
def test_a_broken_field_is_refused_and_named(
    registry: Registry, changes: dict[str, Any], loc: list[str | int]
) -> None:
    answer = registry.post(registry.body(**changes))
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["detail"]
    assert error.keys() >= ERROR_FIELDS
    assert error["loc"] == ["body", *loc]
    assert error["msg"]


@pytest.mark.parametrize("name", sorted(BATCH_FIELDS - {"id", "uploaded_at", "display_name"}))
def test_a_missing_field_is_refused_and_named(registry: Registry, name: str) -> None:
    body = registry.body()
    del body[name]
    answer = registry.post(body)
    assert answer.status_code == 422
    (error,) = answer.json()["detail"]
    assert (error["loc"], error["type"]) == (["body", name], "missing")


def test_a_batch_that_does_not_exist_is_a_404(registry: Registry) -> None:
    assert registry.http.get(f"/production_batches/{UNKNOWN_ID}").status_code == 404


def test_a_deleted_batch_is_gone(registry: Registry) -> None:
    path = f"/production_batches/{registry.create()['id']}"
    assert registry.http.delete(path).status_code == 204
    assert registry.http.get(path).status_code == 404


def test_feedstock_types_have_an_id_a_name_and_a_reference(registry: Registry) -> None:
    page = registry.http.get("/feedstock_types").json()
    assert page.keys() >= PAGE_FIELDS
    for node in page["nodes"]:
        assert node.keys() >= {"id", "name", "supplier_reference_id"}
        assert node["id"].startswith("ftt_")


def test_the_organisation_has_a_name_and_keeps_its_id(registry: Registry) -> None:
    one, other = (registry.http.get("/organisation").json() for _ in range(2))
    assert one.keys() >= {"id", "name"}
    assert one["id"].startswith("org_")
    assert one == other


def test_a_second_create_under_a_reference_is_refused_and_changes_nothing(local: Registry) -> None:
    held = local.create()
    reference = held["supplier_reference_id"]
    again = local.post(local.body(supplier_reference_id=reference, mass={"magnitude": 1, "unit": "t"}))
    assert 400 <= again.status_code < 500
    listed = [one for one in whole_list(local) if one["supplier_reference_id"] == reference]
    assert listed == [held]


@pytest.mark.parametrize("missing", ["Authorization", "x-client-secret"])
def test_a_request_without_credentials_is_refused(local: Registry, missing: str) -> None:
    sent = local.body()
    request = local.http.build_request("POST", "/production_batches", json=sent)
    del request.headers[missing]
    answer = local.http.send(request)
    assert answer.status_code == 401
    assert isinstance(answer.json()["detail"], str)
    references = [one["supplier_reference_id"] for one in whole_list(local)]
    assert sent["supplier_reference_id"] not in references
