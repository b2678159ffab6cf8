"""Whoever uses this program as a library finds its own garbage collected as before."""

import gc
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest

from pipeline.collecting import seldom

OUTSIDE = (701, 11, 12)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*OUTSIDE)
    yield
    gc.set_threshold(*before)


def test_garbage_is_looked_for_seldom_inside_and_as_before_outside() -> None:
    with seldom():
        assert gc.get_threshold()[0] > OUTSIDE[0]
    assert gc.get_threshold() == OUTSIDE


def test_it_is_as_before_after_a_failure_too() -> None:
    with suppress(KeyError), seldom():
        raise KeyError
    assert gc.get_threshold() == OUTSIDE


def test_of_two_at_once_the_last_one_restores_what_was_set() -> None:
    """As two threads may overlap: the first to come is the first to go."""
    first, second = seldom(), seldom()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold()[0] > OUTSIDE[0]
    second.__exit__(None, None, None)
    assert gc.get_threshold() == OUTSIDE


@pytest.mark.parametrize("first", [0, 10_000_000])
def test_where_it_is_never_looked_for_or_more_seldom_it_stays_so(first: int) -> None:
    gc.set_threshold(first, 10, 10)
    with seldom():
        assert gc.get_threshold() == (first, 10, 10)
    assert gc.get_threshold() == (first, 10, 10)


def test_a_command_looks_for_garbage_seldom_and_not_at_all_when_it_ends() -> None:
    told = (
        "import atexit, gc;"
        "atexit.register(lambda: print(gc.get_threshold()[0], gc.get_freeze_count(), len(gc.get_objects())));"
        "from pipeline.collecting import for_one_command; for_one_command()"
    )
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, check=True, text=True)
    threshold, left_out, looked_at = map(int, ran.stdout.split())
    assert threshold > OUTSIDE[0]
    assert left_out > 0
    assert looked_at < 100
