"""What a night tells: nothing when all is well, else plain text that no chat obeys and no terminal either."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.outstanding import Entry, Night, told
from pipeline.outstanding.failing import Earlier, after, to_be_told, token_step
from pipeline.outstanding.telling import MOST_TOLD, harmless

AT = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
DAY = AT.date()


def entry(number: int = 1, *, message: str = "found “x”.", nights: int = 5, word: str = "invalid") -> Entry:
    return Entry(
        f"{number:064}", "inbox/log.csv", "Runs", number, "E2", f"B-{number}", word, "code", message,
        "run-1", AT, AT, nights=nights,
    )  # fmt: skip


def test_nothing_is_told_when_nothing_waits_or_everything_was_told_on_this_day() -> None:
    assert told(Night("plant")) is None
    assert told(Night("plant", 1, (entry(),), news=False)) is None


def test_a_row_is_told_with_its_place_its_age_what_is_wrong_and_what_to_type() -> None:
    message = told(Night("north", 1, (entry(),), news=True))
    assert message
    assert message.subject == "north: 1 row needs a person, since 2026-11-21, 5 nights."
    for said in (
        "inbox/log.csv, sheet Runs, row 1 (E2), reference B-1: invalid",
        "found “x”.",
        "Since 2026-11-21, 5 nights.",
        "runs/run-1/to_fix.xlsx",
        "pipeline nightly --forget 00000000",
    ):
        assert said in message.body


def test_many_rows_are_cut_and_the_rest_is_counted() -> None:
    message = told(Night("north", 1, tuple(map(entry, range(1, MOST_TOLD + 6))), news=True))
    assert message
    assert "25 rows need a person" in message.subject
    assert message.body.count("Since ") == MOST_TOLD
    assert "… and 5 more." in message.body


def test_a_file_that_is_still_being_copied_is_told_on_its_second_night() -> None:
    assert told(Night("north", 0, (entry(word="waiting", nights=1),), news=True)) is None
    assert told(Night("north", 0, (entry(word="waiting", nights=2),), news=True))


@given(st.text())
def test_no_text_of_a_log_breaks_a_line_drives_a_terminal_or_is_obeyed_by_a_chat(text: str) -> None:
    shown = harmless(text)
    assert shown.isprintable()
    assert not set(shown) & set("<>@`*|")
    assert "://" not in shown
    assert "](" not in shown


@pytest.mark.parametrize(
    "text", ["<!channel>", "@everyone", "[x](http://evil.example)", "<script>", "a\nb\x1b[2J", "\u202egnp"]
)
def test_what_a_chat_or_a_terminal_would_obey_is_not_in_a_message(text: str) -> None:
    message = told(Night("north", 1, (entry(message=text),), news=True))
    assert message
    assert text not in message.body
    assert "\x1b" not in message.body


CASES = [
    ("what heals itself", [3], [False]),
    ("the same two nights in a row", [3, 3], [False, True]),
    ("two that differ, with no work done either night", [3, 5], [False, True]),
    ("after a good night", [3, 0, 3], [False, False, False]),
    ("rows that need a person", [1, 1], [False, False]),
    ("settings", [2, 2], [True, True]),
    ("the limit of errors", [4], [True]),
]


@pytest.mark.parametrize(("_", "codes", "expected"), CASES, ids=[each[0] for each in CASES])
def test_a_failure_is_told_at_once_unless_it_heals_itself(
    _: str, codes: list[int], expected: list[bool]
) -> None:
    state, found = Earlier(), []
    for night, code in enumerate(codes):
        at = AT + dt.timedelta(days=night)
        now = after(state, code, at.date(), at)
        found.append(to_be_told(state, now, heals=code in (3, 5)))
        state = now
    assert found == expected


def test_a_failure_is_told_once_a_day_and_counts_once_a_day() -> None:
    state = after(Earlier(), 2, DAY, AT)
    for day in (DAY, DAY - dt.timedelta(days=1)):  # by a clock that was set back
        again = after(state, 2, day, AT)
        assert (again.nights, again.day) == (1, DAY)
        assert not to_be_told(state, again, heals=False)


def test_a_clock_that_was_far_ahead_for_a_night_keeps_no_later_failure_from_being_told() -> None:
    ahead = after(Earlier(), 2, DAY + dt.timedelta(days=400), AT)
    now = after(ahead, 2, DAY, AT)
    assert to_be_told(ahead, now, heals=False)
    assert not to_be_told(now, after(now, 2, DAY, AT), heals=False)


def test_the_last_days_of_a_token_are_told_in_steps() -> None:
    assert [token_step(days) for days in (60, 29, 20, 14, 7, 4, 3, 0, -1)] == [
        None, 29, 29, 14, 7, 7, 3, 0, 0,
    ]  # fmt: skip


def test_a_failure_is_told_with_its_reason_and_how_often() -> None:
    night = Night("north", 3, stopped="The registry could not be reached.", failing=2, to_be_told=True)
    message = told(night)
    assert message
    assert message.subject.startswith("north: The night's run ended with 3, for 2 nights now: The registry")
