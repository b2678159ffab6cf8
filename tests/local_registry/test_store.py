"""The store: what is held, held once, and listed in full."""

import concurrent.futures
import math
import multiprocessing
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.local_registry.store import FEEDSTOCK_TYPES, Store, Window


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(Store(":memory:")) as one:
        yield one


def add(store: Store, name: str, *, uploaded: float = 1.0, unique: bool = True) -> bool:
    return store.add_batch(f"ptb_{name}", name, f'"{name}"', uploaded=uploaded, unique=unique)


def nodes(store: Store, window: Window) -> list[str]:
    return [node.strip('"') for node in store.page(window).nodes]


def batches(limit: int = 50, *, descending: bool = False, until: float = math.inf) -> Window:
    return Window("production_batch", limit, descending=descending, until=until)


def test_what_is_added_is_held(store: Store) -> None:
    assert add(store, "A")
    assert store.batch("ptb_A") == '"A"'


def test_a_taken_reference_is_refused_and_the_first_batch_stays(store: Store) -> None:
    add(store, "A")
    assert not store.add_batch("ptb_B", "A", "other", uploaded=1.0)
    assert store.batch("ptb_B") is None
    assert nodes(store, batches()) == ["A"]


def test_a_reference_may_be_held_twice_when_it_need_not_be_unique(store: Store) -> None:
    add(store, "A")
    assert store.add_batch("ptb_B", "A", '"again"', uploaded=1.0, unique=False)
    assert nodes(store, batches()) == ["A", "again"]


def test_a_feedstock_type_does_not_take_the_reference_of_a_batch(store: Store) -> None:
    _, _, reference = FEEDSTOCK_TYPES[0]
    assert reference is not None
    assert add(store, reference)


def test_a_deleted_batch_is_gone_and_its_reference_is_free(store: Store) -> None:
    add(store, "A")
    assert store.delete_batch("ptb_A")
    assert not store.delete_batch("ptb_A")
    assert store.batch("ptb_A") is None
    assert add(store, "A")


def test_a_feedstock_type_cannot_be_deleted_as_a_batch(store: Store) -> None:
    assert not store.delete_batch(FEEDSTOCK_TYPES[0][0])


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("size", [1, 3, 7, 10, 50])
def test_pages_show_every_batch_once_forwards_and_backwards(
    store: Store, size: int, *, descending: bool
) -> None:
    names = [f"{number:03}" for number in range(10)]
    for name in names:
        add(store, name)
    wanted = names[::-1] if descending else names
    assert walked(store, size, descending=descending, backward=False) == wanted
    assert walked(store, size, descending=descending, backward=True) == wanted


def walked(store: Store, size: int, *, descending: bool, backward: bool) -> list[str]:
    cursor: int | None = None
    found: list[list[str]] = []
    window = replace(batches(size, descending=descending), backward=backward)
    while True:
        page = store.page(replace(window, before=cursor) if backward else replace(window, after=cursor))
        assert page.total == 10
        assert (page.has_next if backward else page.has_previous) == (cursor is not None)
        found.append([node.strip('"') for node in page.nodes])
        if not (page.has_previous if backward else page.has_next):
            return [name for part in (found[::-1] if backward else found) for name in part]
        cursor = page.start if backward else page.end


def test_the_list_may_end_at_an_instant(store: Store) -> None:
    add(store, "A", uploaded=1.0)
    add(store, "B", uploaded=2.0)
    assert nodes(store, batches(until=1.5)) == ["A"]
    assert store.page(batches(until=1.5)).total == 1


def test_an_empty_list_has_no_positions(store: Store) -> None:
    page = store.page(batches())
    assert (page.nodes, page.start, page.end, page.total) == ((), None, None, 0)
    assert not page.has_next
    assert not page.has_previous


def test_the_organisation_and_the_batches_outlive_the_process(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "r.sqlite3")) as first:
        organisation = first.organisation()
        add(first, "A")
    with closing(Store(tmp_path / "r.sqlite3")) as second:
        assert second.organisation() == organisation
        assert second.batch("ptb_A") == '"A"'
        assert second.page(Window("feedstock_type", 50)).total == len(FEEDSTOCK_TYPES)


def opened_and_filled(place: Path, mark: str) -> list[str]:
    """Add the same references as the others do; the ones that were added here."""
    with closing(Store(place)) as store:
        names = [f"R{number}" for number in range(200)]
        return [name for name in names if store.add_batch(f"ptb_{mark}{name}", name, "{}", uploaded=1.0)]


def test_several_processes_on_one_new_file_hold_each_reference_once(tmp_path: Path) -> None:
    place = tmp_path / "r.sqlite3"
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(max_workers=4, mp_context=spawn) as pool:
        added = list(pool.map(opened_and_filled, [place] * 4, "abcd"))
    assert sorted(name for part in added for name in part) == sorted(f"R{n}" for n in range(200))
    with closing(Store(place)) as store:
        assert store.page(batches()).total == 200
