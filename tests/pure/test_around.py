"""What stands around a header is told in a line, and where it may change a value the log is refused."""

import pytest
from msgspec.structs import replace

from pipeline.check import check
from pipeline.model import CheckedTable, RawTable, Refusal
from schemas.cell import Cell, Number
from tests.pure.build import GOOD, HEADER, NOW, PLANT, checked, good, judged

NO_UNIT = (*HEADER[:5], "Mass")
UNTOUCHED = "unknown columns go into the results untouched"


def told(*rows: tuple[Cell, ...], merged: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    table = check(RawTable("log.xlsx", "Runs", list(enumerate(rows, 1)), merged=merged), PLANT, NOW)
    assert isinstance(table, CheckedTable), table
    assert {notice.severity for notice in table.notices} <= {"notice"}
    return [(notice.code, notice.wanted) for notice in table.notices]


def test_a_log_of_known_columns_from_the_first_row_on_has_nothing_to_tell() -> None:
    assert told(HEADER, GOOD) == []


def test_unknown_columns_are_told_in_one_line() -> None:
    assert told((*HEADER, "Peak temp\n(°C)", "", "Operator", "_message"), GOOD) == [
        ("unknown_columns", f"{UNTOUCHED}: “Peak temp (°C)” and “Operator”")
    ]


def test_many_unknown_columns_are_still_one_line() -> None:
    ((_, line),) = told((*HEADER, *(f"Sensor {'x' * 100} {number}" for number in range(40))), GOOD)
    assert line.endswith("x…” and 28 more")
    assert len(line) < 700


def test_an_unknown_column_that_is_near_one_that_is_left_out_is_pointed_out() -> None:
    ((code, line),) = told((*HEADER, "Std dve (kg)"), (*GOOD, "1"))
    assert code == "unknown_columns"
    assert line.endswith("“Std dve (kg)”; “Std dve (kg)” is near “Std dev”")


def test_rows_above_the_header_are_told() -> None:
    assert told(("Hollin Farm",), (), ("Month:", Number(10), "Kept by", "JA"), HEADER, GOOD) == [
        ("rows_above_header",
         "row 4 is the header; passed over above it: “Hollin Farm”, “Month:”, “10” and 2 more"),
    ]  # fmt: skip


def test_columns_that_hold_something_without_a_header_are_told() -> None:
    assert told((*HEADER, "", "Note", ""), (*GOOD, "x", "n", "", "", "y"), (*good(reference="B"), "z")) == [
        ("unknown_columns", f"{UNTOUCHED}: “Note”"),
        ("columns_without_header", "columns without a header hold something: G and K"),
    ]


@pytest.mark.parametrize("below", ["kg", "(t)", "[kg, dry]", "t TM", " T ", "tons", "(Pfund)"])
def test_a_unit_in_the_row_below_the_header_refuses_the_log(below: str) -> None:
    said = below.strip(" ()[]")
    plant = replace(PLANT, mass_unit="kg")
    found = judged(("", "", "", "", "", below), good(), header=NO_UNIT, plant=plant)
    assert isinstance(found, Refusal)
    assert found.code == "header_in_two_rows"
    assert found.message == (
        f"log.xlsx [Runs], row 1: row 2 below the header says “{said}” under “Mass”; a header over two "
        "rows is not put together by guess."
    )
    assert found.remedy == f"Write it into the header itself, as in “Mass ({said})”, and delete row 2."


def test_a_unit_with_words_in_brackets_is_said_as_it_can_stand_in_the_header() -> None:
    found = judged(("", "", "", "", "", "t (dry)"), good(), header=NO_UNIT)
    assert isinstance(found, Refusal)
    assert found.remedy == "Write it into the header itself, as in “Mass (t dry)”, and delete row 2."
    assert checked(good(), header=(*NO_UNIT[:5], "Mass (t dry)")).rows[0].run


def test_a_unit_below_a_deviation_without_one_refuses_the_log_too() -> None:
    found = judged(("", "", "", "", "", "", "g"), (*good(), "1"), header=(*HEADER, "SD"))
    assert isinstance(found, Refusal)
    assert found.code == "header_in_two_rows"


@pytest.mark.parametrize("below", ["UTC", "(utc)", "CET", "UTC+1", "[America/New_York]", "UTC + 2", "in UTC"])
@pytest.mark.parametrize("column", [3, 4])
def test_a_zone_in_the_row_below_the_header_refuses_the_log(column: int, below: str) -> None:
    found = judged((*[""] * column, below, "", ""), good())
    assert isinstance(found, Refusal)
    assert found.code == "header_in_two_rows"
    assert f"says “{below.strip('()[]')}” under “{HEADER[column]}”" in found.message


@pytest.mark.parametrize("mass", ["kg, to 0.5", "1000 kg", "2"])
@pytest.mark.parametrize("time", ["", "hh:mm", "2025"])
def test_a_zone_below_the_header_refuses_the_log_whatever_else_stands_there(mass: str, time: str) -> None:
    found = judged(("1", "2", "3", "UTC", time, mass), good())
    assert isinstance(found, Refusal)
    assert found.code == "header_in_two_rows"


@pytest.mark.parametrize(
    "below",
    [
        "(in Tonnen)", "in t", "metric tonnes", "tonnes, dry matter", "t per batch", "unit: t", "x 1000 kg",
        "1000 kg", "in metric tons",
    ],
)  # fmt: skip
@pytest.mark.parametrize("first", [("", "", "", "", ""), ("text", "", "", "yyyy-mm-dd", "hh:mm")])
def test_a_unit_in_any_words_below_the_header_refuses_the_log_in_a_row_that_is_no_run(
    first: tuple[str, ...], below: str
) -> None:
    found = judged((*first, below), good(), header=NO_UNIT, plant=replace(PLANT, mass_unit="kg"))
    assert isinstance(found, Refusal)
    assert found.code == "header_in_two_rows"
    assert f"says “{below.strip('()')}” under “Mass”" in found.message


def test_a_zone_in_any_words_below_the_header_refuses_the_log_in_a_row_that_is_no_run() -> None:
    found = judged(("", "", "", "as the PLC says, UTC", "", ""), good())
    assert isinstance(found, Refusal)
    assert found.code == "header_in_two_rows"


@pytest.mark.parametrize("below", ["dry", "weighed", "100", "to be weighed"])
def test_a_row_below_the_header_that_says_no_unit_is_a_bad_row_like_any_other(below: str) -> None:
    plant = replace(PLANT, mass_unit="kg")
    table = checked(("", "", "", "", "", below), good(reference="B"), header=NO_UNIT, plant=plant)
    assert [row.run is not None for row in table.rows] == [False, True]


@pytest.mark.parametrize(
    ("header", "first"),
    [
        (HEADER, good(start="Z")),
        (HEADER, good(end="UTC+1")),
        (NO_UNIT, (*GOOD[:5], "t")),
        (HEADER, (*GOOD[:5], "(t)")),
        (NO_UNIT, (*GOOD[:5], "0.1 t")),
        (NO_UNIT, ("A1", "North", "Wood", "", "", "0.1 t")),
        (HEADER, good(start="06:00 CET")),
        (HEADER, good(start="CET 06:00", end="CET 18:00")),
        (HEADER, good(start=Number(-337))),
        (HEADER, good(start="-337")),
        (NO_UNIT, (*GOOD[:5], "#I/T")),
        (NO_UNIT, (*GOOD[:5], "to be weighed")),
        (NO_UNIT, (*GOOD[:5], "dry")),
        ((*NO_UNIT, "Unit"), (*GOOD[:5], "t", "t")),
    ],
)
def test_where_the_unit_is_known_or_a_mass_stands_there_it_is_a_row_like_any_other(
    header: tuple[Cell, ...], first: tuple[Cell, ...]
) -> None:
    table = checked(first, (*good(reference="B"), "kg"), header=header, plant=replace(PLANT, mass_unit="kg"))
    assert [row.run is not None for row in table.rows] == [False, True]


def test_a_header_merged_over_columns_names_each_that_is_used() -> None:
    notes = (*HEADER, "Remarks", "", "")
    assert told(notes, (*GOOD, "x", "y"), merged=("G1:I1",)) == [
        ("header_merged", "merged header cells were read as if each of them held the text: G1:I1"),
        ("unknown_columns", f"{UNTOUCHED}: “Remarks” and “Remarks”"),
    ]


def test_a_merged_header_of_a_field_over_two_columns_is_two_claims() -> None:
    header = (*HEADER[:4], "", *HEADER[4:])
    row = (*GOOD[:3], "2026-10-01", "06:00", *GOOD[4:])
    table = RawTable("log.xlsx", "Runs", [(1, header), (2, row)], merged=("D1:E1",))
    found = check(table, PLANT, NOW)
    assert isinstance(found, Refusal)
    assert found.code == "column_twice"
    assert "D1 “Start” and E1 “Start” both name started_at." in found.message


@pytest.mark.parametrize("merged", ["G1:XFD1048576", "A1:A1", "G2:H3", "", "G:H", "1:1", "Runs!G1:H1", "?"])
def test_merged_cells_that_are_empty_elsewhere_or_no_range_change_nothing(merged: str) -> None:
    assert [code for code, _ in told(HEADER, GOOD, merged=(merged,)) if code != "merged_cells"] == []


def test_a_header_merged_down_from_the_row_above_counts() -> None:
    rows = (("", "", "", "", "", "", "Yield (%)"), (*HEADER, ""), (*GOOD, "30"))
    assert [code for code, _ in told(*rows, merged=("G1:G2",))] == [
        "rows_above_header", "header_merged", "unknown_columns",
    ]  # fmt: skip


def under(above: tuple[Cell, ...], *header: str, merged: tuple[str, ...] = ()) -> CheckedTable | Refusal:
    """A log under a row above its header, at a plant whose settings say kg and Berlin."""
    cells = dict(zip(header, (*GOOD[:3], "2026-10-01 06:00", "2026-10-01 18:00", "100", "1"), strict=False))
    rows = [(1, above), (2, header), (3, tuple(cells.values()))]
    table = RawTable("log.xlsx", "Runs", rows, merged=merged)
    return check(table, replace(PLANT, mass_unit="kg"), NOW)


@pytest.mark.parametrize(
    "above", ["Biochar (t)", "t", "(t)", "Output, in Tonnen", "tons", "x 1000 kg", "kg or t"]
)
@pytest.mark.parametrize("merged", [(), ("F1:G1",)])
def test_another_unit_above_the_header_of_a_mass_refuses_the_log(above: str, merged: tuple[str, ...]) -> None:
    found = under(("", "", "", "", "", above), *NO_UNIT, "SD", merged=merged)
    assert isinstance(found, Refusal)
    assert found.code == "header_in_two_rows"
    assert found.message == (
        f"log.xlsx [Runs], row 2: row 1 above the header says “{above}” over “Mass”; a header over two rows "
        "is not put together by guess."
    )
    assert found.remedy == "Write it into the header itself, as in “Mass (kg)” when it is kilograms."


def test_a_unit_merged_over_the_column_of_a_mass_from_the_left_refuses_the_log() -> None:
    found = under(("", "", "", "", "Weights in t"), *NO_UNIT, merged=("E1:F1",))
    assert isinstance(found, Refusal)
    assert found.code == "header_in_two_rows"


@pytest.mark.parametrize("above", ["UTC", "Times (CET)", "UTC + 2", "IST", "+02:00"])
@pytest.mark.parametrize("column", [3, 4])
def test_another_zone_above_the_header_of_a_time_refuses_the_log(column: int, above: str) -> None:
    found = under((*[""] * column, above), *HEADER)
    assert isinstance(found, Refusal)
    assert found.code == "header_in_two_rows"
    assert f"row 1 above the header says “{above}” over “{HEADER[column]}”" in found.message
    assert f"Write “{HEADER[column]} (UTC)” when the times are in UTC" in found.remedy


@pytest.mark.parametrize(
    ("above", "header", "merged"),
    [
        (("Biochar plant north, weights in t",), NO_UNIT, ()),
        (("Livre de production: ce qui est fait", "", "", "", "", ""), NO_UNIT, ("A1:F1",)),
        (("", "", "", "Times", "", "Output"), NO_UNIT, ("D1:E1",)),
        (("", "", "", "", "", "Biochar (kg)"), NO_UNIT, ()),
        (("", "", "", "Europe/Berlin", "", ""), HEADER, ("D1:E1",)),
        (("", "", "", "", "", "t"), HEADER, ()),
        (("", "", "", "Ist", "Ist", "Ist"), HEADER, ()),
        (("", "", "", "UTC", "UTC", ""), (*HEADER[:3], "Start (UTC)", "End (UTC)", HEADER[5]), ()),
    ],
)
def test_a_title_or_what_the_settings_say_too_stands_above_the_header_of_a_log_in_order(
    above: tuple[str, ...], header: tuple[str, ...], merged: tuple[str, ...]
) -> None:
    found = under(above, *header, merged=merged)
    assert isinstance(found, CheckedTable)
    assert [row.run and row.run.mass for row in found.rows] == [100]
