"""A registered batch replaced: one batch with the wanted values, whatever dies, and nothing false said."""

from pathlib import Path

import pytest

from pipeline import run
from pipeline.correct import Proposal
from pipeline.errors import Exit, PipelineError, RegistryError
from pipeline.ledger import Ledger
from pipeline.local_registry.conduct import AS_PUBLISHED, Conduct
from pipeline.model import Outcome, Report
from pipeline.plan import CORRECTING, DELETED
from pipeline.report import problems
from tests.protocol.plant import Plant, Power, PowerCutError

WELL = {"created", "already_registered"}
FAULTS = (
    "",
    "lose-answer:on=delete,nth=1",
    "drop-before:on=delete,first=2",
    "error-500:on=delete,nth=1",
    "error-502-after:on=delete,nth=1",
    "html-200-after:on=delete,nth=1",
    "429:on=delete,first=2",
    "lose-answer:on=delete,nth=1; error-500:on=get,nth=2",
    "lose-answer:on=post,nth=1",
    "error-500-after:on=post,nth=1",
    "drop-before:on=post,nth=1",
    "html-200-after:on=post,nth=1",
    "429:on=post,first=2",
    "lose-answer:on=delete,nth=1; lose-answer:on=post,nth=1",
)
EVERY = 29
"""Without faults the power is cut at every event; with each fault at every thirteenth, from another on."""


def conflicting(folder: Path) -> tuple[Plant, str]:
    """A plant whose corrected log ended as a conflict for B-002, and the id that is held."""
    plant = Plant(folder, rows=3)
    plant.upload()
    old = plant.mass("B-002")[0][0]
    plant.write({"B-001": 1, "B-002": 50, "B-003": 3})
    assert outcome_of(plant.upload(), "B-002").code == "registered_with_other_values"
    return plant, old


def outcome_of(report: Report, reference: str) -> Outcome:
    return next(row.outcome for row in report.rows if row.reference == reference)


def says_nothing_false(report: Report, plant: Plant) -> None:
    """What is called registered is held, with the values of the report's own row, under the id it names."""
    for row in report.rows:
        held = plant.mass(row.reference)
        if row.outcome.word in WELL:
            (number, mass) = held[0]
            assert len(held) == 1
            assert row.outcome.registry_id == number
            assert f"{mass:g}" in {str(cell) for cell in row.cells} | {
                str(getattr(cell, "value", "")) for cell in row.cells
            }, (row.cells, mass)
        if "Nothing was changed" in row.outcome.message:
            assert len(held) == 1
        if "nothing is registered in its place" in row.outcome.message:
            assert held == []


def test_a_batch_is_replaced_and_both_ids_are_told(tmp_path: Path) -> None:
    plant, old = conflicting(tmp_path)
    report = plant.amend("B-002")
    outcome = outcome_of(report, "B-002")
    ((new, mass),) = plant.mass("B-002")
    assert (mass, new != old) == (150, True)
    assert (outcome.word, outcome.registry_id, report.exit_code) == ("created", new, Exit.OK)
    assert old in outcome.message
    assert "mass was “102 kg”, is “150 kg”" in outcome.message
    after = plant.upload()
    assert {row.outcome.word for row in after.rows} == {"already_registered"}
    assert plant.reconcile(files=[plant.log])[0].exit_code == Exit.OK


def test_the_ledger_keeps_what_was_deleted_by_whom_and_what_was_answered(tmp_path: Path) -> None:
    plant, old = conflicting(tmp_path)
    report = plant.amend("B-002")
    with Ledger(plant.settings().ledger_url) as ledger:
        with ledger._engine.begin() as connection:
            lines = connection.exec_driver_sql(
                "SELECT state, http_status, answer FROM attempts WHERE reference = 'B-002' AND run_id = ?",
                (report.run_id,),
            ).all()
        correction = ledger.corrections.get(["B-002"])["B-002"]
    assert [line.state for line in lines] == ["deleting", "deleted", "sending", "registered"]
    assert lines[0].answer.startswith(f"{old} {{")
    assert lines[1].http_status == 204
    assert (correction.state, correction.held_id) == ("done", old)
    assert [correction.new_id] == [number for number, _ in plant.mass("B-002")]


@pytest.mark.parametrize(("place", "faults"), list(enumerate(FAULTS)))
def test_wherever_the_power_is_cut_the_same_command_again_ends_it(
    tmp_path: Path, place: int, faults: str
) -> None:
    every = EVERY if place else 2
    event, was_cut = 1 + place % every, True
    while was_cut:
        folder = tmp_path / f"{event}"
        folder.mkdir()
        plant, _ = conflicting(folder)
        was_cut = cut_at(plant, event, faults)
        says_nothing_false(plant.upload(), plant)
        again = plant.amend("B-002")
        says_nothing_false(again, plant)
        assert outcome_of(again, "B-002").word in WELL
        assert [mass for _, mass in plant.mass("B-002")] == [150]
        assert plant.held() == {"B-001": 1, "B-002": 1, "B-003": 1}
        event += every
    assert event > 60


def cut_at(plant: Plant, event: int, faults: str) -> bool:
    """Amend, and cut the power at this event; False when it ended before."""
    approved = plant.proposals("B-002")
    try:
        says_nothing_false(plant.amend("B-002", faults=faults, power=Power(event), approved=approved), plant)
    except PowerCutError:
        assert len(plant.mass("B-002")) <= 1
        return True
    return False


def test_an_upload_before_an_interrupted_amend_is_ended_neither_sends_nor_calls_it_registered(
    tmp_path: Path,
) -> None:
    plant, old = conflicting(tmp_path)
    left = plant.amend("B-002", faults="drop-before:on=delete", approved=plant.proposals("B-002"))
    outcome = outcome_of(left, "B-002")
    assert (outcome.word, outcome.code, outcome.registry_id) == ("unknown", "deletion_unknown", old)
    assert left.exit_code == Exit.UNFINISHED
    for masses in (50, 2):
        plant.write({"B-001": 1, "B-002": masses, "B-003": 3})
        report = plant.upload()
        assert outcome_of(report, "B-002").code == CORRECTING
        assert "pipeline amend B-002" in outcome_of(report, "B-002").message
        assert report.requests.get("POST /production_batches", 0) == 0
    _, compared = plant.reconcile()
    assert compared
    assert {each.reference: each.verdict for each in compared.findings}["B-002"] == "being_corrected"
    assert plant.mass("B-002") == [(old, 102)]
    (shown,) = plant.proposals("B-002").values()
    assert isinstance(shown, Proposal)
    assert shown.approved
    plant.amend("B-002", approved={})
    assert [mass for _, mass in plant.mass("B-002")] == [150]


def test_once_it_is_deleted_only_the_approved_values_take_its_place(tmp_path: Path) -> None:
    plant, old = conflicting(tmp_path)
    faults = "error-503:on=post; error-503:on=list,from=3"
    left = plant.amend("B-002", faults=faults, approved=plant.proposals("B-002"))
    assert plant.mass("B-002") == []
    assert old in outcome_of(left, "B-002").message
    plant.write({"B-001": 1, "B-002": 2, "B-003": 3})
    assert outcome_of(plant.upload(), "B-002").code in (CORRECTING, "sent_with_other_values")
    assert plant.mass("B-002") == []
    plant.write({"B-001": 1, "B-002": 50, "B-003": 3})
    report = plant.upload()
    assert outcome_of(report, "B-002").word == "created"
    says_nothing_false(report, plant)
    assert outcome_of(plant.amend("B-002"), "B-002").word == "already_registered"


def test_a_deletion_that_is_refused_changes_nothing_and_gives_the_registrys_reason(tmp_path: Path) -> None:
    plant, old = conflicting(tmp_path)
    report = plant.amend("B-002", faults="reject-409:on=delete")
    outcome = outcome_of(report, "B-002")
    assert (outcome.word, outcome.code, outcome.http_status) == ("conflict", "deletion_refused", 409)
    assert "Referenced by another record" in outcome.message
    assert report.exit_code == Exit.NEEDS_A_PERSON
    assert plant.mass("B-002") == [(old, 102)]
    assert outcome_of(plant.upload(), "B-002").code == "registered_with_other_values"
    plant.write({"B-001": 1, "B-002": 2, "B-003": 3})
    assert outcome_of(plant.upload(), "B-002").word == "already_registered"


@pytest.mark.parametrize("status", ["401", "403"])
def test_credentials_that_may_not_delete_stop_everything(tmp_path: Path, status: str) -> None:
    plant, old = conflicting(tmp_path)
    plant.write({"B-001": 60, "B-002": 50, "B-003": 3})
    plant.upload()
    approved = plant.proposals("B-002", "B-001")
    report = plant.amend("B-002", "B-001", faults=f"{status}:on=delete", approved=approved)
    assert report.requests["DELETE /production_batches/{id}"] == 1
    assert report.exit_code == Exit.USAGE
    assert (outcome_of(report, "B-002").word, outcome_of(report, "B-002").code) == ("conflict", "denied")
    assert outcome_of(report, "B-001").word == "not_sent"
    assert plant.mass("B-002") == [(old, 102)]


def test_when_the_new_values_are_refused_it_is_said_that_nothing_is_registered_any_more(
    tmp_path: Path,
) -> None:
    plant, old = conflicting(tmp_path)
    plant.write({"B-001": 60, "B-002": 50, "B-003": 3})
    plant.upload()
    approved = plant.proposals("B-002", "B-001")
    report = plant.amend("B-002", "B-001", faults="reject-422:nth=1", approved=approved)
    outcome = outcome_of(report, "B-002")
    assert outcome.word == "rejected"
    gone = f"{old} was deleted, and nothing is registered in its place"
    (told,) = [place for each in problems(report) for place in each.places if place.reference == "B-002"]
    assert gone in outcome.message
    assert gone in told.what
    assert outcome_of(report, "B-001").word == "not_sent"
    assert [mass for _, mass in plant.mass("B-001")] == [101]
    plant.write({"B-001": 1, "B-002": 70, "B-003": 3})
    assert outcome_of(plant.upload(), "B-002").word == "created"
    assert [mass for _, mass in plant.mass("B-002")] == [170]


def test_what_was_not_shown_is_not_deleted(tmp_path: Path) -> None:
    plant, _ = conflicting(tmp_path)
    approved = plant.proposals("B-002")
    body = plant.store._db.execute("SELECT body FROM resources WHERE reference = 'B-002'").fetchone()[0]
    changed = body.replace("102", "999")
    plant.store._db.execute("UPDATE resources SET body = ? WHERE reference = 'B-002'", (changed,))
    for seen in (approved, {}):
        report = plant.amend("B-002", approved=seen)
        assert outcome_of(report, "B-002").code == "changed_meanwhile"
    assert [mass for _, mass in plant.mass("B-002")] == [999]


def test_a_reference_that_is_registered_twice_is_left_to_a_person_with_both_ids(tmp_path: Path) -> None:
    plant, old = conflicting(tmp_path)
    body = plant.store._db.execute("SELECT body FROM resources WHERE reference = 'B-002'").fetchone()[0]
    second = f"{old[:-1]}{'A' if old[-1] != 'A' else 'B'}"
    plant.store.add_batch(second, "B-002", body.replace(old, second), uploaded=0, unique=False)
    report = plant.amend("B-002")
    assert outcome_of(report, "B-002").code == "registered_twice"
    assert {old, second} == set(outcome_of(report, "B-002").registry_id.split(", "))
    assert len(plant.mass("B-002")) == 2


def test_when_the_registry_holds_the_wanted_values_already_nothing_is_deleted(tmp_path: Path) -> None:
    plant, _ = conflicting(tmp_path)
    body = plant.store._db.execute("SELECT body FROM resources WHERE reference = 'B-002'").fetchone()[0]
    wanted = body.replace("102", "150")
    plant.store._db.execute("UPDATE resources SET body = ? WHERE reference = 'B-002'", (wanted,))
    report = plant.amend("B-002")
    assert outcome_of(report, "B-002").word == "already_registered"
    assert "DELETE /production_batches/{id}" not in report.requests
    assert {row.outcome.word for row in plant.upload().rows} == {"already_registered"}


def test_a_batch_that_was_deleted_at_the_registry_is_made_again_on_purpose_only(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=3)
    plant.upload()
    plant.delete("B-002")
    plant.reconcile()
    assert outcome_of(plant.upload(), "B-002").code == DELETED
    report = plant.amend("B-002")
    assert outcome_of(report, "B-002").word == "created"
    assert "DELETE /production_batches/{id}" not in report.requests
    assert [mass for _, mass in plant.mass("B-002")] == [102]
    assert {row.outcome.word for row in plant.upload().rows} == {"already_registered"}


def test_a_log_that_was_put_back_withdraws_what_it_wanted(tmp_path: Path) -> None:
    plant, _ = conflicting(tmp_path)
    plant.write({"B-001": 1, "B-002": 2, "B-003": 3})
    plant.upload()
    with pytest.raises(PipelineError, match="No log has asked for other values of B-002"):
        plant.proposals("B-002")


def test_values_that_were_approved_and_refused_are_not_proposed_once_a_corrected_log_is_registered(
    tmp_path: Path,
) -> None:
    plant, _ = conflicting(tmp_path)
    assert outcome_of(plant.amend("B-002", faults="reject-422:nth=1"), "B-002").word == "rejected"
    plant.write({"B-001": 1, "B-002": 70, "B-003": 3})
    assert outcome_of(plant.upload(), "B-002").word == "created"
    with pytest.raises(PipelineError, match="No log has asked for other values of B-002"):
        plant.amend("B-002")
    assert [mass for _, mass in plant.mass("B-002")] == [170]


def test_a_reference_that_nobody_wants_otherwise_is_refused_and_nothing_is_changed(tmp_path: Path) -> None:
    plant, _ = conflicting(tmp_path)
    before = plant.held()
    with pytest.raises(PipelineError, match="B-001") as caught:
        plant.amend("B-002", "B-001")
    assert caught.value.exit_code == Exit.USAGE
    assert plant.held() == before


def test_a_registry_that_cannot_be_read_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    plant, _ = conflicting(tmp_path)
    world = plant.world("error-500:on=list", AS_PUBLISHED, Power())
    with pytest.raises(RegistryError) as caught:
        run.proposals(["B-002"], plant.settings(), world)
    assert caught.value.exit_code == Exit.UNFINISHED


@pytest.mark.parametrize("conduct", [Conduct(duplicates="allow"), Conduct(list_lag=60)])
def test_a_registry_of_another_conduct_makes_no_difference(tmp_path: Path, conduct: Conduct) -> None:
    plant, _ = conflicting(tmp_path)
    report = plant.amend("B-002", faults="lose-answer:on=delete,nth=1", conduct=conduct)
    assert outcome_of(report, "B-002").word == "created"
    assert [mass for _, mass in plant.mass("B-002")] == [150]
