"""What tests of several folders are given."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.postgresql import Server, running

NewLedger = Callable[[], str]


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
