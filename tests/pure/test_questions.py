"""What a POST without proof leaves open, and what a reading of the list makes of it."""

import pytest

from pipeline.deliver.questions import Question, answer, change, question_from, question_of
from pipeline.deliver.reading import Listing
from pipeline.deliver.sending import Attempt
from pipeline.model import Batch
from pipeline.plan import Record
from pipeline.registry import Doubtful, Reason, Redirected, Refused
from schemas.production_batch import HeldBatch, canonical, fingerprint
from tests.pure.build import a_payload, held_of

BODY = canonical(a_payload("100"))
BATCH = Batch("A1", BODY, fingerprint(BODY), ((0, 2),))
SAME, OTHER = held_of(a_payload("100"), "ptb_5"), held_of(a_payload("101"), "ptb_6")
UNNAMED, OF_A_VALUE = (Reason("", "no"),), (Reason("body.mass", "too much"),)
NAMED, TOLD = (Reason("body.supplier_reference_id", "no"),), (Reason("", "supplier_reference_id is taken"),)


def read(*held: HeldBatch, complete: bool = True) -> Listing:
    return Listing({"A1": list(held)} if held else {}, len(held), complete)


def refused(status: int, reasons: tuple[Reason, ...], *, missed: bool = False) -> Question:
    question = question_of(Attempt(BATCH, 2, Refused(status, reasons, "")), doubted=missed, missed=missed)
    assert question
    return question


@pytest.mark.parametrize(
    ("status", "reasons", "code", "while_missed"),
    [
        (409, UNNAMED, "reference_taken", "unknown"),
        (409, OF_A_VALUE, "reference_taken", "unknown"),
        (409, (), "reference_taken", "unknown"),
        (422, NAMED, "reference_taken", "unknown"),
        (400, TOLD, "reference_taken", "unknown"),
        (400, UNNAMED, "http_400", "unknown"),
        (422, (), "http_422", "unknown"),
        (422, OF_A_VALUE, "http_422", "rejected"),
    ],
)
def test_a_refusal_is_of_the_reference_or_of_a_value_and_none_is_believed_while_it_may_be_our_own(
    status: int, reasons: tuple[Reason, ...], code: str, while_missed: str
) -> None:
    outcome = answer(refused(status, reasons), read())
    missed = answer(refused(status, reasons, missed=True), read())
    assert outcome
    assert missed
    assert (outcome.word, outcome.code, outcome.http_status) == ("rejected", code, status)
    assert missed.word == while_missed


@pytest.mark.parametrize(
    ("reply", "doubted", "word"),
    [
        (Refused(409, (), ""), False, "already_registered"),
        (Refused(409, (), ""), True, "created"),
        (Doubtful("reset"), False, "created"),
        (Redirected(307, "elsewhere"), False, "created"),
    ],
)
def test_what_is_found_is_called_created_exactly_when_a_post_of_this_run_may_have_made_it(
    reply: Refused | Doubtful | Redirected, doubted: bool, word: str
) -> None:
    question = question_of(Attempt(BATCH, 2, reply), doubted=doubted, missed=False)
    assert question
    outcome = answer(question, read(SAME))
    assert outcome
    assert (outcome.word, outcome.registry_id, outcome.attempts) == (word, "ptb_5", 2)
    for found, code in (((OTHER,), "registered_with_other_values"), ((SAME, OTHER), "registered_twice")):
        conflict = answer(question, read(*found))
        assert conflict
        assert (conflict.word, conflict.code) == ("conflict", code)


@pytest.mark.parametrize("code", ["no_answer", "redirected", "interrupted", "refused"])
def test_what_an_earlier_run_left_open_is_never_called_created_nor_missing_by_a_list_with_gaps(
    code: str,
) -> None:
    question = question_from(Record("A1", BATCH.fingerprint, BODY, "unknown", attempts=3, code=code))
    found, unseen, missing = (answer(question, each) for each in (read(SAME), read(complete=False), read()))
    assert found
    assert (found.word, change(question, found).state) == ("already_registered", "registered")
    assert unseen
    assert (unseen.word, unseen.code, change(question, unseen).state) == ("unknown", code, "unknown")
    assert (missing and missing.word) == ("rejected" if code == "refused" else None)
    assert change(question, missing).state == ("rejected" if code == "refused" else "planned")
