"""Columns are found by their headers, by what is near, and by their cells; a mass never by these alone."""

import datetime as dt

import pytest

from pipeline.propose import Log
from schemas.cell import Cell, Clock, Moment, Number
from tests.propose.logs import HEADER, KILN, WOOD, log, row

FOREIGN = ("Číslo", "Pec", "Surovina", "Od", "Do", "Uhlí", "Obsluha")
DAY = dt.datetime(2026, 10, 1)  # noqa: DTZ001  a wall clock


def mapped(of: Log) -> dict[str, str]:
    return {each.column.header: each.field for each in of.matched.sure}


def perhaps(of: Log, field: str) -> list[str]:
    return [each.column.header for each in of.matched.doubtful if each.field == field]


def foreign(*, operators: int = 3) -> list[tuple[Cell, ...]]:
    """Rows whose headers say nothing: a reference, two kilns, feedstocks, times, a mass, who did it."""
    return [
        (
            f"VS-{n:03}",
            ("Pec A", "Pec B")[n % 2],
            ("kůra", "kůra, štěpka", "štěpka")[n % 3],
            f"2026-10-{n:02} 06:00",
            f"2026-10-{n:02} 18:00",
            f"{400 + n}.5",
            f"Novák {'abcdefghij'[n % operators]}",
        )
        for n in range(1, 21)
    ]


def test_what_is_built_in_needs_no_mapping() -> None:
    found = log().matched
    assert (found.sure, found.doubtful, found.missing) == ((), (), ())
    assert set(found.found.fields) == {
        "supplier_reference_id", "facility", "feedstock", "started_at", "ended_at", "mass",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("header", "field"),
    [("Batch referense", "supplier_reference_id"), ("Feedstok", "feedstock"), ("Facilty", "facility")],
)
def test_a_header_that_is_misspelt_is_taken_for_what_it_nearly_is(header: str, field: str) -> None:
    at = {"supplier_reference_id": 0, "facility": 1, "feedstock": 2}[field]
    of = log(header=(*HEADER[:at], header, *HEADER[at + 1 :]))
    assert mapped(of) == {header: field}
    assert "nearly" in of.matched.sure[0].reason


def test_a_near_header_over_cells_of_another_kind_is_left_alone() -> None:
    numbers = [row(n, feedstock=Number(n + 0.5)) for n in range(1, 9)]
    of = log(*numbers, header=(*HEADER[:2], "Feedstok", *HEADER[3:]))
    assert mapped(of) == {}
    assert "feedstock" in of.matched.missing


def test_a_mass_is_never_taken_from_its_numbers_alone() -> None:
    of = log(header=(*HEADER[:5], "Výstup (kg)"))
    assert mapped(of) == {}
    assert of.matched.missing == ("mass",)
    assert perhaps(of, "mass") == ["Výstup (kg)"]


def test_a_mass_is_not_taken_from_a_header_that_is_only_near() -> None:
    of = log(header=(*HEADER[:5], "Wet weight (kg)"))
    assert mapped(of) == {}
    assert perhaps(of, "mass") == ["Wet weight (kg)"]


def test_a_column_with_a_unit_of_mass_is_suggested_before_plain_numbers() -> None:
    rows = [(*row(n), f"{n}.7") for n in range(1, 9)]
    assert perhaps(log(*rows, header=(*HEADER[:5], "Výstup [t]", "Teplota")), "mass") == ["Výstup [t]"]


def test_columns_of_ids_are_known_by_their_cells() -> None:
    rows = [row(n, kiln=KILN, feedstock=f"{WOOD}; {WOOD[:-1]}Q") for n in range(1, 9)]
    assert mapped(log(*rows, header=("Batch ref", "Kde", "Co", *HEADER[3:]))) == {
        "Kde": "facility",
        "Co": "feedstock",
    }


def test_the_only_two_columns_of_times_are_start_and_end_when_one_is_before_the_other() -> None:
    of = log(header=(*HEADER[:3], "Od", "Do", HEADER[5]))
    assert mapped(of) == {"Od": "started_at", "Do": "ended_at"}


def test_times_that_are_in_no_order_are_only_suggested() -> None:
    rows = [row(n, end=f"2026-10-{30 - 2 * n:02} 18:00") for n in range(1, 15)]
    of = log(*rows, header=(*HEADER[:3], "Od", "Do", HEADER[5]))
    assert mapped(of) == {}
    assert perhaps(of, "started_at") == ["Od", "Do"]


def test_a_third_column_of_times_leaves_all_three_to_a_person() -> None:
    rows = [(*row(n), f"2026-11-{n:02} 06:00") for n in range(1, 9)]
    of = log(*rows, header=(*HEADER[:3], "Od", "Do", HEADER[5], "Odesláno"))
    assert {"started_at", "ended_at"} <= set(of.matched.missing)


@pytest.mark.parametrize(("known", "at", "field"), [("Start", 4, "ended_at"), ("End", 3, "started_at")])
def test_one_time_is_found_beside_the_other(known: str, at: int, field: str) -> None:
    header = tuple("Neco" if index == at else text for index, text in enumerate(HEADER))
    assert known in header
    assert mapped(log(header=header)) == {"Neco": field}


def test_two_dates_and_two_times_of_day_are_two_pairs() -> None:
    rows: list[tuple[Cell, ...]] = [
        (
            *row(n)[:3],
            Moment(DAY + n * dt.timedelta(days=1), "dd.mm.yyyy", has_time=False),
            Clock(dt.time(6), "hh:mm"),
            Moment(DAY + n * dt.timedelta(days=1), "dd.mm.yyyy", has_time=False),
            Clock(dt.time(18), "hh:mm"),
            Number(512.5),
        )
        for n in range(1, 9)
    ]
    header = (*HEADER[:3], "Den 1", "Čas 1", "Den 2", "Čas 2", "Biochar (kg)")
    of = log(*rows, header=header)
    assert mapped(of) == {
        "Den 1": "started_date", "Čas 1": "started_time", "Den 2": "ended_date", "Čas 2": "ended_time",
    }  # fmt: skip
    assert of.matched.missing == ()


def test_the_only_column_that_tells_rows_apart_is_the_reference() -> None:
    of = log(header=("Číslo", *HEADER[1:]))
    assert mapped(of) == {"Číslo": "supplier_reference_id"}


def test_two_columns_that_tell_rows_apart_are_only_suggested() -> None:
    rows = [(*row(n), f"Z/{n}") for n in range(1, 9)]
    of = log(*rows, header=("Číslo", *HEADER[1:], "Zakázka"))
    assert mapped(of) == {}
    assert perhaps(of, "supplier_reference_id") == ["Číslo", "Zakázka"]


def test_a_log_whose_headers_say_nothing_is_understood_but_for_its_mass() -> None:
    of = log(*foreign(), header=FOREIGN)
    assert mapped(of) == {
        "Číslo": "supplier_reference_id",
        "Pec": "facility",
        "Surovina": "feedstock",
        "Od": "started_at",
        "Do": "ended_at",
    }
    assert of.matched.missing == ("mass",)
    (facility,) = [each for each in of.matched.sure if each.field == "facility"]
    assert "guessed" in facility.reason
    assert "Obsluha" in facility.reason


def test_of_two_columns_for_one_field_the_one_whose_cells_fit_is_taken() -> None:
    rows = [(*row(n), f"{n}.7") for n in range(1, 9)]
    of = log(*rows, header=(*HEADER, "Batch no"))
    assert mapped(of) == {"Batch ref": "supplier_reference_id"}
    assert of.matched.missing == ()


def test_two_columns_for_one_field_that_both_fit_are_left_to_a_person() -> None:
    rows = [(*row(n), f"Z{n}") for n in range(1, 9)]
    of = log(*rows, header=(*HEADER, "Batch no"))
    assert mapped(of) == {}
    assert perhaps(of, "supplier_reference_id") == ["Batch ref", "Batch no"]


def test_a_header_that_stands_twice_is_never_mapped() -> None:
    rows = [(*row(n), "North kiln") for n in range(1, 9)]
    of = log(*rows, header=("Batch ref", "Pec", *HEADER[2:], "Pec"))
    assert "facility" in of.matched.missing
    assert mapped(of) == {}


def test_a_built_in_header_over_cells_of_another_kind_is_free_for_what_they_are() -> None:
    of = log(header=("Batch ref", "Unit", *HEADER[2:]))
    assert mapped(of) == {"Unit": "facility"}
    assert of.matched.missing == ()
