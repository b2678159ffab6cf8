"""When a batch may be sent, and above all when it must not be."""

from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.model import Batch, Word
from pipeline.plan import OPEN, Held, Record, State, decide, look_up, outcome_of_record, plan
from schemas.production_batch import ProductionBatch, canonical, fingerprint
from tests.pure.build import a_payload, held_of

SAME, OTHER = a_payload("100"), a_payload("101")
STATES: tuple[State, ...] = get_args(State)
HELD: dict[str, Held | None] = {
    "unread": None,
    "absent": {"B2": [held_of(SAME)]},
    "same": {"A1": [held_of(SAME, "ptb_5")]},
    "different": {"A1": [held_of(OTHER, "ptb_6")]},
    "twice": {"A1": [held_of(SAME, "ptb_5"), held_of(SAME, "ptb_6")]},
}
LOOKED_UP: dict[str, tuple[Word, str]] = {
    "same": ("already_registered", ""),
    "different": ("conflict", "registered_with_other_values"),
    "twice": ("conflict", "registered_twice"),
}
MAY_BE_SENT = None
Expected = tuple[Word, str] | None


def batch_of(payload: ProductionBatch) -> Batch:
    body = canonical(payload)
    return Batch(payload.supplier_reference_id, body, fingerprint(body), ((0, 2),))


def record_of(payload: ProductionBatch, state: State, *, doubted: bool = False) -> Record:
    body = canonical(payload)
    return Record("A1", fingerprint(body), body, state, "ptb_9", 3, doubted, "", 503, "why", "because")


def expected(state: State | None, held: str, *, same: bool, doubted: bool) -> Expected:
    """The table of the promise, written out apart from the program."""
    if state in ("sending", "unknown"):
        return ("unknown", "why") if same else ("conflict", "sent_with_other_values")
    if state == "registered":
        if held in ("different", "twice"):
            return LOOKED_UP[held]
        return ("already_registered", "") if same else ("conflict", "registered_with_other_values")
    if held in LOOKED_UP:
        return LOOKED_UP[held]
    if doubted and not same:
        return "conflict", "sent_with_other_values"
    if state == "conflict" and held == "unread":
        return "conflict", "why"
    return MAY_BE_SENT


@pytest.mark.parametrize("held", HELD)
@pytest.mark.parametrize("doubted", [False, True])
@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize("state", STATES)
def test_every_state_of_ledger_and_registry_has_its_one_outcome(
    state: State, held: str, *, same: bool, doubted: bool
) -> None:
    record = record_of(SAME if same else OTHER, state, doubted=doubted)
    outcome = decide(batch_of(SAME), record, HELD[held])
    assert (outcome and (outcome.word, outcome.code)) == expected(state, held, same=same, doubted=doubted)
    must_not_be_sent = (
        state in OPEN
        or state == "registered"
        or (doubted and not same)
        or held in ("same", "different", "twice")
    )
    if must_not_be_sent:
        assert outcome is not None


@pytest.mark.parametrize("held", HELD)
def test_a_reference_that_the_ledger_does_not_know_is_looked_up(held: str) -> None:
    outcome = decide(batch_of(SAME), None, HELD[held])
    assert (outcome and (outcome.word, outcome.code)) == LOOKED_UP.get(held)


@given(
    st.sampled_from([None, *STATES]),
    st.booleans(),
    st.sampled_from(sorted(HELD)),
    st.sampled_from(("1", "99.9", "100", "100.0", "100.000000000001", "101")),
    st.sampled_from(("1", "100", "101")),
)
def test_nothing_is_sent_twice_or_under_another_batchs_reference(
    state: State | None, doubted: bool, held: str, mass: str, recorded: str
) -> None:
    batch = batch_of(a_payload(mass))
    record = state and record_of(a_payload(recorded), state, doubted=doubted)
    outcome = decide(batch, record or None, HELD[held])
    if outcome is None:
        assert state not in ("sending", "unknown", "registered")
        assert not (HELD[held] or {}).get("A1")
        assert not (record and doubted and record.fingerprint != batch.fingerprint)
    else:
        assert outcome.word in ("already_registered", "conflict", "unknown")


def test_what_is_open_and_what_is_not_is_told_by_the_state() -> None:
    assert set(STATES) - OPEN == {"planned", "registered", "rejected", "conflict"}


def test_a_conflict_shows_the_id_and_every_field_that_differs() -> None:
    outcome = look_up(batch_of(SAME), HELD["different"] or {})
    assert outcome
    assert outcome.registry_id == "ptb_6"
    assert [(d.field, d.wanted, d.held) for d in outcome.differences] == [("mass", "100 kg", "101 kg")]
    assert "ptb_6" in outcome.message


def test_a_reference_that_is_held_twice_is_told_with_both_ids() -> None:
    for ids in (("ptb_5", "ptb_6"), ("ptb_6", "ptb_5")):
        outcome = look_up(batch_of(SAME), {"A1": [held_of(SAME, number) for number in ids]})
        assert outcome
        assert outcome.word == "conflict"
        assert outcome.registry_id == ", ".join(ids)
        assert all(number in outcome.message for number in ids)


def test_what_the_registry_holds_in_another_notation_is_the_same_batch() -> None:
    held = held_of(a_payload("0.1", "t", feedstock_type_ids=SAME.feedstock_type_ids[::-1]), "ptb_5")
    outcome = look_up(batch_of(SAME), {"A1": [held]})
    assert outcome
    assert (outcome.word, outcome.registry_id) == ("already_registered", "ptb_5")


def test_only_the_same_reference_is_looked_at() -> None:
    assert look_up(batch_of(SAME), {"a1": [held_of(SAME)], "A1 ": [held_of(SAME)], "A1": []}) is None


def test_a_registered_batch_keeps_its_id_and_the_attempts_it_took() -> None:
    outcome = decide(batch_of(SAME), record_of(SAME, "registered"), None)
    assert outcome
    assert (outcome.registry_id, outcome.attempts, outcome.message) == ("ptb_9", 3, "")


def test_a_registered_batch_with_other_values_is_told_with_its_id_and_what_differs() -> None:
    outcome = decide(batch_of(SAME), record_of(OTHER, "registered"), None)
    assert outcome
    assert outcome.registry_id == "ptb_9"
    assert [(d.wanted, d.held) for d in outcome.differences] == [("100 kg", "101 kg")]


def test_a_registered_batch_that_an_older_program_wrote_in_another_way_is_the_same() -> None:
    older = canonical(SAME).replace("100", "100.00")
    record = replace(record_of(SAME, "registered"), body=older, fingerprint=fingerprint(older))
    outcome = decide(batch_of(SAME), record, None)
    assert outcome
    assert outcome.word == "already_registered"


def test_an_open_batch_says_what_is_known_of_its_last_attempt() -> None:
    outcome = decide(batch_of(SAME), record_of(SAME, "sending"), None)
    assert outcome
    assert (outcome.word, outcome.attempts, outcome.http_status) == ("unknown", 3, 503)
    unsaid = decide(batch_of(SAME), replace(record_of(SAME, "sending"), code=""), None)
    assert unsaid
    assert unsaid.code == "not_settled"


def test_a_plan_holds_every_batch_once_in_the_order_of_the_log() -> None:
    batches = [batch_of(a_payload(supplier_reference_id=f"A{n}")) for n in (3, 1, 2, 4)]
    records = {"A1": replace(record_of(SAME, "registered"), fingerprint=batches[1].fingerprint)}
    made = plan(batches, records, {"A4": [held_of(OTHER)]})
    assert [batch.reference for batch in made.create] == ["A3", "A2"]
    assert {reference: outcome.word for reference, outcome in made.settled.items()} == {
        "A1": "already_registered",
        "A4": "conflict",
    }


@pytest.mark.parametrize(
    ("state", "sent", "word"),
    [
        (state, sent, word)
        for (state, word), sent in product(
            {
                "planned": "not_sent",
                "sending": "unknown",
                "unknown": "unknown",
                "rejected": "rejected",
                "conflict": "conflict",
            }.items(),
            (True, False),
        )
    ]
    + [("registered", True, "created"), ("registered", False, "already_registered")],
)
def test_the_ledger_alone_says_what_became_of_a_batch(state: State, sent: bool, word: Word) -> None:
    outcome = outcome_of_record(record_of(SAME, state), sent=sent)
    assert outcome.word == word
    assert (outcome.registry_id, outcome.attempts, outcome.http_status) == ("ptb_9", 3, 503)
    assert (outcome.code, outcome.message) == ("why", "because")
