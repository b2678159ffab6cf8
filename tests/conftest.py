"""What tests of several folders are given."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.postgresql import Server, running

NewLedger = Callable[[], str]

# A busy machine is no failure: nothing here is timed.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--first-seed", type=int, default=0, help="The first seed of the randomised tests.")
    parser.addoption("--seeds", type=int, default=1, help="How many seeds each randomised test takes.")
    parser.addoption(
        "--thorough", action="store_true", help="Every combination, where CI takes them in turn."
    )


def pytest_xdist_auto_num_workers() -> int:
    """Two processes for each core: half of the time of what is tested here goes by in waiting."""
    return 2 * (os.cpu_count() or 1)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for a `seed` runs once with each; its name tells which one failed."""
    if "seed" in metafunc.fixturenames:
        first = metafunc.config.getoption("--first-seed")
        metafunc.parametrize("seed", range(first, first + metafunc.config.getoption("--seeds")))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A real PostgreSQL, one for each process that tests."""
    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def new_ledger(request: pytest.FixtureRequest, tmp_path: Path) -> NewLedger:
    """Makes the address of an empty ledger; the test runs once with each kind."""
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgresql")
        return server.ledger
    numbers = iter(range(1_000_000))
    return lambda: f"sqlite:///{tmp_path}/ledger-{next(numbers)}.sqlite3"
