"""Ledger against registry: whatever was done behind the ledger's back is found, and nothing is sent."""

import csv
from pathlib import Path

import pytest

from pipeline.errors import Exit
from pipeline.ledger import Ledger
from pipeline.local_registry.conduct import Conduct
from pipeline.model import Report
from pipeline.plan import DELETED
from pipeline.reconcile import Compared
from tests.protocol.plant import Plant, Power, PowerCutError
from tests.protocol.stop import Stop

LAGGING = Conduct(list_lag=3600)


def verdicts(compared: Compared | None) -> dict[str, str]:
    assert compared
    return {each.reference: each.verdict for each in compared.findings}


def words(report: Report) -> dict[str, tuple[str, str]]:
    return {row.reference: (row.outcome.word, row.outcome.code) for row in report.rows}


def only_reads(report: Report) -> bool:
    return all(request.startswith("GET ") for request in report.requests)


def test_after_an_upload_everything_is_the_same_and_one_request_is_made_for_fifty_batches(
    tmp_path: Path,
) -> None:
    plant = Plant(tmp_path, rows=51)
    plant.upload()
    report, compared = plant.reconcile(files=[plant.log])
    assert set(verdicts(compared).values()) == {"same"}
    assert report.exit_code == Exit.OK
    assert report.requests == {"GET /organisation": 1, "GET /production_batches": 2}


def test_a_batch_that_was_deleted_is_found_and_is_neither_called_registered_nor_made_again(
    tmp_path: Path,
) -> None:
    plant = Plant(tmp_path, rows=3)
    plant.upload()
    gone = plant.delete("B-002")
    report, compared = plant.reconcile()
    assert verdicts(compared) == {"B-001": "same", "B-002": "only_in_ledger", "B-003": "same"}
    assert (report.exit_code, only_reads(report)) == (Exit.NEEDS_A_PERSON, True)
    for _ in range(2):
        after = plant.upload()
        assert words(after)["B-002"] == ("conflict", DELETED)
        assert gone in next(row for row in after.rows if row.reference == "B-002").outcome.message
    assert plant.held() == {"B-001": 1, "B-003": 1}


def test_a_batch_that_an_amend_deleted_and_could_not_replace_needs_a_person(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=2)
    plant.upload()
    old = plant.mass("B-002")[0][0]
    plant.write({"B-001": 1, "B-002": 50})
    plant.upload()
    plant.amend("B-002", faults="reject-422:nth=1")
    report, compared = plant.reconcile()
    assert verdicts(compared) == {"B-001": "same", "B-002": "only_in_ledger"}
    assert compared
    assert [each.ledger_id for each in compared.findings if each.reference == "B-002"] == [old]
    assert report.exit_code == Exit.NEEDS_A_PERSON
    plant.write({"B-001": 1, "B-002": 70})
    plant.upload()
    report, compared = plant.reconcile()
    assert (report.exit_code, set(verdicts(compared).values())) == (Exit.OK, {"same"})


def test_a_batch_that_only_the_list_does_not_show_yet_is_not_called_deleted(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=3)
    plant.upload()
    _, compared = plant.reconcile(conduct=LAGGING)
    assert set(verdicts(compared).values()) == {"same"}


@pytest.mark.parametrize(
    "faults",
    ["error-500:on=list", "long-total:on=list", "lose-answer:on=list", "error-500:on=get", "html-200:on=get"],
)
def test_what_could_not_be_read_teaches_nothing(tmp_path: Path, faults: str) -> None:
    plant = Plant(tmp_path, rows=3)
    plant.upload()
    plant.delete("B-002")
    report, compared = plant.reconcile(faults)
    assert compared is None
    assert report.exit_code == Exit.UNFINISHED
    assert report.stopped
    with Ledger(plant.settings().ledger_url) as ledger:
        assert ledger.records(["B-002"])["B-002"].state == "registered"


def test_credentials_that_are_refused_end_it_like_any_other_run(tmp_path: Path) -> None:
    report, compared = Plant(tmp_path, rows=3).reconcile("401:on=list")
    assert (compared, report.exit_code) == (None, Exit.USAGE)


def test_what_an_upload_left_open_is_settled_by_the_same_reading(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=3)
    left = plant.upload("lose-answer:every=2; error-500:on=list,from=2")
    assert "unknown" in {row.outcome.word for row in left.rows}
    report, compared = plant.reconcile()
    assert set(verdicts(compared).values()) <= {"same", "not_registered"}
    assert (report.exit_code, only_reads(report)) == (Exit.OK, True)
    assert {word for word, _ in words(plant.upload()).values()} <= {"created", "already_registered"}


def test_what_was_made_again_at_the_registry_is_known_by_its_new_id(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=3)
    plant.upload()
    old = plant.delete("B-002")
    other = tmp_path / "other"
    other.mkdir()
    elsewhere = Plant(other, rows=3)
    elsewhere.store = plant.store
    elsewhere.upload()
    _, compared = plant.reconcile()
    assert compared
    (found,) = [each for each in compared.findings if each.verdict != "same"]
    assert [(each.field, each.says) for each in found.disagreements] == [("id", old)]
    row = next(row for row in plant.upload().rows if row.reference == "B-002")
    assert (row.outcome.word, row.outcome.registry_id) == ("already_registered", found.ids[0])


def test_a_batch_with_other_values_stops_being_called_registered(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=1)
    plant.upload()
    body = plant.store._db.execute("SELECT body FROM resources WHERE reference = 'B-001'").fetchone()[0]
    changed = body.replace("101", "999")
    plant.store._db.execute("UPDATE resources SET body = ? WHERE reference = 'B-001'", (changed,))
    report, compared = plant.reconcile()
    assert verdicts(compared) == {"B-001": "differs"}
    assert report.exit_code == Exit.NEEDS_A_PERSON
    assert words(plant.upload())["B-001"] == ("conflict", "registered_with_other_values")


def test_the_files_are_compared_too_and_rows_that_failed_the_checks_are_told(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=3)
    plant.upload()
    log = plant.write({"B-001": 1, "B-002": 99, "B-004": 4})
    log.write_text(log.read_text() + "B-005,,,,,\n,,,,,7\n")
    report, compared = plant.reconcile(files=[log])
    assert verdicts(compared) == {
        "B-001": "same",
        "B-002": "differs",
        "B-003": "not_in_log",
        "B-004": "only_in_log",
        "B-005": "invalid_in_log",
    }
    assert compared
    assert compared.rows_left_out == 1
    assert report.exit_code == Exit.NEEDS_A_PERSON


def test_its_table_holds_a_line_for_each_finding_and_runs_nothing_as_a_formula(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=1)
    log = plant.write({"=1+1": 1})
    plant.upload(files=[log])
    plant.delete("=1+1")
    report, _ = plant.reconcile()
    with (tmp_path / "runs" / report.run_id / "reconcile.csv").open(encoding="utf-8-sig") as file:
        (line,) = csv.DictReader(file)
    assert line["supplier_reference_id"] == "'=1+1"
    assert line["verdict"] == "only_in_ledger"


def test_wherever_the_power_is_cut_a_second_reconcile_finds_it_and_nothing_was_sent(tmp_path: Path) -> None:
    cuts = 0
    while True:
        folder = tmp_path / f"{cuts}"
        folder.mkdir()
        plant = Plant(folder, rows=3)
        plant.upload("lose-answer:nth=3; error-500:on=list,from=2")
        plant.delete("B-001")
        before = plant.held()
        try:
            plant.reconcile(power=Power(cuts + 1))
        except PowerCutError:
            plant.reconcile()
            assert plant.held() == before
            assert words(plant.upload())["B-001"] == ("conflict", DELETED)
            cuts += 1
        else:
            break
    assert cuts > 20


def test_what_another_run_makes_again_while_the_registry_is_asked_stays_as_that_run_left_it(
    tmp_path: Path,
) -> None:
    plant = Plant(tmp_path, rows=3)
    plant.upload()
    plant.write({"B-001": 1, "B-002": 50, "B-003": 3})
    plant.upload()
    plant.delete("B-002")
    asked_by_its_id = Stop("wire.sent", "", lambda: plant.amend("B-002"), turn=3)
    report, _ = plant.reconcile(power=asked_by_its_id)
    assert report.requests["GET /production_batches/{id}"] == 1
    (made,) = plant.ids()["B-002"]
    with Ledger(plant.settings().ledger_url) as ledger:
        record = ledger.records(["B-002"])["B-002"]
        correction = ledger.corrections.get(["B-002"])["B-002"]
    assert (record.state, record.registry_id) == ("registered", made)
    assert (correction.state, correction.new_id) == ("done", made)
