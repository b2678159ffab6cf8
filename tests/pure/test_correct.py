"""What amend may replace by what, and what every other run may do meanwhile."""

import pytest
from msgspec.structs import replace

from pipeline.correct import (
    Proposal,
    after_deletion,
    at_the_end,
    is_superseded,
    propose,
    row,
    same_as_approved,
    wants_amending,
)
from pipeline.model import Batch, Outcome
from pipeline.plan import CORRECTING, DELETED, Correction, Record, State, Step, decide
from schemas.production_batch import HeldBatch, canonical, fingerprint
from tests.pure.build import a_payload, held_of

WANTED, OTHER = canonical(a_payload("150")), canonical(a_payload("102"))
OLD, NEW = held_of(a_payload("102"), "ptb_old"), held_of(a_payload("150"), "ptb_new")
STRANGE = held_of(a_payload("999"), "ptb_strange")


def correction(state: Step) -> Correction:
    return Correction("A1", state, WANTED, fingerprint(WANTED), "ptb_old")


def batch_of(body: str) -> Batch:
    return Batch("A1", body, fingerprint(body), ((0, 2),))


@pytest.mark.parametrize(
    ("state", "found", "approved"),
    [
        ("wanted", [OLD], False),
        ("wanted", [], False),
        ("done", [OLD], False),
        ("done", [], False),
        ("deleting", [OLD], True),
        ("deleting", [], True),
        ("deleting", [STRANGE], False),
        ("deleted", [], True),
        ("deleted", [OLD], False),
        ("deleted", [STRANGE], False),
    ],
)
def test_an_approval_covers_what_was_shown_and_nothing_else(
    state: Step, found: list[HeldBatch], approved: bool
) -> None:
    proposal = propose(correction(state), "ptb_known", found)
    assert isinstance(proposal, Proposal)
    assert proposal.approved == approved
    assert proposal.held == (found[0] if found else None)
    assert same_as_approved(proposal, None) == approved
    assert same_as_approved(proposal, proposal)


@pytest.mark.parametrize("state", ["wanted", "deleting", "deleted", "done"])
def test_what_is_held_as_wanted_or_twice_is_never_deleted(state: Step) -> None:
    same = propose(correction(state), "", [NEW])
    twice = propose(correction(state), "", [OLD, NEW])
    assert isinstance(same, Outcome)
    assert (same.word, same.registry_id) == ("already_registered", "ptb_new")
    assert isinstance(twice, Outcome)
    assert (twice.word, twice.code) == ("conflict", "registered_twice")


@pytest.mark.parametrize(
    ("state", "stands_for", "superseded"),
    [("done", OTHER, True), ("done", WANTED, False), ("wanted", OTHER, False), ("deleting", OTHER, False)],
)
def test_what_was_done_counts_as_long_as_the_reference_stands_for_its_values(
    state: Step, stands_for: str, superseded: bool
) -> None:
    record = Record("A1", fingerprint(stands_for), stands_for, "registered")
    assert is_superseded(correction(state), record) == superseded
    assert not is_superseded(correction(state), None)


def test_an_approval_ends_when_the_batch_or_the_wish_has_changed() -> None:
    shown = propose(correction("wanted"), "", [OLD])
    assert isinstance(shown, Proposal)
    otherwise = replace(shown, held=replace(OLD, kind="other"))
    wish = replace(shown, batch=batch_of(OTHER))
    gone = replace(shown, held=None)
    assert [same_as_approved(each, shown) for each in (shown, otherwise, wish, gone)] == [True] + [False] * 3


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("created", "ptb_old was deleted, and this one is in its place: mass was “102 kg”, is “150 kg”."),
        ("rejected", "ptb_old was deleted, and nothing is registered in its place. Why."),
        ("not_sent", "ptb_old was deleted, and nothing is registered in its place. Why."),
        ("unknown", "ptb_old was deleted, and whether the new one is registered in its place is not known"),
    ],
)
def test_what_became_of_the_old_batch_is_told_with_the_new(word: str, says: str) -> None:
    proposal = propose(correction("wanted"), "", [OLD])
    assert isinstance(proposal, Proposal)
    new = Outcome(word, "ptb_new", message="Why.")  # type: ignore[arg-type]
    outcome = after_deletion(proposal.old_id, new, proposal.differences)
    assert says in outcome.message
    assert (outcome.word, outcome.registry_id) == (word, "ptb_new")


def test_a_run_that_ended_before_it_could_tell_says_how_far_it_came() -> None:
    untold = Outcome("not_sent", code="not_sent", message="The run ended before.")
    assert at_the_end(untold, correction("wanted")) == untold
    assert at_the_end(untold, correction("deleting")).word == "unknown"
    assert "ptb_old was deleted" in at_the_end(untold, correction("deleted")).message
    created = Outcome("created", "ptb_new")
    assert at_the_end(created, correction("deleted")) == created


def test_only_a_conflict_with_the_registrys_values_wants_amending() -> None:
    assert wants_amending(Outcome("conflict", code="registered_with_other_values"))
    assert wants_amending(Outcome("conflict", code=DELETED))
    assert not wants_amending(Outcome("conflict", code="registered_twice"))
    assert not wants_amending(Outcome("conflict", code="rows_disagree"))
    assert not wants_amending(Outcome("rejected", code="registered_with_other_values"))


@pytest.mark.parametrize("held", [None, {}, {"A1": [OLD]}, {"A1": [NEW]}])
@pytest.mark.parametrize("body", [WANTED, OTHER])
def test_while_a_batch_is_being_deleted_nothing_is_sent_for_its_reference(
    body: str, held: dict[str, list[HeldBatch]] | None
) -> None:
    record = Record("A1", fingerprint(OTHER), OTHER, "conflict", correction=correction("deleting"))
    outcome = decide(batch_of(body), record, held)
    assert outcome
    assert (outcome.word, outcome.code) == ("conflict", CORRECTING)
    assert "pipeline amend A1" in outcome.message


@pytest.mark.parametrize(
    ("state", "body", "told"),
    [
        ("planned", WANTED, None),
        ("planned", OTHER, ("conflict", CORRECTING)),
        ("unknown", WANTED, ("unknown", "not_settled")),
        ("unknown", OTHER, ("conflict", CORRECTING)),
        ("conflict", OTHER, ("conflict", CORRECTING)),
        ("registered", WANTED, ("already_registered", "")),
        ("registered", OTHER, ("conflict", "registered_with_other_values")),
        ("rejected", OTHER, None),
    ],
)
def test_once_it_is_deleted_only_the_approved_values_may_be_sent(
    state: State, body: str, told: tuple[str, str] | None
) -> None:
    record = Record("A1", fingerprint(WANTED), WANTED, state, "ptb_new", correction=correction("deleted"))
    outcome = decide(batch_of(body), record, {})
    assert (outcome and (outcome.word, outcome.code)) == told


def test_a_reference_is_a_row_with_the_values_that_are_wanted_for_it() -> None:
    made = row(3, batch_of(WANTED), Outcome("created"))
    assert (made.row, made.reference, made.cells[0], made.cells[5]) == (3, "A1", "A1", "150")
    assert made.cells[3] == "2026-10-01T06:00:00Z"
