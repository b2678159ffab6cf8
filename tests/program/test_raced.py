"""Two, four and eight runs of the same log at once, some of them stopped for longer than their lease."""

import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from pipeline.local_registry.conduct import Conduct
from pipeline.local_registry.launch import launched
from pipeline.model import Report
from tests.conftest import NewLedger
from tests.program.shell import payloads
from tests.program.victim import Orders, report_of, started
from tests.protocol.plant import Plant

ROWS = 24
LEASE = 0.6
FAULTS = "slow:every=2,seconds=0.02,on=post; lose-answer:share=0.1,seed=3; error-500:share=0.05,seed=4"


def stop_and_go(processes: list[BaseProcess], chance: random.Random) -> None:
    """Stop runs at any moment for longer than their lease, and let them go on."""
    for _ in range(3):
        time.sleep(chance.uniform(0.05, 0.3))
        victim = chance.choice(processes)
        if victim.is_alive() and victim.pid:
            os.kill(victim.pid, signal.SIGSTOP)
            time.sleep(2 * LEASE)
            with suppress(ProcessLookupError):  # it had ended just before it was stopped
                os.kill(victim.pid, signal.SIGCONT)


def assert_one_creation(reports: list[Report], store: Path) -> None:
    """Each reference is held once, and no report says what is not so."""
    held = {each["supplier_reference_id"]: each["id"] for each in payloads(store)}
    assert len(payloads(store)) == len(held) == ROWS
    creators: Counter[str] = Counter()
    for report in reports:
        assert len(report.rows) == ROWS
        for row in report.rows:
            assert row.outcome.word in {"created", "already_registered", "unknown", "not_sent"}, row.outcome
            if row.outcome.word in {"created", "already_registered"}:
                assert row.outcome.registry_id == held[row.reference]
            creators[row.reference] += row.outcome.word == "created"
    assert max(creators.values()) <= 1


@pytest.mark.parametrize("runs", [2, 4, 8])
def test_of_many_runs_that_are_stopped_and_let_go_one_registers_each_batch(
    tmp_path: Path, new_ledger: NewLedger, runs: int, seed: int
) -> None:
    store = tmp_path / "registry.sqlite3"
    plant = Plant(tmp_path, rows=ROWS, toml="[delivery]\nquiet_seconds = 0.1\n")
    with launched(store, faults=FAULTS, conduct=Conduct(duplicates="409")) as url:
        orders = Orders(tmp_path, url, new_ledger(), files=(plant.log,), lease=LEASE)
        processes = [started(orders) for _ in range(runs)]
        stop_and_go(processes, random.Random(seed))  # noqa: S311  a seed, not a secret
        reports = [report_of(process, orders) for process in processes]
        healed = report_of(started(orders), orders)
    assert healed
    assert {row.outcome.word for row in healed.rows} <= {"created", "already_registered"}
    assert_one_creation([report for report in [*reports, healed] if report], store)
