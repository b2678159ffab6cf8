"""How a plant writes is proposed where the log proves it, taken where it was said, and else asked."""

from typing import get_args

import pytest

from pipeline.propose import Answers
from schemas.cell import Cell, Number
from schemas.convention import MassUnit
from tests.propose.logs import HEADER, log, proposed, row, setting


def dated(*days: str) -> list[tuple[Cell, ...]]:
    return [row(n, start=f"{day} 06:00", end=f"{day} 18:00") for n, day in enumerate(days, 1)]


def weighed(*masses: str) -> list[tuple[Cell, ...]]:
    return [row(n, mass=mass) for n, mass in enumerate(masses, 1)]


def test_a_zone_is_asked_for_as_soon_as_one_time_has_no_offset() -> None:
    rows = [row(n, start=f"2026-10-{n:02}T06:00Z", end=f"2026-10-{n:02}T18:00Z") for n in range(1, 9)]
    found = setting(log(*rows), "timezone")
    assert (found.value, found.asks) == (None, "")
    assert "all 16 times" in found.says
    found = setting(log(*rows, row(9)), "timezone")
    assert found.value is None
    assert found.asks
    assert "2 times have no offset, the first in D10" in found.says


def test_a_zone_that_was_said_is_taken() -> None:
    found = setting(log(), "timezone", Answers(timezone="Europe/Oslo"))
    assert (found.value, found.asks) == ("Europe/Oslo", "")


def test_a_header_in_utc_leaves_no_zone_to_ask_for() -> None:
    assert not setting(log(header=(*HEADER[:3], "Start (UTC)", "End (UTC)", HEADER[5])), "timezone").asks


@pytest.mark.parametrize(
    ("days", "order"), [(("03/04/2026", "13/04/2026"), "DMY"), (("03/04/2026", "04/13/2026"), "MDY")]
)
def test_an_order_of_dates_is_proposed_when_a_day_above_twelve_proves_it(
    days: tuple[str, ...], order: str
) -> None:
    found = setting(log(*dated(*days)), "date_order")
    assert (found.value, found.asks) == (order, "")
    assert days[1] in found.says


def test_an_order_of_dates_that_nothing_proves_is_asked_with_examples() -> None:
    found = setting(log(*dated("03/04/2026", "05/06/2026")), "date_order")
    assert (found.value, found.choices) == (None, ("DMY", "MDY"))
    assert "03/04/2026" in found.asks


def test_dates_that_contradict_one_another_prove_nothing() -> None:
    found = setting(log(*dated("13/04/2026", "04/13/2026", "03/04/2026")), "date_order")
    assert found.value is None
    assert "mixed" in found.says


@pytest.mark.parametrize("days", [("2026-10-01", "2026-10-13"), ("2026/10/01", "2026/01/13")])
def test_dates_with_the_year_first_need_no_order(days: tuple[str, ...]) -> None:
    found = setting(log(*dated(*days)), "date_order")
    assert (found.value, found.asks) == (None, "")


@pytest.mark.parametrize(
    ("masses", "mark"), [(("512,5", "1.234,5"), ","), (("0,5", "1,234"), ","), (("512.5", "1,234.5"), ".")]
)
def test_a_decimal_mark_is_proposed_when_some_number_proves_it(masses: tuple[str, ...], mark: str) -> None:
    found = setting(log(*weighed(*masses)), "decimal")
    assert (found.value, found.asks) == (mark, "")


def test_a_decimal_mark_that_nothing_proves_is_asked_with_examples() -> None:
    found = setting(log(*weighed("1,234", "2,345")), "decimal")
    assert (found.value, found.choices) == (None, (".", ","))
    assert "1,234" in found.asks


def test_numbers_that_can_be_read_in_one_way_need_no_decimal_mark() -> None:
    assert setting(log(*weighed("512.5", "1234")), "decimal").value is None
    assert not setting(log(*weighed("512.5", "1234")), "decimal").says
    stored = [row(n, mass=Number(512.5)) for n in range(1, 9)]
    assert not setting(log(*stored), "decimal").says


def test_a_cell_that_is_no_number_does_not_spoil_the_proof() -> None:
    assert setting(log(*weighed("512,5", "see paper", "1.234,5")), "decimal").value == ","


def test_a_unit_is_asked_for_when_neither_header_nor_column_says_it() -> None:
    found = setting(log(header=(*HEADER[:5], "Biochar")), "mass_unit")
    assert (found.value, found.choices) == (None, get_args(MassUnit))
    assert "501.5" in found.asks
    assert not setting(log(), "mass_unit").asks
    assert setting(log(header=(*HEADER[:5], "Biochar")), "mass_unit", Answers(mass_unit="t")).value == "t"


def test_a_column_of_units_is_enough_when_it_is_filled() -> None:
    rows = [(*row(n), "kg") for n in range(1, 9)]
    assert not setting(log(*rows, header=(*HEADER[:5], "Biochar", "Unit")), "mass_unit").asks
    gap = (*row(9), "")
    found = setting(log(*rows, gap, header=(*HEADER[:5], "Biochar", "Unit")), "mass_unit")
    assert "1 masses have no unit, the first in F10" in found.says


def test_rows_that_share_a_reference_and_differ_are_runs_of_one_batch_where_most_are_like_that() -> None:
    rows = [row(n, ref=f"L-{(n + 2) // 3}") for n in range(1, 13)]
    found = setting(log(*rows), "one_batch_per")
    assert found.value == "reference"
    assert "4 of 4 references" in found.says
    assert "rows 2, 3, 4" in found.says


def test_one_reference_that_stands_twice_is_told_and_not_added_up() -> None:
    found = setting(log(*(row(n, ref=f"L-{min(n, 9)}") for n in range(1, 11))), "one_batch_per")
    assert found.value is None
    assert "rows 10, 11" in found.says


def test_the_same_row_twice_is_no_second_run() -> None:
    assert not setting(log(*(row(1), row(1), row(2), row(2))), "one_batch_per").says


def test_several_sheets_with_the_same_header_are_named_and_asked_for() -> None:
    found = setting(log(sheets=("Oct", "Nov")), "sheet")
    assert (found.value, found.choices) == (None, ("Oct", "Nov"))
    assert not setting(log(sheets=("Oct",)), "sheet").asks


def test_what_is_open_is_a_question_and_what_was_said_is_none() -> None:
    of = log(header=(*HEADER[:5], "Biochar"))
    assert [each.key for each in proposed(of).questions] == ["timezone", "mass_unit"]
    said = Answers(timezone="Europe/Oslo", mass_unit="kg")
    assert proposed(of, said).questions == []
