"""A batch that the registry holds under another reference than its own is neither gone nor made twice."""

import json
from collections import Counter
from pathlib import Path

import httpx
import pytest

from pipeline.local_registry.conduct import Conduct
from pipeline.model import Report
from tests.protocol.plant import Plant


class Renaming(httpx.AsyncBaseTransport):
    """A registry that makes another reference of the one that is sent."""

    def __init__(self, registry: httpx.AsyncBaseTransport) -> None:
        self._registry = registry

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            body = json.loads(request.content)
            body["supplier_reference_id"] = body["supplier_reference_id"].lower()
            headers = [each for each in request.headers.raw if each[0].lower() != b"content-length"]
            request = httpx.Request("POST", request.url, headers=headers, content=json.dumps(body))
        return await self._registry.handle_async_request(request)


def outcomes(report: Report) -> set[tuple[str, str]]:
    return {(row.outcome.word, row.outcome.code) for row in report.rows}


def rename(plant: Plant, reference: str, to: str) -> str:
    """Somebody gives a batch another reference at the registry, by hand; its id."""
    (batch_id,) = plant.ids()[reference]
    plant.store._db.execute(
        "UPDATE resources SET reference = ?1, body = json_set(body, '$.supplier_reference_id', ?1) "
        "WHERE id = ?2",
        (to, batch_id),
    )
    return batch_id


@pytest.mark.parametrize("duplicates", ["409", "allow"])
def test_what_is_stored_under_a_reference_made_of_ours_is_sent_once_and_told(
    tmp_path: Path, duplicates: str
) -> None:
    plant = Plant(tmp_path, rows=2)
    plant.between = lambda registry, _: Renaming(registry)
    conduct = Conduct(duplicates)  # type: ignore[arg-type]
    report = plant.upload(conduct=conduct)
    assert outcomes(report) == {("conflict", "stored_otherwise")}
    assert [[row.outcome.registry_id] for row in report.rows] == list(plant.ids().values())
    assert [(each.field, each.held) for row in report.rows for each in row.outcome.differences] == [
        ("supplier_reference_id", "b-001"),
        ("supplier_reference_id", "b-002"),
    ]
    assert outcomes(plant.upload(conduct=conduct)) == {("conflict", "registered_with_other_values")}
    assert plant.held() == Counter(("b-001", "b-002"))


def test_a_batch_that_was_renamed_at_the_registry_is_not_called_gone_and_amend_makes_no_second_one(
    tmp_path: Path,
) -> None:
    plant = Plant(tmp_path, rows=1)
    plant.upload()
    old = rename(plant, "B-001", "B-001 (old)")
    _, compared = plant.reconcile()
    assert compared
    assert {each.reference: (each.verdict, each.ids) for each in compared.findings} == {
        "B-001": ("differs", (old,)),
        "B-001 (old)": ("only_in_registry", (old,)),
    }
    (row,) = plant.upload().rows
    assert (row.outcome.word, row.outcome.registry_id) == ("conflict", old)
    assert "B-001 (old)" in row.outcome.message
    (made,) = plant.amend("B-001").rows
    assert made.outcome.word == "created"
    assert plant.ids() == {"B-001": [made.outcome.registry_id]}


def test_a_renamed_batch_is_not_counted_to_a_reference_under_which_another_is_held(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=1)
    plant.upload()
    rename(plant, "B-001", "elsewhere")
    (tmp_path / "other").mkdir()
    other = Plant(tmp_path / "other", rows=1, store=plant.store)
    other.upload()
    (row,) = plant.upload().rows
    assert (row.outcome.word, [row.outcome.registry_id]) == ("already_registered", plant.ids()["B-001"])
