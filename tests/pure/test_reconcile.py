"""Three sides of every reference: nothing is called the same that is not, and nothing is left out."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import Exit
from pipeline.model import Batch
from pipeline.plan import DELETED, OPEN, Record, decide
from pipeline.reconcile import (
    AGREED,
    MEANS,
    VERDICTS,
    Compared,
    Finding,
    Log,
    Verdict,
    counts,
    exit_code,
    findings,
    lesson,
)
from schemas.production_batch import HeldBatch, canonical, decode, differences, fingerprint
from tests.pure.build import a_payload, held_of

REFERENCES = ("A1", "A2", "A3")
MASSES = ("100", "101")
STATES = ("planned", "sending", "unknown", "registered", "rejected", "conflict")
IDS = ("ptb_1", "ptb_2", "ptb_3")


def batch_of(reference: str, mass: str) -> Batch:
    body = canonical(a_payload(mass, supplier_reference_id=reference))
    return Batch(reference, body, fingerprint(body), ((0, 2),))


def record_of(reference: str, mass: str, state: str, registry_id: str = "ptb_1", code: str = "") -> Record:
    batch = batch_of(reference, mass)
    return Record(reference, batch.fingerprint, batch.body, state, registry_id, 1, code=code)  # type: ignore[arg-type]  # one of STATES


def held_as(reference: str, *masses: str) -> list[HeldBatch]:
    payloads = [a_payload(mass, supplier_reference_id=reference) for mass in masses]
    return [held_of(payload, number) for payload, number in zip(payloads, IDS, strict=False)]


def of_each(values: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.dictionaries(st.sampled_from(REFERENCES), values)


RECORDS = of_each(st.tuples(st.sampled_from(MASSES), st.sampled_from(STATES), st.sampled_from(IDS))).map(
    lambda found: {key: record_of(key, *value) for key, value in found.items()}  # type: ignore[misc]  # tuples
)
HELD = of_each(st.lists(st.sampled_from(MASSES), min_size=1, max_size=3)).map(
    lambda found: {key: held_as(key, *value) for key, value in found.items()}  # type: ignore[misc]  # lists
)
LOGS = st.none() | st.builds(
    Log,
    of_each(st.sampled_from(MASSES)).map(
        lambda found: {key: batch_of(key, str(value)) for key, value in found.items()}
    ),
    st.frozensets(st.sampled_from([*REFERENCES, "A9"]), max_size=2),
)


@given(RECORDS, HELD, LOGS)
def test_every_reference_that_any_side_knows_gets_exactly_one_verdict(
    records: dict[str, Record], held: dict[str, list[HeldBatch]], log: Log | None
) -> None:
    found = findings(records, held, log, {})
    known = records.keys() | held.keys() | (log.batches.keys() | log.left_out if log else set())
    assert sorted(each.reference for each in found) == sorted(known)
    assert sum(counts(found).values()) == len(known)


@given(RECORDS, HELD, LOGS)
def test_only_what_ledger_registry_and_log_hold_alike_is_called_the_same(
    records: dict[str, Record], held: dict[str, list[HeldBatch]], log: Log | None
) -> None:
    same = {each.reference for each in findings(records, held, log, {}) if each.verdict == "same"}
    for reference in REFERENCES:
        record, there = records.get(reference), held.get(reference, [])
        alike = (
            record is not None
            and record.state == "registered"
            and [each.id for each in there] == [record.registry_id]
            and not differences(decode(record.body), there[0])
            and (log is None or (reference in log.batches and reference not in log.left_out))
            and (log is None or not differences(decode(log.batches[reference].body), there[0]))
        )
        assert (reference in same) == alike, reference


@given(RECORDS, HELD)
def test_what_is_taught_stops_every_false_word_and_frees_nothing_to_be_sent(
    records: dict[str, Record], held: dict[str, list[HeldBatch]]
) -> None:
    for reference, record in records.items():
        there = held.get(reference, [])
        taught = lesson(record, there)
        confirmed = len(there) == 1 and not differences(decode(record.body), there[0])
        if record.state in OPEN:
            assert taught is None
            continue
        becomes = taught.state if taught else record.state
        assert (becomes == "registered") == confirmed
        if becomes == "registered":
            assert (taught.registry_id if taught else record.registry_id) == there[0].id
        assert becomes in ("registered", "conflict") or becomes == record.state


def judged(record: Record | None, there: Sequence[HeldBatch], log: Log | None = None) -> Finding:
    (found,) = findings({"A1": record} if record else {}, {"A1": there} if there else {}, log, {})
    return found


ONE, TWO = held_as("A1", "100"), held_as("A1", "100", "100")
OF_100, OF_101 = Log({"A1": batch_of("A1", "100")}), Log({"A1": batch_of("A1", "101")})
NONE_OF_IT = Log({})


@pytest.mark.parametrize(
    ("state", "there", "log", "verdict"),
    [
        ("registered", ONE, None, "same"),
        ("registered", ONE, OF_100, "same"),
        ("registered", ONE, OF_101, "differs"),
        ("registered", ONE, NONE_OF_IT, "not_in_log"),
        ("registered", ONE, Log({}, frozenset({"A1"})), "invalid_in_log"),
        ("registered", held_as("A1", "101"), None, "differs"),
        ("registered", TWO, None, "registered_twice"),
        ("registered", [], None, "only_in_ledger"),
        ("registered", [], OF_100, "only_in_ledger"),
        ("unknown", [], OF_100, "open"),
        ("sending", ONE, None, "open"),
        ("planned", ONE, None, "only_in_registry"),
        ("conflict", held_as("A1", "101"), None, "differs"),
        ("rejected", [], None, "not_registered"),
        ("rejected", [], OF_100, "only_in_log"),
        (None, ONE, None, "only_in_registry"),
        (None, ONE, OF_101, "differs"),
        (None, [], OF_100, "only_in_log"),
        (None, [], Log({}, frozenset({"A1"})), "invalid_in_log"),
    ],
)
def test_each_disagreement_has_its_name(
    state: str | None, there: list[HeldBatch], log: Log | None, verdict: Verdict
) -> None:
    record = record_of("A1", "100", state) if state else None
    assert judged(record, there, log).verdict == verdict


def test_a_difference_is_told_field_by_field_with_who_says_so_and_the_ids() -> None:
    found = judged(record_of("A1", "101", "registered", "ptb_9"), ONE, OF_101)
    told = [(each.source, each.field, each.says, each.held) for each in found.disagreements]
    assert told == [
        ("ledger", "id", "ptb_9", "ptb_1"),
        ("ledger", "mass", "101 kg", "100 kg"),
        ("log", "mass", "101 kg", "100 kg"),
    ]
    assert (found.ids, found.ledger_id, found.state) == (("ptb_1",), "ptb_9", "registered")


def test_a_batch_that_was_deleted_at_the_registry_is_never_planned_again_by_itself() -> None:
    deleted = record_of("A1", "100", "conflict", code=DELETED)
    for held in (None, {}, {"A2": ONE}):
        for mass in MASSES:
            outcome = decide(batch_of("A1", mass), deleted, held)
            assert outcome
            assert (outcome.word, outcome.code) == ("conflict", DELETED)
    again = decide(batch_of("A1", "100"), deleted, {"A1": ONE})
    assert again
    assert again.word == "already_registered"


def test_a_deletion_is_told_with_the_id_and_the_command_as_a_shell_takes_it() -> None:
    record = record_of("A1", "100", "registered")
    taught = lesson(Record("a b", *[getattr(record, name) for name in Record.__struct_fields__[1:]]), [])
    assert taught
    assert "ptb_1" in taught.message
    assert "pipeline amend 'a b'" in taught.message


@pytest.mark.parametrize("verdict", VERDICTS)
def test_the_exit_code_says_whether_a_person_is_needed(verdict: Verdict) -> None:
    compared = Compared((Finding("A1", "same"), Finding("A2", verdict)))
    wanted = Exit.OK if verdict in AGREED else Exit.UNFINISHED if verdict == "open" else Exit.NEEDS_A_PERSON
    assert exit_code(compared, refused=False) == wanted
    assert exit_code(compared, refused=True) == Exit.NEEDS_A_PERSON
    assert MEANS[verdict]


def test_what_names_no_reference_needs_a_person_and_an_unread_list_means_nothing() -> None:
    assert exit_code(Compared((), nameless=("ptb_1",)), refused=False) == Exit.NEEDS_A_PERSON
    assert exit_code(Compared((), rows_left_out=1), refused=False) == Exit.NEEDS_A_PERSON
    assert exit_code(None, refused=False) == Exit.UNFINISHED
    assert exit_code(Compared(()), refused=False) == Exit.OK
