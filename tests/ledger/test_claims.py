"""Whose a batch is: what one run has claimed, no other can plan, send, settle or write about."""

import datetime as dt
from collections.abc import Iterator

import pytest

from pipeline.ledger import Ledger, Transition
from pipeline.ledger.runs import part_of, whole_of
from pipeline.model import Batch
from pipeline.plan import State
from schemas.production_batch import fingerprint
from tests.conftest import NewLedger

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
BATCH = Batch("B-001", "{}", fingerprint("{}"), ())


@pytest.fixture
def ledger(new_ledger: NewLedger) -> Iterator[Ledger]:
    """A ledger in which the run `first` has claimed the batch."""
    with Ledger(new_ledger()) as opened:
        assert opened.claim("first", [BATCH], NOW, looked_up=False) == {"B-001"}
        yield opened


def taken_over(ledger: Ledger) -> None:
    ledger.release("first", NOW)
    assert ledger.claim("second", [BATCH], NOW, looked_up=True) == {"B-001"}


def test_what_a_run_has_claimed_no_other_can_plan(ledger: Ledger) -> None:
    assert ledger.claim("second", [BATCH], NOW, looked_up=True) == set()
    assert ledger.take("second", ["B-001"]) == {}
    assert ledger.owners() == {"first"}


def test_what_a_run_is_sending_no_other_can_settle(ledger: Ledger) -> None:
    ledger.commit("first", ["B-001"], [], NOW)
    assert ledger.open_records("second") == []
    assert ledger.take("first", ["B-001"]) == {}
    assert [record.reference for record in ledger.open_records("first")] == ["B-001"]


def test_a_run_that_was_taken_over_makes_no_more_intents(ledger: Ledger) -> None:
    taken_over(ledger)
    assert ledger.commit("first", ["B-001"], [], NOW) == ({}, set())
    assert ledger.records(["B-001"])["B-001"].state == "planned"


@pytest.mark.parametrize("state", ["sending", "unknown", "registered", "rejected", "conflict"])
def test_an_intent_is_made_only_for_what_is_planned(ledger: Ledger, state: State) -> None:
    ledger.commit("first", ["B-001"], [], NOW)
    ledger.commit("first", [], [Transition("B-001", 1, state, "ptb_1")], NOW)
    assert ledger.commit("first", ["B-001"], [], NOW) == ({}, set())
    assert ledger.records(["B-001"])["B-001"].state == state


def test_a_run_that_was_taken_over_records_no_more_outcomes(ledger: Ledger) -> None:
    ledger.commit("first", ["B-001"], [], NOW)
    ledger.release("first", NOW)
    ledger.open_records("second")
    late = Transition("B-001", 1, "registered", "ptb_1")
    assert ledger.commit("first", [], [late], NOW) == ({}, set())
    assert ledger.records(["B-001"])["B-001"].state == "unknown"


def test_an_outcome_of_an_earlier_attempt_is_not_recorded_for_a_later_one(ledger: Ledger) -> None:
    ledger.commit("first", ["B-001"], [], NOW)
    ledger.commit("first", [], [Transition("B-001", 1, "planned")], NOW)
    ledger.commit("first", ["B-001"], [], NOW)
    late = Transition("B-001", 1, "registered", "ptb_1")
    assert ledger.commit("first", [], [late], NOW) == ({}, set())
    assert ledger.records(["B-001"])["B-001"].state == "sending"


def test_what_was_found_in_conflict_is_planned_again_only_after_a_look(ledger: Ledger) -> None:
    ledger.commit("first", ["B-001"], [], NOW)
    ledger.commit("first", [], [Transition("B-001", 1, "conflict", "ptb_1")], NOW)
    ledger.release("first", NOW)
    assert ledger.claim("second", [BATCH], NOW, looked_up=False) == set()
    assert ledger.claim("second", [BATCH], NOW, looked_up=True) == {"B-001"}


def test_a_reference_that_was_sent_without_an_answer_keeps_its_values(ledger: Ledger) -> None:
    other = Batch("B-001", '{"other": 1}', "other", ())
    ledger.commit("first", ["B-001"], [], NOW)
    ledger.commit("first", [], [Transition("B-001", 1, "unknown", doubts=True)], NOW)
    ledger.commit("first", [], [Transition("B-001", 1, "planned")], NOW)
    assert ledger.claim("first", [other], NOW, looked_up=True) == {"B-001"}
    assert ledger.records(["B-001"])["B-001"].fingerprint == BATCH.fingerprint


def test_a_reference_that_was_never_sent_stands_for_what_it_was_planned_with_last(ledger: Ledger) -> None:
    other = Batch("B-001", '{"other": 1}', fingerprint('{"other": 1}'), ())
    assert ledger.claim("first", [other], NOW, looked_up=False) == {"B-001"}
    assert ledger.records(["B-001"])["B-001"].body == other.body


def test_what_a_registry_says_stands_in_the_ledger_as_it_was_said(ledger: Ledger) -> None:
    said = 'a "quoted" \\ text, 日本語 🌱, \u2028 and a line\nmore'
    reasons = (("body.mass", said),)
    ledger.commit("first", ["B-001"], [], NOW)
    refused = Transition("B-001", 1, "unknown", "", 422, "refused", said, said, reasons=reasons)
    assert ledger.commit("first", [], [refused], NOW) == ({}, {"B-001"})
    record = ledger.records(["B-001"])["B-001"]
    assert (record.http_status, record.message, record.reasons) == (422, said, reasons)
    assert not record.doubted


def test_a_nul_in_what_a_registry_says_cuts_nothing_off(ledger: Ledger) -> None:
    ledger.commit("first", ["B-001"], [], NOW)
    ledger.commit("first", [], [Transition("B-001", 1, "conflict", message="one\0two")], NOW)
    assert ledger.records(["B-001"])["B-001"].message == "one\ufffdtwo"


def test_of_many_batches_each_run_writes_about_its_own_only(ledger: Ledger) -> None:
    others = [Batch(f"C-{number}", "{}", fingerprint("{}"), ()) for number in range(700)]
    ledger.claim("second", others, NOW, looked_up=False)
    everything = ["B-001", *(batch.reference for batch in others)]
    numbers, _ = ledger.commit("second", everything, [], NOW)
    assert numbers == {batch.reference: 1 for batch in others}
    stored = [Transition(reference, 1, "registered", f"ptb_{reference}") for reference in everything]
    assert ledger.commit("second", [], stored, NOW)[1] == set(numbers)
    assert ledger.records(["C-699"])["C-699"].registry_id == "ptb_C-699"
    assert ledger.records(["B-001"])["B-001"].state == "planned"


def test_what_two_runs_had_an_intent_for_was_sent_by_the_later_one(ledger: Ledger) -> None:
    ledger.commit("first", ["B-001"], [], NOW)
    assert ledger.sent_by("first", ["B-001"]) == {"B-001"}
    ledger.release("first", NOW)
    ledger.open_records("second.1-ab")
    ledger.commit("second.1-ab", [], [Transition("B-001", 1, "planned")], NOW)
    ledger.commit("second.1-ab", ["B-001"], [], NOW)
    assert ledger.sent_by("first", ["B-001"]) == set()
    assert ledger.sent_by("second", ["B-001"]) == {"B-001"}


def test_what_a_run_was_sending_when_it_died_is_a_step_of_its_trail(ledger: Ledger) -> None:
    ledger.commit("first", ["B-001"], [], NOW)
    before = ledger.steps()
    ledger.release("first", NOW)
    assert ledger.steps() > before
    last = ledger.trail.known("B-001", None).attempts[-1]
    assert (last.run_id, last.state, last.answer) == ("first", "unknown", "interrupted")


def test_the_run_of_a_part_is_known_by_its_id() -> None:
    assert [whole_of(each) for each in ("r-1", part_of("r-1", "7f"))] == ["r-1", "r-1"]


@pytest.mark.parametrize("state", ["planned", "sending", "unknown", "registered", "rejected", "conflict"])
def test_what_stands_for_these_very_values_and_may_be_registered_is_settled_for_its_kin(
    ledger: Ledger, state: State
) -> None:
    ledger.commit("first", ["B-001"], [], NOW)
    ledger.commit("first", [], [Transition("B-001", 1, state, "ptb_1")], NOW)
    may_be = {"B-001"} if state in ("sending", "unknown", "registered") else set()
    assert ledger.memory.known([BATCH]).settled == may_be
    assert not ledger.memory.known([Batch("B-001", "{}", "other", ())]).settled
