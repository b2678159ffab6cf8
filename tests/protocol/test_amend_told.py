"""What is told of an amend that did not end well: in the nights that follow, and by who asks later."""

from pathlib import Path

import pytest

from tests.protocol.test_nights import Nights


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
