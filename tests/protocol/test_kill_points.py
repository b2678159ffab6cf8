"""Every named point of the program and of the wire: the run dies there, and one healthy run heals it."""

from collections import Counter
from pathlib import Path

import pytest

from pipeline.journal_point import POINTS
from tests.conftest import NewLedger
from tests.protocol.plant import WIRE_POINTS, Plant, Power, PowerCutError

ROWS = ("B-001", "B-004", "B-007")
OF_A_ROW = ("intent.", "wire.", "answer.read", "outcome.")
EVERY_POINT = [
    (point, row)
    for point in (*POINTS, *WIRE_POINTS)
    for row in (ROWS if point.startswith(OF_A_ROW) else ("",))
]
DOUBTS = "lose-answer:reference=B-002; error-500:reference=B-006,first=1"


def busy_plant(folder: Path, ledger: str) -> Plant:
    """A run died before this one, and the registry's list has two pages: so every point is passed."""
    plant = Plant(folder, ledger=ledger)
    died = plant.write({"D-001": 1}, "died.csv")
    with pytest.raises(PowerCutError):
        plant.upload(files=[died], power=Power(point="intent.committed"))
    others = {f"X-{number:03}": number for number in range(50)}
    other = Plant(folder, ledger=f"{ledger}-other" if ledger.startswith("sqlite") else "", store=plant.store)
    other.runs = 100
    other.upload(files=[other.write(others, "other.csv")])
    plant.drop()
    return plant


@pytest.mark.parametrize(("point", "row"), EVERY_POINT)
def test_a_run_that_died_at_this_point_is_healed_by_the_next(
    tmp_path: Path, new_ledger: NewLedger, point: str, row: str
) -> None:
    plant = busy_plant(tmp_path, new_ledger())
    with pytest.raises(PowerCutError):
        plant.upload_inbox(DOUBTS, power=Power(point=point, about=row))
    plant.upload_inbox()
    again = plant.upload()
    ours = {reference: times for reference, times in plant.held().items() if reference.startswith("B-")}
    assert ours == {f"B-{number:03}": 1 for number in range(1, 8)}
    assert [row.outcome.word for row in again.rows] == ["already_registered"] * 7
    assert again.requests.get("POST /production_batches", 0) == 0
    assert Counter(path.name for path in (tmp_path / "archive").rglob("log*.csv")) == {"log.csv": 1}
    assert not list((tmp_path / "inbox").glob("*.csv"))
