"""Every row once, counts that add up, an exit code that says what happened."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import Exit
from pipeline.model import WORDS, Outcome, Refusal, Source, Word
from pipeline.report import (
    counts,
    errors,
    exit_code,
    headings,
    may_be_retried,
    rows_of,
)
from tests.pure.build import COLUMNS, HEADER, a_report, a_row, a_run, a_table

OUTCOMES = st.lists(st.sampled_from(WORDS).map(Outcome))
SETS = [words for size in range(len(WORDS) + 1) for words in combinations(WORDS, size)]


def refused(*codes: str) -> tuple[Source, ...]:
    return tuple(
        Source(f"{code}.xlsx", "", 0, Refusal(code, "It is not a log.", "Give a log.")) for code in codes
    )


def as_designed(words: set[str], command: str, codes: tuple[str, ...]) -> int:
    looks = command in ("check", "dry-run")
    if "unknown" in words or ("not_sent" in words and not looks):
        return 3
    if words & {"invalid", "rejected", "conflict"} or set(codes) - {"file_missing"}:
        return 1
    return 2 if codes else 0


@pytest.mark.parametrize("codes", [(), ("file_missing",), ("no_header",), ("file_missing", "no_header")])
@pytest.mark.parametrize("command", ["upload", "nightly", "retry", "check", "dry-run"])
def test_every_combination_of_words_has_its_exit_code(command: str, codes: tuple[str, ...]) -> None:
    for words in SETS:
        report = a_report([Outcome(word) for word in words], command, refused(*codes))
        assert exit_code(report) == as_designed(set(words), command, codes), words


@pytest.mark.parametrize("stopped", list(Exit))
def test_a_reason_to_stop_outranks_the_rows(stopped: Exit) -> None:
    for words in SETS:
        assert exit_code(a_report(map(Outcome, words)), stopped=stopped) is stopped


def test_the_exit_codes_are_as_they_were_promised() -> None:
    assert [int(each) for each in Exit] == [0, 1, 2, 3, 4, 5, 70, 130, 143]


@given(OUTCOMES)
def test_the_counts_name_every_word_and_add_up_to_the_rows(outcomes: list[Outcome]) -> None:
    rows = a_report(outcomes).rows
    counted = counts(rows)
    assert tuple(counted) == WORDS
    assert sum(counted.values()) == len(outcomes) == len(rows)
    assert errors(rows) == counted["invalid"] + counted["rejected"] + counted["conflict"]


def test_every_row_of_every_table_is_reported_once_with_its_outcome() -> None:
    tables = [a_table(a_row(2, a_run("A")), a_row(3, None, "B")), a_table(a_row(2, a_run("C")))]
    outcomes = {(0, 2): Outcome("created"), (0, 3): Outcome("invalid"), (1, 2): Outcome("unknown")}
    rows = rows_of(tables, outcomes)
    assert [(row.table, row.row, row.reference, row.outcome.word) for row in rows] == [
        (0, 2, "A", "created"),
        (0, 3, "B", "invalid"),
        (1, 2, "C", "unknown"),
    ]
    assert [len(row.issues) for row in rows] == [0, 1, 0]
    assert [row.cells[0] for row in rows] == ["A", "B", "C"]


def test_a_row_without_an_outcome_is_never_lost_in_silence() -> None:
    with pytest.raises(KeyError):
        rows_of([a_table(a_row(2, a_run()))], {})


def test_the_headings_are_those_of_the_log() -> None:
    (heading,) = headings([a_table()])
    assert (heading.file, heading.sheet, heading.header, heading.fields) == (
        "log.xlsx",
        "Runs",
        HEADER,
        COLUMNS,
    )


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("status", [None, 200, 400, 403, 404, 409, 415, 422, 423, 451])
def test_only_what_is_open_or_may_pass_is_retried(word: Word, status: int | None) -> None:
    (row,) = a_report([Outcome(word, http_status=status)]).rows
    may_pass = word == "rejected" and status in (404, 409, 423, 451)
    assert may_be_retried(row) == (word in ("unknown", "not_sent") or may_pass)
