"""What may be told of a reference: only what was kept, or what a fingerprint proves."""

import datetime as dt
from decimal import Decimal

from msgspec.structs import replace

from pipeline.evidence import About, Attempt, Known, evidence
from pipeline.evidence.recovered import payloads
from pipeline.plan import Record
from schemas.production_batch import Mass, ProductionBatch, canonical, fingerprint

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
ABOUT = About(NOW, "1", "ledger.sqlite3", {"environment": "local"})
BATCH = ProductionBatch(
    "A1",
    "fcl_1J3NHV8QK0SAW5RC",
    ("ftt_1HZQ4N3KE0SJT6WA",),
    "biochar",
    NOW - dt.timedelta(hours=8),
    NOW,
    Mass(Decimal("816.5"), "kg"),
)
OLD, NEW = canonical(BATCH), canonical(replace(BATCH, mass=Mass(Decimal(861), "kg")))
ANSWER = (
    '{"id":"ptb_1","supplier_reference_id":"A1","facility_id":"fcl_1J3NHV8QK0SAW5RC","kind":"biochar",'
    '"feedstock_type_ids":["ftt_1HZQ4N3KE0SJT6WA"],"started_at":"2026-11-24T04:00:00.000Z","ended_at":'
    '"2026-11-24T12:00:00+00:00","mass":{"magnitude":816.50,"unit":"kilogram","standard_deviation":null},'
    '"display_name":"Made up by the registry"}'
)


def known(answer: str) -> Known:
    """A reference that was registered with OLD, and stands for NEW now."""
    attempts = (
        Attempt(NOW, "r1", 1, fingerprint(OLD), "sending", None, ""),
        Attempt(NOW, "r1", 1, fingerprint(OLD), "registered", 200, answer),
    )
    record = Record("A1", fingerprint(NEW), NEW, "registered", "ptb_2")
    return Known("A1", record, attempts, (), None)


def test_a_replaced_payload_is_worked_out_from_the_answer_and_proven_by_its_fingerprint() -> None:
    found = evidence(known(ANSWER), ABOUT, {}, None)
    assert [(each.fingerprint, each.payload) for each in found.earlier] == [(fingerprint(OLD), OLD)]
    assert not any(fingerprint(OLD) in each for each in found.not_known)


def test_what_an_answer_does_not_prove_is_told_not_to_be_known() -> None:
    for answer in (ANSWER.replace("816.50", "816.51"), ANSWER[:300], "", "{not json", '{"id": 1}'):
        found = evidence(known(answer), ABOUT, {}, None)
        assert found.earlier == ()
        assert any(fingerprint(OLD) in each for each in found.not_known)


def test_every_payload_that_is_told_has_the_fingerprint_that_it_is_told_with() -> None:
    found = payloads(known(ANSWER))
    assert found == {fingerprint(body): body for body in (OLD, NEW)}


def test_a_payload_that_does_not_fit_its_fingerprint_is_shown_beside_what_it_has_now() -> None:
    record = Record("A1", fingerprint(OLD), NEW, "registered", "ptb_2")
    found = evidence(Known("A1", record, (), (), None), ABOUT, {}, None)
    assert (found.fingerprint, found.recomputed) == (fingerprint(OLD), fingerprint(NEW))


def test_without_rows_and_attempts_that_is_told() -> None:
    record = Record("A1", fingerprint(OLD), OLD, "registered", "ptb_1")
    assert evidence(Known("A1", record, (), (), None), ABOUT, {}, None).not_known == (
        "Who sent it: the ledger has no attempt of it.",
        "The rows of the log that it was made from.",
    )
