"""What the pictures show is what the rows say, however many there are."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import AsRead, Outcome, Report, ReportRow, Word
from pipeline.report.figures import OTHERS, Runs
from tests.page.reports import START, TABLE, report

HOUR = dt.timedelta(hours=1)


def run(  # noqa: PLR0917  what a picture shows of a row
    number: int, at: float = 0, hours: float = 1, mass: str = "100", kiln: str = "A", feed: str = "Wood",
    word: Word = "created", reference: str = "",
) -> ReportRow:  # fmt: skip
    start = START + at * HOUR
    read = AsRead(start, start + hours * HOUR, Decimal(mass))
    cells = (f"R{number}", kiln, feed, "s", "e", mass)
    return ReportRow(0, number, cells, reference or f"R{number}", Outcome(word), (), read)


def of(rows: Iterable[ReportRow], command: str = "upload") -> Report:
    return report(*rows, command=command)


def test_a_facility_in_two_spellings_is_one_by_the_first() -> None:
    (lane,) = Runs(of([run(2, kiln="North kiln"), run(3, 5, kiln=" north  KILN")])).lanes().lanes
    assert (lane.name, lane.batches) == ("North kiln", 2)


def test_a_time_with_two_batches_at_once_is_told() -> None:
    (lane,) = Runs(of([run(2, 0, 4), run(3, 3, 4), run(4, 10, 1)])).lanes().lanes
    assert lane.spans == ((START, START + 7 * HOUR), (START + 10 * HOUR, START + 11 * HOUR))
    assert lane.at_once == ((START + 3 * HOUR, START + 4 * HOUR),)


def test_one_that_begins_when_another_ends_is_not_at_once() -> None:
    (lane,) = Runs(of([run(2, 0, 4), run(3, 4, 4)])).lanes().lanes
    assert lane.at_once == ()


def test_many_facilities_are_cut_to_those_with_most_and_the_rest_is_counted() -> None:
    rows = [run(number, number, kiln=f"K{number % 30}") for number in range(2, 100)]
    found = Runs(of(rows)).lanes()
    assert (len(found.lanes), found.left_out) == (12, 18)


@given(st.lists(st.tuples(st.integers(0, 20_000), st.integers(1, 30)), min_size=1, max_size=600))
def test_the_spans_of_a_lane_are_few_in_order_and_hold_every_run(runs: list[tuple[int, int]]) -> None:
    rows = [run(number, at, hours) for number, (at, hours) in enumerate(runs, 2)]
    (lane,) = Runs(of(rows)).lanes().lanes
    assert len(lane.spans) <= 252
    assert all(one[1] <= other[0] for one, other in zip(lane.spans, lane.spans[1:], strict=False))
    for row in rows:
        assert row.as_read
        assert any(
            start <= row.as_read.started_at and row.as_read.ended_at <= end for start, end in lane.spans
        )


@given(
    st.lists(
        st.tuples(st.integers(0, 200_000), st.integers(1, 10**6), st.integers(0, 15)), min_size=1, max_size=80
    )
)
def test_every_registered_kilogram_is_in_one_column_and_no_other_is(runs: list[tuple[int, int, int]]) -> None:
    rows = [run(n, at, 1, str(mass), feed=f"F{feed}") for n, (at, mass, feed) in enumerate(runs, 2)]
    lost = [run(1000, word="rejected"), run(1001, word="conflict"), run(1002, word="not_sent")]
    found = Runs(of([*rows, *lost])).weights()
    assert found
    kilograms = sum(Decimal(mass) for _, mass, _ in runs) / (1000 if found.unit == "t" else 1)
    assert sum(map(sum, found.by_feedstock.values())) == kilograms
    assert found.rows == len(rows)
    assert len(found.labels) <= 60
    assert {len(values) for values in found.by_feedstock.values()} == {len(found.labels)}
    assert len(found.by_feedstock) <= 9


def test_a_row_that_is_repeated_word_for_word_weighs_once() -> None:
    found = Runs(of([run(2, reference="R"), run(3, reference="R"), run(4, 7, reference="R")])).weights()
    assert found
    assert (found.by_feedstock["Wood"], found.rows) == ((Decimal(200),), 2)


def test_after_a_check_what_is_in_order_is_counted() -> None:
    found = Runs(of([run(2, word="not_sent"), run(3, word="conflict")], "check")).weights()
    assert found
    assert (found.rows, found.counts_registered) == (1, False)


def test_weeks_begin_on_monday_at_the_plant() -> None:
    assert TABLE.timezone == "Europe/Berlin"
    sunday_at_22_utc = run(2, (dt.datetime(2025, 6, 8, 22, 30, tzinfo=dt.UTC) - START) / HOUR)
    found = Runs(of([sunday_at_22_utc])).weights()
    assert found
    assert found.labels == ("9 Jun 2025",)


def test_a_week_in_which_nothing_was_made_is_there_and_empty() -> None:
    found = Runs(of([run(2), run(3, 24 * 14)])).weights()
    assert found
    assert found.by_feedstock["Wood"] == (Decimal(100), Decimal(0), Decimal(100))


def test_many_feedstocks_are_put_together_under_a_name_that_says_so() -> None:
    found = Runs(of([run(number, feed=f"F{number}") for number in range(2, 30)])).weights()
    assert found
    assert len(found.by_feedstock) == 8
    assert found.by_feedstock[OTHERS] == (Decimal(2100),)


def test_without_a_run_there_is_nothing_to_show() -> None:
    runs = Runs(report())
    assert (runs.lanes().lanes, runs.weights()) == ((), None)
