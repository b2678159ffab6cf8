"""A run is stopped for longer than its lease, another takes over, and the first wakes up again."""

from pathlib import Path

import pytest

from pipeline.journal_point import POINTS
from pipeline.local_registry.conduct import Conduct
from pipeline.model import Report
from tests.conftest import NewLedger
from tests.protocol.plant import WIRE_POINTS, Plant
from tests.protocol.stop import Stop

IN_A_TRANSACTION = {"intent.written", "outcome.written"}
"""Whoever is stopped there holds the ledger's lock: nobody can take over before the lock is given up."""
NOT_WHILE_SENDING = {"file.found", "file.complete", "inbox.locked", "file.archived", "lease.taken_over"}
STOPS = [
    (point, row)
    for point in (*POINTS, *WIRE_POINTS)
    if point not in IN_A_TRANSACTION | NOT_WHILE_SENDING
    for row in (
        ("B-001", "B-004", "B-007")
        if point.startswith(("intent.", "wire.", "answer.read", "outcome."))
        else ("",)
    )
]


def stopped_and_taken_over(plant: Plant, point: str, row: str, conduct: Conduct) -> tuple[Report, Report]:
    """The reports of the run that was stopped, and of the one that ran meanwhile."""
    others: list[Report] = []
    power = Stop(point, row, lambda: others.append(plant.upload(conduct=conduct)))
    stopped = plant.upload("lose-answer:first=1,reference=B-002", conduct=conduct, power=power)
    assert len(others) == 1, "the point was not passed"
    return stopped, others[0]


def assert_nothing_false(report: Report, held: dict[str, list[str]]) -> None:
    assert [each.reference for each in report.rows] == list(held)
    for each in report.rows:
        if each.outcome.word in {"created", "already_registered"}:
            assert held[each.reference] == [each.outcome.registry_id]
        else:
            assert (each.outcome.word, report.exit_code) == ("unknown", 3)


@pytest.mark.parametrize(("point", "row"), STOPS)
def test_a_run_that_wakes_up_after_it_was_taken_over_changes_nothing(
    tmp_path: Path, new_ledger: NewLedger, point: str, row: str
) -> None:
    plant = Plant(tmp_path, ledger=new_ledger())
    plant.upload(files=[plant.write({f"A-{number:03}": number for number in range(51)}, "earlier.csv")])
    stopped, other = stopped_and_taken_over(plant, point, row, Conduct(duplicates="409"))
    held = {reference: ids for reference, ids in plant.ids().items() if reference.startswith("B-")}
    assert [len(ids) for ids in held.values()] == [1] * 7
    assert_nothing_false(stopped, held)
    assert_nothing_false(other, held)
    assert sum(each.outcome.word == "created" for each in (*stopped.rows, *other.rows)) <= 7
    healthy = plant.upload()
    assert [each.outcome.word for each in healthy.rows] == ["already_registered"] * 7


@pytest.mark.parametrize("point", ["wire.connected", "wire.half_sent"])
def test_a_registry_that_takes_a_reference_twice_from_a_run_that_woke_up_is_never_called_clean(
    tmp_path: Path, new_ledger: NewLedger, point: str
) -> None:
    plant = Plant(tmp_path, ledger=new_ledger())
    permissive = Conduct(duplicates="allow")
    stopped_and_taken_over(plant, point, "B-004", permissive)
    both = plant.ids()["B-004"]
    assert len(both) == 2
    found = {each.reference: each.outcome for each in plant.upload(conduct=permissive).rows}
    assert found["B-004"].word == "conflict"
    assert found["B-004"].registry_id == ", ".join(both)
