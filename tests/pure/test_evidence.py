"""What may be told of a reference: only what was kept, or what a fingerprint proves."""

import datetime as dt
from decimal import Decimal
from typing import cast

from msgspec.structs import replace

from pipeline.evidence import About, Attempt, Known, Now, Ran, Reading, Replacement, evidence
from pipeline.evidence.recovered import payloads
from pipeline.model import AsRead, Origin, Outcome, Report, ReportRow, ReportTable, Source, Target, Word
from pipeline.plan import CORRECTING, DELETED, Record, State
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


def wanting(state: str, code: str, wanted: str) -> Known:
    """A reference with OLD in the ledger, and a correction that is wanted."""
    record = Record("A1", fingerprint(OLD), OLD, cast("State", state), "ptb_1", code=code)
    return Known("A1", record, (), (), Replacement("wanted", "r2", NOW, None, None, None, "", "", "", wanted))


def test_a_batch_that_was_deleted_at_the_registry_is_said_to_be_and_its_values_to_be_kept() -> None:
    found = evidence(wanting("conflict", DELETED, OLD), ABOUT, {}, None)
    assert "deleted at the registry" in found.means
    assert found.replacement
    assert "What was registered is kept" in found.replacement.says
    assert "other values" not in found.means + found.replacement.says


def test_a_correction_that_wants_what_is_registered_is_none() -> None:
    same = evidence(wanting("registered", "", OLD), ABOUT, {}, None).replacement
    other = evidence(wanting("registered", "", NEW), ABOUT, {}, None).replacement
    assert same
    assert same.says.startswith("Nothing is to be corrected")
    assert other
    assert other.says.startswith("A log wanted other values")


def ran(word: Word, finished: dt.datetime | None = NOW, mass: str = "816.5") -> Ran:
    """A run of one file whose only row is the batch's."""
    read = AsRead(BATCH.started_at, BATCH.ended_at, Decimal(mass))
    row = ReportRow(0, 2, ("A1",), "A1", Outcome(word, code="not_sent" * (word == "not_sent")), as_read=read)
    table = ReportTable("log.csv", "", ("Batch",), {"supplier_reference_id": (0,)})
    report = Report(
        "r1", "upload", Target("local", ""), NOW, finished, (Source("log.csv", "5" * 64, 1),), (table,),
        (row,), (), {}, 0, origin=Origin("ada@kiln"),
    )  # fmt: skip
    return Ran("r1", "upload", "h", NOW, finished, 0 if finished else None, report)


def test_a_run_that_died_is_not_said_to_have_sent_nothing() -> None:
    died = ran("not_sent", finished=None)
    about = replace(ABOUT, stamps={"organisation": "org_1"})
    (run,) = evidence(replace(known(ANSWER), runs=(died,)), about, {}, None).runs
    assert (run.rows[0].outcome, run.rows[0].code) == ("unknown", "not_reported")
    assert "died" in run.rows[0].message
    assert run.organisation == "org_1"
    (idle,) = evidence(Known("A1", None, (), (died,), None), about, {}, None).runs
    assert idle.organisation == ""
    assert "died" in idle.did


def test_without_lines_it_is_found_at_the_registry_unless_a_run_reports_that_it_made_it() -> None:
    record = Record("A1", fingerprint(OLD), OLD, "registered", "ptb_1")
    found = evidence(Known("A1", record, (), (ran("already_registered"),), None), ABOUT, {}, None)
    assert found.without_attempts.startswith("It was found at the registry")
    made = evidence(Known("A1", record, (), (ran("created"),), None), ABOUT, {}, None)
    assert "does not fit" in made.without_attempts
    assert "r1" in made.without_attempts
    assert evidence(known(ANSWER), ABOUT, {}, None).without_attempts == ""


def registered(answer: str = ANSWER, *, mass: str = "816.5", body: str = OLD) -> Known:
    """A reference that was read, sent with OLD and answered; the ledger holds `body` for it now."""
    record = Record("A1", fingerprint(body), body, "registered", "ptb_1", attempts=1)
    return replace(known(answer), record=record, runs=(ran("created", mass=mass),))


def verdicts(known: Known, files: dict[str, Reading] | None = None, now: Now | None = None) -> dict[str, str]:
    return {each.what: each.verdict for each in evidence(known, ABOUT, files or {}, now).checks}


def wrong(known: Known, files: dict[str, Reading] | None = None, now: Now | None = None) -> list[str]:
    return [what for what, verdict in verdicts(known, files, now).items() if verdict == "does_not_fit"]


def test_a_batch_of_which_all_agrees_fits_in_every_check() -> None:
    now = Now(NOW, "ptb_1", "same", "It holds the batch as it was sent.")
    found = verdicts(registered(), {"5" * 64: Reading("archive/log.csv")}, now)
    assert list(found.values()) == ["fits"] * 6


def test_an_answer_with_other_values_or_for_another_batch_does_not_fit_and_a_cut_one_is_not_checked() -> None:
    what = "the payload and the registry’s kept answer"
    assert wrong(registered(ANSWER.replace("816.50", "816.51"))) == [what]
    assert wrong(registered(ANSWER.replace("ptb_1", "ptb_9"))) == [what]
    assert verdicts(registered(ANSWER[:300]))[what] == "not_checked"
    assert verdicts(registered("found in the registry's list"))[what] == "not_checked"


def test_rows_that_were_read_as_something_else_do_not_fit() -> None:
    assert wrong(registered(mass="861")) == ["the payload and the rows as read"]


def test_a_payload_that_was_changed_with_its_fingerprint_does_not_fit() -> None:
    assert "the state and what happened" in wrong(registered(body=NEW))


def test_a_file_that_was_changed_in_the_archive_does_not_fit_and_one_of_its_name_says_nothing() -> None:
    other = ("archive/log.csv",)
    assert wrong(registered(), {"5" * 64: Reading("", other, other)}) == ["the file log.csv"]
    assert verdicts(registered(), {"5" * 64: Reading("", other)})["the file log.csv"] == "not_checked"


def test_what_the_registry_holds_now_fits_what_the_ledger_says_of_it() -> None:
    what = "what the registry holds now"
    gone, same = (Now(NOW, "ptb_1", verdict, "It says.") for verdict in ("gone", "same"))
    deleted = wanting("conflict", DELETED, OLD)
    assert what in wrong(registered(), now=gone)
    assert what in wrong(deleted, now=same)
    assert verdicts(deleted, now=gone)[what] == "fits"
    assert verdicts(wanting("conflict", CORRECTING, NEW), now=gone)[what] == "not_checked"


def test_created_without_a_line_does_not_fit() -> None:
    assert wrong(replace(registered(), attempts=())) == ["the state and what happened"]


def test_in_short_names_row_file_run_person_times_answer_and_id() -> None:
    told = evidence(registered(), ABOUT, {}, None).in_short
    at, by = "2026-11-24 12:00:00.000000 UTC", "run r1 (ada@kiln)"
    assert told == (
        f"Row 2 of log.csv (sha256 {'5' * 64}), read by {by}. Sent at {at} with attempt 1 of {by}. The "
        f"registry answered 200 at {at}, and it became registered. It is registered as ptb_1."
    )
