"""Every rule for the typed values of a run, all of them for every row at once."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from itertools import combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.run_log.in_order import EARLIEST, LEAST_MASS, doubtful, in_place
from schemas.run_log.judge import failures, frame_of
from tests.pure.build import HOUR, NOW

FINE: dict[str, object] = {
    "supplier_reference_id": "A1",
    "facility": "fcl",
    "feedstock": ("ftt",),
    "started_at": NOW - 2 * HOUR,
    "ended_at": NOW - HOUR,
    "mass": Decimal(100),
    "mass_standard_deviation": None,
    "display_name": None,
}


def columns(*rows: Mapping[str, object]) -> dict[str, list[object]]:
    return {name: [{**FINE, **row}[name] for row in rows] for name in FINE}


def broken_rules(*rows: dict[str, object]) -> set[tuple[int, str, str]]:
    frame = frame_of(columns(*rows), range(7, 7 + len(rows)))
    found = [(each.row, each.field, each.problem.code) for each in failures(frame, NOW)]
    assert len(found) == len(set(found))
    return set(found)


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"supplier_reference_id": "x" * 100, "display_name": "y" * 100},
        {"mass": Decimal("0.000001")},
        {"mass": Decimal(999999999999999)},
        {"mass_standard_deviation": Decimal(0)},
        {"mass_standard_deviation": Decimal("99.9999")},
        {"ended_at": NOW},
        {"started_at": dt.datetime(2000, 1, 1, tzinfo=dt.UTC)},
        {"started_at": NOW - HOUR - dt.timedelta(seconds=1)},
    ],
)
def test_a_run_within_the_rules_breaks_none(row: dict[str, object]) -> None:
    assert broken_rules(row) == set()


@pytest.mark.parametrize(
    ("row", "field", "rule"),
    [
        ({"supplier_reference_id": "x" * 101}, "supplier_reference_id", "too_long"),
        ({"supplier_reference_id": None}, "supplier_reference_id", "missing"),
        ({"display_name": "x" * 101}, "display_name", "too_long"),
        ({"facility": None}, "facility", "missing"),
        ({"feedstock": None}, "feedstock", "missing"),
        ({"started_at": None}, "started_at", "missing"),
        ({"ended_at": None}, "ended_at", "missing"),
        ({"mass": None}, "mass", "missing"),
        ({"mass": Decimal(0)}, "mass", "mass_not_positive"),
        ({"mass": Decimal("-0.0")}, "mass", "mass_not_positive"),
        ({"mass": Decimal(-5)}, "mass", "mass_not_positive"),
        ({"mass": Decimal("5.55E-17")}, "mass", "mass_not_positive"),
        ({"mass": Decimal("0.00000099")}, "mass", "mass_not_positive"),
        ({"mass_standard_deviation": Decimal(-1)}, "mass_standard_deviation", "deviation_negative"),
        ({"mass_standard_deviation": Decimal(100)}, "mass_standard_deviation", "deviation_above_mass"),
        ({"mass_standard_deviation": Decimal(1000)}, "mass_standard_deviation", "deviation_above_mass"),
        ({"ended_at": NOW + dt.timedelta(seconds=1)}, "ended_at", "in_the_future"),
        ({"started_at": dt.datetime(1999, 12, 31, 23, 59, 59, tzinfo=dt.UTC)}, "started_at", "too_early"),
        ({"ended_at": NOW - 2 * HOUR}, "ended_at", "ends_before_it_starts"),
        ({"ended_at": NOW - 3 * HOUR}, "ended_at", "ends_before_it_starts"),
    ],
)
def test_a_broken_rule_is_told_at_the_field_to_correct(row: dict[str, object], field: str, rule: str) -> None:
    assert broken_rules({}, row, {}) == {(8, field, rule)}


def test_everything_wrong_is_found_in_one_go() -> None:
    swapped = {"started_at": NOW + 2 * HOUR, "ended_at": NOW + HOUR, "mass": Decimal(-1), "facility": None}
    assert broken_rules(swapped, {"mass": None}) == {
        (7, "started_at", "in_the_future"),
        (7, "ended_at", "in_the_future"),
        (7, "ended_at", "ends_before_it_starts"),
        (7, "mass", "mass_not_positive"),
        (7, "facility", "missing"),
        (8, "mass", "missing"),
    }


def test_no_rows_break_no_rules() -> None:
    assert broken_rules() == set()


@given(st.lists(st.sampled_from([Decimal(1), Decimal(0), None]), max_size=5), st.integers(0, 4))
def test_rows_are_judged_each_by_itself(masses: list[Decimal | None], places: int) -> None:
    expected = {
        (row, "mass", "missing" if mass is None else "mass_not_positive")
        for row, mass in enumerate(masses, 7)
        if mass != 1
    }
    assert broken_rules(*(dict[str, object](mass=mass) for mass in masses)) == expected
    assert broken_rules(*[FINE] * places) == set()


SECOND = dt.timedelta(seconds=1)
TIMES = [
    None,
    *(time + late for time in (EARLIEST, NOW - HOUR, NOW) for late in (-SECOND, 0 * SECOND, SECOND)),
]
MASSES = [LEAST_MASS, LEAST_MASS / 2, Decimal(-1), Decimal(0), Decimal(5), Decimal(100), Decimal(101), None]
TEXTS = [None, "A", "x" * 100, "x" * 101]
VALUES: dict[str, list[object]] = {
    "supplier_reference_id": [*TEXTS],
    "facility": [None, "fcl"],
    "feedstock": [None, ("ftt",)],
    "started_at": [*TIMES],
    "ended_at": [*TIMES],
    "mass": [*MASSES],
    "mass_standard_deviation": [*MASSES],
    "display_name": [*TEXTS],
}
ROWS = st.fixed_dictionaries({}, optional={name: st.sampled_from(VALUES[name]) for name in VALUES})


def test_no_row_that_breaks_a_rule_is_in_order_at_a_glance() -> None:
    """Any two values of a row in order are replaced by any others, one after the other."""
    odd = [{name: value} for name, values in VALUES.items() for value in values]
    rows = [first | second for first, second in combinations_with_replacement(odd, 2)]
    seen = {7 + place for place in doubtful(columns(*rows), NOW)}
    assert {row for row, _, _ in broken_rules(*rows)} <= seen < {7 + place for place in range(len(rows))}


@given(ROWS, st.sets(st.sampled_from([*FINE])))
def test_a_value_that_could_not_be_read_hides_no_fault_of_another(
    row: dict[str, object], unread: set[str]
) -> None:
    seen = row | {name: in_place(name, NOW) for name in unread}
    judged = broken_rules(row | dict.fromkeys(unread))
    assert doubtful(columns(seen), NOW) or {field for _, field, _ in judged} <= unread


@pytest.mark.parametrize(
    "row", [{}, {"mass_standard_deviation": Decimal(1)}, {"display_name": "x"}, {"started_at": EARLIEST}]
)
def test_a_row_in_order_is_seen_to_be_at_a_glance(row: dict[str, object]) -> None:
    assert doubtful(columns(row), NOW) == []


@pytest.mark.parametrize("name", FINE)
def test_what_stands_in_place_of_a_value_that_could_not_be_read_is_in_order(name: str) -> None:
    assert doubtful(columns({name: in_place(name, NOW)}), NOW) == []


@given(st.permutations([{"facility": None}, {"mass": Decimal(0)}, {"ended_at": NOW + 2 * HOUR}, {}]))
def test_the_faults_of_a_row_stand_in_the_order_of_its_columns(rows: list[dict[str, object]]) -> None:
    bad = {"mass": None, "started_at": None, "display_name": "x" * 101}
    frame = frame_of(columns(*rows, bad), range(5))
    found = [each.field for each in failures(frame, NOW) if each.row == len(rows)]
    assert found == ["started_at", "mass", "display_name"]
