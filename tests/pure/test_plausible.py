"""A mass far out of its facility's own masses is refused, since its unit was probably mistaken."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.check import medians, plausible
from pipeline.model import CheckedTable
from tests.pure.build import KILN, OTHER_KILN, a_row, a_run, a_table

TWENTY = Decimal(20)
MASSES = st.integers(1, 10**9).map(lambda n: Decimal(n).scaleb(-3))


def log(*masses: str, kiln: str = KILN) -> CheckedTable:
    runs = [a_run(str(number), mass=Decimal(mass), facility_id=kiln) for number, mass in enumerate(masses)]
    return a_table(*(a_row(number, run) for number, run in enumerate(runs, 2)))


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
    assert refused(plausible([log(*masses)], TWENTY, {})) == places


def test_the_check_can_be_turned_off() -> None:
    assert refused(plausible([log("100", "100", "90000")], Decimal(0), {})) == []


def test_each_facility_is_judged_by_its_own_masses_over_all_tables() -> None:
    small, large = log("1", "1"), log("1000", "1000", "1000", kiln=OTHER_KILN)
    assert refused(plausible([small, large, log("1000", "1")], TWENTY, {})) == [5]
    assert refused(plausible([small, large], TWENTY, {})) == []


def test_a_refused_row_that_comes_again_alone_is_judged_by_what_earlier_logs_told() -> None:
    usual = medians([log("100", "110", "120")])
    assert refused(plausible([log("110000")], TWENTY, usual)) == [0]
    assert refused(plausible([log("110")], TWENTY, usual)) == []
    assert refused(plausible([log("110000")], TWENTY, {})) == []


def test_a_row_that_was_bad_before_is_left_as_it_was_and_counts_for_nothing() -> None:
    bad = a_row(2, None)
    table = a_table(bad, a_row(3, a_run(mass=Decimal(100))), a_row(4, a_run(mass=Decimal(90000))))
    (after,) = plausible([table], TWENTY, {})
    assert after.rows[0] == bad
    assert after == table


def test_the_issue_names_the_cell_the_ratio_and_the_median() -> None:
    (table,) = plausible([log("100", "110", "90000")], TWENTY, {})
    (issue,) = table.rows[2].issues
    assert (issue.code, issue.severity, issue.cells, issue.column) == (
        "mass_implausible",
        "error",
        ("F4",),
        "Mass (kg)",
    )
    assert "818 times over its median of 110 kg" in issue.wanted
    (under,) = plausible([log("100", "110", "0.1")], TWENTY, {})[0].rows[2].issues
    assert "1,000 times under its median of 100 kg" in under.wanted


@given(st.lists(MASSES, min_size=3, max_size=9), st.integers(2, 100).map(Decimal))
def test_what_is_kept_is_within_the_ratio_and_half_of_a_log_at_least_is_kept(
    masses: list[Decimal], ratio: Decimal
) -> None:
    middle = sorted(masses)[len(masses) // 2], sorted(masses)[(len(masses) - 1) // 2]
    median = (middle[0] + middle[1]) / 2
    (after,) = plausible([log(*map(str, masses))], ratio, {})
    for row, mass in zip(after.rows, masses, strict=True):
        assert (row.run is not None) == (median / ratio <= mass <= median * ratio)
        assert row.run is None or row.run.mass == mass
