"""A run that died is told by what the ledger knows, and a row never by what became of other values."""

from decimal import Decimal

from msgspec.structs import replace

from pipeline.model import WORDS, AsRead, Outcome, Report
from pipeline.report.died import Known, told_again
from schemas.production_batch import canonical
from tests.pure.build import a_payload, a_report

CREATED = Outcome("created", "ptb_1")


def words(report: Report) -> list[str]:
    return [row.outcome.word for row in report.rows]


def test_a_report_of_a_run_that_died_takes_only_what_was_not_yet_known_from_the_ledger() -> None:
    report = a_report(map(Outcome, WORDS))
    known = {row.reference: Known(CREATED, "") for row in report.rows[:-1]}
    again = told_again(report, known)
    assert words(again) == ["created" if word == "unknown" else word for word in WORDS]
    assert (again.exit_code, "not what the run knew" in again.stopped) == (3, True)


def test_a_row_is_not_told_what_became_of_other_values_under_its_reference() -> None:
    ours, other = a_payload("100"), a_payload("101")
    (row,) = a_report([Outcome("unknown")]).rows
    read = AsRead(ours.started_at, ours.ended_at, Decimal(100))
    report = replace(a_report([]), rows=(replace(row, as_read=read),))
    assert words(told_again(report, {row.reference: Known(CREATED, canonical(ours))})) == ["created"]
    told = told_again(report, {row.reference: Known(CREATED, canonical(other))}).rows[0].outcome
    assert (told.word, told.registry_id, "ptb_1" in told.message) == ("conflict", "ptb_1", True)


def test_rows_that_say_the_same_twice_asked_for_one_batch_of_that_mass() -> None:
    ours = a_payload("100")
    (row,) = a_report([Outcome("unknown")]).rows
    read = AsRead(ours.started_at, ours.ended_at, Decimal(100))
    twice = tuple(replace(row, row=number, as_read=read) for number in (2, 3))
    report = replace(a_report([]), rows=twice)
    assert words(told_again(report, {row.reference: Known(CREATED, canonical(ours))})) == ["created"] * 2


def test_by_its_fingerprint_a_row_tells_what_it_asked_for_whatever_else_is_the_same() -> None:
    body = canonical(a_payload("100"))
    (row,) = a_report([Outcome("unknown")]).rows
    report = replace(a_report([]), rows=(replace(row, fingerprint="ours"),))
    assert words(told_again(report, {row.reference: Known(CREATED, body, "ours")})) == ["created"]
    assert words(told_again(report, {row.reference: Known(CREATED, body, "others")})) == ["conflict"]
