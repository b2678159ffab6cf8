"""What waits for a person: entered once, as old as it is, and gone when it is settled."""

import datetime as dt
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.model import Issue, Outcome, Refusal, Report, ReportRow, ReportTable, Source, Target, Word
from pipeline.outstanding import Changes, Entry, changed, counted, noted, of_files, settled_elsewhere
from pipeline.outstanding.entry import as_old_as
from pipeline.write.messages import wrongs

HEADER = ("reference", "kiln", "wood", "start", "mass")
FIELDS: dict[str, tuple[int, ...]] = {"supplier_reference_id": (0,), "mass": (4,)}
FIRST = dt.datetime(2026, 11, 21, 1, tzinfo=dt.UTC)
DAY = FIRST.date()


def log_row(
    reference: str, mass: str, word: Word, row: int = 2, wrong: str = "E", said: str = ""
) -> ReportRow:
    """A row of a log; one that is invalid has an error in the column `wrong`."""
    cells = (reference, "north", "oak", f"2026-11-0{row}", mass, *([said] if said else []))
    found = reference if wrong == "A" else mass
    issue = Issue(
        "error", "not_a_number", "", "", row, (f"{wrong}{row}",), "", found, "a number", "Correct it."
    )
    known = "" if wrong == "A" and word == "invalid" else reference
    return ReportRow(0, row, cells, known, Outcome(word), (issue,) if word == "invalid" else ())


def report(*rows: ReportRow, file: str = "inbox/log.csv", sha256: str = "1", nights: int = 0) -> Report:
    at = FIRST + dt.timedelta(days=nights)
    target = Target("local", "")
    header = (*HEADER, "_message") if any(len(row.cells) > len(HEADER) for row in rows) else HEADER
    table = ReportTable(file, "", header, FIELDS)
    source = Source(file, sha256, len(rows))
    return Report(f"run-{nights}", "upload", target, at, at, (source,), (table,), rows, (), {}, 0)


def after(known: Sequence[Entry], run: Report) -> list[Entry]:
    return changed(known, noted(known, run, wrongs))


def corrected(entry_of: Report, row: ReportRow) -> str:
    """What to_fix.xlsx says about a row of this run."""
    return wrongs(entry_of.tables[0], row)


def test_a_row_that_needs_a_person_is_entered_and_a_good_one_is_not() -> None:
    run = report(log_row("B-1", "x", "invalid"), log_row("B-2", "5", "created", 3))
    (entry,) = after([], run)
    assert (entry.reference, entry.row, entry.word, entry.cells, entry.nights) == (
        "B-1",
        2,
        "invalid",
        "E2",
        0,
    )
    assert "“x”" in entry.message


def test_a_row_that_is_found_again_keeps_its_age_whatever_file_it_stands_in() -> None:
    known = counted(after([], report(log_row("B-1", "x", "invalid"))), DAY)
    again = report(log_row("B-1", "y", "invalid", 7), file="inbox/other.csv", sha256="2", nights=1)
    (entry,) = after(known, again)
    assert (entry.first_at, entry.nights, entry.row, entry.file) == (FIRST, 1, 7, "inbox/other.csv")


def test_a_reference_that_is_settled_by_any_later_run_waits_no_longer() -> None:
    known = after([], report(log_row("B-1", "x", "invalid"), log_row("B-2", "y", "invalid", 3)))
    words: tuple[Word, ...] = ("created", "already_registered")
    for word in words:
        (left,) = after(known, report(log_row("B-1", "5", word, 9), file="other.csv", sha256="2"))
        assert left.reference == "B-2"


def test_a_row_whose_reference_is_in_doubt_is_not_settled_by_it_from_another_folder() -> None:
    (entry,) = after([], report(log_row("B-1", "x", "invalid")))
    is_settled = settled_elsewhere(report(log_row("B-1", "5", "created"), file="other.csv"))
    assert is_settled(entry)
    assert not is_settled(replace(entry, key="of its row"))


def test_a_row_that_was_not_sent_or_is_unknown_changes_nothing() -> None:
    known = after([], report(log_row("B-1", "x", "invalid")))
    words: tuple[Word, ...] = ("unknown", "not_sent")
    for word in words:
        assert after(known, report(log_row("B-1", "5", word))) == known


def test_a_row_without_a_usable_reference_goes_when_its_to_fix_row_comes_back_good() -> None:
    first = report(log_row("??", "5", "invalid", wrong="A"))
    known = after([], first)
    said = corrected(first, first.rows[0])
    fixed = log_row("B-9", "5", "created", said=said)
    assert after(known, report(fixed, file="inbox/to_fix.xlsx", sha256="2", nights=1)) == []


def test_a_row_that_got_another_reference_in_to_fix_waits_no_longer_under_the_old_one() -> None:
    first = report(log_row("B-1", "x", "invalid"))
    said = corrected(first, first.rows[0])
    fixed = log_row("B-1b", "5", "created", said=said)
    assert after(after([], first), report(fixed, file="to_fix.xlsx", sha256="2")) == []


def test_a_to_fix_row_that_is_still_wrong_is_the_old_one_and_as_old() -> None:
    first = report(log_row("??", "5", "invalid", wrong="A"))
    known = counted(after([], first), DAY)
    still = log_row("!!", "5", "invalid", wrong="A", said=corrected(first, first.rows[0]))
    (entry,) = after(known, report(still, file="to_fix.xlsx", sha256="2", nights=1))
    assert (entry.first_at, entry.nights, entry.file) == (FIRST, 1, "to_fix.xlsx")


def test_of_two_logs_of_one_name_a_to_fix_row_settles_only_the_row_that_it_was_made_from() -> None:
    one, other = log_row("??", "5", "invalid", wrong="A"), log_row("??", "6", "invalid", wrong="A")
    known = after(after([], report(one)), report(other, sha256="2", nights=1))
    assert len(known) == 2
    said = corrected(report(one), one)
    (left,) = after(known, report(log_row("B-9", "6", "created", said=said), file="to_fix.xlsx", sha256="3"))
    assert left.first_at == FIRST


def test_the_corrected_log_dropped_again_settles_the_row_at_its_old_place() -> None:
    known = after([], report(log_row("??", "5", "invalid", wrong="A")))
    assert after(known, report(log_row("B-9", "5", "created"), sha256="2")) == []


def test_another_run_at_the_same_place_of_a_later_log_of_that_name_settles_nothing() -> None:
    known = after([], report(log_row("??", "5", "invalid", wrong="A")))
    assert after(known, report(log_row("B-9", "7", "created"), sha256="2")) == known


def test_a_row_of_few_cells_is_not_known_again_by_its_place() -> None:
    empty = ("", "", "")
    bad = replace(log_row("??", "5", "invalid", wrong="A"), cells=("??", *empty, "5"))
    good = replace(log_row("B-9", "5", "created"), cells=("B-9", *empty, "5"))
    known = after([], report(bad))
    assert after(known, report(good, sha256="2")) == known


def test_rows_that_share_a_reference_wait_as_one_that_counts_them() -> None:
    run = report(log_row("B-1", "x", "invalid"), log_row("B-1", "y", "invalid", 3))
    (entry,) = after([], run)
    assert (entry.row, entry.rows) == (2, 2)
    (again,) = after([entry], run)
    assert again.rows == 2


def test_a_refused_file_waits_as_long_as_it_lies_in_the_inbox() -> None:
    refused = Source("inbox/notes.pdf", "1", 0, Refusal("file_pdf", "It is a PDF.", "Export it."))
    known = counted(changed([], of_files([], [refused], [], FIRST, "run")), DAY)
    later = FIRST + dt.timedelta(days=1)
    again = changed(known, of_files(known, [refused], [], later, "run"))
    (entry,) = counted(again, later.date())
    assert (entry.first_at, entry.nights, entry.is_file) == (FIRST, 2, True)
    assert changed([entry], of_files([entry], [], [], later, "run")) == []


def test_the_inbox_says_nothing_about_rows() -> None:
    known = after([], report(log_row("B-1", "x", "invalid")))
    assert of_files(known, [], [], FIRST, "run") == Changes()


@given(st.lists(st.integers(min_value=0, max_value=6), max_size=20))
def test_nights_are_the_different_days_on_which_a_night_found_it(offsets: list[int]) -> None:
    days = sorted(DAY + dt.timedelta(days=offset) for offset in offsets)
    entries = after([], report(log_row("B-1", "x", "invalid")))
    for day in days:
        entries = counted(entries, day)
    assert entries[0].nights == len(set(days))


def test_a_night_counts_no_day_again_by_a_clock_that_was_set_back_or_through_a_row_of_fewer_nights() -> None:
    known = counted(after([], report(log_row("B-1", "x", "invalid"))), DAY)
    assert counted(known, DAY - dt.timedelta(days=1)) == known
    older = replace(known[0], nights=3, last_night=DAY - dt.timedelta(days=1))
    assert as_old_as(known[0], older, known[0]) == replace(known[0], nights=3, last_night=DAY)


@pytest.mark.parametrize(("ahead", "nights"), [(1, 1), (2, 2), (400, 2)])
def test_a_clock_that_was_days_ahead_for_a_night_silences_none_of_the_nights_that_follow(
    ahead: int, nights: int
) -> None:
    entries = after([], report(log_row("B-1", "x", "invalid")))
    first = counted(entries, DAY + dt.timedelta(days=ahead))
    (entry,) = counted(first, DAY)
    assert entry.nights == nights
    assert counted([entry], DAY) == [entry]
    (entry,) = counted([entry], DAY + dt.timedelta(days=3))
    assert entry.nights == nights + 1


WORDS_OF_ROWS = st.sampled_from(["invalid", "created", "unknown"])
RUNS = st.lists(st.lists(st.tuples(st.integers(1, 4), WORDS_OF_ROWS), max_size=4), max_size=6)


@given(RUNS)
def test_what_waits_is_what_was_wrong_last_and_as_old_as_its_first_time(
    runs: list[list[tuple[int, Word]]],
) -> None:
    known: list[Entry] = []
    expected: dict[str, dt.datetime] = {}
    for night, words in enumerate(runs):
        rows = {number: log_row(f"B-{number}", "x", word, number) for number, word in words}
        run = report(*rows.values(), sha256=str(night), nights=night)
        known = after(known, run)
        for number, row in rows.items():
            if row.outcome.word == "invalid":
                expected.setdefault(f"B-{number}", run.started_at)
            elif row.outcome.word == "created":
                expected.pop(f"B-{number}", None)
    assert {each.reference: each.first_at for each in known} == expected
