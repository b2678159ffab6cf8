"""What these tests send, and how they look at what comes back."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

HEADERS = {"Authorization": "Bearer a.b.c", "x-client-secret": "secret"}


def batch(reference: str, **changes: object) -> dict[str, Any]:
    """The body of a create that is in order."""
    return {
        "supplier_reference_id": reference,
        "facility_id": "fcl_1G8QT5ZAB1S0XSDW",
        "feedstock_type_ids": ["ftt_1D7KZ1P761S0G7BN"],
        "kind": "biochar",
        "started_at": "2026-11-07T05:31:56Z",
        "ended_at": "2026-11-09T05:31:56Z",
        "mass": {"magnitude": 1520.5, "unit": "kg"},
        **changes,
    }


@contextmanager
def client(url: str, **options: Any) -> Iterator[httpx.Client]:
    """A client of a registry that is in reach of no proxy."""
    with httpx.Client(base_url=url, headers=HEADERS, trust_env=False, **options) as one:
        yield one


def create(registry: httpx.Client, reference: str, **changes: object) -> httpx.Response:
    return registry.post("/production_batches", json=batch(reference, **changes))


def page(registry: httpx.Client, **query: Any) -> Any:
    answer = registry.get("/production_batches", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def references(one_page: Any) -> list[str]:
    return [node["supplier_reference_id"] for node in one_page["nodes"]]


def all_references(registry: httpx.Client, size: int = 50) -> list[str]:
    """The references of the whole list, read page by page."""
    found, cursor = [], None
    while True:
        query = {"first": size} | ({"after": cursor} if cursor else {})
        one = page(registry, **query)
        found += references(one)
        if not one["page_info"]["has_next_page"]:
            return found
        cursor = one["page_info"]["end_cursor"]


def wait_for(registry: httpx.Client, wanted: list[str]) -> None:
    """Return when the list is as wanted; fail when it does not become so."""
    deadline = time.monotonic() + 10
    while all_references(registry) != wanted:
        assert time.monotonic() < deadline, f"the list did not become {wanted}"
        time.sleep(0.05)


def counts(registry: httpx.Client) -> Any:
    """What the registry counted."""
    address = httpx.URL(registry.base_url).copy_with(path="/_local/requests")
    return registry.get(address).json()
