"""Lines that are handed in together are committed together: each of them, or its sender is told why not."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest

from pipeline.deliver.journal import Journal, journal
from pipeline.errors import LedgerFailedError
from pipeline.ledger import Ledger, Transition
from pipeline.model import Batch
from schemas.production_batch import fingerprint

T = TypeVar("T")
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
REFERENCES = [f"B-{number:04}" for number in range(2_500)]
"""More than two commits take."""


class Failing(Ledger):
    """A ledger whose disk fails at its first commit."""

    def commit(
        self, run_id: str, intents: Sequence[str], transitions: Sequence[Transition], now: dt.datetime
    ) -> tuple[dict[str, int], set[str]]:
        raise LedgerFailedError(f"{len(intents)} intents of {run_id} at {now} are lost, and {transitions}")


def with_journal(ledger: Ledger, use: Callable[[Journal], Awaitable[T]]) -> T:
    """What comes of a use of the journal of a run that has claimed all the batches."""
    batches = [Batch(reference, "{}", fingerprint("{}"), ()) for reference in REFERENCES]
    assert len(ledger.claim("first", batches, NOW, looked_up=False)) == len(REFERENCES)

    async def used() -> T:
        async with journal(ledger, "first", lambda: NOW, ThreadPoolExecutor(1)) as written:
            return await use(written)

    return asyncio.run(asyncio.wait_for(used(), 60))


async def intend_all(written: Journal) -> list[int | BaseException | None]:
    return await asyncio.gather(*map(written.intend, REFERENCES), return_exceptions=True)


def test_each_of_more_lines_than_one_commit_takes_is_committed(tmp_path: Path) -> None:
    with Ledger(f"sqlite:///{tmp_path}/ledger.sqlite3") as ledger:
        assert with_journal(ledger, intend_all) == [1] * len(REFERENCES)
        assert {record.state for record in ledger.all_records().values()} == {"sending"}


def test_after_a_failure_everybody_who_waits_is_told_and_nobody_writes_again(tmp_path: Path) -> None:
    async def use(written: Journal) -> list[int | BaseException | None]:
        told = await intend_all(written)
        with pytest.raises(LedgerFailedError):
            await written.record(Transition("B-0001", 1, "registered", "ptb_1"))
        return told

    with Failing(f"sqlite:///{tmp_path}/ledger.sqlite3") as ledger:
        assert {type(each) for each in with_journal(ledger, use)} == {LedgerFailedError}


def test_whose_batch_another_run_has_taken_over_is_told_that_nothing_was_written(tmp_path: Path) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path}/ledger.sqlite3")

    async def use(written: Journal) -> tuple[int | None, bool, list[bool]]:
        number = await written.intend("B-0001")
        ledger.release("first", NOW)
        late = Transition("B-0001", 1, "registered", "ptb_1")
        return number, await written.record(late), await written.record_all([late])

    with ledger:
        assert with_journal(ledger, use) == (1, False, [False])
