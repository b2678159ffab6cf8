"""What is said of a batch that was sent, when the answer or the list does not settle it at once."""

from pathlib import Path

import pytest

from pipeline import run
from pipeline.local_registry.conduct import DUPLICATES, Conduct, Duplicates
from pipeline.model import Outcome, Report
from tests.protocol import failures
from tests.protocol.failures import Failure
from tests.protocol.network import QUIET_SECONDS, Network, every_post_from, in_turn, once
from tests.protocol.plant import Plant, Power, PowerCutError
from tests.protocol.truth import assert_healed, assert_nothing_false

REFUSING = [duplicates for duplicates in DUPLICATES if duplicates != "allow"]
LOST = Failure(failures.reset, "at once")
NEVER_STORED = Failure(failures.reset)


def outcome_of(report: Report, reference: str) -> Outcome:
    (row,) = [row for row in report.rows if row.reference == reference]
    return row.outcome


@pytest.mark.parametrize("form", REFUSING)
def test_a_reference_that_is_taken_and_not_listed_is_told_as_such_at_its_cell(
    tmp_path: Path, form: Duplicates
) -> None:
    plant = Plant(tmp_path, rows=3)
    elsewhere = Conduct(form, foreign_references=frozenset({"B-002"}))
    report = plant.upload(conduct=elsewhere)
    assert_nothing_false(report, plant)
    assert report.exit_code == 1
    (row,) = [row for row in report.rows if row.outcome.word == "rejected"]
    assert (row.reference, row.outcome.code) == ("B-002", "reference_taken")
    (issue,) = row.issues
    assert (issue.cells, issue.found) == (("A3",), "B-002")
    for hint in ("another kind of record", "not listed yet", "another reference", "try again later"):
        assert hint in issue.sentence


def test_a_reference_that_was_taken_is_sent_again_by_retry(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=3)
    plant.upload(conduct=Conduct("422", foreign_references=frozenset({"B-002"})))
    report = plant.retry()
    assert [(row.reference, row.outcome.word) for row in report.rows] == [("B-002", "created")]


@pytest.mark.parametrize("duplicates", REFUSING)
def test_a_batch_that_took_its_own_reference_is_never_called_rejected(
    tmp_path: Path, duplicates: Duplicates
) -> None:
    plant = Plant(tmp_path, rows=3)
    network = Network(plant)
    network.strikes(LOST, once(2))
    slow = Conduct(duplicates, list_lag=60)
    report = plant.upload(conduct=slow)
    assert_nothing_false(report, plant)
    assert sorted(row.outcome.word for row in report.rows) == ["created", "created", "unknown"]
    assert report.exit_code == 3
    plant.clock.seconds += 60
    network.heals()
    assert_healed(plant.upload(conduct=slow), plant)
    assert network.posts == 0


def test_a_refusal_about_a_value_is_believed_even_after_a_lost_answer(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=1)
    network = Network(plant)
    network.strikes_as(in_turn(NEVER_STORED, "reject-422"))
    assert outcome_of(plant.upload(), "B-001").code == "http_422"


def test_only_a_later_run_calls_a_doubted_batch_rejected(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=1)
    network = Network(plant)
    elsewhere = Conduct(foreign_references=frozenset({"B-001"}))
    network.strikes(NEVER_STORED, once(1))
    assert outcome_of(plant.upload(conduct=elsewhere), "B-001").word == "unknown"
    network.heals()
    assert outcome_of(plant.upload(conduct=elsewhere), "B-001").code == "reference_taken"


def test_a_batch_that_was_sent_in_vain_says_how_often_and_that_it_is_not_there(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=1)
    network = Network(plant)
    network.strikes_as(in_turn("error-500", Failure(failures.refused)))
    report = plant.upload()
    assert_nothing_false(report, plant)
    outcome = outcome_of(report, "B-001")
    assert (outcome.word, outcome.code) == ("not_sent", "not_there")
    assert outcome.attempts == network.posts > 1
    assert "the registry answered 500" in outcome.message
    assert "list does not hold it" in outcome.message


def test_the_reasons_of_a_refusal_outlive_the_run_that_was_killed_before_it_could_tell(
    tmp_path: Path,
) -> None:
    plant = Plant(tmp_path, rows=1)
    other = plant.write({"C-001": 1}, "other.csv")
    died_after_the_refusal(plant)
    plant.upload(files=[other])
    told, _ = run.report("20261101T000000Z-000001", plant.settings())
    (row,) = told.rows
    assert (row.outcome.word, row.outcome.code) == ("rejected", "http_422")
    assert [(issue.cells, issue.found) for issue in row.issues] == [(("F2",), "101")]


def died_after_the_refusal(plant: Plant) -> None:
    """Cut the power at the first event after the answer of the one POST was kept."""
    network = Network(plant)
    power = Power(10_000)

    def cut_soon(method: str, posts: int) -> str | None:
        if posts and method == "GET":
            power._ends_at = power.events + 1
        return "reject-422" if method == "POST" else None

    network.strikes_as(cut_soon)
    with pytest.raises(PowerCutError):
        plant.upload(power=power)
    network.heals()


@pytest.mark.parametrize(
    ("listed", "lag"),
    [("", QUIET_SECONDS - 1), ("; long-total:on=list,from=2", 0)],
    ids=["late", "not-whole"],
)
def test_a_batch_that_was_doubled_on_its_way_is_told_by_its_own_run_as_soon_as_a_list_shows_it(
    tmp_path: Path, listed: str, lag: float
) -> None:
    plant = Plant(tmp_path, rows=3)
    report = plant.upload(f"replay:on=post,nth=2{listed}", conduct=Conduct("allow", list_lag=lag))
    assert_nothing_false(report, plant)
    outcome = outcome_of(report, "B-002")
    assert (outcome.word, outcome.code) == ("conflict", "registered_twice")
    assert outcome.registry_id.split(", ") == plant.ids()["B-002"]


@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_a_batch_that_was_stored_after_the_list_was_read_is_named_twice_and_never_called_clean(
    tmp_path: Path, order: str
) -> None:
    plant = Plant(tmp_path, rows=3)
    network = Network(plant)
    conduct = Conduct("allow", "ascending" if order == "ascending" else "descending")
    network.strikes(Failure(failures.closed, "late", later=30), once(2))
    plant.upload(conduct=conduct)
    plant.clock.seconds += 60
    network.heals()
    plant.upload(conduct=conduct)
    for _ in range(2):
        report = plant.upload(conduct=conduct)
        assert_nothing_false(report, plant)
        assert [row.outcome.code for row in report.rows if row.outcome.word == "conflict"] == [
            "registered_twice"
        ]
        assert report.exit_code == 1


def test_every_post_unanswered_is_asked_about_and_not_repeated_for_ever(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=3)
    network = Network(plant)
    network.strikes("error-500", every_post_from(1))
    report = plant.upload()
    assert_nothing_false(report, plant)
    assert {(row.outcome.word, row.outcome.attempts) for row in report.rows} == {("unknown", 4)}


def test_a_batch_that_the_registry_stored_with_other_values_than_were_sent_is_a_conflict(
    tmp_path: Path,
) -> None:
    plant = Plant(tmp_path, rows=3)
    report = plant.upload("heavier:reference=B-002")
    assert_nothing_false(report, plant)
    assert report.exit_code == 1
    outcome = outcome_of(report, "B-002")
    assert (outcome.word, outcome.code) == ("conflict", "stored_otherwise")
    assert [(each.field, each.wanted, each.held) for each in outcome.differences] == [
        ("mass", "102 kg", "204 kg")
    ]
    again = plant.upload()
    assert_nothing_false(again, plant)
    assert outcome_of(again, "B-002").word == "conflict"


def test_with_a_new_ledger_what_another_ledger_registered_is_looked_up_in_every_run(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=3)
    other = plant.write({"X-001": 1, "X-002": 2}, "other.csv")
    permissive = Conduct(duplicates="allow")
    plant.upload(conduct=permissive)
    plant.upload(conduct=permissive, files=[other])
    (tmp_path / ".pipeline" / "ledger.sqlite3").unlink()
    assert_healed_alone(plant.upload(conduct=permissive), plant)
    assert_healed_alone(plant.upload(conduct=permissive, files=[other]), plant)
    assert set(plant.held().values()) == {1}


def assert_healed_alone(report: Report, plant: Plant) -> None:
    assert_nothing_false(report, plant)
    assert {row.outcome.word for row in report.rows} == {"already_registered"}


def test_a_batch_that_was_deleted_at_the_registry_is_not_called_registered_by_the_next_upload(
    tmp_path: Path,
) -> None:
    plant = Plant(tmp_path, rows=3)
    plant.upload()
    gone = plant.delete("B-002")
    report = plant.upload()
    outcome = outcome_of(report, "B-002")
    assert (outcome.word, outcome.code, outcome.registry_id) == ("conflict", "deleted_at_registry", gone)
    assert report.exit_code == 1
    assert {outcome_of(report, reference).word for reference in ("B-001", "B-003")} == {"already_registered"}
    assert plant.held()["B-002"] == 0
    assert [row.outcome.word for row in plant.amend("B-002").rows] == ["created"]


def test_a_batch_that_the_list_lags_behind_with_is_not_called_deleted(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=3)
    lagging = Conduct(list_lag=600.0)
    plant.upload(conduct=lagging)
    report = plant.upload(conduct=lagging)
    assert {row.outcome.word for row in report.rows} == {"already_registered"}
    assert report.requests["GET /production_batches/{id}"] == 3


@pytest.mark.parametrize("duplicates", ["allow", "409"])
@pytest.mark.parametrize("unanswered", [False, True])
def test_a_batch_in_conflict_whose_id_is_known_is_not_sent_again_while_the_list_lags_behind(
    tmp_path: Path, duplicates: Duplicates, unanswered: bool
) -> None:
    plant = Plant(tmp_path, rows=3)
    lagging = Conduct(duplicates, list_lag=600.0)
    plant.upload(faults="heavier:on=post,nth=2", conduct=lagging)
    if unanswered:
        stopped = plant.upload(faults="error-503:on=get", conduct=lagging)
        assert outcome_of(stopped, "B-002").word == "conflict"
    report = plant.upload(conduct=lagging)
    outcome = outcome_of(report, "B-002")
    assert (outcome.word, outcome.code) == ("conflict", "registered_with_other_values")
    assert outcome.registry_id in plant.ids()["B-002"]
    assert set(plant.held().values()) == {1}
    assert [row.outcome.word for row in plant.amend("B-002").rows] == ["created"]


def test_a_batch_in_conflict_that_is_gone_by_its_id_is_made_again(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=3)
    plant.upload(faults="heavier:on=post,nth=2")
    plant.delete("B-002")
    assert outcome_of(plant.upload(), "B-002").word == "created"


@pytest.mark.parametrize("first_is_removed", [False, True])
def test_a_batch_that_is_held_twice_is_asked_for_by_both_its_ids(
    tmp_path: Path, first_is_removed: bool
) -> None:
    plant = Plant(tmp_path, rows=3)
    permissive = Conduct("allow")
    plant.upload(faults="replay:on=post,nth=2", conduct=permissive)
    first, second = plant.ids()["B-002"]
    assert outcome_of(plant.upload(conduct=permissive), "B-002").code == "registered_twice"
    if first_is_removed:
        plant.store.delete_batch(first)
    outcome = outcome_of(plant.upload(conduct=Conduct("allow", list_lag=600.0)), "B-002")
    expected = (
        ("already_registered", "", second)
        if first_is_removed
        else ("conflict", "registered_twice", f"{first}, {second}")
    )
    assert (outcome.word, outcome.code, outcome.registry_id) == expected
    assert len(plant.ids()["B-002"]) == 2 - first_is_removed


def test_a_request_that_arrives_late_is_found_after_the_quiet_period_and_not_sent_again(
    tmp_path: Path,
) -> None:
    plant = Plant(tmp_path, rows=1)
    network = Network(plant)
    network.strikes(Failure(failures.closed, "late", later=QUIET_SECONDS - 1), once(1))
    report = plant.upload(conduct=Conduct("allow"))
    assert outcome_of(report, "B-001").word == "created"
    assert network.posts == 1
    plant.clock.seconds += 60
    network.heals()
    assert_healed(plant.upload(conduct=Conduct("allow")), plant)


def test_what_another_ledger_has_registered_since_is_noticed_by_the_registrys_count(tmp_path: Path) -> None:
    plant = Plant(tmp_path, rows=3)
    permissive = Conduct(duplicates="allow")
    plant.upload(conduct=permissive, files=[plant.write({"Z-1": 1}, "earlier.csv")])
    ledger = tmp_path / ".pipeline" / "ledger.sqlite3"
    ours = ledger.read_bytes()
    plant.upload(conduct=permissive)
    ledger.write_bytes(ours)
    report = plant.upload(conduct=permissive)
    assert {row.outcome.word for row in report.rows} == {"already_registered"}
    assert set(plant.held().values()) == {1}


def test_a_batch_that_is_held_twice_is_found_by_the_upload_of_its_own_log_after_another_logs(
    tmp_path: Path,
) -> None:
    plant = Plant(tmp_path, rows=3)
    other = plant.write({"X-001": 1}, "other.csv")
    plant.upload()
    plant.upload(files=[other])
    (first,) = plant.ids()["B-002"]
    body = plant.store.batch(first)
    assert body
    second = "ptb_0000000000000000"
    plant.store.add_batch(second, "B-002", body.replace(first, second), uploaded=0, unique=False)
    plant.upload(files=[other])
    outcome = outcome_of(plant.upload(), "B-002")
    assert (outcome.word, outcome.code) == ("conflict", "registered_twice")
