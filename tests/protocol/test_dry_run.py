"""What a dry run says is what the upload after it does, and the dry run itself leaves no trace."""

import shutil
from pathlib import Path

import pytest

from pipeline import run
from pipeline.errors import Exit
from pipeline.ledger import Ledger
from pipeline.local_registry.conduct import AS_PUBLISHED, Conduct
from pipeline.model import Report
from pipeline.plan import DELETED, Record
from pipeline.run.world import World
from tests.protocol.plant import Plant, Power, PowerCutError
from tests.protocol.stop import Stop

CHANGE_MASS = "UPDATE resources SET body = replace(body, '103', '999') WHERE reference = 'B-003'"


def looked(plant: Plant, conduct: Conduct = AS_PUBLISHED) -> Report:
    """A dry run of the log, which has changed neither ledger nor registry."""
    before = (known(plant), plant.ids())
    report = run.upload([plant.log], plant.settings(dry_run=True), plant.world("", conduct, Power()))
    assert (known(plant), plant.ids()) == before
    assert all(request.startswith("GET ") for request in report.requests)
    return report


def known(plant: Plant) -> dict[str, Record]:
    with Ledger(plant.settings().ledger_url) as ledger:
        return ledger.all_records()


def told(report: Report) -> dict[str, tuple[str, str, str]]:
    """What became of each row, or would; what is created has no id before."""
    return {
        row.reference: (row.outcome.word, row.outcome.code, row.outcome.registry_id)
        if row.outcome.word not in ("not_sent", "created")
        else ("created", "", "")
        for row in report.rows
    }


def made_again(plant: Plant, reference: str) -> None:
    """Somebody deletes a batch at the registry, and another ledger uploads the same log."""
    plant.delete(reference)
    folder = plant.folder / "elsewhere"
    folder.mkdir()
    Plant(folder, rows=4, store=plant.store).upload()


def test_what_was_deleted_made_again_or_changed_at_the_registry_is_told_as_the_upload_tells_it(
    tmp_path: Path,
) -> None:
    plant = Plant(tmp_path, rows=4)
    plant.upload()
    made_again(plant, "B-002")
    plant.delete("B-001")
    plant.store._db.execute(CHANGE_MASS)
    report = looked(plant)
    assert {key: each[:2] for key, each in told(report).items()} == {
        "B-001": ("conflict", DELETED),
        "B-002": ("already_registered", ""),
        "B-003": ("conflict", "registered_with_other_values"),
        "B-004": ("already_registered", ""),
    }
    assert report.exit_code == Exit.NEEDS_A_PERSON
    assert told(report) == told(plant.upload())


def test_a_batch_that_only_the_list_does_not_show_yet_is_called_registered(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=3)
    plant.upload()
    report = looked(plant, Conduct(list_lag=3600))
    assert {row.outcome.word for row in report.rows} == {"already_registered"}


@pytest.mark.parametrize("point", ["wire.connected", "wire.sent", "answer.read"])
def test_what_a_killed_run_left_open_is_judged_by_the_list(tmp_path: Path, point: str) -> None:
    plant = Plant(tmp_path, rows=4)
    with pytest.raises(PowerCutError):
        plant.upload(power=Power(point=point, about="B-002"))
    report = looked(plant)
    assert report.exit_code == Exit.OK
    assert told(report) == told(plant.upload())


def test_what_died_elsewhere_is_judged_by_the_list_as_soon_as_its_lease_is_over(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=4)
    with pytest.raises(PowerCutError):
        plant.upload(power=Power(point="wire.sent", about="B-002"))
    shutil.rmtree(tmp_path / ".pipeline" / "alive")
    assert told(looked(plant))["B-002"][:2] == ("unknown", "busy_elsewhere")
    plant.clock.seconds += World().lease.total_seconds() + 1
    report = looked(plant)
    assert report.exit_code == Exit.OK
    assert told(report) == told(plant.upload())


def test_what_a_living_run_is_sending_is_unknown(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=3)
    reports: list[Report] = []
    plant.upload(power=Stop("intent.committed", "B-002", lambda: reports.append(looked(plant))))
    (row,) = [row for row in reports[0].rows if row.reference == "B-002"]
    assert (row.outcome.word, row.outcome.code) == ("unknown", "busy_elsewhere")
