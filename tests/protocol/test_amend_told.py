"""What is told of an amend that did not end well: in the nights that follow, and by who asks later."""

from itertools import count
from pathlib import Path, PurePosixPath

import pytest

from pipeline import run
from pipeline.model import Report
from pipeline.report import following
from tests.protocol.plant import Plant, Power, PowerCutError
from tests.protocol.test_amend import WELL, says_nothing_false
from tests.protocol.test_nights import Nights

BEGUN, EVERY = 80, 5
"""An event before the first batch is deleted, and how many lie between two cuts of the power."""
NEW_MASSES = 150


@pytest.mark.parametrize(
    ("faults", "word", "says"),
    [
        ("reject-422:nth=1", "rejected", "was deleted, and nothing is registered in its place"),
        ("drop-before:on=delete", "unknown", "no proof came that it is gone or not"),
        ("reject-409:on=delete", "conflict", "with other values. Nothing was sent"),
    ],
)
def test_an_amend_that_did_not_end_well_is_told_as_it_stands_at_its_place_in_the_log(
    tmp_path: Path, faults: str, word: str, says: str
) -> None:
    plant = Nights(tmp_path, rows=3)
    plant.upload()
    plant.log.write_text(plant.log.read_text().replace(",102\n", ",112\n"))
    plant.drop()
    (before,) = plant.night().waiting
    plant.amend("B-002", faults=faults, approved=plant.proposals("B-002"))
    plant.a_day_passes()
    (entry,) = plant.night().waiting
    assert (entry.word, entry.reference, entry.nights) == (word, "B-002", 2)
    assert (entry.file, entry.row) == (before.file, before.row)
    assert says in entry.message


def test_a_batch_that_an_amend_deleted_and_could_not_replace_is_told_though_nothing_waited(
    tmp_path: Path,
) -> None:
    plant = Nights(tmp_path, rows=3)
    plant.upload()
    plant.delete("B-002")
    plant.reconcile()
    plant.amend("B-002", faults="reject-422:nth=1")
    (entry,) = plant.night().waiting
    assert (entry.word, entry.reference) == ("rejected", "B-002")


def test_the_report_of_an_amend_that_was_killed_says_what_became_of_each_batch_and_how_to_go_on(
    tmp_path: Path,
) -> None:
    words = set()
    for event in count(BEGUN, EVERY):
        plant, report = killed(tmp_path / f"{event}", event)
        if report is None:
            break
        if report.command != "amend":
            continue
        says_nothing_false(report, plant)
        left = [row.reference for row in report.rows if row.outcome.word not in WELL]
        again = f"pipeline amend {' '.join(left)}" if left else ""
        assert following(report, PurePosixPath("runs")).command == again
        for row in report.rows:
            held = plant.mass(row.reference)
            if not held:
                assert "deleted" in row.outcome.message
            elif held[0][1] < NEW_MASSES:
                assert "was deleted" not in row.outcome.message
            words.add((row.outcome.word, row.outcome.code))
    assert words == {
        ("not_sent", "not_sent"),
        ("unknown", "deletion_unknown"),
        ("unknown", ""),
        ("created", ""),
    }


def killed(folder: Path, event: int) -> tuple[Plant, Report | None]:
    """An amend of two batches whose power is cut at an event, and its report of later; None: it had ended."""
    folder.mkdir()
    plant = Plant(folder, rows=2)
    plant.upload()
    plant.write({"B-001": 51, "B-002": 52})
    plant.upload()
    approved = plant.proposals("B-001", "B-002")
    try:
        plant.amend("B-001", "B-002", power=Power(event), approved=approved)
    except PowerCutError:
        report, _ = run.report(None, plant.settings())
        return plant, report
    return plant, None
