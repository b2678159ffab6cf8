"""A mass, or one for its hours, far out of its facility's own is refused: a unit or a time was mistaken."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.check import plausible, usual_of
from pipeline.model import CheckedTable, Usual
from tests.pure.build import HOUR, KILN, OTHER_KILN, START, a_row, a_run, a_table

TWENTY = Decimal(20)
MASSES = st.integers(1, 10**9).map(lambda n: Decimal(n).scaleb(-3))


def log(*masses: str, kiln: str = KILN) -> CheckedTable:
    runs = [a_run(str(number), mass=Decimal(mass), facility_id=kiln) for number, mass in enumerate(masses)]
    return a_table(*(a_row(number, run) for number, run in enumerate(runs, 2)))


def judged(
    tables: list[CheckedTable], ratio: Decimal = TWENTY, remembered: dict[str, Usual] | None = None
) -> list[CheckedTable]:
    return plausible(tables, ratio, usual_of(tables, ratio, remembered or {}))


def refused(tables: list[CheckedTable]) -> list[int]:
    rows = [row for table in tables for row in table.rows]
    assert all((row.run is None) == bool(row.issues) for row in rows)
    return [place for place, row in enumerate(rows) if row.run is None]


@pytest.mark.parametrize(
    ("masses", "places"),
    [
        (("100", "110", "90000"), [2]),
        (("100", "110", "0.1"), [2]),
        (("100", "100", "2000"), []),
        (("100", "100", "2000.001"), [2]),
        (("100", "100", "5"), []),
        (("100", "100", "4.999"), [2]),
        (("100", "90000"), []),
        (("90000",), []),
        ((), []),
        (("1", "10", "100", "1000"), [0]),
        (("100", "0.1", "100", "110000", "100"), [1, 3]),
    ],
)
def test_a_mass_is_refused_when_it_is_too_many_times_over_or_under_the_median(
    masses: tuple[str, ...], places: list[int]
) -> None:
    assert refused(judged([log(*masses)])) == places


def test_the_check_can_be_turned_off() -> None:
    assert refused(judged([log("100", "100", "90000")], Decimal(0))) == []


def test_each_facility_is_judged_by_its_own_masses_over_all_tables() -> None:
    small, large = log("1", "1"), log("1000", "1000", "1000", kiln=OTHER_KILN)
    assert refused(judged([small, large, log("1000", "1")])) == [5]
    assert refused(judged([small, large])) == []


def test_a_refused_row_that_comes_again_alone_is_judged_by_what_earlier_logs_told() -> None:
    usual = usual_of([log("100", "110", "120")], TWENTY, {})
    assert refused(judged([log("110000")], TWENTY, usual)) == [0]
    assert refused(judged([log("110")], TWENTY, usual)) == []
    assert refused(judged([log("110000")])) == []


def test_refused_rows_that_come_again_without_the_others_are_no_measure_of_themselves() -> None:
    usual = usual_of([log("100", "110", "120")], TWENTY, {})
    again = log("110000", "111000", "112000")
    assert refused(judged([again], TWENTY, usual)) == [0, 1, 2]
    assert usual_of([again], TWENTY, usual) == usual
    assert refused(judged([log("1000", "1100", "1200")], TWENTY, usual)) == []
    assert usual_of([log("1000", "1100", "1200")], TWENTY, usual)[KILN].mass == 1100


def test_a_row_that_was_bad_before_is_left_as_it_was_and_counts_for_nothing() -> None:
    bad = a_row(2, None)
    table = a_table(bad, a_row(3, a_run(mass=Decimal(100))), a_row(4, a_run(mass=Decimal(90000))))
    (after,) = judged([table])
    assert after.rows[0] == bad
    assert after == table


def test_the_issue_names_the_cell_the_ratio_and_the_median() -> None:
    (table,) = judged([log("100", "110", "90000")])
    (issue,) = table.rows[2].issues
    assert (issue.code, issue.severity, issue.cells, issue.column) == (
        "mass_implausible",
        "error",
        ("F4",),
        "Mass (kg)",
    )
    assert "818 times over its median of 110 kg" in issue.wanted
    (under,) = judged([log("100", "110", "0.1")])[0].rows[2].issues
    assert "1,000 times under its median of 100 kg" in under.wanted


@given(st.lists(MASSES, min_size=3, max_size=9), st.integers(2, 100).map(Decimal))
def test_what_is_kept_is_within_the_ratio_and_half_of_a_log_at_least_is_kept(
    masses: list[Decimal], ratio: Decimal
) -> None:
    middle = sorted(masses)[len(masses) // 2], sorted(masses)[(len(masses) - 1) // 2]
    median = (middle[0] + middle[1]) / 2
    (after,) = judged([log(*map(str, masses))], ratio)
    for row, mass in zip(after.rows, masses, strict=True):
        assert (row.run is not None) == (median / ratio <= mass <= median * ratio)
        assert row.run is None or row.run.mass == mass


def at(*hours: float, mass: str = "100", kiln: str = KILN) -> CheckedTable:
    """Runs of the same mass that took so many hours."""
    runs = [
        a_run(str(number), mass=Decimal(mass), facility_id=kiln, ended_at=START + each * HOUR)
        for number, each in enumerate(hours)
    ]
    return a_table(*(a_row(number, run) for number, run in enumerate(runs, 2)))


@pytest.mark.parametrize(
    ("hours", "places"),
    [
        ((10, 11, 0.49), [2]),
        ((10, 10, 0.5), []),
        ((10, 10, 0.499), [2]),
        ((10, 10, 200), []),
        ((10, 10, 200.1), [2]),
        ((10, 0.1), []),
        ((240, 240, 10, 0.5), [3]),
    ],
)
def test_a_run_is_refused_when_it_makes_too_many_times_more_or_less_in_an_hour_than_the_median(
    hours: tuple[float, ...], places: list[int]
) -> None:
    assert refused(judged([at(*hours)])) == places
    assert refused(judged([at(*hours)], Decimal(0))) == []


def test_a_row_that_is_refused_for_its_mass_is_not_refused_for_its_throughput_too() -> None:
    table = a_table(*at(10, 10, 10).rows, *log("90000").rows)
    (issue,) = judged([table])[0].rows[3].issues
    assert issue.code == "mass_implausible"


def test_each_facility_is_judged_by_its_own_throughput() -> None:
    slow, fast = at(100, 100, 100), at(1, 1, 1, kiln=OTHER_KILN)
    assert refused(judged([slow, fast])) == []
    assert refused(judged([slow, fast, at(1)])) == [6]


def test_an_implausible_throughput_that_comes_again_alone_is_refused_again() -> None:
    usual = usual_of([at(10, 10, 10)], TWENTY, {})
    assert refused(judged([at(0.1)], TWENTY, usual)) == [0]
    assert refused(judged([at(0.1, 0.1, 0.1)], TWENTY, usual)) == [0, 1, 2]
    assert refused(judged([at(0.1)], TWENTY, {KILN: Usual(Decimal(100))})) == []


def test_the_issue_of_a_throughput_names_the_start_the_end_and_the_mass() -> None:
    (table,) = judged([at(10, 10, 0.01)])
    (issue,) = table.rows[2].issues
    assert (issue.code, issue.severity) == ("throughput_implausible", "error")
    assert issue.cells == ("D4", "E4", "F4")
    assert issue.column == "Start + End + Mass (kg)"
    assert "this is 10,000 kg an hour, 1,000 times over its median of 10 kg an hour" in issue.wanted
    assert issue.remedy.endswith("raise max_mass_ratio.")
