"""A ledger that is looked at: who sent what, when, and nothing that a run has torn meanwhile."""

import datetime as dt
import os
from pathlib import Path

from pipeline.diagnose import Sender
from pipeline.ledger import Ledger, Transition
from pipeline.ledger.inspecting import inspected
from pipeline.ledger.runs import RunRecord
from tests.conftest import NewLedger
from tests.ledger.test_claims import BATCH, NOW


def begun(ledger: Ledger, run_id: str, at: dt.datetime = NOW) -> None:
    """A run that has sent the batch."""
    later = at + dt.timedelta(minutes=1)
    ledger.runs.begin(RunRecord(run_id, "upload", "here", at, later, None, None))
    ledger.claim(run_id, [BATCH], NOW, looked_up=False)
    assert ledger.commit(run_id, ["B-001"], [], NOW)[0]


def test_what_is_open_is_of_the_run_that_sent_it_last(new_ledger: NewLedger) -> None:
    url = new_ledger()
    with Ledger(url) as ledger:
        begun(ledger, "first")
        ledger.commit("first", [], [Transition("B-001", 1, "planned", code="busy")], NOW)
        ledger.release("first", NOW)
        begun(ledger, "second")
        seen = inspected(url, lambda _: True, lambda: 0.0)
    assert seen.senders == (Sender("second", "upload", ("B-001",), alive=True),)


def test_a_ledger_that_a_run_has_written_to_while_it_was_looked_at_is_looked_at_again(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with Ledger(f"sqlite:///{path}") as ledger:
        begun(ledger, "first")
    looks: list[RunRecord | None] = []

    def alive(record: RunRecord | None) -> bool:
        looks.append(record)
        os.utime(path)
        return True

    assert inspected(f"sqlite:///{path}", alive, lambda: 0.0).claims
    assert len(looks) == 4  # of its claim and of what it sent, and of both again


def test_the_runs_of_a_batch_are_told_in_the_order_in_which_they_began(tmp_path: Path) -> None:
    with Ledger(f"sqlite:///{tmp_path}/ledger.sqlite3") as ledger:
        begun(ledger, "a", NOW + dt.timedelta(hours=1))
        ledger.commit("a", [], [Transition("B-001", 1, "planned", code="busy")], NOW)
        ledger.release("a", NOW)
        begun(ledger, "b")
        assert [each.id for each in ledger.trail.known("B-001", None).runs] == ["b", "a"]
