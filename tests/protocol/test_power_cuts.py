"""Whatever event the power is cut at, and whatever the network does: one batch for one reference."""

from collections import Counter
from pathlib import Path

import pytest

from pipeline.model import Report
from pipeline.report import counts
from tests.conftest import NewLedger
from tests.protocol.plant import Plant, Power, PowerCutError

WELL = {"created", "already_registered"}
FAULTS = (
    "",
    "lose-answer:every=2",
    "drop-before:nth=4",
    "error-500:first=2",
    "error-500-after:nth=7",
    "html-200-after:nth=1",
    "wrong-reference-after:nth=4",
    "429:first=3,retry_after=2",
    "reject-422:nth=2",
    "error-500:nth=1,on=list",
)


def cut_everywhere(folder: Path, faults: str, new_ledger: NewLedger) -> int:
    """Cut the power at event 1, 2, 3 … until a run ends by itself; the number of cuts."""
    cuts = 0
    while True:
        plant_folder = folder / f"{cuts}"
        plant_folder.mkdir(parents=True)
        plant = Plant(plant_folder, rows=3, ledger=new_ledger())
        try:
            plant.upload(faults, power=Power(cuts + 1))
        except PowerCutError:
            assert_healed(plant)
            cuts += 1
        else:
            return cuts


def assert_healed(plant: Plant) -> None:
    report = plant.upload()
    assert plant.held() == Counter(dict.fromkeys(("B-001", "B-002", "B-003"), 1))
    assert says_the_truth(report, plant)
    assert {row.outcome.word for row in report.rows} <= WELL


def says_the_truth(report: Report, plant: Plant) -> bool:
    """No row is called registered that is not, and none unsent that is."""
    held = plant.held()
    return all(held[row.reference] == 1 if row.outcome.word in WELL else True for row in report.rows) and sum(
        counts(report.rows).values()
    ) == len(report.rows)


@pytest.mark.parametrize("faults", FAULTS)
def test_every_reference_is_held_once_after_a_rerun_wherever_the_power_was_cut(
    tmp_path: Path, faults: str, new_ledger: NewLedger
) -> None:
    assert cut_everywhere(tmp_path, faults, new_ledger) > 30


def test_the_registrys_reasons_stand_at_the_cells_that_they_are_about(tmp_path: Path) -> None:
    report = Plant(tmp_path, rows=3).upload("reject-422:reference=B-002,field=mass.magnitude")
    refused = [row for row in report.rows if row.outcome.word == "rejected"]
    assert [row.reference for row in refused] == ["B-002"]
    (issue,) = refused[0].issues
    assert (issue.cells, issue.code, issue.found) == (("F3",), "http_422", "102")
