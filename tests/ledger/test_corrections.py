"""A batch that is being replaced: who may take which step, and what it leaves of the old one."""

import datetime as dt
from collections.abc import Iterator

import pytest

from pipeline.ledger import Ledger, Transition
from pipeline.ledger.corrections import Approved
from pipeline.model import REGISTERED_OTHERWISE, Batch
from pipeline.plan import CORRECTING, DELETED
from schemas.production_batch import canonical, fingerprint
from tests.conftest import NewLedger
from tests.pure.build import a_payload

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def batch_of(mass: str) -> Batch:
    body = canonical(a_payload(mass))
    return Batch("A1", body, fingerprint(body), ())


OLD, WANTED, LATER = batch_of("100"), batch_of("150"), batch_of("170")
APPROVED = Approved(WANTED, "ptb_old", "{}")


@pytest.fixture
def ledger(new_ledger: NewLedger) -> Iterator[Ledger]:
    """A ledger in which a batch was registered after a doubt, and the run `ours` has claimed it."""
    with Ledger(new_ledger()) as opened:
        opened.claim("ours", [OLD], NOW, looked_up=False)
        opened.commit("ours", ["A1"], [], NOW)
        opened.commit("ours", [], [Transition("A1", 1, "unknown", http_status=503, doubts=True)], NOW)
        found = Transition("A1", 1, "registered", "ptb_old", 503, "a code", "a message")
        opened.commit("ours", [], [found], NOW)
        opened.corrections.note("a log", [WANTED], NOW)
        yield opened


def test_only_what_the_latest_log_wants_is_replaced_and_only_by_whom_it_is_claimed(ledger: Ledger) -> None:
    before = ledger.all_records()
    ledger.corrections.note("a later log", [LATER], NOW)
    assert not ledger.corrections.begin("ours", APPROVED, NOW)
    ledger.corrections.note("a log", [WANTED], NOW)
    assert not ledger.corrections.begin("another", APPROVED, NOW)
    assert ledger.all_records() == before
    assert ledger.corrections.begin("ours", APPROVED, NOW)
    assert ledger.corrections.get(["A1"])["A1"].state == "deleting"


@pytest.mark.parametrize("other", [OLD, WANTED, LATER])
def test_while_a_batch_is_being_replaced_nothing_else_is_planned_or_wanted_for_it(
    ledger: Ledger, other: Batch
) -> None:
    ledger.corrections.begin("ours", APPROVED, NOW)
    ledger.corrections.note("a later log", [other], NOW)
    ledger.corrections.note_if_none("a later log", [other], NOW)
    ledger.claim("ours", [other], NOW, looked_up=True)
    record = ledger.records(["A1"])["A1"]
    assert (record.state, record.code, record.fingerprint) == ("conflict", CORRECTING, OLD.fingerprint)
    assert record.correction
    assert record.correction.fingerprint == WANTED.fingerprint


def test_what_was_deleted_at_the_registry_is_planned_by_no_log(ledger: Ledger) -> None:
    ledger.commit("ours", [], [Transition("A1", 1, "conflict", "ptb_old", code=DELETED)], NOW)
    ledger.claim("ours", [OLD], NOW, looked_up=True)
    assert ledger.records(["A1"])["A1"].state == "conflict"


def test_nothing_that_was_known_of_the_old_batch_is_said_of_the_new_one(ledger: Ledger) -> None:
    ledger.corrections.begin("ours", APPROVED, NOW)
    assert not ledger.corrections.gone("another", WANTED, NOW, 204, "")
    assert ledger.corrections.gone("ours", WANTED, NOW, 204, "")
    record = ledger.records(["A1"])["A1"]
    assert (record.state, record.fingerprint, record.body) == ("planned", WANTED.fingerprint, WANTED.body)
    assert (record.registry_id, record.http_status, record.code, record.message) == ("", None, "", "")
    assert not record.doubted
    assert record.correction
    assert record.correction.state == "deleted"
    ledger.commit("ours", ["A1"], [], NOW)
    ledger.commit("ours", [], [Transition("A1", 2, "rejected")], NOW)
    ledger.corrections.settled({"A1": ""}, NOW, by_a_log=False)
    assert ledger.claim("ours", [LATER], NOW, looked_up=False) == {"A1"}
    assert ledger.records(["A1"])["A1"].fingerprint == LATER.fingerprint


def test_no_step_is_taken_while_a_request_of_the_batch_is_open(ledger: Ledger) -> None:
    ledger.commit("ours", [], [Transition("A1", 1, "unknown", doubts=True)], NOW)
    assert not ledger.corrections.begin("ours", APPROVED, NOW)
    assert not ledger.corrections.gone("ours", WANTED, NOW, 204, "")
    assert not ledger.corrections.adopt("ours", WANTED, "ptb_new", NOW)
    assert not ledger.corrections.give_up("ours", "A1", NOW, "refused")
    assert ledger.records(["A1"])["A1"].fingerprint == OLD.fingerprint


def test_what_a_log_wants_stays_until_a_log_wants_what_is_held(ledger: Ledger) -> None:
    ledger.corrections.note_if_none("a look", [LATER], NOW)
    ledger.corrections.settled({"A1": "ptb_old"}, NOW, by_a_log=False)
    wanted = ledger.corrections.get(["A1"])["A1"]
    assert (wanted.state, wanted.fingerprint) == ("wanted", WANTED.fingerprint)
    ledger.corrections.settled({"A1": "ptb_old"}, NOW, by_a_log=True)
    assert ledger.corrections.get(["A1"]) == {}


def test_a_deletion_that_was_given_up_leaves_the_batch_to_be_wanted_otherwise(ledger: Ledger) -> None:
    ledger.corrections.begin("ours", APPROVED, NOW)
    assert ledger.corrections.give_up("ours", "A1", NOW, "refused")
    record = ledger.records(["A1"])["A1"]
    assert (record.state, record.code, record.registry_id) == ("conflict", REGISTERED_OTHERWISE, "ptb_old")
    ledger.corrections.note("a later log", [LATER], NOW)
    assert ledger.corrections.get(["A1"])["A1"].fingerprint == LATER.fingerprint


def test_what_the_registry_holds_as_wanted_is_registered_and_names_the_batch_that_went_for_it(
    ledger: Ledger,
) -> None:
    ledger.corrections.begin("ours", APPROVED, NOW)
    assert ledger.corrections.adopt("ours", WANTED, "ptb_new", NOW)
    record, done = ledger.records(["A1"])["A1"], ledger.corrections.get(["A1"])["A1"]
    assert (record.state, record.registry_id, record.body) == ("registered", "ptb_new", WANTED.body)
    assert (done.state, done.new_id, done.held_id) == ("done", "ptb_new", "ptb_old")
    assert ledger.corrections.without_successor() == {}


def test_nothing_that_an_earlier_amend_did_is_told_of_the_one_that_has_begun(ledger: Ledger) -> None:
    ledger.corrections.begin("ours", APPROVED, NOW)
    ledger.corrections.gone("ours", WANTED, NOW, 204, "")
    ledger.commit("ours", ["A1"], [], NOW)
    ledger.commit("ours", [], [Transition("A1", 2, "registered", "ptb_new")], NOW)
    ledger.corrections.settled({"A1": "ptb_new"}, NOW, by_a_log=False)
    later = NOW + dt.timedelta(days=1)
    assert ledger.corrections.begin("ours", Approved(WANTED, "ptb_new", "{}"), later)
    begun = ledger.trail.known("A1", None).replacement
    assert begun
    assert (begun.approved_at, begun.deleted_at, begun.done_at) == (later, None, None)
    assert (begun.old_id, begun.new_id) == ("ptb_new", "")
